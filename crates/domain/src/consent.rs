//! What a person is asked to allow at an institution of Open Finance: what, for how long, by which
//! name. What they have allowed is the institution's to say ([`crate::resources::consents`]).

use crate::words;

words!(
    /// A family of permissions, in the network's words.
    Family {
        /// Who the person is.
        Register = "REGISTER",
        /// Accounts with balances and movements.
        Accounts = "ACCOUNTS",
        /// Cards with bills and movements.
        CreditCards = "CREDIT_CARDS",
        /// Loans and what is left of them.
        CreditOperations = "CREDIT_OPERATIONS",
        /// Investments.
        Investments = "INVESTMENTS",
        /// What all the others need.
        Resources = "RESOURCES",
    }
);

/// For how many days: one of those that the network knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Term(u16);

impl Term {
    /// Every term, from the shortest on.
    pub const ALL: [Self; 4] = [Self(92), Self(183), Self(275), Self(366)];

    /// The term of so many days; `None` if the network has none.
    #[must_use]
    pub fn of(days: u64) -> Option<Self> {
        Self::ALL.into_iter().find(|term| u64::from(term.0) == days)
    }
    /// In days.
    #[must_use]
    pub const fn days(self) -> u16 {
        self.0
    }
}

/// What a person is asked to allow. It travels with the login, as further fields of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Request {
    /// For how long; for ever, if nothing is said.
    pub term: Option<Term>,
    /// What; as the institution does by itself, if nothing is said.
    pub permissions: Vec<Family>,
    /// By which name the application knows the person.
    pub name: Option<String>,
}

/// The field of a login that says for how many days.
pub const DURATION: &str = "consent_duration";
/// The field of a login that says which families of permissions, separated by commas.
pub const PERMISSIONS: &str = "consent_permissions";
/// The field of a login that says by which name the application knows the person.
pub const NAME: &str = "consent_name";

impl Request {
    /// As fields of a login, by their names.
    pub fn fields(&self) -> impl Iterator<Item = (&'static str, String)> {
        let words: Vec<&str> = self.permissions.iter().map(|family| family.as_str()).collect();
        let term = self.term.map(|term| (DURATION, term.days().to_string()));
        let permissions = (!words.is_empty()).then(|| (PERMISSIONS, words.join(",")));
        let name = self.name.clone().map(|name| (NAME, name));
        term.into_iter().chain(permissions).chain(name)
    }
    /// What the fields of a login say; what is not understood is left out.
    pub fn read<'a>(field: impl Fn(&str) -> &'a str) -> Self {
        let name = field(NAME);
        Self {
            term: field(DURATION).parse().ok().and_then(Term::of),
            permissions: field(PERMISSIONS)
                .split(',')
                .filter_map(|word| word.parse().ok())
                .collect(),
            name: (!name.is_empty()).then(|| name.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn a_request_is_read_from_a_login_as_it_was_put_into_it() {
        let all = Request {
            term: Term::of(183),
            permissions: vec![Family::Register, Family::Accounts],
            name: Some("Ralph Bragg".into()),
        };
        for request in [all, Request::default()] {
            let fields: BTreeMap<_, _> = request.fields().collect();
            let read = Request::read(|name| fields.get(name).map_or("", String::as_str));
            assert_eq!(read, request);
        }
    }

    #[test]
    fn only_the_terms_of_the_network_are_terms() {
        assert_eq!(Term::ALL.map(Term::days), [92, 183, 275, 366]);
        for other in [0, 91, 365, 65_628] {
            assert_eq!(Term::of(other), None, "{other}");
        }
    }
}
