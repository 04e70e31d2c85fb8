//! One session with the connector under test, as closely watched as no host does.

use super::users::Named;
use crate::out::tell;
use connect::{
    egress::Tally,
    program::{Program, Raw},
    redactor::Redactor,
    wire::{
        LINE,
        frame::{self, Message},
        kind::{Kind, Reason},
        lines::{Ended, Lines},
        messages as m,
        secret::Secret,
    },
};
use jiff::SignedDuration;
use serde::Serialize;
use serde_json::{Value, json, value::RawValue};
use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    process::{ChildStderr, ChildStdin, ChildStdout},
    task::JoinHandle,
    time::{Instant, timeout, timeout_at},
};
use zeroize::Zeroizing;

/// What `initialize` may take, and what can always be answered.
const BEGIN: Duration = Duration::from_secs(10);
pub(super) const AT_ONCE: Duration = Duration::from_secs(5);
/// What one request may take in a test; less than the protocol allows, so that a suite ends.
const WORK: Duration = Duration::from_mins(2);
/// How long it may take to go when nothing is said any more.
const LEAVE: SignedDuration = SignedDuration::from_secs(5);
/// Bytes of standard error that are kept.
const KEPT: usize = 1 << 20;

/// What is wrong with the connector, in words for its author.
#[derive(Debug)]
pub(super) struct Fault(pub(super) String);

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
impl From<frame::Fault> for Fault {
    fn from(fault: frame::Fault) -> Self {
        Self(fault.to_string())
    }
}

pub(super) fn fault<T>(what: impl Into<String>) -> Result<T, Fault> {
    Err(Fault(what.into()))
}

/// What a request came to.
pub(super) type Answer = Result<Value, frame::Error>;

/// The kind of a failed answer; no kind, or JSON-RPC's own failures, are `unexpected`.
pub(super) fn reason(error: &frame::Error) -> Reason {
    error.data.clone().unwrap_or(Kind::Unexpected.into())
}

/// A failure in words: its kind, and what it says if that is unclear.
pub(super) fn told(error: &frame::Error) -> String {
    let reason = reason(error);
    if reason.kind != Kind::Unexpected || error.message.is_empty() {
        return Named(&reason).to_string();
    }
    let message: String = error.message.chars().filter(|c| !c.is_control()).take(200).collect();
    format!("{} ({message})", Named(&reason))
}

/// Who answers challenges.
pub(super) enum Person {
    /// Nobody is there.
    Nobody,
    /// Gives these answers in turn; is not there any more afterwards.
    Answers(Vec<Secret>),
    /// The host says that it came to nothing.
    Refuses(Kind),
}

/// A challenge that was raised.
pub(super) struct Raised {
    pub(super) kind: String,
    pub(super) attempt: u32,
}

/// A record as it came.
#[derive(Clone)]
pub(super) struct Given {
    pub(super) account: Option<String>,
    pub(super) page: u32,
    pub(super) item: Box<RawValue>,
}

/// What a fetch gave.
#[derive(Default)]
pub(super) struct Reading {
    pub(super) records: Vec<Given>,
    /// How many records stood before each checkpoint, and its cursor.
    pub(super) checkpoints: Vec<(usize, String)>,
}

/// What all sessions of a run came across, beside what they were made for.
#[derive(Default)]
pub(super) struct Observed {
    /// Lines and exits that break the protocol.
    pub(super) breaches: Vec<String>,
    /// Where secrets were seen.
    pub(super) leaks: Vec<String>,
    /// What was asked of the network and refused.
    pub(super) strayed: Vec<String>,
    /// Whether standard error is shown.
    pub(super) verbose: bool,
}

/// One session.
pub(super) struct Talk {
    raw: Option<Raw>,
    stdin: Option<ChildStdin>,
    lines: Lines<ChildStdout>,
    stderr: JoinHandle<Zeroizing<Vec<u8>>>,
    redactor: Arc<Redactor>,
    observed: Arc<Mutex<Observed>>,
    next: u64,
    /// Requests for cancel or ping that were sent while another is at work.
    pub(super) beside: Vec<u64>,
    /// Those that were answered.
    pub(super) beside_answered: Vec<u64>,
    pub(super) raised: Vec<Raised>,
}

impl Talk {
    /// Starts the process. Nothing is said.
    pub(super) async fn start(
        program: &Program,
        observed: &Arc<Mutex<Observed>>,
    ) -> Result<Self, Fault> {
        let mut raw = program.raw().await.map_err(|failure| Fault(failure.to_string()))?;
        let (Some(stdin), Some(stdout), Some(stderr)) =
            (raw.stdin.take(), raw.stdout.take(), raw.stderr.take())
        else {
            return fault("the process has no pipes");
        };
        Ok(Self {
            raw: Some(raw),
            stdin: Some(stdin),
            lines: Lines::new(stdout, LINE),
            stderr: keep(stderr),
            redactor: Arc::default(),
            observed: observed.clone(),
            next: 1,
            beside: Vec::new(),
            beside_answered: Vec::new(),
            raised: Vec::new(),
        })
    }

    /// Says who is there, offering `versions`.
    pub(super) async fn initialize(
        &mut self,
        institution: &str,
        versions: &[u32],
    ) -> Result<Answer, Fault> {
        let proxy = self.raw.as_ref().and_then(Raw::proxy).map(str::to_owned);
        let params = json!({
            "versions": versions, "host": {"name": "vinculo", "version": env!("CARGO_PKG_VERSION")},
            "institution": institution, "subject": "conformance", "proxy": proxy, "locale": "en",
            // A later version may say more.
            "unheard_of": {"so": "far"},
        });
        let id = self.send("initialize", &params).await?;
        match timeout(BEGIN, self.until(id, &Person::Nobody, None)).await {
            Ok(answer) => answer,
            Err(_) => fault("initialize was not answered within 10 seconds"),
        }
    }

    /// Starts, agrees on version 1.
    pub(super) async fn begin(
        program: &Program,
        observed: &Arc<Mutex<Observed>>,
        institution: &str,
    ) -> Result<Self, Fault> {
        let mut talk = Self::start(program, observed).await?;
        match talk.initialize(institution, &[1]).await? {
            Ok(_) => Ok(talk),
            Err(error) => fault(format!("initialize failed: {}", Named(&reason(&error)))),
        }
    }

    /// Sends `login`, whose secrets nothing else may repeat.
    pub(super) async fn send_login(
        &mut self,
        institution: &str,
        credentials: &std::collections::BTreeMap<String, Secret>,
        secret_fields: &[&str],
        state: Option<&Secret>,
        person: &Person,
    ) -> Result<u64, Fault> {
        for (field, value) in credentials {
            if secret_fields.contains(&field.as_str()) {
                self.redactor.learn(&value.0);
            }
        }
        if let Some(state) = state {
            self.redactor.learn(&state.0);
        }
        if let Person::Answers(answers) = person {
            for answer in answers {
                self.redactor.learn(&answer.0);
            }
        }
        let login = m::Login {
            institution: institution.into(),
            credentials: credentials.clone(),
            state: state.cloned(),
            interactive: !matches!(person, Person::Nobody),
        };
        self.send("login", &login).await
    }

    /// Sends a request; its id.
    pub(super) async fn send(
        &mut self,
        method: &str,
        params: &(impl Serialize + Sync),
    ) -> Result<u64, Fault> {
        let id = self.next;
        self.next += 1;
        let line = frame::request(id, method, params)?;
        self.write(&line).await?;
        Ok(id)
    }

    /// Sends a request that may be answered in between.
    pub(super) async fn send_beside(&mut self, method: &str) -> Result<u64, Fault> {
        let id = self.send(method, &m::Nothing {}).await?;
        self.beside.push(id);
        Ok(id)
    }

    /// Writes bytes as they are.
    pub(super) async fn write(&mut self, line: &[u8]) -> Result<(), Fault> {
        let Some(stdin) = &mut self.stdin else { return fault("its standard input has ended") };
        match timeout(AT_ONCE, stdin.write_all(line)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => fault("it has gone while it was spoken to"),
            Err(_) => fault("it does not read its standard input while it works"),
        }
    }

    /// Calls and waits.
    pub(super) async fn call(
        &mut self,
        method: &str,
        params: &(impl Serialize + Sync),
    ) -> Result<Answer, Fault> {
        let id = self.send(method, params).await?;
        match timeout(AT_ONCE, self.until(id, &Person::Nobody, None)).await {
            Ok(answer) => answer,
            Err(_) => fault(format!("{method} was not answered within 5 seconds")),
        }
    }

    /// Follows what comes until request `id` is answered. Challenges are answered by `person`,
    /// records go to `reading`.
    pub(super) async fn until(
        &mut self,
        id: u64,
        person: &Person,
        mut reading: Option<&mut Reading>,
    ) -> Result<Answer, Fault> {
        let deadline = Instant::now() + WORK;
        let mut given = 0;
        loop {
            if let Some(answer) =
                self.step(id, person, &mut given, reading.as_deref_mut(), deadline).await?
            {
                return Ok(answer);
            }
        }
    }

    /// Follows one line.
    pub(super) async fn step(
        &mut self,
        id: u64,
        person: &Person,
        given: &mut usize,
        reading: Option<&mut Reading>,
        deadline: Instant,
    ) -> Result<Option<Answer>, Fault> {
        let line = match timeout_at(deadline, self.lines.next()).await {
            Err(_) => return fault(format!("nothing came within {} seconds", WORK.as_secs())),
            Ok(Err(Ended::Closed)) => return fault("the process ended in the middle"),
            Ok(Err(Ended::Fault(what))) => return Self::breach(&self.observed, &what.to_string()),
            Ok(Err(Ended::Io(_))) => return fault("its standard output cannot be read"),
            Ok(Ok(line)) => line,
        };
        let message = match frame::read(line) {
            Ok(message) => message,
            Err(what) => return Self::breach(&self.observed, &what.to_string()),
        };
        // What it wants to remember is the one secret that it may say, in this one place.
        let allowed = matches!(&message, Message::Answer { id: Some(answered), result: Ok(_) } if *answered == id)
            && reading.is_none();
        if !allowed {
            leaks(&self.redactor, &self.observed, line, "standard output");
        }
        let mut reply = None;
        let mut end = None;
        match message {
            Message::Answer { id: Some(answered), result } if answered == id => {
                let result =
                    result.map(|body| serde_json::from_str(body.get()).unwrap_or_default());
                end = Some(result);
            }
            Message::Answer { id: Some(answered), .. } if self.beside.contains(&answered) => {
                self.beside_answered.push(answered);
            }
            Message::Answer { .. } => {
                return Self::breach(&self.observed, "it answers what it was not asked");
            }
            Message::Request { id, method, params } if method == "challenge" => {
                let asked: m::Challenge = frame::body("challenge", params)?;
                self.raised.push(Raised { kind: asked.kind.to_string(), attempt: asked.attempt });
                if asked.prompt.trim().is_empty() {
                    return fault("a challenge has no prompt");
                }
                let refused =
                    |kind: Kind| frame::failure(id, &frame::Error::failed(kind.into(), "no"));
                reply = Some(match person {
                    Person::Nobody => refused(Kind::TokenRequired),
                    Person::Refuses(kind) => refused(*kind),
                    Person::Answers(answers) => match answers.get(*given) {
                        Some(answer) => frame::answer(id, &m::Answer { answer: answer.clone() }),
                        None => refused(Kind::SessionExpired),
                    },
                });
                *given += 1;
            }
            Message::Request { .. } => {
                return Self::breach(&self.observed, "it asks the host for what there is not");
            }
            Message::Notice { method, params } => match (&*method, reading) {
                ("record", Some(reading)) => {
                    let m::Record { account, page, item, .. } = frame::body("record", params)?;
                    reading.records.push(Given { account, page, item });
                }
                ("checkpoint", Some(reading)) => {
                    let m::Checkpoint { cursor } = frame::body("checkpoint", params)?;
                    if cursor.len() > connect::wire::CURSOR {
                        return fault("a cursor is longer than 4 KiB");
                    }
                    reading.checkpoints.push((reading.records.len(), cursor));
                }
                ("record" | "checkpoint" | "blob", None) => {
                    return Self::breach(
                        &self.observed,
                        &format!("a {method} comes outside of a fetch"),
                    );
                }
                ("blob", Some(_)) => drop(frame::body::<m::Blob>("blob", params)?),
                ("progress", _) => drop(frame::body::<m::Progress>("progress", params)?),
                ("log", _) => drop(frame::body::<m::Log>("log", params)?),
                _ => {}
            },
        }
        if let Some(reply) = reply {
            self.write(&reply?).await?;
        }
        Ok(end)
    }

    /// Follows what comes until a challenge has been raised, and leaves it without an answer.
    pub(super) async fn wait_for_challenge(&mut self, id: u64) -> Result<(), Fault> {
        let deadline = Instant::now() + WORK;
        loop {
            let Ok(Ok(line)) = timeout_at(deadline, self.lines.next()).await else {
                return fault("no challenge came");
            };
            match frame::read(line)? {
                Message::Request { method, .. } if method == "challenge" => return Ok(()),
                Message::Answer { id: Some(answered), .. } if answered == id => {
                    return fault("nothing was asked");
                }
                _ => {}
            }
        }
    }

    fn breach<T>(observed: &Mutex<Observed>, what: &str) -> Result<T, Fault> {
        see(observed, |observed| observed.breaches.push(what.to_owned()));
        fault(what)
    }

    /// Leaves politely: logout, the end of standard input, the end of the process. How it went.
    pub(super) async fn leave(mut self) -> Result<(), Fault> {
        let answer = self.call("logout", &m::Nothing {}).await?;
        if let Err(error) = answer {
            return fault(format!("logout failed: {}", Named(&reason(&error))));
        }
        self.end().await
    }

    /// Ends standard input and waits for the process to go.
    pub(super) async fn end(mut self) -> Result<(), Fault> {
        drop(self.stdin.take());
        let Some(raw) = self.raw.take() else { return Ok(()) };
        self.strayed(raw.tally());
        // What it still says must not keep it: a full pipe would.
        let ended = {
            let reading = async {
                let mut last = 0_usize;
                while self.lines.next().await.is_ok() {
                    last += 1;
                }
                last
            };
            let (ended, _) = tokio::join!(raw.leave(LEAVE), timeout(AT_ONCE, reading));
            ended
        };
        self.stderr_seen().await;
        match ended {
            Some(_) => Ok(()),
            None => fault("it does not exit when its standard input ends"),
        }
    }

    /// Kills it, in the middle of whatever.
    pub(super) async fn kill(mut self) {
        if let Some(raw) = self.raw.take() {
            self.strayed(raw.tally());
            drop(raw);
        }
        self.stderr_seen().await;
    }

    async fn stderr_seen(&mut self) {
        if let Ok(Ok(said)) = timeout(AT_ONCE, &mut self.stderr).await {
            leaks(&self.redactor, &self.observed, &said, "standard error");
            if see(&self.observed, |observed| observed.verbose) {
                let clean = self.redactor.clean(&String::from_utf8_lossy(&said));
                clean.lines().for_each(|line| tell(format_args!("  | {line}")));
            }
        }
    }

    fn strayed(&self, tally: Option<Tally>) {
        for refused in tally.into_iter().flat_map(|tally| tally.refused) {
            see(&self.observed, |observed| {
                observed.strayed.push(format!("{}: {}", refused.asked, refused.why));
            });
        }
    }
}

/// Looks at what was observed.
pub(super) fn see<T>(observed: &Mutex<Observed>, look: impl FnOnce(&mut Observed) -> T) -> T {
    look(&mut observed.lock().unwrap_or_else(PoisonError::into_inner))
}

fn leaks(redactor: &Redactor, observed: &Mutex<Observed>, said: &[u8], place: &str) {
    if redactor.clean_bytes(said) != said {
        see(observed, |observed| {
            if observed.leaks.iter().all(|known| known != place) {
                observed.leaks.push(place.to_owned());
            }
        });
    }
}

/// Reads standard error to its end, keeping so much of it.
fn keep(mut stderr: ChildStderr) -> JoinHandle<Zeroizing<Vec<u8>>> {
    tokio_util::task::TaskTracker::new().spawn(async move {
        let mut kept = Zeroizing::new(Vec::with_capacity(KEPT));
        let mut piece = Zeroizing::new([0_u8; 4096]);
        while let Ok(length @ 1..) = stderr.read(&mut *piece).await {
            let room = (KEPT - kept.len()).min(length);
            kept.extend_from_slice(piece.get(..room).unwrap_or_default());
        }
        kept
    })
}
