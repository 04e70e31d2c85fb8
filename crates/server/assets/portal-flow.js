// What happens in the consent portal, as one pure function: a state and an event give the next state.
// What is to be asked of the server stands in `doing`, as in the widget.

/** The state before anything is known. */
export const beginning = (config, page = "starting") => ({
  page,
  config,
  about: null,
  consents: [],
  chosen: null,
  institution: null,
  challenge: null,
  problem: null,
  /** Whether it is being asked if a consent shall really be taken back. */
  asking: false,
  /** What has just been done to the chosen consent: `revoked`. */
  told: null,
  /** Until when the chosen consent lasted before it was given anew. */
  lasted: null,
  doing: page === "starting" ? { kind: "start" } : null,
  lost: false,
  leaving: null,
  counter: 0,
});

/** Pages that a person can go back to. */
const OPEN = ["list", "consent", "renew"];

export const consent = (state) => state.consents.find((one) => one.id === state.chosen) ?? null;

/** Whether `page` can be gone to from where the state is. */
export function mayGo(state, page) {
  if (state.doing || state.asking || !OPEN.includes(page) || ["starting", "working", "refused", "nobody", "landing"].includes(state.page)) return false;
  if (page === "consent") return consent(state) !== null;
  if (page === "renew") return Boolean(consent(state)?.renewable);
  return true;
}

/** The page before the present one, or null. */
export function pageBefore(state) {
  const page = { consent: "list", renew: "consent", challenge: "consent", renewed: "list", failure: "consent" }[state.page];
  return page && mayGo(state, page) ? page : null;
}

/** The state after `event`. */
export function next(state, event) {
  const happen = HAPPENINGS[event.type];
  return happen ? happen(state, event) : state;
}

const to = (state, page, more = {}) => ({ ...state, page, doing: null, problem: null, lost: false, asking: false, told: null, ...more });
const busy = (state, doing, more = {}) => ({ ...state, doing, problem: null, ...more });
const again = (state, doing) => ({ ...state, doing: { ...doing, tick: state.counter }, counter: state.counter + 1 });
const isOver = (one) => ["EXPIRED", "REJECTED"].includes(one.status);
export const hasEnded = isOver;

function choose(state, one) {
  const institution = { name: one.institution, display_name: one.institution_display_name, icon_logo: one.institution_icon_logo };
  return { ...state, chosen: one.id, institution, lasted: one.expired_at, challenge: null };
}

const renewing = (state, one) => again(to({ ...state, challenge: null }, "working"), { kind: "follow", id: one.id });

/** Where a renewal stands that was begun before. */
function standing(state, one) {
  if (one.renewal === "challenged") return asked(state, one.challenge);
  return renewing(state, one);
}

function asked(state, challenge) {
  const wrong = state.challenge !== null && (challenge.token_generation_data.attempt ?? 1) > 1;
  return to(state, "challenge", { challenge, problem: wrong ? { code: "token_required", message: challenge.message } : null });
}

const replaced = (state, one) => ({ ...state, consents: state.consents.map((known) => (known.id === one.id ? one : known)) });

const HAPPENINGS = {
  started(state, { about, consents, want = {} }) {
    const known = { ...state, about, consents };
    const one = consents.find((known) => known.id === want.id);
    const goesOn = (known) => ["working", "challenged"].includes(known?.renewal);
    const begun = goesOn(one) ? one : consents.find(goesOn);
    if (begun && (want.page === undefined || ["working", "challenge"].includes(want.page))) return standing(choose(known, begun), begun);
    // Who comes back from an institution to a renewal that nobody knows of any more is told so.
    const lost = want.id && want.page === undefined && consents.length > 0;
    if (!one) return { ...to(known, "list"), problem: lost ? { code: "interrupted", message: "" } : null };
    const chosen = choose(known, one);
    return to(chosen, want.page === "renew" && one.renewable ? "renew" : want.page === "list" ? "list" : "consent");
  },
  nobody: (state, { about }) => to({ ...state, about }, "nobody"),
  refused: (state, { problem }) => ({ ...to(state, "refused"), problem }),
  chose(state, { id }) {
    const one = state.consents.find((known) => known.id === id);
    if (state.doing || !one) return state;
    const chosen = choose(state, one);
    return ["working", "challenged"].includes(one.renewal) ? standing(chosen, one) : to(chosen, "consent");
  },
  renew: (state) => (mayGo(state, "renew") ? to(state, "renew") : state),
  confirmed(state, { term }) {
    if (state.doing || !consent(state)) return state;
    return to(choose(state, consent(state)), "working", { doing: { kind: "renew", id: state.chosen, term } });
  },
  challenged: (state, { challenge }) => asked(state, challenge),
  answered(state, { token }) {
    if (state.doing || !state.challenge) return state;
    const { session } = state.challenge;
    const silent = state.challenge.token_generation_data.expects_user_input === false;
    return busy(state, { kind: "resume", body: silent ? { session } : { session, token } });
  },
  renewed: (state) => again(to({ ...state, challenge: null }, "renewed"), { kind: "follow", id: state.chosen }),
  followed(state, { consent: one }) {
    const known = { ...replaced(state, one), lost: false };
    if (one.expired_at !== state.lasted && one.status === "AUTHORISED") return to(known, "renewed");
    if (state.page === "renewed" || one.renewal === "agreed") return again(to(known, "renewed"), { kind: "follow", id: one.id });
    if (one.renewal) return standing(known, one);
    // Nothing is known of what was refused while nobody listened.
    return { ...to(known, "renew"), problem: { code: "interrupted", message: "" } };
  },
  enough: (state) => (state.page === "renewed" ? { ...state, doing: null } : state),
  revoke: (state) => (state.doing || !consent(state)?.revocable ? state : { ...state, asking: true, problem: null }),
  stay: (state) => (state.doing ? state : { ...state, asking: false }),
  surely: (state) => (state.doing || !state.asking ? state : busy(state, { kind: "revoke", id: state.chosen })),
  revoked: (state, { consent: one }) => to(replaced(state, one), "consent", { told: "revoked" }),
  failed(state, { problem, of }) {
    if (of === "revoke") return { ...to(state, "consent"), problem };
    return { ...to(state, "failure", { challenge: null }), problem };
  },
  // No answer came: what was asked may have been done all the same.
  lost(state) {
    const { doing } = state;
    const renews = ["renew", "resume"].includes(doing.kind);
    return { ...again(state, renews ? { kind: "follow", id: state.chosen } : doing), lost: true };
  },
  back(state, { page }) {
    if (!mayGo(state, page)) return state;
    return to(state, page, { challenge: null });
  },
  resend: (state) => (state.doing ? state : to({ ...state, challenge: null }, "renew")),
  retry: (state) => (state.doing ? state : to({ ...state, challenge: null }, "renew")),
};
