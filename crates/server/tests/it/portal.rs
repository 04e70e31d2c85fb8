//! What people do on the pages of Open Finance, in a browser: they allow something in the widget, and
//! see it, give it anew and take it back in the portal.

use crate::{
    browser::{ENTER, ESCAPE, TAB, scenario},
    widget::World,
};
use serde_json::{Value, json};

const BANK: &str = "ofmockbank_br_retail";
const RALPH: &str = "76109277673";

impl World {
    /// A token for the portal, for whoever has this tax number.
    async fn of(&self, number: &str) -> String {
        let person = json!([{"type": "CPF", "number": number, "name": "Ralph Bragg"}]);
        self.token(json!({
            "scopes": "read_consents,write_consents,write_consent_callback",
            "widget": {
                "openfinance_feature": "consent_management",
                "callback_urls": {"exit": format!("{}/exit", self.shop)},
                "consent": {"identification_info": person},
            },
        }))
        .await
    }
    /// Somebody allows something, without a browser.
    async fn allowed(&self, username: &str) -> String {
        let body = json!({"institution": BANK, "username": username, "access_mode": "single",
            "consent_duration": 92});
        let asked = self.api.post("/api/links/", &body).await;
        let session = json!({"session": asked.json()[0]["session"]});
        let link = self.api.patch("/api/links/", &session).await;
        self.api.settle().await;
        link.json()["id"].as_str().unwrap_or_else(|| panic!("{}", link.text)).to_owned()
    }
    async fn consents(&self) -> Vec<Value> {
        let path = format!("/api/consents/?user_document={RALPH}");
        self.api.get(&path).await.json()["results"].as_array().expect("a list").clone()
    }
    async fn open(&self, path: &str, query: &str) {
        self.browser.fresh().await;
        self.browser.open(&format!("{}{path}?locale=en{query}", self.base)).await;
    }
    async fn portal(&self, token: &str) {
        self.open("/portal/", &format!("&access_token={token}")).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_see_what_they_allowed_and_change_their_mind() {
    let world = World::new().await;
    scenario("somebody allows something in the widget", allowing(&world)).await;
    scenario("the way over the application's link", over_the_link(&world)).await;
    scenario("a page that cannot show anything", nothing_to_show(&world)).await;
    scenario("a consent is given anew", renewing(&world)).await;
    scenario("the page is loaded again meanwhile", loaded_again(&world)).await;
    scenario("as the webhook says", from_the_webhook(&world)).await;
    scenario("a consent is taken back", revoking(&world)).await;
    // Nothing comes after it: the world's own engine has stopped then.
    scenario("the server is started again meanwhile", started_again(&world)).await;
}

/// A widget's token as for Open Finance.
fn widget(urls: &Value) -> Value {
    json!({
        "scopes": "read_institutions,write_links,read_consents,write_consents,write_consent_callback,delete_consents",
        "widget": {
            "openfinance_feature": "consent_link_creation",
            "callback_urls": urls,
            "branding": {"company_name": "Lojinha", "company_terms_url": "https://shop.example/terms"},
            "consent": {
                "purpose": "To offer you a loan that fits.",
                "terms_and_conditions_url": "https://shop.example/consent",
                "permissions": ["REGISTER", "ACCOUNTS", "CREDIT_CARDS", "CREDIT_OPERATIONS"],
                "identification_info": [{"type": "CPF", "number": RALPH, "name": "Ralph Bragg"}],
                "default_consent_duration_days": 92,
            },
        },
    })
}

async fn allowing(world: &World) {
    let browser = &world.browser;
    let token = world.token(widget(&json!({}))).await;
    world
        .open("/connect/", &format!("&institutions={BANK}&access_mode=single&access_token={token}"))
        .await;
    browser.press("Continue").await;
    browser.see("form").await;
    let number = "return document.querySelector('[name=username]').value";
    assert_eq!(browser.eval(number).await, json!(RALPH), "the application knows it");
    browser.press("Connect").await;
    browser.hear("What you allow").await;
    browser.hear("To offer you a loan that fits.").await;
    browser.hear("Lojinha will be able to see").await;
    world.is_sound("terms").await;
    let proposed = "return document.querySelector('[name=term]:checked').value";
    assert_eq!(browser.eval(proposed).await, json!("92"));
    let terms = "return [...document.querySelectorAll('a')].map(one => one.href)";
    assert!(browser.eval(terms).await.to_string().contains("https://shop.example/consent"));
    browser.back().await;
    browser.see("form").await;
    browser.press("Connect").await;
    browser.click("[name=term][value='366']").await;
    browser.press("Continue at OF Mockbank").await;
    browser.press("Go to OF Mockbank").await;
    browser.press("Go back without agreeing").await;
    browser.hear("Continue at your institution").await;
    browser.press("Go to OF Mockbank").await;
    browser.press("Agree and go back").await;
    browser.hear("Done: OF Mockbank is connected").await;
    world.is_sound("allowed").await;
    let address = browser.address().await;
    assert!(!address.as_str().contains(&token), "the token stays in no address: {address}");
    world.api.settle().await;
    let [consent] = &world.consents().await[..] else { panic!("one consent") };
    assert_eq!(consent["consent_duration"], 366);
    assert_eq!(consent["user_name"], "Ralph Bragg");
    let link = consent["link_id"].as_str().expect("an id");
    world.api.call("DELETE", &format!("/api/links/{link}/"), "").await;
}

async fn over_the_link(world: &World) {
    let browser = &world.browser;
    let urls = json!({"application_link": format!("{}/app?from=bank", world.shop)});
    let token = world.token(widget(&urls)).await;
    world
        .open("/connect/", &format!("&institutions={BANK}&access_mode=single&access_token={token}"))
        .await;
    browser.press("Continue").await;
    browser.press("Connect").await;
    browser.press("Continue at OF Mockbank").await;
    browser.press("Go to OF Mockbank").await;
    browser.press("Agree and go back").await;
    browser.hear("Back in the shop").await;
    let address = browser.address().await;
    let names: Vec<_> = address.query_pairs().map(|(name, _)| name.into_owned()).collect();
    assert_eq!(names, ["from", "access_token", "locale", "consent_id"]);
    // The application opens the widget again with what it was given.
    let query = address.query().expect("a query");
    browser.open(&format!("{}/connect/?{query}", world.base)).await;
    browser.hear("Done: OF Mockbank is connected").await;
    world.api.settle().await;
    let link = world.consents().await[0]["link_id"].as_str().expect("an id").to_owned();
    world.api.call("DELETE", &format!("/api/links/{link}/"), "").await;
}

async fn nothing_to_show(world: &World) {
    let browser = &world.browser;
    world.open("/portal/", "").await;
    browser.hear("ask the company for the link").await;
    world.is_sound("landing").await;
    world.portal("not.a.token").await;
    browser.hear("This page has expired").await;
    world.is_sound("expired").await;
    let scopes = json!({"scopes": "read_consents,write_consents,write_consent_callback"});
    world.portal(&world.token(scopes).await).await;
    browser.hear("We do not know whose consents to show").await;
    world.is_sound("nobody").await;
    world.portal(&world.of("11111111111").await).await;
    browser.hear("You share nothing with shop at present").await;
    world.is_sound("nothing").await;
}

async fn renewing(world: &World) {
    let browser = &world.browser;
    world.allowed(RALPH).await;
    let token = world.of(RALPH).await;
    world.portal(&token).await;
    browser.hear("What you share with shop").await;
    browser.hear("April 16, 2026 (92 days left)").await;
    world.is_sound("list").await;
    let address = browser.address().await;
    assert!(!address.as_str().contains(&token), "the token stays in no address: {address}");
    browser.until("document.activeElement.tagName === 'H1'").await;
    browser.key(TAB).await;
    browser.key(ENTER).await;
    browser.hear("What shop may read").await;
    browser.hear("Balances, transactions and overdraft limits.").await;
    world.is_sound("consent").await;
    browser.press("Renew").await;
    browser.hear("For how long do you want to go on?").await;
    world.is_sound("renew").await;
    browser.back().await;
    browser.hear("What shop may read").await;
    browser.press("Renew").await;
    browser.click("[name=term][value='183']").await;
    browser.press("Confirm at OF Mockbank").await;
    browser.press("Go to OF Mockbank").await;
    browser.press("Agree and go back").await;
    browser.hear("shop may read your data at OF Mockbank until July 16, 2026.").await;
    world.is_sound("renewed").await;
    browser.press("See what I share").await;
    browser.hear("July 16, 2026 (183 days left)").await;
    let kept = "return [localStorage.length, sessionStorage.length, document.cookie]";
    assert_eq!(browser.eval(kept).await, json!([0, 0, ""]), "nothing is kept");
}

async fn loaded_again(world: &World) {
    let browser = &world.browser;
    world.portal(&world.of(RALPH).await).await;
    browser.click("[data-id]").await;
    browser.press("Renew").await;
    browser.reload().await;
    browser.hear("For how long do you want to go on?").await;
    browser.click("[name=term][value='275']").await;
    browser.press("Confirm at OF Mockbank").await;
    browser.hear("Continue at your institution").await;
    browser.reload().await;
    browser.hear("Continue at your institution").await;
    world.is_sound("redirect").await;
    browser.press("I am done, continue").await;
    browser.hear("until October 16, 2026.").await;
    browser.reload().await;
    browser.hear("October 16, 2026 (275 days left)").await;
    browser.is_quiet("loaded again").await;
}

async fn from_the_webhook(world: &World) {
    let browser = &world.browser;
    let id = world.consents().await[0]["id"].as_str().expect("an id").to_owned();
    let query = format!("&consent_id={id}&institution={BANK}&action=renew&access_token=");
    world.open("/portal/", &format!("{query}{}", world.of(RALPH).await)).await;
    browser.hear("For how long do you want to go on?").await;
    // Somebody else's link does not open it.
    world.open("/portal/", &format!("{query}{}", world.of("11111111111").await)).await;
    browser.hear("You share nothing with shop at present").await;
}

async fn revoking(world: &World) {
    let browser = &world.browser;
    world.portal(&world.of(RALPH).await).await;
    browser.click("[data-id]").await;
    browser.press("Stop sharing").await;
    browser.hear("Stop sharing OF Mockbank with shop?").await;
    world.is_sound("question").await;
    browser.key(ESCAPE).await;
    browser.until("!document.querySelector('dialog')").await;
    browser.press("Stop sharing").await;
    browser.press("Keep sharing").await;
    browser.until("!document.querySelector('dialog')").await;
    browser.press("Stop sharing").await;
    browser.see("dialog .danger").await;
    browser.double_click("dialog .danger").await;
    browser.hear("You have stopped sharing").await;
    world.is_sound("revoked").await;
    let [consent] = &world.consents().await[..] else { panic!("one consent") };
    assert_eq!(consent["status"], "REJECTED");
    let link = format!("/api/links/{}/", consent["link_id"].as_str().expect("an id"));
    assert_eq!(world.api.get(&link).await.json()["status"], "invalid");
    browser.reload().await;
    browser.hear("What shop was allowed to read").await;
    browser.press("Back").await;
    browser.hear("Ended").await;
    browser.hear("Taken back").await;
    world.is_sound("ended").await;
    browser.click("[data-id]").await;
    browser.hear("What shop was allowed to read").await;
    browser.press("Back to shop").await;
    browser.hear("Back in the shop").await;
}

/// What had been begun is over then. Whoever comes back to it is told so, nothing has changed, and they
/// renew once more.
async fn started_again(world: &World) {
    let browser = &world.browser;
    world.allowed(RALPH).await;
    world.portal(&world.of(RALPH).await).await;
    let renew = async || {
        browser.click("[data-id]").await;
        browser.press("Renew").await;
        browser.click("[name=term][value='183']").await;
        browser.press("Confirm at OF Mockbank").await;
        browser.press("Go to OF Mockbank").await;
    };
    renew().await;
    browser.hear("You are at a bank of the sandbox").await;
    world.start_again().await;
    browser.press("Agree and go back").await;
    browser.hear("The renewal was interrupted").await;
    browser.hear("April 16, 2026 (92 days left)").await;
    world.is_sound("interrupted").await;
    renew().await;
    browser.press("Agree and go back").await;
    browser.hear("shop may read your data at OF Mockbank until July 16, 2026.").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_step_of_the_portal_can_be_read_by_everybody() {
    let world = World::new().await;
    world.every_step("portal", "portal-steps.js", "portal-").await;
}
