#!/usr/bin/env python3
"""A toy bank: a website with real pages, forms and cookies, for connectors to be tested against.

    toybank.py [--folder FOLDER] [--port PORT] [--tls-port PORT]

listens on loopback, makes a certificate for `toybank.example` (with the `openssl` command) and writes
it to `FOLDER/toybank.pem`. When it is ready it prints one line of JSON with its two ports. It ends
when its standard input does. What it shows depends on nothing but the user and the days asked for;
its users are in README.md.
"""

from __future__ import annotations

import argparse
import hashlib
import html
import http.cookies
import json
import secrets
import socketserver
import ssl
import subprocess
import sys
import tempfile
import threading
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

HOST = "toybank.example"
PASSWORD = "correct-horse-42"
CODE = "111111"
PET = "rex"
#: The first day on which anything happened.
OPENED = date(2020, 1, 1)
#: Movements on a page.
PAGE = 25
#: The most days that a list may span.
LONGEST = 800
#: Sessions and failures that are remembered.
MOST = 1000

#: Users and what is special about them; the number is the client's.
USERS = {
    "ana": (1001, ""), "bob": (1002, ""), "otp": (1003, "otp"), "pet": (1004, "question"),
    "locked": (1005, "locked"), "stale": (1006, "expired"), "terms": (1007, "terms"),
    "elsewhere": (1008, "elsewhere"), "maintenance": (1009, "maintenance"),
    "broken": (1010, "broken"), "empty": (1011, "empty"), "brief": (1012, "brief"),
    "carla": (1013, ""), "olivia": (1014, "otp"),
}
#: The one whose wrong passwords are not counted, so that tests may repeat themselves.
UNCOUNTED = "bob"


@dataclass
class Visit:
    """One browser's session."""

    csrf: str = field(default_factory=lambda: secrets.token_hex(16))
    user: str = ""
    #: What it still has to answer: `otp`, `question` or nothing.
    owes: str = ""
    wrong: int = 0
    pages: int = 0


class Bank:
    """What the bank remembers."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.visits: dict[str, Visit] = {}
        self.failures: dict[str, int] = {}

    def visit(self, key: str | None) -> tuple[str, Visit]:
        """The session of a cookie, or a new one."""
        with self.lock:
            if key is not None and key in self.visits:
                return key, self.visits[key]
            while len(self.visits) >= MOST:
                del self.visits[next(iter(self.visits))]
            key = secrets.token_hex(16)
            self.visits[key] = Visit()
            return key, self.visits[key]

    def end(self, key: str) -> None:
        with self.lock:
            self.visits.pop(key, None)

    def failed(self, user: str) -> int:
        """Counts a wrong password; how many there were."""
        with self.lock:
            if user != UNCOUNTED and (user in self.failures or len(self.failures) < MOST):
                self.failures[user] = self.failures.get(user, 0) + 1
            return self.failures.get(user, 0)


def accounts(user: str) -> list[tuple[str, str, str, str]]:
    """Number, name, kind and balance of each account."""
    client = USERS[user][0]
    if user == "empty":
        return []
    return [
        (f"{client}-01", "Everyday account", "checking", f"{chance(client, 1) % 900000 / 100:.2f}"),
        (f"{client}-02", "Rainy days", "savings", f"{chance(client, 2) % 9000000 / 100:.2f}"),
    ]


def chance(*of: object) -> int:
    return int.from_bytes(hashlib.sha256(repr(of).encode()).digest()[:6], "big")


SHOPS = ("Café Niño & Söhne", "Super <24>", "Farmacia San Pablo", "Metro", "Librería El Sótano")


def movements(account: str, first: date, last: date) -> Iterator[tuple[str, date, str, str]]:
    """Id, day, words and signed amount, newest first."""
    day = last
    while day >= max(first, OPENED):
        if day.day == 15 and account.endswith("01"):
            yield f"{account}-{day:%Y%m%d}-9", day, "Salary ACME", "1500.00"
        for n in range(chance(account, day, "many") % 3, 0, -1):
            what = chance(account, day, n)
            words = SHOPS[what % len(SHOPS)]
            yield f"{account}-{day:%Y%m%d}-{n}", day, words, f"-{what % 9000 / 100 + 1:.2f}"
        day -= timedelta(days=1)


#: What fills in the profile: it asks for two things at once, and tells who looked, as a form in parts
#: and as a form in one line. Its number is a program's, and nobody's.
SCRIPT = """
const ask = async (what) => {
  const answer = await fetch("/detail", {method: "POST", body: JSON.stringify({what})});
  document.getElementById(what).textContent = (await answer.json())[what];
};
window.addEventListener("load", () => {
  const name = document.getElementById("name");
  if (!name || 86400000 !== 24 * 3600 * 1000) return;
  const seen = new FormData();
  seen.append("name", name.textContent);
  const one = fetch("/seen", {method: "POST", body: seen});
  const other = fetch("/seen", {method: "POST", body: new URLSearchParams({name: name.textContent})});
  Promise.all([one, other, ask("phone"), ask("city")]).then(() => name.classList.add("whole"));
});
"""
#: What is the same for everybody. It sets no cookie: it is asked for while others log in.
COMMON = {
    "/bank.js": ("text/javascript", SCRIPT.encode()),
    "/icon.png": ("image/png", b"\x89PNG\r\n\x1a\n"),
    "/help": ("text/plain", b"Ask at your branch."),
}


def page(title: str, body: str) -> str:
    return (
        f"<!doctype html><html lang=en><head><meta charset=utf-8><title>{title} – Toy Bank</title>"
        '<link rel="icon" href="/icon.png"><link rel="prefetch" href="/help">'
        '<script src="/bank.js" defer></script>'
        f"</head><body><header>Toy Bank</header><h1>{title}</h1>{body}</body></html>"
    )


def form(action: str, visit: Visit, inputs: str, button: str) -> str:
    return (
        f'<form method="post" action="{action}"><input type="hidden" name="csrf" value="{visit.csrf}">'
        f'{inputs}<button type="submit">{button}</button></form>'
    )


def error(words: str) -> str:
    return f'<p class="error">{words}</p>'


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "ToyBank"
    timeout = 60
    bank: Bank

    # Routes.

    def do_GET(self) -> None:
        at = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(at.query))
        if at.path in COMMON:
            kind, content = COMMON[at.path]
            headers = {"Content-Type": kind, "Cache-Control": "public, max-age=86400"}
            self.answer(200, content, headers, cookie=False)
            return
        key, visit = self.bank.visit(self.cookie())
        self.key = key
        if at.path == "/":
            self.redirect("/accounts" if visit.user and not visit.owes else "/login")
        elif at.path == "/login":
            self.login_page(visit, error("Your session has ended.") if "ended" in query else "")
        elif at.path in ("/otp", "/question") and visit.owes == at.path[1:]:
            self.token_page(visit, "")
        elif not visit.user or visit.owes:
            self.redirect("/login?ended=1")
        elif self.over(visit):
            self.redirect("/login?ended=1")
        elif at.path == "/accounts":
            self.accounts_page(visit)
        elif at.path == "/transactions":
            self.transactions_page(visit, query)
        elif at.path == "/profile":
            self.profile_page(visit)
        else:
            self.show(404, "Not found", error("There is no such page."))

    def do_POST(self) -> None:
        at = urllib.parse.urlsplit(self.path)
        body = self.sent()
        sent = dict(urllib.parse.parse_qsl(body.decode("utf-8", "replace")))
        key, visit = self.bank.visit(self.cookie())
        self.key = key
        if at.path in ("/detail", "/seen") and visit.user and not visit.owes:
            # Its own script asks; the cookie stays on the site.
            self.detail(visit, body if at.path == "/detail" else b"")
        elif not secrets.compare_digest(sent.get("csrf", "").encode(), visit.csrf.encode()):
            self.show(403, "Forbidden", error("This form is not from our page."))
        elif at.path == "/login":
            self.login(visit, sent.get("username", ""), sent.get("password", ""))
        elif at.path in ("/otp", "/question") and visit.owes == at.path[1:]:
            self.token(visit, sent.get("answer", ""))
        elif at.path == "/logout":
            self.bank.end(key)
            self.redirect("/login")
        else:
            self.show(404, "Not found", error("There is no such page."))

    # Logging in.

    def login_page(self, visit: Visit, above: str, status: int = 200) -> None:
        inputs = (
            '<label>User <input name="username" autocomplete="off"></label>'
            '<label>Password <input name="password" type="password"></label>'
        )
        self.show(status, "Log in", above + form("/login", visit, inputs, "Log in"))

    def login(self, visit: Visit, user: str, password: str) -> None:
        special = USERS.get(user, (0, ""))[1]
        if special == "maintenance":
            self.show(503, "Maintenance", error("We are back on Sunday at 6:00."))
        elif special == "broken":
            self.show(500, "Oops", error("Something went wrong."))
        elif special == "locked" or self.bank.failures.get(user, 0) >= 3:
            self.login_page(visit, error("Your access is locked. Call your branch."))
        elif user not in USERS or password != PASSWORD:
            self.bank.failed(user)
            self.login_page(visit, error("Wrong user or password."))
        elif special == "expired":
            self.login_page(visit, error("Your password has expired. Choose a new one at a branch."))
        elif special == "terms":
            self.login_page(visit, error("Please accept our new terms in the app."))
        elif special == "elsewhere":
            self.login_page(visit, error("You are already logged in elsewhere."))
        else:
            self.bank.failures.pop(user, None)
            # A new session for who logs in: the old one's cookie may be known to others.
            self.bank.end(self.key)
            self.key, visit = self.bank.visit(None)
            visit.user = user
            visit.owes = special if special in ("otp", "question") else ""
            self.redirect(f"/{visit.owes}" if visit.owes else "/accounts")

    def token_page(self, visit: Visit, above: str) -> None:
        words = (
            "Enter the code that we sent to ***42."
            if visit.owes == "otp" else "What was the name of your first pet?"
        )
        inputs = f'<p class="prompt">{words}</p><input name="answer" autocomplete="off">'
        self.show(200, "One more step", above + form(f"/{visit.owes}", visit, inputs, "Go on"))

    def token(self, visit: Visit, answer: str) -> None:
        if answer.strip().lower() == (CODE if visit.owes == "otp" else PET):
            visit.owes = ""
            self.redirect("/accounts")
            return
        visit.wrong += 1
        if visit.wrong >= 3:
            self.bank.end(self.key)
            self.show(403, "One more step", error("Too many wrong answers."))
        else:
            self.token_page(visit, error("That is not right."))

    # What there is to see.

    def over(self, visit: Visit) -> bool:
        """Whether the session of the user `brief` has had its three pages."""
        visit.pages += 1
        if visit.user != "brief" or visit.pages <= 3:
            return False
        self.bank.end(self.key)
        return True

    def accounts_page(self, visit: Visit) -> None:
        rows = "".join(
            f'<tr class="account" data-number="{number}" data-kind="{kind}"><td class="name">{name}'
            f'</td><td class="number">{number}</td><td class="balance">{balance}</td></tr>'
            for number, name, kind, balance in accounts(visit.user)
        )
        body = f"<table>{rows}</table>" if rows else '<p class="empty">You have no accounts.</p>'
        client = USERS[visit.user][0]
        leave = form("/logout", visit, "", "Log out")
        self.show(200, "Accounts", f'<p>Client <b id="client">{client}</b></p>{body}{leave}')

    def profile_page(self, visit: Visit) -> None:
        client, name = USERS[visit.user][0], visit.user.capitalize()
        self.show(200, "You", (
            f'<dl><dt>Name</dt><dd id="name">{name} Pérez</dd><dt>E-mail</dt>'
            f'<dd id="email">{visit.user}@mail.example</dd><dt>CURP</dt>'
            f'<dd id="curp">PEXX800101HDFRRN{client % 100:02}</dd><dt>Phone</dt>'
            '<dd id="phone"></dd><dt>City</dt><dd id="city"></dd></dl>'
        ))

    def detail(self, visit: Visit, body: bytes) -> None:
        """What the script asks for, as JSON."""
        client = USERS[visit.user][0]
        known = {"phone": f"+52 55 1234 {client}", "city": f"Ciudad {visit.user.capitalize()}"}
        try:
            what = json.loads(body or b"{}").get("what")
        except (ValueError, AttributeError):
            what = None
        text = json.dumps({what: known[what]} if what in known else {}).encode()
        self.answer(200, text, {"Content-Type": "application/json", "Cache-Control": "no-store"})

    def transactions_page(self, visit: Visit, query: dict[str, str]) -> None:
        try:
            account, number = query["account"], int(query.get("page", "1"))
            first, last = (date.fromisoformat(query[key]) for key in ("from", "to"))
        except (KeyError, ValueError):
            self.show(400, "Movements", error("Choose an account and days."))
            return
        if account not in {number for number, *_ in accounts(visit.user)}:
            self.show(404, "Movements", error("There is no such account."))
            return
        if not 0 <= (last - first).days <= LONGEST or number < 1:
            self.show(400, "Movements", error("Choose at most 800 days."))
            return
        found = list(movements(account, first, last))
        shown = found[(number - 1) * PAGE:number * PAGE]
        rows = "".join(
            f'<tr class="movement" data-id="{key}"><td class="date">{day}</td>'
            f'<td class="words">{html.escape(words)}</td><td class="amount">{amount}</td></tr>'
            for key, day, words, amount in shown
        )
        more = ""
        if len(found) > number * PAGE:
            on = urllib.parse.urlencode({**query, "page": str(number + 1)})
            more = f'<a rel="next" href="/transactions?{html.escape(on)}">Older</a>'
        self.show(200, "Movements", f"<table>{rows}</table>{more}")

    # HTTP.

    def cookie(self) -> str | None:
        jar = http.cookies.SimpleCookie()
        try:
            jar.load(self.headers.get("Cookie", ""))
        except http.cookies.CookieError:
            return None
        return jar["tb_session"].value if "tb_session" in jar else None

    def sent(self) -> bytes:
        try:
            length = int(self.headers.get("Content-Length", "0"))
        except ValueError:
            length = 0
        return self.rfile.read(min(max(length, 0), 1 << 16))

    def redirect(self, where: str) -> None:
        self.answer(303, b"", {"Location": where})

    def show(self, status: int, title: str, body: str) -> None:
        text = page(title, body).encode()
        self.answer(status, text, {"Content-Type": "text/html; charset=utf-8"})

    def answer(
        self, status: int, body: bytes, headers: dict[str, str], *, cookie: bool = True
    ) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        if cookie:
            self.send_header("Set-Cookie", f"tb_session={self.key}; Path=/; HttpOnly; SameSite=Lax")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, form: str, *args: object) -> None:
        pass  # What it is asked holds user names.


class Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    daemon_threads = True
    allow_reuse_address = True
    tls: ssl.SSLContext | None = None

    def finish_request(self, request: Any, client_address: Any) -> None:
        # In the connection's own thread, so that who greets slowly keeps nobody waiting.
        try:
            if self.tls is not None:
                request.settimeout(10)
                request = self.tls.wrap_socket(request, server_side=True)
            super().finish_request(request, client_address)
        except (OSError, ssl.SSLError):
            pass  # A client that goes is no news.


def certificate(pem: Path, key: Path) -> None:
    """Makes a certificate for this run, and its key."""
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
            "-nodes", "-days", "30", "-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}",
            # Strict clients take no authority's certificate for a bank's own.
            "-addext", "basicConstraints=critical,CA:FALSE",
            "-keyout", str(key), "-out", str(pem),
        ],
        check=True, capture_output=True,
    )


def main() -> None:
    options = argparse.ArgumentParser(description="A toy bank on loopback.")
    options.add_argument("--folder", type=Path)
    options.add_argument("--port", type=int, default=0)
    options.add_argument("--tls-port", type=int, default=0)
    wanted = options.parse_args()
    folder = wanted.folder or Path(tempfile.mkdtemp(prefix="toybank-"))
    folder.mkdir(parents=True, exist_ok=True)
    handler = type("BankHandler", (Handler,), {"bank": Bank()})
    plain = Server(("127.0.0.1", wanted.port), handler)
    secure = Server(("127.0.0.1", wanted.tls_port), handler)
    secure.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    pem = folder / "toybank.pem"
    with tempfile.TemporaryDirectory() as private:
        key = Path(private) / "key.pem"
        certificate(pem, key)
        secure.tls.load_cert_chain(pem, key)
    for server in (plain, secure):
        threading.Thread(target=server.serve_forever, daemon=True).start()
    ports = {"port": plain.server_address[1], "tls_port": secure.server_address[1]}
    print(json.dumps({**ports, "certificate": str(pem)}), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
