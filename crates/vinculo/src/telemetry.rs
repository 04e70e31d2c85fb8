//! Log lines on standard error: one line that a person can read, or JSON.

use crate::config::Format;
use anyhow::Context as _;
use domain::env::Clock;
use jiff::tz::TimeZone;
use std::{
    fmt,
    io::{self, IsTerminal as _},
    sync::Arc,
};
use tracing::{
    Event, Level, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{
    EnvFilter,
    fmt::{FmtContext, FormatEvent, FormatFields, format::Writer, time::FormatTime},
    registry::LookupSpan,
};

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
    let directives = match level {
        Some(level) => directives(level),
        None => std::env::var("RUST_LOG").unwrap_or_else(|_| directives("info")),
    };
    let filter = EnvFilter::try_new(&directives)
        .with_context(|| format!("“{directives}” is no log level and no list of directives"))?;
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
        Format::Json => {
            builder.json().flatten_event(true).with_timer(Instants { clock }).try_init()
        }
    };
    started.map_err(|error| anyhow::anyhow!(error)).context("logging is on already")?;
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

/// `2026-01-14T09:12:33.104000Z`.
struct Instants {
    clock: Arc<dyn Clock>,
}
impl FormatTime for Instants {
    fn format_time(&self, writer: &mut Writer<'_>) -> fmt::Result {
        write!(writer, "{}", domain::time::Moment(self.clock.now()))
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

/// The message of an event, and what else it says. Line breaks are escaped, so that one event is
/// one line and nobody can forge another.
#[derive(Default)]
struct Parts {
    message: String,
    fields: Vec<(&'static str, String)>,
}

impl Parts {
    /// What is said, and the fields beside it. A request reads best as one.
    fn tell(mut self) -> (String, String) {
        let mut take = |name| {
            let at = self.fields.iter().position(|&(field, _)| field == name)?;
            Some(self.fields.remove(at).1)
        };
        let said = match (take("method"), take("path"), take("status"), take("ms")) {
            (Some(method), Some(path), Some(status), Some(ms)) => {
                format!("{method} {path} {status} in {ms} ms")
            }
            taken => {
                let (method, path, status, ms) = taken;
                let taken = [("method", method), ("path", path), ("status", status), ("ms", ms)];
                let back = taken.into_iter().filter_map(|(name, value)| Some((name, value?)));
                self.fields.splice(0..0, back);
                self.message
            }
        };
        let rest = self.fields.iter().map(|(name, value)| format!(" {name}={value}"));
        (said, rest.collect())
    }
}

impl Visit for Parts {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.record_debug(field, &format_args!("{value}"));
    }
    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        let mut text = value.to_string();
        let mut source = value.source();
        while let Some(cause) = source {
            text = format!("{text}: {cause}");
            source = cause.source();
        }
        self.record_debug(field, &format_args!("{text}"));
    }
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let text = format!("{value:?}");
        let text: String = text
            .chars()
            .flat_map(|c| if c.is_control() { c.escape_default().collect() } else { vec![c] })
            .collect();
        match field.name() {
            "message" => self.message = text,
            name => self.fields.push((name, text)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

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

    #[test]
    fn an_event_is_one_readable_line_even_when_it_carries_line_breaks() {
        let clock = engine::clock::VirtualClock::stopped("2026-01-14T09:12:33Z".parse().unwrap());
        let page = Page::default();
        let paper = page.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_ansi(false)
            .with_writer(move || paper.clone())
            .event_format(Line { clock: Arc::new(clock), zone: TimeZone::UTC })
            .finish();
        tracing::subscriber::with_default(subscriber, || {
            tracing::info!(method = "GET", path = "/api/", status = 200, ms = 4, request = "r", "");
            tracing::warn!(status = 200, link.id = "a\nb", "slow");
        });
        let text = String::from_utf8(page.0.lock().unwrap().clone()).unwrap();
        assert_eq!(
            text,
            "2026-01-14 09:12:33 GET /api/ 200 in 4 ms request=r\n\
             2026-01-14 09:12:33 WARN slow status=200 link.id=a\\nb\n"
        );
    }

    #[test]
    fn a_plain_level_is_meant_for_our_own_crates() {
        assert!(directives("debug").starts_with("warn,vinculo=debug,"));
        assert_eq!(directives("engine=trace"), "engine=trace");
    }
}
