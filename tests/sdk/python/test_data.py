"""Accounts, balances, transactions and owners of a link: retrieved, listed, filtered, deleted."""

import datetime

import pytest
from conftest import register, the_error
from requests import HTTPError


@pytest.fixture(scope="module")
def today(native):
    return native.today()


@pytest.fixture(scope="module")
def year(today):
    return (today - datetime.timedelta(days=365)).isoformat(), today.isoformat()


@pytest.fixture(scope="module")
def link(client, year):
    """A single link whose last year has been read."""
    link = register(client)["id"]
    client.Owners.create(link, raise_exception=True)
    client.Transactions.create(link, year[0], date_to=year[1], raise_exception=True)
    return link


def ids(records):
    return [record["id"] for record in records]


def gone(read, record):
    with pytest.raises(HTTPError) as refusal:
        read(record)
    return refusal.value.response.status_code == 404


class TestAccounts:
    def test_retrieving_twice_finds_the_same_accounts(self, client):
        link = register(client)["id"]
        first = client.Accounts.create(link, raise_exception=True)
        assert first and all(account["link"] == link for account in first)
        again = client.Accounts.create(link, raise_exception=True)
        assert sorted(ids(again)) == sorted(ids(first))
        assert sorted(ids(client.Accounts.list(link=link))) == sorted(ids(first))

    def test_nothing_is_stored_without_save_data(self, client):
        link = register(client)["id"]
        assert client.Accounts.create(link, save_data=False, raise_exception=True)
        assert list(client.Accounts.list(link=link)) == []

    def test_filters_and_detail(self, client, link):
        accounts = list(client.Accounts.list(link=link))
        assert len(accounts) >= 2
        for account in accounts:
            assert client.Accounts.get(account["id"]) == account
            assert account["institution"]["name"] == "erebor_mx_retail"
        middle = sorted(account["balance"]["current"] for account in accounts)[1]
        assert sorted(ids(client.Accounts.list(link=link, balance__current__gte=middle))) == sorted(
            account["id"] for account in accounts if account["balance"]["current"] >= middle
        )
        one = accounts[0]
        assert ids(client.Accounts.list(link=link, number=one["number"])) == [one["id"]]
        assert list(client.Accounts.list(link=link, currency="JPY")) == []

    def test_deleting_an_account_takes_its_transactions_along(self, client, year):
        link = register(client)["id"]
        client.Transactions.create(link, year[0], date_to=year[1], raise_exception=True)
        one = next(client.Transactions.list(link))["account"]["id"]
        assert client.Accounts.delete(one) is True
        assert gone(client.Accounts.get, one)
        assert list(client.Transactions.list(link, account=one)) == []
        assert list(client.Transactions.list(link)), "the other accounts keep theirs"


class TestTransactions:
    def test_a_year_is_retrieved_and_listed_over_many_pages(self, client, link, year):
        stored = list(client.Transactions.list(link))
        assert len(stored) > 100
        assert len(set(ids(stored))) == len(stored)
        assert sorted(ids(client.Transactions.list(link, page_size=37))) == sorted(ids(stored))
        assert all(year[0] <= t["value_date"] <= year[1] for t in stored)

    def test_retrieving_again_changes_nothing(self, client, link, year):
        before = ids(client.Transactions.list(link, page_size=1000))
        client.Transactions.create(link, year[0], date_to=year[1], raise_exception=True)
        assert ids(client.Transactions.list(link, page_size=1000)) == before

    def test_one_account_and_a_narrow_window(self, client, today):
        link = register(client)["id"]
        account = client.Accounts.create(link, raise_exception=True)[0]["id"]
        month_ago = (today - datetime.timedelta(days=30)).isoformat()
        read = client.Transactions.create(
            link, month_ago, date_to=today.isoformat(), account=account, raise_exception=True
        )
        assert all(t["account"]["id"] == account for t in read)
        assert all(month_ago <= t["value_date"] for t in read)
        assert sorted(ids(client.Transactions.list(link))) == sorted(ids(read))

    def test_every_operator_of_the_filter_grammar(self, client, link):
        stored = list(client.Transactions.list(link, page_size=1000))

        def check(expected, **filters):
            found = list(client.Transactions.list(link, page_size=1000, **filters))
            assert sorted(ids(found)) == sorted(t["id"] for t in stored if expected(t)), filters
            assert 0 < len(found) < len(stored), f"{filters} should split the list"

        amounts = sorted(t["amount"] for t in stored)
        low, high = amounts[len(amounts) // 4], amounts[len(amounts) // 2]
        check(lambda t: t["amount"] > low, amount__gt=low)
        check(lambda t: t["amount"] >= low, amount__gte=low)
        check(lambda t: t["amount"] < high, amount__lt=high)
        check(lambda t: t["amount"] <= high, amount__lte=high)
        check(lambda t: low <= t["amount"] <= high, amount__range=f"{low},{high}")
        check(lambda t: t["amount"] == low, amount=low)
        day = sorted(t["value_date"] for t in stored)[len(stored) // 2]
        check(lambda t: t["value_date"] >= day, value_date__gte=day)
        check(lambda t: t["value_date"] == day, value_date=day)
        check(lambda t: t["type"] == "INFLOW", type="INFLOW")
        account = stored[0]["account"]["id"]
        check(lambda t: t["account"]["id"] == account, account__in=account)

    def test_projections(self, client, link):
        (slim, *_) = client.Transactions.list(link, fields="id,amount")
        assert set(slim) == {"id", "amount"}
        (rest, *_) = client.Transactions.list(link, omit="id,amount")
        assert not {"id", "amount"} & set(rest) and "value_date" in rest

    def test_detail_and_delete(self, client, link):
        one = next(client.Transactions.list(link))
        assert client.Transactions.get(one["id"]) == one
        assert client.Transactions.delete(one["id"]) is True
        assert gone(client.Transactions.get, one["id"])
        assert client.Transactions.delete(one["id"]) is False

    def test_dates_that_make_no_sense_are_refused(self, client, link, today):
        error = the_error(client.Transactions.create(link, "31/01/2026"), "invalid")
        assert error["field"] == "date_from" and "YYYY-MM-DD" in error["message"]
        tomorrow = (today + datetime.timedelta(days=2)).isoformat()
        refused = client.Transactions.create(link, today.isoformat(), date_to=tomorrow)
        assert refused[0]["code"].startswith("invalid"), refused


class TestBalances:
    def test_daily_balances_are_retrieved_listed_and_filtered(self, client, year, today):
        link = register(client)["id"]
        month_ago = (today - datetime.timedelta(days=30)).isoformat()
        read = client.Balances.create(
            link, month_ago, date_to=today.isoformat(), raise_exception=True
        )
        assert read
        stored = list(client.Balances.list(link=link))
        assert sorted(ids(stored)) == sorted(ids(read))
        one = stored[0]
        assert client.Balances.get(one["id"]) == one
        found = ids(client.Balances.list(link=link, value_date=one["value_date"]))
        assert sorted(found) == sorted(
            b["id"] for b in stored if b["value_date"] == one["value_date"]
        )
        assert client.Balances.delete(one["id"]) is True
        assert gone(client.Balances.get, one["id"])


class TestOwners:
    def test_owners_are_stored_unless_the_caller_says_no(self, client):
        link = register(client)["id"]
        assert client.Owners.create(link, save_data=False, raise_exception=True)
        assert list(client.Owners.list(link=link)) == []
        stored = client.Owners.create(link, raise_exception=True)
        assert sorted(ids(client.Owners.list(link=link))) == sorted(ids(stored))

    def test_owners_of_many_links_are_listed_over_several_pages(self, client):
        links = [register(client)["id"] for _ in range(3)]
        stored = [o["id"] for link in links for o in client.Owners.create(link)]
        listed = ids(client.Owners.list(link__in=",".join(links), page_size=1))
        assert sorted(listed) == sorted(stored)

    def test_filters_detail_and_delete(self, client):
        link = register(client)["id"]
        one = client.Owners.create(link, raise_exception=True)[0]
        assert client.Owners.get(one["id"])["id"] == one["id"]
        assert one["id"] in ids(client.Owners.list(link=link, email=one["email"]))
        part = one["display_name"][1:5].upper()
        assert one["id"] in ids(client.Owners.list(link=link, display_name__icontains=part))
        assert list(client.Owners.list(link=link, email="nobody@example.com")) == []
        assert client.Owners.delete(one["id"]) is True
        assert gone(client.Owners.get, one["id"])
