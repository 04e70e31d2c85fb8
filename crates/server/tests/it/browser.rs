#![expect(
    dead_code,
    reason = "a kit: what one page's tests have no use for, those of another have"
)]
//! Debian's Chromium, driven as a person would drive it. What a page must never do, whatever it is
//! for, is asked here once: say something on the console, break its policy, shut somebody out.

use axum::Router;
use serde_json::{Value, json};
use std::{
    fs,
    future::Future,
    io::{BufRead as _, BufReader},
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};
use thirtyfour::{
    By, ChromiumLikeCapabilities as _, DesiredCapabilities, LoggingPrefsLogLevel, WebDriver,
    prelude::*,
};
use tokio::task::JoinSet;

/// How long something may take to appear.
const PATIENCE: Duration = Duration::from_secs(20);
/// Installed with its lock file from here.
const TOOLS: &str = "tests/browser";

/// A browser of a test's own, with one tab.
pub(crate) struct Browser {
    pub(crate) tab: WebDriver,
    axe: String,
    _driver: Driver,
}

/// The browser's driver; it and the browser end when this is dropped.
struct Driver(Child);

impl Driver {
    fn start() -> (Self, u16) {
        let mut child = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .unwrap_or_else(|error| {
                panic!(
                    "no Chromium to test with ({error}): apt-get install chromium chromium-driver"
                )
            });
        let said = BufReader::new(child.stdout.take().expect("standard output"));
        let driver = Self(child);
        let port = said.lines().map_while(Result::ok).find_map(|line| {
            let (_, port) = line.split_once("started successfully on port ")?;
            port.trim_end_matches('.').parse().ok()
        });
        (driver, port.expect("the driver says where it listens"))
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // The browser is of the same group, and would stay.
        drop(Command::new("kill").args(["-KILL", "--", &format!("-{}", self.0.id())]).status());
        drop(self.0.wait());
    }
}

impl Browser {
    pub(crate) async fn start() -> Self {
        let (driver, port) = Driver::start();
        let mut wanted = DesiredCapabilities::chrome();
        for argument in
            ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        {
            wanted.add_arg(argument).expect("an argument");
        }
        wanted.set_browser_log_level(LoggingPrefsLogLevel::All).expect("a log");
        let tab = WebDriver::new(format!("http://127.0.0.1:{port}"), wanted).await.unwrap_or_else(
            |error| panic!("Chromium does not start ({error}): apt-get install chromium"),
        );
        tab.set_script_timeout(PATIENCE * 2).await.expect("patience");
        Self { tab, axe: axe(), _driver: driver }
    }

    /// Goes to an address.
    pub(crate) async fn open(&self, url: &str) {
        self.tab.goto(url).await.expect("a page");
    }
    /// Waits until an expression of JavaScript is true in the page.
    pub(crate) async fn until(&self, expression: &str) {
        let script = format!(
            "const done = arguments[arguments.length - 1];
             const end = performance.now() + {};
             const look = () => {{
               let met = false;
               try {{ met = Boolean({expression}); }} catch (error) {{ met = false; }}
               if (met || performance.now() > end) done(met); else setTimeout(look, 15);
             }};
             look();",
            PATIENCE.as_millis()
        );
        let met = self.tab.execute_async(script, Vec::new()).await.expect("a script");
        if met.json() != &json!(true) {
            let seen = self.eval("return document.body.innerText").await;
            panic!("never came: {expression}\nthe page says: {seen}");
        }
    }
    /// What a script returns.
    pub(crate) async fn eval(&self, script: &str) -> Value {
        self.tab.execute(script, Vec::new()).await.expect("a script").json().clone()
    }
    /// Waits for an element that can be seen.
    pub(crate) async fn see(&self, css: &str) {
        self.until(&format!("document.querySelector({css:?})?.checkVisibility()")).await;
    }
    /// Waits until the page says something.
    pub(crate) async fn hear(&self, text: &str) {
        self.until(&format!("document.body.innerText.includes({text:?})")).await;
    }
    /// Clicks the button or link of this name, once it is there.
    pub(crate) async fn press(&self, name: &str) {
        let path = format!(
            "(//button|//a|//summary|//label)[normalize-space()={name:?} or @aria-label={name:?}]"
        );
        let found = self.tab.query(By::XPath(path)).wait(PATIENCE, Duration::from_millis(15));
        let found = found.and_displayed().first().await;
        found.unwrap_or_else(|_| panic!("there is no {name}")).click().await.expect("a click");
    }
    /// Types into the field of this name.
    pub(crate) async fn write(&self, field: &str, text: &str) {
        let css = format!("[name={field:?}]");
        self.see(&css).await;
        let field = self.tab.find(By::Css(css)).await.expect("a field");
        field.clear().await.expect("it can be cleared");
        field.send_keys(text).await.expect("it can be typed into");
    }
    /// Presses a key, wherever the focus is.
    pub(crate) async fn key(&self, key: impl Into<thirtyfour::TypingData>) {
        let keys = self.tab.action_chain().send_keys(key);
        keys.perform().await.expect("a key");
    }
    /// Looks through a window of this size.
    pub(crate) async fn size(&self, width: u32, height: u32) {
        let size = json!({
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false
        });
        self.devtools("Emulation.setDeviceMetricsOverride", size).await;
    }
    /// Asks Chromium itself.
    pub(crate) async fn devtools(&self, command: &str, parameters: Value) -> Value {
        self.tab.cdp().send_raw(command, parameters).await.expect("Chromium does it")
    }
    /// Keeps what can be seen as `name`.png in `folder`.
    pub(crate) async fn picture(&self, folder: &Path, name: &str) {
        fs::create_dir_all(folder).expect("a folder");
        let png = self.tab.screenshot_as_png().await.expect("a picture");
        fs::write(folder.join(format!("{name}.png")), png).expect("a file");
    }

    /// Nothing on the page shuts anybody out, and nothing of it is wider than the window.
    pub(crate) async fn is_accessible(&self, at: &str) {
        let script = "const done = arguments[arguments.length - 1];
            axe.run(document, {resultTypes: ['violations']}).then(
              found => done(found.violations.map(one => `${one.id} (${one.impact}): ${one.help}: `
                + one.nodes.map(node => `${node.html} ${node.failureSummary}`).join('; '))),
              error => done([String(error)]));";
        self.tab.execute(self.axe.as_str(), Vec::new()).await.expect("axe");
        let found = self.tab.execute_async(script, Vec::new()).await.expect("axe runs");
        assert_eq!(found.json(), &json!([]), "{at}");
        self.fits(at).await;
    }
    /// Nothing of the page is wider than the window.
    pub(crate) async fn fits(&self, at: &str) {
        let over =
            "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
        assert_eq!(self.eval(over).await, json!(0), "{at} is too wide");
    }
    /// The page has said nothing on the console, where broken policies are told too.
    pub(crate) async fn is_quiet(&self, at: &str) {
        let said: Vec<String> = self.console().await;
        assert!(said.is_empty(), "{at}: {said:#?}");
    }
    /// What was said on the console since the last look.
    pub(crate) async fn console(&self) -> Vec<String> {
        let log = self.tab.browser_log().await.expect("a log");
        // That an answer was an error is what several of the tests are about.
        let answers = |message: &str| message.contains("Failed to load resource");
        log.into_iter().map(|entry| entry.message).filter(|said| !answers(said)).collect()
    }
}

/// The source of axe-core, installed once.
fn axe() -> String {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let lock = fs::read(top.join(TOOLS).join("package-lock.json")).expect("a lock file");
    let place = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("browser");
    let file = place.join("node_modules/axe-core/axe.min.js");
    if !file.exists() || fs::read(place.join("package-lock.json")).is_ok_and(|old| old != lock) {
        let making = place.with_extension(std::process::id().to_string());
        fs::create_dir_all(&making).expect("a folder");
        for name in ["package.json", "package-lock.json"] {
            fs::copy(top.join(TOOLS).join(name), making.join(name)).expect("a file");
        }
        let npm = Command::new("npm")
            .current_dir(&making)
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
            .status();
        let npm = npm.expect("npm is missing: apt-get install nodejs npm");
        assert!(npm.success(), "axe-core cannot be installed");
        // Another test may have been faster; then its folder is as good.
        drop(fs::remove_dir_all(&place));
        if fs::rename(&making, &place).is_err() {
            drop(fs::remove_dir_all(&making));
        }
    }
    fs::read_to_string(file).expect("axe-core")
}

/// Serves `router` on a port of its own for as long as `tasks` live; says where.
pub(crate) async fn listen(tasks: &mut JoinSet<()>, router: Router) -> u16 {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let service = router.into_make_service_with_connect_info::<std::net::SocketAddr>();
    tasks.spawn(async move { axum::serve(listener, service).await.expect("it is served") });
    port
}

/// Does one of several things with a browser, and says which one failed.
#[expect(clippy::print_stdout, reason = "says how far it came")]
pub(crate) async fn scenario(name: &str, doing: impl Future<Output = ()>) {
    // Only this one, while it is being worked on.
    if std::env::var("VINCULO_SCENARIO").is_ok_and(|only| !name.contains(&only)) {
        return;
    }
    println!("· {name}");
    doing.await;
}
