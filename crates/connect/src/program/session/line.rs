//! The pipes to a session's process: one request after the other goes out, and what comes in meanwhile is
//! taken or answered.

use super::{AT_ONCE, BEGIN, DETAIL, Session};
use crate::{
    program::{
        Room,
        blobs::Blobs,
        cleaner::Cleaner,
        process::{Pipes, Process},
        stderr::{self, Whose},
    },
    talk::{Ask, Failure, Sink},
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
use domain::{env::Env, session::ChallengeKind, time::later};
use jiff::{SignedDuration, Timestamp};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;
use tokio::{
    io::AsyncWriteExt as _,
    process::{ChildStdin, ChildStdout},
};
use zeroize::Zeroizing;

/// After so much silence it is asked whether it is there.
const QUIET: SignedDuration = SignedDuration::from_secs(30);
/// Bytes of all lines of a session.
const SESSION: usize = 256 << 20;

/// Who listens while a request is at work.
pub(super) struct Listeners<'a> {
    ask: Option<&'a mut dyn Ask>,
    out: Option<&'a mut dyn Sink>,
    blobs: Blobs,
}

impl<'a> Listeners<'a> {
    pub(super) fn of(ask: Option<&'a mut dyn Ask>, out: Option<&'a mut dyn Sink>) -> Self {
        Self { ask, out, blobs: Blobs::default() }
    }
}

pub(super) async fn within<T>(
    env: &Env,
    time: SignedDuration,
    work: impl Future<Output = Result<T, Broken>> + Send,
) -> Result<T, Broken> {
    env.within(time, work).await.unwrap_or(Err(Broken::Line(Failure::Timeout)))
}

/// How a request did not come to a result.
pub(super) enum Broken {
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
pub(super) type Body = Zeroizing<String>;

pub(super) fn read<T: DeserializeOwned>(what: &'static str, body: &Body) -> Result<T, Broken> {
    // A body is JSON because the line was.
    let body: &RawValue = serde_json::from_str(body).map_err(|_| Fault::NotAnObject)?;
    Ok(frame::body(what, Some(body))?)
}

/// The pipes to a process, and what travels through them.
pub(super) struct Line {
    pub(super) process: Process,
    lines: Lines<ChildStdout>,
    stdin: ChildStdin,
    pub(super) version: Version,
    pub(super) env: Env,
    pub(super) cleaner: Cleaner,
    /// The kinds of challenges that the manifest declares.
    challenges: Vec<ChallengeKind>,
    whose: Whose,
    /// The id of the next request.
    next: u64,
    /// The request at work, for whom a cancelled caller still waits.
    pub(super) at_work: Option<u64>,
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
    pub(super) async fn begin(session: &Session) -> Result<Self, Failure> {
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
    pub(super) async fn request<T: Serialize + Sync>(
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
    pub(super) async fn farewell(mut self, room: &Room) {
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
