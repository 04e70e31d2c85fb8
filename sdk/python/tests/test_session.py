"""A whole session, message by message."""

import base64

from conftest import Host, kind


def test_a_session_goes_from_initialize_to_logout(host: Host) -> None:
    assert host.initialize()["result"] == {
        "version": 1, "connector": {"id": "subject", "version": "1.2.3"}
    }
    assert host.call("describe")["result"] == {
        "institutions": ["bank"], "resources": ["ACCOUNTS", "TRANSACTIONS"], "challenges": ["otp"]
    }
    answer, before = host.until(host.login(state="kept"))
    assert (answer["result"], before) == ({"user": "user-ana", "state": "kept+"}, [])

    answer, before = host.until(host.fetch("ACCOUNTS"))
    assert answer["result"] == {
        "window": {"from": "2026-01-01", "to": "2026-01-31"}, "complete": True,
        "stated": {"a": {"opening": "1.00", "closing": None}},
        "removed": [{"account": "a", "source_id": "tx-9"}],
    }
    assert [message["method"] for message in before] == [
        "record", "blob", "blob", "progress", "checkpoint"
    ]
    record, first, second, progress, checkpoint = (message["params"] for message in before)
    assert record == {
        "account": "a", "page": 0, "item": {"name": "Nómina", "balance": {"current": "10.10"}}
    }
    assert (first["last"], second["last"]) == (False, True)
    assert first["id"] == second["id"] == "doc"
    whole = base64.b64decode(first["data"]) + base64.b64decode(second["data"])
    assert whole == b"x" * 700_000
    assert progress == {"done": 1, "total": 2}
    assert checkpoint == {"cursor": "after-a"}

    answer, before = host.until(
        host.fetch("TRANSACTIONS", account="a", cursor="c", options={"k": "v"})
    )
    assert answer["result"]["complete"] is False, "who says nothing has proved nothing"
    assert before[0]["params"]["message"] == "a c {'k': 'v'} 2026-01-31"

    answer, before = host.until(host.ask("logout"))
    assert answer["result"] == {} and before[0]["params"]["message"] == "bye"
    assert host.end() == 0


def test_only_what_both_speak_is_agreed_on(host: Host) -> None:
    assert kind(host.initialize(versions=[7, 8])) == "unsupported"
    assert host.initialize(versions=[2, 1])["result"]["version"] == 1


def test_another_institution_is_unsupported(host: Host) -> None:
    assert kind(host.initialize(institution="other")) == "unsupported"


def test_a_resource_that_nobody_reads_is_unsupported(host: Host) -> None:
    host.logged_in()
    assert kind(host.until(host.fetch("OWNERS"))[0]) == "unsupported"


def test_a_consent_is_taken_back_by_whoever_was_let_in(host: Host) -> None:
    host.initialize()
    assert host.until(host.ask("revoke"))[0]["error"]["code"] == -32600, "nobody is let in yet"
    host.until(host.login())
    answer, before = host.until(host.ask("revoke"))
    assert answer["result"] == {} and before[0]["params"]["message"] == "it is taken back"
    host.until(host.login("clingy"))
    assert kind(host.until(host.ask("revoke"))[0]) == "institution_unavailable"


def test_errors_have_the_kinds_that_handlers_raise(host: Host) -> None:
    host.initialize()
    assert kind(host.until(host.login("wrong"))[0]) == "invalid_credentials"
    locked = host.until(host.login("locked"))[0]
    assert locked["error"]["data"] == {"kind": "login_error", "problem": "locked"}


def test_a_bug_is_unexpected_and_tells_no_secret(host: Host) -> None:
    host.initialize()
    answer = host.until(host.login("bug"))[0]
    assert kind(answer) == "unexpected"
    assert answer["error"]["message"].startswith("RuntimeError at subject.py:")
    assert "result" in host.until(host.login())[0], "the session goes on"
    host.end()
    assert "RuntimeError" in host.said and "correct horse" not in host.said


def test_a_login_that_does_not_say_who_it_is_is_unexpected(host: Host) -> None:
    host.initialize()
    assert kind(host.until(host.login("nobody"))[0]) == "unexpected"


def test_what_a_connector_prints_is_no_part_of_the_protocol_and_hides_secrets(host: Host) -> None:
    host.initialize()
    answer, before = host.until(host.login("chatty"))
    assert "result" in answer
    assert [message["params"] for message in before] == [
        {"level": "warn", "message": "the password is ***"}
    ]
    host.end()
    assert "this would break the protocol" in host.said
    assert "Credentials(username=***, password=***) *** ***" in host.said


def test_a_challenge_is_asked_again_until_it_is_right(host: Host) -> None:
    host.initialize()
    login = host.login("otp")
    first = host.hear()
    assert first["method"] == "challenge" and first["params"] == {
        "kind": "otp", "prompt": "The code?", "hint": "to ***42", "value": None, "options": [],
        "expires_in_seconds": 300, "attempt": 1,
        "translations": {"es": {"prompt": "¿El código?"}},
    }
    host.tell("another", result={"answer": "not for this one"})
    host.tell(first["id"], result={"answer": "222222"})
    second = host.hear()
    assert second["params"]["attempt"] == 2 and second["id"] != first["id"]
    host.tell(second["id"], result={"answer": "111111"})
    assert host.until(login)[0]["result"]["user"] == "user-otp"


def test_a_challenge_that_is_answered_wrongly_twice_is_a_wrong_token(host: Host) -> None:
    host.initialize()
    login = host.login("otp")
    for _ in range(2):
        host.tell(host.hear()["id"], result={"answer": "0"})
    assert kind(host.until(login)[0]) == "wrong_token"


def test_what_the_host_says_instead_of_an_answer_ends_the_login_with_the_same_kind(
    host: Host,
) -> None:
    host.initialize()
    for said, heard in [
        ("session_expired", "session_expired"), ("token_required", "token_required"),
        ("cancelled", "cancelled"), ("what?", "unexpected"),
    ]:
        login = host.login("otp")
        error = {"code": -32000, "message": "no", "data": {"kind": said}}
        host.tell(host.hear()["id"], error=error)
        assert kind(host.until(login)[0]) == heard
    login = host.login("otp")
    host.tell(host.hear()["id"], result={})
    assert kind(host.until(login)[0]) == "unexpected"


def test_nobody_is_asked_where_nobody_is(host: Host) -> None:
    host.initialize()
    answer, before = host.until(host.login("otp", interactive=False))
    assert kind(answer) == "token_required" and before == []
