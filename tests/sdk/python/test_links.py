"""A link's life: registered, found, repaired, changed, deleted."""

import re

import pytest
from belvo.enums import AccessMode
from belvo.exceptions import RequestError
from conftest import BANK, register, somebody, the_error
from requests import HTTPError


def test_a_registered_link_has_the_documented_shape(client):
    link = register(client, access_mode=AccessMode.RECURRENT, external_id="customer-8841")
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", link["id"])
    assert link["institution"] == BANK
    assert link["access_mode"] == "recurrent"
    assert link["refresh_rate"] == "7d"
    assert link["credentials_storage"] == "store"
    assert link["external_id"] == "customer-8841"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3,6}Z", link["created_at"])
    assert link["last_accessed_at"] is not None
    assert re.fullmatch(r"[A-Za-z0-9\-=_]{44}", link["institution_user_id"])
    assert not {"username", "password"} & set(link)


def test_recurrent_is_the_default_and_single_links_are_never_refreshed(client):
    assert client.Links.create(BANK, somebody(), "full")["access_mode"] == "recurrent"
    single = register(client)
    assert single["access_mode"] == "single" and single["refresh_rate"] is None


def test_a_link_is_found_by_id_and_by_filters(client):
    mine = "filter-" + somebody()
    links = [register(client, external_id=mine) for _ in range(5)]
    newest_first = [link["id"] for link in reversed(links)]
    assert client.Links.get(links[0]["id"])["id"] == links[0]["id"]

    def ids(**filters):
        return [link["id"] for link in client.Links.list(**filters)]

    assert ids(external_id=mine) == newest_first
    assert ids(external_id=mine, page_size=2) == newest_first, "over three pages"
    assert ids(external_id=mine, status__in="valid,token_required") == newest_first
    assert ids(external_id=mine, status__in="invalid,unconfirmed") == []
    first, last = links[1]["created_at"], links[3]["created_at"]
    assert ids(external_id=mine, created_at__range=f"{first},{last}") == newest_first[1:4]
    assert ids(id__in=f"{links[0]['id']},{links[4]['id']}") == [newest_first[0], newest_first[4]]
    assert ids(institution_user_id=links[2]["institution_user_id"]) == [links[2]["id"]]


def test_the_same_login_twice_is_one_link(client):
    login = somebody()
    first = client.Links.create(BANK, login, "full", raise_exception=True)
    error = the_error(client.Links.create(BANK, login, "full"), "duplicated")
    assert error["institution_user_id"] == first["institution_user_id"]


def test_refused_credentials_leave_no_link(client):
    refused = client.Links.create(BANK, "user_invalid", "pass_invalid", external_id="refused")
    error = the_error(refused, "login_error")
    assert error["message"] == "Invalid credentials provided to login to the institution"
    assert list(client.Links.list(external_id="refused")) == []


def test_an_unknown_institution_is_named_in_the_error(client):
    error = the_error(client.Links.create("narnia", "user", "pass"), "does_not_exist")
    assert error["message"] == "Object with name=narnia does not exist."
    assert error["field"] == "institution"


def test_credentials_are_replaced(client):
    link = register(client)
    updated = client.Links.update(link["id"], password="fuller", raise_exception=True)
    assert updated["id"] == link["id"] and updated["status"] == "valid"


def test_the_access_mode_is_switched_both_ways(client):
    link = register(client)
    recurrent = client.Links.patch(link["id"], access_mode=AccessMode.RECURRENT)
    assert recurrent["access_mode"] == "recurrent" and recurrent["refresh_rate"] == "7d"
    single = client.Links.patch(link["id"], access_mode=AccessMode.SINGLE)
    assert single["access_mode"] == "single" and single["refresh_rate"] is None
    assert client.Links.get(link["id"])["access_mode"] == "single"


def test_a_deleted_link_is_gone_with_its_data(client):
    link = register(client)["id"]
    (account, *_) = client.Accounts.create(link, raise_exception=True)
    assert client.Links.delete(link) is True
    for gone in (lambda: client.Links.get(link), lambda: client.Accounts.get(account["id"])):
        with pytest.raises(HTTPError) as refusal:
            gone()
        assert refusal.value.response.status_code == 404
    assert client.Links.delete(link) is False, "there is nothing left to delete"
    assert list(client.Accounts.list(link=link)) == []


def test_advanced_logins_need_every_field(client):
    good = dict(username_type="003", username2="valid", password2="valid")
    link = client.Links.create(
        "ironbank_br_retail", "adv_valid", "pass_valid", raise_exception=True, **good
    )
    assert link["status"] == "valid"
    bad = dict(username_type="999", username2="invalid", password2="invalid")
    with pytest.raises(RequestError) as refusal:
        client.Links.create(
            "ironbank_br_retail", "adv_invalid", "pass_invalid", raise_exception=True, **bad
        )
    assert refusal.value.status_code == 400
    the_error(refusal.value.detail, "login_error")
