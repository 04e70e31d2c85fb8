//! What an OFX server answers, besides statements: whether it lets somebody in, what it asks, which
//! accounts there are, what it can do. The statements in an answer are read by [`crate::read`].

use super::{
    elements::{Elements, Step},
    statement,
};
use crate::{
    format::HEAD,
    said::{Account, AccountKind, Place, Unreadable},
    source::Source,
    telling::Ended,
};
use secrecy::SecretString;

/// The most of each kind of thing that is kept of an answer.
const MOST: usize = 500;

/// An answer of a server.
#[derive(Debug, Default)]
pub struct Reply {
    /// SONRS: whether it lets the person in.
    pub sign_on: Option<SignOn>,
    /// What became of each request, in the order of the answer.
    pub answers: Vec<Answer>,
    /// MFACHALLENGERS: what it wants to know.
    pub questions: Vec<Question>,
    /// ACCTINFORS: the accounts of the login.
    pub accounts: Vec<Listed>,
    /// PROFRS: what the server can do.
    pub profile: Option<Profile>,
}

/// Whether a server lets somebody in: SONRS, OFX 2.2, section 2.5.1.3.
#[derive(Debug, Default)]
pub struct SignOn {
    /// Whether it does.
    pub status: Status,
    /// Spares the questions next time.
    pub access_key: Option<SecretString>,
    /// Stands for user and password until it expires.
    pub user_key: Option<SecretString>,
    /// To be shown with the next request of this session.
    pub session_cookie: Option<SecretString>,
}

/// A status of a server: OFX 2.2, section 3.1.5. Its words are left out, because they may be
/// personal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Status {
    /// 0 if all is well; 2000 (a general error) where the server's own is unreadable.
    pub code: u32,
    /// Whether nothing was done; otherwise `code` is a remark.
    pub is_error: bool,
}

/// What became of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The aggregate around it: `STMTTRNRS`.
    pub name: String,
    /// The id that the request had.
    pub id: String,
    /// Whether it was done.
    pub status: Status,
}

/// A question before somebody is let in: MFACHALLENGE, section 2.5.4.2.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// By which the answer refers to it: `MFA13`.
    pub id: String,
    /// In words, where the server has its own.
    pub label: Option<String>,
}

/// An account of a login: ACCTINFO, section 8.5.3.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Which; its `name` is the bank's description of it.
    pub account: Account,
    /// ACCTTYPE in the server's own word, to be said again when a statement is asked for.
    pub kind_word: Option<String>,
    /// Whether statements of it can be had. True where that is not said.
    pub has_statements: bool,
}

/// What a server can do: PROFRS, section 7.2.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "the server's own flags, in its words")]
pub struct Profile {
    /// The institution's name.
    pub name: Option<String>,
    /// MFACHALLENGEFIRST: its questions are to be asked for before the first login.
    pub asks_first: bool,
    /// CLIENTUIDREQ: it wants to know the device by an id.
    pub wants_client: bool,
    /// AUTHTOKENFIRST: the first login needs a token that the person gets elsewhere.
    pub wants_token: bool,
    /// What the institution calls that token.
    pub token_label: Option<String>,
    /// CHGPINFIRST: the password must be changed at the first login.
    pub wants_new_password: bool,
}

/// Reads an answer of a server that is in memory.
///
/// # Errors
/// [`Unreadable`] when it is not OFX at all.
pub fn reply(bytes: &[u8]) -> Result<Reply, Unreadable> {
    let nowhere = |problem: &str| Unreadable {
        place: Place { line: 1, column: 0 },
        problem: problem.to_owned(),
    };
    let head = &bytes[..bytes.len().min(HEAD)];
    let mut elements = Elements::new(Source::new(head, bytes));
    let mut reading = Reading::default();
    loop {
        match elements.next() {
            Ok(Some(step)) => reading.step(step, &elements),
            Ok(None) | Err(Ended::Stopped) => break,
            Err(Ended::Unreadable(unreadable)) => return Err(unreadable),
        }
    }
    if !elements.begun() || !reading.is_ofx {
        return Err(nowhere("the answer is not OFX"));
    }
    if !elements.whole() {
        return Err(Unreadable {
            place: elements.place(),
            problem: "the answer breaks off before its end".into(),
        });
    }
    Ok(reading.reply)
}

#[derive(Default)]
struct Reading {
    reply: Reply,
    is_ofx: bool,
    status: Status,
    severity_said: bool,
    /// The requests whose answers are open, the outermost first.
    open: Vec<Answer>,
    question: Option<Question>,
    listed: Option<Listed>,
    /// The description of the ACCTINFO, which may hold several accounts.
    description: Option<String>,
}

impl Reading {
    fn step(&mut self, step: Step, elements: &Elements) {
        match step {
            Step::Begin => self.begin(elements.name()),
            Step::Leaf => self.leaf(elements),
            Step::End => self.end(elements),
            Step::Broken(_) => {}
        }
    }

    fn begin(&mut self, name: &str) {
        match name {
            "OFX" => self.is_ofx = true,
            "SONRS" => self.reply.sign_on = Some(SignOn::default()),
            "STATUS" => {
                self.status = Status::default();
                self.severity_said = false;
            }
            "MFACHALLENGE" => {
                self.question = Some(Question { id: String::new(), label: None });
            }
            "ACCTINFO" => self.description = None,
            "PROFRS" => self.reply.profile = Some(Profile::default()),
            "BANKACCTINFO" | "CCACCTINFO" | "INVACCTINFO" | "LOANACCTINFO" => {
                let kind = match name {
                    "CCACCTINFO" => Some(AccountKind::CreditCard),
                    "INVACCTINFO" => Some(AccountKind::Investment),
                    "LOANACCTINFO" => Some(AccountKind::Loan),
                    _ => None,
                };
                let name = self.description.clone();
                let account = Account { kind, name, ..Account::default() };
                self.listed = Some(Listed { account, kind_word: None, has_statements: true });
            }
            _ if name.ends_with("TRNRS") => {
                let answer =
                    Answer { name: name.to_owned(), id: String::new(), status: Status::default() };
                self.open.push(answer);
            }
            _ => {}
        }
    }

    fn leaf(&mut self, elements: &Elements) {
        let (name, value) = (elements.name(), elements.value());
        let parent = elements.stack().last().map_or("", String::as_str);
        let yes = value.eq_ignore_ascii_case("Y");
        let filled = || (!value.is_empty()).then(|| value.to_owned());
        let secret = || (!value.is_empty()).then(|| SecretString::from(value));
        match (parent, name) {
            ("STATUS", "CODE") => {
                self.status.code = value.parse().unwrap_or(2000);
                if !self.severity_said {
                    self.status.is_error = self.status.code != 0;
                }
            }
            ("STATUS", "SEVERITY") => {
                self.severity_said = true;
                self.status.is_error = value.eq_ignore_ascii_case("ERROR");
            }
            ("SONRS", _) => {
                let Some(sign_on) = &mut self.reply.sign_on else { return };
                match name {
                    "ACCESSKEY" => sign_on.access_key = secret(),
                    "USERKEY" => sign_on.user_key = secret(),
                    "SESSCOOKIE" => sign_on.session_cookie = secret(),
                    _ => {}
                }
            }
            ("MFACHALLENGE", _) => {
                let Some(question) = &mut self.question else { return };
                match name {
                    "MFAPHRASEID" => value.clone_into(&mut question.id),
                    "MFAPHRASELABEL" => question.label = filled(),
                    _ => {}
                }
            }
            ("ACCTINFO", "DESC") => {
                self.description = filled();
            }
            ("BANKACCTFROM" | "CCACCTFROM" | "INVACCTFROM" | "LOANACCTFROM", _) => {
                let Some(Listed { account, kind_word, .. }) = &mut self.listed else { return };
                match name {
                    "BANKID" | "BROKERID" => account.bank = filled(),
                    "BRANCHID" => account.branch = filled(),
                    "ACCTID" => value.clone_into(&mut account.number),
                    "ACCTTYPE" => {
                        account.kind = statement::kind(value);
                        *kind_word = filled();
                    }
                    _ => {}
                }
            }
            ("BANKACCTINFO" | "CCACCTINFO", "SUPTXDL") => {
                if let Some(listed) = &mut self.listed {
                    listed.has_statements = yes;
                }
            }
            ("PROFRS", "FINAME") => {
                if let Some(profile) = &mut self.reply.profile {
                    profile.name = filled();
                }
            }
            ("SIGNONINFO", _) => {
                let Some(profile) = &mut self.reply.profile else { return };
                match name {
                    "MFACHALLENGEFIRST" => profile.asks_first |= yes,
                    "CLIENTUIDREQ" => profile.wants_client |= yes,
                    "AUTHTOKENFIRST" => profile.wants_token |= yes,
                    "AUTHTOKENLABEL" => profile.token_label = filled(),
                    "CHGPINFIRST" => profile.wants_new_password |= yes,
                    _ => {}
                }
            }
            (_, "TRNUID") => {
                if let Some(answer) = self.open.last_mut() {
                    value.clone_into(&mut answer.id);
                }
            }
            _ => {}
        }
    }

    fn end(&mut self, elements: &Elements) {
        let parent = elements.stack().last().map_or("", String::as_str);
        match elements.name() {
            "STATUS" => match (parent, &mut self.reply.sign_on, self.open.last_mut()) {
                ("SONRS", Some(sign_on), _) => sign_on.status = self.status,
                (_, _, Some(answer)) => answer.status = self.status,
                _ => {}
            },
            "MFACHALLENGE" => keep(&mut self.reply.questions, self.question.take()),
            "BANKACCTINFO" | "CCACCTINFO" | "INVACCTINFO" | "LOANACCTINFO" => {
                let listed = self.listed.take();
                let numbered = listed.filter(|listed| !listed.account.number.is_empty());
                keep(&mut self.reply.accounts, numbered);
            }
            name if name.ends_with("TRNRS") => {
                let answer = self.open.pop();
                keep(&mut self.reply.answers, answer);
            }
            _ => {}
        }
    }
}

fn keep<T>(all: &mut Vec<T>, one: Option<T>) {
    if let Some(one) = one
        && all.len() < MOST
    {
        all.push(one);
    }
}

#[cfg(test)]
mod tests;
