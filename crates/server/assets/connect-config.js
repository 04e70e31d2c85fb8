// The widget's options, from wherever they come: the query of the hosted page, the script's `config`,
// the token.

const LISTS = ["country_codes", "institutions", "institution_types", "resources"];
const SWITCHES = ["show_close_dialog", "show_abandon_survey"];
const WORDS = {
  locale: ["es", "en", "pt"],
  access_mode: ["recurrent", "single"],
  integration_type: ["openfinance", "credentials"],
};

const list = (value) => {
  const items = Array.isArray(value) ? value : typeof value === "string" ? value.split(",") : [];
  return items.map((item) => String(item).trim()).filter(Boolean).slice(0, 200);
};

/** Options as the widget uses them; what is not understood is left out. */
export function options(given) {
  const config = { show_close_dialog: true, show_abandon_survey: true };
  for (const name of LISTS) config[name] = list(given[name]);
  if (typeof given.institution === "string" && given.institution && !config.institutions.length) {
    config.institutions = [given.institution];
  }
  for (const name of SWITCHES) {
    if (given[name] === false || given[name] === "false") config[name] = false;
  }
  for (const [name, words] of Object.entries(WORDS)) {
    if (words.includes(given[name])) config[name] = given[name];
  }
  if (typeof given.external_id === "string" && given.external_id) config.external_id = given.external_id;
  for (const name of ["company_name", "company_icon", "company_logo", "company_terms_url", "overlay_background_color"]) {
    if (typeof given[name] === "string") config[name] = given[name];
  }
  if (given.mobile === true || given.mobile === "true") config.mobile = true;
  config.resources = config.resources.map((name) => name.toUpperCase());
  config.country_codes = config.country_codes.map((code) => code.toUpperCase());
  return config;
}

/** An address that a person can be sent to, or null: never one that runs in the page. */
export function destination(text) {
  if (typeof text !== "string" || !text) return null;
  try {
    const url = new URL(text);
    const runs = ["javascript:", "data:", "blob:", "vbscript:", "file:", "about:", "filesystem:"];
    return runs.includes(url.protocol) ? null : url;
  } catch {
    return null;
  }
}

/** A page on the web, or null. */
export function webPage(text) {
  const url = destination(text);
  return url && ["https:", "http:"].includes(url.protocol) ? url.href : null;
}

/** The origins from which the page's policy lets pictures come, besides its own. */
const elsewhere = () => (document.getElementById("app")?.dataset.pictures ?? "").split(" ");

/** A picture that the page's policy allows, or null. */
export function picture(text, here) {
  if (typeof text !== "string") return null;
  if (/^data:image\/(png|jpeg|gif|webp|svg\+xml)[;,]/i.test(text)) return text;
  try {
    const url = new URL(text, here);
    return url.origin === new URL(here).origin || elsewhere().includes(url.origin) ? url.href : null;
  } catch {
    return null;
  }
}

/**
 * The address of this page without what it was opened with. From where the pictures of who asks come
 * stays in it: no token tells the server of them when the page is loaded again.
 */
export function plainAddress(locale) {
  const kept = new URLSearchParams({ locale });
  const named = document.getElementById("app").dataset.named.trim();
  if (named) kept.set("pictures", named.replaceAll(" ", ","));
  return `${location.pathname}?${kept}`;
}

/**
 * Where the way to an institution's own page leads, and whether in this tab. A hosted page is left where
 * it is known that the person is brought back: by a page of the sandbox, which is told how, and by the
 * link of an application that opens this page anew.
 */
export function way(url, { here, token, locale, hosted, link }) {
  if (!url.startsWith(new URL("sandbox/authorize/", here).href)) return { href: url, leaves: hosted && Boolean(link) };
  const page = new URL(url);
  if (hosted) page.searchParams.set("access_token", token);
  page.searchParams.set("locale", locale);
  return { href: page.href, leaves: hosted };
}

/** Whether who comes back with `id` has agreed to what is asked. */
export const agreed = (challenge, id) => Boolean(id) && challenge?.token_generation_data.type === "redirect" && String(challenge.token_generation_data.value).includes(id);
