//! `vinculo connector run`: one session with a connector, shown as it goes.

use super::recorded::{self, Outcome, Plan, Read, Sum};
use crate::{
    WrongUse, config,
    connectors::{self, Hosts},
    installation,
    out::{Out, tell},
    terminal::{Typed, typed},
};
use anyhow::{Context as _, Result, bail};
use connect::{
    egress::{Recorder, Recording},
    host::{Host, HostedConversation, Limits},
    manifest::Manifest,
    program::{Confinement, Network, Program, Room},
    redactor::REDACTED,
    talk::{Ask, Connector, Credentials, Failure, Fetch, Given, Sink},
};
use domain::{
    env::{BoxFuture, Env},
    institution::Institution,
    resource::{self, Resource},
    session::{Challenge, ChallengeKind},
    time::{Window, day},
};
use secrecy::{ExposeSecret as _, SecretString};
use std::{collections::BTreeMap, io, net::SocketAddr, path::PathBuf, sync::Arc};
use tokio_util::sync::CancellationToken;

#[derive(clap::Args)]
pub(crate) struct Flags {
    /// The connector's folder
    folder: PathBuf,
    /// Which of its institutions; needed where it has several
    #[arg(long, value_name = "NAME")]
    institution: Option<String>,
    /// A field of the login form; can be given several times. Fields that are not given are asked
    /// for: a password does not belong on a command line
    #[arg(long = "field", value_name = "NAME=VALUE", value_parser = field)]
    fields: Vec<(String, String)>,
    /// Short for --field username=…
    #[arg(long)]
    username: Option<String>,
    /// Read only these resources, with commas between [default: all of the institution]
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    resources: Vec<String>,
    /// How many days back movements are read
    #[arg(long, default_value_t = 90)]
    days: i32,
    /// As when links are refreshed at night: nobody is there to answer a challenge
    #[arg(long)]
    background: bool,
    /// Give back what the last session asked to remember, and keep it there for the next; the file
    /// holds secrets
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// Send a name that it may reach to an address of yours: bank.example:443=127.0.0.1:8443
    #[arg(long = "host", value_name = "NAME:PORT=ADDRESS", value_parser = config::mapped)]
    hosts: Vec<(String, SocketAddr)>,
    /// Without a cage: it can then read this machine
    #[arg(long)]
    uncaged: bool,
    /// Record what is said to the institution, with stand-ins for secrets and personal data, once it is
    /// proved that the recording replays. Read the file before you keep it
    #[arg(long, value_name = "FILE", conflicts_with_all = ["state", "uncaged"])]
    record: Option<PathBuf>,
    /// With --record: further authorities (PEM) that the institution may be certified by
    #[arg(long, value_name = "FILE", requires = "record")]
    trust: Option<PathBuf>,
    /// Answer the session from a recording, without any network and whatever the login. Ends with 1
    /// if it asks for what was not recorded, or if what comes of it is not what was recorded
    #[arg(long, value_name = "FILE", conflicts_with_all = [
        "record", "state", "uncaged", "institution", "resources", "days", "background", "hosts"
    ])]
    replay: Option<PathBuf>,
}

fn field(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write it as name=value")?;
    Ok((name.into(), value.into()))
}

pub(crate) async fn run(flags: &Flags) -> Result<()> {
    let env = installation::real_env()?;
    if let Some(path) = &flags.replay {
        let recording = Recording::read(path).context("the recording cannot be read")?;
        return flags.replay(recording, &env).await;
    }
    let plan = Plan {
        institution: flags.institution.clone(),
        resources: flags.resources.clone(),
        today: day(env.now()),
        days: flags.days,
        background: flags.background,
    };
    let Some(path) = &flags.record else {
        let person = Person { there: !plan.background, plays: false };
        return flags.hold(Network::Open, &plan, person, false, &env).await?.said;
    };
    let recorder = Recorder::new(flags.trust.as_deref()).context("--trust cannot be read")?;
    let recorder = Arc::new(recorder);
    let person = Person { there: !plan.background, plays: false };
    let live = flags.hold(Network::Record(recorder.clone()), &plan, person, false, &env).await?;
    if live.said.is_err() && live.outcome.failure.is_none() {
        return live.said;
    }
    let mut recording = recorder.recording(&live.own);
    if recording.exchanges.is_empty() {
        bail!("nothing was said to an institution: there is nothing to record");
    }
    // A recording that does not replay is of no use to anybody.
    let again = flags.replayed(recording.clone(), &plan, true, &env).await?;
    live.outcome.compare(&again, true).context("the recording does not replay, and is not kept")?;
    let session = recorded::Session { plan, outcome: again };
    recording.session = Some(serde_json::to_value(session)?);
    recording.write(path).context("the recording cannot be written")?;
    tell(format_args!(
        "{}: {} exchanges, and they replay; read it before you keep it",
        path.display(),
        recording.exchanges.len()
    ));
    live.said
}

/// A session that is over.
struct Held {
    said: Result<()>,
    outcome: Outcome,
    /// What it has shown to be one person's own.
    own: Vec<String>,
    /// What it asked for and the recording did not have.
    missing: u64,
}

impl Flags {
    async fn replay(&self, recording: Recording, env: &Env) -> Result<()> {
        let recorded::Session { plan, outcome } = recorded::Session::of(&recording)?;
        let came = self.replayed(recording, &plan, false, env).await?;
        outcome.compare(&came, false).context("the replay is not what was recorded")?;
        tell(format_args!("the replay is what was recorded"));
        Ok(())
    }

    /// What comes of a session that is answered from `recording`; an error if it asks for more.
    async fn replayed(
        &self,
        recording: Recording,
        plan: &Plan,
        quiet: bool,
        env: &Env,
    ) -> Result<Outcome> {
        let person = Person { there: !plan.background, plays: true };
        let network = Network::Replay(Arc::new(recording));
        let held = self.hold(network, plan, person, quiet, env).await?;
        if held.missing > 0 {
            bail!("it asked for {} things that the recording does not have", held.missing);
        }
        match held.said {
            Err(error) if held.outcome.failure.is_none() => Err(error),
            Err(error) => {
                tell(format_args!("the replay ended so: {error:#}"));
                Ok(held.outcome)
            }
            Ok(()) => Ok(held.outcome),
        }
    }

    /// Holds a session from login to logout. An error if it could not begin.
    async fn hold(
        &self,
        network: Network,
        plan: &Plan,
        mut person: Person,
        quiet: bool,
        env: &Env,
    ) -> Result<Held> {
        let confinement = connectors::for_development(self.uncaged).await?;
        let held = match &confinement {
            Confinement::Caged(walls) => walls.sentence(),
            Confinement::Uncaged => "without a cage: it can read this machine".into(),
        };
        let hosts: Hosts = self.hosts.iter().cloned().collect();
        let room = Room { hosts, ..Room::new(confinement, env.clone()) };
        let room = Arc::new(room);
        let program = Program::load(&self.folder, room.clone())?;
        let institution = offered(&program, plan.institution.as_deref())?;
        let Manifest { id, version, .. } = program.manifest();
        let reach: Vec<_> =
            program.manifest().destinations().iter().map(ToString::to_string).collect();
        let reach = if reach.is_empty() { "nothing".into() } else { reach.join(" ") };
        if !quiet {
            tell(format_args!("{id} {version}, {}; {held}", institution.name));
            tell(format_args!("may reach {reach}"));
        }
        let credentials = self.credentials(&institution, person.plays).await?;
        // As the engine would: behind the host's deadlines and limits.
        let session = program.session(&institution.name, "a-person", network);
        let traffic = session.traffic();
        let cancel = CancellationToken::new();
        let mut talk = Host::hold(Box::new(session), env, &Limits::default(), cancel);
        let mut seen = Seen { outcome: Outcome::default(), own: Vec::new(), quiet };
        let conversation = self.converse(
            &mut talk,
            &credentials,
            (plan, &institution),
            &mut person,
            &mut seen,
            env,
        );
        let said = tokio::select! {
            said = conversation => said,
            _ = tokio::signal::ctrl_c() => Err(Failure::Cancelled.into()),
        };
        drop(talk);
        room.close().await;
        let tally = traffic.tally().unwrap_or_default();
        if !quiet && (tally.connections > 0 || tally.refusals > 0) {
            tell(format_args!(
                "{} connections, {} bytes sent, {} received, {} refused",
                tally.connections, tally.sent, tally.received, tally.refusals
            ));
        }
        for refused in &tally.refused {
            tell(format_args!("  refused {}: {}", refused.asked, refused.why));
        }
        let Seen { outcome, own, .. } = seen;
        Ok(Held { said, outcome, own, missing: tally.missing })
    }
    /// The fields that were given, and those that are asked for.
    /// In a replay nobody is asked: a recording is right for every login, and what stands for a secret in
    /// it is typed.
    async fn credentials(&self, institution: &Institution, replay: bool) -> Result<Credentials> {
        let mut given: BTreeMap<String, SecretString> =
            self.fields.iter().map(|(name, value)| (name.clone(), value.clone().into())).collect();
        if let Some(username) = &self.username {
            given.insert("username".into(), username.clone().into());
        }
        for field in &institution.form_fields {
            if !given.contains_key(&field.name) && field.optional != Some(true) {
                let value = match field.values.iter().flatten().next() {
                    Some(choice) if replay => choice.code.clone().into(),
                    None if replay => REDACTED.into(),
                    _ => {
                        let secret = field.kind == "password" || field.name == "token";
                        let how = if secret { Typed::Unseen } else { Typed::Openly };
                        typed(&format!("{} ({})", field.label, field.name), how).await?
                    }
                };
                given.insert(field.name.clone(), value);
            }
        }
        let state = match self.state.as_ref().map(std::fs::read_to_string) {
            None => None,
            Some(Ok(state)) => Some(state.into()),
            Some(Err(error)) if error.kind() == io::ErrorKind::NotFound => None,
            Some(Err(error)) => return Err(error).context("the state cannot be read"),
        };
        Ok(Credentials::new(given, state))
    }

    async fn converse(
        &self,
        talk: &mut HostedConversation,
        credentials: &Credentials,
        (plan, institution): (&Plan, &Institution),
        person: &mut Person,
        seen: &mut Seen,
        env: &Env,
    ) -> Result<()> {
        let quiet = seen.quiet;
        let show = |text: std::fmt::Arguments<'_>| {
            if !quiet {
                tell(text);
            }
        };
        let began = env.now();
        let passed = || format!("{:.1} s", env.now().duration_since(began).as_secs_f64());
        let logged_in = talk.login(credentials, person).await;
        let logged_in = logged_in.map_err(|failure| seen.failed(failure))?;
        seen.own.push(logged_in.user.clone());
        let remembers =
            if logged_in.state.is_some() { ", and asks to remember something" } else { "" };
        show(format_args!("logged in as “{}”{remembers} ({})", logged_in.user, passed()));
        if let (Some(file), Some(state)) = (&self.state, &logged_in.state) {
            keep(file, state)?;
        }
        for resource in wanted(plan, institution)? {
            let days = Window::last_days(plan.today, plan.days);
            let window = resource.has_days().then_some(days);
            let fetch = Fetch { window, ..Fetch::all_of(resource.name) };
            show(format_args!("{} …", resource.name));
            let sum = Sum::new();
            let mut shown = Shown { resource, at: env.now(), count: 0, refused: 0, sum, seen };
            let ended = match talk.fetch(&fetch, person, &mut shown).await {
                Ok(covered) => {
                    let whole = if covered.complete { "complete" } else { "incomplete" };
                    show(format_args!(
                        "{}: {} records, {whole} ({})",
                        resource.name,
                        shown.count,
                        passed()
                    ));
                    whole.to_owned()
                }
                Err(failure @ (Failure::Unsupported | Failure::UnavailableData)) => {
                    show(format_args!("{}: {failure}", resource.name));
                    failure.to_string()
                }
                Err(failure) => return Err(shown.seen.failed(failure)),
            };
            let (records, sha256) = (shown.count, shown.sum.finish());
            let read = Read { records, ended, sha256 };
            shown.seen.outcome.read.insert(resource.name.to_string(), read);
            if shown.refused > 0 {
                bail!("{} records of {} cannot be kept", shown.refused, resource.name);
            }
        }
        talk.logout().await;
        show(format_args!("logged out ({})", passed()));
        Ok(())
    }
}

fn offered(program: &Program, wanted: Option<&str>) -> Result<Institution> {
    let mut all = program.institutions();
    let names = all.iter().map(|institution| institution.name.clone()).collect::<Vec<_>>();
    match wanted {
        None if all.len() == 1 => Ok(all.remove(0)),
        None => {
            let names = names.join(", ");
            Err(WrongUse(format!("say which --institution: {names}")).into())
        }
        Some(name) => all.into_iter().find(|one| one.name == *name).ok_or_else(|| {
            WrongUse(format!("it has no institution {name}, but {}", names.join(", "))).into()
        }),
    }
}

fn wanted(plan: &Plan, institution: &Institution) -> Result<Vec<&'static Resource>> {
    let names = if plan.resources.is_empty() { &institution.resources } else { &plan.resources };
    if let Some(name) = names.iter().find(|name| resource::offered_as(name).is_none()) {
        return Err(WrongUse(format!("there is no resource {name}")).into());
    }
    let wanted = |one: &&&Resource| {
        one.computed().is_none() && names.iter().any(|name| name == one.offered_as)
    };
    // In the order in which a load reads them.
    Ok(resource::all().iter().filter(|one| wanted(one)).copied().collect())
}

/// What has been seen of a session.
struct Seen {
    outcome: Outcome,
    own: Vec<String>,
    /// It is not shown.
    quiet: bool,
}

impl Seen {
    fn failed(&mut self, failure: Failure) -> anyhow::Error {
        let kind = serde_json::to_string(&connect::wire::kind::Reason::from(&failure));
        let kind = kind.unwrap_or_default();
        self.outcome.failure = Some(kind.clone());
        anyhow::Error::new(failure).context(format!("the session failed: {kind}"))
    }
}

/// Readable by its owner alone.
fn keep(file: &std::path::Path, state: &SecretString) -> Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options
        .open(file)
        .and_then(|mut file| io::Write::write_all(&mut file, state.expose_secret().as_bytes()));
    written.context("the state cannot be kept")
}

/// Who sits at the terminal.
struct Person {
    there: bool,
    /// Nobody does: what was recorded is right for every answer.
    plays: bool,
}

impl Ask for Person {
    fn ask(&mut self, challenge: Challenge) -> BoxFuture<'_, Result<SecretString, Failure>> {
        Box::pin(async move {
            if !self.there {
                tell(format_args!(
                    "{}: {} — and nobody is there",
                    challenge.kind, challenge.prompt
                ));
                return Err(Failure::TokenRequired);
            }
            if self.plays {
                let answer = match challenge.options.first() {
                    Some(option) => option.clone(),
                    None if challenge.expects_input() => REDACTED.into(),
                    None => String::new(),
                };
                return Ok(answer.into());
            }
            let again = match challenge.attempt {
                1 => String::new(),
                attempt => format!(" (attempt {attempt}: the last answer was wrong)"),
            };
            tell(format_args!("{}: {}{again}", challenge.kind, challenge.prompt));
            for shown in challenge.hint.iter().chain(&challenge.value).chain(&challenge.options) {
                tell(format_args!("  {shown}"));
            }
            let (what, how) = match challenge.kind {
                _ if !challenge.expects_input() => ("press enter when it is done", Typed::Openly),
                ChallengeKind::Choice => ("answer", Typed::Openly),
                _ => ("answer", Typed::Unseen),
            };
            let answer = typed(what, how).await.map_err(|_| Failure::SessionExpired)?;
            Ok(if challenge.expects_input() { answer } else { SecretString::from("") })
        })
    }
    fn interactive(&self) -> bool {
        self.there
    }
}

/// Shows each record, and whether the engine would keep it.
struct Shown<'a> {
    resource: &'static Resource,
    at: jiff::Timestamp,
    count: usize,
    refused: usize,
    sum: Sum,
    seen: &'a mut Seen,
}

impl Sink for Shown<'_> {
    fn give(&mut self, given: Given) -> BoxFuture<'_, Result<(), Failure>> {
        self.count += 1;
        self.sum.add(&given);
        if matches!(self.resource.offered_as, "ACCOUNTS" | "OWNERS")
            && let Ok(item) = serde_json::from_str(given.item.get())
        {
            recorded::own(&item, "", &mut self.seen.own);
        }
        let shown = if self.seen.quiet { Ok(()) } else { Out::line(&given.item) };
        if let Err(bad) = (self.resource.read)(&given.item, given.account, self.at) {
            self.refused += 1;
            tell(format_args!("  cannot be kept: {bad}"));
        }
        Box::pin(std::future::ready(shown.map_err(|_| Failure::Cancelled)))
    }
    fn checkpoint(&mut self, cursor: &str) {
        if !self.seen.quiet {
            tell(format_args!("  checkpoint {cursor:?}"));
        }
    }
}
