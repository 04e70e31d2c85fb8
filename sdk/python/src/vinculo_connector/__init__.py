"""Write connectors to institutions for Vinculo. See README.md, and `docs/connectors/` of Vinculo."""

from __future__ import annotations

from .connector import Connector
from .errors import (
    Cancelled,
    ConnectorError,
    InstitutionDown,
    InstitutionInactive,
    InstitutionUnavailable,
    InvalidCredentials,
    LoginError,
    Revoked,
    SessionExpired,
    TokenRequired,
    TooManySessions,
    UnavailableData,
    Unexpected,
    Unsupported,
    WrongToken,
)
from .protocol import ChallengeKind, Covered, LoggedIn, Removed, Stated
from .secret import Credentials, Secret
from .session import Session, Wanted, Window
from .web import Response, Web

__all__ = [
    "Cancelled",
    "ChallengeKind",
    "Connector",
    "ConnectorError",
    "Covered",
    "Credentials",
    "InstitutionDown",
    "InstitutionInactive",
    "InstitutionUnavailable",
    "InvalidCredentials",
    "LoggedIn",
    "LoginError",
    "Removed",
    "Response",
    "Revoked",
    "Secret",
    "Session",
    "SessionExpired",
    "Stated",
    "TokenRequired",
    "TooManySessions",
    "UnavailableData",
    "Unexpected",
    "Unsupported",
    "Wanted",
    "Web",
    "Window",
    "WrongToken",
]
