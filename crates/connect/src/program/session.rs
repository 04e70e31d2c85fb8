//! One session with a program: its process, from the first line to the last.

use super::{
    Network, Program,
    blobs::Blobs,
    cleaner::Cleaner,
    process::{Pipes, Process},
    stderr::{self, Whose},
};
use crate::{
    egress::Tally,
    talk::{Ask, Conversation, Covered, Credentials, Failure, Fetch, LoggedIn, Sink},
    wire::{
        self,
        frame::{self, Fault, Message},
        kind::Reason,
        lines::{Ended, Lines},
        messages as m,
        secret::Secret,
        version::Version,
    },
};
use domain::{
    consent,
    env::{BoxFuture, Env},
    session::ChallengeKind,
    time::later,
};
use jiff::{SignedDuration, Timestamp};
use secrecy::ExposeSecret as _;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;
use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::{
    io::AsyncWriteExt as _,
    process::{ChildStdin, ChildStdout},
};
use zeroize::Zeroizing;

/// How long a program may take to say which version it speaks.
const BEGIN: SignedDuration = SignedDuration::from_secs(10);
/// How long it may take to answer what it can always answer.
const AT_ONCE: SignedDuration = SignedDuration::from_secs(5);
/// After so much silence it is asked whether it is there.
const QUIET: SignedDuration = SignedDuration::from_secs(30);
/// Bytes of all lines of a session.
const SESSION: usize = 256 << 20;
/// The longest text for operators that goes into an error.
const DETAIL: usize = 1 << 10;

/// One session. Dropping it ends its process: politely if there is a runtime, and in any case.
pub struct Session {
    program: Program,
    network: Network,
    institution: String,
    subject: String,
    cleaner: Cleaner,
    stage: Stage,
    traffic: Traffic,
}

/// What went through the proxy of a session, to be asked for when it is over. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Traffic(Arc<Mutex<Option<Tally>>>);

impl Traffic {
    /// All of a session that has ended; `None` while it has not, and where there was no proxy.
    #[must_use]
    pub fn tally(&self) -> Option<Tally> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
    fn note(&self, process: &Process) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = process.tally();
    }
}

enum Stage {
    /// Nothing has been started.
    Fresh,
    /// The process is there.
    Open(Box<Line>),
    /// It is over; every call says why.
    Over(Failure),
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Session({} of {})", self.institution, self.program.manifest.id)
    }
}

/// Who listens while a request is at work.
struct Listeners<'a> {
    ask: Option<&'a mut dyn Ask>,
    out: Option<&'a mut dyn Sink>,
    blobs: Blobs,
}

impl<'a> Listeners<'a> {
    fn of(ask: Option<&'a mut dyn Ask>, out: Option<&'a mut dyn Sink>) -> Self {
        Self { ask, out, blobs: Blobs::default() }
    }
}

impl Session {
    pub(super) fn new(
        program: Program,
        institution: &str,
        subject: &str,
        network: Network,
    ) -> Self {
        let cleaner = Cleaner::of(&network);
        Self {
            program,
            network,
            institution: institution.into(),
            subject: subject.into(),
            cleaner,
            stage: Stage::Fresh,
            traffic: Traffic::default(),
        }
    }

    /// What the program says of itself; it should be what its manifest says.
    pub async fn describe(&mut self) -> Result<m::Described, Failure> {
        let line = self.line().await?;
        let env = line.env.clone();
        let work = line.request("describe", &m::Nothing {}, Listeners::of(None, None));
        let described = within(&env, BEGIN, work).await;
        let described = described.and_then(|body| read("the answer to describe", &body));
        self.settle(described)
    }

    /// Asks whether the program is there, while nothing is at work.
    pub async fn ping(&mut self) -> Result<(), Failure> {
        let line = self.line().await?;
        let env = line.env.clone();
        let work = line.request("ping", &m::Nothing {}, Listeners::of(None, None));
        let answered = within(&env, AT_ONCE, work).await.map(|_| ());
        self.settle(answered)
    }

    /// Where what went through the session's proxy is to be found, once it is over.
    #[must_use]
    pub fn traffic(&self) -> Traffic {
        self.traffic.clone()
    }

    /// The version that is spoken, once that is agreed.
    #[must_use]
    pub fn version(&self) -> Option<Version> {
        match &self.stage {
            Stage::Open(line) => Some(line.version),
            _ => None,
        }
    }

    /// What cleans texts of this session's secrets.
    #[must_use]
    pub fn cleaner(&self) -> &Cleaner {
        &self.cleaner
    }

    /// The names of the form's fields in which one of several values is chosen.
    fn choices(&self) -> Vec<&str> {
        let all = self.program.manifest.institutions.iter();
        let here = all.filter(|offered| offered.name == self.institution);
        let fields = here.flat_map(|offered| &offered.form_fields);
        fields.filter(|field| field.kind == "select").map(|field| field.name.as_str()).collect()
    }

    /// The open line; starts the process if there is none yet.
    async fn line(&mut self) -> Result<&mut Line, Failure> {
        if matches!(self.stage, Stage::Fresh) {
            match Line::begin(self).await {
                Ok(line) => self.stage = Stage::Open(Box::new(line)),
                Err(failure) => {
                    self.stage = Stage::Over(failure.clone());
                    return Err(failure);
                }
            }
        }
        match &mut self.stage {
            Stage::Open(line) => Ok(line),
            Stage::Over(failure) => Err(failure.clone()),
            Stage::Fresh => Err(Failure::Unexpected("the process was not started".into())),
        }
    }

    /// What a request came to. A line that cannot be followed any more is cut.
    fn settle<T>(&mut self, result: Result<T, Broken>) -> Result<T, Failure> {
        match result {
            Ok(value) => Ok(value),
            Err(Broken::Said(failure)) => Err(failure),
            Err(Broken::Line(failure)) => {
                if let Stage::Open(line) =
                    std::mem::replace(&mut self.stage, Stage::Over(failure.clone()))
                {
                    self.traffic.note(&line.process);
                    // Who broke the rules is not asked politely.
                    drop(line);
                }
                Err(failure)
            }
        }
    }
}

impl Conversation for Session {
    fn login<'a>(
        &'a mut self,
        credentials: &'a Credentials,
        ask: &'a mut dyn Ask,
    ) -> BoxFuture<'a, Result<LoggedIn, Failure>> {
        Box::pin(async move {
            // Before the program hears of them. A choice is no secret: everybody is offered it, as a
            // consent's terms are.
            let chosen = self.choices();
            let offered = [consent::DURATION, consent::PERMISSIONS];
            let fields = credentials.fields();
            let fields =
                fields.filter(|(name, _)| !chosen.contains(name) && !offered.contains(name));
            self.cleaner.learn(fields.map(|(_, value)| value).chain(&credentials.state));
            let (institution, cleaner) = (self.institution.clone(), self.cleaner.clone());
            let line = self.line().await?;
            let login = match line.version {
                Version::One => m::Login {
                    institution,
                    credentials: credentials
                        .fields()
                        .map(|(name, value)| (name.to_owned(), Secret(value.clone())))
                        .collect(),
                    state: credentials.state.clone().map(Secret),
                    interactive: ask.interactive(),
                },
            };
            let listeners = Listeners::of(Some(ask), None);
            let said = line.request("login", &login, listeners).await;
            drop(login);
            let logged_in = said.and_then(|body| read::<m::LoggedIn>("the answer to login", &body));
            let m::LoggedIn { user, state } = self.settle(logged_in)?;
            let state = state.map(|Secret(state)| state);
            cleaner.learn(&state);
            if state.as_ref().is_some_and(|state| state.expose_secret().len() > wire::STATE) {
                return self.settle(Err(Broken::Line(Failure::TooMuch)));
            }
            Ok(LoggedIn { user: user.0.expose_secret().to_owned(), state })
        })
    }

    fn fetch<'a>(
        &'a mut self,
        wanted: &'a Fetch,
        ask: &'a mut dyn Ask,
        out: &'a mut dyn Sink,
    ) -> BoxFuture<'a, Result<Covered, Failure>> {
        Box::pin(async move {
            let line = self.line().await?;
            let fetch = match line.version {
                Version::One => m::Fetch::from(wanted),
            };
            let listeners = Listeners::of(Some(ask), Some(out));
            let said = line.request("fetch", &fetch, listeners).await;
            let cleaner = line.cleaner.clone();
            let covered = said.and_then(|body| read::<m::Covered>("the answer to fetch", &body));
            let mut covered = self.settle(covered).map(Covered::from)?;
            for remark in &mut covered.remarks {
                remark.problem = cleaner.clean(&remark.problem, DETAIL);
            }
            Ok(covered)
        })
    }

    fn revoke(&mut self) -> BoxFuture<'_, Result<(), Failure>> {
        Box::pin(async move {
            let line = self.line().await?;
            let said = line.request("revoke", &m::Nothing {}, Listeners::of(None, None)).await;
            let heard = said.and_then(|body| read::<m::Nothing>("the answer to revoke", &body));
            self.settle(heard).map(|m::Nothing {}| ())
        })
    }

    fn logout(&mut self) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            let over = Stage::Over(Failure::Unexpected("the session has ended".into()));
            let Stage::Open(mut line) = std::mem::replace(&mut self.stage, over) else { return };
            let env = line.env.clone();
            let listeners = Listeners::of(None, None);
            let work = line.request("logout", &m::Nothing {}, listeners);
            if let Err(Broken::Said(failure) | Broken::Line(failure)) =
                within(&env, AT_ONCE, work).await
            {
                tracing::debug!(session = ?self, %failure, "a connector did not log out");
                // What it was asked is still at work, if anything is.
                line.at_work = None;
            }
            self.traffic.note(&line.process);
            let room = self.program.room.clone();
            // It may take longer to go than a caller wants to wait.
            self.program.room.tasks.spawn(async move { line.farewell(&room).await });
        })
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let over = Stage::Over(Failure::Cancelled);
        let Stage::Open(line) = std::mem::replace(&mut self.stage, over) else { return };
        self.traffic.note(&line.process);
        // Without a runtime there is nobody to wait: dropping the line kills.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let room = self.program.room.clone();
            let farewell = async move { line.farewell(&room).await };
            self.program.room.tasks.spawn_on(farewell, &runtime);
        }
    }
}

async fn within<T>(
    env: &Env,
    time: SignedDuration,
    work: impl Future<Output = Result<T, Broken>> + Send,
) -> Result<T, Broken> {
    env.within(time, work).await.unwrap_or(Err(Broken::Line(Failure::Timeout)))
}

/// How a request did not come to a result.
enum Broken {
    /// By the program's own word: it is still there.
    Said(Failure),
    /// The line cannot be followed any more.
    Line(Failure),
}

impl From<Fault> for Broken {
    fn from(fault: Fault) -> Self {
        Self::Line(match fault {
            Fault::TooLong => Failure::TooMuch,
            fault => Failure::Unexpected(fault.to_string()),
        })
    }
}

fn breach(what: &str) -> Broken {
    Broken::Line(Failure::Unexpected(what.into()))
}

/// The body of an answer, wiped when dropped: a login's holds what is to be remembered.
type Body = Zeroizing<String>;

fn read<T: DeserializeOwned>(what: &'static str, body: &Body) -> Result<T, Broken> {
    // A body is JSON because the line was.
    let body: &RawValue = serde_json::from_str(body).map_err(|_| Fault::NotAnObject)?;
    Ok(frame::body(what, Some(body))?)
}

/// The pipes to a process, and what travels through them.
struct Line {
    process: Process,
    lines: Lines<ChildStdout>,
    stdin: ChildStdin,
    version: Version,
    env: Env,
    cleaner: Cleaner,
    /// The kinds of challenges that the manifest declares.
    challenges: Vec<ChallengeKind>,
    whose: Whose,
    /// The id of the next request.
    next: u64,
    /// The request at work, for whom a cancelled caller still waits.
    at_work: Option<u64>,
    /// A line has been written in part.
    torn: bool,
    /// Bytes of all lines so far, and of those that went to the log.
    bytes: usize,
    logged: usize,
    /// When all must be over.
    until: Timestamp,
}

impl Line {
    /// Starts the process and agrees on a version.
    async fn begin(session: &Session) -> Result<Self, Failure> {
        let Session { program, network, institution, subject, cleaner, .. } = session;
        let unexpected = |text: String| Failure::Unexpected(text);
        let started = Process::start(program, network).await;
        let (process, pipes) = started.map_err(|error| unexpected(error.to_string()))?;
        let Pipes { stdin, stdout, stderr } = pipes;
        let manifest = &program.manifest;
        let whose = Whose { connector: manifest.id.clone(), institution: institution.clone() };
        let draining = stderr::drain(stderr, whose.clone(), cleaner.clone());
        drop(program.room.tasks.spawn(draining));
        let env = program.room.env.clone();
        let seconds = SignedDuration::from_secs(manifest.limits.seconds.into());
        let mut line = Self {
            until: later(env.now(), seconds),
            process,
            lines: Lines::new(stdout, wire::LINE),
            stdin,
            version: Version::One,
            env: env.clone(),
            cleaner: cleaner.clone(),
            challenges: manifest.challenges.clone(),
            whose,
            next: 1,
            at_work: None,
            torn: false,
            bytes: 0,
            logged: 0,
        };
        let versions = Version::offered(&manifest.protocol);
        let initialize = m::Initialize {
            versions: versions.clone(),
            host: m::Host { name: "vinculo".into(), version: env!("CARGO_PKG_VERSION").into() },
            institution: institution.clone(),
            subject: subject.clone(),
            proxy: line.process.proxy.clone(),
            locale: program.room.locale.clone(),
        };
        let work = line.request("initialize", &initialize, Listeners::of(None, None));
        let said = within(&env, BEGIN, work).await.and_then(|body| {
            let initialized: m::Initialized = read("the answer to initialize", &body)?;
            let version = Version::numbered(initialized.version);
            let version = version.filter(|version| versions.contains(&version.number()));
            let version =
                version.ok_or_else(|| breach("it speaks a version that was not offered"))?;
            let m::Identity { id, version: of } = &initialized.connector;
            if (id, of) != (&manifest.id, &manifest.version) {
                return Err(breach("it is not the connector of its manifest"));
            }
            Ok(version)
        });
        match said {
            Ok(version) => {
                line.version = version;
                Ok(line)
            }
            Err(Broken::Said(failure) | Broken::Line(failure)) => Err(failure),
        }
    }

    async fn write(&mut self, line: &[u8]) -> Result<(), Broken> {
        self.torn = true;
        let written = self.stdin.write_all(line).await;
        if written.is_ok() {
            self.torn = false;
            return Ok(());
        }
        Err(self.gone("it does not read what it is told").await)
    }

    /// The process is on its way out: why, as far as it can be known.
    async fn gone(&mut self, what: &str) -> Broken {
        let ended = self.env.within(SignedDuration::from_secs(1), self.process.ended()).await;
        match ended {
            Some(ended) => breach(&format!("{what}: {ended}")),
            None => breach(what),
        }
    }

    /// Sends a request and follows what comes until it is answered.
    async fn request<T: Serialize + Sync>(
        &mut self,
        method: &'static str,
        params: &T,
        mut listeners: Listeners<'_>,
    ) -> Result<Body, Broken> {
        let id = self.next;
        self.next += 1;
        let line = frame::request(id, method, params)?;
        self.write(&line).await?;
        drop(line);
        self.at_work = Some(id);
        // What an answer to a challenge failed with, in case the program says something less clear.
        let mut unanswered = None;
        let mut pinged = None;
        loop {
            let due = match pinged {
                Some((_, until)) => until,
                None => later(self.env.now(), QUIET),
            };
            let due = due.min(self.until);
            let next = tokio::select! {
                biased;
                next = self.lines.next() => Some(next),
                () = self.env.sleep_until(due) => None,
            };
            let line = match next {
                Some(Ok(line)) => line,
                Some(Err(Ended::Fault(fault))) => return Err(fault.into()),
                Some(Err(Ended::Closed)) => return Err(self.gone("it said no more").await),
                Some(Err(Ended::Io(error))) => return Err(breach(&error.to_string())),
                None if self.env.now() >= self.until => {
                    return Err(Broken::Line(Failure::Timeout));
                }
                None if pinged.is_some() => return Err(breach("it does not answer a ping")),
                None => {
                    let ping = self.next;
                    self.next += 1;
                    let until = later(self.env.now(), AT_ONCE);
                    pinged = Some((ping, until));
                    let line = frame::request(ping, "ping", &m::Nothing {})?;
                    self.write(&line).await?;
                    continue;
                }
            };
            self.bytes = self.bytes.saturating_add(line.len() + 1);
            if self.bytes > SESSION {
                return Err(Broken::Line(Failure::TooMuch));
            }
            // It is there: the answer to the ping may stand behind what we were slow to take.
            if let Some((_, until)) = &mut pinged {
                *until = later(self.env.now(), AT_ONCE);
            }
            match frame::read(line)? {
                Message::Answer { id: answered, result } if answered == Some(id) => {
                    let result = match result {
                        Ok(body) => Ok(Zeroizing::new(body.get().to_owned())),
                        Err(error) => Err(self.failure(method, &error, unanswered)),
                    };
                    self.at_work = None;
                    return result;
                }
                Message::Answer { id: answered, .. } => match pinged {
                    Some((ping, _)) if answered == Some(ping) => pinged = None,
                    _ => return Err(breach("it answers what it was not asked")),
                },
                Message::Request { id, method: asked, params } => {
                    let rules = Rules { declared: &self.challenges, cleaner: &self.cleaner };
                    let line =
                        asked_for(&asked, id, params, &mut listeners, rules, &mut unanswered);
                    let line = line.await?;
                    self.write(&line).await?;
                }
                Message::Notice { method, params } => {
                    let operators = Operators {
                        whose: &self.whose,
                        cleaner: &self.cleaner,
                        logged: &mut self.logged,
                    };
                    told(&method, params, &mut listeners, operators).await?;
                }
            }
        }
    }

    /// What a program's error means.
    fn failure(
        &self,
        method: &'static str,
        error: &frame::Error,
        unanswered: Option<Failure>,
    ) -> Broken {
        let message = self.cleaner.clean(&error.message, DETAIL);
        let failure = match error.data.clone() {
            Some(mut reason) => {
                if let Some(remark) = &mut reason.remark {
                    remark.problem = self.cleaner.clean(&remark.problem, DETAIL);
                }
                reason.failure(&message)
            }
            None => Failure::Unexpected(format!("{method}: {message} ({})", error.code)),
        };
        match (&failure, unanswered) {
            // It stumbled over the missing answer, and nothing else.
            (Failure::Unexpected(_) | Failure::Cancelled, Some(unanswered)) => {
                Broken::Said(unanswered)
            }
            _ => Broken::Said(failure),
        }
    }

    /// Ends the process: cancels what is at work, closes its standard input, and ends what is left.
    async fn farewell(mut self, room: &super::Room) {
        if let Some(at_work) = self.at_work
            && !self.torn
            && room.env.within(AT_ONCE, self.cancel(at_work)).await != Some(true)
        {
            tracing::debug!(
                connector = self.whose.connector,
                "a cancelled connector does not answer"
            );
        }
        let Self { process, stdin, .. } = self;
        drop(stdin);
        let ended = process.end(room).await;
        tracing::debug!(connector = self.whose.connector, ended, "a connector's process is gone");
    }

    /// Whether both the cancellation and the request at work were answered.
    async fn cancel(&mut self, at_work: u64) -> bool {
        let cancel = self.next;
        self.next += 1;
        let Ok(line) = frame::request(cancel, "cancel", &m::Nothing {}) else { return false };
        if self.stdin.write_all(&line).await.is_err() {
            return false;
        }
        let mut awaited = vec![cancel, at_work];
        while !awaited.is_empty() {
            let Ok(line) = self.lines.next().await else { return false };
            match frame::read(line) {
                Ok(Message::Answer { id: Some(id), .. }) => awaited.retain(|other| *other != id),
                // A question that nobody will answer.
                Ok(Message::Request { id, .. }) => {
                    let cancelled = frame::Error::failed(
                        crate::wire::kind::Kind::Cancelled.into(),
                        "the session was cancelled",
                    );
                    let Ok(line) = frame::failure(&id.to_owned(), &cancelled) else { return false };
                    if self.stdin.write_all(&line).await.is_err() {
                        return false;
                    }
                }
                // What was under way is read and dropped.
                Ok(_) => {}
                Err(_) => return false,
            }
        }
        true
    }
}

/// By what a challenge is measured.
struct Rules<'a> {
    /// The kinds that the manifest declares.
    declared: &'a [ChallengeKind],
    cleaner: &'a Cleaner,
}

/// Does what a program asks for; the line to answer with.
async fn asked_for(
    asked: &str,
    id: &RawValue,
    params: Option<&RawValue>,
    listeners: &mut Listeners<'_>,
    rules: Rules<'_>,
    unanswered: &mut Option<Failure>,
) -> Result<Zeroizing<Vec<u8>>, Broken> {
    if asked != "challenge" {
        return Ok(frame::failure(id, &frame::Error::unknown_method())?);
    }
    let Some(ask) = &mut listeners.ask else {
        return Err(breach("it asks while nobody logs in or reads"));
    };
    let challenge: m::Challenge = frame::body("challenge", params)?;
    if !rules.declared.contains(&challenge.kind) {
        // Whoever offers the institution knows from the manifest what its people will be asked.
        let kind = challenge.kind;
        return Err(breach(&format!("its manifest declares no challenge of kind {kind}")));
    }
    let offered = challenge.kind == ChallengeKind::Choice;
    match ask.ask(challenge.into()).await {
        Ok(answer) => {
            // Before the program hears of it.
            rules.cleaner.learn(Some(&answer).filter(|_| !offered));
            Ok(frame::answer(id, &m::Answer { answer: Secret(answer) })?)
        }
        Err(failure) => {
            let told = frame::Error::failed(Reason::from(&failure), failure.to_string());
            *unanswered = Some(failure);
            Ok(frame::failure(id, &told)?)
        }
    }
}

/// Where lines for operators go, and how much has gone there.
struct Operators<'a> {
    whose: &'a Whose,
    cleaner: &'a Cleaner,
    logged: &'a mut usize,
}

/// Takes what a program says by itself. What is not known is ignored.
async fn told(
    method: &str,
    params: Option<&RawValue>,
    listeners: &mut Listeners<'_>,
    operators: Operators<'_>,
) -> Result<(), Broken> {
    match method {
        "record" => {
            let Some(out) = &mut listeners.out else {
                return Err(breach("a record while nothing is read"));
            };
            let record: m::Record = frame::body("record", params)?;
            let given = listeners.blobs.join(record).map_err(Broken::Line)?;
            return out.give(given).await.map_err(Broken::Line);
        }
        "checkpoint" => {
            let Some(out) = &mut listeners.out else {
                return Err(breach("a checkpoint while nothing is read"));
            };
            let checkpoint: m::Checkpoint = frame::body("checkpoint", params)?;
            if checkpoint.cursor.len() > wire::CURSOR {
                return Err(Broken::Line(Failure::TooMuch));
            }
            out.checkpoint(&checkpoint.cursor);
            return Ok(());
        }
        "blob" => {
            if listeners.out.is_none() {
                return Err(breach("a blob while nothing is read"));
            }
            let piece: m::Blob = frame::body("blob", params)?;
            listeners.blobs.add(piece).map_err(Broken::Line)?;
        }
        "progress" => {
            let _progress: m::Progress = frame::body("progress", params)?;
        }
        "log" => {
            let log: m::Log = frame::body("log", params)?;
            *operators.logged += log.message.len() + 1;
            if *operators.logged <= stderr::SESSION {
                let line = operators.cleaner.clean(&log.message, stderr::LINE);
                say(operators.whose, log.level, &line);
            }
        }
        _ => return Ok(()),
    }
    if let Some(ask) = &mut listeners.ask {
        ask.alive();
    }
    Ok(())
}

fn say(whose: &Whose, level: m::Level, line: &str) {
    let Whose { connector, institution } = whose;
    match level {
        m::Level::Error => tracing::error!(connector, institution, "{line}"),
        m::Level::Warn => tracing::warn!(connector, institution, "{line}"),
        m::Level::Info => tracing::info!(connector, institution, "{line}"),
        m::Level::Debug => tracing::debug!(connector, institution, "{line}"),
    }
}
