"""Claims over HTTP beyond what the original had: editions, repeats, masks, statements."""

from typing import Any

import pytest
from django.test import Client

from bailiwick.apps.claims.models import Claim
from bailiwick.apps.claims.tests.insurers import LIST, ROLES, Insurer, admin, flat, listed, one, patch, send, two
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.clients import with_token
from bailiwick.kernel.testing.factories import new_member

pytestmark = pytest.mark.django_db

__all__ = ["admin", "one", "two"]


def test_an_old_copy_is_409_with_what_changed(admin: Client, one: Insurer) -> None:
    path = f"{LIST}{one.claim.id}/"
    assert admin.get(path).headers["ETag"] == '"1"'
    assert send(admin, path, {"amount": "160.00"}, "PATCH", **{"If-Match": '"1"'}).status_code == 200
    for body, headers in (({"amount": "1.00", "edition": 1}, {}), ({"status": "approved"}, {"If-Match": "1"})):
        answer = send(admin, path, body, "PATCH", **headers)
        assert (answer.status_code, answer.json()["code"], answer.json()["edition"]) == (409, "claims.stale", 2)
        assert "amount" in answer.json()["changed"][0]["fields"]
    assert admin.get(path).json()["amount"] == "160.00"
    assert send(admin, path, {"amount": "1.00"}, "PATCH", **{"If-Match": "x"}).status_code == 400


def test_a_status_is_set_alone(admin: Client, one: Insurer) -> None:
    answer = patch(admin, one.claim, status="approved", amount="9999.00")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["amount"])


def test_a_claim_is_replaced_and_assigned_and_withdrawn(admin: Client, one: Insurer) -> None:
    path = f"{LIST}{one.claim.id}/"
    lines = [{"procedure_code": "10001", "amount": "20.00"}, {"procedure_code": "10002", "amount": 30}]
    body = flat(one, lines=lines, diagnoses=[{"code": "C00.1"}])
    for name in ("procedure_code", "amount", "diagnosis_code"):
        del body[name]
    claim = send(admin, path, body, "PUT").json()
    assert (claim["amount"], claim["diagnosis_code"], len(claim["lines"])) == ("50.00", "C00.1", 2)
    other = new_member(one.organization, "claims-processor")
    assert patch(admin, one.claim, assigned_processor=str(other.id)).json()["assigned_processor"] == str(other.id)
    assert one.clients["claims-processor"].get(path).status_code == 404
    assert send(admin, path, method="DELETE").status_code == 204
    assert admin.get(path).status_code == 404 and listed(admin) == []
    with enter(one.organization.id):
        assert Claim.objects.get(id=one.claim.id).withdrawn_at is not None


def test_a_repeat_under_its_number_is_200_and_another_claim_409(admin: Client, one: Insurer) -> None:
    answers = [send(admin, LIST, flat(one, external_id="X-1")) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 200]
    assert answers[0].json()["id"] == answers[1].json()["id"]
    other = send(admin, LIST, flat(one, external_id="X-1", amount="151.00"))
    assert (other.status_code, other.json()["code"]) == (409, "claims.external_id_taken")


def test_finance_sees_amounts_and_not_what_was_done(one: Insurer) -> None:
    finance = with_token(new_member(one.organization, "claims-finance"))
    [row] = finance.get(LIST).json()["results"]
    assert (row["masked"], row["amount"], row["diagnosis_code"], row["procedure_code"]) == (True, "150.00", None, None)
    claim = finance.get(f"{LIST}{one.claim.id}/").json()
    assert claim["diagnoses"] is None and claim["lines"][0]["procedure_code"] is None
    assert "C00" not in finance.get(f"{LIST}{one.claim.id}/").content.decode()


@pytest.mark.parametrize("role", [*ROLES, "claims-finance", "claims-reader"])
def test_a_list_takes_few_statements_for_everybody(one: Insurer, count_statements: Any, role: str) -> None:
    client = one.clients.get(role) or with_token(new_member(one.organization, role))
    counts = []
    for _turn in range(2):
        client.get(LIST, {"cursor": ""})
        with count_statements() as seen:
            assert client.get(LIST, {"cursor": "", "from_date": "2026-01-01"}).status_code == 200
        counts.append(seen.count)
        one.new(assigned_processor_id=one.members["claims-processor"].id)
    assert counts[0] == counts[1] <= 6
