"""The HTTP client, against a proxy of a few lines."""

import http.server
import threading
import urllib.parse
from collections.abc import Iterator

import pytest

from vinculo_connector import Cancelled, InstitutionUnavailable, Unexpected, Web


class Bank(http.server.BaseHTTPRequestHandler):
    """A proxy that is the bank as well."""

    protocol_version = "HTTP/1.1"
    asked: list[str] = []

    def do_GET(self) -> None:
        Bank.asked.append(f"{self.command} {self.path} {self.headers.get('Cookie')}")
        path = urllib.parse.urlsplit(self.path).path
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        if path == "/login":
            self.answer(303, b"", [("Location", "/home"), ("Set-Cookie", "sid=1; Path=/")])
        elif path == "/loop":
            self.answer(302, b"", [("Location", "/loop")])
        elif path == "/elsewhere":
            self.answer(302, b"", [("Location", "http://other.example/home")])
        elif path == "/away":
            self.answer(302, b"", [("Location", "file:///etc/passwd")])
        elif path == "/latin":
            self.answer(200, "ñ".encode("latin-1"), [("Content-Type", "text/html; charset=latin1")])
        elif path == "/odd":
            self.answer(200, b"x", [("Content-Type", "text/html; charset=klingon")])
        elif path == "/busy":
            self.answer(503, b"")
        else:
            self.answer(200, body or b"{}")

    do_POST = do_GET

    def answer(self, status: int, body: bytes, headers: list[tuple[str, str]] = []) -> None:
        self.send_response(status)
        for name, value in [*headers, ("Content-Length", str(len(body)))]:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def proxy() -> Iterator[str]:
    Bank.asked = []
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Bank) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_cookies_and_redirects_are_kept(proxy: str) -> None:
    web = Web(proxy)
    answer = web.post("http://bank.example/login", {"user": "ana & co"})
    assert (answer.url, answer.status) == ("http://bank.example/home", 200)
    assert Bank.asked[1] == "GET http://bank.example/home sid=1"
    web.get("http://bank.example/elsewhere")
    assert Bank.asked[-1] == "GET http://other.example/home None", "cookies stay where they are from"


def test_forms_and_json_are_sent(proxy: str) -> None:
    web = Web(proxy)
    assert web.post("http://bank.example/x", {"a": "1 &é"}).text == "a=1+%26%C3%A9"
    assert web.post("http://bank.example/x", json_body={"a": 1}).json() == {"a": 1}
    assert web.get("http://bank.example/x", {"q": "a b"}).json() == {}
    assert Bank.asked[-1].startswith("GET http://bank.example/x?q=a+b ")


def test_text_is_read_in_the_encoding_that_it_says(proxy: str) -> None:
    assert Web(proxy).get("http://bank.example/latin").text == "ñ"
    assert Web(proxy).get("http://bank.example/odd").text == "x"


def test_what_leads_on_and_on_or_away_from_the_web_is_unexpected(proxy: str) -> None:
    for path in ("loop", "away"):
        with pytest.raises(Unexpected):
            Web(proxy).get(f"http://bank.example/{path}")


def test_what_cannot_be_reached_is_unavailable_and_never_blames_the_login(proxy: str) -> None:
    with pytest.raises(InstitutionUnavailable):
        Web("http://127.0.0.1:9").get("http://bank.example/secret?token=1")
    with pytest.raises(InstitutionUnavailable) as failure:
        Web(proxy).get("https://bank.example/path?token=1")
    assert "token" not in str(failure.value)
    with pytest.raises(InstitutionUnavailable):
        Web(proxy).get("http://bank.example/busy").expect()
    assert Web(proxy).get("http://bank.example/busy").expect(503).status == 503
    with pytest.raises(Unexpected):
        Web(proxy).get("http://bank.example/x").expect(302)


def test_without_a_proxy_there_is_no_network() -> None:
    with pytest.raises(Unexpected, match="no egress"):
        Web(None).get("http://bank.example/")


def test_after_an_abort_nothing_is_sent_until_it_may_again(proxy: str) -> None:
    web = Web(proxy)
    web.get("http://bank.example/")
    web.abort()
    with pytest.raises(Cancelled):
        web.get("http://bank.example/")
    web.resume()
    assert web.get("http://bank.example/").status == 200
