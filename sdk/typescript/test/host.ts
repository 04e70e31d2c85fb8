// A host of a few lines: it starts the connector and speaks to it through pipes.

import assert from "node:assert/strict";
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";

export interface Message {
  jsonrpc?: string;
  id?: unknown;
  method?: string;
  params?: { [key: string]: unknown };
  result?: { [key: string]: unknown };
  error?: { code: number; message: string; data?: { kind: string; problem?: string } };
}

/** How long a test waits for anything, in milliseconds. */
export const PATIENCE = 20_000;

export class Host {
  readonly process: ChildProcessWithoutNullStreams;
  said = "";
  #next = 0;
  #held = "";
  #lines: string[] = [];
  #ended = false;
  #wake: () => void = () => undefined;
  readonly #exit: Promise<unknown[]>;

  constructor() {
    const subject = fileURLToPath(new URL("./subject.js", import.meta.url));
    this.process = spawn(process.execPath, [subject], { env: {} });
    // Closed, not only gone: all that it said has been read then.
    this.#exit = once(this.process, "close");
    this.process.stderr.setEncoding("utf-8").on("data", (text: string) => (this.said += text));
    this.process.stdin.on("error", () => undefined);
    this.process.stdout.setEncoding("utf-8");
    this.process.stdout.on("data", (text: string) => {
      const lines = (this.#held + text).split("\n");
      this.#held = lines.pop() ?? "";
      this.#lines.push(...lines);
      this.#wake();
    });
    this.process.stdout.on("end", () => {
      this.#ended = true;
      this.#wake();
    });
  }

  raw(line: string | Buffer): void {
    this.process.stdin.write(line);
    this.process.stdin.write("\n");
  }

  ask(method: string, params: object = {}): number {
    this.raw(JSON.stringify({ jsonrpc: "2.0", id: ++this.#next, method, params }));
    return this.#next;
  }

  tell(id: unknown, said: object): void {
    this.raw(JSON.stringify({ jsonrpc: "2.0", id, ...said }));
  }

  async hear(): Promise<Message> {
    while (this.#lines.length === 0) {
      assert(!this.#ended, `the connector ended: ${this.said}`);
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`nothing was said: ${this.said}`)), PATIENCE);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    const message = JSON.parse(this.#lines.shift() ?? "") as Message;
    assert.equal(message.jsonrpc, "2.0");
    return message;
  }

  /** The answer to a request, and what came before it. */
  async until(id: number): Promise<[Message, Message[]]> {
    const before = [];
    for (;;) {
      const message = await this.hear();
      if (message.id === id && message.method === undefined) return [message, before];
      before.push(message);
    }
  }

  async call(method: string, params: object = {}): Promise<Message> {
    return (await this.until(this.ask(method, params)))[0];
  }

  /** Cancels a request; what it is answered with. The two answers may come in any order. */
  async cancel(request: number): Promise<Message> {
    const cancel = this.ask("cancel");
    const answers = new Map<unknown, Message>();
    while (answers.size < 2) {
      const message = await this.hear();
      if ((message.id === cancel || message.id === request) && !message.method) answers.set(message.id, message);
    }
    assert.deepEqual(answers.get(cancel)?.result, {});
    return answers.get(request) ?? {};
  }

  initialize(more: object = {}): Promise<Message> {
    return this.call("initialize", {
      versions: [1],
      host: { name: "test", version: "1" },
      institution: "bank",
      subject: "s",
      proxy: null,
      locale: "en",
      ...more,
    });
  }

  login(username = "ana", password = "correct horse", more: object = {}): number {
    return this.ask("login", {
      institution: "bank",
      credentials: { username, password },
      state: null,
      interactive: true,
      ...more,
    });
  }

  async loggedIn(username = "ana"): Promise<void> {
    await this.initialize();
    assert((await this.until(this.login(username)))[0].result);
  }

  fetch(resource: string, more: object = {}): number {
    const window = { from: "2026-01-01", to: "2026-01-31" };
    return this.ask("fetch", { resource, account: null, window, cursor: null, options: {}, ...more });
  }

  /** Stops speaking; the exit code. */
  async end(): Promise<unknown> {
    this.process.stdin.end();
    return (await this.#exit)[0];
  }

  /** The exit code, when it ends. */
  async ended(): Promise<unknown> {
    return (await this.#exit)[0];
  }

  stop(): void {
    this.process.kill("SIGKILL");
  }
}

/** A host that goes with its test. */
export function host(context: TestContext): Host {
  const host = new Host();
  context.after(() => host.stop());
  return host;
}

export function kind(message: Message | undefined): string | undefined {
  assert.equal(message?.error?.code, -32000, JSON.stringify(message));
  return message?.error?.data?.kind;
}
