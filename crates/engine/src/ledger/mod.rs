//! The ledger owns identity: it compares what one reading of an institution saw with the records
//! that are kept, and plans what to create, correct, suspect and delete.
//!
//! Everything here is a pure function of its arguments, without clock, chance or storage. The
//! engine reads the known records, calls [`reconcile`], and writes the whole [`Plan`] in one
//! transaction together with its change rows. The invariants that the plan keeps:
//!
//! 1. One real movement is one record with one id, from its first (often pending) appearance on.
//! 2. Two real movements are two records, even when every visible field is equal.
//! 3. A partial, empty, truncated, repeated or unordered reading adds and corrects; it never
//!    removes.
//! 4. Nothing is decided by luck: where two answers are about equally good, both facts are kept
//!    and the [`Doubt`] is stored with them, until a later reading resolves it.
//! 5. The same reading applied twice plans no write the second time.
//!
//! What cannot be known is said, not hidden. Two movements that agree in every mark the institution
//! shows may swap records with each other: nothing that anyone can observe tells them apart. And a
//! pending movement that an otherwise faultless complete reading leaves out is deleted at once, as
//! the contract asks; if the institution shows it again, it is a new record (ADR 0007).

mod accounts;
mod coverage;
mod fingerprint;
mod folding;
mod keyed;
mod matching;
mod missing;
mod signals;
#[cfg(test)]
mod stories;

pub use accounts::{AccountKey, normal_number};
pub use coverage::Coverage;
pub use keyed::{may_decide, unmasked};
pub use missing::Silence;
pub use signals::Verdict;

use domain::{
    ids::RecordId,
    money::Amount,
    record::{Facts, Trust},
    time::Window,
};
use jiff::{SignedDuration, Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use std::{collections::HashSet, fmt};

/// A record as it is stored, as far as identity goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Ours, for ever.
    pub id: RecordId,
    /// What the last reading that saw it said of its identity.
    pub facts: Facts,
    /// The day by which windows select it, for keyed resources that have days; movements carry
    /// their own. Without it a windowed reading never judges a keyed record missing.
    pub day: Option<Date>,
    /// The institution's id, kept only where it means something beyond one reading
    /// ([`keeps_source_id`]).
    pub source_id: Option<String>,
    /// A hash of the content that is served, institution ids left out unless they are trusted: a
    /// new hash means a write and a webhook.
    pub content: i64,
    /// When a complete reading first missed it.
    pub suspected_at: Option<Timestamp>,
    /// What is uncertain about it.
    pub doubt: Option<Doubt>,
    /// When it was stored.
    pub created_at: Timestamp,
    /// [`Reading::at`] of the last reading that created or updated it.
    pub written_at: Timestamp,
    /// [`Reading::at`] of the last reading that began, changed or ended a suspicion or a doubt of it.
    pub judged_at: Option<Timestamp>,
}

/// One item of a reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The caller's index of the item; the plan speaks of items by it.
    pub item: usize,
    /// What it says of its identity.
    pub facts: Facts,
    /// The institution's id.
    pub source_id: Option<String>,
    /// The page it stood on; pages count upwards in the order in which they were read.
    pub page: u32,
    /// As [`Known::content`].
    pub content: i64,
}

/// Balances as the institution states them around a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stated {
    /// Before the first movement.
    pub opening: Option<Amount>,
    /// After the last movement.
    pub closing: Option<Amount>,
}

/// What one retrieval saw of one resource of one account (or of the link, where there are none).
#[derive(Debug, Clone)]
pub struct Reading<'a> {
    /// The days really covered; `None` for resources without days, or for all there is.
    pub window: Option<Window>,
    /// The institution's own end of the window was reached, says the connector.
    pub complete: bool,
    /// How far the connector's manifest trusts the institution's ids.
    pub trust: Trust,
    /// The items, in the institution's order.
    pub seen: &'a [Seen],
    /// Trusted ids that the connector reports as removed by the institution.
    pub removed: &'a [String],
    /// When it was read.
    pub at: Timestamp,
    /// Balances around the window.
    pub stated: Stated,
}

/// Why a record is uncertain. It ends when a later reading brings the evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Doubt {
    /// Perhaps the same movement as one of these older records.
    PerhapsSame {
        /// Oldest first.
        others: Vec<RecordId>,
        /// And [`Doubt::PerhapsTwice`] as well.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        twice: bool,
    },
    /// Equal items stood on two pages without ids or balances: perhaps there is one more of it.
    PerhapsTwice,
    /// Its strongest key is shared, as by two accounts with the same masked number.
    SharedKey,
}

/// What to write. All indices are those of [`Seen::item`]; ids are those of [`Known::id`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    /// Items to store under new ids, with their doubt.
    pub create: Vec<(usize, Option<Doubt>)>,
    /// Records whose content (or trusted id) becomes that of the item. They keep id and history.
    pub update: Vec<(RecordId, usize)>,
    /// Records that the item shows again as they are: no write, unless the resource marks as seen.
    pub unchanged: Vec<(RecordId, usize)>,
    /// Records to delete, each with a change row.
    pub delete: Vec<RecordId>,
    /// Records to mark as suspected at [`Reading::at`]. Not a change that clients see.
    pub suspect: Vec<RecordId>,
    /// Records whose suspicion ends. Not a change that clients see.
    pub clear: Vec<RecordId>,
    /// Doubts that begin, change or (`None`) end on known records. Not a change that clients see.
    pub doubts: Vec<(RecordId, Option<Doubt>)>,
    /// Whether the reading's own arithmetic holds.
    pub verdict: Verdict,
    /// The days that this reading proves: what is not there is not there. `None` when the reading
    /// does not count as complete. Add it to the account's [`Coverage`].
    pub proves: Option<Window>,
    /// The connector said complete, and nothing in the reading speaks against it.
    pub counted_as_complete: bool,
    /// What the link's timeline should say about the reading.
    pub notes: Vec<Note>,
}

impl Plan {
    /// Whether applying it writes nothing: neither records nor their inner marks.
    #[must_use]
    pub const fn is_quiet(&self) -> bool {
        self.create.is_empty()
            && self.update.is_empty()
            && self.delete.is_empty()
            && self.suspect.is_empty()
            && self.clear.is_empty()
            && self.doubts.is_empty()
    }

    /// Of a reading that was applied before: it says the same again, and nothing new.
    fn heard_again(self) -> Self {
        Self {
            delete: Vec::new(),
            suspect: Vec::new(),
            clear: Vec::new(),
            doubts: Vec::new(),
            ..self
        }
    }
}

/// Something about a reading that its operators should know; for the timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "note")]
pub enum Note {
    /// It is empty where records stood, so it does not count as complete.
    Empty {
        /// The records that stood there.
        known: usize,
    },
    /// Too many records are missing at once, so it does not count as complete.
    TooManyMissing {
        /// Posted records that are missing.
        missing: usize,
        /// Posted records inside the window.
        of: usize,
    },
    /// It shows nothing older (or newer) than a day inside its window; records beyond that day are
    /// not judged by it.
    Shortened {
        /// Records beyond.
        beyond: usize,
    },
    /// Items that stood on two pages, or twice under one id, were taken once.
    Folded {
        /// How many.
        items: usize,
    },
    /// Ids returned with another movement's content.
    ReusedIds {
        /// How many.
        items: usize,
    },
    /// Marks of identity that the manifest or the institution promises contradict most of what the
    /// reading shows, so they were not believed this time.
    Disbelieved {
        /// Which: ids, times, balances or references.
        mark: Mark,
    },
    /// Movements changed their day or their words without changing who they are.
    Redated {
        /// How many.
        items: usize,
    },
    /// Records that had been kept apart in doubt turned out to be one.
    Merged {
        /// How many.
        records: usize,
    },
    /// New records were stored in doubt.
    Doubted {
        /// How many.
        items: usize,
    },
}

/// A property of a movement that can tell it from its twin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// The institution's id, where trusted.
    Ids,
    /// The instant.
    Times,
    /// The balance after it.
    Balances,
    /// The institution's reference.
    References,
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ids => "ids",
            Self::Times => "times",
            Self::Balances => "balances",
            Self::References => "references",
        })
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty { known } => {
                write!(f, "Nothing came back where {known} records stood; nothing was removed.")
            }
            Self::TooManyMissing { missing, of } => {
                write!(
                    f,
                    "{missing} of {of} posted records were missing at once; nothing was removed."
                )
            }
            Self::Shortened { beyond } => {
                write!(
                    f,
                    "The reading ended before its window did; {beyond} records beyond were left alone."
                )
            }
            Self::Folded { items } => write!(f, "{items} repeated items were taken once."),
            Self::ReusedIds { items } => write!(f, "{items} ids came back with another content."),
            Self::Disbelieved { mark } => {
                write!(f, "The institution's {mark} changed throughout and were not believed.")
            }
            Self::Redated { items } => {
                write!(f, "{items} records changed their day or description.")
            }
            Self::Merged { records } => {
                write!(f, "{records} records kept in doubt turned out to be repetitions.")
            }
            Self::Doubted { items } => {
                write!(f, "{items} items may repeat older records; both are kept for now.")
            }
        }
    }
}

/// The numbers that decide. The defaults are the product's.
#[derive(Debug, Clone, Copy)]
pub struct Rules {
    /// A pending movement may post this many days later.
    pub posts_within: i32,
    /// A posted movement may be shown this many days off, by time zones.
    pub day_slack: i32,
    /// A suspected record is deleted by a second complete reading at least this much later.
    pub second_look: SignedDuration,
    /// More missing posted records than this…
    pub missing_at_most: usize,
    /// …and more than one in so many make a reading count as incomplete.
    pub missing_one_in: usize,
    /// So many equal changes at once explain each other.
    pub enough: usize,
    /// Whether readings may delete at all. Accounts leave only when the owner says so, and what an
    /// authority has issued stays issued.
    pub deletes: bool,
    /// Whether a complete reading is believed at once: it was computed here, so that nothing of it
    /// can have been lost on the way.
    pub believes: bool,
    /// How many records are kept, those that were written last; `None` for all.
    pub keeps: Option<usize>,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            posts_within: 10,
            day_slack: 1,
            second_look: SignedDuration::from_hours(6),
            missing_at_most: 3,
            missing_one_in: 10,
            enough: 3,
            deletes: true,
            believes: false,
            keeps: None,
        }
    }
}

impl Rules {
    /// For what is not gone when it is not shown.
    #[must_use]
    pub fn of_what_stays() -> Self {
        Self { deletes: false, ..Self::default() }
    }
    /// How many days around a reading's window the caller must load known records from, so that
    /// pending movements find what they became and doubts find their partners.
    #[must_use]
    pub const fn reach(&self) -> i32 {
        self.posts_within + self.day_slack + 3
    }
}

/// Whether an item's `source_id` is worth storing: it will mean the same in the next reading.
#[must_use]
pub fn keeps_source_id(trust: Trust, facts: &Facts) -> bool {
    match trust {
        Trust::Stable => true,
        Trust::Posted => !matches!(facts, Facts::Movement(movement) if movement.pending),
        Trust::Reading | Trust::None => false,
    }
}

/// Compares `reading` with the records that are `known` and plans what to write.
///
/// `known` holds the records of the same resource and account (or link) whose day lies within
/// [`Rules::reach`] days of the window, and of other days those that are pending and those whose
/// trusted id the reading shows or names as removed; more does no harm.
#[must_use]
pub fn reconcile(known: &[Known], reading: &Reading<'_>, rules: &Rules) -> Plan {
    let mut plan = compare(known, reading, rules);
    if let Some(keeps) = rules.keeps {
        plan.delete.extend(too_old(known, &plan, keeps));
    }
    plan
}

/// Those that were written longest ago of the records that the plan leaves alone, as far as there are more than are kept.
fn too_old(known: &[Known], plan: &Plan, keeps: usize) -> Vec<RecordId> {
    let touched: HashSet<RecordId> = plan
        .update
        .iter()
        .chain(&plan.unchanged)
        .map(|(id, _)| *id)
        .chain(plan.delete.iter().copied())
        .collect();
    let mut old: Vec<&Known> = known.iter().filter(|known| !touched.contains(&known.id)).collect();
    old.sort_by_key(|known| (known.written_at, known.id));
    let all = old.len() + plan.create.len() + plan.update.len() + plan.unchanged.len();
    old.iter().take(all.saturating_sub(keeps)).map(|known| known.id).collect()
}

fn compare(known: &[Known], reading: &Reading<'_>, rules: &Rules) -> Plan {
    let facts = reading.seen.first().map(|seen| &seen.facts);
    match facts.or_else(|| known.first().map(|known| &known.facts)) {
        Some(Facts::Movement(_)) => matching::reconcile(known, reading, rules),
        Some(Facts::Keyed(_)) => keyed::reconcile(known, reading, rules),
        Some(Facts::Snapshot) => Plan {
            create: reading.seen.iter().map(|seen| (seen.item, None)).collect(),
            proves: reading.window.filter(|_| reading.complete),
            counted_as_complete: reading.complete,
            ..Plan::default()
        },
        Some(Facts::Edition(_)) => editions(known, reading),
        None => Plan {
            proves: reading.window.filter(|_| reading.complete),
            counted_as_complete: reading.complete,
            ..Plan::default()
        },
    }
}

/// Documents that are issued anew each time: only one that says something else than the newest is
/// new, and none is ever gone.
fn editions(known: &[Known], reading: &Reading<'_>) -> Plan {
    let mut plan = Plan { counted_as_complete: reading.complete, ..Plan::default() };
    let newest = known.iter().max_by_key(|known| (known.created_at, known.id));
    for seen in reading.seen {
        match newest.filter(|newest| newest.facts == seen.facts) {
            Some(newest) => plan.unchanged.push((newest.id, seen.item)),
            None => plan.create.push((seen.item, None)),
        }
    }
    plan
}
