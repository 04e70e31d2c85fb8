"""Why a request failed: one class for each kind of the protocol.

Raise one of them from a handler and the host is told its kind. Everything else that a handler raises
is `unexpected`. The text is for operators, never for the end user, and must not hold credentials.
"""

from __future__ import annotations

from .protocol import Kind, Problem, Reason

__all__ = [
    "Cancelled",
    "ConnectorError",
    "InstitutionDown",
    "InstitutionInactive",
    "InstitutionUnavailable",
    "InvalidCredentials",
    "LoginError",
    "Revoked",
    "SessionExpired",
    "TokenRequired",
    "TooManySessions",
    "UnavailableData",
    "Unexpected",
    "Unsupported",
    "WrongToken",
    "error_of",
]


class ConnectorError(Exception):
    """A failure that has a kind."""

    kind: Kind = "unexpected"

    def __init__(self, message: str = "") -> None:
        super().__init__(message or (type(self).__doc__ or self.kind).splitlines()[0])

    def reason(self) -> Reason:
        """The `data` of the error on the wire."""
        return {"kind": self.kind}


class InvalidCredentials(ConnectorError):
    """The institution says that the login is wrong.

    Only on positive evidence: a link whose connector says this becomes invalid.
    """

    kind: Kind = "invalid_credentials"


class LoginError(ConnectorError):
    """The login is right, but the institution keeps the person out."""

    kind: Kind = "login_error"

    def __init__(self, problem: Problem, message: str = "") -> None:
        super().__init__(message or f"the institution keeps the person out: {problem}")
        self.problem = problem

    def reason(self) -> Reason:
        return {"kind": self.kind, "problem": self.problem}


class TokenRequired(ConnectorError):
    """The institution wants a token, and nobody is there to ask."""

    kind: Kind = "token_required"


class WrongToken(ConnectorError):
    """The answer to a challenge was wrong."""

    kind: Kind = "wrong_token"


class SessionExpired(ConnectorError):
    """Nobody answered in time, or the institution closed the session."""

    kind: Kind = "session_expired"


class TooManySessions(ConnectorError):
    """The person is logged in elsewhere."""

    kind: Kind = "too_many_sessions"


class InstitutionDown(ConnectorError):
    """The institution has an announced or total outage."""

    kind: Kind = "institution_down"


class InstitutionUnavailable(ConnectorError):
    """The institution has an unplanned, probably short outage."""

    kind: Kind = "institution_unavailable"


class InstitutionInactive(ConnectorError):
    """The operator switched the institution off."""

    kind: Kind = "institution_inactive"


class Unsupported(ConnectorError):
    """There is no such resource, version or institution."""

    kind: Kind = "unsupported"


class UnavailableData(ConnectorError):
    """The institution says that there is nothing to return."""

    kind: Kind = "unavailable_data"


class Revoked(ConnectorError):
    """The permission was withdrawn at the institution."""

    kind: Kind = "revoked"


class Cancelled(ConnectorError):
    """The host asked for it."""

    kind: Kind = "cancelled"


class Unexpected(ConnectorError):
    """Something unclear happened."""

    kind: Kind = "unexpected"


_PLAIN: tuple[type[ConnectorError], ...] = (
    InvalidCredentials, TokenRequired, WrongToken, SessionExpired, TooManySessions, InstitutionDown,
    InstitutionUnavailable, InstitutionInactive, Unsupported, UnavailableData, Revoked, Cancelled,
)


def error_of(kind: object, message: str = "") -> ConnectorError:
    """The error that the host's answer of `kind` is raised as; what is not known is `unexpected`."""
    for known in _PLAIN:
        if known.kind == kind:
            return known(message)
    return Unexpected(message)
