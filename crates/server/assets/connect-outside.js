// What the application hears of the widget: by messages where it is embedded, by redirects where it is
// hosted, and by React Native's bridge where there is one.

import { destination } from "./connect-config.js";

/** The schemes that older mobile applications wait for. */
const LEGACY = { success: "belvowidget://success", exit: "belvowidget://exit", event: "belvowidget://error" };

/** An address with more in its query. */
function withQuery(address, query) {
  const url = destination(address);
  if (!url) return null;
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value ?? "");
  return url.href;
}

const onTheWeb = (address) => ["https:", "http:"].includes(destination(address)?.protocol);

/**
 * `parent` is `{window, origin}` of the page that embeds the widget, or null; `urls` gives the token's
 * `callback_urls`, once they are known.
 */
export function outside({ parent, urls, legacy, leaveFor }) {
  const native = window.ReactNativeWebView;
  const tell = (type, data) => parent?.window.postMessage({ type: `vinculo:${type}`, ...data }, parent.origin);
  const address = (name) => urls()?.[name] ?? (legacy() ? LEGACY[name] : null);
  /** Goes where the application said. A scheme of its own leaves the page where it is. */
  function go(name, query, mayLeave) {
    const given = address(name);
    if (parent || !given || (!mayLeave && onTheWeb(given))) return false;
    const url = withQuery(given, query);
    if (url) leaveFor(url);
    return Boolean(url);
  }
  function event(data) {
    tell("event", { data });
    native?.postMessage(JSON.stringify(data));
  }
  return {
    /** A page is shown. */
    page(page, from, institution) {
      const meta = { page, from: from ?? "", institution_name: institution ?? "" };
      event({ eventName: "PAGE_LOAD", metadata: meta, meta_data: meta });
    },
    /** Something failed, or will not do. `grave` says that there is no going on. */
    trouble(kind, problem, institution, now, grave = false) {
      const word = kind.toLowerCase();
      const meta = { [`${word}_code`]: problem.code, [`${word}_message`]: problem.message, institution_name: institution ?? "", timestamp: new Date(now).toISOString() };
      event({ eventName: kind, request_id: problem.request_id ?? "", meta_data: meta, metadata: meta });
      const [code, message] = problem.event ?? [problem.code, problem.message];
      return go("event", { [word]: code, [`${word}_message`]: message }, grave);
    },
    /** The link is there. */
    connected(link, institution) {
      tell("success", { link, institution });
      native?.postMessage(JSON.stringify({ eventName: "SUCCESS", link, institution }));
    },
    /** The person has gone, well or not. */
    gone(success, farewell) {
      if (success) {
        const left = go("success", { link: success.link, institution: success.institution }, true);
        tell("close", {});
        return left;
      }
      tell("exit", { data: farewell });
      native?.postMessage(JSON.stringify({ eventName: "EXIT", ...farewell }));
      const error = farewell.last_encountered_error;
      const left = go("exit", {
        last_encountered_error_code: error?.code,
        last_encountered_error_message: error?.message,
        meta_data_institution_name: farewell.meta_data.institution_name,
        meta_data_step: farewell.meta_data.step,
      }, true);
      tell("close", {});
      return left;
    },
  };
}
