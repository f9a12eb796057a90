"""Whatever is sent to the API of claims: it is refused beside its field, and never breaks anything."""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from bailiwick.apps.claims.choices import Stage
from bailiwick.apps.claims.models import Claim, Patient
from bailiwick.apps.claims.tests.insurers import BULK, LIST, Insurer, admin, flat, one, send, two
from bailiwick.kernel.tenancy.scope import enter

pytestmark = pytest.mark.django_db

__all__ = ["admin", "one", "two"]
ODD: tuple[Any, ...] = (
    None,
    True,
    -1,
    10**19,
    1e300,
    "\x00",
    "9" * 500,
    "1e400",
    "NaN",
    "-Infinity",
    "\U0001f600" * 5000,
    [],
    [[[]]],
    {},
    {"a": "\x00"},
    ["\x00"],
)
FIELDS = (
    "patient",
    "provider",
    "service_date",
    "service_end",
    "currency",
    "kind",
    "use",
    "external_id",
    "place_of_service",
    "is_paper",
    "diagnosis_code",
    "procedure_code",
    "amount",
    "diagnoses",
    "lines",
)
LINE = ("amount", "place", "system", "modifiers", "diagnosis_pointers", "ndc", "service_date", "quantity", "unit_price")


@pytest.fixture(autouse=True)
def _answers(admin: Client) -> None:
    admin.raise_request_exception = False


def kept(insurer: Insurer) -> int:
    with enter(insurer.organization.id):
        return int(Claim.objects.count())


@pytest.mark.parametrize("name", FIELDS)
def test_odd_values_of_a_claim_are_refused_or_taken(admin: Client, one: Insurer, name: str) -> None:
    for odd in ODD:
        for method, path in (("POST", LIST), ("PUT", f"{LIST}{one.claim.id}/"), ("PATCH", f"{LIST}{one.claim.id}/")):
            body = flat(one, **{name: odd}) if method != "PATCH" else {name: odd}
            answer = send(admin, path, body, method)
            assert answer.status_code in (200, 201, 400), (method, odd, answer.content[:300])


@pytest.mark.parametrize("name", LINE)
def test_odd_values_of_a_line_are_refused_or_taken(admin: Client, one: Insurer, name: str) -> None:
    for odd in ODD:
        body = flat(one, lines=[{"procedure_code": "10001", "amount": "5.00"} | {name: odd}])
        del body["amount"], body["procedure_code"]
        assert send(admin, LIST, body).status_code in (201, 400), odd


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("correct", {"correction": "replaced", "reason": "It was wrong.", "claim": None}),
        ("requests", {"asked": "Which?", "due_at": None}),
        ("appeals", {"reason": None}),
    ],
)
def test_odd_values_of_deeds_are_refused(admin: Client, one: Insurer, path: str, body: dict[str, Any]) -> None:
    claim = one.new(stage=Stage.APPROVED) if path == "correct" else one.claim
    for name in body:
        for odd in ODD:
            answer = send(admin, f"{LIST}{claim.id}/{path}", body | {name: odd})
            assert answer.status_code in (400, 409), (name, odd, answer.content[:300])


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (BULK, {"claim_ids": [], "status": "approved", "reason": ""}),
        ("/api/claims/pay", {"claim_ids": []}),
        ("/api/claims/adjudicate", {"since": "2026-01-01", "until": "2026-01-02"}),
        ("/api/patients/", {"first_name": "A", "last_name": "B", "date_of_birth": "2000-01-01", "member": None}),
        ("/api/providers/", {"name": "A", "npi": "", "member": None}),
        (
            "/api/patient-status/",
            {
                "status_type": "admission",
                "occurred_at": "2026-01-01T00:00:00Z",
                "details": {},
                "source_id": "",
                "patient": "",
            },
        ),
        ("/api/claims/work/next", {"queue": "claims.medical"}),
        ("/api/claims/work/decide", {"queue": "claims.medical", "subject": "", "claim_token": "", "verdict": ""}),
    ],
)
def test_odd_values_elsewhere_are_refused_or_taken(admin: Client, path: str, body: dict[str, Any]) -> None:
    for name in body:
        for odd in ODD:
            answer = send(admin, path, body | {name: odd})
            assert answer.status_code < 500, (path, name, odd, answer.content[:300])


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        "1",
        "NaN",
        '"x"',
        "null",
        '{"amount": 1e9999}',
        "[" * 400 + "]" * 400,
        '{"amount": 1' + "0" * 400 + "}",
    ],
)
def test_bodies_that_are_no_claim_are_refused(admin: Client, one: Insurer, text: str) -> None:
    for method, path in (("post", LIST), ("patch", f"{LIST}{one.claim.id}/"), ("post", BULK)):
        answer = getattr(admin, method)(path, text, content_type="application/json")
        assert answer.status_code == 400, (method, answer.content[:300])


@pytest.mark.parametrize(
    "query",
    [
        "min_amount=1e-400000",
        "min_amount=NaN",
        "max_amount=1e400",
        "max_amount=-1e49",
        "from_date=0001-01-01",
        "to_date=9999-12-31",
        "patient_id=1",
        "status=x",
        "limit=-1",
        "limit=" + "9" * 400,
        "offset=" + "9" * 30,
        "ordering=patient__last_name",
        "ordering=diagnosis_code",
        "cursor=x",
        "number=%00",
        "number=%ff",
        "number=" + "x" * 4000,
        "diagnosis_code=C00.0",
    ],
)
def test_odd_addresses_are_refused_or_understood(admin: Client, query: str) -> None:
    answer = admin.get(f"{LIST}?{query}")
    assert answer.status_code in (200, 400), answer.content[:300]
    if "diagnosis" in query or "patient__" in query:
        assert answer.status_code == 400


def test_odd_numbers_of_patients_and_days_of_events_are_refused_or_understood(admin: Client) -> None:
    for address in (
        "/api/patients/?number=%00",
        "/api/patients/?number=%ff",
        "/api/patient-status/?from_date=0001-01-01",
    ):
        assert admin.get(address).status_code in (200, 400), address


def test_what_belongs_to_others_is_none_in_every_field(admin: Client, one: Insurer, two: Insurer) -> None:
    """Of another organisation, or of nobody."""
    approved = one.new(stage=Stage.APPROVED)
    before = kept(one)
    for key in (two, None):
        patient, provider, member = (
            (str(key.patient.id), str(key.provider.id), str(key.members["claims-processor"].id))
            if key
            else [str(uuid4())] * 3
        )
        refused: list[tuple[str, str, dict[str, Any], str]] = [
            ("POST", LIST, flat(one, patient=patient), "patient"),
            ("POST", LIST, flat(one, provider=provider), "provider"),
            ("PATCH", f"{LIST}{one.claim.id}/", {"patient": patient}, "patient"),
            ("PATCH", f"{LIST}{one.claim.id}/", {"provider": provider}, "provider"),
            ("PATCH", f"{LIST}{one.claim.id}/", {"assigned_processor": member}, "assigned_processor"),
            ("PUT", f"{LIST}{one.claim.id}/", flat(one, provider=provider), "provider"),
            ("POST", f"{LIST}{approved.id}/correct", _corrected(one, patient=patient), "patient"),
            ("POST", f"{LIST}{approved.id}/correct", _corrected(one, provider=provider), "provider"),
            ("POST", "/api/patients/", _person(member=member), "member"),
            ("PATCH", f"/api/patients/{one.patient.id}/", {"member": member}, "member"),
            ("PATCH", f"/api/providers/{one.provider.id}/", {"member": member}, "member"),
            ("POST", "/api/patient-status/", _happened(patient=patient), "patient"),
            ("POST", "/api/patient-status/", _merged(one, patient), "merged_patient"),
        ]
        for method, path, body, name in refused:
            answer = send(admin, path, body, method)
            assert (answer.status_code, list(answer.json().get("errors", {}))) == (400, [name]), (path, answer.content)
    assert kept(one) == before


def _corrected(insurer: Insurer, **values: str) -> dict[str, Any]:
    return {"correction": "replaced", "reason": "It was wrong.", "claim": flat(insurer, **values)}


def _person(**values: str) -> dict[str, Any]:
    return {"first_name": "A", "last_name": "B", "date_of_birth": "2000-01-01"} | values


def _happened(**values: str) -> dict[str, Any]:
    return {"status_type": "admission", "occurred_at": "2026-01-01T00:00:00Z"} | values


def _merged(insurer: Insurer, other: str) -> dict[str, Any]:
    return _happened(status_type="merge", patient=str(insurer.patient.id), merged_patient=other)


def test_two_who_add_a_patient_of_one_number_at_once_are_told(
    admin: Client, one: Insurer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bailiwick.apps.claims.actions.parties.is_number_taken", lambda patient: False)
    monkeypatch.setattr("bailiwick.apps.claims.actions.parties.is_npi_taken", lambda provider: False)
    answers = [send(admin, "/api/patients/", _person(number="P-1")) for _ in range(2)]
    assert [each.status_code for each in answers] == [201, 400] and "number" in answers[1].json()["errors"]
    answers = [send(admin, "/api/providers/", {"name": "A", "npi": "1234567893"}) for _ in range(2)]
    assert [each.status_code for each in answers] == [201, 400] and "npi" in answers[1].json()["errors"]
    with enter(one.organization.id):
        assert Patient.objects.filter(number="P-1").count() == 1


def test_what_is_beside_the_claim_may_be_anything_that_is_json(admin: Client, one: Insurer) -> None:
    more = {"a": [1, 2.5, None, True, {"deep": [["x"]]}], "ä": "\U0001f600", "large": 2**63}
    claim = send(admin, LIST, flat(one, more=more)).json()
    assert json.dumps(claim["more"]) == json.dumps(more)
