//! Words that are no secrets, but one person's own: found in the dresses of secrets (as they are, in
//! URLs, in HTML, in JSON), and each with what stands for it.

use super::{Found, Known};
use std::ops::Range;

/// Words that are looked for together.
#[derive(Default)]
pub(crate) struct Words {
    known: Known,
    /// What stands for each.
    stand_ins: Vec<String>,
}

impl Words {
    /// Looks for `word` from now on. What is looked for already keeps its stand-in.
    pub(crate) fn add(&mut self, word: &str, stand_in: &str) {
        let characters: Vec<_> = word.chars().collect();
        self.known.add(&characters, false, false);
        if self.known.patterns.len() > self.stand_ins.len() {
            self.stand_ins.push(stand_in.to_owned());
            self.known.index();
        }
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.stand_ins.len()
    }

    /// Where they are in `text`, and what stands for them: the longest at each place, of those whose
    /// place is `good`.
    pub(crate) fn find(
        &self,
        text: &str,
        good: impl Fn(&Range<usize>) -> bool,
    ) -> Vec<(Range<usize>, &str)> {
        let bytes = text.as_bytes();
        let mut found = Vec::new();
        let mut at = 0;
        while let Some(first) = bytes.get(at) {
            let candidates = self.known.by_first.get(usize::from(*first));
            let here = candidates
                .into_iter()
                .flatten()
                .filter_map(|number| {
                    let number = usize::from(*number);
                    let pattern = self.known.patterns.get(number)?;
                    let Found::Whole(length) = pattern.find(&bytes[at..], None, true) else {
                        return None;
                    };
                    Some((at..at + length, self.stand_ins.get(number)?.as_str()))
                })
                .filter(|(place, _)| good(place))
                .max_by_key(|(place, _)| place.end);
            at = here.as_ref().map_or(at + 1, |(place, _)| place.end);
            found.extend(here);
        }
        found
    }
}
