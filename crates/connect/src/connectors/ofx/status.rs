//! What the statuses of OFX mean for a conversation.

use crate::talk::{Failure, LoginProblem};
use statements::ofx::Status;

/// The login is right, and the server wants to ask first (section 2.5.4).
pub(super) const ASKS: u32 = 3000;
/// An answer to its questions was wrong.
pub(super) const WRONG_ANSWER: u32 = 3001;
/// The server wants a token that the person has from elsewhere (AUTHTOKEN, section 2.5.1.4).
pub(super) const WANTS_TOKEN: u32 = 15512;
/// That token was wrong.
pub(super) const WRONG_TOKEN: u32 = 15513;

/// Why nobody is let in; `None` if somebody is.
///
/// OFX 2.2, section 2.5.1.7. Only a code that says it of the login or the person blames them; whatever
/// is not in this table is unexpected and tried again.
pub(super) fn failure(status: Status) -> Option<Failure> {
    let Status { code, is_error } = status;
    Some(match code {
        // “Must change USERPASS” comes as a remark, but nothing else is done before it is.
        15000 | 15507 => Failure::Login(LoginProblem::PasswordExpired),
        _ if !is_error => return None,
        15500 => Failure::InvalidCredentials,
        15502 => Failure::Login(LoginProblem::Locked),
        // The customer is logged in elsewhere.
        15501 => Failure::TooManySessions,
        // The device (CLIENTUID) must be registered, or the person must speak with the bank.
        15510 | 15511 => Failure::Login(LoginProblem::ActionNeeded),
        // The person may not act for that user.
        15508 => Failure::Login(LoginProblem::Forbidden),
        13501 | 13502 => Failure::Login(LoginProblem::NotActivated),
        // “Server undergoing maintenance; try again later.”
        13505 => Failure::InstitutionDown,
        ASKS | WANTS_TOKEN => Failure::TokenRequired,
        WRONG_ANSWER | WRONG_TOKEN => Failure::WrongToken,
        code => Failure::Unexpected(format!("OFX status {code}")),
    })
}

/// What a request that was not done means for the rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Undone {
    /// There is no (such) account, it is closed, or not for this person: others may be read.
    NoAccount,
    /// The days cannot be had.
    NoSuchDays,
    /// The whole reading is off.
    Failed(Failure),
}

/// What became of a request; `None` if it was done. Section 11.4.2.3, and 3.1.5 for the rest.
pub(super) fn undone(status: Status) -> Option<Undone> {
    if !status.is_error {
        return None;
    }
    Some(match status.code {
        2001..=2005 => Undone::NoAccount,
        2020 | 2027 => Undone::NoSuchDays,
        _ => Undone::Failed(
            failure(status).unwrap_or_else(|| Failure::Unexpected("no OFX status".into())),
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(code: u32) -> Status {
        Status { code, is_error: true }
    }

    #[test]
    fn only_what_is_said_of_the_login_blames_it() {
        assert_eq!(failure(error(15500)), Some(Failure::InvalidCredentials));
        assert_eq!(failure(error(15502)), Some(Failure::Login(LoginProblem::Locked)));
        let remark = Status { code: 15000, is_error: false };
        assert_eq!(failure(remark), Some(Failure::Login(LoginProblem::PasswordExpired)));
        for code in
            [2000, 2019, 6502, 10500, 13504, 13505, 15501, 15503, 15505, 15506, 16500, 99999]
        {
            let failure = failure(error(code)).expect("an error");
            assert!(!failure.blames_login(), "{code}: {failure}");
            assert!(failure.passes(), "{code}: {failure}");
        }
    }
    #[test]
    fn remarks_are_no_failures() {
        for code in [0, 1, 2000, 2028] {
            let status = Status { code, is_error: false };
            assert_eq!((failure(status), undone(status)), (None, None));
        }
    }
    #[test]
    fn a_closed_account_does_not_spoil_the_others() {
        assert_eq!(undone(error(2004)), Some(Undone::NoAccount));
        assert_eq!(undone(error(2027)), Some(Undone::NoSuchDays));
        assert!(matches!(undone(error(2000)), Some(Undone::Failed(Failure::Unexpected(_)))));
    }
}
