// The connector: its handlers, and the loop that answers the host.

import { Console } from "node:console";
import { readFileSync } from "node:fs";
import { ConnectorError, Unsupported } from "./errors.js";
import type { Covered, Described, LoggedIn, Reason } from "./protocol.js";
import { Credentials } from "./secret.js";
import { Session, type Wanted, Work } from "./session.js";
import { TooLong, Wire } from "./wire.js";

/** The versions of the protocol that this SDK speaks, newest first. */
const VERSIONS = [1];
/** How long a cancelled handler may take to end by itself before it is answered for, in ms. */
const GRACE = 2000;
/** How long leaving may take before it is answered for: the host waits for five seconds. */
const FAREWELL = 4000;

/** As much of a manifest as the SDK reads. */
export interface ManifestRead {
  id: string;
  version: string;
  institutions: { name: string; resources?: string[] }[];
  challenges?: string[];
}

/** Logs in. */
export type LoginHandler = (session: Session, credentials: Credentials) => Promise<LoggedIn>;
/** Reads a resource. Returning nothing says that it was not complete. */
export type FetchHandler = (session: Session, wanted: Wanted) => Promise<Covered | void>;
/** Ends, at the institution, the consent by which this login was let in. */
export type RevokeHandler = (session: Session) => Promise<void>;
/** Leaves politely. */
export type LogoutHandler = (session: Session) => Promise<void>;

/** A request that cannot be taken, with JSON-RPC's code for why. */
class Refused extends Error {
  constructor(
    readonly code: number,
    message: string,
    readonly reason: Reason = { kind: "unexpected" },
  ) {
    super(message);
  }
}

interface Params {
  [key: string]: unknown;
}

/**
 * A connector and its handlers.
 *
 * ```ts
 * const connector = Connector.of(new URL("../connector.json", import.meta.url));
 * connector.login(async (session, credentials) => ({ user: "…" }));
 * connector.fetch("ACCOUNTS", async (session, wanted) => ({ complete: true }));
 * await connector.run();
 * ```
 */
export class Connector {
  /** The manifest. */
  readonly manifest: ManifestRead;
  /** The handlers, for the loop. */
  readonly handlers: {
    login?: LoginHandler;
    revoke?: RevokeHandler;
    logout?: LogoutHandler;
    fetch: Map<string, FetchHandler>;
  } = { fetch: new Map() };

  constructor(manifest: ManifestRead) {
    this.manifest = manifest;
  }

  /** The connector whose manifest is at `file`. */
  static of(file: string | URL): Connector {
    return new Connector(JSON.parse(readFileSync(file, "utf-8")) as ManifestRead);
  }

  /** Declares what logs in. Called before any fetch; the only one that sees credentials. */
  login(handler: LoginHandler): this {
    this.handlers.login = handler;
    return this;
  }

  /** Declares what reads a resource, or several. */
  fetch(resources: string | string[], handler: FetchHandler): this {
    for (const resource of [resources].flat()) this.handlers.fetch.set(resource, handler);
    return this;
  }

  /**
   * Declares what ends, at the institution, the consent by which this login was let in. Called after a
   * login, where the manifest says `revokes`. A consent that has ended already has ended well.
   */
  revoke(handler: RevokeHandler): this {
    this.handlers.revoke = handler;
    return this;
  }

  /** Declares what leaves politely. It has five seconds; without it nothing is done. */
  logout(handler: LogoutHandler): this {
    this.handlers.logout = handler;
    return this;
  }

  /**
   * Answers the host until standard input ends, and ends the process. Standard output is the host's
   * alone: what the program prints goes to standard error.
   */
  async run(): Promise<never> {
    process.stdout.write = process.stderr.write.bind(process.stderr) as typeof process.stdout.write;
    globalThis.console = new Console(process.stderr, process.stderr);
    const code = await new Loop(this, new Wire(process.stdin, 1)).run();
    // What still runs must not keep the process.
    process.exit(code);
  }
}

/** One session. */
class Loop {
  readonly #connector: Connector;
  readonly #wire: Wire;
  #session: Session | undefined;
  #loggedIn = false;
  #work: Work | undefined;

  constructor(connector: Connector, wire: Wire) {
    this.#connector = connector;
    this.#wire = wire;
  }

  /** Reads until the host stops speaking. The exit code. */
  async run(): Promise<number> {
    let code = 0;
    for await (const line of this.#wire.lines()) {
      if (line === null) {
        process.stderr.write("the host wrote a line that is too long\n");
        code = 1;
        break;
      }
      this.#take(line);
    }
    this.#session?.cancel();
    await Promise.race([this.#session?.browser.close(), sleep(1000)]);
    await this.#wire.drain(1000);
    return code;
  }

  #take(line: Buffer): void {
    let message: unknown;
    try {
      message = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(line));
    } catch {
      this.#refuse(null, new Refused(-32700, "that is not JSON"));
      return;
    }
    if (typeof message !== "object" || message === null || Array.isArray(message)) {
      this.#refuse(null, new Refused(-32600, "a message is one JSON object"));
      return;
    }
    const { id = null, method, params = {} } = message as { id?: unknown; method?: unknown; params?: unknown };
    if (typeof method !== "string") {
      if ("result" in message || "error" in message) this.#session?.answer(id, message);
      else if (id !== null || method !== undefined) this.#refuse(id, new Refused(-32600, "a request has a method"));
      return;
    }
    if (id === null) return; // A notification: this version has none that it must know.
    try {
      if (!isObject(params)) throw new Refused(-32602, "params must be an object");
      this.#request(id, method, params);
    } catch (error) {
      // Of the host's own making, so without its words: they may hold credentials.
      this.#refuse(id, error instanceof Refused ? error : new Refused(-32602, "bad params"));
    }
  }

  #request(id: unknown, method: string, params: Params): void {
    switch (method) {
      case "ping":
        return this.#answer(id, {});
      case "describe":
        return this.#answer(id, this.#described());
      case "cancel":
        this.#cancel();
        return this.#answer(id, {});
      case "initialize":
        return this.#answer(id, this.#initialize(params));
      case "login":
      case "fetch":
      case "revoke":
      case "logout": {
        const session = this.#session;
        if (!session) throw new Refused(-32600, "the first message is initialize");
        if (this.#work) throw new Refused(-32600, "one request at a time");
        const job = {
          login: () => this.#login(session, params),
          fetch: () => this.#fetch(session, params),
          revoke: () => this.#revoke(session),
          logout: () => this.#logout(session),
        }[method]();
        const work = new Work(id);
        this.#work = work;
        void this.#carryOut(session, work, job);
        return;
      }
      default:
        throw new Refused(-32601, "there is no such method");
    }
  }

  #described(): Described {
    const { institutions, challenges = [] } = this.#connector.manifest;
    return {
      institutions: institutions.map((one) => one.name),
      resources: [...new Set(institutions.flatMap((one) => one.resources ?? []))],
      challenges: challenges as Described["challenges"],
    };
  }

  #initialize(params: Params): object {
    if (this.#session) throw new Refused(-32600, "initialize comes once");
    const { versions, institution, subject, proxy, locale } = params;
    if (!Array.isArray(versions) || typeof institution !== "string") throw new Refused(-32602, "bad params");
    const version = VERSIONS.find((one) => versions.includes(one));
    if (version === undefined) throw new Refused(-32000, "no common version", { kind: "unsupported" });
    if (!this.#described().institutions.includes(institution)) {
      throw new Refused(-32000, "no such institution", { kind: "unsupported" });
    }
    this.#session = new Session(this.#wire, {
      institution,
      subject: typeof subject === "string" ? subject : "",
      proxy: typeof proxy === "string" ? proxy : null,
      locale: typeof locale === "string" ? locale : "en",
    });
    const { id, version: own } = this.#connector.manifest;
    return { version, connector: { id, version: own } };
  }

  #login(session: Session, params: Params): () => Promise<object> {
    const { credentials: fields, state = null, interactive } = params;
    if (!isObject(fields) || !Object.values(fields).every((value) => typeof value === "string")) {
      throw new Refused(-32602, "credentials must be texts");
    }
    if (state !== null && typeof state !== "string") throw new Refused(-32602, "state must be a text");
    const login = this.#connector.handlers.login;
    if (!login) throw new Refused(-32000, "nothing logs in", { kind: "unsupported" });
    session.interactive = interactive === true;
    session.keepSecret([...(Object.values(fields) as string[]), state ?? ""]);
    const credentials = new Credentials(fields as { [name: string]: string }, state);
    return async () => {
      const { user, state: kept = null } = await login(session, credentials);
      if (typeof user !== "string") throw new TypeError("login must say who the user is");
      this.#loggedIn = true;
      return { user, state: kept };
    };
  }

  #fetch(session: Session, params: Params): () => Promise<object> {
    if (!this.#loggedIn) throw new Refused(-32600, "login comes before fetch");
    const { resource, account = null, window = null, cursor = null, options, kind = null } = params;
    const documents = params["documents"] === true;
    const isDay = (day: unknown): boolean => typeof day === "string" && /^\d{4}-\d{2}-\d{2}$/.test(day);
    if (typeof resource !== "string") throw new Refused(-32602, "bad params");
    if (window !== null && !(isObject(window) && isDay(window["from"]) && isDay(window["to"]))) {
      throw new Refused(-32602, "bad window");
    }
    const wanted = {
      resource,
      account,
      window,
      cursor,
      options: options ?? {},
      kind,
      documents,
    } as Wanted;
    const handler = this.#connector.handlers.fetch.get(resource);
    return async () => {
      if (!handler) throw new Unsupported(`there is no ${resource} here`);
      // Who says nothing has proved nothing.
      const covered = (await handler(session, wanted)) ?? {};
      return { complete: false, window: wanted.window, ...covered };
    };
  }

  #revoke(session: Session): () => Promise<object> {
    if (!this.#loggedIn) throw new Refused(-32600, "login comes before revoke");
    const handler = this.#connector.handlers.revoke;
    return async () => {
      if (!handler) throw new Unsupported("no consent can be taken back here");
      await handler(session);
      return {};
    };
  }

  #logout(session: Session): () => Promise<object> {
    return async () => {
      this.#loggedIn = false;
      const left = this.#connector.handlers.logout?.(session);
      // It may fail when nobody waits for it any more.
      left?.catch(() => undefined);
      try {
        await Promise.race([left, sleep(FAREWELL)]);
      } finally {
        void session.browser.close();
      }
      return {};
    };
  }

  #cancel(): void {
    const work = this.#work;
    if (!work) return;
    this.#session?.cancel();
    work.abort.abort();
    setTimeout(() => {
      // It did not notice: say so for it.
      this.#end(work, failed("cancelled", { kind: "cancelled" }));
    }, GRACE).unref();
  }

  async #carryOut(session: Session, work: Work, job: () => Promise<object>): Promise<void> {
    let message: object;
    try {
      message = { result: await session.at(work, job) };
    } catch (error) {
      if (work.abort.signal.aborted) {
        message = failed("cancelled", { kind: "cancelled" });
      } else if (error instanceof ConnectorError) {
        message = failed(session.clean(error.message), error.reason());
      } else {
        const shown = error instanceof Error ? (error.stack ?? String(error)) : String(error);
        process.stderr.write(`${session.clean(shown)}\n`);
        message = failed(where(error), { kind: "unexpected" });
      }
    }
    this.#end(work, message);
  }

  /** Answers a request, once. What was answered is not at work any more. */
  #end(work: Work, message: object): void {
    if (work.answered) return;
    work.answered = true;
    if (this.#work === work) this.#work = undefined;
    try {
      this.#wire.reply({ jsonrpc: "2.0", id: work.id, ...message });
    } catch (error) {
      const what = `the answer cannot be written: ${error instanceof TooLong ? error.message : "no JSON"}`;
      this.#wire.reply({ jsonrpc: "2.0", id: work.id, ...failed(what, { kind: "unexpected" }) });
    }
  }

  #answer(id: unknown, result: object): void {
    this.#wire.reply({ jsonrpc: "2.0", id, result });
  }

  #refuse(id: unknown, refused: Refused): void {
    const error = { code: refused.code, message: refused.message, data: refused.reason };
    // An id that is neither a number nor a text is none.
    const known = typeof id === "number" || typeof id === "string" ? id : null;
    this.#wire.reply({ jsonrpc: "2.0", id: known, error });
  }
}

function isObject(value: unknown): value is Params {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function failed(message: string, reason: Reason): object {
  return { error: { code: -32000, message, data: reason } };
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
}

/** What was thrown and where, without its words, which may hold anything. */
function where(error: unknown): string {
  if (!(error instanceof Error)) return "something that is no error was thrown";
  const place = /([^/\\\s(]+:\d+):\d+\)?$/m.exec(error.stack ?? "")?.[1];
  return place ? `${error.name} at ${place}` : error.name;
}
