//! What follows: the plan that the matches, the absences and the doubts make together.

use super::{
    super::{
        Doubt, Note, Plan, Verdict,
        missing::{self, Absent, Claim, Removed},
        signals,
    },
    Item, Record, Work,
    marks::Against,
    price::NEW_OR_GONE,
};
use domain::{ids::RecordId, record::Movement};
use std::collections::{HashMap, HashSet};

impl Work<'_> {
    pub(super) fn plan(mut self) -> Plan {
        debug_assert!(
            self.is_one_to_one(),
            "what an item is, is that item, and the other way round"
        );
        let mut plan = Plan::default();
        let left = self.repetitions();
        plan.delete.extend(left.iter().map(|r| self.records[*r].known.id));
        let merged = plan.delete.len();
        self.notes.extend((merged > 0).then_some(Note::Merged { records: merged }));
        self.notes.extend((self.reused > 0).then_some(Note::ReusedIds { items: self.reused }));
        let redated = self.items.iter().filter(|item| {
            let moved = |r: usize| {
                let Record { day, movement, .. } = self.records[r];
                day != movement.value_date && day == item.movement.value_date
            };
            item.record.is_some_and(moved)
        });
        let redated = redated.count();
        self.notes.extend((redated > 0).then_some(Note::Redated { items: redated }));
        self.judge_absent(&left, &mut plan);
        self.write_items(&mut plan);
        let whole = plan.counted_as_complete;
        let verdict = |spares: bool| {
            let shown = self.items.iter().filter(|item| spares || !item.spare);
            let movements: Vec<&Movement> = shown.map(|item| item.movement).collect();
            signals::verdict(&movements, self.reading.stated, whole)
        };
        plan.verdict = match verdict(false) {
            // What may be a repetition may as well be a twin.
            off @ Verdict::DisagreesBy(_) if verdict(true) != Verdict::Agrees => off,
            Verdict::CannotTell => Verdict::CannotTell,
            _ => Verdict::Agrees,
        };
        plan.notes.append(&mut self.notes);
        plan
    }

    /// What its item left for another record, and no other item is or is likely to be, was a repetition.
    fn repetitions(&self) -> HashSet<usize> {
        let homes = self.items.iter().filter_map(|item| item.home.zip(item.record));
        let mut left: HashSet<usize> = homes
            .filter(|(home, record)| {
                self.records[*home].item.is_none() && self.names(*home, *record)
            })
            .map(|(home, _)| home)
            .collect();
        if left.is_empty() {
            return left;
        }
        let decided = self.pairs();
        let moved = self.moved(&decided.chain(self.open_doubts()).collect::<Vec<_>>());
        for (i, item) in self.items.iter().enumerate() {
            if item.record.is_none() && !item.spare {
                let likely = |r: &&usize| self.price_by_itself(**r, i, &moved) < NEW_OR_GONE;
                for r in item.perhaps.iter().filter(likely) {
                    left.remove(r);
                }
            }
        }
        left
    }

    fn is_one_to_one(&self) -> bool {
        let is_that = |(i, item): (usize, &Item<'_>)| {
            item.record.is_none_or(|r| self.records[r].item == Some(i))
        };
        let is_there = |(r, record): (usize, &Record<'_>)| {
            record.item.is_none_or(|i| self.items[i].record == Some(r))
        };
        self.items.iter().enumerate().all(is_that) && self.records.iter().enumerate().all(is_there)
    }

    fn judge_absent(&self, left: &HashSet<usize>, plan: &mut Plan) {
        let ids: HashMap<_, _> =
            self.records.iter().enumerate().map(|(r, record)| (record.known.id, r)).collect();
        let (mut contested, mut waits) = (HashSet::new(), HashSet::new());
        for (i, item) in self.items.iter().enumerate() {
            if item.record.is_none() && !item.spare {
                waits.extend(item.perhaps.iter().copied());
            }
            let Some(r) = item.home.or(item.record) else { continue };
            let home = self.records[r].known;
            if let Some(Doubt::PerhapsSame { others, .. }) = &home.doubt {
                let others = others.iter().filter_map(|id| ids.get(id).copied());
                // What may be another than it was ends no doubt.
                let itself = item.record != Some(r) || self.compare(r, i).1 == Against::Nothing;
                let old = home.created_at < self.reading.at && itself;
                let into = if old { &mut contested } else { &mut waits };
                into.extend(others);
            }
        }
        let removed = Removed::of(self.reading);
        let missing = self
            .records
            .iter()
            .enumerate()
            .filter(|(r, record)| record.item.is_none() && !left.contains(r));
        let absent: Vec<Absent> = missing
            .map(|(index, record)| {
                let known = record.known;
                // Where one of two records kept in doubt is shown and the other is not, the other
                // was a repetition, and says nothing about the reading.
                let repetition = matches!(&known.doubt, Some(Doubt::PerhapsSame { others, .. })
                    if others.iter().filter_map(|id| ids.get(id)).any(|r| self.records[*r].item.is_some()));
                Absent {
                    known: index,
                    day: Some(record.movement.value_date),
                    pending: record.movement.pending,
                    suspected_at: known.suspected_at,
                    claim: match (waits.contains(&index), contested.contains(&index)) {
                        (true, _) => Claim::Fresh,
                        (false, true) => Claim::Old,
                        (false, false) => Claim::None,
                    },
                    repetition,
                    removed: removed.names(known),
                }
            })
            .collect();
        let booked = self.items.iter().filter(|item| !item.spare && !item.movement.pending).count();
        let shown = self.items.len();
        let sentence = missing::judge(&absent, booked, shown, &self.span, self.reading, self.rules);
        plan.delete.extend(sentence.delete.iter().map(|r| self.records[*r].known.id));
        plan.suspect = sentence.suspect.iter().map(|r| self.records[*r].known.id).collect();
        plan.counted_as_complete = sentence.complete;
        plan.proves = sentence.proves;
        plan.notes = sentence.notes;
    }

    fn write_items(&self, plan: &mut Plan) {
        // A spare item that is no record leaves a doubt on the one it repeats.
        let repeated: HashSet<i64> = self
            .items
            .iter()
            .filter(|item| item.spare && item.record.is_none())
            .map(|item| item.seen.content)
            .collect();
        let deleted: HashSet<_> = plan.delete.iter().copied().collect();
        let ids: HashMap<_, _> =
            self.records.iter().enumerate().map(|(r, record)| (record.known.id, r)).collect();
        let mut doubted = 0;
        for item in &self.items {
            let twice = repeated.contains(&item.seen.content);
            let doubt = |others: Vec<RecordId>, twice: bool| match (others.is_empty(), twice) {
                (true, false) => None,
                (true, true) => Some(Doubt::PerhapsTwice),
                (false, twice) => Some(Doubt::PerhapsSame { others, twice }),
            };
            let Some(index) = item.record else {
                if !item.spare {
                    let open = item.perhaps.iter().filter(|r| self.records[**r].item.is_none());
                    let mut same: Vec<_> = open.map(|r| self.records[*r].known.id).collect();
                    same.retain(|id| !deleted.contains(id));
                    same.sort_unstable();
                    let doubt = doubt(same, twice);
                    doubted += usize::from(doubt.is_some());
                    plan.create.push((item.seen.item, doubt));
                }
                continue;
            };
            let known = self.records[index].known;
            let id = self.lasting_id(item.seen);
            if known.content != item.seen.content
                || (id.is_some() && id != known.source_id.as_deref())
            {
                plan.update.push((known.id, item.seen.item));
            } else {
                plan.unchanged.push((known.id, item.seen.item));
            }
            if known.suspected_at.is_some() {
                plan.clear.push(known.id);
            }
            let (others, was_twice) = match &known.doubt {
                Some(Doubt::PerhapsSame { others, twice }) => (&others[..], *twice),
                Some(Doubt::PerhapsTwice) => (&[][..], true),
                Some(Doubt::SharedKey) | None => (&[][..], false),
            };
            // It ends when the others were seen beside it, or are gone.
            let left = others
                .iter()
                .copied()
                .filter(|id| !deleted.contains(id))
                .filter(|id| match ids.get(id) {
                    Some(r) => self.records[*r].item.is_none(),
                    None => !self.span.inside(Some(item.movement.value_date)),
                })
                .collect();
            let doubt = doubt(left, twice || was_twice && !self.reading.complete);
            if doubt != known.doubt {
                plan.doubts.push((known.id, doubt));
            }
        }
        plan.notes.extend((doubted > 0).then_some(Note::Doubted { items: doubted }));
    }
}
