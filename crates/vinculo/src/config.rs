//! The configuration: `vinculo.toml`, then `VINCULO_SECTION__KEY` from the environment, then
//! flags; later wins. A mistake is named with its file, line and field, and nothing is guessed.

use crate::connectors::{Approval, Hosts, UNCAGED};
use connect::egress::Entry;
use domain::refresh::Rate;
use secrecy::SecretString;
use serde::{Deserialize, Deserializer, de::DeserializeOwned, de::Error as _};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    net::SocketAddr,
    path::{Path, PathBuf},
    str::FromStr,
};
use toml::{Table, Value};

/// Where it is looked for when nobody says.
pub(crate) const FILE: &str = "vinculo.toml";
const PREFIX: &str = "VINCULO_";

/// All settings. Not `Debug`: the database's URL may hold a password.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Config {
    pub(crate) server: Server,
    pub(crate) limits: Limits,
    pub(crate) database: Database,
    pub(crate) keys: Keys,
    pub(crate) work: Work,
    pub(crate) tokens: Tokens,
    pub(crate) webhooks: Webhooks,
    pub(crate) sandbox: Sandbox,
    pub(crate) statements: Statements,
    pub(crate) connectors: Connectors,
    pub(crate) ofx: Ofx,
    pub(crate) insights: Insights,
    pub(crate) log: Log,
}

/// What a process does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Role {
    /// Answers requests.
    Api,
    /// Refreshes links, delivers webhooks, forgets what must be forgotten.
    Worker,
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Server {
    #[serde(deserialize_with = "plain")]
    pub(crate) listen: SocketAddr,
    #[serde(deserialize_with = "list")]
    pub(crate) roles: Vec<Role>,
    /// How the world calls this server: in tokens and pages.
    pub(crate) public_url: Option<String>,
    #[serde(deserialize_with = "plain")]
    pub(crate) behind_proxy: bool,
    /// How long a stop waits for requests and sessions to end.
    #[serde(deserialize_with = "plain")]
    pub(crate) stop_seconds: u32,
}
impl Default for Server {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            roles: vec![Role::Api, Role::Worker],
            public_url: None,
            behind_proxy: false,
            stop_seconds: 20,
        }
    }
}

/// How much may be asked for.
#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Limits {
    #[serde(deserialize_with = "plain")]
    pub(crate) requests_in_30_seconds: u32,
    #[serde(deserialize_with = "plain")]
    pub(crate) deletions_a_minute: u32,
    /// Open at once.
    #[serde(deserialize_with = "plain")]
    pub(crate) connections: u32,
}
impl Default for Limits {
    fn default() -> Self {
        let server::Limits { requests_in_30_seconds, deletions_a_minute, .. } =
            server::Limits::contract();
        Self { requests_in_30_seconds, deletions_a_minute, connections: 800 }
    }
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Database {
    #[serde(deserialize_with = "secret")]
    pub(crate) url: Option<SecretString>,
    #[serde(deserialize_with = "plain")]
    pub(crate) connections: u32,
    /// Whether `serve` brings the database up to date by itself.
    #[serde(deserialize_with = "plain")]
    pub(crate) migrate: bool,
}
impl Default for Database {
    fn default() -> Self {
        Self { url: None, connections: 16, migrate: false }
    }
}

/// Where the key ring comes from: exactly one of them.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Keys {
    pub(crate) file: Option<PathBuf>,
    pub(crate) variable: Option<String>,
    #[serde(deserialize_with = "some_list")]
    pub(crate) command: Option<Vec<String>>,
}

/// What the engine does by itself, and how much of it.
#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Work {
    /// The rate of new recurrent links, where their tenant has set none.
    #[serde(deserialize_with = "plain")]
    pub(crate) default_rate: Rate,
    /// Pieces of work that this process does side by side.
    #[serde(deserialize_with = "plain")]
    pub(crate) side_by_side: usize,
    /// Open logins of one tenant.
    #[serde(deserialize_with = "plain")]
    pub(crate) sessions_per_tenant: u64,
    /// Open logins at one institution.
    #[serde(deserialize_with = "plain")]
    pub(crate) sessions_per_institution: u64,
    /// How often an institution may refuse the same credentials.
    #[serde(deserialize_with = "plain")]
    pub(crate) refusals_per_login: u32,
    /// Pieces of work that one link may have waiting.
    #[serde(deserialize_with = "plain")]
    pub(crate) waiting_per_link: u64,
}
impl Default for Work {
    fn default() -> Self {
        let engine = engine::Settings::default();
        Self {
            default_rate: engine.default_rate,
            side_by_side: engine.workers,
            sessions_per_tenant: engine.sessions_per_tenant,
            sessions_per_institution: engine.sessions_per_institution,
            refusals_per_login: engine.refusals_per_login,
            waiting_per_link: engine.jobs_per_link,
        }
    }
}

/// Access tokens of widgets.
#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Tokens {
    #[serde(deserialize_with = "plain")]
    pub(crate) minutes: u32,
}
impl Default for Tokens {
    fn default() -> Self {
        Self { minutes: 20 }
    }
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Webhooks {
    /// Whether endpoints may be in private networks.
    #[serde(deserialize_with = "plain")]
    pub(crate) private_addresses: bool,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Sandbox {
    /// Whether the sandbox institutions are offered.
    #[serde(deserialize_with = "plain")]
    pub(crate) enabled: bool,
}

/// Links whose data come from statement files that are uploaded.
#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Statements {
    /// Whether their institutions are offered.
    #[serde(deserialize_with = "plain")]
    pub(crate) enabled: bool,
    /// The largest file, in MiB.
    #[serde(deserialize_with = "plain")]
    pub(crate) largest_mib: u16,
    /// Files that are taken in and read at the same time.
    #[serde(deserialize_with = "plain")]
    pub(crate) side_by_side: usize,
}
impl Default for Statements {
    fn default() -> Self {
        let server::Limits { upload, uploads_at_once, .. } = server::Limits::contract();
        let largest_mib = u16::try_from(upload >> 20).unwrap_or(u16::MAX);
        Self { enabled: false, largest_mib, side_by_side: uploads_at_once }
    }
}

/// Banks that answer OFX Direct Connect.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Ofx {
    /// The file that lists them; none are offered without it.
    pub(crate) institutions: Option<PathBuf>,
}

/// What is computed from records.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Insights {
    /// The file with the operator's own rules and merchants, asked before those that are built in.
    pub(crate) merchants: Option<PathBuf>,
}

/// Connectors that are programs.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Connectors {
    /// Has a folder for each.
    pub(crate) directory: Option<PathBuf>,
    /// [`UNCAGED`], word for word, where they may run without a cage that closes the network.
    #[serde(deserialize_with = "uncaged")]
    pub(crate) uncaged: Option<String>,
    /// What each may have, by its id.
    pub(crate) approved: BTreeMap<String, Approved>,
    /// Addresses of the operator's for `name:port`.
    #[serde(deserialize_with = "hosts")]
    pub(crate) hosts: Hosts,
}

/// What the operator lets a connector have.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Approved {
    /// Where it may go.
    #[serde(deserialize_with = "entries")]
    pub(crate) egress: BTreeSet<Entry>,
}

impl Connectors {
    /// What the operator lets connectors reach.
    pub(crate) fn approval(&self) -> Approval {
        let approved = self.approved.iter();
        Approval::Named(approved.map(|(id, given)| (id.clone(), given.egress.clone())).collect())
    }
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Format {
    /// For people.
    #[default]
    Human,
    /// For machines.
    Json,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Log {
    pub(crate) format: Format,
    pub(crate) level: Option<String>,
}

/// A mistake in the configuration.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub(crate) enum Error {
    #[error("{file}, line {line}, {field}: {message}", file = file.display())]
    File { file: PathBuf, line: usize, field: String, message: String },
    #[error("{origin}, {field}: {message}")]
    Setting { origin: String, field: String, message: String },
    #[error("{file} cannot be read: {why}", file = file.display())]
    Unreadable { file: PathBuf, why: String },
    #[error("there is no configuration file {file}", file = file.display())]
    Missing { file: PathBuf },
}

/// A setting given outside the file.
pub(crate) struct Setting {
    /// `section.key`.
    pub(crate) field: String,
    pub(crate) value: String,
    /// How the person gave it: `VINCULO_SERVER__LISTEN`, `--listen`.
    pub(crate) origin: String,
}

impl Setting {
    /// Of a flag.
    pub(crate) fn flag(origin: &str, field: &str, value: &impl ToString) -> Self {
        Self { field: field.into(), value: value.to_string(), origin: origin.into() }
    }
}

/// The settings in the environment.
pub(crate) fn of_environment(all: impl IntoIterator<Item = (String, String)>) -> Vec<Setting> {
    let setting = |(name, value): (String, String)| {
        let (section, key) = name.strip_prefix(PREFIX)?.split_once("__")?;
        let field = format!("{}.{}", section.to_lowercase(), key.to_lowercase());
        Some(Setting { field, value, origin: name })
    };
    all.into_iter().filter_map(setting).collect()
}

impl Config {
    /// Reads `file` (or `./vinculo.toml`, if there is one) and lays `settings` over it, in order.
    pub(crate) fn load(file: Option<&Path>, settings: Vec<Setting>) -> Result<Self, Error> {
        let path = file.unwrap_or(Path::new(FILE));
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => match file {
                Some(file) => return Err(Error::Missing { file: file.into() }),
                None => String::new(),
            },
            Err(error) => {
                return Err(Error::Unreadable { file: path.into(), why: error.to_string() });
            }
        };
        Self::read(path, &text, settings)
    }

    fn read(path: &Path, text: &str, settings: Vec<Setting>) -> Result<Self, Error> {
        let mistake = |field: String, error: &toml::de::Error| {
            let start = error.span().map_or(0, |span| span.start).min(text.len());
            let line = text.as_bytes()[..start].split(|&b| b == b'\n').count();
            Error::File { file: path.into(), line, field, message: error.message().into() }
        };
        let parsed =
            toml::Deserializer::parse(text).map_err(|error| mistake("not TOML".into(), &error))?;
        // The file is checked by itself first, because only here lines are known.
        serde_path_to_error::deserialize::<_, Self>(parsed)
            .map_err(|error| mistake(field_of(&error), error.inner()))?;
        let mut all: Table =
            toml::from_str(text).map_err(|error| mistake("not TOML".into(), &error))?;

        let mut origins = BTreeMap::new();
        for Setting { field, value, origin } in settings {
            let Some((section, key)) = field.split_once('.') else { continue };
            let section = all.entry(section).or_insert_with(|| Value::Table(Table::new()));
            if let Value::Table(section) = section {
                section.insert(key.into(), Value::String(value));
            }
            origins.insert(field, origin);
        }
        serde_path_to_error::deserialize(Value::Table(all)).map_err(|error| {
            let field = field_of(&error);
            // An unknown section is reported without the key that was given in it.
            let given = |(path, _): &(&String, &String)| {
                path.strip_prefix(&field)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            };
            let origin = origins.iter().find(given).map(|(_, origin)| origin.clone());
            Error::Setting {
                origin: origin.unwrap_or_else(|| path.display().to_string()),
                message: error.inner().message().into(),
                field,
            }
        })
    }
}

fn field_of<E>(error: &serde_path_to_error::Error<E>) -> String {
    match error.path().to_string().as_str() {
        "." => "the whole".into(),
        path => path.into(),
    }
}

/// A number, a truth or an address: as TOML writes it, or as text from the environment.
fn plain<'de, D: Deserializer<'de>, T>(deserializer: D) -> Result<T, D::Error>
where
    T: DeserializeOwned + FromStr<Err: std::fmt::Display>,
{
    match Value::deserialize(deserializer)? {
        Value::String(text) => text.trim().parse().map_err(D::Error::custom),
        value => T::deserialize(value).map_err(|error| D::Error::custom(error.message())),
    }
}

/// A list: as TOML writes it, or text with commas from the environment.
fn list<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    let value = match Value::deserialize(deserializer)? {
        Value::String(text) => {
            text.split(',').map(|part| Value::String(part.trim().into())).collect::<Vec<_>>().into()
        }
        value => value,
    };
    Vec::deserialize(value).map_err(|error| D::Error::custom(error.message()))
}

fn some_list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<String>>, D::Error> {
    list(deserializer).map(Some)
}

fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SecretString>, D::Error> {
    String::deserialize(deserializer).map(|text| Some(text.into()))
}

fn uncaged<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let said = String::deserialize(deserializer)?;
    if said == UNCAGED {
        return Ok(Some(said));
    }
    Err(D::Error::custom(format!("say “{UNCAGED}”, or nothing")))
}

fn entries<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeSet<Entry>, D::Error> {
    let all = list::<D, String>(deserializer)?;
    let entry =
        |text: String| text.parse().map_err(|error| D::Error::custom(format!("“{text}”: {error}")));
    all.into_iter().map(entry).collect()
}

fn hosts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Hosts, D::Error> {
    let all: BTreeMap<String, SocketAddr> = BTreeMap::deserialize(deserializer)?;
    let host = |(name, address): (String, SocketAddr)| match host(&name) {
        Ok(name) => Ok((name, address)),
        Err(error) => Err(D::Error::custom(format!("“{name}”: {error}"))),
    };
    all.into_iter().map(host).collect()
}

/// `name:port` in the form in which it is looked up.
pub(crate) fn host(text: &str) -> Result<String, String> {
    match text.parse::<Entry>() {
        Ok(entry) if entry.plain() => Err("write it without “http://”".into()),
        Ok(entry) => Ok(entry.to_string()),
        Err(error) => Err(error.to_string()),
    }
}

/// A flag that maps a name to an address: `name:port=address:port`.
pub(crate) fn mapped(text: &str) -> Result<(String, SocketAddr), String> {
    let (name, address) = text.split_once('=').ok_or("write it as name:port=address:port")?;
    let address = address.parse().map_err(|_| "the address is not one, as in 127.0.0.1:8443")?;
    Ok((host(name)?, address))
}

/// The file that `vinculo init` writes. Every line that is commented out shows the default.
pub(crate) fn commented(keys: &Path) -> String {
    format!(
        r#"# Vinculo's configuration. Every setting can also be given in the environment, as
# VINCULO_SECTION__KEY (for example VINCULO_DATABASE__URL), and some as flags; later wins.

[server]
# Where it listens. Put a proxy that speaks TLS in front of it.
# listen = "127.0.0.1:8080"
# What this process does: answer requests, work in the background, or both.
# roles = ["api", "worker"]
# How the world calls this server; stands in access tokens.
# public_url = "https://links.example.com"
# Whether a proxy in front sets X-Forwarded-For, -Host and -Proto, which are believed then.
# behind_proxy = false
# How long a stop waits for requests and sessions to end.
# stop_seconds = 20

[limits]
# Of one caller's address, and of one tenant; 0 is no limit. Applications written for the original
# service expect these.
# requests_in_30_seconds = 80
# deletions_a_minute = 5
# Open at once; more wait. Keep it below the process's limit of open files (ulimit -n).
# connections = 800

[database]
# PostgreSQL 15 or newer, or a file for SQLite ("sqlite:vinculo.db").
# Better in VINCULO_DATABASE__URL when it holds a password.
url = "postgres://vinculo@localhost/vinculo"
# connections = 16
# Whether `vinculo serve` brings the database up to date by itself. Otherwise it refuses to start
# on an older one, and `vinculo migrate` does it.
# migrate = false

[keys]
# The key ring that seals credentials: exactly one of file, variable and command. It never goes
# into the database. Keep a copy apart from the database's backups: without it sealed
# credentials are lost, with it they can be read.
file = {keys}
# variable = "VINCULO_KEYS"
# command = ["pass", "show", "vinculo/keys"]

[work]
# How often new recurrent links are refreshed where their tenant has set nothing: 6h 12h 24h 7d 30d.
# default_rate = "7d"
# Pieces of work that this process does side by side.
# side_by_side = 16
# Open logins of one tenant and, over all tenants, at one institution; and pieces of work that one
# link may have waiting. A request that exceeds them is refused; refreshes wait for room.
# sessions_per_tenant = 500
# sessions_per_institution = 500
# waiting_per_link = 20
# How often an institution may refuse the same user name and password before they are not tried
# again for a day. Keep it below the number at which your institutions lock people out.
# refusals_per_login = 6

[tokens]
# How long the access token of a widget lives.
# minutes = 20

[webhooks]
# Whether webhook endpoints may be in private networks. Only where every tenant is trusted.
# private_addresses = false

[sandbox]
# Whether the sandbox institutions are offered.
# enabled = false

[statements]
# Whether links can be fed with statement files of banks (POST /v1/links/{{id}}/statements/).
# enabled = false
# The largest file, in MiB, and how many are taken in and read side by side; each needs up to forty
# times its size in memory meanwhile.
# largest_mib = 16
# side_by_side = 2

[ofx]
# Banks that answer OFX Direct Connect: a list in TOML (docs/connectors/ofx.md), or an ofxget.cfg.
# institutions = "/etc/vinculo/ofx.toml"

[insights]
# Merchants and words of your own, by which movements are told apart before those that are built in:
# docs/insights.md says how they are written.
# merchants = "/etc/vinculo/merchants.toml"

[connectors]
# Where connectors are that are programs of their own: a folder for each, with a connector.json. They
# run in a cage, and what lies there is read again while Vinculo runs.
# directory = "connectors"
# Where no cage closes the network, they are not run, unless this says:
# uncaged = "{UNCAGED}"
# What each may reach. Without it a connector is not offered; the log and “vinculo doctor” say what
# is missing.
# approved.toybank.egress = ["toybank.example:443"]
# An address of your own for a name that a connector may reach: for private networks and tests.
# hosts."toybank.example:443" = "10.0.0.5:8443"

[log]
# "human" or "json".
# format = "human"
# "error", "warn", "info", "debug", "trace", or directives as in RUST_LOG.
# level = "info"
"#,
        keys = Value::String(keys.display().to_string()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret as _;

    fn read(text: &str, settings: &[(&str, &str)]) -> Result<Config, Error> {
        let pairs = settings.iter().map(|&(name, value)| (name.into(), value.into()));
        Config::read(Path::new("vinculo.toml"), text, of_environment(pairs))
    }
    fn mistake(text: &str, settings: &[(&str, &str)]) -> String {
        read(text, settings).err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn later_wins_file_then_environment_then_flags() {
        let file = "[server]\nlisten = \"127.0.0.1:1\"\n[database]\nconnections = 1\n";
        let config = read(file, &[]).unwrap();
        assert_eq!((config.server.listen.port(), config.database.connections), (1, 1));
        let environment = [
            ("VINCULO_SERVER__LISTEN", "127.0.0.1:2"),
            ("VINCULO_DATABASE__CONNECTIONS", "2"),
            ("VINCULO_SERVER__ROLES", "api, worker"),
            ("VINCULO_SERVER__BEHIND_PROXY", "true"),
            ("VINCULO_DATABASE__URL", "postgres://here"),
            ("VINCULO_KEYS__COMMAND", "pass,show"),
            ("VINCULO_SECRET_ID", "is no setting"),
            ("HOME", "neither"),
        ];
        let config = read(file, &environment).unwrap();
        assert_eq!((config.server.listen.port(), config.database.connections), (2, 2));
        assert_eq!(config.server.roles, [Role::Api, Role::Worker]);
        assert!(config.server.behind_proxy);
        assert_eq!(config.database.url.unwrap().expose_secret(), "postgres://here");
        assert_eq!(config.keys.command.unwrap(), ["pass", "show"]);

        let mut settings = of_environment([(environment[0].0.into(), environment[0].1.into())]);
        settings.push(Setting::flag("--listen", "server.listen", &"127.0.0.1:3"));
        let config = Config::read(Path::new("f"), file, settings).unwrap();
        assert_eq!(config.server.listen.port(), 3);
    }

    #[test]
    fn a_mistake_in_the_file_is_named_with_line_and_field() {
        for (text, expected) in [
            ("[server]\n\nlistn = 1", "vinculo.toml, line 3, server.listn: unknown field `listn`"),
            ("[sever]", "vinculo.toml, line 1, sever: unknown field `sever`"),
            ("[server]\nlisten = 'here'", "vinculo.toml, line 2, server.listen: invalid socket"),
            ("[server]\nroles = ['cook']", "vinculo.toml, line 2, server.roles: unknown variant"),
            ("[database]\nconnections = -1", "line 2, database.connections: invalid value"),
            ("[log]\n\nformat = 'loud'", "line 3, log.format: unknown variant `loud`"),
            ("[log\n", "vinculo.toml, line 1, not TOML: "),
        ] {
            let mistake = mistake(text, &[]);
            assert!(mistake.contains(expected), "{text:?}: {mistake}");
        }
    }

    #[test]
    fn a_mistake_in_the_environment_is_named_with_the_variable() {
        for (name, value) in [
            ("VINCULO_DATABASE__CONNECTIONS", "many"),
            ("VINCULO_SERVER__LISTN", "x"),
            ("VINCULO_SEVER__LISTEN", "x"),
            ("VINCULO_SERVER__ROLES", "cook"),
        ] {
            let mistake = mistake("", &[(name, value), ("VINCULO_LOG__LEVEL", "info")]);
            assert!(mistake.starts_with(name), "{name}: {mistake}");
        }
    }

    #[test]
    fn the_file_that_init_writes_is_read_and_shows_the_defaults() {
        let text = commented(Path::new("/etc/vin\"culo/keys"));
        let config = read(&text, &[]).unwrap();
        assert_eq!(config.keys.file.as_deref(), Some(Path::new("/etc/vin\"culo/keys")));
        let shown: String = text
            .lines()
            .filter(|line| !line.starts_with("# variable") && !line.starts_with("# command"))
            .filter(|line| !line.starts_with("# public_url"))
            .filter(|line| !line.starts_with("# institutions"))
            .map(|line| match line.strip_prefix("# ") {
                Some(setting) if setting.contains(" = ") => format!("{setting}\n"),
                _ => format!("{line}\n"),
            })
            .collect();
        let (shown, default) = (read(&shown, &[]).unwrap(), Config::default());
        assert_eq!(shown.server.listen, default.server.listen);
        assert_eq!(shown.server.roles, default.server.roles);
        assert_eq!(shown.server.stop_seconds, default.server.stop_seconds);
        assert_eq!(shown.limits.requests_in_30_seconds, default.limits.requests_in_30_seconds);
        assert_eq!(shown.limits.deletions_a_minute, default.limits.deletions_a_minute);
        assert_eq!(shown.work.default_rate, default.work.default_rate);
        assert_eq!(shown.work.side_by_side, default.work.side_by_side);
        assert_eq!(shown.work.sessions_per_tenant, default.work.sessions_per_tenant);
        assert_eq!(shown.work.sessions_per_institution, default.work.sessions_per_institution);
        assert_eq!(shown.work.refusals_per_login, default.work.refusals_per_login);
        assert_eq!(shown.work.waiting_per_link, default.work.waiting_per_link);
        assert_eq!(shown.tokens.minutes, default.tokens.minutes);
        assert_eq!(shown.limits.connections, default.limits.connections);
        assert_eq!(shown.database.connections, default.database.connections);
        assert_eq!(shown.log.format, default.log.format);
        assert_eq!(shown.statements.enabled, default.statements.enabled);
        assert_eq!(shown.statements.largest_mib, default.statements.largest_mib);
        assert_eq!(shown.statements.side_by_side, default.statements.side_by_side);
    }
}
