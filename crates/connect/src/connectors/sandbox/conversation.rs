//! A conversation with an institution of the sandbox.

use super::{
    chance::Seed,
    consents::{Allowed, Consented},
    faults::{During, Effect, Faults, Visitor},
    fiscal::{Shown, Taxpayer},
    habits::Purse,
    institutions::{Country, Door, Site},
    items::{Owner, Showing, stated_by_key},
    users::{Fate, RIGHT_ANSWER, mock_customer},
    world::{Book, Plan, World},
};
use crate::{
    connectors::visit::Visit,
    talk::{Ask, Covered, Credentials, Document, Failure, Fetch, Given, LoggedIn, Sink},
};
use domain::{
    env::Env,
    resource,
    resources::employment_records::REPORT,
    session::{Challenge, ChallengeKind},
    time::{Window, day},
};
use jiff::{SignedDuration, civil::Date};
use secrecy::ExposeSecret;
use serde::Serialize;
use serde_json::value::to_raw_value;
use std::sync::Arc;

/// Items on one page.
pub(super) const PAGE: usize = 50;
/// Items of the page before that a page of [`Effect::Duplicated`] begins with.
const OVERLAP: usize = 5;
/// Days of history that an institution shows.
pub(super) const HISTORY: i32 = 365;
/// Wrong answers in one login before the institution closes the door.
pub(super) const MOST_WRONG: u32 = 5;
/// Seconds that an answer is waited for.
const PATIENCE: u32 = 9_600;
/// The longest delay that somebody may ask for.
const LONGEST_DELAY: i64 = 600;

/// One login at a sandbox institution.
pub(super) struct Talk {
    pub(super) site: Option<&'static Site>,
    pub(super) subject: String,
    pub(super) env: Env,
    pub(super) faults: Arc<Faults>,
    pub(super) inside: Option<Inside>,
}

/// Somebody who was let in.
pub(super) struct Inside {
    world: World,
    /// At tax authorities, what they know.
    taxpayer: Option<Taxpayer>,
    username: String,
    breaks: Option<Failure>,
    churn: Option<Seed>,
    /// At the Open Finance bank, what lets them in.
    allowed: Allowed,
}

/// What is shown, in order; all on page 0 until it is handed over.
type Items = Vec<Given>;

impl Visit for Talk {
    async fn let_in(
        &mut self,
        credentials: &Credentials,
        ask: &mut dyn Ask,
    ) -> Result<LoggedIn, Failure> {
        let site = self.site.ok_or(Failure::InstitutionInactive)?;
        let username = credentials.reveal("username");
        let effects = self.faults.take(self.visitor(site, username), During::Login, self.env.now());
        self.wait(&effects).await;
        if effects.contains(&Effect::Down) {
            return Err(Failure::InstitutionDown);
        }
        if effects.contains(&Effect::Unavailable) {
            return Err(Failure::InstitutionUnavailable);
        }
        if site.door == Door::Slow {
            let delay: i64 = credentials.reveal("username2").parse().unwrap_or(0);
            self.env.sleep(SignedDuration::from_secs(delay.clamp(0, LONGEST_DELAY))).await;
        }
        let changed = effects.iter().any(|effect| matches!(effect, Effect::ChangePassword(_)));
        let mut fate = Fate::at(site, credentials, changed);
        for effect in &effects {
            match effect {
                Effect::ChangePassword(only) if only.0 != credentials.reveal("password") => {
                    return Err(Failure::InvalidCredentials);
                }
                Effect::Revoke => return Err(Failure::Revoked),
                Effect::ConsentUntil(end)
                    if site.door == Door::OpenFinance && *end <= self.env.now() =>
                {
                    return Err(Failure::Revoked);
                }
                Effect::DemandToken => fate.asks = fate.asks.or(Some(ChallengeKind::Otp)),
                _ => {}
            }
        }
        if let Some(failure) = fate.fails {
            return Err(failure);
        }
        let open = site.door == Door::OpenFinance;
        let before = if open { Allowed::remembered(credentials) } else { None };
        if before.as_ref().is_some_and(|allowed| allowed.is_over(self.env.now())) {
            return Err(Failure::Revoked);
        }
        if let Some(kind) = fate.asks {
            self.challenge(site, username, kind, fate.in_vain, ask).await?;
        }
        let second = if site.door == Door::Advanced { credentials.reveal("username2") } else { "" };
        let user = Seed::of(&["user", site.name, username, second]);
        let churn = effects
            .contains(&Effect::ChurnIds)
            .then(|| user.with(self.env.now().as_microsecond().cast_unsigned()));
        let taxpayer = match site.door {
            Door::Fiscal => Taxpayer::of(site, username, fate.plan),
            _ => None,
        };
        let allowed = before.unwrap_or_else(|| Allowed::now(credentials, self.env.now()));
        let state = open.then(|| allowed.state());
        self.inside = Some(Inside {
            world: world(site, username, fate.plan),
            taxpayer,
            username: username.to_owned(),
            breaks: fate.breaks,
            churn,
            allowed,
        });
        let user = format!("{:016x}{:016x}", user.with(1).bits(), user.with(2).bits());
        Ok(LoggedIn { user, state })
    }

    async fn show(&mut self, wanted: &Fetch, out: &mut dyn Sink) -> Result<Covered, Failure> {
        let site = self.site.ok_or(Failure::InstitutionInactive)?;
        let inside = self.inside.as_ref().ok_or(Failure::SessionExpired)?;
        let visitor = self.visitor(site, &inside.username);
        let effects = self.faults.take(visitor, During::Fetch, self.env.now());
        self.wait(&effects).await;
        if let Some(failure) = &inside.breaks {
            return Err(failure.clone());
        }
        let known = resource::named(&wanted.resource).filter(|r| r.computed().is_none());
        let offered = known.map_or("", |r| r.offered_as);
        if !site.resources().contains(&offered) {
            return Err(Failure::Unsupported);
        }
        let now = self.env.now();
        let Shown { mut items, mut covered } = if let Some(taxpayer) = &inside.taxpayer {
            taxpayer.all(wanted, now)?
        } else {
            let window = shown(wanted.window, day(now));
            let from = window.map_or(day(now), |window| window.from);
            let world = &inside.world;
            let books = world.books(from, now);
            let consented = Consented::by(&effects, &inside.allowed);
            let (items, covered) =
                Showing { world, books, churn: inside.churn, consented }.all(wanted, window)?;
            Shown { items, covered }
        };
        let most = effects.iter().fold(usize::MAX, |most, effect| match effect {
            Effect::Partial => {
                covered.complete = false;
                most.min(items.len() / 2)
            }
            Effect::Truncated(count) => most.min(*count),
            Effect::Empty => 0,
            _ => most,
        });
        if most < items.len() {
            items.truncate(most);
            covered.stated.clear();
        }
        give(items, effects.contains(&Effect::Duplicated), out).await?;
        Ok(covered)
    }

    /// The bank forgets whom it let in: it never remembered more than the login itself does.
    async fn revoke(&mut self) -> Result<(), Failure> {
        let site = self.site.ok_or(Failure::InstitutionInactive)?;
        self.inside.take().ok_or(Failure::SessionExpired)?;
        if site.door == Door::OpenFinance { Ok(()) } else { Err(Failure::Unsupported) }
    }

    fn leave(&mut self) {
        self.inside = None;
    }
}

impl Talk {
    fn visitor<'a>(&'a self, site: &'a Site, username: &'a str) -> Visitor<'a> {
        Visitor { institution: site.name, username, subject: &self.subject }
    }

    async fn wait(&self, effects: &[Effect]) {
        for effect in effects {
            if let Effect::Slow(seconds) = effect {
                self.env.sleep(SignedDuration::from_secs((*seconds).into())).await;
            }
        }
    }

    /// Asks until the answer is right.
    async fn challenge(
        &self,
        site: &Site,
        username: &str,
        kind: ChallengeKind,
        in_vain: bool,
        ask: &mut dyn Ask,
    ) -> Result<(), Failure> {
        for attempt in 1..=MOST_WRONG {
            let seed = Seed::of(&["challenge", site.name, username])
                .with(self.env.now().as_microsecond().cast_unsigned())
                .with(attempt.into());
            let challenge = Challenge { attempt, ..question(kind, seed) };
            let silent = !challenge.expects_input();
            let answer = ask.ask(challenge).await?;
            let answer = answer.expose_secret().trim();
            let right = answer == RIGHT_ANSWER
                || silent && answer.is_empty()
                || kind == ChallengeKind::File && answer == RIGHT_FILE;
            if right && !in_vain {
                return Ok(());
            }
        }
        Err(Failure::WrongToken)
    }
}

/// Whoever goes by `username` at `site`.
fn world(site: &'static Site, username: &str, plan: Plan) -> World {
    match (site.door, mock_customer(username)) {
        (Door::OpenFinance, Some((document, name, company))) => {
            World::of_customer(site, document, name, company, plan)
        }
        (Door::Employment, _) => World::of_document(site, username, plan),
        _ => World::of(site, username, plan),
    }
}

/// The days of `asked` that an institution shows; `None` for none of them.
fn shown(asked: Option<Window>, today: Date) -> Option<Window> {
    let history = Window::last_days(today, HISTORY);
    match asked {
        None => Some(history),
        Some(asked) => Window::new(asked.from.max(history.from), asked.to.min(history.to)),
    }
}

/// Hands over the items page by page.
async fn give(items: Items, overlap: bool, out: &mut dyn Sink) -> Result<(), Failure> {
    let mut page = 0;
    let mut on_page = 0;
    for index in 0..items.len() {
        if on_page == PAGE {
            page += 1;
            on_page = 0;
            let again = if overlap { index.saturating_sub(OVERLAP)..index } else { 0..0 };
            for item in &items[again] {
                out.give(Given { page, ..item.clone() }).await?;
            }
        }
        out.give(Given { page, ..items[index].clone() }).await?;
        on_page += 1;
    }
    Ok(())
}

impl Showing<'_> {
    /// All items of what is wanted, and how much of it that is.
    fn all(&self, wanted: &Fetch, window: Option<Window>) -> Result<(Items, Covered), Failure> {
        let books: Vec<&Book> = (self.books.accounts.iter())
            .filter(|book| wanted.account.as_ref().is_none_or(|key| *key == self.key(book.purse)))
            .collect();
        let deposits =
            || books.iter().filter(|b| matches!(b.purse, Purse::Checking | Purse::Savings));
        let mut items = Items::new();
        let mut covered = Covered::whole(None);
        // An account that is not there any more proves nothing about its records.
        covered.complete = wanted.account.is_none() || !books.is_empty();
        match wanted.resource.as_str() {
            "ACCOUNTS" => {
                for book in &books {
                    push(&mut items, Some(self.key(book.purse)), &self.account(book))?;
                }
            }
            "OWNERS" => {
                if !self.books.accounts.is_empty() {
                    match self.owner() {
                        Owner::Generic(owner) => push(&mut items, None, &owner)?,
                        Owner::Individual(owner) => push(&mut items, None, &owner)?,
                        Owner::Business(owner) => push(&mut items, None, &owner)?,
                    }
                }
            }
            "INVESTMENTS" => keyed(&mut items, self.investments())?,
            "INVESTMENTS_PORTFOLIOS" => keyed(&mut items, self.portfolios())?,
            "EXCHANGE_HISTORY" => keyed(&mut items, self.exchange_events())?,
            "CONSENTS" => keyed(&mut items, self.consents())?,
            "EMPLOYMENT_RECORDS" => {
                let record = self.employment_record();
                let report = wanted.documents.then(|| self.printed_report(&record));
                push_with(&mut items, None, &record, report.map(|bytes| (REPORT, bytes)))?;
            }
            "CURRENT_EMPLOYMENTS" => push(&mut items, None, &self.current_employment())?,
            "EMPLOYMENTS_BRAZIL" if self.country() == Country::Brazil => {
                for contract in self.contracts_brazil(wanted.window) {
                    push(&mut items, None, &contract)?;
                }
            }
            "EMPLOYMENTS_COLOMBIA" if self.country() == Country::Colombia => {
                for contract in self.contracts_colombia(wanted.window) {
                    push(&mut items, None, &contract)?;
                }
            }
            "EMPLOYMENTS_BRAZIL" | "EMPLOYMENTS_COLOMBIA" => return Err(Failure::Unsupported),
            "BALANCE_SNAPSHOTS" => {
                for book in deposits() {
                    push(&mut items, Some(self.key(book.purse)), &self.snapshot(book))?;
                }
            }
            dated => {
                covered.window = window;
                covered.complete &= window.is_some();
                let Some(window) = window else { return Ok((items, covered)) };
                self.dated(wanted, &books, window, &mut items)?;
                if dated == "TRANSACTIONS" {
                    covered.stated = stated_by_key(self, &books, window);
                }
            }
        }
        Ok((items, covered))
    }

    /// All items of a resource that has days.
    fn dated(
        &self,
        wanted: &Fetch,
        books: &[&Book],
        window: Window,
        items: &mut Items,
    ) -> Result<(), Failure> {
        match wanted.resource.as_str() {
            "INVESTMENT_TRANSACTIONS" => keyed(items, self.investment_transactions(window)),
            "INSTRUMENT_TRANSACTIONS" => keyed(items, self.instrument_transactions(window)),
            "EXCHANGES" => keyed(items, self.exchanges(window)),
            resource => {
                for book in books {
                    let key = || self.key(book.purse);
                    let one = |item| (key(), item);
                    match (resource, book.purse) {
                        ("TRANSACTIONS", _) => {
                            keyed(items, self.transactions(book, window).into_iter().map(one))?;
                        }
                        ("BALANCES", Purse::Checking | Purse::Savings) => {
                            let daily = Self::daily(book, window).into_iter();
                            keyed(items, daily.map(|balance| (key(), balance)))?;
                        }
                        ("STATEMENTS", purse) if Self::has_statements(purse) => {
                            for statement in self.statements(book, window) {
                                let printed = || ("pdf", self.printed_statement(&statement));
                                let printed = wanted.documents.then(printed);
                                push_with(items, Some(key()), &statement, printed)?;
                            }
                        }
                        ("BILLS", Purse::Card) => {
                            let bills = self.bills(book, window).into_iter();
                            keyed(items, bills.map(|bill| (key(), bill)))?;
                        }
                        ("RECEIVABLES_TRANSACTIONS", Purse::Receivables) => {
                            let sales = self.sales(window).into_iter();
                            keyed(items, sales.map(|sale| (key(), sale)))?;
                        }
                        _ => {}
                    }
                }
                Ok(())
            }
        }
    }
}

/// Items that each come with the key of what they are or belong to.
fn keyed<T: Serialize>(
    items: &mut Items,
    all: impl IntoIterator<Item = (String, T)>,
) -> Result<(), Failure> {
    all.into_iter().try_for_each(|(key, item)| push(items, Some(key), &item))
}

fn push<T: Serialize>(items: &mut Items, account: Option<String>, item: &T) -> Result<(), Failure> {
    push_with(items, account, item, None)
}

/// An item with its document.
fn push_with<T: Serialize>(
    items: &mut Items,
    account: Option<String>,
    item: &T,
    document: Option<(&'static str, Vec<u8>)>,
) -> Result<(), Failure> {
    let item = to_raw_value(item).map_err(|e| Failure::Unexpected(e.to_string()))?;
    let documents = document.into_iter();
    let documents = documents.map(|(key, bytes)| Document { key: key.into(), bytes }).collect();
    items.push(Given { account, page: 0, item, documents });
    Ok(())
}

/// What the institution asks.
fn question(kind: ChallengeKind, seed: Seed) -> Challenge {
    let (prompt, es, pt) = match kind {
        ChallengeKind::Otp => (
            "Enter the six digits that your device shows.",
            "Escribe los seis dígitos que muestra tu dispositivo.",
            "Digite os seis números que o seu dispositivo mostra.",
        ),
        ChallengeKind::Numeric => (
            "Use this number to generate the code.",
            "Usa este número para generar el código.",
            "Use este número para gerar o código.",
        ),
        ChallengeKind::Qr => (
            "Scan this code with the app of your bank.",
            "Escanea este código con la app de tu banco.",
            "Leia este código com o aplicativo do seu banco.",
        ),
        ChallengeKind::Question => (
            "What is the answer to every question of this bank?",
            "¿Cuál es la respuesta a todas las preguntas de este banco?",
            "Qual é a resposta a todas as perguntas deste banco?",
        ),
        ChallengeKind::Choice => (
            "Which of these numbers is yours?",
            "¿Cuál de estos números es el tuyo?",
            "Qual destes números é o seu?",
        ),
        ChallengeKind::Image => {
            ("Type what you see.", "Escribe lo que ves.", "Digite o que você vê.")
        }
        ChallengeKind::Push => (
            "Confirm the login in the app of your bank.",
            "Confirma el acceso en la app de tu banco.",
            "Confirme o acesso no aplicativo do seu banco.",
        ),
        ChallengeKind::Redirect => (
            "Go to the page of your bank and come back.",
            "Ve a la página de tu banco y vuelve.",
            "Vá à página do seu banco e volte.",
        ),
        ChallengeKind::File => (
            "Hand over the text file that your bank gave you.",
            "Entrega el archivo de texto que te dio tu banco.",
            "Envie o arquivo de texto que o seu banco lhe deu.",
        ),
    };
    let value = match kind {
        ChallengeKind::Numeric => Some(format!("1{}", seed.digits(4))),
        ChallengeKind::Qr => Some(QR.to_owned()),
        ChallengeKind::Image => Some(PICTURE.to_owned()),
        ChallengeKind::Redirect => Some(format!("/sandbox/authorize/{:016x}", seed.bits())),
        _ => None,
    };
    let options = match kind {
        ChallengeKind::Choice => ["111111", "222222", "999999"].map(str::to_owned).into(),
        _ => Vec::new(),
    };
    let said = Challenge::new(kind, prompt).said_in("es", es, None).said_in("pt", pt, None);
    Challenge { value, options, expires_in_seconds: PATIENCE, ..said }
}

/// A file that says [`RIGHT_ANSWER`], in base64.
const RIGHT_FILE: &str = "MTExMTEx";
/// A QR code that says [`RIGHT_ANSWER`].
const QR: &str = include_str!("pictures/qr.txt");
/// [`RIGHT_ANSWER`] as a picture.
const PICTURE: &str = include_str!("pictures/image.txt");

/// What nobody but the engine's fetches would otherwise name.
#[cfg(test)]
pub(super) fn fetch(resource: &str, account: Option<&str>, window: Option<Window>) -> Fetch {
    Fetch { account: account.map(str::to_owned), window, ..Fetch::all_of(resource) }
}
