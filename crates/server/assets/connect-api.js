// What the widget asks of the server, with the token that it was given, and how a page of steps goes
// through what is to be asked. One file: a browser asks HTTP/1.1 for six at a time, and these pages have
// as many as two rounds bring.

/** No answer came at all. */
export class Lost extends Error {}

/** An answer that is an error: its first item. */
export class Refused extends Error {
  constructor(status, item) {
    super(item.message);
    this.status = status;
    this.item = item;
  }
}

/** The event that says how what was to be done (`mine`) failed; what is a mistake of ours is thrown on. */
export function unsuccessful(error, mine) {
  if (error instanceof Lost) return { type: "lost" };
  if (!(error instanceof Refused)) throw error;
  if (error.status === 428 && error.item.session) return { type: "challenged", challenge: error.item };
  if (error.status === 401 || error.status === 403) return { type: "refused", problem: error.item };
  return { type: "failed", problem: error.item, of: mine.kind };
}

/** A file of the server's own, the page's texts; asked for again where the connection is lost. */
export async function load(address) {
  for (let left = 3; ; left -= 1) {
    try {
      return await (await fetch(address)).json();
    } catch (error) {
      if (left === 0) throw error;
    }
  }
}

/** What the list shows; how to log in comes with the one that is chosen. */
const LIST = "id,name,type,display_name,country_codes,icon_logo,status,resources,integration_type";
/** The most institutions that are looked through. */
const PAGES = 5;

export function api(token, here) {
  async function call(method, path, body) {
    const headers = { Authorization: `Bearer ${token}` };
    const file = body instanceof Blob;
    if (body !== undefined) headers["Content-Type"] = file ? "application/octet-stream" : "application/json";
    let answer, text;
    try {
      answer = await fetch(new URL(path, here), {
        method,
        headers,
        body: body === undefined || file ? body : JSON.stringify(body),
        cache: "no-store",
        credentials: "omit",
      });
      text = await answer.text();
    } catch {
      throw new Lost();
    }
    let said;
    try {
      said = JSON.parse(text);
    } catch {
      // Something in between, not the server: it may be gone in a moment.
      if (answer.status >= 500) throw new Lost();
      said = [{ code: "unexpected_error", message: "" }];
    }
    const request = answer.headers.get("X-Request-Id");
    if (answer.ok) return said;
    const [item] = Array.isArray(said) ? said : [];
    throw new Refused(answer.status, { code: "unexpected_error", message: "", ...item, request_id: request });
  }

  return {
    about: () => call("GET", "v1/connect/"),
    register: (body) => call("POST", "api/links/", body),
    update: (link, body) => call("PUT", `api/links/${encodeURIComponent(link)}/`, body),
    answer: (body) => call("PATCH", "api/links/", body),
    login: () => call("POST", "v1/connect/login/", {}),
    async consents() {
      return (await call("GET", "v1/consents/")).results;
    },
    consent: (id) => call("GET", `v1/consents/${encodeURIComponent(id)}/`),
    renew: (id, term) => call("POST", `v1/consents/${encodeURIComponent(id)}/renew/`, { consent_duration: term }),
    resume: (body) => call("PATCH", "v1/consents/", body),
    revoke: (id) => call("POST", `v1/consents/${encodeURIComponent(id)}/revoke/`, {}),
    map: (mapping) => call("PUT", "v1/connect/statements/mapping/", mapping),
    upload: (file) => call("POST", "v1/connect/statements/", file),
    async institution(name) {
      const found = await call("GET", `api/institutions/?name=${encodeURIComponent(name)}`);
      if (found.results.length === 0) throw new Refused(404, { code: "not_found", message: "" });
      return found.results[0];
    },
    async institutions(config) {
      const query = new URLSearchParams({ page_size: "1000", fields: LIST });
      if (config.country_codes.length) query.set("country_code__in", config.country_codes.join(","));
      if (config.institutions.length) query.set("name__in", config.institutions.join(","));
      const all = [];
      for (let page = 1; page <= PAGES; page += 1) {
        query.set("page", String(page));
        const found = await call("GET", `api/institutions/?${query}`);
        all.push(...found.results);
        if (!found.next) break;
      }
      return all.filter((one) => isWanted(one, config));
    },
  };
}

/** Whether an institution is one that the application wants to show. */
export function isWanted(one, config) {
  const kind = one.name.split("_").pop();
  const kinds = config.institution_types;
  // Employment only where it is asked for, by kind or by name.
  const fits = kinds.length ? kinds.includes(kind) : config.institutions.length > 0 || kind !== "employment";
  const integration = !config.integration_type || one.integration_type === config.integration_type;
  return fits && integration && config.resources.every((resource) => one.resources.includes(resource));
}

/** Makes the page speak `locale`: gives the text of a key, its gaps filled, from `files`. */
export async function speech(files, locale) {
  const texts = Object.assign({}, ...(await Promise.all(files.split(" ").map(load))));
  const t = (key, gaps = {}) => (texts[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => (name in gaps ? String(gaps[name]) : whole));
  document.documentElement.lang = locale;
  document.title = t("title");
  return t;
}

/**
 * Does what the state says is to be done, each once: `work` has a function for each kind, `wait` says
 * how long to wait before something is tried or looked at once more. What came of it is sent.
 */
export function worker({ work, wait, state, send }) {
  let doing = null;
  let wake = null;

  function pause(time) {
    return new Promise((done) => {
      wake = done;
      setTimeout(done, time);
    });
  }

  // An answer that is on its way is not missed; the page can be left.
  window.addEventListener("online", () => state().lost && wake?.());

  return async function perform() {
    const mine = state().doing;
    if (mine === doing) return;
    doing = mine;
    if (!mine) return;
    let event;
    try {
      if (mine.tick !== undefined) await pause(wait(mine));
      event = await work[mine.kind](mine);
    } catch (error) {
      event = unsuccessful(error, mine);
    }
    // Who went back, or was told something newer, does not want this any more.
    if (state().doing === mine) send(event);
  };
}
