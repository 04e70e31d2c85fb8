//! What must hold after every reading, whatever the institution did, and what is promised instead
//! where the truth cannot be recovered from what was shown.
//!
//! - **One movement, one record.** A movement that was shown before is shown again by the record
//!   that it had. *Instead:* records may swap movements where as many records of one look went to
//!   items of one look as truly should have (`ledger::faces`), and where an item looks in everything
//!   as the record did: then what is left behind stands for what the other stood for, until one of
//!   them goes back. While a movement's record is in doubt about another, it may end in that one if the
//!   other's own movement is not shown, or has another record; one that was deleted by the rules (below) comes back under a new id.
//! - **Two movements, two records.** No two lives are merged into one record. *Instead:* where
//!   equal items without marks stand on two pages, one record carries the doubt; a run of three that
//!   two pages repeat counts once.
//! - **Nothing is removed by a faulty reading.** A deleted record's movement is really gone, or has
//!   another record, or two readings that called themselves complete, at least six hours
//!   apart, did not show it; a pending one only needs one such reading in which nothing booked is
//!   missing.
//! - **Twice is once.** The same reading applied again writes nothing; the same read again from the
//!   start (another login, other ids, other running numbers) creates nothing.
//! - **Any order.** Two overlapping windows that are read at one moment leave the same records of
//!   what they show, whichever comes first. *Instead:* while there are doubts, records that are
//!   missing, or days that were told wrong, one order may decide at once what the other leaves to the
//!   next reading.
//! - **It ends well.** After some calm complete readings the book is the truth, and no doubt about
//!   another record and no suspicion is left that the institution's own silence does not explain.
//!
//! Where the ledger's answer parts from the truth, the items and records that hang together are weighed
//! (`ledger::unknowable`): an answer that needs no more that is new, gone or (where these are even) changed
//! than the truth is no broken promise, because the truth was the less likely of the two. A change of day
//! that most of what one reading wrote truly made counts for nothing.
//!
//! A manifest that trusts ids more than they deserve excuses what was promised of the movements of
//! which such an id said something false, of those that hang together with them, and of those that were
//! taken for them; nothing else.

use crate::institution::Habits;
use domain::record::Movement;

/// What a reader of an institution can tell apart at all.
#[derive(Debug, Clone, Copy)]
pub struct Eyes {
    /// The institution's habits.
    pub habits: Habits,
    /// Some reading told its days in another zone.
    pub days_moved: bool,
}

/// Enough of a description to know the invented merchants by.
pub(crate) fn merchant(words: &str) -> String {
    let plain = |letter: char| match letter {
        'é' => 'e',
        'ã' => 'a',
        other => other.to_ascii_lowercase(),
    };
    words.chars().filter(|c| c.is_alphabetic()).take(4).map(plain).collect()
}

/// Whether the institution left enough for anyone to recognise a movement that it showed as `old`
/// and shows as `new`: a lasting instant or reference, or all but one of day (which no calendar moves
/// by more than one), amount, direction and description; and where it posted in between, also
/// another day within ten, other words that are akin, and on cards an amount within the tips.
#[must_use]
pub fn recognisable(old: &Movement, new: &Movement, times: bool, ids: bool) -> bool {
    let day = old.value_date == new.value_date;
    let amount = old.amount == new.amount && old.currency == new.currency;
    let akin = merchant(&old.description) == merchant(&new.description);
    if ids || times || (old.reference.is_some() && old.reference == new.reference) {
        return usize::from(!day) + usize::from(!amount) + usize::from(!akin) < 3;
    }
    let days = (new.value_date - old.value_date).get_days();
    let percent = |n: i64| old.amount.0 * rust_decimal::Decimal::new(n, 2);
    let tip = old.on_card && percent(95) <= new.amount.0 && new.amount.0 <= percent(130);
    let converted = old.on_card && old.currency != new.currency;
    let letters =
        |m: &Movement| m.description.chars().filter(|c| c.is_alphabetic()).collect::<String>();
    if old.pending && !new.pending {
        let fuel = old.on_card && old.description.starts_with("POSTO");
        let rounding = percent(99) <= new.amount.0 && new.amount.0 <= percent(101);
        akin && (-1..=11).contains(&days) && (amount || rounding || tip || converted || fuel)
    } else {
        amount && (day || days.abs() <= 1 && letters(old) == letters(new))
    }
}

/// A promise that was broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// Which.
    pub promise: Promise,
    /// After which reading of the run.
    pub step: usize,
    /// The life that it happened to.
    pub life: usize,
    /// In words.
    pub how: String,
}

/// The promises, by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Promise {
    /// One movement, one record.
    OneRecord,
    /// Two movements, two records.
    TwoRecords,
    /// Nothing is removed by a faulty reading.
    NothingRemoved,
    /// Twice is once.
    TwiceIsOnce,
    /// Overlapping windows say the same in any order.
    AnyOrder,
    /// It ends well.
    EndsWell,
}

/// What is promised less where the truth cannot be recovered from what was shown, by name; ADR 0007
/// says what each is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Excuse {
    /// Movements that nothing tells apart swapped records.
    Swap,
    /// A movement that is gone, and another that could have been it.
    Impostor,
    /// A movement that changed beyond recognition between two sightings.
    Stranger,
    /// A doubt ended in the record that it named, while that record's own movement is not shown.
    Decided,
    /// A record that was deleted by the rules, and a movement that came back as another.
    Reborn,
    /// What the ledger took it for needs no more that is new, gone or changed than the truth.
    Simpler,
    /// Movements that two pages seemed to repeat, as they repeated a run of others.
    Folded,
    /// An id that the manifest trusts said something false of them.
    Misled,
}
