// The widget at work: keeps the state, does what it says is to be done, and tells the page, the
// history and the application.

import { Lost, Refused, api, speech, worker } from "./connect-api.js";
import { agreed, options, plainAddress, way } from "./connect-config.js";
import { beginning, farewell, isUpdate, mayGoBack, next, pageBefore } from "./connect-flow.js";
import { outside } from "./connect-outside.js";
import { beginningOf, columns } from "./connect-table.js";
import { dress } from "./connect-theme.js";
import { view } from "./connect-view.js";

const app = document.getElementById("app");
/** The top of the server, wherever this page lies below it. */
const here = new URL("../", location.href).href;
/** How long between two looks at what goes on. */
const LOOK = 1200;
/** How long data are shown to be loading before the person may be done all the same. */
const LOADING = 25_000;
/** As the application hears of the pages. */
const NAMES = { consent: "/consent", institutions: "/institutions", form: "/login", terms: "/terms", working: "/connecting", challenge: "/mfa", files: "/upload", columns: "/upload", loading: "/loading", success: "/success", failure: "/error", refused: "/error" };

const query = new URLSearchParams(location.search);
const kept = history.state ?? {};

if (query.has("access_token")) begin(query.get("access_token"), options(Object.fromEntries(query)), null, {});
else if (kept.token) begin(kept.token, kept.config, null, kept);
else if (window.parent !== window) {
  // The page that shows us brings the token, so that it is in no address. Whoever that is has the
  // token already: we learn nothing from them, and answer nobody else.
  window.addEventListener("message", function start(message) {
    if (message.source !== window.parent || message.data?.type !== "vinculo:start") return;
    window.removeEventListener("message", start);
    const { token, config } = message.data;
    begin(String(token ?? ""), options(config ?? {}), { window: window.parent, origin: message.origin }, kept);
  });
  window.parent.postMessage({ type: "vinculo:ready" }, "*");
} else begin("", options(Object.fromEntries(query)), null, {});

async function begin(token, config, parent, before) {
  const server = api(token, here);
  // On its way while the texts are.
  let first = server.about();
  first.catch(() => {});
  const locale = config.locale ?? document.documentElement.lang;
  const t = await speech(app.dataset[locale] ?? app.dataset.es, locale);
  document.body.classList.toggle("embedded", parent !== null);

  // A token in an address would be in histories and logs; where the page is reloaded it must be
  // somewhere. This entry of the history is in no other tab and goes with this one.
  const remember = (state) => ({ config, page: state.page, institution: state.institution?.name ?? null, ...(parent ? {} : { token }) });
  const address = parent ? location.href : plainAddress(locale);

  let state = beginning(config);
  let sent = null; // what was last sent to log in, for another code; never kept elsewhere
  let told = false; // whether the application knows of its link
  let visited = false;
  let since = null;
  /** By what an institution, or the application's link, says that the person has agreed there. */
  let back = parent ? null : query.get("consent_id");
  let ahead = null; // the list, on its way while the person reads what is before it

  const world = outside({
    parent,
    urls: () => state.about?.widget?.callback_urls,
    legacy: () => Boolean(config.mobile),
    leaveFor: (url) => location.assign(url),
  });
  const lead = (url) => way(url, { here, token, locale, hosted: !parent, link: state.about?.widget?.callback_urls?.application_link });
  const draw = view(app, { send, t, here, lead });

  window.addEventListener("popstate", (event) => {
    const page = event.state?.page;
    if (page && mayGoBack(state, page)) send({ type: "back", page });
    // Where there is no going back, the entry is laid on again.
    else if (page !== state.page) history.pushState(remember(state), "", address);
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible" && visited && state.challenge) {
      visited = false;
      send({ type: "answered" });
    }
  });
  // Over a page of somebody else's, Escape means what it means in every dialog.
  if (parent) {
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.defaultPrevented || state.leaving) return;
      // The same key would close the question that it has just raised.
      event.preventDefault();
      send({ type: "leave" });
    });
    window.addEventListener("message", (message) => {
      if (message.source === parent.window && message.data?.type === "vinculo:leave") send({ type: "leave" });
    });
  }

  function send(event) {
    if (event.type === "visited") {
      visited = true;
      return;
    }
    if (event.type === "resend") {
      if (sent) send({ type: "again", doing: sent });
      else send({ type: "retry" });
      return;
    }
    const old = state;
    const after = next(state, event);
    if (after === old) return;
    state = keepTyped(after, event);
    if (state.challenge !== old.challenge) state = { ...state, until: state.challenge ? Date.now() + state.challenge.expiry * 1000 : null };
    if (["register", "update", "login"].includes(state.doing?.kind)) {
      sent = state.doing;
      // What is begun now is another one.
      back = null;
    }
    // Another code may be asked for while the institution asks; after that nobody needs it.
    if (!["working", "challenge"].includes(state.page)) sent = null;
    if (state.about && state.about !== old.about) dress(document.documentElement, state.about.widget, config);
    if (state.page === "consent" && old.page !== "consent" && !isUpdate(state) && !state.institutions) {
      ahead = server.institutions(config);
      ahead.catch(() => { ahead = null; });
    }
    tell(old, event);
    if (state.leaving === "gone") return leave();
    remembered(old, event);
    render();
    perform();
    if (!state.doing && agreed(state.challenge, back)) {
      back = null;
      send({ type: "answered" });
    }
  }

  /** What was typed is there again after a refusal; what is secret is not. */
  function keepTyped(after, event) {
    if (event.type !== "submitted") return after;
    const secret = new Set(after.institution.form_fields.filter((field) => field.type === "password").map((field) => field.name));
    return { ...after, typed: Object.fromEntries(Object.entries(event.values).filter(([name]) => !secret.has(name))) };
  }

  function remembered(old, event) {
    if (state.page === old.page && state.institution === old.institution) return;
    const open = ["consent", "institutions", "form", "terms"];
    // A new step is a new entry; what only passes takes the place of the one before.
    const step = open.includes(state.page) && open.includes(old.page) && event.type !== "back";
    history[step && state.page !== old.page ? "pushState" : "replaceState"](remember(state), "", address);
  }

  function render() {
    draw(state, () => {
      const page = pageBefore(state);
      if (page && history.length > 1 && ["institutions", "form", "terms"].includes(state.page)) history.back();
      else if (page) send({ type: "back", page });
    });
  }

  function tell(old, event) {
    const institution = state.institution?.name ?? state.about?.link?.institution;
    if (state.page !== old.page && NAMES[state.page]) world.page(NAMES[state.page], NAMES[old.page], institution);
    if (state.leaving !== old.leaving && state.leaving === "survey") world.page("/abandonSurvey", NAMES[state.page], institution);
    const now = Date.now();
    if (event.type === "chose" && state.problem && state.problem !== old.problem) {
      world.trouble("WARNING", { ...state.problem, event: ["institution_disabled", state.problem.message] }, event.name, now);
    } else if (event.type === "refused") {
      world.trouble("ERROR", { ...event.problem, event: ["ACCESS_TOKEN_NOT_VALID", "The access token was not provided or is not valid"] }, institution, now, true);
    } else if (state.problem && state.problem !== old.problem && state.problem.code !== "interrupted") {
      world.trouble("ERROR", state.problem, institution, now);
    }
    if (!told && state.link && ["loading", "files", "success"].includes(state.page)) {
      told = true;
      world.connected(state.link, institution ?? "");
    }
  }

  function leave() {
    const success = told ? { link: state.link, institution: state.institution?.name ?? state.about?.link?.institution ?? "" } : null;
    const left = world.gone(success, farewell(state));
    history.replaceState({}, "", address);
    if (parent) return;
    app.replaceChildren(note(t(left ? "gone.leaving" : success ? "gone.success" : "gone.exit")));
  }

  function note(text) {
    const card = document.createElement("main");
    card.className = "card middle";
    const title = document.createElement("h1");
    title.textContent = text;
    title.tabIndex = -1;
    card.append(title);
    return card;
  }

  const WORK = {
    async start() {
      const about = await (first ?? server.about()).finally(() => { first = null; });
      const name = about.link?.institution ?? before.institution;
      const institution = name ? await server.institution(name).catch((error) => { if (error instanceof Lost) throw error; return null; }) : null;
      return { type: "started", about, institution, page: before.page };
    },
    async list() {
      const coming = ahead ?? server.institutions(config);
      ahead = null;
      return { type: "listed", institutions: await coming };
    },
    async institution(mine) {
      return { type: "detailed", institution: await server.institution(mine.name) };
    },
    register: async (mine) => ({ type: "connected", link: await server.register(mine.body) }),
    update: async (mine) => ({ type: "connected", link: await server.update(mine.link, mine.body) }),
    login: async () => ({ type: "connected", link: await server.login() }),
    answer: async (mine) => ({ type: "connected", link: await server.answer(mine.body) }),
    async follow() {
      if (state.page === "loading") {
        since ??= Date.now();
        if (Date.now() - since > LOADING) return { type: "enough" };
      }
      return { type: "followed", about: await server.about() };
    },
    async upload(mine) {
      try {
        return { type: "uploaded", report: await server.upload(mine.file) };
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        const mapping = error.item.proposed?.mapping;
        const table = mapping ? columns(await beginningOf(mine.file), mapping) : null;
        return { type: "unreadable", problem: error.item, file: mine.file, table };
      }
    },
    async map(mine) {
      try {
        await server.map(mine.mapping);
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        return { type: "unmapped", problem: error.item };
      }
      return { type: "uploading", file: mine.file };
    },
  };

  const wait = ({ kind }) => {
    if (kind !== "follow") return LOOK;
    return state.lost ? LOOK * 2 : state.page === "loading" && since === null ? LOOK / 8 : LOOK;
  };
  const perform = worker({ work: WORK, wait, state: () => state, send });

  history.replaceState({ ...remember(state), page: before.page ?? state.page, institution: before.institution ?? null }, "", address);
  render();
  perform();
}
