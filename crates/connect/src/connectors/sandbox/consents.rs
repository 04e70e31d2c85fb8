//! What a customer of Open Finance has allowed.

use super::{items::Showing, users::mock_customer};
use domain::resources::consents::{Consent, ConsentStatus, Permissions};

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.into()).collect()
}

impl Showing<'_> {
    /// The one consent of a known customer, which has no end.
    pub(super) fn consents(&self) -> Vec<(String, Consent)> {
        let person = &self.world.person;
        if mock_customer(&person.document).is_none() {
            return Vec::new();
        }
        let consent = Consent {
            display_name: Some(person.name.clone()),
            document_number: person.document.clone(),
            user_name: None,
            expired_at: None,
            undefined_consent_expiration: true,
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
