"""From `POST /api/links/` to a webhook, through connectors in their cages, at the toy bank.

The runner (`cargo xtask connectors`) says what to run: `VINCULO_PROGRAM`, and `VINCULO_CONNECTORS`, a
directory with the example connectors.
"""

from __future__ import annotations

import base64
import datetime
import http.server
import json
import os
import queue
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
PASSWORD = "correct-horse-42"
BANKS = ["toybank_mx_retail", "toybank_mx_web"]
#: Seconds; a browser on a busy machine needs some.
PATIENCE = 180


class Product:
    """A running `vinculo dev`, and the toy bank that its connectors reach."""

    def __init__(self, data: Path) -> None:
        connectors = Path(os.environ["VINCULO_CONNECTORS"])
        self.bank = subprocess.Popen(
            [sys.executable, str(HERE / "toybank.py"), "--folder", str(data)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        assert self.bank.stdout is not None
        ready = json.loads(self.bank.stdout.readline())
        for folder in connectors.iterdir():
            # Whole at once: others may be reading the one that was there.
            part = folder / "toybank.pem.part"
            part.write_bytes(Path(ready["certificate"]).read_bytes())
            part.replace(folder / "toybank.pem")
        keys = {
            "VINCULO_SECRET_ID": "0b8f2c64-51d7-4c3e-9a60-7c1d2e3f4a5b",
            "VINCULO_SECRET_PASSWORD": "a-secret-of-this-test-alone",
        }
        self.log = data / "log"
        with self.log.open("wb") as log:
            self.vinculo = subprocess.Popen(
                [
                    os.environ["VINCULO_PROGRAM"], "dev", "--listen", "127.0.0.1:0",
                    "--data", str(data / "data"), "--connectors", str(connectors),
                    "--connector-host", f"toybank.example:443=127.0.0.1:{ready['tls_port']}",
                ],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, text=True,
                env={**os.environ, **keys},
            )
        assert self.vinculo.stdout is not None
        line = self.vinculo.stdout.readline()
        assert line.startswith("listening on "), self.log.read_text()
        self.url = line.removeprefix("listening on ").strip()
        login = ":".join(keys.values()).encode()
        self.authorization = "Basic " + base64.b64encode(login).decode()

    def call(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=data, method=method)
        request.add_header("Authorization", self.authorization)
        request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as refused:
            return refused.code, json.loads(refused.read() or b"null")

    def good(self, method: str, path: str, body: Any = None) -> Any:
        status, answer = self.call(method, path, body)
        assert status < 300, (method, path, status, answer, self.log.read_text()[-4000:])
        return answer

    def register(
        self, institution: str, username: str, password: str = PASSWORD, **more: Any
    ) -> tuple[int, Any]:
        return self.call("POST", "/api/links/", {
            "institution": institution, "username": username, "password": password, **more,
        })

    def end(self) -> None:
        self.vinculo.terminate()
        self.vinculo.wait(60)
        self.bank.kill()
        self.bank.wait()


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    product = Product(tmp_path_factory.mktemp("product"))
    yield product
    product.end()


class Receiver:
    """The application's server."""

    def __init__(self) -> None:
        events: queue.Queue[dict[str, Any]] = queue.Queue()
        self.events = events

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                events.put(json.loads(body))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/"

    def wait_for(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        while True:
            event = self.events.get(timeout=PATIENCE)
            if wanted(event):
                return event


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.server.shutdown()
    receiver.server.server_close()


def code(answer: Any) -> str:
    (error,) = answer
    return str(error["code"])


def everything(product: Product, path: str) -> list[dict[str, Any]]:
    """All pages of a list."""
    found, page = [], 1
    while True:
        answer = product.good("GET", f"{path}&page_size=1000&page={page}")
        found += answer["results"]
        if answer["next"] is None:
            return found
        page += 1


@pytest.mark.parametrize("bank", BANKS)
def test_a_link_is_registered_read_and_kept_fresh(
    product: Product, receiver: Receiver, bank: str
) -> None:
    endpoint = product.good("POST", "/v1/webhooks/", {"url": receiver.url})
    status, link = product.register(bank, "ana", access_mode="recurrent")
    assert status == 201 and link["status"] == "valid", (link, product.log.read_text()[-4000:])
    first = receiver.wait_for(
        lambda e: e["webhook_type"] == "TRANSACTIONS" and e["link_id"] == link["id"]
    )
    assert first["webhook_code"] == "historical_update"

    accounts = everything(product, f"/api/accounts/?link={link['id']}")
    assert sorted(account["number"] for account in accounts) == ["1001-01", "1001-02"]
    (owner,) = everything(product, f"/api/owners/?link={link['id']}")
    assert owner["display_name"] == "Ana Pérez"
    before = everything(product, f"/api/transactions/?link={link['id']}")
    assert len(before) == first["data"]["total_transactions"] > 100
    assert {movement["currency"] for movement in before} == {"MXN"}

    product.good("POST", "/v1/clock/advance/", {"by": "7d"})
    receiver.wait_for(
        lambda e: e["webhook_code"] == "new_transactions_available" and e["link_id"] == link["id"]
    )
    after = everything(product, f"/api/transactions/?link={link['id']}")
    known = {movement["id"] for movement in before}
    assert known < {movement["id"] for movement in after}, "what was known keeps its id"
    ids = [movement["internal_identification"] for movement in after]
    assert len(ids) == len(set(ids)), "nothing is there twice"
    product.good("DELETE", f"/v1/webhooks/{endpoint['id']}/")
    # So that advancing the clock in another test does not wait for this one's browser.
    assert product.call("DELETE", f"/api/links/{link['id']}/")[0] == 204


@pytest.mark.parametrize("bank", BANKS)
def test_a_challenge_is_passed_on_wrong_and_right(product: Product, bank: str) -> None:
    status, asked = product.register(bank, "otp", access_mode="single")
    assert (status, code(asked)) == (428, "token_required")
    status, again = product.call(
        "PATCH", "/api/links/", {"session": asked[0]["session"], "token": "999999"}
    )
    assert (status, code(again)) == (428, "token_required")
    status, link = product.call(
        "PATCH", "/api/links/", {"session": again[0]["session"], "token": "111111"}
    )
    assert status == 200 and link["status"] == "valid"
    today = datetime.date.fromisoformat(product.good("GET", "/v1/clock/")["now"][:10])
    days = {"date_from": str(today - datetime.timedelta(days=30)), "date_to": str(today)}
    status, asked = product.call("POST", "/api/transactions/", {"link": link["id"], **days})
    assert (status, code(asked)) == (428, "token_required"), "it asks at each login"
    status, read = product.call("PATCH", "/api/transactions/", {
        "session": asked[0]["session"], "token": "111111", "link": link["id"],
    })
    assert status in (200, 201) and len(read) > 10


@pytest.mark.parametrize("bank", BANKS)
@pytest.mark.parametrize(
    ("user", "password", "expected"),
    [
        ("bob", "wrong-horse-43", "login_error"),
        ("locked", PASSWORD, "login_error"),
        ("elsewhere", PASSWORD, "too_many_sessions"),
        ("maintenance", PASSWORD, "institution_down"),
        ("broken", PASSWORD, "institution_unavailable"),
    ],
)
def test_a_refusal_has_the_kind_that_the_bank_gave(
    product: Product, bank: str, user: str, password: str, expected: str
) -> None:
    status, refused = product.register(bank, user, password, access_mode="single")
    assert 400 <= status < 600 and code(refused) == expected, refused


def test_three_wrong_passwords_lock_and_the_person_is_told_so(product: Product) -> None:
    messages = []
    for _ in range(4):
        status, refused = product.register("toybank_mx_retail", "carla", "wrong-horse-43")
        assert status == 400
        messages.append(refused[0]["message"])
    assert messages[0] == messages[1] == messages[2] != messages[3], messages
    status, refused = product.register("toybank_mx_retail", "carla")
    assert (status, refused[0]["message"]) == (400, messages[3]), "the right one comes too late"


def test_no_secret_is_in_the_log(product: Product) -> None:
    said = product.log.read_text()
    assert PASSWORD not in said and "wrong-horse-43" not in said
