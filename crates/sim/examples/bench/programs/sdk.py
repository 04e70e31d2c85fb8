"""The same connector as raw.py, written with the SDK."""

import sys

sys.path.insert(0, "vendor")

from vinculo_connector import Connector, Covered, Credentials, LoggedIn, Session, Wanted  # noqa: E402

MOVEMENT = {
    "internal_identification": "0123456789abcdef", "value_date": "2026-01-14", "amount": 123.45,
    "currency": "MXN", "description": "PAGO CON TARJETA OXXO REFORMA 0042 MEXICO CDMX",
    "type": "OUTFLOW", "status": "PROCESSED", "reference": "8812340042", "balance": 9876.55,
}

connector = Connector.beside(__file__)


@connector.login
def login(session: Session, credentials: Credentials) -> LoggedIn:
    return LoggedIn(user="ana")


@connector.fetch("TRANSACTIONS")
def transactions(session: Session, wanted: Wanted) -> Covered:
    for _ in range(int(wanted.options["records"])):
        session.record(MOVEMENT, account="acc-1")
    return Covered(complete=True)


connector.run()
