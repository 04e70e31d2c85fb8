"""OFX Direct Connect through the whole product."""

import datetime
import os

import pytest
import requests
from conftest import somebody, the_error

VERSIONS = (103, 160, 203, 220)


@pytest.mark.parametrize("version", VERSIONS)
def test_accounts_and_transactions_come_in_every_version(api, asked, version):
    user = somebody("ana")
    link = api.register(user, version)
    assert link["status"] == "valid"
    accounts = api.call("POST", "/api/accounts/", {"link": link["id"]}, 201)
    by_category = {account["category"]: account for account in accounts}
    checking, card = by_category["CHECKING_ACCOUNT"], by_category["CREDIT_CARD"]
    assert len(accounts) == 2
    assert checking["name"] == "Everyday checking" and checking["number"] == "0012345678"
    assert checking["balance"]["current"] == 2500.75 and checking["currency"] == "USD"
    assert card["name"] == "Blue card" and card["balance_type"] == "LIABILITY"
    assert card["number"] == "************1111" and card["balance"]["current"] > 0

    today = datetime.date.fromisoformat(api.call("GET", "/v1/clock/")["now"][:10])
    first = today - datetime.timedelta(days=60)
    body = {"link": link["id"], "date_from": str(first), "date_to": str(today)}
    rows = api.call("POST", "/api/transactions/", body)
    for account in (checking, card):
        own = [row for row in rows if row["account"]["id"] == account["id"]]
        assert len(own) in (20, 21), "one each three days"
        assert len({row["internal_identification"] for row in own}) == len(own)
        assert all(str(first) <= row["value_date"] <= str(today) for row in own)
    shops = [row for row in rows if row["type"] == "OUTFLOW"]
    assert all(row["description"].startswith("SHOP & CO ") for row in shops) and shops
    salaries = [row for row in rows if row["type"] == "INFLOW"]
    assert {row["amount"] for row in salaries} == {1500.0}
    again = api.call("POST", "/api/transactions/", body)
    assert {row["id"] for row in again} == {row["id"] for row in rows}, "nothing comes twice"

    seen = asked(user)
    assert {each["version"] for each in seen} == {version}
    clients = {each["client"] for each in seen}
    assert len(clients) == 1 and len(clients.pop()) == 36, "one device for all"


@pytest.mark.parametrize("version", VERSIONS)
def test_a_wrong_password_is_said_to_be_one(api, asked, version):
    user = somebody("ana")
    answer = api.register(user, version, password="wrong", expect=400)
    the_error(answer, "login_error")
    assert [each["code"] for each in asked(user)] == [15500], "it is tried once"


def test_who_is_kept_out_is_told_why(api, asked):
    the_error(api.register(somebody("lee"), expect=400), "login_error")
    the_error(api.register(somebody("kim"), expect=400), "login_error")
    answer = api.register(somebody("ned"), expect=None)
    assert answer[0]["code"] in ("institution_down", "institution_unavailable"), answer


def resume(api, session, token, expect=None):
    body = {"session": session, "token": token}
    return api.call("PATCH", "/api/links/", body, expect)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_question_is_asked_until_its_answer_is_right(api, asked, version):
    user = somebody("mia")
    first = the_error(api.register(user, version, expect=428), "token_required")
    assert first["token_generation_data"]["instructions"] == "Last four digits?"
    second = the_error(resume(api, first["session"], "9999", 428), "token_required")
    link = resume(api, second["session"], "1234", 200)
    assert link["status"] == "valid"
    assert len(api.call("POST", "/api/accounts/", {"link": link["id"]}, 201)) == 2
    codes = [each["code"] for each in asked(user)]
    assert codes.count(3001) == 1 and 15500 not in codes


def test_answers_that_stay_wrong_are_asked_for_again_and_blame_nobody(api, asked):
    user = somebody("mia")
    answer = api.register(user, expect=428)
    for _ in range(4):
        answer = resume(api, the_error(answer, "token_required")["session"], "0000", 428)
    link = resume(api, the_error(answer, "token_required")["session"], "1234", 200)
    assert link["status"] == "valid"


def test_a_token_from_elsewhere_is_asked_for_and_shown_once(api, asked):
    user = somebody("tom")
    first = the_error(api.register(user, expect=428), "token_required")
    second = the_error(resume(api, first["session"], "111111", 428), "token_required")
    link = resume(api, second["session"], "777777", 200)
    assert link["status"] == "valid"


def advance(api, by):
    api.call("POST", "/v1/clock/advance/", {"by": by}, 200)


def test_a_recurrent_link_is_refreshed_without_asking_by_its_key(api, asked):
    user = somebody("mia")
    first = the_error(api.register(user, 220, mode="recurrent", expect=428), "token_required")
    link = api.loaded(resume(api, first["session"], "1234", 200)["id"])
    before = {row["id"]: row["value_date"] for row in api.rows(f"/api/transactions/?link={link}")}
    count = len(asked(user))
    advance(api, "8d")
    assert api.call("GET", f"/api/links/{link}/")["status"] == "valid"
    refreshed = asked(user)[count:]
    assert refreshed and all(each["code"] == 0 for each in refreshed), refreshed
    assert not any(each["answered"] for each in refreshed), "the key spares the questions"
    after = {row["id"]: row["value_date"] for row in api.rows(f"/api/transactions/?link={link}")}
    assert set(before) <= set(after), "what was there stays"
    assert max(after.values()) > max(before.values()), "what is new has come"


def test_a_refresh_that_is_asked_says_that_a_token_is_required(api, asked):
    user = somebody("foe")
    first = the_error(api.register(user, 203, mode="recurrent", expect=428), "token_required")
    link = api.loaded(resume(api, first["session"], "1234", 200)["id"])
    assert api.rows(f"/api/transactions/?link={link}"), "the login went on to read"
    advance(api, "8d")
    assert api.call("GET", f"/api/links/{link}/")["status"] == "token_required"


def test_a_key_that_the_bank_forgot_is_asked_anew(api, asked):
    user = somebody("mia")
    first = the_error(api.register(user, 203, mode="recurrent", expect=428), "token_required")
    link = api.loaded(resume(api, first["session"], "1234", 200)["id"])
    requests.get(os.environ["BANK_URL"] + "/forget", timeout=10)
    advance(api, "8d")
    assert api.call("GET", f"/api/links/{link}/")["status"] == "token_required"
