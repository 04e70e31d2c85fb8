//! The console in a browser: what each page looks like, and what an operator does on it.

use super::{
    desk::{PASSWORD, operator},
    full::{EREBOR, first_delivery, first_endpoint, full},
    pages::PAGES,
};
use crate::{
    api::Api,
    browser::{Browser, LOOKS, listen, pictures, scenario},
};
use domain::{ids::TenantId, operator::Role};
use serde_json::json;
use tokio::task::JoinSet;

/// The console in a browser of its own, for an operator of the name ana who stands before the door.
struct Screen {
    browser: Browser,
    base: String,
    tenant: TenantId,
    _served: JoinSet<()>,
}

impl Screen {
    async fn of(api: &Api) -> Self {
        operator(api, "ana", Role::Operator).await;
        let tenant = api.engine.tenants().await.expect("tenants")[0].id;
        let mut served = JoinSet::new();
        let port = listen(&mut served, api.router.clone()).await;
        let base = format!("http://127.0.0.1:{port}/console");
        Self { browser: Browser::start().await, base, tenant, _served: served }
    }
    /// Goes to a page about the tenant.
    async fn open(&self, page: &str) {
        self.browser.open(&format!("{}/{}/{page}", self.base, self.tenant)).await;
    }
    /// Signs in where she is asked to, and waits for a word of what comes then.
    async fn sign_in(&self, password: &str, then: &str) {
        self.browser.write("name", "ana").await;
        self.browser.write("password", password).await;
        self.browser.press("Sign in").await;
        self.browser.hear(then).await;
    }
}

async fn looks_right(browser: &Browser, name: &str) {
    for (look, dark, (width, height)) in LOOKS {
        browser.size(width, height).await;
        browser.dark(dark).await;
        let at = format!("{name}, {look}");
        browser.is_accessible(&at).await;
        browser.is_quiet(&at).await;
        if let Some(folder) = pictures() {
            let name = format!("{look}-console-{}", name.replace(' ', "-"));
            browser.whole_picture(&folder, &name).await;
        }
    }
    browser.dark(false).await;
    browser.size(1280, 800).await;
}

/// Every page, in the light, in the dark and on a small phone. Where `VINCULO_SCREENSHOTS` names a
/// folder, each is kept there as a picture.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_can_be_read_by_everybody() {
    let (api, link) = full().await;
    api.close(1002, "maintenance, as announced").await;
    let screen = Screen::of(&api).await;
    let (browser, base) = (&screen.browser, &screen.base);
    screen.open("links").await;
    looks_right(browser, "sign in").await;
    screen.sign_in(PASSWORD, "Data from").await;
    let (delivery, endpoint) = (first_delivery(&api).await, first_endpoint(&api).await);
    for (name, page) in [
        ("overview", String::new()),
        ("links", "links".into()),
        ("link", format!("links/{link}")),
        ("changes", format!("links/{link}/changes")),
        ("records", format!("links/{link}/records/OWNERS")),
        ("delete", format!("links/{link}/delete")),
        ("institutions", "institutions".into()),
        ("institution", "institutions/1002".into()),
        ("webhooks", "webhooks".into()),
        ("endpoint", format!("webhooks/{endpoint}")),
        ("delete endpoint", format!("webhooks/{endpoint}/delete")),
        ("revoke", format!("keys/{}/revoke", api.key_id)),
        ("deliveries", "deliveries".into()),
        ("delivery", format!("deliveries/{delivery}")),
        ("send again", "deliveries/replay?webhook_type=ACCOUNTS&state=failed".into()),
        ("jobs", "jobs".into()),
        ("failed jobs", "jobs?state=failed".into()),
        ("keys", "keys".into()),
        ("audit", "audit".into()),
        ("clock and faults", "dev".into()),
    ] {
        screen.open(&page).await;
        looks_right(browser, name).await;
    }
    // Page by page, and where there is nothing yet.
    screen.open("deliveries?page_size=2&page=2").await;
    looks_right(browser, "a page of many").await;
    let other = api.engine.add_tenant("Caja Popular de Ahorro y Préstamo del Norte").await;
    let other = other.expect("a tenant").id;
    for (page, _) in PAGES {
        browser.open(&format!("{base}/{other}/{page}")).await;
        looks_right(browser, &format!("nothing {page}")).await;
    }
    browser.click(".menu summary").await;
    looks_right(browser, "tenants").await;
    screen.open("links/nothing").await;
    looks_right(browser, "not there").await;
    for page in ["account", "audit"] {
        browser.open(&format!("{base}/{page}")).await;
        looks_right(browser, &format!("installation {page}")).await;
    }
    screen.open(&format!("links/{link}")).await;
    browser.press("Ask the person to update it…").await;
    browser.hear("Send this address").await;
    looks_right(browser, "update").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operator_works_in_a_browser() {
    let (api, link) = full().await;
    let screen = Screen::of(&api).await;
    let browser = &screen.browser;
    scenario("she signs in, after a mistake", async {
        screen.open("links").await;
        screen.sign_in("not this one", "That did not work").await;
        // Her name is still there.
        browser.write("password", PASSWORD).await;
        browser.press("Sign in").await;
        browser.hear("Data from").await;
    })
    .await;
    scenario("she finds a link and refreshes it", async {
        browser.write("find", &link).await;
        browser.press("Find").await;
        browser.hear("Timeline").await;
        browser.press("Refresh now").await;
        browser.hear("The refresh is queued").await;
        browser.press("Refresh now").await;
        browser.hear("already been refreshed").await;
        browser.is_accessible("problem").await;
        browser.press("Back").await;
        browser.hear("Timeline").await;
    })
    .await;
    scenario("she reads a delivery and sends it again", async {
        screen.open(&format!("deliveries/{}", first_delivery(&api).await)).await;
        browser.hear("••••").await;
        browser.press("Reveal what is masked").await;
        browser.hear("the audit log says so").await;
        browser.is_accessible("revealed").await;
        browser.press("Send again").await;
        browser.hear("on its way again").await;
    })
    .await;
    scenario("she lets a week pass, and leaves", async {
        screen.open("dev").await;
        browser.press("Let a week pass").await;
        // Here a sign-in ends by this clock, as in production.
        screen.sign_in(PASSWORD, "2026-01-21").await;
        browser.press("Sign out").await;
        browser.hear("You are signed out").await;
        screen.open("links").await;
        browser.hear("Password").await;
    })
    .await;
}

/// Second clicks, the browser's back button, and a sign-in that has ended elsewhere.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_operator_does_twice_or_too_late_is_told_and_does_no_harm() {
    let api = Api::new().await;
    let screen = Screen::of(&api).await;
    let browser = &screen.browser;
    screen.open("").await;
    screen.sign_in(PASSWORD, "Refreshes on time").await;
    scenario("she makes a key twice, revokes one twice, and keeps the other", async {
        let made = async |name: &str| {
            let page = api.get("/v1/keys/").await.json();
            let all = page["results"].as_array().expect("keys").clone();
            all.into_iter().filter(|key| key["name"] == name).collect::<Vec<_>>()
        };
        screen.open("keys").await;
        browser.write("name", "spare").await;
        browser.double_click("main form button").await;
        browser.hear("Its password is shown only now").await;
        let [key] = &made("spare").await[..] else { panic!("one key") };
        let ask = format!("keys/{}/revoke", key["id"].as_str().expect("an id"));
        screen.open(&ask).await;
        browser.press("Keep it").await;
        browser.hear("API keys").await;
        assert_eq!(made("spare").await[0]["revoked_at"], json!(null));
        screen.open(&ask).await;
        browser.double_click("main form button").await;
        browser.hear("The key is refused from now on").await;
        browser.back().await;
        browser.press("Revoke it").await;
        browser.hear("The key is refused from now on").await;
    })
    .await;
    scenario("she deletes a link, and goes back to delete it again", async {
        let link = api.link(EREBOR, "bnk102", "full").await;
        screen.open(&format!("links/{link}")).await;
        browser.press("Delete…").await;
        browser.press("Delete it").await;
        browser.hear("The link is deleted").await;
        // The question is asked of the server anew, which has nothing left to ask about.
        browser.back().await;
        browser.hear("it has been deleted").await;
        browser.press("To the overview").await;
        browser.hear("Refreshes on time").await;
    })
    .await;
    scenario("she is signed out elsewhere, and told so", async {
        screen.open("keys").await;
        browser.write("name", "late").await;
        browser
            .run(
                "const form = document.querySelector('form[action$=sign-out]');
                 fetch(form.action, {method: 'POST', body: new URLSearchParams(new FormData(form))})
                   .then(arguments[0]);",
                json!([]),
            )
            .await;
        browser.press("Make a key").await;
        browser.hear("nothing was done").await;
        browser.is_accessible("signed out").await;
        screen.sign_in(PASSWORD, "API keys").await;
    })
    .await;
}
