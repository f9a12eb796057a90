"""The steps of the workbench beyond deciding: added reasons, skip, escalate, undo, blind rounds, disputes."""

from decimal import Decimal
from typing import Any

import pytest

from bailiwick.apps.predictions.manifest import MANAGE, REVIEW_QUEUE
from bailiwick.apps.predictions.models import AddedReason, Reason, ReasonDecision
from bailiwick.apps.predictions.tests.factories import submitted
from bailiwick.kernel.decisions.models import Decision
from bailiwick.kernel.worklist.actions import change_settings, claim_next
from bailiwick.kernel.worklist.models import WorkItem

pytestmark = pytest.mark.django_db

PARTIAL = {"HX-Request": "true"}
MODEL = "listing-judge"


@pytest.fixture
def owner(organization: Any, member: Any) -> Any:
    return member(organization, "model-owner")


@pytest.fixture
def reviewer(organization: Any, member: Any) -> Any:
    return member(organization, "reviewer")


@pytest.fixture
def client(reviewer: Any, session_client: Any) -> Any:
    return session_client(reviewer)


@pytest.fixture
def work(organization: Any, owner: Any, actor_of: Any, scope: Any) -> Any:
    """`work(2)` submits predictions; `second` and `blind` are the settings of the queue before."""

    def make(count: int = 1, *, second: int = 0, blind: bool = False) -> list[Any]:
        with scope(organization):
            change_settings(
                actor=actor_of(owner),
                queue=REVIEW_QUEUE,
                right=MANAGE,
                second_opinions=Decimal(second),
                gold=Decimal(0),
                is_first_round_blind=blind,
            )
            return [submitted(actor_of(owner), title=f"Course {n}", model_name=MODEL) for n in range(count)]

    return make


@pytest.fixture
def take(organization: Any, actor_of: Any, scope: Any) -> Any:
    """`take(member)` claims the next prediction and gives the form's beginning."""

    def claim(member: Any, queue: str = "predictions.review") -> dict[str, Any]:
        with scope(organization):
            claimed = claim_next(actor=actor_of(member), queue_code=queue)
            assert claimed is not None
            return {"prediction": str(claimed.subject_id), "claim_token": claimed.token}

    return claim


CONFIRMED = {"verdict": "reject", "outcome-266544": "confirmed", "note": ""}


def test_reasons_are_added_by_number_by_title_and_as_new_texts(
    client: Any, work: Any, take: Any, reviewer: Any, organization: Any, scope: Any
) -> None:
    work()
    with scope(organization):
        Reason.objects.create(code=7, title="Health claim", is_confirmed=True)
        Reason.objects.create(code=8, title="No imprint", is_confirmed=True)
    added = {
        "added-reason": ["7 · Health claim", "no IMPRINT", "Something quite new", ""],
        "added-explanation": ["It heals.", "", "It is.", ""],
    }
    assert client.post("/review/decide/", take(reviewer) | CONFIRMED | added).status_code == 302
    with scope(organization):
        stored = {(row.reason.title, row.explanation) for row in AddedReason.objects.select_related("reason")}
        assert stored == {("Health claim", "It heals."), ("No imprint", ""), ("Something quite new", "It is.")}
        assert not Reason.objects.get(title="Something quite new").is_confirmed


@pytest.mark.parametrize(
    ("texts", "sentence"),
    [
        ([""], "Name the reason that you add."),
        (["99"], "The catalogue has no reason of this number."),
        (["266544"], "The model gave this reason itself"),
        (["New", "new"], "Add each reason once."),
        (["x" * 300], "too long"),
    ],
)
def test_an_added_reason_that_does_not_fit_is_refused_and_stays_as_it_was_typed(
    client: Any, work: Any, take: Any, reviewer: Any, organization: Any, scope: Any, texts: list[str], sentence: str
) -> None:
    work()
    added = {"added-reason": texts, "added-explanation": ["Because of this." for _text in texts]}
    answer = client.post("/review/decide/", take(reviewer) | CONFIRMED | added)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert page.count("Because of this.") == len(texts)
    with scope(organization):
        assert not Decision.objects.exists()


def test_skipping_says_why_and_brings_the_next_one(
    client: Any, work: Any, take: Any, reviewer: Any, organization: Any, scope: Any
) -> None:
    work(2)
    form = take(reviewer)
    assert client.post("/review/skip/", form).status_code == 422
    assert client.post("/review/skip/", form | {"why": "other"}).status_code == 422
    answer = client.post("/review/skip/", form | {"why": "other", "text": "It is mine."}, headers=PARTIAL)
    assert answer.status_code == 200
    assert "Course 1" in answer.content.decode()
    assert "Skipped" in answer["HX-Trigger"]
    with scope(organization):
        assert WorkItem.objects.get(subject_id=form["prediction"]).excluded == [reviewer.id]
    record = client.get(f"/predictions/{form['prediction']}/").content.decode()
    assert "It is mine." in record
    again = client.post("/review/skip/", form | {"why": "bias"}, headers=PARTIAL)
    assert again.status_code == 409


def test_what_is_escalated_comes_to_who_settles_with_the_reason(
    client: Any, work: Any, take: Any, reviewer: Any, owner: Any, session_client: Any, organization: Any, scope: Any
) -> None:
    work()
    form = take(reviewer) | {"why": "policy", "text": "Refunds."}
    assert client.post("/review/escalate/", form).status_code == 302
    settler = session_client(owner)
    assert "Course 0" not in settler.get("/review/disputes/").content.decode()
    page = settler.post("/review/disputes/next/", headers=PARTIAL).content.decode()
    assert "Course 0" in page
    assert "The policy does not say: Refunds." in page
    assert 'id="escalate"' not in page
    held = take(owner, "predictions.disputes")
    assert settler.post("/review/disputes/escalate/", held | {"why": "policy"}).status_code == 409
    assert settler.post("/review/disputes/decide/", held | CONFIRMED).status_code == 302
    with scope(organization):
        assert Decision.objects.get().member == owner


def test_a_dispute_is_skipped_released_and_its_lease_renewed(
    client: Any, work: Any, take: Any, reviewer: Any, owner: Any, session_client: Any
) -> None:
    work()
    client.post("/review/escalate/", take(reviewer) | {"why": "policy"})
    settler = session_client(owner)
    held = take(owner, "predictions.disputes")
    assert settler.post("/review/disputes/renew/", held).json()["seconds"] > 1100
    assert settler.post("/review/disputes/release/", held).status_code == 302
    held = take(owner, "predictions.disputes")
    assert settler.post("/review/disputes/skip/", held | {"why": "bias"}).status_code == 302
    assert "Nothing left" in settler.get("/review/disputes/").content.decode()


def test_undo_brings_the_prediction_back_as_it_was_filled_in(
    client: Any, work: Any, take: Any, reviewer: Any, organization: Any, scope: Any
) -> None:
    work(2)
    answer = {
        "verdict": "accept",
        "outcome-266544": "overridden",
        "corrected-266544": "It is allowed.",
        "note": "Kept.",
        "added-reason": ["A new one"],
        "added-explanation": ["Seen."],
    }
    page = client.post("/review/decide/", take(reviewer) | answer, headers=PARTIAL).content.decode()
    assert "Course 1" in page
    with scope(organization):
        decision = Decision.objects.get()
    assert str(decision.id) in page
    back = client.post("/review/undo/", {"decision": str(decision.id)}, headers=PARTIAL).content.decode()
    for text in ("Course 0", "It is allowed.", "Kept.", "Seen."):
        assert text in back
    assert 'value="overridden" checked' in back
    with scope(organization):
        assert WorkItem.objects.filter(done_at=None, holder=reviewer).count() == 1
    form = take(reviewer)
    assert client.post("/review/decide/", form | CONFIRMED).status_code == 302
    record = client.get(f"/predictions/{form['prediction']}/").content.decode()
    assert "Undone" in record


def test_an_undo_that_comes_too_late_says_so_and_leaves_the_bench_alone(
    client: Any, work: Any, take: Any, reviewer: Any, organization: Any, scope: Any
) -> None:
    work(2)
    client.post("/review/decide/", take(reviewer) | CONFIRMED)
    with scope(organization):
        decision = Decision.objects.get()
    given = {"decision": str(decision.id)}
    assert client.post("/review/undo/", given).status_code == 302
    again = client.post("/review/undo/", given, headers=PARTIAL)
    assert (again.status_code, again["HX-Retarget"]) == (409, "#notice")
    page = client.post("/review/undo/", given)
    assert page.status_code == 409
    assert "Course 0" in page.content.decode()


def test_without_script_the_undo_stands_on_the_next_page(
    client: Any, work: Any, take: Any, reviewer: Any, organization: Any, scope: Any
) -> None:
    work(2)
    answer = client.post("/review/decide/", take(reviewer) | CONFIRMED)
    with scope(organization):
        decision = Decision.objects.get()
    assert answer["Location"] == f"/review?decided={decision.id}"
    assert f'value="{decision.id}"' in client.get(answer["Location"]).content.decode()
    assert "data-undo" not in client.get("/review?decided=x").content.decode()


def test_a_blind_round_shows_nothing_of_the_model_and_maps_the_reasons(
    client: Any, work: Any, take: Any, reviewer: Any, organization: Any, scope: Any
) -> None:
    [prediction] = work(blind=True)
    form = take(reviewer)
    for path in ("/review", f"/predictions/{prediction.id}/"):
        page = client.get(path).content.decode()
        assert "hidden" in page
        assert MODEL not in page
        assert "promises access for life" not in page
    assert "Give the final verdict." in client.post("/review/decide/", form).content.decode()
    added = {"verdict": "reject", "added-reason": ["266544"], "added-explanation": [""]}
    assert client.post("/review/decide/", form | added).status_code == 302
    with scope(organization):
        assert ReasonDecision.objects.get().outcome == "confirmed"
        assert not Decision.objects.get().is_model_visible
    assert MODEL in client.get(f"/predictions/{prediction.id}/").content.decode()


def test_a_lost_blind_item_shows_nothing_of_the_model_either(
    client: Any, work: Any, take: Any, reviewer: Any, organization: Any, scope: Any
) -> None:
    work(second=1)
    form = take(reviewer) | {"verdict": "reject"}
    with scope(organization):
        WorkItem.objects.update(lease_number=7, holder=None)
    answer = client.post("/review/decide/", form, headers=PARTIAL)
    assert answer.status_code == 409
    assert MODEL not in answer.content.decode()
    assert "promises access for life" not in answer.content.decode()


def test_two_who_differ_are_shown_to_the_third_who_settles(
    work: Any, take: Any, reviewer: Any, owner: Any, member: Any, organization: Any, session_client: Any
) -> None:
    [prediction] = work(second=1)
    second = member(organization, "reviewer")
    path = f"/predictions/{prediction.id}/"
    first_answer = {"verdict": "accept", "note": "Fine with me."}
    assert session_client(reviewer).post("/review/decide/", take(reviewer) | first_answer).status_code == 302
    assert "Fine with me." not in session_client(second).get(path).content.decode()
    form = take(second)
    assert "Fine with me." not in session_client(second).get("/review").content.decode()
    second_answer = {"verdict": "reject", "added-reason": ["266544"], "added-explanation": ["Seen."]}
    assert session_client(second).post("/review/decide/", form | second_answer).status_code == 302
    settler = session_client(owner)
    held = take(owner, "predictions.disputes")
    page = settler.get("/review/disputes/").content.decode()
    for text in ("Two opinions that differ", reviewer.name, second.name, "Fine with me.", MODEL):
        assert text in page
    assert settler.post("/review/disputes/decide/", held | CONFIRMED).status_code == 302
    record = session_client(reviewer).get(path).content.decode()
    for text in ("First opinion", "Second opinion", "Third opinion", owner.name):
        assert text in record


def test_who_decided_blind_corrects_blind(
    client: Any, work: Any, take: Any, reviewer: Any, organization: Any, scope: Any
) -> None:
    work(blind=True)
    client.post("/review/decide/", take(reviewer) | {"verdict": "accept"})
    with scope(organization):
        decision = Decision.objects.get()
    path = f"/review/update/{decision.id}/"
    assert "promises access for life" not in client.get(path).content.decode()
    corrected = {"verdict": "reject", "added-reason": ["266544"], "added-explanation": [""], "note": ""}
    assert client.post(path, corrected).status_code == 302
    with scope(organization):
        assert [each.verdict for each in Decision.objects.order_by("id")] == ["accept", "reject"]
