"""Access tokens for the widget."""

import pytest
import requests
from belvo.exceptions import RequestError
from conftest import register, the_error


def bearer(url, token, path):
    headers = {"Authorization": f"Bearer {token['access']}"}
    return requests.get(url + path, headers=headers, timeout=30).status_code


def test_a_token_opens_what_its_scopes_allow_and_nothing_else(client, url):
    token = client.WidgetToken.create(raise_exception=True)
    assert set(token) == {"refresh", "access"}
    assert bearer(url, token, "/api/institutions/") == 200
    assert bearer(url, token, "/api/accounts/") == 403


def test_a_token_of_a_link_reads_that_link_only(client, url):
    mine, other = register(client)["id"], register(client)["id"]
    scopes = "read_institutions,write_links,read_links"
    token = client.WidgetToken.create(scopes=scopes, link=mine, raise_exception=True)
    assert bearer(url, token, f"/api/links/{mine}/") == 200
    assert bearer(url, token, f"/api/links/{other}/") in (403, 404)


def test_branding_is_accepted(client):
    widget = {"branding": {"company_name": "ACME", "color_scheme": "DARK"}}
    assert client.WidgetToken.create(widget=widget, raise_exception=True)["access"]


def test_the_old_name_still_works(client):
    link = register(client)["id"]
    with pytest.warns(DeprecationWarning):
        token = client.Links.token(link, "read_links,write_links")
    assert set(token) == {"refresh", "access"}


def test_the_oldest_path_still_works(native):
    link = native.post(
        "/api/links/",
        {"institution": "erebor_mx_retail", "username": "oldest", "password": "full"},
    )["id"]
    token = native.post(f"/api/links/{link}/token/", {"scopes": "read_links,write_links"})
    assert set(token) == {"refresh", "access"}


def test_keys_in_the_body_are_enough_and_must_be_right(url, keys):
    secret_id, password = keys
    path = url + "/api/token/"
    good = {"id": secret_id, "password": password, "scopes": "read_institutions, write_links"}
    assert requests.post(path, json=good, timeout=30).status_code == 200
    wrong = requests.post(path, json=good | {"password": "not-it"}, timeout=30)
    assert wrong.status_code == 401
    the_error(wrong.json(), "authentication_failed")


def test_an_unknown_scope_is_refused(client):
    with pytest.raises(RequestError) as refusal:
        client.WidgetToken.create(scopes="read_minds", raise_exception=True)
    assert refusal.value.status_code == 400
    assert the_error(refusal.value.detail, "invalid_choice")["field"] == "scopes"
