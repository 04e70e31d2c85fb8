"""What a month brings: webhooks, signed, and the change feed that agrees with them."""

import base64
import hashlib
import hmac
import http.server
import json
import queue
import threading
import time

import pytest
from belvo.enums import AccessMode
from conftest import register

CORE = {"ACCOUNTS", "OWNERS", "TRANSACTIONS"}


class Receiver:
    """An application's webhook endpoint: answers first, keeps what it got."""

    def __init__(self, answers=200):
        self.seen, self.inbox = [], queue.Queue()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(answers)
                self.end_headers()
                receiver.inbox.put((dict(self.headers.items()), body))

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def events(self, link):
        """Every event of a link so far, each once, as their receiver should read them."""
        while not self.inbox.empty():
            self.seen.append(self.inbox.get())
        events = {}
        for _, body in self.seen:
            event = json.loads(body)
            if event["link_id"] == link:
                events.setdefault(event["webhook_id"], event)
        return list(events.values())

    def wait_for(self, link, enough, seconds=30):
        """The link's events once `enough` of them have come."""
        deadline = time.monotonic() + seconds
        while not enough(events := self.events(link)):
            left = deadline - time.monotonic()
            assert left > 0, f"waited {seconds} s; so far: {events}"
            try:
                self.seen.append(self.inbox.get(timeout=left))
            except queue.Empty:
                pass
        return events


@pytest.fixture(scope="module")
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.server.shutdown()


@pytest.fixture(scope="module")
def endpoint(native, receiver):
    endpoint = native.post(
        "/v1/webhooks/", {"url": receiver.url, "authorization": "Bearer of-the-receiver"}
    )
    yield endpoint
    native.call("DELETE", f"/v1/webhooks/{endpoint['id']}/")


def historical(events):
    return {e["webhook_type"] for e in events if e["webhook_code"] == "historical_update"}


def test_a_month_of_a_recurrent_link(client, native, receiver, endpoint):
    link = register(client, access_mode=AccessMode.RECURRENT, external_id="customer-8841")["id"]
    events = receiver.wait_for(link, lambda events: historical(events) >= CORE)
    by_type = {e["webhook_type"]: e for e in events}
    assert set(by_type) == CORE
    for event in events:
        assert event["process_type"] == "historical_update"
        assert event["external_id"] == "customer-8841"
        assert len(event["webhook_id"]) == 32
    before = len(list(client.Transactions.list(link, page_size=1000)))
    loaded = by_type["TRANSACTIONS"]["data"]
    assert loaded["total_transactions"] == before > 100
    assert (
        loaded["total_inflow_transactions"] + loaded["total_outflow_transactions"] == before
    )
    assert by_type["ACCOUNTS"]["data"]["total_accounts"] == len(list(client.Accounts.list(link=link)))
    assert by_type["OWNERS"]["data"]["total_owners"] == len(list(client.Owners.list(link=link)))

    native.post("/v1/clock/advance/", {"by": "30d"})

    month = [e for e in receiver.events(link) if e not in events]
    assert month and all(e["process_type"] == "recurrent_update" for e in month)
    counted = {"new_transactions_available": 0, "transactions_deleted": 0}
    for event in month:
        data = event["data"]
        if event["webhook_code"] in counted:
            counted[event["webhook_code"]] += data.get("new_transactions", data.get("count"))
    assert counted["new_transactions_available"] > 0
    now = len(list(client.Transactions.list(link, page_size=1000)))
    assert now == before + counted["new_transactions_available"] - counted["transactions_deleted"]


def test_a_link_refreshed_every_week_is_refreshed_four_times_a_month(client, native, endpoint):
    link = register(client, access_mode=AccessMode.RECURRENT)["id"]
    native.post("/v1/clock/advance/", {"by": "30d"})
    page = native.get(f"/v1/links/{link}/timeline/", params={"page_size": 1000})
    finished = [entry["at"] for entry in page["results"] if entry["kind"] == "refresh_finished"]
    assert finished == sorted(finished, reverse=True), "newest first"
    assert len(finished) == 1 + 4, "the first load, and a refresh every seven days"


def test_every_delivery_is_signed_and_carries_the_receivers_authorization(receiver, endpoint):
    assert receiver.seen, "the tests above had webhooks delivered"
    key = base64.b64decode(endpoint["secret"].removeprefix("whsec_"))
    for headers, body in receiver.seen:
        headers = {name.lower(): value for name, value in headers.items()}
        assert headers["authorization"] == "Bearer of-the-receiver"
        assert headers["content-type"].startswith("application/json")
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        assert f"v1,{expected}" in headers["webhook-signature"].split(" ")
        assert headers["webhook-id"] == json.loads(body)["webhook_id"]


def test_a_delivery_that_failed_is_repeated_with_the_same_id_and_can_be_replayed(client, native):
    broken = Receiver(answers=503)
    endpoint = native.post("/v1/webhooks/", {"url": broken.url})
    link = register(client, access_mode=AccessMode.RECURRENT)["id"]
    broken.wait_for(link, lambda events: historical(events) >= CORE)
    native.post("/v1/clock/advance/", {"by": "1h"})
    broken.events(link)
    attempts = {}
    for headers, body in broken.seen:
        event = json.loads(body)
        if event["link_id"] == link:
            attempts.setdefault(event["webhook_id"], []).append(body)
    assert all(len(bodies) > 1 for bodies in attempts.values()), "each was tried again"
    assert all(len(set(bodies)) == 1 for bodies in attempts.values()), "with the same body"

    page = native.get("/v1/deliveries/", params={"endpoint": endpoint["id"]})
    assert page["count"] >= len(attempts)
    native.call("DELETE", f"/v1/webhooks/{endpoint['id']}/")
    broken.server.shutdown()


def test_the_change_feed_and_the_lists_agree(client, native):
    feed = Feed(native)
    link = register(client)["id"]
    accounts = {a["id"] for a in client.Accounts.create(link, raise_exception=True)}
    assert feed.read().records(link) == accounts
    gone = accounts.pop()
    client.Accounts.delete(gone)
    assert feed.read().records(link) == accounts
    client.Links.delete(link)
    assert feed.read().records(link) == set()


class Feed:
    """A reader of the change feed, which keeps a copy of what it was told."""

    def __init__(self, native):
        self.native, self.cursor, self.copy = native, None, {}
        self.read()

    def read(self):
        """Follows the feed to its end."""
        while True:
            at = {"cursor": self.cursor} if self.cursor else {}
            page = self.native.get("/v1/changes/", params=at)
            for change in page["results"]:
                self.take(change)
            self.cursor = page["cursor"]
            if not page["results"]:
                return self

    def take(self, change):
        if change["resource"] == "LINK":
            if change["kind"] == "deleted":
                link = change["link"]
                self.copy = {id: of for id, of in self.copy.items() if of != link}
        elif change["kind"] == "deleted":
            self.copy.pop(change["id"], None)
        else:
            self.copy[change["id"]] = change["link"]

    def records(self, link):
        return {id for id, of in self.copy.items() if of == link}
