"""Made from sdk/schema/connector-1.json by sdk/generate.py. Do not edit."""

from __future__ import annotations

from typing import Literal, TypedDict

__all__ = [
    "Choice",
    "Input",
    "Labels",
    "Limits",
    "Manifest",
    "Offered",
]



class _Choice(TypedDict):
    code: str
    """What is sent."""
    label: str
    """Shown to the person."""


class Choice(_Choice, total=False):
    """One choice of a `select`; its `validation` then applies to `username`."""

    placeholder: str
    """An example."""
    translations: dict[str, Labels]
    """What it says in other languages, by their BCP 47 tags."""
    validation: str
    """A JavaScript regular expression for `username`."""
    validation_message: str
    """Shown when it does not match."""


class _Input(TypedDict):
    label: str
    """Shown above it."""
    name: Literal["username", "username_type", "username2", "username3", "password", "password2", "token"]
    """The key of its value in `login`."""
    type: Literal["text", "password", "number", "select"]
    """How it looks."""


class Input(_Input, total=False):
    """One input of the login form."""

    length: str | None
    """How long the value is."""
    optional: bool | None
    """Whether it may be left out."""
    placeholder: str
    """An example."""
    translations: dict[str, Labels]
    """What it says in other languages, by their BCP 47 tags (`es`, `pt`): the person is shown their
    own."""
    validation: str
    """A JavaScript regular expression."""
    validation_message: str
    """Shown when it does not match."""
    values: list[Choice] | None
    """The choices of a `select`."""


class _Labels(TypedDict):
    label: str
    """Shown above the input, or as the choice."""


class Labels(_Labels, total=False):
    """What an input or a choice says, in one more language. What is left out is as it is
    without."""

    placeholder: str | None
    """An example."""
    validation_message: str | None
    """Shown when the value does not match."""


class Limits(TypedDict, total=False):
    """What a session may take, at most."""

    memory_mib: int
    """Memory of all its processes together, in MiB."""
    open_files: int
    """Open files of one process."""
    processes: int
    """Processes and threads at once."""
    seconds: int
    """From start to end, with the time that the person takes."""


class _Manifest(TypedDict):
    command: list[str]
    """What is run in its folder, and the arguments. A first word without a slash is looked for in
    `/usr/local/bin`, `/usr/bin` and `/bin`; one that begins with `./` is in the folder."""
    id: str
    """What the connector is called, for ever: `toybank`."""
    institutions: list[Offered]
    """What it can log in to."""
    licence: str
    """An SPDX expression."""
    protocol: list[int]
    """The versions of the protocol that it speaks."""
    version: str
    """Its version; a new one has a fresh record of failures."""


class Manifest(_Manifest, total=False):
    """A manifest as it is written."""

    challenges: list[Literal["otp", "numeric", "qr", "question", "choice", "image", "push", "redirect", "file"]]
    """The kinds of challenges that it may raise."""
    egress: list[str]
    """Every `host:port` that it may reach, with TLS; `http://host:port` without."""
    limits: Limits
    """What a session may take."""
    needs: list[str]
    """Further absolute paths that it must be able to read."""


class _Offered(TypedDict):
    country_codes: list[str]
    """ISO 3166 alpha-2 codes."""
    display_name: str
    """The name that people know."""
    form_fields: list[Input]
    """What to ask the end user for."""
    id: int
    """The number in its path; no other connector's institution has it."""
    name: str
    """The name by which links refer to it, for ever: `<brand>_<country>_<kind>`."""
    resources: list[Literal["ACCOUNTS", "BALANCES", "BILLS", "CONSENTS", "CURRENT_EMPLOYMENTS", "DEBT_REPORTS", "EMPLOYMENTS", "EMPLOYMENT_METRICS", "EMPLOYMENT_RECORDS", "EXCHANGES", "FINANCIAL_STATEMENTS", "INCOMES", "INVESTMENTS", "INVESTMENTS_PORTFOLIOS", "INVESTMENT_TRANSACTIONS", "INVOICES", "OWNERS", "RECEIVABLES_TRANSACTIONS", "RECURRING_EXPENSES", "RISK_INSIGHTS", "STATEMENTS", "TAX_COMPLIANCE_STATUS", "TAX_DECLARATIONS", "TAX_RETENTIONS", "TAX_RETURNS", "TAX_STATUS", "TRANSACTIONS"]]
    """What it can answer: names of resources."""
    type: Literal["bank", "fiscal", "employment"]
    """Its family."""


class Offered(_Offered, total=False):
    """An institution as a manifest offers it."""

    icon_logo: str | None
    """A square picture's address."""
    ids: Literal["stable", "posted", "reading", "none"]
    """How far its ids of movements can be trusted. In doubt less."""
    logo: str | None
    """A picture's address."""
    primary_color: str
    """`#rrggbb`."""
    revokes: bool
    """Whether it can be told that a person has taken back what they allowed: `revoke`. Goes with
    the resource `CONSENTS`."""
    text_logo: str | None
    """A wide picture's address."""
    website: str | None
    """Its own site."""
