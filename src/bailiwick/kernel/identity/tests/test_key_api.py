"""Programs and keys, by API."""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils.timezone import now

from bailiwick.kernel.access.actions import give_grant, write_grant
from bailiwick.kernel.access.models import Grant
from bailiwick.kernel.api.models import IdempotencyRecord
from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.identity.models import ApiKey, Member
from bailiwick.kernel.identity.tests.programs import made
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.clients import bearer, with_key, with_token
from bailiwick.kernel.testing.factories import actor_for, new_member

pytestmark = pytest.mark.django_db


def call(client: Client, path: str, body: dict[str, Any] | None = None, **options: Any) -> Any:
    return client.post(path, json.dumps(body or {}), "application/json", **options)


@pytest.fixture
def api(organization: Organization) -> Client:
    return with_token(new_member(organization, "administrator", "submitter"))


def test_keys_by_api(organization: Organization, api: Client, program: Member) -> None:
    ends = now() + timedelta(days=3)
    body = {
        "program": str(program.id),
        "name": "Nightly",
        "scopes": ["predictions.submit"],
        "expires_at": ends.isoformat(),
        "rate": 600,
        "addresses": ["127.0.0.0/8"],
    }
    answer = call(api, "/api/keys/", body, headers={"Idempotency-Key": "once"})
    issued = answer.json()
    assert answer.status_code == 201
    assert datetime.fromisoformat(issued["expires_at"]) == ends
    assert issued["program"] == {"id": str(program.id), "name": "Shop"}
    assert bearer(issued["key"]).get("/api/jobs/").status_code == 200
    with enter(organization.id):
        assert not IdempotencyRecord.objects.exists(), "a kept answer would hold the key"
    rotated = call(api, f"/api/keys/{issued['id']}/rotate/", {"overlap_hours": 0})
    assert (rotated.status_code, rotated.json()["replaces"]) == (201, issued["id"])
    listed = api.get("/api/keys/").json()["results"]
    assert [row["id"] for row in listed if row["program"]["id"] == str(program.id)] == [
        rotated.json()["id"],
        issued["id"],
    ]
    assert "key" not in listed[0]
    revoked = call(api, f"/api/keys/{rotated.json()['id']}/revoke/")
    assert (revoked.status_code, revoked.json()["state"]) == (200, "revoked")
    assert bearer(rotated.json()["key"]).get("/api/jobs/").status_code == 401
    assert [row["id"] for row in api.get("/api/keys/?state=revoked").json()["results"]] == [rotated.json()["id"]]


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"scopes": ["access.manage"]}, 403, "identity.key_too_wide"),
        ({"scopes": ["predictions.reign"]}, 400, "identity.scope_not_held"),
        ({"scopes": []}, 400, ""),
        ({"scopes": "predictions.submit"}, 400, ""),
        ({"scopes": ["predictions.submit"] * 101}, 400, ""),
        ({"program": str(uuid4())}, 404, ""),
        ({"program": "seven"}, 400, ""),
        ({"expires_at": "2001-01-01T00:00:00Z"}, 400, ""),
        ({"rate": 10**12}, 400, ""),
        ({"addresses": ["::/129"]}, 400, ""),
        ({"name": "a\x00"}, 400, ""),
        ({"name": "x" * 101}, 400, ""),
    ],
)
def test_what_is_not_in_order_is_refused(
    organization: Organization, api: Client, program: Member, change: dict[str, Any], status: int, code: str
) -> None:
    body = {"program": str(program.id), "name": "k", "scopes": ["predictions.submit"]} | change
    answer = call(api, "/api/keys/", body)
    assert answer.status_code == status
    assert answer.json()["code"] == (code or answer.json()["code"])
    with enter(organization.id):
        assert not ApiKey.objects.filter(member_id=program.id).exists()


def test_a_key_cannot_widen_itself_by_api(organization: Organization, program: Member) -> None:
    """It holds the right to issue, and hands on what it has at the most."""
    with enter(organization.id):
        for role in ("key-issuer", "administrator"):
            write_grant(ActorRef(organization.id, None, "system"), program.id, role)
    client = with_key(program, ["identity.keys.issue", "predictions.submit"])
    body = {"program": str(program.id), "name": "k"}
    assert call(client, "/api/keys/", body | {"scopes": ["access.manage"]}).status_code == 403
    assert call(client, "/api/keys/", body | {"scopes": ["predictions.submit", "jobs.manage"]}).status_code == 403
    answer = call(client, "/api/keys/", body | {"scopes": ["predictions.submit"]})
    assert answer.status_code == 201
    assert (
        call(bearer(answer.json()["key"]), "/api/keys/", body | {"scopes": ["predictions.submit"]}).status_code == 403
    )


def test_a_person_without_the_right_neither_sees_nor_changes_keys(organization: Organization, program: Member) -> None:
    key = made(program)
    client = with_token(new_member(organization, "reviewer", "submitter"))
    assert client.get("/api/keys/").status_code == 403
    for path in ("/api/keys/", f"/api/keys/{key.id}/rotate/", f"/api/keys/{key.id}/revoke/"):
        assert call(client, path, {"program": str(program.id)}).status_code == 403


def test_an_ended_appointment_ends_at_the_next_request(organization: Organization) -> None:
    manager = actor_for(new_member(organization, "administrator"))
    someone = new_member(organization)
    client = with_token(someone)
    with enter(organization.id):
        grant = give_grant(actor=manager, member_id=someone.id, role="key-revoker")
    assert client.get("/api/keys/").status_code == 200
    with enter(organization.id):
        Grant.objects.filter(id=grant.id).update(revoked_at=now())
    assert client.get("/api/keys/").status_code == 403
