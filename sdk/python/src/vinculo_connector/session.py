"""What a handler is given: the person to ask, the host to tell, the way to the network."""

from __future__ import annotations

import base64
import itertools
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from .errors import Cancelled, ConnectorError, Unexpected, error_of
from .protocol import ChallengeKind, Level
from .secret import Secret
from .wire import Wire

if TYPE_CHECKING:
    from .browser import Browser
    from .web import Web

__all__ = ["Session", "Wanted", "Window"]

#: The longest cursor of a checkpoint, in bytes.
CURSOR = 4 << 10
#: How much of a document goes into one line, in bytes before base64.
PIECE = 512 << 10


@dataclass(frozen=True)
class Window:
    """Days, both included."""

    #: The first day.
    first: date
    #: The last day.
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True)
class Wanted:
    """What a `fetch` asks for."""

    #: The resource: `TRANSACTIONS`.
    resource: str
    #: Only this account, by the connector's own key; `None` for all.
    account: str | None = None
    #: Only these days; `None` for the present state or everything there is.
    window: Window | None = None
    #: The last checkpoint of a reading that broke off, or `None`.
    cursor: str | None = None
    #: Further keys that the resource defines.
    options: Mapping[str, str] = field(default_factory=dict)
    #: Only this kind, where the resource has several: `INFLOW`; `None` for all.
    kind: str | None = None
    #: Whether the documents that belong to the records are wanted as well.
    documents: bool = False


class Work:
    """One request of the host while a handler is at it."""

    def __init__(self, identity: object) -> None:
        self.identity = identity
        self.cancelled = threading.Event()
        #: Set by who answers the request, once; handler and cancellation may race for it.
        self.answered = threading.Lock()


class Session:
    """One login, from the first byte to the last. One process has one.

    Every method raises `Cancelled` once the host has cancelled what is at work; let it pass.
    """

    def __init__(
        self,
        wire: Wire,
        *,
        institution: str = "",
        subject: str = "",
        proxy: str | None = None,
        locale: str = "en",
    ) -> None:
        #: The name of the institution.
        self.institution = institution
        #: A key that means nothing, and is the same each time this login is used.
        self.subject = subject
        #: The only way to the network, `http://host:port`; `None` where there is none.
        self.proxy = proxy
        #: The language that prompts should be in.
        self.locale = locale
        #: Whether somebody is there to answer a challenge. If not, fail with `TokenRequired` before
        #: the institution sends anybody a code.
        self.interactive = False
        self._wire = wire
        self._work: Work | None = None
        self._here = threading.local()
        self._ids = itertools.count(1)
        self._answers: dict[str, _Answer] = {}
        self._secrets: list[str] = []
        self._web: Web | None = None
        self._browser: Browser | None = None

    # What a handler calls.

    def challenge(
        self,
        kind: ChallengeKind,
        prompt: str,
        *,
        hint: str | None = None,
        translations: Mapping[str, Mapping[str, str]] | None = None,
        value: str | None = None,
        options: Sequence[str] = (),
        expires_in_seconds: int = 300,
        attempt: int = 1,
    ) -> Secret:
        """Asks the end user, and waits for the answer, which is empty for `push`, `qr` and `redirect`.

        Raises `SessionExpired` (nobody answered), `TokenRequired` (nobody is there) or `Cancelled`:
        let them pass, unless there is something to tidy up. For `file` the answer is the file's
        bytes in base64. `translations` has prompt and hint in other languages, by their tags:
        `{"es": {"prompt": "…", "hint": "…"}}`.
        """
        work = self._alive()
        identity = f"c{next(self._ids)}"
        answer = self._answers[identity] = _Answer(work)
        try:
            self._send({
                "jsonrpc": "2.0", "id": identity, "method": "challenge", "params": {
                    "kind": kind, "prompt": prompt, "hint": hint, "value": value,
                    "options": list(options), "expires_in_seconds": expires_in_seconds,
                    "attempt": attempt,
                    **({"translations": dict(translations)} if translations else {}),
                },
            })
            secret = answer.wait()
        finally:
            del self._answers[identity]
        self._alive()
        self._secrets.append(secret.reveal())
        return secret

    def record(
        self,
        item: Mapping[str, Any],
        *,
        account: str | None = None,
        page: int = 0,
        documents: Mapping[str, str] | None = None,
    ) -> None:
        """Gives one thing that the institution showed, in the shape of the resource.

        Give them in the institution's order, words and ids; do not sort, drop repeats or invent
        ids. It returns when the pipe has taken it: that is the back-pressure. `documents` names the
        blobs that belong to it, by the keys that show them; give those first.
        """
        params: dict[str, Any] = {"page": page, "item": item}
        if account is not None:
            params["account"] = account
        if documents:
            params["documents"] = dict(documents)
        self._notify("record", params)

    def checkpoint(self, cursor: str) -> None:
        """Says that everything before is said: a reading that breaks off goes on from `cursor`."""
        if len(cursor.encode()) > CURSOR:
            raise ValueError(f"a cursor has at most {CURSOR} bytes")
        self._notify("checkpoint", {"cursor": cursor})

    def blob(self, identity: str, media_type: str, data: bytes | Iterable[bytes]) -> None:
        """Gives a document that records of this fetch refer to by `identity`, in as many pieces as
        it needs."""
        held = b""
        for chunk in [data] if isinstance(data, bytes) else data:
            held += chunk
            while len(held) > PIECE:
                self._piece(identity, media_type, held[:PIECE], last=False)
                held = held[PIECE:]
        self._piece(identity, media_type, held, last=True)

    def progress(self, done: int, total: int | None = None) -> None:
        """A sign of life: `done` of `total`, in whatever is counted."""
        params: dict[str, Any] = {"done": done}
        if total is not None:
            params["total"] = total
        self._notify("progress", params)

    def log(self, message: str, level: Level = "info") -> None:
        """A line for operators. The session's secrets are blotted out of it."""
        self._notify("log", {"level": level, "message": self.clean(message)})

    def check_cancelled(self) -> None:
        """Raises `Cancelled` if the host has cancelled; for long work that says nothing."""
        self._alive()

    @property
    def cancelled(self) -> bool:
        """Whether the host does not want what is at work any more."""
        work = self._current()
        return work is not None and work.cancelled.is_set()

    @property
    def web(self) -> Web:
        """An HTTP client that keeps cookies and goes through the proxy; the same for the session."""
        if self._web is None:
            from .web import Web

            self._web = Web(self.proxy)
        return self._web

    @property
    def browser(self) -> Browser:
        """A Chromium that goes through the proxy, started when first used; needs the extra `browser`.
        """
        if self._browser is None:
            from .browser import Browser

            self._browser = Browser(self.proxy)
        return self._browser

    def clean(self, text: str) -> str:
        """`text` without this session's secrets."""
        for secret in sorted(self._secrets, key=len, reverse=True):
            # What is shorter is found everywhere.
            if len(secret) >= 4:
                text = text.replace(secret, "***")
        return text

    # What the connector's loop calls.

    def begin(self, work: Work) -> None:
        """The calling thread is at `work` from now on."""
        self._here.work = work
        self._work = work
        if self._web is not None:
            # Whoever was cancelled may still leave politely.
            self._web.resume()

    def end(self, work: Work) -> None:
        """`work` is over."""
        self._here.work = None
        if self._work is work:
            self._work = None

    def cancel(self) -> Work | None:
        """Ends what is at work: what waits is woken, what is sent fails. Returns it."""
        work = self._work
        if work is None:
            return None
        work.cancelled.set()
        for answer in list(self._answers.values()):
            answer.give(error=Cancelled())
        if self._web is not None:
            self._web.abort()
        return work

    def answer(self, identity: object, message: Mapping[str, Any]) -> None:
        """The host's answer to a challenge."""
        waiting = self._answers.get(identity) if isinstance(identity, str) else None
        if waiting is None:
            return
        error = message.get("error")
        result = message.get("result")
        if isinstance(error, dict):
            data = error.get("data")
            kind = data.get("kind") if isinstance(data, dict) else None
            waiting.give(error=error_of(kind, str(error.get("message") or "")))
        elif isinstance(result, dict) and isinstance(result.get("answer"), str):
            waiting.give(secret=Secret(result["answer"]))
        else:
            waiting.give(error=Unexpected("the host's answer to a challenge is none"))

    def keep_secret(self, texts: Iterable[str]) -> None:
        """Never lets one of `texts` into a log or an error."""
        self._secrets += [text for text in texts if text]

    def close(self) -> None:
        """Lets go of the network."""
        if self._web is not None:
            self._web.abort()
        if self._browser is not None:
            self._browser.close()

    def _current(self) -> Work | None:
        # A handler's own threads work for whatever is at work.
        return getattr(self._here, "work", None) or self._work

    def _alive(self) -> Work:
        work = self._current()
        if work is None:
            raise Unexpected("nothing is at work: keep to what a handler is called for")
        if work.cancelled.is_set():
            raise Cancelled
        return work

    def _notify(self, method: str, params: Mapping[str, Any]) -> None:
        self._alive()
        self._send({"jsonrpc": "2.0", "method": method, "params": params})

    def _send(self, message: Mapping[str, Any]) -> None:
        self._wire.send(message)

    def _piece(self, identity: str, media_type: str, data: bytes, *, last: bool) -> None:
        self._notify("blob", {
            "id": identity, "media_type": media_type,
            "data": base64.b64encode(data).decode("ascii"), "last": last,
        })


class _Answer:
    """Waits for the answer to one challenge."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._come = threading.Event()
        self._secret: Secret | None = None
        self._error: ConnectorError | None = None

    def give(self, secret: Secret | None = None, error: ConnectorError | None = None) -> None:
        if not self._come.is_set():
            self._secret, self._error = secret, error
            self._come.set()

    def wait(self) -> Secret:
        # Without a deadline: the host keeps it, and says when it has passed.
        self._come.wait()
        if self._work.cancelled.is_set():
            raise Cancelled
        if self._error is not None:
            raise self._error
        assert self._secret is not None
        return self._secret
