//! What a reading says by silence: which records are judged missing, and what follows.

use super::{Known, Note, Reading, Rules, keeps_source_id};
use domain::time::Window;
use jiff::{Timestamp, civil::Date};
use std::collections::HashSet;

/// A record that the reading did not show.
#[derive(Debug, Clone, Copy)]
pub(super) struct Absent {
    /// Index of the record among those known.
    pub known: usize,
    /// Its day, if the resource has days.
    pub day: Option<Date>,
    /// Not yet booked.
    pub pending: bool,
    /// When a complete reading first missed it.
    pub suspected_at: Option<Timestamp>,
    /// Whether an item that could be it is stored beside it in doubt.
    pub claim: Claim,
    /// It was stored in doubt, and the record that it may repeat is shown without it.
    pub repetition: bool,
    /// The institution said that it removed it.
    pub removed: bool,
}

/// A doubt about an absent record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Claim {
    /// There is none.
    None,
    /// An earlier reading raised it.
    Old,
    /// This very reading raised it, so the record waits for the next.
    Fresh,
}

impl Absent {
    /// Whether its absence says that the reading may not be whole.
    pub(super) const fn counts(&self) -> bool {
        !self.pending && !self.repetition && !self.removed
    }
}

/// The ids that the institution said it removed, as far as they can be trusted.
pub(super) struct Removed<'a> {
    ids: HashSet<&'a str>,
    reading: &'a Reading<'a>,
}

impl<'a> Removed<'a> {
    pub(super) fn of(reading: &'a Reading<'a>) -> Self {
        Self { ids: reading.removed.iter().map(String::as_str).collect(), reading }
    }
    pub(super) fn names(&self, known: &Known) -> bool {
        keeps_source_id(self.reading.trust, &known.facts)
            && known.source_id.as_deref().is_some_and(|id| self.ids.contains(id))
    }
}

/// What the reading's silence proves.
#[derive(Debug, Default)]
pub(super) struct Sentence {
    pub suspect: Vec<usize>,
    pub delete: Vec<usize>,
    pub complete: bool,
    pub proves: Option<Window>,
    pub notes: Vec<Note>,
}

/// The days between which a reading certainly shows everything.
///
/// A history that became shorter, or a list cut off with success, ends before its window does. So
/// silence counts only after the oldest day shown and, where the list runs upwards in time and may
/// have lost its tail, before the newest.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    window: Option<Window>,
    complete: bool,
    oldest: Option<Date>,
    newest: Option<Date>,
    /// The newest day shown, in whatever order.
    last: Option<Date>,
}

impl Span {
    /// Of a reading whose items have these `days`, in the institution's order.
    pub(super) fn of(reading: &Reading<'_>, days: impl Iterator<Item = Date> + Clone) -> Self {
        let mut copy = days.clone();
        let first = copy.next();
        let upwards = first < copy.last();
        Self {
            window: reading.window,
            complete: reading.complete,
            oldest: days.clone().min(),
            newest: if upwards { days.clone().max() } else { None },
            last: days.max(),
        }
    }
    /// Of a reading whose items have no days to narrow it by.
    pub(super) fn everything(reading: &Reading<'_>) -> Self {
        let (window, complete) = (reading.window, reading.complete);
        Self { window, complete, oldest: Some(Date::MIN), newest: None, last: None }
    }
    /// Whether `day` is inside the window.
    pub(super) fn inside(&self, day: Option<Date>) -> bool {
        match (self.window, day) {
            (None, _) => true,
            (Some(window), Some(day)) => window.contains(day),
            (Some(_), None) => false,
        }
    }
    /// Whether the reading says that it shows all of `day`.
    pub(super) fn covers(&self, day: Option<Date>) -> bool {
        self.complete && self.inside(day)
    }
    /// Whether `day` is between those that the reading shows, whole or not.
    pub(super) fn is_between(&self, day: Date) -> bool {
        self.oldest.is_some_and(|oldest| oldest < day) && self.last.is_some_and(|last| day < last)
    }
    /// Whether `day` is beyond all that the reading shows.
    fn beyond(&self, day: Option<Date>) -> bool {
        day.is_some_and(|day| {
            self.oldest.is_some_and(|oldest| day < oldest)
                || self.newest.is_some_and(|newest| day > newest)
        })
    }
    /// Whether a posted record of `day` would certainly have been shown.
    pub(super) fn proves(&self, day: Option<Date>) -> bool {
        let between = day.is_none_or(|day| {
            self.oldest.is_some_and(|oldest| day > oldest)
                && self.newest.is_none_or(|newest| day < newest)
        });
        self.complete && self.inside(day) && between
    }
    /// Whether a record of `day` should have been shown, as far as a claim goes.
    pub(super) fn claims(&self, day: Option<Date>, pending: bool) -> bool {
        if pending { self.covers(day) } else { self.proves(day) }
    }
}

/// A reading that is said to be complete, in numbers.
#[derive(Debug, Clone, Copy)]
pub struct Silence {
    /// What it shows.
    pub shown: usize,
    /// What is known of its days and not shown.
    pub absent: usize,
    /// Of that, what should have been shown.
    pub missing: usize,
    /// What stood there: what is shown and what is missing. The same before and after the plan is
    /// applied, so that a repeated reading comes to the same judgement.
    pub stood: usize,
}

impl Silence {
    /// Why the reading does not count as complete after all.
    #[must_use]
    pub fn doubt(self, rules: &Rules) -> Option<Note> {
        let Self { shown, absent, missing, stood } = self;
        let many = missing > rules.missing_at_most && missing * rules.missing_one_in > stood;
        if shown == 0 && absent > 0 {
            Some(Note::Empty { known: absent })
        } else {
            many.then_some(Note::TooManyMissing { missing, of: stood })
        }
    }
}

/// Judges the `absent` records of a reading that showed `shown` items, `booked` of them booked.
pub(super) fn judge(
    absent: &[Absent],
    booked: usize,
    shown: usize,
    span: &Span,
    reading: &Reading<'_>,
    rules: &Rules,
) -> Sentence {
    let mut sentence = Sentence::default();
    // What the institution says needs no reading that is whole.
    if rules.deletes {
        sentence.delete.extend(absent.iter().filter(|a| a.removed).map(|a| a.known));
    }
    if !reading.complete {
        return sentence;
    }
    let inside = || absent.iter().filter(|a| !a.removed && span.inside(a.day));
    if rules.believes {
        sentence.delete.extend(inside().filter(|_| rules.deletes).map(|a| a.known));
        sentence.complete = true;
        return sentence;
    }
    let missing = inside().filter(|a| a.counts()).count();
    let silence = Silence { shown, absent: inside().count(), missing, stood: booked + missing };
    if let Some(doubt) = silence.doubt(rules) {
        sentence.notes.push(doubt);
        return sentence;
    }
    sentence.complete = true;
    sentence.proves = reading.window;
    if !rules.deletes {
        return sentence;
    }
    let mut beyond = 0;
    for record in inside() {
        let due = record
            .suspected_at
            .is_some_and(|since| reading.at.duration_since(since) >= rules.second_look);
        // A booked record that is missing as well is a sign that the reading is not whole.
        let vanished = record.pending
            && record.suspected_at.is_none()
            && missing == 0
            && record.claim == Claim::None;
        if !record.pending && span.beyond(record.day) {
            beyond += 1;
        } else if vanished
            || due && record.claim != Claim::Fresh && span.claims(record.day, record.pending)
        {
            sentence.delete.push(record.known);
        } else if record.suspected_at.is_none() {
            sentence.suspect.push(record.known);
        }
    }
    if beyond > 0 {
        sentence.notes.push(Note::Shortened { beyond });
        // A shortened history proves only what it shows.
        sentence.proves = sentence.proves.and_then(|window| {
            Window::new(
                span.oldest.map_or(window.from, |day| day.max(window.from)),
                span.newest.map_or(window.to, |day| day.min(window.to)),
            )
        });
    }
    sentence
}
