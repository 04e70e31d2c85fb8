"""A connector that does what the tests ask for, by the user name that logs in."""

import decimal
import sys
import threading
import time

from vinculo_connector import (
    Cancelled,
    Connector,
    Covered,
    Credentials,
    InstitutionUnavailable,
    InvalidCredentials,
    LoggedIn,
    LoginError,
    Session,
    TokenRequired,
    Wanted,
    WrongToken,
)

connector = Connector.beside(__file__)
who = ""


@connector.login
def login(session: Session, credentials: Credentials) -> LoggedIn:
    global who
    who = credentials.reveal("username")
    match who:
        case "wrong":
            raise InvalidCredentials
        case "locked":
            raise LoginError("locked")
        case "bug":
            raise RuntimeError(f"it was {credentials.reveal('password')}")
        case "otp":
            if not session.interactive:
                raise TokenRequired
            answer = session.challenge(
                "otp", "The code?", hint="to ***42", translations={"es": {"prompt": "¿El código?"}}
            )
            if answer.reveal() != "111111":
                answer = session.challenge("otp", "Once more?", attempt=2)
            if answer.reveal() != "111111":
                raise WrongToken
        case "chatty":
            print("this would break the protocol")
            print("so would this", file=sys.__stdout__)
            session.log(f"the password is {credentials.reveal('password')}", "warn")
            print(credentials, credentials["password"], f"{credentials['password']}")
        case "deaf":
            time.sleep(3600)
        case "polite":
            while True:
                session.check_cancelled()
                threading.Event().wait(0.01)
        case "nobody":
            return {}  # type: ignore[typeddict-item]
        case "web":
            session.web.timeout = 60
            try:
                answer_of = session.web.get(credentials.reveal("password"))
            except Cancelled:
                print("the network was cut")
                raise
            session.log(answer_of.text)
    state = credentials.state.reveal() if credentials.state else "first"
    return LoggedIn(user=f"user-{who}", state=f"{state}+")


@connector.fetch("ACCOUNTS")
def accounts(session: Session, wanted: Wanted) -> Covered:
    session.record({"name": "Nómina", "balance": {"current": decimal.Decimal("10.10")}}, account="a")
    session.blob("doc", "application/pdf", b"x" * 700_000)
    session.progress(1, 2)
    session.checkpoint("after-a")
    return Covered(
        complete=True,
        stated={"a": {"opening": "1.00", "closing": None}},
        removed=[{"account": "a", "source_id": "tx-9"}],
    )


@connector.fetch("TRANSACTIONS")
def transactions(session: Session, wanted: Wanted) -> Covered | None:
    if who == "big":
        session.record({"description": "é" * 500_000})
        session.record({"description": "x" * (1 << 20)})
    if who == "endless":
        page = 0
        while True:
            session.record({"description": "x" * 1000, "n": page}, account="a", page=page)
            page += 1
    if who == "nan":
        session.record({"amount": float("nan")})
    assert wanted.window is not None and wanted.window.first in wanted.window
    session.log(f"{wanted.account} {wanted.cursor} {dict(wanted.options)} {wanted.window.last}")
    return None


@connector.revoke
def revoke(session: Session) -> None:
    session.log("it is taken back")
    if who == "clingy":
        raise InstitutionUnavailable


@connector.logout
def logout(session: Session) -> None:
    session.log("bye")
    if who == "clingy":
        time.sleep(3600)


if __name__ == "__main__":
    connector.run()
