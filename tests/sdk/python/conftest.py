"""What every test is given: a running Vinculo, its keys, and a client of the official SDK.

The runner (`cargo xtask sdk`) starts the server and says where it is.
"""

import datetime
import os
import secrets

import pytest
import requests
from belvo.client import Client
from belvo.enums import AccessMode

BANK = "erebor_mx_retail"


@pytest.fixture(scope="session")
def url():
    return os.environ["VINCULO_URL"]


@pytest.fixture(scope="session")
def keys():
    return os.environ["VINCULO_SECRET_ID"], os.environ["VINCULO_SECRET_PASSWORD"]


@pytest.fixture(scope="session")
def client(url, keys):
    return Client(*keys, url)


class Native:
    """The part of the API that the official SDK does not know: `/v1/…`, and raw requests."""

    def __init__(self, url, keys):
        self.url, self.session = url, requests.Session()
        self.session.auth = keys

    def call(self, method, path, **options):
        return self.session.request(method, self.url + path, timeout=120, **options)

    def get(self, path, **options):
        return good(self.call("GET", path, **options))

    def post(self, path, body=None):
        return good(self.call("POST", path, json=body))

    def today(self):
        """The date on the server's clock, which tests may have advanced."""
        return datetime.date.fromisoformat(self.get("/v1/clock/")["now"][:10])


def good(answer):
    assert answer.ok, f"{answer.request.method} {answer.url}: {answer.status_code} {answer.text}"
    return answer.json()


@pytest.fixture(scope="session")
def native(url, keys):
    return Native(url, keys)


def somebody():
    """A login that no test has used: the demo banks accept any and show the full data set."""
    return "py" + secrets.token_hex(5)


def register(client, institution=BANK, access_mode=AccessMode.SINGLE, **options):
    """A link of somebody new; fails the test unless it was registered."""
    link = client.Links.create(
        institution, somebody(), "full", access_mode=access_mode, raise_exception=True, **options
    )
    assert link["status"] == "valid"
    return link


def the_error(answer, code):
    """The one error of an error array, which must have this code."""
    assert isinstance(answer, list), f"expected an error array, not {answer}"
    assert [error["code"] for error in answer] == [code], answer
    (error,) = answer
    assert error["message"]
    assert len(error["request_id"]) == 32
    return error
