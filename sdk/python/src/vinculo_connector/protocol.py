"""Made from sdk/schema/protocol-1.json by sdk/generate.py. Do not edit."""

from __future__ import annotations

from typing import Any, Literal, TypedDict, Union

__all__ = [
    "Account",
    "Address",
    "Answer",
    "Balance",
    "BalanceSnapshot",
    "BalloonPayment",
    "Blob",
    "BusinessPatrimony",
    "BusinessProfile",
    "BusinessRelation",
    "Card",
    "Challenge",
    "Checkpoint",
    "Collateral",
    "ContractedCharge",
    "Counterparty",
    "Covered",
    "CreditCardBill",
    "CreditCardData",
    "CreditData",
    "CreditLimit",
    "DailyBalance",
    "Days",
    "Described",
    "Document",
    "EconomicActivity",
    "Email",
    "Error",
    "Fee",
    "Fetch",
    "Filiation",
    "Fund",
    "FundIdentification",
    "Host",
    "Identity",
    "IdentityDocument",
    "IndividualPatrimony",
    "IndividualProfile",
    "IndividualRelation",
    "InformedIncome",
    "InformedRevenue",
    "Initialize",
    "Initialized",
    "InterestRate",
    "InterestRateData",
    "LoanData",
    "LoanPayment",
    "LoanPaymentCharge",
    "LoanPaymentFee",
    "Log",
    "LoggedIn",
    "Login",
    "Merchant",
    "Nationality",
    "NationalityDocument",
    "Nothing",
    "Overdraft",
    "OwnerBusiness",
    "OwnerGeneric",
    "OwnerIndividual",
    "Party",
    "PayrollAccount",
    "Phone",
    "Procurator",
    "Product",
    "Progress",
    "Reason",
    "ReceivablesData",
    "Record",
    "Remark",
    "Removed",
    "SalaryPortability",
    "Share",
    "Stated",
    "TaxDocument",
    "Transaction",
    "Amount",
    "BalanceType",
    "BillStatus",
    "CardCredit",
    "CardFee",
    "Category",
    "ChallengeKind",
    "ContractedChargeType",
    "CounterpartyType",
    "CreditLimitType",
    "Decimal",
    "Direction",
    "DocumentType",
    "FeeCharge",
    "FeeChargeType",
    "FeeType",
    "Frequency",
    "Gender",
    "InstallmentFrequency",
    "Kind",
    "Level",
    "MaritalStatus",
    "Moment",
    "Network",
    "OccupationCode",
    "Owner",
    "Parent",
    "PartyDocument",
    "PartyType",
    "PaymentType",
    "PersonType",
    "PhoneType",
    "Problem",
    "ProcuratorType",
    "ProductType",
    "RatePeriod",
    "RateType",
    "ReferenceIndexType",
    "Status",
    "Subcategory",
    "TaxType",
    "Term",
    "TransactionCategory",
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


class Balance(TypedDict, total=False):
    """How much is in an account. On a card: spent in the open period, and what is left to spend. On
    a loan: still to pay, and what would pay it off today."""

    automatically_invested: Amount | None
    available: Amount | None
    blocked: Amount | None
    current: Amount | None


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


class ContractedCharge(TypedDict, total=False):
    """What a contract charges for being late."""

    info: str | None
    """Says more."""
    rate: Amount | None
    type: ContractedChargeType | None


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


class Error(TypedDict, total=False):
    """Why a request was not answered with a result."""

    code: int
    """-32000, or one of JSON-RPC's own."""
    data: Reason | None
    """Why, by kind."""
    message: str
    """For operators."""


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


class Nothing(TypedDict):
    """Nothing to say: the parameters of `describe`, `logout`, `cancel` and `ping`, and the answer
    to the last three."""


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


class Share(TypedDict, total=False):
    """How much was really seen of one account."""

    complete: bool
    """As in the whole answer."""
    window: Days | None
    """As in the whole answer."""


class Stated(TypedDict, total=False):
    """Balances as the institution states them around a window."""

    closing: Decimal | None
    """After the last movement."""
    opening: Decimal | None
    """Before the first movement."""


class TaxDocument(TypedDict):
    """A Brazilian tax number."""

    document_number: str
    """Its number."""
    document_type: str
    """`CPF` or `CNPJ`."""


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

Amount = Union[str, float]
"""An exact number, best as a text."""

BalanceType = Literal["ASSET", "LIABILITY"]

BillStatus = Literal["PAID", "CLOSED", "OPEN", "FUTURE"]

CardCredit = Literal["REVOLVING_CREDIT", "BILL_INSTALLMENT_PAYMENT", "LOAN", "OTHERS"]

CardFee = Literal["ANNUAL_FEE", "NATIONAL_WITHDRAWAL", "INTERNATIONAL_WITHDRAWAL", "EMERGENCY_CREDIT_EVALUATION_FEE", "DUPLICATE_ISSUANCE_FEE", "PAYMENT_FEE", "SMS_FEE", "OTHERS"]

Category = Literal["ADVANCE_DEPOSIT_ACCOUNT", "CHECKING_ACCOUNT", "CREDIT_CARD", "FINANCING_ACCOUNT", "INVESTMENT_ACCOUNT", "INVOICE_FINANCING_ACCOUNT", "LOAN_ACCOUNT", "PENSION_FUND_ACCOUNT", "SAVINGS_ACCOUNT", "UNCATEGORIZED", "RECEIVABLES_ACCOUNT"]

ChallengeKind = Literal["otp", "numeric", "qr", "question", "choice", "image", "push", "redirect", "file"]
"""What an institution can ask for in the middle of a session."""

ContractedChargeType = Literal["LATE_PAYMENT_INTEREST_FEE", "LATE_PAYMENT_PENALTY_FEE", "DEFAULT_INTEREST_FEE", "LOAN_CONTRACT_TAX", "LATE_PAYMENT_TAX", "NO_CHARGE", "OTHER"]

CounterpartyType = Literal["INDIVIDUAL", "COMPANY"]

CreditLimitType = Literal["TOTAL_LIMIT", "MODAL_LIMIT"]

Decimal = Union[str, float]
"""An exact decimal number, better as a text than as a number."""

Direction = Literal["INFLOW", "OUTFLOW"]

DocumentType = Literal["DRIVERS_LICENSE", "PASSPORT", "ID_CARD", "FISCAL_ID", "FOREIGNER_REGISTRATION_CARD", "OTHER"]

FeeCharge = Literal["MINIMUM", "MAXIMUM", "FIXED", "PERCENTAGE"]

FeeChargeType = Literal["SINGLE", "PER_INSTALLMENT"]

FeeType = Literal["OPERATION_FEE", "INSURANCE_FEE", "OTHERS"]

Frequency = Literal["DAILY", "WEEKLY", "FORTNIGHTLY", "MONTHLY", "BIMONTHLY", "QUARTERLY", "BIANNUALLY", "ANNUALLY", "OTHERS"]

Gender = Literal["FEMALE", "MALE", "OTHER"]

InstallmentFrequency = Literal["IRREGULAR", "WEEKLY", "FORTNIGHTLY", "MONTHLY", "BIMONTHLY", "QUARTERLY", "BIANNUALLY", "ANNUALLY", "OTHER"]

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

Owner = Union[OwnerGeneric, OwnerIndividual, OwnerBusiness]
"""Someone behind a login."""

Parent = Literal["MOTHER", "FATHER"]

PartyDocument = Literal["CPF", "CNPJ", "OTHER_TRAVEL_DOCUMENT", "PASSPORT"]

PartyType = Literal["MEMBER", "ADMINISTRATOR"]

PaymentType = Literal["FULL", "INSTALLMENT"]

PersonType = Literal["INDIVIDUAL", "COMPANY"]

PhoneType = Literal["LANDLINE", "MOBILE", "OTHER"]

Problem = Literal["locked", "password_expired", "action_needed", "forbidden", "missing_credentials", "not_activated", "unsupported_challenge"]
"""What keeps a person out although the login is right."""

ProcuratorType = Literal["LEGAL_REPRESENTATIVE", "ATTORNEY"]

ProductType = Literal["SAVINGS_ACCOUNT", "CHECKING_ACCOUNT"]

RatePeriod = Literal["MONTHLY", "YEARLY"]

RateType = Literal["SIMPLE", "COMPOUND"]

ReferenceIndexType = Literal["WITHOUT_INDEX_TYPE", "PRE_FIXED", "POST_FIXED", "FLOATING", "INDEXED_PRICE", "RURAL_CREDIT", "OTHER_INDEX"]

Status = Literal["PENDING", "PROCESSED", "UNCATEGORIZED"]

Subcategory = Literal["Electricity & Energy", "Rent", "Telecommunications", "Water", "Auto", "Credit Card", "Instalment", "Interest & Charges", "Mortgage", "Pay Advance", "Personal", "Adjustments", "Bank Fees", "Chargeback", "Refund", "Blocked Balances", "Alimony", "Alcohol & Tobacco", "Bakery & Coffee", "Bars & Nightclubs", "Convenience Store", "Delivery", "Groceries", "Restaurants", "Education", "Gyms & Fitness", "Hair & Beauty", "Health", "Home Decor & Appliances", "Laundry & Dry Cleaning", "Pharmacies", "Professional Services", "Veterinary Services", "Freelance", "Interest", "Retirement", "Salary", "Government", "Home Insurance", "Auto Insurance", "Health & Life Insurance", "Savings", "Fixed income", "Equity", "Investment Funds", "Derivatives", "Cryptocurrencies", "Apps, Software and Cloud Services", "Events, Parks and Museums", "Gambling", "Gaming", "Lottery", "Movie & Audio", "Books & News", "Clothing & Accessories", "Department Store", "Electronics", "E-commerce", "Gifts", "Office Supplies", "Pet Supplies", "Auto Tax & Fees", "Donation", "Government Fees", "Income Tax", "Real Estate Tax & Fees", "Tax Return", "Accommodation", "Auto Expenses", "Auto Rental", "Flights", "Gas", "Mileage Programs", "Parking & Tolls", "Public Transit", "Taxis & Rideshares", "Other"]

TaxType = Literal["NOMINAL", "EFFECTIVE"]

Term = Literal["DAY", "WEEK", "MONTH", "YEAR", "NO_DEADLINE_REMAINING"]

TransactionCategory = Literal["Bills & Utilities", "Credits & Loans", "Deposits", "Fees & Charges", "Food & Groceries", "Home & Life", "Income & Payments", "Insurance", "Investments & Savings", "Online Platforms & Leisure", "Personal Shopping", "Taxes", "Transfers", "Transport & Travel", "Unknown", "Withdrawal & ATM"]
