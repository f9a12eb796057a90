"""SCIM 2.0, by the examples of RFC 7644 where it has one."""

import pytest

from bailiwick.kernel.federation.tests.scim import CORE, ENTERPRISE, Directory
from bailiwick.kernel.tenancy.models import Organization


@pytest.fixture
def scim(organization: Organization) -> Directory:
    return Directory(organization)


def test_creating_a_user(scim: Directory) -> None:
    """RFC 7644, section 3.3."""
    answer = scim.call(
        "POST",
        "/Users",
        {
            "schemas": [f"{CORE}:User"],
            "userName": "bjensen",
            "externalId": "bjensen",
            "name": {"formatted": "Ms. Barbara J Jensen III", "familyName": "Jensen", "givenName": "Barbara"},
        },
    )
    assert (answer.status_code, answer["Content-Type"]) == (201, "application/scim+json")
    user = answer.json()
    assert user["schemas"] == [f"{CORE}:User"]
    assert (user["userName"], user["externalId"], user["active"]) == ("bjensen", "bjensen", True)
    assert user["name"] == {"formatted": "Ms. Barbara J Jensen III", "familyName": "Jensen", "givenName": "Barbara"}
    assert user["meta"]["resourceType"] == "User"
    assert user["meta"]["location"] == answer["Location"] == f"http://testserver/api/scim/v2/Users/{user['id']}"
    assert user["meta"]["version"] == answer["ETag"] == 'W/"1"'
    assert scim.ok("GET", f"/Users/{user['id']}") == user
