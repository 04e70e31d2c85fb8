"""Institutions that ask for a token."""

import pytest
from belvo.enums import AccessMode
from belvo.exceptions import RequestError
from conftest import the_error

GOOD, WRONG = "111111", "999999"


def challenged(client, institution, username="mfa_default", password="pass_valid"):
    """Registers until the institution asks; what it asked."""
    answer = client.Links.create(institution, username, password, access_mode=AccessMode.SINGLE)
    return asked(answer)


def asked(answer):
    error = the_error(answer, "token_required")
    assert error["message"] == "A MFA token is required by the institution to login"
    assert len(error["session"]) == 32 and error["link"]
    assert isinstance(error["expiry"], int) and error["expiry"] > 0
    return error


@pytest.fixture
def forget(client):
    """Deletes the links of a test, so that the same documented user can log in again."""
    links = []
    yield links.append
    for link in links:
        client.Links.delete(link)


def test_a_wrong_token_is_asked_again_and_a_right_one_completes_the_link(client, forget):
    first = challenged(client, "heimdall_mx_retail")
    link = first["link"]
    forget(link)
    assert client.Links.get(link)["status"] == "unconfirmed"
    the_error(client.Accounts.create(link), "unconfirmed_link")

    second = asked(client.Links.resume(first["session"], WRONG, link=link))
    assert second["link"] == link
    completed = client.Links.resume(second["session"], GOOD, link=link)
    assert completed["id"] == link and completed["status"] == "valid"
    assert client.Links.get(link)["status"] == "valid"


def test_a_session_is_resumed_without_naming_its_link(client, forget):
    first = challenged(client, "heimdall_co_retail")
    forget(first["link"])
    assert client.Links.resume(first["session"], GOOD)["status"] == "valid"


def test_a_challenge_can_be_raised_as_an_exception(client, forget):
    first = challenged(client, "heimdall_br_retail")
    forget(first["link"])
    with pytest.raises(RequestError) as refusal:
        client.Links.resume(first["session"], WRONG, link=first["link"], raise_exception=True)
    assert refusal.value.status_code == 428
    asked(refusal.value.detail)


def test_a_session_that_is_over_cannot_be_resumed(client, forget):
    first = challenged(client, "gotham_br_business")
    forget(first["link"])
    assert client.Links.resume(first["session"], GOOD)["status"] == "valid"
    the_error(client.Links.resume(first["session"], GOOD), "session_expired")
    the_error(client.Links.resume("0" * 32, GOOD), "session_expired")


@pytest.mark.parametrize(
    ("username", "password", "kind"),
    [("mfa_numeric", "numeric_code", "numeric"), ("mfa_qr", "qr_code", "qr")],
)
def test_a_challenge_shows_what_the_person_must_see(client, forget, username, password, kind):
    first = challenged(client, "heimdall_mx_retail", username, password)
    forget(first["link"])
    shown = first["token_generation_data"]
    assert shown["type"] == kind and shown["value"] and shown["instructions"]
    assert isinstance(shown["expects_user_input"], bool)
    completed = client.Links.resume(first["session"], GOOD, link=first["link"])
    assert completed["status"] == "valid"


def test_a_retrieval_that_is_asked_for_a_token_goes_on_where_it_stopped(client, forget):
    first = challenged(client, "gotham_mx_business")
    link = first["link"]
    forget(link)
    client.Links.resume(first["session"], GOOD, link=link, raise_exception=True)
    paused = asked(client.Accounts.create(link))
    assert paused["link"] == link
    again = asked(client.Accounts.resume(paused["session"], WRONG, link=link))
    accounts = client.Accounts.resume(again["session"], GOOD, link=link, raise_exception=True)
    assert accounts and all(account["link"] == link for account in accounts)
    assert {a["id"] for a in client.Accounts.list(link=link)} == {a["id"] for a in accounts}
