//! Exchanges: contracts by which money of one country becomes that of another.

use super::{body, parse, served};
use crate::{
    filter::{Field, IN, Source},
    institution::InstitutionType,
    money::Amount,
    record::{BadItem, Facts, Item},
    resource::{Count, Envelope, Events, Origin, Part, Resource, Verbs, WindowRule},
    time::{Moment, day},
    words,
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// `/api/br/exchanges/`.
pub static EXCHANGES: Resource = Resource {
    name: "EXCHANGES",
    offered_as: "EXCHANGES",
    announced_as: "EXCHANGES",
    path: "/api/br/exchanges/",
    noun: "exchange",
    origin: Origin::Institution,
    verbs: Verbs { retrieve: true, resume: false, delete: true, asynchronous: false },
    institutions: &[InstitutionType::Bank],
    countries: &[],
    core: false,
    window: WindowRule::OptionalDates { default: 365 },
    kinds: None,
    documents: None,
    single: false,
    load: Part::WHOLE,
    vanishes: true,
    slice: None,
    account_key: None,
    belongs_to: None,
    envelope: &[Envelope::Id, Envelope::Link, Envelope::CollectedAt, Envelope::CreatedAt],
    filters: &[
        Field::id("link", IN, Source::Column("link")),
        Field::id("id", IN, Source::Column("id")),
        Field::instant("collected_at", Source::Column("collected_at")),
        Field::instant("created_at", Source::Either("changed_at", "created_at")),
    ],
    required: Some("link"),
    deletion_limited: false,
    marks_seen: true,
    events: Events { loaded: &[("total_exchanges", Count::Total)], ..Events::NONE },
    read,
    schemas: || served::<Exchange>(&EXCHANGES),
};

/// A contract by which money of one country becomes that of another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Exchange {
    /// The network's key.
    pub operation_identifier: String,
    /// The central bank's number; null until it is registered there.
    pub operation_number: Option<String>,
    /// Whether the customer buys foreign money or sells it.
    pub operation_type: ExchangeType,
    /// When it was agreed.
    pub operation_requested_at: Moment,
    /// The tax number of the institution that carries it out.
    pub authorized_institution_identifier: u64,
    /// Its name.
    pub authorized_institution_name: String,
    /// The tax number of who stands between.
    pub intermediary_institution_identifier: Option<u64>,
    /// Its name.
    pub intermediary_institution_name: Option<String>,
    /// When it is to be settled; may be put off.
    pub operation_due_date: Date,
    /// The rate.
    pub local_operation_tax_amount: Amount,
    /// ISO 4217 code of the rate.
    pub local_operation_tax_currency: String,
    /// How much in the country's own money.
    pub local_operation_value_amount: Amount,
    /// ISO 4217 code of that.
    pub local_operation_value_currency: String,
    /// How much in foreign money.
    pub foreign_operation_value_amount: Amount,
    /// ISO 4217 code of that.
    pub foreign_operation_value_currency: String,
    /// How much foreign money is not settled yet.
    pub operation_outstanding_balance_amount: Option<Amount>,
    /// ISO 4217 code of that.
    pub operation_outstanding_balance_currency: Option<String>,
    /// What a unit costs with taxes and fees.
    pub tev_amount_amount: Option<Amount>,
    /// ISO 4217 code of that.
    pub tev_amount_currency: Option<String>,
    /// The percentage of the foreign value that was paid in advance.
    pub local_currency_advance_percentage: Option<Amount>,
    /// How the foreign money is handed over.
    pub settlement_method: Option<SettlementMethod>,
    /// The central bank's code of what it is for.
    pub operation_category_code: String,
}
words!(
    /// Which way an exchange goes.
    ExchangeType {
        /// The customer buys foreign money.
        Buys = "COMPRA",
        /// The customer sells foreign money.
        Sells = "VENDA",
    }
);
words!(
    /// How foreign money is handed over.
    #[expect(missing_docs, reason = "the words are the documentation")]
    SettlementMethod {
        ForeignAccountHere = "CONTA_DEPOSITO_MOEDA_ESTRANGEIRA_PAIS",
        ExporterAccountAbroad = "CONTA_DEPOSITO_OU_PAGAMENTO_EXPORTADOR_INSTITUICAO_EXTERIOR",
        Cash = "ESPECIE_CHEQUES_VIAGEM",
        PrepaidCard = "CARTAO_PREPAGO",
        Wire = "TELETRANSMISSAO",
        NoMovement = "SEM_MOVIMENTACAO_VALORES",
        Others = "DEMAIS",
        SightCredit = "CARTA_CREDITO_A_VISTA",
        TermCredit = "CARTA_CREDITO_A_PRAZO",
        Account = "CONTA_DEPOSITO",
        Cheque = "CHEQUE",
        Securities = "TITULOS_VALORES",
        Symbolic = "SIMBOLICA",
        ExporterOwnAccountAbroad = "CONTA_DEPOSITO_EXPORTADOR_MANTIDA_NO_EXTERIOR",
        ReciprocalCredits = "CONVENIO_PAGAMENTOS_E_CREDITOS_RECIPROCOS",
        Unmapped = "OUTRO_NAO_MAPEADO_OFB",
    }
);

fn read(item: &RawValue, key: Option<String>, _stamp: Timestamp) -> Result<Item, BadItem> {
    let it: Exchange = parse(&EXCHANGES, item)?;
    Ok(Item {
        account: key.or_else(|| Some(it.operation_identifier.clone())),
        source_id: None,
        facts: Facts::Keyed(vec![format!("operation:{}", it.operation_identifier)]),
        day: Some(day(it.operation_requested_at.0)),
        body: body(&EXCHANGES, &it)?,
    })
}
