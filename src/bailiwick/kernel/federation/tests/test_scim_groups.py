"""SCIM 2.0: groups, and the roles that they mean."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from bailiwick.kernel.access.actions import give_grant, write_grant
from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.federation.actions.groups import map_group
from bailiwick.kernel.federation.models import DirectoryMembership, DirectoryUser
from bailiwick.kernel.federation.tests.scim import CORE, PATCH, Directory
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.jobs.tasks import run_job
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.clients import with_session
from bailiwick.kernel.testing.factories import MakePerson, actor_for, new_member


@pytest.fixture
def scim(organization: Organization) -> Directory:
    return Directory(organization)


def let_mean(organization: Organization, group: str, role: str) -> None:
    admin = actor_for(new_member(organization, "administrator"))
    with enter(organization.id, member_id=admin.member_id):
        map_group(actor=admin, provider_id=None, group=group, role=role)


def member_of(scim: Directory, user: dict[str, str]) -> Member:
    with enter(scim.organization.id):
        return DirectoryUser.objects.select_related("member").get(id=user["id"]).member


def roles_of(scim: Directory, user: dict[str, str]) -> tuple[str, ...]:
    return actor_for(member_of(scim, user)).roles


def test_a_group_and_its_members(scim: Directory) -> None:
    """RFC 7643, section 8.4."""
    babs, mandy = (
        scim.add_user("babs", displayName="Babs Jensen"),
        scim.add_user("mandy", displayName="Mandy Pepperidge"),
    )
    answer = scim.call(
        "POST",
        "/Groups",
        {
            "schemas": [f"{CORE}:Group"],
            "displayName": "Tour Guides",
            "members": [{"value": babs["id"], "display": "Babs Jensen"}, {"value": mandy["id"]}],
        },
    )
    group = answer.json()
    assert (answer.status_code, answer["ETag"], group["displayName"]) == (201, 'W/"1"', "Tour Guides")
    assert [(each["value"], each["type"], each["$ref"]) for each in group["members"]] == [
        (babs["id"], "User", babs["meta"]["location"]),
        (mandy["id"], "User", mandy["meta"]["location"]),
    ]
    shown = scim.ok("GET", f"/Users/{babs['id']}")["groups"]
    assert [(each["value"], each["display"], each["$ref"]) for each in shown] == [
        (group["id"], "Tour Guides", group["meta"]["location"])
    ]


def test_members_come_and_go(scim: Directory) -> None:
    """RFC 7644, section 3.5.2.1 to 3.5.2.3."""
    babs, james = scim.add_user("babs"), scim.add_user("james")
    path = f"/Groups/{scim.add_group('Guides')['id']}"
    add = {"op": "add", "path": "members", "value": [{"display": "Babs", "value": babs["id"]}]}
    assert [each["value"] for each in scim.patch(path, add)["members"]] == [babs["id"]]
    assert scim.patch(path, add)["meta"]["version"] == 'W/"2"', "who is in it already is not added again"
    both = scim.patch(
        path, {"op": "replace", "path": "members", "value": [{"value": babs["id"]}, {"value": james["id"]}]}
    )
    assert {each["value"] for each in both["members"]} == {babs["id"], james["id"]}
    one = scim.patch(path, {"op": "remove", "path": f'members[value eq "{babs["id"]}"]'})
    assert [each["value"] for each in one["members"]] == [james["id"]]
    swap = {"op": "add", "path": "members", "value": [{"value": babs["id"]}]}
    swapped = scim.patch(path, {"op": "remove", "path": f'members[value eq "{james["id"]}"]'}, swap)
    assert [each["value"] for each in swapped["members"]] == [babs["id"]]
    assert "members" not in scim.patch(path, {"op": "remove", "path": "members"})
    with enter(scim.organization.id):
        assert DirectoryMembership.objects.count() == 3, "who is gone stays on record"


def test_members_are_removed_the_way_large_directories_do(scim: Directory) -> None:
    babs, james = scim.add_user("babs"), scim.add_user("james")
    path = f"/Groups/{scim.add_group('Guides', babs['id'], james['id'])['id']}"
    left = scim.patch(path, {"op": "Remove", "path": "members", "value": [{"value": babs["id"]}]})
    assert [each["value"] for each in left["members"]] == [james["id"]]


def test_replacing_a_group(scim: Directory) -> None:
    babs = scim.add_user("babs")
    path = f"/Groups/{scim.add_group('Guides', babs['id'])['id']}"
    given = {"schemas": [f"{CORE}:Group"], "displayName": "Leads", "externalId": "42"}
    replaced = scim.ok("PUT", path, given, **{"If-Match": 'W/"1"'})
    assert (replaced["displayName"], replaced["externalId"], "members" in replaced) == ("Leads", "42", False)
    assert scim.refusal("PUT", path, given, **{"If-Match": 'W/"1"'}) == (412, None)


def test_a_group_means_a_role_for_whoever_is_in_it(scim: Directory, person: MakePerson) -> None:
    let_mean(scim.organization, "reviewers", "reviewer")
    user, member = person(scim.organization)
    kept, client = scim.add_user(user.username), with_session(member)
    assert client.get("/review").status_code == 403
    path = f"/Groups/{scim.add_group('Reviewers', kept['id'])['id']}"
    assert client.get("/review").status_code == 200
    scim.patch(path, {"op": "remove", "path": "members"})
    assert client.get("/review").status_code == 403


def test_groups_in_groups_count_even_in_a_circle(scim: Directory) -> None:
    let_mean(scim.organization, "outer", "reviewer")
    babs = scim.add_user("babs")
    inner = scim.add_group("inner", babs["id"])
    middle = scim.add_group("middle", inner["id"])
    outer = scim.add_group("outer", middle["id"])
    assert outer["members"][0]["type"] == "Group"
    assert roles_of(scim, babs) == ("reviewer",)
    scim.patch(f"/Groups/{inner['id']}", {"op": "add", "path": "members", "value": [{"value": outer["id"]}]})
    assert roles_of(scim, babs) == ("reviewer",)
    scim.ok("DELETE", f"/Groups/{middle['id']}", status=204)
    assert roles_of(scim, babs) == ()
    assert "members" not in scim.ok("GET", f"/Groups/{outer['id']}")


def test_another_name_means_another_role(scim: Directory) -> None:
    let_mean(scim.organization, "reviewers", "reviewer")
    babs = scim.add_user("babs")
    path = f"/Groups/{scim.add_group('guides', babs['id'])['id']}"
    scim.patch(path, {"op": "replace", "path": "displayName", "value": "reviewers"})
    assert roles_of(scim, babs) == ("reviewer",)
    scim.patch(path, {"op": "replace", "value": {"displayName": "guides"}})
    assert roles_of(scim, babs) == ()


def test_who_comes_back_has_the_roles_of_their_groups(scim: Directory) -> None:
    let_mean(scim.organization, "reviewers", "reviewer")
    babs = scim.add_user("babs", active=False)
    group = scim.add_group("reviewers", babs["id"])
    scim.patch(f"/Users/{babs['id']}", {"op": "replace", "path": "active", "value": True})
    assert roles_of(scim, babs) == ("reviewer",)
    scim.ok("DELETE", f"/Groups/{group['id']}", status=204)
    assert roles_of(scim, babs) == ()


def test_a_removed_person_is_in_no_group(scim: Directory) -> None:
    let_mean(scim.organization, "reviewers", "reviewer")
    babs, james = scim.add_user("babs"), scim.add_user("james")
    group = scim.add_group("reviewers", babs["id"], james["id"])
    scim.ok("DELETE", f"/Users/{babs['id']}", status=204)
    assert [each["value"] for each in scim.ok("GET", f"/Groups/{group['id']}")["members"]] == [james["id"]]


def test_strangers_are_in_no_group(scim: Directory, other_organization: Organization) -> None:
    theirs = Directory(other_organization)
    stranger, their_group = theirs.add_user("stranger"), theirs.add_group("strangers")
    own = scim.add_group("guides")
    given = {"schemas": [f"{CORE}:Group"], "displayName": "x"}
    for value in (stranger["id"], their_group["id"], "nobody", "", None, 5):
        assert scim.refusal("POST", "/Groups", given | {"members": [{"value": value}]}) == (400, "invalidValue")
    change = {"schemas": [PATCH], "Operations": [{"op": "add", "path": "members", "value": [{"value": own["id"]}]}]}
    assert scim.refusal("PATCH", f"/Groups/{own['id']}", change) == (400, "invalidValue")
    assert scim.refusal("GET", f"/Groups/{their_group['id']}") == (404, None)
    assert scim.found("/Groups", "displayName pr") == ["guides"]


def test_a_name_of_a_group_is_taken_once(scim: Directory) -> None:
    scim.add_group("Guides")
    given = {"schemas": [f"{CORE}:Group"], "displayName": "guides"}
    assert scim.refusal("POST", "/Groups", given) == (409, "uniqueness")
    other = scim.add_group("other")
    assert scim.refusal("PUT", f"/Groups/{other['id']}", given) == (409, "uniqueness")
    assert scim.refusal("POST", "/Groups", {"schemas": [f"{CORE}:Group"]}) == (400, "invalidValue")


def test_lists_of_groups_leave_members_out_where_they_are_not_asked_for(
    scim: Directory, count_statements: Callable[[], AbstractContextManager[object]]
) -> None:
    babs = scim.add_user("babs")
    scim.add_group("guides", babs["id"])
    for query, is_shown in (("", True), ("?excludedAttributes=members", False), ("?attributes=displayName", False)):
        (group,) = scim.ok("GET", f"/Groups{query}")["Resources"]
        assert ("members" in group) == is_shown
    assert scim.ok("GET", "/Groups?attributes=members.value")["Resources"][0]["members"] == [{"value": babs["id"]}]


@pytest.mark.django_db(transaction=True)
def test_a_large_group_has_its_roles_by_a_job(organization: Organization, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bailiwick.kernel.federation.actions.scim_groups.AT_ONCE", 1)
    scim = Directory(organization)
    let_mean(organization, "reviewers", "reviewer")
    people = [scim.add_user(name) for name in ("babs", "james")]
    scim.add_group("reviewers", *(each["id"] for each in people))
    assert roles_of(scim, people[0]) == ()
    with enter(organization.id):
        jobs = list(Job.objects.filter(kind="federation.groups").values_list("id", flat=True))
    for job_id in jobs:
        run_job(str(organization.id), str(job_id))
    assert [roles_of(scim, each) for each in people] == [("reviewer",)] * 2


def test_what_somebody_passed_on_ends_when_the_directory_lets_them_go(scim: Directory) -> None:
    babs, other = scim.add_user("babs"), new_member(scim.organization)
    giver = member_of(scim, babs)
    with enter(scim.organization.id):
        write_grant(ActorRef(scim.organization.id, None, "system"), giver.id, "reviewer", is_passable=True)
        give_grant(actor=actor_for(giver), member_id=other.id, role="reviewer")
    assert actor_for(other).roles == ("reviewer",)
    scim.patch(f"/Users/{babs['id']}", {"op": "replace", "path": "active", "value": False})
    assert actor_for(other).roles == ()


def test_whoever_is_taken_back_gets_the_roles_of_their_groups_and_none_that_was_given_by_hand(scim: Directory) -> None:
    let_mean(scim.organization, "Reviewers", "reviewer")
    babs = scim.add_user("babs")
    scim.add_group("Reviewers", babs["id"])
    with enter(scim.organization.id):
        write_grant(ActorRef(scim.organization.id, None, "system"), member_of(scim, babs).id, "administrator")
    assert set(roles_of(scim, babs)) == {"administrator", "reviewer"}
    scim.patch(f"/Users/{babs['id']}", {"op": "replace", "path": "active", "value": False})
    scim.patch(f"/Users/{babs['id']}", {"op": "replace", "path": "active", "value": True})
    assert roles_of(scim, babs) == ("reviewer",)
