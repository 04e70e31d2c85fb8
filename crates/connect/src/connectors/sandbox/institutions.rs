//! The institutions of the sandbox: those that integrations of this API are tested against.

use domain::institution::{
    Choice, Feature, FormField, Health, Institution, InstitutionType, IntegrationType, Labels,
    OpenBanking,
};
use std::collections::BTreeMap;

/// A country with sandbox institutions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Country {
    Mexico,
    Colombia,
    Brazil,
    Chile,
}

impl Country {
    #[cfg(test)]
    pub(super) const ALL: [Self; 4] = [Self::Mexico, Self::Colombia, Self::Brazil, Self::Chile];
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Mexico => "MX",
            Self::Colombia => "CO",
            Self::Brazil => "BR",
            Self::Chile => "CL",
        }
    }
    pub(super) const fn currency(self) -> &'static str {
        match self {
            Self::Mexico => "MXN",
            Self::Colombia => "COP",
            Self::Brazil => "BRL",
            Self::Chile => "CLP",
        }
    }
    /// What its institutions speak.
    const fn language(self) -> &'static str {
        match self {
            Self::Brazil => "pt",
            Self::Mexico | Self::Colombia | Self::Chile => "es",
        }
    }
    pub(super) const fn dialling(self) -> &'static str {
        match self {
            Self::Mexico => "52",
            Self::Colombia => "57",
            Self::Brazil => "55",
            Self::Chile => "56",
        }
    }
}

/// What names and passwords look like.
const NAME: &str = "^[a-zA-Z0-9_]{1,16}$";

/// What forms speak.
const LANGUAGES: [&str; 3] = ["es", "pt", "en"];

/// The same in all of them.
#[derive(Debug, Clone, Copy)]
struct Said {
    es: &'static str,
    pt: &'static str,
    en: &'static str,
}

const fn said(es: &'static str, pt: &'static str, en: &'static str) -> Said {
    Said { es, pt, en }
}
const fn everywhere(text: &'static str) -> Said {
    said(text, text, text)
}

impl Said {
    /// To somebody who speaks that.
    fn to(self, language: &str) -> &'static str {
        match language {
            "es" => self.es,
            "pt" => self.pt,
            _ => self.en,
        }
    }
}

const PASSWORD: Said = said("Contraseña", "Senha", "Password");
/// What is wrong with a name.
const OF_NAMES: Said = said(
    "De una a dieciséis letras, cifras o guiones bajos.",
    "De uma a dezesseis letras, números ou sublinhados.",
    "One to sixteen letters, digits or underscores.",
);
/// What is wrong with a CPF.
const OF_CPFS: Said =
    said("Un CPF tiene 11 cifras.", "Um CPF tem 11 números.", "A CPF has 11 digits.");

/// How one logs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Door {
    /// User name and password.
    Plain,
    /// The same, and a token at every login.
    Token,
    /// A kind of user, a second name and a second password as well.
    Advanced,
    /// A second name that is a delay in seconds.
    Slow,
    /// A tax number and a password.
    Fiscal,
    /// A CURP, a CPF or a citizen's number alone.
    Employment,
    /// A tax number, and the rest at the institution.
    OpenFinance,
}

/// Of every brand.
pub(super) const COLOUR: &str = "#056dae";

/// What the sandbox knows of an institution.
#[derive(Debug, Clone, Copy)]
pub(super) struct Site {
    pub(super) id: i64,
    pub(super) name: &'static str,
    pub(super) display: &'static str,
    pub(super) country: Country,
    pub(super) door: Door,
}

const fn site(
    id: i64,
    name: &'static str,
    display: &'static str,
    country: Country,
    door: Door,
) -> Site {
    Site { id, name, display, country, door }
}

use Country::{Brazil, Chile, Colombia, Mexico};
/// All of them.
pub(super) static SITES: &[Site] = &[
    site(1001, "gringotts_mx_retail", "Gringotts Bank", Mexico, Door::Plain),
    site(1002, "gringotts_co_retail", "Gringotts Bank", Colombia, Door::Plain),
    site(1003, "gringotts_br_retail", "Gringotts Bank", Brazil, Door::Plain),
    site(1004, "erebor_mx_retail", "Erebor Bank", Mexico, Door::Plain),
    site(1005, "erebor_co_retail", "Erebor Bank", Colombia, Door::Plain),
    site(1006, "erebor_br_retail", "Erebor Bank", Brazil, Door::Plain),
    site(1010, "gotham_mx_business", "Gotham Business Bank", Mexico, Door::Token),
    site(1011, "gotham_co_business", "Gotham Business Bank", Colombia, Door::Token),
    site(1012, "gotham_br_business", "Gotham Business Bank", Brazil, Door::Token),
    site(1013, "tatooine_mx_fiscal", "Tatooine Fiscal", Mexico, Door::Fiscal),
    site(1014, "heimdall_mx_retail", "Heimdall Bank", Mexico, Door::Token),
    site(1015, "ironbank_br_business", "Iron Bank Business", Brazil, Door::Advanced),
    site(1016, "ironbank_br_retail", "Iron Bank", Brazil, Door::Advanced),
    site(1020, "heimdall_br_retail", "Heimdall Bank", Brazil, Door::Token),
    site(1021, "heimdall_co_retail", "Heimdall Bank", Colombia, Door::Token),
    site(9256, "ofmockbank_br_retail", "OF Mockbank", Brazil, Door::OpenFinance),
    site(9322, "belvo_mx_retail", "Belvo Bank", Mexico, Door::Slow),
    site(9454, "planet_mx_employment", "Planet", Mexico, Door::Employment),
    site(9455, "planet_br_employment", "Planet", Brazil, Door::Employment),
    site(9456, "planet_co_employment", "Planet", Colombia, Door::Employment),
    site(9457, "tatooine_co_fiscal", "Tatooine Fiscal", Colombia, Door::Fiscal),
    site(9458, "tatooine_cl_fiscal", "Tatooine Fiscal", Chile, Door::Fiscal),
    site(9459, "erebor_cl_retail", "Erebor Bank", Chile, Door::Plain),
    site(9460, "gotham_cl_business", "Gotham Business Bank", Chile, Door::Token),
];

impl Site {
    /// The institution of that name.
    pub(super) fn named(name: &str) -> Option<&'static Self> {
        SITES.iter().find(|site| site.name == name)
    }
    /// What it shares with its branches in other countries: the first word of its name.
    pub(super) fn brand(&self) -> &'static str {
        self.name.split('_').next().unwrap_or_default()
    }
    /// Whether its customers are companies.
    pub(super) fn is_business(&self) -> bool {
        self.name.ends_with("_business")
    }
    /// What it answers for.
    pub(super) fn resources(&self) -> &'static [&'static str] {
        const CORE: &[&str] = &["ACCOUNTS", "TRANSACTIONS", "OWNERS", "BALANCES"];
        const BANK: &[&str] = &[
            "ACCOUNTS",
            "TRANSACTIONS",
            "OWNERS",
            "BALANCES",
            "INCOMES",
            "RECURRING_EXPENSES",
            "RISK_INSIGHTS",
        ];
        const MEXICO: &[&str] = &[
            "ACCOUNTS",
            "TRANSACTIONS",
            "OWNERS",
            "BALANCES",
            "INCOMES",
            "RECURRING_EXPENSES",
            "RISK_INSIGHTS",
            "STATEMENTS",
        ];
        const BRAZIL: &[&str] = &[
            "ACCOUNTS",
            "TRANSACTIONS",
            "OWNERS",
            "BALANCES",
            "INCOMES",
            "RECURRING_EXPENSES",
            "RISK_INSIGHTS",
            "INVESTMENTS_PORTFOLIOS",
        ];
        const BUSINESS_MEXICO: &[&str] =
            &["ACCOUNTS", "TRANSACTIONS", "OWNERS", "BALANCES", "STATEMENTS"];
        const BUSINESS_BRAZIL: &[&str] =
            &["ACCOUNTS", "TRANSACTIONS", "OWNERS", "BALANCES", "RECEIVABLES_TRANSACTIONS"];
        match self.door {
            Door::Fiscal => match self.country {
                Country::Colombia => &["INVOICES", "TAX_STATUS", "TAX_DECLARATIONS"],
                Country::Chile => &["INVOICES", "TAX_STATUS", "DEBT_REPORTS"],
                Country::Mexico | Country::Brazil => &[
                    "TAX_COMPLIANCE_STATUS",
                    "TAX_RETURNS",
                    "TAX_STATUS",
                    "INVOICES",
                    "FINANCIAL_STATEMENTS",
                    "TAX_RETENTIONS",
                ],
            },
            Door::Employment if self.country == Country::Mexico => {
                &["EMPLOYMENT_RECORDS", "CURRENT_EMPLOYMENTS", "EMPLOYMENT_METRICS", "OWNERS"]
            }
            Door::Employment => &["EMPLOYMENTS", "OWNERS"],
            Door::OpenFinance => &[
                "ACCOUNTS",
                "TRANSACTIONS",
                "OWNERS",
                "BALANCES",
                "BILLS",
                "INVESTMENTS",
                "INVESTMENT_TRANSACTIONS",
                "EXCHANGES",
                "CONSENTS",
                "INCOMES",
                "RECURRING_EXPENSES",
                "RISK_INSIGHTS",
            ],
            _ => match (self.is_business(), self.country) {
                (true, Country::Mexico) => BUSINESS_MEXICO,
                (true, Country::Brazil) => BUSINESS_BRAZIL,
                (true, _) => CORE,
                (false, Country::Mexico) => MEXICO,
                (false, Country::Brazil) => BRAZIL,
                (false, _) => BANK,
            },
        }
    }

    /// As the catalogue shows it.
    pub(super) fn institution(&self) -> Institution {
        let brand = self.brand();
        let picture = |kind: &str| Some(format!("/assets/institutions/{kind}/{brand}.svg"));
        let open = self.door == Door::OpenFinance;
        Institution {
            id: self.id,
            name: self.name.into(),
            kind: match self.door {
                Door::Fiscal => InstitutionType::Fiscal,
                Door::Employment => InstitutionType::Employment,
                _ => InstitutionType::Bank,
            },
            website: Some(format!("https://{}.example.com", self.name.replace('_', "-"))),
            display_name: self.display.into(),
            country_codes: vec![self.country.code().into()],
            country_code: Some(self.country.code().into()),
            primary_color: COLOUR.into(),
            logo: picture("text_logos"),
            icon_logo: picture("icon_logos"),
            text_logo: picture("text_logos"),
            code: None,
            form_fields: self.form(),
            features: match self.door {
                Door::Token => vec![Feature {
                    name: "token_required".into(),
                    description: "May ask for a token while logging in.".into(),
                }],
                _ => Vec::new(),
            },
            resources: self.resources().iter().map(|&r| r.into()).collect(),
            integration_type: if open {
                IntegrationType::OpenFinance
            } else {
                IntegrationType::Credentials
            },
            status: Health::Healthy,
            openbanking_information: open.then(|| OpenBanking {
                description: "A bank that only plays one, for trying out consents.".into(),
                participants: vec![self.display.into()],
                authorization_server_id: uuid::uuid!("c8f0bf49-4744-4933-8960-7add6e590841"),
            }),
        }
    }

    fn form(&self) -> Vec<FormField> {
        let plain = [
            self.field("username", "text", said("Usuario", "Usuário", "User name"), "bnk100"),
            self.field("password", "password", PASSWORD, "••••••••"),
        ];
        match self.door {
            Door::Plain => plain.into(),
            Door::Token => {
                let token = self.field("token", "number", everywhere("Token"), "123456");
                let six = said("Seis cifras.", "Seis números.", "Six digits.");
                let mut token = self.held(token, r"^\d{6}$", six);
                token.length = Some("6".into());
                token.optional = Some(true);
                [&plain[..], &[token]].concat()
            }
            Door::Advanced => {
                let label = said("Tipo de usuario", "Tipo de usuário", "Kind of user");
                let mut kind = self.field("username_type", "select", label, "003");
                kind.validation = r"^\d{3}$".into();
                let other = said("Otra persona", "Outra pessoa", "Somebody else");
                kind.values = Some(vec![
                    self.choice("003", said("Cliente", "Cliente", "Customer"), "adv_valid"),
                    self.choice("999", other, "adv_invalid"),
                ]);
                let mut form = vec![kind];
                form.extend(plain);
                let user = said("Segundo usuario", "Segundo usuário", "Second user name");
                form.push(self.field("username2", "text", user, "valid"));
                let secret = said("Segunda contraseña", "Segunda senha", "Second password");
                form.push(self.field("password2", "password", secret, "••••••••"));
                form
            }
            Door::Slow => {
                let label = said("Demora en segundos", "Demora em segundos", "Delay in seconds");
                let three = said(
                    "Tres cifras como máximo.",
                    "Três números no máximo.",
                    "Three digits at most.",
                );
                let delay = self.field("username2", "text", label, "0");
                let mut delay = self.held(delay, r"^\d{0,3}$", three);
                delay.optional = Some(true);
                [&plain[..], &[delay]].concat()
            }
            Door::Fiscal => {
                let password = self.field("password", "password", PASSWORD, "••••••••");
                let long = said(
                    "64 caracteres como máximo.",
                    "64 caracteres no máximo.",
                    "64 characters at most.",
                );
                vec![self.tax_number(), self.held(password, "^.{1,64}$", long)]
            }
            Door::Employment => {
                let mut password = self.field("password", "password", PASSWORD, "");
                password.validation = "^.*$".into();
                password.value = Some("fake-password".into());
                vec![self.citizens_number(), password]
            }
            Door::OpenFinance => {
                let cpf = self.field("username", "text", everywhere("CPF"), "761.092.776-73");
                vec![self.held(cpf, r"^\d{11}|\d{3}\.\d{3}\.\d{3}-\d{2}$", OF_CPFS)]
            }
        }
    }

    fn tax_number(&self) -> FormField {
        let (label, example, form, wrong) = match self.country {
            Country::Colombia => (
                "NIT",
                "900555120-2",
                r"^(\d{6,10}(-\d)?|fiscal10\d)$",
                said(
                    "Un NIT tiene de 6 a 10 cifras, un guion y un dígito de verificación.",
                    "Um NIT tem de 6 a 10 números, um hífen e um dígito verificador.",
                    "A NIT has 6 to 10 digits, a hyphen and a check digit.",
                ),
            ),
            Country::Chile => (
                "RUT",
                "77100200-5",
                r"^(\d{7,8}-[\dkK]|fiscal10\d)$",
                said(
                    "Un RUT tiene 7 u 8 cifras, un guion y un dígito verificador o K.",
                    "Um RUT tem 7 ou 8 números, um hífen e um dígito verificador ou K.",
                    "A RUT has 7 or 8 digits, a hyphen and a check digit or K.",
                ),
            ),
            Country::Mexico | Country::Brazil => (
                "RFC",
                "PFIS010101000",
                r"^([A-Za-zÑñ&]{3,4}\d{6}[A-Za-z0-9]{3}|fiscal10\d)$",
                said(
                    "Un RFC tiene 12 o 13 letras y cifras.",
                    "Um RFC tem 12 ou 13 letras e números.",
                    "An RFC has 12 or 13 letters and digits.",
                ),
            ),
        };
        self.held(self.field("username", "text", everywhere(label), example), form, wrong)
    }

    fn citizens_number(&self) -> FormField {
        let (label, example, form, wrong) = match self.country {
            Country::Mexico => (
                everywhere("CURP"),
                "BLPM951331IONVGR54",
                "^[A-Z]{4}[0-9]{6}[A-Z]{6}[A-Z0-9]{2}$",
                said(
                    "Una CURP tiene 18 letras y cifras.",
                    "Uma CURP tem 18 letras e números.",
                    "A CURP has 18 letters and digits.",
                ),
            ),
            Country::Brazil => (everywhere("CPF"), "76109277673", r"^\d{11}$", OF_CPFS),
            Country::Colombia | Country::Chile => (
                said("Cédula", "Cédula", "Citizen's number"),
                "1032456789",
                r"^\d{6,10}$",
                said(
                    "Una cédula tiene de 6 a 10 cifras.",
                    "Uma cédula tem de 6 a 10 números.",
                    "A citizen's number has 6 to 10 digits.",
                ),
            ),
        };
        self.held(self.field("username", "text", label, example), form, wrong)
    }

    fn field(&self, name: &str, kind: &str, label: Said, placeholder: &str) -> FormField {
        FormField {
            name: name.into(),
            kind: kind.into(),
            label: label.to(self.country.language()).into(),
            validation: NAME.into(),
            validation_message: OF_NAMES.to(self.country.language()).into(),
            placeholder: placeholder.into(),
            translations: self.translations(label, OF_NAMES),
            ..FormField::default()
        }
    }

    /// The field, whose values look otherwise than names.
    fn held(&self, mut field: FormField, form: &str, wrong: Said) -> FormField {
        field.validation = form.into();
        field.validation_message = wrong.to(self.country.language()).into();
        for (language, labels) in &mut field.translations {
            labels.validation_message = Some(wrong.to(language).into());
        }
        field
    }

    fn choice(&self, code: &str, label: Said, placeholder: &str) -> Choice {
        Choice {
            code: code.into(),
            label: label.to(self.country.language()).into(),
            validation: NAME.into(),
            validation_message: OF_NAMES.to(self.country.language()).into(),
            placeholder: placeholder.into(),
            translations: self.translations(label, OF_NAMES),
        }
    }

    /// What is said in other languages than its own. An example is the same in all.
    fn translations(&self, label: Said, wrong: Said) -> BTreeMap<String, Labels> {
        let labels = |language: &str| Labels {
            label: label.to(language).into(),
            validation_message: Some(wrong.to(language).into()),
            placeholder: None,
        };
        let others = LANGUAGES.iter().filter(|language| **language != self.country.language());
        others.map(|&language| (language.to_owned(), labels(language))).collect()
    }
}
