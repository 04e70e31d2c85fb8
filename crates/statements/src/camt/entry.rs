//! `Ntry`: one line in the bank's books, and the payments that it is made of.

use crate::{
    said::{Account, Movement, Place},
    words::{append, tidy},
};
use domain::money::Amount;
use jiff::{Timestamp, civil::Date};

/// An entry. Several payments that the bank has booked in one are one movement, because they changed
/// the balance once: their texts are joined, and what they do not agree on is left out.
#[derive(Default)]
pub(super) struct Entry {
    pub(super) place: Place,
    pub(super) amount: Option<Amount>,
    pub(super) currency: Option<String>,
    pub(super) credit: Option<bool>,
    pub(super) reversal: bool,
    /// `BOOK`, `PDNG`, `INFO`, `FUTR`; upper case.
    pub(super) status: String,
    pub(super) booking: Option<Date>,
    pub(super) at: Option<Timestamp>,
    pub(super) value: Option<Date>,
    pub(super) bank_reference: Option<String>,
    pub(super) own_reference: Option<String>,
    pub(super) batch_reference: Option<String>,
    pub(super) code: Code,
    pub(super) additional: Option<String>,
    text: String,
    details_code: Option<String>,
    details_reference: Common,
    reference: Common,
    other: Common,
    other_account: Common,
}

/// What all details agree on.
#[derive(Default)]
enum Common {
    #[default]
    Unsaid,
    Said(Option<String>),
    Differs,
}

impl Common {
    fn add(&mut self, value: Option<String>) {
        *self = match std::mem::take(self) {
            Self::Unsaid => Self::Said(value),
            Self::Said(known) if known == value => Self::Said(known),
            _ => Self::Differs,
        };
    }
    fn take(self) -> Option<String> {
        match self {
            Self::Said(value) => value,
            Self::Unsaid | Self::Differs => None,
        }
    }
}

/// `TxDtls`: one payment.
#[derive(Default)]
pub(super) struct Details {
    pub(super) bank_reference: Option<String>,
    pub(super) end_to_end: Option<String>,
    pub(super) instruction: Option<String>,
    pub(super) cheque: Option<String>,
    pub(super) creditor_reference: Option<String>,
    pub(super) code: Code,
    pub(super) debtor: Party,
    pub(super) creditor: Party,
    pub(super) ultimate_debtor: Party,
    pub(super) ultimate_creditor: Party,
    text: String,
}

impl Details {
    /// Adds the bank's or the payer's words.
    pub(super) fn say(&mut self, text: &str) {
        append(&mut self.text, text);
    }
}

/// Who paid or was paid.
#[derive(Default, Clone)]
pub(super) struct Party {
    pub(super) name: Option<String>,
    pub(super) account: Option<String>,
}

impl Party {
    fn is_nobody(&self) -> bool {
        self.name.is_none() && self.account.is_none()
    }
    /// Whether this is whose statement it is.
    fn is(&self, account: &Account) -> bool {
        self.account.as_deref() == Some(account.number.as_str())
            || (self.account.is_none() && self.name.is_some() && self.name == account.holder)
    }
}

/// `BkTxCd`: what kind of movement the bank says it is.
#[derive(Default)]
pub(super) struct Code {
    domain: String,
    family: String,
    sub_family: String,
    own: String,
}

impl Code {
    pub(super) fn part(&mut self, path: &[&str], text: &str) {
        let place = match path {
            ["Domn", "Cd"] => &mut self.domain,
            ["Domn", "Fmly", "Cd"] => &mut self.family,
            ["Domn", "Fmly", "SubFmlyCd"] => &mut self.sub_family,
            ["Prtry", "Cd"] => &mut self.own,
            _ => return,
        };
        text.trim().clone_into(place);
    }
    /// `PMNT-RCDT-DMCT`, or the bank's own code.
    fn take(self) -> Option<String> {
        let parts = [self.domain, self.family, self.sub_family];
        let standard: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        if standard.is_empty() { tidy(&self.own) } else { Some(standard.join("-")) }
    }
}

/// A reference, unless it says that there is none.
fn given(reference: Option<String>) -> Option<String> {
    reference.filter(|text| !matches!(text.as_str(), "NOTPROVIDED" | "NONREF" | "NOTAVAILABLE"))
}

impl Entry {
    pub(super) fn new(place: Place) -> Self {
        Self { place, ..Self::default() }
    }

    /// A line that tells of something that is not booked and will not be.
    pub(super) fn is_only_information(&self) -> bool {
        self.status == "INFO"
    }

    /// Adds one payment. `account` is the one whose statement this is.
    pub(super) fn add(&mut self, details: Details, account: &Account) {
        append(&mut self.text, &details.text);
        // A reference made for machines is the payer's only word where there is no other.
        if let (true, Some(only)) = (details.text.is_empty(), &details.creditor_reference) {
            append(&mut self.text, only);
        }
        self.details_reference.add(given(details.bank_reference));
        self.details_code = self.details_code.take().or_else(|| details.code.take());
        let reference = given(details.end_to_end)
            .or(given(details.creditor_reference))
            .or(details.cheque)
            .or(given(details.instruction));
        self.reference.add(reference);
        // Who sent what came in, or got what went out; the parties of a reversal are those of the
        // movement that it takes back.
        let incoming = self.credit.unwrap_or_default() != self.reversal;
        let (other, ultimate, own) = if incoming {
            (details.debtor, details.ultimate_debtor, details.creditor)
        } else {
            (details.creditor, details.ultimate_creditor, details.debtor)
        };
        // Some banks name the other under the wrong heading.
        let other = if !other.is_nobody() {
            other
        } else if !ultimate.is_nobody() {
            ultimate
        } else if own.is(account) {
            Party::default()
        } else {
            own
        };
        self.other.add(other.name);
        self.other_account.add(other.account);
    }

    /// What the entry says; `None` without an amount and a sign.
    pub(super) fn movement(self) -> Option<Movement> {
        let Amount(value) = self.amount?;
        let amount = Amount(if self.credit? { value } else { -value });
        let mut description = self.text;
        if let Some(additional) = self.additional
            && !description.contains(&additional)
        {
            append(&mut description, &additional);
        }
        let reference = self.reference.take().or_else(|| given(self.batch_reference));
        let id = given(self.bank_reference)
            .or_else(|| self.details_reference.take())
            .or_else(|| given(self.own_reference));
        Some(Movement {
            id,
            value_date: self.value.or(self.booking),
            booking_date: self.booking,
            at: self.at,
            amount,
            currency: self.currency,
            description,
            kind: self.code.take().or(self.details_code),
            reference,
            counterparty: self.other.take(),
            counterparty_account: self.other_account.take(),
            running_balance: None,
            pending: matches!(self.status.as_str(), "PDNG" | "FUTR"),
            reversal: self.reversal,
        })
    }
}
