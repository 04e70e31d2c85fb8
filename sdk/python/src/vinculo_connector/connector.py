"""The connector: its handlers, and the loop that answers the host."""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

from .errors import ConnectorError, Unsupported
from .protocol import Covered, Described, LoggedIn, Reason
from .secret import Credentials
from .session import Session, Wanted, Window, Work
from .wire import Closed, TooLong, Wire

__all__ = ["Connector"]

#: The versions of the protocol that this SDK speaks, newest first.
VERSIONS = (1,)
#: How long a cancelled handler may take to end by itself before it is answered for, in seconds.
GRACE = 2.0
#: How long leaving may take before it is answered for, in seconds: the host waits for five.
FAREWELL = 4.0

Login = Callable[[Session, Credentials], LoggedIn]
Fetch = Callable[[Session, Wanted], "Covered | None"]
Revoke = Callable[[Session], None]
Logout = Callable[[Session], None]


class _Refused(Exception):
    """A request that cannot be taken, with JSON-RPC's code for why."""

    def __init__(self, code: int, message: str, reason: Reason | None = None) -> None:
        super().__init__(message)
        self.code, self.reason = code, reason


class Connector:
    """A connector and its handlers.

    ```python
    connector = Connector.beside(__file__)

    @connector.login
    def login(session: Session, credentials: Credentials) -> LoggedIn: ...

    @connector.fetch("ACCOUNTS")
    def accounts(session: Session, wanted: Wanted) -> Covered: ...

    if __name__ == "__main__":
        connector.run()
    ```
    """

    def __init__(self, manifest: Mapping[str, Any]) -> None:
        self._manifest = manifest
        self._login: Login | None = None
        self._fetch: dict[str, Fetch] = {}
        self._revoke: Revoke | None = None
        self._logout: Logout | None = None

    @classmethod
    def beside(cls, file: str | Path) -> Connector:
        """The connector whose `connector.json` stands beside `file`: say `Connector.beside(__file__)`."""
        manifest = Path(file).resolve().with_name("connector.json")
        return cls(json.loads(manifest.read_text("utf-8")))

    def login(self, handler: Login) -> Login:
        """Declares what logs in. Called once, before any fetch; the only one that sees credentials."""
        self._login = handler
        return handler

    def fetch(self, *resources: str) -> Callable[[Fetch], Fetch]:
        """Declares what reads `resources`. Returning nothing says that it was not complete."""

        def declare(handler: Fetch) -> Fetch:
            for resource in resources:
                self._fetch[resource] = handler
            return handler

        return declare

    def revoke(self, handler: Revoke) -> Revoke:
        """Declares what ends, at the institution, the consent by which this login was let in.

        Called after a login, where the manifest says `revokes`. A consent that has ended already has
        ended well.
        """
        self._revoke = handler
        return handler

    def logout(self, handler: Logout) -> Logout:
        """Declares what leaves politely. It has five seconds; without it nothing is done."""
        self._logout = handler
        return handler

    def run(self) -> NoReturn:
        """Answers the host until standard input ends, and ends the process.

        Standard output is the host's alone: what the program prints goes to standard error.
        """
        incoming, outgoing = os.dup(0), os.dup(1)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
        os.dup2(2, 1)
        sys.stdout = sys.stderr
        code = _Loop(self, Wire(incoming, outgoing)).run()
        sys.stderr.flush()
        # Threads of the connector's own, or of a library, must not keep the process.
        os._exit(code)

    @property
    def _described(self) -> Described:
        institutions: list[dict[str, Any]] = list(self._manifest.get("institutions", []))
        resources = (name for one in institutions for name in one.get("resources", []))
        return {
            "institutions": [one["name"] for one in institutions],
            "resources": list(dict.fromkeys(resources)),
            "challenges": list(self._manifest.get("challenges", [])),
        }


class _Loop:
    """One session."""

    def __init__(self, connector: Connector, wire: Wire) -> None:
        self._connector = connector
        self._wire = wire
        self._session: Session | None = None
        self._logged_in = False
        self._work: Work | None = None
        self._turn = threading.Lock()
        self._jobs = self._worker()

    def run(self) -> int:
        """Reads until the host stops speaking. The exit code."""
        code = 0
        for line in self._wire.lines():
            if line is None:
                print("the host wrote a line that is too long", file=sys.stderr)
                code = 1
                break
            self._take(line)
        if self._session is not None:
            self._session.cancel()
            closing = threading.Thread(target=self._session.close, daemon=True)
            closing.start()
            closing.join(1)
        self._wire.drain(1)
        return code

    def _take(self, line: bytes) -> None:
        try:
            message = json.loads(line)
        except (ValueError, RecursionError):
            self._refuse(None, _Refused(-32700, "that is not JSON"))
            return
        if not isinstance(message, dict):
            self._refuse(None, _Refused(-32600, "a message is one JSON object"))
            return
        identity, method = message.get("id"), message.get("method")
        if not isinstance(method, str):
            if "result" in message or "error" in message:
                if self._session is not None:
                    self._session.answer(identity, message)
            elif identity is not None or "method" in message:
                self._refuse(identity, _Refused(-32600, "a request has a method"))
            return
        if identity is None:
            return  # A notification: this version has none that it must know.
        try:
            params = message.get("params", {})
            if not isinstance(params, dict):
                raise _Refused(-32602, "params must be an object")
            self._request(identity, method, params)
        except _Refused as refused:
            self._refuse(identity, refused)
        except (KeyError, TypeError, ValueError) as error:
            # Of the host's own making, so without its words: they may hold credentials.
            self._refuse(identity, _Refused(-32602, f"bad params ({type(error).__name__})"))

    def _request(self, identity: object, method: str, params: dict[str, Any]) -> None:
        if method == "ping":
            self._answer(identity, {})
        elif method == "describe":
            self._answer(identity, self._connector._described)
        elif method == "cancel":
            self._cancel()
            self._answer(identity, {})
        elif method == "initialize":
            self._answer(identity, self._initialize(params))
        elif method in ("login", "fetch", "revoke", "logout"):
            session = self._session
            if session is None:
                raise _Refused(-32600, "the first message is initialize")
            with self._turn:
                if self._work is not None:
                    raise _Refused(-32600, "one request at a time")
            job = getattr(self, f"_{method}")(session, params)
            work = Work(identity)
            with self._turn:
                self._work = work
            self._jobs.put((work, job))
            if method == "logout":
                self._later(FAREWELL, lambda: self._let_go(work))
        else:
            raise _Refused(-32601, "there is no such method")

    def _initialize(self, params: dict[str, Any]) -> dict[str, Any]:
        if self._session is not None:
            raise _Refused(-32600, "initialize comes once")
        offered = params["versions"]
        both = [version for version in VERSIONS if version in offered]
        if not both:
            raise _Refused(-32000, "no common version", {"kind": "unsupported"})
        institution = str(params["institution"])
        if institution not in self._connector._described["institutions"]:
            raise _Refused(-32000, "no such institution", {"kind": "unsupported"})
        proxy = params.get("proxy")
        self._session = Session(
            self._wire,
            institution=institution,
            subject=str(params.get("subject", "")),
            proxy=None if proxy is None else str(proxy),
            locale=str(params.get("locale", "en")),
        )
        manifest = self._connector._manifest
        identity = {"id": manifest["id"], "version": manifest["version"]}
        return {"version": both[0], "connector": identity}

    def _login(self, session: Session, params: dict[str, Any]) -> Callable[[], object]:
        fields, state = params["credentials"], params.get("state")
        if not isinstance(fields, dict) or not all(isinstance(v, str) for v in fields.values()):
            raise _Refused(-32602, "credentials must be texts")
        if state is not None and not isinstance(state, str):
            raise _Refused(-32602, "state must be a text")
        handler = self._connector._login
        if handler is None:
            raise _Refused(-32000, "nothing logs in", {"kind": "unsupported"})
        login = handler
        session.interactive = params.get("interactive") is True
        # A user name or a choice is no secret that may not be a part of other words.
        session.keep_secret(fields.values())
        session.keep_secret([state] if state else [])
        credentials = Credentials(fields, state)

        def job() -> object:
            result = dict(login(session, credentials))
            if not isinstance(result.get("user"), str):
                raise TypeError("login must say who the user is")
            self._logged_in = True
            return {"user": result["user"], "state": result.get("state")}

        return job

    def _fetch(self, session: Session, params: dict[str, Any]) -> Callable[[], object]:
        if not self._logged_in:
            raise _Refused(-32600, "login comes before fetch")
        resource, days = str(params["resource"]), params.get("window")
        window = None
        if days is not None:
            window = Window(date.fromisoformat(days["from"]), date.fromisoformat(days["to"]))
        wanted = Wanted(
            resource,
            params.get("account"),
            window,
            params.get("cursor"),
            params.get("options") or {},
            params.get("kind"),
            params.get("documents") is True,
        )
        handler = self._connector._fetch.get(resource)

        def job() -> object:
            if handler is None:
                raise Unsupported(f"there is no {resource} here")
            # Who says nothing has proved nothing.
            covered: Covered = handler(session, wanted) or {}
            shown = days if "window" not in covered else covered["window"]
            return {"complete": False, **covered, "window": shown}

        return job

    def _revoke(self, session: Session, _params: dict[str, Any]) -> Callable[[], object]:
        if not self._logged_in:
            raise _Refused(-32600, "login comes before revoke")
        handler = self._connector._revoke

        def job() -> object:
            if handler is None:
                raise Unsupported("no consent can be taken back here")
            handler(session)
            return {}

        return job

    def _logout_job(self, session: Session) -> object:
        self._logged_in = False
        if self._connector._logout is not None:
            self._connector._logout(session)
        session.close()
        return {}

    def _logout(self, session: Session, _params: dict[str, Any]) -> Callable[[], object]:
        return lambda: self._logout_job(session)

    def _cancel(self) -> None:
        session = self._session
        work = session.cancel() if session is not None else None
        if work is None:
            with self._turn:
                work = self._work
            if work is None:
                return
            work.cancelled.set()
        cancelled = work

        def insist() -> None:
            # It did not notice: say so for it, and give the next request to somebody else.
            if self._done(cancelled):
                self._jobs = self._worker()
                self._error(cancelled.identity, -32000, "cancelled", {"kind": "cancelled"})

        self._later(GRACE, insist)

    def _let_go(self, work: Work) -> None:
        """Answers for a logout that takes too long."""
        if self._done(work):
            self._answer(work.identity, {})

    @staticmethod
    def _later(seconds: float, work: Callable[[], object]) -> None:
        timer = threading.Timer(seconds, work)
        timer.daemon = True
        timer.start()

    def _worker(self) -> queue.Queue[tuple[Work, Callable[[], object]]]:
        """One thread for all requests, because what drives a browser must stay in one."""
        jobs: queue.Queue[tuple[Work, Callable[[], object]]] = queue.Queue()

        def serve() -> None:
            while True:
                try:
                    self._carry_out(*jobs.get())
                except Closed:
                    os._exit(0)

        threading.Thread(target=serve, name="work", daemon=True).start()
        return jobs

    def _carry_out(self, work: Work, job: Callable[[], object]) -> None:
        session = self._session
        assert session is not None
        session.begin(work)
        message: dict[str, Any]
        try:
            if work.cancelled.is_set():
                message = _failed("cancelled", {"kind": "cancelled"})
            else:
                message = {"result": job()}
        except Closed:
            raise
        except BaseException as error:
            if isinstance(error, ConnectorError) and not work.cancelled.is_set():
                message = _failed(session.clean(str(error)), error.reason())
            elif work.cancelled.is_set():
                message = _failed("cancelled", {"kind": "cancelled"})
            else:
                sys.stderr.write(session.clean(traceback.format_exc()))
                sys.stderr.flush()
                message = _failed(_where(error), {"kind": "unexpected"})
        finally:
            session.end(work)
        if not self._done(work):
            return
        try:
            self._wire.send({"jsonrpc": "2.0", "id": work.identity, **message})
        except (TooLong, TypeError, ValueError) as error:
            what = _failed(f"the answer cannot be written: {error}", {"kind": "unexpected"})
            self._wire.send({"jsonrpc": "2.0", "id": work.identity, **what})

    def _done(self, work: Work) -> bool:
        """Whether the caller is the one who answers it. What was answered is not at work any more."""
        if not work.answered.acquire(blocking=False):
            return False
        with self._turn:
            if self._work is work:
                self._work = None
        return True

    def _answer(self, identity: object, result: object) -> None:
        self._wire.reply({"jsonrpc": "2.0", "id": identity, "result": result})

    def _error(self, identity: object, code: int, message: str, reason: Reason) -> None:
        error = {"code": code, "message": message, "data": reason}
        self._wire.reply({"jsonrpc": "2.0", "id": identity, "error": error})

    def _refuse(self, identity: object, refused: _Refused) -> None:
        # An id that is neither a number nor a text is none.
        if not isinstance(identity, (int, float, str)):
            identity = None
        self._error(
            identity, refused.code, str(refused), refused.reason or {"kind": "unexpected"}
        )


def _failed(message: str, reason: Reason) -> dict[str, Any]:
    return {"error": {"code": -32000, "message": message, "data": reason}}


def _where(error: BaseException) -> str:
    """What was raised and where, without its words, which may hold anything."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"
