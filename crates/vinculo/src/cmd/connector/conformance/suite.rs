//! The checks, one row of the table each.

use super::{
    memory,
    report::{Row, Verdict},
    talk::{
        AT_ONCE, Answer, Fault, Given, Observed, Person, Reading, Talk, fault, reason, see, told,
    },
    users::{Asked, Conformance, Named, User},
};
use connect::{
    manifest::{Manifest, Offered},
    program::{Confinement, Program, Room},
    talk::Fetch,
    wire::{frame, kind::Kind, messages as m, secret::Secret},
};
use domain::{
    env::Env,
    record::{Facts, Item, Trust},
    resource::{self, Resource},
    time::Window,
};
use jiff::{SignedDuration, Timestamp};
use secrecy::ExposeSecret as _;
use serde_json::Value;
use std::{
    collections::BTreeSet,
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::time::{Instant, sleep, timeout};

/// How much more memory a connector may have afterwards, in KiB.
const GROWTH: u64 = 64 << 10;
/// What an institution that cannot be reached may be called.
const UNREACHED: [Kind; 3] =
    [Kind::InstitutionDown, Kind::InstitutionUnavailable, Kind::Unexpected];

/// Proves one connector.
pub(super) struct Suite<'a> {
    pub(super) manifest: &'a Manifest,
    pub(super) users: &'a Conformance,
    pub(super) program: Program,
    pub(super) folder: &'a Path,
    pub(super) confinement: &'a Confinement,
    /// Where chance comes from.
    pub(super) env: &'a Env,
    pub(super) seed: u64,
    /// How long the suite looks away, to see whether the connector waits.
    pub(super) look_away: Duration,
    pub(super) observed: Arc<Mutex<Observed>>,
    /// Told of each row as it is known.
    pub(super) tell: &'a mut dyn FnMut(&Row),
    pub(super) rows: Vec<Row>,
}

/// A resource as it was read in full.
struct Whole {
    resource: &'static Resource,
    items: Vec<Item>,
    /// On which page each of them stood.
    pages: Vec<u32>,
    checkpoints: usize,
}

type Checked = Result<Verdict, Fault>;

#[expect(clippy::unnecessary_wraps, reason = "what most rows end with")]
fn passed(detail: impl Into<String>) -> Checked {
    Ok(Verdict::Passed(detail.into()))
}
#[expect(clippy::unnecessary_wraps, reason = "as `passed`")]
fn does_not_apply(why: impl Into<String>) -> Checked {
    Ok(Verdict::NotApplicable(why.into()))
}

impl Suite<'_> {
    fn row(&mut self, name: impl Into<String>, checked: Checked) {
        let verdict = checked.unwrap_or_else(|Fault(what)| Verdict::Failed(what));
        let row = Row { name: name.into(), verdict };
        (self.tell)(&row);
        self.rows.push(row);
    }

    /// Checks everything.
    pub(super) async fn run(&mut self) {
        let checked = self.negotiation().await;
        self.row("negotiation", checked);
        let checked = self.framing().await;
        self.row("framing", checked);
        let checked = self.login().await;
        self.row("login", checked);
        let users = self.users;
        for (user, expected) in users.failing() {
            let checked = self.failure(user, expected).await;
            self.row(format!("error {}", Named(expected)), checked);
        }
        for (user, asked) in users.challenged() {
            let kind = asked.kind;
            let checked = self.right(user, asked).await;
            self.row(format!("challenge {kind}: right"), checked);
            let checked = self.wrong_then_right(user, asked).await;
            self.row(format!("challenge {kind}: wrong, then right"), checked);
            for (name, said) in [("cancelled", Kind::Cancelled), ("expired", Kind::SessionExpired)]
            {
                let checked = self.refused(user, said).await;
                self.row(format!("challenge {kind}: {name}"), checked);
            }
            let checked = self.background(user).await;
            self.row(format!("challenge {kind}: nobody there"), checked);
        }
        self.readings().await;
        let checked = self.ping().await;
        self.row("ping", checked);
        let checked = self.cancel().await;
        self.row("cancel", checked);
        let checked = self.orphans().await;
        self.row("orphans", checked);
        let checked = self.unreachable().await;
        self.row("egress", checked);
        let checked = self.revocation().await;
        self.row("revoke", checked);
        let leaks = see(&self.observed, |observed| observed.leaks.join(" and "));
        let checked = if leaks.is_empty() {
            passed("nowhere in what it said")
        } else {
            fault(format!("a secret is in {leaks}"))
        };
        self.row("secrets", checked);
    }

    /// The rows that compare readings: without a first one there is nothing to compare.
    async fn readings(&mut self) {
        let first = match self.read_all().await {
            Ok(first) => {
                let checked = self.records(&first);
                self.row("records", checked);
                first
            }
            Err(what) => {
                self.row("records", Err(what));
                for name in ["identities", "window", "resume", "back-pressure"] {
                    self.row(name, does_not_apply("there is no good reading to compare with"));
                }
                return;
            }
        };
        let checked = self.identities(&first).await;
        let same = checked.is_ok();
        self.row("identities", checked);
        let checked = self.window(&first).await;
        self.row("window", checked);
        let checked = if same {
            self.resume(&first).await
        } else {
            does_not_apply("no reading is like another")
        };
        self.row("resume", checked);
        let checked = self.back_pressure(&first).await;
        self.row("back-pressure", checked);
    }

    // Sessions.

    fn institution(&self) -> &str {
        self.users.institution(self.manifest)
    }
    fn offered(&self) -> Option<&Offered> {
        let name = self.institution();
        self.manifest.institutions.iter().find(|offered| offered.name == name)
    }
    /// The fields whose values are secrets.
    fn secret_fields(&self) -> Vec<&str> {
        let all = self.offered().map(|offered| offered.form_fields.as_slice()).unwrap_or_default();
        let secret = all.iter().filter(|input| input.kind == "password" || input.name == "token");
        secret.map(|input| input.name.as_str()).collect()
    }
    fn trust(&self) -> Trust {
        self.offered().map_or(Trust::None, |offered| offered.ids)
    }

    async fn begin(&self) -> Result<Talk, Fault> {
        Talk::begin(&self.program, &self.observed, self.institution()).await
    }

    async fn log_in(
        &self,
        talk: &mut Talk,
        user: &User,
        state: Option<&Secret>,
        person: &Person,
    ) -> Result<Answer, Fault> {
        let fields = self.secret_fields();
        let id =
            talk.send_login(self.institution(), &user.credentials, &fields, state, person).await?;
        talk.until(id, person, None).await
    }

    /// A session in which the good user has logged in.
    async fn logged_in(&self) -> Result<Talk, Fault> {
        let mut talk = self.begin().await?;
        let Some(user) = self.users.good() else { return fault("nobody has a good login") };
        match self.log_in(&mut talk, user, None, &Person::Nobody).await? {
            Ok(_) => Ok(talk),
            Err(error) => fault(format!("the good user's login failed: {}", told(&error))),
        }
    }

    /// What the institution offers and is asked for, in the order in which a load reads it.
    fn resources(&self) -> Vec<&'static Resource> {
        let offered = self.offered().map(|o| o.resources.as_slice()).unwrap_or_default();
        let mine = |resource: &&&Resource| {
            resource.computed().is_none() && offered.iter().any(|name| name == resource.offered_as)
        };
        resource::all().iter().filter(mine).copied().collect()
    }

    async fn read(
        &self,
        talk: &mut Talk,
        resource: &'static Resource,
        window: Window,
        cursor: Option<&str>,
    ) -> Result<Result<(Reading, m::Covered), frame::Error>, Fault> {
        let id = talk.send("fetch", &fetch_of(resource, Some(window), cursor)).await?;
        let mut reading = Reading::default();
        let answer = talk.until(id, &Person::Nobody, Some(&mut reading)).await?;
        match answer {
            Err(error) => Ok(Err(error)),
            Ok(value) => match serde_json::from_value::<m::Covered>(value) {
                Ok(covered) => Ok(Ok((reading, covered))),
                Err(error) => fault(format!("{}: the answer to fetch: {error}", resource.name)),
            },
        }
    }

    async fn must_read(
        &self,
        talk: &mut Talk,
        resource: &'static Resource,
        window: Window,
        cursor: Option<&str>,
    ) -> Result<(Reading, m::Covered), Fault> {
        match self.read(talk, resource, window, cursor).await? {
            Ok(read) => Ok(read),
            Err(error) => fault(format!("{} cannot be read: {}", resource.name, told(&error))),
        }
    }

    // Rows.

    async fn negotiation(&self) -> Checked {
        let institution = self.institution();
        let mut talk = Talk::start(&self.program, &self.observed).await?;
        match talk.initialize(institution, &[9_999]).await? {
            Ok(_) => return fault("it agrees to a version that it cannot know"),
            Err(error) if reason(&error).kind != Kind::Unsupported => {
                return fault("a version that it cannot know is not `unsupported`");
            }
            Err(_) => talk.kill().await,
        }
        let mut talk = Talk::start(&self.program, &self.observed).await?;
        let answer = talk.initialize(institution, &[9_999, 1]).await?;
        let initialized = match answer.map(serde_json::from_value::<m::Initialized>) {
            Ok(Ok(initialized)) => initialized,
            Ok(Err(error)) => return fault(format!("the answer to initialize: {error}")),
            Err(error) => return fault(format!("initialize failed: {}", told(&error))),
        };
        let m::Initialized { version, connector } = initialized;
        if version != 1 {
            return fault(format!("of the versions 9999 and 1 it chose {version}"));
        }
        if (&connector.id, &connector.version) != (&self.manifest.id, &self.manifest.version) {
            return fault(format!(
                "it says that it is {} {}, the manifest says {} {}",
                connector.id, connector.version, self.manifest.id, self.manifest.version
            ));
        }
        let described = match talk.call("describe", &m::Nothing {}).await? {
            Ok(described) => described,
            Err(error) => return fault(format!("describe failed: {}", told(&error))),
        };
        let described: m::Described = match serde_json::from_value(described) {
            Ok(described) => described,
            Err(error) => return fault(format!("the answer to describe: {error}")),
        };
        let set = |names: &mut dyn Iterator<Item = String>| names.collect::<BTreeSet<_>>();
        let institutions = &self.manifest.institutions;
        for (what, said, declared) in [
            (
                "institutions",
                set(&mut described.institutions.iter().cloned()),
                set(&mut institutions.iter().map(|offered| offered.name.clone())),
            ),
            (
                "resources",
                set(&mut described.resources.iter().cloned()),
                set(&mut institutions.iter().flat_map(|offered| offered.resources.clone())),
            ),
            (
                "challenges",
                set(&mut described.challenges.iter().map(ToString::to_string)),
                set(&mut self.manifest.challenges.iter().map(ToString::to_string)),
            ),
        ] {
            if said != declared {
                return fault(format!("describe names other {what} than the manifest"));
            }
        }
        talk.end().await?;
        passed("version 1")
    }

    async fn framing(&self) -> Checked {
        let mut talk = self.begin().await?;
        talk.write(b"{\"jsonrpc\":\"2.0\",\"method\":\"unheard_of\",\"params\":{\"a\":[1]}}\n")
            .await?;
        match talk.call("unheard_of", &m::Nothing {}).await? {
            Ok(_) => return fault("it answers a request that does not exist"),
            Err(error) if error.code != frame::UNKNOWN_METHOD => {
                return fault(format!("an unknown request is answered with {}", error.code));
            }
            Err(_) => {}
        }
        match talk.call("ping", &m::Nothing {}).await? {
            Ok(Value::Object(_)) => {}
            _ => return fault("ping is not answered with {}"),
        }
        // In two halves, as a pipe may give it.
        let line = frame::request(77_777, "ping", &m::Nothing {})?;
        let (first, second) = line.split_at(line.len() / 2);
        talk.write(first).await?;
        sleep(Duration::from_millis(50)).await;
        talk.write(second).await?;
        match timeout(AT_ONCE, talk.until(77_777, &Person::Nobody, None)).await {
            Ok(answer) => drop(answer?),
            Err(_) => return fault("a line that comes in two halves is not understood"),
        }
        talk.end().await?;
        let breaches = see(&self.observed, |observed| observed.breaches.join("; "));
        if breaches.is_empty() { passed("") } else { fault(breaches) }
    }

    async fn login(&self) -> Checked {
        let Some(user) = self.users.good() else { return fault("nobody has a good login") };
        let mut before: Option<m::LoggedIn> = None;
        for _ in 0..2 {
            let mut talk = self.begin().await?;
            let state = before.as_ref().and_then(|before| before.state.clone());
            let answer = self.log_in(&mut talk, user, state.as_ref(), &Person::Nobody).await?;
            let logged_in = match answer {
                Ok(value) => serde_json::from_value::<m::LoggedIn>(value)
                    .map_err(|error| Fault(format!("the answer to login: {error}")))?,
                Err(error) => {
                    return fault(format!("the good login failed: {}", told(&error)));
                }
            };
            if logged_in.user.0.expose_secret().is_empty() {
                return fault("it does not say who the user is");
            }
            let other = |before: &m::LoggedIn| {
                before.user.0.expose_secret() != logged_in.user.0.expose_secret()
            };
            if before.as_ref().is_some_and(other) {
                return fault("the same person is another `user` at the second login");
            }
            before = Some(logged_in);
            talk.leave().await?;
        }
        passed("the same user twice")
    }

    async fn failure(&self, user: &User, expected: &connect::wire::kind::Reason) -> Checked {
        let mut talk = self.begin().await?;
        let person = right(user);
        let logged_in = self.log_in(&mut talk, user, None, &person).await?;
        let ended = match (&user.at, logged_in) {
            (None, Ok(_)) => return fault("the login succeeds"),
            (None, Err(error)) => error,
            (Some(_), Err(error)) => {
                return fault(format!("already the login fails: {}", told(&error)));
            }
            (Some(at), Ok(_)) => {
                let mut ended = None;
                for resource in self.resources() {
                    let read = self.read(&mut talk, resource, self.users.window, None).await?;
                    if resource.name == at {
                        ended = read.err();
                        break;
                    }
                }
                match ended {
                    Some(error) => error,
                    None => return fault(format!("{at} is read without a failure")),
                }
            }
        };
        let said = reason(&ended);
        if (said.kind, said.problem) != (expected.kind, expected.problem) {
            return fault(format!("it says {}", told(&ended)));
        }
        talk.end().await?;
        passed("")
    }

    /// Whether challenges came, of the declared kind.
    fn asked(talk: &Talk, asked: &Asked) -> Result<(), Fault> {
        if talk.raised.is_empty() {
            return fault("nothing was asked");
        }
        match talk.raised.iter().find(|raised| raised.kind != asked.kind.to_string()) {
            Some(other) => fault(format!("{} was asked", other.kind)),
            None => Ok(()),
        }
    }

    async fn right(&self, user: &User, asked: &Asked) -> Checked {
        let mut talk = self.begin().await?;
        let person = Person::Answers(vec![asked.right.clone()]);
        let answer = self.log_in(&mut talk, user, None, &person).await?;
        Self::asked(&talk, asked)?;
        if let Err(error) = answer {
            return fault(format!("after the right answer: {}", told(&error)));
        }
        talk.leave().await?;
        passed("")
    }

    async fn wrong_then_right(&self, user: &User, asked: &Asked) -> Checked {
        let Some(wrong) = &asked.wrong else { return does_not_apply("no answer is wrong") };
        let mut talk = self.begin().await?;
        let person = Person::Answers(vec![wrong.clone(), asked.right.clone()]);
        let answer = self.log_in(&mut talk, user, None, &person).await?;
        Self::asked(&talk, asked)?;
        match (answer, talk.raised.len()) {
            (Ok(_), 1) => fault("the wrong answer was taken for right"),
            (Ok(_), _) if talk.raised.get(1).is_none_or(|raised| raised.attempt != 2) => {
                fault("it asks again without saying that it is attempt 2")
            }
            (Ok(_), _) => {
                talk.leave().await?;
                passed("it asks again")
            }
            (Err(error), 1) if reason(&error).kind == Kind::WrongToken => {
                talk.end().await?;
                match self.right(user, asked).await? {
                    Verdict::Passed(_) => passed("wrong_token, then a new session"),
                    other => Ok(other),
                }
            }
            (Err(error), _) => fault(format!("it says {}", told(&error))),
        }
    }

    async fn refused(&self, user: &User, said: Kind) -> Checked {
        let mut talk = self.begin().await?;
        let answer = self.log_in(&mut talk, user, None, &Person::Refuses(said)).await?;
        match answer {
            Ok(_) => fault("the login succeeds without an answer"),
            Err(error) if reason(&error).kind != said => fault(format!("it says {}", told(&error))),
            Err(_) => {
                talk.end().await?;
                passed("")
            }
        }
    }

    async fn background(&self, user: &User) -> Checked {
        let mut talk = self.begin().await?;
        let answer = self.log_in(&mut talk, user, None, &Person::Nobody).await?;
        match answer {
            Ok(_) => fault("the login succeeds though nobody is there to answer"),
            Err(error) if reason(&error).kind != Kind::TokenRequired => {
                fault(format!("it says {} instead of token_required", told(&error)))
            }
            Err(_) => {
                let how = if talk.raised.is_empty() { "by itself" } else { "after it has asked" };
                talk.end().await?;
                passed(how)
            }
        }
    }

    async fn read_all(&self) -> Result<Vec<Whole>, Fault> {
        let mut talk = self.logged_in().await?;
        let mut all = Vec::new();
        for resource in self.resources() {
            let read = self.read(&mut talk, resource, self.users.window, None).await?;
            let (reading, covered) = match read {
                Ok(read) => read,
                // One name stands for two resources, of which an institution may have one.
                Err(error)
                    if resource.name != resource.offered_as
                        && reason(&error).kind == Kind::Unsupported =>
                {
                    continue;
                }
                Err(error) => {
                    return fault(format!("{} cannot be read: {}", resource.name, told(&error)));
                }
            };
            if !covered.complete {
                return fault(format!("{} is not complete", resource.name));
            }
            let (checkpoints, pages) = (reading.checkpoints.len(), pages_of(&reading));
            all.push(Whole { resource, items: items_of(resource, reading)?, pages, checkpoints });
        }
        talk.leave().await?;
        Ok(all)
    }

    fn records(&self, all: &[Whole]) -> Checked {
        let mut parents = BTreeSet::new();
        for whole in all.iter().filter(|whole| whole.resource.children().next().is_some()) {
            let name = whole.resource.name;
            for (number, item) in whole.items.iter().enumerate() {
                match &item.account {
                    Some(key) => drop(parents.insert((name, key.clone()))),
                    None => return fault(format!("{name}: record {number} has no key")),
                }
            }
        }
        let trusted = matches!(self.trust(), Trust::Stable | Trust::Posted);
        for whole in all {
            let Some(parent) = whole.resource.belongs_to else { continue };
            let (name, above) = (whole.resource.name, parent.resource.name);
            for (number, item) in whole.items.iter().enumerate() {
                match &item.account {
                    Some(key) if parents.contains(&(above, key.clone())) => {}
                    Some(_) => {
                        return fault(format!(
                            "{name}: record {number} belongs to none of {above} that were shown"
                        ));
                    }
                    None => {
                        return fault(format!(
                            "{name}: record {number} belongs to none of {above}"
                        ));
                    }
                }
                let movement = matches!(item.facts, Facts::Movement(_));
                if movement && trusted && item.source_id.is_none() {
                    return fault(format!(
                        "{name}: record {number} has no internal_identification, but `ids` says {}",
                        self.trust()
                    ));
                }
            }
        }
        let counts = all.iter().map(|w| format!("{} {}", w.items.len(), w.resource.name));
        passed(counts.collect::<Vec<_>>().join(", "))
    }

    /// What a record must have in common with itself in another reading.
    fn identity(&self, item: &Item) -> String {
        let trusted = matches!(self.trust(), Trust::Stable | Trust::Posted);
        let id = item.source_id.as_ref().filter(|_| trusted);
        // An untrusted id is among the keys, too.
        let facts = match &item.facts {
            Facts::Movement(movement) => serde_json::to_string(movement).unwrap_or_default(),
            Facts::Keyed(_) if !trusted => String::new(),
            Facts::Keyed(keys) => keys.join(" "),
            Facts::Snapshot | Facts::Edition(_) => String::new(),
        };
        format!("{:?} {id:?} {facts}", item.account)
    }

    fn identities_of(&self, items: &[Item]) -> Vec<String> {
        items.iter().map(|item| self.identity(item)).collect()
    }

    async fn identities(&self, first: &[Whole]) -> Checked {
        let second = self.read_all().await?;
        for (one, two) in first.iter().zip(&second) {
            let (a, b) = (self.identities_of(&one.items), self.identities_of(&two.items));
            if a != b {
                let at = a.iter().zip(&b).position(|(a, b)| a != b).unwrap_or(a.len().min(b.len()));
                return fault(format!(
                    "{}: at record {at} a second reading is another ({} and {} records)",
                    one.resource.name,
                    a.len(),
                    b.len()
                ));
            }
        }
        passed("")
    }

    async fn window(&self, first: &[Whole]) -> Checked {
        let dated = |whole: &&Whole| whole.resource.has_days();
        let Window { from, to } = self.users.window;
        // The middle third.
        let days = from.duration_until(to).as_hours() / 24;
        let third = SignedDuration::from_hours(days / 3 * 24);
        let (begin, end) = (from.saturating_add(third), to.saturating_sub(third));
        let Some(narrow) = Window::new(begin, end) else {
            return does_not_apply("the window is too small to be narrowed");
        };
        let mut seen = Vec::new();
        let mut talk = None;
        for whole in first.iter().filter(dated) {
            let name = whole.resource.name;
            if talk.is_none() {
                talk = Some(self.logged_in().await?);
            }
            let Some(talk) = &mut talk else { continue };
            let (reading, covered) = self.must_read(talk, whole.resource, narrow, None).await?;
            if let Some(m::Days(covered)) = covered.window
                && (covered.from < narrow.from || covered.to > narrow.to)
            {
                return fault(format!("{name}: it covers days that were not asked for"));
            }
            let items = items_of(whole.resource, reading)?;
            // In this session: a reading in another is the row above.
            let (wide, _) = self.must_read(talk, whole.resource, self.users.window, None).await?;
            let wide = items_of(whole.resource, wide)?;
            let inside = |item: &&Item| item.day.is_none_or(|day| narrow.contains(day));
            if let Some(out) = items.iter().find(|item| !inside(item)).and_then(|item| item.day) {
                return fault(format!("{name}: {out} is not in {} to {}", narrow.from, narrow.to));
            }
            let wanted: BTreeSet<_> =
                wide.iter().filter(inside).map(|item| self.identity(item)).collect();
            let given: BTreeSet<_> = items.iter().map(|item| self.identity(item)).collect();
            if wanted != given {
                return fault(format!(
                    "{name}: {} records are in the window, {} of a wider reading are",
                    given.len(),
                    wanted.len()
                ));
            }
            seen.push(format!("{} of {} {name}", items.len(), whole.items.len()));
        }
        match talk {
            Some(talk) => {
                talk.leave().await?;
                passed(seen.join(", "))
            }
            None => does_not_apply("nothing that it offers has days"),
        }
    }

    async fn resume(&self, first: &[Whole]) -> Checked {
        let Some(whole) = longest(first) else { return fault("nothing could be read") };
        let name = whole.resource.name;
        let count = whole.items.len();
        let at = 1 + usize::try_from(self.seed % count as u64).unwrap_or(0);
        let mut talk = self.logged_in().await?;
        let window = self.users.window;
        let id = talk.send("fetch", &fetch_of(whole.resource, Some(window), None)).await?;
        let mut reading = Reading::default();
        let mut given = 0;
        let deadline = Instant::now() + Duration::from_mins(2);
        while reading.records.len() < at {
            let person = Person::Nobody;
            if talk.step(id, &person, &mut given, Some(&mut reading), deadline).await?.is_some() {
                break;
            }
        }
        talk.kill().await;
        let (before, cursor) = match reading.checkpoints.pop() {
            Some((before, cursor)) => (before, Some(cursor)),
            None => (0, None),
        };
        let mut talk = self.logged_in().await?;
        let (rest, covered) =
            self.must_read(&mut talk, whole.resource, window, cursor.as_deref()).await?;
        talk.leave().await?;
        let from = if cursor.is_some() { "from its checkpoint" } else { "from the start" };
        let found = |what: String| {
            fault(format!("{name}: killed at record {at} and resumed {from}, {what}"))
        };
        if !covered.complete {
            return found("it is not complete".into());
        }
        let mut pages = whole.pages.get(..before).unwrap_or_default().to_vec();
        pages.extend(pages_of(&rest));
        let mut items = whole.items.get(..before).unwrap_or_default().to_vec();
        items.extend(items_of(whole.resource, rest)?);
        let (wanted, given) = (self.identities_of(&whole.items), self.identities_of(&items));
        let shown: BTreeSet<_> = given.iter().collect();
        let lost = wanted.iter().filter(|record| !shown.contains(record)).count();
        if lost > 0 {
            return found(format!("{lost} records are lost"));
        }
        if given != wanted {
            let (wanted, given) = (wanted.len(), given.len());
            return found(format!("it is not the same reading ({given} records, not {wanted})"));
        }
        if pages != whole.pages {
            return found("the pages are counted anew".into());
        }
        passed(format!("{name} killed at record {at} of {count}, {from}"))
    }

    async fn back_pressure(&self, first: &[Whole]) -> Checked {
        let Some(whole) = longest(first) else { return fault("nothing could be read") };
        let mut talk = self.logged_in().await?;
        let window = self.users.window;
        let before = memory::of_children();
        let id = talk.send("fetch", &fetch_of(whole.resource, Some(window), None)).await?;
        // Nothing is read meanwhile: the pipe fills, and the connector must wait.
        let mut most = before;
        let until = Instant::now() + self.look_away;
        while Instant::now() < until {
            sleep(Duration::from_millis(50)).await;
            most = most.max(memory::of_children());
        }
        talk.send_beside("ping").await?;
        let mut reading = Reading::default();
        let answer = talk.until(id, &Person::Nobody, Some(&mut reading)).await?;
        if let Err(error) = answer {
            return fault(format!("after a pause: {}", told(&error)));
        }
        if reading.records.len() != whole.items.len() {
            return fault(format!(
                "{} of {} records came when nothing was read for a while",
                reading.records.len(),
                whole.items.len()
            ));
        }
        let grown = most.saturating_sub(before);
        // A browser that opens pages takes more, in proportion to what it has.
        if grown > GROWTH.max(before / 4) {
            return fault(format!("it grew by {} MiB while nothing was read", grown >> 10));
        }
        talk.leave().await?;
        passed(format!("{} MiB more while nothing was read", grown >> 10))
    }

    async fn ping(&self) -> Checked {
        let mut talk = self.begin().await?;
        let Some(user) = self.users.good() else { return fault("nobody has a good login") };
        let fields = self.secret_fields();
        let person = Person::Nobody;
        let id =
            talk.send_login(self.institution(), &user.credentials, &fields, None, &person).await?;
        // At once after it, so that it comes in the middle of the work.
        talk.send_beside("ping").await?;
        let began = Instant::now();
        let mut given = 0;
        let mut ended = false;
        while talk.beside_answered.is_empty() || !ended {
            let deadline = began + Duration::from_mins(2);
            ended |= talk.step(id, &person, &mut given, None, deadline).await?.is_some();
            if !talk.beside_answered.is_empty() && began.elapsed() > AT_ONCE && !ended {
                break;
            }
            if talk.beside_answered.is_empty() && began.elapsed() > AT_ONCE {
                return fault("a ping during a login was not answered within 5 seconds");
            }
        }
        talk.kill().await;
        passed("during a login")
    }

    async fn cancel(&self) -> Checked {
        // Where it waits for a person it can be caught; else in the middle of its first fetch.
        let mut talk;
        let id;
        let what;
        let mut reading = None;
        if let Some((user, _)) = self.users.challenged().next() {
            talk = self.begin().await?;
            let fields = self.secret_fields();
            let person = Person::Answers(Vec::new());
            id = talk
                .send_login(self.institution(), &user.credentials, &fields, None, &person)
                .await?;
            what = "a login that waits for an answer";
        } else {
            talk = self.logged_in().await?;
            let Some(resource) = self.resources().last().copied() else {
                return does_not_apply("it offers nothing");
            };
            id = talk.send("fetch", &fetch_of(resource, Some(self.users.window), None)).await?;
            what = "a fetch";
            reading = Some(Reading::default());
        }
        if reading.is_none() {
            talk.wait_for_challenge(id).await?;
        }
        talk.send_beside("cancel").await?;
        let person = Person::Nobody;
        let answered = async {
            let answer = talk.until(id, &person, reading.as_mut()).await?;
            while talk.beside_answered.is_empty() {
                let (mut given, deadline) = (0, Instant::now() + AT_ONCE);
                talk.step(0, &person, &mut given, None, deadline).await?;
            }
            Ok::<_, Fault>(answer)
        };
        let answer = match timeout(AT_ONCE, answered).await {
            Ok(answer) => answer?,
            Err(_) => return fault(format!("{what} is not cancelled within 5 seconds")),
        };
        match answer {
            Err(error) if reason(&error).kind == Kind::Cancelled => {}
            Err(error) => {
                return fault(format!("what was cancelled says {}", told(&error)));
            }
            // It may have been done before it was cancelled.
            Ok(_) if reading.is_some() => {}
            Ok(_) => return fault("a cancelled login succeeds"),
        }
        match talk.call("ping", &m::Nothing {}).await? {
            Ok(_) => talk.end().await?,
            Err(_) => return fault("it does not answer a ping after a cancellation"),
        }
        passed(what)
    }

    async fn orphans(&self) -> Checked {
        let mut talk = self.begin().await?;
        let before = memory::children();
        let Some(user) = self.users.good() else { return fault("nobody has a good login") };
        if let Err(error) = self.log_in(&mut talk, user, None, &Person::Nobody).await? {
            return fault(format!("the good user's login failed: {}", told(&error)));
        }
        if let Err(error) = talk.call("logout", &m::Nothing {}).await? {
            return fault(format!("logout failed: {}", told(&error)));
        }
        let until = Instant::now() + AT_ONCE;
        loop {
            let left = memory::children().difference(&before).count();
            if left == 0 {
                break;
            }
            if Instant::now() > until {
                return fault(format!("{left} processes are still there after logout"));
            }
            sleep(Duration::from_millis(50)).await;
        }
        talk.end().await?;
        passed("nothing is left after logout")
    }

    /// Comes after all that reads: whoever has taken back is perhaps not let in again.
    async fn revocation(&self) -> Checked {
        if !self.offered().is_some_and(|offered| offered.revokes) {
            return does_not_apply("its manifest does not say that it can be told");
        }
        let mut talk = self.logged_in().await?;
        let id = talk.send("revoke", &m::Nothing {}).await?;
        match talk.until(id, &Person::Nobody, None).await? {
            Ok(Value::Object(_)) => {}
            Ok(_) => return fault("revoke is not answered with {}"),
            Err(error) => return fault(format!("revoke failed: {}", told(&error))),
        }
        talk.leave().await?;
        passed("the good user has taken back what they allowed")
    }

    async fn unreachable(&self) -> Checked {
        let strayed = see(&self.observed, |observed| observed.strayed.first().cloned());
        if let Some(strayed) = strayed {
            return fault(format!("it asks for what its manifest does not: {strayed}"));
        }
        if self.manifest.egress.is_empty() {
            return does_not_apply("it asks for no network, and has none");
        }
        if matches!(self.confinement, Confinement::Uncaged) {
            return does_not_apply("without a cage there is no proxy");
        }
        // Every destination leads to a port that nothing listens on.
        let nowhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 1));
        let entries = self.manifest.destinations();
        let hosts = entries
            .iter()
            .map(|entry| (format!("{}:{}", entry.host(), entry.port()), nowhere))
            .collect();
        let room = Room { hosts, ..Room::new(self.confinement.clone(), self.env.clone()) };
        let program = Program::new(Arc::new(self.manifest.clone()), self.folder, Arc::new(room));
        let mut talk = Talk::begin(&program, &Arc::default(), self.institution()).await?;
        let Some(user) = self.users.good() else { return fault("nobody has a good login") };
        match self.log_in(&mut talk, user, None, &Person::Nobody).await? {
            Ok(_) => fault("it logs in without the institution"),
            Err(error) if UNREACHED.contains(&reason(&error).kind) => {
                talk.kill().await;
                passed(format!("{} without the institution", told(&error)))
            }
            Err(error) => {
                fault(format!("an institution that cannot be reached is called {}", told(&error)))
            }
        }
    }
}

fn fetch_of(resource: &Resource, window: Option<Window>, cursor: Option<&str>) -> m::Fetch {
    m::Fetch::from(&Fetch {
        window: window.filter(|_| resource.has_days()),
        cursor: cursor.map(str::to_owned),
        ..Fetch::all_of(resource.name)
    })
}

/// The longest of what was read.
fn longest(first: &[Whole]) -> Option<&Whole> {
    let key = |whole: &&Whole| (whole.checkpoints.min(1), whole.items.len());
    first.iter().filter(|whole| !whole.items.is_empty()).max_by_key(key)
}

/// The records of a reading, as the engine would keep them.
fn items_of(resource: &Resource, reading: Reading) -> Result<Vec<Item>, Fault> {
    let records = reading.records.into_iter().enumerate();
    let read = records.map(|(number, Given { account, item, .. })| {
        (resource.read)(&item, account, Timestamp::UNIX_EPOCH)
            .map_err(|bad| Fault(format!("record {number}: {bad}")))
    });
    read.collect()
}

fn pages_of(reading: &Reading) -> Vec<u32> {
    reading.records.iter().map(|given| given.page).collect()
}

/// Who knows the user's right answer, if anything is asked.
fn right(user: &User) -> Person {
    match &user.challenge {
        Some(asked) => Person::Answers(vec![asked.right.clone()]),
        None => Person::Nobody,
    }
}
