//! How institutions show a history: with ids that churn, repeat or mean nothing, on pages that
//! overlap or skip, cut short, shifted by a day, or empty with success.

use crate::history::{History, Present, local_day};
use domain::{
    money::Amount,
    record::{Direction, Facts, Movement, Trust},
    time::Window,
};
use engine::ledger::Seen;
use jiff::{SignedDuration, Timestamp, civil::Date, tz::Offset};
use rand::{RngExt, rngs::StdRng, seq::SliceRandom};
use std::hash::{DefaultHasher, Hash, Hasher};

/// How the institution's ids behave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ids {
    /// The same for ever.
    Stable,
    /// Others at every login until posted, then the same for ever.
    Posted,
    /// Others at every login.
    Login,
    /// The place in the list.
    Position,
    /// The same for ever, but given out again after some time.
    Recycled,
    /// None.
    None,
}

/// What an institution always does, and what its connector's manifest says of it.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "habits are yes or no")]
pub struct Habits {
    /// How its ids behave.
    pub ids: Ids,
    /// How far the manifest trusts them; it may be wrong.
    pub declared: Trust,
    /// Shows instants, not only days.
    pub times: bool,
    /// Shows running balances.
    pub balances: bool,
    /// Lists the oldest first.
    pub upwards: bool,
    /// Items on a page.
    pub page: usize,
    /// Puts a running number into descriptions, another one at each reading.
    pub noise: bool,
    /// By how many hours its clock, or the parser, goes wrong at times.
    pub zone: i8,
    /// How many days back it shows anything.
    pub memory: i32,
}

impl Habits {
    /// Draws some; `honest` manifests do not claim more than is true.
    pub fn draw(rng: &mut StdRng) -> Self {
        let ids = [Ids::Stable, Ids::Posted, Ids::Login, Ids::Position, Ids::Recycled, Ids::None]
            [rng.random_range(0..6_usize)];
        let truth = match ids {
            Ids::Stable => Trust::Stable,
            Ids::Posted => Trust::Posted,
            Ids::Login => Trust::Reading,
            Ids::Position | Ids::Recycled | Ids::None => Trust::None,
        };
        let wrong = [Trust::Stable, Trust::Posted, Trust::Reading, Trust::None]
            [rng.random_range(0..4_usize)];
        Self {
            ids,
            declared: if rng.random_bool(0.85) { truth } else { wrong },
            times: rng.random_bool(0.4),
            balances: rng.random_bool(0.4),
            upwards: rng.random_bool(0.3),
            page: [7, 20, 1000][rng.random_range(0..3_usize)],
            noise: rng.random_bool(0.2),
            zone: [3, 24, -24][rng.random_range(0..3_usize)],
            memory: if rng.random_bool(0.2) { 20 } else { 400 },
        }
    }
    /// The manifest says no more than what is true.
    #[must_use]
    pub fn honest(&self) -> bool {
        match self.declared {
            _ if self.ids == Ids::None => true,
            Trust::Stable => self.ids == Ids::Stable,
            Trust::Posted => matches!(self.ids, Ids::Stable | Ids::Posted),
            Trust::Reading => self.ids != Ids::Recycled,
            Trust::None => true,
        }
    }
}

/// What goes wrong in one reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The list ends after so many items, and the connector knows.
    Cut(usize),
    /// The list ends after so many items, and everybody believes that this is all.
    CutWithSuccess(usize),
    /// Nothing comes back, with success.
    Empty,
    /// Each page repeats so many items of the one before.
    Overlap(usize),
    /// Each page leaves out so many items after the one before.
    Skip(usize),
    /// Days are told in another time zone.
    Zone,
    /// The order is lost.
    Shuffled,
}

impl Fault {
    /// Draws one.
    pub fn draw(rng: &mut StdRng) -> Self {
        match rng.random_range(0..7) {
            0 => Self::Cut(rng.random_range(0..40)),
            1 => Self::CutWithSuccess(rng.random_range(0..40)),
            2 => Self::Empty,
            3 => Self::Overlap(rng.random_range(1..4)),
            4 => Self::Skip(rng.random_range(1..3)),
            5 => Self::Zone,
            _ => Self::Shuffled,
        }
    }
    /// The reading claims to be complete and is not.
    #[must_use]
    pub const fn lies(self) -> bool {
        matches!(self, Self::CutWithSuccess(_) | Self::Empty | Self::Skip(_))
    }
}

/// What one retrieval brought.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The items.
    pub seen: Vec<Seen>,
    /// The life behind each item.
    pub lives: Vec<usize>,
    /// Lives that are inside the window and exist, shown or not.
    pub exist: Vec<usize>,
    /// The window that was asked for.
    pub window: Window,
    /// What the connector says.
    pub complete: bool,
    /// When.
    pub at: Timestamp,
    /// What went wrong.
    pub fault: Option<Fault>,
}

/// Retrieves `window` of `history` at `at`; `login` makes ids that churn.
pub fn show(
    history: &History,
    habits: Habits,
    window: Window,
    at: Timestamp,
    fault: Option<Fault>,
    login: u64,
    rng: &mut StdRng,
) -> Shown {
    let memory = local_day(at, 0).saturating_sub(jiff::Span::new().days(habits.memory));
    let shift = if fault == Some(Fault::Zone) { habits.zone } else { 0 };
    let dated = |p: &Present<'_>| -> Date {
        let made = history.lives[p.life].made;
        local_day(made, shift).saturating_add(jiff::Span::new().days(i32::from(p.look.dated)))
    };
    let present = history.present(at);
    let inside = |day: Date| window.contains(day) && day >= memory;
    let exist = present.iter().filter(|p| window.contains(p.day)).map(|p| p.life).collect();
    let mut list: Vec<Present<'_>> = present.into_iter().filter(|p| inside(dated(p))).collect();
    if !habits.upwards {
        list.reverse();
    }
    if fault == Some(Fault::Shuffled) {
        list.shuffle(rng);
    }
    let mut complete = true;
    match fault {
        Some(Fault::Cut(n)) => {
            complete = false;
            list.truncate(n);
        }
        Some(Fault::CutWithSuccess(n)) => list.truncate(n),
        Some(Fault::Empty) => list.clear(),
        _ => {}
    }
    let mut seen = Vec::new();
    let mut lives = Vec::new();
    for (position, page) in pages(list.len(), habits.page, fault) {
        let p = &list[position];
        let shown = movement(history, habits, p, dated(p), rng.random_range(100_000..999_999));
        // Noise is part of what is served, so a new number is a new content; but two sightings in
        // one reading show the same.
        let content = if habits.noise {
            let quiet = Habits { noise: false, ..habits };
            content(Some(login), &movement(history, quiet, p, dated(p), 0))
        } else {
            content(None, &shown)
        };
        let facts = Facts::Movement(shown);
        seen.push(Seen {
            item: seen.len(),
            facts,
            source_id: id(habits.ids, p, position, login),
            page,
            content,
        });
        lives.push(p.life);
    }
    Shown { seen, lives, exist, window, complete, at, fault }
}

/// A hash of what is served.
fn content(login: Option<u64>, movement: &Movement) -> i64 {
    let Movement {
        value_date,
        transacted_at,
        amount,
        direction,
        currency,
        description,
        pending,
        running_balance,
        reference,
        on_card,
    } = movement;
    let mut hasher = DefaultHasher::new();
    (login, value_date, transacted_at, amount, *direction == Some(Direction::Inflow), currency)
        .hash(&mut hasher);
    (description, pending, running_balance, reference, on_card).hash(&mut hasher);
    hasher.finish().cast_signed()
}

/// Positions in the list, each with the page it is shown on.
fn pages(length: usize, size: usize, fault: Option<Fault>) -> Vec<(usize, u32)> {
    let (back, forth) = match fault {
        Some(Fault::Overlap(n)) => (n, 0),
        Some(Fault::Skip(n)) => (0, n),
        _ => (0, 0),
    };
    let mut shown = Vec::new();
    let (mut from, mut page) = (0, 0);
    while from < length {
        shown.extend((from..(from + size).min(length)).map(|position| (position, page)));
        if from + size >= length {
            break;
        }
        from = from + size - back.min(size - 1) + forth;
        page += 1;
    }
    shown
}

fn id(ids: Ids, p: &Present<'_>, position: usize, login: u64) -> Option<String> {
    match ids {
        Ids::Stable => Some(format!("m{}", p.life)),
        Ids::Posted if !p.pending => Some(format!("m{}", p.life)),
        Ids::Posted | Ids::Login => Some(format!("{login}-{}", p.life)),
        Ids::Position => Some(position.to_string()),
        Ids::Recycled => Some((p.life % 25).to_string()),
        Ids::None => None,
    }
}

fn movement(
    history: &History,
    habits: Habits,
    p: &Present<'_>,
    day: Date,
    number: u32,
) -> Movement {
    let made = history.lives[p.life].made;
    let midnight = Offset::UTC.to_timestamp(day.at(0, 0, 0, 0)).unwrap_or(made);
    let words =
        if habits.noise { format!("{} {number}", p.look.words) } else { p.look.words.clone() };
    Movement {
        value_date: day,
        transacted_at: Some(if habits.times { made } else { midnight }),
        amount: Amount::cents(p.look.cents),
        direction: Some(p.look.direction),
        currency: p.look.currency.into(),
        description: words,
        pending: p.pending,
        running_balance: p.balance.filter(|_| habits.balances).map(Amount::cents),
        reference: p.look.reference.clone(),
        on_card: history.on_card,
    }
}

/// `hours` after `at`.
#[must_use]
pub fn later(at: Timestamp, hours: i64) -> Timestamp {
    at.saturating_add(SignedDuration::from_hours(hours)).unwrap_or(Timestamp::MAX)
}
