"""While it works: pings, cancellation, a host that reads slowly, a host that dies."""

import json
import socket
import threading
import time
from pathlib import Path

import pytest
from conftest import PATIENCE, Host, kind


def test_a_ping_is_answered_while_a_handler_sleeps(host: Host) -> None:
    host.initialize()
    host.login("deaf")
    assert host.call("ping")["result"] == {}


def test_a_ping_is_answered_among_records(host: Host) -> None:
    host.logged_in("endless")
    host.fetch("TRANSACTIONS")
    answer, before = host.until(host.ask("ping"))
    assert answer["result"] == {}
    numbers = [message["params"]["item"]["n"] for message in before]
    assert numbers == list(range(len(numbers))), "nothing is lost or out of order"


@pytest.mark.parametrize("who", ["deaf", "polite", "otp"])
def test_a_login_is_cancelled_within_five_seconds_whatever_it_does(host: Host, who: str) -> None:
    host.initialize()
    login = host.login(who)
    if who == "otp":
        assert host.hear()["method"] == "challenge"
    began = time.monotonic()
    assert kind(host.cancel(login)) == "cancelled"
    assert time.monotonic() - began < 5
    assert "result" in host.until(host.login())[0], "the session goes on"


def test_a_fetch_is_cancelled_in_the_middle_of_its_records(host: Host) -> None:
    host.logged_in("endless")
    fetch = host.fetch("TRANSACTIONS")
    for _ in range(100):
        assert host.hear()["method"] == "record"
    assert kind(host.cancel(fetch)) == "cancelled"
    assert host.call("ping")["result"] == {}, "and no record comes afterwards"
    assert "result" in host.call("logout")


def test_what_waits_for_the_network_is_cancelled_too(host: Host) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        host.initialize(proxy=f"http://127.0.0.1:{silent.getsockname()[1]}")
        login = host.login("web", "http://bank.example/")
        silent.settimeout(PATIENCE)
        asked, _ = silent.accept()
        with asked:
            assert asked.recv(1000).startswith(b"GET http://bank.example/ ")
            assert kind(host.cancel(login)) == "cancelled"
            assert host.end() == 0
            assert "the network was cut" in host.said, "by itself, not because it was answered for"


def test_leaving_is_answered_in_time_even_if_the_handler_does_not_come_to_an_end(host: Host) -> None:
    host.logged_in("clingy")
    assert host.call("logout")["result"] == {}
    assert host.end() == 0


def test_cancelling_nothing_is_no_mistake(host: Host) -> None:
    assert host.call("cancel")["result"] == {}
    host.initialize()
    assert host.call("cancel")["result"] == {}


def resident(process: int) -> int:
    """The memory of a process, in KiB."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise AssertionError("no VmRSS")


def test_memory_stays_flat_over_many_records(
    host: Host,
) -> None:
    host.logged_in("endless")
    fetch = host.fetch("TRANSACTIONS")
    before = resident(host.process.pid)
    numbers: list[int] = []
    while len(numbers) < 20_000:
        message = host.hear()
        numbers.append(message["params"]["item"]["n"])
        # What the test's own reader has taken is no longer the connector's.
        while host.lines.qsize() > 5000:
            numbers.append(json.loads(host.lines.get())["params"]["item"]["n"])
    assert numbers == list(range(len(numbers)))
    assert resident(host.process.pid) - before < 8 << 10
    host.ask("cancel")
    assert kind(host.until(fetch)[0]) == "cancelled"


def test_stdin_is_read_while_the_pipe_is_full(host: Host) -> None:
    # Read by hand, so that what is not asked for stays in the pipe, and the pipe fills.
    pipe = host.process.stdout
    assert pipe is not None
    host.raw(b'{"id":1,"method":"initialize","params":{"versions":[1],"institution":"bank"}}')
    host.raw(b'{"id":2,"method":"login","params":{"credentials":{"username":"endless"}}}')
    host.next = 2
    assert [json.loads(pipe.readline())["id"] for _ in range(2)] == [1, 2]
    fetch = host.fetch("TRANSACTIONS")
    wrote = threading.Event()

    def write() -> None:
        # Far more than a pipe holds: they can only be written if they are read.
        for _ in range(200):
            host.raw(b'{"id":"x","result":"' + b"y" * 4000 + b'"}')
        wrote.set()

    threading.Thread(target=write, daemon=True).start()
    assert wrote.wait(PATIENCE), "the connector has stopped reading"
    assert kind(host.cancel(fetch)) == "cancelled"


def test_a_record_of_a_megabyte_fits_and_a_longer_one_is_refused_before_it_is_written(
    host: Host,
) -> None:
    host.logged_in("big")
    answer, before = host.until(host.fetch("TRANSACTIONS"))
    assert len(before) == 1 and len(before[0]["params"]["item"]["description"]) == 500_000
    assert kind(answer) == "unexpected" and "TooLong" in answer["error"]["message"]


def test_what_is_no_number_is_not_written(host: Host) -> None:
    host.logged_in("nan")
    answer, before = host.until(host.fetch("TRANSACTIONS"))
    assert kind(answer) == "unexpected" and before == []


@pytest.mark.parametrize("who", ["deaf", "otp", "endless"])
def test_it_exits_when_the_host_stops_speaking_whatever_it_does(host: Host, who: str) -> None:
    if who == "endless":
        host.logged_in(who)
        host.fetch("TRANSACTIONS")
        host.hear()
    else:
        host.initialize()
        host.login(who)
    assert host.end() == 0
