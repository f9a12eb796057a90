"""The trail names what it tells of, and hides who and where somebody is from whoever may not read that."""

from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.audit.choices import Veil
from bailiwick.kernel.audit.constraints import RowChanges
from bailiwick.kernel.audit.models import Change
from bailiwick.kernel.audit.queries.showing import show_differences
from bailiwick.kernel.base.manifest import Role, registry
from bailiwick.kernel.identity.models import Member, User
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.clients import with_session
from bailiwick.kernel.testing.factories import actor_for, new_member

pytestmark = pytest.mark.django_db

STRANGER = UUID(int=255)


@pytest.fixture(autouse=True)
def _clerks(monkeypatch: pytest.MonkeyPatch) -> None:
    """They read the trail, and not what it hides."""
    monkeypatch.setitem(registry().roles, "clerk", Role("clerk", "Clerk", ("audit.read",)))


@pytest.fixture
def auditor(organization: Any) -> Client:
    return with_session(new_member(organization, "auditor"))


@pytest.fixture
def clerk(organization: Any) -> Client:
    return with_session(new_member(organization, "clerk"))


@pytest.fixture
def reviewer(organization: Any) -> Member:
    return new_member(organization, "key-manager", name="Rita Reviewer")


def told(organization: Any, member: Member, verb: str, **data: Any) -> None:
    with enter(organization.id):
        record(actor_for(member).ref, verb, member, data)


def lines_at(client: Client, **query: Any) -> list[Any]:
    return list(client.get("/audit/", query).context["lines"])


def text_at(client: Client, address: str) -> str:
    return str(client.get(address).content.decode())


@pytest.mark.parametrize(
    "data",
    [
        {"address": "192.0.2.77", "agent": "Browser of Rita"},
        {"name": "Rita's phone"},
        {"before": {"email": "rita@example.test"}},
        {"people": [{"login": "rita-rev"}]},
    ],
)
def test_an_event_hides_who_and_where_somebody_is_in_what_it_says(
    organization: Any, auditor: Client, clerk: Client, reviewer: Member, data: dict[str, Any]
) -> None:
    told(organization, reviewer, "identity.device.added", method="key", **data)
    [event] = lines_at(auditor, verb="identity.device.added")
    shown = text_at(auditor, reverse("audit:event", args=[event.key]))
    hidden = text_at(clerk, reverse("audit:event", args=[event.key]))
    by_program = clerk.get(f"/api/audit/{event.key}/").json()
    assert by_program["data"] == {"method": "key"}
    assert set(data) <= set(by_program["hidden"])
    secrets = [
        word for word in ("192.0.2.77", "Browser of Rita", "phone", "rita@example", "rita-rev") if word in str(data)
    ]
    assert all(word in shown and word not in hidden for word in secrets)
    assert "<dd>key</dd>" in hidden.replace("\n", "")


def test_a_change_hides_names_of_whatever_has_them(organization: Any) -> None:
    change = Change(table_name="files_storedfile", columns={"name": ["a.csv", "rita.csv"], "size": [1, 2]})
    seen = []
    for role in ("auditor", "clerk"):
        member = new_member(organization, role)
        with enter(organization.id):
            seen.append([each.veil for each in show_differences(actor_for(member), change)])
    assert seen == [[None, None], [Veil.HIDDEN, None]]


def test_records_have_names_that_people_know(organization: Any, auditor: Client, reviewer: Member) -> None:
    told(organization, reviewer, "identity.key.issued")
    [line] = lines_at(auditor, verb="identity.key.issued")
    assert line.cells[2].text == "Rita Reviewer"
    with enter(organization.id):
        record(actor_for(reviewer).ref, "identity.password.changed", reviewer.user)
        record(actor_for(reviewer).ref, "identity.session.replayed", User(id=STRANGER))
    assert lines_at(auditor, verb="identity.password.changed")[0].cells[2].text == "Rita Reviewer"
    assert lines_at(auditor, verb="identity.session.replayed")[0].cells[2].text == "Account …0000ff"


def test_every_kind_of_which_the_trail_tells_has_a_word() -> None:
    kept = [model for model in apps.get_models() if any(isinstance(c, RowChanges) for c in model._meta.constraints)]
    assert [model._meta.label_lower for model in kept if model._meta.label_lower not in registry().kinds] == []


@pytest.mark.django_db(transaction=True)
def test_what_another_did_under_the_same_number_of_a_request_is_not_shown_as_one_s_own(
    organization: Any, auditor: Client, reviewer: Member
) -> None:
    """Whoever calls may choose it."""
    thief = new_member(organization, "administrator", name="Theo Thief")
    for member, verb in ((reviewer, "identity.key.issued"), (thief, "identity.member.changed")):
        with enter(organization.id, member_id=member.id, request_id="chosen"):
            record(actor_for(member).ref, verb, reviewer)
            if member is thief:
                Member.objects.filter(id=reviewer.id).update(department="Stolen")
    [line] = lines_at(auditor, verb="identity.key.issued", member=str(reviewer.id))
    page = text_at(auditor, reverse("audit:event", args=[line.key]))
    assert "Stolen" not in page
    assert "identity.member.changed" not in page
    history = auditor.get(reverse("audit:history", args=["identity.member", reviewer.id])).context["lines"]
    told_of = {each.listed.event.verb: len(each.changes) for each in history if each.listed}
    assert (told_of["identity.key.issued"], told_of["identity.member.changed"]) == (0, 1)
