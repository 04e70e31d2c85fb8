// Why a request failed: one class for each kind of the protocol. Throw one of them from a handler
// and the host is told its kind; everything else that a handler throws is `unexpected`. The text is
// for operators, never for the end user, and must not hold credentials.

import type { Kind, Problem, Reason } from "./protocol.js";

/** A failure that has a kind. */
export class ConnectorError extends Error {
  /** The kind of the protocol. */
  readonly kind: Kind;

  constructor(kind: Kind, message: string) {
    super(message);
    this.kind = kind;
    this.name = new.target.name;
  }

  /** The `data` of the error on the wire. */
  reason(): Reason {
    return { kind: this.kind };
  }
}

/**
 * The institution says that the login is wrong. Only on positive evidence: a link whose connector
 * says this becomes invalid.
 */
export class InvalidCredentials extends ConnectorError {
  constructor(message = "the institution refused the credentials") {
    super("invalid_credentials", message);
  }
}

/** The login is right, but the institution keeps the person out. */
export class LoginError extends ConnectorError {
  /** Why. */
  readonly problem: Problem;

  constructor(problem: Problem, message = `the institution keeps the person out: ${problem}`) {
    super("login_error", message);
    this.problem = problem;
  }

  override reason(): Reason {
    return { kind: this.kind, problem: this.problem };
  }
}

/** The institution wants a token, and nobody is there to ask. */
export class TokenRequired extends ConnectorError {
  constructor(message = "the institution wants a token") {
    super("token_required", message);
  }
}

/** The answer to a challenge was wrong. */
export class WrongToken extends ConnectorError {
  constructor(message = "the answer was wrong") {
    super("wrong_token", message);
  }
}

/** Nobody answered in time, or the institution closed the session. */
export class SessionExpired extends ConnectorError {
  constructor(message = "the session expired") {
    super("session_expired", message);
  }
}

/** The person is logged in elsewhere. */
export class TooManySessions extends ConnectorError {
  constructor(message = "another session is open at the institution") {
    super("too_many_sessions", message);
  }
}

/** The institution has an announced or total outage. */
export class InstitutionDown extends ConnectorError {
  constructor(message = "the institution is down") {
    super("institution_down", message);
  }
}

/** The institution has an unplanned, probably short outage. */
export class InstitutionUnavailable extends ConnectorError {
  constructor(message = "the institution is unavailable") {
    super("institution_unavailable", message);
  }
}

/** The operator switched the institution off. */
export class InstitutionInactive extends ConnectorError {
  constructor(message = "the institution is inactive") {
    super("institution_inactive", message);
  }
}

/** There is no such resource, version or institution. */
export class Unsupported extends ConnectorError {
  constructor(message = "this is not supported") {
    super("unsupported", message);
  }
}

/** The institution says that there is nothing to return. */
export class UnavailableData extends ConnectorError {
  constructor(message = "the institution returned no data") {
    super("unavailable_data", message);
  }
}

/** The permission was withdrawn at the institution. */
export class Revoked extends ConnectorError {
  constructor(message = "the permission was withdrawn") {
    super("revoked", message);
  }
}

/** The host asked for it. */
export class Cancelled extends ConnectorError {
  constructor(message = "cancelled") {
    super("cancelled", message);
  }
}

/** Something unclear happened. */
export class Unexpected extends ConnectorError {
  constructor(message = "something unclear happened") {
    super("unexpected", message);
  }
}

const PLAIN: { [kind: string]: new (message?: string) => ConnectorError } = {
  invalid_credentials: InvalidCredentials,
  token_required: TokenRequired,
  wrong_token: WrongToken,
  session_expired: SessionExpired,
  too_many_sessions: TooManySessions,
  institution_down: InstitutionDown,
  institution_unavailable: InstitutionUnavailable,
  institution_inactive: InstitutionInactive,
  unsupported: Unsupported,
  unavailable_data: UnavailableData,
  revoked: Revoked,
  cancelled: Cancelled,
};

/** The error that the host's answer of `kind` is thrown as; what is not known is `unexpected`. */
export function errorOf(kind: unknown, message?: string): ConnectorError {
  const known = typeof kind === "string" && Object.hasOwn(PLAIN, kind) ? PLAIN[kind] : undefined;
  return new (known ?? Unexpected)(message || undefined);
}
