"""Every method of the official SDK with every argument it has, for every resource, from one table.

What is called is written down, and in the end held against what the installed package offers: a
method or an argument that nobody has called is a failure.
"""

import base64
import datetime
import inspect
import operator
import secrets
from dataclasses import dataclass, field

import pytest
from belvo.client import Client
from belvo.enums import AccessMode, TaxRetentionType, TaxReturnType
from belvo.exceptions import BelvoAPIException, RequestError
from conftest import BANK, somebody, the_error
from requests import HTTPError

GOOD, WRONG = "111111", "999999"

NOBODY = "00000000-0000-7000-8000-000000000000"

# Arguments that are only known when there is a day and a link.
ACCOUNT = object()


def ago(days):
    return lambda today: (today - datetime.timedelta(days=days)).isoformat()


def year(today):
    return str(today.year)


def years_ago(count):
    return lambda today: str(today.year - count)


def taxpayer(letters=4):
    """The tax number of a person of their own."""
    name = "".join(secrets.choice("BCDFGHJKLM") for _ in range(letters))
    return f"{name}850101{secrets.randbelow(900) + 100}"


def company():
    """The tax number of a company of its own."""
    return taxpayer(letters=3)


def nit():
    """The tax number of a Colombian of their own, with its check digit."""
    base = str(secrets.randbelow(10**9) + 10**9)
    weights = (3, 7, 13, 17, 19, 23, 29, 37, 41, 43)
    rest = sum(int(digit) * weight for digit, weight in zip(reversed(base), weights)) % 11
    return f"{base}-{rest if rest < 2 else 11 - rest}"


def of_last_month(part):
    return lambda today: str(getattr(today.replace(day=1) - datetime.timedelta(days=1), part))


@dataclass(frozen=True)
class Has:
    """Who has a resource, what it is asked for with, and how its `resume` ends."""

    institution: str = BANK
    login: object = somebody
    password: str = "full"
    # The arguments of `create`, besides those that all have; each set is tried.
    ways: tuple = ({},)
    # The argument that asks for a document, and the key that shows it.
    document: tuple = ()
    # The institution of its kind that asks for a token; or how the SDK itself, or the server,
    # refuses to resume what is never asked.
    resume: object = "heimdall_mx_retail"
    # Further arguments of `resume`.
    resumes_with: dict = field(default_factory=dict)


DAYS = {"date_from": ago(60), "date_to": ago(1)}
FISCAL = dict(institution="tatooine_mx_fiscal", login=taxpayer)
SERVED = {
    "Accounts": Has(),
    "Balances": Has(ways=(DAYS, {**DAYS, "account": ACCOUNT})),
    "EmploymentRecords": Has(
        institution="planet_mx_employment",
        login=lambda: "TEMX850715HDFMRR08",
        # Taken, and there is none.
        ways=({"attach_pdf": True},),
        resume=405,
    ),
    "Incomes": Has(ways=({"date_from": ago(200), "date_to": ago(1)},)),
    "InvestmentsPortfolios": Has(institution="erebor_br_retail", resume="heimdall_br_retail"),
    "Invoices": Has(
        **FISCAL,
        ways=({**DAYS, "type_": "INFLOW"}, {**DAYS, "type_": "OUTFLOW"}),
        document=("attach_xml", "xml"),
        resume=NotImplementedError,
    ),
    "Owners": Has(),
    "RecurringExpenses": Has(),
    "RiskInsights": Has(),
    "Statements": Has(
        ways=(
            {"account": ACCOUNT, "year": of_last_month("year"), "month": of_last_month("month")},
        ),
        document=("attach_pdf", "pdf"),
        resumes_with={"account": NOBODY},
    ),
    "TaxComplianceStatus": Has(
        **FISCAL, document=("attach_pdf", "pdf"), resume=NotImplementedError
    ),
    "TaxDeclarations": Has(
        institution="tatooine_co_fiscal",
        login=nit,
        ways=({"year_from": years_ago(3), "year_to": years_ago(1)},),
        document=("attach_pdf", "pdf"),
        resume=405,
    ),
    "TaxRetentions": Has(
        institution="tatooine_mx_fiscal",
        # Who pays rent withholds from it.
        login=company,
        ways=tuple({"date_from": ago(364), "date_to": ago(0), "_type": t} for t in TaxRetentionType),
        document=("attach_xml", "xml"),
        resume=BelvoAPIException,
    ),
    "TaxReturns": Has(
        **FISCAL,
        ways=(
            {"year_from": years_ago(2), "year_to": year},
            {"date_from": ago(120), "date_to": ago(1), "type_": TaxReturnType.MONTHLY},
        ),
        document=("attach_pdf", "pdf"),
        resume=NotImplementedError,
    ),
    "TaxStatus": Has(**FISCAL, document=("attach_pdf", "pdf"), resume=NotImplementedError),
    "Transactions": Has(ways=(DAYS, {**DAYS, "account": ACCOUNT})),
}

# What every resource inherits, and these two have no use for; how each ends.
NONSENSE = {
    ("Institutions", "delete"): NotImplementedError,
    ("Institutions", "resume"): NotImplementedError,
    ("WidgetToken", "list"): 405,
    ("WidgetToken", "get"): 404,
    ("WidgetToken", "delete"): False,
    ("WidgetToken", "resume"): "method_not_allowed",
}

class Witness:
    """The client of the SDK, and which arguments of which methods have been used."""

    def __init__(self, client):
        self.client, self.seen = client, set()

    def __getattr__(self, name):
        return Witnessed(name, getattr(self.client, name), self.seen)


class Witnessed:
    def __init__(self, name, resource, seen):
        self.name, self.resource, self.seen = name, resource, seen

    def __getattr__(self, name):
        method = getattr(self.resource, name)
        signature = inspect.signature(method) if callable(method) else None

        def call(*args, **kwargs):
            bound = signature.bind(*args, **kwargs)
            self.seen.add((self.name, name, None))
            self.seen.update((self.name, name, argument) for argument in bound.arguments)
            return method(*args, **kwargs)

        if signature is None:
            return method
        call.__signature__ = signature
        return call


@pytest.fixture(scope="module")
def sdk(client):
    return Witness(client)


@pytest.fixture(scope="module")
def today(native):
    return native.today()


@pytest.fixture(scope="module")
def filters(native):
    """What lists can be filtered by, as the server's own description says."""
    paths = native.get("/openapi.json")["paths"]

    def of(endpoint):
        parameters = paths[endpoint]["get"]["parameters"]
        return [p["name"] for p in parameters if p["in"] == "query"]

    return of


def offered():
    """Everything that the SDK offers: resource, method, argument."""
    for name, attribute in vars(Client).items():
        if not isinstance(attribute, property):
            continue
        kind = getattr(__import__("belvo.resources", fromlist=[name]), name)
        for method, function in inspect.getmembers(kind, inspect.isfunction):
            if method.startswith("_"):
                continue
            yield name, method, None
            for argument, parameter in inspect.signature(function).parameters.items():
                if argument != "self" and parameter.kind is not parameter.VAR_KEYWORD:
                    yield name, method, argument


def filled(way, today, account):
    """The arguments of one way to ask."""
    values = {ACCOUNT: account}
    return {
        name: value(today) if inspect.isfunction(value) else values.get(value, value)
        for name, value in way.items()
    }


def records(answer):
    """What a retrieval has brought: a list, or the one thing that there is."""
    assert not (isinstance(answer, list) and answer and "request_id" in answer[0]), answer
    return answer if isinstance(answer, list) else [answer]


def ids(found):
    return sorted(record["id"] for record in found)


def status(call):
    with pytest.raises(HTTPError) as refusal:
        call()
    return refusal.value.response.status_code


def asked(answer):
    error = the_error(answer, "token_required")
    return error["session"], error["link"]


OPERATORS = {
    "in": operator.eq,
    "range": operator.eq,
    "gte": operator.ge,
    "gt": operator.gt,
    "lte": operator.le,
    "lt": operator.lt,
}


def check_filters(resource, names, link, stored):
    """Every filter finds, by what the first record says, those records that say the same."""
    checked = 0
    for name in names:
        *path, last = name.split("__")
        compare = OPERATORS.get(last, operator.eq)
        if last not in OPERATORS:
            path.append(last)

        def says(record):
            for key in path:
                record = record.get(key) if isinstance(record, dict) else None
            return record.get("id") if isinstance(record, dict) else record

        value = says(stored[0])
        if value is None or value == "" or isinstance(value, (list, bool)):
            continue
        wanted = f"{value},{value}" if last == "range" else value
        found = list(resource.list(**{"link": link, "page_size": 1000, name: wanted}))
        expected = [r for r in stored if says(r) is not None and compare(says(r), value)]
        assert ids(found) == ids(expected), f"{name}={wanted}"
        checked += 1
    # Of its link, at least, everything can be asked.
    assert checked >= 2, f"only {checked} filters of {names} could be tried"


@pytest.mark.parametrize("name", SERVED)
def test_a_resource_is_retrieved_listed_filtered_shown_and_deleted(
    sdk, client, filters, today, name
):
    row, resource = SERVED[name], getattr(sdk, name)
    link = client.Links.create(
        row.institution,
        row.login(),
        row.password,
        access_mode=AccessMode.SINGLE,
        raise_exception=True,
    )["id"]
    account = None
    if any(ACCOUNT in way.values() for way in row.ways):
        account = client.Accounts.create(link, raise_exception=True)[0]["id"]
    ways = [filled(way, today, account) for way in row.ways]
    for way in ways:
        unsaved = records(resource.create(link, save_data=False, **way))
        assert all("id" not in record for record in unsaved)
        assert list(resource.list(link=link)) == []
    read = [records(resource.create(link, raise_exception=True, **way)) for way in ways]
    stored = list(resource.list(link=link))
    assert stored and ids(stored) == sorted({record["id"] for some in read for record in some})
    check_filters(resource, filters(resource.endpoint), link, stored)

    if row.document:
        argument, key = row.document
        assert all(record[key] is None for record in stored)
        read = [records(resource.create(link, **{argument: True}, **way)) for way in ways]
        shown = [record[key] for some in read for record in some if record[key]]
        assert shown and all(base64.b64decode(document, validate=True) for document in shown)
        stored = list(resource.list(link=link))

    one = stored[0]
    assert resource.get(one["id"]) == one
    assert resource.get(one["id"], fields="id") == {"id": one["id"]}
    assert resource.delete(one["id"]) is True
    assert status(lambda: resource.get(one["id"])) == 404
    assert resource.delete(one["id"]) is False
    assert one["id"] not in ids(resource.list(link=link))
    assert client.Links.delete(link) is True


@pytest.mark.parametrize("name", SERVED)
def test_a_resource_is_resumed_where_its_institution_asks(sdk, client, today, name):
    row, resource = SERVED[name], getattr(sdk, name)
    if isinstance(row.resume, int):
        answer = resource.resume(session="0" * 32, token=GOOD, link=NOBODY)
        the_error(answer, "method_not_allowed")
        with pytest.raises(RequestError) as refusal:
            resource.resume("0" * 32, GOOD, raise_exception=True)
        assert refusal.value.status_code == row.resume
        return
    if not isinstance(row.resume, str):
        with pytest.raises(row.resume):
            resource.resume(session="0" * 32, token=GOOD, link=NOBODY)
        return
    first = client.Links.create(row.resume, somebody(), "full", access_mode=AccessMode.SINGLE)
    session, link = asked(first)
    assert client.Links.resume(session, GOOD, link=link)["status"] == "valid"
    account = None
    if any(ACCOUNT in way.values() for way in row.ways):
        account = records(client.Accounts.create(link, token=GOOD))[0]["id"]
    for way in row.ways:
        way = filled(way, today, account)
        session, _ = asked(resource.create(link, **way))
        session, _ = asked(resource.resume(session, WRONG, link=link, **row.resumes_with))
        assert records(resource.resume(session=session, token=GOOD, raise_exception=True))
        if "token" in inspect.signature(resource.create).parameters:
            assert records(resource.create(link, token=GOOD, **way))
    assert client.Links.delete(link) is True


def test_links_are_registered_asked_repaired_changed_and_deleted(sdk, client):
    advanced = dict(username_type="003", username2="valid", password2="valid")
    link = sdk.Links.create(
        "ironbank_br_retail",
        somebody(),
        "pass_valid",
        access_mode=AccessMode.RECURRENT,
        external_id="everything",
        save_data=False,
        raise_exception=True,
        **advanced,
    )
    assert (link["status"], link["external_id"]) == ("valid", "everything")
    anew = {key: advanced[key] for key in ("username_type", "password2")}
    again = sdk.Links.update(link["id"], password="other", save_data=False, **anew)
    assert again["id"] == link["id"] and again["status"] == "valid"
    single = sdk.Links.patch(link["id"], access_mode=AccessMode.SINGLE, raise_exception=True)
    assert single["access_mode"] == "single"
    assert sdk.Links.get(link["id"], fields="id") == {"id": link["id"]}
    assert ids(sdk.Links.list(external_id="everything")) == [link["id"]]
    with pytest.warns(DeprecationWarning):
        token = sdk.Links.token(link["id"], "read_links", widget={}, raise_exception=True)
    assert set(token) == {"access", "refresh"}
    assert sdk.Links.delete(link["id"]) is True
    assert status(lambda: sdk.Links.get(link["id"])) == 404

    third = sdk.Links.create(BANK, somebody(), "full", username3="third", raise_exception=True)
    assert third["status"] == "valid"
    at = "heimdall_mx_retail"
    session, link = asked(sdk.Links.create(at, somebody(), "full"))
    resumed = sdk.Links.resume(session, GOOD, link=link, raise_exception=True)
    assert resumed["status"] == "valid"
    assert sdk.Links.update(link, password="other", token=GOOD, raise_exception=True)["id"] == link
    up_front = sdk.Links.create(at, somebody(), "full", token=GOOD, raise_exception=True)
    assert up_front["status"] == "valid"
    with pytest.raises(RequestError):
        sdk.Links.update(NOBODY, password="other", raise_exception=True)


def test_tokens_and_institutions_are_had(sdk, client):
    (bank,) = sdk.Institutions.list(name=BANK)
    assert sdk.Institutions.get(bank["id"], fields="id,name") == {"id": bank["id"], "name": BANK}
    link = client.Links.create(BANK, somebody(), "full", raise_exception=True)["id"]
    asked_for = dict(scopes="read_links,write_links", link=link, widget={"branding": {}})
    token = sdk.WidgetToken.create(**asked_for, raise_exception=True)
    assert set(token) == {"access", "refresh"}


@pytest.mark.parametrize(("name", "method"), NONSENSE)
def test_what_two_resources_inherit_for_nothing_ends_as_it_should(sdk, name, method):
    ends, call = NONSENSE[name, method], getattr(getattr(sdk, name), method)
    arguments = {
        "list": {},
        "get": {"id": NOBODY, "fields": "id"},
        "delete": {"id": NOBODY},
        "resume": {"session": "0" * 32, "token": GOOD, "link": NOBODY},
    }[method]
    if method == "resume" and isinstance(ends, str):
        the_error(call(**arguments, raise_exception=False), ends)
        with pytest.raises(RequestError):
            call(**arguments, raise_exception=True)
    elif ends is NotImplementedError:
        with pytest.raises(NotImplementedError):
            call(**arguments)
    elif ends is False:
        assert call(**arguments) is False
    else:
        assert status(lambda: list(call(**arguments))) == ends


def test_nothing_that_the_sdk_offers_was_left_out(sdk):
    # It only says how an error comes back.
    left = {one for one in offered() if one[2] != "raise_exception"} - sdk.seen
    assert sorted(left, key=str) == []
