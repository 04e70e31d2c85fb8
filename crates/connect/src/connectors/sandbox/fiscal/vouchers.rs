//! Invoices and other vouchers: the movements of the bank account, seen by the tax authority.

use super::Taxpayer;
use crate::connectors::sandbox::{
    career::Pay,
    chance::Seed,
    habits::{Habit, When},
    institutions::Country,
    national_ids::tax_number,
    people::Person,
    world::Movement,
};
use domain::{
    money::Amount,
    record::Direction,
    resources::invoices::{
        Earning, FraudStatus, Invoice, InvoiceLine, InvoiceType, PaidInvoice, Payment,
        PaymentMethod, Payroll, PayrollAmount, Periodicity, RelatedInvoice, TaxDetails, TaxTotal,
        TransferredTax,
    },
    time::{Moment, Window, day, midnight},
};
use jiff::{
    SignedDuration, Timestamp, ToSpan,
    civil::{Date, date},
};

/// Days between an invoice that is paid later and its payment.
pub(super) const CREDIT: i64 = 15;
/// Days until a mistaken invoice is cancelled.
const MISTAKEN: i64 = 2;
/// Who certifies: the sandbox's own.
const CERTIFIER: &str = "VIN260101AB4";
/// Whoever is not named on an invoice.
const PUBLIC: (&str, &str) = ("XAXX010101000", "PUBLICO EN GENERAL");
/// The people whom a company pays.
const STAFF: u64 = 6;

/// What social security gets of a wage, in percent; the rest of what is withheld is income tax.
const INSURED: i64 = 3;

/// What a seed is split for.
mod part {
    pub(super) const FOLIO: u64 = 61;
    pub(super) const ASKED: u64 = 62;
    pub(super) const LATER: u64 = 63;
    pub(super) const MISTAKE: u64 = 64;
    pub(super) const PAYMENT: u64 = 65;
    pub(super) const QUANTITY: u64 = 66;
}

/// Who is at the other end.
#[derive(Debug, Clone)]
struct Party {
    rfc: String,
    name: String,
    regime: &'static str,
    postcode: String,
    fraud: FraudStatus,
}

impl Party {
    /// The company of that name: always the same.
    fn company(name: &str) -> Self {
        let seed = Seed::of(&["company", name]);
        let listed = seed.with(4).once_in(25);
        let fraud = if listed { FraudStatus::Investigating } else { FraudStatus::NoStatus };
        Self {
            rfc: tax_number(Country::Mexico, name),
            name: name.into(),
            regime: "601",
            postcode: format!("0{}", seed.with(6).between(1000, 9999)),
            fraud,
        }
    }
    fn public(postcode: &str) -> Self {
        let (rfc, name) = (PUBLIC.0.into(), PUBLIC.1.into());
        let fraud = FraudStatus::NoStatus;
        Self { rfc, name, regime: "616", postcode: postcode.into(), fraud }
    }
}

/// What was sold: the catalogue's codes of product and unit, the unit and the words.
pub(super) type Goods = (&'static str, &'static str, &'static str, &'static str);

pub(super) fn goods(habit: &Habit) -> Goods {
    match habit.mcc {
        Some(5411 | 5499) => ("50192100", "H87", "Pieza", "Abarrotes"),
        Some(5541) => ("15101514", "LTR", "Litro", "Gasolina regular"),
        Some(5912) => ("51241200", "H87", "Pieza", "Medicamentos"),
        Some(5812 | 5814) => ("90101501", "E48", "Unidad de servicio", "Consumo de alimentos"),
        Some(5943) => ("44121600", "H87", "Pieza", "Artículos de oficina"),
        Some(5734) => ("43231513", "E48", "Unidad de servicio", "Licencias de programas"),
        Some(7997) => ("94121503", "E48", "Unidad de servicio", "Membresía"),
        Some(_) => ("81161700", "E48", "Unidad de servicio", "Servicio en línea"),
        None => ("80141600", "E48", "Unidad de servicio", "Bienes y servicios"),
    }
}

#[expect(clippy::unnecessary_wraps, reason = "as the fields of a voucher want it")]
fn cents(cents: i64) -> Option<Amount> {
    Some(Amount::cents(cents))
}
fn rate() -> Amount {
    Amount::cents(16)
}
pub(super) fn instant(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap_or(Timestamp::UNIX_EPOCH)
}

impl Taxpayer {
    /// The vouchers of these days that there are at `now`, the earliest first.
    pub(super) fn vouchers(&self, window: Window, now: Timestamp) -> Vec<Invoice> {
        let books = self.bank.books(window.from, Self::paid_by(window, now));
        let movements = books.accounts.iter().flat_map(|book| &book.booked);
        let mut all: Vec<(i64, Invoice)> =
            movements.flat_map(|m| self.of_movement(m, now)).collect();
        all.retain(|(at, voucher)| {
            *at <= now.as_second() && voucher.invoice_date.is_some_and(|day| window.contains(day))
        });
        all.sort_by(|(a, one), (b, other)| {
            a.cmp(b).then_with(|| one.invoice_identification.cmp(&other.invoice_identification))
        });
        all.into_iter().map(|(_, voucher)| voucher).collect()
    }

    /// By when whatever is invoiced in these days is paid: it may be days from now, and nothing that
    /// moves later than that need be looked at.
    pub(super) fn paid_by(window: Window, now: Timestamp) -> Timestamp {
        let ended = midnight(window.to.saturating_add(1.days())).min(now);
        let later = ended.saturating_add(SignedDuration::from_hours(24 * (CREDIT + 15)));
        later.unwrap_or(Timestamp::MAX)
    }

    /// The vouchers that a movement of money leaves, each with the second at which it was issued.
    fn of_movement(&self, m: &Movement, now: Timestamp) -> Vec<(i64, Invoice)> {
        let habit = m.habit;
        let company = self.person.company;
        let one = |voucher| vec![(m.at, voucher)];
        if m.refund {
            let note = self.received(m, m.cents, InvoiceType::Egreso, m.at);
            return one(note);
        }
        let salary = habit.text.contains("NOMINA") || habit.text.contains("AGUINALDO");
        match (company, m.inflow) {
            (false, true) if salary => one(self.salary(m)),
            (false, true) if habit.between_people && m.word == "PAGO" => {
                let client = Party::public(&self.person.postcode);
                one(self.sold(m, m.cents, &client, m.at, PaymentMethod::Single))
            }
            (true, true) if m.word == "TERMINAL PUNTO DE VENTA" => {
                let client = Party::public(&self.person.postcode);
                one(self.sold(m, m.cents, &client, m.at, PaymentMethod::Single))
            }
            (true, true) if matches!(habit.when, When::Chance(_)) => self.sale(m, now),
            (true, false) if m.word == "NOMINA QUINCENA" => {
                (0..STAFF).map(|n| (m.at, self.pay(m, n))).collect()
            }
            (_, false) if self.is_invoiced(m) => {
                one(self.received(m, m.cents, InvoiceType::Ingreso, m.at))
            }
            _ => Vec::new(),
        }
    }

    /// Whether somebody was given an invoice for what they paid: always for what is paid month by
    /// month, seldom for a coffee.
    fn is_invoiced(&self, m: &Movement) -> bool {
        let steady = matches!(m.habit.when, When::Monthly(_));
        let taxes = m.word.starts_with("SAT ") || m.word.starts_with("COMISION");
        match (m.habit.mcc, self.person.company) {
            _ if taxes || m.habit.between_people => false,
            (None, false) => steady,
            (None, true) => steady || matches!(m.habit.when, When::Chance(_)),
            (Some(_), _) if steady => true,
            (Some(5814 | 5499), false) => false,
            (Some(_), false) => m.seed.with(part::ASKED).once_in(3),
            (Some(_), true) => true,
        }
    }

    /// A sale to a company: mostly paid at once, sometimes two weeks later, and now and then
    /// invoiced wrongly first.
    fn sale(&self, m: &Movement, now: Timestamp) -> Vec<(i64, Invoice)> {
        let client = Party::company(m.word);
        if m.seed.with(part::LATER).once_in(4) {
            let issued = m.at - CREDIT * 86_400;
            let invoice = self.sold(m, m.cents, &client, issued, PaymentMethod::Deferred);
            let payment = self.payment(m, &client, &invoice);
            return vec![(issued, invoice), (m.at, payment)];
        }
        let mut right = self.sold(m, m.cents, &client, m.at, PaymentMethod::Single);
        if !m.seed.with(part::MISTAKE).once_in(40) {
            return vec![(m.at, right)];
        }
        let mut wrong = right.clone();
        wrong.invoice_identification = Some(folio(m.seed.with(part::MISTAKE)));
        right.related_invoices = vec![RelatedInvoice {
            relationship_type: Some("04".into()),
            related_invoice_identification: wrong.invoice_identification.clone(),
        }];
        let cancelled = m.at + MISTAKEN * 86_400;
        if cancelled <= now.as_second() {
            wrong.status = Some("Cancelado".into());
            wrong.cancelation_status = Some("Cancelado sin aceptación".into());
            wrong.cancelation_update_date = Some(day(instant(cancelled)));
        }
        vec![(m.at, wrong), (m.at, right)]
    }

    fn own(&self) -> Party {
        Party {
            rfc: self.number.clone(),
            name: self.person.name.to_uppercase(),
            regime: self.regime().0,
            postcode: self.person.postcode.clone(),
            fraud: FraudStatus::NoStatus,
        }
    }

    /// What all vouchers have in common.
    fn voucher(&self, kind: Direction, other: &Party, seed: Seed, at: i64) -> Invoice {
        let own = self.own();
        let (sender, receiver) = match kind {
            Direction::Outflow => (&own, other),
            Direction::Inflow => (other, &own),
        };
        let issued = day(instant(at));
        Invoice {
            invoice_identification: Some(folio(seed.with(part::FOLIO))),
            invoice_date: Some(issued),
            status: Some("Vigente".into()),
            kind: Some(kind),
            sender_id: Some(sender.rfc.clone()),
            sender_fiscal_regime: Some(sender.regime.into()),
            sender_name: Some(sender.name.clone()),
            sender_tax_fraud_status: Some(sender.fraud),
            receiver_id: Some(receiver.rfc.clone()),
            receiver_postal_code: Some(receiver.postcode.clone()),
            receiver_fiscal_regime: Some(receiver.regime.into()),
            receiver_name: Some(receiver.name.clone()),
            receiver_tax_fraud_status: Some(receiver.fraud),
            cancelation_status: Some("Cancelable sin aceptación".into()),
            certification_date: Some(issued),
            certification_authority: Some(CERTIFIER.into()),
            version: Some("4.0".into()),
            place_of_issue: Some(sender.postcode.clone()),
            currency: Some("MXN".into()),
            exchange_rate: cents(100),
            folio: Some(seed.with(part::FOLIO).with(1).digits(6)),
            series: Some("A".into()),
            export_type: Some("01".into()),
            ..Invoice::default()
        }
    }

    /// Somebody else's invoice or credit note for what was paid.
    fn received(&self, m: &Movement, total: i64, kind: InvoiceType, at: i64) -> Invoice {
        let sender = Party::company(m.word);
        let voucher = self.voucher(Direction::Inflow, &sender, m.seed, at);
        let form = if m.habit.mcc.is_some() { "04" } else { "03" };
        let usage = if kind == InvoiceType::Egreso { "G02" } else { "G03" };
        priced(voucher, m, total, kind, form, PaymentMethod::Single, usage)
    }

    /// Their own invoice for what they were paid.
    fn sold(
        &self,
        m: &Movement,
        total: i64,
        client: &Party,
        at: i64,
        method: PaymentMethod,
    ) -> Invoice {
        let voucher = self.voucher(Direction::Outflow, client, m.seed, at);
        let form = if method == PaymentMethod::Deferred { "99" } else { "03" };
        let usage = if client.rfc == PUBLIC.0 { "S01" } else { "G03" };
        priced(voucher, m, total, InvoiceType::Ingreso, form, method, usage)
    }

    /// The payment of an invoice that was not paid at once.
    fn payment(&self, m: &Movement, client: &Party, invoice: &Invoice) -> Invoice {
        let seed = m.seed.with(part::PAYMENT);
        let nothing = cents(0);
        Invoice {
            invoice_type: Some(InvoiceType::Pago),
            usage: Some("CP01".into()),
            currency: Some("XXX".into()),
            exchange_rate: None,
            subtotal_amount: nothing,
            tax_amount: nothing,
            discount_amount: nothing,
            total_amount: nothing,
            invoice_details: vec![InvoiceLine {
                description: Some("Pago".into()),
                product_identification: Some("84111506".into()),
                quantity: cents(100),
                unit_code: Some("ACT".into()),
                unit_description: Some("Actividad".into()),
                unit_amount: nothing,
                tax_subject_code: Some("01".into()),
                pre_tax_amount: nothing,
                tax_percentage: nothing,
                tax_amount: nothing,
                total_amount: nothing,
                ..InvoiceLine::default()
            }],
            payments: vec![Payment {
                date: Some(Moment(instant(m.at))),
                payment_type: Some("03".into()),
                currency: Some("MXN".into()),
                exchange_rate: Some("1".into()),
                amount: cents(m.cents),
                operation_number: Some(m.reference()),
                payer_bank_name: Some(self.bank.site.display.to_owned()),
                related_documents: vec![PaidInvoice {
                    invoice_identification: invoice.invoice_identification.clone(),
                    currency: Some("MXN".into()),
                    payment_method: Some(PaymentMethod::Deferred),
                    partiality_number: 1,
                    previous_balance: cents(m.cents),
                    amount_paid: cents(m.cents),
                    outstanding_balance: nothing,
                }],
                ..Payment::default()
            }],
            ..self.voucher(Direction::Outflow, client, seed, m.at)
        }
    }

    /// A salary that they were paid.
    fn salary(&self, m: &Movement) -> Invoice {
        let employer = Party::company(m.word);
        let voucher = self.voucher(Direction::Inflow, &employer, m.seed, m.at);
        paid(voucher, m, m.cents, m.habit.text.contains("AGUINALDO"))
    }

    /// A salary that they paid to the `n`th of their staff; together they are the movement.
    fn pay(&self, m: &Movement, n: u64) -> Invoice {
        let who = Person::of(self.person.country, false, &format!("{} {n}", self.number));
        let employee = Party {
            rfc: who.rfc(),
            name: who.name.to_uppercase(),
            regime: "605",
            postcode: who.postcode.clone(),
            fraud: FraudStatus::NoStatus,
        };
        let share = m.cents / STAFF.cast_signed();
        let rest = if n == 0 { m.cents - share * STAFF.cast_signed() } else { 0 };
        let seed = m.seed.with(part::PAYMENT).with(n);
        paid(self.voucher(Direction::Outflow, &employee, seed, m.at), m, share + rest, false)
    }
}

/// The authority's number of a voucher.
pub(super) fn folio(seed: Seed) -> String {
    let bits = u128::from(seed.with(1).bits()) << 64 | u128::from(seed.with(2).bits());
    uuid::Builder::from_random_bytes(bits.to_be_bytes()).into_uuid().to_string().to_uppercase()
}

/// A voucher over `total`, taxes included.
fn priced(
    voucher: Invoice,
    m: &Movement,
    total: i64,
    kind: InvoiceType,
    form: &str,
    method: PaymentMethod,
    usage: &str,
) -> Invoice {
    let (product, unit, unit_name, what) = goods(m.habit);
    let before = (total * 100 + 58) / 116;
    let tax = total - before;
    let pair = before % 2 == 0 && m.seed.with(part::QUANTITY).once_in(4);
    let quantity = if pair { 2 } else { 1 };
    let percentage = Some(rate());
    Invoice {
        invoice_type: Some(kind),
        payment_type: Some(form.into()),
        payment_method: Some(method),
        usage: Some(usage.into()),
        tax_details: Some(TaxDetails {
            total_tax_retained: Amount::cents(0),
            total_tax_transferred: Amount::cents(tax),
            retained_taxes: Vec::new(),
            transferred_taxes: vec![TaxTotal {
                tax_type: Some("Tasa".into()),
                tax: "IVA".into(),
                tax_percentage: rate(),
                pre_tax_amount: Amount::cents(before),
                tax_amount: Amount::cents(tax),
            }],
        }),
        invoice_details: vec![InvoiceLine {
            description: Some(what.into()),
            product_identification: Some(product.into()),
            quantity: cents(quantity * 100),
            unit_code: Some(unit.into()),
            unit_description: Some(unit_name.into()),
            unit_amount: cents(before / quantity),
            tax_subject_code: Some("02".into()),
            pre_tax_amount: cents(before),
            tax_percentage: percentage,
            tax_amount: cents(tax),
            total_amount: cents(total),
            transferred_taxes: vec![TransferredTax {
                collected_at: None,
                tax_type: Some("Tasa".into()),
                tax: Some("IVA".into()),
                tax_percentage: percentage,
                transferred_tax_amount: cents(tax),
            }],
            ..InvoiceLine::default()
        }],
        subtotal_amount: cents(before),
        tax_amount: cents(tax),
        discount_amount: cents(0),
        total_amount: cents(total),
        ..voucher
    }
}

/// A payroll voucher whose `net` is what was paid out.
fn paid(voucher: Invoice, m: &Movement, net: i64, once: bool) -> Invoice {
    let pay = Pay::leaving(net);
    let gross = pay.gross;
    // What comes once a year is not insured.
    let insurance = if once { 0 } else { gross * INSURED / 100 };
    let income_tax = pay.withheld() - insurance;
    let on = m.value_date();
    let (from, to) =
        if once { (date(on.year(), 1, 1), date(on.year(), 12, 31)) } else { half_month(on) };
    let days = u32::try_from(from.until(to).map_or(14, |span| span.get_days())).unwrap_or(14) + 1;
    let deducted = |kind: &str, amount: i64| PayrollAmount {
        kind: Some(kind.into()),
        amount: Amount::cents(amount),
    };
    let mut deductions = vec![deducted("002", income_tax)];
    if insurance > 0 {
        deductions.push(deducted("001", insurance));
    }
    Invoice {
        invoice_type: Some(InvoiceType::Nomina),
        payment_method: Some(PaymentMethod::Single),
        usage: Some("CN01".into()),
        invoice_details: vec![InvoiceLine {
            description: Some("Pago de nómina".into()),
            product_identification: Some("84111505".into()),
            quantity: cents(100),
            unit_code: Some("ACT".into()),
            unit_description: Some("Actividad".into()),
            unit_amount: cents(gross),
            discount: cents(gross - net),
            tax_subject_code: Some("01".into()),
            pre_tax_amount: cents(gross),
            tax_percentage: cents(0),
            tax_amount: cents(0),
            total_amount: cents(gross),
            ..InvoiceLine::default()
        }],
        subtotal_amount: cents(gross),
        tax_amount: cents(0),
        discount_amount: cents(gross - net),
        total_amount: cents(net),
        payroll: Some(Payroll {
            days: Some(if once { 365 } else { days }),
            kind: Some(if once { "E" } else { "O" }.into()),
            amount: Amount::cents(net),
            version: "1.2".into(),
            date_from: Some(from),
            date_to: Some(to),
            collected_at: None,
            payment_date: on,
            periodicity: Some(if once { Periodicity::OneOff } else { Periodicity::FifteenthDay }),
            earnings_breakdown: Some(vec![Earning {
                kind: Some(if once { "002" } else { "001" }.into()),
                taxable_amount: Amount::cents(gross),
                vat_free_amount: Amount::cents(0),
            }]),
            tax_deductions: Some(deductions),
            other_payments: Some(Vec::new()),
        }),
        ..voucher
    }
}

/// The half of a month that a pay day is for.
fn half_month(on: Date) -> (Date, Date) {
    let first = on.first_of_month();
    let middle = first.saturating_add(14.days());
    if on.day() <= 15 {
        (first, middle)
    } else {
        (middle.saturating_add(1.days()), on.last_of_month())
    }
}
