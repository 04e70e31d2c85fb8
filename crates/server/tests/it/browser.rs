//! Debian's Chromium, driven as a person would drive it. What a page must never do, whatever it is
//! for, is asked here once: say something on the console, break its policy, shut somebody out.

use axum::Router;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use reqwest::Method;
use serde_json::{Value, json};
use std::{
    fs,
    future::Future,
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Duration,
};
use tempfile::TempDir;
use tokio::task::JoinSet;
use tokio_rustls::{
    TlsAcceptor,
    rustls::{self, pki_types::PrivatePkcs8KeyDer},
    server::TlsStream,
};
use url::Url;

/// How long something may take to appear.
const PATIENCE: Duration = Duration::from_secs(20);
/// Installed with its lock file from here.
const TOOLS: &str = "tests/browser";
/// The key under which the protocol puts an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// Keys that have no letter, as the protocol writes them.
pub(crate) const TAB: &str = "\u{e004}";
pub(crate) const ENTER: &str = "\u{e007}";
pub(crate) const ESCAPE: &str = "\u{e00c}";

/// Where pictures of the pages are kept, if somebody wants to look at them.
pub(crate) fn pictures() -> Option<PathBuf> {
    std::env::var_os("VINCULO_SCREENSHOTS").map(Into::into)
}

/// How a page is looked at: a name, whether it is dark, and the size of the window. No phone is
/// narrower.
pub(crate) const LOOKS: [(&str, bool, (u32, u32)); 3] =
    [("light", false, (1280, 800)), ("dark", true, (1280, 800)), ("phone", false, (320, 640))];

/// A browser of a test's own, with one tab. It is asked by the `WebDriver` protocol; the libraries
/// that speak it would change how the product's JSON is written while it is tested.
pub(crate) struct Browser {
    http: reqwest::Client,
    session: String,
    axe: String,
    _driver: Driver,
}

/// The browser's driver; it, the browser and what they wrote end when this is dropped.
struct Driver {
    child: Child,
    _folder: TempDir,
}

impl Driver {
    fn start() -> (Self, u16) {
        let folder = tempfile::tempdir().expect("a directory");
        let mut child = Command::new("chromedriver")
            .arg("--port=0")
            // A browser that is killed leaves its profile.
            .env("TMPDIR", folder.path())
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
        let driver = Self { child, _folder: folder };
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
        let group = format!("-{}", self.child.id());
        drop(Command::new("kill").args(["-KILL", "--", &group]).status());
        drop(self.child.wait());
    }
}

impl Browser {
    pub(crate) async fn start() -> Self {
        let (driver, port) = Driver::start();
        #[expect(clippy::disallowed_methods, reason = "asks the driver beside the test")]
        let http = reqwest::Client::new();
        let arguments =
            ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"];
        let wanted = json!({"capabilities": {"alwaysMatch": {
            "goog:chromeOptions": {"args": arguments},
            "goog:loggingPrefs": {"browser": "ALL"},
            // Servers of the tests' own vouch for themselves.
            "acceptInsecureCerts": true,
            "timeouts": {"script": 2 * u64::try_from(PATIENCE.as_millis()).expect("patience")},
        }}});
        let base = format!("http://127.0.0.1:{port}/session");
        let mut browser = Self { http, session: base, axe: axe(), _driver: driver };
        let begun = browser.ask(Method::POST, "", wanted).await.unwrap_or_else(|error| {
            panic!("Chromium does not start ({error}): apt-get install chromium")
        });
        let id = begun["sessionId"].as_str().expect("a session");
        browser.session = format!("{}/{id}", browser.session);
        browser
    }

    /// One command of the protocol.
    async fn ask(&self, method: Method, path: &str, body: Value) -> Result<Value, String> {
        let request = self.http.request(method.clone(), format!("{}{path}", self.session));
        let request = if method == Method::GET { request } else { request.json(&body) };
        let answer = request.send().await.map_err(|error| error.to_string())?;
        let good = answer.status().is_success();
        let mut said: Value = answer.json().await.map_err(|error| error.to_string())?;
        if good { Ok(said["value"].take()) } else { Err(said["value"]["message"].to_string()) }
    }
    async fn tell(&self, path: &str, body: Value) -> Value {
        let said = self.ask(Method::POST, path, body).await;
        said.unwrap_or_else(|error| panic!("{path}: {error}"))
    }
    async fn find(&self, using: &str, value: &str) -> Result<String, String> {
        let wanted = json!({"using": using, "value": value});
        let found = self.ask(Method::POST, "/element", wanted).await?;
        Ok(found[ELEMENT].as_str().unwrap_or_default().to_owned())
    }
    async fn element(&self, css: &str) -> String {
        self.find("css selector", css).await.unwrap_or_else(|error| panic!("{css}: {error}"))
    }

    /// Goes to an address.
    pub(crate) async fn open(&self, url: &str) {
        self.tell("/url", json!({"url": url})).await;
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
        let body = json!({"script": script, "args": []});
        let mut met = self.ask(Method::POST, "/execute/async", body.clone()).await;
        // A page that is left takes the script along; then the next page is asked.
        for _ in 0..3 {
            if met.is_err() {
                met = self.ask(Method::POST, "/execute/async", body.clone()).await;
            }
        }
        if met.expect("a script") != json!(true) {
            let seen = self.eval("return document.body.innerText").await;
            let said = self.console().await;
            panic!("never came: {expression}\nthe page says: {seen}\nthe console: {said:#?}");
        }
    }
    /// What a script returns.
    pub(crate) async fn eval(&self, script: &str) -> Value {
        self.tell("/execute/sync", json!({"script": script, "args": []})).await
    }
    /// What a script gives to the function that is its last argument.
    pub(crate) async fn run(&self, script: &str, arguments: Value) -> Value {
        self.tell("/execute/async", json!({"script": script, "args": arguments})).await
    }
    /// Where the tab is.
    pub(crate) async fn address(&self) -> Url {
        let said = self.ask(Method::GET, "/url", Value::Null).await.expect("an address");
        said.as_str().expect("text").parse().expect("an address")
    }
    /// Loads the page again.
    pub(crate) async fn reload(&self) {
        self.tell("/refresh", json!({})).await;
    }
    /// Goes back, as the browser's own button does.
    pub(crate) async fn back(&self) {
        self.tell("/back", json!({})).await;
    }
    /// Goes into the frame that is there.
    pub(crate) async fn enter(&self, css: &str) {
        let frame = self.element(css).await;
        self.tell("/frame", json!({"id": {ELEMENT: frame}})).await;
    }
    /// Goes out of all frames.
    pub(crate) async fn leave(&self) {
        self.tell("/frame", json!({"id": null})).await;
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
        let seen = format!(
            "document.evaluate({path:?}, document, null, 9, null).singleNodeValue?.checkVisibility()"
        );
        // What is pressed may be exchanged for its like between being found and being clicked.
        for _ in 0..3 {
            self.until(&seen).await;
            if let Ok(found) = self.find("xpath", &path).await {
                let click = format!("/element/{found}/click");
                if self.ask(Method::POST, &click, json!({})).await.is_ok() {
                    return;
                }
            }
        }
        panic!("{name} cannot be pressed");
    }
    /// Clicks the first element of this kind, once it is there.
    pub(crate) async fn click(&self, css: &str) {
        self.see(css).await;
        let found = self.element(css).await;
        self.tell(&format!("/element/{found}/click"), json!({})).await;
    }
    /// Clicks it twice, as fast as a mouse does.
    pub(crate) async fn double_click(&self, css: &str) {
        let origin = json!({ELEMENT: self.element(css).await});
        let (down, up) = (
            json!({"type": "pointerDown", "button": 0}),
            json!({"type": "pointerUp", "button": 0}),
        );
        let there = json!({"type": "pointerMove", "x": 0, "y": 0, "origin": origin});
        let moves = json!([there, down, up, down, up]);
        let mouse = json!({"type": "pointer", "id": "mouse", "actions": moves});
        self.tell("/actions", json!({"actions": [mouse]})).await;
    }
    /// A tab that knows nothing of the one before.
    pub(crate) async fn fresh(&self) {
        let new = self.tell("/window/new", json!({"type": "tab"})).await["handle"].take();
        self.ask(Method::DELETE, "/window", json!({})).await.expect("it closes");
        self.tell("/window", json!({"handle": new})).await;
    }
    /// Connects the page to the network, or cuts it off.
    pub(crate) async fn online(&self, online: bool) {
        let conditions = json!({
            "offline": !online, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1
        });
        self.devtools("Network.enable", json!({})).await;
        self.devtools("Network.emulateNetworkConditions", conditions).await;
    }
    /// Connects the page to the network that Chromium's developer tools call “Slow 4G”, with nothing
    /// kept from before.
    pub(crate) async fn slow_4g(&self) {
        let (down, up) = (1_600_000.0 / 8.0 * 0.9, 750_000.0 / 8.0 * 0.9);
        let conditions = json!({"offline": false, "latency": 150.0 * 3.75,
            "downloadThroughput": down, "uploadThroughput": up});
        self.devtools("Network.enable", json!({})).await;
        self.devtools("Network.clearBrowserCache", json!({})).await;
        self.devtools("Network.emulateNetworkConditions", conditions).await;
    }
    /// Types into the field of this name.
    pub(crate) async fn write(&self, field: &str, text: &str) {
        let css = format!("[name={field:?}]");
        self.see(&css).await;
        let field = format!("/element/{}", self.element(&css).await);
        self.tell(&format!("{field}/clear"), json!({})).await;
        self.tell(&format!("{field}/value"), json!({"text": text})).await;
    }
    /// Types into an element, or gives it a file, without a look whether it can be seen.
    pub(crate) async fn give(&self, css: &str, text: &str) {
        let field = self.element(css).await;
        self.tell(&format!("/element/{field}/value"), json!({"text": text})).await;
    }
    /// Chooses an option of a list by its value.
    pub(crate) async fn choose(&self, css: &str, value: &str) {
        let option = self.element(&format!("{css} option[value={value:?}]")).await;
        self.tell(&format!("/element/{option}/click"), json!({})).await;
    }
    /// Presses keys one after the other, wherever the focus is.
    pub(crate) async fn key(&self, keys: &str) {
        let keys: Vec<Value> = keys
            .chars()
            .flat_map(|key| ["keyDown", "keyUp"].map(|kind| json!({"type": kind, "value": key})))
            .collect();
        let board = json!({"type": "key", "id": "keyboard", "actions": keys});
        self.tell("/actions", json!({"actions": [board]})).await;
    }
    /// Looks through a window of this size.
    pub(crate) async fn size(&self, width: u32, height: u32) {
        let size = json!({
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false
        });
        self.devtools("Emulation.setDeviceMetricsOverride", size).await;
    }
    /// Looks at pages as somebody does who likes them dark, or not.
    pub(crate) async fn dark(&self, dark: bool) {
        let scheme = if dark { "dark" } else { "light" };
        let features = json!([{"name": "prefers-color-scheme", "value": scheme}]);
        self.devtools("Emulation.setEmulatedMedia", json!({"features": features})).await;
    }
    /// Keeps the whole page, as long as it is, as `name`.png in `folder`.
    pub(crate) async fn whole_picture(&self, folder: &Path, name: &str) {
        fs::create_dir_all(folder).expect("a folder");
        // As wide as the window: a bar to scroll with is no part of the picture, and its place is.
        let size = "return [innerWidth, document.documentElement.scrollHeight]";
        let size = self.eval(size).await;
        let clip = json!({"x": 0, "y": 0, "width": size[0], "height": size[1], "scale": 1});
        let wanted = json!({"format": "png", "captureBeyondViewport": true, "clip": clip});
        let taken = self.devtools("Page.captureScreenshot", wanted).await;
        let png = STANDARD.decode(taken["data"].as_str().expect("base64")).expect("base64");
        fs::write(folder.join(format!("{name}.png")), png).expect("a file");
    }
    /// Asks Chromium itself.
    pub(crate) async fn devtools(&self, command: &str, parameters: Value) -> Value {
        self.tell("/goog/cdp/execute", json!({"cmd": command, "params": parameters})).await
    }
    /// Keeps what can be seen as `name`.png in `folder`.
    pub(crate) async fn picture(&self, folder: &Path, name: &str) {
        fs::create_dir_all(folder).expect("a folder");
        let png = self.ask(Method::GET, "/screenshot", Value::Null).await.expect("a picture");
        let png = STANDARD.decode(png.as_str().expect("base64")).expect("base64");
        fs::write(folder.join(format!("{name}.png")), png).expect("a file");
    }

    /// Nothing on the page shuts anybody out, and nothing of it is wider than the window.
    pub(crate) async fn is_accessible(&self, at: &str) {
        let script = "const done = arguments[arguments.length - 1];
            axe.run(document, {resultTypes: ['violations']}).then(
              found => done(found.violations.map(one => `${one.id} (${one.impact}): ${one.help}: `
                + one.nodes.map(node => `${node.html} ${node.failureSummary}`).join('; '))),
              error => done([String(error)]));";
        // Half a megabyte, which stays in the page.
        if self.eval("return typeof axe").await != json!("object") {
            self.eval(&self.axe).await;
        }
        assert_eq!(self.run(script, json!([])).await, json!([]), "{at}");
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
        let log = self.tell("/se/log", json!({"type": "browser"})).await;
        let log = log.as_array().expect("a log").iter();
        let said = log.map(|entry| entry["message"].as_str().unwrap_or_default().to_owned());
        // That an answer was an error is what several of the tests are about.
        said.filter(|said| !said.contains("Failed to load resource")).collect()
    }
}

/// A file of the tests' own.
pub(crate) fn script(name: &str) -> String {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    fs::read_to_string(top.join(TOOLS).join(name)).expect("a script")
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
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tasks.spawn(async move { axum::serve(listener, service).await.expect("it is served") });
    port
}

/// Serves `router` by TLS, as [`listen`] does.
pub(crate) async fn listen_sealed(tasks: &mut JoinSet<()>, router: Router) -> u16 {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()).into();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let tls = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("TLS")
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.into()], key)
        .expect("a certificate and its key");
    let tcp = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = tcp.local_addr().expect("an address").port();
    let sealed = Sealed { tcp, tls: TlsAcceptor::from(Arc::new(tls)) };
    tasks.spawn(async move { axum::serve(sealed, router).await.expect("it is served") });
    port
}

/// Connections by TLS.
struct Sealed {
    tcp: tokio::net::TcpListener,
    tls: TlsAcceptor,
}

impl axum::serve::Listener for Sealed {
    type Io = TlsStream<tokio::net::TcpStream>;
    type Addr = SocketAddr;
    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            let Ok((stream, from)) = self.tcp.accept().await else { continue };
            if let Ok(stream) = self.tls.accept(stream).await {
                return (stream, from);
            }
        }
    }
    fn local_addr(&self) -> std::io::Result<Self::Addr> {
        self.tcp.local_addr()
    }
}

/// Says how far a test has come, for those who want to know.
#[expect(clippy::print_stdout, reason = "what a test prints is shown where it fails, or asked for")]
pub(crate) fn tell(what: &str) {
    println!("· {what}");
}

/// Does one of several things with a browser, and says which one failed.
pub(crate) async fn scenario(name: &str, doing: impl Future<Output = ()>) {
    // Only this one, while it is being worked on.
    if std::env::var("VINCULO_SCENARIO").is_ok_and(|only| !name.contains(&only)) {
        return;
    }
    tell(name);
    doing.await;
}
