"""Made from sdk/schema/protocol-1.json by sdk/generate.py. Do not edit."""

from __future__ import annotations

from typing import Any, Literal, TypedDict, Union

__all__ = [
    "Answer",
    "Blob",
    "Challenge",
    "Checkpoint",
    "Covered",
    "Days",
    "Described",
    "Fetch",
    "Host",
    "Identity",
    "Initialize",
    "Initialized",
    "Log",
    "LoggedIn",
    "Login",
    "Nothing",
    "Progress",
    "Reason",
    "Record",
    "Removed",
    "Stated",
    "ChallengeKind",
    "Decimal",
    "Kind",
    "Level",
    "Problem",
]



class Answer(TypedDict):
    """The answer to `challenge`."""

    answer: str
    """a"""


class _Blob(TypedDict):
    id: str
    """i"""
    media_type: str
    """m"""
    data: str
    """d"""


class Blob(_Blob, total=False):
    """`blob`"""

    last: bool


class _Challenge(TypedDict):
    kind: ChallengeKind
    prompt: str
    """p"""


class Challenge(_Challenge, total=False):
    """`challenge`"""

    hint: str | None
    """h"""
    value: str | None
    """v"""
    options: list[str]
    expires_in_seconds: int
    """e"""
    attempt: int
    """a"""


class Checkpoint(TypedDict):
    """`checkpoint`"""

    cursor: str
    """c"""


class Covered(TypedDict, total=False):
    """The answer to `fetch`."""

    window: Days | None
    complete: bool
    stated: dict[str, Stated]
    removed: list[Removed]

Days = TypedDict("Days", {"from": "str", "to": "str"})
"""Days from first to last."""


class Described(TypedDict):
    """The answer to `describe`."""

    institutions: list[str]
    resources: list[str]
    challenges: list[ChallengeKind]


class _Fetch(TypedDict):
    resource: str
    """r"""


class Fetch(_Fetch, total=False):
    """`fetch`: one resource."""

    account: str | None
    """a"""
    window: Days | None
    cursor: str | None
    """c"""
    options: dict[str, str]


class Host(TypedDict):
    """Who speaks to the connector."""

    name: str
    """n"""
    version: str
    """v"""


class Identity(TypedDict):
    """A connector and its version."""

    id: str
    """i"""
    version: str
    """v"""


class _Initialize(TypedDict):
    versions: list[int]
    host: Host
    institution: str
    """The name."""
    subject: str
    """A key."""
    locale: str
    """The language"""


class Initialize(_Initialize, total=False):
    """`initialize`: always the first message, and the same in every version."""

    proxy: str | None
    """The only way to the network."""


class Initialized(TypedDict):
    """The answer to `initialize`."""

    version: int
    """v"""
    connector: Identity


class _Log(TypedDict):
    message: str
    """m"""


class Log(_Log, total=False):
    """`log`"""

    level: Level


class _LoggedIn(TypedDict):
    user: str
    """Who"""


class LoggedIn(_LoggedIn, total=False):
    """The answer to `login`."""

    state: str | None
    """st"""


class _Login(TypedDict):
    institution: str
    """i"""
    credentials: dict[str, str]
    interactive: bool


class Login(_Login, total=False):
    """`login`"""

    state: str | None
    """s"""


class Nothing(TypedDict):
    """Nothing to say."""


class _Progress(TypedDict):
    done: int
    """d"""


class Progress(_Progress, total=False):
    """`progress`"""

    total: int | None


class _Reason(TypedDict):
    kind: Kind


class Reason(_Reason, total=False):
    """The `data` of an error."""

    problem: Problem | None


class _Record(TypedDict):
    item: dict[str, Any]


class Record(_Record, total=False):
    """`record`"""

    account: str | None
    """a"""
    page: int
    """p"""


class _Removed(TypedDict):
    source_id: str
    """s"""


class Removed(_Removed, total=False):
    """Removed."""

    account: str | None
    """a"""


class Stated(TypedDict, total=False):
    """Balances."""

    opening: Decimal | None
    closing: Decimal | None

ChallengeKind = Literal["otp", "numeric", "qr", "question", "choice", "image", "push", "redirect", "file"]
"""What an institution can ask for."""

Decimal = Union[str, float]
"""An exact decimal number."""

Kind = Literal["invalid_credentials", "login_error", "token_required", "wrong_token", "session_expired", "too_many_sessions", "institution_down", "institution_unavailable", "institution_inactive", "unsupported", "unavailable_data", "revoked", "cancelled", "unexpected"]
"""Why a request failed."""

Level = Literal["error", "warn", "info", "debug"]
"""How important a line is."""

Problem = Literal["locked", "password_expired", "action_needed", "forbidden", "missing_credentials", "not_activated", "unsupported_challenge"]
"""What keeps a person out."""
