// Made from sdk/schema/protocol-1.json by sdk/generate.py. Do not edit.

type Record_<T> = { [key: string]: T };

/** An account as its institution describes it. */
export interface Account {
  /** The branch that keeps it. */
  agency?: string | null;
  /** How much is in it, or owed. */
  balance: Balance;
  balance_type?: BalanceType | null;
  /** Deprecated. */
  bank_product_id?: string | null;
  category?: Category | null;
  /** The digit that proves `number`. */
  check_digit?: string | null;
  credit_data?: CreditData | null;
  /** ISO 4217 code of every amount here. */
  currency?: string | null;
  /** Only on pension accounts: the funds it holds. */
  funds_data?: Fund[] | null;
  /** The institution's own key. */
  internal_identification?: string | null;
  loan_data?: LoanData | null;
  /** What the institution calls the account itself. */
  name?: string | null;
  /** Its number, as the institution prints it. */
  number?: string | null;
  overdraft?: Overdraft | null;
  /** Which public identifier `public_identification_value` is: `CLABE`, `AGENCY/ACCOUNT`. */
  public_identification_name?: string | null;
  /** What others need to send money here; on cards, their numbers joined by commas. */
  public_identification_value?: string | null;
  receivables_data?: ReceivablesData | null;
  /** What the institution calls this variety of it. */
  subtype?: string | null;
  /** What the institution calls this kind of account. */
  type?: string | null;
}

/** What a bank says of an account's month. */
export interface AccountStatement {
  /** The account's number between banks; Mexico. */
  CLABE?: string | null;
  /** The customer's tax number; Mexico. */
  RFC?: string | null;
  /** The account's number, as the bank prints it. */
  account_number?: string | null;
  /** The bank's number of the customer. */
  client_number?: string | null;
  /** The day on which the bank closed the period. */
  cut_date?: string | null;
  final_balance?: Amount | null;
  /** The last day. */
  period_end_date: string;
  /** The first day. */
  period_start_date: string;
  previous_balance?: Amount | null;
  total_inflow_amount?: Amount | null;
  /** How often something came in. */
  total_inflow_transactions?: number | null;
  total_outflow_amount?: Amount | null;
  /** How often something went out. */
  total_outflow_transactions?: number | null;
  /** The movements that were booked in the period, the earliest first. */
  transactions?: StatementLine[];
}

/** Where someone is. */
export interface Address {
  /** Floor, flat, entrance. */
  additional_info?: string | null;
  /** Street and number. */
  address: string;
  /** ISO 3166 alpha-3. */
  country_code?: string | null;
  /** Country. */
  country_name: string;
  /** Part of the town. */
  district_name?: string | null;
  /** Whether it is the one to use. */
  is_main: boolean;
  /** Degrees north. */
  latitude?: string | null;
  /** Degrees east. */
  longitude?: string | null;
  /** Postal code. */
  postcode: string;
  /** State. */
  state?: string | null;
  /** Town. */
  town: string;
  /** Seven digits of IBGE. */
  town_code?: string | null;
}

/** The answer to `challenge`. */
export interface Answer {
  /** Empty for `push`, `qr` and `redirect`; base64 for `file`. */
  answer: string;
}

/** A company's tax. */
export interface AssessmentBusiness {
  /** On gains by chance. */
  fortuitous_profit_tax?: Amount;
  /** After what is credited. */
  net_income_tax?: Amount;
  /** The income that is taxed. */
  net_income_taxable?: Amount;
  /** What was paid too much. */
  total_balance_in_favor?: Amount;
  /** What is still to be paid. */
  total_balance_payable?: Amount;
  /** What is to be paid together. */
  total_payment?: Amount;
  /** All that is due. */
  total_tax_due?: Amount;
  /** On the taxed income. */
  total_tax_on_taxable_net_income?: Amount;
  /** What was withheld. */
  total_withholdings_for_the_taxable_year_to_be_declared?: Amount;
}

/** A person's tax. */
export interface AssessmentIndividual {
  /** What is still to be paid. */
  balance_payable?: Amount;
  /** What was paid too much. */
  balance_refundable?: Amount;
  /** On gains by chance. */
  fortuitous_profit_tax?: Amount;
  /** After what is credited. */
  net_income_tax?: Amount;
  /** What was over from the year before. */
  previous_year_balance?: Amount;
  /** What is to be paid together. */
  total_payment?: Amount;
  /** All that is due. */
  total_tax_due?: Amount;
  /** On the taxed income. */
  total_tax_on_taxable_net_income?: Amount;
  /** What was withheld. */
  total_withheld_tax?: Amount;
}

/** Something that somebody may issue. */
export interface AuthorizedDocument {
  /** Since when. */
  authorization_date: string;
  /** How many of it. */
  document_limit: number;
  /** What. */
  type: string;
}

/**
 * How much is in an account. On a card: spent in the open period, and what is left to spend. On a
 * loan: still to pay, and what would pay it off today.
 */
export interface Balance {
  automatically_invested?: Amount | null;
  available?: Amount | null;
  blocked?: Amount | null;
  current?: Amount | null;
}

/** What there was when a year ended. */
export interface BalanceSheet {
  /** What turns into money within a year. */
  current_assets?: CurrentAssets;
  /** What is owed within a year. */
  current_liabilities?: CurrentLiabilities;
  /** What belongs to the owners. */
  equity?: Equity;
  /** What stays longer. */
  non_current_assets?: NonCurrentAssets;
  /** What is owed later. */
  non_current_liabilities?: NonCurrentLiabilities;
}

/** What is in an account at the moment of asking. */
export interface BalanceSnapshot {
  /** The institution's own key of the account. */
  account_internal_identification: string;
  /** Put into an investment every evening by itself. */
  automatically_invested: Amount;
  /** Free to use. */
  available: Amount;
  /** Held. */
  blocked: Amount;
  /** ISO 4217. */
  currency: string;
  last_updated_at?: Moment | null;
}

/** A single large instalment. */
export interface BalloonPayment {
  amount?: Amount | null;
  /** ISO 4217. */
  currency?: string | null;
  /** When it is due. */
  due_date?: string | null;
}

/** What a card's period came to. */
export interface Bill {
  /** What the institution calls it, mostly its month. */
  bill_name?: string | null;
  /** ISO 4217. */
  currency?: string | null;
  /** When it is to be paid. */
  due_date?: string | null;
  /** What it charges for credit and for being late. */
  finance_charges?: FinanceCharge[];
  /** The institution's own key. */
  internal_identification?: string | null;
  /** Whether it may be paid in instalments. */
  is_installment?: boolean | null;
  minimum_amount?: Amount | null;
  /** What was paid on it. */
  payments?: BillPayment[];
  total_amount?: Amount | null;
}

/** What was paid on a bill. */
export interface BillPayment {
  amount?: Amount | null;
  /** ISO 4217. */
  currency?: string | null;
  /** When. */
  payment_date?: string | null;
  payment_mode?: BillPaymentMode | null;
  type?: BillPaymentType | null;
}

/** `blob`: a piece of a document that records of this fetch refer to by its id. */
export interface Blob {
  /** The piece, in base64. */
  data: string;
  /** The document's id, new in this fetch. */
  id: string;
  /** Whether it is the last piece of its document. */
  last?: boolean;
  /** `application/pdf`. */
  media_type: string;
}

/** A broker's note: all that was traded on one day. */
export interface BrokerNote {
  /** Its number. */
  broker_note_number: string;
  /** What the broker takes. */
  brokerage_fee: Amount;
  /** What custody costs. */
  clearing_custody_fee: Amount;
  /** What registering at the clearing house costs. */
  clearing_registration_fee: Amount;
  /** What clearing and settling cost. */
  clearing_settlement_fee: Amount;
  /** All that was bought and sold. */
  gross_value: Amount;
  /** The tax on income. */
  income_tax: Amount;
  /** What remains. */
  net_value: Amount;
  /** What the exchange takes for its notices. */
  stock_exchange_asset_trade_notice_fee: Amount;
  /** What the exchange takes for its registry. */
  stock_exchange_fee: Amount;
  /** Taxes but that on income. */
  taxes: Amount;
}

/** What a company says it owns. */
export interface BusinessPatrimony {
  /** How much. */
  amount: Amount;
  /** ISO 4217. */
  currency: string;
  /** As of when. */
  date: string;
}

/** What a company says it turns over and owns. */
export interface BusinessProfile {
  /** What it does. */
  economic_activities: EconomicActivity[];
  informed_revenue?: InformedRevenue | null;
  patrimony?: BusinessPatrimony | null;
}

/** What a company has at the institution. */
export interface BusinessRelation {
  /** Who may act for it. */
  procurators: Procurator[];
  /** Which products, by code. */
  product_services: string[];
  /** Its accounts. */
  products: Product[];
  /** Since when. */
  start_date: Moment;
}

/** A card. */
export interface Card {
  /** Its number, mostly its last four digits. */
  identification_number: string;
  /** Whether it is one of several of its account. */
  is_multiple: boolean;
}

/** `challenge`: asks the end user, while `login` or `fetch` is at work. */
export interface Challenge {
  /** Counts from 1, and grows when the last answer was wrong. */
  attempt?: number;
  /** How long an answer is accepted. */
  expires_in_seconds?: number;
  /** Where the answer is found or what it looks like. */
  hint?: string | null;
  /** What is asked for. */
  kind: ChallengeKind;
  /** The choices of a `choice`. */
  options?: string[];
  /** What the person should do, in words. */
  prompt: string;
  /**
   * Both in other languages, by their BCP 47 tags (`es`, `pt`): the person is shown their own.
   */
  translations?: Record_<Words>;
  /**
   * The number to show, the content of the QR code, the picture (a `data:` URL) or the page.
   */
  value?: string | null;
}

/** `checkpoint`: everything before is said. */
export interface Checkpoint {
  /** From where a reading that breaks off may go on; at most 4 KiB. */
  cursor: string;
}

/** What stands behind a loan. */
export interface Collateral {
  /** What it is worth. */
  amount: Amount;
  /** ISO 4217. */
  currency: string;
  /** Which variety of it. */
  subtype: string;
  /** What kind of thing. */
  type: string;
}

/** What somebody allowed. */
export interface Consent {
  /** For how many days. */
  consent_duration?: number | null;
  /** Who did. */
  display_name?: string | null;
  /** Their tax number, digits alone. */
  document_number: string;
  expired_at?: Moment | null;
  /** What was allowed, by family. */
  permissions: Permissions;
  status?: ConsentStatus | null;
  /** How some of what was allowed cannot be read; left out where all of it can. */
  unavailable_resources?: Unavailability[];
  /** Whether it has no end. */
  undefined_consent_expiration?: boolean;
  /** By which name they were sent to the institution. */
  user_name?: string | null;
}

/** What a contract charges for being late. */
export interface ContractedCharge {
  /** Says more. */
  info?: string | null;
  rate?: Amount | null;
  type?: ContractedChargeType | null;
}

/** A company's costs. */
export interface CostsBusiness {
  /** Of being run. */
  administration_expenses?: Amount;
  /** Of what it sold. */
  costs?: Amount;
  /** Of selling. */
  distribution_and_sales_expenses?: Amount;
  /** Of money. */
  financial_expenses?: Amount;
  /** All of it. */
  total_costs_and_deductible_expenses?: Amount;
}

/** Who was at the other end. */
export interface Counterparty {
  /** Their branch. */
  agency?: string | null;
  /** The digit that proves `number`. */
  check_digit?: string | null;
  /** Code of their bank. */
  clearing_code?: string | null;
  /** Tax number. */
  document_number?: string | null;
  /** Their account. */
  number?: string | null;
  type?: CounterpartyType | null;
}

/** The answer to `fetch`: how much of what was asked was really seen. */
export interface Covered {
  /**
   * What was seen of single accounts, where it is not the same for all: it takes the place of
   * `window` and `complete`.
   */
  accounts?: Record_<Share>;
  /**
   * The institution's own end of that window was reached, for every account. In doubt `false`.
   */
  complete?: boolean;
  /** The form in which it came, where there are several: `ofx`. */
  format?: string | null;
  /** What was wrong with what was read, for the person who can mend it. */
  remarks?: Remark[];
  /** What the institution itself said that it removed. */
  removed?: Removed[];
  /** Balances that the institution stated around the window, by account. */
  stated?: Record_<Stated>;
  /** The days really covered, if the resource has days. */
  window?: Days | null;
}

/** What one bank would still lend. */
export interface CreditAvailable {
  direct_amount?: Amount | null;
  /** The bank. */
  financial_institution: string;
  indirect_amount?: Amount | null;
}

/** Points to a bill. */
export interface CreditCardBill {
  /** The institution's key of it. */
  internal_identification?: string | null;
}

/** The bill of a card that a movement is on. */
export interface CreditCardData {
  bill_amount?: Amount | null;
  /** When the bill is due. */
  bill_due_date?: string | null;
  /** The institution's key of the bill. */
  bill_internal_identification?: string | null;
  /** What the institution calls the bill; null until it is closed. */
  bill_name?: string | null;
  bill_status?: BillStatus | null;
  /** The card, mostly its last four digits. */
  card_number?: string | null;
  collected_at?: Moment | null;
  credit_card_bill?: CreditCardBill | null;
  credits_type?: CardCredit | null;
  /** Says more about the credit. */
  credits_type_additional_info?: string | null;
  fee_type?: CardFee | null;
  /** Says more about the fee. */
  fee_type_additional_info?: string | null;
  /** The institution's key of the plan of instalments. */
  installment_identifier?: string | null;
  /** How many instalments the plan has. */
  number_of_installments?: number | null;
  /** What the bill before came to. */
  previous_bill_total?: string | null;
}

/** What only credit cards have. */
export interface CreditData {
  /** The cards of the account. */
  cards?: Card[] | null;
  collected_at?: Moment | null;
  credit_limit?: Amount | null;
  /** The last day of the period; in Brazil, the day the bill is due. */
  cutting_date?: string | null;
  /** Deprecated. */
  end_date?: string | null;
  interest_rate?: Amount | null;
  /** Deprecated. */
  last_payment_date?: string | null;
  last_period_balance?: Amount | null;
  /** Limits of single cards or uses. */
  limits?: CreditLimit[] | null;
  minimum_payment?: Amount | null;
  monthly_payment?: Amount | null;
  network?: Network | null;
  /** Says more when the network is `OTHER`. */
  network_additional_info?: string | null;
  /** When the next payment is due. */
  next_payment_date?: string | null;
  no_interest_payment?: Amount | null;
}

/** One limit of a card account. */
export interface CreditLimit {
  /** Left. */
  available_amount: Amount;
  /** Whether cards share it. */
  consolidation_type: string;
  credit_limit?: Amount | null;
  /** The card's number, mostly its last four digits. */
  identification_number?: string | null;
  /** Whether the institution moves the limit by itself. */
  is_limit_flexible: boolean;
  /** The use that it limits. */
  line_name?: string | null;
  /** Says more about that use. */
  line_name_additional_info?: string | null;
  /** What it limits. */
  type: CreditLimitType;
  used_amount?: Amount | null;
}

/** The streets to either side of an address. */
export interface CrossStreets {
  /** The first. */
  street_one?: string | null;
  /** The second. */
  street_two?: string | null;
}

/** What turns into money within a year. */
export interface CurrentAssets {
  accounts_receivable?: Amount | null;
  assets_available_for_sale?: Amount | null;
  bad_debt_provision?: Amount | null;
  cash_and_equivalents?: Amount | null;
  inventory?: Amount | null;
  notes_receivable?: Amount | null;
  other_debtors?: Amount | null;
  prepaid_expenses?: Amount | null;
  short_term_investments?: Amount | null;
  tax_recoverable?: Amount | null;
  total?: Amount | null;
}

/** The jobs of one month. */
export interface CurrentEmploymentMexico {
  /** The jobs; null without work. */
  current_employment_records?: CurrentJob[] | null;
  /** The person's CURP; null without work. */
  internal_identification?: string | null;
  /** Which, `YYYY-MM`; null without work. */
  month?: string | null;
  /** The person. */
  personal_data: CurrentPersonalData;
  /** `EMPLOYED` or `UNEMPLOYED`. */
  status: EmploymentStatus;
}

/** A job that somebody has. */
export interface CurrentJob {
  base_salary?: Amount | null;
  /** For how many days by now. */
  days_employed: number;
  /** The employer. */
  employer: string;
  /** The employer's number in the register. */
  employer_id: string;
  /** The employer's tax number. */
  employer_rfc: string;
  monthly_salary?: Amount | null;
  /** The state where it is. */
  state: string;
}

/** What is owed within a year. */
export interface CurrentLiabilities {
  accounts_payable?: Amount | null;
  bank_loans?: Amount | null;
  customer_advances?: Amount | null;
  financial_instruments?: Amount | null;
  income_tax_payable?: Amount | null;
  notes_payable?: Amount | null;
  other_creditors?: Amount | null;
  provisions?: Amount | null;
  taxes_payable?: Amount | null;
  total?: Amount | null;
}

/** Whose jobs they are. */
export interface CurrentPersonalData {
  /** Born. */
  birth_date?: string | null;
  /** Documents. */
  document_ids: EmploymentDocument[];
  /** The first name. */
  first_name?: string | null;
  /** The family names. */
  last_name?: string | null;
  /** The whole name. */
  official_name?: string | null;
}

/** What was in an account at the end of a day. */
export interface DailyBalance {
  /** What was in it. */
  balance: Amount;
  current_balance?: Amount | null;
  /** Deprecated. */
  statement?: string | null;
  /** The day. */
  value_date: string;
}

/** Days from first to last, both included. */
export interface Days {
  /** The first day. */
  from: string;
  /** The last day; never before `from`. */
  to: string;
}

/** Somebody's debts as of a day. */
export interface DebtReportChile {
  /** Credit that could still be drawn. */
  credit_lines?: CreditAvailable[] | null;
  /** ISO 4217. */
  currency: string;
  current?: Amount | null;
  /** As of this day. */
  debt_data_last_update: string;
  defaulted?: Amount | null;
  delinquent?: Amount | null;
  /** As the debtor. */
  direct_debts?: DebtToBank[] | null;
  /** As a guarantor. */
  indirect_debts?: DebtToBank[] | null;
  /** Other credit. */
  other_credits?: CreditAvailable[] | null;
  /** Whose they are. */
  personal_data: DebtorChile;
  severely_delinquent?: Amount | null;
  total?: Amount | null;
}

/** What is owed to one bank. */
export interface DebtToBank {
  /** All of it. */
  amount: Amount;
  /** `Vivienda`, `Comercial`, `Consumo` or `Otro`. */
  credit_type: string;
  current?: Amount | null;
  defaulted?: Amount | null;
  delinquent?: Amount | null;
  /** The bank. */
  financial_institution: string;
  severely_delinquent?: Amount | null;
}

/** Who owes an investment. */
export interface Debtor {
  /** Their tax number. */
  id_document_number: string;
  /** Their name. */
  name: string;
}

/** Who owes. */
export interface DebtorChile {
  /** The RUT. */
  document_id_number: string;
  /** Always `RUT`. */
  document_id_type: DebtorDocument;
  /** The whole name. */
  full_name: string;
}

/** A company that declares, or a person on the form of companies. */
export interface DeclarantBusiness {
  /** The company's name. */
  company_name: string;
  /** Its document. */
  document_id: DeclarantDocument;
  /** First surname. */
  first_last_name?: string | null;
  /** First name. */
  first_name?: string | null;
  /** What it does, by its code. */
  main_economic_activity: string;
  /** Other names. */
  other_names?: string | null;
  /** Where it declares. */
  reporting_id: DeclarationOffice;
  /** Second surname. */
  second_last_name?: string | null;
}

/** The document of a taxpayer. */
export interface DeclarantDocument {
  /** Its number. */
  document_number: string;
  /** `NIT` or another. */
  document_type: string;
}

/** A person who declares. */
export interface DeclarantIndividual {
  /** Their document. */
  document_id: DeclarantDocument;
  /** First surname. */
  first_last_name: string;
  /** First name. */
  first_name: string;
  /** What they do, by its code. */
  main_economic_activity: string;
  /** Other names. */
  other_names: string;
  /** Where they declare. */
  reporting_id: DeclarationOffice;
  /** Second surname. */
  second_last_name: string;
}

/** The form. */
export interface DeclarationForm {
  /** The number under which it was filed. */
  form_number: string;
  /** Its title. */
  name: string;
  /** Its number: `110` or `210`. */
  type: string;
  /** The year that it is about. */
  year?: number | null;
}

/** The office of the authority. */
export interface DeclarationOffice {
  /** What the value is: the code of the section. */
  reporting_type: string;
  /** The code. */
  reporting_value: string;
}

/** The answer to `describe`: as in the manifest. */
export interface Described {
  /** The kinds of challenges that it may raise. */
  challenges: ChallengeKind[];
  /** The names of its institutions. */
  institutions: string[];
  /** The resources that any of them can answer. */
  resources: string[];
}

/** A document by kind and number. */
export interface Document {
  /** Its number. */
  document_number?: string | null;
  /** `CURP`, `RFC`, `CC`, `CPF`. */
  document_type?: string | null;
}

/** Something that was earned. */
export interface Earning {
  /** The part that is taxed. */
  taxable_amount: Amount;
  /** What, by its code. */
  type?: string | null;
  /** The part that is not. */
  vat_free_amount: Amount;
}

/** Something that a company does. */
export interface EconomicActivity {
  /** CNAE code. */
  code: string;
  /** Whether it is the main thing. */
  is_main: boolean;
}

/** Where to write. */
export interface Email {
  /** The address. */
  email: string;
  /** Whether it is the one to use. */
  is_main: boolean;
}

/** An employer of Brazil. */
export interface EmployerBrazil {
  /** Its number at the institution. */
  code: string;
  /** CNAE code. */
  economic_activity: string;
  /** What it is called. */
  name: string;
}

/** Who pays into social security. */
export interface EmployerColombia {
  /** The code of the class. */
  contributor_class_code?: string | null;
  /** The class. */
  contributor_class_code_description?: string | null;
  /** The code of the type. */
  contributor_type_code?: number | null;
  /** The type. */
  contributor_type_description?: string | null;
  /** The code of the main activity. */
  economic_activity_code?: number | null;
  /** The main activity. */
  economic_activity_code_description?: string | null;
  /** The number of that. */
  id_number?: number | null;
  /** `NIT`, `CE`, `CC` or `PASSPORT`. */
  id_type?: string | null;
  /** The registered name. */
  name?: string | null;
  /** For how many months the person worked there. */
  tenure?: number | null;
}

/** A contract with an employer. */
export interface EmploymentBrazil {
  /** The employer. */
  employer_data: EmployerBrazil;
  /** The last day; null while it lasts. */
  end_date?: string | null;
  /** What the person did there. */
  occupations: OccupationBrazil[];
  /** What was paid, month by month. */
  salaries: SalaryBrazil[];
  /** The first day. */
  start_date: string;
}

/** A time with an employer. */
export interface EmploymentColombia {
  /** The employer. */
  employer_data: EmployerColombia;
  /** What was paid, month by month. */
  salary_and_benefit_details?: SalaryColombia[] | null;
}

/** A document of somebody. */
export interface EmploymentDocument {
  /** Its number. */
  document_number?: string | null;
  document_type?: EmploymentDocumentType | null;
}

/** A report on all of somebody's jobs. */
export interface EmploymentRecord {
  /** How many days old it is when it is shown. */
  days_since_extraction?: number;
  /** The jobs. */
  employment_records: Job[];
  /** How likely the person is to keep a job; null without a model. */
  employment_scores?: EmploymentScore[] | null;
  /** The person's CURP. */
  internal_identification: string;
  /** The person. */
  personal_data: PersonalData;
  /** The day of the report; that of reading where the institution does not say. */
  report_date?: string | null;
  salary_estimation?: SalaryEstimate | null;
  social_security_summary?: SocialSecurity | null;
}

/** How likely somebody is to keep a job. */
export interface EmploymentScore {
  /** For so many months. */
  period: number;
  /** 300 to 900, higher is better. */
  score?: number | null;
  /** Which model says so. */
  version: string;
}

/** What somebody is entitled to. */
export interface Entitlements {
  /** What the employer pays besides. */
  entitled_to_company_benefits: boolean;
  /** The public health insurance. */
  entitled_to_health_insurance: boolean;
  status?: EmploymentStatus | null;
  /** Until when; null while employed. */
  valid_until?: string | null;
}

/** Something that somebody does. */
export interface EntityActivity {
  /** What. */
  activity: string;
  /** The authority's code for it. */
  code: string;
  /** Since when. */
  start_date: string;
  /** First or second category. */
  tax_category: number;
  /** Of which broad kind. */
  type: string;
  /** Whether it bears VAT. */
  vat_affected: boolean;
}

/** Where somebody is. */
export interface EntityAddress {
  /** The address in one line. */
  address: string;
  /** Since when. */
  date: string;
  /** What for. */
  type: AddressRole;
}

/** Who it is, and since when. */
export interface EntityDetails {
  /** The RUT. */
  document_id_number: string;
  /** Always `RUT`. */
  document_id_type: DocumentChile;
  /** When it stopped; null while it works. */
  end_date?: string | null;
  /** Founded, or born. */
  incorporation_date: string;
  /** The name. */
  name: string;
  /** When it began to work. */
  start_date: string;
}

/** Where to write. */
export interface EntityEmail {
  /** The address. */
  email: string;
  /** What for. */
  type: EmailRole;
}

/** Where to call. */
export interface EntityPhone {
  /** The number. */
  number: string;
  type?: PhoneKind | null;
}

/** What belongs to the owners. */
export interface Equity {
  capital_reserve?: Amount | null;
  capital_update_excess?: Amount | null;
  capital_update_insufficiency?: Amount | null;
  controlling_interest?: Amount | null;
  future_capital_contributions?: Amount | null;
  legal_reserve?: Amount | null;
  non_controlling_interest?: Amount | null;
  other_comprehensive_income?: Amount | null;
  retained_earnings?: Amount | null;
  share_premium_on_stock_sales?: Amount | null;
  stockholders_equity?: Amount | null;
  total?: Amount | null;
}

/** What a company owns. */
export interface EquityBusiness {
  /** What it is owed. */
  accounts_documents_and_finance_leases_receivable?: Amount;
  /** Cash and what is as good. */
  cash_and_cash_equivalents?: Amount;
  /** What it owes. */
  debts?: Amount;
  /** Inventory. */
  inventory?: Amount;
  /** Investments. */
  investments_and_derivative_financial_instruments?: Amount;
  /** Property, plant and equipment. */
  property_plant_and_equipment_investment_properties?: Amount;
  /** All of it. */
  total_gross_equity?: Amount;
  /** What is left. */
  total_net_equity?: Amount;
}

/** Whom a company belongs to. */
export interface EquityHolder {
  /** What they put in. */
  capital_contributed: Amount;
  /** What they still have to put in. */
  capital_contribution_outstanding: Amount;
  /** Their RUT. */
  document_id_number: string;
  /** Always `RUT`. */
  document_id_type: DocumentChile;
  /** Until when; null while it does. */
  end_date?: string | null;
  /** Whether they have stopped to work. */
  inactive: boolean;
  /** Whether it still does. */
  is_current: boolean;
  /** Their name. */
  name: string;
  /** Their part of it, in percent. */
  ownership_share: Amount;
  /** Their part of its profit, in percent. */
  profit_share: Amount;
  /** Since when. */
  start_date: string;
}

/** What a person owns. */
export interface EquityIndividual {
  /** What they owe. */
  total_debts?: Amount;
  /** All of it. */
  total_gross_equity?: Amount;
  /** What is left. */
  total_net_equity?: Amount;
}

/** Why a request was not answered with a result. */
export interface Error {
  /** -32000, or one of JSON-RPC's own. */
  code?: number;
  /** Why, by kind. */
  data?: Reason | null;
  /** For operators. */
  message?: string;
}

/** A contract by which money of one country becomes that of another. */
export interface Exchange {
  /** The tax number of the institution that carries it out. */
  authorized_institution_identifier: number;
  /** Its name. */
  authorized_institution_name: string;
  /** How much in foreign money. */
  foreign_operation_value_amount: Amount;
  /** ISO 4217 code of that. */
  foreign_operation_value_currency: string;
  /** The tax number of who stands between. */
  intermediary_institution_identifier?: number | null;
  /** Its name. */
  intermediary_institution_name?: string | null;
  local_currency_advance_percentage?: Amount | null;
  /** The rate. */
  local_operation_tax_amount: Amount;
  /** ISO 4217 code of the rate. */
  local_operation_tax_currency: string;
  /** How much in the country's own money. */
  local_operation_value_amount: Amount;
  /** ISO 4217 code of that. */
  local_operation_value_currency: string;
  /** The central bank's code of what it is for. */
  operation_category_code: string;
  /** When it is to be settled; may be put off. */
  operation_due_date: string;
  /** The network's key. */
  operation_identifier: string;
  /** The central bank's number; null until it is registered there. */
  operation_number?: string | null;
  operation_outstanding_balance_amount?: Amount | null;
  /** ISO 4217 code of that. */
  operation_outstanding_balance_currency?: string | null;
  /** When it was agreed. */
  operation_requested_at: Moment;
  /** Whether the customer buys foreign money or sells it. */
  operation_type: ExchangeType;
  settlement_method?: SettlementMethod | null;
  tev_amount_amount?: Amount | null;
  /** ISO 4217 code of that. */
  tev_amount_currency?: string | null;
}

/** Something that happened to an exchange, and how it stood afterwards. */
export interface ExchangeHistory {
  /** When. */
  event_created_at: Moment;
  /** The central bank's number of the event. */
  event_sequence_number: string;
  /**
   * What happened: 1 signed, 2 changed, 3 cancelled, 4 settled, 5 the rest written off, 6 that
   * taken back, 9 an earlier event made void.
   */
  event_type: number;
  foreign_operation_value_amount?: Amount | null;
  /** ISO 4217 code of that. */
  foreign_operation_value_currency?: string | null;
  /** ISO 3166 code of their country. */
  foreign_partie_country_code?: string | null;
  /** Who pays or is paid abroad. */
  foreign_partie_name?: string | null;
  /** The code of what the other side is to the customer. */
  foreign_partie_relationship_code?: string | null;
  local_currency_advance_percentage?: Amount | null;
  local_operation_tax_amount?: Amount | null;
  /** ISO 4217 code of the rate. */
  local_operation_tax_currency?: string | null;
  local_operation_value_amount?: Amount | null;
  /** ISO 4217 code of that. */
  local_operation_value_currency?: string | null;
  /** The central bank's code of what it is for. */
  operation_category_code?: string | null;
  /** When it is to be settled. */
  operation_due_date?: string | null;
  /** The network's key of the exchange. */
  operation_identifier: string;
  operation_outstanding_balance_amount?: Amount | null;
  /** ISO 4217 code of that. */
  operation_outstanding_balance_currency?: string | null;
  settlement_method?: SettlementMethod | null;
  tev_amount_amount?: Amount | null;
  /** ISO 4217 code of that. */
  tev_amount_currency?: string | null;
}

/** What a loan charges besides interest. */
export interface Fee {
  /** Its code. */
  code?: string | null;
  fee_charge?: FeeCharge | null;
  fee_charge_type?: FeeChargeType | null;
  /** What it is called. */
  name?: string | null;
  rate?: Amount | null;
  type?: FeeType | null;
  value?: Amount | null;
}

/** `fetch`: one resource. */
export interface Fetch {
  /** Only this account, by the connector's own key; null for all. */
  account?: string | null;
  /** The last checkpoint of a reading that broke off. */
  cursor?: string | null;
  /** Whether the documents that belong to the records are wanted as blobs. */
  documents?: boolean;
  /** Only this kind, where the resource has several: `INFLOW`; null or absent for all. */
  kind?: string | null;
  /** Further keys that the resource defines. */
  options?: Record_<string>;
  /** Its name: `TRANSACTIONS`. */
  resource: string;
  /** Only these days; null for the present state or everything there is. */
  window?: Days | null;
}

/** A parent. */
export interface Filiation {
  /** The full name. */
  civil_name: string;
  /** The name they go by. */
  social_name?: string | null;
  type?: Parent | null;
}

/** What a bill charges for credit or for being late. */
export interface FinanceCharge {
  /** Says more. */
  additional_info?: string | null;
  amount?: Amount | null;
  /** ISO 4217. */
  currency?: string | null;
  type?: FinanceChargeType | null;
}

/** The statements of one year. Figures are of the whole year, or of its end. */
export interface FinancialStatement {
  /** What there was when the year ended. */
  balance_sheet?: BalanceSheet;
  /** ISO 4217. */
  currency: string;
  /** Why it could not be read or only in part; null where all is well. */
  error?: string | null;
  /** What the year brought and cost. */
  income_statement?: IncomeStatement;
  /** The year. */
  year: string;
}

/** The office in charge of somebody. */
export interface FiscalOffice {
  /** Where it is. */
  address: string;
  /** Its name. */
  name: string;
}

/** A fund of a pension account. */
export interface Fund {
  balance?: Amount | null;
  collected_at?: Moment | null;
  /** What it is called. */
  name?: string | null;
  percentage?: Amount | null;
  /** What others know it by. */
  public_identifications?: FundIdentification[] | null;
  /** What kind it is. */
  type?: string | null;
}

/** Which kind of fund something is. */
export interface FundClassification {
  /** `RENDA_FIXA`, `ACOES`, `MULTIMERCADO` or `CAMBIAL`. */
  category?: string | null;
  /** ANBIMA's class. */
  class?: string | null;
  /** ANBIMA's subclass. */
  subclass?: string | null;
}

/** What others know a fund by. */
export interface FundIdentification {
  /** Which identifier it is. */
  name: string;
  /** The identifier. */
  value?: string | null;
}

/** Who speaks to the connector. */
export interface Host {
  /** `vinculo`. */
  name: string;
  /** Its version. */
  version: string;
}

/** A connector and its version, as in its manifest. */
export interface Identity {
  /** The manifest's `id`. */
  id: string;
  /** The manifest's `version`. */
  version: string;
}

/** A document. */
export interface IdentityDocument {
  /** Says more. */
  additional_info?: string | null;
  /** The digit that proves the number; empty where there is none. */
  check_digit?: string;
  /** Who issued it: ISO 3166 alpha-3. */
  country_of_issuance?: string | null;
  /** Valid until. */
  expiration_date?: string | null;
  /** Valid from. */
  issue_date?: string | null;
  /** Its number. */
  number: string;
  type?: DocumentType | null;
  /** Says more about the kind. */
  type_additional_info?: string | null;
}

/** A company's income. */
export interface IncomeBusiness {
  /** Dividends. */
  dividends?: Amount;
  /** By what it does. */
  gross_income_from_ordinary_activities?: Amount;
  /** Anything else. */
  other_income?: Amount;
  /** What it gave back. */
  returns_rebates_and_discounts_on_sales?: Amount;
  /** All of it. */
  total_gross_income?: Amount;
  /** What is left. */
  total_net_income?: Amount;
}

/** A person's income by where it comes from. */
export interface IncomeBySource {
  /** Capital. */
  capital_income?: Amount;
  /** Employment. */
  earned_income?: Amount;
  /** Fees. */
  fee_based_income?: Amount;
  /** Anything else. */
  non_labor_income?: Amount;
}

/** A person's income. */
export interface IncomeIndividual {
  /** The year together. */
  annual_totals?: YearTotalsIndividual;
  /** All of it. */
  gross_income?: IncomeBySource;
  /** What is left. */
  net_income?: IncomeBySource;
  /** What is not taxed. */
  non_taxable_income?: IncomeBySource;
}

/** What a year brought and cost. */
export interface IncomeStatement {
  cost_of_goods_sold?: Amount | null;
  cost_of_services_sold?: Amount | null;
  discontinued_operations?: Amount | null;
  domestic_sales?: Amount | null;
  equity_in_earnings_of_affiliates?: Amount | null;
  financial_result?: Amount | null;
  foreign_sales?: Amount | null;
  gross_loss?: Amount | null;
  gross_profit?: Amount | null;
  income_before_taxes?: Amount | null;
  income_from_continuing_operations?: Amount | null;
  income_statement_financial_costs?: Amount | null;
  income_statement_financial_gains?: Amount | null;
  income_taxes?: Amount | null;
  loss_before_taxes?: Amount | null;
  loss_from_continuing_operations?: Amount | null;
  materials_used?: Amount | null;
  net_income?: Amount | null;
  net_loss?: Amount | null;
  net_revenue?: Amount | null;
  operating_expenses?: Amount | null;
  operating_income?: Amount | null;
  operating_loss?: Amount | null;
}

/** What a person says they own. */
export interface IndividualPatrimony {
  /** How much. */
  amount: Amount;
  /** ISO 4217. */
  currency: string;
  /** As of which year. */
  year: number;
}

/** What a person says they earn and own. */
export interface IndividualProfile {
  /** The employer's tax number. */
  company_id?: string | null;
  /** What they earn. */
  informed_income: InformedIncome;
  occupation_code?: OccupationCode | null;
  /** The occupation. */
  occupation_description?: string | null;
  patrimony?: IndividualPatrimony | null;
}

/** What a person has at the institution. */
export interface IndividualRelation {
  /** Accounts that salaries are paid into. */
  payroll_accounts?: PayrollAccount[] | null;
  /** Who may act for them. */
  procurators: Procurator[];
  /** Which products, by code. */
  product_services: string[];
  /** Says more about the products. */
  product_services_additional_info?: string | null;
  /** Their accounts. */
  products: Product[];
  /** Salaries that they had moved to another bank. */
  salary_portability_requests?: SalaryPortability[] | null;
  /** Since when. */
  start_date: Moment;
}

/** What someone says they earn. */
export interface InformedIncome {
  /** How much. */
  amount: Amount;
  /** ISO 4217. */
  currency: string;
  /** As of when. */
  date: string;
  frequency?: Frequency | null;
}

/** What a company says it turns over. */
export interface InformedRevenue {
  /** How much. */
  amount: Amount;
  /** ISO 4217. */
  currency: string;
  frequency?: Frequency | null;
  /** Says more about how often. */
  frequency_additional_info?: string | null;
  /** As of which year. */
  year: number;
}

/** `initialize`: always the first message, and the same in every version. */
export interface Initialize {
  /** Who the host is. */
  host: Host;
  /** The name of the institution that this session is for. */
  institution: string;
  /** The language of prompts, as in BCP 47. */
  locale: string;
  /** The only way to the network: `http://127.0.0.1:3128`. Null where there is none. */
  proxy?: string | null;
  /** A key that means nothing and is the same each time this login is used. */
  subject: string;
  /** What the host speaks, newest first. */
  versions: number[];
}

/** The answer to `initialize`. */
export interface Initialized {
  /** As in the manifest. */
  connector: Identity;
  /** The newest version that both speak. */
  version: number;
}

/** In how many parts a sale is paid out. */
export interface Installments {
  /** So many are paid. */
  paid?: number | null;
  /** Of so many. */
  total?: number | null;
}

/** Something in a portfolio. */
export interface Instrument {
  average_acquisition_price?: Amount | null;
  balance_gross?: Amount | null;
  balance_net?: Amount | null;
  /** ISO 4217. */
  currency: string;
  /** What buying it cost. */
  fees?: InstrumentFee[] | null;
  /** Follows from the portfolio, the type and the name, so that transactions name it too. */
  id?: string | null;
  /** What it pays. */
  interest_rates?: InstrumentRate[] | null;
  /** What it is called. */
  name: string;
  /** Since when it is held; bonds and deposits. */
  open_date?: string | null;
  price?: Amount | null;
  profit?: Amount | null;
  /** What others know it by. */
  public_id?: PublicId[] | null;
  quantity?: Amount | null;
  /** How one gets out of it. */
  redemption_conditions?: RedemptionCondition[] | null;
  /** Which variety of it, in the institution's words. */
  subtype?: string | null;
  /** What it is. */
  type: InstrumentType;
}

/** What buying an instrument cost. */
export interface InstrumentFee {
  /** What for. */
  type: string;
  /** How much. */
  value: Amount;
}

/** An instrument, in short. */
export interface InstrumentName {
  /** As in its portfolio. */
  id?: string | null;
  /** What it is called. */
  name: string;
  /** What it is. */
  type: InstrumentType;
}

/** What an instrument pays. */
export interface InstrumentRate {
  /** The index: `CDI`. */
  index?: string | null;
  /** The period that it is stated for. */
  type: string;
  /** Percent; of the index, where there is one. */
  value: Amount;
}

/** One part of what a loan costs. */
export interface InterestRate {
  interest_rate_data?: InterestRateData | null;
  /** What it is called. */
  name?: string | null;
  type?: RatePeriod | null;
  value?: Amount | null;
}

/** How a Brazilian rate is reckoned. */
export interface InterestRateData {
  /** Says more. */
  additional_info?: string | null;
  /** How days are counted: `30/360`. */
  calculation_base: string;
  /** The part that follows the index. */
  post_fixed_rate: Amount;
  /** The part that is fixed. */
  pre_fixed_rate: Amount;
  /** Simple or compound. */
  rate_type: RateType;
  /** Says more about the index. */
  reference_index_info?: string | null;
  /** The index: `CDI`, `IPCA`. */
  reference_index_subtype?: string | null;
  /** The family of the index it follows. */
  reference_index_type: ReferenceIndexType;
  /** Nominal or effective. */
  tax_type: TaxType;
  type?: RatePeriod | null;
}

/** What an investment is worth at an instant. */
export interface InvestmentBalance {
  /** What cannot be used. */
  blocked_amount: Amount;
  closing_price?: Amount | null;
  gross_unit_price?: Amount | null;
  /** Before taxes and fees. */
  gross_value: Amount;
  late_payment_fee?: Amount | null;
  net_value?: Amount | null;
  penalty_fee?: Amount | null;
  post_fixed_rate?: Amount | null;
  pre_fixed_rate?: Amount | null;
  purchase_unit_price?: Amount | null;
  /** How many units. */
  quantity: Amount;
  /** At which. */
  reference_date: Moment;
  transaction_fee?: Amount | null;
  unit_price_factor?: Amount | null;
  withheld_amount?: Amount | null;
}

/** One position: a security, a fund, a bond. */
export interface InvestmentBrazil {
  /** What it is worth. */
  balance: InvestmentBalance;
  classification_details?: FundClassification | null;
  /** The registrar's code; only of fixed income. */
  clearing_code?: string | null;
  /** ISO 4217. */
  currency: string;
  debtor_details?: Debtor | null;
  /** When it falls due; fixed income and treasury bonds. */
  due_date?: string | null;
  /** Until when it cannot be given back; only of fixed income. */
  grace_period_date?: string | null;
  /** Whether its income is free of tax; only of credit. */
  is_tax_exempt?: boolean | null;
  /** ISIN. */
  isin_number?: string | null;
  /** When it was issued; only of fixed income. */
  issue_date?: string | null;
  issue_unit_price?: Amount | null;
  /** The tax number of the issuer or of the fund; none for treasury bonds. */
  issuer_id_number?: string | null;
  /** What it is called: the kind of certificate, the fund, the bond, the ticker. */
  product_name: string;
  /** When it was bought; fixed income and treasury bonds. */
  purchase_date?: string | null;
  remuneration?: Remuneration | null;
  /** Which family of products. */
  type: InvestmentType;
  voucher_payment_details?: VoucherPayment | null;
}

/** What was put into an investment or taken out of it. */
export interface InvestmentTransactionBrazil {
  broker_note_details?: BrokerNote | null;
  exit_fee?: Amount | null;
  gross_value?: Amount | null;
  income_tax?: Amount | null;
  indexer_percentage?: Amount | null;
  /** The institution's own key. */
  internal_identification?: string | null;
  net_value?: Amount | null;
  price_factor?: Amount | null;
  quantity?: Amount | null;
  rate?: Amount | null;
  /** What was done, in the network's words: `APLICACAO`, `COMPRA`, `RESGATE`. */
  subtype?: string | null;
  /** Says more where it is none of those. */
  subtype_additional_info?: string | null;
  transaction_tax?: Amount | null;
  type?: Direction | null;
  unit_price?: Amount | null;
  value?: Amount | null;
  /** The day on which it counts. */
  value_date?: string | null;
}

/** Something bought, sold or paid out. */
export interface InvestmentTransactionLegacy {
  amount?: Amount | null;
  /** ISO 4217. */
  currency: string;
  /** The institution's words for it. */
  description: string;
  fees?: Amount | null;
  /** Which instrument of the portfolio. */
  instrument: InstrumentName;
  /** When it was ordered. */
  operation_date?: string | null;
  price?: Amount | null;
  quantity?: Amount | null;
  /** When the institution settled it. */
  settlement_date: string;
  /** What it was. */
  type: InstrumentTransactionType;
}

/** What is kept together at an institution. */
export interface InvestmentsPortfolio {
  balance_gross?: Amount | null;
  balance_net?: Amount | null;
  /** `ASSET` or `LIABILITY`. */
  balance_type?: string | null;
  /** ISO 4217. */
  currency: string;
  /** What is in it. */
  instruments?: Instrument[] | null;
  /** What the institution calls it. */
  name: string;
  /** What kind of things are in it. */
  type: PortfolioType;
}

/**
 * A document in one of the authority's ledgers, or the month's sum of such as are not kept one by
 * one.
 */
export interface InvoiceChile {
  acknowledged_at?: Moment | null;
  /** The authority's name of its kind. */
  category: string;
  /** When its receiver disputed it. */
  claim_date?: string | null;
  /** ISO 4217. */
  currency: string;
  /** The authority's code of its kind: 33 for an invoice. */
  document_code: number;
  /** The issuer's number; left out of a sum. */
  folio?: string | null;
  /** The day on which it was issued; of a sum, the first of its month. */
  issue_date: string;
  /** Before taxes. */
  net_amount: Amount;
  purchase_invoice_details?: PurchaseChile | null;
  received_at?: Moment | null;
  /** The receiver's RUT; left out of a sum. */
  receiver_id?: string | null;
  /** The receiver; left out of a sum. */
  receiver_name?: string | null;
  sales_invoice_details?: SaleChile | null;
  /** The issuer's RUT. */
  sender_id: string;
  /** The issuer. */
  sender_name: string;
  /** Where it stands. */
  status: InvoiceStatusChile;
  summary_invoice_details?: MonthSumChile | null;
  /** With all taxes. */
  total_amount: Amount;
  /** `INFLOW` in the ledger of purchases, `OUTFLOW` in that of sales. */
  type: Direction;
  /** VAT. */
  vat_amount: Amount;
}

/** An invoice of Colombia. */
export interface InvoiceColombia {
  /** How far its cancellation has come. */
  cancelation_status?: string | null;
  /** When it was cancelled. */
  cancelation_update_date?: string | null;
  /** Who certified it. */
  certification_authority?: string | null;
  /** When it was certified. */
  certification_date?: string | null;
  /** ISO 4217. */
  currency?: string | null;
  discount_amount?: Amount | null;
  exchange_rate?: Amount | null;
  /** When it is to be paid. */
  expiration_date?: string | null;
  /** The issuer's own number. */
  folio?: string | null;
  /** The day on which it was issued. */
  invoice_date?: string | null;
  /** What it is for. */
  invoice_details?: InvoiceLineColombia[];
  /** The authority's number of it (CUFE): the same for issuer and receiver, and for ever. */
  invoice_identification?: string | null;
  invoice_type?: InvoiceTypeColombia | null;
  payment_method?: PaymentMethodColombia | null;
  /** Deprecated. */
  payment_method_description?: string | null;
  /** How it is paid. */
  payment_type?: string | null;
  /** Deprecated. */
  payment_type_description?: string | null;
  /** Payments that it tells of. */
  payments?: Payment[];
  payroll?: Payroll | null;
  /** The postcode where it was issued. */
  place_of_issue?: string | null;
  receiver_details?: PartyDetails | null;
  /** The receiver's tax number. */
  receiver_id?: string | null;
  /** The receiver. */
  receiver_name?: string | null;
  /** What the authority knows of the receiver's honesty. */
  receiver_tax_fraud_status?: string | null;
  sender_details?: PartyDetails | null;
  /** The issuer's tax number. */
  sender_id?: string | null;
  /** The issuer. */
  sender_name?: string | null;
  /** What the authority knows of the issuer's honesty. */
  sender_tax_fraud_status?: string | null;
  /** `Aprobado`, `Vigente` or `Cancelado`. */
  status?: string | null;
  subtotal_amount?: Amount | null;
  tax_amount?: Amount | null;
  total_amount?: Amount | null;
  type?: Direction | null;
  /** What the receiver uses it for. */
  usage?: string | null;
  /** The version of its form. */
  version?: string | null;
  warnings?: Warnings | null;
}

/** One line of an invoice. */
export interface InvoiceLine {
  collected_at?: Moment | null;
  /** What it is. */
  description?: string | null;
  discount?: Amount | null;
  /** The seller's own code. */
  identifier_number?: string | null;
  pre_tax_amount?: Amount | null;
  /** The catalogue's code for it. */
  product_identification?: string | null;
  quantity?: Amount | null;
  /** What was withheld of it. */
  retained_taxes?: RetainedTax[];
  tax_amount?: Amount | null;
  tax_percentage?: Amount | null;
  /** Whether it is taxed, by its code. */
  tax_subject_code?: string | null;
  /** Which tax it bears, where there is but one. */
  tax_type?: string | null;
  total_amount?: Amount | null;
  /** What was added to it. */
  transferred_taxes?: TransferredTax[];
  unit_amount?: Amount | null;
  /** The catalogue's code for its unit. */
  unit_code?: string | null;
  /** Its unit. */
  unit_description?: string | null;
}

/** One line of an invoice of Colombia. */
export interface InvoiceLineColombia {
  collected_at?: Moment | null;
  /** What it is. */
  description?: string | null;
  pre_tax_amount?: Amount | null;
  /** The seller's code for it. */
  product_identification?: string | null;
  quantity?: Amount | null;
  tax_amount?: Amount | null;
  tax_percentage?: Amount | null;
  /** Which tax it bears. */
  tax_type?: string | null;
  total_amount?: Amount | null;
  unit_amount?: Amount | null;
  /** The catalogue's code for its unit. */
  unit_code?: string | null;
  /** Its unit. */
  unit_description?: string | null;
}

/**
 * An invoice of Mexico, or another voucher of the authority's: a credit note, a payment, a
 * payroll.
 */
export interface InvoiceMexico {
  /** How far its cancellation has come. */
  cancelation_status?: string | null;
  /** When it was cancelled. */
  cancelation_update_date?: string | null;
  /** Who certified it: their tax number. */
  certification_authority?: string | null;
  /** When it was certified. */
  certification_date?: string | null;
  /** ISO 4217. */
  currency?: string | null;
  discount_amount?: Amount | null;
  exchange_rate?: Amount | null;
  /** Whether it is an export, by its code. */
  export_type?: string | null;
  /** The issuer's own number. */
  folio?: string | null;
  /** The day on which it was issued. */
  invoice_date?: string | null;
  /** What it is for. */
  invoice_details?: InvoiceLine[];
  /** The authority's number of it: the same for issuer and receiver, and for ever. */
  invoice_identification?: string | null;
  invoice_type?: InvoiceType | null;
  payment_method?: PaymentMethod | null;
  /** Deprecated. */
  payment_method_description?: string | null;
  /** How it is paid, by its code. */
  payment_type?: string | null;
  /** Deprecated. */
  payment_type_description?: string | null;
  /** Payments that it tells of; only on `Pago`. */
  payments?: Payment[];
  payroll?: Payroll | null;
  /** The postcode where it was issued. */
  place_of_issue?: string | null;
  receiver_blacklist_status?: FraudStatus | null;
  /** The receiver's tax regime, by its code. */
  receiver_fiscal_regime?: string | null;
  /** The receiver's tax number. */
  receiver_id?: string | null;
  /** The receiver. */
  receiver_name?: string | null;
  /** The receiver's postcode; left out where only the outline is known. */
  receiver_postal_code?: string | null;
  receiver_tax_fraud_status?: FraudStatus | null;
  /** Other vouchers that it belongs to. */
  related_invoices?: RelatedInvoice[];
  sender_blacklist_status?: FraudStatus | null;
  /** The issuer's tax regime, by its code. */
  sender_fiscal_regime?: string | null;
  /** The issuer's tax number. */
  sender_id?: string | null;
  /** The issuer. */
  sender_name?: string | null;
  sender_tax_fraud_status?: FraudStatus | null;
  /** The issuer's own series. */
  series?: string | null;
  /** `Vigente` or `Cancelado`. */
  status?: string | null;
  subtotal_amount?: Amount | null;
  tax_amount?: Amount | null;
  tax_details?: TaxDetails | null;
  total_amount?: Amount | null;
  type?: Direction | null;
  /** What the receiver uses it for, by its code. */
  usage?: string | null;
  /** The version of its form. */
  version?: string | null;
  warnings?: Warnings | null;
}

/** A job: one time with one employer. */
export interface Job {
  collected_at?: Moment | null;
  /** ISO 4217. */
  currency: string;
  /** The employer. */
  employer: string;
  /** The employer's number in the register. */
  employer_id?: string | null;
  /** What happened while it lasted. */
  employment_status_updates?: JobEvent[] | null;
  /** The last day; null while it lasts. */
  end_date?: string | null;
  /** The same for a month. */
  monthly_salary: Amount;
  /** What was last paid for a day, with what is paid all year round besides. */
  most_recent_base_salary: Amount;
  /** The first day. */
  start_date: string;
  /** The state where it was. */
  state?: string | null;
  /** How many weeks it lasted. */
  weeks_employed: number;
}

/** Something that happened in a job. */
export interface JobEvent {
  /** What was paid for a day from then on. */
  base_salary: Amount;
  event?: JobEventType | null;
  /** When. */
  update_date: string;
}

/** What only loans have. */
export interface LoanData {
  /** How the debt shrinks: `PRICE`, `SAC`. */
  amortization_schedule?: string | null;
  /** Says more about how. */
  amortization_schedule_info?: string | null;
  /** Single large instalments. */
  balloon_payments?: BalloonPayment[] | null;
  /** What stands behind it. */
  collaterals?: Collateral[] | null;
  collected_at?: Moment | null;
  /** The tax number of who deducts it from wages. */
  consignee_id?: string | null;
  contract_amount?: Amount | null;
  /** When it ends. */
  contract_end_date?: string | null;
  /** The contract's number at the institution. */
  contract_number?: string | null;
  contract_remaining_frequency?: Term | null;
  /** How long it still runs. */
  contract_remaining_total?: number | null;
  /** When it was signed. */
  contract_start_date?: string | null;
  /** What is charged for being late. */
  contracted_charges?: ContractedCharge[] | null;
  credit_limit?: Amount | null;
  /** Deprecated. */
  cutting_date?: string | null;
  /** Deprecated. */
  cutting_day?: string | null;
  /** When the money was handed out. */
  disbursement_dates?: string[] | null;
  /** What is charged besides. */
  fees?: Fee[] | null;
  /** When the first instalment was due. */
  first_installment_due_date?: string | null;
  installment_frequency?: InstallmentFrequency | null;
  /** Says more about how often. */
  installment_frequency_info?: string | null;
  installments_contract_term_frequency?: Term | null;
  interest_rate?: Amount | null;
  /** What it costs. */
  interest_rates?: InterestRate[] | null;
  /** Deprecated. */
  last_payment_date?: string | null;
  last_period_balance?: Amount | null;
  /** Deprecated: see `payment_day`. */
  limit_day?: string | null;
  /** The contract's code in the country's register. */
  loan_code?: string | null;
  /** What the institution calls the product. */
  loan_type?: string | null;
  monthly_payment?: Amount | null;
  /** When the next instalment is due. */
  next_payment_date?: string | null;
  no_interest_payment?: Amount | null;
  /** How many are left. */
  number_of_installments_outstanding?: number | null;
  /** How many are paid. */
  number_of_installments_paid?: number | null;
  /** How many are late. */
  number_of_installments_past_due?: number | null;
  /** How many instalments there are. */
  number_of_installments_total?: number | null;
  outstanding_balance?: Amount | null;
  outstanding_principal?: Amount | null;
  /** The day of the month on which it is paid. */
  payment_day?: string | null;
  principal?: Amount | null;
  /** When it was paid off. */
  settlement_date?: string | null;
  total_effective_cost?: Amount | null;
}

/** What a movement paid on a loan. */
export interface LoanPayment {
  /** The charges in it. */
  charges: LoanPaymentCharge[];
  /** The fees in it. */
  fees: LoanPaymentFee[];
  /** The institution's key of the instalment. */
  installment_id?: string | null;
  /** Whether it was outside the plan. */
  is_detached: boolean;
}

/** A charge inside a payment. */
export interface LoanPaymentCharge {
  /** How much. */
  amount: Amount;
  /** Says more. */
  info: string;
  /** What for. */
  type: string;
}

/** A fee inside a payment. */
export interface LoanPaymentFee {
  amount?: Amount | null;
  /** Its code. */
  code: string;
  /** What it is called. */
  name: string;
}

/** `log`: a line for operators. */
export interface Log {
  /** How important. */
  level?: Level;
  /** What happened. */
  message: string;
}

/** The answer to `login`. */
export interface LoggedIn {
  /** What to remember for next time, at most 1 MiB. */
  state?: string | null;
  /** Who this is at the institution: stable, the same for every login of that person. */
  user: string;
}

/** `login`: the only message with credentials. */
export interface Login {
  /** The filled-in form fields of the institution, by their names. */
  credentials: Record_<string>;
  /** The institution's name. */
  institution: string;
  /** Whether somebody is there to answer a challenge. */
  interactive: boolean;
  /** What the last good login asked to remember. */
  state?: string | null;
}

/** A shop. */
export interface Merchant {
  /** Where its logo is. */
  logo?: string | null;
  /** What people call it. */
  merchant_name: string;
  /** Where its site is. */
  website?: string | null;
}

/** What a month's documents came to that are not kept one by one. */
export interface MonthSumChile {
  /** `YYYY-MM`. */
  month: string;
  /** What of them is exempt. */
  tax_exempt_amount?: Amount;
  /** How many documents. */
  total_documents: number;
  updated_at?: Moment | null;
}

/** Where someone is a citizen. */
export interface Nationality {
  /** What proves it. */
  documents: NationalityDocument[];
  /** Which. */
  info?: string | null;
}

/** A document that proves a nationality. */
export interface NationalityDocument {
  /** Says more. */
  additional_info?: string | null;
  /** Who issued it: ISO 3166 alpha-3. */
  country_of_issuance?: string | null;
  /** Valid until. */
  expiration_date?: string | null;
  /** Valid from. */
  issue_date?: string | null;
  /** Its number. */
  number: string;
  type?: DocumentType | null;
}

/** What stays longer. */
export interface NonCurrentAssets {
  accumulated_depreciation_and_amortization?: Amount | null;
  goodwill?: Amount | null;
  intangible_assets?: Amount | null;
  investments_in_associates?: Amount | null;
  long_term_accounts_receivable?: Amount | null;
  long_term_financial_instruments?: Amount | null;
  prepayment_to_suppliers?: Amount | null;
  property_plant_and_equipment?: Amount | null;
  total?: Amount | null;
}

/** What is owed later. */
export interface NonCurrentLiabilities {
  contributions_for_future_capital_increases?: Amount | null;
  deferred_income_tax?: Amount | null;
  deferred_revenue?: Amount | null;
  employee_benefits?: Amount | null;
  long_term_accounts_payable?: Amount | null;
  long_term_financial_instruments?: Amount | null;
  long_term_provisions?: Amount | null;
  total?: Amount | null;
}

/**
 * Nothing to say: the parameters of `describe`, `revoke`, `logout`, `cancel` and `ping`, and the
 * answer to the last four.
 */
export interface Nothing {
}

/** What somebody did for an employer. */
export interface OccupationBrazil {
  /** CBO occupation. */
  description: string;
  /** The last day; null while it lasts. */
  end_date?: string | null;
  /** `Urbana`, `Rural`, `Não Identificado`. */
  locale: string;
  /** The employer's word for it. */
  name: string;
  /** The first day. */
  start_date: string;
}

/** How far a checking account may go below zero. */
export interface Overdraft {
  /** Agreed. */
  arranged: Amount;
  /** In use beyond what was agreed. */
  unarranged: Amount;
  /** How much of that is in use. */
  used: Amount;
}

/** A company, as Open Finance Brazil describes it. */
export interface OwnerBusiness {
  /** Its other documents. */
  additional_documents: IdentityDocument[];
  /** The main one of `addresses`. */
  address?: string | null;
  /** Where it is. */
  addresses: Address[];
  /** Tax numbers of the institutions that vouch for this. */
  companies_id: string[];
  /** The registered name. */
  company_name: string;
  /** `company_name` again, for readers of the common shape. */
  display_name?: string | null;
  /** Its tax number. */
  document_id: TaxDocument;
  /** The main one of `emails`. */
  email?: string | null;
  /** Where to write. */
  emails: Email[];
  financial_profile?: BusinessProfile | null;
  financial_relation?: BusinessRelation | null;
  /** When it was founded. */
  incorporation_date: string;
  /** The institution's own key of the customer. */
  internal_identification?: string | null;
  /** Who owns and runs it. */
  parties: Party[];
  /** The main one of `phone_numbers`. */
  phone_number?: string | null;
  /** Where to call. */
  phone_numbers: Phone[];
  /** The name on its sign. */
  trade_name?: string | null;
}

/** Someone behind a login, in any country. */
export interface OwnerGeneric {
  /** Where they live, in one line. */
  address?: string | null;
  /** Deprecated. */
  business_name?: string | null;
  /** The full name. */
  display_name?: string | null;
  document_id?: Document | null;
  /** Where to write. */
  email?: string | null;
  /** Deprecated. */
  first_name?: string | null;
  /** The institution's own key of the customer. */
  internal_identification?: string | null;
  /** Deprecated. */
  last_name?: string | null;
  /** Where to call. */
  phone_number?: string | null;
  /** Deprecated. */
  second_last_name?: string | null;
}

/** A person, as Open Finance Brazil describes them. */
export interface OwnerIndividual {
  /** Their other documents. */
  additional_documents: IdentityDocument[];
  /** The main one of `addresses`. */
  address?: string | null;
  /** Where they live. */
  addresses: Address[];
  /** When they were born. */
  birth_date: string;
  /** Tax numbers of the institutions that vouch for this. */
  companies_id: string[];
  /** The full name. */
  display_name: string;
  /** Their tax number. */
  document_id: TaxDocument;
  /** The main one of `emails`. */
  email?: string | null;
  /** Where to write. */
  emails: Email[];
  /** Their parents. */
  filiations: Filiation[];
  financial_profile?: IndividualProfile | null;
  financial_relation?: IndividualRelation | null;
  gender?: Gender | null;
  /** The institution's own key of the customer. */
  internal_identification?: string | null;
  /** Whether they live in Brazil. */
  is_local_resident: boolean;
  marital_status?: MaritalStatus | null;
  /** Says more when that is `OTHER`. */
  marital_status_additional_info?: string | null;
  /** Where they are citizens, if not residents. */
  nationalities?: Nationality[] | null;
  /** The main one of `phone_numbers`. */
  phone_number?: string | null;
  /** Where to call. */
  phone_numbers: Phone[];
  /** The name they go by. */
  social_name?: string | null;
}

/** An invoice that was paid, or a part of it. */
export interface PaidInvoice {
  amount_paid?: Amount | null;
  /** ISO 4217. */
  currency?: string | null;
  /** The authority's number of it. */
  invoice_identification?: string | null;
  outstanding_balance?: Amount | null;
  /** The how-manieth payment of it this is. */
  partiality_number: number;
  payment_method?: PaymentMethod | null;
  previous_balance?: Amount | null;
}

/** A company that somebody has a part of. */
export interface PartnershipStake {
  /** What was put in. */
  capital_contributed: Amount;
  /** What is still to be put in. */
  capital_contribution_outstanding: Amount;
  /** Its RUT. */
  document_id_number: string;
  /** Always `RUT`. */
  document_id_type: DocumentChile;
  /** Until when; null while it lasts. */
  end_date?: string | null;
  /** Whether it has stopped to work. */
  inactive: boolean;
  /** Its name. */
  name: string;
  /** The part of it, in percent. */
  ownership_share: Amount;
  /** The part of its profit, in percent. */
  profit_share: Amount;
  /** Since when. */
  start_date: string;
}

/** Someone who owns or runs a company. */
export interface Party {
  /** A company's registered name. */
  company_name?: string | null;
  /** A person's full name. */
  display_name?: string | null;
  /** Says more. */
  document_additional_info?: string | null;
  /** Who issued it: ISO 3166 alpha-3. */
  document_country?: string | null;
  /** Valid until. */
  document_expiration_date?: string | null;
  /** Valid from. */
  document_issue_date?: string | null;
  /** Its number. */
  document_number: string;
  document_type?: PartyDocument | null;
  percentage_type?: Amount | null;
  person_type?: PersonType | null;
  /** The name a person goes by. */
  social_name?: string | null;
  /** Since when. */
  start_date?: string | null;
  /** The name on a company's sign. */
  trade_name?: string | null;
  type?: PartyType | null;
}

/** More about one side of an invoice. */
export interface PartyDetails {
  /** The address in one line. */
  address?: string | null;
  collected_at?: Moment | null;
  /** The country. */
  country?: string | null;
  /** E-mail. */
  email?: string | null;
  /** Telephone. */
  phone_number?: string | null;
  /** The tax regime. */
  regimen?: string | null;
  /** `Persona Jurídica` or `Persona Natural`. */
  tax_payer_type?: string | null;
  /** The tax scheme. */
  tax_scheme?: string | null;
}

/** A payment of invoices that were not paid at once. */
export interface Payment {
  amount?: Amount | null;
  /** The receiving account. */
  beneficiary_account_number?: string | null;
  /** The tax number of the receiving bank. */
  beneficiary_rfc?: string | null;
  /** ISO 4217. */
  currency?: string | null;
  date?: Moment | null;
  /** What one of `currency` is in the country's own, as text. */
  exchange_rate?: string | null;
  /** The bank's reference. */
  operation_number?: string | null;
  /** The paying account. */
  payer_account_number?: string | null;
  /** The paying bank. */
  payer_bank_name?: string | null;
  /** The tax number of the paying bank. */
  payer_rfc?: string | null;
  /** How, by its code. */
  payment_type?: string | null;
  /** What was paid. */
  related_documents?: PaidInvoice[];
}

/** One pay of an employee. */
export interface Payroll {
  /** What was paid. */
  amount: Amount;
  collected_at?: Moment | null;
  /** The first day that is paid. */
  date_from?: string | null;
  /** The last day that is paid. */
  date_to?: string | null;
  /** How many days are paid. */
  days?: number | null;
  /** What was earned. */
  earnings_breakdown?: Earning[] | null;
  /** What else was paid. */
  other_payments?: PayrollAmount[] | null;
  /** The day on which it was paid. */
  payment_date: string;
  periodicity?: Periodicity | null;
  /** What was taken off. */
  tax_deductions?: PayrollAmount[] | null;
  /** Ordinary or not, by its code. */
  type?: string | null;
  /** The version of its form. */
  version: string;
}

/** An account that a salary is paid into. */
export interface PayrollAccount {
  /** When it was opened. */
  account_opening_date?: string | null;
  /** Their bank's code. */
  employer_bank_code?: string | null;
  /** Their bank's tax number. */
  employer_bank_id_number?: string | null;
  /** Their tax number. */
  employer_id_number?: string | null;
  /** Who pays it. */
  employer_name?: string | null;
}

/** Something that was taken off, or paid besides. */
export interface PayrollAmount {
  /** How much. */
  amount: Amount;
  /** What, by its code. */
  type?: string | null;
}

/** A person's pension. */
export interface PensionIndividual {
  /** What was paid out. */
  net_pension_income?: Amount;
  /** The part of it that is taxed. */
  net_taxable_pension_income?: Amount;
}

/** What was allowed, in the network's words. */
export interface Permissions {
  /** Of accounts. */
  ACCOUNTS?: string[];
  /** Of cards. */
  CREDIT_CARDS?: string[];
  /** Of loans. */
  CREDIT_OPERATIONS?: string[];
  /** Of investments. */
  INVESTMENTS?: string[];
  /** Of the person. */
  REGISTER?: string[];
  /** What all the others need. */
  RESOURCES?: string[];
}

/** Whose report it is. */
export interface PersonalData {
  /** Born. */
  birth_date?: string | null;
  /** Documents. */
  document_ids: EmploymentDocument[];
  /** E-mail. */
  email?: string | null;
  /** What the person is entitled to. */
  entitlements: Entitlements;
  /** The first name. */
  first_name?: string | null;
  /** The family names. */
  last_name?: string | null;
  /** The whole name. */
  official_name?: string | null;
}

/** Where to call. */
export interface Phone {
  /** Says more. */
  additional_info?: string | null;
  /** The area's code. */
  area_code?: string | null;
  /** The country's code without its plus. */
  country_code?: string | null;
  /** The extension. */
  extension?: string | null;
  /** Whether it is the one to use. */
  is_main: boolean;
  /** The number without codes. */
  number: string;
  type?: PhoneType | null;
}

/** Someone who may act for an owner. */
export interface Procurator {
  /** The full name. */
  civil_name: string;
  /** Their tax number. */
  document_number: string;
  /** The name they go by. */
  social_name?: string | null;
  type?: ProcuratorType | null;
}

/** An account that an owner has. */
export interface Product {
  /** The branch. */
  agency?: string | null;
  /** The digit that proves the number. */
  check_digit: string;
  /** The bank's code. */
  clearing_code: string;
  /** The number. */
  number: string;
  /** Which variety of it. */
  subtype?: string | null;
  type?: ProductType | null;
}

/** `progress`: a sign of life. */
export interface Progress {
  /** How much is done. */
  done: number;
  /** Of how much, where known. */
  total?: number | null;
}

/** The tax on a property. */
export interface PropertyTax {
  /** Where it is. */
  address: string;
  /** The commune. */
  district: string;
  /** What should have been paid. */
  overdue_tax_payments?: PropertyTaxPayment[];
  /** Its number in the register. */
  property_id: string;
  /** What is still to come. */
  scheduled_tax_payments?: PropertyTaxPayment[];
  /** What it is used for. */
  type: string;
}

/** An instalment of the tax on a property. */
export interface PropertyTaxPayment {
  /** How much. */
  amount_due: Amount;
  /** When it is to be paid. */
  due_date: string;
  /** The how-manieth of it. */
  installment: number;
  /** Of this year. */
  year: number;
}

/** What others know an instrument by. */
export interface PublicId {
  /** `ISIN`. */
  type: string;
  /** The number. */
  value: string;
}

/** What the ledger of purchases says of a document. */
export interface PurchaseChile {
  additional_tax_amount?: Amount | null;
  /** Its code. */
  additional_tax_code?: number | null;
  /** Its rate, as text. */
  additional_tax_rate?: string | null;
  /** Whether a credit or debit note belongs to it. */
  credit_or_debit_note_on_purchase?: boolean | null;
  net_amount_fixed_assets?: Amount | null;
  tax_cigar_amount?: Amount | null;
  tax_cigarettes_amount?: Amount | null;
  tax_exempt_amount?: Amount | null;
  tax_non_credit_amount?: Amount | null;
  tax_processed_tobacco_amount?: Amount | null;
  vat_common_use?: Amount | null;
  vat_fixed_assets?: Amount | null;
  vat_non_refundable_amount?: Amount | null;
  /** Why not, by its code. */
  vat_non_refundable_code?: number | null;
  vat_non_withheld?: Amount | null;
  vat_refundable_amount?: Amount | null;
}

/** The `data` of an error. */
export interface Reason {
  /** Why. */
  kind: Kind;
  /** Only with `login_error`: what keeps the person out. */
  problem?: Problem | null;
  /** Only with `unreadable`: where and why. */
  remark?: Remark | null;
}

/** What a merchant's customers have paid by card. */
export interface ReceivablesData {
  anticipated?: Amount | null;
  available?: Amount | null;
  collected_at?: Moment | null;
  current?: Amount | null;
}

/** What is kept back of a sale. */
export interface ReceivablesFee {
  type?: ReceivablesFeeType | null;
  /** How much. */
  value: Amount;
}

/** A sale that was paid by card. */
export interface ReceivablesTransaction {
  /** ISO 4217. */
  currency: string;
  /** What is kept back. */
  fees: ReceivablesFee[];
  gross_amount?: Amount | null;
  /** The acquirer's key. */
  institution_transaction_id: string;
  net_amount?: Amount | null;
  number_of_installments?: Installments | null;
  status?: SaleStatus | null;
  type?: CardUse | null;
  /** The day. */
  value_date: string;
  /** The hour where it was, `HH:MM`. */
  value_hour: string;
}

/** `record`: one thing that the institution showed. */
export interface Record {
  /** The connector's key of the account that it belongs to or, for an account, of itself. */
  account?: string | null;
  /** The ids of its documents, by the keys that show them: each a blob that came before. */
  documents?: Record_<string>;
  /** The thing, in the shape of the resource. */
  item: Record_<unknown>;
  /** The page it stood on, so that overlapping pages can be folded. */
  page?: number;
}

/** How one gets out of an instrument. */
export interface RedemptionCondition {
  /** `due_date`. */
  type: string;
  /** As text. */
  value: string;
}

/** A tax regime. */
export interface RegimeChile {
  /** Since when. */
  start_date: string;
  /** Which. */
  type: string;
}

/** Points to another voucher. */
export interface RelatedInvoice {
  /** The authority's number of the other. */
  related_invoice_identification?: string | null;
  /** How they belong together, by its code. */
  relationship_type?: string | null;
}

/** Something wrong with what was read. It never repeats what stood there. */
export interface Remark {
  /** The character in that line, from 1. */
  column?: number | null;
  /** The line of a file, from 1. */
  line?: number | null;
  /** What is wrong, and what was made of it. */
  problem: string;
}

/** A thing that the institution once showed and says it removed. */
export interface Removed {
  /** The connector's key of its account. */
  account?: string | null;
  /** The institution's id of it. */
  source_id: string;
}

/** What an investment pays. */
export interface Remuneration {
  /** `DIAS_UTEIS` or `DIAS_CORRIDOS`. */
  calculation_base?: string | null;
  indexer?: Indexer | null;
  /** Says more where the index is none of those. */
  indexer_additional_info?: string | null;
  post_fixed_rate?: Amount | null;
  pre_fixed_rate?: Amount | null;
  /** `DIARIO`, `MENSAL`, `SEMESTRAL` or `ANUAL`. */
  rate_periodicity?: string | null;
  /** `LINEAR` or `EXPONENCIAL`. */
  rate_type?: string | null;
}

/** Who acts for a company. */
export interface Representative {
  /** Their RUT. */
  document_id_number: string;
  /** Always `RUT`. */
  document_id_type: DocumentChile;
  /** Until when; null while they do. */
  end_date?: string | null;
  /** Whether they still do. */
  is_current: boolean;
  /** Their name. */
  name: string;
  /** Since when. */
  start_date: string;
}

/** One kind of tax that was withheld. */
export interface Retained {
  base_amount?: Amount | null;
  payment_status?: RetentionStatus | null;
  retained_amount?: Amount | null;
  /** Which tax, by its code. */
  tax_type?: string | null;
}

/** A tax that was withheld of a line. */
export interface RetainedTax {
  collected_at?: Moment | null;
  retained_tax_amount?: Amount | null;
  /** Which. */
  tax?: string | null;
  tax_percentage?: Amount | null;
  /** How it is computed. */
  tax_type?: string | null;
}

/** What a month paid. */
export interface SalaryBrazil {
  /** Before what is withheld. */
  base_amount: Amount;
  /** ISO 4217. */
  currency: string;
  /** `YYYY-MM`. */
  month: string;
  /** What is withheld. */
  retained_amount: Amount;
  type?: SalaryType | null;
}

/** What a month paid. */
export interface SalaryColombia {
  employment_type?: ContractType | null;
  /** Says more about it. */
  employment_type_additional_info?: string | null;
  gross_amount?: Amount | null;
  /** The health insurance. */
  healthcare_provider_name?: string | null;
  /** `YYYY-MM`. */
  month?: string | null;
  net_amount?: Amount | null;
  /** Whether parafiscal contributions are owed. */
  parafiscal_contribution?: boolean | null;
  /** The pension fund. */
  pension_fund_name?: string | null;
  /** Whether everything is in the salary. */
  salary_comprehensive?: boolean | null;
  salary_type?: SalaryKind | null;
  /** What explains the month. */
  status_changes?: StatusChange[] | null;
}

/** What somebody may earn today. */
export interface SalaryEstimate {
  base_salary_estimate?: Amount | null;
  /** ISO 4217. */
  currency: string;
  employment_status_estimate?: EmploymentStatus | null;
}

/** A salary moved to another bank. */
export interface SalaryPortability {
  /** Their bank's code. */
  employer_bank_code?: string | null;
  /** Their bank's tax number. */
  employer_bank_id_number?: string | null;
  /** Their tax number. */
  employer_id_number?: string | null;
  /** Who pays it. */
  employer_name?: string | null;
  /** When it was agreed to. */
  portability_approval_date?: string | null;
}

/** What the ledger of sales says of a document. */
export interface SaleChile {
  additional_tax_amount?: Amount | null;
  /** A further tax, by its code. */
  additional_tax_code?: number | null;
  /** Its rate, as text. */
  additional_tax_rate?: string | null;
  /** The authority's code of the branch. */
  branch_code?: number | null;
  construction_sector_tax_credit?: Amount | null;
  container_deposit_guarantee?: Amount | null;
  /** Whether a credit or debit note belongs to it. */
  credit_or_debit_note_on_purchase?: boolean | null;
  domestic_transportation_amount?: Amount | null;
  /** The number of a receiver abroad. */
  foreign_recipient_id?: string | null;
  /** Their nationality. */
  foreign_recipient_nationality?: string | null;
  international_transportation_amount?: Amount | null;
  invoice_settlement_exempt_commission?: Amount | null;
  invoice_settlement_net_commission?: Amount | null;
  /** The RUT of who settles for others. */
  invoice_settlement_sender_id?: string | null;
  invoice_settlement_vat_commission?: Amount | null;
  /** Whether nothing is to be paid. */
  is_free_of_charge?: boolean | null;
  non_billable_amount?: Amount | null;
  /** Whether it is for a service that is billed period by period. */
  periodic_billing_type?: boolean | null;
  /** Its number. */
  reference_document_folio?: string | null;
  /** The kind of the document that it refers to. */
  reference_document_type?: string | null;
  tax_exempt_amount?: Amount | null;
  tax_free_trade_zone_amount?: Amount | null;
  total_amount_for_period?: Amount | null;
  vat_non_withheld?: Amount | null;
  vat_partially_withheld?: Amount | null;
  vat_past_due?: Amount | null;
  vat_sales?: Amount | null;
  vat_third_party?: Amount | null;
  vat_total_withheld?: Amount | null;
}

/** How much was really seen of one account. */
export interface Share {
  /** As in the whole answer. */
  complete?: boolean;
  /** As in the whole answer. */
  window?: Days | null;
}

/** What was paid in, in weeks. */
export interface SocialSecurity {
  /** Paid in. */
  weeks_contributed?: number | null;
  /** Taken out of the pension. */
  weeks_redeemed?: number | null;
  /** Paid back. */
  weeks_reinstated?: number | null;
}

/** Balances as the institution states them around a window. */
export interface Stated {
  /** After the last movement. */
  closing?: Decimal | null;
  /** Before the first movement. */
  opening?: Decimal | null;
}

/** A movement as a statement prints it. */
export interface StatementLine {
  /** The day it was booked. */
  accounting_date?: string | null;
  amount?: Amount | null;
  balance?: Amount | null;
  /** The bank's words for it. */
  description?: string | null;
  /** The bank's reference. */
  reference?: string | null;
  type?: Direction | null;
  /** The day it happened. */
  value_date?: string | null;
}

/** Something that a taxpayer does. */
export interface TaxActivity {
  /** What. */
  economic_activity?: string | null;
  /** Until when. */
  end_date?: string | null;
  /** Since when. */
  initial_date?: string | null;
  /** Its rank among them. */
  order?: string | null;
  /** Its share in their income. */
  percentage?: string | null;
}

/** Where a taxpayer is registered. */
export interface TaxAddress {
  /** The streets to either side. */
  between_street?: CrossStreets[] | null;
  /** The number of the house. */
  exterior_number?: string | null;
  /** The number of the flat. */
  interior_number?: string | null;
  /** Town. */
  locality?: string | null;
  /** Municipality. */
  municipality?: string | null;
  /** Postcode. */
  postal_code?: string | null;
  /** State. */
  state?: string | null;
  /** Its name. */
  street?: string | null;
  /** `CALLE`, `AVENIDA`. */
  street_type?: string | null;
  /** Neighbourhood. */
  suburb?: string | null;
}

/** An authority's opinion, as of the day on which it was asked for. */
export interface TaxComplianceStatus {
  /** The authority's number of the document. */
  internal_identification?: string | null;
  outcome?: Outcome | null;
  /** Whose it is: their tax number. */
  rfc?: string | null;
}

/** A company's declaration: form 110. */
export interface TaxDeclarationBusiness {
  /** What that cost. */
  annual_costs_and_deductions_statement: CostsBusiness;
  /** What it earned. */
  annual_income_statement: IncomeBusiness;
  /** When it was filed. */
  date_issued: string;
  /** The form. */
  document_information: DeclarationForm;
  /** What it owns. */
  equity_statement: EquityBusiness;
  /** Its tax. */
  tax_assessment: AssessmentBusiness;
  /** Who declares. */
  tax_payer_information: DeclarantBusiness;
}

/** A person's declaration: form 210. */
export interface TaxDeclarationIndividual {
  /** What they earned. */
  annual_income_statement: IncomeIndividual;
  /** When it was filed. */
  date_issued: string;
  /** The form. */
  document_information: DeclarationForm;
  /** What they own. */
  equity_statement: EquityIndividual;
  /** Their pension. */
  pension_income_statement: PensionIndividual;
  /** Their tax. */
  tax_assessment: AssessmentIndividual;
  /** Who declares. */
  tax_payer_information: DeclarantIndividual;
}

/** The taxes of a voucher. */
export interface TaxDetails {
  /** What was withheld, by kind. */
  retained_taxes?: TaxTotal[];
  /** What was withheld. */
  total_tax_retained: Amount;
  /** What was added. */
  total_tax_transferred: Amount;
  /** What was added, by kind. */
  transferred_taxes?: TaxTotal[];
}

/** A Brazilian tax number. */
export interface TaxDocument {
  /** Its number. */
  document_number: string;
  /** `CPF` or `CNPJ`. */
  document_type: string;
}

/** Something that a taxpayer has to file. */
export interface TaxObligation {
  /** Until when. */
  end_date?: string | null;
  /** When it is due, in words. */
  expiration?: string | null;
  /** Since when. */
  initial_date?: string | null;
  /** What. */
  obligation?: string | null;
}

/** A taxpayer as the authority knows them. */
export interface TaxPayer {
  /** Trade name; companies. */
  commercial_name?: string | null;
  /** Population register number; people only. */
  curp?: string | null;
  /** E-mail. */
  email?: string | null;
  /** First surname. */
  first_last_name?: string | null;
  /** When that last changed. */
  last_status_change_date?: string | null;
  /** First names. */
  name?: string | null;
  /** Telephone. */
  phone?: string | null;
  /** Tax number: RFC or NIT. */
  rfc?: string | null;
  /** Second surname. */
  second_last_name?: string | null;
  /** Registered name; companies. */
  social_name?: string | null;
  /** When the taxable activity began. */
  start_operations_date?: string | null;
  /** `ACTIVO` or `INACTIVO`. */
  status_padron?: string | null;
}

/** A tax regime. */
export interface TaxRegime {
  /** Until when. */
  end_date?: string | null;
  /** Since when. */
  initial_date?: string | null;
  /** `regimen` again, under its other name. */
  regime?: string | null;
  /** Which. */
  regimen?: string | null;
}

/** What was withheld from a payment. */
export interface TaxRetention {
  cancelled_at?: Moment | null;
  certified_at?: Moment | null;
  /** For what it was withheld, by the catalogue's code. */
  code?: number | null;
  /** The authority's number of the voucher. */
  invoice_identification?: string | null;
  issued_at?: Moment | null;
  /** The tax number of who got less. */
  receiver_id?: string | null;
  /** Who got less. */
  receiver_name?: string | null;
  receiver_nationality?: ReceiverNationality | null;
  /** What was withheld, by kind of tax. */
  retention_breakdown?: Retained[] | null;
  /** The tax number of who withheld. */
  sender_id?: string | null;
  /** Who withheld. */
  sender_name?: string | null;
  total_exempt_amount?: Amount | null;
  total_invoice_amount?: Amount | null;
  total_retained_amount?: Amount | null;
  total_taxable_amount?: Amount | null;
  /** The version of its form. */
  version?: string | null;
}

/** A company's return of a year. */
export interface TaxReturnBusiness {
  /** Figures when the year ended. */
  cifras_cierre_ejercicio: Record_<unknown> | null;
  /** From the books to the tax; null from 2022 on. */
  conciliacion_entre_resultado_contable_fiscal: Record_<unknown> | null;
  /** Answers of yes and no. */
  datos_adicionales: Record_<unknown> | null;
  /** Deductions. */
  deducciones_autorizadas: Record_<unknown> | null;
  /** The payment. */
  detalle_pago_r1_isr_personas_morales: Record_<unknown> | null;
  /** The tax; from 2022 on. */
  determinacion: Record_<unknown> | null;
  /** The tax. */
  determinacion_del_impuesto_sobre_la_renta: Record_<unknown> | null;
  /** Dividends that were distributed. */
  dividendos_o_utilidades_distribuidos: Record_<unknown> | null;
  /** Balance sheet; null from 2022 on. */
  estado_posicion_financiera_balance: Record_<unknown> | null;
  /** Income statement; null from 2022 on. */
  estado_resultados: Record_<unknown> | null;
  /** Who, which year, which kind. */
  informacion_general: Record_<unknown> | null;
  /** Income; from 2022 on. */
  ingressos: Record_<unknown> | null;
}

/** A company's return of a month. */
export interface TaxReturnBusinessMonthly {
  /** Its payment. */
  detalle_pago_isr: Record_<unknown> | null;
  /** Its payment. */
  detalle_pago_iva: Record_<unknown> | null;
  /** Income tax. */
  determinacion_isr: Record_<unknown> | null;
  /** VAT. */
  determinacion_iva: Record_<unknown> | null;
  /** Who, which month, which kind. */
  informacion_general: Record_<unknown> | null;
  /** `monthly`. */
  type?: string;
}

/** A person's return of a year. */
export interface TaxReturnPersonal {
  /** For information only. */
  datos_informativos: Record_<unknown> | null;
  /** Personal deductions. */
  deducciones_personales: Record_<unknown> | null;
  /** The tax. */
  determinacion_impuesto: Record_<unknown> | null;
  /** Dividends. */
  dividendos: Record_<unknown> | null;
  /** Who, which year, which kind. */
  informacion_general: Record_<unknown> | null;
  /** What was withheld. */
  retenciones: Record_<unknown> | null;
  /** Fees. */
  servicios_profesionales: Record_<unknown> | null;
  /** Salaries, and the tax withheld from them. */
  sueldos_salarios: Record_<unknown> | null;
}

/** A person's return of a month. */
export interface TaxReturnPersonalMonthly {
  /** Who, which month, which kind. */
  informacion_general: Record_<unknown> | null;
  /** Income tax. */
  isr: Record_<unknown> | null;
  /** VAT. */
  iva: Record_<unknown> | null;
  /** `monthly`. */
  type?: string;
}

/** How somebody is registered, as of the day on which it was asked for. */
export interface TaxStatus {
  address?: TaxAddress | null;
  /** What the seal is made of. */
  digital_stamp?: string | null;
  /** The seal. */
  digital_stamp_chain?: string | null;
  /** What they do. */
  economic_activity?: TaxActivity[] | null;
  /** The number of their tax identification card. */
  id_cif?: string | null;
  /** What they have to file; empty for people without a business. */
  obligations?: TaxObligation[] | null;
  /** The taxpayer's name. */
  official_name?: string | null;
  /** Where and when the document was issued. */
  place_and_date_of_issuance?: string | null;
  /** `regimes` again, under its older name. */
  regimens?: TaxRegime[] | null;
  /** The tax regimes that they are in. */
  regimes?: TaxRegime[] | null;
  tax_payer_information?: TaxPayer | null;
}

/** How somebody is registered. Days are texts: ISO dates, or as the authority prints them. */
export interface TaxStatusChile {
  /** Where they are. */
  addresses?: EntityAddress[];
  /** What they may issue. */
  authorized_tax_documents?: AuthorizedDocument[] | null;
  /** What belongs to them. */
  company_partnership_stakes?: PartnershipStake[];
  /** What they do. */
  economic_activities?: EntityActivity[];
  /** Where to write. */
  emails?: EntityEmail[];
  /** Who it is, and since when. */
  entity_details: EntityDetails;
  /** Whom they belong to. */
  equity_holders?: EquityHolder[];
  /** The office in charge. */
  fiscal_office: FiscalOffice;
  /** Who acts for them. */
  legal_representative?: Representative[];
  /** Where to call. */
  phone_numbers?: EntityPhone[];
  /** The taxes on their property. */
  property_tax_liabilities?: PropertyTax[] | null;
  /** The tax regimes that they are in. */
  regimes?: RegimeChile[] | null;
}

/** One kind of tax of a voucher. */
export interface TaxTotal {
  /** What it is computed of. */
  pre_tax_amount: Amount;
  /** `ISR`, `IVA` or `IEPS`. */
  tax: string;
  /** What it comes to. */
  tax_amount: Amount;
  /** The rate. */
  tax_percentage: Amount;
  /** How it is computed: `Tasa`. */
  tax_type?: string | null;
}

/** A movement of money as the institution describes it. */
export interface Transaction {
  /** When it was booked: a day, or an instant where that is known. */
  accounting_date?: string | null;
  amount?: Amount | null;
  balance?: Amount | null;
  category?: TransactionCategory | null;
  counterparty?: Counterparty | null;
  credit_card_data?: CreditCardData | null;
  /** ISO 4217. */
  currency?: string | null;
  /** The institution's words for it. */
  description?: string | null;
  /** The working day on or after `value_date`. */
  inferred_accounting_date?: string | null;
  /** The institution's own key; while pending it may change. */
  internal_identification?: string | null;
  loan_data?: LoanPayment | null;
  local_currency_amount?: Amount | null;
  /** ISO 18245 code of the shop's trade. */
  mcc?: number | null;
  merchant?: Merchant | null;
  /** More of the institution's words. */
  observations?: string | null;
  /** How it travelled: `PIX`, `TED`, `SPEI`. */
  operation_type?: string | null;
  /** Says more about how. */
  operation_type_additional_info?: string | null;
  payment_type?: PaymentType | null;
  /** The institution's reference. */
  reference?: string | null;
  status?: Status | null;
  subcategory?: Subcategory | null;
  transacted_at?: Moment | null;
  type?: Direction | null;
  /** The day it happened. */
  value_date?: string | null;
}

/** A tax that was added to a line. */
export interface TransferredTax {
  collected_at?: Moment | null;
  /** Which. */
  tax?: string | null;
  tax_percentage?: Amount | null;
  /** How it is computed. */
  tax_type?: string | null;
  transferred_tax_amount?: Amount | null;
}

/** Whether an investment pays interest on the way. */
export interface VoucherPayment {
  /** Whether it does. */
  is_voucher_payment: boolean;
  /** `MENSAL`, `TRIMESTRAL`, `SEMESTRAL`, `ANUAL`, `IRREGULAR` or `OUTROS`. */
  periodicity?: string | null;
  /** Says more where it is none of those. */
  periodicity_additional_info?: string | null;
}

/** Why only the outline of an invoice is known. */
export interface Warnings {
  /** `sat_xml_limit_reached` or `sat_service_unavailable`. */
  code?: string | null;
  /** The same in words. */
  message?: string | null;
}

/** What a challenge says, in one more language. */
export interface Words {
  /** Where the answer is found or what it looks like. */
  hint?: string | null;
  /** What the person should do. */
  prompt: string;
}

/** What a person's year came to. */
export interface YearTotalsIndividual {
  /** What is deducted. */
  total_applicable_deductions?: Amount;
  /** Exempt income. */
  total_exempt_income?: Amount;
  /** Both together. */
  total_exemptions_and_deductions?: Amount;
  /** What is left of the income. */
  total_ordinary_net_income?: Amount;
}

export type AddressRole = "PRIMARY" | "SECONDARY" | "MAILING_ADDRESS" | "NOTIFICATION_ADDRESS";

/** An exact number, best as a text. */
export type Amount = string | number;

export type BalanceType = "ASSET" | "LIABILITY";

export type BillPaymentMode = "DIRECT_DEBIT" | "BANK_SLIP" | "SALARY_DEDUCTION" | "PIX";

export type BillPaymentType = "INSTALLMENT" | "FULL" | "OTHER";

export type BillStatus = "PAID" | "CLOSED" | "OPEN" | "FUTURE";

export type CardCredit = "REVOLVING_CREDIT" | "BILL_INSTALLMENT_PAYMENT" | "LOAN" | "OTHERS";

export type CardFee = "ANNUAL_FEE" | "NATIONAL_WITHDRAWAL" | "INTERNATIONAL_WITHDRAWAL" | "EMERGENCY_CREDIT_EVALUATION_FEE" | "DUPLICATE_ISSUANCE_FEE" | "PAYMENT_FEE" | "SMS_FEE" | "OTHERS";

export type CardUse = "VISA_CREDIT" | "VISA_DEBIT" | "MASTERCARD_CREDIT" | "MASTERCARD_DEBIT" | "ELO_CREDIT" | "ELO_DEBIT";

export type Category = "ADVANCE_DEPOSIT_ACCOUNT" | "CHECKING_ACCOUNT" | "CREDIT_CARD" | "FINANCING_ACCOUNT" | "INVESTMENT_ACCOUNT" | "INVOICE_FINANCING_ACCOUNT" | "LOAN_ACCOUNT" | "PENSION_FUND_ACCOUNT" | "SAVINGS_ACCOUNT" | "UNCATEGORIZED" | "RECEIVABLES_ACCOUNT";

/** What an institution can ask for in the middle of a session. */
export type ChallengeKind = "otp" | "numeric" | "qr" | "question" | "choice" | "image" | "push" | "redirect" | "file";

export type ConsentStatus = "AUTHORISED" | "AWAITING_AUTHORISATION_CONFIRMATION" | "AWAITING_AUTHORISATION" | "REJECTED" | "EXPIRED";

export type ContractType = "SALARIED" | "CONTRACTUAL" | "PENSIONED";

export type ContractedChargeType = "LATE_PAYMENT_INTEREST_FEE" | "LATE_PAYMENT_PENALTY_FEE" | "DEFAULT_INTEREST_FEE" | "LOAN_CONTRACT_TAX" | "LATE_PAYMENT_TAX" | "NO_CHARGE" | "OTHER";

export type CounterpartyType = "INDIVIDUAL" | "COMPANY";

export type CreditLimitType = "TOTAL_LIMIT" | "MODAL_LIMIT";

export type DebtorDocument = "RUT";

/** An exact decimal number, better as a text than as a number. */
export type Decimal = string | number;

export type Direction = "INFLOW" | "OUTFLOW";

export type DocumentChile = "RUT";

export type DocumentType = "DRIVERS_LICENSE" | "PASSPORT" | "ID_CARD" | "FISCAL_ID" | "FOREIGNER_REGISTRATION_CARD" | "OTHER";

export type EmailRole = "CONTACT" | "NOTIFICATION" | "OTHER";

export type EmploymentDocumentType = "NSS" | "CURP" | "RFC";

export type EmploymentStatus = "EMPLOYED" | "RETIRED" | "UNEMPLOYED";

export type ExchangeType = "COMPRA" | "VENDA";

export type FeeCharge = "MINIMUM" | "MAXIMUM" | "FIXED" | "PERCENTAGE";

export type FeeChargeType = "SINGLE" | "PER_INSTALLMENT";

export type FeeType = "OPERATION_FEE" | "INSURANCE_FEE" | "OTHERS";

export type FinanceChargeType = "LATE_PAYMENT_INTEREST" | "LATE_FEE" | "ARREARS_INTEREST" | "IOF" | "NO_CHARGE" | "OTHER";

export type FraudStatus = "INVESTIGATING" | "DISMISSED" | "CONFIRMED" | "OVERTURNED" | "NO_TAX_FRAUD_STATUS";

export type Frequency = "DAILY" | "WEEKLY" | "FORTNIGHTLY" | "MONTHLY" | "BIMONTHLY" | "QUARTERLY" | "BIANNUALLY" | "ANNUALLY" | "OTHERS";

export type Gender = "FEMALE" | "MALE" | "OTHER";

export type Indexer = "CDI" | "DI" | "TR" | "IPCA" | "IGP_M" | "IGP_DI" | "INPC" | "BCP" | "TLC" | "SELIC" | "PRE_FIXADO" | "OUTROS";

export type InstallmentFrequency = "IRREGULAR" | "WEEKLY" | "FORTNIGHTLY" | "MONTHLY" | "BIMONTHLY" | "QUARTERLY" | "BIANNUALLY" | "ANNUALLY" | "OTHER";

export type InstrumentTransactionType = "BUY" | "SELL" | "CANCEL" | "CASH" | "FEE" | "TRANSFER" | "DIVIDEND";

export type InstrumentType = "BOND" | "DEPOSIT" | "ETF" | "FUND" | "OTHER" | "PENSION" | "STOCK";

export type InvestmentType = "FIXED_INCOME_BANKING" | "FIXED_INCOME_CREDIT" | "VARIABLE_INCOME" | "TREASURY_BOND" | "INVESTMENT_FUND";

/** What somebody has issued or received, in the shape of its country. */
export type Invoice = InvoiceMexico | InvoiceColombia;

export type InvoiceStatusChile = "REGISTERED" | "PENDING" | "REJECTED" | "CANCELLED";

export type InvoiceType = "Egreso" | "Ingreso" | "N\u00f3mina" | "Pago" | "Traslado";

export type InvoiceTypeColombia = "Factura Electr\u00f3nica de Venta";

export type JobEventType = "DISMISSED_RESIGNED" | "SALARY_MODIFICATION" | "HIRED" | "VOLUNTARY_CONTRIBUTION" | "ABSENCE" | "SICK_LEAVE" | "NORMAL" | "BDUTA_CERTIFICATE" | "DYE_CERTIFICATE";

/** Why a request failed. */
export type Kind = "invalid_credentials" | "login_error" | "token_required" | "wrong_token" | "session_expired" | "too_many_sessions" | "institution_down" | "institution_unavailable" | "institution_inactive" | "unsupported" | "unavailable_data" | "revoked" | "unreadable" | "cancelled" | "unexpected";

/** How important a line is. */
export type Level = "error" | "warn" | "info" | "debug";

export type MaritalStatus = "SINGLE" | "MARRIED" | "WIDOWED" | "SEPARATED" | "DIVORCED" | "CIVIL_UNION" | "OTHER";

/**
 * An instant on the wire: `2026-01-14T09:12:33.104000Z`, always UTC, always six digits, so that
 * text order is time order.
 */
export type Moment = string;

export type Network = "VISA" | "MASTERCARD" | "AMERICAN_EXPRESS" | "DINERS_CLUB" | "HIPERCARD" | "BANDEIRA_PROPRIA" | "CHEQUE_ELETRONICO" | "ELO" | "OTHER";

export type OccupationCode = "BRAZIL_PUBLIC_OFFICE" | "BRAZIL_OCCUPATION_CODE" | "OTHER";

export type Outcome = "POSITIVE" | "NEGATIVE" | "NO_OBLIGATIONS";

/** Someone behind a login. */
export type Owner = OwnerGeneric | OwnerIndividual | OwnerBusiness;

export type Parent = "MOTHER" | "FATHER";

export type PartyDocument = "CPF" | "CNPJ" | "OTHER_TRAVEL_DOCUMENT" | "PASSPORT";

export type PartyType = "MEMBER" | "ADMINISTRATOR";

export type PaymentMethod = "PUE" | "PPD" | "PIP";

export type PaymentMethodColombia = "Contado" | "Cr\u00e9dito";

export type PaymentType = "FULL" | "INSTALLMENT";

export type Periodicity = "DAILY" | "WEEKLY" | "TENTH_DAY" | "FOURTEENTH_DAY" | "FIFTEENTH_DAY" | "MONTHLY" | "BIMONTHLY" | "PER_TASK" | "COMMISSION" | "ONE_OFF" | "OTHER_PERIODICITY";

export type PersonType = "INDIVIDUAL" | "COMPANY";

export type PhoneKind = "LANDLINE" | "MOBILE" | "OTHER";

export type PhoneType = "LANDLINE" | "MOBILE" | "OTHER";

export type PortfolioType = "FIXED_INCOME" | "OTHER" | "PENSION" | "VARIABLE_INCOME";

/** What keeps a person out although the login is right. */
export type Problem = "locked" | "password_expired" | "action_needed" | "forbidden" | "missing_credentials" | "not_activated" | "unsupported_challenge";

export type ProcuratorType = "LEGAL_REPRESENTATIVE" | "ATTORNEY";

export type ProductType = "SAVINGS_ACCOUNT" | "CHECKING_ACCOUNT";

export type RatePeriod = "MONTHLY" | "YEARLY";

export type RateType = "SIMPLE" | "COMPOUND";

export type ReceivablesFeeType = "TRANSACTION_FEE";

export type ReceiverNationality = "NATIONAL" | "FOREIGN";

export type ReferenceIndexType = "WITHOUT_INDEX_TYPE" | "PRE_FIXED" | "POST_FIXED" | "FLOATING" | "INDEXED_PRICE" | "RURAL_CREDIT" | "OTHER_INDEX";

export type RetentionStatus = "PAID" | "PROVISIONED";

export type SalaryKind = "FIXED" | "VARIABLE";

export type SalaryType = "REGULAR" | "THIRTEENTH" | "VOLUNTARY" | "RETIREMENT";

export type SaleStatus = "APPROVED" | "CANCELLED" | "REVERTED" | "UNCATEGORIZED";

export type SettlementMethod = "CONTA_DEPOSITO_MOEDA_ESTRANGEIRA_PAIS" | "CONTA_DEPOSITO_OU_PAGAMENTO_EXPORTADOR_INSTITUICAO_EXTERIOR" | "ESPECIE_CHEQUES_VIAGEM" | "CARTAO_PREPAGO" | "TELETRANSMISSAO" | "SEM_MOVIMENTACAO_VALORES" | "DEMAIS" | "CARTA_CREDITO_A_VISTA" | "CARTA_CREDITO_A_PRAZO" | "CONTA_DEPOSITO" | "CHEQUE" | "TITULOS_VALORES" | "SIMBOLICA" | "CONTA_DEPOSITO_EXPORTADOR_MANTIDA_NO_EXTERIOR" | "CONVENIO_PAGAMENTOS_E_CREDITOS_RECIPROCOS" | "OUTRO_NAO_MAPEADO_OFB";

export type Status = "PENDING" | "PROCESSED" | "UNCATEGORIZED";

export type StatusChange = "FIRST_MONTH" | "FINAL_MONTH" | "ON_LEAVE" | "RETIREMENT_MONTH" | "ON_VACATION" | "PERMANENT_SALARY_CHANGE" | "TEMPORARY_SALARY_CHANGE";

export type Subcategory = "Electricity & Energy" | "Rent" | "Telecommunications" | "Water" | "Auto" | "Credit Card" | "Instalment" | "Interest & Charges" | "Mortgage" | "Pay Advance" | "Personal" | "Adjustments" | "Bank Fees" | "Chargeback" | "Refund" | "Blocked Balances" | "Alimony" | "Alcohol & Tobacco" | "Bakery & Coffee" | "Bars & Nightclubs" | "Convenience Store" | "Delivery" | "Groceries" | "Restaurants" | "Education" | "Gyms & Fitness" | "Hair & Beauty" | "Health" | "Home Decor & Appliances" | "Laundry & Dry Cleaning" | "Pharmacies" | "Professional Services" | "Veterinary Services" | "Freelance" | "Interest" | "Retirement" | "Salary" | "Government" | "Home Insurance" | "Auto Insurance" | "Health & Life Insurance" | "Savings" | "Fixed income" | "Equity" | "Investment Funds" | "Derivatives" | "Cryptocurrencies" | "Apps, Software and Cloud Services" | "Events, Parks and Museums" | "Gambling" | "Gaming" | "Lottery" | "Movie & Audio" | "Books & News" | "Clothing & Accessories" | "Department Store" | "Electronics" | "E-commerce" | "Gifts" | "Office Supplies" | "Pet Supplies" | "Auto Tax & Fees" | "Donation" | "Government Fees" | "Income Tax" | "Real Estate Tax & Fees" | "Tax Return" | "Accommodation" | "Auto Expenses" | "Auto Rental" | "Flights" | "Gas" | "Mileage Programs" | "Parking & Tolls" | "Public Transit" | "Taxis & Rideshares" | "Other";

/** What somebody has declared for a year. */
export type TaxDeclaration = TaxDeclarationIndividual | TaxDeclarationBusiness;

/** What somebody has declared. */
export type TaxReturn = TaxReturnPersonal | TaxReturnPersonalMonthly | TaxReturnBusiness | TaxReturnBusinessMonthly;

export type TaxType = "NOMINAL" | "EFFECTIVE";

export type Term = "DAY" | "WEEK" | "MONTH" | "YEAR" | "NO_DEADLINE_REMAINING";

export type TransactionCategory = "Bills & Utilities" | "Credits & Loans" | "Deposits" | "Fees & Charges" | "Food & Groceries" | "Home & Life" | "Income & Payments" | "Insurance" | "Investments & Savings" | "Online Platforms & Leisure" | "Personal Shopping" | "Taxes" | "Transfers" | "Transport & Travel" | "Unknown" | "Withdrawal & ATM";

export type Unavailability = "TEMPORARILY_UNAVAILABLE" | "UNAVAILABLE";
