//! Tax returns: what somebody has declared for a year or a month. The sections are the authority's
//! own (Mexico's, in Spanish), and so are the names inside them: they change from year to year and
//! are kept as they come.

use super::{bad, body, parse, with_envelope};
use crate::{
    filter::{Field, IN, Source},
    institution::InstitutionType,
    record::{BadItem, Facts, Item},
    resource::{
        Count, Documents, Envelope, Events, Kind, Kinds, News, Origin, Part, Reach, Resource,
        Unsaid, Verbs, WindowRule,
    },
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, value::RawValue};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        Ref, RefOr,
        schema::{OneOfBuilder, Schema},
    },
};

const YEARLY: &str = "yearly";
const MONTHLY: &str = "monthly";

const fn whole(kind: &'static str) -> Part {
    Part { countries: &[], kind: Some(kind), days: Reach::Default, code: "historical_update" }
}

/// `/api/tax-returns/`.
pub static TAX_RETURNS: Resource = Resource {
    name: "TAX_RETURNS",
    offered_as: "TAX_RETURNS",
    announced_as: "TAX_RETURNS",
    path: "/api/tax-returns/",
    noun: "tax return",
    origin: Origin::Institution,
    verbs: Verbs { retrieve: true, resume: false, delete: true, asynchronous: false },
    institutions: &[InstitutionType::Fiscal],
    countries: &["MX"],
    core: true,
    window: WindowRule::Years { default: 5 },
    kinds: Some(Kinds {
        all: &[
            Kind { word: YEARLY, window: None },
            Kind { word: MONTHLY, window: Some(WindowRule::Dates { at_most: 365 }) },
        ],
        unsaid: Unsaid::Is(YEARLY),
    }),
    documents: Some(Documents::apart("attach_pdf", &["pdf", "receipt_pdf"])),
    single: false,
    load: &[whole(YEARLY), whole(MONTHLY)],
    vanishes: false,
    slice: None,
    account_key: None,
    belongs_to: None,
    envelope: &[Envelope::Id, Envelope::Link, Envelope::CollectedAt, Envelope::CreatedAt],
    filters: &[
        Field::id("link", IN, Source::Column("link")),
        Field::id("id", IN, Source::Column("id")),
        Field::year("ejercicio", Source::Body(&["informacion_general", "ejercicio"])),
        Field::text(
            "tipo_declaracion",
            IN,
            Source::Body(&["informacion_general", "tipo_declaracion"]),
        ),
        Field::instant("created_at", Source::Either("changed_at", "created_at")),
    ],
    required: None,
    deletion_limited: false,
    marks_seen: false,
    events: Events {
        loaded: &[
            ("type", Count::Kind),
            ("total_tax_returns", Count::Total),
            ("first_tax_return_year", Count::FirstYear),
            ("last_tax_return_year", Count::LastYear),
        ],
        new: &[News::of(
            "new_tax_returns_available",
            &[("type", Count::Kind), ("new_tax_returns", Count::New)],
        )],
        ..Events::NONE
    },
    read,
    schemas,
};

/// A section of a return, as the authority words it.
type Section = Map<String, Value>;

macro_rules! shapes { ($(
    $(#[doc = $says:literal])* $name:ident { $($(#[doc = $doc:literal])* $field:ident),* $(,)? }
)*) => { $(
    $(#[doc = $says])*
    #[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, ToSchema)]
    #[serde(default)]
    pub struct $name {
        $($(#[doc = $doc])* #[schema(value_type = Option<Object>, required = true)]
        pub $field: Option<Section>,)*
    }
)* } }
shapes! {
    /// A person's return of a year.
    TaxReturnPersonal {
        /// Who, which year, which kind.
        informacion_general,
        /// Salaries, and the tax withheld from them.
        sueldos_salarios,
        /// Fees.
        servicios_profesionales,
        /// Personal deductions.
        deducciones_personales,
        /// The tax.
        determinacion_impuesto,
        /// What was withheld.
        retenciones,
        /// Dividends.
        dividendos,
        /// For information only.
        datos_informativos,
    }
    /// A company's return of a year.
    TaxReturnBusiness {
        /// Who, which year, which kind.
        informacion_general,
        /// Answers of yes and no.
        datos_adicionales,
        /// Income statement; null from 2022 on.
        estado_resultados,
        /// Balance sheet; null from 2022 on.
        estado_posicion_financiera_balance,
        /// From the books to the tax; null from 2022 on.
        conciliacion_entre_resultado_contable_fiscal,
        /// Deductions.
        deducciones_autorizadas,
        /// Figures when the year ended.
        cifras_cierre_ejercicio,
        /// The tax.
        determinacion_del_impuesto_sobre_la_renta,
        /// Dividends that were distributed.
        dividendos_o_utilidades_distribuidos,
        /// The payment.
        detalle_pago_r1_isr_personas_morales,
        /// Income; from 2022 on.
        ingressos,
        /// The tax; from 2022 on.
        determinacion,
    }
}

/// A person's return of a month.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct TaxReturnPersonalMonthly {
    /// Who, which month, which kind.
    #[schema(value_type = Option<Object>, required = true)]
    pub informacion_general: Option<Section>,
    /// Income tax.
    #[schema(value_type = Option<Object>, required = true)]
    pub isr: Option<Section>,
    /// VAT.
    #[schema(value_type = Option<Object>, required = true)]
    pub iva: Option<Section>,
    /// `monthly`.
    #[serde(rename = "type")]
    pub kind: String,
}

/// A company's return of a month.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct TaxReturnBusinessMonthly {
    /// Who, which month, which kind.
    #[schema(value_type = Option<Object>, required = true)]
    pub informacion_general: Option<Section>,
    /// Income tax.
    #[schema(value_type = Option<Object>, required = true)]
    pub determinacion_isr: Option<Section>,
    /// Its payment.
    #[schema(value_type = Option<Object>, required = true)]
    pub detalle_pago_isr: Option<Section>,
    /// VAT.
    #[schema(value_type = Option<Object>, required = true)]
    pub determinacion_iva: Option<Section>,
    /// Its payment.
    #[schema(value_type = Option<Object>, required = true)]
    pub detalle_pago_iva: Option<Section>,
    /// `monthly`.
    #[serde(rename = "type")]
    pub kind: String,
}

/// What tells the shapes apart, and the returns from each other.
#[derive(Deserialize)]
struct Outline {
    informacion_general: General,
    #[serde(rename = "type")]
    kind: Option<String>,
}

#[derive(Deserialize)]
struct General {
    ejercicio: Value,
    periodo_declaracion: Option<String>,
    numero_operacion: Option<String>,
    denominacion_razon_social: Option<String>,
}

/// The months as the authority names them.
pub const MONTHS: [&str; 12] = [
    "Enero",
    "Febrero",
    "Marzo",
    "Abril",
    "Mayo",
    "Junio",
    "Julio",
    "Agosto",
    "Septiembre",
    "Octubre",
    "Noviembre",
    "Diciembre",
];

impl General {
    /// The last day that the return is about.
    fn day(&self) -> Option<Date> {
        let year = self.ejercicio.as_i64().or_else(|| self.ejercicio.as_str()?.trim().parse().ok());
        let year = i16::try_from(year?).ok()?;
        let period = self.periodo_declaracion.as_deref().unwrap_or_default().trim();
        let month = MONTHS.iter().position(|month| month.eq_ignore_ascii_case(period));
        let month = month.and_then(|month| i8::try_from(month + 1).ok()).unwrap_or(12);
        Some(Date::new(year, month, 1).ok()?.last_of_month())
    }
}

fn read(item: &RawValue, account: Option<String>, _stamp: Timestamp) -> Result<Item, BadItem> {
    let outline: Outline = parse(&TAX_RETURNS, item)?;
    let general = &outline.informacion_general;
    let wrong =
        |key: &str, problem| bad(&TAX_RETURNS, &format!("informacion_general.{key}"), problem);
    let Some(day) = general.day() else { return Err(wrong("ejercicio", "must be a year")) };
    let number = general.numero_operacion.as_deref().map(str::trim).unwrap_or_default();
    if number.is_empty() {
        return Err(wrong("numero_operacion", "must be known"));
    }
    let company = general.denominacion_razon_social.is_some();
    let body = match (company, outline.kind.is_some()) {
        (false, false) => body(&TAX_RETURNS, &parse::<TaxReturnPersonal>(&TAX_RETURNS, item)?)?,
        (true, false) => body(&TAX_RETURNS, &parse::<TaxReturnBusiness>(&TAX_RETURNS, item)?)?,
        (false, true) => {
            body(&TAX_RETURNS, &parse::<TaxReturnPersonalMonthly>(&TAX_RETURNS, item)?)?
        }
        (true, true) => {
            body(&TAX_RETURNS, &parse::<TaxReturnBusinessMonthly>(&TAX_RETURNS, item)?)?
        }
    };
    Ok(Item {
        facts: Facts::Keyed(vec![format!("operation:{number}")]),
        account,
        source_id: None,
        day: Some(day),
        body,
    })
}

fn schemas() -> Vec<(String, RefOr<Schema>)> {
    let shapes = [
        (TaxReturnPersonal::name(), TaxReturnPersonal::schema()),
        (TaxReturnPersonalMonthly::name(), TaxReturnPersonalMonthly::schema()),
        (TaxReturnBusiness::name(), TaxReturnBusiness::schema()),
        (TaxReturnBusinessMonthly::name(), TaxReturnBusinessMonthly::schema()),
    ];
    let mut one = OneOfBuilder::new().description(Some("What somebody has declared."));
    for (name, _) in &shapes {
        one = one.item(Ref::from_schema_name(name.clone()));
    }
    let mut schemas = vec![("TaxReturn".to_owned(), Schema::OneOf(one.build()).into())];
    for (name, schema) in shapes {
        schemas.push((name.into_owned(), with_envelope(&TAX_RETURNS, schema)));
    }
    schemas
}
