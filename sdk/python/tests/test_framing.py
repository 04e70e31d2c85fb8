"""What a host should never say."""

import json

import pytest
from conftest import Host


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"", -32700),
        (b"hello", -32700),
        (b"\xff\xfe\x00", -32700),
        (b'{"id": 1', -32700),
        (b"[" * 100_000, -32700),
        (b"[]", -32600),
        (b"7", -32600),
        (b'[{"jsonrpc": "2.0", "id": 1, "method": "ping"}]', -32600),
        (b'{"jsonrpc": "2.0", "id": 1}', -32600),
        (b'{"jsonrpc": "2.0", "id": 1, "method": 7}', -32600),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "steal"}', -32601),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "ping", "params": []}', -32602),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {}}', -32602),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "login", "params": {}}', -32600),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "fetch", "params": {}}', -32600),
    ],
)
def test_what_is_malformed_is_refused_and_the_session_goes_on(
    host: Host, line: bytes, code: int
) -> None:
    host.raw(line)
    assert host.hear()["error"]["code"] == code
    assert host.initialize()["result"]["version"] == 1


@pytest.mark.parametrize("params", [
    {}, {"credentials": None}, {"credentials": {"username": 7}},
    {"credentials": {"username": "ana"}, "state": 7},
])
def test_a_login_with_bad_params_is_refused(host: Host, params: dict[str, object]) -> None:
    host.initialize()
    assert host.call("login", **params)["error"]["code"] == -32602
    assert "result" in host.until(host.login())[0]


@pytest.mark.parametrize("window", [7, {}, {"from": "x", "to": "y"}, {"from": "2026-01-01"}])
def test_a_fetch_with_a_bad_window_is_refused(host: Host, window: object) -> None:
    host.logged_in()
    assert host.until(host.fetch("TRANSACTIONS", window=window))[0]["error"]["code"] == -32602


def test_unknown_keys_and_notifications_are_ignored(host: Host) -> None:
    host.raw(b'{"jsonrpc": "2.0", "method": "weather", "params": {"sunny": true}}')
    host.raw(b'{"jsonrpc": "2.0", "id": "nobody", "result": {}}')
    assert host.initialize(colour="red")["result"]["version"] == 1


def test_initialize_comes_once_and_one_request_at_a_time(host: Host) -> None:
    host.initialize()
    assert host.initialize()["error"]["code"] == -32600
    host.login("deaf")
    assert host.until(host.login())[0]["error"]["code"] == -32600
    assert host.call("fetch")["error"]["code"] == -32600


def test_fetch_comes_after_login(host: Host) -> None:
    host.initialize()
    assert host.until(host.fetch("ACCOUNTS"))[0]["error"]["code"] == -32600


def test_a_line_that_is_too_long_ends_the_session(host: Host) -> None:
    host.initialize()
    try:
        host.raw(json.dumps({"id": 1, "method": "x" * (1 << 20)}).encode())
    except BrokenPipeError:
        pass
    assert host.process.wait(20) == 1


def test_half_a_line_is_no_message(host: Host) -> None:
    assert host.process.stdin is not None
    host.process.stdin.write(b'{"jsonrpc": "2.0", "id": 1, "method": "ping"}')
    assert host.end() == 0
    assert host.process.stdout is not None and host.process.stdout.read() == b""
