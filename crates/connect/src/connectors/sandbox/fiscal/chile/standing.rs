//! How somebody is registered.

use crate::connectors::sandbox::{chance::Seed, fiscal::Taxpayer, pdf, people::Person};
use domain::{
    money::Amount,
    resources::tax_status_chile::{
        AddressRole, AuthorizedDocument, DocumentChile, EmailRole, EntityActivity, EntityAddress,
        EntityDetails, EntityEmail, EntityPhone, EquityHolder, FiscalOffice, PhoneKind,
        PropertyTax, PropertyTaxPayment, RegimeChile, Representative, TaxStatusChile,
    },
    time::day,
};
use jiff::{
    Timestamp, ToSpan,
    civil::{Date, date},
};

/// When the four instalments of the tax on a property are due.
const INSTALMENTS: [(i8, i8); 4] = [(4, 30), (6, 30), (9, 30), (11, 30)];
/// What a seed is split for.
const CAPITAL: u64 = 96;
const PROPERTY: u64 = 97;

impl Taxpayer {
    pub(super) fn registered_in_chile(&self, now: Timestamp) -> TaxStatusChile {
        let p = &self.person;
        let since = if p.company { p.born } else { p.born.saturating_add(22.years()) };
        let text = since.to_string();
        let activity = if p.company {
            ("Comercio", "VENTA AL POR MENOR EN COMERCIOS NO ESPECIALIZADOS", "471990", 1, true)
        } else {
            ("Servicios", "EMPLEADO DEPENDIENTE", "990000", 2, false)
        };
        TaxStatusChile {
            entity_details: EntityDetails {
                incorporation_date: p.born.to_string(),
                start_date: text.clone(),
                end_date: None,
                document_id_type: DocumentChile::Rut,
                document_id_number: self.number.clone(),
                name: p.name.to_uppercase(),
            },
            addresses: vec![EntityAddress {
                kind: AddressRole::Primary,
                date: text.clone(),
                address: p.address(),
            }],
            emails: vec![EntityEmail { kind: EmailRole::Contact, email: p.email.clone() }],
            phone_numbers: vec![EntityPhone {
                kind: Some(PhoneKind::Mobile),
                number: p.telephone(),
            }],
            economic_activities: vec![EntityActivity {
                kind: activity.0.into(),
                activity: activity.1.into(),
                code: activity.2.into(),
                tax_category: activity.3,
                vat_affected: activity.4,
                start_date: text.clone(),
            }],
            legal_representative: self
                .partners()
                .into_iter()
                .take(1)
                .map(|(who, _)| Representative {
                    is_current: true,
                    name: who.name.to_uppercase(),
                    document_id_type: DocumentChile::Rut,
                    document_id_number: who.document,
                    start_date: text.clone(),
                    end_date: None,
                })
                .collect(),
            equity_holders: self.equity_holders(&text),
            company_partnership_stakes: Vec::new(),
            regimes: p.company.then(|| {
                vec![RegimeChile {
                    kind: "RÉGIMEN PRO PYME GENERAL (14D)".into(),
                    start_date: since.max(date(2020, 1, 1)).to_string(),
                }]
            }),
            authorized_tax_documents: p.company.then(|| {
                let document = |kind: &str, document_limit| AuthorizedDocument {
                    kind: kind.into(),
                    document_limit,
                    authorization_date: since.max(date(2014, 1, 2)).to_string(),
                };
                vec![
                    document("FACTURA ELECTRONICA", 1_000),
                    document("BOLETA ELECTRONICA", 100_000),
                    document("NOTA CREDITO ELECTRONICA", 500),
                ]
            }),
            property_tax_liabilities: Some(self.property(day(now))),
            fiscal_office: FiscalOffice {
                name: format!("UNIDAD {}", p.city.name.to_uppercase()),
                address: format!("Plaza de Armas 1, {}", p.city.name),
            },
        }
    }

    /// Whom a company belongs to, and how much of it, in percent.
    fn partners(&self) -> Vec<(Person, i64)> {
        if !self.person.company {
            return Vec::new();
        }
        let partner = |n: u64| {
            Person::of(self.person.country, false, &format!("{} partner {n}", self.person.document))
        };
        vec![(partner(1), 60), (partner(2), 40)]
    }

    fn equity_holders(&self, since: &str) -> Vec<EquityHolder> {
        let capital = self.seed.with(CAPITAL).between(10, 200) * 100_000_000;
        let holder = |(who, share): (Person, i64)| EquityHolder {
            is_current: true,
            name: who.name.to_uppercase(),
            document_id_type: DocumentChile::Rut,
            document_id_number: who.document,
            inactive: false,
            start_date: since.into(),
            end_date: None,
            capital_contributed: Amount::cents(capital * share / 100),
            capital_contribution_outstanding: Amount::cents(0),
            ownership_share: Amount::cents(share * 100),
            profit_share: Amount::cents(share * 100),
        };
        self.partners().into_iter().map(holder).collect()
    }

    /// The property of those who have one: half of the people, and each company its shop.
    fn property(&self, today: Date) -> Vec<PropertyTax> {
        let p = &self.person;
        let seed: Seed = self.seed.with(PROPERTY);
        if !p.company && seed.once_in(2) {
            return Vec::new();
        }
        let each = seed.with(1).between(60, 400) * 100_000;
        let year = today.year();
        let all = (1..).zip(INSTALMENTS).filter_map(|(installment, (month, on))| {
            let due = Date::new(year, month, on).ok()?;
            (due >= today).then(|| PropertyTaxPayment {
                year,
                installment,
                due_date: due.to_string(),
                amount_due: Amount::cents(each),
            })
        });
        vec![PropertyTax {
            property_id: format!("{}-{}", seed.with(2).digits(5), seed.with(3).digits(3)),
            district: p.city.name.to_uppercase(),
            address: p.street.to_uppercase(),
            kind: if p.company { "COMERCIO" } else { "HABITACIONAL" }.into(),
            overdue_tax_payments: Vec::new(),
            scheduled_tax_payments: all.collect(),
        }]
    }
}

/// The register's page as the authority prints it.
pub(super) fn printed(it: &TaxStatusChile) -> Vec<u8> {
    let who = &it.entity_details;
    let mut lines = vec![
        format!("Nombre o razón social: {}", who.name),
        format!("RUT: {}", who.document_id_number),
        format!("Inicio de actividades: {}", who.start_date),
    ];
    lines.extend(it.addresses.iter().map(|one| format!("Domicilio: {}", one.address)));
    let activities = it.economic_activities.iter();
    lines.extend(activities.map(|one| format!("Actividad: {} {}", one.code, one.activity)));
    let regimes = it.regimes.iter().flatten();
    lines.extend(regimes.map(|one| format!("Régimen: {}", one.kind)));
    let holders = it.equity_holders.iter();
    lines.extend(holders.map(|one| {
        format!("Socio: {} {} {}%", one.document_id_number, one.name, one.ownership_share)
    }));
    pdf::document("CARPETA TRIBUTARIA", &lines)
}
