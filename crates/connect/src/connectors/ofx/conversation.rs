//! One login at a server.

use super::{
    institutions::Site,
    post::Post,
    questions::{Asked, asked},
    request::{Ask as Asking, Caller, knows_questions, request},
    status::{self, Undone, failure, undone},
};
use crate::{
    connectors::{
        statement_items::{Gathered, key},
        visit::Visit,
    },
    talk::{Ask, Covered, Credentials, Failure, Fetch, LoggedIn, LoginProblem, Share, Sink},
};
use domain::{
    env::Env,
    session::{Challenge, ChallengeKind},
    time::{Window, day},
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use statements::{
    AccountKind, Listener, Options, Said, Stop,
    ofx::{Listed, Profile, Reply, reply},
};
use std::sync::Arc;
use zeroize::Zeroizing;

/// Wrong answers in one login before it is given up.
const MOST_WRONG: u32 = 3;
/// Questions of one server that a person is asked.
const MOST_QUESTIONS: usize = 10;
/// Requests of one login.
const MOST_ROUNDS: u32 = 12;
/// Movements of one account that are read.
const MOST_MOVEMENTS: usize = 200_000;
/// Seconds that an answer is waited for.
const PATIENCE: u32 = 1_800;
/// Days that are asked for when all there is is wanted.
const ALL_DAYS: i32 = 730;

/// One login.
pub(super) struct Talk {
    site: Option<Arc<Site>>,
    subject: String,
    env: Env,
    post: Post,
    inside: Option<Session>,
}

/// Somebody who is let in, or about to be.
struct Session {
    site: Arc<Site>,
    env: Env,
    post: Post,
    user: SecretString,
    password: SecretString,
    client: String,
    cookie: Option<SecretString>,
    access_key: Option<SecretString>,
    token: Option<SecretString>,
    answers: Vec<(String, SecretString)>,
    accounts: Vec<Listed>,
}

/// What is remembered from one login to the next.
#[derive(Default, Serialize, Deserialize)]
struct Memory<'a> {
    /// Spares the questions.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    access_key: Option<std::borrow::Cow<'a, str>>,
}

impl Visit for Talk {
    async fn let_in(
        &mut self,
        credentials: &Credentials,
        ask: &mut dyn Ask,
    ) -> Result<LoggedIn, Failure> {
        let site = self.site.clone().ok_or(Failure::InstitutionInactive)?;
        let (user, password) =
            (credentials.reveal("username").trim(), credentials.reveal("password"));
        if user.is_empty() || password.is_empty() {
            return Err(Failure::Login(LoginProblem::MissingCredentials));
        }
        let state = credentials.state.as_ref().map(ExposeSecret::expose_secret);
        let memory: Option<Memory> = state.and_then(|state| serde_json::from_str(state).ok());
        let known = memory.is_some();
        let mut session = Session {
            client: site.clientuid.clone().unwrap_or_else(|| client_of(&site.name, &self.subject)),
            site,
            env: self.env.clone(),
            post: self.post.clone(),
            user: SecretString::from(user),
            password: SecretString::from(password),
            cookie: None,
            access_key: memory.and_then(|m| m.access_key).map(|key| SecretString::from(&*key)),
            token: None,
            answers: Vec::new(),
            accounts: Vec::new(),
        };
        let profile = if known { Profile::default() } else { session.profile().await? };
        session.sign_on(&profile, ask).await?;
        let memory = Memory {
            access_key: session.access_key.as_ref().map(|key| key.expose_secret().into()),
        };
        let state = serde_json::to_string(&memory).map(Zeroizing::new);
        let state = state.map_err(|error| Failure::Unexpected(error.to_string()))?;
        let logged_in =
            LoggedIn { user: user.to_owned(), state: Some(SecretString::from(state.as_str())) };
        self.inside = Some(session);
        Ok(logged_in)
    }

    async fn show(&mut self, wanted: &Fetch, out: &mut dyn Sink) -> Result<Covered, Failure> {
        let session = self.inside.as_mut().ok_or(Failure::SessionExpired)?;
        let today = day(self.env.now());
        let window = match wanted.resource.as_str() {
            "ACCOUNTS" => None,
            "TRANSACTIONS" => {
                Some(wanted.window.unwrap_or_else(|| Window::last_days(today, ALL_DAYS)))
            }
            _ => return Err(Failure::Unsupported),
        };
        let mut covered = match window {
            // The server's list of accounts is all there are.
            None => Covered::whole(None),
            Some(_) => Covered::nothing(),
        };
        for listed in session.accounts.clone() {
            let key = key(&listed.account);
            if wanted.account.as_ref().is_some_and(|account| *account != key) {
                continue;
            }
            let mut gathered = Gathered::new(&session.site.currency, MOST_MOVEMENTS);
            let done = session.statement(&listed, window, &mut gathered).await?;
            let Some(window) = window else {
                for item in gathered.accounts() {
                    out.give(item?).await?;
                }
                continue;
            };
            if gathered.is_overfull() {
                return Err(Failure::TooMuch);
            }
            for item in gathered.movements(None, Some(window)) {
                out.give(item?).await?;
            }
            let mut seen = gathered.covered();
            if !done {
                seen.accounts.insert(key, Share { window: None, complete: false });
            }
            covered.accounts.append(&mut seen.accounts);
            covered.stated.append(&mut seen.stated);
            covered.remarks.append(&mut seen.remarks);
        }
        Ok(covered)
    }

    fn leave(&mut self) {
        // A server keeps no session that could be ended.
        self.inside = None;
    }
}

impl Talk {
    pub(super) fn new(site: Option<Arc<Site>>, subject: &str, env: &Env, post: Post) -> Self {
        Self { site, subject: subject.to_owned(), env: env.clone(), post, inside: None }
    }
}

impl Session {
    /// What the server says that it can do. Many answer this badly or not at all, which says nothing
    /// of the rest.
    async fn profile(&mut self) -> Result<Profile, Failure> {
        let body = match self.ask(&Asking::Profile).await {
            Ok(body) => body,
            Err(Failure::InstitutionUnavailable) => return Err(Failure::InstitutionUnavailable),
            Err(_) => return Ok(Profile::default()),
        };
        // Not `taken_in`: what is shown to nobody is not to be shown with the login.
        Ok(reply(&body).ok().and_then(|reply| reply.profile).unwrap_or_default())
    }

    /// Logs in, asking what the server asks, and learns which accounts there are.
    async fn sign_on(&mut self, profile: &Profile, ask: &mut dyn Ask) -> Result<(), Failure> {
        if profile.wants_token {
            self.ask_token(profile, 1, ask).await?;
        }
        let asks = knows_questions(self.site.version);
        if profile.asks_first && asks && self.access_key.is_none() {
            self.ask_questions(1, ask).await?;
        }
        let mut wrong = 0;
        for _ in 0..MOST_ROUNDS {
            let body = self.ask(&Asking::Accounts).await?;
            let mut reply = self.taken_in(&body)?;
            let status = reply.sign_on.as_ref().map(|sign_on| sign_on.status).unwrap_or_default();
            if status.is_error {
                tracing::debug!(institution = self.site.name, code = status.code, "not let in");
            }
            let attempt = match status.code {
                status::WRONG_ANSWER | status::WRONG_TOKEN if status.is_error => {
                    wrong += 1;
                    if wrong >= MOST_WRONG {
                        return Err(Failure::WrongToken);
                    }
                    wrong + 1
                }
                _ => 1,
            };
            match status.code {
                status::ASKS | status::WRONG_ANSWER if status.is_error && asks => {
                    self.ask_questions(attempt, ask).await?;
                }
                status::WANTS_TOKEN | status::WRONG_TOKEN if status.is_error && asks => {
                    self.ask_token(profile, attempt, ask).await?;
                }
                _ => match failure(status) {
                    Some(failure) => return Err(failure),
                    None => return self.list(&mut reply),
                },
            }
        }
        Err(Failure::Unexpected("the OFX server goes on asking".into()))
    }

    /// Keeps the accounts of which there are statements.
    fn list(&mut self, reply: &mut Reply) -> Result<(), Failure> {
        let answer = reply.answers.iter().find(|answer| answer.name == "ACCTINFOTRNRS");
        let answer = answer.ok_or_else(|| unclear("it lists no accounts"))?;
        if answer.status.is_error {
            return Err(unclear(&format!("OFX status {} for the accounts", answer.status.code)));
        }
        self.accounts = std::mem::take(&mut reply.accounts);
        self.accounts.retain(|listed| {
            listed.has_statements && listed.account.kind != Some(AccountKind::Investment)
        });
        for listed in &mut self.accounts {
            let account = &mut listed.account;
            if account.kind != Some(AccountKind::CreditCard) && account.bank.is_none() {
                account.bank.clone_from(&self.site.bankid);
            }
        }
        Ok(())
    }

    /// Has the server say what it wants to know, and asks the person.
    async fn ask_questions(&mut self, attempt: u32, ask: &mut dyn Ask) -> Result<(), Failure> {
        self.answers.clear();
        self.access_key = None;
        let body = self.ask(&Asking::Questions).await?;
        let reply = self.taken_in(&body)?;
        let status = reply.sign_on.as_ref().map(|sign_on| sign_on.status).unwrap_or_default();
        // Some say again here that they want answers.
        if status.code != status::ASKS
            && let Some(failure) = failure(status)
        {
            return Err(failure);
        }
        if reply.questions.is_empty() {
            return Err(unclear("it asks without a question"));
        }
        if reply.questions.len() > MOST_QUESTIONS {
            return Err(Failure::Login(LoginProblem::UnsupportedChallenge));
        }
        for question in &reply.questions {
            let answer = match asked(question) {
                Asked::Clock => {
                    let now = self.env.now().to_zoned(jiff::tz::TimeZone::UTC);
                    SecretString::from(now.strftime("%Y%m%d%H%M%S").to_string())
                }
                Asked::Program(answer) => SecretString::from(answer),
                Asked::Person(words) => {
                    ask.ask(challenge(ChallengeKind::Question, words, attempt)).await?
                }
            };
            self.answers.push((question.id.clone(), answer));
        }
        Ok(())
    }

    /// Asks the person for the token that the bank has given them elsewhere.
    async fn ask_token(
        &mut self,
        profile: &Profile,
        attempt: u32,
        ask: &mut dyn Ask,
    ) -> Result<(), Failure> {
        let words = match &profile.token_label {
            Some(label) => format!("Enter the token that your bank has given you: {label}"),
            None => "Enter the token that your bank has given you for this.".to_owned(),
        };
        self.token = Some(ask.ask(challenge(ChallengeKind::Otp, words, attempt)).await?);
        Ok(())
    }

    /// Reads the statement of one account into `gathered`; false if it cannot be had.
    async fn statement(
        &mut self,
        listed: &Listed,
        window: Option<Window>,
        gathered: &mut Gathered,
    ) -> Result<bool, Failure> {
        // The account is there, whatever its statement says.
        let heard = gathered.hear(Said::Account(listed.account.clone()));
        debug_assert_eq!(heard, Ok(()), "there is room for an account");
        let body = self.ask(&Asking::Statement(listed, window)).await?;
        let reply = self.taken_in(&body)?;
        let status = reply.sign_on.as_ref().map(|sign_on| sign_on.status).unwrap_or_default();
        if let Some(failure) = failure(status) {
            // The login was good a moment ago: whatever this is, it is no wrong password.
            return Err(match failure {
                Failure::InvalidCredentials | Failure::TokenRequired | Failure::WrongToken => {
                    Failure::SessionExpired
                }
                failure => failure,
            });
        }
        let name = if listed.account.kind == Some(AccountKind::CreditCard) {
            "CCSTMTTRNRS"
        } else {
            "STMTTRNRS"
        };
        let answer = reply.answers.iter().find(|answer| answer.name == name);
        let answer = answer.ok_or_else(|| unclear("it answers no statement"))?;
        match undone(answer.status) {
            None => {}
            Some(Undone::NoAccount | Undone::NoSuchDays) => return Ok(false),
            Some(Undone::Failed(failure)) => return Err(failure),
        }
        let options = Options { format: Some(statements::Format::Ofx), ..Options::default() };
        let mut hearing = OfAccount { listed, gathered };
        let summary = statements::read(&body[..], &options, &mut hearing)
            .map_err(|unreadable| unclear(&unreadable.to_string()))?;
        gathered.end(&summary);
        Ok(true)
    }

    /// The answer to one request.
    async fn ask(&mut self, asking: &Asking<'_>) -> Result<Vec<u8>, Failure> {
        let id = self.id();
        let as_nobody = matches!(asking, Asking::Profile);
        // With a key or a cookie the server knows that it has been answered.
        let answered = self.access_key.is_some() || self.cookie.is_some();
        let first = matches!(asking, Asking::Accounts);
        let caller = Caller {
            site: &self.site,
            login: (!as_nobody).then_some((&self.user, &self.password)),
            client: &self.client,
            cookie: self.cookie.as_ref(),
            access_key: self.access_key.as_ref(),
            token: self.token.as_ref().filter(|_| first),
            answers: if first || !answered { &self.answers } else { &[] },
            now: self.env.now(),
        };
        let body = request(&caller, asking, &id);
        let (post, site) = (self.post.clone(), self.site.clone());
        post.post(&site, body).await
    }

    /// An answer, of which the server's keys are kept.
    fn taken_in(&mut self, body: &[u8]) -> Result<Reply, Failure> {
        let mut reply = reply(body).map_err(|unreadable| unclear(&unreadable.to_string()))?;
        let Some(sign_on) = &mut reply.sign_on else {
            return Err(unclear("it does not say whether it lets anybody in"));
        };
        if let Some(cookie) = sign_on.session_cookie.take() {
            self.cookie = Some(cookie);
        }
        if let Some(key) = sign_on.access_key.take() {
            self.access_key = Some(key);
        }
        Ok(reply)
    }

    /// A TRNUID: section 2.4.6 wants it to be new each time.
    fn id(&self) -> String {
        let id = uuid::Uuid::from_u64_pair(self.env.chance_u64(), self.env.chance_u64());
        id.to_string().to_uppercase()
    }
}

/// Gives what a statement says to the account that was asked for, whose number it may mask.
struct OfAccount<'a> {
    listed: &'a Listed,
    gathered: &'a mut Gathered,
}
impl Listener for OfAccount<'_> {
    fn hear(&mut self, said: Said) -> Result<(), Stop> {
        self.gathered.hear(match said {
            Said::Account(account) => Said::Account(statements::Account {
                currency: account.currency,
                ..self.listed.account.clone()
            }),
            said => said,
        })
    }
}

/// CLIENTUID of a login: always the same, so that a bank knows the device again even when the first
/// login failed and nothing was remembered of it.
fn client_of(institution: &str, subject: &str) -> String {
    // FNV-1a, from two beginnings: it hides nothing, and need not.
    let hash = |from: u64| {
        let bytes = institution.bytes().chain([0]).chain(subject.bytes());
        bytes.fold(from, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
    };
    let id = uuid::Uuid::from_u64_pair(hash(0xcbf2_9ce4_8422_2325), hash(0x9ae1_6a3b_2f90_404f));
    id.to_string()
}

fn challenge(kind: ChallengeKind, prompt: String, attempt: u32) -> Challenge {
    Challenge { attempt, expires_in_seconds: PATIENCE, ..Challenge::new(kind, prompt) }
}

fn unclear(what: &str) -> Failure {
    Failure::Unexpected(format!("the OFX server is unclear: {what}"))
}
