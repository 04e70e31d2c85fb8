// What makes a page of steps run, whatever its steps are: its words, and the doing of what its state
// says is to be done.

import { load, unsuccessful } from "./connect-api.js";

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
