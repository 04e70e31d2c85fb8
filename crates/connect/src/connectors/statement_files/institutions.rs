//! The institutions: one for each country, which is the currency of what names none.

use domain::{
    institution::{Feature, Health, Institution, InstitutionType, IntegrationType},
    resource::with_computed,
};

/// Where the banks are whose files are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Country {
    Mexico,
    Brazil,
    Colombia,
    UnitedStates,
}

impl Country {
    pub(super) const ALL: [Self; 4] =
        [Self::Mexico, Self::Brazil, Self::Colombia, Self::UnitedStates];

    /// That of an institution; `None` if there is no such one.
    pub(super) fn of(institution: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|country| country.facts().1 == institution)
    }
    /// Id, name, people's name and code.
    const fn facts(self) -> (i64, &'static str, &'static str, &'static str) {
        match self {
            Self::Mexico => (8001, "statements_mx_retail", "Statement files, Mexico", "MX"),
            Self::Brazil => (8002, "statements_br_retail", "Statement files, Brazil", "BR"),
            Self::Colombia => (8003, "statements_co_retail", "Statement files, Colombia", "CO"),
            Self::UnitedStates => {
                (8004, "statements_us_retail", "Statement files, United States", "US")
            }
        }
    }
    /// ISO 4217.
    pub(super) const fn currency(self) -> &'static str {
        match self {
            Self::Mexico => "MXN",
            Self::Brazil => "BRL",
            Self::Colombia => "COP",
            Self::UnitedStates => "USD",
        }
    }
    /// As the catalogue shows it.
    pub(super) fn institution(self) -> Institution {
        let (id, name, display, code) = self.facts();
        Institution {
            id,
            name: name.into(),
            kind: InstitutionType::Bank,
            website: None,
            display_name: display.into(),
            country_codes: vec![code.into()],
            country_code: Some(code.into()),
            primary_color: "#4a5568".into(),
            logo: None,
            icon_logo: None,
            text_logo: None,
            code: None,
            form_fields: Vec::new(),
            features: vec![Feature {
                name: Feature::STATEMENT_FILES.into(),
                description: "The data come from statement files that are uploaded.".into(),
            }],
            resources: with_computed(&["ACCOUNTS", "TRANSACTIONS"]),
            integration_type: IntegrationType::Credentials,
            status: Health::Healthy,
            openbanking_information: None,
        }
    }
}
