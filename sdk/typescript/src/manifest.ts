// Made from sdk/schema/connector-1.json by sdk/generate.py. Do not edit.

type Record_<T> = { [key: string]: T };

/** One choice of a `select`; its `validation` then applies to `username`. */
export interface Choice {
  /** What is sent. */
  code: string;
  /** Shown to the person. */
  label: string;
  /** An example. */
  placeholder?: string;
  /** What it says in other languages, by their BCP 47 tags. */
  translations?: Record_<Labels>;
  /** A JavaScript regular expression for `username`. */
  validation?: string;
  /** Shown when it does not match. */
  validation_message?: string;
}

/** One input of the login form. */
export interface Input {
  /** Shown above it. */
  label: string;
  /** How long the value is. */
  length?: string | null;
  /** The key of its value in `login`. */
  name: "username" | "username_type" | "username2" | "username3" | "password" | "password2" | "token";
  /** Whether it may be left out. */
  optional?: boolean | null;
  /** An example. */
  placeholder?: string;
  /**
   * What it says in other languages, by their BCP 47 tags (`es`, `pt`): the person is shown their
   * own.
   */
  translations?: Record_<Labels>;
  /** How it looks. */
  type: "text" | "password" | "number" | "select";
  /** A JavaScript regular expression. */
  validation?: string;
  /** Shown when it does not match. */
  validation_message?: string;
  /** The choices of a `select`. */
  values?: Choice[] | null;
}

/**
 * What an input or a choice says, in one more language. What is left out is as it is without.
 */
export interface Labels {
  /** Shown above the input, or as the choice. */
  label: string;
  /** An example. */
  placeholder?: string | null;
  /** Shown when the value does not match. */
  validation_message?: string | null;
}

/** What a session may take, at most. */
export interface Limits {
  /** Memory of all its processes together, in MiB. */
  memory_mib?: number;
  /** Open files of one process. */
  open_files?: number;
  /** Processes and threads at once. */
  processes?: number;
  /** From start to end, with the time that the person takes. */
  seconds?: number;
}

/** A manifest as it is written. */
export interface Manifest {
  /** Where its schema is, for editors. */
  "$schema"?: string | null;
  /** The kinds of challenges that it may raise. */
  challenges?: ("otp" | "numeric" | "qr" | "question" | "choice" | "image" | "push" | "redirect" | "file")[];
  /**
   * What is run in its folder, and the arguments. A first word without a slash is looked for in
   * `/usr/local/bin`, `/usr/bin` and `/bin`; one that begins with `./` is in the folder.
   */
  command: string[];
  /** Every `host:port` that it may reach, with TLS; `http://host:port` without. */
  egress?: string[];
  /** What the connector is called, for ever: `toybank`. */
  id: string;
  /** What it can log in to. */
  institutions: Offered[];
  /** An SPDX expression. */
  licence: string;
  /** What a session may take. */
  limits?: Limits;
  /** Further absolute paths that it must be able to read. */
  needs?: string[];
  /** The versions of the protocol that it speaks. */
  protocol: number[];
  /** Its version; a new one has a fresh record of failures. */
  version: string;
}

/** An institution as a manifest offers it. */
export interface Offered {
  /** ISO 3166 alpha-2 codes. */
  country_codes: string[];
  /** The name that people know. */
  display_name: string;
  /** What to ask the end user for. */
  form_fields: Input[];
  /** A square picture's address. */
  icon_logo?: string | null;
  /** The number in its path; no other connector's institution has it. */
  id: number;
  /** How far its ids of movements can be trusted. In doubt less. */
  ids?: "stable" | "posted" | "reading" | "none";
  /** A picture's address. */
  logo?: string | null;
  /** The name by which links refer to it, for ever: `<brand>_<country>_<kind>`. */
  name: string;
  /** `#rrggbb`. */
  primary_color?: string;
  /** What it can answer: names of resources. */
  resources: ("ACCOUNTS" | "BALANCES" | "BILLS" | "CONSENTS" | "CURRENT_EMPLOYMENTS" | "DEBT_REPORTS" | "EMPLOYMENTS" | "EMPLOYMENT_METRICS" | "EMPLOYMENT_RECORDS" | "EXCHANGES" | "FINANCIAL_STATEMENTS" | "INCOMES" | "INVESTMENTS" | "INVESTMENTS_PORTFOLIOS" | "INVESTMENT_TRANSACTIONS" | "INVOICES" | "OWNERS" | "RECEIVABLES_TRANSACTIONS" | "RECURRING_EXPENSES" | "RISK_INSIGHTS" | "STATEMENTS" | "TAX_COMPLIANCE_STATUS" | "TAX_DECLARATIONS" | "TAX_RETENTIONS" | "TAX_RETURNS" | "TAX_STATUS" | "TRANSACTIONS")[];
  /**
   * Whether it can be told that a person has taken back what they allowed: `revoke`. Goes with the
   * resource `CONSENTS`.
   */
  revokes?: boolean;
  /** A wide picture's address. */
  text_logo?: string | null;
  /** Its family. */
  type: "bank" | "fiscal" | "employment";
  /** Its own site. */
  website?: string | null;
}
