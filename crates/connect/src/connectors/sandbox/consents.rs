//! What a customer of Open Finance has allowed.

use super::{faults::Effect, items::Showing, users::mock_customer};
use crate::talk::Credentials;
use domain::{
    consent::{Family, Request, Term},
    resources::consents::{Consent, ConsentStatus, Permissions, Unavailability},
    time::Moment,
};
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

/// What a customer has allowed at the bank's page. The bank itself forgets: the state of the login
/// remembers it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Allowed {
    /// Until when; for ever, if nothing is said.
    until: Option<Timestamp>,
    /// For how many days that was.
    days: Option<u16>,
    /// Which families; all, if none is named.
    permissions: Vec<Family>,
    /// By which name the application knows the customer.
    name: Option<String>,
}

impl Allowed {
    /// What was allowed before; `None` where the customer must be asked.
    pub(super) fn remembered(credentials: &Credentials) -> Option<Self> {
        let state = credentials.state.as_ref()?.expose_secret();
        // Whoever agreed when there was less to remember has agreed for ever.
        Some(serde_json::from_str(state).unwrap_or_default())
    }
    /// What is allowed by who agrees now to what they were asked.
    pub(super) fn now(credentials: &Credentials, now: Timestamp) -> Self {
        let Request { term, permissions, name } = Request::read(|field| credentials.reveal(field));
        let days = term.map(Term::days);
        let length = |days: u16| SignedDuration::from_hours(24 * i64::from(days));
        let until = days.and_then(|days| now.saturating_add(length(days)).ok());
        Self { until, days, permissions, name }
    }
    /// As it is given back to be remembered.
    pub(super) fn state(&self) -> SecretString {
        serde_json::to_string(self).unwrap_or_default().into()
    }
    /// Whether its end has come.
    pub(super) fn is_over(&self, now: Timestamp) -> bool {
        self.until.is_some_and(|end| end <= now)
    }
}

/// How a consent stands.
#[derive(Debug, Clone, Default)]
pub(super) struct Consented {
    allowed: Allowed,
    unavailable: Vec<Unavailability>,
}

impl Consented {
    /// What was allowed, as these effects make it.
    pub(super) fn by(effects: &[Effect], allowed: &Allowed) -> Self {
        let mut it = Self { allowed: allowed.clone(), unavailable: Vec::new() };
        for effect in effects {
            match effect {
                Effect::ConsentUntil(end) => it.allowed.until = Some(*end),
                Effect::PausedResources => it.unavailable.push(Unavailability::Paused),
                Effect::LostResources => it.unavailable.push(Unavailability::Lost),
                _ => {}
            }
        }
        it
    }
    /// The permissions of a family, as far as it was allowed. What all the others need is always.
    fn of(&self, family: Family, permissions: &[&str]) -> Vec<String> {
        let Allowed { permissions: named, .. } = &self.allowed;
        let allowed = named.is_empty() || family == Family::Resources || named.contains(&family);
        if allowed { permissions.iter().map(|&word| word.into()).collect() } else { Vec::new() }
    }
}

impl Showing<'_> {
    /// The one consent of a known customer.
    pub(super) fn consents(&self) -> Vec<(String, Consent)> {
        let person = &self.world.person;
        if mock_customer(&person.document).is_none() {
            return Vec::new();
        }
        let Consented { allowed, unavailable } = &self.consented;
        let of = |family, permissions: &[&str]| self.consented.of(family, permissions);
        let consent = Consent {
            display_name: Some(person.name.clone()),
            document_number: person.document.clone(),
            user_name: allowed.name.clone(),
            expired_at: allowed.until.map(Moment),
            undefined_consent_expiration: allowed.until.is_none(),
            unavailable_resources: unavailable.clone(),
            consent_duration: allowed.days,
            status: Some(ConsentStatus::Authorised),
            permissions: Permissions {
                accounts: of(
                    Family::Accounts,
                    &[
                        "ACCOUNTS_READ",
                        "ACCOUNTS_BALANCES_READ",
                        "ACCOUNTS_TRANSACTIONS_READ",
                        "ACCOUNTS_OVERDRAFT_LIMITS_READ",
                    ],
                ),
                credit_cards: of(
                    Family::CreditCards,
                    &[
                        "CREDIT_CARDS_ACCOUNTS_READ",
                        "CREDIT_CARDS_ACCOUNTS_BILLS_READ",
                        "CREDIT_CARDS_ACCOUNTS_BILLS_TRANSACTIONS_READ",
                        "CREDIT_CARDS_ACCOUNTS_LIMITS_READ",
                        "CREDIT_CARDS_ACCOUNTS_TRANSACTIONS_READ",
                    ],
                ),
                credit_operations: of(
                    Family::CreditOperations,
                    &[
                        "FINANCINGS_READ",
                        "FINANCINGS_WARRANTIES_READ",
                        "FINANCINGS_SCHEDULED_INSTALMENTS_READ",
                        "FINANCINGS_PAYMENTS_READ",
                    ],
                ),
                register: of(
                    Family::Register,
                    &[
                        "CUSTOMERS_PERSONAL_IDENTIFICATIONS_READ",
                        "CUSTOMERS_PERSONAL_ADITTIONALINFO_READ",
                    ],
                ),
                resources: of(Family::Resources, &["RESOURCES_READ"]),
                investments: of(
                    Family::Investments,
                    &[
                        "BANK_FIXED_INCOMES_READ",
                        "CREDIT_FIXED_INCOMES_READ",
                        "FUNDS_READ",
                        "VARIABLE_INCOMES_READ",
                        "TREASURE_TITLES_READ",
                    ],
                ),
            },
        };
        vec![(format!("{:016x}", self.world.seed.with(CONSENT).bits()), consent)]
    }
}

const CONSENT: u64 = 401;
