//! What a customer of Open Finance has allowed.

use super::{faults::Effect, items::Showing, users::mock_customer};
use domain::{
    resources::consents::{Consent, ConsentStatus, Permissions, Unavailability},
    time::Moment,
};
use jiff::Timestamp;

/// How a consent stands.
#[derive(Debug, Clone, Default)]
pub(super) struct Consented {
    /// Until when; for ever, if nothing is said.
    until: Option<Timestamp>,
    unavailable: Vec<Unavailability>,
}

impl Consented {
    /// As these effects make it.
    pub(super) fn by(effects: &[Effect]) -> Self {
        let mut it = Self::default();
        for effect in effects {
            match effect {
                Effect::ConsentUntil(end) => it.until = Some(*end),
                Effect::PausedResources => it.unavailable.push(Unavailability::Paused),
                Effect::LostResources => it.unavailable.push(Unavailability::Lost),
                _ => {}
            }
        }
        it
    }
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.into()).collect()
}

impl Showing<'_> {
    /// The one consent of a known customer.
    pub(super) fn consents(&self) -> Vec<(String, Consent)> {
        let person = &self.world.person;
        if mock_customer(&person.document).is_none() {
            return Vec::new();
        }
        let consent = Consent {
            display_name: Some(person.name.clone()),
            document_number: person.document.clone(),
            user_name: None,
            expired_at: self.consented.until.map(Moment),
            undefined_consent_expiration: self.consented.until.is_none(),
            unavailable_resources: self.consented.unavailable.clone(),
            consent_duration: None,
            status: Some(ConsentStatus::Authorised),
            permissions: Permissions {
                accounts: words(&[
                    "ACCOUNTS_READ",
                    "ACCOUNTS_BALANCES_READ",
                    "ACCOUNTS_TRANSACTIONS_READ",
                    "ACCOUNTS_OVERDRAFT_LIMITS_READ",
                ]),
                credit_cards: words(&[
                    "CREDIT_CARDS_ACCOUNTS_READ",
                    "CREDIT_CARDS_ACCOUNTS_BILLS_READ",
                    "CREDIT_CARDS_ACCOUNTS_BILLS_TRANSACTIONS_READ",
                    "CREDIT_CARDS_ACCOUNTS_LIMITS_READ",
                    "CREDIT_CARDS_ACCOUNTS_TRANSACTIONS_READ",
                ]),
                credit_operations: words(&[
                    "FINANCINGS_READ",
                    "FINANCINGS_WARRANTIES_READ",
                    "FINANCINGS_SCHEDULED_INSTALMENTS_READ",
                    "FINANCINGS_PAYMENTS_READ",
                ]),
                register: words(&[
                    "CUSTOMERS_PERSONAL_IDENTIFICATIONS_READ",
                    "CUSTOMERS_PERSONAL_ADITTIONALINFO_READ",
                ]),
                resources: words(&["RESOURCES_READ"]),
                investments: words(&[
                    "BANK_FIXED_INCOMES_READ",
                    "CREDIT_FIXED_INCOMES_READ",
                    "FUNDS_READ",
                    "VARIABLE_INCOMES_READ",
                    "TREASURE_TITLES_READ",
                ]),
            },
        };
        vec![(format!("{:016x}", self.world.seed.with(CONSENT).bits()), consent)]
    }
}

const CONSENT: u64 = 401;
