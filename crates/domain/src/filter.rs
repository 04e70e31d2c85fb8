//! Filters: `amount__gte=10` parsed once for all resources (`contract/errors-and-conventions.md` §5).

/// A field that lists can be filtered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Its name in the query, nested with double underscores: `balance__available`.
    pub name: &'static str,
    /// What its values are.
    pub kind: Kind,
    /// Which operators it takes.
    pub operators: &'static [Operator],
    /// Where its value lives.
    pub source: Source,
}

/// What a field's values are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Any text.
    Text,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A UUID.
    Id,
    /// A whole number.
    Integer,
    /// A decimal number.
    Amount,
    /// `YYYY-MM-DD`.
    Date,
    /// An instant; a bare date means that day.
    Instant,
}

/// What comes after the last `__`; equality is written with nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// Equal.
    Is,
    /// Greater than.
    Gt,
    /// Greater or equal.
    Gte,
    /// Less than.
    Lt,
    /// Less or equal.
    Lte,
    /// Between two values, both included.
    Range,
    /// One of.
    In,
    /// None of.
    NotIn,
    /// Contains, whatever the case.
    Icontains,
    /// Contains all.
    Allin,
}

/// Where a field's value lives in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// A column of the table.
    Column(&'static str),
    /// A path of keys inside the body.
    Body(&'static [&'static str]),
    /// A path of keys inside the body of the record's account.
    AccountBody(&'static [&'static str]),
}
