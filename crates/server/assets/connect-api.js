// What the widget asks of the server, with the token that it was given.

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
