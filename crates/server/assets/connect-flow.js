// What happens in the widget, as one pure function: a state and an event give the next state. What is
// to be asked of the server stands in `doing`; whoever runs the widget does it and sends what came
// of it as the next event. Nothing here touches the page, the network or the clock.

/** @typedef {{code: string, message: string, reason?: string}} Problem */

/** The state before anything is known. */
export const beginning = (config) => ({
  page: "starting",
  config,
  about: null,
  institutions: null,
  institution: null,
  link: null,
  loaded: [],
  challenge: null,
  problem: null,
  lastProblem: null,
  doing: { kind: "start" },
  lost: false,
  leaving: null,
  counter: 0,
});

/** Pages that a person can go back to, and forward from. */
const OPEN = ["consent", "institutions", "form", "terms", "failure"];
/** Failures that are told where the person typed what was wrong. */
const OF_THE_FORM = ["invalid_credentials", "missing_credentials", "not_attempted"];

/** Whether `page` can be gone back to from where the state is. */
export function mayGoBack(state, page) {
  if (state.doing || !OPEN.includes(page) || page === "failure") return false;
  if (["loading", "success", "files", "columns", "working", "starting", "refused"].includes(state.page)) return false;
  if (page === "institutions") return !isUpdate(state) && !isOnlyOne(state);
  if (page === "form") return Boolean(state.institution);
  if (page === "terms") return Boolean(state.values);
  return true;
}

/** The page that is before the present one, or null. */
export function pageBefore(state) {
  const order = { institutions: ["consent"], form: ["institutions", "consent"], terms: ["form"], challenge: ["form"], failure: ["form"] };
  return (order[state.page] ?? []).find((page) => mayGoBack(state, page)) ?? null;
}

export const isUpdate = (state) => Boolean(state.about?.updates);
const isOnlyOne = (state) => state.institutions?.length === 1;

/** What is sent to the application when somebody leaves. */
export function farewell(state) {
  const problem = state.lastProblem;
  return {
    last_encountered_error: problem ? { code: problem.code, message: problem.message } : null,
    meta_data: { institution_name: state.institution?.name ?? "", step: "abandon-survey" },
  };
}

/** The state after `event`. */
export function next(state, event) {
  const happen = HAPPENINGS[event.type];
  return happen ? happen(state, event) : state;
}

const to = (state, page, more = {}) => ({ ...state, page, doing: null, problem: null, lost: false, ...more });
const busy = (state, doing, more = {}) => ({ ...state, doing, problem: null, ...more });

/** Where a connection stands, as the server says it: after a start, a reload, a lost answer. */
function standing(state, about) {
  const known = { ...state, about, link: about.link?.id ?? null, loaded: about.link?.loaded ?? [], lost: false };
  switch (about.stage) {
    case "working":
      return to(known, "working", { doing: { kind: "follow", tick: state.counter }, counter: state.counter + 1 });
    case "challenged":
      return asked(known, about.challenge);
    case "connected":
      return to(known, "loading", { doing: { kind: "follow", tick: state.counter }, counter: state.counter + 1 });
    case "loaded":
      return takesFiles(known) && state.page !== "files" ? to(known, "files") : to(known, "success");
    case "failed":
      return failed(known, about.problem);
    default:
      return null;
  }
}

/** Whether an institution of Open Finance was chosen: there, people give a consent. */
const isOpen = (state) => state.institution?.integration_type === "openfinance";

/** The tax number by which the application knows the person, where the form asks for one. */
function known(state) {
  const info = state.about?.widget?.consent?.identification_info;
  if (state.typed || !isOpen(state) || !Array.isArray(info)) return state;
  const kind = state.institution.name.endsWith("_business") ? "CNPJ" : "CPF";
  const number = (info.find((one) => one?.type === kind) ?? info[0])?.number;
  return typeof number === "string" ? { ...state, typed: { username: number } } : state;
}

const takesFiles = (state) => Boolean(state.institution?.features?.some((one) => one.name === "statement_files"));

function asked(state, challenge) {
  const again = state.challenge !== null && (challenge.token_generation_data.attempt ?? 1) > 1;
  return to(state, "challenge", { challenge, link: challenge.link, problem: again ? { code: "token_required", message: challenge.message } : null });
}

function failed(state, problem) {
  const seen = { challenge: null, lastProblem: problem };
  const here = state.institution && (state.institution.form_fields ?? []).length > 0;
  if (problem.code === "login_error" && OF_THE_FORM.includes(problem.reason) && here) {
    return { ...to(state, "form", seen), problem };
  }
  return { ...to(state, "failure", seen), problem };
}

const interrupted = (state) => to(state, state.institution ? "form" : "consent", { challenge: null, problem: { code: "interrupted", message: "" } });

/** Where somebody was whose page was loaded again. */
const again = (state, page) => (["working", "challenge", "loading"].includes(page) ? interrupted(state) : to(known(state), "form"));

/** The first page for somebody who has agreed. */
function afterConsent(state) {
  if (isUpdate(state)) return update(state);
  return state.institutions ? pick(state, state.institutions) : busy(state, { kind: "list" });
}

function update(state) {
  if (!state.institution) return busy(state, { kind: "institution", name: state.about.link.institution });
  const onlyToken = state.about.link.status === "token_required" || typed(state).length === 0;
  return onlyToken ? to(state, "working", { doing: { kind: "login" } }) : to(state, "form");
}

function pick(state, institutions) {
  const all = { ...state, institutions };
  if (institutions.length !== 1) return to(all, "institutions");
  return busy(all, { kind: "institution", name: institutions[0].name });
}

/** The fields that a person fills in; a link's login name cannot be changed. */
export function typed(state) {
  const fields = (state.institution?.form_fields ?? []).filter((field) => field.name !== "token" && field.value == null);
  return isUpdate(state) ? fields.filter((field) => ["password", "password2", "username_type"].includes(field.name)) : fields;
}

/** What is sent of a filled form: what was typed, and what the form has fixed. */
function body(state, values) {
  const fixed = (state.institution.form_fields ?? []).filter((field) => field.value != null && field.name !== "token");
  const given = Object.entries(values).filter(([, value]) => value !== "");
  return { ...Object.fromEntries(isUpdate(state) ? [] : fixed.map((field) => [field.name, field.value])), ...Object.fromEntries(given) };
}

function enter(state, values) {
  if (isUpdate(state)) return { kind: "update", link: state.about.link.id, body: body(state, values) };
  const { access_mode, external_id } = state.config;
  const wanted = { institution: state.institution.name, ...body(state, values) };
  if (access_mode && !takesFiles(state)) wanted.access_mode = access_mode;
  if (external_id) wanted.external_id = external_id;
  return { kind: "register", body: wanted };
}

const HAPPENINGS = {
  started(state, { about, page, institution }) {
    const known = { ...state, about, institution: institution ?? state.institution };
    const where = standing(known, about);
    if (where) return where;
    if (isUpdate(known)) return update(known);
    if (known.institution) return again(known, page);
    return page && page !== "consent" && page !== "starting" ? afterConsent(known) : to(known, "consent");
  },
  followed(state, { about }) {
    // Nothing is known of a login that was refused while nobody listened.
    return standing(state, about) ?? interrupted(state);
  },
  refused: (state, { problem }) => ({ ...to(state, "refused"), lastProblem: problem, problem }),
  agreed: (state) => (state.doing ? state : afterConsent(state)),
  listed: (state, { institutions }) => pick(state, institutions),
  chose(state, { name }) {
    if (state.doing) return state;
    const one = state.institutions?.find((known) => known.name === name);
    if (one?.status === "down") {
      const problem = { code: "institution_down", message: "The institution is temporarily unavailable." };
      return { ...state, problem: { ...problem, name }, counter: state.counter + 1 };
    }
    return busy(state, { kind: "institution", name });
  },
  detailed(state, { institution }) {
    const chosen = { ...state, institution };
    return isUpdate(chosen) ? update(chosen) : to(known(chosen), "form");
  },
  submitted(state, { values }) {
    if (state.doing) return state;
    if (isOpen(state) && !isUpdate(state)) return to(state, "terms", { values, challenge: null });
    return to(state, "working", { doing: enter(state, values), challenge: null });
  },
  allowed(state, { term }) {
    if (state.doing || !state.values) return state;
    const doing = enter(state, state.values);
    doing.body.consent_duration = term;
    return to(state, "working", { doing, challenge: null });
  },
  again: (state, { doing }) => (state.doing ? state : to(state, "working", { doing, challenge: null })),
  answered(state, { token }) {
    if (state.doing || !state.challenge) return state;
    const { session, link } = state.challenge;
    const silent = state.challenge.token_generation_data.expects_user_input === false;
    const doing = { kind: "answer", body: silent ? { session, link } : { session, link, token } };
    return busy(state, doing);
  },
  challenged: (state, { challenge }) => asked(state, challenge),
  connected(state, { link }) {
    const known = { ...state, link: link.id };
    const { counter } = state;
    return to(known, "loading", { challenge: null, counter: counter + 1, doing: { kind: "follow", tick: counter } });
  },
  uploading: (state, { file }) => (state.doing?.kind === "upload" ? state : busy(state, { kind: "upload", file })),
  uploaded: (state, { report }) => to(state, "success", { report }),
  // A table is read once the person has said which column is what.
  unreadable: (state, { problem, file, table }) =>
    (table && state.page !== "columns" ? to(state, "columns", { file, table }) : { ...to(state, state.page), problem, lastProblem: problem }),
  otherFile: (state) => (state.doing ? state : to(state, "files", { file: null, table: null })),
  mapped: (state, { mapping }) => (state.doing ? state : busy(state, { kind: "map", mapping, file: state.file })),
  unmapped: (state, { problem }) => ({ ...to(state, "columns"), problem, lastProblem: problem }),
  failed: (state, { problem }) => failed(state, problem),
  // No answer came: what was asked may have been done all the same.
  lost(state) {
    const { counter } = state;
    // A file that is handed over once more doubles nothing.
    if (["files", "columns"].includes(state.page)) return { ...to(state, state.page), problem: { code: "interrupted", message: "" } };
    if (["starting", "consent", "institutions"].includes(state.page)) {
      return { ...state, lost: true, counter: counter + 1, doing: { ...state.doing, tick: counter } };
    }
    return { ...state, lost: true, counter: counter + 1, doing: { kind: "follow", tick: counter } };
  },
  enough: (state) => (state.page === "loading" ? to(state, takesFiles(state) ? "files" : "success") : state),
  back(state, { page }) {
    if (!mayGoBack(state, page)) return state;
    if (page === "institutions" && !state.institutions) return busy(state, { kind: "list" });
    return to(state, page, page === "institutions" ? { institution: null, challenge: null, values: null } : { challenge: null });
  },
  retry(state) {
    if (state.doing) return state;
    if (isUpdate(state)) return update(state);
    return state.institution ? to(state, "form") : to(state, "consent");
  },
  another: (state) => (state.doing ? state : afterConsent({ ...state, institution: null, problem: null })),
  leave(state) {
    if (state.leaving || ["success", "refused"].includes(state.page)) return { ...state, leaving: "gone" };
    if (["loading", "files", "columns"].includes(state.page)) return { ...state, leaving: "gone" };
    if (state.config.show_close_dialog !== false) return { ...state, leaving: "asking" };
    return HAPPENINGS.surely(state);
  },
  stay: (state) => ({ ...state, leaving: null }),
  surely: (state) => ({ ...state, leaving: state.config.show_abandon_survey !== false ? "survey" : "gone" }),
  left: (state) => ({ ...state, leaving: "gone" }),
};
