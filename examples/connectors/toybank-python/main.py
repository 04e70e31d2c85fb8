"""A connector to Toy Bank, that reads its pages."""

from __future__ import annotations

import sys
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlencode, urljoin, urlsplit

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "vendor"))

from pages import Page  # noqa: E402
from vinculo_connector import (  # noqa: E402
    Connector,
    Covered,
    Credentials,
    InstitutionDown,
    InvalidCredentials,
    LoggedIn,
    LoginError,
    Response,
    Session,
    SessionExpired,
    TokenRequired,
    TooManySessions,
    UnavailableData,
    Unexpected,
    Wanted,
    WrongToken,
)

BANK = "https://toybank.example"
#: The bank shows at most so many days at once.
LONGEST = 800

connector = Connector.beside(__file__)


@connector.login
def login(session: Session, credentials: Credentials) -> LoggedIn:
    certificate = HERE / "toybank.pem"
    if certificate.exists():
        session.web.trust(certificate)
    asked = Page(session.web.get(f"{BANK}/login").expect().text)
    answer = session.web.post(f"{BANK}/login", {
        **asked.hidden,
        "username": credentials.reveal("username"),
        "password": credentials.reveal("password"),
    })
    if answer.status == 503 and "Maintenance" in answer.text:
        raise InstitutionDown
    page = Page(answer.expect().text)
    refused(page.named.get("error", ""))
    attempt = 1
    while (question := path(answer)) in ("/otp", "/question"):
        if not session.interactive:
            raise TokenRequired
        token = session.challenge(
            "otp" if question == "/otp" else "question", page.named["prompt"], attempt=attempt
        )
        answer = session.web.post(f"{BANK}{question}", {**page.hidden, "answer": token.reveal()})
        page = Page(answer.text)
        if "Too many" in page.named.get("error", ""):
            raise WrongToken
        answer.expect()
        attempt += 1
    return LoggedIn(user=seen(page, "client"))


def refused(words: str) -> None:
    """Fails with what the bank's own words say, if it says anything."""
    if not words:
        return
    if "Wrong user or password" in words:
        raise InvalidCredentials
    if "locked" in words:
        raise LoginError("locked")
    if "password has expired" in words:
        raise LoginError("password_expired")
    if "accept our new terms" in words:
        raise LoginError("action_needed")
    if "logged in elsewhere" in words:
        raise TooManySessions
    raise Unexpected("the bank refused the login in words that are new")


@connector.fetch("OWNERS")
def owners(session: Session, wanted: Wanted) -> Covered:
    page = inside(session, "/profile")
    session.record({
        "display_name": seen(page, "name"),
        "email": seen(page, "email"),
        "document_id": {"document_type": "CURP", "document_number": seen(page, "curp")},
    })
    return Covered(complete=True)


@connector.fetch("ACCOUNTS")
def accounts(session: Session, wanted: Wanted) -> Covered:
    page = inside(session, "/accounts")
    if "empty" in page.named:
        raise UnavailableData
    for row in page.rows:
        checking = row.attributes["data-kind"] == "checking"
        number = row.cells["number"]
        session.record({
            "category": "CHECKING_ACCOUNT" if checking else "SAVINGS_ACCOUNT",
            "balance_type": "ASSET",
            "type": row.attributes["data-kind"],
            "name": row.cells["name"],
            "number": number,
            "balance": {"current": row.cells["balance"], "available": row.cells["balance"]},
            "currency": "MXN",
            "internal_identification": number,
        }, account=number)
    return Covered(complete=True)


@connector.fetch("TRANSACTIONS")
def transactions(session: Session, wanted: Wanted) -> Covered:
    numbers = [row.cells["number"] for row in inside(session, "/accounts").rows]
    if wanted.account is not None:
        numbers = [number for number in numbers if number == wanted.account]
    if wanted.window is None or (wanted.window.last - wanted.window.first).days > LONGEST:
        raise Unexpected("the bank shows no movements without days, or of so many")
    days = {"from": str(wanted.window.first), "to": str(wanted.window.last)}
    # A cursor is the account and the page that come next.
    account, _, place = (wanted.cursor or "").partition(" ")
    if account:
        numbers = numbers[numbers.index(account):]
    for done, number in enumerate(numbers):
        sheet = int(place) if number == account else 1
        where: str | None = "/transactions?" + urlencode({**days, "account": number, "page": sheet})
        while where is not None:
            page = inside(session, where)
            for row in page.rows:
                amount = Decimal(row.cells["amount"])
                session.record({
                    "internal_identification": row.attributes["data-id"],
                    "value_date": row.cells["date"],
                    "accounting_date": row.cells["date"],
                    "amount": abs(amount),
                    "type": "INFLOW" if amount > 0 else "OUTFLOW",
                    "currency": "MXN",
                    "description": row.cells["words"],
                    "status": "PROCESSED",
                }, account=number, page=sheet)
            where, sheet = page.next, sheet + 1
            if where is not None:
                session.checkpoint(f"{number} {sheet}")
        session.progress(done + 1, len(numbers))
    return Covered(complete=True)


@connector.logout
def logout(session: Session) -> None:
    page = inside(session, "/accounts")
    session.web.post(f"{BANK}/logout", page.hidden)


def inside(session: Session, where: str) -> Page:
    """A page that is only there for who is logged in."""
    answer = session.web.get(urljoin(BANK, where)).expect()
    if path(answer) == "/login":
        raise SessionExpired
    return Page(answer.text)


def seen(page: Page, name: str) -> str:
    """What the page says there; a page without it is not the page it should be."""
    if not page.named.get(name):
        raise Unexpected(f"the page does not say the {name}")
    return page.named[name]


def path(answer: Response) -> str:
    return urlsplit(answer.url).path


if __name__ == "__main__":
    connector.run()
