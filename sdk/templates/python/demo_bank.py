"""A bank that exists only here, so that the connector works before it has a real one.

Replace it: log in and read pages with `session.web` or `session.browser.page()`, and name what they
reach in `egress` of connector.json.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

PASSWORD = "correct-horse-42"
CODE = "111111"


class Refused(Exception):
    """What the bank says when it does not let somebody in."""


@dataclass(frozen=True)
class Movement:
    key: str
    day: date
    words: str
    amount: Decimal


class DemoBank:
    """A session at the bank."""

    def __init__(self) -> None:
        self.user = ""

    def log_in(self, user: str, password: str) -> bool:
        """Whether a code is asked for."""
        if user == "locked":
            raise Refused("locked")
        if password != PASSWORD:
            raise Refused("wrong")
        self.user = user
        return user == "otp"

    def check_code(self, code: str) -> bool:
        return code == CODE

    def accounts(self) -> list[tuple[str, str, Decimal]]:
        """Number, name and balance of each."""
        return [("10-1", "Everyday", Decimal("1520.40")), ("10-2", "Savings", Decimal("98000.00"))]

    def movements(self, account: str, first: date, last: date) -> Iterator[Movement]:
        """Newest first: one every third day."""
        day = last
        while day >= first:
            if day.toordinal() % 3 == 0:
                cents = Decimal(day.toordinal() % 9000) / 100 + 1
                yield Movement(f"{account}-{day:%Y%m%d}", day, "Coffee", -cents)
            day -= timedelta(days=1)
