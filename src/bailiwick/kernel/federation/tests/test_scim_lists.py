"""SCIM 2.0: lists, filters, and what is described."""

from typing import Any

import pytest
from scim2_models import ScimFilter

from bailiwick.kernel.federation.models import DirectoryUser
from bailiwick.kernel.federation.rules.scim import Person, person_of
from bailiwick.kernel.federation.tests.scim import CORE, ENTERPRISE, Directory
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.scope import enter

PEOPLE: list[dict[str, Any]] = [
    {"userName": "bjensen", "title": "Guide", "name": {"familyName": "O'Malley"}, "externalId": "X1"},
    {"userName": "jsmith", "userType": "Employee", "emails": [{"type": "work", "value": "j@example.com"}]},
    {
        "userName": "Babs",
        "displayName": 'a "quoted" \\ 100% _name',
        "userType": "Intern",
        "emails": [
            {"type": "home", "value": "b@example.com"},
            {"type": "work", "value": "b@example.org", "primary": True},
        ],
        ENTERPRISE: {"department": "Tours", "manager": {"value": "26118915"}},
    },
    {"userName": "zoe", "active": False, "nickName": "Ünïcode", "phoneNumbers": [{"value": "555", "type": "work"}]},
]
FILTERS = [
    # RFC 7644, figure 2, and what it leaves out.
    'userName eq "bjensen"',
    'name.familyName co "O\'Malley"',
    'userName sw "J"',
    f'{CORE}:User:userName sw "J"',
    "title pr",
    'meta.lastModified gt "2011-05-13T04:42:34Z"',
    'meta.lastModified ge "2011-05-13T04:42:34Z"',
    'meta.lastModified lt "2011-05-13T04:42:34Z"',
    'title pr and userType eq "Employee"',
    'title pr or userType eq "Intern"',
    f'schemas eq "{ENTERPRISE}"',
    'userType eq "Employee" and (emails co "example.com" or emails.value co "example.org")',
    'userType ne "Employee" and not (emails co "example.com" or emails.value co "example.org")',
    'userType eq "Employee" and (emails.type eq "work")',
    'userType eq "Employee" and emails[type eq "work" and value co "@example.com"]',
    'emails[type eq "work" and value co "@example.com"] or ims[type eq "xmpp" and value co "@foo.com"]',
    'userName EQ "BJENSEN"',
    'externalId eq "x1"',
    'externalId eq "X1"',
    "externalId pr",
    "active eq true",
    "active eq false",
    "active ne false",
    "not (active eq true)",
    'userName ne "zoe"',
    'userType ne "Intern"',
    "userType eq null",
    "userType ne null",
    'userName ew "S"',
    'userName gt "c"',
    'userName le "bjensen"',
    'displayName co "100%"',
    'displayName eq "a \\"quoted\\" \\\\ 100% _name"',
    'displayName sw "a _"',
    'nickName eq "üNÏCODE"',
    "emails pr",
    'emails[type eq "work"]',
    'emails[primary eq true and value ew "org"]',
    'emails[not (type eq "home")]',
    'emails ne "b@example.com"',
    f'{ENTERPRISE}:department eq "tours"',
    f'{ENTERPRISE}:manager.value eq "26118915"',
    f"{ENTERPRISE}:manager pr",
    "name pr",
    'phoneNumbers.value eq "555" and phoneNumbers.type eq "work"',
    'meta.resourceType eq "User"',
    'meta.version eq "W/\\"1\\""',
    "groups pr",
    'userName eq "\'; DROP TABLE identity_user; --"',
]


@pytest.fixture
def scim(organization: Organization) -> Directory:
    return Directory(organization)


@pytest.fixture
def people(scim: Directory) -> Directory:
    for each in PEOPLE:
        scim.ok("POST", "/Users", {"schemas": [f"{CORE}:User"]} | each, 201)
    return scim


@pytest.mark.parametrize("filter", FILTERS)
def test_a_filter_finds_what_it_means(people: Directory, filter: str) -> None:
    """As the library evaluates it in memory, which knows nothing of our SQL."""
    with enter(people.organization.id):
        rows = DirectoryUser.objects.select_related("member").order_by("id")
        resources = [person_of(row, is_active=row.member.is_active) for row in rows]
    wanted = ScimFilter[Person](filter)
    expected = [each.user_name for each in resources if wanted.match(each)]
    assert people.found("/Users", filter) == expected


def test_the_filters_above_find_some_and_leave_some(people: Directory) -> None:
    """Else they would prove little."""
    sizes = {len(people.found("/Users", each)) for each in FILTERS}
    assert {0, 1, 2, 3, 4} <= sizes


def test_groups_are_found_by_name_and_member(people: Directory) -> None:
    (babs,) = people.ok("GET", '/Users?filter=userName eq "babs"')["Resources"]
    guides, inner = people.add_group("Tour Guides", babs["id"]), people.add_group("Employees")
    outer = people.add_group("All", inner["id"])
    assert people.found("/Groups", 'displayName eq "tour guides"') == ["Tour Guides"]
    assert people.found("/Groups", f'members.value eq "{babs["id"]}"') == ["Tour Guides"]
    assert people.found("/Groups", f'id eq "{guides["id"]}" and members eq "{babs["id"]}"') == ["Tour Guides"]
    assert people.found("/Groups", f'members[type eq "Group" and value eq "{inner["id"]}"]') == ["All"]
    assert people.found("/Groups", "not (members pr)") == ["Employees"]
    assert people.found("/Users", f'groups.value eq "{guides["id"]}"') == ["Babs"]
    assert people.found("/Users", 'groups[display co "guides"]') == ["Babs"]
    assert people.found("/Groups", f'members.value eq "{outer["id"]}"') == []


def test_pages_are_counted_from_one_and_come_in_one_order(people: Directory) -> None:
    """RFC 7644, section 3.4.2.4."""
    names = [each["userName"] for each in PEOPLE]
    whole = people.ok("GET", "/Users")
    assert (whole["totalResults"], whole["startIndex"], whole["itemsPerPage"]) == (4, 1, 4)
    assert [each["userName"] for each in whole["Resources"]] == names
    page = people.ok("GET", "/Users?startIndex=2&count=2")
    assert (page["totalResults"], page["startIndex"], page["itemsPerPage"]) == (4, 2, 2)
    assert [each["userName"] for each in page["Resources"]] == names[1:3]
    for query, shown, total in (("count=0", 0, 4), ("count=-1", 0, 4), ("startIndex=-5", 4, 4), ("startIndex=9", 0, 4)):
        answer = people.ok("GET", f"/Users?{query}")
        assert (len(answer["Resources"]), answer["totalResults"]) == (shown, total), query
    assert people.ok("GET", "/Users?count=100000")["itemsPerPage"] == 4
    assert people.ok("GET", "/Users?startIndex=99999999999999999999")["Resources"] == []


def test_a_list_costs_the_same_whatever_its_length(people: Directory, count_statements: Any) -> None:
    people.add_group("guides", *(each["id"] for each in people.ok("GET", "/Users")["Resources"]))
    seen = []
    for count in (1, 4):
        with count_statements() as statements:
            people.ok("GET", f"/Users?count={count}")
        seen.append(statements.count)
    assert seen[0] <= 5 and seen[1] <= seen[0]


def test_searching_by_post(people: Directory) -> None:
    """RFC 7644, section 3.4.3."""
    given = {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
        "attributes": ["displayName", "userName"],
        "filter": 'userName sw "b"',
        "startIndex": 1,
        "count": 10,
    }
    found = people.ok("POST", "/Users/.search", given)
    assert [each["userName"] for each in found["Resources"]] == ["bjensen", "Babs"]
    assert set(found["Resources"][0]) == {"schemas", "id", "userName"}
    people.add_group("guides")
    assert people.ok("POST", "/Groups/.search", {"filter": "displayName pr"})["totalResults"] == 1


def test_the_service_describes_itself(scim: Directory) -> None:
    """RFC 7644, section 4."""
    config = scim.ok("GET", "/ServiceProviderConfig")
    offered = {
        name: config[name]["supported"] for name in ("patch", "bulk", "filter", "changePassword", "sort", "etag")
    }
    assert offered == {
        "patch": True, "bulk": False, "filter": True, "changePassword": False, "sort": False, "etag": True,
    }  # fmt: skip
    types = scim.ok("GET", "/ResourceTypes")
    assert [(each["id"], each["endpoint"]) for each in types["Resources"]] == [("User", "/Users"), ("Group", "/Groups")]
    assert scim.ok("GET", "/ResourceTypes/User") == types["Resources"][0]
    schemas = scim.ok("GET", "/Schemas")
    assert [each["id"] for each in schemas["Resources"]] == [f"{CORE}:User", ENTERPRISE, f"{CORE}:Group"]
    assert scim.ok("GET", f"/Schemas/{CORE}:Group") == schemas["Resources"][2]
    for path in ("/ServiceProviderConfig", "/ResourceTypes", "/Schemas"):
        assert scim.refusal("GET", f'{path}?filter=id eq "x"') == (403, None)
