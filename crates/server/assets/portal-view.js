// The steps of the consent portal, made of the widget's pieces.

import { h } from "./connect-view.js";
import { destination } from "./connect-config.js";
import { permissions, terms } from "./connect-consents.js";
import { consent, hasEnded } from "./portal-flow.js";

/** A day as people of this language write it. */
export function day(instant, locale) {
  return new Intl.DateTimeFormat(locale, { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" }).format(new Date(instant));
}

export const steps = ({ app, send, t }) => ({ icon, logo, heading, banner, button, working, spinner, offline, company, failureText }) => {
  const locale = () => document.documentElement.lang;
  const near = (one) => !hasEnded(one) && one.days_left !== null && one.days_left <= 7;
  const tag = (one) => h("span", { class: `tag ${hasEnded(one) ? "over" : near(one) ? "" : "good"}` }, t(`status.${near(one) ? "near" : one.status ?? "AUTHORISED"}`));
  const lasts = (one) => {
    if (one.status === "REJECTED") return t("lasts.revoked", { date: day(one.given_at, locale()) });
    if (hasEnded(one)) return t("lasts.ended", { date: day(one.expired_at, locale()) });
    if (one.expired_at === null) return t("lasts.ever");
    return t(one.days_left === 1 ? "lasts.day" : "lasts.days", { date: day(one.expired_at, locale()), days: one.days_left });
  };
  /** The same beside its name. */
  const end = (one) => {
    if (one.expired_at === null) return lasts(one);
    const date = day(one.expired_at, locale());
    return hasEnded(one) ? date : t(one.days_left === 1 ? "until.day" : "until.days", { date, days: one.days_left });
  };
  const head = (one) => h("div", { class: "who" }, logo({ display_name: one.institution_display_name, icon_logo: one.institution_icon_logo }),
    h("div", { class: "grow" }, h("p", { class: "who-name" }, one.institution_display_name), one.display_name ? h("p", { class: "soft" }, one.display_name) : null), tag(one));
  const leave = (state) => {
    const urls = state.about?.widget?.callback_urls ?? {};
    const url = destination(urls.exit ?? urls.success);
    return url ? h("a", { class: "button secondary", href: url.href }, h("span", {}, t("leave.portal", { company: company(state) }))) : null;
  };

  /** The question before a consent is taken back. */
  let dialog = null;
  function question(state) {
    if (!state.asking) { dialog?.remove(); dialog = null; return; }
    if (!dialog) {
      const one = consent(state);
      const gaps = { company: company(state), institution: one.institution_display_name };
      const stay = () => send({ type: "stay" });
      const go = button(t("revoke.go"), { onclick: () => send({ type: "surely" }) }, "danger");
      dialog = h("dialog", { class: "leaving", "aria-labelledby": "revoking", oncancel: (event) => { event.preventDefault(); stay(); } },
        h("h2", { id: "revoking" }, t("revoke.title", gaps)),
        h("ul", { class: "bullets small soft" }, ["data", "kept", "anew"].map((what) => h("li", {}, t(`revoke.${what}`, gaps)))),
        h("div", { class: "foot" }, button(t("revoke.stay"), { onclick: stay, autofocus: true }), go));
      dialog.go = go;
      app.append(dialog);
      dialog.showModal();
    }
    working(dialog.go, Boolean(state.doing));
  }

  return {
    list(state) {
      const entry = (one) => h("li", {}, h("button", { type: "button", class: "institution", "data-id": one.id, onclick: () => send({ type: "chose", id: one.id }) },
        logo({ display_name: one.institution_display_name, icon_logo: one.institution_icon_logo }),
        h("span", { class: "institution-text" }, h("span", { class: "strong" }, one.institution_display_name), h("span", { class: "small soft" }, lasts(one))),
        tag(one), h("span", { class: "chevron", "aria-hidden": "true" })));
      const part = (title, some) => (some.length ? h("section", { class: "stack tight" }, h("h2", { class: "label" }, title), h("ul", { class: "institutions" }, some.map(entry))) : null);
      const [active, over] = [state.consents.filter((one) => !hasEnded(one)), state.consents.filter(hasEnded)];
      if (state.consents.length === 0) {
        return { node: h("div", { class: "middle" }, h("div", { class: "mark tint" }, icon("list")), heading(t("list.title", { company: company(state) })),
          h("p", { class: "soft center" }, t("list.none", { company: company(state) })), h("div", { class: "foot" }, leave(state))) };
      }
      return { node: h("div", { class: "stack" }, heading(t("list.title", { company: company(state) })),
        state.problem ? banner("error", ...failureText(state.problem, state)) : null,
        h("p", { class: "soft" }, t("list.text", { company: company(state) })),
        part(t("list.active"), active), part(t("list.over"), over), h("div", { class: "foot" }, leave(state))) };
    },

    consent(state) {
      const one = consent(state);
      const told = h("div", {});
      const fact = (name, text) => h("div", {}, h("dt", { class: "small soft" }, t(name)), h("dd", {}, text));
      const renew = one.renewable ? button(t(hasEnded(one) ? "consent.anew" : "consent.renew"), { onclick: () => send({ type: "renew" }) }) : null;
      const revoke = one.revocable ? button(t("consent.revoke"), { onclick: () => send({ type: "revoke" }) }, "danger plain") : null;
      const over = hasEnded(one);
      const node = h("div", { class: "stack" }, head(one), heading(t(over ? "consent.title.over" : "consent.title", { company: company(state) })), told,
        h("dl", { class: "facts" }, fact("consent.since", day(one.given_at, locale())), one.status === "REJECTED" ? null : fact(over ? "consent.ended" : "consent.until", end(one))),
        over && !one.renewable ? h("p", { class: "small soft" }, t("consent.final", { company: company(state) })) : null,
        h("section", { class: "stack tight" }, h("h2", { class: "label" }, t(over ? "consent.what.over" : "consent.what")), permissions(h, icon, t, one.permissions)),
        h("div", { class: "foot" }, renew, revoke, one.renewable || one.revocable ? null : leave(state)));
      return {
        node,
        update(now) {
          told.replaceChildren(
            ...(now.told === "revoked" ? [h("div", { class: "banner success", role: "status" }, icon("check"), h("div", {}, h("p", { class: "banner-title" }, t("revoked.title")), h("p", { class: "banner-text" }, t("revoked.text", { company: company(now) }))))] : []),
            ...(now.lost ? [offline()] : []), ...(now.problem ? [banner("error", ...failureText(now.problem, now))] : []));
          question(now);
        },
      };
    },

    renew(state) {
      const one = consent(state);
      const told = h("div", {});
      const choice = terms(h, t, one.consent_duration ?? state.about?.widget?.consent?.default_consent_duration_days);
      const go = button(t("renew.go", { institution: one.institution_display_name }), { onclick: () => send({ type: "confirmed", term: choice.value() }) });
      return {
        node: h("div", { class: "stack" }, head(one), heading(t("renew.title")), told, h("p", { class: "soft" }, t("renew.text", { institution: one.institution_display_name, company: company(state) })), choice.node,
          h("section", { class: "stack tight" }, h("h2", { class: "label" }, t("consent.what")), permissions(h, icon, t, one.permissions)),
          h("div", { class: "foot" }, h("p", { class: "small soft center" }, t("terms.agree", { company: company(state) })), go)),
        update: (now) => told.replaceChildren(...(now.problem ? [banner("error", ...failureText(now.problem, now))] : [])),
      };
    },

    renewed(state) {
      const until = h("p", { class: "soft center" });
      const node = h("div", { class: "middle" }, h("div", { class: "mark good" }, icon("check")), heading(t("renewed.title")), until,
        h("div", { class: "foot" }, button(t("renewed.go"), { onclick: () => send({ type: "done" }) }), leave(state)));
      return {
        node,
        update(now) {
          const one = consent(now);
          const gaps = { company: company(now), institution: one.institution_display_name };
          if (now.doing) until.replaceChildren(spinner(), t("renewed.soon", gaps));
          else until.replaceChildren(one.expired_at && one.expired_at !== now.lasted ? t("renewed.text", { ...gaps, date: day(one.expired_at, locale()) }) : t("renewed.later", gaps));
        },
      };
    },

    failure(state) {
      const [title, text] = failureText(state.problem, state);
      return { node: h("div", { class: "middle" }, h("div", { class: "mark bad" }, icon("alert")), heading(title), h("p", { class: "soft center" }, text),
        h("div", { class: "foot" }, consent(state)?.renewable ? button(t("failure.retry"), { onclick: () => send({ type: "retry" }) }) : null, button(t("renewed.go"), { onclick: () => send({ type: "done" }) }, "secondary"))) };
    },

    refused: () => ({ node: h("div", { class: "middle" }, h("div", { class: "mark bad" }, icon("clock")), heading(t("expired.title")), h("p", { class: "soft center" }, t("expired.text"))) }),
    nobody: (state) => ({ node: h("div", { class: "middle" }, h("div", { class: "mark bad" }, icon("alert")), heading(t("nobody.title")), h("p", { class: "soft center" }, t("nobody.text", { company: company(state) })), h("div", { class: "foot" }, leave(state))) }),
    landing: () => ({ node: h("div", { class: "stack" }, h("div", { class: "mark tint" }, icon("lock")), heading(t("landing.title")), h("p", { class: "soft center" }, t("landing.text")),
      h("ul", { class: "points" }, ["see", "renew", "revoke"].map((what, at) => h("li", {}, icon(["list", "clock", "stop"][at]), h("div", {}, h("p", { class: "strong" }, t(`landing.${what}`)), h("p", { class: "soft small" }, t(`landing.${what}.text`))))))) }),
  };
};
