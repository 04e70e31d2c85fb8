//! What the sandbox's institutions show of its world: records in the shape of each resource.

use super::{
    chance::Seed,
    consents::Consented,
    conversation::HISTORY,
    habits::Purse,
    institutions::{Country, Door},
    national_ids::{account_digit, clabe},
    people::Person,
    world::{Book, Books, LOAN_MONTHS, Movement, World, in_month, month_of},
};
use domain::{
    money::Amount,
    record::Direction,
    resources::{
        accounts::{
            Account, Balance, BalanceType, Card, Category, CreditData, CreditLimit,
            CreditLimitType, Fee, FeeCharge, FeeChargeType, FeeType, InstallmentFrequency,
            InterestRate, LoanData, Network, Overdraft, RatePeriod, ReceivablesData, Term,
        },
        balance_snapshots::BalanceSnapshot,
        balances::DailyBalance,
        owners::{
            Address, BusinessProfile, BusinessRelation, Document, EconomicActivity, Email,
            Filiation, Frequency, Gender, IndividualProfile, IndividualRelation, InformedIncome,
            InformedRevenue, MaritalStatus, OccupationCode, OwnerBusiness, OwnerGeneric,
            OwnerIndividual, Parent, Party, PartyDocument, PartyType, PersonType, Phone, PhoneType,
            Product, ProductType, TaxDocument,
        },
        transactions::{
            BillStatus, Booked, Counterparty, CounterpartyType, CreditCardBill, CreditCardData,
            LoanPayment, PaymentType, Status, Transaction,
        },
    },
    time::{Moment, Window, day, midnight},
};
use jiff::{
    Timestamp, ToSpan,
    civil::{Date, Weekday},
};
use std::collections::BTreeMap;

/// What one login is shown.
pub(super) struct Showing<'a> {
    pub(super) world: &'a World,
    pub(super) books: Books,
    /// Ids are drawn from this as well, so that they are new at each login.
    pub(super) churn: Option<Seed>,
    /// How the consent of Open Finance stands.
    pub(super) consented: Consented,
}

const NUMBERS: u64 = 101;
const LIMIT: u64 = 102;
const KEY: u64 = 103;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap_or(Timestamp::UNIX_EPOCH)
}
/// The day, or the Monday after a weekend.
pub(super) fn working_day(day: Date) -> Date {
    match day.weekday() {
        Weekday::Saturday => day.saturating_add(2.days()),
        Weekday::Sunday => day.saturating_add(1.days()),
        _ => day,
    }
}

impl<'a> Showing<'a> {
    /// With nothing out of the ordinary.
    pub(super) fn of(world: &'a World, books: Books) -> Self {
        Self { world, books, churn: None, consented: Consented::default() }
    }
}

impl Showing<'_> {
    pub(super) fn country(&self) -> Country {
        self.world.site.country
    }
    pub(super) fn today(&self) -> Date {
        day(self.books.now)
    }
    /// The days that are shown at all.
    pub(super) fn history(&self) -> Window {
        Window::last_days(self.today(), HISTORY)
    }
    pub(super) fn is_open_finance(&self) -> bool {
        self.world.site.door == Door::OpenFinance
    }
    pub(super) fn seed(&self, purse: Purse) -> Seed {
        // Each loan is an account of its own.
        let which = match purse {
            Purse::Loan => self.world.loan(month_of(self.today())).0,
            _ => 0,
        };
        self.world.seed.with(NUMBERS).with(purse as u64).with(which.cast_unsigned())
    }
    /// The key by which the connector knows an account: always the same.
    pub(super) fn key(&self, purse: Purse) -> String {
        format!("{:016x}", self.seed(purse).with(KEY).bits())
    }
    fn account_id(&self, purse: Purse) -> String {
        match self.churn {
            None => self.key(purse),
            Some(churn) => format!("{:016x}", churn.with(self.seed(purse).bits()).bits()),
        }
    }
    fn digits(&self, purse: Purse, count: usize) -> String {
        // Without a zero in front, which some would drop.
        let digits = self.seed(purse).digits(count - 1);
        format!("{}{digits}", self.seed(purse).between(1, 9))
    }
    fn last_four(&self) -> String {
        self.digits(Purse::Card, 4)
    }

    pub(super) fn account(&self, book: &Book) -> Account {
        let purse = book.purse;
        let (kind, name) = names(self.country(), purse, self.world.person.company);
        let (category, balance_type) = match purse {
            Purse::Checking => (Category::Checking, BalanceType::Asset),
            Purse::Savings => (Category::Savings, BalanceType::Asset),
            Purse::Card => (Category::CreditCard, BalanceType::Liability),
            Purse::Loan => (Category::Loan, BalanceType::Liability),
            Purse::Receivables => (Category::Receivables, BalanceType::Asset),
        };
        let account = Account {
            category: Some(category),
            balance_type: Some(balance_type),
            kind: Some(kind.to_owned()),
            subtype: Some(kind.to_owned()).filter(|_| self.country() == Country::Brazil),
            name: Some(name.to_owned()),
            balance: self.balance(book),
            currency: Some(self.country().currency().to_owned()),
            internal_identification: Some(self.account_id(purse)),
            ..Account::default()
        };
        match purse {
            Purse::Checking | Purse::Savings => self.deposit(book, account),
            Purse::Card => Account {
                number: Some(format!("**** {}", self.last_four())),
                public_identification_name: Some("CARD_NUMBER".to_owned()),
                public_identification_value: Some(self.last_four()),
                credit_data: Some(self.credit(book)),
                ..account
            },
            Purse::Loan => Account {
                number: Some(self.digits(purse, 10)),
                loan_data: Some(self.loan(book)),
                ..account
            },
            Purse::Receivables => Account {
                number: Some(self.digits(purse, 8)),
                receivables_data: Some(ReceivablesData {
                    current: account.balance.current,
                    available: account.balance.current,
                    anticipated: Some(Amount::cents(0)),
                    collected_at: None,
                }),
                ..account
            },
        }
    }

    fn balance(&self, book: &Book) -> Balance {
        let current = book.current();
        let brazil = self.country() == Country::Brazil;
        match book.purse {
            Purse::Checking | Purse::Savings => Balance {
                current: Some(Amount::cents(current)),
                available: Some(Amount::cents(current - book.held().max(0))),
                blocked: Some(Amount::cents(book.held().max(0))),
                automatically_invested: brazil.then_some(Amount::cents(0)),
            },
            Purse::Card => Balance {
                current: Some(Amount::cents(current)),
                available: Some(Amount::cents(self.limit() - current - book.held())),
                ..Balance::default()
            },
            Purse::Loan | Purse::Receivables => {
                Balance { current: Some(Amount::cents(current)), ..Balance::default() }
            }
        }
    }

    fn deposit(&self, book: &Book, account: Account) -> Account {
        let purse = book.purse;
        let brand = Seed::of(&[self.world.site.name]);
        match self.country() {
            Country::Mexico => {
                let number = self.digits(purse, 11);
                // No bank's code begins with eights.
                let public = clabe(&format!("88{}", brand.between(0, 9)), "180", &number);
                Account {
                    number: Some(number),
                    public_identification_name: Some("CLABE".to_owned()),
                    public_identification_value: Some(public),
                    ..account
                }
            }
            Country::Colombia | Country::Chile => {
                let number = self.digits(purse, 11);
                Account {
                    public_identification_name: Some("ACCOUNT_NUMBER".to_owned()),
                    public_identification_value: Some(number.clone()),
                    number: Some(number),
                    ..account
                }
            }
            Country::Brazil => {
                let agency = format!("{:04}", self.world.seed.with(NUMBERS).between(1, 899));
                let number = self.digits(purse, 8);
                let check = account_digit(&number).to_string();
                let owed = -book.current().min(0);
                let arranged = self.country().scale(2_000_000);
                let overdraft = Overdraft {
                    arranged: Amount::cents(arranged),
                    used: Amount::cents(owed.min(arranged)),
                    unarranged: Amount::cents((owed - arranged).max(0)),
                };
                Account {
                    public_identification_name: Some("AGENCY/ACCOUNT".to_owned()),
                    public_identification_value: Some(format!("{agency}/{number}-{check}")),
                    agency: Some(agency),
                    number: Some(number),
                    check_digit: Some(check),
                    overdraft: (purse == Purse::Checking).then_some(overdraft),
                    ..account
                }
            }
        }
    }

    /// The card's limit, in cents.
    fn limit(&self) -> i64 {
        let thousands = self.seed(Purse::Card).with(LIMIT).between(60, 120);
        let company = if self.world.person.company { 10 } else { 1 };
        self.country().scale(thousands * 100_000 * company)
    }

    fn credit(&self, book: &Book) -> CreditData {
        let brazil = self.country() == Country::Brazil;
        let owed = book.current();
        let (limit, four) = (self.limit(), self.last_four());
        let cut = self.bill_of(self.today());
        let elsewhere = |amount| (!brazil).then_some(amount);
        CreditData {
            credit_limit: Some(Amount::cents(limit)),
            limits: brazil.then(|| {
                vec![CreditLimit {
                    identification_number: Some(four.clone()),
                    credit_limit: Some(Amount::cents(limit)),
                    used_amount: Some(Amount::cents(owed + book.held())),
                    available_amount: Amount::cents(limit - owed - book.held()),
                    is_limit_flexible: false,
                    kind: CreditLimitType::Total,
                    consolidation_type: "INDIVIDUAL".into(),
                    line_name: None,
                    line_name_additional_info: None,
                }]
            }),
            cutting_date: Some(cut),
            minimum_payment: Some(Amount::cents(owed.max(0) / 20)),
            network: Some(self.seed(Purse::Card).pick(&[Network::Visa, Network::Mastercard])),
            cards: Some(vec![Card { is_multiple: false, identification_number: four }]),
            next_payment_date: elsewhere(cut.to_string()),
            no_interest_payment: (!brazil).then(|| Amount::cents(owed.max(0))),
            interest_rate: (!brazil).then(|| Amount::cents(4_250)),
            ..CreditData::default()
        }
    }

    fn loan(&self, book: &Book) -> LoanData {
        let today = self.today();
        let month = month_of(today);
        let (loan, since) = self.world.loan(month);
        let each = self.world.instalment(loan);
        let owed = book.current();
        let left = owed / each.max(1);
        let brazil = self.country() == Country::Brazil;
        let signed = in_month(month - since, 1);
        // The rest of each instalment is interest.
        let principal = each * LOAN_MONTHS * 10 / 14;
        let count = |months: i64| u32::try_from(months).ok();
        let elsewhere = |cents| (!brazil).then(|| Amount::cents(cents));
        let (_, product) = names(self.country(), Purse::Loan, false);
        LoanData {
            loan_code: Some(self.digits(Purse::Loan, 20)).filter(|_| brazil),
            contract_amount: Some(Amount::cents(each * LOAN_MONTHS)),
            total_effective_cost: Some(Amount::cents(1_690)),
            loan_type: Some(product.to_owned()),
            outstanding_balance: Some(Amount::cents(owed)),
            interest_rates: Some(vec![InterestRate {
                name: Some("Fija".to_owned()),
                kind: Some(RatePeriod::Yearly),
                value: Some(Amount::cents(1_390)),
                interest_rate_data: None,
            }]),
            fees: Some(vec![Fee {
                kind: (!brazil).then_some(FeeType::Insurance),
                value: Some(Amount::cents(self.country().scale(20_000))),
                name: Some("Seguro".to_owned()),
                code: Some("SEG".to_owned()),
                fee_charge_type: Some(FeeChargeType::Single),
                fee_charge: Some(FeeCharge::Fixed),
                rate: None,
            }]),
            collaterals: Some(Vec::new()),
            balloon_payments: Some(Vec::new()),
            installments_contract_term_frequency: Some(Term::Month),
            installment_frequency: Some(InstallmentFrequency::Monthly),
            first_installment_due_date: Some(in_month(month - since, self.world.due_day())),
            number_of_installments_total: count(LOAN_MONTHS),
            number_of_installments_outstanding: count(left),
            number_of_installments_paid: count(LOAN_MONTHS - left),
            number_of_installments_past_due: Some(0),
            disbursement_dates: Some(vec![signed.to_string()]),
            contract_start_date: Some(signed),
            contract_end_date: Some(in_month(
                month - since + LOAN_MONTHS - 1,
                self.world.due_day(),
            )),
            contract_remaining_frequency: Some(Term::Month),
            contract_remaining_total: count(left),
            amortization_schedule: Some("PRICE".to_owned()),
            contract_number: Some(self.digits(Purse::Loan, 10)),
            monthly_payment: elsewhere(each),
            principal: elsewhere(principal),
            payment_day: (!brazil).then(|| self.world.due_day().to_string()),
            outstanding_principal: elsewhere(principal * left / LOAN_MONTHS),
            ..LoanData::default()
        }
    }

    /// The movements of an account inside `window`, the latest first.
    pub(super) fn transactions(&self, book: &Book, window: Window) -> Vec<Transaction> {
        let booked = book.booked.iter().rev().map(|m| self.transaction(book.purse, m, false));
        let pending = book.pending.iter().rev().map(|m| self.transaction(book.purse, m, true));
        pending.chain(booked).filter(|t| t.value_date.is_some_and(|d| window.contains(d))).collect()
    }

    fn transaction(&self, purse: Purse, m: &Movement, pending: bool) -> Transaction {
        let id = m.seed.with(u64::from(pending));
        let id = self.churn.map_or(id, |churn| churn.with(id.bits()));
        let booked = m.booked.filter(|_| !pending).map(|second| day(at(second)));
        let cents = if pending { m.held } else { m.cents };
        let brazil = self.country() == Country::Brazil;
        Transaction {
            internal_identification: Some(format!("{:016x}", id.bits())),
            value_date: Some(m.value_date()),
            transacted_at: Some(Moment(at(m.at))),
            accounting_date: booked.map(Booked::On),
            inferred_accounting_date: brazil.then(|| working_day(m.value_date())),
            amount: Some(Amount::cents(cents)),
            // The Open Finance of Brazil knows no running balance.
            balance: booked.filter(|_| !self.is_open_finance()).map(|_| Amount::cents(m.balance)),
            currency: Some(self.country().currency().to_owned()),
            description: Some(self.world.description(m, self.books.now)),
            reference: booked.filter(|_| !self.is_open_finance()).map(|_| m.reference()),
            kind: Some(if m.inflow { Direction::Inflow } else { Direction::Outflow }),
            status: Some(if pending { Status::Pending } else { Status::Processed }),
            credit_card_data: (purse == Purse::Card).then(|| self.on_bill(m, booked)),
            counterparty: (brazil && m.habit.between_people).then(|| Counterparty {
                kind: Some(CounterpartyType::Individual),
                document_number: Some(
                    Person::of(Country::Brazil, false, &m.other.digits(12)).document,
                ),
                ..Counterparty::default()
            }),
            loan_data: (purse == Purse::Loan).then(|| LoanPayment {
                is_detached: false,
                installment_id: Some(m.reference()),
                ..LoanPayment::default()
            }),
            payment_type: (purse == Purse::Card).then_some(PaymentType::Full),
            operation_type: Some(self.world.rail(m).to_owned()),
            mcc: m.habit.mcc,
            ..Transaction::default()
        }
    }

    fn on_bill(&self, m: &Movement, booked: Option<Date>) -> CreditCardData {
        let closes = self.bill_of(booked.unwrap_or_else(|| self.today()));
        let is_closed = booked.is_some() && self.is_closed(closes);
        let key = self.bill_key(closes);
        let brazil = self.country() == Country::Brazil;
        CreditCardData {
            bill_name: is_closed.then(|| Self::bill_name(closes)),
            bill_due_date: is_closed.then_some(closes),
            bill_internal_identification: is_closed.then(|| key.clone()),
            bill_status: (!brazil).then_some(if is_closed {
                BillStatus::Paid
            } else {
                BillStatus::Open
            }),
            card_number: Some(self.last_four()),
            installment_identifier: brazil.then(|| m.reference()),
            credit_card_bill: is_closed
                .then_some(CreditCardBill { id: None, internal_identification: Some(key) }),
            ..CreditCardData::default()
        }
    }

    /// The balances of an account around `window`: before its first movement and after its last.
    pub(super) fn stated(book: &Book, window: Window) -> (i64, i64) {
        let sum = |pick: &dyn Fn(Date) -> bool| -> i64 {
            book.booked.iter().filter(|m| pick(m.value_date())).map(|m| m.effect(book.purse)).sum()
        };
        let closing = book.current() - sum(&|day| day > window.to);
        (closing - sum(&|day| window.contains(day)), closing)
    }

    /// What was in an account at the end of each day of `window`.
    pub(super) fn daily(book: &Book, window: Window) -> Vec<DailyBalance> {
        let mut days = Vec::new();
        let mut day = window.from;
        while day <= window.to {
            let balance = Amount::cents(book.at_end_of(day));
            let current_balance = Some(balance);
            days.push(DailyBalance { value_date: day, balance, current_balance, statement: None });
            match day.tomorrow() {
                Ok(next) => day = next,
                Err(_) => break,
            }
        }
        days
    }

    pub(super) fn snapshot(&self, book: &Book) -> BalanceSnapshot {
        let held = book.held().max(0);
        BalanceSnapshot {
            account_internal_identification: self.account_id(book.purse),
            last_updated_at: Some(Moment(self.books.now)),
            currency: self.country().currency().into(),
            available: Amount::cents((book.current() - held).max(0)),
            blocked: Amount::cents(held),
            automatically_invested: Amount::cents(0),
        }
    }

    pub(super) fn owner(&self) -> Owner {
        let person = &self.world.person;
        match (self.is_open_finance(), person.company) {
            (false, _) => Owner::Generic(Box::new(self.generic())),
            (true, false) => Owner::Individual(Box::new(self.individual())),
            (true, true) => Owner::Business(Box::new(self.business())),
        }
    }

    /// The institution's number of the customer.
    pub(super) fn customer(&self) -> String {
        let seed = self.churn.unwrap_or(self.world.seed);
        format!("{:012x}", seed.with(KEY).bits() >> 16)
    }

    fn generic(&self) -> OwnerGeneric {
        let p = &self.world.person;
        let person = |name: &String| (!p.company).then(|| name.clone());
        OwnerGeneric {
            internal_identification: Some(self.customer()),
            display_name: Some(p.name.clone()),
            email: Some(p.email.clone()),
            phone_number: Some(p.telephone()),
            address: Some(p.address()),
            document_id: Some(Document {
                document_type: Some(p.document_type.to_owned()),
                document_number: Some(p.document.clone()),
            }),
            business_name: p.company.then(|| p.name.clone()),
            first_name: person(&p.first),
            last_name: person(&p.last),
            second_last_name: person(&p.second_last),
        }
    }

    fn individual(&self) -> OwnerIndividual {
        let p = &self.world.person;
        let parent = |kind, seed| Filiation {
            kind: Some(kind),
            civil_name: p.friend(p.seed.with(seed)),
            social_name: None,
        };
        OwnerIndividual {
            internal_identification: Some(self.customer()),
            display_name: p.name.clone(),
            social_name: None,
            birth_date: p.born,
            marital_status: Some(p.seed.with(21).pick(MaritalStatus::ALL)),
            marital_status_additional_info: None,
            gender: Some(if p.female { Gender::Female } else { Gender::Male }),
            companies_id: vec![BANK_CNPJ.into()],
            is_local_resident: true,
            document_id: tax_document(p),
            additional_documents: Vec::new(),
            nationalities: None,
            email: Some(p.email.clone()),
            emails: vec![Email { is_main: true, email: p.email.clone() }],
            address: Some(p.address()),
            addresses: vec![address(p)],
            phone_number: Some(p.telephone()),
            phone_numbers: vec![phone(p)],
            filiations: vec![parent(Parent::Mother, 22), parent(Parent::Father, 23)],
            financial_profile: Some(IndividualProfile {
                company_id: None,
                occupation_code: Some(OccupationCode::Other),
                occupation_description: Some("Analista".to_owned()),
                informed_income: InformedIncome {
                    frequency: Some(Frequency::Monthly),
                    amount: Amount::cents(self.country().scale(5_000_000)),
                    currency: self.country().currency().into(),
                    date: in_month(month_of(self.today()), 1),
                },
                patrimony: None,
            }),
            financial_relation: Some(IndividualRelation {
                start_date: Moment(self.customer_since()),
                product_services: vec!["CONTA_DEPOSITO_A_VISTA".into()],
                product_services_additional_info: None,
                procurators: Vec::new(),
                products: self.products(),
                salary_portability_requests: None,
                payroll_accounts: None,
            }),
        }
    }

    fn business(&self) -> OwnerBusiness {
        let p = &self.world.person;
        let head = Person::of(p.country, false, &p.document);
        OwnerBusiness {
            internal_identification: Some(self.customer()),
            display_name: Some(p.name.clone()),
            company_name: p.name.clone(),
            trade_name: p.name.split(' ').next().map(str::to_owned),
            incorporation_date: p.born,
            companies_id: vec![BANK_CNPJ.into()],
            document_id: tax_document(p),
            additional_documents: Vec::new(),
            email: Some(p.email.clone()),
            emails: vec![Email { is_main: true, email: p.email.clone() }],
            address: Some(p.address()),
            addresses: vec![address(p)],
            phone_number: Some(p.telephone()),
            phone_numbers: vec![phone(p)],
            parties: vec![Party {
                person_type: Some(PersonType::Individual),
                kind: Some(PartyType::Administrator),
                display_name: Some(head.name),
                social_name: None,
                company_name: None,
                trade_name: None,
                start_date: Some(p.born),
                percentage_type: Some(Amount::cents(100)),
                document_type: Some(PartyDocument::Cpf),
                document_number: head.document,
                document_issue_date: None,
                document_expiration_date: None,
                document_country: Some("BRA".to_owned()),
                document_additional_info: None,
            }],
            financial_profile: Some(BusinessProfile {
                economic_activities: vec![EconomicActivity {
                    is_main: true,
                    code: "4712100".into(),
                }],
                informed_revenue: Some(InformedRevenue {
                    frequency: Some(Frequency::Annually),
                    frequency_additional_info: None,
                    amount: Amount::cents(self.country().scale(700_000_000)),
                    currency: self.country().currency().into(),
                    year: u16::try_from(self.today().year() - 1).unwrap_or(2000),
                }),
                patrimony: None,
            }),
            financial_relation: Some(BusinessRelation {
                start_date: Moment(self.customer_since()),
                product_services: vec!["CONTA_DEPOSITO_A_VISTA".into()],
                procurators: Vec::new(),
                products: self.products(),
            }),
        }
    }

    fn customer_since(&self) -> Timestamp {
        midnight(in_month(month_of(self.world.person.born) + 12 * 20, 1))
    }

    fn products(&self) -> Vec<Product> {
        let of = |book: &Book| {
            let account = self.account(book);
            Product {
                kind: match book.purse {
                    Purse::Checking => Some(ProductType::Checking),
                    _ => Some(ProductType::Savings),
                },
                subtype: Some("INDIVIDUAL".to_owned()),
                agency: account.agency,
                clearing_code: "880".into(),
                number: account.number.unwrap_or_default(),
                check_digit: account.check_digit.unwrap_or_default(),
            }
        };
        let deposits = |b: &&Book| matches!(b.purse, Purse::Checking | Purse::Savings);
        self.books.accounts.iter().filter(deposits).map(of).collect()
    }
}

/// One of the three shapes of owners.
pub(super) enum Owner {
    Generic(Box<OwnerGeneric>),
    Individual(Box<OwnerIndividual>),
    Business(Box<OwnerBusiness>),
}

/// The number that all sandbox banks of Brazil vouch with.
pub(super) const BANK_CNPJ: &str = "00000000000191";

fn tax_document(p: &Person) -> TaxDocument {
    TaxDocument { document_type: p.document_type.into(), document_number: p.document.clone() }
}
fn address(p: &Person) -> Address {
    Address {
        is_main: true,
        address: p.street.clone(),
        additional_info: None,
        district_name: Some("Centro".to_owned()),
        town: p.city.name.into(),
        town_code: Some(p.city.code.to_owned()),
        state: Some(p.city.state.to_owned()),
        postcode: p.postcode.clone(),
        country_name: "Brasil".into(),
        country_code: Some("BRA".to_owned()),
        latitude: None,
        longitude: None,
    }
}
fn phone(p: &Person) -> Phone {
    Phone {
        is_main: true,
        kind: Some(PhoneType::Mobile),
        additional_info: None,
        number: p.phone.clone(),
        country_code: Some(p.country.dialling().to_owned()),
        area_code: Some(p.area_code.to_owned()),
        extension: None,
    }
}

/// What an account's kind and the account itself are called.
fn names(country: Country, purse: Purse, company: bool) -> (&'static str, &'static str) {
    match (country, purse, company) {
        (Country::Mexico, Purse::Checking, false) => ("Cuenta de cheques", "Cuenta Nómina"),
        (Country::Mexico, Purse::Checking, true) => ("Cuenta de cheques", "Cuenta Empresarial"),
        (Country::Mexico, Purse::Savings, _) => ("Cuenta de ahorro", "Ahorro Meta"),
        (Country::Mexico, Purse::Card, _) => ("Tarjeta de crédito", "Tarjeta Oro"),
        (Country::Mexico, Purse::Loan, _) => ("Crédito", "Crédito Automotriz"),
        (Country::Colombia, Purse::Checking, _) => ("Cuenta corriente", "Cuenta Corriente"),
        (Country::Colombia, Purse::Savings, _) => ("Cuenta de ahorros", "Ahorros Futuro"),
        (Country::Colombia, Purse::Card, _) => ("Tarjeta de crédito", "Tarjeta Clásica"),
        (Country::Colombia, Purse::Loan, _) => ("Crédito", "Crédito de Vehículo"),
        (Country::Brazil, Purse::Checking, _) => ("CONTA_DEPOSITO_A_VISTA", "Conta Corrente"),
        (Country::Brazil, Purse::Savings, _) => ("CONTA_POUPANCA", "Poupança"),
        (Country::Brazil, Purse::Card, _) => ("CARTAO_CREDITO", "Cartão Platina"),
        (Country::Brazil, Purse::Loan, _) => ("FINANCIAMENTO", "Financiamento de Veículo"),
        (Country::Chile, Purse::Checking, false) => ("Cuenta vista", "Cuenta Vista"),
        (Country::Chile, Purse::Checking, true) => ("Cuenta corriente", "Cuenta Corriente Empresa"),
        (Country::Chile, Purse::Savings, _) => ("Cuenta de ahorro", "Ahorro Cordillera"),
        (Country::Chile, Purse::Card, _) => ("Tarjeta de crédito", "Tarjeta Araucaria"),
        (Country::Chile, Purse::Loan, _) => ("Crédito de consumo", "Crédito Automotriz"),
        (_, Purse::Receivables, _) => ("RECEBIVEIS", "Vendas no Cartão"),
    }
}

/// The balances that an institution states for each account, by its key.
pub(super) fn stated_by_key(
    showing: &Showing<'_>,
    books: &[&Book],
    window: Window,
) -> BTreeMap<String, crate::talk::Stated> {
    let of = |book: &&Book| {
        let (opening, closing) = Showing::stated(book, window);
        let stated = crate::talk::Stated {
            opening: Some(Amount::cents(opening)),
            closing: Some(Amount::cents(closing)),
        };
        (showing.key(book.purse), stated)
    };
    books.iter().map(of).collect()
}
