"""Events say what an action did, and meet the changes in one request id."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client

from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.audit.errors import UnknownVerb
from bailiwick.kernel.audit.models import Change, Event
from bailiwick.kernel.audit.queries import list_events
from bailiwick.kernel.audit.tasks import create_partitions
from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.base.manifest import registry
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.tenancy.errors import NoScope
from bailiwick.kernel.tenancy.queries import get_installation_id
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.factories import PASSWORD, new_member

REQUEST = "0123456789-of-a-caller"


def partitions(parent: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = %s::regclass", [parent])
        return {name for (name,) in cursor.fetchall()}


def test_an_event_says_who_what_and_in_which_request(organization: Any) -> None:
    member = new_member(organization)
    with enter(organization.id, request_id=REQUEST):
        record(ActorRef(organization.id, member.id, "token"), "identity.key.issued", member, {"n": 1})
        event = list_events(member.id).last()
    assert (event.verb, event.subject_type, event.data) == ("identity.key.issued", "identity.member", {"n": 1})
    assert (event.member_id, event.credential, event.request_id) == (member.id, "token", REQUEST)


def test_an_undeclared_verb_is_a_mistake(organization: Any) -> None:
    member = Member()
    with enter(organization.id), pytest.raises(UnknownVerb):
        record(ActorRef(organization.id, None, "system"), "identity.member.vanished", member)


def test_an_event_needs_a_scope(organization: Any) -> None:
    with pytest.raises(NoScope):
        record(ActorRef(organization.id, None, "system"), "identity.member.added", Member())


def test_verbs_are_in_the_past_tense_and_named_by_their_app() -> None:
    for manifest in registry().manifests:
        for verb in manifest.verbs:
            app, _noun, deed = verb.code.split(".")
            assert app == manifest.app
            assert deed.endswith(
                ("ed", "drawn", "given", "left", "lost", "made", "broken", "sent", "undone", "reset", "seen", "taken")
            ), verb.code


def test_the_id_of_a_request_is_in_its_answer_its_events_and_its_changes(
    organization: Any, session_client: Any
) -> None:
    member = new_member(organization, "reviewer")
    answer = session_client(member).post(
        "/accounts/password",
        {"current_password": PASSWORD, "new_password": "another sentence, long enough"},
        headers={"X-Request-ID": REQUEST},
    )
    assert (answer.status_code, answer["X-Request-ID"]) == (302, REQUEST)
    with enter(organization.id):
        assert Event.objects.get(verb="identity.password.changed").request_id == REQUEST
    with enter(get_installation_id()):
        [change] = Change.objects.filter(table_name="identity_user", operation="UPDATE", row_id=member.user_id)
        assert (change.request_id, change.member_id) == (REQUEST, member.id)


@pytest.mark.parametrize("given", ["", "short", "with space in it", "x" * 65, "<script>alert(1)</script>"])
def test_an_id_that_is_not_valid_is_replaced(db: None, given: str) -> None:
    answer = Client().get("/accounts/login", headers={"X-Request-ID": given})
    assert answer["X-Request-ID"] != given
    assert len(answer["X-Request-ID"]) == 36


def test_a_failed_sign_in_is_recorded_under_the_installation_after_the_rollback(organization: Any) -> None:
    member = new_member(organization)
    for login in ("nobody", "person-" + member.name.split()[-1]):
        answer = Client().post("/api/auth/token/", {"username": login, "password": "wrong"}, "application/json")
        assert answer.status_code == 401
    with enter(get_installation_id()):
        failed = Event.objects.filter(verb="identity.sign_in.failed").order_by("id")
        assert [event.subject_type for event in failed] == ["tenancy.organization", "identity.user"]
        assert failed.last().subject_id == member.user_id


def test_a_refused_right_is_recorded_after_the_rollback(organization: Any, token_client: Any) -> None:
    member = new_member(organization)
    answer = token_client(member).post("/api/predictions/claim", {}, "application/json")
    assert answer.status_code == 403
    with enter(organization.id):
        event = Event.objects.get(verb="access.right.refused")
    assert (event.member_id, event.data) == (member.id, {"right": "predictions.review"})
    assert event.request_id == answer["X-Request-ID"]


@pytest.mark.parametrize("parent", ["audit_event", "audit_change"])
def test_the_next_months_have_their_partitions_and_upkeep_makes_more(db: None, parent: str) -> None:
    names = partitions(parent)
    assert f"{parent}_default" in names
    assert len(names) >= 5
    create_partitions()
    assert partitions(parent) == names
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_create_partitions(5)")
    assert len(partitions(parent)) == len(names) + 2


def test_a_row_of_a_month_without_partition_is_kept(organization: Any) -> None:
    with enter(organization.id), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_event (id, verb, subject_type, subject_id, credential, request_id, data)"
            " VALUES (audit_first_key('2099-01-01'), 'x', 'x', uuidv7(), 'system', '', '{}')"
            " RETURNING tableoid::regclass::text"
        )
        assert cursor.fetchone() == ("audit_event_default",)
