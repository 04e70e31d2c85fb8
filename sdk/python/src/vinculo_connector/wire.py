"""Lines in, lines out."""

from __future__ import annotations

import json
import os
import queue
import threading
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

__all__ = ["LINE", "Closed", "TooLong", "Wire"]

#: The longest line either side may write, in bytes, without its end.
LINE = 1 << 20


class TooLong(ValueError):
    """A message does not fit into a line."""


class Closed(Exception):
    """The host has gone."""


def _plain(value: object) -> object:
    """What JSON does not know but bank data are made of."""
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise ValueError("an amount must be a number")
        # As a text: exact, also for who reads numbers as floats.
        return format(value, "f")
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")


def encode(message: Mapping[str, Any]) -> bytes:
    """One line, with its end."""
    text = json.dumps(
        message, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_plain
    )
    # Half a surrogate pair, as bad pages have it, is no UTF-8.
    line = text.encode("utf-8", "replace")
    if len(line) > LINE:
        raise TooLong(f"a message of {len(line)} bytes is longer than a line may be ({LINE})")
    return line + b"\n"


class Wire:
    """Both directions. One thread works and writes; another reads and must never wait for the pipe,
    because `cancel` and `ping` come through it: what it has to say is written by who writes next.
    """

    def __init__(self, incoming: int, outgoing: int) -> None:
        self._in = os.fdopen(incoming, "rb", buffering=1 << 16)
        self._out = outgoing
        self._writing = threading.Lock()
        # A host that asks this much without reading an answer has to wait.
        self._replies: queue.Queue[bytes] = queue.Queue(maxsize=1024)
        self._said = threading.Semaphore(0)
        threading.Thread(target=self._say_replies, name="replies", daemon=True).start()

    def lines(self) -> Iterator[bytes | None]:
        """What the host says, line by line; `None` for a line that is too long, which is the last."""
        while line := self._in.readline(LINE + 2):
            if len(line.rstrip(b"\r\n")) > LINE:
                yield None
                return
            # Half a line means that the host died while it wrote.
            if line.endswith(b"\n"):
                yield line

    def send(self, message: Mapping[str, Any]) -> None:
        """Writes a message, and returns when the pipe has taken it."""
        line = encode(message)
        with self._writing:
            self._flush_replies()
            self._write(line)

    def reply(self, message: Mapping[str, Any]) -> None:
        """Has a message written, by whoever can."""
        self._replies.put(encode(message))
        self._said.release()

    def drain(self, seconds: float) -> None:
        """Waits until all replies are written, at most so long."""
        done = threading.Event()

        def wait() -> None:
            with self._writing:
                try:
                    self._flush_replies()
                except Closed:
                    pass
            done.set()

        threading.Thread(target=wait, daemon=True).start()
        done.wait(seconds)

    def _say_replies(self) -> None:
        while True:
            self._said.acquire()
            with self._writing:
                try:
                    self._flush_replies()
                except Closed:
                    return

    def _flush_replies(self) -> None:
        while True:
            try:
                line = self._replies.get_nowait()
            except queue.Empty:
                return
            self._write(line)

    def _write(self, line: bytes) -> None:
        rest = memoryview(line)
        try:
            while rest:
                rest = rest[os.write(self._out, rest):]
        except OSError as error:
            raise Closed from error
