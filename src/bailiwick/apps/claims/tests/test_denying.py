"""Denials by people: for a reason of the catalogue, as a judgement that balances, whoever says it at whichever door."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Sum
from django.test import Client

from bailiwick.apps.claims.actions.adjudication import approve_claims
from bailiwick.apps.claims.actions.correcting import correct_claim
from bailiwick.apps.claims.actions.denying import deny_claims
from bailiwick.apps.claims.actions.paying import pay_claims
from bailiwick.apps.claims.actions.statuses import set_status, set_statuses
from bailiwick.apps.claims.choices import Mover, Pend, Stage
from bailiwick.apps.claims.models import Adjudication, AdjudicationLine, Claim, Payment, PaymentRun
from bailiwick.apps.claims.queries.claims import lock_claims
from bailiwick.apps.claims.queries.dashboard import Scope, get_figures
from bailiwick.apps.claims.queries.records import list_judged_lines, read_trace
from bailiwick.apps.claims.rules.reasons import CARCS, DENIALS
from bailiwick.apps.claims.tests.factories import new_patient, new_rules, new_stored_claim
from bailiwick.apps.claims.tests.insurers import BULK, Insurer, admin, one, patch, send
from bailiwick.apps.claims.tests.reviewing import decide, new_reviewed
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.clients import with_session

__all__ = ["admin", "one"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(organization: Any, member: Any, actor_of: Any, scope: Any) -> Iterator[Actor]:
    with scope(organization):
        yield actor_of(member(organization, "claims-admin"))


def last_of(claim: Claim) -> Adjudication:
    claim.refresh_from_db()
    return Adjudication.objects.filter(claim=claim).order_by("-version")[0]


def said_of(judged: Adjudication) -> list[str]:
    rows = AdjudicationLine.objects.filter(adjudication=judged).order_by("sequence")
    return [
        f"{each.group}-{each.code} {each.amount}"
        for row in rows
        for step in read_trace(row.trace)
        for each in step.reasons
    ]


@pytest.mark.parametrize(("code", "group", "owes"), [("50", "CO", 0), ("119", "PR", 150), ("", "CO", 0)])
def test_a_denial_is_a_judgement_whose_lines_carry_the_reason(manager: Actor, code: str, group: str, owes: int) -> None:
    claim = new_reviewed(amounts=("100.00", "50.00"))
    decide(manager, claim, "deny", "Not necessary.", reason_code=code)
    judged = last_of(claim)
    assert (claim.stage, claim.paid, claim.patient_owes, claim.rejection_reason) == (
        "denied",
        0,
        owes,
        "Not necessary.",
    )
    assert (judged.outcome, judged.is_final, judged.billed, judged.paid, judged.adjusted) == (
        "denied",
        True,
        150,
        0,
        150,
    )
    assert (judged.member_id, judged.patient_owes) == (manager.member_id, owes)
    assert said_of(judged) == [f"{group}-{code or 'A1'} 100.00", f"{group}-{code or 'A1'} 50.00"]
    assert [str(each.said) for each in read_trace(judged.trace)] == ["A person has denied it."]


def test_who_confirms_what_adjudication_found_keeps_its_reasons(manager: Actor) -> None:
    new_rules(manager.member_id)
    claim = new_stored_claim(patient=new_patient())
    with transaction.atomic():
        approve_claims(actor=manager.ref, claims=lock_claims(manager, [claim.id]), mover=Mover.MANAGER)
    claim.refresh_from_db()
    assert (claim.stage, claim.pend) == (Stage.UNDER_REVIEW, Pend.DENIAL)
    decide(manager, claim, "deny", "Not insured here.")
    judged = last_of(claim)
    assert (judged.version, judged.is_final, said_of(judged)) == (2, True, ["PR-31 150.00"])
    assert claim.patient_owes == 150
    told = [str(each.said) for each in read_trace(judged.trace)]
    assert (told[0], told[-1]) == ("The patient has no cover here.", "A person has denied it.")


@pytest.mark.parametrize("code", ["45", "1", "999", "X" * 50])
def test_what_is_no_reason_to_deny_is_refused(manager: Actor, code: str) -> None:
    claim = new_reviewed()
    with pytest.raises(InvalidInput), transaction.atomic():
        set_status(actor=manager, claim_id=claim.id, status="rejected", reason="No.", reason_code=code)
    assert not Adjudication.objects.exists()


def test_a_denied_correction_of_what_was_paid_is_owed_back_and_paid_again_once_approved(manager: Actor) -> None:
    old = new_stored_claim(amounts=("100.00",))
    with transaction.atomic():
        approve_claims(actor=manager.ref, claims=lock_claims(manager, [old.id]), mover=Mover.MANAGER)
    with transaction.atomic():
        pay_claims(actor=manager, claims=lock_claims(manager, [old.id]))
    new_rules(manager.member_id)
    correct_claim(actor=manager, claim_id=old.id, kind=Stage.REPLACED, reason="Judged anew")
    new = Claim.objects.get(replaces=old)
    assert new.pend == Pend.DENIAL
    decide(manager, new, "deny", "Not insured here.")
    assert last_of(new).difference == -100
    assert [each.amount for each in Payment.objects.order_by("id")] == [100, -100]
    set_status(actor=manager, claim_id=new.id, status="submitted", reason="Insured after all")
    new.refresh_from_db()
    assert (new.paid, new.allowed, new.patient_owes) == (None, None, None)
    with transaction.atomic():
        approve_claims(
            actor=manager.ref,
            claims=lock_claims(manager, [new.id]),
            mover=Mover.MANAGER,
            resolved=frozenset({Pend.DENIAL}),
        )
    with transaction.atomic():
        pay_claims(actor=manager, claims=lock_claims(manager, [new.id]))
    assert [each.amount for each in Payment.objects.order_by("id")] == [100, -100, 100]
    assert all(run.billed == run.paid + run.adjusted for run in PaymentRun.objects.all())


def test_many_are_denied_in_as_many_statements_as_one(manager: Actor, count_statements: Any) -> None:
    def deny(count: int) -> int:
        claims = [new_stored_claim(amounts=("100.00", "50.00")) for _ in range(count)]
        with count_statements() as seen, transaction.atomic():
            set_statuses(
                actor=manager, claim_ids=[each.id for each in claims], status="rejected", reason="No.", reason_code="29"
            )
        return int(seen.count)

    assert deny(1) == deny(5)
    sums = Adjudication.objects.aggregate(billed=Sum("billed"), adjusted=Sum("adjusted"))
    assert sums == {"billed": 900, "adjusted": 900}
    assert AdjudicationLine.objects.count() == 12


def test_lines_of_a_former_revision_and_details_are_not_denied(manager: Actor) -> None:
    claim = new_stored_claim(amounts=("100.00",))
    claim.lines.create(revision=1, sequence=2, place="1.1", procedure_code="10001", amount=60)
    claim.lines.create(revision=2, sequence=1, place="1", procedure_code="10001", amount=100)
    with transaction.atomic():
        [locked] = lock_claims(manager, [claim.id])
        deny_claims(claims=[locked], mover=Mover.MANAGER, member_id=manager.member_id, reason="No.", code="50")
    assert (locked.paid, locked.allowed, locked.patient_owes) == (0, 0, 0)
    assert said_of(last_of(claim)) == ["CO-50 100.00"]
    assert [each.result and each.result.adjusted for each in list_judged_lines(claim, last_of(claim))] == [100, None]


def test_the_api_takes_the_code_single_and_in_bulk(one: Insurer, admin: Client) -> None:
    assert patch(admin, one.claim, status="rejected", reason="Late.", reason_code="29").status_code == 200
    other = one.new(amounts=("70.00",))
    answer = send(
        admin, BULK, {"claim_ids": [str(other.id)], "status": "rejected", "reason": "No.", "reason_code": "50"}
    )
    assert answer.json()["updated_count"] == 1
    refused = send(
        admin, BULK, {"claim_ids": [str(other.id)], "status": "rejected", "reason": "No.", "reason_code": "1"}
    )
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["reason_code"])
    with enter(one.organization.id):
        assert said_of(last_of(one.claim)) == ["CO-29 150.00"] and said_of(last_of(other)) == ["CO-50 70.00"]


def test_the_page_offers_the_catalogue(one: Insurer) -> None:
    client = with_session(one.members["claims-admin"])
    path = f"/claims/{one.claim.id}/reject/"
    assert str(DENIALS["50"]) in client.get(path).content.decode()
    assert client.post(path, {"reason": "Not necessary.", "reason_code": "50"}).status_code == 302
    page = client.get(f"/claims/{one.claim.id}/").content.decode()
    assert str(CARCS["50"]) in page
    with enter(one.organization.id):
        assert last_of(one.claim).adjusted == Decimal("150.00")


def test_what_the_patient_bears_is_among_the_reasons_of_denials(manager: Actor) -> None:
    """A service after the cover ended is denied, whoever pays it then; a copay is not."""
    decide(manager, new_reviewed(), "deny", "The cover had ended.", reason_code="27")
    assert [(each.group, each.code, each.n) for each in get_figures(manager, Scope()).reasons] == [("PR", "27", 1)]
