//! `vinculo connector run`: one session with a connector, shown as it goes.

use crate::{
    WrongUse, config,
    connectors::{self, Hosts},
    installation,
    out::{Out, tell},
};
use anyhow::{Context as _, Result, bail};
use connect::{
    host::{Host, HostedConversation, Limits},
    manifest::Manifest,
    program::{Confinement, Program, Room},
    talk::{Ask, Connector, Credentials, Failure, Fetch, Given, Sink},
};
use domain::{
    env::{BoxFuture, Env},
    institution::Institution,
    resource::{self, Resource, WindowRule},
    session::Challenge,
    time::{Window, day},
};
use secrecy::{ExposeSecret as _, SecretString};
use std::{
    collections::BTreeMap,
    io::{self, BufRead as _, IsTerminal as _},
    net::SocketAddr,
    path::PathBuf,
    sync::Arc,
};
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
}

fn field(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write it as name=value")?;
    Ok((name.into(), value.into()))
}

pub(crate) async fn run(flags: &Flags) -> Result<()> {
    let env = installation::real_env()?;
    let confinement =
        connectors::confinement(flags.uncaged).await.context("--uncaged runs it all the same")?;
    let held = match &confinement {
        Confinement::Caged(walls) => walls.sentence(),
        Confinement::Uncaged => "without a cage: it can read this machine".into(),
    };
    let hosts: Hosts = flags.hosts.iter().cloned().collect();
    let room = Arc::new(Room { hosts, ..Room::new(confinement, env.clone()) });
    let program = Program::load(&flags.folder, room.clone())?;
    let institution = flags.institution(&program)?;
    let Manifest { id, version, .. } = program.manifest();
    let reach: Vec<_> = program.manifest().destinations().iter().map(ToString::to_string).collect();
    tell(format_args!("{id} {version}, {}; {held}", institution.name));
    let reach = if reach.is_empty() { "nothing".into() } else { reach.join(" ") };
    tell(format_args!("may reach {reach}"));

    let credentials = flags.credentials(&institution)?;
    // As the engine would: behind the host's deadlines and limits.
    let session = program.session(&institution.name, "a-person");
    let traffic = session.traffic();
    let cancel = CancellationToken::new();
    let mut talk = Host::hold(Box::new(session), &env, &Limits::default(), cancel);
    let said = tokio::select! {
        said = flags.converse(&mut talk, &credentials, &institution, &env) => said,
        _ = tokio::signal::ctrl_c() => Err(Failure::Cancelled.into()),
    };
    drop(talk);
    room.close().await;
    if let Some(tally) = traffic.tally() {
        tell(format_args!(
            "{} connections, {} bytes sent, {} received, {} refused",
            tally.connections, tally.sent, tally.received, tally.refusals
        ));
        for refused in &tally.refused {
            tell(format_args!("  refused {}: {}", refused.asked, refused.why));
        }
    }
    said
}

impl Flags {
    fn institution(&self, program: &Program) -> Result<Institution> {
        let mut all = program.institutions();
        let names = all.iter().map(|institution| institution.name.clone()).collect::<Vec<_>>();
        match &self.institution {
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

    /// The fields that were given, and those that are asked for.
    fn credentials(&self, institution: &Institution) -> Result<Credentials> {
        let mut given: BTreeMap<String, SecretString> =
            self.fields.iter().map(|(name, value)| (name.clone(), value.clone().into())).collect();
        if let Some(username) = &self.username {
            given.insert("username".into(), username.clone().into());
        }
        for field in &institution.form_fields {
            if !given.contains_key(&field.name) && field.optional != Some(true) {
                let value = prompted(&format!("{} ({})", field.label, field.name))?;
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
        institution: &Institution,
        env: &Env,
    ) -> Result<()> {
        let mut person = Person { there: !self.background };
        let began = env.now();
        let passed = || format!("{:.1} s", env.now().duration_since(began).as_secs_f64());
        let logged_in = talk.login(credentials, &mut person).await.map_err(failed)?;
        let remembers =
            if logged_in.state.is_some() { ", and asks to remember something" } else { "" };
        tell(format_args!("logged in as “{}”{remembers} ({})", logged_in.user, passed()));
        if let (Some(file), Some(state)) = (&self.state, &logged_in.state) {
            keep(file, state)?;
        }
        for resource in self.wanted(institution)? {
            let window = match resource.window {
                WindowRule::Now => None,
                _ => Some(Window::last_days(day(env.now()), self.days)),
            };
            let fetch = Fetch {
                resource: resource.name.into(),
                account: None,
                window,
                cursor: None,
                options: BTreeMap::new(),
            };
            tell(format_args!("{} …", resource.name));
            let mut shown = Shown { resource, at: env.now(), count: 0, refused: 0 };
            match talk.fetch(&fetch, &mut person, &mut shown).await {
                Ok(covered) => {
                    let whole = if covered.complete { "complete" } else { "incomplete" };
                    tell(format_args!(
                        "{}: {} records, {whole} ({})",
                        resource.name,
                        shown.count,
                        passed()
                    ));
                }
                Err(failure @ (Failure::Unsupported | Failure::UnavailableData)) => {
                    tell(format_args!("{}: {failure}", resource.name));
                }
                Err(failure) => return Err(failed(failure)),
            }
            if shown.refused > 0 {
                bail!("{} records of {} cannot be kept", shown.refused, resource.name);
            }
        }
        talk.logout().await;
        tell(format_args!("logged out ({})", passed()));
        Ok(())
    }

    fn wanted(&self, institution: &Institution) -> Result<Vec<&'static Resource>> {
        let names =
            if self.resources.is_empty() { &institution.resources } else { &self.resources };
        if let Some(name) = names.iter().find(|name| resource::offered_as(name).is_none()) {
            return Err(WrongUse(format!("there is no resource {name}")).into());
        }
        let wanted = |one: &&&Resource| names.iter().any(|name| name == one.offered_as);
        // In the order in which a load reads them.
        Ok(resource::all().iter().filter(|one| wanted(one)).copied().collect())
    }
}

fn failed(failure: Failure) -> anyhow::Error {
    let kind = serde_json::to_string(&connect::wire::kind::Reason::from(&failure));
    let kind = kind.unwrap_or_default();
    anyhow::Error::new(failure).context(format!("the session failed: {kind}"))
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

/// What somebody types. Shown while it is typed: this is for test logins.
fn prompted(what: &str) -> Result<SecretString> {
    let hint = if io::stdin().is_terminal() { "" } else { " (from standard input)" };
    tell(format_args!("{what}{hint}:"));
    let mut line = String::new();
    let length = io::stdin().lock().read_line(&mut line).context("nothing can be typed")?;
    if length == 0 {
        return Err(WrongUse(format!("{what} is needed, and standard input has ended")).into());
    }
    Ok(line.trim_end_matches(['\r', '\n']).to_owned().into())
}

/// Who sits at the terminal.
struct Person {
    there: bool,
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
            tell(format_args!("{}: {}", challenge.kind, challenge.prompt));
            for shown in challenge.hint.iter().chain(&challenge.value).chain(&challenge.options) {
                tell(format_args!("  {shown}"));
            }
            let what =
                if challenge.expects_input() { "answer" } else { "press enter when it is done" };
            // Reading blocks a thread, and a terminal cannot be asked to stop.
            let typed = tokio::task::spawn_blocking(move || prompted(what)).await;
            let typed =
                typed.map_err(|_| Failure::Cancelled)?.map_err(|_| Failure::SessionExpired)?;
            Ok(if challenge.expects_input() { typed } else { SecretString::from("") })
        })
    }
    fn interactive(&self) -> bool {
        self.there
    }
}

/// Shows each record, and whether the engine would keep it.
struct Shown {
    resource: &'static Resource,
    at: jiff::Timestamp,
    count: usize,
    refused: usize,
}

impl Sink for Shown {
    fn give(&mut self, given: Given) -> BoxFuture<'_, Result<(), Failure>> {
        self.count += 1;
        let shown = Out::line(&given.item);
        if let Err(bad) = (self.resource.read)(&given.item, given.account, self.at) {
            self.refused += 1;
            tell(format_args!("  cannot be kept: {bad}"));
        }
        Box::pin(std::future::ready(shown.map_err(|_| Failure::Cancelled)))
    }
    fn checkpoint(&mut self, cursor: &str) {
        tell(format_args!("  checkpoint {cursor:?}"));
    }
}
