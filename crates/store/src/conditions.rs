//! The conditions of a list, compiled to SQL. The only place where SQL is put together at run
//! time: what comes from a caller is bound, what is written into the text is ours and `'static`.

use crate::{
    Tx,
    value::{Value, days},
};
use domain::{
    filter::{Condition, Field, Kind, Source, Test, Value as Wanted},
    time::Moment,
};
use std::fmt::{Display, Write as _};

/// A statement under construction.
pub(crate) struct Sql {
    text: String,
    values: Vec<Value>,
}

impl Sql {
    /// Starts with `text`, whose `$1, $2, …` are `values`.
    pub(crate) fn new(text: impl Into<String>, values: Vec<Value>) -> Self {
        Self { text: text.into(), values }
    }
    /// Adds `(…), (…)`: the rows of a batch. `json` says which column, if any, is JSON text.
    ///
    /// Nothing else in the statement may be bound: the places have no numbers on SQLite, which takes
    /// quadratic time over numbered ones.
    pub(crate) fn rows(
        &mut self,
        tx: &Tx,
        json: Option<usize>,
        rows: impl IntoIterator<Item = Vec<Value>>,
    ) -> &mut Self {
        for (i, row) in rows.into_iter().enumerate() {
            self.push(if i == 0 { "(" } else { ", (" });
            for (i, value) in row.into_iter().enumerate() {
                self.push(if i == 0 { "" } else { ", " });
                self.push(if json == Some(i) { "json(" } else { "" });
                if tx.is_postgres() {
                    self.bind(value);
                } else {
                    self.values.push(value);
                    self.push("?");
                }
                self.push(if json == Some(i) { ")" } else { "" });
            }
            self.push(")");
        }
        self
    }
    /// Adds text of our own.
    pub(crate) fn push(&mut self, text: impl Display) -> &mut Self {
        // Writing into a string cannot fail.
        write!(self.text, "{text}").ok();
        self
    }
    /// Adds a value.
    pub(crate) fn bind(&mut self, value: impl Into<Value>) -> &mut Self {
        self.values.push(value.into());
        let number = self.values.len();
        self.push(format_args!("${number}"))
    }
    /// The text and its values.
    pub(crate) fn finish(self) -> (sqlx::AssertSqlSafe<String>, Vec<Value>) {
        (sqlx::AssertSqlSafe(self.text), self.values)
    }
    /// The text so far. Where it is written into another statement, that one must begin with the
    /// same values.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }
    /// The same with `text` before it.
    pub(crate) fn before(mut self, text: &str) -> Self {
        self.text.insert_str(0, text);
        self
    }
    /// The same text and values, to be finished differently.
    pub(crate) fn fork(&self) -> Self {
        Self { text: self.text.clone(), values: self.values.clone() }
    }

    /// ` and …` for each condition. `table` is the name or alias of the table that the fields are
    /// columns and bodies of.
    pub(crate) fn and(&mut self, table: &'static str, conditions: &[Condition]) -> &mut Self {
        for condition in conditions {
            self.push(" and ").condition(table, condition);
        }
        self
    }

    fn condition(&mut self, table: &'static str, condition: &Condition) {
        let field = condition.field;
        let subject = subject(table, field);
        match &condition.test {
            // Quoted as JSON quotes it, an id is nothing else.
            Test::Is(value) if is_within(field) => self.holds(table, field, value),
            Test::In(values) if is_within(field) && !values.is_empty() => {
                for (i, value) in values.iter().enumerate() {
                    self.push(if i == 0 { "(" } else { " or " });
                    self.holds(table, field, value);
                }
                self.push(")");
            }
            Test::Is(value) => self.compare(&subject, "=", field, value),
            Test::Gt(value) => self.compare(&subject, ">", field, value),
            Test::Gte(value) => self.compare(&subject, ">=", field, value),
            Test::Lt(value) => self.compare(&subject, "<", field, value),
            Test::Lte(value) => self.compare(&subject, "<=", field, value),
            Test::IsNull => drop(self.push(&subject).push(" is null")),
            Test::Between(from, to) => {
                self.compare(&subject, ">=", field, from);
                self.push(" and ");
                self.compare(&subject, "<=", field, to);
            }
            Test::In(values) if values.is_empty() => drop(self.push("1 = 0")),
            Test::In(values) => {
                self.push(&subject).push(" in ");
                self.list(field, values);
            }
            Test::NotIn(values) if values.is_empty() => drop(self.push("1 = 1")),
            Test::NotIn(values) => {
                self.push(format_args!("({subject} is null or {subject} not in "));
                self.list(field, values);
                self.push(")");
            }
            Test::Contains(part) => {
                let part = part.to_lowercase();
                self.push(folded(&subject, &part)).push(" like ");
                self.bind(format!("%{}%", escaped(&part))).push(r" escape '\'");
            }
            // A list of words is kept as JSON text, where each stands between quotes. It is there if
            // taking it away leaves another text: `replace` knows no patterns and no other case, which
            // `like` on SQLite does.
            Test::HasAll(words) => {
                for (i, word) in words.iter().enumerate() {
                    let quoted = serde_json::Value::from(word.as_str()).to_string();
                    let list = list_text(table, field);
                    self.push(if i == 0 { "" } else { " and " });
                    self.push(format_args!("replace({list}, ")).bind(quoted);
                    self.push(format_args!(", '') <> {list}"));
                }
                if words.is_empty() {
                    self.push("1 = 1");
                }
            }
        }
    }

    /// Whether an id stands somewhere in the JSON text of a field.
    fn holds(&mut self, table: &'static str, field: &Field, wanted: &Wanted) {
        let id = match wanted {
            Wanted::Id(id) => id.to_string(),
            _ => String::new(),
        };
        self.push(list_text(table, field)).push(" like ").bind(format!("%\"{id}\"%"));
    }

    fn compare(&mut self, subject: &str, operator: &str, field: &Field, wanted: &Wanted) {
        self.push(format_args!("{subject} {operator} "));
        self.value(field, wanted);
    }

    fn list(&mut self, field: &Field, values: &[Wanted]) {
        for (i, value) in values.iter().enumerate() {
            self.push(if i == 0 { "(" } else { ", " });
            self.value(field, value);
        }
        self.push(")");
    }

    fn value(&mut self, field: &Field, wanted: &Wanted) {
        let in_column = matches!(field.source, Source::Column(_) | Source::Either(..));
        match wanted {
            Wanted::Text(text) => drop(self.bind(text)),
            Wanted::Id(id) if in_column => drop(self.bind(*id)),
            Wanted::Id(id) => drop(self.bind(id.to_string())),
            Wanted::Date(day) if in_column => drop(self.bind(days(*day))),
            Wanted::Date(day) => drop(self.bind(day.to_string())),
            Wanted::Instant(at) if in_column => drop(self.bind(*at)),
            Wanted::Instant(at) => drop(self.bind(Moment(*at).to_string())),
            Wanted::Integer(n) => drop(self.bind(*n)),
            // Exact in PostgreSQL; in SQLite both sides become the same nearest number.
            Wanted::Amount(amount) => {
                self.push("cast(").bind(amount.to_string()).push(" as numeric)");
            }
        }
    }
}

fn is_within(field: &Field) -> bool {
    matches!(field.source, Source::Within(_))
}

/// The expression that a field stands for.
fn subject(table: &'static str, field: &Field) -> String {
    let typed = |value: String| match field.kind {
        Kind::Integer | Kind::Year | Kind::Amount => format!("cast({value} as numeric)"),
        // Of an instant, the day is asked for.
        Kind::Date => format!("substr({value}, 1, 10)"),
        // SQLite would take a number out of the body as a number.
        _ => format!("cast({value} as text)"),
    };
    match field.source {
        Source::Column(column) => format!("{table}.{column}"),
        Source::Either(one, other) => format!("coalesce({table}.{one}, {table}.{other})"),
        Source::Body(path) => typed(within(table, path)),
        Source::Within(_) => list_text(table, field),
        Source::AccountBody(path) => typed(format!(
            "(select {} from records as account where account.bucket = {table}.bucket \
             and account.id = {table}.account and account.link = {table}.link)",
            within("account", path)
        )),
    }
}

/// A list as the text of its JSON.
fn list_text(table: &'static str, field: &Field) -> String {
    match field.source {
        Source::Column(column) => format!("cast({table}.{column} as text)"),
        Source::Either(..) => format!("cast({} as text)", subject(table, field)),
        Source::Body(path) | Source::AccountBody(path) => {
            format!("cast({table}.body -> '{}' as text)", path.join("' -> '"))
        }
        Source::Within(key) => format!("cast({table}.body -> '{key}' as text)"),
    }
}

/// The value at the end of a path of keys.
fn within(table: &str, path: &[&'static str]) -> String {
    let (last, parents) = path.split_last().unwrap_or((&"", &[]));
    let mut value = format!("{table}.body");
    for key in parents {
        value = format!("{value} -> '{key}'");
    }
    format!("{value} ->> '{last}'")
}

/// `part`, so that `like` takes each of its characters for itself.
fn escaped(part: &str) -> String {
    part.replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_")
}

/// `subject` in lower case. SQLite's `lower` (and PostgreSQL's in a database without a locale)
/// knows ASCII only, so the letters of the languages that we serve are spelt out when needed.
fn folded(subject: &str, part: &str) -> String {
    const CAPITALS: &str = "ÁÀÂÃÄÅÉÈÊËÍÌÎÏÓÒÔÕÖÚÙÛÜÇÑ";
    let capitals = CAPITALS.chars().filter(|c| c.to_lowercase().any(|small| part.contains(small)));
    capitals.fold(format!("lower({subject})"), |sql, capital| {
        format!("replace({sql}, '{capital}', '{}')", capital.to_lowercase())
    })
}
