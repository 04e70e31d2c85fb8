//! What people do in the widget, in a browser: one for all of them, each with a tab that knows nothing.

use crate::{
    api::Api,
    browser::{
        Browser, ENTER, ESCAPE, LOOKS, TAB, listen, listen_sealed, pictures, scenario, script, tell,
    },
};
use axum::{Router, extract::Request, http::header, response::Html, routing::get};
use serde_json::{Value, json};
use std::sync::{Arc, RwLock};
use tokio::{sync::Mutex, task::JoinSet};
use tower::ServiceExt as _;

/// An application's page as there are many: only the script's address is ours.
const PAGE: &str = r#"<!doctype html><html lang="en"><title>A shop</title><body>
<main><h1>A shop</h1><button id="open">Connect my bank</button></main><div id="belvo"></div>
<script>
  window.heard = [];
  const [token, config, source] = JSON.parse(decodeURIComponent(location.hash.slice(1)));
  function openWidget() {
    belvoSDK.createWidget(token, {
      ...config,
      callback: (link, institution) => heard.push({ success: link, institution }),
      onExit: (data) => heard.push({ exit: data }),
      onEvent: (data) => heard.push({ event: data }),
    }).build();
  }
  document.getElementById("open").onclick = openWidget;
  const script = document.createElement("script");
  script.src = source;
  script.async = true;
  script.onload = openWidget;
  document.body.append(script);
</script></body></html>"#;

/// The product, an application that uses it, and somebody at a browser.
pub(crate) struct World {
    pub(crate) api: Api,
    pub(crate) browser: Browser,
    /// Where the product is.
    pub(crate) base: String,
    /// Where the application is: another site.
    pub(crate) shop: String,
    /// Who answers there now.
    serving: Arc<RwLock<Router>>,
    tasks: Mutex<JoinSet<()>>,
}

impl World {
    pub(crate) async fn new() -> Self {
        let api = Api::new().await;
        let mut tasks = JoinSet::new();
        let serving = Arc::new(RwLock::new(api.router.clone()));
        let now = serving.clone();
        let answers = move |request: Request| {
            let router = now.read().expect("whole").clone();
            router.oneshot(request)
        };
        let port = listen(&mut tasks, Router::new().fallback(answers)).await;
        let page = || async { Html(PAGE) };
        let shop = Router::new()
            .route("/", get(page))
            .fallback(|| async { Html("<h1>Back in the shop</h1>") });
        let shop = listen(&mut tasks, shop).await;
        Self {
            api,
            browser: Browser::start().await,
            base: format!("http://127.0.0.1:{port}"),
            shop: format!("http://localhost:{shop}"),
            serving,
            tasks: Mutex::new(tasks),
        }
    }
    /// The server is stopped and started again. What is asked through `api` afterwards fails.
    pub(crate) async fn start_again(&self) {
        let router = Box::pin(self.api.started_again()).await;
        *self.serving.write().expect("whole") = router;
    }
    /// An access token that says so.
    pub(crate) async fn token(&self, said: Value) -> String {
        let answer = self.api.post("/api/token/", &said).await;
        answer.json()["access"].as_str().unwrap_or_else(|| panic!("{}", answer.text)).to_owned()
    }
    /// A token with addresses to come back to.
    async fn returning(&self, mut said: Value) -> String {
        let urls = ["success", "exit", "event"].map(|name| (name, format!("{}/{name}", self.shop)));
        said["widget"]["callback_urls"] = urls.into_iter().collect();
        self.token(said).await
    }
    /// Opens the hosted page.
    pub(crate) async fn hosted(&self, token: &str, query: &str) {
        self.browser.fresh().await;
        let url = format!("{}/connect/?access_token={token}&locale=en{query}", self.base);
        self.browser.open(&url).await;
    }
    /// Opens an application's page, which opens the widget, and goes into it.
    async fn embedded(&self, token: &str, config: Value) {
        self.browser.fresh().await;
        let source = format!("{}/belvo-widget-1-stable.js", self.base);
        let said = json!([token, config, source]).to_string();
        let hash: String = url::form_urlencoded::byte_serialize(said.as_bytes()).collect();
        self.browser.open(&format!("{}/#{}", self.shop, hash.replace('+', "%20"))).await;
        self.enter().await;
    }
    async fn enter(&self) {
        // Its page is there when it has spoken.
        self.browser.until("window.heard.length > 0").await;
        self.browser.enter("#belvo iframe").await;
    }
    /// What the application has heard of the embedded widget, once it has heard `this`: messages come
    /// when they come.
    async fn heard(&self, this: &str) -> Vec<Value> {
        self.browser.leave().await;
        self.browser.until(&format!("heard.some((one) => {this})")).await;
        let heard = self.browser.eval("return window.heard").await;
        heard.as_array().expect("a list").clone()
    }
    /// Agrees and chooses an institution.
    pub(crate) async fn choose(&self, institution: &str) {
        let browser = &self.browser;
        browser.press("Continue").await;
        browser.see("#search").await;
        let name = format!("[data-name={institution:?}]");
        browser.see(&name).await;
        browser.click(&name).await;
        browser.see("form").await;
    }
    pub(crate) async fn log_in(&self, username: &str, password: &str) {
        self.browser.write("username", username).await;
        self.browser.write("password", password).await;
        self.browser.press("Connect").await;
    }
    pub(crate) async fn links(&self, username: &str) -> Vec<Value> {
        let page = self.api.get(&format!("/api/links/?external_id={username}")).await.json();
        page["results"].as_array().expect("a list").clone()
    }
    /// The query of the address to which the person was sent, once they are there.
    async fn sent_to(&self, name: &str) -> Vec<(String, String)> {
        let there = format!("{}/{name}?", self.shop);
        self.browser.until(&format!("location.href.startsWith({there:?})")).await;
        let url = self.browser.address().await;
        url.query_pairs().into_owned().collect()
    }
    /// Every step of a page in every language, in the light, in the dark and on a small phone, as the
    /// script `steps` shows them; each can be read by everybody. Where `VINCULO_SCREENSHOTS` names a
    /// folder, each is kept there as a picture, under names that begin with `prefix`.
    pub(crate) async fn every_step(&self, page: &str, steps: &str, prefix: &str) {
        let browser = &self.browser;
        let folder = pictures();
        let steps = script(steps);
        for locale in ["es", "en", "pt"] {
            for (look, dark, (width, height)) in LOOKS {
                browser.size(width, height).await;
                browser.open(&format!("{}/{page}/", self.base)).await;
                browser.see("h1").await;
                let said = browser.run(&steps, json!([locale, dark])).await;
                let names = said.as_array().unwrap_or_else(|| panic!("{said}"));
                for name in names.iter().map(|name| name.as_str().expect("a name")) {
                    browser.eval(&format!("window.step({name:?})")).await;
                    let at = format!("{prefix}{locale}-{look}-{name}");
                    // What is said differs from language to language, and what it is made of does not.
                    if locale == "es" {
                        browser.is_accessible(&at).await;
                    }
                    browser.fits(&at).await;
                    if let Some(folder) = &folder {
                        // As high as the step is.
                        let whole = browser.eval(
                            "return document.querySelector('.bar').offsetHeight
                               + document.getElementById('page').scrollHeight",
                        );
                        let whole = whole.await.as_u64().and_then(|px| px.try_into().ok());
                        browser.size(width, whole.unwrap_or(height).max(height)).await;
                        browser.picture(folder, &at).await;
                        browser.size(width, height).await;
                    }
                }
                browser.is_quiet(&format!("{prefix}{locale}-{look}")).await;
            }
        }
    }
    /// Nothing to complain of on this step.
    pub(crate) async fn is_sound(&self, at: &str) {
        self.browser.is_accessible(at).await;
        self.browser.is_quiet(at).await;
    }
}

pub(crate) const EREBOR: &str = "erebor_mx_retail";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_connect_their_institutions() {
    let world = World::new().await;
    scenario("what goes over the wire", over_the_wire(&world)).await;
    scenario("how long it takes on a slow connection", slowly(&world)).await;
    scenario("somebody connects, and comes back to the application", without_a_code(&world)).await;
    scenario("a code that is wrong, and then right", with_a_code(&world)).await;
    scenario("a wrong password, and then the right one", a_wrong_password(&world)).await;
    scenario("two clicks make one link", two_clicks(&world)).await;
    scenario("the application's own pictures", pictures_of_who_asks(&world)).await;
    scenario("the keyboard is enough", keyboard(&world)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_an_institution_asks_or_says_people_know_what_to_do() {
    let world = World::new().await;
    scenario("every kind of question", every_question(&world)).await;
    scenario("what fails says what to do", failures(&world)).await;
    scenario("an institution that is down", down(&world)).await;
    scenario("a statement file", a_statement(&world)).await;
    scenario("a table whose columns they name", a_table(&world)).await;
    scenario("a code that came too late", too_late(&world)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_come_back_and_go_on_where_they_were() {
    let world = World::new().await;
    scenario("a link gets a new password", a_new_password(&world)).await;
    scenario("a link that only lacks a code", only_a_code(&world)).await;
    scenario("a page is loaded again", loaded_again(&world)).await;
    scenario("the connection is lost", lost(&world)).await;
    // Nothing comes after it: the world's own engine has stopped then.
    scenario("the server is started again", started_again(&world)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_leave_go_back_and_come_too_late() {
    let world = World::new().await;
    scenario("somebody leaves", leaving(&world)).await;
    scenario("back and forth", back_and_forth(&world)).await;
    scenario("a token that does not open anything", refused(&world)).await;
    scenario("three languages", three_languages(&world)).await;
    scenario("a question in their language", asked_in_their_language(&world)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_step_can_be_read_by_everybody() {
    let world = World::new().await;
    world.every_step("connect", "steps.js", "").await;
}

/// Everything that a person's browser loads before they choose: bodies as they are sent, and heads.
async fn over_the_wire(world: &World) {
    let browser = &world.browser;
    let token = world.token(json!({})).await;
    world.hosted(&token, "").await;
    browser.hear("wants to connect").await;
    let sizes = browser
        .eval(
            "return [...performance.getEntriesByType('navigation'),
               ...performance.getEntriesByType('resource')].map(one => one.transferSize)",
        )
        .await;
    let sizes: Vec<u64> = serde_json::from_value(sizes).expect("numbers");
    let all: u64 = sizes.iter().sum();
    tell(&format!("{all} bytes in {} answers", sizes.len()));
    assert!(sizes.len() > 10 && sizes.iter().all(|&size| size > 0), "{sizes:?}");
    assert!(all < 60_000, "{sizes:?}");
}

/// Told, and held against nothing: how fast it is depends on the machine.
async fn slowly(world: &World) {
    let browser = &world.browser;
    let token = world.token(json!({})).await;
    browser.fresh().await;
    browser.slow_4g().await;
    browser.open(&format!("{}/connect/?access_token={token}&locale=en", world.base)).await;
    browser.hear("wants to connect").await;
    let asked = "return Math.round(performance.now())";
    let consent = browser.eval(asked).await;
    let script = "return Math.round(
        performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? -1)";
    let paint = browser.eval(script).await;
    // Somebody who reads nothing and is as fast as can be.
    let pressed = browser.eval("return performance.now()").await;
    browser.press("Continue").await;
    browser.see("#search").await;
    let list = browser.eval("return performance.now()").await;
    let waited = list.as_f64().expect("a number") - pressed.as_f64().expect("a number");
    tell(&format!(
        "slow 4G, nothing kept: first paint {paint} ms, consent {consent} ms, \
         list {waited:.0} ms after it was asked for"
    ));
    browser.online(true).await;
    drop(browser.console().await);
}

async fn without_a_code(world: &World) {
    let browser = &world.browser;
    let token = world.returning(json!({"external_id": "person-1"})).await;
    world.hosted(&token, "&access_mode=single").await;
    browser.hear("shop wants to connect your account").await;
    world.is_sound("consent").await;
    let address = browser.address().await;
    assert!(!address.as_str().contains(&token), "the token stays in no address: {address}");
    browser.press("Continue").await;
    browser.see("#search").await;
    world.is_sound("institutions").await;
    assert_eq!(
        browser.eval("return document.querySelectorAll('[data-name$=_employment]').length").await,
        json!(0),
        "only where it is asked for"
    );
    browser.give("#search", "erebór").await;
    browser.until("document.querySelectorAll('.institution').length === 4").await;
    browser.click(&format!("[data-name={EREBOR}]")).await;
    browser.see("form").await;
    world.is_sound("form").await;
    world.log_in("person_1", "full").await;
    browser.hear("Done: Erebor Bank is connected").await;
    world.is_sound("success").await;
    let kept = "return [localStorage.length, sessionStorage.length, document.cookie,
        JSON.stringify(history.state).includes('full')]";
    assert_eq!(browser.eval(kept).await, json!([0, 0, "", false]), "nothing is kept");
    browser.press("Back to shop").await;
    let said = world.sent_to("success").await;
    let [link] = &world.links("person-1").await[..] else { panic!("one link") };
    assert_eq!(link["status"], "valid");
    assert_eq!(link["access_mode"], "single");
    let id = link["id"].as_str().expect("an id").to_owned();
    assert_eq!(said, [("link".into(), id), ("institution".into(), EREBOR.into())]);
}

async fn with_a_code(world: &World) {
    let browser = &world.browser;
    let token = world.token(json!({"external_id": "person-2"})).await;
    world.embedded(&token, json!({"locale": "en", "country_codes": ["MX"]})).await;
    world.choose("heimdall_mx_retail").await;
    world.log_in("person_2", "full").await;
    browser.hear("Enter your code").await;
    browser.see("#answer").await;
    world.is_sound("code").await;
    browser.write("token", "999999").await;
    browser.press("Continue").await;
    browser.hear("That is not right").await;
    browser.write("token", "111111").await;
    browser.press("Continue").await;
    browser.hear("is connected").await;
    world.is_sound("embedded success").await;
    browser.press("Back to shop").await;
    browser.leave().await;
    browser.until("!document.querySelector('iframe')").await;
    let heard = world.heard("one.success").await;
    let [link] = &world.links("person-2").await[..] else { panic!("one link") };
    let success = heard.iter().find(|one| one["success"].is_string()).expect("it is told");
    assert_eq!(*success, json!({"success": link["id"], "institution": "heimdall_mx_retail"}));
    let pages: Vec<_> = heard
        .iter()
        .filter(|one| one["event"]["eventName"] == "PAGE_LOAD")
        .map(|one| one["event"]["meta_data"]["page"].as_str().expect("a page").to_owned())
        .collect();
    assert_eq!(pages[..4], ["/consent", "/institutions", "/login", "/connecting"], "{pages:?}");
    for one in heard.iter().filter(|one| one["event"].is_object()) {
        assert_eq!(one["event"]["metadata"], one["event"]["meta_data"]);
    }
    let error = heard.iter().find(|one| one["event"]["eventName"] == "ERROR").expect("it is told");
    assert_eq!(error["event"]["meta_data"]["error_code"], "token_required");
    assert!(heard.iter().all(|one| one["exit"].is_null()), "nobody left: {heard:?}");
}

async fn every_question(world: &World) {
    let browser = &world.browser;
    for (kind, title) in [
        ("numeric", "Generate your code"),
        ("qr", "Scan the QR code"),
        ("question", "Answer the question"),
        ("choice", "Choose an option"),
        ("image", "Type what you see"),
        ("push", "Confirm in your bank’s app"),
        ("redirect", "Continue at your institution"),
        ("file", "Hand over a file"),
    ] {
        let token = world.token(json!({})).await;
        world.hosted(&token, "&institutions=gringotts_mx_retail").await;
        browser.press("Continue").await;
        world.log_in(&format!("mfa_{kind}"), "full").await;
        browser.hear(title).await;
        world.is_sound(kind).await;
        match kind {
            "qr" => browser.press("I have scanned it").await,
            "push" => browser.press("I have confirmed").await,
            "redirect" => browser.press("I am done, continue").await,
            "choice" => browser.press("111111").await,
            "file" => {
                let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("answer.txt");
                std::fs::write(&file, "111111").expect("a file");
                browser.give("#answer-file", file.to_str().expect("a path")).await;
                browser.press("Send").await;
            }
            _ => {
                browser.write("token", "111111").await;
                browser.press("Continue").await;
            }
        }
        browser.hear("is connected").await;
        world.is_sound(kind).await;
    }
}

async fn a_wrong_password(world: &World) {
    let browser = &world.browser;
    let token = world.token(json!({"external_id": "person-3"})).await;
    world.hosted(&token, "").await;
    world.choose(EREBOR).await;
    browser.press("Connect").await;
    browser.hear("This is needed.").await;
    world.is_sound("nothing typed").await;
    world.log_in("user_invalid", "full").await;
    browser.hear("Your login was not accepted").await;
    world.is_sound("refused").await;
    let typed = "return [document.querySelector('[name=username]').value,
        document.querySelector('[name=password]').value]";
    assert_eq!(browser.eval(typed).await, json!(["user_invalid", ""]));
    world.log_in("person_3", "full").await;
    browser.hear("is connected").await;
    assert_eq!(world.links("person-3").await.len(), 1);
}

async fn failures(world: &World) {
    let browser = &world.browser;
    let token = world.token(json!({})).await;
    world.hosted(&token, "&country_codes=CO").await;
    world.choose("gringotts_co_retail").await;
    for (user, title) in [
        ("err_locked", "Your access is locked"),
        ("err_password_exp", "Your password has expired"),
        ("err_not_activate", "Activate your online access first"),
        ("err_down", "Gringotts Bank is not available"),
        ("err_too_many", "Another session is open"),
    ] {
        world.log_in(user, "full").await;
        browser.hear(title).await;
        world.is_sound(user).await;
        browser.press("Try again").await;
        browser.see("form").await;
    }
    world.log_in("err_unexpected", "full").await;
    browser.hear("The login did not work").await;
    browser.press("Choose another institution").await;
    browser.see("#search").await;
}

async fn a_new_password(world: &World) {
    let browser = &world.browser;
    let link = world.api.link("gringotts_mx_retail", "person_4", "full").await;
    let scopes = "read_institutions,write_links,read_links";
    let token = world.returning(json!({"link_id": link, "scopes": scopes})).await;
    world.hosted(&token, "").await;
    browser.hear("Update your login").await;
    assert_eq!(
        browser.eval("return document.querySelectorAll('[name=username]').length").await,
        json!(0)
    );
    world.is_sound("update").await;
    browser.write("password", "another").await;
    browser.press("Connect").await;
    browser.hear("works again").await;
    browser.press("Back to shop").await;
    let said = world.sent_to("success").await;
    assert_eq!(said[0], ("link".into(), link));
}

async fn only_a_code(world: &World) {
    let browser = &world.browser;
    let body =
        json!({"institution": "heimdall_mx_retail", "username": "person_5", "password": "full"});
    let asked = world.api.post("/api/links/", &body).await;
    let session = &asked.json()[0]["session"];
    let link =
        world.api.patch("/api/links/", &json!({"session": session, "token": "111111"})).await;
    let link = link.json()["id"].as_str().expect("an id").to_owned();
    // Nobody is there when it is refreshed.
    world.api.advance(24 * 8).await;
    let status = world.api.get(&format!("/api/links/{link}/")).await.json()["status"].clone();
    assert_eq!(status, "token_required");
    let scopes = "read_institutions,write_links,read_links";
    let token = world.token(json!({"link_id": link, "scopes": scopes})).await;
    world.hosted(&token, "").await;
    browser.hear("Enter your code").await;
    browser.write("token", "111111").await;
    browser.press("Continue").await;
    browser.hear("works again").await;
}

async fn leaving(world: &World) {
    let browser = &world.browser;
    let token = world.returning(json!({})).await;
    world.hosted(&token, "").await;
    world.choose(EREBOR).await;
    world.log_in("err_down", "full").await;
    browser.hear("is not available").await;
    browser.press("Close").await;
    browser.hear("Do you want to leave?").await;
    world.is_sound("leaving").await;
    browser.press("Stay here").await;
    browser.until("!document.querySelector('dialog')").await;
    browser.press("Close").await;
    browser.press("Leave").await;
    browser.hear("Why are you leaving?").await;
    world.is_sound("survey").await;
    browser.press("Something did not work").await;
    browser.press("Send and leave").await;
    let said: std::collections::BTreeMap<_, _> = world.sent_to("exit").await.into_iter().collect();
    assert_eq!(said["last_encountered_error_code"], "institution_down");
    assert_eq!(said["meta_data_institution_name"], EREBOR);
    assert_eq!(said["meta_data_step"], "abandon-survey");

    let token = world.token(json!({})).await;
    let config = json!({"locale": "en", "show_close_dialog": false, "show_abandon_survey": false});
    world.embedded(&token, config).await;
    browser.press("Close").await;
    let heard = world.heard("one.exit").await;
    let exit = heard.iter().find(|one| one["exit"].is_object()).expect("it is told");
    let expected = json!({
        "last_encountered_error": null,
        "meta_data": {"institution_name": "", "step": "abandon-survey"}
    });
    assert_eq!(exit["exit"], expected);
}

async fn loaded_again(world: &World) {
    let browser = &world.browser;
    let token = world.token(json!({"external_id": "person-6"})).await;
    world.hosted(&token, "").await;
    browser.press("Continue").await;
    browser.see("#search").await;
    browser.reload().await;
    browser.see("[data-name=heimdall_mx_retail]").await;
    browser.click("[data-name=heimdall_mx_retail]").await;
    browser.see("form").await;
    browser.reload().await;
    world.log_in("person_6", "full").await;
    browser.hear("Enter your code").await;
    browser.reload().await;
    browser.hear("Enter your code").await;
    browser.write("token", "111111").await;
    browser.press("Continue").await;
    browser.hear("is connected").await;
    browser.reload().await;
    browser.hear("is connected").await;
    browser.is_quiet("loaded again").await;
    assert_eq!(world.links("person-6").await.len(), 1);
    // In the application's page too: it opens the widget with the same token.
    let token = world.token(json!({"external_id": "person-7"})).await;
    world.embedded(&token, json!({"locale": "en"})).await;
    world.choose("heimdall_mx_retail").await;
    world.log_in("person_7", "full").await;
    browser.hear("Enter your code").await;
    browser.leave().await;
    browser.reload().await;
    world.enter().await;
    browser.hear("Enter your code").await;
}

async fn lost(world: &World) {
    let browser = &world.browser;
    let token = world.token(json!({"external_id": "person-8"})).await;
    world.hosted(&token, "").await;
    world.choose("heimdall_mx_retail").await;
    world.log_in("person_8", "full").await;
    browser.hear("Enter your code").await;
    browser.write("token", "111111").await;
    browser.online(false).await;
    browser.press("Continue").await;
    browser.hear("No connection").await;
    world.browser.fits("lost").await;
    browser.online(true).await;
    browser.until("!document.body.innerText.includes('No connection')").await;
    browser.hear("Enter your code").await;
    browser.write("token", "111111").await;
    browser.press("Continue").await;
    browser.hear("is connected").await;
    assert_eq!(world.links("person-8").await.len(), 1);
    drop(browser.console().await);
}

/// Whom an institution had asked something has to begin again, and is told so.
async fn started_again(world: &World) {
    let browser = &world.browser;
    let token = world.token(json!({"external_id": "person-15"})).await;
    world.hosted(&token, "").await;
    world.choose("heimdall_mx_retail").await;
    world.log_in("person_15", "full").await;
    browser.hear("Enter your code").await;
    world.start_again().await;
    browser.write("token", "111111").await;
    browser.press("Continue").await;
    browser.hear("That took too long").await;
    world.is_sound("started again").await;
    browser.press("Try again").await;
    world.log_in("person_15", "full").await;
    browser.hear("Enter your code").await;
    browser.write("token", "111111").await;
    browser.press("Continue").await;
    browser.hear("is connected").await;
}

async fn two_clicks(world: &World) {
    let browser = &world.browser;
    let token = world.token(json!({"external_id": "person-9"})).await;
    world.hosted(&token, "").await;
    world.choose(EREBOR).await;
    browser.write("username", "person_9").await;
    browser.write("password", "full").await;
    browser.double_click("form .primary").await;
    browser.hear("is connected").await;
    assert_eq!(world.links("person-9").await.len(), 1);
}

/// Pictures of the application's own come from where its token says, also in its frame and after the
/// page was loaded again; and from nowhere else.
async fn pictures_of_who_asks(world: &World) {
    let browser = &world.browser;
    let svg = r#"<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>"#;
    let drawn = move || async move { ([(header::CONTENT_TYPE, "image/svg+xml")], svg) };
    let pictures = Router::new().route("/icon.svg", get(drawn));
    let port = listen_sealed(&mut *world.tasks.lock().await, pictures).await;
    let icon = format!("https://localhost:{port}/icon.svg");
    let said =
        json!({"widget": {"branding": {"company_name": "Lojinha Ñandú", "company_icon": icon}}});
    let shown = "document.querySelector('.pair img')?.naturalWidth === 9";
    let token = world.token(said.clone()).await;
    world.hosted(&token, "").await;
    browser.until(shown).await;
    let address = browser.address().await;
    assert!(!address.as_str().contains(&token), "the token stays in no address: {address}");
    browser.reload().await;
    browser.until(shown).await;
    browser.press("Continue").await;
    browser.see("#search").await;
    browser.back().await;
    browser.until(shown).await;
    browser.is_quiet("the application's picture").await;

    world.embedded(&world.token(said).await, json!({"locale": "en"})).await;
    browser.until(shown).await;
    // As older pages say it.
    world
        .embedded(&world.token(json!({})).await, json!({"locale": "en", "company_icon": icon}))
        .await;
    browser.until(shown).await;
    browser.is_quiet("the application's picture in a frame").await;

    // What is not there, and what may not be shown, leaves the first letter.
    for bad in [format!("https://localhost:{port}/none.svg"), icon.replace("https:", "http:")] {
        let said =
            json!({"widget": {"branding": {"company_name": "Lojinha", "company_icon": bad}}});
        world.hosted(&world.token(said).await, "").await;
        browser.until("document.querySelector('.pair .initials')?.textContent === 'L'").await;
    }
}

async fn keyboard(world: &World) {
    let browser = &world.browser;
    let token = world.token(json!({"external_id": "person-10"})).await;
    world.hosted(&token, "&country_codes=MX").await;
    browser.hear("wants to connect").await;
    browser.until("document.activeElement.tagName === 'H1'").await;
    browser.key(TAB).await;
    browser.key(ENTER).await;
    browser.see("#search").await;
    browser.until("document.activeElement.tagName === 'H1'").await;
    browser.key(TAB).await;
    browser.key("heimdall").await;
    browser.until("document.querySelectorAll('.institution').length === 1").await;
    browser.until("document.activeElement.id === 'search'").await;
    while browser.eval("return document.activeElement.className").await != json!("institution") {
        browser.key(TAB).await;
    }
    browser.key(ENTER).await;
    browser.see("form").await;
    browser.key(TAB).await;
    browser.key("person_10").await;
    browser.key(TAB).await;
    browser.key(&format!("full{ENTER}")).await;
    browser.hear("Enter your code").await;
    browser.key(TAB).await;
    browser.key(&format!("111111{ENTER}")).await;
    browser.hear("is connected").await;
    assert_eq!(world.links("person-10").await.len(), 1);
}

async fn back_and_forth(world: &World) {
    let browser = &world.browser;
    let token = world.token(json!({})).await;
    world.hosted(&token, "").await;
    world.choose(EREBOR).await;
    browser.back().await;
    browser.see("#search").await;
    browser.back().await;
    browser.hear("wants to connect").await;
    world.choose(EREBOR).await;
    browser.press("Back").await;
    browser.see("#search").await;
    browser.press("Back").await;
    browser.hear("wants to connect").await;
    browser.is_quiet("back and forth").await;
}

async fn refused(world: &World) {
    let browser = &world.browser;
    world.hosted("not.a.token", "").await;
    browser.hear("This page cannot be used any more").await;
    world.is_sound("refused").await;
    browser.press("Close").await;
    browser.hear("You can close this window").await;
}

async fn a_statement(world: &World) {
    let browser = &world.browser;
    let token = world.token(json!({"external_id": "person-11"})).await;
    world.hosted(&token, "&institutions=statements_mx_retail").await;
    browser.press("Continue").await;
    browser.hear("Share your statements").await;
    world.is_sound("no form").await;
    browser.press("Connect").await;
    browser.hear("Upload a statement").await;
    world.is_sound("upload").await;
    let upload = async |name: &str, text: &str| {
        let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::write(&file, text).expect("a file");
        browser.give("#file", file.to_str().expect("a path")).await;
        browser.press("Send").await;
    };
    upload("bad.ofx", "this is no statement").await;
    browser.hear("The file could not be read").await;
    world.is_sound("unreadable").await;
    upload("good.ofx", STATEMENT).await;
    browser.hear("New transactions: 1").await;
    let [link] = &world.links("person-11").await[..] else { panic!("one link") };
    let id = link["id"].as_str().expect("an id");
    let page = world.api.get(&format!("/api/transactions/?link={id}")).await.json();
    assert_eq!(page["count"], 1);
}

async fn a_table(world: &World) {
    let browser = &world.browser;
    let token = world.token(json!({"external_id": "person-13"})).await;
    world.hosted(&token, "&institutions=statements_mx_retail").await;
    browser.press("Continue").await;
    browser.press("Connect").await;
    browser.hear("Upload a statement").await;
    let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("table.csv");
    let text = "Banco de prueba\nFecha;Concepto;Cargo;Abono\n05/01/2026;\"CAFE; CON LECHE\";45,50;\n\
                15/01/2026;NOMINA;;1.000,00\n";
    std::fs::write(&file, text).expect("a file");
    browser.give("#file", file.to_str().expect("a path")).await;
    browser.press("Send").await;
    browser.hear("Check what each column is").await;
    browser.hear("CAFE; CON LECHE · NOMINA").await;
    world.is_sound("columns").await;
    let guessed = "return [...document.querySelectorAll('li select')].map(one => one.value)";
    assert_eq!(browser.eval(guessed).await, json!(["date", "description", "debit", "credit"]));
    // Who says that nothing is a date is told so, and nothing is sent.
    browser.choose("#column-0", "").await;
    browser.press("This is right, send it").await;
    browser.hear("Say which column is the date.").await;
    world.is_sound("a column is missing").await;
    browser.choose("#column-0", "date").await;
    browser.press("This is right, send it").await;
    browser.hear("New transactions: 2").await;
    world.is_sound("a table is read").await;
    let [link] = &world.links("person-13").await[..] else { panic!("one link") };
    let id = link["id"].as_str().expect("an id");
    let page = world.api.get(&format!("/api/transactions/?link={id}")).await.json();
    assert_eq!(page["count"], 2);
    let amounts: Vec<_> =
        page["results"].as_array().expect("a page").iter().map(|one| &one["amount"]).collect();
    assert!(amounts.contains(&&json!(45.5)) && amounts.contains(&&json!(1000.0)), "{amounts:?}");
}

async fn too_late(world: &World) {
    let browser = &world.browser;
    let token = world.token(json!({"external_id": "person-14"})).await;
    world.hosted(&token, "").await;
    world.choose("heimdall_mx_retail").await;
    world.log_in("person_14", "full").await;
    browser.hear("Enter your code").await;
    // As the page's clock has it, hours pass.
    browser.eval("const now = Date.now; Date.now = () => now() + 9_700_000;").await;
    browser.hear("Time is up. Ask for a new code.").await;
    browser.write("token", &format!("111111{ENTER}")).await;
    browser.hear("Time is up").await;
    world.is_sound("too late").await;
    browser.press("Send another code").await;
    browser.until("!document.body.innerText.includes('Time is up')").await;
    browser.hear("Enter your code").await;
    browser.write("token", "111111").await;
    browser.press("Continue").await;
    browser.hear("is connected").await;
    assert_eq!(world.links("person-14").await.len(), 1);
}

const STATEMENT: &str = "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\n\n<OFX><BANKMSGSRSV1><STMTTRNRS>\
<STMTRS><CURDEF>MXN<BANKACCTFROM><BANKID>012<ACCTID>0123456789<ACCTTYPE>CHECKING</BANKACCTFROM>\
<BANKTRANLIST><DTSTART>20260101<DTEND>20260110<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20260105\
<TRNAMT>-120.50<FITID>1<NAME>COFFEE</STMTTRN></BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>";

async fn down(world: &World) {
    let browser = &world.browser;
    world.api.close(1002, "maintenance").await;
    let token = world.token(json!({})).await;
    world.embedded(&token, json!({"locale": "en", "country_codes": ["CO"]})).await;
    browser.press("Continue").await;
    browser.hear("Unavailable").await;
    browser.click("[data-name=gringotts_co_retail]").await;
    browser.hear("Gringotts Bank is not available at the moment").await;
    world.is_sound("down").await;
    // Escape asks, as in every dialog.
    browser.key(ESCAPE).await;
    browser.hear("Do you want to leave?").await;
    let heard = world.heard("one.event?.eventName === 'WARNING'").await;
    let warning = heard.iter().find(|one| one["event"]["eventName"] == "WARNING");
    let said = &warning.expect("it is told")["event"]["meta_data"];
    assert_eq!(said["warning_code"], "institution_down");
    assert_eq!(said["institution_name"], "gringotts_co_retail");
}

/// What the institution asks, in its form and later, is said in the person's language, where its
/// connector speaks it.
async fn asked_in_their_language(world: &World) {
    let browser = &world.browser;
    for (locale, password, long, instructions) in [
        (
            "es",
            "Contraseña",
            "De una a dieciséis letras, cifras o guiones bajos.",
            "Escribe los seis dígitos que muestra tu dispositivo.",
        ),
        (
            "en",
            "Password",
            "One to sixteen letters, digits or underscores.",
            "Enter the six digits that your device shows.",
        ),
        (
            "pt",
            "Senha",
            "De uma a dezesseis letras, números ou sublinhados.",
            "Digite os seis números que o seu dispositivo mostra.",
        ),
    ] {
        let token = world.token(json!({})).await;
        browser.fresh().await;
        let query = "institutions=heimdall_mx_retail";
        let address = format!("{}/connect/?access_token={token}&locale={locale}", world.base);
        browser.open(&format!("{address}&{query}")).await;
        browser.click(".foot .primary").await;
        browser.see("[name=password]").await;
        browser.hear(password).await;
        browser.write("username", "somebody with a long name").await;
        browser.write("password", "full").await;
        browser.click("form .primary").await;
        browser.hear(long).await;
        browser.write("username", &format!("person_{locale}")).await;
        browser.click("form .primary").await;
        browser.hear(instructions).await;
    }
}

async fn three_languages(world: &World) {
    let browser = &world.browser;
    for (locale, consent, search) in [
        ("es", "shop quiere conectar tu cuenta", "Elige tu institución"),
        ("en", "shop wants to connect your account", "Choose your institution"),
        ("pt", "shop quer conectar sua conta", "Escolha sua instituição"),
    ] {
        let token = world.token(json!({})).await;
        browser.fresh().await;
        browser
            .open(&format!("{}/connect/?access_token={token}&locale={locale}", world.base))
            .await;
        browser.hear(consent).await;
        assert_eq!(browser.eval("return document.documentElement.lang").await, json!(locale));
        browser.click(".primary").await;
        browser.hear(search).await;
        world.is_sound(locale).await;
    }
}
