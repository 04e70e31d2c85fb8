//! A run told reading by reading, for whoever looks into a broken promise. Each line of an item or a
//! record ends with its life, so that one movement's tale is a search for `life 12 `.

use super::{Entry, Run, movement};
use crate::institution::Shown;
use domain::{
    ids::RecordId,
    record::{Facts, Movement},
};
use engine::ledger::{Doubt, Plan};
use std::collections::HashMap;

/// What happened in a run, line by line.
#[derive(Debug, Clone, Default)]
pub(super) struct Tale {
    pub(super) lines: String,
    /// Short names of records, in the order of their birth.
    names: HashMap<RecordId, usize>,
}

impl Tale {
    fn name(&mut self, id: RecordId) -> String {
        let next = self.names.len();
        format!("r{}", self.names.entry(id).or_insert(next))
    }

    fn doubt(&mut self, doubt: Option<&Doubt>) -> String {
        match doubt {
            None => String::new(),
            Some(Doubt::PerhapsSame { others, twice }) => {
                let others: Vec<_> = others.iter().map(|id| self.name(*id)).collect();
                format!(" perhaps {}{}", others.join(" "), if *twice { " twice" } else { "" })
            }
            Some(other) => format!(" {other:?}"),
        }
    }

    fn line(&mut self, line: &str) {
        self.lines.push_str(line);
        self.lines.push('\n');
    }

    /// The habits and the lives, before anything is read.
    pub(super) fn begin(run: &Run) -> Self {
        let mut tale = Self::default();
        tale.line(&format!("{:?} {:?}", run.order, run.eyes.habits));
        for (index, life) in run.history.lives.iter().enumerate() {
            tale.line(&format!("{life:?} life {index} "));
        }
        tale
    }

    /// A reading and what the ledger makes of it, before that is applied.
    pub(super) fn reading(&mut self, run: &Run, shown: &Shown, plan: &Plan) {
        let Shown { window, complete, at, fault, .. } = shown;
        self.line(&format!(
            "step {} at {at} {} to {} complete {complete} counted {} fault {fault:?} {:?}",
            run.step, window.from, window.to, plan.counted_as_complete, plan.notes
        ));
        let matched: HashMap<usize, RecordId> =
            plan.update.iter().chain(&plan.unchanged).map(|(id, item)| (*item, *id)).collect();
        let created: HashMap<usize, &Option<Doubt>> =
            plan.create.iter().map(|(item, doubt)| (*item, doubt)).collect();
        for (seen, life) in shown.seen.iter().zip(&shown.lives) {
            let fate = match (matched.get(&seen.item), created.get(&seen.item)) {
                (Some(id), _) => self.name(*id),
                (None, Some(doubt)) => format!("new{}", self.doubt(doubt.as_ref())),
                (None, None) => "folded".into(),
            };
            let id = seen.source_id.as_deref().unwrap_or("-");
            let page = seen.page;
            let look = look(&seen.facts);
            self.line(&format!(
                "  item {} page {page} {look} id {id} => {fate} life {life} ",
                seen.item
            ));
        }
        for entry in &run.book.entries {
            self.record(entry, plan);
        }
    }

    fn record(&mut self, entry: &Entry, plan: &Plan) {
        let known = &entry.known;
        let id = known.id;
        let since = known.suspected_at.map(|since| format!(" suspected {since}"));
        let (name, doubt) = (self.name(id), self.doubt(known.doubt.as_ref()));
        let shown = plan.update.iter().chain(&plan.unchanged).find(|(other, _)| *other == id);
        let marks =
            [(&plan.delete, " deleted"), (&plan.suspect, " suspected"), (&plan.clear, " cleared")];
        let begun = plan.doubts.iter().find(|(other, _)| *other == id);
        let fates: Vec<String> = shown
            .map(|(_, item)| format!(" item {item}"))
            .into_iter()
            .chain(
                marks.iter().filter(|(ids, _)| ids.contains(&id)).map(|(_, fate)| (*fate).into()),
            )
            .chain(begun.map(|(_, doubt)| format!(" doubt:{}", self.doubt(doubt.as_ref()))))
            .collect();
        self.line(&format!(
            "  {name} {}{doubt}{} =>{} life {} ",
            look(&known.facts),
            since.unwrap_or_default(),
            fates.concat(),
            entry.life
        ));
    }
}

fn look(facts: &Facts) -> String {
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
        on_card: _,
    } = movement(facts);
    let instant = transacted_at.map_or_else(String::new, |at| at.to_string());
    let balance =
        running_balance.map_or_else(String::new, |balance| format!(" balance {}", balance.0));
    let reference = reference.as_deref().unwrap_or_default();
    format!(
        "{value_date} {instant} {} {currency} {} {} `{description}`{balance} {reference}",
        amount.0,
        direction.map_or("", domain::record::Direction::as_str),
        if *pending { "PENDING" } else { "posted" },
    )
}
