"""The catalogue of institutions."""

import pytest
from requests import HTTPError


def test_the_list_is_the_same_whatever_the_page_size(client):
    everything = list(client.Institutions.list())
    assert len(everything) >= 15
    assert list(client.Institutions.list(page_size=4)) == everything


def test_the_detail_is_found_by_its_integer_id(client):
    for institution in client.Institutions.list(name__in="erebor_mx_retail,heimdall_mx_retail"):
        assert isinstance(institution["id"], int)
        assert client.Institutions.get(institution["id"]) == institution


def test_filters_narrow_the_list(client):
    everything = list(client.Institutions.list())
    brazilian = list(client.Institutions.list(country_code="BR"))
    assert brazilian == [i for i in everything if "BR" in i["country_codes"]]
    assert 0 < len(brazilian) < len(everything)
    assert [i["name"] for i in client.Institutions.list(name="erebor_mx_retail")] == [
        "erebor_mx_retail"
    ]
    assert all(
        {"ACCOUNTS", "OWNERS"} <= set(i["resources"])
        for i in client.Institutions.list(resources__allin="ACCOUNTS,OWNERS")
    )


def test_a_demo_bank_says_how_to_log_in(client):
    (bank,) = client.Institutions.list(name="erebor_mx_retail")
    assert {field["name"] for field in bank["form_fields"]} >= {"username", "password"}
    assert bank["type"] == "bank" and bank["country_codes"] == ["MX"]


def test_an_unknown_institution_is_not_found(client):
    with pytest.raises(HTTPError) as refusal:
        client.Institutions.get(424242)
    assert refusal.value.response.status_code == 404


def test_institutions_can_be_neither_deleted_nor_resumed(client):
    with pytest.raises(NotImplementedError):
        client.Institutions.delete(1)
    with pytest.raises(NotImplementedError):
        client.Institutions.resume("session", "token")
