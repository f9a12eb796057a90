"""The pages, asked as a browser without script asks."""

from typing import Any

import pytest
from django.test import Client

from bailiwick.apps.predictions.actions.review import decide_prediction
from bailiwick.apps.predictions.models import Prediction
from bailiwick.apps.predictions.tests.factories import confirming, submitted
from bailiwick.kernel.decisions.models import Decision
from bailiwick.kernel.worklist.actions import claim_next
from bailiwick.kernel.worklist.models import WorkItem

pytestmark = pytest.mark.django_db

QUEUE = "predictions.review"
PARTIAL = {"HX-Request": "true"}


@pytest.fixture
def program(organization: Any, member: Any, actor_of: Any) -> Any:
    return actor_of(member(organization, "submitter", kind="program"))


@pytest.fixture
def reviewer(organization: Any, member: Any) -> Any:
    return member(organization, "reviewer")


@pytest.fixture
def client(reviewer: Any, session_client: Any) -> Client:
    return session_client(reviewer)


def held_form(actor: Any, **changes: str) -> dict[str, str]:
    claim = claim_next(actor=actor, queue_code=QUEUE)
    assert claim is not None
    form = {"prediction": str(claim.subject_id), "claim_token": claim.token, "verdict": "reject"}
    return form | {"outcome-266544": "confirmed", "note": ""} | changes


def test_whoever_is_not_signed_in_is_sent_to_the_door(db: None) -> None:
    answer = Client().get("/review")
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login?next=%2Freview")


def test_a_page_without_the_right_explains_and_names_who_can_help(
    organization: Any, member: Any, session_client: Any
) -> None:
    helper = member(organization, "administrator")
    stranger = session_client(member(organization))
    answer = stranger.get("/review")
    assert answer.status_code == 403
    assert "Review predictions" in answer.content.decode()
    assert helper.name in answer.content.decode()


def test_the_policy_of_pages_forbids_inline_script(client: Client) -> None:
    answer = client.get("/review")
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert " style=" not in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"


def test_a_get_never_claims(client: Client, program: Any, organization: Any, scope: Any) -> None:
    with scope(organization):
        submitted(program)
    for _ in range(3):
        assert client.get("/review").status_code == 200
    with scope(organization):
        assert not WorkItem.objects.filter(holder__isnull=False).exists()
    assert client.post("/review/next/").status_code == 302
    with scope(organization):
        assert WorkItem.objects.filter(holder__isnull=False).count() == 1


def test_an_answer_with_something_missing_says_so_beside_the_field_and_stores_nothing(
    client: Client, program: Any, reviewer: Any, actor_of: Any, organization: Any, scope: Any
) -> None:
    with scope(organization):
        submitted(program)
        form = held_form(actor_of(reviewer), note="kept")
    del form["outcome-266544"]
    answer = client.post("/review/decide/", form)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Confirm or override this reason." in page
    assert "kept" in page
    with scope(organization):
        assert not Decision.objects.exists()


def test_the_next_prediction_comes_with_the_answer_in_one_request(
    client: Client, program: Any, reviewer: Any, actor_of: Any, organization: Any, scope: Any
) -> None:
    with scope(organization):
        submitted(program, title="First")
        submitted(program, title="Second")
        form = held_form(actor_of(reviewer))
    answer = client.post("/review/decide/", form, headers=PARTIAL)
    assert answer.status_code == 200
    assert "Second" in answer.content.decode()
    assert "<html" not in answer.content.decode()
    assert "Decision stored" in answer["HX-Trigger"]


def test_sent_twice_it_is_stored_once(
    client: Client, program: Any, reviewer: Any, actor_of: Any, organization: Any, scope: Any
) -> None:
    with scope(organization):
        submitted(program)
        form = held_form(actor_of(reviewer))
    assert client.post("/review/decide/", form).status_code == 302
    assert client.post("/review/decide/", form).status_code == 302
    with scope(organization):
        assert Decision.objects.count() == 1


def test_a_lost_lease_stores_nothing(
    client: Client, program: Any, reviewer: Any, actor_of: Any, organization: Any, scope: Any
) -> None:
    with scope(organization):
        submitted(program)
        form = held_form(actor_of(reviewer))
        WorkItem.objects.update(lease_number=7)
    assert client.post("/review/decide/", form, headers=PARTIAL).status_code == 409
    with scope(organization):
        assert not Decision.objects.exists()


@pytest.mark.parametrize("field", ["prediction", "claim_token"])
@pytest.mark.parametrize("value", ["", "x", "a\x00b", "00000000-0000-0000-0000-000000000000"])
def test_a_form_that_was_tampered_with_is_refused_clearly(
    client: Client, program: Any, reviewer: Any, actor_of: Any, organization: Any, scope: Any, field: str, value: str
) -> None:
    with scope(organization):
        submitted(program)
        form = held_form(actor_of(reviewer), **{field: value})
    assert client.post("/review/decide/", form).status_code in (404, 409, 422)
    with scope(organization):
        assert not Decision.objects.exists()


def test_the_lease_is_renewed_by_activity(
    client: Client, program: Any, reviewer: Any, actor_of: Any, organization: Any, scope: Any
) -> None:
    with scope(organization):
        submitted(program)
        form = held_form(actor_of(reviewer))
    answer = client.post("/review/renew/", form)
    assert 590 <= answer.json()["seconds"] <= 600


def test_a_decision_is_corrected_by_its_author_alone(
    client: Client,
    program: Any,
    reviewer: Any,
    member: Any,
    actor_of: Any,
    organization: Any,
    scope: Any,
    session_client: Any,
) -> None:
    with scope(organization):
        submitted(program)
        actor = actor_of(reviewer)
        claim = claim_next(actor=actor, queue_code=QUEUE)
        assert claim is not None
        decided = decide_prediction(
            actor=actor, prediction_id=claim.subject_id, token=claim.token, answer=confirming()
        ).decision
    path = f"/review/update/{decided.id}/"
    form = {"verdict": "accept", "outcome-266544": "overridden", "corrected-266544": "It is allowed.", "note": ""}
    other = session_client(member(organization, "reviewer"))
    assert (other.get(path).status_code, other.post(path, form).status_code) == (404, 404)
    assert client.get(path).status_code == 200
    assert client.post(path, form).status_code == 302
    with scope(organization):
        assert [each.verdict for each in Decision.objects.order_by("id")] == ["reject", "accept"]
    assert client.post(path, form).status_code == 409


def test_the_list_is_narrowed_by_the_address(client: Client, program: Any, organization: Any, scope: Any) -> None:
    with scope(organization):
        submitted(program, product_id="A", title="Alpha", verdict="accept", reasons=())
        submitted(program, product_id="B", title="Beta")
    every = client.get("/rejection-reasons/").content.decode()
    assert "Alpha" in every
    assert "Beta" in every
    for query, shown, hidden in (
        ("verdict=accept", "Alpha", "Beta"),
        ("q=B", "Beta", "Alpha"),
        ("reason=266544", "Beta", "Alpha"),
    ):
        page = client.get(f"/rejection-reasons/?{query}").content.decode()
        assert shown in page
        assert hidden not in page
    assert "Alpha" not in client.get("/rejection-reasons/?state=held").content.decode()


@pytest.mark.parametrize("query", ["state=lost", "cursor=zzz", "decided_by=me", "reason=x", "sort=password", "q=%00"])
def test_a_wrong_address_is_no_failure_of_the_server(client: Client, query: str) -> None:
    assert client.get(f"/rejection-reasons/?{query}").status_code in (200, 400, 422)


def test_text_of_a_product_is_shown_as_text(client: Client, program: Any, organization: Any, scope: Any) -> None:
    with scope(organization):
        prediction = submitted(program, title="<script>alert(1)</script>", text="<img src=x onerror=alert(1)>")
    page = client.get(f"/predictions/{prediction.id}/").content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_pages_ask_few_statements(
    client: Client, program: Any, reviewer: Any, actor_of: Any, organization: Any, scope: Any, count_statements: Any
) -> None:
    with scope(organization):
        for _ in range(30):
            submitted(program)
        form = held_form(actor_of(reviewer))
        prediction = Prediction.objects.latest("id")
    asked = {}
    for address in ("/", "/review", "/rejection-reasons/", f"/predictions/{prediction.id}/"):
        client.get(address)
        with count_statements() as seen:
            client.get(address)
        asked[address.split("/")[1]] = seen.count
    with count_statements() as seen:
        client.post("/review/decide/", form, headers=PARTIAL)
    asked["decide"] = seen.count
    assert asked == {"": 9, "review": 10, "rejection-reasons": 10, "predictions": 12, "decide": 17}
