//! Log lines on standard error: one line that a person can read, or JSON.

use crate::{WrongUse, config::Format};
use anyhow::Context as _;
use domain::env::Clock;
use jiff::tz::TimeZone;
use serde::{Serialize, Serializer};
use serde_json::Value;
use std::{
    fmt,
    io::{self, IsTerminal as _},
    sync::{Arc, OnceLock},
};
use tracing::{
    Event, Level, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{
    EnvFilter,
    fmt::{FmtContext, FormatEvent, FormatFields, format::Writer},
    registry::LookupSpan,
};

/// How log lines look, since logging was started.
static STARTED: OnceLock<Format> = OnceLock::new();

/// Whether standard error is read by machines: from then on all that is said there is a log line.
pub(crate) fn is_for_machines() -> bool {
    STARTED.get() == Some(&Format::Json)
}

/// The crates that are ours; of others only warnings are shown, because they may print what they
/// carry.
const OURS: [&str; 6] = ["vinculo", "server", "engine", "connect", "store", "vault"];

/// Starts logging, by `level` if given, else by `RUST_LOG`, else at `info`. Times are of `clock`:
/// in `dev` a line shows the time that the engine lives in.
pub(crate) fn start(
    format: Format,
    level: Option<&str>,
    clock: Arc<dyn Clock>,
) -> anyhow::Result<()> {
    let (said, directives) = match (level, std::env::var("RUST_LOG")) {
        (Some(level), _) => (level.to_owned(), directives(level)),
        (None, Ok(said)) => (said.clone(), said),
        (None, Err(_)) => ("info".into(), directives("info")),
    };
    let filter = EnvFilter::try_new(directives).map_err(|error| {
        WrongUse(format!("“{said}” is no log level and no list of directives: {error}"))
    })?;
    let colours = io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(colours && format == Format::Human);
    let started = match format {
        Format::Human => {
            let line = Line { clock, zone: TimeZone::try_system().unwrap_or(TimeZone::UTC) };
            builder.event_format(line).try_init()
        }
        Format::Json => builder.event_format(Object { clock }).try_init(),
    };
    started.map_err(|error| anyhow::anyhow!(error)).context("logging is on already")?;
    STARTED.get_or_init(|| format);
    // What a panic says may hold what it was working on, a password among it: only its place is told.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "a panic: something of ours is broken");
    }));
    Ok(())
}

/// A plain level is meant for our crates; whatever says more is taken as it is.
fn directives(level: &str) -> String {
    let plain = level.chars().all(|c| c.is_ascii_alphabetic());
    if !plain {
        return level.into();
    }
    OURS.iter().fold("warn".into(), |all, name| format!("{all},{name}={level}"))
}

/// `{"timestamp":"2026-01-14T09:12:33.104000Z","level":"INFO","message":"answered",…,"target":"server"}`.
struct Object {
    clock: Arc<dyn Clock>,
}

impl<S, N> FormatEvent<S, N> for Object
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        _: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut parts = Parts::default();
        event.record(&mut parts);
        let now = domain::time::Moment(self.clock.now()).to_string();
        let level = event.metadata().level().to_string();
        let said = parts.0.iter().find(|(name, _)| *name == TARGET);
        let target = said.map_or_else(|| event.metadata().target().into(), |(_, of)| of.clone());
        let before = [("timestamp", now.into()), ("level", level.into())];
        let whole = before.into_iter().chain(parts.0).chain([("target", target)]).collect();
        let text = serde_json::to_string(&Entries(whole)).map_err(|_| fmt::Error)?;
        writeln!(writer, "{text}")
    }
}

/// Where crates that log in another way say which part of them speaks.
const TARGET: &str = "log.target";

/// An object whose keys stay in their order.
struct Entries(Vec<(&'static str, Value)>);
impl Serialize for Entries {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

/// `2026-01-14 09:12:33 GET /api/links/ 200 in 4 ms request=…`, with the level unless it is `INFO`.
struct Line {
    clock: Arc<dyn Clock>,
    zone: TimeZone,
}

impl<S, N> FormatEvent<S, N> for Line
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        _: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut parts = Parts::default();
        event.record(&mut parts);
        let now = self.clock.now().to_zoned(self.zone.clone());
        let (dim, plain) =
            if writer.has_ansi_escapes() { ("\x1b[2m", "\x1b[0m") } else { ("", "") };
        write!(writer, "{dim}{}{plain} ", now.strftime("%Y-%m-%d %H:%M:%S"))?;
        let colour = match *event.metadata().level() {
            Level::ERROR => Some("\x1b[31m"),
            Level::WARN => Some("\x1b[33m"),
            Level::INFO => None,
            Level::DEBUG | Level::TRACE => Some(dim),
        };
        if let Some(colour) = colour {
            let (colour, plain) = if plain.is_empty() { ("", "") } else { (colour, plain) };
            write!(writer, "{colour}{}{plain} ", event.metadata().level())?;
        }
        let (said, rest) = parts.tell();
        writeln!(writer, "{said}{dim}{rest}{plain}")
    }
}

/// What an event says, by name; an error with all its causes.
#[derive(Default)]
struct Parts(Vec<(&'static str, Value)>);

impl Parts {
    /// What is said, and the fields beside it. A request reads best as one. Line breaks are escaped,
    /// so that one event is one line and nobody can forge another.
    fn tell(self) -> (String, String) {
        let mut fields: Vec<_> =
            self.0.into_iter().map(|(name, value)| (name, on_one_line(value))).collect();
        let mut take = |name| {
            let at = fields.iter().position(|&(field, _)| field == name)?;
            Some(fields.remove(at).1)
        };
        let message = take("message").unwrap_or_default();
        let said = match (take("method"), take("path"), take("status"), take("ms")) {
            (Some(method), Some(path), Some(status), Some(ms)) => {
                format!("{method} {path} {status} in {ms} ms")
            }
            taken => {
                let (method, path, status, ms) = taken;
                let taken = [("method", method), ("path", path), ("status", status), ("ms", ms)];
                let back = taken.into_iter().filter_map(|(name, value)| Some((name, value?)));
                fields.splice(0..0, back);
                message
            }
        };
        let rest = fields.iter().map(|(name, value)| format!(" {name}={value}"));
        (said, rest.collect())
    }
}

fn on_one_line(value: Value) -> String {
    let text = match value {
        Value::String(text) => text,
        other => other.to_string(),
    };
    text.chars()
        .flat_map(|c| if c.is_control() { c.escape_default().collect() } else { vec![c] })
        .collect()
}

impl Visit for Parts {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.0.push((field.name(), value.into()));
    }
    fn record_i64(&mut self, field: &Field, value: i64) {
        self.0.push((field.name(), value.into()));
    }
    fn record_u64(&mut self, field: &Field, value: u64) {
        self.0.push((field.name(), value.into()));
    }
    fn record_bool(&mut self, field: &Field, value: bool) {
        self.0.push((field.name(), value.into()));
    }
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.push((field.name(), value.into()));
    }
    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        let mut text = value.to_string();
        let mut source = value.source();
        while let Some(cause) = source {
            text = format!("{text}: {cause}");
            source = cause.source();
        }
        self.0.push((field.name(), text.into()));
    }
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.push((field.name(), format!("{value:?}").into()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;
    use tracing_subscriber::{fmt::format::DefaultFields, layer::SubscriberExt as _};

    #[derive(Clone, Default)]
    struct Page(Arc<Mutex<Vec<u8>>>);
    impl io::Write for Page {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn clock() -> Arc<dyn Clock> {
        Arc::new(engine::clock::VirtualClock::stopped("2026-01-14T09:12:33Z".parse().unwrap()))
    }

    /// What is written, by `format`, of what `happens`.
    fn written<F>(format: F, happens: impl FnOnce()) -> String
    where
        F: FormatEvent<tracing_subscriber::Registry, DefaultFields> + Send + Sync + 'static,
    {
        let page = Page::default();
        let paper = page.clone();
        let layer = tracing_subscriber::fmt::layer()
            .with_ansi(false)
            .with_writer(move || paper.clone())
            .event_format(format);
        let subscriber = tracing_subscriber::registry().with(layer);
        tracing::subscriber::with_default(subscriber, happens);
        let written = page.0.lock().unwrap().clone();
        String::from_utf8(written).unwrap()
    }
    fn for_people(happens: impl FnOnce()) -> String {
        written(Line { clock: clock(), zone: TimeZone::UTC }, happens)
    }
    fn for_machines(happens: impl FnOnce()) -> String {
        written(Object { clock: clock() }, happens)
    }

    #[test]
    fn an_event_is_one_readable_line_even_when_it_carries_line_breaks() {
        let text = for_people(|| {
            tracing::info!(method = "GET", path = "/api/", status = 200, ms = 4, request = "r", "");
            tracing::warn!(status = 200, link.id = "a\nb", "slow");
        });
        assert_eq!(
            text,
            "2026-01-14 09:12:33 GET /api/ 200 in 4 ms request=r\n\
             2026-01-14 09:12:33 WARN slow status=200 link.id=a\\nb\n"
        );
    }

    #[test]
    fn an_event_is_one_object_of_its_fields_for_machines() {
        let text = for_machines(|| {
            tracing::warn!(target: "here", status = 200, good = true, link.id = "a\nb", who = ?"x", "slow");
        });
        assert_eq!(
            text,
            "{\"timestamp\":\"2026-01-14T09:12:33.000000Z\",\"level\":\"WARN\",\"message\":\"slow\",\
             \"status\":200,\"good\":true,\"link.id\":\"a\\nb\",\"who\":\"\\\"x\\\"\",\"target\":\"here\"}\n"
        );
    }

    #[derive(Debug, thiserror::Error)]
    #[error("nothing was read")]
    struct Outer(#[source] io::Error);

    #[test]
    fn an_error_is_told_with_its_causes_to_people_and_to_machines() {
        let error = Outer(io::Error::other("the disk is gone"));
        let happens = || {
            tracing::error!(error = &error as &dyn std::error::Error, "broken");
        };
        let whole = "nothing was read: the disk is gone";
        assert!(for_people(happens).ends_with(&format!("ERROR broken error={whole}\n")));
        let object: Value = serde_json::from_str(&for_machines(happens)).unwrap();
        assert_eq!(object["error"], whole);
    }

    #[test]
    fn a_plain_level_is_meant_for_our_own_crates() {
        assert!(directives("debug").starts_with("warn,vinculo=debug,"));
        assert_eq!(directives("engine=trace"), "engine=trace");
    }
}
