// Made from sdk/schema/protocol-1.json by sdk/generate.py. Do not edit.

type Record_<T> = { [key: string]: T };

/** The answer to `challenge`. */
export interface Answer {
  /** a */
  answer: string;
}

/** `blob` */
export interface Blob {
  /** i */
  id: string;
  /** m */
  media_type: string;
  /** d */
  data: string;
  last?: boolean;
}

/** `challenge` */
export interface Challenge {
  kind: ChallengeKind;
  /** p */
  prompt: string;
  /** h */
  hint?: string | null;
  /** v */
  value?: string | null;
  options?: string[];
  /** e */
  expires_in_seconds?: number;
  /** a */
  attempt?: number;
}

/** `checkpoint` */
export interface Checkpoint {
  /** c */
  cursor: string;
}

/** The answer to `fetch`. */
export interface Covered {
  window?: Days | null;
  complete?: boolean;
  stated?: Record_<Stated>;
  removed?: Removed[];
}

/** Days from first to last. */
export interface Days {
  /** f */
  from: string;
  /** t */
  to: string;
}

/** The answer to `describe`. */
export interface Described {
  institutions: string[];
  resources: string[];
  challenges: ChallengeKind[];
}

/** `fetch`: one resource. */
export interface Fetch {
  /** r */
  resource: string;
  /** a */
  account?: string | null;
  window?: Days | null;
  /** c */
  cursor?: string | null;
  options?: Record_<string>;
}

/** Who speaks to the connector. */
export interface Host {
  /** n */
  name: string;
  /** v */
  version: string;
}

/** A connector and its version. */
export interface Identity {
  /** i */
  id: string;
  /** v */
  version: string;
}

/** `initialize`: always the first message, and the same in every version. */
export interface Initialize {
  versions: number[];
  host: Host;
  /** The name. */
  institution: string;
  /** A key. */
  subject: string;
  /** The only way to the network. */
  proxy?: string | null;
  /** The language */
  locale: string;
}

/** The answer to `initialize`. */
export interface Initialized {
  /** v */
  version: number;
  connector: Identity;
}

/** `log` */
export interface Log {
  level?: Level;
  /** m */
  message: string;
}

/** The answer to `login`. */
export interface LoggedIn {
  /** Who */
  user: string;
  /** st */
  state?: string | null;
}

/** `login` */
export interface Login {
  /** i */
  institution: string;
  credentials: Record_<string>;
  /** s */
  state?: string | null;
  interactive: boolean;
}

/** Nothing to say. */
export interface Nothing {
}

/** `progress` */
export interface Progress {
  /** d */
  done: number;
  total?: number | null;
}

/** The `data` of an error. */
export interface Reason {
  kind: Kind;
  problem?: Problem | null;
}

/** `record` */
export interface Record {
  /** a */
  account?: string | null;
  /** p */
  page?: number;
  item: Record_<unknown>;
}

/** Removed. */
export interface Removed {
  /** a */
  account?: string | null;
  /** s */
  source_id: string;
}

/** Balances. */
export interface Stated {
  opening?: Decimal | null;
  closing?: Decimal | null;
}

/** What an institution can ask for. */
export type ChallengeKind = "otp" | "numeric" | "qr" | "question" | "choice" | "image" | "push" | "redirect" | "file";

/** An exact decimal number. */
export type Decimal = string | number;

/** Why a request failed. */
export type Kind = "invalid_credentials" | "login_error" | "token_required" | "wrong_token" | "session_expired" | "too_many_sessions" | "institution_down" | "institution_unavailable" | "institution_inactive" | "unsupported" | "unavailable_data" | "revoked" | "cancelled" | "unexpected";

/** How important a line is. */
export type Level = "error" | "warn" | "info" | "debug";

/** What keeps a person out. */
export type Problem = "locked" | "password_expired" | "action_needed" | "forbidden" | "missing_credentials" | "not_activated" | "unsupported_challenge";
