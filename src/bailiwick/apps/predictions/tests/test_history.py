"""From a prediction's page to what happened to it, and to why whoever decided it was allowed to."""

from typing import Any

import pytest
from django.urls import reverse

from bailiwick.apps.predictions.actions.review import decide_prediction
from bailiwick.apps.predictions.manifest import REVIEW_QUEUE
from bailiwick.apps.predictions.tests.factories import confirming, submitted
from bailiwick.kernel.audit.queries import list_events
from bailiwick.kernel.testing.clients import with_session
from bailiwick.kernel.worklist.actions import claim_next

pytestmark = pytest.mark.django_db


def test_the_history_of_a_prediction_has_its_decisions_and_is_linked_from_its_page(
    organization: Any, member: Any, actor_of: Any, scope: Any
) -> None:
    reviewer = member(organization, "reviewer", name="Rita Reviewer")
    with scope(organization):
        prediction = submitted(actor_of(member(organization, "submitter", kind="program")))
        claim = claim_next(actor=actor_of(reviewer), queue_code=REVIEW_QUEUE.code)
        assert claim
        made = decide_prediction(
            actor=actor_of(reviewer), prediction_id=prediction.id, token=claim.token, answer=confirming()
        )
        [event] = list_events(made.decision.id)
    page = reverse("predictions:record", args=[prediction.id])
    history = reverse("audit:history", args=["predictions.prediction", prediction.id])
    told = reverse("audit:event", args=[event.id])
    auditor = with_session(member(organization, "auditor", "model-owner"))
    assert history in auditor.get(page).content.decode()
    assert told in auditor.get(history).content.decode()
    why = auditor.get(told).content.decode()
    assert "predictions.review" in why
    assert "Allowed" in why
    assert history not in with_session(reviewer).get(page).content.decode()
