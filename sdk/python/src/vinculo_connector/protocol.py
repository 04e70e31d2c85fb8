"""Made from sdk/schema/protocol-1.json by sdk/generate.py. Do not edit."""

from __future__ import annotations

from typing import Any, Literal, TypedDict, Union

__all__ = [
    "Account",
    "AccountStatement",
    "Address",
    "Answer",
    "AssessmentBusiness",
    "AssessmentIndividual",
    "AuthorizedDocument",
    "Balance",
    "BalanceSheet",
    "BalanceSnapshot",
    "BalloonPayment",
    "Bill",
    "BillPayment",
    "Blob",
    "BrokerNote",
    "BusinessPatrimony",
    "BusinessProfile",
    "BusinessRelation",
    "Card",
    "Challenge",
    "Checkpoint",
    "Collateral",
    "Consent",
    "ContractedCharge",
    "CostsBusiness",
    "Counterparty",
    "Covered",
    "CreditAvailable",
    "CreditCardBill",
    "CreditCardData",
    "CreditData",
    "CreditLimit",
    "CrossStreets",
    "CurrentAssets",
    "CurrentEmploymentMexico",
    "CurrentJob",
    "CurrentLiabilities",
    "CurrentPersonalData",
    "DailyBalance",
    "Days",
    "DebtReportChile",
    "DebtToBank",
    "Debtor",
    "DebtorChile",
    "DeclarantBusiness",
    "DeclarantDocument",
    "DeclarantIndividual",
    "DeclarationForm",
    "DeclarationOffice",
    "Described",
    "Document",
    "Earning",
    "EconomicActivity",
    "Email",
    "EmployerBrazil",
    "EmployerColombia",
    "EmploymentBrazil",
    "EmploymentColombia",
    "EmploymentDocument",
    "EmploymentRecord",
    "EmploymentScore",
    "Entitlements",
    "EntityActivity",
    "EntityAddress",
    "EntityDetails",
    "EntityEmail",
    "EntityPhone",
    "Equity",
    "EquityBusiness",
    "EquityHolder",
    "EquityIndividual",
    "Error",
    "Exchange",
    "ExchangeHistory",
    "Fee",
    "Fetch",
    "Filiation",
    "FinanceCharge",
    "FinancialStatement",
    "FiscalOffice",
    "Fund",
    "FundClassification",
    "FundIdentification",
    "Host",
    "Identity",
    "IdentityDocument",
    "IncomeBusiness",
    "IncomeBySource",
    "IncomeIndividual",
    "IncomeStatement",
    "IndividualPatrimony",
    "IndividualProfile",
    "IndividualRelation",
    "InformedIncome",
    "InformedRevenue",
    "Initialize",
    "Initialized",
    "Installments",
    "Instrument",
    "InstrumentFee",
    "InstrumentName",
    "InstrumentRate",
    "InterestRate",
    "InterestRateData",
    "InvestmentBalance",
    "InvestmentBrazil",
    "InvestmentTransactionBrazil",
    "InvestmentTransactionLegacy",
    "InvestmentsPortfolio",
    "InvoiceChile",
    "InvoiceColombia",
    "InvoiceLine",
    "InvoiceLineColombia",
    "InvoiceMexico",
    "Job",
    "JobEvent",
    "LoanData",
    "LoanPayment",
    "LoanPaymentCharge",
    "LoanPaymentFee",
    "Log",
    "LoggedIn",
    "Login",
    "Merchant",
    "MonthSumChile",
    "Nationality",
    "NationalityDocument",
    "NonCurrentAssets",
    "NonCurrentLiabilities",
    "Nothing",
    "OccupationBrazil",
    "Overdraft",
    "OwnerBusiness",
    "OwnerGeneric",
    "OwnerIndividual",
    "PaidInvoice",
    "PartnershipStake",
    "Party",
    "PartyDetails",
    "Payment",
    "Payroll",
    "PayrollAccount",
    "PayrollAmount",
    "PensionIndividual",
    "Permissions",
    "PersonalData",
    "Phone",
    "Procurator",
    "Product",
    "Progress",
    "PropertyTax",
    "PropertyTaxPayment",
    "PublicId",
    "PurchaseChile",
    "Reason",
    "ReceivablesData",
    "ReceivablesFee",
    "ReceivablesTransaction",
    "Record",
    "RedemptionCondition",
    "RegimeChile",
    "RelatedInvoice",
    "Remark",
    "Removed",
    "Remuneration",
    "Representative",
    "Retained",
    "RetainedTax",
    "SalaryBrazil",
    "SalaryColombia",
    "SalaryEstimate",
    "SalaryPortability",
    "SaleChile",
    "Share",
    "SocialSecurity",
    "Stated",
    "StatementLine",
    "TaxActivity",
    "TaxAddress",
    "TaxComplianceStatus",
    "TaxDeclarationBusiness",
    "TaxDeclarationIndividual",
    "TaxDetails",
    "TaxDocument",
    "TaxObligation",
    "TaxPayer",
    "TaxRegime",
    "TaxRetention",
    "TaxReturnBusiness",
    "TaxReturnBusinessMonthly",
    "TaxReturnPersonal",
    "TaxReturnPersonalMonthly",
    "TaxStatus",
    "TaxStatusChile",
    "TaxTotal",
    "Transaction",
    "TransferredTax",
    "VoucherPayment",
    "Warnings",
    "Words",
    "YearTotalsIndividual",
    "AddressRole",
    "Amount",
    "BalanceType",
    "BillPaymentMode",
    "BillPaymentType",
    "BillStatus",
    "CardCredit",
    "CardFee",
    "CardUse",
    "Category",
    "ChallengeKind",
    "ConsentStatus",
    "ContractType",
    "ContractedChargeType",
    "CounterpartyType",
    "CreditLimitType",
    "DebtorDocument",
    "Decimal",
    "Direction",
    "DocumentChile",
    "DocumentType",
    "EmailRole",
    "EmploymentDocumentType",
    "EmploymentStatus",
    "ExchangeType",
    "FeeCharge",
    "FeeChargeType",
    "FeeType",
    "FinanceChargeType",
    "FraudStatus",
    "Frequency",
    "Gender",
    "Indexer",
    "InstallmentFrequency",
    "InstrumentTransactionType",
    "InstrumentType",
    "InvestmentType",
    "Invoice",
    "InvoiceStatusChile",
    "InvoiceType",
    "InvoiceTypeColombia",
    "JobEventType",
    "Kind",
    "Level",
    "MaritalStatus",
    "Moment",
    "Network",
    "OccupationCode",
    "Outcome",
    "Owner",
    "Parent",
    "PartyDocument",
    "PartyType",
    "PaymentMethod",
    "PaymentMethodColombia",
    "PaymentType",
    "Periodicity",
    "PersonType",
    "PhoneKind",
    "PhoneType",
    "PortfolioType",
    "Problem",
    "ProcuratorType",
    "ProductType",
    "RatePeriod",
    "RateType",
    "ReceivablesFeeType",
    "ReceiverNationality",
    "ReferenceIndexType",
    "RetentionStatus",
    "SalaryKind",
    "SalaryType",
    "SaleStatus",
    "SettlementMethod",
    "Status",
    "StatusChange",
    "Subcategory",
    "TaxDeclaration",
    "TaxReturn",
    "TaxType",
    "Term",
    "TransactionCategory",
    "Unavailability",
]



class _Account(TypedDict):
    balance: Balance
    """How much is in it, or owed."""


class Account(_Account, total=False):
    """An account as its institution describes it."""

    agency: str | None
    """The branch that keeps it."""
    balance_type: BalanceType | None
    bank_product_id: str | None
    """Deprecated."""
    category: Category | None
    check_digit: str | None
    """The digit that proves `number`."""
    credit_data: CreditData | None
    currency: str | None
    """ISO 4217 code of every amount here."""
    funds_data: list[Fund] | None
    """Only on pension accounts: the funds it holds."""
    internal_identification: str | None
    """The institution's own key."""
    loan_data: LoanData | None
    name: str | None
    """What the institution calls the account itself."""
    number: str | None
    """Its number, as the institution prints it."""
    overdraft: Overdraft | None
    public_identification_name: str | None
    """Which public identifier `public_identification_value` is: `CLABE`, `AGENCY/ACCOUNT`."""
    public_identification_value: str | None
    """What others need to send money here; on cards, their numbers joined by commas."""
    receivables_data: ReceivablesData | None
    subtype: str | None
    """What the institution calls this variety of it."""
    type: str | None
    """What the institution calls this kind of account."""


class _AccountStatement(TypedDict):
    period_end_date: str
    """The last day."""
    period_start_date: str
    """The first day."""


class AccountStatement(_AccountStatement, total=False):
    """What a bank says of an account's month."""

    CLABE: str | None
    """The account's number between banks; Mexico."""
    RFC: str | None
    """The customer's tax number; Mexico."""
    account_number: str | None
    """The account's number, as the bank prints it."""
    client_number: str | None
    """The bank's number of the customer."""
    cut_date: str | None
    """The day on which the bank closed the period."""
    final_balance: Amount | None
    previous_balance: Amount | None
    total_inflow_amount: Amount | None
    total_inflow_transactions: int | None
    """How often something came in."""
    total_outflow_amount: Amount | None
    total_outflow_transactions: int | None
    """How often something went out."""
    transactions: list[StatementLine]
    """The movements that were booked in the period, the earliest first."""


class _Address(TypedDict):
    address: str
    """Street and number."""
    country_name: str
    """Country."""
    is_main: bool
    """Whether it is the one to use."""
    postcode: str
    """Postal code."""
    town: str
    """Town."""


class Address(_Address, total=False):
    """Where someone is."""

    additional_info: str | None
    """Floor, flat, entrance."""
    country_code: str | None
    """ISO 3166 alpha-3."""
    district_name: str | None
    """Part of the town."""
    latitude: str | None
    """Degrees north."""
    longitude: str | None
    """Degrees east."""
    state: str | None
    """State."""
    town_code: str | None
    """Seven digits of IBGE."""


class Answer(TypedDict):
    """The answer to `challenge`."""

    answer: str
    """Empty for `push`, `qr` and `redirect`; base64 for `file`."""


class AssessmentBusiness(TypedDict, total=False):
    """A company's tax."""

    fortuitous_profit_tax: Amount
    """On gains by chance."""
    net_income_tax: Amount
    """After what is credited."""
    net_income_taxable: Amount
    """The income that is taxed."""
    total_balance_in_favor: Amount
    """What was paid too much."""
    total_balance_payable: Amount
    """What is still to be paid."""
    total_payment: Amount
    """What is to be paid together."""
    total_tax_due: Amount
    """All that is due."""
    total_tax_on_taxable_net_income: Amount
    """On the taxed income."""
    total_withholdings_for_the_taxable_year_to_be_declared: Amount
    """What was withheld."""


class AssessmentIndividual(TypedDict, total=False):
    """A person's tax."""

    balance_payable: Amount
    """What is still to be paid."""
    balance_refundable: Amount
    """What was paid too much."""
    fortuitous_profit_tax: Amount
    """On gains by chance."""
    net_income_tax: Amount
    """After what is credited."""
    previous_year_balance: Amount
    """What was over from the year before."""
    total_payment: Amount
    """What is to be paid together."""
    total_tax_due: Amount
    """All that is due."""
    total_tax_on_taxable_net_income: Amount
    """On the taxed income."""
    total_withheld_tax: Amount
    """What was withheld."""


class AuthorizedDocument(TypedDict):
    """Something that somebody may issue."""

    authorization_date: str
    """Since when."""
    document_limit: int
    """How many of it."""
    type: str
    """What."""


class Balance(TypedDict, total=False):
    """How much is in an account. On a card: spent in the open period, and what is left to spend. On
    a loan: still to pay, and what would pay it off today."""

    automatically_invested: Amount | None
    available: Amount | None
    blocked: Amount | None
    current: Amount | None


class BalanceSheet(TypedDict, total=False):
    """What there was when a year ended."""

    current_assets: CurrentAssets
    """What turns into money within a year."""
    current_liabilities: CurrentLiabilities
    """What is owed within a year."""
    equity: Equity
    """What belongs to the owners."""
    non_current_assets: NonCurrentAssets
    """What stays longer."""
    non_current_liabilities: NonCurrentLiabilities
    """What is owed later."""


class _BalanceSnapshot(TypedDict):
    account_internal_identification: str
    """The institution's own key of the account."""
    automatically_invested: Amount
    """Put into an investment every evening by itself."""
    available: Amount
    """Free to use."""
    blocked: Amount
    """Held."""
    currency: str
    """ISO 4217."""


class BalanceSnapshot(_BalanceSnapshot, total=False):
    """What is in an account at the moment of asking."""

    last_updated_at: Moment | None


class BalloonPayment(TypedDict, total=False):
    """A single large instalment."""

    amount: Amount | None
    currency: str | None
    """ISO 4217."""
    due_date: str | None
    """When it is due."""


class Bill(TypedDict, total=False):
    """What a card's period came to."""

    bill_name: str | None
    """What the institution calls it, mostly its month."""
    currency: str | None
    """ISO 4217."""
    due_date: str | None
    """When it is to be paid."""
    finance_charges: list[FinanceCharge]
    """What it charges for credit and for being late."""
    internal_identification: str | None
    """The institution's own key."""
    is_installment: bool | None
    """Whether it may be paid in instalments."""
    minimum_amount: Amount | None
    payments: list[BillPayment]
    """What was paid on it."""
    total_amount: Amount | None


class BillPayment(TypedDict, total=False):
    """What was paid on a bill."""

    amount: Amount | None
    currency: str | None
    """ISO 4217."""
    payment_date: str | None
    """When."""
    payment_mode: BillPaymentMode | None
    type: BillPaymentType | None


class _Blob(TypedDict):
    data: str
    """The piece, in base64."""
    id: str
    """The document's id, new in this fetch."""
    media_type: str
    """`application/pdf`."""


class Blob(_Blob, total=False):
    """`blob`: a piece of a document that records of this fetch refer to by its id."""

    last: bool
    """Whether it is the last piece of its document."""


class BrokerNote(TypedDict):
    """A broker's note: all that was traded on one day."""

    broker_note_number: str
    """Its number."""
    brokerage_fee: Amount
    """What the broker takes."""
    clearing_custody_fee: Amount
    """What custody costs."""
    clearing_registration_fee: Amount
    """What registering at the clearing house costs."""
    clearing_settlement_fee: Amount
    """What clearing and settling cost."""
    gross_value: Amount
    """All that was bought and sold."""
    income_tax: Amount
    """The tax on income."""
    net_value: Amount
    """What remains."""
    stock_exchange_asset_trade_notice_fee: Amount
    """What the exchange takes for its notices."""
    stock_exchange_fee: Amount
    """What the exchange takes for its registry."""
    taxes: Amount
    """Taxes but that on income."""


class BusinessPatrimony(TypedDict):
    """What a company says it owns."""

    amount: Amount
    """How much."""
    currency: str
    """ISO 4217."""
    date: str
    """As of when."""


class _BusinessProfile(TypedDict):
    economic_activities: list[EconomicActivity]
    """What it does."""


class BusinessProfile(_BusinessProfile, total=False):
    """What a company says it turns over and owns."""

    informed_revenue: InformedRevenue | None
    patrimony: BusinessPatrimony | None


class BusinessRelation(TypedDict):
    """What a company has at the institution."""

    procurators: list[Procurator]
    """Who may act for it."""
    product_services: list[str]
    """Which products, by code."""
    products: list[Product]
    """Its accounts."""
    start_date: Moment
    """Since when."""


class Card(TypedDict):
    """A card."""

    identification_number: str
    """Its number, mostly its last four digits."""
    is_multiple: bool
    """Whether it is one of several of its account."""


class _Challenge(TypedDict):
    kind: ChallengeKind
    """What is asked for."""
    prompt: str
    """What the person should do, in words."""


class Challenge(_Challenge, total=False):
    """`challenge`: asks the end user, while `login` or `fetch` is at work."""

    attempt: int
    """Counts from 1, and grows when the last answer was wrong."""
    expires_in_seconds: int
    """How long an answer is accepted."""
    hint: str | None
    """Where the answer is found or what it looks like."""
    options: list[str]
    """The choices of a `choice`."""
    translations: dict[str, Words]
    """Both in other languages, by their BCP 47 tags (`es`, `pt`): the person is shown their own."""
    value: str | None
    """The number to show, the content of the QR code, the picture (a `data:` URL) or the page."""


class Checkpoint(TypedDict):
    """`checkpoint`: everything before is said."""

    cursor: str
    """From where a reading that breaks off may go on; at most 4 KiB."""


class Collateral(TypedDict):
    """What stands behind a loan."""

    amount: Amount
    """What it is worth."""
    currency: str
    """ISO 4217."""
    subtype: str
    """Which variety of it."""
    type: str
    """What kind of thing."""


class _Consent(TypedDict):
    document_number: str
    """Their tax number, digits alone."""
    permissions: Permissions
    """What was allowed, by family."""


class Consent(_Consent, total=False):
    """What somebody allowed."""

    consent_duration: int | None
    """For how many days."""
    display_name: str | None
    """Who did."""
    expired_at: Moment | None
    status: ConsentStatus | None
    unavailable_resources: list[Unavailability]
    """How some of what was allowed cannot be read; left out where all of it can."""
    undefined_consent_expiration: bool
    """Whether it has no end."""
    user_name: str | None
    """By which name they were sent to the institution."""


class ContractedCharge(TypedDict, total=False):
    """What a contract charges for being late."""

    info: str | None
    """Says more."""
    rate: Amount | None
    type: ContractedChargeType | None


class CostsBusiness(TypedDict, total=False):
    """A company's costs."""

    administration_expenses: Amount
    """Of being run."""
    costs: Amount
    """Of what it sold."""
    distribution_and_sales_expenses: Amount
    """Of selling."""
    financial_expenses: Amount
    """Of money."""
    total_costs_and_deductible_expenses: Amount
    """All of it."""


class Counterparty(TypedDict, total=False):
    """Who was at the other end."""

    agency: str | None
    """Their branch."""
    check_digit: str | None
    """The digit that proves `number`."""
    clearing_code: str | None
    """Code of their bank."""
    document_number: str | None
    """Tax number."""
    number: str | None
    """Their account."""
    type: CounterpartyType | None


class Covered(TypedDict, total=False):
    """The answer to `fetch`: how much of what was asked was really seen."""

    accounts: dict[str, Share]
    """What was seen of single accounts, where it is not the same for all: it takes the place of
    `window` and `complete`."""
    complete: bool
    """The institution's own end of that window was reached, for every account. In doubt `false`."""
    format: str | None
    """The form in which it came, where there are several: `ofx`."""
    remarks: list[Remark]
    """What was wrong with what was read, for the person who can mend it."""
    removed: list[Removed]
    """What the institution itself said that it removed."""
    stated: dict[str, Stated]
    """Balances that the institution stated around the window, by account."""
    window: Days | None
    """The days really covered, if the resource has days."""


class _CreditAvailable(TypedDict):
    financial_institution: str
    """The bank."""


class CreditAvailable(_CreditAvailable, total=False):
    """What one bank would still lend."""

    direct_amount: Amount | None
    indirect_amount: Amount | None


class CreditCardBill(TypedDict, total=False):
    """Points to a bill."""

    internal_identification: str | None
    """The institution's key of it."""


class CreditCardData(TypedDict, total=False):
    """The bill of a card that a movement is on."""

    bill_amount: Amount | None
    bill_due_date: str | None
    """When the bill is due."""
    bill_internal_identification: str | None
    """The institution's key of the bill."""
    bill_name: str | None
    """What the institution calls the bill; null until it is closed."""
    bill_status: BillStatus | None
    card_number: str | None
    """The card, mostly its last four digits."""
    collected_at: Moment | None
    credit_card_bill: CreditCardBill | None
    credits_type: CardCredit | None
    credits_type_additional_info: str | None
    """Says more about the credit."""
    fee_type: CardFee | None
    fee_type_additional_info: str | None
    """Says more about the fee."""
    installment_identifier: str | None
    """The institution's key of the plan of instalments."""
    number_of_installments: int | None
    """How many instalments the plan has."""
    previous_bill_total: str | None
    """What the bill before came to."""


class CreditData(TypedDict, total=False):
    """What only credit cards have."""

    cards: list[Card] | None
    """The cards of the account."""
    collected_at: Moment | None
    credit_limit: Amount | None
    cutting_date: str | None
    """The last day of the period; in Brazil, the day the bill is due."""
    end_date: str | None
    """Deprecated."""
    interest_rate: Amount | None
    last_payment_date: str | None
    """Deprecated."""
    last_period_balance: Amount | None
    limits: list[CreditLimit] | None
    """Limits of single cards or uses."""
    minimum_payment: Amount | None
    monthly_payment: Amount | None
    network: Network | None
    network_additional_info: str | None
    """Says more when the network is `OTHER`."""
    next_payment_date: str | None
    """When the next payment is due."""
    no_interest_payment: Amount | None


class _CreditLimit(TypedDict):
    available_amount: Amount
    """Left."""
    consolidation_type: str
    """Whether cards share it."""
    is_limit_flexible: bool
    """Whether the institution moves the limit by itself."""
    type: CreditLimitType
    """What it limits."""


class CreditLimit(_CreditLimit, total=False):
    """One limit of a card account."""

    credit_limit: Amount | None
    identification_number: str | None
    """The card's number, mostly its last four digits."""
    line_name: str | None
    """The use that it limits."""
    line_name_additional_info: str | None
    """Says more about that use."""
    used_amount: Amount | None


class CrossStreets(TypedDict, total=False):
    """The streets to either side of an address."""

    street_one: str | None
    """The first."""
    street_two: str | None
    """The second."""


class CurrentAssets(TypedDict, total=False):
    """What turns into money within a year."""

    accounts_receivable: Amount | None
    assets_available_for_sale: Amount | None
    bad_debt_provision: Amount | None
    cash_and_equivalents: Amount | None
    inventory: Amount | None
    notes_receivable: Amount | None
    other_debtors: Amount | None
    prepaid_expenses: Amount | None
    short_term_investments: Amount | None
    tax_recoverable: Amount | None
    total: Amount | None


class _CurrentEmploymentMexico(TypedDict):
    personal_data: CurrentPersonalData
    """The person."""
    status: EmploymentStatus
    """`EMPLOYED` or `UNEMPLOYED`."""


class CurrentEmploymentMexico(_CurrentEmploymentMexico, total=False):
    """The jobs of one month."""

    current_employment_records: list[CurrentJob] | None
    """The jobs; null without work."""
    internal_identification: str | None
    """The person's CURP; null without work."""
    month: str | None
    """Which, `YYYY-MM`; null without work."""


class _CurrentJob(TypedDict):
    days_employed: int
    """For how many days by now."""
    employer: str
    """The employer."""
    employer_id: str
    """The employer's number in the register."""
    employer_rfc: str
    """The employer's tax number."""
    state: str
    """The state where it is."""


class CurrentJob(_CurrentJob, total=False):
    """A job that somebody has."""

    base_salary: Amount | None
    monthly_salary: Amount | None


class CurrentLiabilities(TypedDict, total=False):
    """What is owed within a year."""

    accounts_payable: Amount | None
    bank_loans: Amount | None
    customer_advances: Amount | None
    financial_instruments: Amount | None
    income_tax_payable: Amount | None
    notes_payable: Amount | None
    other_creditors: Amount | None
    provisions: Amount | None
    taxes_payable: Amount | None
    total: Amount | None


class _CurrentPersonalData(TypedDict):
    document_ids: list[EmploymentDocument]
    """Documents."""


class CurrentPersonalData(_CurrentPersonalData, total=False):
    """Whose jobs they are."""

    birth_date: str | None
    """Born."""
    first_name: str | None
    """The first name."""
    last_name: str | None
    """The family names."""
    official_name: str | None
    """The whole name."""


class _DailyBalance(TypedDict):
    balance: Amount
    """What was in it."""
    value_date: str
    """The day."""


class DailyBalance(_DailyBalance, total=False):
    """What was in an account at the end of a day."""

    current_balance: Amount | None
    statement: str | None
    """Deprecated."""

Days = TypedDict("Days", {"from": "str", "to": "str"})
"""Days from first to last, both included."""


class _DebtReportChile(TypedDict):
    currency: str
    """ISO 4217."""
    debt_data_last_update: str
    """As of this day."""
    personal_data: DebtorChile
    """Whose they are."""


class DebtReportChile(_DebtReportChile, total=False):
    """Somebody's debts as of a day."""

    credit_lines: list[CreditAvailable] | None
    """Credit that could still be drawn."""
    current: Amount | None
    defaulted: Amount | None
    delinquent: Amount | None
    direct_debts: list[DebtToBank] | None
    """As the debtor."""
    indirect_debts: list[DebtToBank] | None
    """As a guarantor."""
    other_credits: list[CreditAvailable] | None
    """Other credit."""
    severely_delinquent: Amount | None
    total: Amount | None


class _DebtToBank(TypedDict):
    amount: Amount
    """All of it."""
    credit_type: str
    """`Vivienda`, `Comercial`, `Consumo` or `Otro`."""
    financial_institution: str
    """The bank."""


class DebtToBank(_DebtToBank, total=False):
    """What is owed to one bank."""

    current: Amount | None
    defaulted: Amount | None
    delinquent: Amount | None
    severely_delinquent: Amount | None


class Debtor(TypedDict):
    """Who owes an investment."""

    id_document_number: str
    """Their tax number."""
    name: str
    """Their name."""


class DebtorChile(TypedDict):
    """Who owes."""

    document_id_number: str
    """The RUT."""
    document_id_type: DebtorDocument
    """Always `RUT`."""
    full_name: str
    """The whole name."""


class _DeclarantBusiness(TypedDict):
    company_name: str
    """The company's name."""
    document_id: DeclarantDocument
    """Its document."""
    main_economic_activity: str
    """What it does, by its code."""
    reporting_id: DeclarationOffice
    """Where it declares."""


class DeclarantBusiness(_DeclarantBusiness, total=False):
    """A company that declares, or a person on the form of companies."""

    first_last_name: str | None
    """First surname."""
    first_name: str | None
    """First name."""
    other_names: str | None
    """Other names."""
    second_last_name: str | None
    """Second surname."""


class DeclarantDocument(TypedDict):
    """The document of a taxpayer."""

    document_number: str
    """Its number."""
    document_type: str
    """`NIT` or another."""


class DeclarantIndividual(TypedDict):
    """A person who declares."""

    document_id: DeclarantDocument
    """Their document."""
    first_last_name: str
    """First surname."""
    first_name: str
    """First name."""
    main_economic_activity: str
    """What they do, by its code."""
    other_names: str
    """Other names."""
    reporting_id: DeclarationOffice
    """Where they declare."""
    second_last_name: str
    """Second surname."""


class _DeclarationForm(TypedDict):
    form_number: str
    """The number under which it was filed."""
    name: str
    """Its title."""
    type: str
    """Its number: `110` or `210`."""


class DeclarationForm(_DeclarationForm, total=False):
    """The form."""

    year: int | None
    """The year that it is about."""


class DeclarationOffice(TypedDict):
    """The office of the authority."""

    reporting_type: str
    """What the value is: the code of the section."""
    reporting_value: str
    """The code."""


class Described(TypedDict):
    """The answer to `describe`: as in the manifest."""

    challenges: list[ChallengeKind]
    """The kinds of challenges that it may raise."""
    institutions: list[str]
    """The names of its institutions."""
    resources: list[str]
    """The resources that any of them can answer."""


class Document(TypedDict, total=False):
    """A document by kind and number."""

    document_number: str | None
    """Its number."""
    document_type: str | None
    """`CURP`, `RFC`, `CC`, `CPF`."""


class _Earning(TypedDict):
    taxable_amount: Amount
    """The part that is taxed."""
    vat_free_amount: Amount
    """The part that is not."""


class Earning(_Earning, total=False):
    """Something that was earned."""

    type: str | None
    """What, by its code."""


class EconomicActivity(TypedDict):
    """Something that a company does."""

    code: str
    """CNAE code."""
    is_main: bool
    """Whether it is the main thing."""


class Email(TypedDict):
    """Where to write."""

    email: str
    """The address."""
    is_main: bool
    """Whether it is the one to use."""


class EmployerBrazil(TypedDict):
    """An employer of Brazil."""

    code: str
    """Its number at the institution."""
    economic_activity: str
    """CNAE code."""
    name: str
    """What it is called."""


class EmployerColombia(TypedDict, total=False):
    """Who pays into social security."""

    contributor_class_code: str | None
    """The code of the class."""
    contributor_class_code_description: str | None
    """The class."""
    contributor_type_code: int | None
    """The code of the type."""
    contributor_type_description: str | None
    """The type."""
    economic_activity_code: int | None
    """The code of the main activity."""
    economic_activity_code_description: str | None
    """The main activity."""
    id_number: int | None
    """The number of that."""
    id_type: str | None
    """`NIT`, `CE`, `CC` or `PASSPORT`."""
    name: str | None
    """The registered name."""
    tenure: int | None
    """For how many months the person worked there."""


class _EmploymentBrazil(TypedDict):
    employer_data: EmployerBrazil
    """The employer."""
    occupations: list[OccupationBrazil]
    """What the person did there."""
    salaries: list[SalaryBrazil]
    """What was paid, month by month."""
    start_date: str
    """The first day."""


class EmploymentBrazil(_EmploymentBrazil, total=False):
    """A contract with an employer."""

    end_date: str | None
    """The last day; null while it lasts."""


class _EmploymentColombia(TypedDict):
    employer_data: EmployerColombia
    """The employer."""


class EmploymentColombia(_EmploymentColombia, total=False):
    """A time with an employer."""

    salary_and_benefit_details: list[SalaryColombia] | None
    """What was paid, month by month."""


class EmploymentDocument(TypedDict, total=False):
    """A document of somebody."""

    document_number: str | None
    """Its number."""
    document_type: EmploymentDocumentType | None


class _EmploymentRecord(TypedDict):
    employment_records: list[Job]
    """The jobs."""
    internal_identification: str
    """The person's CURP."""
    personal_data: PersonalData
    """The person."""


class EmploymentRecord(_EmploymentRecord, total=False):
    """A report on all of somebody's jobs."""

    days_since_extraction: int
    """How many days old it is when it is shown."""
    employment_scores: list[EmploymentScore] | None
    """How likely the person is to keep a job; null without a model."""
    report_date: str | None
    """The day of the report; that of reading where the institution does not say."""
    salary_estimation: SalaryEstimate | None
    social_security_summary: SocialSecurity | None


class _EmploymentScore(TypedDict):
    period: int
    """For so many months."""
    version: str
    """Which model says so."""


class EmploymentScore(_EmploymentScore, total=False):
    """How likely somebody is to keep a job."""

    score: int | None
    """300 to 900, higher is better."""


class _Entitlements(TypedDict):
    entitled_to_company_benefits: bool
    """What the employer pays besides."""
    entitled_to_health_insurance: bool
    """The public health insurance."""


class Entitlements(_Entitlements, total=False):
    """What somebody is entitled to."""

    status: EmploymentStatus | None
    valid_until: str | None
    """Until when; null while employed."""


class EntityActivity(TypedDict):
    """Something that somebody does."""

    activity: str
    """What."""
    code: str
    """The authority's code for it."""
    start_date: str
    """Since when."""
    tax_category: int
    """First or second category."""
    type: str
    """Of which broad kind."""
    vat_affected: bool
    """Whether it bears VAT."""


class EntityAddress(TypedDict):
    """Where somebody is."""

    address: str
    """The address in one line."""
    date: str
    """Since when."""
    type: AddressRole
    """What for."""


class _EntityDetails(TypedDict):
    document_id_number: str
    """The RUT."""
    document_id_type: DocumentChile
    """Always `RUT`."""
    incorporation_date: str
    """Founded, or born."""
    name: str
    """The name."""
    start_date: str
    """When it began to work."""


class EntityDetails(_EntityDetails, total=False):
    """Who it is, and since when."""

    end_date: str | None
    """When it stopped; null while it works."""


class EntityEmail(TypedDict):
    """Where to write."""

    email: str
    """The address."""
    type: EmailRole
    """What for."""


class _EntityPhone(TypedDict):
    number: str
    """The number."""


class EntityPhone(_EntityPhone, total=False):
    """Where to call."""

    type: PhoneKind | None


class Equity(TypedDict, total=False):
    """What belongs to the owners."""

    capital_reserve: Amount | None
    capital_update_excess: Amount | None
    capital_update_insufficiency: Amount | None
    controlling_interest: Amount | None
    future_capital_contributions: Amount | None
    legal_reserve: Amount | None
    non_controlling_interest: Amount | None
    other_comprehensive_income: Amount | None
    retained_earnings: Amount | None
    share_premium_on_stock_sales: Amount | None
    stockholders_equity: Amount | None
    total: Amount | None


class EquityBusiness(TypedDict, total=False):
    """What a company owns."""

    accounts_documents_and_finance_leases_receivable: Amount
    """What it is owed."""
    cash_and_cash_equivalents: Amount
    """Cash and what is as good."""
    debts: Amount
    """What it owes."""
    inventory: Amount
    """Inventory."""
    investments_and_derivative_financial_instruments: Amount
    """Investments."""
    property_plant_and_equipment_investment_properties: Amount
    """Property, plant and equipment."""
    total_gross_equity: Amount
    """All of it."""
    total_net_equity: Amount
    """What is left."""


class _EquityHolder(TypedDict):
    capital_contributed: Amount
    """What they put in."""
    capital_contribution_outstanding: Amount
    """What they still have to put in."""
    document_id_number: str
    """Their RUT."""
    document_id_type: DocumentChile
    """Always `RUT`."""
    inactive: bool
    """Whether they have stopped to work."""
    is_current: bool
    """Whether it still does."""
    name: str
    """Their name."""
    ownership_share: Amount
    """Their part of it, in percent."""
    profit_share: Amount
    """Their part of its profit, in percent."""
    start_date: str
    """Since when."""


class EquityHolder(_EquityHolder, total=False):
    """Whom a company belongs to."""

    end_date: str | None
    """Until when; null while it does."""


class EquityIndividual(TypedDict, total=False):
    """What a person owns."""

    total_debts: Amount
    """What they owe."""
    total_gross_equity: Amount
    """All of it."""
    total_net_equity: Amount
    """What is left."""


class Error(TypedDict, total=False):
    """Why a request was not answered with a result."""

    code: int
    """-32000, or one of JSON-RPC's own."""
    data: Reason | None
    """Why, by kind."""
    message: str
    """For operators."""


class _Exchange(TypedDict):
    authorized_institution_identifier: int
    """The tax number of the institution that carries it out."""
    authorized_institution_name: str
    """Its name."""
    foreign_operation_value_amount: Amount
    """How much in foreign money."""
    foreign_operation_value_currency: str
    """ISO 4217 code of that."""
    local_operation_tax_amount: Amount
    """The rate."""
    local_operation_tax_currency: str
    """ISO 4217 code of the rate."""
    local_operation_value_amount: Amount
    """How much in the country's own money."""
    local_operation_value_currency: str
    """ISO 4217 code of that."""
    operation_category_code: str
    """The central bank's code of what it is for."""
    operation_due_date: str
    """When it is to be settled; may be put off."""
    operation_identifier: str
    """The network's key."""
    operation_requested_at: Moment
    """When it was agreed."""
    operation_type: ExchangeType
    """Whether the customer buys foreign money or sells it."""


class Exchange(_Exchange, total=False):
    """A contract by which money of one country becomes that of another."""

    intermediary_institution_identifier: int | None
    """The tax number of who stands between."""
    intermediary_institution_name: str | None
    """Its name."""
    local_currency_advance_percentage: Amount | None
    operation_number: str | None
    """The central bank's number; null until it is registered there."""
    operation_outstanding_balance_amount: Amount | None
    operation_outstanding_balance_currency: str | None
    """ISO 4217 code of that."""
    settlement_method: SettlementMethod | None
    tev_amount_amount: Amount | None
    tev_amount_currency: str | None
    """ISO 4217 code of that."""


class _ExchangeHistory(TypedDict):
    event_created_at: Moment
    """When."""
    event_sequence_number: str
    """The central bank's number of the event."""
    event_type: int
    """What happened: 1 signed, 2 changed, 3 cancelled, 4 settled, 5 the rest written off, 6 that
    taken back, 9 an earlier event made void."""
    operation_identifier: str
    """The network's key of the exchange."""


class ExchangeHistory(_ExchangeHistory, total=False):
    """Something that happened to an exchange, and how it stood afterwards."""

    foreign_operation_value_amount: Amount | None
    foreign_operation_value_currency: str | None
    """ISO 4217 code of that."""
    foreign_partie_country_code: str | None
    """ISO 3166 code of their country."""
    foreign_partie_name: str | None
    """Who pays or is paid abroad."""
    foreign_partie_relationship_code: str | None
    """The code of what the other side is to the customer."""
    local_currency_advance_percentage: Amount | None
    local_operation_tax_amount: Amount | None
    local_operation_tax_currency: str | None
    """ISO 4217 code of the rate."""
    local_operation_value_amount: Amount | None
    local_operation_value_currency: str | None
    """ISO 4217 code of that."""
    operation_category_code: str | None
    """The central bank's code of what it is for."""
    operation_due_date: str | None
    """When it is to be settled."""
    operation_outstanding_balance_amount: Amount | None
    operation_outstanding_balance_currency: str | None
    """ISO 4217 code of that."""
    settlement_method: SettlementMethod | None
    tev_amount_amount: Amount | None
    tev_amount_currency: str | None
    """ISO 4217 code of that."""


class Fee(TypedDict, total=False):
    """What a loan charges besides interest."""

    code: str | None
    """Its code."""
    fee_charge: FeeCharge | None
    fee_charge_type: FeeChargeType | None
    name: str | None
    """What it is called."""
    rate: Amount | None
    type: FeeType | None
    value: Amount | None


class _Fetch(TypedDict):
    resource: str
    """Its name: `TRANSACTIONS`."""


class Fetch(_Fetch, total=False):
    """`fetch`: one resource."""

    account: str | None
    """Only this account, by the connector's own key; null for all."""
    cursor: str | None
    """The last checkpoint of a reading that broke off."""
    documents: bool
    """Whether the documents that belong to the records are wanted as blobs."""
    kind: str | None
    """Only this kind, where the resource has several: `INFLOW`; null or absent for all."""
    options: dict[str, str]
    """Further keys that the resource defines."""
    window: Days | None
    """Only these days; null for the present state or everything there is."""


class _Filiation(TypedDict):
    civil_name: str
    """The full name."""


class Filiation(_Filiation, total=False):
    """A parent."""

    social_name: str | None
    """The name they go by."""
    type: Parent | None


class FinanceCharge(TypedDict, total=False):
    """What a bill charges for credit or for being late."""

    additional_info: str | None
    """Says more."""
    amount: Amount | None
    currency: str | None
    """ISO 4217."""
    type: FinanceChargeType | None


class _FinancialStatement(TypedDict):
    currency: str
    """ISO 4217."""
    year: str
    """The year."""


class FinancialStatement(_FinancialStatement, total=False):
    """The statements of one year. Figures are of the whole year, or of its end."""

    balance_sheet: BalanceSheet
    """What there was when the year ended."""
    error: str | None
    """Why it could not be read or only in part; null where all is well."""
    income_statement: IncomeStatement
    """What the year brought and cost."""


class FiscalOffice(TypedDict):
    """The office in charge of somebody."""

    address: str
    """Where it is."""
    name: str
    """Its name."""


class Fund(TypedDict, total=False):
    """A fund of a pension account."""

    balance: Amount | None
    collected_at: Moment | None
    name: str | None
    """What it is called."""
    percentage: Amount | None
    public_identifications: list[FundIdentification] | None
    """What others know it by."""
    type: str | None
    """What kind it is."""

FundClassification = TypedDict("FundClassification", {"category": "str | None", "class": "str | None", "subclass": "str | None"}, total=False)
"""Which kind of fund something is."""


class _FundIdentification(TypedDict):
    name: str
    """Which identifier it is."""


class FundIdentification(_FundIdentification, total=False):
    """What others know a fund by."""

    value: str | None
    """The identifier."""


class Host(TypedDict):
    """Who speaks to the connector."""

    name: str
    """`vinculo`."""
    version: str
    """Its version."""


class Identity(TypedDict):
    """A connector and its version, as in its manifest."""

    id: str
    """The manifest's `id`."""
    version: str
    """The manifest's `version`."""


class _IdentityDocument(TypedDict):
    number: str
    """Its number."""


class IdentityDocument(_IdentityDocument, total=False):
    """A document."""

    additional_info: str | None
    """Says more."""
    check_digit: str
    """The digit that proves the number; empty where there is none."""
    country_of_issuance: str | None
    """Who issued it: ISO 3166 alpha-3."""
    expiration_date: str | None
    """Valid until."""
    issue_date: str | None
    """Valid from."""
    type: DocumentType | None
    type_additional_info: str | None
    """Says more about the kind."""


class IncomeBusiness(TypedDict, total=False):
    """A company's income."""

    dividends: Amount
    """Dividends."""
    gross_income_from_ordinary_activities: Amount
    """By what it does."""
    other_income: Amount
    """Anything else."""
    returns_rebates_and_discounts_on_sales: Amount
    """What it gave back."""
    total_gross_income: Amount
    """All of it."""
    total_net_income: Amount
    """What is left."""


class IncomeBySource(TypedDict, total=False):
    """A person's income by where it comes from."""

    capital_income: Amount
    """Capital."""
    earned_income: Amount
    """Employment."""
    fee_based_income: Amount
    """Fees."""
    non_labor_income: Amount
    """Anything else."""


class IncomeIndividual(TypedDict, total=False):
    """A person's income."""

    annual_totals: YearTotalsIndividual
    """The year together."""
    gross_income: IncomeBySource
    """All of it."""
    net_income: IncomeBySource
    """What is left."""
    non_taxable_income: IncomeBySource
    """What is not taxed."""


class IncomeStatement(TypedDict, total=False):
    """What a year brought and cost."""

    cost_of_goods_sold: Amount | None
    cost_of_services_sold: Amount | None
    discontinued_operations: Amount | None
    domestic_sales: Amount | None
    equity_in_earnings_of_affiliates: Amount | None
    financial_result: Amount | None
    foreign_sales: Amount | None
    gross_loss: Amount | None
    gross_profit: Amount | None
    income_before_taxes: Amount | None
    income_from_continuing_operations: Amount | None
    income_statement_financial_costs: Amount | None
    income_statement_financial_gains: Amount | None
    income_taxes: Amount | None
    loss_before_taxes: Amount | None
    loss_from_continuing_operations: Amount | None
    materials_used: Amount | None
    net_income: Amount | None
    net_loss: Amount | None
    net_revenue: Amount | None
    operating_expenses: Amount | None
    operating_income: Amount | None
    operating_loss: Amount | None


class IndividualPatrimony(TypedDict):
    """What a person says they own."""

    amount: Amount
    """How much."""
    currency: str
    """ISO 4217."""
    year: int
    """As of which year."""


class _IndividualProfile(TypedDict):
    informed_income: InformedIncome
    """What they earn."""


class IndividualProfile(_IndividualProfile, total=False):
    """What a person says they earn and own."""

    company_id: str | None
    """The employer's tax number."""
    occupation_code: OccupationCode | None
    occupation_description: str | None
    """The occupation."""
    patrimony: IndividualPatrimony | None


class _IndividualRelation(TypedDict):
    procurators: list[Procurator]
    """Who may act for them."""
    product_services: list[str]
    """Which products, by code."""
    products: list[Product]
    """Their accounts."""
    start_date: Moment
    """Since when."""


class IndividualRelation(_IndividualRelation, total=False):
    """What a person has at the institution."""

    payroll_accounts: list[PayrollAccount] | None
    """Accounts that salaries are paid into."""
    product_services_additional_info: str | None
    """Says more about the products."""
    salary_portability_requests: list[SalaryPortability] | None
    """Salaries that they had moved to another bank."""


class _InformedIncome(TypedDict):
    amount: Amount
    """How much."""
    currency: str
    """ISO 4217."""
    date: str
    """As of when."""


class InformedIncome(_InformedIncome, total=False):
    """What someone says they earn."""

    frequency: Frequency | None


class _InformedRevenue(TypedDict):
    amount: Amount
    """How much."""
    currency: str
    """ISO 4217."""
    year: int
    """As of which year."""


class InformedRevenue(_InformedRevenue, total=False):
    """What a company says it turns over."""

    frequency: Frequency | None
    frequency_additional_info: str | None
    """Says more about how often."""


class _Initialize(TypedDict):
    host: Host
    """Who the host is."""
    institution: str
    """The name of the institution that this session is for."""
    locale: str
    """The language of prompts, as in BCP 47."""
    subject: str
    """A key that means nothing and is the same each time this login is used."""
    versions: list[int]
    """What the host speaks, newest first."""


class Initialize(_Initialize, total=False):
    """`initialize`: always the first message, and the same in every version."""

    proxy: str | None
    """The only way to the network: `http://127.0.0.1:3128`. Null where there is none."""


class Initialized(TypedDict):
    """The answer to `initialize`."""

    connector: Identity
    """As in the manifest."""
    version: int
    """The newest version that both speak."""


class Installments(TypedDict, total=False):
    """In how many parts a sale is paid out."""

    paid: int | None
    """So many are paid."""
    total: int | None
    """Of so many."""


class _Instrument(TypedDict):
    currency: str
    """ISO 4217."""
    name: str
    """What it is called."""
    type: InstrumentType
    """What it is."""


class Instrument(_Instrument, total=False):
    """Something in a portfolio."""

    average_acquisition_price: Amount | None
    balance_gross: Amount | None
    balance_net: Amount | None
    fees: list[InstrumentFee] | None
    """What buying it cost."""
    id: str | None
    """Follows from the portfolio, the type and the name, so that transactions name it too."""
    interest_rates: list[InstrumentRate] | None
    """What it pays."""
    open_date: str | None
    """Since when it is held; bonds and deposits."""
    price: Amount | None
    profit: Amount | None
    public_id: list[PublicId] | None
    """What others know it by."""
    quantity: Amount | None
    redemption_conditions: list[RedemptionCondition] | None
    """How one gets out of it."""
    subtype: str | None
    """Which variety of it, in the institution's words."""


class InstrumentFee(TypedDict):
    """What buying an instrument cost."""

    type: str
    """What for."""
    value: Amount
    """How much."""


class _InstrumentName(TypedDict):
    name: str
    """What it is called."""
    type: InstrumentType
    """What it is."""


class InstrumentName(_InstrumentName, total=False):
    """An instrument, in short."""

    id: str | None
    """As in its portfolio."""


class _InstrumentRate(TypedDict):
    type: str
    """The period that it is stated for."""
    value: Amount
    """Percent; of the index, where there is one."""


class InstrumentRate(_InstrumentRate, total=False):
    """What an instrument pays."""

    index: str | None
    """The index: `CDI`."""


class InterestRate(TypedDict, total=False):
    """One part of what a loan costs."""

    interest_rate_data: InterestRateData | None
    name: str | None
    """What it is called."""
    type: RatePeriod | None
    value: Amount | None


class _InterestRateData(TypedDict):
    calculation_base: str
    """How days are counted: `30/360`."""
    post_fixed_rate: Amount
    """The part that follows the index."""
    pre_fixed_rate: Amount
    """The part that is fixed."""
    rate_type: RateType
    """Simple or compound."""
    reference_index_type: ReferenceIndexType
    """The family of the index it follows."""
    tax_type: TaxType
    """Nominal or effective."""


class InterestRateData(_InterestRateData, total=False):
    """How a Brazilian rate is reckoned."""

    additional_info: str | None
    """Says more."""
    reference_index_info: str | None
    """Says more about the index."""
    reference_index_subtype: str | None
    """The index: `CDI`, `IPCA`."""
    type: RatePeriod | None


class _InvestmentBalance(TypedDict):
    blocked_amount: Amount
    """What cannot be used."""
    gross_value: Amount
    """Before taxes and fees."""
    quantity: Amount
    """How many units."""
    reference_date: Moment
    """At which."""


class InvestmentBalance(_InvestmentBalance, total=False):
    """What an investment is worth at an instant."""

    closing_price: Amount | None
    gross_unit_price: Amount | None
    late_payment_fee: Amount | None
    net_value: Amount | None
    penalty_fee: Amount | None
    post_fixed_rate: Amount | None
    pre_fixed_rate: Amount | None
    purchase_unit_price: Amount | None
    transaction_fee: Amount | None
    unit_price_factor: Amount | None
    withheld_amount: Amount | None


class _InvestmentBrazil(TypedDict):
    balance: InvestmentBalance
    """What it is worth."""
    currency: str
    """ISO 4217."""
    product_name: str
    """What it is called: the kind of certificate, the fund, the bond, the ticker."""
    type: InvestmentType
    """Which family of products."""


class InvestmentBrazil(_InvestmentBrazil, total=False):
    """One position: a security, a fund, a bond."""

    classification_details: FundClassification | None
    clearing_code: str | None
    """The registrar's code; only of fixed income."""
    debtor_details: Debtor | None
    due_date: str | None
    """When it falls due; fixed income and treasury bonds."""
    grace_period_date: str | None
    """Until when it cannot be given back; only of fixed income."""
    is_tax_exempt: bool | None
    """Whether its income is free of tax; only of credit."""
    isin_number: str | None
    """ISIN."""
    issue_date: str | None
    """When it was issued; only of fixed income."""
    issue_unit_price: Amount | None
    issuer_id_number: str | None
    """The tax number of the issuer or of the fund; none for treasury bonds."""
    purchase_date: str | None
    """When it was bought; fixed income and treasury bonds."""
    remuneration: Remuneration | None
    voucher_payment_details: VoucherPayment | None


class InvestmentTransactionBrazil(TypedDict, total=False):
    """What was put into an investment or taken out of it."""

    broker_note_details: BrokerNote | None
    exit_fee: Amount | None
    gross_value: Amount | None
    income_tax: Amount | None
    indexer_percentage: Amount | None
    internal_identification: str | None
    """The institution's own key."""
    net_value: Amount | None
    price_factor: Amount | None
    quantity: Amount | None
    rate: Amount | None
    subtype: str | None
    """What was done, in the network's words: `APLICACAO`, `COMPRA`, `RESGATE`."""
    subtype_additional_info: str | None
    """Says more where it is none of those."""
    transaction_tax: Amount | None
    type: Direction | None
    unit_price: Amount | None
    value: Amount | None
    value_date: str | None
    """The day on which it counts."""


class _InvestmentTransactionLegacy(TypedDict):
    currency: str
    """ISO 4217."""
    description: str
    """The institution's words for it."""
    instrument: InstrumentName
    """Which instrument of the portfolio."""
    settlement_date: str
    """When the institution settled it."""
    type: InstrumentTransactionType
    """What it was."""


class InvestmentTransactionLegacy(_InvestmentTransactionLegacy, total=False):
    """Something bought, sold or paid out."""

    amount: Amount | None
    fees: Amount | None
    operation_date: str | None
    """When it was ordered."""
    price: Amount | None
    quantity: Amount | None


class _InvestmentsPortfolio(TypedDict):
    currency: str
    """ISO 4217."""
    name: str
    """What the institution calls it."""
    type: PortfolioType
    """What kind of things are in it."""


class InvestmentsPortfolio(_InvestmentsPortfolio, total=False):
    """What is kept together at an institution."""

    balance_gross: Amount | None
    balance_net: Amount | None
    balance_type: str | None
    """`ASSET` or `LIABILITY`."""
    instruments: list[Instrument] | None
    """What is in it."""


class _InvoiceChile(TypedDict):
    category: str
    """The authority's name of its kind."""
    currency: str
    """ISO 4217."""
    document_code: int
    """The authority's code of its kind: 33 for an invoice."""
    issue_date: str
    """The day on which it was issued; of a sum, the first of its month."""
    net_amount: Amount
    """Before taxes."""
    sender_id: str
    """The issuer's RUT."""
    sender_name: str
    """The issuer."""
    status: InvoiceStatusChile
    """Where it stands."""
    total_amount: Amount
    """With all taxes."""
    type: Direction
    """`INFLOW` in the ledger of purchases, `OUTFLOW` in that of sales."""
    vat_amount: Amount
    """VAT."""


class InvoiceChile(_InvoiceChile, total=False):
    """A document in one of the authority's ledgers, or the month's sum of such as are not kept one
    by one."""

    acknowledged_at: Moment | None
    claim_date: str | None
    """When its receiver disputed it."""
    folio: str | None
    """The issuer's number; left out of a sum."""
    purchase_invoice_details: PurchaseChile | None
    received_at: Moment | None
    receiver_id: str | None
    """The receiver's RUT; left out of a sum."""
    receiver_name: str | None
    """The receiver; left out of a sum."""
    sales_invoice_details: SaleChile | None
    summary_invoice_details: MonthSumChile | None


class InvoiceColombia(TypedDict, total=False):
    """An invoice of Colombia."""

    cancelation_status: str | None
    """How far its cancellation has come."""
    cancelation_update_date: str | None
    """When it was cancelled."""
    certification_authority: str | None
    """Who certified it."""
    certification_date: str | None
    """When it was certified."""
    currency: str | None
    """ISO 4217."""
    discount_amount: Amount | None
    exchange_rate: Amount | None
    expiration_date: str | None
    """When it is to be paid."""
    folio: str | None
    """The issuer's own number."""
    invoice_date: str | None
    """The day on which it was issued."""
    invoice_details: list[InvoiceLineColombia]
    """What it is for."""
    invoice_identification: str | None
    """The authority's number of it (CUFE): the same for issuer and receiver, and for ever."""
    invoice_type: InvoiceTypeColombia | None
    payment_method: PaymentMethodColombia | None
    payment_method_description: str | None
    """Deprecated."""
    payment_type: str | None
    """How it is paid."""
    payment_type_description: str | None
    """Deprecated."""
    payments: list[Payment]
    """Payments that it tells of."""
    payroll: Payroll | None
    place_of_issue: str | None
    """The postcode where it was issued."""
    receiver_details: PartyDetails | None
    receiver_id: str | None
    """The receiver's tax number."""
    receiver_name: str | None
    """The receiver."""
    receiver_tax_fraud_status: str | None
    """What the authority knows of the receiver's honesty."""
    sender_details: PartyDetails | None
    sender_id: str | None
    """The issuer's tax number."""
    sender_name: str | None
    """The issuer."""
    sender_tax_fraud_status: str | None
    """What the authority knows of the issuer's honesty."""
    status: str | None
    """`Aprobado`, `Vigente` or `Cancelado`."""
    subtotal_amount: Amount | None
    tax_amount: Amount | None
    total_amount: Amount | None
    type: Direction | None
    usage: str | None
    """What the receiver uses it for."""
    version: str | None
    """The version of its form."""
    warnings: Warnings | None


class InvoiceLine(TypedDict, total=False):
    """One line of an invoice."""

    collected_at: Moment | None
    description: str | None
    """What it is."""
    discount: Amount | None
    identifier_number: str | None
    """The seller's own code."""
    pre_tax_amount: Amount | None
    product_identification: str | None
    """The catalogue's code for it."""
    quantity: Amount | None
    retained_taxes: list[RetainedTax]
    """What was withheld of it."""
    tax_amount: Amount | None
    tax_percentage: Amount | None
    tax_subject_code: str | None
    """Whether it is taxed, by its code."""
    tax_type: str | None
    """Which tax it bears, where there is but one."""
    total_amount: Amount | None
    transferred_taxes: list[TransferredTax]
    """What was added to it."""
    unit_amount: Amount | None
    unit_code: str | None
    """The catalogue's code for its unit."""
    unit_description: str | None
    """Its unit."""


class InvoiceLineColombia(TypedDict, total=False):
    """One line of an invoice of Colombia."""

    collected_at: Moment | None
    description: str | None
    """What it is."""
    pre_tax_amount: Amount | None
    product_identification: str | None
    """The seller's code for it."""
    quantity: Amount | None
    tax_amount: Amount | None
    tax_percentage: Amount | None
    tax_type: str | None
    """Which tax it bears."""
    total_amount: Amount | None
    unit_amount: Amount | None
    unit_code: str | None
    """The catalogue's code for its unit."""
    unit_description: str | None
    """Its unit."""


class InvoiceMexico(TypedDict, total=False):
    """An invoice of Mexico, or another voucher of the authority's: a credit note, a payment, a
    payroll."""

    cancelation_status: str | None
    """How far its cancellation has come."""
    cancelation_update_date: str | None
    """When it was cancelled."""
    certification_authority: str | None
    """Who certified it: their tax number."""
    certification_date: str | None
    """When it was certified."""
    currency: str | None
    """ISO 4217."""
    discount_amount: Amount | None
    exchange_rate: Amount | None
    export_type: str | None
    """Whether it is an export, by its code."""
    folio: str | None
    """The issuer's own number."""
    invoice_date: str | None
    """The day on which it was issued."""
    invoice_details: list[InvoiceLine]
    """What it is for."""
    invoice_identification: str | None
    """The authority's number of it: the same for issuer and receiver, and for ever."""
    invoice_type: InvoiceType | None
    payment_method: PaymentMethod | None
    payment_method_description: str | None
    """Deprecated."""
    payment_type: str | None
    """How it is paid, by its code."""
    payment_type_description: str | None
    """Deprecated."""
    payments: list[Payment]
    """Payments that it tells of; only on `Pago`."""
    payroll: Payroll | None
    place_of_issue: str | None
    """The postcode where it was issued."""
    receiver_blacklist_status: FraudStatus | None
    receiver_fiscal_regime: str | None
    """The receiver's tax regime, by its code."""
    receiver_id: str | None
    """The receiver's tax number."""
    receiver_name: str | None
    """The receiver."""
    receiver_postal_code: str | None
    """The receiver's postcode; left out where only the outline is known."""
    receiver_tax_fraud_status: FraudStatus | None
    related_invoices: list[RelatedInvoice]
    """Other vouchers that it belongs to."""
    sender_blacklist_status: FraudStatus | None
    sender_fiscal_regime: str | None
    """The issuer's tax regime, by its code."""
    sender_id: str | None
    """The issuer's tax number."""
    sender_name: str | None
    """The issuer."""
    sender_tax_fraud_status: FraudStatus | None
    series: str | None
    """The issuer's own series."""
    status: str | None
    """`Vigente` or `Cancelado`."""
    subtotal_amount: Amount | None
    tax_amount: Amount | None
    tax_details: TaxDetails | None
    total_amount: Amount | None
    type: Direction | None
    usage: str | None
    """What the receiver uses it for, by its code."""
    version: str | None
    """The version of its form."""
    warnings: Warnings | None


class _Job(TypedDict):
    currency: str
    """ISO 4217."""
    employer: str
    """The employer."""
    monthly_salary: Amount
    """The same for a month."""
    most_recent_base_salary: Amount
    """What was last paid for a day, with what is paid all year round besides."""
    start_date: str
    """The first day."""
    weeks_employed: int
    """How many weeks it lasted."""


class Job(_Job, total=False):
    """A job: one time with one employer."""

    collected_at: Moment | None
    employer_id: str | None
    """The employer's number in the register."""
    employment_status_updates: list[JobEvent] | None
    """What happened while it lasted."""
    end_date: str | None
    """The last day; null while it lasts."""
    state: str | None
    """The state where it was."""


class _JobEvent(TypedDict):
    base_salary: Amount
    """What was paid for a day from then on."""
    update_date: str
    """When."""


class JobEvent(_JobEvent, total=False):
    """Something that happened in a job."""

    event: JobEventType | None


class LoanData(TypedDict, total=False):
    """What only loans have."""

    amortization_schedule: str | None
    """How the debt shrinks: `PRICE`, `SAC`."""
    amortization_schedule_info: str | None
    """Says more about how."""
    balloon_payments: list[BalloonPayment] | None
    """Single large instalments."""
    collaterals: list[Collateral] | None
    """What stands behind it."""
    collected_at: Moment | None
    consignee_id: str | None
    """The tax number of who deducts it from wages."""
    contract_amount: Amount | None
    contract_end_date: str | None
    """When it ends."""
    contract_number: str | None
    """The contract's number at the institution."""
    contract_remaining_frequency: Term | None
    contract_remaining_total: int | None
    """How long it still runs."""
    contract_start_date: str | None
    """When it was signed."""
    contracted_charges: list[ContractedCharge] | None
    """What is charged for being late."""
    credit_limit: Amount | None
    cutting_date: str | None
    """Deprecated."""
    cutting_day: str | None
    """Deprecated."""
    disbursement_dates: list[str] | None
    """When the money was handed out."""
    fees: list[Fee] | None
    """What is charged besides."""
    first_installment_due_date: str | None
    """When the first instalment was due."""
    installment_frequency: InstallmentFrequency | None
    installment_frequency_info: str | None
    """Says more about how often."""
    installments_contract_term_frequency: Term | None
    interest_rate: Amount | None
    interest_rates: list[InterestRate] | None
    """What it costs."""
    last_payment_date: str | None
    """Deprecated."""
    last_period_balance: Amount | None
    limit_day: str | None
    """Deprecated: see `payment_day`."""
    loan_code: str | None
    """The contract's code in the country's register."""
    loan_type: str | None
    """What the institution calls the product."""
    monthly_payment: Amount | None
    next_payment_date: str | None
    """When the next instalment is due."""
    no_interest_payment: Amount | None
    number_of_installments_outstanding: int | None
    """How many are left."""
    number_of_installments_paid: int | None
    """How many are paid."""
    number_of_installments_past_due: int | None
    """How many are late."""
    number_of_installments_total: int | None
    """How many instalments there are."""
    outstanding_balance: Amount | None
    outstanding_principal: Amount | None
    payment_day: str | None
    """The day of the month on which it is paid."""
    principal: Amount | None
    settlement_date: str | None
    """When it was paid off."""
    total_effective_cost: Amount | None


class _LoanPayment(TypedDict):
    charges: list[LoanPaymentCharge]
    """The charges in it."""
    fees: list[LoanPaymentFee]
    """The fees in it."""
    is_detached: bool
    """Whether it was outside the plan."""


class LoanPayment(_LoanPayment, total=False):
    """What a movement paid on a loan."""

    installment_id: str | None
    """The institution's key of the instalment."""


class LoanPaymentCharge(TypedDict):
    """A charge inside a payment."""

    amount: Amount
    """How much."""
    info: str
    """Says more."""
    type: str
    """What for."""


class _LoanPaymentFee(TypedDict):
    code: str
    """Its code."""
    name: str
    """What it is called."""


class LoanPaymentFee(_LoanPaymentFee, total=False):
    """A fee inside a payment."""

    amount: Amount | None


class _Log(TypedDict):
    message: str
    """What happened."""


class Log(_Log, total=False):
    """`log`: a line for operators."""

    level: Level
    """How important."""


class _LoggedIn(TypedDict):
    user: str
    """Who this is at the institution: stable, the same for every login of that person."""


class LoggedIn(_LoggedIn, total=False):
    """The answer to `login`."""

    state: str | None
    """What to remember for next time, at most 1 MiB."""


class _Login(TypedDict):
    credentials: dict[str, str]
    """The filled-in form fields of the institution, by their names."""
    institution: str
    """The institution's name."""
    interactive: bool
    """Whether somebody is there to answer a challenge."""


class Login(_Login, total=False):
    """`login`: the only message with credentials."""

    state: str | None
    """What the last good login asked to remember."""


class _Merchant(TypedDict):
    merchant_name: str
    """What people call it."""


class Merchant(_Merchant, total=False):
    """A shop."""

    logo: str | None
    """Where its logo is."""
    website: str | None
    """Where its site is."""


class _MonthSumChile(TypedDict):
    month: str
    """`YYYY-MM`."""
    total_documents: int
    """How many documents."""


class MonthSumChile(_MonthSumChile, total=False):
    """What a month's documents came to that are not kept one by one."""

    tax_exempt_amount: Amount
    """What of them is exempt."""
    updated_at: Moment | None


class _Nationality(TypedDict):
    documents: list[NationalityDocument]
    """What proves it."""


class Nationality(_Nationality, total=False):
    """Where someone is a citizen."""

    info: str | None
    """Which."""


class _NationalityDocument(TypedDict):
    number: str
    """Its number."""


class NationalityDocument(_NationalityDocument, total=False):
    """A document that proves a nationality."""

    additional_info: str | None
    """Says more."""
    country_of_issuance: str | None
    """Who issued it: ISO 3166 alpha-3."""
    expiration_date: str | None
    """Valid until."""
    issue_date: str | None
    """Valid from."""
    type: DocumentType | None


class NonCurrentAssets(TypedDict, total=False):
    """What stays longer."""

    accumulated_depreciation_and_amortization: Amount | None
    goodwill: Amount | None
    intangible_assets: Amount | None
    investments_in_associates: Amount | None
    long_term_accounts_receivable: Amount | None
    long_term_financial_instruments: Amount | None
    prepayment_to_suppliers: Amount | None
    property_plant_and_equipment: Amount | None
    total: Amount | None


class NonCurrentLiabilities(TypedDict, total=False):
    """What is owed later."""

    contributions_for_future_capital_increases: Amount | None
    deferred_income_tax: Amount | None
    deferred_revenue: Amount | None
    employee_benefits: Amount | None
    long_term_accounts_payable: Amount | None
    long_term_financial_instruments: Amount | None
    long_term_provisions: Amount | None
    total: Amount | None


class Nothing(TypedDict):
    """Nothing to say: the parameters of `describe`, `revoke`, `logout`, `cancel` and `ping`, and
    the answer to the last four."""


class _OccupationBrazil(TypedDict):
    description: str
    """CBO occupation."""
    locale: str
    """`Urbana`, `Rural`, `Não Identificado`."""
    name: str
    """The employer's word for it."""
    start_date: str
    """The first day."""


class OccupationBrazil(_OccupationBrazil, total=False):
    """What somebody did for an employer."""

    end_date: str | None
    """The last day; null while it lasts."""


class Overdraft(TypedDict):
    """How far a checking account may go below zero."""

    arranged: Amount
    """Agreed."""
    unarranged: Amount
    """In use beyond what was agreed."""
    used: Amount
    """How much of that is in use."""


class _OwnerBusiness(TypedDict):
    additional_documents: list[IdentityDocument]
    """Its other documents."""
    addresses: list[Address]
    """Where it is."""
    companies_id: list[str]
    """Tax numbers of the institutions that vouch for this."""
    company_name: str
    """The registered name."""
    document_id: TaxDocument
    """Its tax number."""
    emails: list[Email]
    """Where to write."""
    incorporation_date: str
    """When it was founded."""
    parties: list[Party]
    """Who owns and runs it."""
    phone_numbers: list[Phone]
    """Where to call."""


class OwnerBusiness(_OwnerBusiness, total=False):
    """A company, as Open Finance Brazil describes it."""

    address: str | None
    """The main one of `addresses`."""
    display_name: str | None
    """`company_name` again, for readers of the common shape."""
    email: str | None
    """The main one of `emails`."""
    financial_profile: BusinessProfile | None
    financial_relation: BusinessRelation | None
    internal_identification: str | None
    """The institution's own key of the customer."""
    phone_number: str | None
    """The main one of `phone_numbers`."""
    trade_name: str | None
    """The name on its sign."""


class OwnerGeneric(TypedDict, total=False):
    """Someone behind a login, in any country."""

    address: str | None
    """Where they live, in one line."""
    business_name: str | None
    """Deprecated."""
    display_name: str | None
    """The full name."""
    document_id: Document | None
    email: str | None
    """Where to write."""
    first_name: str | None
    """Deprecated."""
    internal_identification: str | None
    """The institution's own key of the customer."""
    last_name: str | None
    """Deprecated."""
    phone_number: str | None
    """Where to call."""
    second_last_name: str | None
    """Deprecated."""


class _OwnerIndividual(TypedDict):
    additional_documents: list[IdentityDocument]
    """Their other documents."""
    addresses: list[Address]
    """Where they live."""
    birth_date: str
    """When they were born."""
    companies_id: list[str]
    """Tax numbers of the institutions that vouch for this."""
    display_name: str
    """The full name."""
    document_id: TaxDocument
    """Their tax number."""
    emails: list[Email]
    """Where to write."""
    filiations: list[Filiation]
    """Their parents."""
    is_local_resident: bool
    """Whether they live in Brazil."""
    phone_numbers: list[Phone]
    """Where to call."""


class OwnerIndividual(_OwnerIndividual, total=False):
    """A person, as Open Finance Brazil describes them."""

    address: str | None
    """The main one of `addresses`."""
    email: str | None
    """The main one of `emails`."""
    financial_profile: IndividualProfile | None
    financial_relation: IndividualRelation | None
    gender: Gender | None
    internal_identification: str | None
    """The institution's own key of the customer."""
    marital_status: MaritalStatus | None
    marital_status_additional_info: str | None
    """Says more when that is `OTHER`."""
    nationalities: list[Nationality] | None
    """Where they are citizens, if not residents."""
    phone_number: str | None
    """The main one of `phone_numbers`."""
    social_name: str | None
    """The name they go by."""


class _PaidInvoice(TypedDict):
    partiality_number: int
    """The how-manieth payment of it this is."""


class PaidInvoice(_PaidInvoice, total=False):
    """An invoice that was paid, or a part of it."""

    amount_paid: Amount | None
    currency: str | None
    """ISO 4217."""
    invoice_identification: str | None
    """The authority's number of it."""
    outstanding_balance: Amount | None
    payment_method: PaymentMethod | None
    previous_balance: Amount | None


class _PartnershipStake(TypedDict):
    capital_contributed: Amount
    """What was put in."""
    capital_contribution_outstanding: Amount
    """What is still to be put in."""
    document_id_number: str
    """Its RUT."""
    document_id_type: DocumentChile
    """Always `RUT`."""
    inactive: bool
    """Whether it has stopped to work."""
    name: str
    """Its name."""
    ownership_share: Amount
    """The part of it, in percent."""
    profit_share: Amount
    """The part of its profit, in percent."""
    start_date: str
    """Since when."""


class PartnershipStake(_PartnershipStake, total=False):
    """A company that somebody has a part of."""

    end_date: str | None
    """Until when; null while it lasts."""


class _Party(TypedDict):
    document_number: str
    """Its number."""


class Party(_Party, total=False):
    """Someone who owns or runs a company."""

    company_name: str | None
    """A company's registered name."""
    display_name: str | None
    """A person's full name."""
    document_additional_info: str | None
    """Says more."""
    document_country: str | None
    """Who issued it: ISO 3166 alpha-3."""
    document_expiration_date: str | None
    """Valid until."""
    document_issue_date: str | None
    """Valid from."""
    document_type: PartyDocument | None
    percentage_type: Amount | None
    person_type: PersonType | None
    social_name: str | None
    """The name a person goes by."""
    start_date: str | None
    """Since when."""
    trade_name: str | None
    """The name on a company's sign."""
    type: PartyType | None


class PartyDetails(TypedDict, total=False):
    """More about one side of an invoice."""

    address: str | None
    """The address in one line."""
    collected_at: Moment | None
    country: str | None
    """The country."""
    email: str | None
    """E-mail."""
    phone_number: str | None
    """Telephone."""
    regimen: str | None
    """The tax regime."""
    tax_payer_type: str | None
    """`Persona Jurídica` or `Persona Natural`."""
    tax_scheme: str | None
    """The tax scheme."""


class Payment(TypedDict, total=False):
    """A payment of invoices that were not paid at once."""

    amount: Amount | None
    beneficiary_account_number: str | None
    """The receiving account."""
    beneficiary_rfc: str | None
    """The tax number of the receiving bank."""
    currency: str | None
    """ISO 4217."""
    date: Moment | None
    exchange_rate: str | None
    """What one of `currency` is in the country's own, as text."""
    operation_number: str | None
    """The bank's reference."""
    payer_account_number: str | None
    """The paying account."""
    payer_bank_name: str | None
    """The paying bank."""
    payer_rfc: str | None
    """The tax number of the paying bank."""
    payment_type: str | None
    """How, by its code."""
    related_documents: list[PaidInvoice]
    """What was paid."""


class _Payroll(TypedDict):
    amount: Amount
    """What was paid."""
    payment_date: str
    """The day on which it was paid."""
    version: str
    """The version of its form."""


class Payroll(_Payroll, total=False):
    """One pay of an employee."""

    collected_at: Moment | None
    date_from: str | None
    """The first day that is paid."""
    date_to: str | None
    """The last day that is paid."""
    days: int | None
    """How many days are paid."""
    earnings_breakdown: list[Earning] | None
    """What was earned."""
    other_payments: list[PayrollAmount] | None
    """What else was paid."""
    periodicity: Periodicity | None
    tax_deductions: list[PayrollAmount] | None
    """What was taken off."""
    type: str | None
    """Ordinary or not, by its code."""


class PayrollAccount(TypedDict, total=False):
    """An account that a salary is paid into."""

    account_opening_date: str | None
    """When it was opened."""
    employer_bank_code: str | None
    """Their bank's code."""
    employer_bank_id_number: str | None
    """Their bank's tax number."""
    employer_id_number: str | None
    """Their tax number."""
    employer_name: str | None
    """Who pays it."""


class _PayrollAmount(TypedDict):
    amount: Amount
    """How much."""


class PayrollAmount(_PayrollAmount, total=False):
    """Something that was taken off, or paid besides."""

    type: str | None
    """What, by its code."""


class PensionIndividual(TypedDict, total=False):
    """A person's pension."""

    net_pension_income: Amount
    """What was paid out."""
    net_taxable_pension_income: Amount
    """The part of it that is taxed."""


class Permissions(TypedDict, total=False):
    """What was allowed, in the network's words."""

    ACCOUNTS: list[str]
    """Of accounts."""
    CREDIT_CARDS: list[str]
    """Of cards."""
    CREDIT_OPERATIONS: list[str]
    """Of loans."""
    INVESTMENTS: list[str]
    """Of investments."""
    REGISTER: list[str]
    """Of the person."""
    RESOURCES: list[str]
    """What all the others need."""


class _PersonalData(TypedDict):
    document_ids: list[EmploymentDocument]
    """Documents."""
    entitlements: Entitlements
    """What the person is entitled to."""


class PersonalData(_PersonalData, total=False):
    """Whose report it is."""

    birth_date: str | None
    """Born."""
    email: str | None
    """E-mail."""
    first_name: str | None
    """The first name."""
    last_name: str | None
    """The family names."""
    official_name: str | None
    """The whole name."""


class _Phone(TypedDict):
    is_main: bool
    """Whether it is the one to use."""
    number: str
    """The number without codes."""


class Phone(_Phone, total=False):
    """Where to call."""

    additional_info: str | None
    """Says more."""
    area_code: str | None
    """The area's code."""
    country_code: str | None
    """The country's code without its plus."""
    extension: str | None
    """The extension."""
    type: PhoneType | None


class _Procurator(TypedDict):
    civil_name: str
    """The full name."""
    document_number: str
    """Their tax number."""


class Procurator(_Procurator, total=False):
    """Someone who may act for an owner."""

    social_name: str | None
    """The name they go by."""
    type: ProcuratorType | None


class _Product(TypedDict):
    check_digit: str
    """The digit that proves the number."""
    clearing_code: str
    """The bank's code."""
    number: str
    """The number."""


class Product(_Product, total=False):
    """An account that an owner has."""

    agency: str | None
    """The branch."""
    subtype: str | None
    """Which variety of it."""
    type: ProductType | None


class _Progress(TypedDict):
    done: int
    """How much is done."""


class Progress(_Progress, total=False):
    """`progress`: a sign of life."""

    total: int | None
    """Of how much, where known."""


class _PropertyTax(TypedDict):
    address: str
    """Where it is."""
    district: str
    """The commune."""
    property_id: str
    """Its number in the register."""
    type: str
    """What it is used for."""


class PropertyTax(_PropertyTax, total=False):
    """The tax on a property."""

    overdue_tax_payments: list[PropertyTaxPayment]
    """What should have been paid."""
    scheduled_tax_payments: list[PropertyTaxPayment]
    """What is still to come."""


class PropertyTaxPayment(TypedDict):
    """An instalment of the tax on a property."""

    amount_due: Amount
    """How much."""
    due_date: str
    """When it is to be paid."""
    installment: int
    """The how-manieth of it."""
    year: int
    """Of this year."""


class PublicId(TypedDict):
    """What others know an instrument by."""

    type: str
    """`ISIN`."""
    value: str
    """The number."""


class PurchaseChile(TypedDict, total=False):
    """What the ledger of purchases says of a document."""

    additional_tax_amount: Amount | None
    additional_tax_code: int | None
    """Its code."""
    additional_tax_rate: str | None
    """Its rate, as text."""
    credit_or_debit_note_on_purchase: bool | None
    """Whether a credit or debit note belongs to it."""
    net_amount_fixed_assets: Amount | None
    tax_cigar_amount: Amount | None
    tax_cigarettes_amount: Amount | None
    tax_exempt_amount: Amount | None
    tax_non_credit_amount: Amount | None
    tax_processed_tobacco_amount: Amount | None
    vat_common_use: Amount | None
    vat_fixed_assets: Amount | None
    vat_non_refundable_amount: Amount | None
    vat_non_refundable_code: int | None
    """Why not, by its code."""
    vat_non_withheld: Amount | None
    vat_refundable_amount: Amount | None


class _Reason(TypedDict):
    kind: Kind
    """Why."""


class Reason(_Reason, total=False):
    """The `data` of an error."""

    problem: Problem | None
    """Only with `login_error`: what keeps the person out."""
    remark: Remark | None
    """Only with `unreadable`: where and why."""


class ReceivablesData(TypedDict, total=False):
    """What a merchant's customers have paid by card."""

    anticipated: Amount | None
    available: Amount | None
    collected_at: Moment | None
    current: Amount | None


class _ReceivablesFee(TypedDict):
    value: Amount
    """How much."""


class ReceivablesFee(_ReceivablesFee, total=False):
    """What is kept back of a sale."""

    type: ReceivablesFeeType | None


class _ReceivablesTransaction(TypedDict):
    currency: str
    """ISO 4217."""
    fees: list[ReceivablesFee]
    """What is kept back."""
    institution_transaction_id: str
    """The acquirer's key."""
    value_date: str
    """The day."""
    value_hour: str
    """The hour where it was, `HH:MM`."""


class ReceivablesTransaction(_ReceivablesTransaction, total=False):
    """A sale that was paid by card."""

    gross_amount: Amount | None
    net_amount: Amount | None
    number_of_installments: Installments | None
    status: SaleStatus | None
    type: CardUse | None


class _Record(TypedDict):
    item: dict[str, Any]
    """The thing, in the shape of the resource."""


class Record(_Record, total=False):
    """`record`: one thing that the institution showed."""

    account: str | None
    """The connector's key of the account that it belongs to or, for an account, of itself."""
    documents: dict[str, str]
    """The ids of its documents, by the keys that show them: each a blob that came before."""
    page: int
    """The page it stood on, so that overlapping pages can be folded."""


class RedemptionCondition(TypedDict):
    """How one gets out of an instrument."""

    type: str
    """`due_date`."""
    value: str
    """As text."""


class RegimeChile(TypedDict):
    """A tax regime."""

    start_date: str
    """Since when."""
    type: str
    """Which."""


class RelatedInvoice(TypedDict, total=False):
    """Points to another voucher."""

    related_invoice_identification: str | None
    """The authority's number of the other."""
    relationship_type: str | None
    """How they belong together, by its code."""


class _Remark(TypedDict):
    problem: str
    """What is wrong, and what was made of it."""


class Remark(_Remark, total=False):
    """Something wrong with what was read. It never repeats what stood there."""

    column: int | None
    """The character in that line, from 1."""
    line: int | None
    """The line of a file, from 1."""


class _Removed(TypedDict):
    source_id: str
    """The institution's id of it."""


class Removed(_Removed, total=False):
    """A thing that the institution once showed and says it removed."""

    account: str | None
    """The connector's key of its account."""


class Remuneration(TypedDict, total=False):
    """What an investment pays."""

    calculation_base: str | None
    """`DIAS_UTEIS` or `DIAS_CORRIDOS`."""
    indexer: Indexer | None
    indexer_additional_info: str | None
    """Says more where the index is none of those."""
    post_fixed_rate: Amount | None
    pre_fixed_rate: Amount | None
    rate_periodicity: str | None
    """`DIARIO`, `MENSAL`, `SEMESTRAL` or `ANUAL`."""
    rate_type: str | None
    """`LINEAR` or `EXPONENCIAL`."""


class _Representative(TypedDict):
    document_id_number: str
    """Their RUT."""
    document_id_type: DocumentChile
    """Always `RUT`."""
    is_current: bool
    """Whether they still do."""
    name: str
    """Their name."""
    start_date: str
    """Since when."""


class Representative(_Representative, total=False):
    """Who acts for a company."""

    end_date: str | None
    """Until when; null while they do."""


class Retained(TypedDict, total=False):
    """One kind of tax that was withheld."""

    base_amount: Amount | None
    payment_status: RetentionStatus | None
    retained_amount: Amount | None
    tax_type: str | None
    """Which tax, by its code."""


class RetainedTax(TypedDict, total=False):
    """A tax that was withheld of a line."""

    collected_at: Moment | None
    retained_tax_amount: Amount | None
    tax: str | None
    """Which."""
    tax_percentage: Amount | None
    tax_type: str | None
    """How it is computed."""


class _SalaryBrazil(TypedDict):
    base_amount: Amount
    """Before what is withheld."""
    currency: str
    """ISO 4217."""
    month: str
    """`YYYY-MM`."""
    retained_amount: Amount
    """What is withheld."""


class SalaryBrazil(_SalaryBrazil, total=False):
    """What a month paid."""

    type: SalaryType | None


class SalaryColombia(TypedDict, total=False):
    """What a month paid."""

    employment_type: ContractType | None
    employment_type_additional_info: str | None
    """Says more about it."""
    gross_amount: Amount | None
    healthcare_provider_name: str | None
    """The health insurance."""
    month: str | None
    """`YYYY-MM`."""
    net_amount: Amount | None
    parafiscal_contribution: bool | None
    """Whether parafiscal contributions are owed."""
    pension_fund_name: str | None
    """The pension fund."""
    salary_comprehensive: bool | None
    """Whether everything is in the salary."""
    salary_type: SalaryKind | None
    status_changes: list[StatusChange] | None
    """What explains the month."""


class _SalaryEstimate(TypedDict):
    currency: str
    """ISO 4217."""


class SalaryEstimate(_SalaryEstimate, total=False):
    """What somebody may earn today."""

    base_salary_estimate: Amount | None
    employment_status_estimate: EmploymentStatus | None


class SalaryPortability(TypedDict, total=False):
    """A salary moved to another bank."""

    employer_bank_code: str | None
    """Their bank's code."""
    employer_bank_id_number: str | None
    """Their bank's tax number."""
    employer_id_number: str | None
    """Their tax number."""
    employer_name: str | None
    """Who pays it."""
    portability_approval_date: str | None
    """When it was agreed to."""


class SaleChile(TypedDict, total=False):
    """What the ledger of sales says of a document."""

    additional_tax_amount: Amount | None
    additional_tax_code: int | None
    """A further tax, by its code."""
    additional_tax_rate: str | None
    """Its rate, as text."""
    branch_code: int | None
    """The authority's code of the branch."""
    construction_sector_tax_credit: Amount | None
    container_deposit_guarantee: Amount | None
    credit_or_debit_note_on_purchase: bool | None
    """Whether a credit or debit note belongs to it."""
    domestic_transportation_amount: Amount | None
    foreign_recipient_id: str | None
    """The number of a receiver abroad."""
    foreign_recipient_nationality: str | None
    """Their nationality."""
    international_transportation_amount: Amount | None
    invoice_settlement_exempt_commission: Amount | None
    invoice_settlement_net_commission: Amount | None
    invoice_settlement_sender_id: str | None
    """The RUT of who settles for others."""
    invoice_settlement_vat_commission: Amount | None
    is_free_of_charge: bool | None
    """Whether nothing is to be paid."""
    non_billable_amount: Amount | None
    periodic_billing_type: bool | None
    """Whether it is for a service that is billed period by period."""
    reference_document_folio: str | None
    """Its number."""
    reference_document_type: str | None
    """The kind of the document that it refers to."""
    tax_exempt_amount: Amount | None
    tax_free_trade_zone_amount: Amount | None
    total_amount_for_period: Amount | None
    vat_non_withheld: Amount | None
    vat_partially_withheld: Amount | None
    vat_past_due: Amount | None
    vat_sales: Amount | None
    vat_third_party: Amount | None
    vat_total_withheld: Amount | None


class Share(TypedDict, total=False):
    """How much was really seen of one account."""

    complete: bool
    """As in the whole answer."""
    window: Days | None
    """As in the whole answer."""


class SocialSecurity(TypedDict, total=False):
    """What was paid in, in weeks."""

    weeks_contributed: int | None
    """Paid in."""
    weeks_redeemed: int | None
    """Taken out of the pension."""
    weeks_reinstated: int | None
    """Paid back."""


class Stated(TypedDict, total=False):
    """Balances as the institution states them around a window."""

    closing: Decimal | None
    """After the last movement."""
    opening: Decimal | None
    """Before the first movement."""


class StatementLine(TypedDict, total=False):
    """A movement as a statement prints it."""

    accounting_date: str | None
    """The day it was booked."""
    amount: Amount | None
    balance: Amount | None
    description: str | None
    """The bank's words for it."""
    reference: str | None
    """The bank's reference."""
    type: Direction | None
    value_date: str | None
    """The day it happened."""


class TaxActivity(TypedDict, total=False):
    """Something that a taxpayer does."""

    economic_activity: str | None
    """What."""
    end_date: str | None
    """Until when."""
    initial_date: str | None
    """Since when."""
    order: str | None
    """Its rank among them."""
    percentage: str | None
    """Its share in their income."""


class TaxAddress(TypedDict, total=False):
    """Where a taxpayer is registered."""

    between_street: list[CrossStreets] | None
    """The streets to either side."""
    exterior_number: str | None
    """The number of the house."""
    interior_number: str | None
    """The number of the flat."""
    locality: str | None
    """Town."""
    municipality: str | None
    """Municipality."""
    postal_code: str | None
    """Postcode."""
    state: str | None
    """State."""
    street: str | None
    """Its name."""
    street_type: str | None
    """`CALLE`, `AVENIDA`."""
    suburb: str | None
    """Neighbourhood."""


class TaxComplianceStatus(TypedDict, total=False):
    """An authority's opinion, as of the day on which it was asked for."""

    internal_identification: str | None
    """The authority's number of the document."""
    outcome: Outcome | None
    rfc: str | None
    """Whose it is: their tax number."""


class TaxDeclarationBusiness(TypedDict):
    """A company's declaration: form 110."""

    annual_costs_and_deductions_statement: CostsBusiness
    """What that cost."""
    annual_income_statement: IncomeBusiness
    """What it earned."""
    date_issued: str
    """When it was filed."""
    document_information: DeclarationForm
    """The form."""
    equity_statement: EquityBusiness
    """What it owns."""
    tax_assessment: AssessmentBusiness
    """Its tax."""
    tax_payer_information: DeclarantBusiness
    """Who declares."""


class TaxDeclarationIndividual(TypedDict):
    """A person's declaration: form 210."""

    annual_income_statement: IncomeIndividual
    """What they earned."""
    date_issued: str
    """When it was filed."""
    document_information: DeclarationForm
    """The form."""
    equity_statement: EquityIndividual
    """What they own."""
    pension_income_statement: PensionIndividual
    """Their pension."""
    tax_assessment: AssessmentIndividual
    """Their tax."""
    tax_payer_information: DeclarantIndividual
    """Who declares."""


class _TaxDetails(TypedDict):
    total_tax_retained: Amount
    """What was withheld."""
    total_tax_transferred: Amount
    """What was added."""


class TaxDetails(_TaxDetails, total=False):
    """The taxes of a voucher."""

    retained_taxes: list[TaxTotal]
    """What was withheld, by kind."""
    transferred_taxes: list[TaxTotal]
    """What was added, by kind."""


class TaxDocument(TypedDict):
    """A Brazilian tax number."""

    document_number: str
    """Its number."""
    document_type: str
    """`CPF` or `CNPJ`."""


class TaxObligation(TypedDict, total=False):
    """Something that a taxpayer has to file."""

    end_date: str | None
    """Until when."""
    expiration: str | None
    """When it is due, in words."""
    initial_date: str | None
    """Since when."""
    obligation: str | None
    """What."""


class TaxPayer(TypedDict, total=False):
    """A taxpayer as the authority knows them."""

    commercial_name: str | None
    """Trade name; companies."""
    curp: str | None
    """Population register number; people only."""
    email: str | None
    """E-mail."""
    first_last_name: str | None
    """First surname."""
    last_status_change_date: str | None
    """When that last changed."""
    name: str | None
    """First names."""
    phone: str | None
    """Telephone."""
    rfc: str | None
    """Tax number: RFC or NIT."""
    second_last_name: str | None
    """Second surname."""
    social_name: str | None
    """Registered name; companies."""
    start_operations_date: str | None
    """When the taxable activity began."""
    status_padron: str | None
    """`ACTIVO` or `INACTIVO`."""


class TaxRegime(TypedDict, total=False):
    """A tax regime."""

    end_date: str | None
    """Until when."""
    initial_date: str | None
    """Since when."""
    regime: str | None
    """`regimen` again, under its other name."""
    regimen: str | None
    """Which."""


class TaxRetention(TypedDict, total=False):
    """What was withheld from a payment."""

    cancelled_at: Moment | None
    certified_at: Moment | None
    code: int | None
    """For what it was withheld, by the catalogue's code."""
    invoice_identification: str | None
    """The authority's number of the voucher."""
    issued_at: Moment | None
    receiver_id: str | None
    """The tax number of who got less."""
    receiver_name: str | None
    """Who got less."""
    receiver_nationality: ReceiverNationality | None
    retention_breakdown: list[Retained] | None
    """What was withheld, by kind of tax."""
    sender_id: str | None
    """The tax number of who withheld."""
    sender_name: str | None
    """Who withheld."""
    total_exempt_amount: Amount | None
    total_invoice_amount: Amount | None
    total_retained_amount: Amount | None
    total_taxable_amount: Amount | None
    version: str | None
    """The version of its form."""


class TaxReturnBusiness(TypedDict):
    """A company's return of a year."""

    cifras_cierre_ejercicio: dict[str, Any] | None
    """Figures when the year ended."""
    conciliacion_entre_resultado_contable_fiscal: dict[str, Any] | None
    """From the books to the tax; null from 2022 on."""
    datos_adicionales: dict[str, Any] | None
    """Answers of yes and no."""
    deducciones_autorizadas: dict[str, Any] | None
    """Deductions."""
    detalle_pago_r1_isr_personas_morales: dict[str, Any] | None
    """The payment."""
    determinacion: dict[str, Any] | None
    """The tax; from 2022 on."""
    determinacion_del_impuesto_sobre_la_renta: dict[str, Any] | None
    """The tax."""
    dividendos_o_utilidades_distribuidos: dict[str, Any] | None
    """Dividends that were distributed."""
    estado_posicion_financiera_balance: dict[str, Any] | None
    """Balance sheet; null from 2022 on."""
    estado_resultados: dict[str, Any] | None
    """Income statement; null from 2022 on."""
    informacion_general: dict[str, Any] | None
    """Who, which year, which kind."""
    ingressos: dict[str, Any] | None
    """Income; from 2022 on."""


class _TaxReturnBusinessMonthly(TypedDict):
    detalle_pago_isr: dict[str, Any] | None
    """Its payment."""
    detalle_pago_iva: dict[str, Any] | None
    """Its payment."""
    determinacion_isr: dict[str, Any] | None
    """Income tax."""
    determinacion_iva: dict[str, Any] | None
    """VAT."""
    informacion_general: dict[str, Any] | None
    """Who, which month, which kind."""


class TaxReturnBusinessMonthly(_TaxReturnBusinessMonthly, total=False):
    """A company's return of a month."""

    type: str
    """`monthly`."""


class TaxReturnPersonal(TypedDict):
    """A person's return of a year."""

    datos_informativos: dict[str, Any] | None
    """For information only."""
    deducciones_personales: dict[str, Any] | None
    """Personal deductions."""
    determinacion_impuesto: dict[str, Any] | None
    """The tax."""
    dividendos: dict[str, Any] | None
    """Dividends."""
    informacion_general: dict[str, Any] | None
    """Who, which year, which kind."""
    retenciones: dict[str, Any] | None
    """What was withheld."""
    servicios_profesionales: dict[str, Any] | None
    """Fees."""
    sueldos_salarios: dict[str, Any] | None
    """Salaries, and the tax withheld from them."""


class _TaxReturnPersonalMonthly(TypedDict):
    informacion_general: dict[str, Any] | None
    """Who, which month, which kind."""
    isr: dict[str, Any] | None
    """Income tax."""
    iva: dict[str, Any] | None
    """VAT."""


class TaxReturnPersonalMonthly(_TaxReturnPersonalMonthly, total=False):
    """A person's return of a month."""

    type: str
    """`monthly`."""


class TaxStatus(TypedDict, total=False):
    """How somebody is registered, as of the day on which it was asked for."""

    address: TaxAddress | None
    digital_stamp: str | None
    """What the seal is made of."""
    digital_stamp_chain: str | None
    """The seal."""
    economic_activity: list[TaxActivity] | None
    """What they do."""
    id_cif: str | None
    """The number of their tax identification card."""
    obligations: list[TaxObligation] | None
    """What they have to file; empty for people without a business."""
    official_name: str | None
    """The taxpayer's name."""
    place_and_date_of_issuance: str | None
    """Where and when the document was issued."""
    regimens: list[TaxRegime] | None
    """`regimes` again, under its older name."""
    regimes: list[TaxRegime] | None
    """The tax regimes that they are in."""
    tax_payer_information: TaxPayer | None


class _TaxStatusChile(TypedDict):
    entity_details: EntityDetails
    """Who it is, and since when."""
    fiscal_office: FiscalOffice
    """The office in charge."""


class TaxStatusChile(_TaxStatusChile, total=False):
    """How somebody is registered. Days are texts: ISO dates, or as the authority prints them."""

    addresses: list[EntityAddress]
    """Where they are."""
    authorized_tax_documents: list[AuthorizedDocument] | None
    """What they may issue."""
    company_partnership_stakes: list[PartnershipStake]
    """What belongs to them."""
    economic_activities: list[EntityActivity]
    """What they do."""
    emails: list[EntityEmail]
    """Where to write."""
    equity_holders: list[EquityHolder]
    """Whom they belong to."""
    legal_representative: list[Representative]
    """Who acts for them."""
    phone_numbers: list[EntityPhone]
    """Where to call."""
    property_tax_liabilities: list[PropertyTax] | None
    """The taxes on their property."""
    regimes: list[RegimeChile] | None
    """The tax regimes that they are in."""


class _TaxTotal(TypedDict):
    pre_tax_amount: Amount
    """What it is computed of."""
    tax: str
    """`ISR`, `IVA` or `IEPS`."""
    tax_amount: Amount
    """What it comes to."""
    tax_percentage: Amount
    """The rate."""


class TaxTotal(_TaxTotal, total=False):
    """One kind of tax of a voucher."""

    tax_type: str | None
    """How it is computed: `Tasa`."""


class Transaction(TypedDict, total=False):
    """A movement of money as the institution describes it."""

    accounting_date: str | None
    """When it was booked: a day, or an instant where that is known."""
    amount: Amount | None
    balance: Amount | None
    category: TransactionCategory | None
    counterparty: Counterparty | None
    credit_card_data: CreditCardData | None
    currency: str | None
    """ISO 4217."""
    description: str | None
    """The institution's words for it."""
    inferred_accounting_date: str | None
    """The working day on or after `value_date`."""
    internal_identification: str | None
    """The institution's own key; while pending it may change."""
    loan_data: LoanPayment | None
    local_currency_amount: Amount | None
    mcc: int | None
    """ISO 18245 code of the shop's trade."""
    merchant: Merchant | None
    observations: str | None
    """More of the institution's words."""
    operation_type: str | None
    """How it travelled: `PIX`, `TED`, `SPEI`."""
    operation_type_additional_info: str | None
    """Says more about how."""
    payment_type: PaymentType | None
    reference: str | None
    """The institution's reference."""
    status: Status | None
    subcategory: Subcategory | None
    transacted_at: Moment | None
    type: Direction | None
    value_date: str | None
    """The day it happened."""


class TransferredTax(TypedDict, total=False):
    """A tax that was added to a line."""

    collected_at: Moment | None
    tax: str | None
    """Which."""
    tax_percentage: Amount | None
    tax_type: str | None
    """How it is computed."""
    transferred_tax_amount: Amount | None


class _VoucherPayment(TypedDict):
    is_voucher_payment: bool
    """Whether it does."""


class VoucherPayment(_VoucherPayment, total=False):
    """Whether an investment pays interest on the way."""

    periodicity: str | None
    """`MENSAL`, `TRIMESTRAL`, `SEMESTRAL`, `ANUAL`, `IRREGULAR` or `OUTROS`."""
    periodicity_additional_info: str | None
    """Says more where it is none of those."""


class Warnings(TypedDict, total=False):
    """Why only the outline of an invoice is known."""

    code: str | None
    """`sat_xml_limit_reached` or `sat_service_unavailable`."""
    message: str | None
    """The same in words."""


class _Words(TypedDict):
    prompt: str
    """What the person should do."""


class Words(_Words, total=False):
    """What a challenge says, in one more language."""

    hint: str | None
    """Where the answer is found or what it looks like."""


class YearTotalsIndividual(TypedDict, total=False):
    """What a person's year came to."""

    total_applicable_deductions: Amount
    """What is deducted."""
    total_exempt_income: Amount
    """Exempt income."""
    total_exemptions_and_deductions: Amount
    """Both together."""
    total_ordinary_net_income: Amount
    """What is left of the income."""

AddressRole = Literal["PRIMARY", "SECONDARY", "MAILING_ADDRESS", "NOTIFICATION_ADDRESS"]

Amount = Union[str, float]
"""An exact number, best as a text."""

BalanceType = Literal["ASSET", "LIABILITY"]

BillPaymentMode = Literal["DIRECT_DEBIT", "BANK_SLIP", "SALARY_DEDUCTION", "PIX"]

BillPaymentType = Literal["INSTALLMENT", "FULL", "OTHER"]

BillStatus = Literal["PAID", "CLOSED", "OPEN", "FUTURE"]

CardCredit = Literal["REVOLVING_CREDIT", "BILL_INSTALLMENT_PAYMENT", "LOAN", "OTHERS"]

CardFee = Literal["ANNUAL_FEE", "NATIONAL_WITHDRAWAL", "INTERNATIONAL_WITHDRAWAL", "EMERGENCY_CREDIT_EVALUATION_FEE", "DUPLICATE_ISSUANCE_FEE", "PAYMENT_FEE", "SMS_FEE", "OTHERS"]

CardUse = Literal["VISA_CREDIT", "VISA_DEBIT", "MASTERCARD_CREDIT", "MASTERCARD_DEBIT", "ELO_CREDIT", "ELO_DEBIT"]

Category = Literal["ADVANCE_DEPOSIT_ACCOUNT", "CHECKING_ACCOUNT", "CREDIT_CARD", "FINANCING_ACCOUNT", "INVESTMENT_ACCOUNT", "INVOICE_FINANCING_ACCOUNT", "LOAN_ACCOUNT", "PENSION_FUND_ACCOUNT", "SAVINGS_ACCOUNT", "UNCATEGORIZED", "RECEIVABLES_ACCOUNT"]

ChallengeKind = Literal["otp", "numeric", "qr", "question", "choice", "image", "push", "redirect", "file"]
"""What an institution can ask for in the middle of a session."""

ConsentStatus = Literal["AUTHORISED", "AWAITING_AUTHORISATION_CONFIRMATION", "AWAITING_AUTHORISATION", "REJECTED", "EXPIRED"]

ContractType = Literal["SALARIED", "CONTRACTUAL", "PENSIONED"]

ContractedChargeType = Literal["LATE_PAYMENT_INTEREST_FEE", "LATE_PAYMENT_PENALTY_FEE", "DEFAULT_INTEREST_FEE", "LOAN_CONTRACT_TAX", "LATE_PAYMENT_TAX", "NO_CHARGE", "OTHER"]

CounterpartyType = Literal["INDIVIDUAL", "COMPANY"]

CreditLimitType = Literal["TOTAL_LIMIT", "MODAL_LIMIT"]

DebtorDocument = Literal["RUT"]

Decimal = Union[str, float]
"""An exact decimal number, better as a text than as a number."""

Direction = Literal["INFLOW", "OUTFLOW"]

DocumentChile = Literal["RUT"]

DocumentType = Literal["DRIVERS_LICENSE", "PASSPORT", "ID_CARD", "FISCAL_ID", "FOREIGNER_REGISTRATION_CARD", "OTHER"]

EmailRole = Literal["CONTACT", "NOTIFICATION", "OTHER"]

EmploymentDocumentType = Literal["NSS", "CURP", "RFC"]

EmploymentStatus = Literal["EMPLOYED", "RETIRED", "UNEMPLOYED"]

ExchangeType = Literal["COMPRA", "VENDA"]

FeeCharge = Literal["MINIMUM", "MAXIMUM", "FIXED", "PERCENTAGE"]

FeeChargeType = Literal["SINGLE", "PER_INSTALLMENT"]

FeeType = Literal["OPERATION_FEE", "INSURANCE_FEE", "OTHERS"]

FinanceChargeType = Literal["LATE_PAYMENT_INTEREST", "LATE_FEE", "ARREARS_INTEREST", "IOF", "NO_CHARGE", "OTHER"]

FraudStatus = Literal["INVESTIGATING", "DISMISSED", "CONFIRMED", "OVERTURNED", "NO_TAX_FRAUD_STATUS"]

Frequency = Literal["DAILY", "WEEKLY", "FORTNIGHTLY", "MONTHLY", "BIMONTHLY", "QUARTERLY", "BIANNUALLY", "ANNUALLY", "OTHERS"]

Gender = Literal["FEMALE", "MALE", "OTHER"]

Indexer = Literal["CDI", "DI", "TR", "IPCA", "IGP_M", "IGP_DI", "INPC", "BCP", "TLC", "SELIC", "PRE_FIXADO", "OUTROS"]

InstallmentFrequency = Literal["IRREGULAR", "WEEKLY", "FORTNIGHTLY", "MONTHLY", "BIMONTHLY", "QUARTERLY", "BIANNUALLY", "ANNUALLY", "OTHER"]

InstrumentTransactionType = Literal["BUY", "SELL", "CANCEL", "CASH", "FEE", "TRANSFER", "DIVIDEND"]

InstrumentType = Literal["BOND", "DEPOSIT", "ETF", "FUND", "OTHER", "PENSION", "STOCK"]

InvestmentType = Literal["FIXED_INCOME_BANKING", "FIXED_INCOME_CREDIT", "VARIABLE_INCOME", "TREASURY_BOND", "INVESTMENT_FUND"]

Invoice = Union[InvoiceMexico, InvoiceColombia]
"""What somebody has issued or received, in the shape of its country."""

InvoiceStatusChile = Literal["REGISTERED", "PENDING", "REJECTED", "CANCELLED"]

InvoiceType = Literal["Egreso", "Ingreso", "N\u00f3mina", "Pago", "Traslado"]

InvoiceTypeColombia = Literal["Factura Electr\u00f3nica de Venta"]

JobEventType = Literal["DISMISSED_RESIGNED", "SALARY_MODIFICATION", "HIRED", "VOLUNTARY_CONTRIBUTION", "ABSENCE", "SICK_LEAVE", "NORMAL", "BDUTA_CERTIFICATE", "DYE_CERTIFICATE"]

Kind = Literal["invalid_credentials", "login_error", "token_required", "wrong_token", "session_expired", "too_many_sessions", "institution_down", "institution_unavailable", "institution_inactive", "unsupported", "unavailable_data", "revoked", "unreadable", "cancelled", "unexpected"]
"""Why a request failed."""

Level = Literal["error", "warn", "info", "debug"]
"""How important a line is."""

MaritalStatus = Literal["SINGLE", "MARRIED", "WIDOWED", "SEPARATED", "DIVORCED", "CIVIL_UNION", "OTHER"]

Moment = str
"""An instant on the wire: `2026-01-14T09:12:33.104000Z`, always UTC, always six digits, so that
text order is time order."""

Network = Literal["VISA", "MASTERCARD", "AMERICAN_EXPRESS", "DINERS_CLUB", "HIPERCARD", "BANDEIRA_PROPRIA", "CHEQUE_ELETRONICO", "ELO", "OTHER"]

OccupationCode = Literal["BRAZIL_PUBLIC_OFFICE", "BRAZIL_OCCUPATION_CODE", "OTHER"]

Outcome = Literal["POSITIVE", "NEGATIVE", "NO_OBLIGATIONS"]

Owner = Union[OwnerGeneric, OwnerIndividual, OwnerBusiness]
"""Someone behind a login."""

Parent = Literal["MOTHER", "FATHER"]

PartyDocument = Literal["CPF", "CNPJ", "OTHER_TRAVEL_DOCUMENT", "PASSPORT"]

PartyType = Literal["MEMBER", "ADMINISTRATOR"]

PaymentMethod = Literal["PUE", "PPD", "PIP"]

PaymentMethodColombia = Literal["Contado", "Cr\u00e9dito"]

PaymentType = Literal["FULL", "INSTALLMENT"]

Periodicity = Literal["DAILY", "WEEKLY", "TENTH_DAY", "FOURTEENTH_DAY", "FIFTEENTH_DAY", "MONTHLY", "BIMONTHLY", "PER_TASK", "COMMISSION", "ONE_OFF", "OTHER_PERIODICITY"]

PersonType = Literal["INDIVIDUAL", "COMPANY"]

PhoneKind = Literal["LANDLINE", "MOBILE", "OTHER"]

PhoneType = Literal["LANDLINE", "MOBILE", "OTHER"]

PortfolioType = Literal["FIXED_INCOME", "OTHER", "PENSION", "VARIABLE_INCOME"]

Problem = Literal["locked", "password_expired", "action_needed", "forbidden", "missing_credentials", "not_activated", "unsupported_challenge"]
"""What keeps a person out although the login is right."""

ProcuratorType = Literal["LEGAL_REPRESENTATIVE", "ATTORNEY"]

ProductType = Literal["SAVINGS_ACCOUNT", "CHECKING_ACCOUNT"]

RatePeriod = Literal["MONTHLY", "YEARLY"]

RateType = Literal["SIMPLE", "COMPOUND"]

ReceivablesFeeType = Literal["TRANSACTION_FEE"]

ReceiverNationality = Literal["NATIONAL", "FOREIGN"]

ReferenceIndexType = Literal["WITHOUT_INDEX_TYPE", "PRE_FIXED", "POST_FIXED", "FLOATING", "INDEXED_PRICE", "RURAL_CREDIT", "OTHER_INDEX"]

RetentionStatus = Literal["PAID", "PROVISIONED"]

SalaryKind = Literal["FIXED", "VARIABLE"]

SalaryType = Literal["REGULAR", "THIRTEENTH", "VOLUNTARY", "RETIREMENT"]

SaleStatus = Literal["APPROVED", "CANCELLED", "REVERTED", "UNCATEGORIZED"]

SettlementMethod = Literal["CONTA_DEPOSITO_MOEDA_ESTRANGEIRA_PAIS", "CONTA_DEPOSITO_OU_PAGAMENTO_EXPORTADOR_INSTITUICAO_EXTERIOR", "ESPECIE_CHEQUES_VIAGEM", "CARTAO_PREPAGO", "TELETRANSMISSAO", "SEM_MOVIMENTACAO_VALORES", "DEMAIS", "CARTA_CREDITO_A_VISTA", "CARTA_CREDITO_A_PRAZO", "CONTA_DEPOSITO", "CHEQUE", "TITULOS_VALORES", "SIMBOLICA", "CONTA_DEPOSITO_EXPORTADOR_MANTIDA_NO_EXTERIOR", "CONVENIO_PAGAMENTOS_E_CREDITOS_RECIPROCOS", "OUTRO_NAO_MAPEADO_OFB"]

Status = Literal["PENDING", "PROCESSED", "UNCATEGORIZED"]

StatusChange = Literal["FIRST_MONTH", "FINAL_MONTH", "ON_LEAVE", "RETIREMENT_MONTH", "ON_VACATION", "PERMANENT_SALARY_CHANGE", "TEMPORARY_SALARY_CHANGE"]

Subcategory = Literal["Electricity & Energy", "Rent", "Telecommunications", "Water", "Auto", "Credit Card", "Instalment", "Interest & Charges", "Mortgage", "Pay Advance", "Personal", "Adjustments", "Bank Fees", "Chargeback", "Refund", "Blocked Balances", "Alimony", "Alcohol & Tobacco", "Bakery & Coffee", "Bars & Nightclubs", "Convenience Store", "Delivery", "Groceries", "Restaurants", "Education", "Gyms & Fitness", "Hair & Beauty", "Health", "Home Decor & Appliances", "Laundry & Dry Cleaning", "Pharmacies", "Professional Services", "Veterinary Services", "Freelance", "Interest", "Retirement", "Salary", "Government", "Home Insurance", "Auto Insurance", "Health & Life Insurance", "Savings", "Fixed income", "Equity", "Investment Funds", "Derivatives", "Cryptocurrencies", "Apps, Software and Cloud Services", "Events, Parks and Museums", "Gambling", "Gaming", "Lottery", "Movie & Audio", "Books & News", "Clothing & Accessories", "Department Store", "Electronics", "E-commerce", "Gifts", "Office Supplies", "Pet Supplies", "Auto Tax & Fees", "Donation", "Government Fees", "Income Tax", "Real Estate Tax & Fees", "Tax Return", "Accommodation", "Auto Expenses", "Auto Rental", "Flights", "Gas", "Mileage Programs", "Parking & Tolls", "Public Transit", "Taxis & Rideshares", "Other"]

TaxDeclaration = Union[TaxDeclarationIndividual, TaxDeclarationBusiness]
"""What somebody has declared for a year."""

TaxReturn = Union[TaxReturnPersonal, TaxReturnPersonalMonthly, TaxReturnBusiness, TaxReturnBusinessMonthly]
"""What somebody has declared."""

TaxType = Literal["NOMINAL", "EFFECTIVE"]

Term = Literal["DAY", "WEEK", "MONTH", "YEAR", "NO_DEADLINE_REMAINING"]

TransactionCategory = Literal["Bills & Utilities", "Credits & Loans", "Deposits", "Fees & Charges", "Food & Groceries", "Home & Life", "Income & Payments", "Insurance", "Investments & Savings", "Online Platforms & Leisure", "Personal Shopping", "Taxes", "Transfers", "Transport & Travel", "Unknown", "Withdrawal & ATM"]

Unavailability = Literal["TEMPORARILY_UNAVAILABLE", "UNAVAILABLE"]
