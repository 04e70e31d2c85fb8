//! Which institutions there are: the operator's list, in TOML or as `ofxget.cfg`.

use domain::{
    institution::{Feature, FormField, Health, Institution, InstitutionType, IntegrationType},
    resource::with_computed,
};
use serde::Deserialize;
use std::{collections::BTreeMap, sync::Arc};
use url::{Host, Url};

/// The most institutions of one list.
const MOST: usize = 10_000;
/// Where ids of institutions begin that an `ofxget.cfg` gives no number.
const NUMBERED_FROM: i64 = 1_000_000;
/// The versions that are spoken: OFX 1.0.2 to 1.6, and 2.0 to 2.2 and later ones that add to it.
const VERSIONS: [std::ops::RangeInclusive<u16>; 2] = [102..=199, 200..=299];

/// What is wrong with a list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct Mistake {
    /// From 1.
    pub line: usize,
    /// In words.
    pub problem: String,
}

/// The operator's list.
#[derive(Debug, Clone, Default)]
pub struct Institutions(Vec<Arc<Site>>);

/// One server.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Site {
    /// The number in the institution's path.
    pub(super) id: i64,
    /// `<brand>_<country>_<kind>`.
    pub(super) name: String,
    /// The name that people know.
    pub(super) display_name: String,
    /// Where requests are posted.
    #[serde(deserialize_with = "address")]
    pub(super) url: Url,
    /// ISO 3166 alpha-2.
    #[serde(default = "default::country")]
    pub(super) country: String,
    /// ISO 4217, for what a server says without one.
    #[serde(default = "default::currency")]
    pub(super) currency: String,
    /// FI/ORG; no FI is sent without it.
    #[serde(default)]
    pub(super) org: Option<String>,
    /// FI/FID.
    #[serde(default)]
    pub(super) fid: Option<String>,
    /// For accounts that the server lists without one.
    #[serde(default)]
    pub(super) bankid: Option<String>,
    /// Accepted so that lists can be shared; statements of securities are not asked for.
    #[serde(default)]
    pub(super) brokerid: Option<String>,
    /// `103`, `160`, `203`, `220`.
    #[serde(default = "default::version")]
    pub(super) version: u16,
    /// Which program the server takes this for.
    #[serde(default = "default::appid")]
    pub(super) appid: String,
    /// In which version.
    #[serde(default = "default::appver")]
    pub(super) appver: String,
    /// CLIENTUID for every login; otherwise each login has its own.
    #[serde(default)]
    pub(super) clientuid: Option<String>,
    /// ISO 639-2, upper case.
    #[serde(default = "default::language")]
    pub(super) language: String,
    /// Whether elements of 1.x are closed, which the specification leaves open.
    #[serde(default = "default::close_tags")]
    pub(super) close_tags: bool,
    /// What is said as User-Agent.
    #[serde(default = "default::user_agent")]
    pub(super) user_agent: String,
    /// Its own site.
    #[serde(default)]
    pub(super) website: Option<String>,
    /// `#rrggbb`.
    #[serde(default = "default::primary_color")]
    pub(super) primary_color: String,
}

fn address<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Url, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map_err(|error| serde::de::Error::custom(format!("`url`: {error}")))
}

mod default {
    pub(super) fn country() -> String {
        "US".into()
    }
    pub(super) fn currency() -> String {
        "USD".into()
    }
    pub(super) const fn version() -> u16 {
        203
    }
    // Servers answer only programs that they know; these are the most common ones'.
    pub(super) fn appid() -> String {
        "QWIN".into()
    }
    pub(super) fn appver() -> String {
        "2700".into()
    }
    pub(super) fn language() -> String {
        "ENG".into()
    }
    pub(super) const fn close_tags() -> bool {
        true
    }
    pub(super) fn user_agent() -> String {
        concat!("Vinculo/", env!("CARGO_PKG_VERSION")).into()
    }
    pub(super) fn primary_color() -> String {
        "#056dae".into()
    }
}

/// A list in TOML: `[[institution]]`, `[[institution]]`, …
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    #[serde(default)]
    institution: Vec<toml::Spanned<Site>>,
}

impl Institutions {
    /// Reads a list in TOML.
    ///
    /// # Errors
    /// The first [`Mistake`] in it.
    pub fn of_toml(text: &str) -> Result<Self, Mistake> {
        let line_at =
            |at: usize| text.as_bytes()[..at.min(text.len())].split(|&b| b == b'\n').count();
        let list: List = toml::from_str(text).map_err(|error| Mistake {
            line: line_at(error.span().map_or(0, |span| span.start)),
            problem: error.message().to_owned(),
        })?;
        let placed = |site: toml::Spanned<Site>| (line_at(site.span().start), site.into_inner());
        Self::checked(list.institution.into_iter().map(placed).collect())
    }

    /// Reads the `ofxget.cfg` of ofxtools: a section for each server. What it says of accounts and
    /// users is not used; sections without a `url` are passed over. Servers without an `id` get one
    /// that follows from their section's name.
    ///
    /// # Errors
    /// The first [`Mistake`] in it.
    pub fn of_ofxget(text: &str) -> Result<Self, Mistake> {
        let mut defaults = BTreeMap::new();
        let mut sections: Vec<(usize, String, BTreeMap<String, String>)> = Vec::new();
        for (at, line) in text.lines().enumerate() {
            let line_number = at + 1;
            let line = line.trim();
            if line.is_empty() || line.starts_with(['#', ';']) {
                continue;
            }
            if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
                sections.push((line_number, name.trim().to_owned(), BTreeMap::new()));
                continue;
            }
            let Some((key, value)) = line.split_once(['=', ':']) else {
                return Err(Mistake {
                    line: line_number,
                    problem: "this is neither a section nor `key = value`".into(),
                });
            };
            let Some((_, _, section)) = sections.last_mut() else {
                return Err(Mistake {
                    line: line_number,
                    problem: "a setting stands before the first section".into(),
                });
            };
            section.insert(key.trim().to_ascii_lowercase(), value.trim().to_owned());
        }
        let is_default = |name: &str| {
            name.eq_ignore_ascii_case("DEFAULT") || name.eq_ignore_ascii_case("DEFAULTS")
        };
        for (_, _, section) in sections.iter().filter(|(_, name, _)| is_default(name)) {
            defaults.extend(section.clone());
        }
        let mut sites = Vec::new();
        for (line, name, section) in sections {
            if is_default(&name) || !section.contains_key("url") {
                continue;
            }
            let get = |key: &str| section.get(key).or_else(|| defaults.get(key)).cloned();
            let site = of_section(&name, get).map_err(|problem| Mistake { line, problem })?;
            sites.push((line, site));
        }
        Self::checked(sites)
    }

    /// Reads a list in whichever of the two forms the name of its file says: `.cfg` and `.ini` are
    /// an `ofxget.cfg`, everything else is TOML.
    ///
    /// # Errors
    /// The first [`Mistake`] in it.
    pub fn of_file(name: &str, text: &str) -> Result<Self, Mistake> {
        let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
        match ending.as_deref() {
            Some("cfg" | "ini") => Self::of_ofxget(text),
            _ => Self::of_toml(text),
        }
    }

    /// The institutions, in the order of the list.
    pub(super) fn listed(&self) -> &[Arc<Site>] {
        &self.0
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.len()
    }

    fn checked(sites: Vec<(usize, Site)>) -> Result<Self, Mistake> {
        let (mut names, mut ids) = (BTreeMap::new(), BTreeMap::new());
        let mut listed = Vec::new();
        for (line, site) in sites {
            let mistake = |problem: String| Mistake { line, problem };
            site.check().map_err(mistake)?;
            if let Some(before) = names.insert(site.name.clone(), line) {
                return Err(mistake(format!("the name of line {before} comes again")));
            }
            if let Some(before) = ids.insert(site.id, line) {
                return Err(mistake(format!("the id of line {before} comes again")));
            }
            listed.push(Arc::new(site));
            if listed.len() > MOST {
                return Err(mistake(format!("a list has at most {MOST} institutions")));
            }
        }
        Ok(Self(listed))
    }
}

/// A server by a section of an `ofxget.cfg`.
fn of_section(name: &str, get: impl Fn(&str) -> Option<String>) -> Result<Site, String> {
    let country = get("country").unwrap_or_else(default::country).to_ascii_uppercase();
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' })
        .collect();
    let number = |key: &str, text: String| {
        text.parse::<i64>().map_err(|_| format!("`{key}` is not a number"))
    };
    let url = get("url").unwrap_or_default();
    let version = get("version").map(|text| number("version", text)).transpose()?;
    let version = match version {
        Some(version) => u16::try_from(version).map_err(|_| "`version` is too large")?,
        None => default::version(),
    };
    let id = match get("id") {
        Some(id) => number("id", id)?,
        None => NUMBERED_FROM + i64::from(numbered(&plain)),
    };
    let unclosed = get("unclosedelements").is_some_and(|text| {
        ["true", "yes", "on", "1"].contains(&text.to_ascii_lowercase().as_str())
    });
    Ok(Site {
        id,
        name: format!("{plain}_{}_retail", country.to_ascii_lowercase()),
        display_name: get("display_name").or_else(|| get("org")).unwrap_or_else(|| name.to_owned()),
        url: url.parse().map_err(|error| format!("`url`: {error}"))?,
        currency: get("currency").unwrap_or_else(default::currency),
        org: get("org"),
        fid: get("fid"),
        bankid: get("bankid"),
        brokerid: get("brokerid"),
        version,
        appid: get("appid").unwrap_or_else(default::appid),
        appver: get("appver").unwrap_or_else(default::appver),
        clientuid: get("clientuid"),
        language: get("language").unwrap_or_else(default::language),
        close_tags: !unclosed,
        user_agent: get("useragent").unwrap_or_else(default::user_agent),
        website: get("website"),
        primary_color: default::primary_color(),
        country,
    })
}

/// A number of thirty bits that is always the same for a name (FNV-1a, folded).
fn numbered(name: &str) -> u32 {
    let hash = name
        .bytes()
        .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    (hash >> 30 ^ hash) & 0x3fff_ffff
}

impl Site {
    fn check(&self) -> Result<(), String> {
        let Self { id, name, url, country, version, currency, .. } = self;
        let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_-.".contains(c);
        if *id <= 0 {
            return Err("`id` must be positive".into());
        }
        if name.is_empty() || name.len() > 100 || !name.chars().all(letters) {
            return Err("`name` has lower-case letters, digits, `_`, `-` and `.` only".into());
        }
        let loopback = match url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        };
        if url.scheme() != "https" && !(url.scheme() == "http" && loopback) {
            return Err("`url` must begin with https://; passwords are sent there".into());
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("`url` must not hold a user or a password".into());
        }
        if !VERSIONS.iter().any(|versions| versions.contains(version)) {
            return Err("`version` is one of 102, 103, 160, 200 to 220".into());
        }
        let upper = |text: &str, length| {
            text.len() == length && text.bytes().all(|byte| byte.is_ascii_uppercase())
        };
        if !upper(country, 2) {
            return Err("`country` is two upper-case letters".into());
        }
        if !upper(currency, 3) {
            return Err("`currency` is three upper-case letters".into());
        }
        if self.appid.len() > 5 || self.appver.len() > 4 {
            return Err("`appid` has at most 5 letters and `appver` at most 4".into());
        }
        if self.clientuid.as_ref().is_some_and(|uid| uid.len() > 36) {
            return Err("`clientuid` has at most 36 letters".into());
        }
        Ok(())
    }

    /// As the catalogue shows it.
    pub(super) fn institution(&self) -> Institution {
        Institution {
            id: self.id,
            name: self.name.clone(),
            kind: InstitutionType::Bank,
            website: self.website.clone(),
            display_name: self.display_name.clone(),
            country_codes: vec![self.country.clone()],
            country_code: Some(self.country.clone()),
            primary_color: self.primary_color.clone(),
            logo: None,
            icon_logo: None,
            text_logo: None,
            code: None,
            form_fields: vec![
                // USERID and USERPASS: at most 32 and 171 letters (section 2.5.1.2).
                field("username", "text", "User", "^.{1,32}$"),
                field("password", "password", "Password", "^.{1,171}$"),
            ],
            features: vec![Feature {
                name: "token_required".into(),
                description: "May ask questions while logging in.".into(),
            }],
            resources: with_computed(&["ACCOUNTS", "TRANSACTIONS"]),
            integration_type: IntegrationType::Credentials,
            status: Health::Healthy,
            openbanking_information: None,
        }
    }
}

fn field(name: &str, kind: &str, label: &str, validation: &str) -> FormField {
    FormField {
        name: name.into(),
        kind: kind.into(),
        label: label.into(),
        validation: validation.into(),
        validation_message: "Too long, or empty.".into(),
        placeholder: String::new(),
        ..FormField::default()
    }
}

#[cfg(test)]
mod tests;
