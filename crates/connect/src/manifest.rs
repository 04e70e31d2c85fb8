//! `connector.json`: what a connector is, what it offers, and what it asks for. It is read and
//! checked as a whole, without running anything; a mistake is named with its file and line.

mod place;
mod rules;

use crate::egress::Entry;
use domain::{
    institution::{
        self, Choice, Feature, FormField, Health, Institution, InstitutionType, IntegrationType,
    },
    record::Trust,
    resource,
    session::ChallengeKind,
};
use place::{Step, line_of};
use schemars::{JsonSchema, Schema, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt, fs,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

/// The manifest's name in a connector's folder.
pub const FILE: &str = "connector.json";
/// The largest manifest, in bytes.
const LARGEST: u64 = 1 << 20;

/// A manifest as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "A connector's manifest: connector.json")]
pub struct Manifest {
    /// Where its schema is, for editors.
    #[serde(rename = "$schema", default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// What the connector is called, for ever: `toybank`.
    #[schemars(regex(pattern = r"^[a-z][a-z0-9_]{1,39}$"))]
    pub id: String,
    /// Its version; a new one has a fresh record of failures.
    #[schemars(regex(pattern = r"^[0-9A-Za-z][0-9A-Za-z.+-]{0,63}$"))]
    pub version: String,
    /// An SPDX expression.
    #[schemars(length(min = 1, max = 200))]
    pub licence: String,
    /// The versions of the protocol that it speaks.
    #[schemars(length(min = 1))]
    pub protocol: Vec<u32>,
    /// What is run in its folder, and the arguments. A first word without a slash is looked for in
    /// `/usr/local/bin`, `/usr/bin` and `/bin`; one that begins with `./` is in the folder.
    #[schemars(length(min = 1, max = 64))]
    pub command: Vec<String>,
    /// Further absolute paths that it must be able to read.
    #[serde(default)]
    #[schemars(length(max = 64))]
    pub needs: Vec<PathBuf>,
    /// What it can log in to.
    #[schemars(length(min = 1, max = 1000))]
    pub institutions: Vec<Offered>,
    /// The kinds of challenges that it may raise.
    #[serde(default)]
    #[schemars(schema_with = "challenge_kinds")]
    pub challenges: Vec<ChallengeKind>,
    /// Every `host:port` that it may reach, with TLS; `http://host:port` without.
    #[serde(default)]
    #[schemars(length(max = 200))]
    pub egress: Vec<String>,
    /// What a session may take.
    #[serde(default)]
    pub limits: Limits,
}

/// An institution as a manifest offers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Offered {
    /// The number in its path; no other connector's institution has it.
    #[schemars(range(min = 1))]
    pub id: i64,
    /// The name by which links refer to it, for ever: `<brand>_<country>_<kind>`.
    #[schemars(regex(pattern = r"^[a-z][a-z0-9_]{2,63}$"))]
    pub name: String,
    /// Its family.
    #[serde(rename = "type")]
    #[schemars(schema_with = "institution_types")]
    pub kind: InstitutionType,
    /// The name that people know.
    #[schemars(length(min = 1, max = 200))]
    pub display_name: String,
    /// ISO 3166 alpha-2 codes.
    #[schemars(length(min = 1, max = 50), inner(regex(pattern = r"^[A-Z]{2}$")))]
    pub country_codes: Vec<String>,
    /// Its own site.
    #[serde(default)]
    pub website: Option<String>,
    /// `#rrggbb`.
    #[serde(default = "grey")]
    #[schemars(regex(pattern = r"^#[0-9a-fA-F]{6}$"))]
    pub primary_color: String,
    /// A picture's address.
    #[serde(default)]
    pub logo: Option<String>,
    /// A square picture's address.
    #[serde(default)]
    pub icon_logo: Option<String>,
    /// A wide picture's address.
    #[serde(default)]
    pub text_logo: Option<String>,
    /// What to ask the end user for.
    #[schemars(length(max = 10))]
    pub form_fields: Vec<Input>,
    /// What it can answer: names of resources.
    #[schemars(schema_with = "resource_names")]
    pub resources: Vec<String>,
    /// How far its ids of movements can be trusted. In doubt less.
    #[serde(default = "untrusted")]
    #[schemars(schema_with = "trusts")]
    pub ids: Trust,
    /// Whether it can be told that a person has taken back what they allowed: `revoke`. Goes with the
    /// resource `CONSENTS`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub revokes: bool,
}

/// One input of the login form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// The key of its value in `login`.
    #[schemars(schema_with = "field_names")]
    pub name: String,
    /// How it looks.
    #[serde(rename = "type")]
    #[schemars(schema_with = "field_kinds")]
    pub kind: String,
    /// Shown above it.
    #[schemars(length(max = 200))]
    pub label: String,
    /// A JavaScript regular expression.
    #[serde(default)]
    pub validation: String,
    /// Shown when it does not match.
    #[serde(default)]
    pub validation_message: String,
    /// An example.
    #[serde(default)]
    pub placeholder: String,
    /// How long the value is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length: Option<String>,
    /// Whether it may be left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub optional: Option<bool>,
    /// The choices of a `select`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values: Option<Vec<Offer>>,
    /// What it says in other languages, by their BCP 47 tags (`es`, `pt`): the person is shown their own.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("maxProperties" = MOST_LANGUAGES))]
    pub translations: BTreeMap<String, Labels>,
}

/// What an input or a choice says, in one more language. What is left out is as it is without.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Labels {
    /// Shown above the input, or as the choice.
    #[schemars(length(max = 200))]
    pub label: String,
    /// Shown when the value does not match.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validation_message: Option<String>,
    /// An example.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub placeholder: Option<String>,
}

/// One choice of a `select`; its `validation` then applies to `username`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Choice")]
pub struct Offer {
    /// What is sent.
    pub code: String,
    /// Shown to the person.
    pub label: String,
    /// A JavaScript regular expression for `username`.
    #[serde(default)]
    pub validation: String,
    /// Shown when it does not match.
    #[serde(default)]
    pub validation_message: String,
    /// An example.
    #[serde(default)]
    pub placeholder: String,
    /// What it says in other languages, by their BCP 47 tags.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("maxProperties" = MOST_LANGUAGES))]
    pub translations: BTreeMap<String, Labels>,
}

/// What a session may take, at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Memory of all its processes together, in MiB.
    #[schemars(range(min = 16, max = 2048))]
    pub memory_mib: u32,
    /// Processes and threads at once.
    #[schemars(range(min = 1, max = 512))]
    pub processes: u32,
    /// Open files of one process.
    #[schemars(range(min = 16, max = 4096))]
    pub open_files: u32,
    /// From start to end, with the time that the person takes.
    #[schemars(range(min = 10, max = 3600))]
    pub seconds: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { memory_mib: 256, processes: 16, open_files: 256, seconds: 900 }
    }
}

fn grey() -> String {
    "#808080".into()
}
const fn untrusted() -> Trust {
    Trust::None
}

const FIELDS: [&str; 7] =
    ["username", "username_type", "username2", "username3", "password", "password2", "token"];
const KINDS: [&str; 4] = ["text", "password", "number", "select"];
/// In how many more languages an input says something, at most.
const MOST_LANGUAGES: usize = 20;

fn words(words: &[&str]) -> Schema {
    json_schema!({"type": "string", "enum": words})
}
fn challenge_kinds(_: &mut schemars::SchemaGenerator) -> Schema {
    json_schema!({"type": "array", "items": words(ChallengeKind::WORDS), "uniqueItems": true})
}
fn institution_types(_: &mut schemars::SchemaGenerator) -> Schema {
    words(InstitutionType::WORDS)
}
fn trusts(_: &mut schemars::SchemaGenerator) -> Schema {
    words(Trust::WORDS)
}
fn field_names(_: &mut schemars::SchemaGenerator) -> Schema {
    words(&FIELDS)
}
fn field_kinds(_: &mut schemars::SchemaGenerator) -> Schema {
    words(&KINDS)
}
fn resource_names(_: &mut schemars::SchemaGenerator) -> Schema {
    let names: BTreeSet<_> = resource::all().iter().map(|resource| resource.offered_as).collect();
    json_schema!({
        "type": "array", "minItems": 1, "uniqueItems": true,
        "items": {"type": "string", "enum": names},
    })
}

/// The manifest's JSON Schema, as it is published.
#[must_use]
pub fn schema() -> Value {
    let mut schema = schemars::generate::SchemaSettings::draft2020_12()
        .into_generator()
        .into_root_schema_for::<Manifest>();
    schema.insert("$id".into(), "https://vinculo.dev/schema/connector-1.json".into());
    schema.to_value()
}

/// One thing that is wrong in a manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Where, counted from 1.
    pub line: usize,
    /// Which key: `institutions[0].name`.
    pub field: String,
    /// What.
    pub message: String,
}

/// Why a manifest is refused, with everything that is wrong in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// It is not there, or cannot be read.
    Unreadable {
        /// The file.
        file: PathBuf,
        /// Why.
        why: String,
    },
    /// It breaks rules.
    Mistaken {
        /// The file.
        file: PathBuf,
        /// Never empty; in the order of their lines.
        mistakes: Vec<Mistake>,
    },
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable { file, why } => write!(f, "{}: {why}", file.display()),
            Self::Mistaken { file, mistakes } => {
                for (number, Mistake { line, field, message }) in mistakes.iter().enumerate() {
                    let gap = if number == 0 { "" } else { "; " };
                    write!(f, "{gap}{}, line {line}, {field}: {message}", file.display())?;
                }
                Ok(())
            }
        }
    }
}
impl std::error::Error for Refused {}

impl Manifest {
    /// Reads and checks the manifest of the connector in `folder`.
    pub fn load(folder: &Path) -> Result<Self, Refused> {
        let file = folder.join(FILE);
        let unreadable =
            |error: io::Error| Refused::Unreadable { file: file.clone(), why: error.to_string() };
        let mut text = String::new();
        let opened = fs::File::open(&file).map_err(unreadable)?;
        opened.take(LARGEST + 1).read_to_string(&mut text).map_err(unreadable)?;
        if text.len() as u64 > LARGEST {
            let why = format!("larger than {LARGEST} bytes");
            return Err(Refused::Unreadable { file, why });
        }
        let (manifest, mut mistakes) = Self::parse(&text)
            .map_err(|mistake| Refused::Mistaken { file: file.clone(), mistakes: vec![mistake] })?;
        // Only here the folder is known.
        if let Some(program) = manifest.command.first()
            && program.starts_with("./")
            && !folder.join(program).is_file()
        {
            let at = [Step::Key("command"), Step::Index(0)];
            let message = "there is no such file in the connector's folder".into();
            mistakes.push(mistake(&text, &at, message));
        }
        finish(&file, manifest, mistakes)
    }

    /// Reads and checks a manifest's text; `file` is how mistakes name it.
    pub fn read(file: &Path, text: &str) -> Result<Self, Refused> {
        match Self::parse(text) {
            Ok((manifest, mistakes)) => finish(file, manifest, mistakes),
            Err(mistake) => Err(Refused::Mistaken { file: file.into(), mistakes: vec![mistake] }),
        }
    }

    /// The manifest with every rule that it breaks; or the one mistake because of which it cannot
    /// be understood.
    fn parse(text: &str) -> Result<(Self, Vec<Mistake>), Mistake> {
        let mut json = serde_json::Deserializer::from_str(text);
        let parsed = serde_path_to_error::deserialize(&mut json);
        let manifest: Self = parsed.map_err(|error| {
            let steps: Vec<_> = place::steps(error.path());
            let field = field(&steps);
            let inner = error.inner();
            let message = inner.to_string();
            let message = message.rsplit_once(" at line ").map_or(&*message, |(before, _)| before);
            let line = if inner.classify() == serde_json::error::Category::Data {
                line_of(text, &steps)
            } else {
                inner.line()
            };
            Mistake { line, field, message: message.into() }
        })?;
        json.end().map_err(|error| Mistake {
            line: error.line(),
            field: "the whole".into(),
            message: "something follows the manifest".into(),
        })?;
        let mistakes = rules::broken(text, &manifest);
        Ok((manifest, mistakes))
    }

    /// The institutions as the catalogue shows them.
    #[must_use]
    pub fn catalogue(&self) -> Vec<Institution> {
        self.institutions.iter().map(|offered| offered.institution(&self.challenges)).collect()
    }

    /// What it asks to reach. Entries that are none are not in a manifest that was read.
    #[must_use]
    pub fn destinations(&self) -> Vec<Entry> {
        self.egress.iter().filter_map(|entry| entry.parse().ok()).collect()
    }
}

fn finish(
    file: &Path,
    manifest: Manifest,
    mut mistakes: Vec<Mistake>,
) -> Result<Manifest, Refused> {
    if mistakes.is_empty() {
        return Ok(manifest);
    }
    mistakes.sort_by_key(|mistake| mistake.line);
    Err(Refused::Mistaken { file: file.into(), mistakes })
}

fn mistake(text: &str, at: &[Step<'_>], message: String) -> Mistake {
    Mistake { line: line_of(text, at), field: field(at), message }
}

/// `institutions[0].name`.
fn field(at: &[Step<'_>]) -> String {
    let mut field = String::new();
    for step in at {
        match step {
            Step::Key(key) if field.is_empty() => field.push_str(key),
            Step::Key(key) => field.extend([".", key]),
            Step::Index(index) => field.extend(["[", &index.to_string(), "]"]),
        }
    }
    if field.is_empty() { "the whole".into() } else { field }
}

impl Offered {
    fn institution(&self, challenges: &[ChallengeKind]) -> Institution {
        let token = Feature {
            name: "token_required".into(),
            description: "The institution may require a token during link creation or login".into(),
        };
        Institution {
            id: self.id,
            name: self.name.clone(),
            kind: self.kind,
            website: self.website.clone(),
            display_name: self.display_name.clone(),
            country_code: self.country_codes.first().cloned(),
            country_codes: self.country_codes.clone(),
            primary_color: self.primary_color.clone(),
            logo: self.logo.clone(),
            icon_logo: self.icon_logo.clone(),
            text_logo: self.text_logo.clone(),
            code: None,
            form_fields: self.form_fields.iter().map(Input::form_field).collect(),
            features: if challenges.is_empty() { Vec::new() } else { vec![token] },
            resources: self.resources.clone(),
            integration_type: IntegrationType::Credentials,
            status: Health::Healthy,
            openbanking_information: None,
        }
    }
}

impl Input {
    fn form_field(&self) -> FormField {
        let choice = |option: &Offer| Choice {
            code: option.code.clone(),
            label: option.label.clone(),
            validation: option.validation.clone(),
            validation_message: option.validation_message.clone(),
            placeholder: option.placeholder.clone(),
            translations: translated(&option.translations),
        };
        FormField {
            name: self.name.clone(),
            kind: self.kind.clone(),
            label: self.label.clone(),
            validation: self.validation.clone(),
            validation_message: self.validation_message.clone(),
            placeholder: self.placeholder.clone(),
            length: self.length.clone(),
            optional: self.optional,
            value: None,
            values: self.values.as_ref().map(|options| options.iter().map(choice).collect()),
            translations: translated(&self.translations),
        }
    }
}

fn translated(all: &BTreeMap<String, Labels>) -> BTreeMap<String, institution::Labels> {
    let labels = |said: &Labels| institution::Labels {
        label: said.label.clone(),
        validation_message: said.validation_message.clone(),
        placeholder: said.placeholder.clone(),
    };
    all.iter().map(|(tag, said)| (tag.clone(), labels(said))).collect()
}

#[cfg(test)]
mod tests;
