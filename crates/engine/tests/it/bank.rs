//! A bank that does what it is told: for each person, what their logins and readings come to.

use connect::talk::{
    Ask, Connector, Conversation, Covered, Credentials, Failure, Fetch, Given, LoggedIn, Nobody,
    Removed, Sink,
};
use domain::{
    env::{BoxFuture, Env},
    institution::{Feature, Health, Institution, InstitutionType, IntegrationType},
    record::Trust,
    session::{Challenge, ChallengeKind},
    time::Window,
};
use jiff::{SignedDuration, Timestamp, civil::Date};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json, value::to_raw_value};
use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::{Notify, Semaphore};

/// The institution that most stories are about.
pub(crate) const BANK: &str = "erebor_mx_retail";
/// Another one, with accounts alone.
pub(crate) const SMALL_BANK: &str = "bree_mx_retail";

/// A third, whose links are fed with files.
pub(crate) const SCANS: &str = "scans_mx_retail";

/// A fourth, where people allow what is read, and that hears when they take it back.
pub(crate) const OPEN_BANK: &str = "open_br_retail";

/// The tax number of whoever allows something there.
pub(crate) const DOCUMENT: &str = "76109277673";

/// One thing that happens in a login or a reading, before it succeeds.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// It fails.
    Fail(Failure),
    /// Asks until the answer is right.
    Ask(ChallengeKind, &'static str),
    /// Asks once; a wrong answer ends it.
    AskOnce(ChallengeKind, &'static str),
    /// Takes its time, on the clock.
    Take(SignedDuration),
    /// Hangs until the bank is released.
    Hang,
    /// The connector breaks, with these words.
    Panic(&'static str),
    /// The connector wants to have this again.
    Remember(&'static str),
    /// Not everything is shown.
    Partial,
    /// From now on this login is another customer's.
    BecomeAnother,
    /// A reading fails so, when as much has been shown as is said first. What may go on is what had
    /// been shown up to the checkpoint, where there is one. A time-out is the host's to say: it hangs.
    BreakOff { shown: usize, checkpoint: Option<usize>, with: Failure },
}

/// What a person has at the bank, and how the bank treats them.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) password: &'static str,
    /// Who they are, whatever login they use.
    pub(crate) customer: String,
    pub(crate) accounts: Vec<Value>,
    pub(crate) owners: Vec<Value>,
    /// With the key of their account.
    pub(crate) transactions: Vec<(&'static str, Value)>,
    /// The ids of movements that the bank says it removed, with the key of their account.
    pub(crate) removed: Vec<(&'static str, &'static str)>,
    /// What each next login comes to; the last one stays.
    logins: VecDeque<Vec<Step>>,
    /// What each next reading of a resource comes to, or each next `logout`; the last one stays.
    readings: HashMap<&'static str, VecDeque<Vec<Step>>>,
}

/// One visit to the bank, as its doorman writes it down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Visit {
    pub(crate) at: Timestamp,
    pub(crate) user: String,
    /// `login`, `revoke`, a `logout` that comes to something, or the resource.
    pub(crate) what: String,
    pub(crate) window: Option<Window>,
    pub(crate) account: Option<String>,
    /// From where it goes on.
    pub(crate) cursor: Option<String>,
    /// What the connector was given to remember by.
    pub(crate) state: Option<String>,
}

#[derive(Default)]
struct Inside {
    people: HashMap<String, Person>,
    visits: Vec<Visit>,
    present: HashMap<String, usize>,
    crowded: bool,
    crowds_expected: bool,
    down: bool,
}

/// The bank.
pub(crate) struct Bank {
    inside: Arc<Mutex<Inside>>,
    released: Arc<Semaphore>,
    visited: Arc<Notify>,
}

impl Bank {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            inside: Arc::default(),
            released: Arc::new(Semaphore::new(0)),
            visited: Arc::default(),
        })
    }
    fn inside(&self) -> MutexGuard<'_, Inside> {
        inside(&self.inside)
    }
    /// Changes a person; whoever was not known has the usual things and the password `right`.
    pub(crate) fn person(&self, user: &str, change: impl FnOnce(&mut Person)) {
        change(self.inside().people.entry(user.into()).or_insert_with(|| Person::usual(user)));
    }
    /// What each next login of a person comes to.
    pub(crate) fn logins(&self, user: &str, logins: impl IntoIterator<Item = Vec<Step>>) {
        self.person(user, |person| person.logins = logins.into_iter().collect());
    }
    /// What each next reading of a person's resource comes to.
    pub(crate) fn readings(
        &self,
        user: &str,
        resource: &'static str,
        readings: impl IntoIterator<Item = Vec<Step>>,
    ) {
        self.person(user, |person| {
            person.readings.insert(resource, readings.into_iter().collect());
        });
    }
    /// From now on every login meets an outage, or none does.
    pub(crate) fn is_down(&self, down: bool) {
        self.inside().down = down;
    }
    /// Lets one go on that hangs.
    pub(crate) fn release(&self) {
        self.released.add_permits(1);
    }
    /// All visits so far.
    pub(crate) fn visits(&self) -> Vec<Visit> {
        self.inside().visits.clone()
    }
    /// How often a person came for `what`.
    pub(crate) fn count(&self, user: &str, what: &str) -> usize {
        self.visits().iter().filter(|v| v.user == user && v.what == what).count()
    }
    /// Waits until a person has come for `what` so often.
    pub(crate) async fn has_seen(&self, user: &str, what: &str, times: usize) {
        loop {
            let visited = self.visited.notified();
            if self.count(user, what) >= times {
                return;
            }
            visited.await;
        }
    }
    /// From now on a link may have two conversations at once: a node is taken for dead.
    pub(crate) fn expects_crowds(&self) {
        self.inside().crowds_expected = true;
    }
    /// Whether two conversations of one link ever overlapped.
    pub(crate) fn was_crowded(&self) -> bool {
        let inside = self.inside();
        inside.crowded && !inside.crowds_expected
    }
    /// Whether nobody talks to the bank.
    pub(crate) fn is_empty(&self) -> bool {
        self.inside().present.values().all(|count| *count == 0)
    }
}

fn inside(inside: &Mutex<Inside>) -> MutexGuard<'_, Inside> {
    inside.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Person {
    fn usual(user: &str) -> Self {
        Self {
            password: "right",
            customer: format!("customer {user}"),
            accounts: vec![account("CHK", "5200 1"), account("SAV", "5200 2")],
            owners: vec![json!({
                "internal_identification": user, "display_name": format!("{user} Prueba"),
            })],
            transactions: vec![
                movement("CHK", "m1", "2026-01-05", "COFFEE", "45.50"),
                movement("CHK", "m2", "2026-01-09", "GROCERIES", "310.00"),
                movement("SAV", "m3", "2026-01-12", "RENT", "5000.00"),
            ],
            removed: Vec::new(),
            logins: VecDeque::new(),
            readings: HashMap::new(),
        }
    }
}

/// An account as the bank shows it.
pub(crate) fn account(key: &str, number: &str) -> Value {
    json!({
        "internal_identification": key, "number": number, "name": format!("Account {key}"),
        "category": "CHECKING_ACCOUNT", "balance_type": "ASSET", "type": "checking",
        "currency": "MXN", "balance": {"current": 1000.25, "available": 900.25},
    })
}

/// A movement as the bank shows it, with the key of its account.
pub(crate) fn movement(
    account: &'static str,
    id: &str,
    day: &str,
    description: &str,
    amount: &str,
) -> (&'static str, Value) {
    let amount: Value = serde_json::from_str(amount).expect("a number");
    let body = json!({
        "internal_identification": id, "value_date": day, "description": description,
        "amount": amount, "currency": "MXN", "type": "OUTFLOW", "status": "PROCESSED",
    });
    (account, body)
}

/// What somebody has allowed, for good.
fn consent(user: &str) -> Value {
    json!({
        "internal_identification": format!("consent of {user}"), "display_name": user,
        "document_number": DOCUMENT, "user_name": null, "consent_duration": null,
        "undefined_consent_expiration": true, "status": "AUTHORISED", "permissions": {},
    })
}

/// What the bank shows when it asks.
pub(crate) fn challenge(kind: ChallengeKind) -> Challenge {
    Challenge {
        value: matches!(kind, ChallengeKind::Numeric | ChallengeKind::Qr).then(|| "4711".into()),
        expires_in_seconds: 600,
        ..Challenge::new(kind, "Who goes there?")
    }
}

impl Connector for Bank {
    fn name(&self) -> &'static str {
        "bank"
    }
    fn version(&self) -> &'static str {
        "1"
    }
    fn institutions(&self) -> Vec<Institution> {
        let name = Feature::STATEMENT_FILES.into();
        let files = Feature { name, description: String::new() };
        vec![
            institution(1, BANK, &["ACCOUNTS", "OWNERS", "TRANSACTIONS"]),
            institution(2, SMALL_BANK, &["ACCOUNTS"]),
            Institution {
                features: vec![files],
                ..institution(3, SCANS, &["ACCOUNTS", "TRANSACTIONS"])
            },
            institution(4, OPEN_BANK, &["ACCOUNTS", "CONSENTS"]),
        ]
    }
    fn trust(&self, _: &str) -> Trust {
        Trust::Stable
    }
    fn revokes(&self, institution: &str) -> bool {
        institution == OPEN_BANK
    }
    fn open(&self, _: &str, subject: &str, env: &Env) -> Box<dyn Conversation> {
        Box::new(Talk {
            subject: subject.into(),
            env: env.clone(),
            inside: self.inside.clone(),
            released: self.released.clone(),
            visited: self.visited.clone(),
            user: None,
        })
    }
}

fn institution(id: i64, name: &str, resources: &[&str]) -> Institution {
    Institution {
        id,
        name: name.into(),
        kind: InstitutionType::Bank,
        website: None,
        display_name: name.into(),
        country_codes: vec!["MX".into()],
        country_code: Some("MX".into()),
        primary_color: "#102030".into(),
        logo: None,
        icon_logo: None,
        text_logo: None,
        code: None,
        form_fields: Vec::new(),
        features: Vec::new(),
        resources: resources.iter().map(|&r| r.into()).collect(),
        integration_type: IntegrationType::Credentials,
        status: Health::Healthy,
        openbanking_information: None,
    }
}

struct Talk {
    subject: String,
    env: Env,
    inside: Arc<Mutex<Inside>>,
    released: Arc<Semaphore>,
    visited: Arc<Notify>,
    /// Once the doorman knows who it is.
    user: Option<String>,
}

impl Drop for Talk {
    fn drop(&mut self) {
        if self.user.is_some()
            && let Some(present) = inside(&self.inside).present.get_mut(&self.subject)
        {
            *present -= 1;
        }
    }
}

impl Talk {
    fn note(&self, user: &str, what: &str, wanted: Option<&Fetch>, state: Option<String>) {
        inside(&self.inside).visits.push(Visit {
            at: self.env.now(),
            user: user.into(),
            what: what.into(),
            window: wanted.and_then(|w| w.window),
            account: wanted.and_then(|w| w.account.clone()),
            cursor: wanted.and_then(|w| w.cursor.clone()),
            state,
        });
        self.visited.notify_waiters();
    }

    /// Goes through the steps; what is to be remembered, and whether all is shown.
    async fn go_through(
        &self,
        steps: Vec<Step>,
        ask: &mut dyn Ask,
    ) -> Result<(Option<SecretString>, bool), Failure> {
        let (mut remember, mut whole) = (None, true);
        for step in steps {
            match step {
                Step::Fail(failure) => return Err(failure),
                Step::Ask(kind, right) => {
                    let mut asked = challenge(kind);
                    while ask.ask(asked.clone()).await?.expose_secret() != right {
                        asked.attempt += 1;
                    }
                }
                Step::AskOnce(kind, right) => {
                    if ask.ask(challenge(kind)).await?.expose_secret() != right {
                        return Err(Failure::WrongToken);
                    }
                }
                Step::Take(time) => self.env.sleep(time).await,
                Step::Hang => self.released.acquire().await.expect("the bank stays").forget(),
                Step::Panic(words) => panic!("{words}"),
                Step::Remember(state) => remember = Some(SecretString::from(state)),
                Step::Partial => whole = false,
                // Not here: with what is shown, and with who it is.
                Step::BreakOff { .. } | Step::BecomeAnother => {}
            }
        }
        Ok((remember, whole))
    }
}

/// The next of what is scripted; the last one stays.
fn next(script: Option<&mut VecDeque<Vec<Step>>>) -> Vec<Step> {
    match script {
        Some(script) if script.len() > 1 => script.pop_front().unwrap_or_default(),
        Some(script) => script.front().cloned().unwrap_or_default(),
        None => Vec::new(),
    }
}

impl Conversation for Talk {
    fn login<'a>(
        &'a mut self,
        credentials: &'a Credentials,
        ask: &'a mut dyn Ask,
    ) -> BoxFuture<'a, Result<LoggedIn, Failure>> {
        Box::pin(async move {
            let user = credentials.reveal("username").to_owned();
            let state = credentials.state.as_ref().map(|s| s.expose_secret().to_owned());
            self.note(&user, "login", None, state);
            let (steps, down) = {
                let mut inside = inside(&self.inside);
                let present = inside.present.entry(self.subject.clone()).or_default();
                *present += 1;
                let crowded = *present > 1;
                inside.crowded |= crowded;
                let down = inside.down;
                let person =
                    inside.people.entry(user.clone()).or_insert_with(|| Person::usual(&user));
                (next(Some(&mut person.logins)), down)
            };
            self.user = Some(user.clone());
            if down {
                return Err(Failure::InstitutionDown);
            }
            if steps.iter().any(|step| matches!(step, Step::BecomeAnother)) {
                let mut inside = inside(&self.inside);
                let person = inside.people.get_mut(&user).expect("a person");
                person.customer = "somebody else".into();
            }
            let (state, _) = self.go_through(steps, ask).await?;
            let person = inside(&self.inside).people[&user].clone();
            if credentials.reveal("password") != person.password {
                return Err(Failure::InvalidCredentials);
            }
            Ok(LoggedIn { user: person.customer, state })
        })
    }

    fn fetch<'a>(
        &'a mut self,
        wanted: &'a Fetch,
        ask: &'a mut dyn Ask,
        out: &'a mut dyn Sink,
    ) -> BoxFuture<'a, Result<Covered, Failure>> {
        Box::pin(async move {
            let user = self.user.clone().expect("somebody has logged in");
            self.note(&user, &wanted.resource, Some(wanted), None);
            let steps = {
                let mut inside = inside(&self.inside);
                let person = inside.people.get_mut(&user).expect("a person");
                next(person.readings.get_mut(wanted.resource.as_str()))
            };
            let breaks = steps.iter().find_map(|step| match step {
                Step::BreakOff { shown, checkpoint, with } => {
                    Some((*shown, *checkpoint, with.clone()))
                }
                _ => None,
            });
            let (_, whole) = self.go_through(steps, ask).await?;
            let person = inside(&self.inside).people[&user].clone();
            let shown: Vec<(Option<String>, Value)> = match wanted.resource.as_str() {
                "ACCOUNTS" => person.accounts.into_iter().map(|item| (None, item)).collect(),
                "OWNERS" => person.owners.into_iter().map(|item| (None, item)).collect(),
                "CONSENTS" => vec![(None, consent(&user))],
                "TRANSACTIONS" => (person.transactions.into_iter())
                    .filter(|(account, _)| wanted.account.as_ref().is_none_or(|a| a == account))
                    .filter(|(_, item)| wanted.window.is_none_or(|w| w.contains(day_of(item))))
                    .map(|(account, item)| (Some(account.to_owned()), item))
                    .collect(),
                _ => return Err(Failure::Unsupported),
            };
            let before: usize = wanted.cursor.as_deref().map_or(0, |at| at.parse().expect("ours"));
            for (number, (account, item)) in shown.into_iter().enumerate().skip(before) {
                if let Some((shown, checkpoint, with)) = &breaks {
                    if *checkpoint == Some(number) {
                        out.checkpoint(&number.to_string());
                    }
                    if *shown == number {
                        if *with == Failure::Timeout {
                            self.env.sleep(SignedDuration::from_hours(1)).await;
                        }
                        return Err(with.clone());
                    }
                }
                let account = account.or_else(|| {
                    (wanted.resource == "ACCOUNTS")
                        .then(|| item["internal_identification"].as_str().unwrap_or("").to_owned())
                });
                let item = to_raw_value(&item).expect("JSON");
                out.give(Given { account, page: 0, item, documents: Vec::new() }).await?;
            }
            let mut covered = Covered::whole(wanted.window);
            covered.complete = whole;
            if wanted.resource == "TRANSACTIONS" {
                covered.removed = (person.removed.iter())
                    .map(|&(account, id)| Removed {
                        account: Some(account.into()),
                        source_id: id.into(),
                    })
                    .collect();
            }
            Ok(covered)
        })
    }

    fn revoke(&mut self) -> BoxFuture<'_, Result<(), Failure>> {
        Box::pin(async move {
            let user = self.user.as_deref().expect("somebody has logged in");
            self.note(user, "revoke", None, None);
            Ok(())
        })
    }

    fn logout(&mut self) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            let Some(user) = &self.user else { return };
            let steps = {
                let mut inside = inside(&self.inside);
                next(inside.people.get_mut(user).and_then(|ana| ana.readings.get_mut("logout")))
            };
            if !steps.is_empty() {
                self.note(user, "logout", None, None);
                self.go_through(steps, &mut Nobody).await.expect("nobody is asked");
            }
        })
    }
}

fn day_of(item: &Value) -> Date {
    item["value_date"].as_str().and_then(|day| day.parse().ok()).expect("a day")
}
