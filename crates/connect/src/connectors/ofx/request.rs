//! What is asked of a server, as OFX 1.x or 2.x.

use super::institutions::Site;
use domain::time::Window;
use jiff::{Timestamp, tz::TimeZone};
use secrecy::{ExposeSecret, SecretString};
use statements::{AccountKind, ofx::Listed};
use zeroize::Zeroizing;

/// Whom a server takes for nobody: section 2.5.1.
const NOBODY: &str = "anonymous00000000000000000000000";

/// Who asks.
pub(super) struct Caller<'a> {
    pub(super) site: &'a Site,
    /// `None` to ask as nobody.
    pub(super) login: Option<(&'a SecretString, &'a SecretString)>,
    /// CLIENTUID.
    pub(super) client: &'a str,
    /// SESSCOOKIE of the last answer.
    pub(super) cookie: Option<&'a SecretString>,
    /// ACCESSKEY of the last good login.
    pub(super) access_key: Option<&'a SecretString>,
    /// AUTHTOKEN.
    pub(super) token: Option<&'a SecretString>,
    /// MFACHALLENGEA, by the ids of their questions.
    pub(super) answers: &'a [(String, SecretString)],
    pub(super) now: Timestamp,
}

/// What is asked.
pub(super) enum Ask<'a> {
    /// What the server can do.
    Profile,
    /// What it wants to know before it lets anybody in.
    Questions,
    /// Which accounts there are.
    Accounts,
    /// The statement of one account: of these days, or its balances alone.
    Statement(&'a Listed, Option<Window>),
}

/// A request under `id`, the TRNUID that its answer repeats.
pub(super) fn request(caller: &Caller, ask: &Ask, id: &str) -> Zeroizing<String> {
    let mut text = Text::new(caller.site, caller.now);
    text.header(id);
    text.inside("OFX", |text| {
        text.inside("SIGNONMSGSRQV1", |text| {
            text.inside("SONRQ", |text| sign_on(text, caller));
            if matches!(ask, Ask::Questions) {
                text.transaction("MFACHALLENGETRNRQ", id, |text| {
                    text.inside("MFACHALLENGERQ", |text| text.leaf("DTCLIENT", &text.now()));
                });
            }
        });
        match ask {
            Ask::Questions => {}
            Ask::Profile => text.inside("PROFMSGSRQV1", |text| {
                text.transaction("PROFTRNRQ", id, |text| {
                    text.inside("PROFRQ", |text| {
                        text.leaf("CLIENTROUTING", "NONE");
                        text.leaf("DTPROFUP", "19900101");
                    });
                });
            }),
            Ask::Accounts => text.inside("SIGNUPMSGSRQV1", |text| {
                text.transaction("ACCTINFOTRNRQ", id, |text| {
                    text.inside("ACCTINFORQ", |text| text.leaf("DTACCTUP", "19900101"));
                });
            }),
            Ask::Statement(listed, window) => statement(text, listed, *window, id),
        }
    });
    text.out
}

fn sign_on(text: &mut Text, caller: &Caller) {
    let Caller { site, login, client, cookie, access_key, token, answers, .. } = caller;
    text.leaf("DTCLIENT", &text.now());
    let (user, password) = login.map_or((NOBODY, NOBODY), |(user, password)| {
        (user.expose_secret(), password.expose_secret())
    });
    text.leaf("USERID", user);
    text.leaf("USERPASS", password);
    text.leaf("LANGUAGE", &site.language);
    if let Some(org) = &site.org {
        text.inside("FI", |text| {
            text.leaf("ORG", org);
            if let Some(fid) = &site.fid {
                text.leaf("FID", fid);
            }
        });
    }
    let secret = |text: &mut Text, tag, value: Option<&SecretString>| {
        if let Some(value) = value {
            text.leaf(tag, value.expose_secret());
        }
    };
    secret(text, "SESSCOOKIE", *cookie);
    text.leaf("APPID", &site.appid);
    text.leaf("APPVER", &site.appver);
    // The rest came with 1.0.3 and 2.0.3, together.
    if !knows_questions(site.version) {
        return;
    }
    text.leaf("CLIENTUID", client);
    secret(text, "AUTHTOKEN", *token);
    secret(text, "ACCESSKEY", *access_key);
    for (id, answer) in *answers {
        text.inside("MFACHALLENGEA", |text| {
            text.leaf("MFAPHRASEID", id);
            text.leaf("MFAPHRASEA", answer.expose_secret());
        });
    }
}

/// Whether this version of OFX has questions, keys and ids of clients.
pub(super) const fn knows_questions(version: u16) -> bool {
    matches!(version, 103..200 | 203..)
}

fn statement(text: &mut Text, listed: &Listed, window: Option<Window>, id: &str) {
    let account = &listed.account;
    let is_card = account.kind == Some(AccountKind::CreditCard);
    let [set, transaction, request, from] = if is_card {
        ["CREDITCARDMSGSRQV1", "CCSTMTTRNRQ", "CCSTMTRQ", "CCACCTFROM"]
    } else {
        ["BANKMSGSRQV1", "STMTTRNRQ", "STMTRQ", "BANKACCTFROM"]
    };
    text.inside(set, |text| {
        text.transaction(transaction, id, |text| {
            text.inside(request, |text| {
                text.inside(from, |text| {
                    if !is_card {
                        let bank = account.bank.as_deref().or(text.site.bankid.as_deref());
                        text.leaf("BANKID", bank.unwrap_or_default());
                        if let Some(branch) = &account.branch {
                            text.leaf("BRANCHID", branch);
                        }
                    }
                    text.leaf("ACCTID", &account.number);
                    if !is_card {
                        let kind = listed.kind_word.as_deref().unwrap_or("CHECKING");
                        text.leaf("ACCTTYPE", kind);
                    }
                });
                text.inside("INCTRAN", |text| {
                    if let Some(window) = window {
                        let (from, to) = asked_days(window, text.at);
                        text.leaf("DTSTART", &from);
                        text.leaf("DTEND", &to);
                    }
                    text.leaf("INCLUDE", if window.is_some() { "Y" } else { "N" });
                });
            });
        });
    });
}

/// From when to when is asked for: a day more on both sides, because servers differ on whose midnight
/// it is and whether the last day belongs to it; but nothing that is still to come, which some refuse.
fn asked_days(window: Window, now: Timestamp) -> (String, String) {
    let from = window.from.yesterday().unwrap_or(window.from);
    let to = window.to.tomorrow().unwrap_or(window.to);
    let end = to.at(23, 59, 59, 0).to_zoned(TimeZone::UTC).map_or(now, |end| end.timestamp());
    (format!("{}000000.000[0:GMT]", from.strftime("%Y%m%d")), stamp(end.min(now)))
}

/// Section 3.2.8.2, in UTC.
fn stamp(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%Y%m%d%H%M%S.000[0:GMT]").to_string()
}

/// A request that is being written; wiped when dropped, because it holds a password.
struct Text<'a> {
    site: &'a Site,
    at: Timestamp,
    out: Zeroizing<String>,
}

impl<'a> Text<'a> {
    fn new(site: &'a Site, at: Timestamp) -> Self {
        // Large enough that no part of it is moved and left behind.
        Self { site, at, out: Zeroizing::new(String::with_capacity(64 * 1024)) }
    }
    fn now(&self) -> String {
        stamp(self.at)
    }
    fn is_xml(&self) -> bool {
        self.site.version >= 200
    }

    fn header(&mut self, id: &str) {
        let version = self.site.version;
        let header = if self.is_xml() {
            format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\r\n\
                 <?OFX OFXHEADER=\"200\" VERSION=\"{version}\" SECURITY=\"NONE\" \
                 OLDFILEUID=\"NONE\" NEWFILEUID=\"{id}\"?>\r\n"
            )
        } else {
            format!(
                "OFXHEADER:100\r\nDATA:OFXSGML\r\nVERSION:{version}\r\nSECURITY:NONE\r\n\
                 ENCODING:USASCII\r\nCHARSET:NONE\r\nCOMPRESSION:NONE\r\nOLDFILEUID:NONE\r\n\
                 NEWFILEUID:{id}\r\n\r\n"
            )
        };
        self.out.push_str(&header);
    }

    fn inside(&mut self, tag: &str, write: impl FnOnce(&mut Self)) {
        self.tag("<", tag);
        write(self);
        self.tag("</", tag);
    }

    fn transaction(&mut self, tag: &str, id: &str, write: impl FnOnce(&mut Self)) {
        self.inside(tag, |text| {
            text.leaf("TRNUID", id);
            write(text);
        });
    }

    fn leaf(&mut self, tag: &str, value: &str) {
        self.tag("<", tag);
        for letter in value.chars() {
            match letter {
                '&' => self.out.push_str("&amp;"),
                '<' => self.out.push_str("&lt;"),
                '>' => self.out.push_str("&gt;"),
                letter if letter.is_control() => {}
                // The header of 1.x says that there are none; both kinds know letters by number.
                letter if !letter.is_ascii() && !self.is_xml() => {
                    self.out.push_str("&#");
                    self.out.push_str(&u32::from(letter).to_string());
                    self.out.push(';');
                }
                letter => self.out.push(letter),
            }
        }
        if self.is_xml() || self.site.close_tags {
            self.tag("</", tag);
        } else {
            self.out.push_str("\r\n");
        }
    }

    fn tag(&mut self, open: &str, tag: &str) {
        self.out.push_str(open);
        self.out.push_str(tag);
        self.out.push('>');
    }
}

#[cfg(test)]
mod tests;
