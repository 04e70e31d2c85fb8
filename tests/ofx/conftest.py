"""What every test is given: a running Vinculo, and the bank that it asks.

The runner (`cargo xtask ofx`) starts both and says where they are.
"""

import os
import secrets

import pytest
import requests


class Api:
    def __init__(self):
        self.url = os.environ["VINCULO_URL"]
        self.session = requests.Session()
        self.session.auth = (os.environ["VINCULO_SECRET_ID"], os.environ["VINCULO_SECRET_PASSWORD"])

    def call(self, method, path, body=None, expect=None):
        answer = self.session.request(method, self.url + path, json=body, timeout=120)
        if expect is not None:
            assert answer.status_code == expect, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def register(self, user, version=203, password="secret", mode="single", expect=201):
        body = {
            "institution": f"testbank{version}_us_retail", "username": user, "password": password,
            "access_mode": mode,
        }
        return self.call("POST", "/api/links/", body, expect)

    def loaded(self, link):
        """Waits until the transactions of a new link have been read."""
        cursor = ""
        while True:
            page = self.call("GET", f"/v1/changes/?wait=10&cursor={cursor}", expect=200)
            assert page["results"], "the load never came"
            if any(c["link"] == link and c["resource"] == "TRANSACTIONS" for c in page["results"]):
                return link
            cursor = page["cursor"]

    def rows(self, path):
        rows = []
        while path:
            page = self.call("GET", path, expect=200)
            rows += page["results"]
            path = page["next"] and page["next"].split(self.url, 1)[-1]
        return rows


@pytest.fixture(scope="session")
def api():
    return Api()


@pytest.fixture
def asked():
    """What the bank was asked by a user, in order; and that it never had to refuse a request."""
    def of(user=None):
        seen = requests.get(os.environ["BANK_URL"], timeout=10).json()
        assert not [each for each in seen if "refused" in each], seen
        return [each for each in seen if user is None or each["user"] == user]
    yield of
    of()


def somebody(kind):
    """A user of that kind who was never there."""
    return kind + secrets.token_hex(4)


def the_error(answer, code):
    assert [error["code"] for error in answer] == [code], answer
    return answer[0]
