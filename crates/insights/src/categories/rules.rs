//! The rules by which descriptions are told apart: a data file, made into one automaton that finds
//! every phrase in one pass over the text.

use super::{Label, TAXONOMY};
use crate::text;
use aho_corasick::{AhoCorasick, MatchKind};
use domain::{
    record::Direction,
    resources::transactions::{Subcategory, TransactionCategory},
};
use serde::Deserialize;
use std::sync::LazyLock;
use toml::Spanned;

/// The rules that are built in.
const EMBEDDED: &str = include_str!("../../data/categories.toml");
/// The most phrases of all files together.
const MOST_PHRASES: usize = 100_000;
/// The longest phrase, in bytes.
const LONGEST: usize = 200;

/// Somebody known, who is paid or pays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merchant {
    /// What people call them.
    pub name: String,
    /// Where their site is.
    pub website: Option<String>,
    /// Mostly paid by subscription.
    pub subscription: bool,
}

/// Why rules cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BadRules {
    /// The file is not of the form that the embedded one has; says the line itself.
    #[error("{0}")]
    Form(#[from] toml::de::Error),
    /// Something in a rule means nothing.
    #[error("line {line}: {what}")]
    Rule {
        /// Where, counted from 1.
        line: usize,
        /// What.
        what: BadRule,
    },
    /// There are too many phrases.
    #[error("there are more than {MOST_PHRASES} phrases")]
    TooMany,
}

/// What is wrong in a rule.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadRule {
    /// A subcategory stands under a category that it does not belong to.
    #[error("“{0}” is no subcategory of “{1}”")]
    Misplaced(Subcategory, TransactionCategory),
    /// A phrase has no letters or digits, or too many.
    #[error("“{0}” cannot be looked for")]
    Phrase(String),
    /// A trade is no four digits and no range of such.
    #[error("“{0}” is neither a merchant category code nor a range of such")]
    Mcc(String),
}

impl BadRule {
    /// The line of `file` that it stands on, in the rule that begins at a place.
    fn line(&self, file: &str, rule: usize) -> usize {
        let said = match self {
            Self::Misplaced(below, _) => below.as_str(),
            Self::Phrase(said) | Self::Mcc(said) => said,
        };
        let at = file.get(rule..).and_then(|rest| rest.find(said)).unwrap_or_default();
        let before = file.get(..rule + at).unwrap_or_default();
        1 + before.matches('\n').count()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    rule: Vec<Spanned<Written>>,
}

/// A rule as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    category: TransactionCategory,
    subcategory: Option<Subcategory>,
    direction: Option<Direction>,
    #[serde(default)]
    strength: Strength,
    #[serde(default)]
    words: Vec<String>,
    #[serde(default)]
    merchants: Vec<WrittenMerchant>,
    #[serde(default)]
    mcc: Vec<String>,
}

#[derive(Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum WrittenMerchant {
    Name(String),
    Whole {
        name: String,
        site: Option<String>,
        #[serde(default)]
        says: Vec<String>,
        #[serde(default)]
        subscription: bool,
    },
}

/// How much is believed of what gives a movement away, from the weakest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Strength {
    Weak,
    #[default]
    Plain,
    /// The trade that a card network knows the shop by; not written, but what `mcc` has.
    #[serde(skip)]
    Trade,
    /// What `merchants` have.
    #[serde(skip)]
    Merchant,
    Decisive,
}

/// What a phrase gives away.
struct Clue {
    /// The operator's own are asked first.
    own: bool,
    strength: Strength,
    category: TransactionCategory,
    subcategory: Option<Subcategory>,
    direction: Option<Direction>,
    merchant: Option<usize>,
    /// The phrase is the beginning of a word.
    begins: bool,
}

struct Trade {
    from: u16,
    to: u16,
    clue: Clue,
}

/// Rules, ready to be asked.
pub struct Rules {
    phrases: AhoCorasick,
    /// By the automaton's number of the phrase.
    clues: Vec<Clue>,
    trades: Vec<Trade>,
    merchants: Vec<Merchant>,
}

impl Rules {
    /// The rules that are built in.
    #[must_use]
    pub fn embedded() -> &'static Self {
        static RULES: LazyLock<Rules> =
            LazyLock::new(|| Rules::read(None).expect("the embedded rules are tested"));
        &RULES
    }

    /// The embedded rules and, asked before them, those of an operator's file.
    pub fn read(own: Option<&str>) -> Result<Self, BadRules> {
        let (mut phrases, mut rules) = (
            Vec::new(),
            Self {
                phrases: AhoCorasick::new([""; 0]).map_err(|_| BadRules::TooMany)?,
                clues: Vec::new(),
                trades: Vec::new(),
                merchants: Vec::new(),
            },
        );
        for (file, own) in [(own, true), (Some(EMBEDDED), false)] {
            let Some(file) = file else { continue };
            for written in toml::from_str::<File>(file)?.rule {
                let begins = written.span().start;
                rules
                    .take(written.into_inner(), own, &mut phrases)
                    .map_err(|what| BadRules::Rule { line: what.line(file, begins), what })?;
            }
        }
        if phrases.len() > MOST_PHRASES {
            return Err(BadRules::TooMany);
        }
        rules.phrases = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .build(&phrases)
            .map_err(|_| BadRules::TooMany)?;
        Ok(rules)
    }

    fn take(
        &mut self,
        written: Written,
        own: bool,
        phrases: &mut Vec<String>,
    ) -> Result<(), BadRule> {
        let Written { category, subcategory, direction, strength, words, merchants, mcc } = written;
        if let Some(below) = subcategory {
            let known = TAXONOMY.iter().any(|(c, all)| *c == category && all.contains(&below));
            if !known {
                return Err(BadRule::Misplaced(below, category));
            }
        }
        let clue = |strength, merchant, begins| Clue {
            own,
            strength,
            category,
            subcategory,
            direction,
            merchant,
            begins,
        };
        let mut look_for = |phrase: &str, strength, merchant, clues: &mut Vec<Clue>| {
            let (words, begins) = match phrase.strip_suffix('*') {
                Some(beginning) => (beginning, true),
                None => (phrase, false),
            };
            let mut plain = String::new();
            text::plain(words, &mut plain);
            if plain.is_empty() || plain.len() > LONGEST {
                return Err(BadRule::Phrase(phrase.chars().take(LONGEST).collect()));
            }
            phrases.push(plain);
            clues.push(clue(strength, merchant, begins));
            Ok(())
        };
        for phrase in &words {
            look_for(phrase, strength, None, &mut self.clues)?;
        }
        for merchant in merchants {
            let (name, website, says, subscription) = match merchant {
                WrittenMerchant::Name(name) => (name, None, Vec::new(), false),
                WrittenMerchant::Whole { name, site, says, subscription } => {
                    (name, site, says, subscription)
                }
            };
            let says = if says.is_empty() { vec![name.clone()] } else { says };
            let number = Some(self.merchants.len());
            for phrase in &says {
                look_for(phrase, Strength::Merchant, number, &mut self.clues)?;
            }
            let website = website.map(|site| format!("https://www.{site}"));
            self.merchants.push(Merchant { name, website, subscription });
        }
        for codes in &mcc {
            let (from, to) = codes.split_once('-').unwrap_or((codes, codes));
            let (Ok(from), Ok(to)) = (from.parse(), to.parse()) else {
                return Err(BadRule::Mcc(codes.chars().take(LONGEST).collect()));
            };
            self.trades.push(Trade { from, to, clue: clue(Strength::Trade, None, false) });
        }
        Ok(())
    }

    /// What a movement was for: `None` where nothing at all is said of it, [`Label::UNKNOWN`] where
    /// nothing of what is said is known.
    #[must_use]
    pub fn label(
        &self,
        description: &str,
        direction: Option<Direction>,
        mcc: Option<u16>,
    ) -> Option<Label<'_>> {
        let mut plain = String::with_capacity(description.len());
        text::plain(description, &mut plain);
        self.label_plain(&plain, direction, mcc)
    }

    /// The same of a description that is plain already.
    pub(crate) fn label_plain(
        &self,
        plain: &str,
        direction: Option<Direction>,
        mcc: Option<u16>,
    ) -> Option<Label<'_>> {
        let fits = |clue: &Clue| clue.direction.is_none() || clue.direction == direction;
        let mut best: Option<(Rank, &Clue)> = None;
        let mut merchant: Option<(Rank, usize)> = None;
        let letters = plain.as_bytes();
        for found in self.phrases.find_overlapping_iter(plain) {
            let Some(clue) = self.clues.get(found.pattern().as_usize()) else { continue };
            let whole =
                found.start().checked_sub(1).is_none_or(|at| letters.get(at) == Some(&b' '))
                    && (clue.begins
                        || letters.get(found.end()).is_none_or(|next| !next.is_ascii_alphabetic()));
            if !whole || !fits(clue) {
                continue;
            }
            let rank = Rank::of(clue, found.len(), found.start());
            if best.as_ref().is_none_or(|(before, _)| rank > *before) {
                best = Some((rank, clue));
            }
            if let Some(number) = clue.merchant
                && merchant.is_none_or(|(before, _)| rank > before)
            {
                merchant = Some((rank, number));
            }
        }
        for trade in &self.trades {
            let rank = Rank::of(&trade.clue, 0, 0);
            if mcc.is_some_and(|code| trade.from <= code && code <= trade.to)
                && fits(&trade.clue)
                && best.as_ref().is_none_or(|(before, _)| rank > *before)
            {
                best = Some((rank, &trade.clue));
            }
        }
        let merchant = merchant.and_then(|(_, number)| self.merchants.get(number));
        match best {
            Some((_, clue)) => {
                Some(Label { category: clue.category, subcategory: clue.subcategory, merchant })
            }
            None if plain.is_empty() && mcc.is_none() => None,
            None => Some(Label::UNKNOWN),
        }
    }

    /// How many merchants are known.
    #[must_use]
    pub fn merchants(&self) -> usize {
        self.merchants.len()
    }
}

impl std::fmt::Debug for Rules {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rules")
            .field("phrases", &self.clues.len())
            .field("merchants", &self.merchants.len())
            .finish_non_exhaustive()
    }
}

/// Which of two clues is believed: the operator's, the stronger, the longer, the one that stands
/// first. Of equal ones the first in the file is, since only a greater rank replaces it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    own: bool,
    strength: Strength,
    length: usize,
    first: std::cmp::Reverse<usize>,
}
impl Rank {
    fn of(clue: &Clue, length: usize, start: usize) -> Self {
        let first = std::cmp::Reverse(start);
        Self { own: clue.own, strength: clue.strength, length, first }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn said(
        rules: &Rules,
        description: &str,
        direction: Direction,
        mcc: Option<u16>,
    ) -> (String, String) {
        rules.label(description, Some(direction), mcc).map_or_else(Default::default, |label| {
            let below = label.subcategory.map_or("-", Subcategory::as_str);
            let merchant = label.merchant.map_or(String::new(), |merchant| merchant.name.clone());
            (format!("{}/{below}", label.category), merchant)
        })
    }
    fn known(category: &str, merchant: &str) -> (String, String) {
        (category.into(), merchant.into())
    }

    #[test]
    fn the_stronger_clue_wins() {
        let rules = Rules::embedded();
        for (description, direction, category, merchant) in [
            ("SPEI ENVIADO A JUAN", Direction::Outflow, "Transfers/-", ""),
            ("SPEI RECIBIDO NOMINA", Direction::Inflow, "Income & Payments/Salary", ""),
            ("NOMINA EDITORIAL LUZ", Direction::Inflow, "Income & Payments/Salary", ""),
            ("ADELANTO DE NOMINA", Direction::Inflow, "Credits & Loans/Pay Advance", ""),
            (
                "SPEI NETFLIX",
                Direction::Outflow,
                "Online Platforms & Leisure/Movie & Audio",
                "Netflix",
            ),
            ("DEVOLUCION NETFLIX", Direction::Inflow, "Fees & Charges/Refund", "Netflix"),
            ("UBER EATS", Direction::Outflow, "Food & Groceries/Delivery", "Uber Eats"),
            ("UBER *TRIP", Direction::Outflow, "Transport & Travel/Taxis & Rideshares", "Uber"),
            ("", Direction::Outflow, "", ""),
            ("QWXZ", Direction::Outflow, "Unknown/Other", ""),
        ] {
            assert_eq!(
                said(rules, description, direction, None),
                known(category, merchant),
                "{description}"
            );
        }
    }
    #[test]
    fn a_card_networks_trade_speaks_where_the_text_does_not() {
        let rules = Rules::embedded();
        let groceries = known("Food & Groceries/Groceries", "");
        assert_eq!(said(rules, "QWXZ 12", Direction::Outflow, Some(5411)), groceries);
        assert_eq!(said(rules, "", Direction::Outflow, Some(5411)), groceries);
        assert_eq!(
            said(rules, "HYATT", Direction::Outflow, Some(3640)),
            known("Transport & Travel/Accommodation", "")
        );
        assert_eq!(said(rules, "", Direction::Outflow, Some(1)), known("Unknown/Other", ""));
    }
    #[test]
    fn words_are_whole_words() {
        let rules = Rules::embedded();
        let unknown = known("Unknown/Other", "");
        assert_eq!(said(rules, "PIXEL", Direction::Outflow, None), unknown);
        assert_eq!(said(rules, "SUPERTEDX", Direction::Outflow, None), unknown);
        assert_eq!(said(rules, "OXXO4521", Direction::Outflow, None).1, "OXXO");
    }
    #[test]
    fn an_operators_own_rules_are_asked_first() {
        let own = r#"
            [[rule]]
            category = "Home & Life"
            subcategory = "Health"
            strength = "weak"
            words = ["netflix"]
            merchants = [{ name = "Clínica Sol", site = "sol.mx", says = ["clin sol*"] }]
        "#;
        let rules = Rules::read(Some(own)).expect("rules");
        assert_eq!(
            said(&rules, "NETFLIX", Direction::Outflow, None),
            known("Home & Life/Health", "Netflix")
        );
        assert_eq!(
            said(&rules, "CLIN SOLAR", Direction::Outflow, None),
            known("Home & Life/Health", "Clínica Sol")
        );
        assert_eq!(said(&rules, "OXXO", Direction::Outflow, None).1, "OXXO");
    }
    #[test]
    fn rules_that_cannot_be_used_say_why() {
        let why =
            |file: &str| Rules::read(Some(file)).map_or_else(|e| e.to_string(), |_| String::new());
        let rule = |rest: &str| format!("[[rule]]\ncategory = \"Taxes\"\n{rest}");
        assert!(why("[[rule]]").contains("category"));
        assert!(why(&rule("category = \"x\"")).contains("duplicate"));
        assert!(why(&rule("colour = 1")).contains("colour"));
        assert_eq!(
            why(&rule("subcategory = \"Water\"")),
            "line 3: “Water” is no subcategory of “Taxes”"
        );
        let good = rule("words = [\"a\"]\n\n");
        assert_eq!(
            why(&format!("{good}{}", rule("words = [\n  \"b\",\n  \"**\",\n]"))),
            "line 9: “**” cannot be looked for"
        );
        assert_eq!(
            why(&rule("mcc = [\"54x1\"]")),
            "line 3: “54x1” is neither a merchant category code nor a range of such"
        );
        assert!(why(&rule("words = [")).contains("line 3"));
    }

    proptest! {
        #[test]
        fn anything_can_be_labelled(text in any::<String>(), mcc in any::<Option<u16>>()) {
            let label = Rules::embedded().label(&text, None, mcc);
            if let Some(Label { category, subcategory: Some(below), .. }) = label {
                prop_assert!(TAXONOMY.iter().any(|(c, all)| *c == category && all.contains(&below)));
            }
        }
        #[test]
        fn case_and_punctuation_do_not_matter(words in prop::collection::vec("[a-z]{1,8}|netflix|spei|pago", 1..6)) {
            let rules = Rules::embedded();
            let shouted = words.join(" - ").to_uppercase();
            prop_assert_eq!(rules.label(&shouted, None, None), rules.label(&words.join(" "), None, None));
        }
    }
}
