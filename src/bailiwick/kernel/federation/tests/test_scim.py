"""SCIM 2.0: people, by the examples of RFC 7644 where it has one."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.test import Client

from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.federation.models import DirectoryUser
from bailiwick.kernel.federation.tests.scim import BASE, CORE, ENTERPRISE, PATCH, Directory
from bailiwick.kernel.identity.models import Member, SignInPolicy, User
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.clients import with_key, with_session, with_token
from bailiwick.kernel.testing.factories import MakeMember, MakePerson, actor_for

BARBARA = {
    "schemas": [f"{CORE}:User"],
    "userName": "bjensen",
    "externalId": "bjensen",
    "name": {"formatted": "Ms. Barbara J Jensen III", "familyName": "Jensen", "givenName": "Barbara"},
}


@pytest.fixture
def scim(organization: Organization) -> Directory:
    return Directory(organization)


def member_of(scim: Directory, user: dict[str, str]) -> Member:
    with enter(scim.organization.id):
        return DirectoryUser.objects.select_related("member__user").get(id=user["id"]).member


def test_creating_a_user(scim: Directory) -> None:
    """RFC 7644, section 3.3."""
    answer = scim.call("POST", "/Users", BARBARA)
    assert (answer.status_code, answer["Content-Type"]) == (201, "application/scim+json")
    user = answer.json()
    assert user["schemas"] == [f"{CORE}:User"]
    assert (user["userName"], user["externalId"], user["active"]) == ("bjensen", "bjensen", True)
    assert user["name"] == BARBARA["name"]
    assert user["meta"]["resourceType"] == "User"
    assert user["meta"]["location"] == answer["Location"] == f"http://testserver{BASE}/Users/{user['id']}"
    assert user["meta"]["version"] == answer["ETag"] == 'W/"1"'
    assert scim.ok("GET", f"/Users/{user['id']}") == user
    member = member_of(scim, user)
    assert (member.name, member.is_active, member.user.email) == ("Ms. Barbara J Jensen III", True, "")
    assert not member.user.has_usable_password()


def test_retrieving_a_known_version_sends_nothing(scim: Directory) -> None:
    """RFC 7644, section 3.14."""
    user = scim.ok("POST", "/Users", BARBARA, 201)
    answer = scim.call("GET", f"/Users/{user['id']}", **{"If-None-Match": 'W/"1"'})
    assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", 'W/"1"')


def test_replacing_a_user(scim: Directory) -> None:
    """RFC 7644, section 3.5.1."""
    user = scim.ok("POST", "/Users", BARBARA, 201)
    given = BARBARA | {
        "id": user["id"],
        "name": {
            "formatted": "Ms. Barbara J Jensen III",
            "familyName": "Jensen",
            "givenName": "Barbara",
            "middleName": "Jane",
        },
        "roles": [],
        "emails": [{"value": "bjensen@example.com"}, {"value": "babs@jensen.org"}],
    }
    answer = scim.call("PUT", f"/Users/{user['id']}", given, **{"If-Match": 'W/"1"'})
    assert (answer.status_code, answer["ETag"]) == (200, 'W/"2"')
    shown = answer.json()
    assert shown["name"]["middleName"] == "Jane"
    assert [each["value"] for each in shown["emails"]] == ["bjensen@example.com", "babs@jensen.org"]
    again = scim.ok("PUT", f"/Users/{user['id']}", {"schemas": [f"{CORE}:User"], "userName": "bjensen"})
    assert "emails" not in again and "externalId" not in again and again["active"] is True


@pytest.mark.parametrize("version", ['W/"7"', '"7"', "nonsense", 'W/"99999999999999999999"'])
def test_a_change_of_another_version_is_refused(scim: Directory, version: str) -> None:
    user = scim.ok("POST", "/Users", BARBARA, 201)
    path = f"/Users/{user['id']}"
    assert scim.refusal("PUT", path, BARBARA, **{"If-Match": version}) == (412, None)
    change = {"schemas": [PATCH], "Operations": [{"op": "replace", "path": "title", "value": "x"}]}
    assert scim.refusal("PATCH", path, change, **{"If-Match": version}) == (412, None)
    assert scim.refusal("DELETE", path, **{"If-Match": version}) == (412, None)
    assert scim.ok("GET", path) == user


def test_modifying_by_operations(scim: Directory) -> None:
    """RFC 7644, section 3.5.2: add, replace by a path with a filter, remove."""
    user = scim.ok("POST", "/Users", BARBARA | {"emails": [{"value": "old@example.com", "type": "work"}]}, 201)
    path = f"/Users/{user['id']}"
    changed = scim.patch(
        path,
        {"op": "add", "value": {"emails": [{"value": "babs@jensen.org", "type": "home"}], "nickName": "Babs"}},
        {
            "op": "replace",
            "path": 'addresses[type eq "work"]',
            "value": {"type": "work", "streetAddress": "911 Universal City Plaza", "locality": "Hollywood"},
        },
        {"op": "replace", "path": 'emails[type eq "work"].value', "value": "new@example.com"},
        {"op": "add", "path": f"{ENTERPRISE}:department", "value": "Tour Operations"},
    )
    assert {each["value"] for each in changed["emails"]} == {"new@example.com", "babs@jensen.org"}
    assert changed["addresses"][0]["locality"] == "Hollywood"
    assert changed[ENTERPRISE] == {"department": "Tour Operations"}
    assert set(changed["schemas"]) == {f"{CORE}:User", ENTERPRISE}
    assert member_of(scim, user).department == "Tour Operations"
    removed = scim.patch(path, {"op": "remove", "path": 'emails[type eq "home"]'}, {"op": "remove", "path": "nickName"})
    assert [each["value"] for each in removed["emails"]] == ["new@example.com"] and "nickName" not in removed
    assert removed["meta"]["version"] == 'W/"3"'


def test_a_change_that_changes_nothing_makes_no_version(scim: Directory) -> None:
    user = scim.ok("POST", "/Users", BARBARA, 201)
    again = scim.patch(f"/Users/{user['id']}", {"op": "replace", "path": "externalId", "value": "bjensen"})
    assert again["meta"] == user["meta"]


def test_one_operation_that_fails_undoes_all(scim: Directory) -> None:
    user = scim.ok("POST", "/Users", BARBARA, 201)
    operations = [{"op": "replace", "path": "title", "value": "x"}, {"op": "replace", "path": "id", "value": "1"}]
    given = {"schemas": [PATCH], "Operations": operations}
    assert scim.refusal("PATCH", f"/Users/{user['id']}", given) == (400, "mutability")
    assert scim.ok("GET", f"/Users/{user['id']}") == user


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "replace", "path": "active", "value": False},
        {"op": "Replace", "path": "active", "value": "False"},
        {"op": "replace", "value": {"active": False}},
    ],
)
def test_whoever_is_not_active_is_out_at_the_next_request(
    scim: Directory, person: MakePerson, operation: dict[str, object]
) -> None:
    user, member = person(scim.organization)
    kept = scim.add_user(user.username)
    session, token, key = with_session(member), with_token(member), with_key(member)
    assert session.get("/").status_code == 200
    scim.patch(f"/Users/{kept['id']}", operation)
    assert session.get("/").status_code == 302
    assert (token.get("/api/predictions/").status_code, key.get("/api/predictions/").status_code) == (401, 401)
    assert scim.ok("GET", f"/Users/{kept['id']}")["active"] is False
    scim.patch(f"/Users/{kept['id']}", {"op": "replace", "path": "active", "value": True})
    assert session.get("/").status_code == 302, "what has ended stays ended"
    assert with_session(member).get("/").status_code == 200


def test_a_removed_user_is_out_and_gone(scim: Directory, person: MakePerson) -> None:
    """RFC 7644, section 3.6."""
    user, member = person(scim.organization)
    kept = scim.add_user(user.username)
    session = with_session(member)
    answer = scim.call("DELETE", f"/Users/{kept['id']}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert session.get("/").status_code == 302
    for method in ("GET", "DELETE", "PUT", "PATCH"):
        assert scim.refusal(method, f"/Users/{kept['id']}", BARBARA) == (404, None)
    again = scim.add_user(user.username)
    assert again["id"] != kept["id"]
    assert member_of(scim, again).id != member.id, "whoever comes by a name that was free inherits nothing"


def test_a_directory_reaches_nobody_elsewhere(
    scim: Directory, other_organization: Organization, person: MakePerson
) -> None:
    """A login of another organisation's person is a new person here; what is done to them stays here."""
    user, elsewhere = person(other_organization, "administrator")
    there = with_session(elsewhere)
    kept = scim.add_user(user.username, emails=[{"value": "taken@example.org", "primary": True}], displayName="Other")
    member = member_of(scim, kept)
    assert member.user_id != user.id and member.user.username != user.username
    scim.patch(f"/Users/{kept['id']}", {"op": "replace", "path": "active", "value": False})
    scim.ok("DELETE", f"/Users/{kept['id']}", status=204)
    assert there.get("/").status_code == 200
    fresh = User.objects.get(id=user.id)
    assert (fresh.email, fresh.first_name, fresh.is_active) == (user.email, user.first_name, True)


def test_of_a_person_of_several_organisations_only_the_membership_here_ends(
    scim: Directory, other_organization: Organization, person: MakePerson, member: MakeMember
) -> None:
    user, here = person(scim.organization)
    elsewhere = member(other_organization, user_id=user.id)
    kept = scim.add_user(user.username, displayName="New Name", emails=[{"value": "evil@example.org"}])
    assert member_of(scim, kept).id == here.id
    inside, outside = with_session(here), with_session(elsewhere)
    scim.ok("DELETE", f"/Users/{kept['id']}", status=204)
    assert (inside.get("/").status_code, outside.get("/").status_code) == (302, 200)
    fresh = User.objects.get(id=user.id)
    assert (fresh.full_name, fresh.email) == (user.full_name, user.email)


def test_who_opens_the_door_in_need_is_not_a_directorys_to_end(scim: Directory, person: MakePerson) -> None:
    user, member = person(scim.organization)
    with enter(scim.organization.id):
        SignInPolicy.objects.create(break_glass=member)
    kept = scim.add_user(user.username)
    assert scim.refusal("DELETE", f"/Users/{kept['id']}") == (403, None)
    change = {"schemas": [PATCH], "Operations": [{"op": "replace", "path": "active", "value": False}]}
    assert scim.refusal("PATCH", f"/Users/{kept['id']}", change) == (403, None)
    assert with_session(member).get("/").status_code == 200


def test_nobody_ends_their_own_membership(scim: Directory, person: MakePerson) -> None:
    user, member = person(scim.organization, "administrator")
    kept = scim.add_user(user.username)
    answer = with_key(member).delete(f"{BASE}/Users/{kept['id']}")
    assert (answer.status_code, answer.json()["scimType"]) == (409, "mutability")


@pytest.mark.parametrize("name", ["bjensen", "BJensen", " bjensen "])
def test_a_name_is_taken_once(scim: Directory, name: str) -> None:
    scim.ok("POST", "/Users", BARBARA, 201)
    assert scim.refusal("POST", "/Users", BARBARA | {"userName": name}) == (409, "uniqueness")
    other = scim.add_user("other")
    change = {"schemas": [PATCH], "Operations": [{"op": "replace", "path": "userName", "value": name}]}
    assert scim.refusal("PATCH", f"/Users/{other['id']}", change) == (409, "uniqueness")


@pytest.mark.parametrize("name", ["", "   ", "a" * 201, "b\u202ejensen", "ｂjensen", "b\tj", "\u2163", None, 5, ["a"]])
def test_a_name_that_deceives_the_eye_or_is_none_is_refused(scim: Directory, name: object) -> None:
    assert scim.refusal("POST", "/Users", BARBARA | {"userName": name}) == (400, "invalidValue")


def test_a_password_is_neither_kept_nor_shown(scim: Directory) -> None:
    user = scim.ok("POST", "/Users", BARBARA | {"password": "t1meMa$heen"}, 201)
    assert "password" not in user
    with enter(scim.organization.id):
        assert "t1meMa" not in str(DirectoryUser.objects.values().get())
    assert not member_of(scim, user).user.has_usable_password()


def test_only_what_is_asked_for_is_shown(scim: Directory) -> None:
    """RFC 7644, section 3.9; `id` is always there."""
    user = scim.ok("POST", "/Users", BARBARA | {"title": "Guide"}, 201)
    path = f"/Users/{user['id']}"
    assert scim.ok("GET", f"{path}?attributes=userName") == {
        "schemas": user["schemas"],
        "id": user["id"],
        "userName": "bjensen",
    }
    assert scim.ok("GET", f"{path}?attributes=name.familyName")["name"] == {"familyName": "Jensen"}
    assert set(user) - set(scim.ok("GET", f"{path}?excludedAttributes=title,name")) == {"title", "name"}
    assert scim.refusal("GET", f"{path}?attributes=title&excludedAttributes=name")[0] == 400


def test_what_is_done_is_on_record(scim: Directory) -> None:
    user = scim.ok("POST", "/Users", BARBARA, 201)
    scim.patch(f"/Users/{user['id']}", {"op": "replace", "path": "active", "value": False})
    scim.ok("DELETE", f"/Users/{user['id']}", status=204)
    with enter(scim.organization.id):
        told = Event.objects.filter(verb__startswith="federation.person").order_by("id")
        assert [each.verb.rpartition(".")[2] for each in told] == ["added", "changed", "removed"]
        assert {each.member_id for each in told} == {scim.program.id}
        assert Event.objects.filter(verb="identity.member.ended").count() == 1


def test_who_may_not_provision_is_refused(organization: Organization, member: MakeMember) -> None:
    reviewer = with_key(member(organization, "reviewer"))
    for client, status in ((reviewer, 403), (Client(), 401), (Client(headers={"Authorization": "Bearer bw_no"}), 401)):
        answer = client.get(f"{BASE}/Users")
        assert (answer.status_code, answer.json()["status"]) == (status, str(status))
        assert (answer.headers.get("WWW-Authenticate") == "Bearer") == (status == 401)
    scoped = with_key(member(organization, "directory", kind="program"), ["predictions.review"])
    assert scoped.post(f"{BASE}/Users", BARBARA, "application/scim+json").status_code == 403


def test_an_administrator_of_the_organisation_may_look(organization: Organization, member: MakeMember) -> None:
    admin = member(organization, "administrator")
    assert "federation.provision" in actor_for(admin).rights
    assert with_token(admin).get(f"{BASE}/Users").json()["totalResults"] == 0


@pytest.mark.django_db(transaction=True)
def test_of_several_who_come_at_once_by_one_name_one_is_taken(organization: Organization) -> None:
    scim = Directory(organization)

    def add(_number: int) -> int:
        try:
            return int(scim.call("POST", "/Users", BARBARA).status_code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as several:
        assert sorted(several.map(add, range(4))) == [201, 409, 409, 409]
    with enter(organization.id):
        assert Member.objects.filter(name=BARBARA["name"]["formatted"]).count() == 1  # type: ignore[index]
