//! Where records come from: from the institution, or from other records.

use super::Resource;

/// Where the records of a resource come from.
#[derive(Debug, Clone, Copy)]
pub enum Origin {
    /// The institution says them, and a connector reads them.
    Institution,
    /// Vinculo computes them from records of the same link.
    Computed(Computed),
}

/// How records are computed. No connector is ever asked for them; an institution offers them where
/// its `resources` name them beside what they are computed from.
#[derive(Debug, Clone, Copy)]
pub struct Computed {
    /// What is computed.
    pub insight: Insight,
    /// From the records of these, which stand before it in the order of a load and are read first
    /// where they are missing or old.
    pub from: &'static [&'static Resource],
    /// What else a retrieval's body can choose.
    pub choices: &'static [Choice],
    /// How many records a link keeps, the newest; `None` for all that there are.
    pub keeps: Option<usize>,
}

/// What is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Insight {
    /// Where money comes from.
    Incomes,
    /// What is paid month after month.
    RecurringExpenses,
    /// What is owned, owed, earned and spent.
    RiskInsights,
    /// A career in numbers.
    EmploymentMetrics,
}

/// A key of a retrieval's body whose values are words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// The key.
    pub key: &'static str,
    /// What it may say.
    pub words: &'static [&'static str],
    /// Whether it is a list of them.
    pub many: bool,
    /// What it means.
    pub says: &'static str,
}

impl Resource {
    /// How its records are computed; `None` where the institution says them.
    #[must_use]
    pub const fn computed(&self) -> Option<&Computed> {
        match &self.origin {
            Origin::Institution => None,
            Origin::Computed(computed) => Some(computed),
        }
    }
}
