// Texts that must not be printed.

import { inspect } from "node:util";

/** A text that shows itself only when told to: `secret.reveal()`. */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The text in clear. Give it to the institution, and to nobody else. */
  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return "***";
  }

  toJSON(): string {
    return "***";
  }

  [inspect.custom](): string {
    return "Secret(***)";
  }
}

/** What the person logs in with: the filled-in `form_fields`, by their names. */
export class Credentials {
  readonly #fields: Map<string, Secret>;
  /** What the last good login asked to remember, if there was one. */
  readonly state: Secret | null;

  constructor(fields: { [name: string]: string }, state: string | null = null) {
    this.#fields = new Map(Object.entries(fields).map(([name, text]) => [name, new Secret(text)]));
    this.state = state === null ? null : new Secret(state);
  }

  /** The names of the fields that were filled in. */
  get fields(): string[] {
    return [...this.#fields.keys()];
  }

  /** The field, if it was filled in. */
  get(field: string): Secret | undefined {
    return this.#fields.get(field);
  }

  /** The field in clear; empty when it was not filled in. */
  reveal(field: string): string {
    return this.#fields.get(field)?.reveal() ?? "";
  }

  toString(): string {
    return `Credentials(${this.fields.map((name) => `${name}=***`).join(", ")})`;
  }

  toJSON(): string {
    return this.toString();
  }

  [inspect.custom](): string {
    return this.toString();
  }
}
