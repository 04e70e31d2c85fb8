"""What a caller sees when something is wrong."""

import pytest
from belvo.exceptions import RequestError
from conftest import the_error

NOBODY = "00000000-0000-7000-8000-000000000000"


def test_without_exceptions_an_error_is_the_array_itself(client):
    error = the_error(client.Accounts.create("not-a-uuid"), "invalid")
    assert error["field"] == "link"
    assert "not-a-uuid" in error["message"]


def test_with_exceptions_the_array_is_their_detail(client):
    with pytest.raises(RequestError) as refusal:
        client.Accounts.create("not-a-uuid", raise_exception=True)
    assert refusal.value.status_code == 400
    the_error(refusal.value.detail, "invalid")


def test_a_link_that_does_not_exist_is_an_error_of_every_resource(client):
    for resource in (client.Accounts, client.Owners):
        (error,) = resource.create(NOBODY)
        assert error["code"] in ("does_not_exist", "not_found"), error


def test_every_missing_field_has_its_own_entry(native):
    answer = native.call("POST", "/api/transactions/", json={})
    assert answer.status_code == 400
    assert {e["field"] for e in answer.json()} == {"link", "date_from", "date_to"}
    assert {e["code"] for e in answer.json()} == {"required"}
    assert len({e["request_id"] for e in answer.json()}) == 1


def test_wrong_keys_get_the_documented_error(native, url):
    answer = native.call("GET", "/api/links/", auth=("nobody", "nothing"))
    assert answer.status_code == 401
    error = the_error(answer.json(), "authentication_failed")
    assert error["message"] == "Invalid Secret Keys"


def test_a_body_that_is_not_json_is_a_parse_error(native):
    answer = native.call("POST", "/api/links/", data="{not json")
    assert answer.status_code == 400
    assert the_error(answer.json(), "parse_error")["message"].startswith("JSON parse error - ")


def test_a_resource_that_the_institution_lacks_is_named_so(client):
    tax = client.Links.create(
        "tatooine_mx_fiscal", "PFIS010101000", "individual", raise_exception=True
    )
    the_error(client.Accounts.create(tax["id"]), "unsupported_operation")
