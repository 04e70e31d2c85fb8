//! The body of a retrieval, as the resource's descriptor shapes it: how it is read, and what the
//! OpenAPI document says of it.

use super::{EXAMPLE_ACCOUNT, EXAMPLE_LINK};
use crate::body::{Form, Key, Month, Year, describe};
use domain::{
    ids::{LinkId, RecordId},
    resource::{ANY_WINDOW, AccountKey, Choice, HISTORY, Kinds, Resource, Unsaid, WindowRule},
    time::Window,
};
use engine::retrieval::Retrieval;
use jiff::{Span, civil::Date};
use secrecy::SecretString;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use utoipa::openapi::{
    ObjectBuilder, Type,
    schema::{ArrayBuilder, Schema},
};

/// What a body asks for.
pub(crate) struct Wanted {
    link: LinkId,
    save: bool,
    token: Option<SecretString>,
    kind: Option<&'static str>,
    window: Option<Window>,
    account: Option<RecordId>,
    documents: bool,
    chosen: BTreeMap<String, Vec<String>>,
}

impl Wanted {
    /// Reads it; what is wrong is left in `form`.
    pub(crate) fn read(r: &Resource, form: &mut Form, today: Date) -> Option<Self> {
        let link = LinkId::draw(form, "link");
        let save = Option::<bool>::draw(form, "save_data");
        let token = Option::<SecretString>::draw(form, "token");
        let account = match r.account_key {
            Some(AccountKey { key, required: true }) => RecordId::draw(form, key).map(Some),
            Some(AccountKey { key, required: false }) => Option::<RecordId>::draw(form, key),
            None => Some(None),
        };
        let documents = match r.documents {
            Some(documents) => Option::<bool>::draw(form, documents.asked_by),
            None => Some(None),
        };
        let chosen = choices(r, form);
        let kind = r.kinds.map_or(Some(None), |kinds| kind(&kinds, form));
        // Which days a body must say may hang on its kind.
        let window = kind.and_then(|kind| days(r.window_of(kind), form, today));
        Some(Self {
            link: link?,
            save: save?.unwrap_or(true),
            token: token?,
            kind: kind?,
            window: window?,
            account: account?,
            documents: documents?.unwrap_or(false),
            chosen: chosen?,
        })
    }

    /// The same for the engine.
    pub(crate) fn of(self, resource: &'static Resource) -> Retrieval {
        let Self { link, save, token, kind, window, account, documents, chosen } = self;
        Retrieval { resource, link, kind, window, account, documents, chosen, save, token }
    }

    /// A body that can be sent.
    pub(crate) fn example(r: &Resource) -> Value {
        let mut body = json!({"link": EXAMPLE_LINK});
        let kind = r.kinds.and_then(|kinds| kinds.words().next());
        if let Some(word) = kind {
            body["type"] = word.into();
        }
        if let Some(AccountKey { key, required: true }) = r.account_key {
            body[key] = EXAMPLE_ACCOUNT.into();
        }
        let keys: &[(&str, Value)] = match r.window_of(kind) {
            WindowRule::Now | WindowRule::Day | WindowRule::LastYear { .. } => &[],
            WindowRule::Dates { .. } | WindowRule::OptionalDates { .. } | WindowRule::Touching => {
                &[("date_from", json!("2026-01-01")), ("date_to", json!("2026-01-31"))]
            }
            WindowRule::Years { .. } => &[("year_from", json!("2024")), ("year_to", json!("2025"))],
            WindowRule::Month => &[("year", json!("2025")), ("month", json!("12"))],
        };
        for (key, value) in keys {
            body[*key] = value.clone();
        }
        body
    }

    /// What it looks like.
    pub(crate) fn schema(r: &Resource) -> Schema {
        let mut body = ObjectBuilder::new();
        body = describe::<LinkId>(body, "link", "The link to read through.");
        body = describe::<Option<bool>>(
            body,
            "save_data",
            "Whether to keep what is read; true if nothing is said.",
        );
        body = describe::<Option<SecretString>>(body, "token", "A token given up front.");
        match r.account_key {
            Some(AccountKey { key, required: true }) => {
                body = describe::<RecordId>(body, key, "The account.");
            }
            Some(AccountKey { key, required: false }) => {
                body = describe::<Option<RecordId>>(body, key, "Only this account.");
            }
            None => {}
        }
        if let Some(documents) = r.documents {
            body = describe::<Option<bool>>(
                body,
                documents.asked_by,
                "Whether to collect the documents as well; false if nothing is said.",
            );
        }
        for choice in choices_of(r) {
            let words = ObjectBuilder::new()
                .schema_type(Type::String)
                .enum_values(Some(choice.words.iter().copied()));
            let schema: Schema = if choice.many {
                ArrayBuilder::new().items(words).description(Some(choice.says)).into()
            } else {
                words.description(Some(choice.says)).into()
            };
            body = body.property(choice.key, schema);
        }
        let kinds = r.kinds.map_or(&[][..], |kinds| kinds.all);
        if let Some(kinds) = r.kinds {
            let says = match kinds.unsaid {
                Unsaid::Refused => "Which kind, whatever the case.".to_owned(),
                Unsaid::Is(word) => format!("Which kind, whatever the case; `{word}` if none."),
                Unsaid::All => "Which kind, whatever the case; all if none.".to_owned(),
            };
            let word = ObjectBuilder::new()
                .schema_type(Type::String)
                .enum_values(Some(kinds.words()))
                .description(Some(says));
            body = body.property("type", word);
            if kinds.unsaid == Unsaid::Refused {
                body = body.required("type");
            }
        }
        let own: Vec<_> = kinds.iter().filter(|kind| kind.window.is_some()).collect();
        if own.is_empty() {
            return describe_days(body, r.window).into();
        }
        // Each kind says its days in its own way, so that none of them must be there.
        for kind in own {
            for (key, property) in properties_of(r.window_of(Some(kind.word))) {
                body = body.property(key, property);
            }
        }
        body.into()
    }
}

fn choices_of(r: &Resource) -> &'static [Choice] {
    r.computed().map_or(&[], |computed| computed.choices)
}

/// What a body chooses; `None` when `form` has a complaint about it.
fn choices(r: &Resource, form: &mut Form) -> Option<BTreeMap<String, Vec<String>>> {
    let mut chosen = Some(BTreeMap::new());
    for choice in choices_of(r) {
        let said = if choice.many {
            Option::<Vec<String>>::draw(form, choice.key)
        } else {
            Option::<String>::draw(form, choice.key).map(|word| word.map(|word| vec![word]))
        };
        let unknown =
            said.iter().flatten().flatten().find(|word| !choice.words.contains(&&***word));
        if let Some(word) = unknown {
            form.object(choice.key, "invalid_choice", not_a_choice(word));
        }
        match (&mut chosen, said) {
            (Some(chosen), Some(Some(words))) => drop(chosen.insert(choice.key.into(), words)),
            (_, Some(None)) => {}
            (_, _) => chosen = None,
        }
    }
    chosen
}

fn not_a_choice(word: &str) -> String {
    let word: String = word.chars().take(100).collect();
    format!("\"{word}\" is not a valid choice.")
}

/// Which kind a body names; `None` when `form` has a complaint about it.
#[expect(clippy::option_option, reason = "refused, of all kinds, of one")]
fn kind(kinds: &Kinds, form: &mut Form) -> Option<Option<&'static str>> {
    let said = match kinds.unsaid {
        Unsaid::Refused => Some(String::draw(form, "type")?),
        Unsaid::Is(_) | Unsaid::All => Option::<String>::draw(form, "type")?,
    };
    match (said, kinds.unsaid) {
        (Some(word), _) => {
            let known = kinds.named(&word).map(|kind| kind.word);
            if known.is_none() {
                form.object("type", "invalid_choice", not_a_choice(&word));
            }
            known.map(Some)
        }
        (None, Unsaid::Is(word)) => Some(Some(word)),
        (None, Unsaid::All | Unsaid::Refused) => Some(None),
    }
}

fn properties_of(
    rule: WindowRule,
) -> std::collections::BTreeMap<String, utoipa::openapi::RefOr<Schema>> {
    describe_days(ObjectBuilder::new(), rule).build().properties.into_iter().collect()
}

/// The keys that say the days.
fn describe_days(body: ObjectBuilder, rule: WindowRule) -> ObjectBuilder {
    const FIRST: &str = "The first day.";
    const LAST: &str = "The last day; not in the future.";
    match rule {
        WindowRule::Now => body,
        WindowRule::Dates { .. } => {
            let body = describe::<Date>(body, "date_from", FIRST);
            describe::<Date>(body, "date_to", LAST)
        }
        WindowRule::OptionalDates { .. } | WindowRule::Touching => {
            let body = describe::<Option<Date>>(body, "date_from", FIRST);
            describe::<Option<Date>>(body, "date_to", LAST)
        }
        WindowRule::LastYear { .. } => {
            let both = "Goes with the other; the last 365 days without them.";
            let body = describe::<Option<Date>>(body, "date_from", &format!("{FIRST} {both}"));
            describe::<Option<Date>>(body, "date_to", &format!("{LAST} {both}"))
        }
        WindowRule::Years { default } => {
            let first = format!("The first year; {default} years before the last if none.");
            let body = describe::<Option<Year>>(body, "year_from", &first);
            describe::<Option<Year>>(body, "year_to", "The last year; this one if none.")
        }
        WindowRule::Month => {
            let body = describe::<Year>(body, "year", "The year.");
            describe::<Month>(body, "month", "The month of that year.")
        }
        WindowRule::Day => {
            describe::<Option<Date>>(body, "reference_date", "As of this day; today if none.")
        }
    }
}

/// The days that a body asks for; `None` when `form` has a complaint about them.
#[expect(clippy::option_option, reason = "refused, without days, with days")]
fn days(rule: WindowRule, form: &mut Form, today: Date) -> Option<Option<Window>> {
    let (from, to, at_most) = match rule {
        WindowRule::Now => return Some(None),
        WindowRule::Day => {
            let day = Option::<Date>::draw(form, "reference_date")?;
            if day.is_some_and(|day| day > today) {
                form.object("reference_date", "invalid", "reference_date cannot be in the future.");
                return None;
            }
            return Some(day.map(|day| Window { from: day, to: day }));
        }
        WindowRule::Years { default } => return years(default, form, today).map(Some),
        WindowRule::Month => {
            let year = Year::draw(form, "year");
            let month = Month::draw(form, "month");
            let first = Date::new(year?.0, month?.0, 1).ok()?;
            if first > today {
                form.object("month", "invalid", "The month cannot be in the future.");
                return None;
            }
            return Some(Window::new(first, first.last_of_month().min(today)));
        }
        WindowRule::Dates { at_most } => {
            let from = Date::draw(form, "date_from");
            let to = Date::draw(form, "date_to");
            (from?, to?, Some(at_most))
        }
        WindowRule::OptionalDates { default } => {
            let from = Option::<Date>::draw(form, "date_from");
            let to = Option::<Date>::draw(form, "date_to");
            let (from, to) = (from?, to?.unwrap_or(today));
            (from.unwrap_or_else(|| Window::last_days(to, default).from), to, None)
        }
        WindowRule::LastYear { at_least } => return last_year(form, today, at_least),
        WindowRule::Touching => {
            let from = Option::<Date>::draw(form, "date_from");
            let to = Option::<Date>::draw(form, "date_to");
            match (from?, to?) {
                (None, None) => return Some(None),
                (from, to) => {
                    let to = to.unwrap_or(today);
                    (from.unwrap_or_else(|| Window::last_days(to, ANY_WINDOW).from), to, None)
                }
            }
        }
    };
    if to > today {
        form.object("date_to", "invalid", "date_to cannot be in the future.");
        return None;
    }
    let Some(window) = Window::new(from, to) else {
        form.object("date_from", "invalid", "date_from cannot be later than date_to.");
        return None;
    };
    let longest = at_most.and_then(|days| from.checked_add(Span::new().days(days)).ok());
    if let (Some(longest), Some(days)) = (longest, at_most)
        && to > longest
    {
        let message =
            format!("The number of days between date_from and date_to must be at most {days} days");
        form.object("date_to", "invalid_period", message);
        return None;
    }
    Some(Some(window))
}

/// Both days or none; within the last year.
#[expect(clippy::option_option, reason = "refused, without days, with days")]
fn last_year(form: &mut Form, today: Date, at_least: i32) -> Option<Option<Window>> {
    let from = Option::<Date>::draw(form, "date_from");
    let to = Option::<Date>::draw(form, "date_to");
    let window = period(form, from?, to?, at_least)?;
    let Some(Window { from, to }) = window else { return Some(None) };
    if to > today {
        form.object("date_to", "invalid", "date_to cannot be in the future.");
    } else if from < today.saturating_sub(Span::new().days(HISTORY)) {
        let message = format!("date_from must be within the last {HISTORY} days");
        form.object("date_from", "invalid_period", message);
    }
    Some(window)
}

/// Both days or none, so many apart and no more than a year; `None` when `form` has a complaint
/// about them.
#[expect(clippy::option_option, reason = "refused, without days, with days")]
pub(super) fn period(
    form: &mut Form,
    from: Option<Date>,
    to: Option<Date>,
    at_least: i32,
) -> Option<Option<Window>> {
    let required = "This field is required.";
    let (from, to) = match (from, to) {
        (Some(from), Some(to)) => (from, to),
        (None, None) => return Some(None),
        (Some(_), None) => {
            form.object("date_to", "required", required);
            return None;
        }
        (None, Some(_)) => {
            form.object("date_from", "required", required);
            return None;
        }
    };
    let Some(window) = Window::new(from, to) else {
        form.object("date_from", "invalid", "date_from cannot be later than date_to.");
        return None;
    };
    let between = "The number of days between date_from and date_to must be";
    let wrong = if Window::last_days(to, at_least + 1).from < window.from {
        format!("{between} at least {at_least} days")
    } else if Window::last_days(to, HISTORY + 1).from > window.from {
        format!("{between} at most {HISTORY} days")
    } else {
        return Some(Some(window));
    };
    form.object("date_from", "invalid_period", wrong);
    None
}

/// Whole years, the last one as far as it has come.
fn years(default: i16, form: &mut Form, today: Date) -> Option<Window> {
    let from = Option::<Year>::draw(form, "year_from");
    let to = Option::<Year>::draw(form, "year_to");
    let (from, to) = (from?, to?.map_or(today.year(), |year| year.0));
    let from = from.map_or(to.saturating_sub(default), |year| year.0).max(1);
    if to > today.year() {
        form.object("year_to", "invalid", "year_to cannot be in the future.");
        return None;
    }
    let first = Date::new(from, 1, 1).ok()?;
    let last = Date::new(to, 12, 31).ok()?;
    let window = Window::new(first, last.min(today));
    if window.is_none() {
        form.object("year_from", "invalid", "year_from cannot be later than year_to.");
    }
    window
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::resource::Kind;

    fn asked(rule: WindowRule, json: &str) -> Result<Option<Window>, (&'static str, String)> {
        let mut form = Form::parse(json.as_bytes()).expect("an object");
        let today = "2026-03-01".parse().expect("a day");
        let window = days(rule, &mut form, today);
        form.sure(window).map_err(|problem| {
            let item = problem.items.into_iter().next().expect("an item");
            (item.code, item.field.unwrap_or_default().into_owned())
        })
    }
    fn window(from: &str, to: &str) -> Option<Window> {
        Window::new(from.parse().expect("a day"), to.parse().expect("a day"))
    }

    #[test]
    fn both_dates_are_needed_where_the_resource_says_so() {
        let rule = WindowRule::Dates { at_most: 365 };
        let both = |from: &str, to: &str| {
            asked(rule, &format!(r#"{{"date_from": "{from}", "date_to": "{to}"}}"#))
        };
        assert_eq!(both("2026-01-01", "2026-03-01"), Ok(window("2026-01-01", "2026-03-01")));
        assert_eq!(
            asked(rule, r#"{"date_to": "2026-01-01"}"#),
            Err(("required", "date_from".into()))
        );
        assert_eq!(both("2026-01-01", "2026-03-02"), Err(("invalid", "date_to".into())));
        assert_eq!(both("2026-02-01", "2026-01-01"), Err(("invalid", "date_from".into())));
        assert_eq!(both("2025-03-01", "2026-03-01"), Ok(window("2025-03-01", "2026-03-01")));
        assert_eq!(both("2025-02-28", "2026-03-01"), Err(("invalid_period", "date_to".into())));
        assert_eq!(both("01/02/2026", "2026-01-01"), Err(("invalid", "date_from".into())));
    }
    #[test]
    fn optional_dates_default_to_the_days_before_today() {
        let rule = WindowRule::OptionalDates { default: 365 };
        assert_eq!(asked(rule, "{}"), Ok(window("2025-03-02", "2026-03-01")));
        assert_eq!(
            asked(rule, r#"{"date_from": "2026-02-01", "date_to": null}"#),
            Ok(window("2026-02-01", "2026-03-01"))
        );
    }
    #[test]
    fn days_of_the_last_year_are_both_there_or_neither() {
        let rule = WindowRule::LastYear { at_least: 90 };
        let both = |from: &str, to: &str| {
            asked(rule, &format!(r#"{{"date_from": "{from}", "date_to": "{to}"}}"#))
        };
        assert_eq!(asked(rule, "{}"), Ok(None));
        assert_eq!(both("2025-03-01", "2026-03-01"), Ok(window("2025-03-01", "2026-03-01")));
        assert_eq!(both("2025-12-01", "2026-03-01"), Ok(window("2025-12-01", "2026-03-01")));
        assert_eq!(both("2025-12-02", "2026-03-01"), Err(("invalid_period", "date_from".into())));
        assert_eq!(both("2025-02-28", "2025-09-01"), Err(("invalid_period", "date_from".into())));
        assert_eq!(both("2025-12-01", "2026-03-02"), Err(("invalid", "date_to".into())));
        assert_eq!(both("2026-02-01", "2026-01-01"), Err(("invalid", "date_from".into())));
        let half = r#"{"date_from": "2025-12-01"}"#;
        assert_eq!(asked(rule, half), Err(("required", "date_to".into())));
        let any = WindowRule::LastYear { at_least: 0 };
        let day = r#"{"date_from": "2026-03-01", "date_to": "2026-03-01"}"#;
        assert_eq!(asked(any, day), Ok(window("2026-03-01", "2026-03-01")));
    }
    #[test]
    fn words_are_chosen_from_those_there_are() {
        let chosen = |json: &str| {
            let mut form = Form::parse(json.as_bytes()).expect("an object");
            let chosen = choices(&domain::resources::incomes::INCOMES, &mut form);
            form.sure(chosen).map_err(|problem| problem.items[0].code)
        };
        let types =
            |json: &str| chosen(json).map(|mut chosen| chosen.remove("allowed_income_types"));
        assert_eq!(types("{}"), Ok(None));
        assert_eq!(types(r#"{"allowed_income_types": null}"#), Ok(None));
        assert_eq!(
            types(r#"{"allowed_income_types": ["SALARY", "RENT"]}"#),
            Ok(Some(vec!["SALARY".into(), "RENT".into()]))
        );
        assert_eq!(types(r#"{"allowed_income_types": ["WAGES"]}"#), Err("invalid_choice"));
        assert_eq!(types(r#"{"allowed_income_types": "SALARY"}"#), Err("not_a_list"));
        assert_eq!(types(r#"{"minimum_confidence_level": "SURE"}"#), Err("invalid_choice"));
    }
    #[test]
    fn years_are_whole_and_may_be_texts_numbers_or_left_out() {
        let rule = WindowRule::Years { default: 5 };
        assert_eq!(
            asked(rule, r#"{"year_from": "2024", "year_to": 2025}"#),
            Ok(window("2024-01-01", "2025-12-31"))
        );
        assert_eq!(
            asked(rule, r#"{"year_from": null, "year_to": "2026"}"#),
            Ok(window("2021-01-01", "2026-03-01"))
        );
        assert_eq!(asked(rule, "{}"), Ok(window("2021-01-01", "2026-03-01")));
        for (json, field) in [
            (r#"{"year_to": "2027"}"#, "year_to"),
            (r#"{"year_from": "2026", "year_to": "2025"}"#, "year_from"),
            (r#"{"year_from": "26"}"#, "year_from"),
            (r#"{"year_from": "next"}"#, "year_from"),
            (r#"{"year_to": 2025.5}"#, "year_to"),
            (r#"{"year_to": 99999999999}"#, "year_to"),
        ] {
            assert_eq!(asked(rule, json), Err(("invalid", field.into())), "{json}");
        }
    }
    #[test]
    fn a_month_is_a_window_and_so_is_a_day() {
        let month = |json| asked(WindowRule::Month, json);
        assert_eq!(
            month(r#"{"year": "2024", "month": "2"}"#),
            Ok(window("2024-02-01", "2024-02-29"))
        );
        assert_eq!(
            month(r#"{"year": 2026, "month": "03"}"#),
            Ok(window("2026-03-01", "2026-03-01"))
        );
        assert_eq!(month(r#"{"year": 2026, "month": 4}"#), Err(("invalid", "month".into())));
        assert_eq!(month(r#"{"year": 2026, "month": 13}"#), Err(("invalid", "month".into())));
        assert_eq!(month(r#"{"year": 2026}"#), Err(("required", "month".into())));
        let day = |json| asked(WindowRule::Day, json);
        assert_eq!(day("{}"), Ok(None));
        assert_eq!(
            day(r#"{"reference_date": "2026-02-01"}"#),
            Ok(window("2026-02-01", "2026-02-01"))
        );
        assert_eq!(
            day(r#"{"reference_date": "2026-03-02"}"#),
            Err(("invalid", "reference_date".into()))
        );
    }
    #[test]
    fn a_kind_is_named_whatever_its_case_or_as_the_resource_says() {
        static ALL: &[Kind] =
            &[Kind { word: "INFLOW", window: None }, Kind { word: "OUTFLOW", window: None }];
        let named = |unsaid, json: &str| {
            let mut form = Form::parse(json.as_bytes()).expect("an object");
            let kind = kind(&Kinds { all: ALL, unsaid }, &mut form);
            form.sure(kind).map_err(|problem| problem.items[0].code)
        };
        for unsaid in [Unsaid::Refused, Unsaid::Is("OUTFLOW"), Unsaid::All] {
            assert_eq!(named(unsaid, r#"{"type": "inflow"}"#), Ok(Some("INFLOW")));
            assert_eq!(named(unsaid, r#"{"type": "sideways"}"#), Err("invalid_choice"));
        }
        assert_eq!(named(Unsaid::Refused, "{}"), Err("required"));
        assert_eq!(named(Unsaid::Refused, r#"{"type": null}"#), Err("null"));
        assert_eq!(named(Unsaid::Is("OUTFLOW"), "{}"), Ok(Some("OUTFLOW")));
        assert_eq!(named(Unsaid::All, r#"{"type": null}"#), Ok(None));
    }
}
