//! The world of the sandbox: what stands on somebody's accounts at an instant. A pure function of
//! institution, user and instant.
//!
//! Each movement is drawn from a hash of its day, so that it is the same whenever and in whatever
//! order it is looked at. Balances need no history: every month each account is brought to a level
//! drawn from a hash of that month by what is put aside, invested or paid, and from that level on
//! balance and movements agree by construction.

use super::{
    career::{Career, Pay},
    chance::Seed,
    habits::{Habit, Habits, Purse, When, amount},
    institutions::Site,
    national_ids::bare,
    people::Person,
    users::with_document,
};
use domain::time::{day, midnight};
use jiff::{Timestamp, civil::Date};

/// Which data somebody has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Plan {
    /// Of every kind, and a lot.
    Full,
    /// Little.
    Low,
    /// An account that is always overdrawn, and a card.
    Negative,
    /// None.
    Nothing,
}

/// Somebody at one institution.
#[derive(Debug, Clone)]
pub(super) struct World {
    pub(super) site: &'static Site,
    pub(super) person: Person,
    pub(super) career: Career,
    pub(super) plan: Plan,
    pub(super) seed: Seed,
}

/// All accounts as they stand at one instant.
#[derive(Debug)]
pub(super) struct Books {
    pub(super) now: Timestamp,
    pub(super) accounts: Vec<Book>,
}

/// One account as it stands at one instant.
#[derive(Debug)]
pub(super) struct Book {
    pub(super) purse: Purse,
    /// The balance before the first of `booked`, in cents; what is owed, on cards and loans.
    pub(super) opening: i64,
    /// Booked movements, in the order in which they were booked.
    pub(super) booked: Vec<Movement>,
    /// Movements that are not booked yet, in the order in which they happened.
    pub(super) pending: Vec<Movement>,
}

/// A movement of money through its whole life. Instants are seconds since 1970.
#[derive(Debug, Clone)]
pub(super) struct Movement {
    pub(super) habit: &'static Habit,
    /// What makes it itself.
    pub(super) seed: Seed,
    /// Whose shop it was, or what for.
    pub(super) word: &'static str,
    /// What its other end is drawn from.
    pub(super) other: Seed,
    /// Given back.
    pub(super) refund: bool,
    pub(super) inflow: bool,
    /// When it happened.
    pub(super) at: i64,
    /// When it is booked; `None` if it never is.
    pub(super) booked: Option<i64>,
    /// When it is no longer pending: booked or gone.
    pending_until: i64,
    /// When its description is corrected, if ever.
    corrected: Option<i64>,
    /// Cents while pending.
    pub(super) held: i64,
    /// Cents once booked.
    pub(super) cents: i64,
    /// The account's balance after it; only once it is booked.
    pub(super) balance: i64,
}

const DAY: i64 = 86_400;
const HOUR: i64 = 3_600;
/// A movement is booked, and given back, at most so many days after it happened.
const REACH: i64 = 12;
/// A loan runs so many months, and is followed by the next.
pub(super) const LOAN_MONTHS: i64 = 60;

/// What a seed is split for, so that no two uses meet.
mod part {
    pub(super) const STEADY: u64 = 1;
    pub(super) const WORD: u64 = 2;
    pub(super) const TIME: u64 = 3;
    pub(super) const NIGHTS: u64 = 4;
    pub(super) const VANISHES: u64 = 5;
    pub(super) const TIP: u64 = 6;
    pub(super) const CORRECTED: u64 = 7;
    pub(super) const REFUND: u64 = 8;
    pub(super) const TWIN: u64 = 9;
    pub(super) const CUT: u64 = 10;
    pub(super) const DUE: u64 = 11;
    pub(super) const LOAN: u64 = 12;
    pub(super) const LEVEL: u64 = 13;
    pub(super) const CLOSE: u64 = 14;
    pub(super) const INTEREST: u64 = 15;
    pub(super) const REF: u64 = 16;
    pub(super) const THIN: u64 = 17;
}

impl Purse {
    /// What one cent coming in adds to the balance: debts shrink by it.
    pub(super) const fn sign(self) -> i64 {
        match self {
            Self::Checking | Self::Savings | Self::Receivables => 1,
            Self::Card | Self::Loan => -1,
        }
    }
}

/// A day with what habits ask of it.
#[derive(Debug, Clone, Copy)]
struct Day {
    number: i64,
    month: i8,
    of_month: i8,
    last: i8,
    /// Monday is 0.
    weekday: i8,
}

fn number(date: Date) -> i64 {
    midnight(date).as_second().div_euclid(DAY)
}
fn date_of(number: i64) -> Date {
    day(Timestamp::from_second(number.saturating_mul(DAY)).unwrap_or(Timestamp::UNIX_EPOCH))
}
/// The second at which a day begins.
pub(super) fn second_of(date: Date) -> i64 {
    number(date) * DAY
}
/// Months since the year 0.
pub(super) fn month_of(date: Date) -> i64 {
    i64::from(date.year()) * 12 + i64::from(date.month()) - 1
}
/// That day of that month, or the month's last.
pub(super) fn in_month(month: i64, day: i8) -> Date {
    let year = i16::try_from(month.div_euclid(12)).unwrap_or(9998).clamp(1, 9998);
    let of_year = i8::try_from(month.rem_euclid(12)).unwrap_or(0) + 1;
    let first = jiff::civil::date(year, of_year, 1);
    jiff::civil::date(year, of_year, day.clamp(1, first.days_in_month()))
}

impl Day {
    fn of(number: i64) -> Self {
        let date = date_of(number);
        Self {
            number,
            month: date.month(),
            of_month: date.day(),
            last: date.days_in_month(),
            weekday: date.weekday().to_monday_zero_offset(),
        }
    }
    fn has(self, when: When, seed: Seed) -> bool {
        match when {
            When::Monthly(day) => self.of_month == day.min(self.last),
            When::Yearly(month, day) => self.month == month && self.of_month == day.min(self.last),
            When::Payday(day) => {
                let ahead = day.min(self.last) - self.of_month;
                match self.weekday {
                    0..=3 => ahead == 0,
                    4 => (0..=2).contains(&ahead),
                    _ => false,
                }
            }
            When::Chance(mille) => seed.below(1000) < mille,
            When::Books => false,
        }
    }
}

impl World {
    pub(super) fn of(site: &'static Site, user: &str, plan: Plan) -> Self {
        Self::of_person(site, Person::of(site.country, site.is_business(), user), user, plan)
    }
    /// Somebody who logs in with their document.
    pub(super) fn of_document(site: &'static Site, document: &str, plan: Plan) -> Self {
        Self::of_person(site, with_document(site.country, document), document, plan)
    }
    fn of_person(site: &'static Site, person: Person, user: &str, plan: Plan) -> Self {
        let career = Career::of(&person);
        Self { site, person, career, plan, seed: Seed::of(&["world", site.name, user]) }
    }
    /// A customer of known name and document.
    pub(super) fn of_customer(
        site: &'static Site,
        document: &str,
        name: &str,
        company: bool,
        plan: Plan,
    ) -> Self {
        let person = Person::of(site.country, company, document).known_as(name, document);
        Self::of_person(site, person, document, plan)
    }
    /// The accounts they have.
    pub(super) fn purses(&self) -> &'static [Purse] {
        match self.plan {
            Plan::Full if self.sells_by_card() => {
                &[Purse::Checking, Purse::Savings, Purse::Card, Purse::Receivables]
            }
            Plan::Full if self.person.company => &[Purse::Checking, Purse::Savings, Purse::Card],
            Plan::Full => &[Purse::Checking, Purse::Savings, Purse::Card, Purse::Loan],
            Plan::Low => &[Purse::Checking],
            Plan::Negative => &[Purse::Checking, Purse::Card],
            Plan::Nothing => &[],
        }
    }
    fn has(&self, purse: Purse) -> bool {
        self.purses().contains(&purse)
    }
    fn habits(&self) -> &'static Habits {
        Habits::of(self.site.country)
    }
    /// The day of the month on which the card's period ends.
    pub(super) fn cut_day(&self) -> i8 {
        self.seed.with(part::CUT).small(21).cast_signed() + 5
    }
    /// The day of the month on which the loan is paid.
    pub(super) fn due_day(&self) -> i8 {
        self.seed.with(part::DUE).small(22).cast_signed() + 4
    }
    /// Which loan of theirs runs in `month`, and the how-manieth month of it this is, from 0.
    pub(super) fn loan(&self, month: i64) -> (i64, i64) {
        let since = month - self.seed.with(part::LOAN).below(60).cast_signed();
        (since.div_euclid(LOAN_MONTHS), since.rem_euclid(LOAN_MONTHS))
    }
    /// The instalment of a loan, in cents.
    pub(super) fn instalment(&self, loan: i64) -> i64 {
        let seed = self.seed.with(part::LOAN).with(loan.cast_unsigned());
        self.site.country.scale(seed.between(250_000, 480_000))
    }

    /// What an account holds when `month` begins, in cents.
    fn level(&self, purse: Purse, month: i64) -> i64 {
        let seed = self.seed.with(part::LEVEL).with(purse as u64);
        let (least, most) = match (purse, self.plan, self.person.company) {
            (Purse::Card | Purse::Loan | Purse::Receivables, ..) => return 0,
            (Purse::Checking, Plan::Negative, false) => (-10_000_000, -8_000_000),
            (Purse::Checking, Plan::Negative, true) => (-180_000_000, -150_000_000),
            (Purse::Checking, Plan::Low, false) => (2_500_000, 3_500_000),
            (Purse::Checking, _, false) => (6_500_000, 9_000_000),
            (Purse::Checking, _, true) => (70_000_000, 100_000_000),
            (Purse::Savings, _, false) => (6_000_000, 25_000_000),
            (Purse::Savings, _, true) => (40_000_000, 90_000_000),
        };
        let usual = seed.between(least, most);
        let drift = usual.abs() * 8 / 100;
        self.site.country.scale(usual + seed.with(month.cast_unsigned()).between(-drift, drift))
    }

    /// Everything that is booked on or after `from`, and everything that is pending at `now`.
    pub(super) fn books(&self, from: Date, now: Timestamp) -> Books {
        let until = now.as_second();
        let first_month = month_of(from.min(day(now)));
        let last_month = month_of(day(now));
        let mut accounts = Vec::new();
        let mut payments = Vec::new();
        let habits = self.habits();

        if self.has(Purse::Card) {
            let start = number(in_month(first_month - 1, self.cut_day())) + 1;
            let ends = (first_month..=last_month).map(|month| Close {
                at: number(in_month(month, self.cut_day())) * DAY + 23 * HOUR + 45 * 60,
                to: 0,
                month,
            });
            let raw = self.draw(Purse::Card, start, until);
            let (book, closed) = self.keep(
                Purse::Card,
                start * DAY,
                0,
                raw,
                ends,
                until,
                (&habits.card_paid, &habits.card_paid),
            );
            payments.extend(closed.iter().map(|m| m.seen_from(&habits.card_bill)));
            accounts.push(book);
        }
        if self.has(Purse::Loan) {
            payments.extend(self.instalments(first_month, last_month, until, &habits.instalment));
            accounts.push(self.loan_book(first_month, last_month, until));
        }
        if self.has(Purse::Checking) {
            let start = number(in_month(first_month, 1));
            let mut raw = self.draw(Purse::Checking, start, until);
            raw.extend(payments);
            raw.extend(self.invested(first_month, last_month, until));
            raw.extend(self.exchanged(first_month, last_month, until));
            let ends = self.month_ends(Purse::Checking, first_month..=last_month, 50);
            let opening = self.level(Purse::Checking, first_month);
            let (book, aside) = self.keep(
                Purse::Checking,
                start * DAY,
                opening,
                raw,
                ends,
                until,
                (&habits.put_aside, &habits.taken_back),
            );
            accounts.push(book);
            if self.has(Purse::Savings) {
                let mut raw: Vec<Movement> = aside
                    .iter()
                    .map(|m| {
                        m.seen_from(if m.inflow { &habits.given_back } else { &habits.set_aside })
                    })
                    .collect();
                raw.extend((first_month..=last_month).map(|month| self.interest(month)));
                let ends = self.month_ends(Purse::Savings, first_month..=last_month, 55);
                let opening = self.level(Purse::Savings, first_month);
                let (book, _) = self.keep(
                    Purse::Savings,
                    start * DAY,
                    opening,
                    raw,
                    ends,
                    until,
                    (&habits.invested, &habits.sold),
                );
                accounts.push(book);
            }
        }
        if self.has(Purse::Receivables) {
            let opening = self.receivable(now);
            let (booked, pending) = (Vec::new(), Vec::new());
            accounts.push(Book { purse: Purse::Receivables, opening, booked, pending });
        }
        accounts.sort_by_key(|book| book.purse);
        Books { now, accounts }
    }

    fn month_ends(
        &self,
        purse: Purse,
        months: std::ops::RangeInclusive<i64>,
        minute: i64,
    ) -> impl Iterator<Item = Close> {
        months.map(move |month| Close {
            at: number(in_month(month, 31)) * DAY + 23 * HOUR + minute * 60,
            to: self.level(purse, month + 1),
            month,
        })
    }

    /// The habitual movements of an account that are booked on or after day `start`.
    pub(super) fn draw(&self, purse: Purse, start: i64, until: i64) -> Vec<Movement> {
        let habits = self.habits();
        let list = if self.person.company { habits.companies } else { habits.people };
        let mut drawn = Vec::new();
        for number in start - REACH..=until.div_euclid(DAY) {
            let day = Day::of(number);
            for (index, habit) in list.iter().enumerate().filter(|(_, h)| h.purse == purse) {
                let seed = self.seed.with(index as u64).with(number.cast_unsigned());
                let thin = self.plan == Plan::Low && matches!(habit.when, When::Chance(_));
                if !day.has(habit.when, seed) || thin && !seed.with(part::THIN).once_in(5) {
                    continue;
                }
                self.add(&mut drawn, habit, seed, day.number);
                if habit.twins && seed.with(part::TWIN).once_in(8) {
                    self.add(&mut drawn, habit, seed.with(part::TWIN), day.number);
                    let [.., one, two] = drawn.as_mut_slice() else { continue };
                    two.word = one.word;
                    (two.held, two.cents) = (one.held, one.held);
                    one.cents = one.held;
                }
            }
        }
        drawn
    }

    fn add(&self, drawn: &mut Vec<Movement>, habit: &'static Habit, seed: Seed, number: i64) {
        // Landlords, employers and prices stay; the rest is new each time.
        let place = if matches!(habit.when, When::Chance(_)) { seed } else { self.person.seed };
        let wage = match habit.wage {
            None => None,
            Some((percent, before)) => {
                let month = month_of(date_of(number)) - before;
                let Some(job) = self.career.job(month) else { return };
                Some((job.employer.name, Pay::of(job.monthly(month) * percent / 100).net))
            }
        };
        let word = wage.map_or_else(|| place.with(part::WORD).pick(habit.words), |(who, _)| who);
        let same = self.seed.with(part::STEADY).with(Seed::of(&[habit.text, word]).bits());
        let drawn_from = if habit.steady { same } else { seed };
        let held =
            wage.map_or_else(|| amount(habit, self.site.country, drawn_from), |(_, cents)| cents);
        let time = seed.with(part::TIME);
        let hour = time.between(habit.hours.0, habit.hours.1);
        // The last minutes of a day belong to the books.
        let at =
            number * DAY + (hour * HOUR + time.with(1).between(0, HOUR - 1)).min(23 * HOUR + 2_399);
        let night = |nights: i64| {
            (number + nights) * DAY
                + 6 * HOUR
                + seed.with(part::NIGHTS).with(1).between(0, 3 * HOUR)
        };
        let (least, most) = habit.nights;
        let booked =
            if most == 0 { at } else { night(seed.with(part::NIGHTS).between(least, most)) };
        let vanishes = habit.fickle && !habit.steady && seed.with(part::VANISHES).once_in(70);
        let tip = if habit.tips && seed.with(part::TIP).once_in(3) {
            held * seed.with(part::TIP).with(1).pick(&[10, 12, 15]) / 100
        } else {
            0
        };
        let movement = Movement {
            habit,
            seed,
            word,
            other: drawn_from,
            refund: false,
            inflow: habit.inflow,
            at,
            booked: (!vanishes).then_some(booked),
            pending_until: if vanishes { night(3) } else { booked },
            corrected: (habit.fickle && seed.with(part::CORRECTED).once_in(50))
                .then_some(booked + 26 * HOUR),
            held,
            cents: held + tip,
            balance: 0,
        };
        if habit.fickle && !vanishes && seed.with(part::REFUND).once_in(80) {
            let days = seed.with(part::REFUND).with(1).between(2, 7);
            let back = booked + days * DAY;
            drawn.push(Movement {
                seed: seed.with(part::REFUND),
                refund: true,
                inflow: true,
                at: back,
                booked: Some(back),
                pending_until: back,
                corrected: None,
                held: movement.cents,
                ..movement.clone()
            });
        }
        drawn.push(movement);
    }

    /// Keeps an account from `start` seconds on: balances after each movement, and at each of
    /// `ends` the movement that brings it to its level. Those are returned once more.
    #[expect(clippy::too_many_arguments, reason = "an account with all that it is kept by")]
    fn keep(
        &self,
        purse: Purse,
        start: i64,
        opening: i64,
        raw: Vec<Movement>,
        ends: impl Iterator<Item = Close>,
        until: i64,
        (down, up): (&'static Habit, &'static Habit),
    ) -> (Book, Vec<Movement>) {
        let mut pending: Vec<Movement> =
            raw.iter().filter(|m| m.at <= until && until < m.pending_until).cloned().collect();
        pending.sort_by_key(|m| (m.at, m.seed.bits()));
        let mut rest: Vec<Movement> = raw
            .into_iter()
            .filter(|m| m.booked.is_some_and(|at| start <= at && at <= until))
            .collect();
        rest.sort_by_key(|m| (m.booked, m.seed.bits()));
        let mut balance = opening;
        let mut booked: Vec<Movement> = Vec::with_capacity(rest.len() + 16);
        let mut closed = Vec::new();
        let mut rest = rest.into_iter().peekable();
        for end in ends.take_while(|end| end.at <= until) {
            while let Some(mut movement) = rest.next_if(|m| m.booked <= Some(end.at)) {
                balance += movement.effect(purse);
                movement.balance = balance;
                booked.push(movement);
            }
            let change = end.to - balance;
            if change != 0 {
                let inflow = (change > 0) == (purse.sign() > 0);
                let seed = self.seed.with(part::CLOSE).with(purse as u64);
                let seed = seed.with(end.month.cast_unsigned());
                let habit = if change > 0 { up } else { down };
                let movement = Movement::by_the_books(habit, seed, end.at, change.abs(), inflow);
                balance = end.to;
                booked.push(Movement { balance, ..movement.clone() });
                closed.push(movement);
            }
        }
        for mut movement in rest {
            balance += movement.effect(purse);
            movement.balance = balance;
            booked.push(movement);
        }
        (Book { purse, opening, booked, pending }, closed)
    }

    fn interest(&self, month: i64) -> Movement {
        let cents = (self.level(Purse::Savings, month) / 250).max(1);
        let at = number(in_month(month, 31)) * DAY + 20 * HOUR;
        let seed = self.seed.with(part::INTEREST).with(month.cast_unsigned());
        Movement::by_the_books(&self.habits().interest, seed, at, cents, true)
    }

    fn instalments(
        &self,
        first: i64,
        last: i64,
        until: i64,
        habit: &'static Habit,
    ) -> impl Iterator<Item = Movement> {
        (first..=last)
            .map(move |month| {
                let at = number(in_month(month, self.due_day())) * DAY + 12 * HOUR;
                let seed =
                    self.seed.with(part::DUE).with(month.cast_unsigned()).with(habit.purse as u64);
                let cents = self.instalment(self.loan(month).0);
                Movement::by_the_books(habit, seed, at, cents, habit.inflow)
            })
            .filter(move |m| m.at <= until)
    }

    fn loan_book(&self, first_month: i64, last_month: i64, until: i64) -> Book {
        let (loan, paid) = self.loan(last_month);
        let first = first_month.max(last_month - paid);
        let each = self.instalment(loan);
        let opening = each * (LOAN_MONTHS - self.loan(first).1);
        let mut balance = opening;
        let mut booked: Vec<Movement> =
            self.instalments(first, last_month, until, &self.habits().instalment_paid).collect();
        for movement in &mut booked {
            balance += movement.effect(Purse::Loan);
            movement.balance = balance;
        }
        Book { purse: Purse::Loan, opening, booked, pending: Vec::new() }
    }

    /// What the statement says of a movement at `now`.
    pub(super) fn description(&self, movement: &Movement, now: Timestamp) -> String {
        let now = now.as_second();
        if movement.is_pending(now) {
            return movement.word.to_owned();
        }
        let text = if movement.refund { self.habits().refund } else { movement.habit.text };
        let mut text = text.replace("{what}", movement.word);
        if text.contains("{who}") {
            text = text.replace("{who}", &self.person.friend(movement.other));
        }
        if text.contains("{city}") {
            text = text.replace("{city}", self.person.city.short);
        }
        if text.contains("{ref}") {
            text = text.replace("{ref}", &movement.reference());
        }
        if movement.corrected.is_some_and(|at| at <= now) {
            text.push_str(" CORREGIDO");
        }
        bare(&text)
    }
    /// How a movement travelled.
    pub(super) fn rail(&self, movement: &Movement) -> &'static str {
        if movement.refund { self.habits().refund_rail } else { movement.habit.rail }
    }
}

/// When an account is brought to a level.
struct Close {
    at: i64,
    to: i64,
    month: i64,
}

impl Movement {
    pub(super) fn by_the_books(
        habit: &'static Habit,
        seed: Seed,
        at: i64,
        cents: i64,
        inflow: bool,
    ) -> Self {
        Self {
            habit,
            seed,
            word: habit.words.first().copied().unwrap_or_default(),
            other: seed,
            refund: false,
            inflow,
            at,
            booked: Some(at),
            pending_until: at,
            corrected: None,
            held: cents,
            cents,
            balance: 0,
        }
    }
    /// The same with another word in its text.
    pub(super) fn called(self, word: &'static str) -> Self {
        Self { word, ..self }
    }
    /// The same money at its other end.
    fn seen_from(&self, habit: &'static Habit) -> Self {
        let seed = self.seed.with(habit.purse as u64);
        // A card's payment lowers a debt, which takes from an account.
        Self::by_the_books(habit, seed, self.at, self.cents, !self.inflow)
    }
    /// What it adds to the balance.
    pub(super) fn effect(&self, purse: Purse) -> i64 {
        purse.sign() * if self.inflow { self.cents } else { -self.cents }
    }
    pub(super) fn is_pending(&self, now: i64) -> bool {
        self.at <= now && now < self.pending_until
    }
    /// The institution's reference.
    pub(super) fn reference(&self) -> String {
        self.seed.with(part::REF).digits(7)
    }
    /// The day it was booked, if ever.
    pub(super) fn booked_on(&self) -> Option<Date> {
        Some(date_of(self.booked?.div_euclid(DAY)))
    }
    /// The day it happened.
    pub(super) fn value_date(&self) -> Date {
        date_of(self.at.div_euclid(DAY))
    }
}

impl Book {
    /// The balance now.
    pub(super) fn current(&self) -> i64 {
        self.booked.last().map_or(self.opening, |m| m.balance)
    }
    /// The balance when `day` ended.
    pub(super) fn at_end_of(&self, day: Date) -> i64 {
        let end = (number(day) + 1) * DAY;
        let before = self.booked.partition_point(|m| m.booked < Some(end));
        before.checked_sub(1).map_or(self.opening, |last| self.booked[last].balance)
    }
    /// What pending movements hold: positive when it is to go.
    pub(super) fn held(&self) -> i64 {
        self.pending.iter().map(|m| if m.inflow { -m.held } else { m.held }).sum()
    }
}

#[cfg(test)]
#[path = "world/tests.rs"]
mod tests;
