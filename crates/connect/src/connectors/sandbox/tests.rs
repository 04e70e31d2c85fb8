use super::{
    conversation::{HISTORY, MOST_WRONG, PAGE, fetch},
    faults::{Effect, Fault, SandboxPassword, Scope},
    institutions::{Door, SITES},
    users::{ASKED, Does, FAILING, RIGHT_ANSWER, SHOWN, TAXPAYERS, TestUser, WORKERS},
    *,
};
use crate::{
    host::{Host, HostedConversation, Limits},
    talk::{Covered, Failure, Fetch, Given, LoginProblem},
    trial::{Answers, Collected, IdleClock, credentials, failures},
};
use domain::{
    env::Env,
    institution::Labels,
    record::Facts,
    resource::{self, Resource},
    session::ChallengeKind,
    time::{Window, day},
};
use jiff::{SignedDuration, ToSpan, civil::date};
use std::collections::{BTreeMap, BTreeSet};
use tokio_util::sync::CancellationToken;

mod agreement;

struct Visit {
    sandbox: Sandbox,
    clock: Arc<IdleClock>,
    env: Env,
    talk: HostedConversation,
    fields: Vec<(String, String)>,
}

/// Somebody at the door of `site`.
fn visit(site: &str, username: &str, password: &str) -> Visit {
    let (clock, env) = IdleClock::new();
    visit_at(Sandbox::new(), clock, env, site, username, password)
}
fn visit_at(
    sandbox: Sandbox,
    clock: Arc<IdleClock>,
    env: Env,
    site: &str,
    username: &str,
    password: &str,
) -> Visit {
    let talk =
        Host::open(&sandbox, site, "link-1", &env, &Limits::default(), CancellationToken::new());
    let fields = vec![("username".into(), username.into()), ("password".into(), password.into())];
    Visit { sandbox, clock, env, talk, fields }
}
impl Visit {
    fn with(mut self, field: &str, value: &str) -> Self {
        self.fields.push((field.into(), value.into()));
        self
    }
    /// At iron banks, everything that is asked for.
    fn equipped(self) -> Self {
        self.with("username_type", "003").with("username2", "valid").with("password2", "valid")
    }
    fn with_fault(self, effect: Effect) -> Self {
        let fault = Fault { scope: Scope::Link("link-1".into()), effect, calls: None, until: None };
        self.sandbox.faults().add(fault).expect("room");
        self
    }
    fn login_with(&mut self, answers: &mut Answers) -> Result<String, Failure> {
        let fields: Vec<(&str, &str)> =
            self.fields.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        let credentials = credentials(&fields);
        self.clock.run(self.talk.login(&credentials, answers)).map(|said| said.user)
    }
    fn login(&mut self) -> Result<String, Failure> {
        self.login_with(&mut Answers::none())
    }
    fn inside(mut self) -> Self {
        let said = self.login_with(&mut Answers::always(RIGHT_ANSWER));
        assert!(said.is_ok(), "{said:?}");
        self
    }
    fn read(
        &mut self,
        resource: &str,
        window: Option<Window>,
    ) -> Result<(Vec<Given>, Covered), Failure> {
        self.read_account(resource, None, window)
    }
    fn read_account(
        &mut self,
        resource: &str,
        account: Option<&str>,
        window: Option<Window>,
    ) -> Result<(Vec<Given>, Covered), Failure> {
        let mut out = Collected::default();
        let wanted = fetch(resource, account, window);
        let covered = self.clock.run(self.talk.fetch(&wanted, &mut Answers::none(), &mut out))?;
        Ok((out.0, covered))
    }
    fn items(&mut self, resource: &'static Resource) -> Vec<domain::record::Item> {
        // Thirty-five days hold every kind of movement, and tests stay quick.
        let days = if ["TRANSACTIONS", "BALANCES"].contains(&resource.name) { 35 } else { HISTORY };
        let window = Window::last_days(day(self.env.now()), days);
        let (given, _) = self.read(resource.name, Some(window)).expect("readable");
        let read = |g: Given| (resource.read)(&g.item, g.account, self.env.now());
        given.into_iter().map(|g| read(g).expect("good items")).collect()
    }
}
fn named(name: &str) -> &'static Resource {
    resource::named(name).expect("a resource")
}
fn banks() -> impl Iterator<Item = &'static institutions::Site> {
    SITES.iter().filter(|s| !matches!(s.door, Door::Fiscal | Door::Employment))
}
fn someone_at(site: &institutions::Site) -> Visit {
    let user = if site.door == Door::OpenFinance { "76109277673" } else { "bnk100" };
    visit(site.name, user, "full").equipped()
}

#[test]
fn every_bank_shows_records_that_can_be_kept() {
    for site in banks() {
        let mut visit = someone_at(site).inside();
        let offered =
            |r: &&&Resource| r.computed().is_none() && site.resources().contains(&r.offered_as);
        for resource in resource::all().iter().filter(offered) {
            let items = visit.items(resource);
            assert!(!items.is_empty(), "{} has {}", site.name, resource.name);
            for item in &items {
                if let Facts::Movement(movement) = &item.facts
                    && resource.name == "TRANSACTIONS"
                {
                    assert_eq!(
                        movement.pending,
                        movement.running_balance.is_none() && !item.body.contains("PROCESSED")
                    );
                    assert!(
                        !movement.description.is_empty() && !movement.description.contains('{')
                    );
                }
                let keyed = resource.belongs_to.is_some() || resource.children().next().is_some();
                assert_eq!(item.account.is_some(), keyed, "{}", resource.name);
            }
        }
        let accounts = visit.items(named("ACCOUNTS"));
        let keys: BTreeSet<_> = accounts.iter().map(|a| a.account.clone()).collect();
        assert_eq!(keys.len(), accounts.len(), "each account has its key");
        let strongest: BTreeSet<_> = accounts
            .iter()
            .map(|a| match &a.facts {
                Facts::Keyed(keys) => keys[0].clone(),
                _ => String::new(),
            })
            .collect();
        assert_eq!(strongest.len(), accounts.len(), "no two share a number");
    }
}
#[test]
fn stated_balances_and_daily_balances_agree_with_the_movements() {
    let mut visit = visit("erebor_mx_retail", "bnk100", "full").inside();
    let today = day(visit.env.now());
    for (from, to) in [(40, 0), (90, 60), (364, 0), (3, 3)] {
        let window = Window::new(today - from.days(), today - to.days());
        let (given, covered) = visit.read("TRANSACTIONS", window).expect("readable");
        assert_eq!((covered.window, covered.complete), (window, true));
        let mut sums: BTreeMap<String, rust_decimal::Decimal> = BTreeMap::new();
        for given in given {
            let key = given.account.clone().expect("an account");
            let item = (named("TRANSACTIONS").read)(&given.item, given.account, visit.env.now());
            let Facts::Movement(m) = item.expect("good").facts else { continue };
            assert!(window.expect("one").contains(m.value_date));
            let sign = if m.direction == Some(domain::record::Direction::Inflow) { 1 } else { -1 };
            if !m.pending {
                *sums.entry(key).or_default() += m.amount.0 * rust_decimal::Decimal::from(sign);
            }
        }
        for (key, stated) in &covered.stated {
            let (Some(opening), Some(closing)) = (stated.opening, stated.closing) else { panic!() };
            let moved = sums.get(key).copied().unwrap_or_default();
            assert!(
                closing.0 - opening.0 == moved || opening.0 - closing.0 == moved,
                "{key}: {opening} to {closing} by {moved}"
            );
        }
        assert_eq!(covered.stated.len(), 4);
    }
    let balances = visit.items(named("BALANCES"));
    assert_eq!(balances.len(), 2 * 35, "checking and savings");
}
#[test]
fn one_account_alone_can_be_read() {
    let mut visit = visit("erebor_mx_retail", "bnk100", "full").inside();
    let (accounts, _) = visit.read("ACCOUNTS", None).expect("readable");
    let (all, _) = visit.read("TRANSACTIONS", None).expect("readable");
    let mut sum = 0;
    for account in &accounts {
        let (some, covered) =
            visit.read_account("TRANSACTIONS", account.account.as_deref(), None).expect("readable");
        assert!(some.iter().all(|g| g.account == account.account) && covered.complete);
        sum += some.len();
    }
    assert_eq!(sum, all.len());
    let (none, covered) = visit.read_account("TRANSACTIONS", Some("no"), None).expect("readable");
    assert!(none.is_empty() && !covered.complete, "an unknown account proves nothing");
}
#[test]
fn a_year_is_all_that_is_shown() {
    let mut visit = visit("erebor_mx_retail", "bnk100", "full").inside();
    let today = day(visit.env.now());
    let (_, covered) =
        visit.read("TRANSACTIONS", Window::new(date(2020, 1, 1), date(2030, 1, 1))).expect("ok");
    assert_eq!(covered.window, Some(Window::last_days(today, HISTORY)));
    let (given, covered) =
        visit.read("TRANSACTIONS", Window::new(date(2020, 1, 1), date(2020, 2, 1))).expect("ok");
    assert!(given.is_empty() && !covered.complete, "nothing seen proves nothing");
}
#[test]
fn pages_hold_fifty_items() {
    let mut visit = visit("erebor_mx_retail", "bnk100", "full").inside();
    let (given, _) = visit.read("TRANSACTIONS", None).expect("readable");
    assert!(given.len() > 500);
    for (index, given) in given.iter().enumerate() {
        assert_eq!(given.page as usize, index / PAGE);
    }
}
#[test]
fn the_same_person_is_behind_a_name_at_every_bank_of_a_country() {
    let owner = |site: &str, user: &str| {
        let mut visit = visit(site, user, "full").inside();
        let body = visit.items(named("OWNERS")).remove(0).body;
        let body: serde_json::Value = serde_json::from_str(&body).expect("json");
        body["document_id"]["document_number"].as_str().expect("a document").to_owned()
    };
    assert_eq!(owner("erebor_mx_retail", "ana"), owner("gringotts_mx_retail", "ana"));
    assert_ne!(owner("erebor_mx_retail", "ana"), owner("erebor_mx_retail", "eva"));
    assert_eq!(owner("ofmockbank_br_retail", "761.092.776-73"), "76109277673");
    let mut one = visit("erebor_mx_retail", "ana", "a");
    let mut two = visit("erebor_mx_retail", "ana", "b");
    assert_eq!(one.login(), two.login(), "whatever the password");
    let mut elsewhere = visit("gringotts_mx_retail", "ana", "a");
    assert_ne!(one.login(), elsewhere.login());
}
#[test]
fn what_an_institution_does_not_offer_it_does_not_support() {
    for site in SITES {
        let user = match site.door {
            Door::Fiscal if site.country == institutions::Country::Mexico => "PFIS010101000",
            Door::Fiscal => "fiscal100",
            Door::Employment => "BLPM951331IONVGR54",
            Door::OpenFinance => "76109277673",
            _ => "bnk100",
        };
        let mut visit = visit(site.name, user, "full").equipped().inside();
        let institution = site.institution();
        for resource in resource::all().iter().filter(|r| !institution.offers(r)) {
            assert_eq!(visit.read(resource.name, None).err(), Some(Failure::Unsupported));
        }
        assert_eq!(visit.read("NOTHING", None).err(), Some(Failure::Unsupported));
    }
    let mut planet = visit("planet_mx_employment", "BLPM951331IONVGR54", "").inside();
    assert!(planet.items(named("OWNERS"))[0].body.contains("BLPM951331IONVGR54"));
}
#[test]
fn a_tax_authority_shows_all_that_it_offers() {
    for (site, user, company) in [
        ("tatooine_mx_fiscal", "PFIS010101000", false),
        ("tatooine_mx_fiscal", "PMO010101000", true),
        ("tatooine_co_fiscal", "1020304050-8", false),
        ("tatooine_co_fiscal", "900555120-2", true),
        ("tatooine_cl_fiscal", "15620310-6", false),
        ("tatooine_cl_fiscal", "77100200-5", true),
    ] {
        let site = Site::named(site).expect("a site");
        let password = if company { "business" } else { "individual" };
        let mut visit = visit(site.name, user, password).inside();
        let institution = site.institution();
        for resource in resource::all().iter().filter(|r| institution.offers(r)) {
            let (given, covered) = visit.read(resource.name, None).expect("readable");
            // Only companies file statements and keep ledgers.
            let of_companies = ["FINANCIAL_STATEMENTS", "INVOICES_CHILE"];
            let none = of_companies.contains(&resource.name) && !company;
            assert_eq!(given.is_empty(), none, "{user} has {}", resource.name);
            assert!(covered.complete);
            for given in given {
                assert!((resource.read)(&given.item, None, visit.env.now()).is_ok());
            }
        }
    }
}
#[test]
fn iron_banks_want_everything_and_all_of_it_right() {
    let login = |fields: &[(&str, &str)]| {
        let mut visit = visit("ironbank_br_retail", "adv_valid", "pass_valid");
        for (field, value) in fields {
            visit = visit.with(field, value);
        }
        visit.login().err()
    };
    let missing = Some(Failure::Login(LoginProblem::MissingCredentials));
    assert_eq!(login(&[]), missing);
    assert_eq!(login(&[("username_type", "003"), ("username2", "valid")]), missing);
    let all = |kind, second, word| {
        login(&[("username_type", kind), ("username2", second), ("password2", word)])
    };
    assert_eq!(all("003", "valid", "valid"), None);
    assert_eq!(all("999", "valid", "valid"), Some(Failure::InvalidCredentials));
    assert_eq!(all("003", "invalid", "valid"), Some(Failure::InvalidCredentials));
    assert_eq!(all("003", "valid", "invalid"), Some(Failure::InvalidCredentials));
}
#[test]
fn only_its_documented_customers_get_into_the_open_finance_bank() {
    let mut visit = visit("ofmockbank_br_retail", "12345678909", "");
    assert_eq!(visit.login(), Err(Failure::InvalidCredentials));
    for customer in ["76109277673", "50685362006773"] {
        let mut visit = self::visit("ofmockbank_br_retail", customer, "");
        let mut answers = Answers::always("");
        assert!(visit.login_with(&mut answers).is_ok());
        assert_eq!(answers.asked[0].kind, ChallengeKind::Redirect);
        let owners = visit.items(named("OWNERS"));
        assert_eq!(owners[0].body.contains("birth_date"), customer.len() == 11);
    }
}
#[test]
fn the_second_name_at_the_slow_bank_is_a_delay_on_our_clock() {
    let mut visit = visit("belvo_mx_retail", "ana", "x").with("username2", "90");
    let before = visit.env.now();
    assert!(visit.login().is_ok());
    assert_eq!(visit.env.now().duration_since(before), SignedDuration::from_secs(90));
}
#[test]
fn banks_with_tokens_ask_at_every_login_until_the_answer_is_right() {
    for site in ["heimdall_mx_retail", "gotham_br_business"] {
        let mut visit = visit(site, "ana", "x");
        assert_eq!(visit.login(), Err(Failure::TokenRequired), "nobody is there to ask");
        for _ in 0..2 {
            let mut answers = Answers::each(&["999999", "000000", "", RIGHT_ANSWER]);
            assert!(visit.login_with(&mut answers).is_ok());
            assert_eq!(answers.asked.len(), 4, "a challenge for each wrong answer");
        }
        assert_eq!(visit.login_with(&mut Answers::always("999999")), Err(Failure::WrongToken));
    }
}

/// What a user does according to their row of the table.
fn check(user: &TestUser) {
    let password = user.password.unwrap_or("any");
    let mut visit = visit("erebor_mx_retail", user.name, password);
    match &user.does {
        Does::Fails(failure) => {
            assert_eq!(visit.login().err().as_ref(), Some(failure), "{}", user.name);
        }
        Does::Breaks(failure) => {
            assert!(visit.login().is_ok(), "{}", user.name);
            let said = visit.read("ACCOUNTS", None).err();
            assert_eq!(said.as_ref(), Some(failure), "{}", user.name);
        }
        Does::AsksInVain => {
            let mut answers = Answers::always(RIGHT_ANSWER);
            assert_eq!(visit.login_with(&mut answers), Err(Failure::WrongToken));
            assert_eq!(answers.asked.len(), MOST_WRONG as usize);
        }
        Does::Asks(kind) => {
            let mut answers = Answers::each(&["999999", RIGHT_ANSWER]);
            assert!(visit.login_with(&mut answers).is_ok(), "{}", user.name);
            assert!(answers.asked.len() == 2 && answers.asked.iter().all(|c| c.kind == *kind));
            let asked = &answers.asked[0];
            assert!(asked.expires_in_seconds > 0 && !asked.prompt.is_empty());
            let shows = !matches!(
                kind,
                ChallengeKind::Otp
                    | ChallengeKind::Question
                    | ChallengeKind::Push
                    | ChallengeKind::Choice
                    | ChallengeKind::File
            );
            assert_eq!(asked.value.is_some(), shows, "{}", user.name);
            assert_eq!(
                asked.options.contains(&RIGHT_ANSWER.to_owned()),
                *kind == ChallengeKind::Choice
            );
            let silent = visit.login_with(&mut Answers::each(&["", RIGHT_ANSWER]));
            assert!(silent.is_ok());
        }
        Does::Shows(plan) => {
            assert!(visit.login().is_ok(), "{}", user.name);
            let accounts = visit.items(named("ACCOUNTS")).len();
            let movements = visit.read("TRANSACTIONS", None).expect("readable").0.len();
            let owners = visit.items(named("OWNERS")).len();
            let (least, most, has) = match plan {
                world::Plan::Full => (720, 1600, 4),
                world::Plan::Low => (60, 400, 1),
                world::Plan::Negative => (300, 1600, 2),
                world::Plan::Nothing => (0, 0, 0),
            };
            assert!((least..=most).contains(&movements), "{}: {movements}", user.name);
            assert_eq!((accounts, owners), (has, usize::from(has > 0)), "{}", user.name);
        }
    }
}
#[test]
fn every_documented_user_does_what_the_table_says() {
    for user in [SHOWN, ASKED, FAILING].into_iter().flatten() {
        check(user);
        assert!(
            user.name.len() <= 16
                && user.name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        );
    }
}
#[test]
fn every_failure_and_every_challenge_has_its_user() {
    let asked: BTreeSet<_> = ASKED
        .iter()
        .filter_map(|u| match u.does {
            Does::Asks(kind) => Some(kind),
            _ => None,
        })
        .collect();
    assert_eq!(asked, ChallengeKind::ALL.iter().copied().collect());
    let provoked = |failure: &Failure| {
        FAILING.iter().any(|u| match &u.does {
            Does::Fails(f) | Does::Breaks(f) => f == failure,
            Does::AsksInVain => *failure == Failure::WrongToken,
            _ => false,
        })
    };
    // A file is none of the sandbox's, and that something broke the engine says.
    let others = |one: &Failure| matches!(one, Failure::Unreadable(_) | Failure::Broken);
    let all = failures().into_iter().filter(|one| !others(one));
    for failure in all {
        assert!(provoked(&failure), "nobody provokes {failure:?}");
    }
}
#[test]
fn the_manual_holds_the_tables() {
    let manual = include_str!("../../../../../docs/sandbox.md");
    for user in known_users() {
        let password = user.password.map_or("any".into(), |p| format!("`{p}`"));
        let answered = user.answered.map_or_else(String::new, |answered| {
            let Answered { gets_in, status, code } = answered;
            let before = if gets_in { "201, then " } else { "" };
            format!(" {before}{status} `{code}` |")
        });
        let row = format!("| `{}` | {password} | {} |{answered}\n", user.username, user.says);
        assert!(manual.contains(&row), "docs/sandbox.md lacks:\n{row}");
    }
    for (document, _, says) in WORKERS {
        let row = format!("| `{document}` | {says} |");
        assert!(manual.contains(&row), "docs/sandbox.md lacks:\n{row}");
    }
    let employed = SITES.iter().filter(|site| site.door == Door::Employment);
    for country in employed.map(|site| site.country) {
        let person = people::Person::of(country, false, "bnk100");
        let row = format!("| `{}` | The same person as `bnk100` at the banks. |", person.document);
        assert!(manual.contains(&row), "docs/sandbox.md lacks:\n{row}");
    }
    for site in SITES {
        let row = format!("| {} | `{}` | {} |", site.id, site.name, site.display);
        assert!(manual.contains(&row), "docs/sandbox.md lacks:\n{row}");
    }
    for effect in [
        Effect::Down,
        Effect::Unavailable,
        Effect::Slow(30),
        Effect::DemandToken,
        Effect::ChangePassword(SandboxPassword("new".into())),
        Effect::Revoke,
        Effect::Partial,
        Effect::Truncated(10),
        Effect::Duplicated,
        Effect::Empty,
        Effect::ChurnIds,
        Effect::ConsentUntil("2026-02-01T00:00:00Z".parse().expect("a timestamp")),
        Effect::PausedResources,
        Effect::LostResources,
    ] {
        let json = serde_json::to_string(&effect).expect("json");
        assert!(manual.contains(&format!("| `{json}` |")), "docs/sandbox.md lacks {json}");
    }
}

fn ids(given: &[Given]) -> Vec<String> {
    given
        .iter()
        .map(|g| {
            let body: serde_json::Value = serde_json::from_str(g.item.get()).expect("json");
            body["internal_identification"].as_str().expect("an id").to_owned()
        })
        .collect()
}
fn bank() -> Visit {
    visit("erebor_mx_retail", "bnk100", "full")
}
#[test]
fn faults_at_the_door_keep_people_out() {
    assert_eq!(bank().with_fault(Effect::Down).login(), Err(Failure::InstitutionDown));
    let unavailable = bank().with_fault(Effect::Unavailable).login();
    assert_eq!(unavailable, Err(Failure::InstitutionUnavailable));
    assert_eq!(bank().with_fault(Effect::Revoke).login(), Err(Failure::Revoked));
    assert_eq!(bank().with_fault(Effect::DemandToken).login(), Err(Failure::TokenRequired));
    let changed = |only: &str| {
        let effect = Effect::ChangePassword(SandboxPassword(only.into()));
        bank().with_fault(effect).login().err()
    };
    assert_eq!(changed("other"), Some(Failure::InvalidCredentials));
    assert_eq!(changed("full"), None);
}
#[test]
fn whoever_has_another_password_stays_who_they_are() {
    let taxpayers = TAXPAYERS.iter().filter(|user| user.name.starts_with("fiscal"));
    let at_bank = SHOWN.iter().map(|user| ("erebor_mx_retail", "ACCOUNTS", user));
    let at_authority = taxpayers.map(|user| ("tatooine_mx_fiscal", "INVOICES", user));
    for (site, resource, user) in at_bank.chain(at_authority) {
        let shown = |visit: Visit| {
            let (given, _) = visit.inside().read(resource, None).expect("readable");
            given.iter().map(|g| g.item.get().to_owned()).collect::<Vec<_>>()
        };
        let before = shown(visit(site, user.name, user.password.expect("theirs")));
        let changed = Effect::ChangePassword(SandboxPassword("new".into()));
        let after = shown(visit(site, user.name, "new").with_fault(changed));
        assert!(before == after, "{} is somebody else", user.name);
    }
}
#[test]
fn a_slow_institution_takes_its_time_on_our_clock() {
    let mut visit = bank().with_fault(Effect::Slow(20));
    let before = visit.env.now();
    assert!(visit.login().is_ok());
    visit.read("ACCOUNTS", None).expect("readable");
    assert_eq!(visit.env.now().duration_since(before), SignedDuration::from_secs(40));
    let mut slower = bank().with_fault(Effect::Slow(600));
    assert_eq!(slower.login(), Err(Failure::Timeout), "the host gives up");
}
#[test]
fn faults_of_reading_show_what_they_say() {
    let (whole, _) = bank().inside().read("TRANSACTIONS", None).expect("readable");
    let read =
        |effect| bank().with_fault(effect).inside().read("TRANSACTIONS", None).expect("readable");
    let (given, covered) = read(Effect::Partial);
    assert!(given.len() == whole.len() / 2 && !covered.complete);
    let (given, covered) = read(Effect::Truncated(10));
    assert!(given.len() == 10 && covered.complete, "it says that this is all");
    let (given, covered) = read(Effect::Empty);
    assert!(given.is_empty() && covered.complete);
    let (given, _) = read(Effect::Duplicated);
    assert!(given.len() > whole.len());
    let (mut shown, mut distinct) = (ids(&given), ids(&whole));
    for page in 0..=given.last().map_or(0, |g| g.page) {
        let of_page = ids(&given.iter().filter(|g| g.page == page).cloned().collect::<Vec<_>>());
        let once: BTreeSet<_> = of_page.iter().collect();
        assert_eq!(once.len(), of_page.len(), "no page shows anything twice");
    }
    shown.sort_unstable();
    shown.dedup();
    distinct.sort_unstable();
    assert_eq!(shown, distinct);
}
#[test]
fn churning_ids_are_new_at_each_login_and_the_connectors_keys_are_not() {
    let one = bank().with_fault(Effect::ChurnIds).inside().read("ACCOUNTS", None).expect("ok").0;
    let later = bank().with_fault(Effect::ChurnIds);
    later.clock.run(later.env.sleep(SignedDuration::from_secs(1)));
    let mut later = later.inside();
    let two = later.read("ACCOUNTS", None).expect("ok").0;
    let again = later.read("ACCOUNTS", None).expect("ok").0;
    assert_ne!(ids(&one), ids(&two));
    assert_eq!(ids(&two), ids(&again), "within a login they stay");
    let keys = |given: &[Given]| given.iter().map(|g| g.account.clone()).collect::<Vec<_>>();
    assert_eq!(keys(&one), keys(&two));
}
#[test]
fn the_catalogue_is_sound() {
    let sandbox = Sandbox::new();
    let institutions = sandbox.institutions();
    let ids: BTreeSet<_> = institutions.iter().map(|i| i.id).collect();
    let names: BTreeSet<_> = institutions.iter().map(|i| &i.name).collect();
    assert_eq!((ids.len(), names.len()), (institutions.len(), institutions.len()));
    let mut schemas: serde_json::Value =
        serde_json::from_str(include_str!("../../../../server/tests/schemas.json")).expect("json");
    schemas["$ref"] = "#/Institution".into();
    let validator = jsonschema::validator_for(&schemas).expect("sound schemas");
    for institution in &institutions {
        let shown = serde_json::to_value(institution).expect("json");
        let wrong: Vec<_> = validator.iter_errors(&shown).map(|e| e.to_string()).collect();
        assert!(wrong.is_empty(), "{}: {wrong:?}", institution.name);
        assert!(!institution.form_fields.is_empty() && !institution.resources.is_empty());
        let token = institution.form_fields.iter().any(|f| f.name == "token");
        assert_eq!(token, institution.may_challenge());
        let (_, env) = IdleClock::new();
        drop(sandbox.open(&institution.name, "s", &env));
    }
}
#[test]
fn forms_speak_the_language_of_their_country_and_the_others_too() {
    for institution in Sandbox::new().institutions() {
        let own = if institution.country_code.as_deref() == Some("BR") { "pt" } else { "es" };
        let others: Vec<&str> = ["en", "es", "pt"].into_iter().filter(|it| *it != own).collect();
        for field in &institution.form_fields {
            let choices = field.values.iter().flatten();
            let said = choices.map(|choice| (&choice.label, &choice.translations));
            for (label, translations) in said.chain([(&field.label, &field.translations)]) {
                let name = format!("{} {label}", institution.name);
                assert_eq!(translations.keys().collect::<Vec<_>>(), others, "{name}");
                let whole =
                    |said: &Labels| !said.label.is_empty() && said.validation_message.is_some();
                assert!(translations.values().all(whole), "{name}");
            }
        }
    }
}
#[test]
fn pending_movements_are_booked_under_another_id_and_a_longer_text() {
    let mut visit = bank().inside();
    let (before, _) = visit.read("TRANSACTIONS", None).expect("readable");
    let pending: Vec<_> =
        before.iter().filter(|g| g.item.get().contains("\"PENDING\"")).cloned().collect();
    assert!(!pending.is_empty());
    visit.clock.run(visit.env.sleep(SignedDuration::from_hours(24 * 5)));
    let (after, _) = visit.read("TRANSACTIONS", None).expect("readable");
    let later = ids(&after);
    assert!(ids(&pending).iter().all(|id| !later.contains(id)));
    let booked = ids(&before
        .iter()
        .filter(|g| g.item.get().contains("\"PROCESSED\""))
        .cloned()
        .collect::<Vec<_>>());
    let first = day(visit.env.now()) - 364.days();
    let gone = booked.iter().filter(|id| !later.contains(*id)).count();
    // Only what slid out of the year.
    assert!(gone < 60, "{gone} booked movements are gone since {first}");
}
