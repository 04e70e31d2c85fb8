//! The widget inside a mobile application: addresses with a scheme of its own, and React Native.

use crate::{
    browser::scenario,
    widget::{EREBOR, World},
};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use url::Url;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mobile_applications_hear_what_happens_in_the_widget() {
    let world = World::new().await;
    scenario("a scheme of the application's own", own_scheme(&world)).await;
    scenario("the schemes of older applications", older_schemes(&world)).await;
    scenario("in React Native, somebody connects", connected_in_react_native(&world)).await;
    scenario("in React Native, somebody leaves", left_in_react_native(&world)).await;
}

impl World {
    /// Opens the hosted page in a tab that keeps note of where it is sent, and does not go there: no
    /// application is there, and the browser's question whether to open one takes the next click.
    async fn watched(&self, token: &str, query: &str, script: &str) {
        self.browser.fresh().await;
        let watch = "window.went = [];
            navigation.addEventListener('navigate', (event) => {
              went.push(event.destination.url);
              if (!event.destination.url.startsWith('http')) event.preventDefault();
            });";
        let early = json!({"source": format!("{watch}{script}")});
        self.browser.devtools("Page.addScriptToEvaluateOnNewDocument", early).await;
        let url = format!("{}/connect/?access_token={token}&locale=en{query}", self.base);
        self.browser.open(&url).await;
    }
    /// Where the tab was sent under this scheme and host, and what the query says.
    async fn sent_beyond(&self, address: &str) -> BTreeMap<String, String> {
        let there = format!("went.some(url => url.startsWith({address:?}))");
        self.browser.until(&there).await;
        let find = format!("return went.find(url => url.startsWith({address:?}))");
        let found = self.browser.eval(&find).await;
        let url: Url = found.as_str().expect("text").parse().expect("an address");
        url.query_pairs().into_owned().collect()
    }
}

async fn own_scheme(world: &World) {
    let browser = &world.browser;
    let urls = ["success", "exit", "event"].map(|name| (name, format!("yourapp://{name}?kept=1")));
    let urls: BTreeMap<_, _> = urls.into();
    let said = json!({"external_id": "person-1", "widget": {"callback_urls": urls}});
    let token = world.token(said.clone()).await;
    world.watched(&token, "", "").await;
    world.choose(EREBOR).await;
    world.log_in("err_down", "full").await;
    let event = world.sent_beyond("yourapp://event?").await;
    assert_eq!(event["error"], "institution_down");
    assert!(event.contains_key("error_message"));
    // The person is still here, and goes on.
    browser.press("Try again").await;
    world.log_in("person_1", "full").await;
    browser.hear("is connected").await;
    browser.press("Back to shop").await;
    let success = world.sent_beyond("yourapp://success?").await;
    let [link] = &world.links("person-1").await[..] else { panic!("one link") };
    assert_eq!(link["id"], success["link"].as_str());
    assert_eq!((success["institution"].as_str(), success["kept"].as_str()), (EREBOR, "1"));

    let token = world.token(said).await;
    world.watched(&token, "&show_close_dialog=false&show_abandon_survey=false", "").await;
    browser.press("Close").await;
    let exit = world.sent_beyond("yourapp://exit?").await;
    assert_eq!(exit["meta_data_step"], "abandon-survey");
    assert_eq!(exit["last_encountered_error_code"], "");
}

async fn older_schemes(world: &World) {
    let browser = &world.browser;
    let token = world.token(json!({"external_id": "person-2"})).await;
    world.watched(&token, "&mobile=true", "").await;
    world.choose(EREBOR).await;
    world.log_in("err_down", "full").await;
    let event = world.sent_beyond("belvowidget://error?").await;
    assert_eq!(event["error"], "institution_down");
    browser.press("Try again").await;
    world.log_in("person_2", "full").await;
    browser.hear("is connected").await;
    browser.press("Back to shop").await;
    let success = world.sent_beyond("belvowidget://success?").await;
    assert_eq!(success["institution"], EREBOR);
}

const BRIDGE: &str = "window.ReactNativeWebView = {
    said: [], postMessage(text) { this.said.push(JSON.parse(text)); }
};";

async fn said_to_react_native(world: &World) -> Vec<Value> {
    let said = world.browser.eval("return ReactNativeWebView.said").await;
    said.as_array().expect("a list").clone()
}

async fn connected_in_react_native(world: &World) {
    let browser = &world.browser;
    let token = world.token(json!({"external_id": "person-12"})).await;
    world.watched(&token, "", BRIDGE).await;
    world.choose(EREBOR).await;
    world.log_in("person_12", "full").await;
    browser.hear("is connected").await;
    let said = said_to_react_native(world).await;
    assert_eq!(said[0]["eventName"], "PAGE_LOAD");
    let success = said.iter().find(|one| one["eventName"] == "SUCCESS").expect("it is told");
    assert_eq!(success["link"], world.links("person-12").await[0]["id"]);
    browser.press("Back to shop").await;
    browser.hear("You can close this window").await;
    world.is_sound("nowhere to go back to").await;
}

async fn left_in_react_native(world: &World) {
    let browser = &world.browser;
    let token = world.token(json!({})).await;
    world.watched(&token, "", BRIDGE).await;
    world.choose(EREBOR).await;
    world.log_in("user_invalid", "full").await;
    browser.hear("Your login was not accepted").await;
    browser.press("Close").await;
    browser.press("Leave").await;
    browser.press("Send and leave").await;
    browser.hear("You left without connecting").await;
    let said = said_to_react_native(world).await;
    let error = said.iter().find(|one| one["eventName"] == "ERROR").expect("it is told");
    assert_eq!(error["meta_data"]["error_code"], "login_error");
    assert_eq!(error["meta_data"]["institution_name"], EREBOR);
    assert!(error["meta_data"]["timestamp"].is_string() && error["request_id"].is_string());
    let survey = said.iter().any(|one| one["meta_data"]["page"] == "/abandonSurvey");
    assert!(survey, "{said:?}");
    let exit = said.last().expect("it is told");
    assert_eq!(exit["last_encountered_error"]["code"], "login_error");
    assert_eq!(exit["meta_data"]["step"], "abandon-survey");
    assert!(said.iter().all(|one| one["eventName"] != "SUCCESS"), "{said:?}");
}
