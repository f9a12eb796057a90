"""What is withdrawn is over: nobody finds it, works on it, or is reminded of it."""

from datetime import date
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from bailiwick.apps.claims.actions.appeals import decide_appeal, file_appeal
from bailiwick.apps.claims.actions.moving import move_claims
from bailiwick.apps.claims.actions.queueing import take_next
from bailiwick.apps.claims.actions.requests import ask_information
from bailiwick.apps.claims.choices import ClockKind, Mover, Stage
from bailiwick.apps.claims.manifest import APPEAL_QUEUE, INFORMATION_QUEUE
from bailiwick.apps.claims.models import Appeal, Claim, Clock, ClockRule, InformationRequest
from bailiwick.apps.claims.tests.insurers import LIST, Insurer, admin, one, send
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.factories import actor_for, new_member
from bailiwick.kernel.worklist.errors import LeaseLost
from bailiwick.kernel.worklist.models import WorkItem

pytestmark = pytest.mark.django_db

__all__ = ["admin", "one"]


def test_its_appeal_waits_for_nobody(admin: Client, one: Insurer) -> None:
    patient, examiner = one.members["patient"], new_member(one.organization, "claims-examiner")
    with enter(one.organization.id):
        ClockRule.objects.create(kind=ClockKind.APPEAL_DECISION, days=60, basis="A law", valid_from=date(2020, 1, 1))
        claim = Claim.objects.get(id=one.claim.id)
        move_claims([claim], Stage.DENIED, mover=Mover.MANAGER, reason="No.", decided_at=claim.submitted_at)
        appeal = file_appeal(actor=actor_for(patient), claim_id=claim.id, reason="It was necessary.")
        held = take_next(actor=actor_for(examiner), queue_code=APPEAL_QUEUE.code)
    assert held is not None
    assert send(admin, f"{LIST}{claim.id}/", method="DELETE").status_code == 204
    with enter(one.organization.id):
        with pytest.raises(LeaseLost), transaction.atomic():
            decide_appeal(
                actor=actor_for(examiner), appeal_id=appeal.id, token=held.token, verdict="overturned", answer="Due."
            )
        assert take_next(actor=actor_for(examiner), queue_code=APPEAL_QUEUE.code) is None
        assert not Clock.objects.filter(kind=ClockKind.APPEAL_DECISION, met_at=None).exists()
        assert (Claim.objects.get(id=claim.id).stage, Appeal.objects.get().verdict) == (Stage.APPEALED, "")


def test_its_reviews_and_questions_wait_for_nobody(admin: Client, one: Insurer) -> None:
    with enter(one.organization.id):
        ask_information(actor=actor_for(one.members["claims-admin"]), claim_id=one.claim.id, asked="The invoice?")
        assert WorkItem.objects.get(subject_id=one.claim.id, done_at=None).queue == INFORMATION_QUEUE.code
    assert send(admin, f"{LIST}{one.claim.id}/", method="DELETE").status_code == 204
    with enter(one.organization.id):
        assert not WorkItem.objects.filter(subject_id=one.claim.id, done_at=None).exists()
        assert InformationRequest.objects.get().state == "withdrawn"
    for client in one.clients.values():
        assert client.get(f"{LIST}{one.claim.id}/").status_code == 404
        assert client.get(f"{LIST}{one.claim.id}/requests").status_code == 404


def test_who_read_an_older_edition_withdraws_nothing(admin: Client, one: Insurer) -> None:
    path = f"{LIST}{one.claim.id}/"
    assert send(admin, path, {"amount": "160.00"}, "PATCH").status_code == 200
    answer: Any = send(admin, path, method="DELETE", **{"If-Match": '"1"'})
    assert (answer.status_code, answer.json()["code"], answer.json()["edition"]) == (409, "claims.stale", 2)
    assert send(admin, path, method="DELETE", **{"If-Match": '"2"'}).status_code == 204
