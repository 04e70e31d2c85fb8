//! `/v1/clock/`: what time it is here, and the clock that a developer moves.

use crate::{
    App,
    body::{Body, Form, body},
    caller::Caller,
    operation::{Operation, get, post},
    problem::{Item, Problem},
};
use axum::{Json, extract::State};
use domain::time::Moment;
use engine::advance::NotAdvanced;
use jiff::{Span, Timestamp, tz::TimeZone};
use serde::Serialize;
use utoipa::ToSchema;

/// The farthest that one request moves the clock.
const FARTHEST_DAYS: i64 = 5 * 366;

body! {
    /// How far to move the clock: one of the two.
    Advance {
        /// So far: `30d`, `6h`, `90m`, or an ISO 8601 duration.
        by: Option<String>,
        /// To this instant.
        to: Option<String>,
    }
}

/// What time it is.
#[derive(Serialize, ToSchema)]
struct Clock {
    /// The present instant.
    now: Moment,
    /// Whether it can be moved.
    movable: bool,
}

pub(crate) fn operations() -> Vec<Operation> {
    vec![
        get("/v1/clock/", "show_clock", "Tells the time", show)
            .answers_one::<Clock>(200, "The time."),
        post("/v1/clock/advance/", "advance_clock", "Moves the clock forward", advance)
            .says(
                "Answers when everything that fell due on the way has been done, each at its own \
                 instant, deliveries included.",
            )
            .unlimited()
            .body::<Advance>()
            .example(serde_json::json!({"by": "30d"}))
            .answers_one::<Clock>(200, "The time now."),
    ]
}

async fn show(State(app): State<App>, _: Caller) -> Json<Clock> {
    Json(Clock { now: Moment(app.engine.env().now()), movable: app.engine.has_movable_clock() })
}

async fn advance(
    State(app): State<App>,
    _: Caller,
    mut form: Form,
) -> Result<Json<Clock>, Problem> {
    let now = app.engine.env().now();
    let read = Advance::read(&mut form);
    let to = read.and_then(|wanted| target(&wanted, now, &mut form));
    let to = form.sure(to)?;
    let now = advance_to(&app, to).await?;
    Ok(Json(Clock { now: Moment(now), movable: true }))
}

/// Moves the clock; what time it is then.
pub(crate) async fn advance_to(app: &App, to: Timestamp) -> Result<Timestamp, Problem> {
    app.engine.advance(to).await.map_err(|error| match error {
        NotAdvanced::Real => Problem::not_found(),
        NotAdvanced::Backwards(_) => Problem::bad(vec![
            Item::new("invalid", "The clock cannot be moved backwards.").at("to"),
        ]),
        NotAdvanced::Broke(error) => error.into(),
    })
}

/// So much later than `now`, as far as one request may move the clock.
pub(crate) fn later_by(now: Timestamp, by: &str) -> Result<Timestamp, Problem> {
    let mut form = Form::parse(b"")?;
    let to = target(&Advance { by: Some(by.to_owned()), to: None }, now, &mut form);
    form.sure(to)
}

/// The instant that is asked for; `None` when `form` has a complaint about it.
fn target(wanted: &Advance, now: Timestamp, form: &mut Form) -> Option<Timestamp> {
    let (field, to) = match (&wanted.by, &wanted.to) {
        (None, None) => {
            form.object("by", "required", "This field is required.");
            return None;
        }
        (Some(_), Some(_)) => {
            form.object("to", "invalid", "Only one of by and to can be given.");
            return None;
        }
        (Some(by), None) => ("by", by.parse().ok().and_then(|span: Span| later(now, span))),
        (None, Some(to)) => ("to", to.parse().ok()),
    };
    let Some(to) = to else {
        let message = match field {
            "by" => "Use a duration such as 30d, 6h, 90m or P1M.",
            _ => {
                "Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm:ssZ."
            }
        };
        form.object(field, "invalid", message);
        return None;
    };
    if to < now {
        form.object(field, "invalid", "The clock cannot be moved backwards.");
        return None;
    }
    if to.duration_since(now).as_hours() > FARTHEST_DAYS * 24 {
        form.object(field, "invalid", "The clock can be moved by five years at most.");
        return None;
    }
    Some(to)
}

fn later(now: Timestamp, by: Span) -> Option<Timestamp> {
    now.to_zoned(TimeZone::UTC).checked_add(by).ok().map(|zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(json: &str) -> Result<String, (&'static str, String)> {
        let now: Timestamp = "2026-01-31T12:00:00Z".parse().expect("an instant");
        let mut form = Form::parse(json.as_bytes()).expect("an object");
        let read = Advance::read(&mut form);
        let to = read.and_then(|wanted| target(&wanted, now, &mut form));
        form.sure(to).map(|to| to.to_string()).map_err(|problem| {
            let item = problem.items.into_iter().next().expect("an item");
            (item.code, item.field.unwrap_or_default().into_owned())
        })
    }

    #[test]
    fn durations_are_read_as_people_and_standards_write_them() {
        for (by, to) in [
            ("30d", "2026-03-02T12:00:00Z"),
            ("6h", "2026-01-31T18:00:00Z"),
            ("90m", "2026-01-31T13:30:00Z"),
            ("1d 12h", "2026-02-02T00:00:00Z"),
            ("P30D", "2026-03-02T12:00:00Z"),
            ("PT90M", "2026-01-31T13:30:00Z"),
            ("P1M", "2026-02-28T12:00:00Z"),
        ] {
            assert_eq!(asked(&format!(r#"{{"by": "{by}"}}"#)), Ok(to.into()), "{by}");
        }
    }
    #[test]
    fn the_clock_goes_forward_and_not_for_ever() {
        let wrong = |json: &str| asked(json).expect_err("refused");
        assert_eq!(wrong("{}"), ("required", "by".into()));
        assert_eq!(wrong(r#"{"by": "soon"}"#), ("invalid", "by".into()));
        assert_eq!(wrong(r#"{"by": "-1d"}"#), ("invalid", "by".into()));
        assert_eq!(wrong(r#"{"by": "100y"}"#), ("invalid", "by".into()));
        assert_eq!(wrong(r#"{"by": "999999999999y"}"#), ("invalid", "by".into()));
        assert_eq!(wrong(r#"{"to": "2025-01-01T00:00:00Z"}"#), ("invalid", "to".into()));
        assert_eq!(
            wrong(r#"{"by": "1d", "to": "2027-01-01T00:00:00Z"}"#),
            ("invalid", "to".into())
        );
        assert_eq!(asked(r#"{"to": "2026-02-01T00:00:00Z"}"#), Ok("2026-02-01T00:00:00Z".into()));
    }
}
