// Every step of the consent portal as a state that its view can show, as steps.js has the widget's.
const [locale, dark] = [arguments[0], arguments[1]];
const done = arguments[arguments.length - 1];
const at = (name) => [...document.querySelectorAll("link[rel=modulepreload]")].find((link) => link.href.endsWith(name)).href;

(async () => {
  const [flow, config, look, steps, theme, api] = await Promise.all(
    ["portal-flow.js", "connect-config.js", "connect-view.js", "portal-view.js", "connect-theme.js", "connect-api.js"].map((name) => import(at(name))),
  );
  const app = document.getElementById("app");
  const t = await api.speech(app.dataset[locale], locale);
  const here = new URL("../", location.href).href;
  const some = { REGISTER: ["x"], ACCOUNTS: ["x"], CREDIT_CARDS: ["x"], CREDIT_OPERATIONS: [], INVESTMENTS: ["x"], RESOURCES: ["x"] };
  const given = (id, more = {}) => ({
    id, institution: "erebor_br_retail", institution_display_name: "Erebor Bank", institution_icon_logo: "assets/institutions/icon_logos/erebor.svg",
    display_name: "Maria Aparecida de Souza", given_at: "2026-01-14T09:00:00Z", expired_at: "2026-07-16T09:00:00Z", days_left: 183, consent_duration: 183,
    status: "AUTHORISED", permissions: some, renewable: true, revocable: true, renewal: null, ...more,
  });
  const consents = [
    given("a"), given("b", { institution_display_name: "Banco com um nome bastante comprido de verdade", institution_icon_logo: "", days_left: 3, expired_at: "2026-01-17T09:00:00Z" }),
    given("c", { expired_at: null, days_left: null }),
    given("d", { status: "EXPIRED", days_left: 0, revocable: false }),
    given("e", { status: "REJECTED", renewable: false, revocable: false }),
  ];
  const about = { company: "Lojinha Ñandú", widget: { callback_urls: { exit: "https://shop.example/" } } };
  const start = { ...flow.beginning(config.options({ locale })), about, consents, doing: null };
  const on = (id, page, more = {}) => {
    const one = consents.find((known) => known.id === id);
    const institution = { name: one.institution, display_name: one.institution_display_name, icon_logo: one.institution_icon_logo };
    return { ...start, page, chosen: id, institution, lasted: one.expired_at, ...more };
  };
  const asks = { session: "s", link: "l", expiry: 95, token_generation_data: { type: "redirect", value: "https://bank.example/", instructions: "Lorem ipsum dolor sit amet.", expects_user_input: false } };
  const states = {
    starting: { ...start, doing: { kind: "start" } },
    list: { ...start, page: "list" },
    "list-nothing": { ...start, page: "list", consents: [] },
    consent: on("a", "consent"),
    "consent-near": on("b", "consent"),
    "consent-ever": on("c", "consent"),
    "consent-expired": on("d", "consent"),
    "consent-revoked": on("e", "consent", { told: "revoked" }),
    "consent-failed": on("a", "consent", { problem: { code: "unexpected_error", message: "" } }),
    renew: on("a", "renew"),
    "renew-interrupted": on("a", "renew", { problem: { code: "interrupted", message: "" } }),
    question: on("a", "consent", { asking: true }),
    working: on("a", "working", { doing: { kind: "renew" } }),
    redirect: on("a", "challenge", { challenge: asks, until: Date.now() + 95_000 }),
    "renewed-soon": on("a", "renewed", { doing: { kind: "follow" } }),
    renewed: on("a", "renewed", { lasted: null }),
    failure: on("a", "failure", { problem: { code: "institution_down", message: "" } }),
    expired: { ...start, page: "refused", about: null },
    nobody: { ...start, page: "nobody" },
    landing: { ...start, page: "landing", about: null },
  };
  theme.dress(document.documentElement, dark ? { color_scheme: "DARK" } : null, start.config);
  const draw = look.view(app, { send() {}, t, here, before: flow.pageBefore, more: steps.steps({ app, send() {}, t }) });
  // Whatever was shown before, nothing of it stays.
  window.step = (name) => {
    app.querySelector("dialog")?.remove();
    draw(states.starting, () => {});
    draw(states[name], () => {});
  };
  done(Object.keys(states));
})().catch((error) => done(String(error.stack ?? error)));
