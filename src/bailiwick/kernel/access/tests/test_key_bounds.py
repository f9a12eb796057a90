"""What bounds a key: its end, its pace and its networks, for whatever it hands on too."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from bailiwick.kernel.access.actions import give_grant
from bailiwick.kernel.access.actions.keys import Bounds, change_key, issue_key, rotate_key
from bailiwick.kernel.access.actions.programs import add_program
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.tests.keys import acting, refused
from bailiwick.kernel.identity.errors import KeyTooWide
from bailiwick.kernel.identity.models import ApiKey, Member
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.clients import bearer
from bailiwick.kernel.testing.factories import actor_for, new_member

pytestmark = pytest.mark.django_db
PLACES = ("198.51.100.9", "", "::ffff:192.0.2.9", "2001:db8::9")
ISSUE = "identity.keys.issue"


@pytest.fixture
def robot(organization: Organization, boss: Actor) -> tuple[Member, ApiKey, str]:
    """A program whose key may issue keys, for a day, from one network, ten times a minute."""
    with enter(organization.id):
        member = add_program(actor=boss, name="Robot", role="submitter")
        give_grant(actor=boss, member_id=member.id, role="key-issuer")
        bounds = Bounds(now() + timedelta(days=1), 10, ["192.0.2.0/24"])
        row, key = issue_key(
            actor=boss, program_id=member.id, name="k", scopes=["predictions.submit", ISSUE], bounds=bounds
        )
    return member, row, key


def test_a_key_issues_keys_within_its_own_bounds_alone(
    organization: Organization, robot: tuple[Member, ApiKey, str]
) -> None:
    member, row, key = robot
    actor = acting(key)
    ends = row.expires_at
    assert actor
    assert ends
    with enter(organization.id):
        values = {"actor": actor, "program_id": member.id, "name": "k"}
        narrow = Bounds(ends, 10, ["192.0.2.128/25"])
        issue_key(scopes=["predictions.submit"], bounds=narrow, **values)
        wider = [
            Bounds(None, 10, ["192.0.2.1"]),
            Bounds(ends + timedelta(seconds=1), 10, ["192.0.2.1"]),
            Bounds(ends, None, ["192.0.2.1"]),
            Bounds(ends, 11, ["192.0.2.1"]),
            Bounds(ends, 10, []),
            Bounds(ends, 10, ["192.0.2.1", "198.51.100.1"]),
            Bounds(ends, 10, ["192.0.0.0/16"]),
            Bounds(ends, 10, ["2001:db8::/32"]),
        ]
        for bounds in wider:
            refused(KeyTooWide, issue_key, scopes=["predictions.submit"], bounds=bounds, **values)
        give_grant(actor=_manager(organization), member_id=member.id, role="administrator")
        refused(KeyTooWide, issue_key, scopes=["access.manage"], bounds=narrow, **values)
        refused(KeyTooWide, change_key, actor=actor, key_id=row.id, name="k", rate=10)
        successor, _key = rotate_key(actor=actor, key_id=row.id, overlap=timedelta(0))
        assert ApiKey.objects.get(id=successor.id).expires_at == ends


def _manager(organization: Organization) -> Actor:
    return actor_for(new_member(organization, "administrator"))


def test_networks_and_pace_hold_at_the_door(organization: Organization, boss: Actor, program: Member) -> None:
    with enter(organization.id):
        bounds = Bounds(None, 2, ["192.0.2.0/24", "2001:db8::/32"])
        _row, key = issue_key(actor=boss, program_id=program.id, name="k", scopes=["predictions.submit"], bounds=bounds)
    client = bearer(key)
    answers = [client.get("/api/jobs/", REMOTE_ADDR=place) for place in PLACES]
    assert [answer.status_code for answer in answers] == [403, 403, 200, 200]
    assert answers[0].json()["code"] == "identity.key_not_from_here"
    busy = client.get("/api/jobs/", REMOTE_ADDR="192.0.2.9")
    assert busy.status_code == 429
    assert int(busy.headers["Retry-After"]) <= 60


@pytest.mark.parametrize(
    "presented",
    ["bw_", "bw_\x00", "bw_" + "x" * 6000, "bw_ü", "bw_ spaced", "BW_" + "x" * 43, "bw_" + "x" * 43],
)
def test_what_is_no_key_is_refused_as_an_unknown_one(presented: str) -> None:
    answer = bearer(presented).get("/api/jobs/")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"]
