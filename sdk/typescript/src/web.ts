// A small HTTP client: through the proxy, with cookies and redirects, and nothing else.

import { readFileSync } from "node:fs";
import { rootCertificates } from "node:tls";
import { ProxyAgent, request as ask, type Dispatcher } from "undici";
import { Cancelled, InstitutionUnavailable, Unexpected } from "./errors.js";

/** The longest body that is read, in bytes. */
const BODY = 64 << 20;
/** How often one request is sent on to another address. */
const REDIRECTS = 10;

/** What came back. */
export class Response {
  constructor(
    /** The address it came from, after redirects. */
    readonly url: string,
    /** The HTTP status. */
    readonly status: number,
    /** The headers; names in lower case. */
    readonly headers: { [name: string]: string | string[] | undefined },
    /** The body. */
    readonly content: Buffer,
  ) {}

  /** The body as text, in the encoding it says it has. */
  get text(): string {
    const encoding = /charset="?([^\s";]+)/i.exec(String(this.headers["content-type"] ?? ""))?.[1];
    try {
      return new TextDecoder(encoding ?? "utf-8").decode(this.content);
    } catch {
      return this.content.toString("utf-8");
    }
  }

  /** The body as JSON. Fails with `Unexpected` if it is none. */
  json(): unknown {
    try {
      return JSON.parse(this.text);
    } catch {
      throw new Unexpected(`${place(this.url)} did not answer with JSON`);
    }
  }

  /**
   * Itself if its status is one of `statuses` (200 if none is named); else fails, with
   * `InstitutionUnavailable` for 429 and 5xx and with `Unexpected` for the rest.
   */
  expect(...statuses: number[]): this {
    if ((statuses.length > 0 ? statuses : [200]).includes(this.status)) return this;
    const said = `${place(this.url)} answered ${this.status}`;
    throw this.status === 429 || this.status >= 500 ? new InstitutionUnavailable(said) : new Unexpected(said);
  }
}

/** What else a request may say. */
export interface Asking {
  /** Further headers. */
  headers?: { [name: string]: string };
  /** The body: a form, or something that is sent as JSON, or bytes. */
  form?: { [name: string]: string };
  json?: unknown;
  body?: Buffer;
}

/** Keeps cookies and connections for one session. */
export class Web {
  /** Sent with every request. */
  readonly headers: { [name: string]: string } = {
    "user-agent": "Mozilla/5.0 (X11; Linux x86_64) vinculo-connector",
    accept: "*/*",
  };
  /** The cookies. */
  readonly cookies = new Cookies();
  /** How long a connection may be silent, in milliseconds. */
  timeout = 30_000;
  readonly #proxy: string | null;
  readonly #signal: () => AbortSignal | undefined;
  #authorities: string[] = [];
  #agent: ProxyAgent | undefined;

  constructor(proxy: string | null, signal: () => AbortSignal | undefined = () => undefined) {
    this.#proxy = proxy;
    this.#signal = signal;
  }

  /** Trusts the certificate authorities in the PEM file, too. */
  trust(file: string | URL): void {
    this.#authorities.push(readFileSync(file, "utf-8"));
    this.#agent = undefined;
  }

  /** GET, with `params` in the query. */
  get(url: string, params: { [name: string]: string } = {}, asking: Asking = {}): Promise<Response> {
    const query = new URLSearchParams(params).toString();
    return this.request("GET", query ? `${url}${url.includes("?") ? "&" : "?"}${query}` : url, asking);
  }

  /** POST of a form. */
  post(url: string, form: { [name: string]: string } = {}, asking: Asking = {}): Promise<Response> {
    return this.request("POST", url, { form, ...asking });
  }

  /**
   * Sends a request and follows where it leads. What cannot be reached is
   * `InstitutionUnavailable`.
   */
  async request(method: string, url: string, asking: Asking = {}): Promise<Response> {
    const headers = { ...this.headers, ...asking.headers };
    let body: Buffer | string | null = asking.body ?? null;
    if (asking.json !== undefined) {
      body = JSON.stringify(asking.json);
      headers["content-type"] ??= "application/json";
    } else if (asking.form && !asking.body) {
      body = new URLSearchParams(asking.form).toString();
      headers["content-type"] ??= "application/x-www-form-urlencoded";
    }
    for (let leap = 0; leap < REDIRECTS; leap++) {
      const response = await this.#once(method, url, body, headers);
      const where = response.headers["location"];
      if (![301, 302, 303, 307, 308].includes(response.status) || typeof where !== "string") return response;
      url = new URL(where, url).href;
      if (response.status <= 303 && method !== "HEAD") {
        method = "GET";
        body = null;
        delete headers["content-type"];
      }
    }
    throw new Unexpected(`${place(url)} leads on and on`);
  }

  async #once(
    method: string,
    url: string,
    body: Buffer | string | null,
    headers: { [name: string]: string },
  ): Promise<Response> {
    const at = URL.canParse(url) ? new URL(url) : undefined;
    if (at?.protocol !== "http:" && at?.protocol !== "https:") {
      throw new Unexpected("an address that is not of the web cannot be asked for");
    }
    if (this.#proxy === null) throw new Unexpected("there is no network: the manifest asks for no egress");
    this.#agent ??= new ProxyAgent({
      uri: this.#proxy,
      // Plain HTTP is asked of the proxy, not tunnelled through it: it counts and checks it.
      proxyTunnel: false,
      ...(this.#authorities.length > 0
        ? { requestTls: { ca: [...rootCertificates, ...extra(), ...this.#authorities] } }
        : {}),
    });
    const signal = this.#signal();
    const cookie = this.cookies.header(at);
    try {
      const options: Omit<Dispatcher.RequestOptions, "origin" | "path"> & { dispatcher: Dispatcher } = {
        method: method as Dispatcher.HttpMethod,
        headers: cookie ? { ...headers, cookie } : headers,
        body,
        dispatcher: this.#agent,
        headersTimeout: this.timeout,
        bodyTimeout: this.timeout,
        ...(signal ? { signal } : {}),
      };
      const answer = await ask(at, options);
      const pieces: Buffer[] = [];
      let length = 0;
      for await (const piece of answer.body as AsyncIterable<Buffer>) {
        pieces.push(piece);
        length += piece.length;
        if (length > BODY) {
          answer.body.destroy();
          throw new Unexpected(`${place(url)} answers with more than ${BODY} bytes`);
        }
      }
      this.cookies.take(at, answer.headers["set-cookie"]);
      return new Response(url, answer.statusCode, answer.headers, Buffer.concat(pieces));
    } catch (error) {
      if (error instanceof Unexpected) throw error;
      if (signal?.aborted) throw new Cancelled();
      const code = (error as { code?: unknown }).code ?? (error as Error).name;
      throw new InstitutionUnavailable(`${place(url)} cannot be reached (${String(code)})`);
    }
  }
}

interface Cookie {
  name: string;
  value: string;
  domain: string;
  wide: boolean;
  path: string;
  secure: boolean;
}

/** Cookies by RFC 6265, as far as one session with one institution needs them. */
export class Cookies {
  #kept: Cookie[] = [];

  /** The `Cookie` header for an address. */
  header(at: URL): string {
    return this.#kept
      .filter((one) => {
        const host = at.hostname === one.domain || (one.wide && at.hostname.endsWith(`.${one.domain}`));
        const path =
          at.pathname === one.path ||
          (at.pathname.startsWith(one.path) && (one.path.endsWith("/") || at.pathname[one.path.length] === "/"));
        return host && path && (!one.secure || at.protocol === "https:");
      })
      .map((one) => `${one.name}=${one.value}`)
      .join("; ");
  }

  /** Keeps what an answer from an address sets. */
  take(at: URL, headers: string | string[] | undefined): void {
    for (const header of headers === undefined ? [] : [headers].flat()) {
      const [pair = "", ...attributes] = header.split(";").map((part) => part.trim());
      const equals = pair.indexOf("=");
      if (equals <= 0) continue;
      const said = new Map(
        attributes.map((attribute) => {
          const [name = "", ...value] = attribute.split("=");
          return [name.toLowerCase(), value.join("=")] as const;
        }),
      );
      const wanted = said.get("domain")?.replace(/^\./, "").toLowerCase();
      const wide = wanted !== undefined && wanted.includes(".") && `.${at.hostname}`.endsWith(`.${wanted}`);
      if (wanted && !wide) continue;
      const path = said.get("path");
      const one: Cookie = {
        name: pair.slice(0, equals),
        value: pair.slice(equals + 1),
        domain: wide ? wanted : at.hostname,
        wide,
        path: path?.startsWith("/") ? path : at.pathname.replace(/\/[^/]*$/, "") || "/",
        secure: said.has("secure"),
      };
      this.#kept = this.#kept.filter(
        (old) => old.name !== one.name || old.domain !== one.domain || old.path !== one.path,
      );
      const age = said.get("max-age");
      const until = said.get("expires");
      const over = age !== undefined ? Number(age) <= 0 : until !== undefined && Date.parse(until) <= Date.now();
      if (!over) this.#kept.push(one);
    }
  }
}

/** What the host adds to Node's own authorities, which naming some replaces. */
function extra(): string[] {
  const file = process.env["NODE_EXTRA_CA_CERTS"];
  return file ? [readFileSync(file, "utf-8")] : [];
}

/** Where it was, without what was asked: queries hold secrets. */
function place(url: string): string {
  const at = URL.canParse(url) ? new URL(url) : undefined;
  return at ? `${at.protocol}//${at.hostname}${at.pathname}` : "an address";
}
