"""A subject and the work on it are written together or not at all."""

from typing import Any

import pytest

from bailiwick.apps.predictions.actions import ingest
from bailiwick.apps.predictions.models import Prediction, PredictionReason, Reason
from bailiwick.apps.predictions.tests.factories import submitted
from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.disclosures.models import Emergency
from bailiwick.kernel.members.models import ReviewedMember
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.factories import actor_for, new_member
from bailiwick.kernel.worklist.models import WorkItem
from tests.worlds import World


def test_every_item_has_its_subject_and_every_subject_its_item(theirs: World) -> None:
    with enter(theirs.organization.id):
        predictions = set(Prediction.objects.values_list("id", flat=True))
        asked = set(ReviewedMember.objects.values_list("id", flat=True))
        opened = set(Emergency.objects.values_list("id", flat=True))
        assert len(predictions) == 3 and asked and opened
        assert set(WorkItem.objects.values_list("subject_id", flat=True)) == predictions | asked | opened


@pytest.mark.parametrize("step", ["_write_reasons", "queue_item", "record"])
@pytest.mark.django_db(transaction=True)
def test_a_submission_that_breaks_half_way_leaves_nothing(
    organization: Any, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise ConnectionError

    actor = actor_for(new_member(organization, "submitter", kind="program"))
    monkeypatch.setattr(ingest, step, broken)
    with pytest.raises(ConnectionError), enter(organization.id):
        submitted(actor)
    with enter(organization.id):
        for model in (Prediction, PredictionReason, Reason, WorkItem):
            assert model.objects.count() == 0, model
        assert not Event.objects.filter(verb="predictions.prediction.submitted").exists()
