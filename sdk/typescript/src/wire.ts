// Lines in, lines out.

import { write } from "node:fs";
import type { Readable } from "node:stream";

/** The longest line either side may write, in bytes, without its end. */
export const LINE = 1 << 20;
/** How much may wait to be written before whoever writes has to wait, in bytes. */
const WAITING = 64 << 10;

/** A message does not fit into a line. */
export class TooLong extends Error {
  constructor(bytes: number) {
    super(`a message of ${bytes} bytes is longer than a line may be (${LINE})`);
    this.name = "TooLong";
  }
}

/** One line, with its end. What is no number, or no JSON at all, is refused. */
export function encode(message: unknown): Buffer {
  const text = JSON.stringify(message, (_key, value: unknown) => {
    if (typeof value === "number" && !Number.isFinite(value)) {
      throw new TypeError("an amount must be a number");
    }
    return value;
  });
  // Half a surrogate pair, as bad pages have it, is no Unicode.
  const whole = text.replace(/\\\\|\\ud[89a-f][0-9a-f]{2}/g, (found) => (found === "\\\\" ? found : "\ufffd"));
  const line = Buffer.from(`${whole}\n`);
  if (line.length - 1 > LINE) throw new TooLong(line.length - 1);
  return line;
}

/** Both directions of the conversation. */
export class Wire {
  readonly #incoming: Readable;
  readonly #outgoing: number;
  #waiting: Buffer[] = [];
  #bytes = 0;
  #writing = false;
  #room: (() => void)[] = [];
  /** Set when the host has gone: nothing can be said any more. */
  closed = false;

  constructor(incoming: Readable, outgoing: number) {
    this.#incoming = incoming;
    this.#outgoing = outgoing;
  }

  /** What the host says, line by line; `null` for a line that is too long, which is the last. */
  async *lines(): AsyncGenerator<Buffer | null> {
    let held: Buffer[] = [];
    let length = 0;
    for await (const chunk of this.#incoming as AsyncIterable<Buffer>) {
      let rest = chunk;
      for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
        held.push(rest.subarray(0, end));
        rest = rest.subarray(end + 1);
        const line = Buffer.concat(held);
        held = [];
        length = 0;
        if (line.length > LINE) {
          yield null;
          return;
        }
        yield line;
      }
      held.push(rest);
      length += rest.length;
      if (length > LINE) {
        yield null;
        return;
      }
    }
    // Half a line means that the host died while it wrote.
  }

  /** Has a message written; resolves when there is room for the next. That is the back-pressure. */
  async send(message: unknown): Promise<void> {
    this.reply(message);
    if (this.#bytes > WAITING) await new Promise<void>((resolve) => this.#room.push(resolve));
  }

  /** Has a message written, without waiting. */
  reply(message: unknown): void {
    if (this.closed) return;
    const line = encode(message);
    this.#waiting.push(line);
    this.#bytes += line.length;
    if (!this.#writing) this.#write();
  }

  /** Waits until all is written, at most so many milliseconds. */
  async drain(milliseconds: number): Promise<void> {
    if (!this.#writing || this.closed) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#room.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  // Through the file's own descriptor: what Node makes of standard output would block everything
  // while a pipe is full, pings too.
  #write(): void {
    this.#writing = true;
    const chunk = Buffer.concat(this.#waiting);
    this.#waiting = [];
    const next = (from: number): void => {
      write(this.#outgoing, chunk, from, chunk.length - from, null, (error, written) => {
        if (error?.code === "EAGAIN") {
          setTimeout(() => next(from), 1);
          return;
        }
        if (error) {
          this.closed = true;
          this.#release();
          return;
        }
        if (from + written < chunk.length) {
          next(from + written);
          return;
        }
        this.#bytes -= chunk.length;
        if (this.#waiting.length > 0) this.#write();
        else this.#writing = false;
        if (this.#bytes <= WAITING) this.#release();
      });
    };
    next(0);
  }

  #release(): void {
    const room = this.#room;
    this.#room = [];
    for (const resolve of room) resolve();
  }
}
