// The consent portal at work: keeps the state, does what it says is to be done, and tells the page and
// the history.

import { Refused, api, speech, worker } from "./connect-api.js";
import { agreed, options, plainAddress, way } from "./connect-config.js";
import { dress } from "./connect-theme.js";
import { view } from "./connect-view.js";
import { beginning, mayGo, next, pageBefore } from "./portal-flow.js";
import { steps } from "./portal-view.js";

const app = document.getElementById("app");
/** The top of the server, wherever this page lies below it. */
const here = new URL("../", location.href).href;
/** How long between two looks at what goes on. */
const LOOK = 1200;
/** How long a new end is waited for; it is there when the institution's word has been read. */
const WAITING = 25_000;

const query = new URLSearchParams(location.search);
const kept = history.state ?? {};
/** A token in an address would be in histories and logs; this entry of the tab's history goes with it. */
const token = query.get("access_token") ?? kept.token ?? "";
const config = query.has("access_token") ? options(Object.fromEntries(query)) : kept.config ?? options(Object.fromEntries(query));
const locale = config.locale ?? document.documentElement.lang;
const t = await speech(app.dataset[locale] ?? app.dataset.pt, locale);

const address = plainAddress(locale);
const server = api(token, here);
let state = beginning(config, token ? "starting" : "landing");
let since = null;
let visited = false;
/** By what an institution, or the application's link, says that the person has agreed there. */
let back = query.get("consent_id");
/** What the page was opened for, or where it was when it was loaded again. */
const want = query.has("access_token")
  ? { id: query.get("consent_id"), page: query.get("action") === "renew" ? "renew" : undefined }
  : { id: kept.chosen, page: kept.page };

const lead = (url) => way(url, { here, token, locale, hosted: true, link: state.about?.widget?.callback_urls?.application_link });
const draw = view(app, { send, t, here, lead, before: pageBefore, more: steps({ app, send, t }) });

const remember = () => ({ token, config, page: state.page, chosen: state.chosen });

window.addEventListener("popstate", (event) => {
  const page = event.state?.page;
  if (page && mayGo(state, page)) send({ type: "back", page });
  // Where there is no going back, the entry is laid on again.
  else if (page !== state.page) history.pushState(remember(), "", address);
});
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible" && visited && state.challenge) {
    visited = false;
    send({ type: "answered" });
  }
});
// Who comes back by the browser's own button finds the page as it was; what has happened since is asked.
window.addEventListener("pageshow", (event) => event.persisted && location.reload());

function send(event) {
  if (event.type === "visited") {
    visited = true;
    return;
  }
  // What is shown of all consents is what the server says of them now.
  const asked = event.type === "done" ? { ...beginning(config), about: state.about } : null;
  const old = state;
  const after = asked ?? next(state, event);
  if (after === old) return;
  state = after;
  if (asked) Object.assign(want, { id: null, page: "list" });
  if (state.challenge !== old.challenge) state = { ...state, until: state.challenge ? Date.now() + state.challenge.expiry * 1000 : null };
  if (state.page !== "renewed") since = null;
  // What is begun now is another one.
  if (event.type === "confirmed") back = null;
  if (state.about && state.about !== old.about) dress(document.documentElement, state.about.widget, config);
  if (state.page !== old.page) {
    // A new step is a new entry; what only passes takes the place of the one before.
    const open = ["list", "consent", "renew"];
    const step = open.includes(state.page) && open.includes(old.page) && event.type !== "back";
    history[step ? "pushState" : "replaceState"](remember(), "", address);
  }
  render();
  perform();
  if (!state.doing && agreed(state.challenge, back)) {
    back = null;
    send({ type: "answered" });
  }
}

function render() {
  draw(state, () => {
    const page = pageBefore(state);
    if (page && history.length > 1 && ["consent", "renew"].includes(state.page)) history.back();
    else if (page) send({ type: "back", page });
  });
}

const WORK = {
  async start() {
    const about = state.about ?? (await server.about());
    try {
      return { type: "started", about, consents: await server.consents(), want };
    } catch (error) {
      if (error instanceof Refused && error.status === 403) return { type: "nobody", about };
      throw error;
    }
  },
  async renew(mine) {
    await server.renew(mine.id, mine.term);
    return { type: "renewed" };
  },
  async resume(mine) {
    await server.resume(mine.body);
    return { type: "renewed" };
  },
  async follow(mine) {
    since ??= Date.now();
    if (state.page === "renewed" && Date.now() - since > WAITING) return { type: "enough" };
    return { type: "followed", consent: await server.consent(mine.id) };
  },
  async revoke(mine) {
    return { type: "revoked", consent: await server.revoke(mine.id) };
  },
};

const wait = () => (state.lost ? LOOK * 2 : LOOK / 4);
const perform = worker({ work: WORK, wait, state: () => state, send });

history.replaceState({ ...remember(), ...(kept.token && !query.has("access_token") ? { page: kept.page, chosen: kept.chosen } : {}) }, "", address);
render();
perform();
