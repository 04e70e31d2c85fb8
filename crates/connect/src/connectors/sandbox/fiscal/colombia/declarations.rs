//! Declarations: what the accounts, the wages and the invoices of a year come to, on form 210 or
//! 110.

use super::VAT;
use crate::connectors::sandbox::{
    career::Pay,
    fiscal::{
        Taxpayer,
        figures::{less, percent, plus, year},
    },
    habits::Purse,
    pdf,
};
use domain::{
    money::Amount,
    record::Direction,
    resources::tax_declarations::{
        AssessmentBusiness, AssessmentIndividual, CostsBusiness, DeclarantBusiness,
        DeclarantDocument, DeclarantIndividual, DeclarationForm, DeclarationOffice, EquityBusiness,
        EquityIndividual, IncomeBusiness, IncomeBySource, IncomeIndividual, PensionIndividual,
        TaxDeclarationBusiness, TaxDeclarationIndividual, YearTotalsIndividual,
    },
    time::{Window, day},
};
use jiff::{Timestamp, civil::Date};

/// A declaration of one of the two kinds.
pub(super) enum Declaration {
    Individual(Box<TaxDeclarationIndividual>),
    Business(Box<TaxDeclarationBusiness>),
}

/// What an account holds at the end of a year.
#[derive(Debug, Clone, Copy)]
struct Means {
    cash: Amount,
    owed: Amount,
}

fn nothing() -> Amount {
    Amount::cents(0)
}
fn due(amount: Amount) -> Amount {
    amount.max(nothing())
}

impl Declaration {
    /// As the authority prints it.
    pub(super) fn printed(&self, who: &Taxpayer) -> Vec<u8> {
        let (form, on, net, tax, pay) = match self {
            Self::Individual(it) => (
                &it.document_information,
                it.date_issued,
                it.annual_income_statement.annual_totals.total_ordinary_net_income,
                it.tax_assessment.total_tax_due,
                it.tax_assessment.total_payment,
            ),
            Self::Business(it) => (
                &it.document_information,
                it.date_issued,
                it.tax_assessment.net_income_taxable,
                it.tax_assessment.total_tax_due,
                it.tax_assessment.total_payment,
            ),
        };
        let year = form.year.unwrap_or_default();
        let lines = [
            format!("Formulario: {}", form.kind),
            format!("Número de formulario: {}", form.form_number),
            format!("Año gravable: {year}"),
            format!("NIT: {}", who.number),
            format!("Nombre: {}", who.person.name.to_uppercase()),
            format!("Fecha de presentación: {on}"),
            format!("Renta líquida: {net}"),
            format!("Total impuesto a cargo: {tax}"),
            format!("Total saldo a pagar: {pay}"),
        ];
        pdf::document(&form.name.to_uppercase(), &lines)
    }
}

impl Taxpayer {
    /// The declarations of the years that end in `window`, as far as they are filed: companies by the
    /// tenth of May, people by the twentieth of August.
    pub(super) fn declarations(&self, window: Window, now: Timestamp) -> Vec<Declaration> {
        let (month, on) = if self.person.company { (5, 10) } else { (8, 20) };
        let today = day(now);
        let years = window.from.year()..=window.to.year().min(today.year());
        let filed = years.filter_map(|number| {
            let filed = Date::new(number.checked_add(1)?, month, on).ok()?;
            (filed <= today && window.contains(year(number).to)).then_some((number, filed))
        });
        filed.map(|(number, filed)| self.declaration(number, filed, now)).collect()
    }

    fn declaration(&self, number: i16, filed: Date, now: Timestamp) -> Declaration {
        let company = self.person.company;
        let (kind, name) = if company {
            ("110", "Declaración de renta y complementario para personas jurídicas")
        } else {
            ("210", "Declaración de renta y complementario personas naturales")
        };
        let seed = self.seed.with(82).with(u64::from(number.unsigned_abs()));
        let form = DeclarationForm {
            name: name.into(),
            kind: kind.into(),
            form_number: format!("{kind}{}", seed.digits(10)),
            year: Some(number),
        };
        if company {
            Declaration::Business(Box::new(self.of_company(form, number, filed, now)))
        } else {
            Declaration::Individual(Box::new(self.of_individual(form, number, filed, now)))
        }
    }

    fn declarant(&self) -> (DeclarantDocument, DeclarationOffice) {
        let document =
            DeclarantDocument { document_type: "NIT".into(), document_number: self.number.clone() };
        let office = DeclarationOffice {
            reporting_type: "Código dirección seccional".into(),
            reporting_value: self.person.city.code.into(),
        };
        (document, office)
    }

    /// What the bank had of theirs when a year ended, and what they owed to it.
    fn means(&self, number: i16, now: Timestamp) -> Means {
        let window = year(number);
        let books = self.bank.books(window.to, Self::paid_by(window, now).min(now));
        let of = |purses: [Purse; 2]| {
            let books = books.accounts.iter().filter(|book| purses.contains(&book.purse));
            Amount::cents(books.map(|book| book.at_end_of(window.to).max(0)).sum())
        };
        Means { cash: of([Purse::Checking, Purse::Savings]), owed: of([Purse::Card, Purse::Loan]) }
    }

    /// Of the movements of a year those that the account's words say so, in cents.
    fn moved(&self, number: i16, now: Timestamp, is: impl Fn(&str, &str) -> bool) -> i64 {
        let window = year(number);
        let books = self.bank.books(window.from, Self::paid_by(window, now).min(now));
        let booked = books.accounts.iter().flat_map(|book| &book.booked);
        let some = booked.filter(|m| {
            is(m.habit.text, m.habit.rail) && !m.refund && window.contains(m.value_date())
        });
        some.map(|m| m.cents).sum()
    }

    fn of_individual(
        &self,
        form: DeclarationForm,
        number: i16,
        filed: Date,
        now: Timestamp,
    ) -> TaxDeclarationIndividual {
        let is_wage =
            |text: &str, _: &str| text.contains("NOMINA") || text.contains("PRIMA DE SERVICIOS");
        let pay = Pay::leaving(self.moved(number, now, is_wage));
        let earned = Amount::cents(pay.gross);
        let interest = Amount::cents(self.moved(number, now, |_, rail| rail == "INTERESES"));
        // Pension and health.
        let insurance = percent(earned, 8);
        let net = less(earned, insurance);
        let exempt = percent(net, 25);
        let ordinary = less(plus(net, interest), exempt);
        let tax = percent(ordinary, 10);
        let withheld = less(Amount::cents(pay.withheld()), insurance);
        let to_pay = due(less(tax, withheld));
        let means = self.means(number, now);
        let (document_id, reporting_id) = self.declarant();
        let p = &self.person;
        let by = |earned_income, capital_income| IncomeBySource {
            earned_income,
            capital_income,
            ..IncomeBySource::default()
        };
        TaxDeclarationIndividual {
            document_information: form,
            tax_payer_information: DeclarantIndividual {
                first_last_name: p.last.to_uppercase(),
                second_last_name: p.second_last.to_uppercase(),
                first_name: p.first.to_uppercase(),
                other_names: String::new(),
                main_economic_activity: self.activity().into(),
                document_id,
                reporting_id,
            },
            equity_statement: EquityIndividual {
                total_gross_equity: means.cash,
                total_debts: means.owed,
                total_net_equity: due(less(means.cash, means.owed)),
            },
            annual_income_statement: IncomeIndividual {
                gross_income: by(earned, interest),
                non_taxable_income: by(insurance, nothing()),
                net_income: by(net, interest),
                annual_totals: YearTotalsIndividual {
                    total_exempt_income: exempt,
                    total_exemptions_and_deductions: exempt,
                    total_ordinary_net_income: ordinary,
                    ..YearTotalsIndividual::default()
                },
            },
            pension_income_statement: PensionIndividual::default(),
            tax_assessment: AssessmentIndividual {
                total_tax_on_taxable_net_income: tax,
                net_income_tax: tax,
                total_tax_due: tax,
                total_withheld_tax: withheld,
                balance_payable: to_pay,
                balance_refundable: due(less(withheld, tax)),
                total_payment: to_pay,
                ..AssessmentIndividual::default()
            },
            date_issued: filed,
        }
    }

    fn of_company(
        &self,
        form: DeclarationForm,
        number: i16,
        filed: Date,
        now: Timestamp,
    ) -> TaxDeclarationBusiness {
        let deals = self.deals(year(number), now);
        let of = |kind| {
            let some = deals.iter().filter(move |deal| deal.kind == kind && !deal.returned);
            Amount::cents(some.map(|deal| deal.parts(VAT).0).sum())
        };
        let (sales, purchases) = (of(Direction::Outflow), of(Direction::Inflow));
        let wages = Amount::cents(self.moved(number, now, |text, _| text.contains("PAGO MASIVO")));
        let fees = self.moved(number, now, |_, rail| ["COMISION", "IMPUESTO"].contains(&rail));
        let fees = Amount::cents(fees);
        let interest = Amount::cents(self.moved(number, now, |_, rail| rail == "INTERESES"));
        let income = plus(sales, interest);
        let costs = plus(plus(purchases, wages), fees);
        let taxable = due(less(income, costs));
        let tax = percent(taxable, 35);
        let withheld = percent(sales, 1);
        let to_pay = due(less(tax, withheld));
        let means = self.means(number, now);
        let receivable = percent(sales, 4);
        let inventory = percent(purchases, 8);
        let gross = plus(plus(means.cash, receivable), inventory);
        let (document_id, reporting_id) = self.declarant();
        TaxDeclarationBusiness {
            document_information: form,
            tax_payer_information: DeclarantBusiness {
                company_name: self.person.name.to_uppercase(),
                main_economic_activity: self.activity().into(),
                document_id,
                reporting_id,
                ..DeclarantBusiness::default()
            },
            equity_statement: EquityBusiness {
                cash_and_cash_equivalents: means.cash,
                accounts_documents_and_finance_leases_receivable: receivable,
                inventory,
                total_gross_equity: gross,
                debts: means.owed,
                total_net_equity: due(less(gross, means.owed)),
                ..EquityBusiness::default()
            },
            annual_income_statement: IncomeBusiness {
                gross_income_from_ordinary_activities: sales,
                other_income: interest,
                total_gross_income: income,
                total_net_income: income,
                ..IncomeBusiness::default()
            },
            annual_costs_and_deductions_statement: CostsBusiness {
                costs: purchases,
                administration_expenses: wages,
                financial_expenses: fees,
                total_costs_and_deductible_expenses: costs,
                ..CostsBusiness::default()
            },
            tax_assessment: AssessmentBusiness {
                net_income_taxable: taxable,
                total_tax_on_taxable_net_income: tax,
                net_income_tax: tax,
                total_tax_due: tax,
                total_withholdings_for_the_taxable_year_to_be_declared: withheld,
                total_balance_payable: to_pay,
                total_balance_in_favor: due(less(withheld, tax)),
                total_payment: to_pay,
                ..AssessmentBusiness::default()
            },
            date_issued: filed,
        }
    }
}
