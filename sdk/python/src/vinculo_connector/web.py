"""A small HTTP client: through the proxy, with cookies and redirects, and nothing else."""

from __future__ import annotations

import http.client
import http.cookiejar
import json
import os
import socket
import ssl
import threading
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from typing import Any

from .errors import Cancelled, InstitutionUnavailable, Unexpected

__all__ = ["Response", "Web"]

#: The longest body that is read, in bytes.
BODY = 64 << 20
#: How often one request is sent on to another address.
REDIRECTS = 10


@dataclass(frozen=True)
class Response:
    """What came back."""

    #: The address it came from, after redirects.
    url: str
    #: The HTTP status.
    status: int
    #: The headers; names in any case.
    headers: Message
    #: The body.
    content: bytes

    @property
    def text(self) -> str:
        """The body as text, in the encoding it says it has."""
        encoding = self.headers.get_content_charset("utf-8")
        try:
            return self.content.decode(encoding, "replace")
        except LookupError:
            return self.content.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body as JSON. Fails with `Unexpected` if it is none."""
        try:
            return json.loads(self.content)
        except ValueError:
            raise Unexpected(f"{_place(self.url)} did not answer with JSON") from None

    def expect(self, *statuses: int) -> Response:
        """Itself if its status is one of `statuses` (200 if none is named); else fails, with
        `InstitutionUnavailable` for 429 and 5xx and with `Unexpected` for the rest."""
        if self.status in (statuses or (200,)):
            return self
        if self.status == 429 or self.status >= 500:
            raise InstitutionUnavailable(f"{_place(self.url)} answered {self.status}")
        raise Unexpected(f"{_place(self.url)} answered {self.status}")


class Web:
    """Keeps cookies and connections for one session. For one thread at a time."""

    def __init__(self, proxy: str | None, *, timeout: float = 30.0) -> None:
        #: Sent with every request.
        self.headers: dict[str, str] = {
            "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) vinculo-connector",
            "Accept": "*/*",
        }
        #: The cookies, to be looked at or kept as `state`.
        self.cookies = http.cookiejar.CookieJar()
        #: How long a connection may be silent, in seconds.
        self.timeout = timeout
        self._proxy = urllib.parse.urlsplit(proxy) if proxy else None
        self._tls = ssl.create_default_context()
        self._pool: dict[tuple[str, str], http.client.HTTPConnection] = {}
        self._aborted = threading.Event()

    def trust(self, file: str | os.PathLike[str]) -> None:
        """Trusts the certificate authorities in the PEM file, too."""
        self._tls.load_verify_locations(cafile=file)

    def get(
        self,
        url: str,
        params: Mapping[str, str] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """GET, with `params` in the query."""
        if params:
            url += ("&" if "?" in url else "?") + urllib.parse.urlencode(params)
        return self.request("GET", url, headers=headers)

    def post(
        self,
        url: str,
        form: Mapping[str, str] | None = None,
        *,
        json_body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """POST of a form, or of JSON."""
        sent = dict(headers or {})
        if json_body is not None:
            body = json.dumps(json_body).encode()
            sent.setdefault("Content-Type", "application/json")
        else:
            body = urllib.parse.urlencode(form or {}).encode()
            sent.setdefault("Content-Type", "application/x-www-form-urlencoded")
        return self.request("POST", url, body=body, headers=sent)

    def request(
        self,
        method: str,
        url: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Sends a request and follows where it leads. What cannot be reached is
        `InstitutionUnavailable`."""
        sent = {**self.headers, **(headers or {})}
        for _ in range(REDIRECTS):
            response = self._once(method, url, body, sent)
            where = response.headers.get("Location")
            if response.status not in (301, 302, 303, 307, 308) or not where:
                return response
            url = urllib.parse.urljoin(url, where)
            if response.status in (301, 302, 303) and method != "HEAD":
                method, body = "GET", None
                sent = {k: v for k, v in sent.items() if k.lower() != "content-type"}
        raise Unexpected(f"{_place(url)} leads on and on")

    def abort(self) -> None:
        """Cuts what is under way, from any thread; nothing can be sent afterwards until `resume`."""
        self._aborted.set()
        for connection in list(self._pool.values()):
            if connection.sock is not None:
                try:
                    connection.sock.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass  # It has gone by itself.

    def resume(self) -> None:
        """Takes requests again."""
        if self._aborted.is_set():
            self._pool.clear()
            self._aborted.clear()

    def _once(
        self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]
    ) -> Response:
        parts = urllib.parse.urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Unexpected(f"{parts.scheme or 'a relative'} address cannot be asked for")
        request = urllib.request.Request(url, method=method)
        self.cookies.add_cookie_header(request)
        sent = {**headers, **dict(request.unredirected_hdrs)}
        target = urllib.parse.urlunsplit(("", "", parts.path or "/", parts.query, ""))
        if parts.scheme == "http":
            # A proxy wants to know where it goes.
            target = f"http://{parts.netloc}{target}"
        key = (parts.scheme, parts.netloc)
        used = key in self._pool
        while True:
            if self._aborted.is_set():
                raise Cancelled
            connection = self._pool.get(key) or self._connect(parts)
            self._pool[key] = connection
            try:
                connection.request(method, target, body, sent)
                answer = connection.getresponse()
                content = answer.read(BODY + 1)
                break
            except (OSError, http.client.HTTPException) as error:
                connection.close()
                self._pool.pop(key, None)
                if self._aborted.is_set():
                    raise Cancelled from None
                # A kept connection may have been closed by the other side meanwhile; nothing was
                # done then, but only what may be done twice is tried again.
                if used and method in ("GET", "HEAD"):
                    used = False
                    continue
                raise InstitutionUnavailable(
                    f"{_place(url)} cannot be reached ({type(error).__name__})"
                ) from None
        if len(content) > BODY:
            connection.close()
            self._pool.pop(key, None)
            raise Unexpected(f"{_place(url)} answers with more than {BODY} bytes")
        self.cookies.extract_cookies(answer, request)
        return Response(url, answer.status, answer.headers, content)

    def _connect(self, parts: urllib.parse.SplitResult) -> http.client.HTTPConnection:
        proxy = self._proxy
        if proxy is None or proxy.hostname is None:
            raise Unexpected("there is no network: the manifest asks for no egress")
        where = (proxy.hostname, proxy.port or 3128)
        if parts.scheme == "http":
            return http.client.HTTPConnection(*where, timeout=self.timeout)
        connection = http.client.HTTPSConnection(*where, timeout=self.timeout, context=self._tls)
        connection.set_tunnel(parts.hostname or "", parts.port or 443)
        return connection


def _place(url: str) -> str:
    """Where it was, without what was asked: queries hold secrets."""
    parts = urllib.parse.urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}{parts.path}"
