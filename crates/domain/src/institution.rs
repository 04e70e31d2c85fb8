//! Institutions as the catalogue knows them, in the form of Belvo's public API.

use crate::{resource::Resource, words};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

words!(
    /// The family of an institution.
    InstitutionType {
        /// A bank.
        Bank = "bank",
        /// A tax authority.
        Fiscal = "fiscal",
        /// Social security.
        Employment = "employment",
    }
);
words!(
    /// Whether links can be made and refreshed at present.
    Health {
        /// In order.
        Healthy = "healthy",
        /// Out of order: by an operator's word, a fault or the breaker.
        Down = "down",
    }
);
words!(
    /// How the institution is reached.
    IntegrationType {
        /// With the end user's login.
        Credentials = "credentials",
        /// Under a consent.
        OpenFinance = "openfinance",
    }
);

/// An operator's word that an institution is to be left alone: its links wait, and keep their status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closure {
    /// Why, for people.
    pub reason: String,
    /// Until when; `None` until the word is taken back.
    pub until: Option<Timestamp>,
}

impl Closure {
    /// The longest reason, in characters.
    pub const LONGEST_REASON: usize = 200;

    /// Whether the word still holds.
    #[must_use]
    pub fn holds(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| until > now)
    }
}

/// One institution; serialises as the object of the public API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Institution {
    /// The number in its path.
    pub id: i64,
    /// The name by which links refer to it: `<brand>_<country>_<kind>`.
    pub name: String,
    /// Its family.
    #[serde(rename = "type")]
    pub kind: InstitutionType,
    /// Its own site.
    pub website: Option<String>,
    /// The name that people know.
    pub display_name: String,
    /// ISO 3166 alpha-2 codes.
    pub country_codes: Vec<String>,
    /// The first of `country_codes`, as real payloads carry it.
    pub country_code: Option<String>,
    /// `#rrggbb`.
    pub primary_color: String,
    /// An SVG's address.
    pub logo: Option<String>,
    /// A square SVG's address.
    pub icon_logo: Option<String>,
    /// A wide SVG's address.
    pub text_logo: Option<String>,
    /// Deprecated; always null.
    pub code: Option<String>,
    /// What to ask the end user for.
    pub form_fields: Vec<FormField>,
    /// Known names: `token_required`, and `statement_files` where a link's data come from files that
    /// are uploaded.
    pub features: Vec<Feature>,
    /// Resource names that it can answer.
    pub resources: Vec<String>,
    /// How it is reached.
    pub integration_type: IntegrationType,
    /// Whether it can be used now.
    pub status: Health,
    /// Open Finance participants; null elsewhere.
    pub openbanking_information: Option<OpenBanking>,
}

/// One input of the login form; `name` is the key to send when registering.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FormField {
    /// `username`, `username_type`, `username2`, `username3`, `password`, `password2` or `token`.
    pub name: String,
    /// `text`, `password`, `number` or `select`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Shown above the input.
    pub label: String,
    /// A JavaScript regular expression.
    pub validation: String,
    /// Shown when it does not match.
    pub validation_message: String,
    /// An example.
    pub placeholder: String,
    /// How long the value is.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub length: Option<String>,
    /// Whether it may be left out.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub optional: Option<bool>,
    /// A fixed value of a hidden field.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub value: Option<String>,
    /// The choices of a `select`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub values: Option<Vec<Choice>>,
    /// What it says in other languages than the institution's own, by their BCP 47 tags. Only widgets
    /// are told.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub translations: BTreeMap<String, Labels>,
}

/// What an input or a choice says, in one more language. What is left out is as it is in the
/// institution's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Labels {
    /// What stands beside the input, or on the choice.
    pub label: String,
    /// What is said of a value that does not fit.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub validation_message: Option<String>,
    /// What stands in the input while it is empty.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub placeholder: Option<String>,
}

/// One choice of a `select`; its `validation` then applies to `username`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Choice {
    /// What to send as `username_type`.
    pub code: String,
    /// Shown to the person.
    pub label: String,
    /// A JavaScript regular expression for `username`.
    pub validation: String,
    /// Shown when it does not match.
    pub validation_message: String,
    /// An example.
    pub placeholder: String,
    /// What it says in other languages, by their BCP 47 tags. Only widgets are told.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub translations: BTreeMap<String, Labels>,
}

/// Something that an institution may do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Feature {
    /// `token_required` or [`Feature::STATEMENT_FILES`].
    pub name: String,
    /// For people.
    pub description: String,
}

impl Feature {
    /// The data of links come from statement files that are uploaded; nothing can be read otherwise.
    pub const STATEMENT_FILES: &str = "statement_files";
}

/// Open Finance facts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct OpenBanking {
    /// For people.
    pub description: String,
    /// Brands that take part.
    pub participants: Vec<String>,
    /// Its authorisation server.
    pub authorization_server_id: uuid::Uuid,
}

impl Institution {
    /// Whether it answers for `resource`.
    #[must_use]
    pub fn supports(&self, resource: &str) -> bool {
        self.resources.iter().any(|r| r == resource)
    }
    /// Whether it answers for `resource`, and is where that can be had.
    #[must_use]
    pub fn offers(&self, resource: &Resource) -> bool {
        self.supports(resource.offered_as) && self.is_in(resource.countries)
    }
    /// Whether it is in one of these countries; empty stands for all.
    #[must_use]
    pub fn is_in(&self, countries: &[&str]) -> bool {
        let here = |country: &&str| self.country_codes.iter().any(|code| code == country);
        countries.is_empty() || countries.iter().any(here)
    }
    /// The same, with its form in its own language alone.
    #[must_use]
    pub fn untranslated(mut self) -> Self {
        for field in &mut self.form_fields {
            field.translations.clear();
            for choice in field.values.iter_mut().flatten() {
                choice.translations.clear();
            }
        }
        self
    }
    /// Whether it may ask for a token.
    #[must_use]
    pub fn may_challenge(&self) -> bool {
        self.features.iter().any(|f| f.name == "token_required")
    }
    /// Whether the data of its links come from statement files that are uploaded.
    #[must_use]
    pub fn takes_statement_files(&self) -> bool {
        self.features.iter().any(|f| f.name == Feature::STATEMENT_FILES)
    }
}
