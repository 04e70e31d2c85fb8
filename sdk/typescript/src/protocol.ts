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

/** What a contract charges for being late. */
export interface ContractedCharge {
  /** Says more. */
  info?: string | null;
  rate?: Amount | null;
  type?: ContractedChargeType | null;
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

/** Why a request was not answered with a result. */
export interface Error {
  /** -32000, or one of JSON-RPC's own. */
  code?: number;
  /** Why, by kind. */
  data?: Reason | null;
  /** For operators. */
  message?: string;
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

/**
 * Nothing to say: the parameters of `describe`, `logout`, `cancel` and `ping`, and the answer to
 * the last three.
 */
export interface Nothing {
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

/** How much was really seen of one account. */
export interface Share {
  /** As in the whole answer. */
  complete?: boolean;
  /** As in the whole answer. */
  window?: Days | null;
}

/** Balances as the institution states them around a window. */
export interface Stated {
  /** After the last movement. */
  closing?: Decimal | null;
  /** Before the first movement. */
  opening?: Decimal | null;
}

/** A Brazilian tax number. */
export interface TaxDocument {
  /** Its number. */
  document_number: string;
  /** `CPF` or `CNPJ`. */
  document_type: string;
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

/** An exact number, best as a text. */
export type Amount = string | number;

export type BalanceType = "ASSET" | "LIABILITY";

export type BillStatus = "PAID" | "CLOSED" | "OPEN" | "FUTURE";

export type CardCredit = "REVOLVING_CREDIT" | "BILL_INSTALLMENT_PAYMENT" | "LOAN" | "OTHERS";

export type CardFee = "ANNUAL_FEE" | "NATIONAL_WITHDRAWAL" | "INTERNATIONAL_WITHDRAWAL" | "EMERGENCY_CREDIT_EVALUATION_FEE" | "DUPLICATE_ISSUANCE_FEE" | "PAYMENT_FEE" | "SMS_FEE" | "OTHERS";

export type Category = "ADVANCE_DEPOSIT_ACCOUNT" | "CHECKING_ACCOUNT" | "CREDIT_CARD" | "FINANCING_ACCOUNT" | "INVESTMENT_ACCOUNT" | "INVOICE_FINANCING_ACCOUNT" | "LOAN_ACCOUNT" | "PENSION_FUND_ACCOUNT" | "SAVINGS_ACCOUNT" | "UNCATEGORIZED" | "RECEIVABLES_ACCOUNT";

/** What an institution can ask for in the middle of a session. */
export type ChallengeKind = "otp" | "numeric" | "qr" | "question" | "choice" | "image" | "push" | "redirect" | "file";

export type ContractedChargeType = "LATE_PAYMENT_INTEREST_FEE" | "LATE_PAYMENT_PENALTY_FEE" | "DEFAULT_INTEREST_FEE" | "LOAN_CONTRACT_TAX" | "LATE_PAYMENT_TAX" | "NO_CHARGE" | "OTHER";

export type CounterpartyType = "INDIVIDUAL" | "COMPANY";

export type CreditLimitType = "TOTAL_LIMIT" | "MODAL_LIMIT";

/** An exact decimal number, better as a text than as a number. */
export type Decimal = string | number;

export type Direction = "INFLOW" | "OUTFLOW";

export type DocumentType = "DRIVERS_LICENSE" | "PASSPORT" | "ID_CARD" | "FISCAL_ID" | "FOREIGNER_REGISTRATION_CARD" | "OTHER";

export type FeeCharge = "MINIMUM" | "MAXIMUM" | "FIXED" | "PERCENTAGE";

export type FeeChargeType = "SINGLE" | "PER_INSTALLMENT";

export type FeeType = "OPERATION_FEE" | "INSURANCE_FEE" | "OTHERS";

export type Frequency = "DAILY" | "WEEKLY" | "FORTNIGHTLY" | "MONTHLY" | "BIMONTHLY" | "QUARTERLY" | "BIANNUALLY" | "ANNUALLY" | "OTHERS";

export type Gender = "FEMALE" | "MALE" | "OTHER";

export type InstallmentFrequency = "IRREGULAR" | "WEEKLY" | "FORTNIGHTLY" | "MONTHLY" | "BIMONTHLY" | "QUARTERLY" | "BIANNUALLY" | "ANNUALLY" | "OTHER";

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

/** Someone behind a login. */
export type Owner = OwnerGeneric | OwnerIndividual | OwnerBusiness;

export type Parent = "MOTHER" | "FATHER";

export type PartyDocument = "CPF" | "CNPJ" | "OTHER_TRAVEL_DOCUMENT" | "PASSPORT";

export type PartyType = "MEMBER" | "ADMINISTRATOR";

export type PaymentType = "FULL" | "INSTALLMENT";

export type PersonType = "INDIVIDUAL" | "COMPANY";

export type PhoneType = "LANDLINE" | "MOBILE" | "OTHER";

/** What keeps a person out although the login is right. */
export type Problem = "locked" | "password_expired" | "action_needed" | "forbidden" | "missing_credentials" | "not_activated" | "unsupported_challenge";

export type ProcuratorType = "LEGAL_REPRESENTATIVE" | "ATTORNEY";

export type ProductType = "SAVINGS_ACCOUNT" | "CHECKING_ACCOUNT";

export type RatePeriod = "MONTHLY" | "YEARLY";

export type RateType = "SIMPLE" | "COMPOUND";

export type ReferenceIndexType = "WITHOUT_INDEX_TYPE" | "PRE_FIXED" | "POST_FIXED" | "FLOATING" | "INDEXED_PRICE" | "RURAL_CREDIT" | "OTHER_INDEX";

export type Status = "PENDING" | "PROCESSED" | "UNCATEGORIZED";

export type Subcategory = "Electricity & Energy" | "Rent" | "Telecommunications" | "Water" | "Auto" | "Credit Card" | "Instalment" | "Interest & Charges" | "Mortgage" | "Pay Advance" | "Personal" | "Adjustments" | "Bank Fees" | "Chargeback" | "Refund" | "Blocked Balances" | "Alimony" | "Alcohol & Tobacco" | "Bakery & Coffee" | "Bars & Nightclubs" | "Convenience Store" | "Delivery" | "Groceries" | "Restaurants" | "Education" | "Gyms & Fitness" | "Hair & Beauty" | "Health" | "Home Decor & Appliances" | "Laundry & Dry Cleaning" | "Pharmacies" | "Professional Services" | "Veterinary Services" | "Freelance" | "Interest" | "Retirement" | "Salary" | "Government" | "Home Insurance" | "Auto Insurance" | "Health & Life Insurance" | "Savings" | "Fixed income" | "Equity" | "Investment Funds" | "Derivatives" | "Cryptocurrencies" | "Apps, Software and Cloud Services" | "Events, Parks and Museums" | "Gambling" | "Gaming" | "Lottery" | "Movie & Audio" | "Books & News" | "Clothing & Accessories" | "Department Store" | "Electronics" | "E-commerce" | "Gifts" | "Office Supplies" | "Pet Supplies" | "Auto Tax & Fees" | "Donation" | "Government Fees" | "Income Tax" | "Real Estate Tax & Fees" | "Tax Return" | "Accommodation" | "Auto Expenses" | "Auto Rental" | "Flights" | "Gas" | "Mileage Programs" | "Parking & Tolls" | "Public Transit" | "Taxis & Rideshares" | "Other";

export type TaxType = "NOMINAL" | "EFFECTIVE";

export type Term = "DAY" | "WEEK" | "MONTH" | "YEAR" | "NO_DEADLINE_REMAINING";

export type TransactionCategory = "Bills & Utilities" | "Credits & Loans" | "Deposits" | "Fees & Charges" | "Food & Groceries" | "Home & Life" | "Income & Payments" | "Insurance" | "Investments & Savings" | "Online Platforms & Leisure" | "Personal Shopping" | "Taxes" | "Transfers" | "Transport & Travel" | "Unknown" | "Withdrawal & ATM";
