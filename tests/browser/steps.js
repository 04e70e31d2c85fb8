// Every step of the widget as a state that its view can show, for the pictures and for the tests that
// look at all of them. Returns a function that shows one and a list of their names.
const [locale, dark] = [arguments[0], arguments[1]];
const done = arguments[arguments.length - 1];
const at = (name) => [...document.querySelectorAll("link[rel=modulepreload]")].find((link) => link.href.endsWith(name)).href;

(async () => {
  const [flow, config, look, theme, table, api] = await Promise.all(
    ["connect-flow.js", "connect-config.js", "connect-view.js", "connect-theme.js", "connect-table.js", "connect-api.js"].map((name) => import(at(name))),
  );
  const app = document.getElementById("app");
  const t = await api.speech(app.dataset[locale], locale);
  const here = new URL("../", location.href).href;
  const field = (name, type, label, more = {}) => ({ name, type, label, placeholder: "", validation: "", validation_message: "", ...more });
  const bank = {
    name: "erebor_mx_retail", display_name: "Erebor Bank", type: "bank", country_codes: ["MX"], status: "healthy", resources: [], features: [],
    icon_logo: new URL("assets/institutions/icon_logos/erebor.svg", here).href,
    form_fields: [
      field("username_type", "select", "Documento", { values: [{ code: "1", label: "Cédula", validation: "", placeholder: "" }, { code: "2", label: "Pasaporte", validation: "", placeholder: "" }] }),
      field("username", "text", "Usuario", { placeholder: "maria.perez" }), field("password", "password", "Contraseña"),
    ],
  };
  const many = [bank, { ...bank, name: "gringotts_br_retail", display_name: "Gringotts", country_codes: ["BR"] },
    { ...bank, name: "down_mx_business", display_name: "Banco con un nombre bastante largo de verdad", status: "down" },
    { ...bank, name: "tatooine_mx_fiscal", display_name: "Tatooine Fiscal", icon_logo: null }];
  const about = { company: "Tienda Ñandú", stage: "new", updates: false, link: null, wanted: ["ACCOUNTS", "OWNERS", "TRANSACTIONS"], widget: null, fetch_resources: null };
  const start = { ...flow.beginning(config.options({ locale })), about, doing: null };
  const chosen = { ...start, institutions: many, institution: bank };
  const asks = (type, more = {}) => ({ ...chosen, page: "challenge", until: Date.now() + 95_000,
    challenge: { session: type, link: "l", expiry: 95, token_generation_data: { type, instructions: "Lorem ipsum dolor sit amet.", expects_user_input: true, ...more } } });
  const fails = (code, reason, page = "failure") => ({ ...chosen, page, problem: { code, reason, message: "" } });
  const drawing = "data:image/svg+xml;base64," + btoa('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 29 29"><path d="M4 4h7v7H4zM18 4h7v7h-7zM4 18h7v7H4z"/></svg>');
  const csv = "Fecha;Concepto;Cargo;Abono\n05/01/2026;CAFE;45,50;\n15/01/2026;NOMINA;;1.000,00\n";
  const steps = {
    starting: { ...start, doing: { kind: "start" } },
    consent: { ...start, page: "consent" },
    "consent-busy": { ...start, page: "consent", doing: { kind: "list" } },
    institutions: { ...start, institutions: many, page: "institutions" },
    "institutions-down": { ...start, institutions: many, page: "institutions", problem: { code: "institution_down", name: "down_mx_business" } },
    form: { ...chosen, page: "form" },
    "form-refused": fails("login_error", "invalid_credentials", "form"),
    "form-update": { ...chosen, page: "form", about: { ...about, updates: true, link: { id: "l", institution: bank.name, status: "invalid" } } },
    terms: { ...chosen, page: "terms", values: { username: "1" }, about: { ...about, widget: { consent: { purpose: "Lorem ipsum dolor sit amet, consectetur adipiscing elit.", terms_and_conditions_url: "https://shop.example/" } } } },
    working: { ...chosen, page: "working", doing: { kind: "register" } },
    "working-offline": { ...chosen, page: "working", doing: { kind: "follow" }, lost: true },
    otp: asks("otp"),
    "otp-wrong": { ...asks("otp"), problem: { code: "token_required" } },
    numeric: asks("numeric", { value: "15696" }),
    qr: asks("qr", { picture: drawing, expects_user_input: false }),
    question: asks("question"),
    choice: asks("choice", { options: ["SMS", "Correo", "App"] }),
    image: asks("image", { value: drawing }),
    push: asks("push", { expects_user_input: false }),
    redirect: asks("redirect", { value: "https://bank.example/", expects_user_input: false }),
    file: asks("file"),
    loading: { ...chosen, page: "loading", loaded: ["ACCOUNTS"], doing: { kind: "follow" } },
    files: { ...chosen, page: "files" },
    "files-unreadable": { ...chosen, page: "files", problem: { code: "unreadable_file", message: "", line: 3 } },
    columns: { ...chosen, page: "columns", table: table.columns(csv, { delimiter: ";", columns: { date: "Fecha", description: ["Concepto"], debit: "Cargo", credit: "Abono" }, days: "day_first", decimal: "," }) },
    success: { ...chosen, page: "success", link: "l" },
    "success-files": { ...chosen, page: "success", link: "l", report: { transactions: { created: 12 } } },
    "failure-locked": fails("login_error", "locked"),
    "failure-down": fails("institution_down"),
    "failure-duplicated": fails("duplicated"),
    leaving: { ...chosen, page: "form", leaving: "asking" },
    survey: { ...chosen, page: "form", leaving: "survey" },
    refused: { ...start, page: "refused", problem: { code: "authentication_failed" } },
  };
  theme.dress(document.documentElement, dark ? { color_scheme: "DARK" } : null, start.config);
  const draw = look.view(app, { send() {}, t, here });
  // Whatever was shown before, nothing of it stays.
  window.step = (name) => {
    draw(steps.starting, () => {});
    draw(steps[name], () => {});
  };
  // Dresses the page as an application would that says these keys, and nothing else.
  window.wear = (wanted, scheme) => {
    document.documentElement.removeAttribute("style");
    theme.dress(document.documentElement, { theme: wanted, color_scheme: scheme }, start.config);
  };
  done(Object.keys(steps));
})().catch((error) => done(String(error.stack ?? error)));
