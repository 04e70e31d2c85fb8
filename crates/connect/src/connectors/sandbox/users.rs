//! Who can log in at the sandbox's institutions, with what, and what happens. The tables of
//! `docs/sandbox.md` are these tables.

use super::{
    institutions::{Country, Door, Site},
    people::Person,
    world::Plan,
};
use crate::talk::{Credentials, Failure, LoginProblem};
use domain::session::ChallengeKind;

/// A user of whom something special is known.
pub(super) struct TestUser {
    pub(super) name: &'static str,
    /// Only with this password; with another one they are like anybody.
    pub(super) password: Option<&'static str>,
    pub(super) does: Does,
    /// For the manual.
    pub(super) says: &'static str,
    /// For the manual: what a caller is answered where that fails.
    pub(super) answered: Option<Answered>,
}

/// What a caller of the API is answered because somebody fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answered {
    /// Whether the registration goes well, and this is the answer to who asks for data.
    pub gets_in: bool,
    /// The HTTP status.
    pub status: u16,
    /// The error's code.
    pub code: &'static str,
}

/// What happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Does {
    /// Shows such data.
    Shows(Plan),
    /// Asks this first.
    Asks(ChallengeKind),
    /// Asks, and takes no answer for right.
    AsksInVain,
    /// Is not let in.
    Fails(Failure),
    /// Is let in, but gets no data.
    Breaks(Failure),
}

const fn user(
    name: &'static str,
    password: Option<&'static str>,
    does: Does,
    says: &'static str,
) -> TestUser {
    TestUser { name, password, does, says, answered: None }
}
const fn err(
    name: &'static str,
    failure: Failure,
    says: &'static str,
    status: u16,
    code: &'static str,
) -> TestUser {
    let answered = Some(Answered { gets_in: false, status, code });
    TestUser { name, password: None, does: Does::Fails(failure), says, answered }
}
const fn late(
    name: &'static str,
    failure: Failure,
    says: &'static str,
    status: u16,
    code: &'static str,
) -> TestUser {
    let answered = Some(Answered { gets_in: true, status, code });
    TestUser { name, password: None, does: Does::Breaks(failure), says, answered }
}

/// The code that every challenge of the sandbox accepts.
pub const RIGHT_ANSWER: &str = "111111";

/// Users of data.
pub(super) static SHOWN: &[TestUser] = &[
    user(
        "bnk100",
        Some("full"),
        Does::Shows(Plan::Full),
        "The frequent user: all kinds of accounts, 60 to 130 movements a month.",
    ),
    user(
        "bnk101",
        Some("nodata"),
        Does::Shows(Plan::Nothing),
        "Gets in and has nothing: every list is empty.",
    ),
    user(
        "bnk102",
        Some("low"),
        Does::Shows(Plan::Low),
        "One checking account with little movement.",
    ),
    user(
        "bnk103",
        Some("negative"),
        Does::Shows(Plan::Negative),
        "A checking account that is always overdrawn, and a card.",
    ),
    user("user_valid", Some("pass_valid"), Does::Shows(Plan::Full), "As the frequent user."),
];

/// Users of tax authorities.
pub(super) static TAXPAYERS: &[TestUser] = &[
    user(
        "PFIS010101000",
        Some("individual"),
        Does::Shows(Plan::Full),
        "A person with a salary, who issues an invoice now and then.",
    ),
    user(
        "PMO010101000",
        Some("business"),
        Does::Shows(Plan::Full),
        "A company: sales, purchases, and a payroll for six people.",
    ),
    user(
        "900555120-2",
        Some("business"),
        Does::Shows(Plan::Full),
        "A company of Colombia: sales and purchases, and a declaration each year.",
    ),
    user(
        "1020304050-8",
        Some("individual"),
        Does::Shows(Plan::Full),
        "A person of Colombia with a salary.",
    ),
    user(
        "77100200-5",
        Some("business"),
        Does::Shows(Plan::Full),
        "A company of Chile: both ledgers, two partners, and a card at a bank.",
    ),
    user(
        "15620310-6",
        Some("individual"),
        Does::Shows(Plan::Full),
        "A person of Chile with a salary and debts at a bank, who has no ledgers.",
    ),
    user("fiscal100", Some("full"), Does::Shows(Plan::Full), "Another person with a salary."),
    user("fiscal101", Some("nodata"), Does::Shows(Plan::Nothing), "Gets in and has nothing."),
    user(
        "fiscal102",
        Some("low"),
        Does::Shows(Plan::Low),
        "A person with a salary and few invoices, without obligations.",
    ),
];

/// What somebody works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Work {
    /// One job after the other.
    Steady,
    /// From April to October of each year.
    Seasonal,
    /// No more.
    Idle,
}

/// People whose work is out of the ordinary: their document, and what it is.
pub(super) static WORKERS: &[(&str, Work, &str)] = &[
    (
        "TEMX850715HDFMRR08",
        Work::Seasonal,
        "Works from April to October of each year, and not in winter.",
    ),
    ("SINX900322MJCNLM01", Work::Idle, "Has had one job, long ago."),
];

/// What the bearer of a document works.
pub(super) fn work_of(document: &str) -> Work {
    let known = WORKERS.iter().find(|(of, ..)| *of == document);
    known.map_or(Work::Steady, |(_, work, _)| *work)
}

/// The bearer of a document: one of the known users and customers, if it is theirs.
pub(super) fn with_document(country: Country, document: &str) -> Person {
    let known = known_users().map(|user| Person::of(country, false, user.username));
    if let Some(person) = known.into_iter().find(|person| person.document == document) {
        return person;
    }
    let customer = mock_customer(document).filter(|_| country == Country::Brazil);
    let (number, name) =
        customer.map_or((document, None), |(number, name, _)| (number, Some(name)));
    let person = Person::of(country, false, number);
    let name = name.map_or_else(|| person.name.clone(), str::to_owned);
    person.known_as(&name, number)
}

/// Users who are asked.
pub(super) static ASKED: &[TestUser] = &[
    user("mfa_default", None, Does::Asks(ChallengeKind::Otp), "A code from a device (`otp`)."),
    user(
        "mfa_numeric",
        None,
        Does::Asks(ChallengeKind::Numeric),
        "A number is shown, the code follows from it (`numeric`).",
    ),
    user(
        "mfa_qr",
        None,
        Does::Asks(ChallengeKind::Qr),
        "A QR code is shown, to be scanned (`qr`). Nothing to type.",
    ),
    user(
        "mfa_question",
        None,
        Does::Asks(ChallengeKind::Question),
        "A question in words (`question`).",
    ),
    user(
        "mfa_choice",
        None,
        Does::Asks(ChallengeKind::Choice),
        "One of several options (`choice`).",
    ),
    user("mfa_image", None, Does::Asks(ChallengeKind::Image), "A picture to read (`image`)."),
    user(
        "mfa_push",
        None,
        Does::Asks(ChallengeKind::Push),
        "Confirm in the bank's app (`push`). Nothing to type.",
    ),
    user(
        "mfa_redirect",
        None,
        Does::Asks(ChallengeKind::Redirect),
        "Go to a page, which this server has, and come back (`redirect`). Nothing to type.",
    ),
    user(
        "mfa_file",
        None,
        Does::Asks(ChallengeKind::File),
        "Hand over a text file that says `111111` (`file`): its bytes in base64, `MTExMTEx`.",
    ),
];

/// Users who fail.
pub(super) static FAILING: &[TestUser] = &[
    err("user_invalid", Failure::InvalidCredentials, "The password is wrong.", 400, "login_error"),
    err(
        "err_locked",
        Failure::Login(LoginProblem::Locked),
        "The account is locked.",
        400,
        "login_error",
    ),
    err(
        "err_forbidden",
        Failure::Login(LoginProblem::Forbidden),
        "The institution forbids the access.",
        400,
        "login_error",
    ),
    err(
        "err_password_exp",
        Failure::Login(LoginProblem::PasswordExpired),
        "The password must be renewed at the institution.",
        400,
        "login_error",
    ),
    err(
        "err_action",
        Failure::Login(LoginProblem::ActionNeeded),
        "Something must be confirmed at the institution.",
        400,
        "login_error",
    ),
    err(
        "err_not_activate",
        Failure::Login(LoginProblem::NotActivated),
        "Online access was never activated.",
        428,
        "activation_required",
    ),
    err(
        "err_missing",
        Failure::Login(LoginProblem::MissingCredentials),
        "A field is missing.",
        400,
        "login_error",
    ),
    err(
        "err_challenge",
        Failure::Login(LoginProblem::UnsupportedChallenge),
        "Asks for a token that cannot be passed on.",
        400,
        "login_error",
    ),
    err(
        "err_session",
        Failure::SessionExpired,
        "The institution closes the session.",
        400,
        "session_expired",
    ),
    err(
        "err_too_many",
        Failure::TooManySessions,
        "The person is logged in elsewhere.",
        400,
        "too_many_sessions",
    ),
    err("err_down", Failure::InstitutionDown, "The institution is down.", 400, "institution_down"),
    err(
        "err_unavailable",
        Failure::InstitutionUnavailable,
        "The institution is unavailable.",
        400,
        "institution_unavailable",
    ),
    err(
        "err_inactive",
        Failure::InstitutionInactive,
        "The institution is switched off.",
        400,
        "institution_inactive",
    ),
    err(
        "err_unexpected",
        Failure::Unexpected(String::new()),
        "Something unexpected happens.",
        400,
        "login_error",
    ),
    err("err_timeout", Failure::Timeout, "The institution takes too long.", 408, "request_timeout"),
    err(
        "err_too_much",
        Failure::TooMuch,
        "The institution says more than can be taken.",
        500,
        "unexpected_error",
    ),
    err(
        "err_cancelled",
        Failure::Cancelled,
        "The conversation is cancelled.",
        400,
        "session_expired",
    ),
    err("err_revoked", Failure::Revoked, "The permission was withdrawn.", 400, "login_error"),
    err(
        "err_token",
        Failure::TokenRequired,
        "A token is wanted, but cannot be asked for.",
        428,
        "token_required",
    ),
    TestUser {
        name: "err_wrong_token",
        password: None,
        does: Does::AsksInVain,
        says: "Asks for a code and takes none for right.",
        answered: Some(Answered { gets_in: false, status: 428, code: "token_required" }),
    },
    late(
        "err_no_data",
        Failure::UnavailableData,
        "Gets in, but the institution has nothing to return.",
        400,
        "unavailable_data",
    ),
    late(
        "err_unsupported",
        Failure::Unsupported,
        "Gets in, but no resource is supported.",
        400,
        "unsupported_operation",
    ),
    late(
        "err_later",
        Failure::InstitutionUnavailable,
        "Gets in, but each resource is unavailable.",
        400,
        "institution_unavailable",
    ),
    late(
        "err_revoked_late",
        Failure::Revoked,
        "Gets in, but the permission is withdrawn before any data.",
        400,
        "login_error",
    ),
];

/// A user of whom something special is known, for whoever shows the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownUser {
    /// What to log in with.
    pub username: &'static str,
    /// Only with this password; any other one if `None`.
    pub password: Option<&'static str>,
    /// What happens, in words.
    pub says: &'static str,
    /// What a caller is answered, of users who fail.
    pub answered: Option<Answered>,
}

/// Every user of whom something special is known, in the order of the manual.
pub fn known_users() -> impl Iterator<Item = KnownUser> {
    [SHOWN, TAXPAYERS, ASKED, FAILING].into_iter().flatten().map(|user| KnownUser {
        username: user.name,
        password: user.password,
        says: user.says,
        answered: user.answered,
    })
}

/// What will happen to somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fate {
    pub(super) plan: Plan,
    pub(super) asks: Option<ChallengeKind>,
    pub(super) in_vain: bool,
    pub(super) fails: Option<Failure>,
    pub(super) breaks: Option<Failure>,
}

impl Fate {
    fn failing(failure: Failure) -> Self {
        Self { fails: Some(failure), ..Self::of(Plan::Full) }
    }
    fn of(plan: Plan) -> Self {
        Self { plan, asks: None, in_vain: false, fails: None, breaks: None }
    }

    /// What happens to whoever comes to `site` with `credentials`. Who has another password since
    /// it was `changed` is who they were before: their name alone says it.
    pub(super) fn at(site: &Site, credentials: &Credentials, changed: bool) -> Self {
        let name = credentials.reveal("username");
        let password = credentials.reveal("password");
        let right = |only: &str| changed || only == password;
        let known = [SHOWN, TAXPAYERS, ASKED, FAILING]
            .into_iter()
            .flatten()
            .find(|user| user.name == name && user.password.is_none_or(right));
        let mut fate = match known.map(|user| user.does.clone()) {
            None => Self::of(Plan::Full),
            Some(Does::Shows(plan)) => Self::of(plan),
            Some(Does::Asks(kind)) => Self { asks: Some(kind), ..Self::of(Plan::Full) },
            Some(Does::AsksInVain) => {
                Self { asks: Some(ChallengeKind::Otp), in_vain: true, ..Self::of(Plan::Full) }
            }
            Some(Does::Fails(failure)) => return Self::failing(failure),
            Some(Does::Breaks(failure)) => Self { breaks: Some(failure), ..Self::of(Plan::Full) },
        };
        let missing = |field| credentials.reveal(field).is_empty();
        let needs_password = !matches!(site.door, Door::Employment | Door::OpenFinance);
        if missing("username") || needs_password && missing("password") {
            return Self::failing(Failure::Login(LoginProblem::MissingCredentials));
        }
        match site.door {
            Door::Token => fate.asks = fate.asks.or(Some(ChallengeKind::Otp)),
            Door::Advanced => {
                if ["username_type", "username2", "password2"].into_iter().any(missing) {
                    return Self::failing(Failure::Login(LoginProblem::MissingCredentials));
                }
                let is_invalid = |field| credentials.reveal(field) == "invalid";
                if credentials.reveal("username_type") != "003"
                    || is_invalid("username2")
                    || is_invalid("password2")
                {
                    return Self::failing(Failure::InvalidCredentials);
                }
            }
            Door::OpenFinance => {
                if known.is_none() && mock_customer(name).is_none() {
                    return Self::failing(Failure::InvalidCredentials);
                }
                // Once it was given, a consent lets in without its customer.
                let consented = credentials.state.is_some();
                fate.asks = fate.asks.or((!consented).then_some(ChallengeKind::Redirect));
            }
            Door::Plain | Door::Slow | Door::Fiscal | Door::Employment => {}
        }
        fate
    }
}

/// The customers of the Open Finance bank: tax number and name, and whether a company.
pub(super) fn mock_customer(document: &str) -> Option<(&'static str, &'static str, bool)> {
    let digits: String = document.chars().filter(char::is_ascii_digit).collect();
    [("76109277673", "Ralph Bragg", false), ("50685362006773", "Bragg Comércio LTDA", true)]
        .into_iter()
        .find(|(number, ..)| *number == digits)
}
