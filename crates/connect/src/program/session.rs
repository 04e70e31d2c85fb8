//! One session with a program: its process, from the first line to the last.

mod line;

use super::{Network, Program, cleaner::Cleaner, process::Process};
use crate::{
    egress::Tally,
    talk::{Ask, Conversation, Covered, Credentials, Failure, Fetch, LoggedIn, Sink},
    wire::{self, messages as m, secret::Secret, version::Version},
};
use domain::{consent, env::BoxFuture};
use jiff::SignedDuration;
use line::{Broken, Line, Listeners, read, within};
use secrecy::ExposeSecret as _;
use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

/// How long a program may take to say which version it speaks.
const BEGIN: SignedDuration = SignedDuration::from_secs(10);
/// How long it may take to answer what it can always answer.
const AT_ONCE: SignedDuration = SignedDuration::from_secs(5);
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
