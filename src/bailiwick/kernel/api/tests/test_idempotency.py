"""The same key, the same answer, and one deed."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now
from django.test import Client

from bailiwick.kernel.api.idempotency import purge_expired
from bailiwick.kernel.api.models import IdempotencyRecord
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.tenancy.scope import enter

MEMBERS = "/api/tests/members/"
JSON = "application/json"


def post(api: Client, name: str, key: str) -> Any:
    return api.post(MEMBERS, {"name": name}, JSON, headers={"Idempotency-Key": key})


def made(member: Member, name: str) -> int:
    with enter(member.organization_id):
        return Member.objects.filter(name=name).count()


def test_a_repeat_gets_the_first_answer(api: Client, member: Member) -> None:
    first, second = post(api, "robot", '"k-1"'), post(api, "robot", "k-1")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert "Idempotency-Replayed" not in first and second["Idempotency-Replayed"] == "true"
    assert made(member, "robot") == 1


def test_another_key_is_another_deed(api: Client, member: Member) -> None:
    post(api, "robot", "k-1"), post(api, "robot", "k-2")
    assert made(member, "robot") == 2


def test_the_same_key_with_another_body_is_refused(api: Client, member: Member) -> None:
    post(api, "robot", "k-1")
    response = post(api, "other", "k-1")
    assert (response.status_code, response.json()["code"]) == (422, "api.idempotency_key_reused")
    assert made(member, "other") == 0


def test_a_refused_request_may_be_sent_again(api: Client, member: Member) -> None:
    assert post(api, "late", "k-1").status_code == 409
    assert post(api, "robot", "k-1").status_code == 201


@pytest.mark.parametrize("key", ["x" * 256, "ä", '""'])
def test_a_key_that_cannot_be_one(api: Client, key: str) -> None:
    assert post(api, "robot", key).json()["code"] == "api.invalid_idempotency_key"


def test_after_a_day_the_key_is_free(api: Client, member: Member) -> None:
    post(api, "robot", "k-1")
    with enter(member.organization_id):
        IdempotencyRecord.objects.update(created_at=Now() - timedelta(hours=25))
    assert post(api, "robot", "k-1").status_code == 201
    assert made(member, "robot") == 2


def test_upkeep_deletes_what_has_run_out(api: Client, member: Member) -> None:
    post(api, "robot", "k-1"), post(api, "robot", "k-2")
    with enter(member.organization_id):
        IdempotencyRecord.objects.filter(key="k-1").update(created_at=Now() - timedelta(hours=25))
        assert purge_expired() == 1
        assert list(IdempotencyRecord.objects.values_list("key", flat=True)) == ["k-2"]
