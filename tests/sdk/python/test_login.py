"""Logging in with right and wrong keys."""

import pytest
from belvo.client import Client
from belvo.exceptions import BelvoAPIException


def test_right_keys_let_the_client_in(url, keys):
    assert Client(*keys, url).session.key_id == keys[0]


@pytest.mark.parametrize("wrong", ["id", "password", "both"])
def test_wrong_keys_do_not(url, keys, wrong):
    secret_id, password = keys
    if wrong != "password":
        secret_id = "00000000-0000-7000-8000-000000000000"
    if wrong != "id":
        password = "not-it"
    with pytest.raises(BelvoAPIException):
        Client(secret_id, password, url)
