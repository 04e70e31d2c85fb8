//! Pass 3: a pending movement becomes a posted one. Day, description and, on cards, amount may
//! change on the way; a pair is taken only where nothing else is as good.

use super::{
    super::fingerprint::{self, Fingerprint, Likeness},
    FEW, Record, Work, days_between,
    marks::instant,
    pairing,
};
use domain::record::{Direction, Movement};
use jiff::civil::Date;
use rust_decimal::Decimal;
use std::collections::HashMap;

/// How unlike a pending record and a posted item are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Cost {
    untied: bool,
    /// Another amount and another day weigh the same. Both weigh more than other words, because one
    /// merchant is visited again and again.
    steps: u8,
    words: Likeness,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AmountCost {
    Equal,
    Tolerated,
    Converted,
}

struct Candidate {
    cost: Cost,
    amount: AmountCost,
    record: usize,
    item: usize,
    days: i32,
}

/// Booked records that are proved gone, by all but their day. What shows one of them under the next
/// day is no hold that was booked on another day: neither is likelier.
struct Gone<'a>(HashMap<Fingerprint<'a>, Vec<Date>>);

impl<'a> Gone<'a> {
    fn find(work: &Work<'a>) -> Self {
        let mut gone: HashMap<Fingerprint<'a>, Vec<Date>> = HashMap::new();
        for r in work.open_records() {
            let record = &work.records[r];
            if !record.movement.pending
                && !record.doubted
                && work.proves_absence(r)
                && let Some(print) = record.print
            {
                gone.entry(print.of_any_day()).or_default().push(record.day);
            }
        }
        Self(gone)
    }

    fn explains(&self, work: &Work<'_>, item: usize) -> bool {
        let item = &work.items[item];
        let near =
            |day: &Date| days_between(*day, item.movement.value_date).abs() <= work.rules.day_slack;
        let same = item.print.and_then(|print| self.0.get(&print.of_any_day()));
        same.is_some_and(|days| days.iter().any(near))
    }
}

/// Pairs what it can and leaves doubts on the rest.
pub(super) fn settle(work: &mut Work<'_>) {
    let mut pairs = candidates(work);
    if pairs.is_empty() {
        return;
    }
    let gone = Gone::find(work);
    // Each round takes the pairs that are best for both sides; then the second best may be.
    while !pairs.is_empty() {
        let mut best_of_item: HashMap<usize, Cost> = HashMap::new();
        let mut best_of_record: HashMap<usize, Cost> = HashMap::new();
        for pair in &pairs {
            let best = best_of_item.entry(pair.item).or_insert(pair.cost);
            *best = pair.cost.min(*best);
            let best = best_of_record.entry(pair.record).or_insert(pair.cost);
            *best = pair.cost.min(*best);
        }
        let (mutual, rest): (Vec<Candidate>, Vec<Candidate>) =
            pairs.into_iter().partition(|pair| {
                best_of_item[&pair.item] == pair.cost && best_of_record[&pair.record] == pair.cost
            });
        let by_ends: HashMap<(usize, usize), &Candidate> =
            mutual.iter().map(|pair| ((pair.record, pair.item), pair)).collect();
        let ends: Vec<(usize, usize)> =
            mutual.iter().map(|pair| (pair.record, pair.item)).collect();
        for part in pairing::parts(&ends) {
            let part: Vec<&Candidate> = part.iter().map(|ends| by_ends[ends]).collect();
            settle_part(work, &part, &gone);
        }
        // What is paired is decided; what is in doubt may be its second best as well.
        pairs = rest
            .into_iter()
            .filter(|pair| {
                work.records[pair.record].item.is_none() && work.items[pair.item].record.is_none()
            })
            .collect();
    }
}

/// All pairs that could be one movement, a bounded number for each item.
fn candidates(work: &Work<'_>) -> Vec<Candidate> {
    type Slot = Vec<(Decimal, usize)>;
    let mut pending: HashMap<(Date, Option<Direction>), Slot> = HashMap::new();
    for r in work.open_records() {
        let m = work.records[r].movement;
        if m.pending && !work.records[r].doubted {
            pending.entry((work.records[r].day, m.direction)).or_default().push((m.amount.0, r));
        }
    }
    if pending.is_empty() {
        return Vec::new();
    }
    for slot in pending.values_mut() {
        slot.sort_unstable();
    }
    let mut pairs = Vec::new();
    for i in work.open_items() {
        let item = &work.items[i];
        if item.movement.pending {
            continue;
        }
        let mut day =
            item.movement.value_date.saturating_add(jiff::Span::new().days(work.rules.day_slack));
        for _ in 0..=work.rules.posts_within + work.rules.day_slack {
            if let Some(slot) = pending.get(&(day, item.movement.direction)) {
                // Nearest amounts first: those below and those above take turns.
                let middle = slot.partition_point(|(amount, _)| *amount < item.movement.amount.0);
                let near = middle.saturating_sub(FEW)..(middle + 2 * FEW).min(slot.len());
                pairs.extend(slot[near].iter().filter_map(|(_, r)| cost(work, *r, i)));
            }
            day = day.yesterday().unwrap_or(Date::MIN);
        }
    }
    pairs
}

/// How the amount of a hold and that of what it may have been booked as differ; `None` where they are two.
pub(super) fn amount(old: &Movement, text: &str, new: &Movement) -> Option<AmountCost> {
    if old.currency != new.currency {
        return (old.on_card && new.on_card && fingerprint::converts(old, new))
            .then_some(AmountCost::Converted);
    }
    if old.amount == new.amount {
        return Some(AmountCost::Equal);
    }
    let (from, to) = fingerprint::posts_between(old, text);
    (from <= new.amount.0 && new.amount.0 <= to).then_some(AmountCost::Tolerated)
}

fn cost(work: &Work<'_>, r: usize, i: usize) -> Option<Candidate> {
    let (record, item) = (&work.records[r], &work.items[i]);
    let (old, new) = (record.movement, item.movement);
    let same_time = instant(old).is_some() && instant(old) == instant(new);
    let same_reference = old.reference.is_some() && old.reference == new.reference;
    let tied = same_time || same_reference;
    let amount = amount(old, &record.text, new)?;
    let words = fingerprint::likeness(&record.text, &item.text);
    let akin = words.akin() || (words == Likeness::Silent && amount == AmountCost::Equal);
    // An amount that was converted says nothing, so the words must say all.
    let enough = match amount {
        AmountCost::Converted => words <= Likeness::Contains || (tied && akin),
        AmountCost::Equal | AmountCost::Tolerated => akin || tied,
    };
    let days = days_between(record.day, new.value_date);
    (enough && work.may_be(r, i)).then_some(Candidate {
        amount,
        cost: Cost { untied: !tied, steps: amount as u8 + u8::from(days != 0), words },
        record: r,
        item: i,
        days,
    })
}

fn settle_part(work: &mut Work<'_>, part: &[&Candidate], gone: &Gone<'_>) {
    let ends: Vec<(usize, usize)> = part.iter().map(|p| (p.record, p.item)).collect();
    let (mut records, mut items) = pairing::sides(&ends);
    records.sort_by_key(|r| {
        let Record { day, movement, known, .. } = work.records[*r];
        // What certainly moved comes before what may have moved as well.
        (day, day == movement.value_date, instant(movement), known.created_at, known.id)
    });
    items.sort_by_key(|i| {
        let item = &work.items[*i];
        (item.movement.value_date, item.spare, instant(item.movement), *i)
    });
    let each_with_each = part.len() == records.len() * items.len();
    let same_records = records.windows(2).all(|w| alike(&work.records[w[0]], &work.records[w[1]]));
    let same_items = items.windows(2).all(|w| work.items[w[0]].print == work.items[w[1]].print);
    // As many as there are, or all the same: in order, and nobody can tell otherwise.
    if each_with_each && (records.len() == items.len() || same_records && same_items) {
        let zipped: Vec<(usize, usize)> =
            records.iter().copied().zip(items.iter().copied()).collect();
        for (record, item) in zipped {
            take(work, part, gone, record, item);
        }
        suppose_rest(work, part);
        return;
    }
    // The same day is better than any other, where it is the only one.
    let same_day: Vec<&&Candidate> = part.iter().filter(|p| p.days == 0).collect();
    for pair in &same_day {
        let alone =
            same_day.iter().filter(|p| p.record == pair.record || p.item == pair.item).count() == 1;
        if alone {
            take(work, part, gone, pair.record, pair.item);
        }
    }
    suppose_rest(work, part);
}

fn suppose_rest(work: &mut Work<'_>, part: &[&Candidate]) {
    for pair in part {
        if work.records[pair.record].item.is_none() && work.items[pair.item].record.is_none() {
            work.suppose(pair.item, pair.record);
        }
    }
}

fn alike(one: &Record<'_>, other: &Record<'_>) -> bool {
    let (a, b) = (one.movement, other.movement);
    one.print == other.print && instant(a) == instant(b) && a.reference == b.reference
}

/// Pairs them where the pending record is proved gone or the pair can hardly be two movements;
/// else keeps both in doubt. A doubt about something better is not decided by something worse.
fn take(work: &mut Work<'_>, part: &[&Candidate], gone: &Gone<'_>, record: usize, item: usize) {
    let Some(pair) = part.iter().find(|p| p.record == record && p.item == item) else { return };
    let plain = pair.days == 0 && pair.amount == AmountCost::Equal;
    let in_doubt = work.is_explained(record, item);
    let certain = plain || !pair.cost.untied;
    if !in_doubt && (certain || work.proves_absence(record) && !gone.explains(work, item)) {
        work.pair(record, item);
    } else {
        work.suppose(item, record);
    }
}
