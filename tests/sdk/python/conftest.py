"""What every test is given: a running Vinculo, its keys, and a client of the official SDK.

The runner (`cargo xtask sdk`) starts the server and says where it is.
"""

import os

import pytest
from belvo.client import Client


@pytest.fixture(scope="session")
def url():
    return os.environ["VINCULO_URL"]


@pytest.fixture(scope="session")
def keys():
    return os.environ["VINCULO_SECRET_ID"], os.environ["VINCULO_SECRET_PASSWORD"]


@pytest.fixture(scope="session")
def client(url, keys):
    return Client(*keys, url)
