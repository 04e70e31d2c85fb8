//! What the authority shows agrees with itself and with the bank.

use super::{super::world::month_of, *};
use domain::{
    money::Amount,
    record::Direction,
    resources::invoices::{Invoice, InvoiceType, PaymentMethod},
    time::day,
};
use jiff::civil::date;
use proptest::prelude::*;
use rust_decimal::Decimal;
use std::collections::BTreeSet;

const NOW: i64 = 1_768_381_953;

fn now() -> Timestamp {
    Timestamp::from_second(NOW).expect("in range")
}
fn taxpayer(login: &str, plan: Plan) -> Taxpayer {
    let site = Site::named("tatooine_mx_fiscal").expect("the authority");
    Taxpayer::of(site, login, plan).expect("somebody")
}
fn company() -> Taxpayer {
    taxpayer("PMO010101000", Plan::Full)
}
fn person() -> Taxpayer {
    taxpayer("PFIS010101000", Plan::Full)
}
fn year() -> Window {
    Window::last_days(day(now()), 365)
}
fn of(vouchers: &[Invoice], kind: InvoiceType) -> impl Iterator<Item = &Invoice> {
    vouchers.iter().filter(move |voucher| voucher.invoice_type == Some(kind))
}
fn sum(amounts: impl Iterator<Item = Option<Amount>>) -> Decimal {
    amounts.flatten().map(|amount| amount.0).sum()
}

#[test]
fn the_same_person_is_behind_a_name_at_the_bank_and_at_the_authority() {
    let who = taxpayer("ana", Plan::Full);
    let at_bank = Person::of(Country::Mexico, false, "ana");
    assert_eq!((&who.person.name, &who.person.document), (&at_bank.name, &at_bank.document));
    assert_eq!(who.number[..10], who.person.document[..10], "RFC and CURP begin alike");
    assert_eq!(person().number, "PFIS010101000");
    assert!(company().person.company && !person().person.company);
}

#[test]
fn salaries_on_the_account_are_payroll_vouchers_of_the_same_amounts() {
    let who = person();
    let books = who.bank.books(year().from, now());
    let paid: Decimal = (books.accounts.iter().flat_map(|book| &book.booked))
        .filter(|m| m.habit.text.contains("NOMINA") && year().contains(m.value_date()))
        .map(|m| Amount::cents(m.cents).0)
        .sum();
    let vouchers = who.vouchers(year(), now());
    let regular: Vec<_> = of(&vouchers, InvoiceType::Nomina)
        .filter(|v| v.payroll.as_ref().is_some_and(|p| p.kind.as_deref() == Some("O")))
        .collect();
    let halves: i64 = (books.accounts.iter().flat_map(|book| &book.booked))
        .filter(|m| m.habit.text.contains("NOMINA") && year().contains(m.value_date()))
        .filter_map(|m| who.bank.career.job(month_of(m.value_date())).map(|job| (job, m)))
        .map(|(job, m)| job.monthly(month_of(m.value_date())) / 2)
        .sum();
    assert!(paid > Decimal::ZERO);
    assert_eq!(sum(regular.iter().map(|v| v.subtotal_amount)), Amount::cents(halves).0);
    assert_eq!(sum(regular.iter().map(|v| v.total_amount)), paid);
}

#[test]
fn a_company_is_paid_what_it_invoices_and_its_staff_get_what_leaves_the_account() {
    let who = company();
    let books = who.bank.books(year().from, now());
    let moved = |what: &str| -> Decimal {
        (books.accounts.iter().flat_map(|book| &book.booked))
            .filter(|m| m.word == what && !m.refund && year().contains(m.value_date()))
            .map(|m| Amount::cents(m.cents).0)
            .sum()
    };
    let vouchers = who.vouchers(year(), now());
    let staff = of(&vouchers, InvoiceType::Nomina).filter(|v| v.kind == Some(Direction::Outflow));
    assert_eq!(sum(staff.map(|v| v.total_amount)), moved("NOMINA QUINCENA"));
    let to = |name: &str| {
        let valid = vouchers.iter().filter(|v| {
            v.kind == Some(Direction::Outflow)
                && v.receiver_name.as_deref() == Some(name)
                && v.cancelation_update_date.is_none()
        });
        let at_once = valid.clone().filter(|v| v.payment_method == Some(PaymentMethod::Single));
        let paid = valid.flat_map(|v| &v.payments);
        sum(at_once.map(|v| v.total_amount)) + sum(paid.map(|payment| payment.amount))
    };
    for client in ["COMERCIAL BRISA SA DE CV", "OBRAS DEL SUR SA DE CV"] {
        assert_eq!(to(client), moved(client), "{client}");
    }
}

#[test]
fn every_kind_of_voucher_is_there_and_payments_name_what_they_pay() {
    let five = Window::last_days(day(now()), 5 * 365);
    let vouchers = company().vouchers(five, now());
    let kinds: BTreeSet<_> =
        vouchers.iter().filter_map(|v| v.invoice_type).map(InvoiceType::as_str).collect();
    assert!(
        ["Ingreso", "Egreso", "Pago", "Nómina"].iter().all(|kind| kinds.contains(kind)),
        "{kinds:?}"
    );
    let numbers: BTreeSet<_> = vouchers.iter().map(|v| &v.invoice_identification).collect();
    assert_eq!(numbers.len(), vouchers.len(), "each has a number of its own");
    let mut paid = 0;
    for payment in of(&vouchers, InvoiceType::Pago) {
        let of = &payment.payments[0].related_documents[0];
        let invoice =
            vouchers.iter().find(|v| v.invoice_identification == of.invoice_identification);
        if let Some(invoice) = invoice {
            assert_eq!(invoice.payment_method, Some(PaymentMethod::Deferred));
            assert_eq!(invoice.total_amount, of.amount_paid);
            assert!(invoice.invoice_date < payment.invoice_date);
            paid += 1;
        }
    }
    assert!(paid > 10);
    let cancelled: Vec<_> =
        vouchers.iter().filter(|v| v.status.as_deref() == Some("Cancelado")).collect();
    assert!(!cancelled.is_empty());
    for wrong in cancelled {
        let replaced = vouchers.iter().any(|v| {
            v.related_invoices
                .iter()
                .any(|r| r.related_invoice_identification == wrong.invoice_identification)
        });
        assert!(replaced && wrong.cancelation_update_date.is_some());
    }
}

#[test]
fn documents_can_be_read_back() {
    let who = company();
    let status = who.status(now());
    let document =
        lopdf::Document::load_mem(&printed::of_status(&status, CONSTANCIA, "RFC")).expect("a PDF");
    let text = document.extract_text(&[1]).expect("text");
    assert!(text.contains("CONSTANCIA DE SITUACI") && text.contains("PMO010101000"), "{text}");
    let opinion = printed::of_opinion(&who, &who.opinion(now()), now());
    let text =
        lopdf::Document::load_mem(&opinion).and_then(|d| d.extract_text(&[1])).expect("text");
    assert!(text.contains("POSITIVA"), "{text}");

    let mut kinds = BTreeSet::new();
    for voucher in who.vouchers(year(), now()) {
        let bytes = cfdi::xml(&voucher).expect("written");
        let text = str::from_utf8(&bytes).expect("UTF-8");
        let xml = roxmltree::Document::parse(text).expect("well-formed");
        let root = xml.root_element();
        let at = |name: &str| root.attribute(name).map(str::to_owned);
        assert!(root.has_tag_name(("http://www.sat.gob.mx/cfd/4", "Comprobante")));
        assert_eq!(at("Version").as_deref(), Some("4.0"));
        let total: Decimal = at("Total").expect("a total").parse().expect("a number");
        assert_eq!(Some(Amount(total).canonical()), voucher.total_amount);
        let child = |name: &str| root.descendants().find(|node| node.tag_name().name() == name);
        let order: Vec<_> = root.children().map(|node| node.tag_name().name()).collect();
        let known =
            ["CfdiRelacionados", "Emisor", "Receptor", "Conceptos", "Impuestos", "Complemento"];
        let expected: Vec<_> = known.into_iter().filter(|name| order.contains(name)).collect();
        assert_eq!(order, expected, "in the order of the authority's schema");
        let emisor = child("Emisor").expect("an issuer");
        assert_eq!(emisor.attribute("Rfc"), voucher.sender_id.as_deref());
        let stamp = child("TimbreFiscalDigital").expect("a stamp");
        assert_eq!(stamp.attribute("UUID"), voucher.invoice_identification.as_deref());
        assert_eq!(child("Nomina").is_some(), voucher.payroll.is_some());
        assert_eq!(child("Pagos").is_some(), !voucher.payments.is_empty());
        kinds.insert(at("TipoDeComprobante"));
    }
    assert!(kinds.len() >= 3, "{kinds:?}");
}

#[test]
fn whoever_has_no_data_gets_an_empty_answer_that_proves_nothing_wrong() {
    let who = taxpayer("fiscal101", Plan::Nothing);
    for resource in ["INVOICES", "TAX_STATUS", "TAX_COMPLIANCE_STATUS"] {
        assert!(who.all(&Fetch::all_of(resource), now()).expect("an answer").items.is_empty());
    }
}

#[test]
fn what_is_withheld_is_what_is_missing_on_the_account() {
    let (person, company) = (person(), company());
    assert!(person.retentions(Direction::Outflow, year(), now()).is_empty());
    for (who, kind) in [
        (&person, Direction::Inflow),
        (&company, Direction::Inflow),
        (&company, Direction::Outflow),
    ] {
        let all = who.retentions(kind, year(), now());
        assert!((10..=13).contains(&all.len()), "month by month: {}", all.len());
        let books = who.bank.books(year().from, now());
        let moved: BTreeSet<_> = (books.accounts.iter().flat_map(|book| &book.booked))
            .map(|m| (m.value_date(), Amount::cents(m.cents)))
            .collect();
        for it in &all {
            let whole = it.total_invoice_amount.expect("one").0;
            let net = Amount(whole - it.total_retained_amount.expect("one").0).canonical();
            assert!(moved.contains(&(day(it.issued_at.expect("an instant").0), net)), "{net}");
            let bytes = retentions::xml(it).expect("written");
            let xml = roxmltree::Document::parse(str::from_utf8(&bytes).expect("UTF-8"));
            let xml = xml.expect("well-formed");
            let total = xml.descendants().find(|node| node.tag_name().name() == "Totales");
            let total = total.and_then(|node| node.attribute("MontoTotOperacion"));
            assert_eq!(total.map(str::to_owned), Some(whole.to_string()));
        }
    }
}

#[test]
fn statements_follow_from_the_vouchers_of_their_year_and_balance() {
    let who = company();
    let all = who.statements(now());
    let years: Vec<_> = all.iter().map(|one| one.year.as_str()).collect();
    assert_eq!(years, ["2021", "2022", "2023", "2024"], "the last is not filed in January");
    for one in &all {
        let figures = who.figures(figures::year(one.year.parse().expect("a year")), now());
        let income = &one.income_statement;
        assert_eq!(income.net_revenue, Some(figures.sales));
        let sheet = &one.balance_sheet;
        let assets = sheet.current_assets.total.expect("one").0;
        let debts = sheet.current_liabilities.total.expect("one").0;
        assert_eq!(assets, debts + sheet.equity.total.expect("one").0);
        assert_ne!(income.net_income.is_some(), income.net_loss.is_some());
    }
    assert!(person().statements(now()).is_empty());
}

#[test]
fn returns_follow_from_the_vouchers_of_their_time() {
    let five = Window::new(date(2021, 1, 1), day(now())).expect("days");
    let number =
        |value: &serde_json::Value| -> Amount { value.to_string().parse().expect("a number") };
    let who = company();
    let all = who.yearly(five, now());
    let years: Vec<_> =
        all.iter().map(|one| one.body["informacion_general"]["ejercicio"].as_i64()).collect();
    assert_eq!(years, [2021, 2022, 2023, 2024].map(Some), "the last is not filed in January");
    for one in &all {
        let year = one.body["informacion_general"]["ejercicio"].as_i64().expect("a year");
        let figures = who.figures(figures::year(i16::try_from(year).expect("a year")), now());
        let tax = &one.body["determinacion_del_impuesto_sobre_la_renta"]["determinacion_del_impuesto_sobre_la_renta"];
        assert_eq!(number(&tax["total_ingresos_acumulables"]), figures.sales);
        assert_eq!(one.body["estado_resultados"].is_null(), year >= 2022, "the new form");
        if year < 2022 {
            let sheet = &one.body["estado_posicion_financiera_balance"];
            assert!(sheet["activo"].get("depreciacion_acumulada").is_some(), "all of the form");
            let sum = &sheet["capital_contable"]["suma_pasivo_mas_capital_contable"];
            assert_eq!(number(&sheet["activo"]["suma_activo"]), number(sum));
        }
    }
    let last = Window::last_days(day(now()), 365);
    let months = who.monthly(last, now());
    assert_eq!(months.len(), 11, "December is filed on the 17th");
    let mut sales = Amount::ZERO.0;
    for one in &months {
        let vat = &one.body["determinacion_iva"];
        assert!(vat["determinacion_iva"].get("saldo_a_favor").is_some(), "all of the form");
        let income = &one.body["determinacion_isr"]["personas_morales_regimen_general"];
        sales += number(&income["ingresos_nominales_mes_que_declara"]).0;
    }
    let covered = Window::new(date(2025, 1, 1), date(2025, 11, 30)).expect("days");
    assert_eq!(sales, who.figures(covered, now()).sales.0);

    let who = person();
    let one = who.yearly(five, now()).pop().expect("one");
    let salaries = who.figures(figures::year(2024), now());
    assert_eq!(number(&one.body["sueldos_salarios"]["ingreso_anual"]), salaries.salaries);
    assert_eq!(number(&one.body["sueldos_salarios"]["impuesto_retenido"]), salaries.salaries_tax);
    for bytes in [&one.pdf, &one.receipt] {
        let text = lopdf::Document::load_mem(bytes).and_then(|d| d.extract_text(&[1]));
        assert!(text.expect("text").contains("PFIS010101000"));
    }
    let numbers: BTreeSet<_> = (who.yearly(five, now()).iter().chain(&who.monthly(last, now())))
        .map(|one| one.body["informacion_general"]["numero_operacion"].to_string())
        .collect();
    assert_eq!(numbers.len(), 4 + who.monthly(last, now()).len());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn vouchers_add_up_and_stay_what_they_are(
        login in "[a-z]{3,8}|[A-Z]{3}[0-9]{6}[A-Z0-9]{3}", back in 0..900_i32, later in 1..60_i64
    ) {
        let who = taxpayer(&login, Plan::Full);
        let to = day(now()).saturating_sub(jiff::Span::new().days(back));
        let window = Window::last_days(to, 40);
        let vouchers = who.vouchers(window, now());
        for it in &vouchers {
            let of = |pick: fn(&domain::resources::invoices::InvoiceLine) -> Option<Amount>| {
                sum(it.invoice_details.iter().map(pick))
            };
            prop_assert_eq!(of(|l| l.pre_tax_amount), it.subtotal_amount.expect("one").0);
            prop_assert_eq!(of(|l| l.tax_amount), it.tax_amount.expect("one").0);
            let total = it.subtotal_amount.expect("one").0 + it.tax_amount.expect("one").0
                - it.discount_amount.expect("one").0;
            prop_assert_eq!(total, it.total_amount.expect("one").0);
            for line in &it.invoice_details {
                let amount = line.quantity.expect("one").0 * line.unit_amount.expect("one").0;
                prop_assert_eq!(amount, line.pre_tax_amount.expect("one").0);
            }
            prop_assert!(window.contains(it.invoice_date.expect("a day")));
            prop_assert!([&it.sender_id, &it.receiver_id].iter().any(|id| id.as_deref() == Some(&who.number)));
        }
        // Later the same days show the same, but for what has been cancelled since.
        let then = now() + jiff::SignedDuration::from_hours(24 * later);
        let again = who.vouchers(window, then);
        let numbers = |all: &[Invoice]| -> BTreeSet<_> {
            all.iter().map(|v| (v.invoice_identification.clone(), v.total_amount)).collect()
        };
        let (before, after) = (numbers(&vouchers), numbers(&again));
        if window.to < day(now()) {
            prop_assert_eq!(before, after);
        } else {
            prop_assert!(before.is_subset(&after));
        }
    }
}

#[test]
fn five_years_are_kept_and_no_more() {
    let kept = |asked| kept(asked, FIVE_YEARS, now());
    assert_eq!(kept(Window::new(date(2010, 1, 1), date(2011, 1, 1))), None);
    let all = kept(None).expect("days");
    assert_eq!(all.to, day(now()));
    assert!(kept(Some(year())) == Some(year()));
}
