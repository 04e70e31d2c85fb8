// What the widget shows: each page made from the state, and mended in place while it stays the same
// page, so that what was typed and where the focus is are not lost.

import { isUpdate, pageBefore, typed } from "./connect-flow.js";
import { picture, webPage } from "./connect-config.js";
import { permissions, terms } from "./connect-consents.js";
import { ROLES, lacking, mapped } from "./connect-table.js";

/** How many institutions are shown at once. */
const MOST = 60;

/** An element. Text is text: nothing is ever read as markup. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    else if (name === "value") element.value = value;
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

const SHAPES = {
  back: "M15 5l-7 7 7 7",
  close: "M6 6l12 12M18 6L6 18",
  search: "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM20 20l-4-4",
  lock: "M7 11V8a5 5 0 0 1 10 0v3M5 11h14v9H5z",
  check: "M5 12.5l4.5 4.5L19 7.5",
  alert: "M12 8v5M12 16.5v.5M12 3l9.5 17h-19z",
  bank: "M4 10h16L12 4zM6 10v8M10 10v8M14 10v8M18 10v8M4 20h16",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z",
  phone: "M7 3h10v18H7zM11 18h2",
  list: "M9 6h11M9 12h11M9 18h11M4.5 6h.5M4.5 12h.5M4.5 18h.5",
  stop: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM6 6l12 12",
  out: "M14 4h6v6M20 4l-9 9M18 14v6H4V6h6",
  file: "M6 3h8l4 4v14H6zM14 3v4h4",
  card: "M3 6h18v12H3zM3 10h18M7 15h3",
  rise: "M4 18l5-6 4 3 7-9M15 6h5v5",
  clock: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7v5l3 2",
};

/** A picture drawn by us. */
export function icon(name, label = null) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  if (label) {
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", label);
  } else svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", SHAPES[name]);
  svg.append(path);
  return svg;
}

/**
 * The view of one document. `send` takes events, `t` gives texts, `here` is where the server is, `lead`
 * says where an institution's page is reached. Another page that is made of the same pieces brings its
 * own steps (`more`), and says what lies before each (`before`).
 */
export function view(app, { send, t, here, lead = (url) => ({ href: url, leaves: false }), before = pageBefore, more = null }) {
  let shown = { key: null, update: null };
  let dialog = null;

  const frame = h("div", { class: "card" });
  const bar = h("header", { class: "bar" });
  const place = h("main", { class: "page", id: "page" });
  const news = h("p", { class: "unseen", role: "status", "aria-live": "polite" });
  frame.append(bar, place, news);
  app.replaceChildren(frame);

  // ---- pieces

  const company = (state) => {
    const { branding = {} } = state.about?.widget ?? {};
    return branding.company_name || state.config.company_name || state.about?.company || t("company.unknown");
  };

  function logo(one, big = false) {
    const address = picture(one?.icon_logo, here) ?? picture(one?.logo, here);
    const initials = (one?.display_name ?? "?").split(/\s+/).slice(0, 2).map((word) => word[0] ?? "").join("").toUpperCase();
    const place = h("span", { class: big ? "logo big" : "logo", "aria-hidden": "true" });
    const letters = () => place.replaceChildren(h("span", { class: "initials" }, initials));
    if (!address) letters();
    else place.append(h("img", { src: address, alt: "", loading: "lazy", onerror: letters }));
    return place;
  }

  const heading = (text) => h("h1", { tabindex: "-1" }, text);

  /** What an institution says, in the person's language where its connector speaks it. */
  const spoken = (said) => ({ ...said, ...said.translations?.[document.documentElement.lang] });

  function banner(kind, title, text) {
    return h("div", { class: `banner ${kind}`, role: kind === "error" ? "alert" : "note" },
      icon({ info: "lock", success: "check" }[kind] ?? "alert"),
      h("div", {}, title ? h("p", { class: "banner-title" }, title) : null, text ? h("p", { class: "banner-text" }, text) : null));
  }

  function button(text, properties = {}, kind = "primary") {
    return h("button", { type: "button", class: `button ${kind}`, ...properties }, h("span", {}, text));
  }

  /** A button that shows that something is being done. */
  function working(element, busy) {
    element.toggleAttribute("data-busy", busy);
    element.setAttribute("aria-disabled", String(busy || element.hasAttribute("data-over")));
  }

  const spinner = () => h("span", { class: "spinner", "aria-hidden": "true" });
  const offline = () => h("p", { class: "offline" }, t("offline"));

  function institutionHead(state) {
    return h("div", { class: "who" }, logo(state.institution),
      h("div", {}, h("p", { class: "who-name" }, state.institution?.display_name ?? ""), h("p", { class: "soft" }, t("form.secure"))));
  }

  /** Why a file is not in the link: its way there was interrupted, or it cannot be read. */
  const unreadable = ({ code, line }) =>
    (code === "interrupted"
      ? banner("error", t("error.interrupted.title"), t("files.again"))
      : banner("error", t("files.unreadable"), [line > 1 ? t("files.unreadable.line", { line }) : "", t("files.unreadable.text")].filter(Boolean).join(" ")));

  // ---- pages: each gives its element, and what to mend when the state changes and the page does not

  const PAGES = {
    starting: () => ({ node: h("div", { class: "middle" }, spinner(), heading(t("starting.title"))) }),

    consent(state) {
      const { branding = {}, purpose, consent } = state.about.widget ?? {};
      const name = company(state);
      const { company_icon: icon_logo = state.config.company_icon, company_logo = state.config.company_logo } = branding;
      const terms = webPage(branding.company_terms_url ?? consent?.terms_and_conditions_url ?? state.config.company_terms_url);
      const point = (shape, title, text) => h("li", {}, icon(shape), h("div", {}, h("p", { class: "strong" }, title), h("p", { class: "soft" }, text)));
      const go = button(t("consent.go"), { onclick: () => send({ type: "agreed" }) });
      const why = purpose ?? consent?.purpose;
      const wanted = state.about.fetch_resources?.length ? state.about.fetch_resources : state.config.resources;
      const data = [...new Set(wanted.map((one) => t(`data.${one}`)).filter((text) => !text.startsWith("data.")))];
      const node = h("div", { class: "stack" },
        h("div", { class: "pair", "aria-hidden": "true" },
          logo({ icon_logo, logo: company_logo, display_name: name }, true),
          h("span", { class: "pair-line" }), h("span", { class: "logo big tint" }, icon("bank"))),
        heading(t(isUpdate(state) ? "consent.again" : "consent.title", { company: name })),
        why ? h("p", { class: "soft center" }, why) : null,
        h("ul", { class: "points" },
          point("list", t("consent.what"), data.length ? data.join(", ") : t("consent.what.text")),
          point("lock", t("consent.safe"), t("consent.safe.text")),
          point("stop", t("consent.end"), t("consent.end.text", { company: name }))),
        h("div", { class: "foot" },
          h("p", { class: "small soft center" }, t("consent.agree", { company: name }),
            terms ? [" ", h("a", { href: terms, target: "_blank", rel: "noopener noreferrer" }, t("consent.terms"))] : null),
          go));
      return { node, update: (now) => working(go, Boolean(now.doing)) };
    },

    institutions(state) {
      const countries = [...new Set(state.institutions.flatMap((one) => one.country_codes))].sort();
      const kinds = [...new Set(state.institutions.map((one) => one.name.split("_").pop()))].sort();
      const list = h("ul", { class: "institutions", id: "institutions" });
      const warning = h("div", {});
      const count = h("p", { class: "small soft", id: "count" });
      const search = h("input", { type: "search", id: "search", autocomplete: "off", spellcheck: "false", placeholder: t("institutions.search"), "aria-controls": "institutions", "aria-describedby": "count", oninput: show });
      const choose = (id, label, values, text) => (values.length > 1
        ? h("label", { class: "choice" }, h("span", { class: "unseen" }, label),
            h("select", { id, onchange: show }, h("option", { value: "" }, t("institutions.all", { what: label })), values.map((value) => h("option", { value }, text(value)))))
        : null);
      const country = choose("country", t("institutions.country"), countries, (code) => countryName(code));
      const kind = choose("kind", t("institutions.kind"), kinds, (one) => kindName(one));
      const plain = (text) => text.normalize("NFD").replace(/\p{Diacritic}/gu, "").toLowerCase();
      let busy = null;

      function show() {
        const said = plain(search.value.trim());
        const at = country?.querySelector("select").value ?? "";
        const of = kind?.querySelector("select").value ?? "";
        const found = state.institutions.filter((one) =>
          (!said || plain(`${one.display_name} ${one.name}`).includes(said)) &&
          (!at || one.country_codes.includes(at)) && (!of || one.name.endsWith(`_${of}`)));
        list.replaceChildren(...found.slice(0, MOST).map((one) => {
          const where = [one.country_codes.map(countryName).join(", "), kindName(one.name.split("_").pop())].filter(Boolean).join(" · ");
          const down = one.status === "down";
          return h("li", {}, h("button", { type: "button", class: "institution", "data-name": one.name, "data-busy": busy === one.name, onclick: () => send({ type: "chose", name: one.name }) },
            logo(one),
            h("span", { class: "institution-text" }, h("span", { class: "strong" }, one.display_name), h("span", { class: "small soft" }, where)),
            down ? h("span", { class: "tag" }, t("institutions.down")) : h("span", { class: "chevron", "aria-hidden": "true" })));
        }));
        count.textContent = found.length === 0 ? t("institutions.none") : found.length > MOST ? t("institutions.many", { count: found.length, shown: MOST }) : t("institutions.count", { count: found.length });
      }
      show();
      const node = h("div", { class: "stack" }, heading(t("institutions.title")),
        h("div", { class: "search" }, icon("search"), h("label", { class: "unseen", for: "search" }, t("institutions.search")), search),
        country || kind ? h("div", { class: "choices" }, country, kind) : null,
        warning, count, list);
      return {
        node,
        update(now) {
          const chosen = now.doing?.kind === "institution" ? now.doing.name : null;
          if (chosen !== busy) {
            busy = chosen;
            for (const one of list.querySelectorAll("button")) one.toggleAttribute("data-busy", one.dataset.name === busy);
          }
          const problem = now.problem;
          const one = problem && state.institutions.find((known) => known.name === problem.name);
          warning.replaceChildren(...(now.lost ? [offline()] : []), ...(problem ? [banner("warning", t("institutions.down.title", { institution: one?.display_name ?? "" }), t("institutions.down.text"))] : []));
        },
      };
    },

    form(state) {
      const fields = typed(state).map((field) => ({ ...spoken(field), values: field.values?.map(spoken) }));
      const inputs = fields.map((field) => input(field, state, fields));
      const go = h("button", { type: "submit", class: "button primary" }, h("span", {}, t("form.go")));
      const told = h("div", {});
      const form = h("form", { class: "stack", novalidate: true, autocomplete: "off", onsubmit },
        inputs.map((one) => one.node), h("div", { class: "foot" }, banner("info", null, t("form.trust")), go));
      function onsubmit(event) {
        event.preventDefault();
        const wrong = inputs.filter((one) => !one.check());
        if (wrong.length > 0) {
          news.textContent = t("form.mend");
          wrong[0].focus();
          return;
        }
        send({ type: "submitted", values: Object.fromEntries(inputs.map((one) => [one.name, one.value()])) });
      }
      const node = h("div", { class: "stack" }, institutionHead(state),
        heading(t(isUpdate(state) ? "form.title.update" : fields.length === 0 ? "form.title.files" : "form.title")),
        fields.length === 0 ? h("p", { class: "soft" }, t("form.files.text")) : null, told, form);
      return {
        node,
        update(now) {
          const { problem } = now;
          told.replaceChildren(...(problem ? [banner("error", ...failureText(problem, now))] : []));
          working(go, Boolean(now.doing));
        },
      };
    },

    terms(state) {
      const { branding = {}, purpose, consent = {} } = state.about.widget ?? {};
      const name = company(state);
      const why = consent.purpose ?? purpose;
      const address = webPage(consent.terms_and_conditions_url ?? branding.company_terms_url);
      const choice = terms(h, t, consent.default_consent_duration_days);
      const go = button(t("terms.go", { institution: state.institution.display_name }), { onclick: () => send({ type: "allowed", term: choice.value() }) });
      const node = h("div", { class: "stack" }, institutionHead(state), heading(t("terms.title")),
        why ? h("div", { class: "note" }, h("p", { class: "small strong" }, t("terms.why")), h("p", { class: "small" }, why)) : null,
        h("section", { class: "stack tight" }, h("h2", { class: "label" }, t("terms.what", { company: name })), permissions(h, icon, t, consent.permissions)),
        choice.node,
        h("p", { class: "small soft" }, t("terms.end", { company: name, institution: state.institution.display_name })),
        h("div", { class: "foot" },
          h("p", { class: "small soft center" }, t("terms.agree", { company: name }),
            address ? [" ", h("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, t("consent.terms"), h("span", { class: "unseen" }, ` ${t("new.window")}`))] : null),
          go));
      return { node, update: (now) => working(go, Boolean(now.doing)) };
    },

    working: (state) => {
      const more = h("div", { class: "soft center" }, h("p", {}, t("working.text")));
      const node = h("div", { class: "middle" }, h("div", { class: "pulse" }, logo(state.institution, true)), spinner(),
        heading(t("working.title", { institution: state.institution?.display_name ?? t("institution.unknown") })), more);
      return { node, update: (now) => more.replaceChildren(...(now.lost ? [offline()] : [h("p", {}, t("working.text"))])) };
    },

    challenge: (state) => challenge(state),

    loading: (state) => {
      const list = h("ul", { class: "progress" });
      const note = h("div", {});
      const go = button(t("loading.go"), { onclick: () => send({ type: "enough" }) }, "secondary");
      const node = h("div", { class: "stack" },
        h("div", { class: "mark good" }, icon("check")), heading(t("loading.title")),
        h("p", { class: "soft center" }, t("loading.text", { company: company(state) })), note, list, h("div", { class: "foot" }, go));
      return {
        node,
        update(now) {
          note.replaceChildren(...(now.lost ? [offline()] : []));
          const wanted = [...new Set([...(now.about?.wanted ?? []), ...now.loaded])];
          const named = wanted.map((name) => [t(`data.${name}`), now.loaded.includes(name)]).filter(([text]) => !text.startsWith("data."));
          list.replaceChildren(...named.map(([text, there]) => h("li", { class: there ? "there" : "" }, there ? icon("check", t("loading.there")) : spinner(), h("span", {}, text))));
        },
      };
    },

    files(state) {
      const said = h("div", {});
      const name = h("span", { class: "soft" }, t("files.none"));
      const field = h("input", { type: "file", id: "file", class: "unseen", name: "file", onchange: () => { name.textContent = field.files[0]?.name ?? t("files.none"); } });
      const go = button(t("files.go"), { onclick: () => {
        if (!field.files[0]) { said.replaceChildren(banner("error", t("files.first"))); field.focus(); return; }
        send({ type: "uploading", file: field.files[0] });
      } });
      const node = h("div", { class: "stack" }, institutionHead(state), heading(t("files.title")), h("p", { class: "soft" }, t("files.text")), said,
        h("div", { class: "drop" }, field, h("label", { class: "button secondary", for: "file" }, icon("file"), h("span", {}, t("files.choose"))), name),
        h("div", { class: "foot" }, go, button(t("files.later"), { onclick: () => send({ type: "uploaded", report: null }) }, "text")));
      return {
        node,
        update(now) {
          if (now.problem) said.replaceChildren(unreadable(now.problem));
          working(go, Boolean(now.doing));
        },
      };
    },

    columns(state) {
      const { table } = state;
      const said = h("div", {});
      const one = (id, label, values, chosen) => {
        const select = h("select", { id }, values.map(([value, text]) => h("option", { value }, text)));
        select.value = chosen;
        return [h("div", { class: "field" }, h("label", { for: id }, label), select), select];
      };
      const roles = [["", t("columns.none")], ...ROLES.map((role) => [role, t(`columns.${role}`)])];
      const items = table.columns.map(({ name, values, role }, at) => {
        const [node, select] = one(`column-${at}`, name, roles, role);
        node.append(h("p", { class: "small soft sample", id: `sample-${at}` }, values.length ? values.join(" · ") : t("columns.empty")));
        select.setAttribute("aria-describedby", `sample-${at}`);
        return [h("li", {}, node), select];
      });
      const words = (key, values) => values.map((value) => [value, t(`columns.${key}.${value}`)]);
      const { mapping } = table;
      const [days, order] = one("days", t("columns.days"), words("days", ["day_first", "month_first", "year_first"]), mapping.days ?? "day_first");
      const [decimals, decimal] = one("decimal", t("columns.decimal"), [[",", "1.234,56"], [".", "1,234.56"]], mapping.decimal ?? ".");
      const [signs, sign] = one("sign", t("columns.sign"), words("sign", ["as_written", "turned"]), mapping.sign ?? "as_written");
      const go = button(t("columns.go"), { onclick: () => {
        const chosen = items.map(([, select]) => select.value);
        const wrong = lacking(chosen);
        if (wrong) { said.replaceChildren(banner("error", t(wrong))); place.scrollTop = 0; return; }
        send({ type: "mapped", mapping: mapped(table, chosen, { days: order.value, decimal: decimal.value, sign: sign.value }) });
      } });
      const node = h("div", { class: "stack" }, institutionHead(state), heading(t("columns.title")), h("p", { class: "soft" }, t("columns.text")), said,
        h("ul", { class: "stack" }, items.map(([item]) => item)), days, decimals, signs,
        h("div", { class: "foot" }, go, button(t("columns.other"), { onclick: () => send({ type: "otherFile" }) }, "text")));
      return {
        node,
        update(now) {
          if (now.problem) { said.replaceChildren(unreadable(now.problem)); place.scrollTop = 0; }
          working(go, Boolean(now.doing));
        },
      };
    },

    success(state) {
      const { report } = state;
      const text = report ? t("success.files", { count: report.transactions.created }) : t("success.text", { company: company(state) });
      return {
        node: h("div", { class: "middle" }, h("div", { class: "mark good" }, icon("check")),
          heading(t(isUpdate(state) ? "success.title.update" : "success.title", { institution: state.institution?.display_name ?? "" })),
          report ? banner("success", text) : h("p", { class: "soft center" }, text),
          h("div", { class: "foot" }, button(t("success.go", { company: company(state) }), { onclick: () => send({ type: "leave" }) }))),
      };
    },

    failure(state) {
      const [title, text] = failureText(state.problem, state);
      const { code } = state.problem;
      const stuck = ["duplicated", "unsupported_operation", "institution_inactive"].includes(code);
      const again = stuck && !isUpdate(state) ? null : button(t("failure.retry"), { onclick: () => send({ type: "retry" }) });
      const another = isUpdate(state) || state.institutions?.length === 1 || state.config.institutions.length === 1 ? null : button(t("failure.another"), { onclick: () => send({ type: "another" }) }, again ? "secondary" : "primary");
      return {
        node: h("div", { class: "middle" }, h("div", { class: "mark bad" }, icon("alert")), heading(title), h("p", { class: "soft center" }, text),
          h("div", { class: "foot" }, again, another)),
      };
    },

    refused: (state) => ({
      node: h("div", { class: "middle" }, h("div", { class: "mark bad" }, icon("alert")), heading(t("refused.title")),
        h("p", { class: "soft center" }, t("refused.text")), h("div", { class: "foot" }, button(t("refused.go"), { onclick: () => send({ type: "leave" }) }, "secondary"))),
    }),
  };

  Object.assign(PAGES, more?.({ icon, logo, heading, banner, button, working, spinner, offline, company, institutionHead, failureText }));

  // ---- the login form's inputs

  function input(field, state, all) {
    const id = `field-${field.name}`;
    const wrong = h("p", { class: "wrong", id: `${id}-wrong`, hidden: true });
    const secret = field.type === "password";
    const label = field.label || t(`field.${field.name}`);
    let control;
    if (field.values?.length) {
      control = h("select", { id, name: field.name, "aria-describedby": wrong.id },
        field.values.map((one) => h("option", { value: one.code }, one.label)));
      const before = field.pre_selected ?? state.typed?.[field.name];
      if (before && field.values.some((one) => one.code === before)) control.value = before;
      control.addEventListener("change", () => {
        const chosen = field.values.find((one) => one.code === control.value);
        const name = document.getElementById("field-username");
        if (name && chosen) name.placeholder = chosen.placeholder ?? "";
      });
    } else {
      control = h("input", {
        id, name: field.name, type: secret ? "password" : "text", autocomplete: "off", autocapitalize: "none", spellcheck: "false",
        inputmode: field.type === "number" ? "numeric" : null, placeholder: secret ? null : field.placeholder, "aria-describedby": wrong.id,
        required: field.optional === true ? null : true, maxlength: "256", value: secret ? "" : state.typed?.[field.name] ?? "",
      });
    }
    const eye = secret ? h("button", { type: "button", class: "eye", "aria-pressed": "false", "aria-label": t("form.show", { field: label }), onclick: () => {
      const seen = control.type === "text";
      control.type = seen ? "password" : "text";
      eye.setAttribute("aria-pressed", String(!seen));
    } }, icon("eye")) : null;
    control.addEventListener("input", () => mark(null));
    function mark(text) {
      wrong.hidden = !text;
      wrong.textContent = text ?? "";
      if (text) control.setAttribute("aria-invalid", "true");
      else control.removeAttribute("aria-invalid");
    }
    function check() {
      const text = control.value;
      if (text === "") {
        if (field.optional === true) return true;
        mark(t("form.required"));
        return false;
      }
      let rule = field;
      if (field.name === "username") {
        const kind = all.find((one) => one.values?.length);
        const chosen = kind?.values.find((one) => one.code === document.getElementById(`field-${kind.name}`)?.value);
        rule = chosen?.validation ? chosen : field;
      }
      if (field.values?.length || matches(rule.validation, text)) return true;
      mark(rule.validation_message || t("form.invalid"));
      return false;
    }
    const node = h("div", { class: "field" },
      h("label", { for: id }, label, field.optional === true ? h("span", { class: "soft" }, ` (${t("form.optional")})`) : null),
      h("div", { class: "control" }, control, eye), wrong);
    return { node, name: field.name, value: () => control.value, check, focus: () => control.focus() };
  }

  // ---- challenges

  function challenge(state) {
    const asks = state.challenge;
    const data = asks.token_generation_data;
    const { type: kind, value, options = [] } = data;
    const { instructions, hint } = spoken(data);
    const told = h("div", {});
    const time = h("p", { class: "small soft center", id: "time" });
    const until = state.until ?? Date.now() + asks.expiry * 1000;
    const over = () => Date.now() >= until;
    const tooLate = t(kind === "otp" ? "challenge.over" : "challenge.over.anew");
    const anew = button(t(kind === "otp" ? "challenge.resend" : "challenge.anew"), { onclick: () => send({ type: "resend" }) }, "text");
    const answer = (token) => { if (over()) tick(); else send({ type: "answered", token }); };
    const buttons = [];
    const go = (text, properties, style) => { const one = button(text, properties, style); buttons.push(one); return one; };
    let inside;
    if (kind === "choice") {
      inside = h("ul", { class: "options" }, options.map((option, at) => {
        const one = h("button", { type: "button", class: "option", id: `option-${at}`, onclick: () => answer(option) }, h("span", {}, option), h("span", { class: "chevron", "aria-hidden": "true" }));
        buttons.push(one);
        return h("li", {}, one);
      }));
    } else if (kind === "push") {
      inside = [h("div", { class: "mark tint pulse" }, icon("phone")), h("div", { class: "foot" }, go(t("challenge.push.go"), { onclick: () => answer() }))];
    } else if (kind === "qr") {
      const drawn = picture(data.picture ?? value, here);
      inside = [drawn ? h("div", { class: "qr" }, h("img", { src: drawn, alt: t("challenge.qr.alt"), width: "220", height: "220" })) : h("p", { class: "value" }, value ?? ""),
        h("div", { class: "foot" }, go(t("challenge.qr.go"), { onclick: () => answer() }))];
    } else if (kind === "redirect") {
      const url = webPage(value);
      const done = go(t("challenge.redirect.go"), { onclick: () => answer() }, "secondary");
      const { href, leaves } = lead(url ?? "#");
      const open = h("a", { class: "button primary", href, target: leaves ? null : "_blank", rel: "noopener noreferrer", onclick: () => send({ type: "visited" }) }, h("span", {}, t("challenge.redirect.open", { institution: state.institution?.display_name ?? t("institution.unknown") })), icon("out"), leaves ? null : h("span", { class: "unseen" }, t("new.window")));
      inside = h("div", { class: "foot" }, url ? open : null, done);
    } else if (kind === "file") {
      const name = h("span", { class: "soft" }, t("files.none"));
      const field = h("input", { type: "file", id: "answer-file", class: "unseen", onchange: () => { name.textContent = field.files[0]?.name ?? t("files.none"); } });
      inside = [h("div", { class: "drop" }, field, h("label", { class: "button secondary", for: "answer-file" }, icon("file"), h("span", {}, t("files.choose"))), name),
        h("div", { class: "foot" }, go(t("files.go"), { onclick: async () => {
          const file = field.files[0];
          if (!file) { told.replaceChildren(banner("error", t("files.first"))); field.focus(); return; }
          if (file.size > 700_000) { told.replaceChildren(banner("error", t("files.large"))); return; }
          answer(base64(new Uint8Array(await file.arrayBuffer())));
        } }))];
    } else {
      const digits = kind === "otp" || kind === "numeric";
      const code = h("input", { id: "answer", name: "token", class: digits ? "code" : "", type: "text", inputmode: digits ? "numeric" : null, autocomplete: kind === "otp" ? "one-time-code" : "off", autocapitalize: "none", spellcheck: "false", maxlength: "256", "aria-describedby": "instructions", required: true });
      const confirm = h("button", { type: "submit", class: "button primary" }, h("span", {}, t("challenge.go")));
      buttons.push(confirm);
      const image = kind === "image" ? picture(value, here) : null;
      inside = h("form", { class: "stack", novalidate: true, autocomplete: "off", onsubmit: (event) => {
        event.preventDefault();
        if (!code.value.trim()) { told.replaceChildren(banner("error", t("form.required"))); code.focus(); return; }
        answer(code.value.trim());
      } },
        kind === "numeric" && value ? h("div", { class: "shown" }, h("p", { class: "small soft" }, t("challenge.numeric.shown")), h("p", { class: "value" }, value)) : null,
        image ? h("div", { class: "qr" }, h("img", { src: image, alt: t("challenge.image.alt") })) : null,
        h("div", { class: "field" }, h("label", { for: "answer" }, t(`challenge.${kind}.label`)), h("div", { class: "control" }, code)),
        h("div", { class: "foot" }, confirm));
    }
    let announced = false;
    function tick() {
      const left = Math.max(0, Math.ceil((until - Date.now()) / 1000));
      const [minutes, seconds] = [Math.floor(left / 60), String(left % 60).padStart(2, "0")];
      // Who has half an hour need not see seconds pass.
      time.textContent = left === 0 ? tooLate : left > 1800 ? "" : t("challenge.left", { time: `${minutes}:${seconds}` });
      for (const one of buttons) {
        one.toggleAttribute("data-over", left === 0);
        if (left === 0) one.setAttribute("aria-disabled", "true");
      }
      if (left === 0 && !announced) { announced = true; news.textContent = tooLate; }
    }
    const node = h("div", { class: "stack" }, institutionHead(state), heading(t(`challenge.${kind}.title`)),
      h("div", { id: "instructions" }, h("p", { class: "soft" }, instructions), hint ? h("p", { class: "small soft" }, hint) : null), told, inside, h("div", { class: "later" }, time, anew));
    tick();
    const clock = setInterval(() => { if (node.isConnected) tick(); else clearInterval(clock); }, 1000);
    return {
      node,
      update(now) {
        told.replaceChildren(...(now.lost ? [offline()] : []), ...(now.problem ? [banner("error", t(["push", "qr", "redirect"].includes(kind) ? "challenge.notyet" : "challenge.wrong"))] : []));
        for (const one of buttons) working(one, Boolean(now.doing));
        anew.hidden = Boolean(now.doing);
      },
    };
  }

  // ---- words

  function failureText(problem, state) {
    const institution = state.institution?.display_name ?? t("institution.unknown");
    const gaps = { institution, company: company(state) };
    for (const key of [`${problem.code}.${problem.reason}`, problem.code, "unexpected_error"]) {
      const title = t(`error.${key}.title`, gaps);
      if (title !== `error.${key}.title`) return [title, t(`error.${key}.text`, gaps)];
    }
    return ["", ""];
  }

  const names = (() => { try { return new Intl.DisplayNames([document.documentElement.lang], { type: "region" }); } catch { return null; } })();
  function countryName(code) {
    try { return names?.of(code) ?? code; } catch { return code; }
  }
  const kindName = (kind) => { const text = t(`kind.${kind}`); return text.startsWith("kind.") ? "" : text; };

  // ---- leaving

  function leaving(state) {
    if (!["asking", "survey"].includes(state.leaving)) { dialog?.remove(); dialog = null; return; }
    if (dialog?.dataset.step === state.leaving) return;
    dialog?.remove();
    const stay = () => send({ type: "stay" });
    const inside = state.leaving === "asking"
      ? [h("h2", { id: "leaving" }, t("leave.title")), h("p", { class: "soft" }, t("leave.text")),
          h("div", { class: "foot" }, button(t("leave.stay"), { onclick: stay, autofocus: true }), button(t("leave.go"), { onclick: () => send({ type: "surely" }) }, "secondary"))]
      : [h("h2", { id: "leaving" }, t("survey.title")),
          h("form", { class: "stack", onsubmit: (event) => { event.preventDefault(); send({ type: "left", reason: new FormData(event.target).get("reason") }); } },
            h("fieldset", {}, h("legend", { class: "soft" }, t("survey.text")),
              ["trust", "institution", "credentials", "failed", "other"].map((reason) => h("label", { class: "reason" }, h("input", { type: "radio", name: "reason", value: reason }), h("span", {}, t(`survey.${reason}`))))),
            h("div", { class: "foot" }, h("button", { type: "submit", class: "button primary" }, h("span", {}, t("survey.go"))), button(t("leave.stay"), { onclick: stay }, "text")))];
    dialog = h("dialog", { class: "leaving", "aria-labelledby": "leaving", "data-step": state.leaving, oncancel: (event) => { event.preventDefault(); stay(); } }, inside);
    app.append(dialog);
    dialog.showModal();
  }

  const STEPS = ["consent", "institutions", "form", "challenge", "loading"];
  const STEP = { starting: 0, consent: 0, institutions: 1, form: 2, terms: 2, working: 2, failure: 2, challenge: 3, loading: 4, files: 4, columns: 4, success: 5, refused: 0 };

  return (state, goBack) => {
    const key = [state.page, state.institution?.name, state.challenge?.session, state.page === "failure" ? state.problem?.code : "", state.told ?? ""].join(" ");
    if (key !== shown.key) {
      const page = PAGES[state.page](state);
      shown = { key, update: page.update };
      place.replaceChildren(page.node);
      const back = before(state) ? h("button", { type: "button", class: "round", "aria-label": t("bar.back"), onclick: goBack }, icon("back")) : h("span", { class: "round" });
      const title = h("p", { class: "bar-title" }, more && !state.about ? t("title") : company(state));
      if (more) bar.replaceChildren(back, title, h("span", { class: "round" }));
      else {
        const done = Math.round((100 * STEP[state.page]) / STEPS.length);
        const progress = h("progress", { max: "100", value: done, "aria-label": t("bar.progress") });
        bar.replaceChildren(back, title, h("button", { type: "button", class: "round", "aria-label": t("bar.close"), onclick: () => send({ type: "leave" }) }, icon("close")), progress);
      }
      news.textContent = "";
      place.scrollTop = 0;
      page.update?.(state);
      place.querySelector("h1")?.focus({ preventScroll: true });
    } else shown.update?.(state);
    leaving(state);
  };
}

/** A pattern that is not understood says nothing; the server has the last word. */
export function matches(pattern, text) {
  if (!pattern) return true;
  try {
    return new RegExp(pattern, "u").test(text);
  } catch {
    try {
      return new RegExp(pattern).test(text);
    } catch {
      return true;
    }
  }
}

/** Bytes as base64, piece by piece: a spread of them all would overflow the stack. */
export function base64(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}
