"""Texts that must not be printed."""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Mapping

__all__ = ["Credentials", "Secret"]


class Secret:
    """A text that shows itself only when told to: `secret.reveal()`."""

    __slots__ = ("__text",)

    def __init__(self, text: str) -> None:
        self.__text = text

    def reveal(self) -> str:
        """The text in clear. Give it to the institution, and to nobody else."""
        return self.__text

    def __repr__(self) -> str:
        return "Secret(***)"

    def __str__(self) -> str:
        return "***"

    def __format__(self, how: str) -> str:
        return format("***", how)

    def __bool__(self) -> bool:
        return bool(self.__text)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        ours, theirs = (s.reveal().encode("utf-8", "surrogatepass") for s in (self, other))
        return hmac.compare_digest(ours, theirs)

    def __hash__(self) -> int:
        return hash((Secret, self.__text))

    def __reduce__(self) -> str:
        raise TypeError("a secret cannot be pickled")


class Credentials(Mapping[str, Secret]):
    """What the person logs in with: the filled-in `form_fields`, by their names."""

    __slots__ = ("__fields", "state")

    def __init__(self, fields: Mapping[str, str], state: str | None = None) -> None:
        self.__fields = {name: Secret(text) for name, text in fields.items()}
        #: What the last good login asked to remember, if there was one.
        self.state: Secret | None = None if state is None else Secret(state)

    def reveal(self, field: str) -> str:
        """The field in clear; empty when it was not filled in."""
        secret = self.__fields.get(field)
        return secret.reveal() if secret else ""

    def __getitem__(self, field: str) -> Secret:
        return self.__fields[field]

    def __iter__(self) -> Iterator[str]:
        return iter(self.__fields)

    def __len__(self) -> int:
        return len(self.__fields)

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}=***" for name in self.__fields)
        return f"Credentials({shown})"
