"""SCIM 2.0: whatever is sent and not understood is refused in the form of RFC 7644, and changes nothing."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bailiwick.kernel.federation.tests.scim import BASE, CORE, ENTERPRISE, PATCH, Directory
from bailiwick.kernel.tenancy.models import Organization


@pytest.fixture
def scim(organization: Organization) -> Directory:
    return Directory(organization)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/Nothing", 404),
        ("GET", "", 404),
        ("GET", "/Users/no-id", 404),
        ("DELETE", "/Users/00000000-0000-0000-0000-000000000000", 404),
        ("GET", "/Schemas/urn:nothing", 404),
        ("POST", "/Bulk", 501),
        ("GET", "/Me", 501),
        ("POST", "/.search", 501),
        ("DELETE", "/Users", 405),
        ("POST", "/Schemas", 405),
    ],
)
def test_what_is_not_there_is_said_in_the_same_form(scim: Directory, method: str, path: str, status: int) -> None:
    assert scim.refusal(method, path) == (status, None)


@pytest.mark.parametrize(
    "filter",
    [
        "userName",
        'userName eq "x',
        'userName xx "x"',
        'nothing eq "x"',
        "active gt true",
        'meta.created gt "yesterday"',
        'userName eq "x" and',
        "(" * 100 + 'userName eq "x"' + ")" * 100 + "(",
        " or ".join(f'userName eq "{n}"' for n in range(60)),
        "not (" * 40 + "title pr" + ")" * 40,
        'userName eq "' + "x" * 5000 + '"',
        'title[value eq "x"]',
    ],
)
def test_a_filter_that_is_none_is_refused(scim: Directory, filter: str) -> None:
    answer = scim.client.get(f"{BASE}/Users", {"filter": filter})
    assert (answer.status_code, answer.json()["scimType"]) == (400, "invalidFilter")


@pytest.mark.parametrize(
    "query", ["count=x", "startIndex=1.5", "filter=%00", "attributes=emails[type eq 1]", "sortBy=%00"]
)
def test_a_query_that_is_none_is_refused(scim: Directory, query: str) -> None:
    assert scim.refusal("GET", f"/Users?{query}")[0] == 400


@pytest.mark.parametrize(
    ("body", "scim_type"),
    [
        (b"{", "invalidSyntax"),
        (b"[]", "invalidSyntax"),
        (b'"x"', "invalidSyntax"),
        (b"", "invalidValue"),
        (b"{}", "invalidValue"),
        (b'{"userName": "a\\u0000b"}', "invalidValue"),
        (b'{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"]}', "invalidValue"),
        (b'{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "x", "emails": 5}', "invalidValue"),
        (b'{"schemas": 5, "userName": "x"}', "invalidValue"),
    ],
)
def test_a_body_that_is_none_is_refused(scim: Directory, body: bytes, scim_type: str) -> None:
    answer = scim.client.generic("POST", f"{BASE}/Users", body, "application/scim+json")
    assert (answer.status_code, answer.json().get("scimType")) == (400, scim_type), answer.content


@pytest.mark.parametrize(
    ("operations", "scim_type"),
    [
        ([], "invalidValue"),
        ([{"op": "add"}], "invalidValue"),
        ([{"op": "jump", "path": "title", "value": "x"}], "invalidValue"),
        ([{"op": "remove"}], "noTarget"),
        ([{"op": "replace", "path": "nothing", "value": "x"}], None),
        ([{"op": "replace", "path": "emails[", "value": "x"}], "invalidPath"),
        ([{"op": "remove", "path": "userName"}], "mutability"),
        ([{"op": "replace", "path": "meta", "value": {}}], "mutability"),
        ([{"op": "replace", "path": "emails", "value": 5}], "invalidValue"),
        ([{"op": "add", "path": "title", "value": "x"}] * 201, "invalidValue"),
        ("nothing", "invalidValue"),
    ],
)
def test_operations_that_are_none_change_nothing(scim: Directory, operations: Any, scim_type: str | None) -> None:
    user = scim.add_user("babs")
    path, given = f"/Users/{user['id']}", {"schemas": [PATCH], "Operations": operations}
    if scim_type is None:  # an attribute that we do not know is let pass, as in every other body
        assert scim.ok("PATCH", path, given) == user
    else:
        assert scim.refusal("PATCH", path, given) == (400, scim_type)
    assert scim.ok("GET", path) == user


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=8,
)
NAMES = [
    "userName",
    "active",
    "emails",
    "name",
    "members",
    "displayName",
    "externalId",
    "groups",
    "meta",
    "id",
    ENTERPRISE,
]


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    values=st.dictionaries(st.sampled_from(NAMES), JSON), path=st.sampled_from(["/Users", "/Groups"]), data=st.data()
)
def test_whatever_is_sent_is_never_a_fault_of_ours(scim: Directory, values: Any, path: str, data: Any) -> None:
    """Bodies, operations and filters of any form: taken, or refused as RFC 7644 says."""
    made = scim.call("POST", path, {"schemas": [f"{CORE}:{path[1:-1]}"]} | values)
    assert made.status_code in (201, 400, 409), made.content
    if made.status_code == 201:
        operation = {
            "op": data.draw(st.sampled_from(["add", "replace", "remove"])),
            "path": data.draw(st.sampled_from([*NAMES, 'emails[type eq "work"].value', "members[value pr]", "", None])),
            "value": data.draw(JSON),
        }
        place = f"{path}/{made.json()['id']}"
        changed = scim.call("PATCH", place, {"schemas": [PATCH], "Operations": [operation]})
        assert changed.status_code in (200, 400, 409), changed.content
        assert scim.call("GET", place).status_code == 200
        assert scim.call("PUT", place, {"schemas": [f"{CORE}:{path[1:-1]}"]} | values).status_code in (200, 400, 409)
    word = json.dumps(data.draw(st.text(max_size=10)))
    name = data.draw(
        st.sampled_from(["userName", "emails", "members", "active", "meta.created", "groups.display", "name"])
    )
    operator = data.draw(st.sampled_from(["eq", "ne", "co", "sw", "ew", "gt", "le"]))
    found = scim.client.get(BASE + path, {"filter": f"{name} {operator} {word}"})
    assert found.status_code in (200, 400), found.content
