"""What patient events do to claims, and that each does it once."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils.timezone import now

from bailiwick.apps.claims.actions.events import report_event
from bailiwick.apps.claims.choices import EventState, Stage
from bailiwick.apps.claims.errors import EventTaken
from bailiwick.apps.claims.models import Claim, Patient, PatientEvent, StatusChange
from bailiwick.apps.claims.tasks import apply_reported  # noqa: F401
from bailiwick.apps.claims.tests.factories import new_patient, new_stored_claim
from bailiwick.apps.claims.values.events import NewEvent
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.jobs.tasks import run_due
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.factories import actor_for, new_member

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def actor(organization: Any) -> Actor:
    return actor_for(new_member(organization, "claims-admin"))


def test_an_admission_puts_accepted_claims_under_review(actor: Actor) -> None:
    with enter(actor.organization_id, member_id=actor.member_id):
        patient = new_patient()
        claims = [new_stored_claim(patient=patient) for _ in range(2)]
        event, is_new = report_event(actor=actor, new=NewEvent("admission", now(), patient.id), source="api")
        assert is_new
        assert Job.objects.filter(kind="claims.event").count() == 1
    run_due(str(actor.organization_id))
    with enter(actor.organization_id):
        event.refresh_from_db()
        assert (event.state, event.moved, event.outcome) == ("applied", 2, "under_review=2")
        assert set(Claim.objects.values_list("stage", "pend")) == {("under_review", "event")}
