"""A host of a few lines: it starts the connector and speaks to it through pipes."""

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
PATIENCE = 20


class Host:
    def __init__(self) -> None:
        environment = {"PYTHONPATH": str(HERE.parent / "src"), "PATH": os.environ["PATH"]}
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / "subject.py")],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment,
        )
        self.next = 0
        self.lines: queue.Queue[bytes] = queue.Queue()
        self.reading = False
        self.errors: list[bytes] = []
        assert self.process.stderr is not None
        stderr = self.process.stderr
        self.log = threading.Thread(target=lambda: self.errors.extend(stderr))
        self.log.start()

    def read(self) -> None:
        """From now on the host reads what the connector says."""
        def take() -> None:
            assert self.process.stdout is not None
            for line in self.process.stdout:
                self.lines.put(line)
            self.lines.put(b"")

        self.reading = True
        threading.Thread(target=take, daemon=True).start()

    def raw(self, line: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line + b"\n")
        self.process.stdin.flush()

    def ask(self, method: str, **params: Any) -> int:
        self.next += 1
        self.raw(json.dumps(
            {"jsonrpc": "2.0", "id": self.next, "method": method, "params": params}
        ).encode())
        return self.next

    def tell(self, identity: object, **said: Any) -> None:
        self.raw(json.dumps({"jsonrpc": "2.0", "id": identity, **said}).encode())

    def hear(self) -> dict[str, Any]:
        if not self.reading:
            self.read()
        line = self.lines.get(timeout=PATIENCE)
        assert line, "the connector ended: " + b"".join(self.errors).decode()
        message: dict[str, Any] = json.loads(line)
        assert message["jsonrpc"] == "2.0"
        return message

    def until(self, identity: object) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """The answer to a request, and what came before it."""
        before: list[dict[str, Any]] = []
        while True:
            message = self.hear()
            if message.get("id") == identity and "method" not in message:
                return message, before
            before.append(message)

    def cancel(self, request: int) -> dict[str, Any]:
        """Cancels `request`; what it is answered with. The two answers may come in any order."""
        wanted = {request, self.ask("cancel")}
        answers: dict[int, dict[str, Any]] = {}
        while set(answers) != wanted:
            message = self.hear()
            if message.get("id") in wanted and "method" not in message:
                answers[message["id"]] = message
        answer = answers.pop(request)
        assert [message["result"] for message in answers.values()] == [{}]
        return answer

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        return self.until(self.ask(method, **params))[0]

    def initialize(self, **more: Any) -> dict[str, Any]:
        params = {
            "versions": [1], "host": {"name": "test", "version": "1"}, "institution": "bank",
            "subject": "s", "proxy": None, "locale": "en", **more,
        }
        return self.call("initialize", **params)

    def login(self, who: str = "ana", password: str = "correct horse", **more: Any) -> int:
        params = {
            "institution": "bank", "credentials": {"username": who, "password": password},
            "state": None, "interactive": True, **more,
        }
        return self.ask("login", **params)

    def logged_in(self, who: str = "ana") -> None:
        self.initialize()
        assert "result" in self.until(self.login(who))[0]

    def fetch(self, resource: str, **more: Any) -> int:
        params = {
            "resource": resource, "account": None,
            "window": {"from": "2026-01-01", "to": "2026-01-31"}, "cursor": None, "options": {},
            **more,
        }
        return self.ask("fetch", **params)

    def end(self) -> int:
        """Stops speaking; the exit code."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        code = self.process.wait(PATIENCE)
        self.log.join(PATIENCE)
        return code

    @property
    def said(self) -> str:
        """Standard error."""
        return b"".join(self.errors).decode()


@pytest.fixture
def host() -> Iterator[Host]:
    host = Host()
    yield host
    host.process.kill()
    host.process.wait()
    host.log.join()


def kind(message: dict[str, Any]) -> str:
    assert message["error"]["code"] == -32000, message
    return str(message["error"]["data"]["kind"])
