//! What truly happened in an account: purchases with their pending phases, twins, daily coffees,
//! instalments, reversals, released holds, tips, conversions and corrections.

use domain::record::Direction;
use jiff::{SignedDuration, Timestamp, civil::Date, tz::Offset};
use rand::{RngExt, rngs::StdRng};

/// One real movement, from before it is seen to after it is gone.
#[derive(Debug, Clone)]
pub struct Life {
    /// When it happened.
    pub made: Timestamp,
    /// When the institution begins to show it.
    pub appears: Timestamp,
    /// When it is booked; `None` for a hold that is released.
    pub posts: Option<Timestamp>,
    /// When the institution stops showing it for good.
    pub ends: Option<Timestamp>,
    /// How it looks while pending.
    pub pending: Look,
    /// How it looks once booked.
    pub posted: Look,
    /// From when on it looks otherwise.
    pub corrected: Option<(Timestamp, Look)>,
}

/// The visible fields of a movement at one time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// Hundredths.
    pub cents: i64,
    /// Which way.
    pub direction: Direction,
    /// ISO 4217.
    pub currency: &'static str,
    /// The description.
    pub words: String,
    /// Days after the purchase that the institution dates it.
    pub dated: i8,
    /// The institution's reference, if this kind has any.
    pub reference: Option<String>,
}

/// A movement as it is at one moment.
#[derive(Debug, Clone)]
pub struct Present<'a> {
    /// Index of the life.
    pub life: usize,
    /// How it looks.
    pub look: &'a Look,
    /// Not yet booked.
    pub pending: bool,
    /// The balance after it, of booked movements.
    pub balance: Option<i64>,
    /// The day in the institution's own time zone.
    pub day: Date,
}

/// An account's truth.
#[derive(Debug, Clone)]
pub struct History {
    /// Every movement, in the order in which they happened.
    pub lives: Vec<Life>,
    /// When the account opened.
    pub begins: Timestamp,
    /// When the last new thing happens.
    pub ends: Timestamp,
    /// Tips and conversions happen.
    pub on_card: bool,
    /// The balance before the first movement.
    pub opening: i64,
}

const MERCHANTS: &[(&str, &str)] = &[
    ("PADARIA REAL", "PADARIA REAL SAO PAULO BR"),
    ("UBER *TRIP", "UBER *TRIP HELP.UBER.COM"),
    ("Café São João", "CAFE SAO JOAO LTDA"),
    ("OXXO 0042", "OXXO 0042 ROMA NORTE CDMX"),
    ("FARMACIA CENTRAL", "FARMACIA CENTRAL DE LA CIUDAD"),
    ("METRO CDMX", "METRO CDMX"),
    ("RESTAURANTE DO J", "RESTAURANTE DO JOAO"),
    ("NETFLIX.COM", "NETFLIX.COM AMSTERDAM"),
    ("POSTO IPIRANGA", "POSTO IPIRANGA BR 101"),
    ("LIVRARIA CULTURA", "LIVRARIA CULTURA"),
];

/// The institution's own time zone: three hours behind UTC, without summer time.
#[must_use]
pub fn local_day(at: Timestamp, shift_hours: i8) -> Date {
    Offset::constant(-3)
        .to_datetime(at)
        .checked_add(SignedDuration::from_hours(shift_hours.into()))
        .map_or(Date::MAX, jiff::civil::DateTime::date)
}

/// The day under which a look of a movement is shown, in the institution's own time zone.
pub(crate) fn dated(life: &Life, look: &Look) -> Date {
    local_day(life.made, 0).saturating_add(jiff::Span::new().days(i32::from(look.dated)))
}

fn after(at: Timestamp, hours: i64) -> Timestamp {
    at.saturating_add(SignedDuration::from_hours(hours)).unwrap_or(Timestamp::MAX)
}

impl History {
    /// Invents one of about `size` movements over `days` days.
    #[must_use]
    pub fn invent(rng: &mut StdRng, size: usize, days: i64) -> Self {
        let begins = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * 20_600);
        let on_card = rng.random_bool(0.5);
        let mut author = Author { rng, on_card, lives: Vec::new() };
        while author.lives.len() < size {
            let at = author.moment(begins, days);
            author.something(at, begins, days);
        }
        let mut lives = author.lives;
        lives.sort_by_key(|life| life.made);
        let opening = rng.random_range(0..1_000_000);
        Self { lives, begins, ends: after(begins, 24 * days), on_card, opening }
    }

    /// What the institution knows at `at`, by day and instant, oldest first.
    #[must_use]
    pub fn present(&self, at: Timestamp) -> Vec<Present<'_>> {
        let mut present: Vec<Present<'_>> = self
            .lives
            .iter()
            .enumerate()
            .filter(|(_, life)| life.appears <= at && life.ends.is_none_or(|end| at < end))
            .map(|(index, life)| {
                let pending = life.posts.is_none_or(|posts| at < posts);
                let look = match &life.corrected {
                    _ if pending => &life.pending,
                    Some((from, look)) if *from <= at => look,
                    _ => &life.posted,
                };
                let day = dated(life, look);
                Present { life: index, look, pending, balance: None, day }
            })
            .collect();
        present.sort_by_key(|p| (p.day, self.lives[p.life].made, p.life));
        let mut balance = self.opening;
        for p in present.iter_mut().filter(|p| !p.pending) {
            // On a card the balance is what is owed.
            let sign = if self.on_card { -1 } else { 1 };
            balance += sign
                * if p.look.direction == Direction::Inflow { p.look.cents } else { -p.look.cents };
            p.balance = Some(balance);
        }
        present
    }
}

struct Author<'r> {
    rng: &'r mut StdRng,
    on_card: bool,
    lives: Vec<Life>,
}

impl Author<'_> {
    fn moment(&mut self, begins: Timestamp, days: i64) -> Timestamp {
        // To the second, so that instants are marks.
        begins + SignedDuration::from_secs(self.rng.random_range(0..days * 86_400))
    }
    fn look(&mut self) -> (Look, Look) {
        let (short, long) = MERCHANTS[self.rng.random_range(0..MERCHANTS.len())];
        // Few amounts, so that different things often look alike.
        let cents = [450, 450, 990, 1_000, 1_050, 2_500, 12_000][self.rng.random_range(0..7_usize)]
            + if self.rng.random_bool(0.5) { self.rng.random_range(0..5_000) } else { 0 };
        let pending = Look {
            cents,
            direction: Direction::Outflow,
            currency: "BRL",
            words: short.into(),
            dated: 0,
            reference: None,
        };
        let words = if self.rng.random_bool(0.6) { long } else { short };
        (pending.clone(), Look { words: words.into(), ..pending })
    }
    /// A plain purchase: pending for up to four days, or booked at once.
    fn life(&mut self, made: Timestamp, pending: Look, posted: Look) -> Life {
        let appears = after(made, self.rng.random_range(0..6));
        let wait = if self.rng.random_bool(0.6) { self.rng.random_range(12..96) } else { 0 };
        Life {
            made,
            appears,
            posts: Some(after(appears, wait)),
            ends: None,
            pending,
            posted,
            corrected: None,
        }
    }
    fn something(&mut self, at: Timestamp, begins: Timestamp, days: i64) {
        let (pending, mut posted) = self.look();
        let mut life = self.life(at, pending, posted.clone());
        match self.rng.random_range(0..100) {
            // Twins: the same thing again within the same local day.
            0..15 => {
                let again = at + SignedDuration::from_secs(self.rng.random_range(61..9_000));
                if local_day(again, 0) == local_day(at, 0) {
                    let twin = self.life(again, life.pending.clone(), life.posted.clone());
                    self.lives.push(twin);
                }
            }
            // The daily coffee.
            15..25 => {
                for n in 1..self.rng.random_range(2..6) {
                    let made = after(at, 24 * n)
                        + SignedDuration::from_secs(self.rng.random_range(-1_800..1_800));
                    if made < after(begins, 24 * days) {
                        let next = self.life(made, life.pending.clone(), life.posted.clone());
                        self.lives.push(next);
                    }
                }
            }
            // Instalments of one purchase, posted at once with its number.
            25..32 => {
                for n in 1..=3 {
                    let mut look = posted.clone();
                    look.words = format!("{} {n}/3", posted.words);
                    let mut part = self.life(at, look.clone(), look);
                    part.posts = Some(part.appears);
                    self.lives.push(part);
                }
                return;
            }
            // A hold that is released.
            32..40 => {
                life.posts = None;
                life.ends = Some(after(life.appears, self.rng.random_range(12..120)));
            }
            // A reversal: the money comes back some days later, as its own movement.
            40..46 => {
                let made = after(at, self.rng.random_range(1..72));
                let back = Look { direction: Direction::Inflow, ..posted };
                let back = self.life(made, back.clone(), back);
                self.lives.push(back);
            }
            // A tip, or a conversion, that the posted amount includes.
            46..56 if self.on_card => {
                life.posted.cents += life.posted.cents * self.rng.random_range(0..25) / 100;
                life.posts = Some(after(life.appears, 48));
            }
            56..62 if self.on_card => {
                life.pending.currency = "USD";
                life.posted.cents = life.posted.cents * 53 / 10;
                life.posts = Some(after(life.appears, 48));
            }
            // The bank dates it when it books it.
            62..68 => {
                life.posts = Some(after(life.appears, 48));
                life.posted.dated = 2;
            }
            // A correction: another description, or with a reference another amount.
            68..72 => {
                let mut look = life.posted.clone();
                look.words.push_str(" FILIAL");
                life.corrected = life.posts.map(|posts| (after(posts, 50), look));
            }
            72..76 => {
                let reference = format!("E2E{:08}", self.rng.random_range(0..100_000_000_u32));
                life.posted.reference = Some(reference);
                let look = Look { cents: life.posted.cents + 100, ..life.posted.clone() };
                life.corrected = life.posts.map(|posts| (after(posts, 50), look));
            }
            // The bank takes a booked movement away.
            76..78 => life.ends = life.posts.map(|posts| after(posts, 60)),
            // Salary.
            78..84 => {
                life.pending.direction = Direction::Inflow;
                life.posted.direction = Direction::Inflow;
                posted.cents *= 100;
            }
            _ => {}
        }
        self.lives.push(life);
    }
}
