"""A connector to a demo bank. Begin here; the SDK is in vendor/."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "vendor"))

from demo_bank import DemoBank, Refused  # noqa: E402
from vinculo_connector import (  # noqa: E402
    Connector,
    Covered,
    Credentials,
    InvalidCredentials,
    LoggedIn,
    LoginError,
    Session,
    TokenRequired,
    Wanted,
    Window,
    WrongToken,
)

connector = Connector.beside(__file__)
bank = DemoBank()


@connector.login
def login(session: Session, credentials: Credentials) -> LoggedIn:
    try:
        wants_code = bank.log_in(credentials.reveal("username"), credentials.reveal("password"))
    except Refused as refused:
        # Only what the bank says in so many words may blame the login.
        if str(refused) == "locked":
            raise LoginError("locked") from None
        raise InvalidCredentials from None
    if wants_code:
        if not session.interactive:
            raise TokenRequired
        for attempt in (1, 2, 3):
            answer = session.challenge(
                "otp", "Enter the code that we sent you.", hint="six digits", attempt=attempt
            )
            if bank.check_code(answer.reveal()):
                break
        else:
            raise WrongToken
    return LoggedIn(user=bank.user)


@connector.fetch("ACCOUNTS")
def accounts(session: Session, wanted: Wanted) -> Covered:
    for number, name, balance in bank.accounts():
        session.record({
            "category": "CHECKING_ACCOUNT",
            "balance_type": "ASSET",
            "name": name,
            "number": number,
            "balance": {"current": balance, "available": balance},
            "currency": "MXN",
            "internal_identification": number,
        }, account=number)
    return Covered(complete=True)


@connector.fetch("TRANSACTIONS")
def transactions(session: Session, wanted: Wanted) -> Covered:
    window = wanted.window or Window(date(2020, 1, 1), date.today())
    numbers = [number for number, *_ in bank.accounts()]
    if wanted.account is not None:
        numbers = [number for number in numbers if number == wanted.account]
    # A cursor is the account that comes next.
    if wanted.cursor is not None:
        numbers = numbers[numbers.index(wanted.cursor):]
    for number in numbers:
        session.checkpoint(number)
        for movement in bank.movements(number, window.first, window.last):
            session.record({
                "internal_identification": movement.key,
                "value_date": movement.day,
                "amount": abs(movement.amount),
                "type": "INFLOW" if movement.amount > 0 else "OUTFLOW",
                "currency": "MXN",
                "description": movement.words,
                "status": "PROCESSED",
            }, account=number)
    return Covered(complete=True)


if __name__ == "__main__":
    connector.run()
