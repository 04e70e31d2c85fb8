"""Secrets do not show themselves."""

import json
import pickle

import pytest

from vinculo_connector import Credentials, Secret


def test_whatever_prints_a_secret_prints_stars() -> None:
    secret = Secret("correct horse")
    credentials = Credentials({"password": "correct horse"}, "correct horse")
    for shown in (
        repr(secret), str(secret), f"{secret}", f"{secret:>20}", "%s" % secret, repr([secret]),
        repr(credentials), str(dict(credentials)), repr(credentials.state), repr(vars),
    ):
        assert "horse" not in shown
    with pytest.raises(TypeError):
        json.dumps(secret)
    with pytest.raises(TypeError):
        pickle.dumps(secret)


def test_secrets_compare_by_what_they_hide() -> None:
    assert Secret("a") == Secret("a") and Secret("a") != Secret("b") and Secret("a") != "a"
    assert {Secret("a"): 1}[Secret("a")] == 1
    assert not Secret("")


def test_credentials_are_read_by_field() -> None:
    credentials = Credentials({"username": "ana"})
    assert credentials.reveal("username") == "ana" and credentials.reveal("password") == ""
    assert list(credentials) == ["username"] and len(credentials) == 1
    assert credentials["username"].reveal() == "ana" and credentials.state is None
