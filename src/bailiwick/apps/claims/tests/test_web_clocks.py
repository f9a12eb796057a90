"""The board of deadlines: in the order in which they ask for something."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import now

from bailiwick.apps.claims.models import Clock
from bailiwick.apps.claims.tests.factories import new_patient, new_provider, new_stored_claim
from bailiwick.apps.claims.web.clocks import ClockBoard
from bailiwick.kernel.testing.clients import with_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def board(organization: Any, member: Any, scope: Any, monkeypatch: pytest.MonkeyPatch) -> tuple[Client, list[str]]:
    """Six deadlines, two a page; the numbers of their claims in the order in which they are due, the last is done."""
    monkeypatch.setattr(ClockBoard, "page_size", 2)
    moment, numbers = now(), {}
    with scope(organization):
        shared = {"patient": new_patient(), "provider": new_provider()}
        for days in (9, -3, 2, 2, -20, -40):
            claim = new_stored_claim(**shared)
            numbers[claim.number] = days
            Clock.objects.create(
                claim=claim,
                kind="payment",
                subject_id=claim.id,
                basis="30 days",
                started_at=moment - timedelta(days=60),
                due_at=moment + timedelta(days=days),
                met_at=moment if days == -40 else None,
            )
    client = with_session(member(organization, "claims-admin"))
    return client, [number for number, days in sorted(numbers.items(), key=lambda each: each[1]) if days != -40]


def shown(client: Client, path: str) -> tuple[list[str], str]:
    """The claims of a page of the board, and the address of the next."""
    text = client.get(path).content.decode()
    older = re.search(r'rel="next" href="([^"]+)"', text)
    return re.findall(r'class="t" href="[^"]+">([^<]+)<', text), older[1].replace("&amp;", "&") if older else ""


def test_what_passed_stands_first_and_what_is_done_apart(board: tuple[Client, list[str]]) -> None:
    client, numbers = board
    walked, path = [], "/claims/clocks/"
    while path:
        rows, path = shown(client, path)
        walked += rows
    assert sorted(walked[2:4]) == sorted(numbers[2:4]), "two of the same day"
    assert (walked[:2], walked[4:]) == (numbers[:2], numbers[4:])
    (done,), _next = shown(client, "/claims/clocks/?state=met")
    assert done not in numbers
    assert shown(client, "/claims/clocks/?sort=-due_at,id")[0][0] == numbers[-1]
