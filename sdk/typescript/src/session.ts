// What a handler is given: the person to ask, the host to tell, the way to the network.

import { AsyncLocalStorage } from "node:async_hooks";
import { Browser } from "./browser.js";
import { Cancelled, type ConnectorError, errorOf, Unexpected } from "./errors.js";
import type { ChallengeKind, Days, Level } from "./protocol.js";
import { Secret } from "./secret.js";
import { Web } from "./web.js";
import type { Wire } from "./wire.js";

/** The longest cursor of a checkpoint, in bytes. */
const CURSOR = 4 << 10;
/** How much of a document goes into one line, in bytes before base64. */
const PIECE = 512 << 10;

/** What a `fetch` asks for. */
export interface Wanted {
  /** The resource: `TRANSACTIONS`. */
  resource: string;
  /** Only this account, by the connector's own key; `null` for all. */
  account: string | null;
  /** Only these days, both included; `null` for the present state or everything there is. */
  window: Days | null;
  /** The last checkpoint of a reading that broke off, or `null`. */
  cursor: string | null;
  /** Further keys that the resource defines. */
  options: { [name: string]: string };
  /** Only this kind, where the resource has several: `INFLOW`; `null` for all. */
  kind: string | null;
  /** Whether the documents that belong to the records are wanted as well. */
  documents: boolean;
}

/** What a challenge shows. */
export interface Question {
  /** Where the answer is found or what it looks like: `to ***42`. */
  hint?: string;
  /** Prompt and hint in other languages, by their tags: `{ es: { prompt: "…", hint: "…" } }`. */
  translations?: Record<string, { prompt: string; hint?: string }>;
  /** The number to show, the content of the QR code, the picture (a `data:` URL) or the page. */
  value?: string;
  /** The choices of a `choice`. */
  options?: string[];
  /** How long an answer is accepted; 300 if nothing is said. */
  expiresInSeconds?: number;
  /** Counts from 1, and grows when the last answer was wrong. */
  attempt?: number;
}

/** One request of the host while a handler is at it. */
export class Work {
  readonly abort = new AbortController();
  answered = false;

  constructor(readonly id: unknown) {}
}

interface Waiting {
  resolve(secret: Secret): void;
  reject(error: ConnectorError): void;
}

/**
 * One login, from the first byte to the last. One process has one. Every method throws `Cancelled`
 * once the host has cancelled what is at work; let it pass.
 */
export class Session {
  /** The name of the institution. */
  readonly institution: string;
  /** A key that means nothing, and is the same each time this login is used. */
  readonly subject: string;
  /** The only way to the network, `http://host:port`; `null` where there is none. */
  readonly proxy: string | null;
  /** The language that prompts should be in. */
  readonly locale: string;
  /**
   * Whether somebody is there to answer a challenge. If not, fail with `TokenRequired` before the
   * institution sends anybody a code.
   */
  interactive = false;
  /** An HTTP client that keeps cookies and goes through the proxy. */
  readonly web: Web;
  /** A Chromium that goes through the proxy, started when its first page is wanted. */
  readonly browser: Browser;
  readonly #wire: Wire;
  readonly #here = new AsyncLocalStorage<Work>();
  readonly #waiting = new Map<string, Waiting>();
  #work: Work | undefined;
  #asked = 0;
  #secrets: string[] = [];

  /** For the connector's loop and for tests. */
  constructor(
    wire: Wire,
    told: { institution: string; subject: string; proxy: string | null; locale: string },
  ) {
    this.#wire = wire;
    this.institution = told.institution;
    this.subject = told.subject;
    this.proxy = told.proxy;
    this.locale = told.locale;
    this.web = new Web(told.proxy, () => this.#current()?.abort.signal);
    this.browser = new Browser(told.proxy);
  }

  /**
   * Asks the end user, and waits for the answer, which is empty for `push`, `qr` and `redirect`.
   * Throws `SessionExpired` (nobody answered), `TokenRequired` (nobody is there) or `Cancelled`:
   * let them pass. For `file` the answer is the file's bytes in base64.
   */
  async challenge(kind: ChallengeKind, prompt: string, question: Question = {}): Promise<Secret> {
    this.checkCancelled();
    const id = `c${++this.#asked}`;
    const answer = new Promise<Secret>((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    // It may be refused while it is still being written.
    answer.catch(() => undefined);
    try {
      await this.#wire.send({
        jsonrpc: "2.0",
        id,
        method: "challenge",
        params: {
          kind,
          prompt,
          hint: question.hint ?? null,
          value: question.value ?? null,
          options: question.options ?? [],
          expires_in_seconds: question.expiresInSeconds ?? 300,
          attempt: question.attempt ?? 1,
          ...(question.translations ? { translations: question.translations } : {}),
        },
      });
      const secret = await answer;
      this.checkCancelled();
      this.keepSecret([secret.reveal()]);
      return secret;
    } finally {
      this.#waiting.delete(id);
    }
  }

  /**
   * Gives one thing that the institution showed, in the shape of the resource. Give them in the
   * institution's order, words and ids; do not sort, drop repeats or invent ids. Await it: it
   * resolves when there is room for the next, and that is the back-pressure. `documents` names the
   * blobs that belong to it, by the keys that show them; give those first.
   */
  record(
    item: object,
    where: { account?: string; page?: number; documents?: Record<string, string> } = {},
  ): Promise<void> {
    const { page = 0, ...rest } = where;
    return this.#notify("record", { ...rest, page, item });
  }

  /** Says that everything before is said: a reading that breaks off goes on from `cursor`. */
  async checkpoint(cursor: string): Promise<void> {
    if (Buffer.byteLength(cursor) > CURSOR) throw new RangeError(`a cursor has at most ${CURSOR} bytes`);
    await this.#notify("checkpoint", { cursor });
  }

  /** Gives a document that records of this fetch refer to by `id`, in as many pieces as it needs. */
  async blob(id: string, mediaType: string, data: Uint8Array): Promise<void> {
    for (let from = 0; from === 0 || from < data.length; from += PIECE) {
      const piece = Buffer.from(data.subarray(from, from + PIECE));
      const last = from + PIECE >= data.length;
      await this.#notify("blob", { id, media_type: mediaType, data: piece.toString("base64"), last });
    }
  }

  /** A sign of life: `done` of `total`, in whatever is counted. */
  progress(done: number, total?: number): Promise<void> {
    return this.#notify("progress", total === undefined ? { done } : { done, total });
  }

  /** A line for operators. The session's secrets are blotted out of it. */
  log(message: string, level: Level = "info"): Promise<void> {
    return this.#notify("log", { level, message: this.clean(message) });
  }

  /** Throws `Cancelled` if the host has cancelled; for long work that says nothing. */
  checkCancelled(): void {
    if (!this.#current()) throw new Unexpected("nothing is at work: await what a handler does");
    if (this.cancelled) throw new Cancelled();
  }

  /** Whether the host does not want what is at work any more. */
  get cancelled(): boolean {
    return this.#current()?.abort.signal.aborted ?? false;
  }

  /** Aborted when the host cancels what is at work. */
  get signal(): AbortSignal | undefined {
    return this.#current()?.abort.signal;
  }

  /** `text` without this session's secrets. */
  clean(text: string): string {
    const longestFirst = [...this.#secrets].sort((a, b) => b.length - a.length);
    // What is shorter is found everywhere.
    for (const secret of longestFirst.filter((one) => one.length >= 4)) text = text.replaceAll(secret, "***");
    return text;
  }

  /** For the connector's loop: runs a handler as the one at work. */
  async at<T>(work: Work, handler: () => Promise<T>): Promise<T> {
    this.#work = work;
    try {
      return await this.#here.run(work, handler);
    } finally {
      if (this.#work === work) this.#work = undefined;
    }
  }

  /** For the connector's loop: wakes and ends whatever waits. */
  cancel(): void {
    this.#work?.abort.abort();
    for (const waiting of this.#waiting.values()) waiting.reject(new Cancelled());
  }

  /** For the connector's loop: the host's answer to a challenge. */
  answer(id: unknown, message: { result?: unknown; error?: unknown }): void {
    const waiting = typeof id === "string" ? this.#waiting.get(id) : undefined;
    if (!waiting) return;
    const result = message.result as { answer?: unknown } | null | undefined;
    const error = message.error as { message?: unknown; data?: { kind?: unknown } | null } | null | undefined;
    if (error) {
      waiting.reject(errorOf(error.data?.kind, typeof error.message === "string" ? error.message : ""));
    } else if (typeof result?.answer === "string") {
      waiting.resolve(new Secret(result.answer));
    } else {
      waiting.reject(new Unexpected("the host's answer to a challenge is none"));
    }
  }

  /** For the connector's loop: never lets one of `texts` into a log or an error. */
  keepSecret(texts: string[]): void {
    this.#secrets.push(...texts.filter((text) => text.length > 0));
  }

  #current(): Work | undefined {
    return this.#here.getStore() ?? this.#work;
  }

  async #notify(method: string, params: object): Promise<void> {
    this.checkCancelled();
    await this.#wire.send({ jsonrpc: "2.0", method, params });
    if (this.cancelled) throw new Cancelled();
  }
}
