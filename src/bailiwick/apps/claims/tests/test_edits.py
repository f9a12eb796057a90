"""Front-end edits: what a claim is returned for, by which list, and what would be right."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate

from bailiwick.apps.claims.actions.editing import find_edits
from bailiwick.apps.claims.models import Code, CodeSet
from bailiwick.apps.claims.tests.factories import new_patient, new_provider
from bailiwick.apps.claims.values.claims import NewClaim, NewDiagnosis, NewLine
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.factories import new_organization

ON = date(2026, 5, 4)
WRIST = {
    "S52": ("Fracture of forearm", False),
    "S52.52": ("Torus fracture of lower end of radius", False),
    "S52.521": ("Torus fracture of lower end of right radius", False),
    "S52.521A": ("Torus fracture of lower end of right radius, initial encounter for closed fracture", True),
    "S52.522A": ("Torus fracture of lower end of left radius, initial encounter for closed fracture", True),
    "H60.31": ("Diffuse otitis externa", False),
    "H60.311": ("Diffuse otitis externa, right ear", True),
    "H60.312": ("Diffuse otitis externa, left ear", True),
    "C00.0": ("Malignant neoplasm of external upper lip", True),
}


@pytest.fixture
def house(db):
    with enter(new_organization().id):
        yield


def load(system, release, codes, start, end=None):
    loaded = CodeSet.objects.create(
        system=system, release=release, valid_from=start, valid_until=end, source="a test", digest=b"d" * 32
    )
    for code, (title, is_billable) in codes.items():
        Code.objects.create(code_set=loaded, code=code, title=title, is_billable=is_billable)
    return loaded


def claim(*diagnoses, npi="", on=ON, **line):
    """A claim of one line."""
    given = {"procedure_code": "10001", "amount": Decimal(150)} | line
    return NewClaim(
        new_patient().id,
        new_provider(npi=npi).id,
        on,
        (NewLine(**given),),
        tuple(NewDiagnosis(code) for code in diagnoses or ("C00.0",)),
    )


def codes(new):
    [found] = find_edits([new])
    return [(edit.code, edit.field) for edit in found]


def only(new):
    [[edit]] = find_edits([new])
    return edit


def test_a_claim_in_order_has_no_edits(house):
    assert find_edits([claim(npi="1234567893"), claim()]) == [[], []]


def test_a_wrong_check_digit_is_an_edit_as_x12_names_it(house):
    edit = only(claim(npi="1234567890"))
    assert (edit.code, edit.field) == ("A7:562", "provider")
    assert "check digit" in edit.message
    assert "begin with 1 or 2" in only(claim(npi="5544332211")).message


def test_without_a_list_the_form_decides(house):
    assert codes(claim("S52.52", "Z99")) == []
    assert codes(claim("0A1", "C00.00000")) == [("A7:254", "diagnoses.1"), ("A7:255", "diagnoses.2")]


def test_a_code_that_is_no_leaf_names_the_leaves_below(house):
    load("icd10cm", "2026-04", WRIST, date(2026, 4, 1))
    edit = only(claim("H6031"))
    assert edit.release == "ICD-10-CM 2026-04"
    assert [code for code, _title in edit.right] == ["H60.311", "H60.312"]
    assert "which side" in edit.message
    seventh = only(claim("S52.521"))
    assert "seventh character" in seventh.message
    assert seventh.as_json()["right"] == [{"code": "S52.521A", "title": WRIST["S52.521A"][0]}]
    assert "too general" in only(claim("S52")).message


def test_a_code_that_does_not_exist_names_its_neighbours(house):
    load("icd10cm", "2026-04", WRIST, date(2026, 4, 1))
    edit = only(claim("S52.521Z"))
    assert "not in ICD-10-CM 2026-04" in edit.message
    assert [code for code, _title in edit.right] == ["S52.521A"]


def test_a_code_is_judged_by_the_release_of_the_day(house):
    load("icd10cm", "2025", {"C00.0": WRIST["C00.0"]}, date(2024, 10, 1), date(2026, 3, 31))
    load("icd10cm", "2026-04", {"H60.311": WRIST["H60.311"]}, date(2026, 4, 1))
    assert codes(claim("C00.0", on=date(2026, 3, 31))) == []
    edit = only(claim("C00.0", on=date(2026, 4, 1)))
    assert "is in ICD-10-CM 2025, but not valid on 2026-04-01" in edit.message
    # No list covers the day: the form alone decides.
    assert codes(claim("C00.0", on=date(2020, 1, 1))) == []


def test_institutions_code_by_the_day_of_discharge(house):
    load("icd10cm", "2026-04", {"H60.311": WRIST["H60.311"]}, date(2026, 4, 1))
    stay = replace(claim("C00.0", on=date(2026, 3, 30)), service_end=date(2026, 4, 2))
    assert codes(stay) == []
    assert codes(replace(stay, kind="institutional")) == [("A7:254", "diagnoses.1")]


def test_an_entry_may_have_dates_of_its_own(house):
    loaded = load("hcpcs", "2026", {}, date(2026, 1, 1))
    Code.objects.create(code_set=loaded, code="J0000", title="A drug", facts={"valid_until": "2026-04-30"})
    assert codes(claim(procedure_code="J0000", on=date(2026, 4, 30))) == []
    assert codes(claim(procedure_code="J0000")) == [("A7:454", "lines.1.procedure_code")]


def test_a_diagnosis_is_said_by_those_who_treat(house):
    assert codes(replace(claim(), diagnoses=())) == [("A6:254", "diagnoses")]
    assert codes(replace(claim(), diagnoses=(), kind="institutional")) == [("A6:254", "diagnoses")]
    assert codes(replace(claim(), diagnoses=(), kind="oral")) == []


def test_the_cause_of_an_injury_is_no_principal_diagnosis(house):
    assert codes(claim("W01.0XXA")) == [("A7:254", "diagnoses.1")]
    assert codes(claim("C00.0", "W01.0XXA")) == []


@pytest.mark.parametrize(
    ("line", "code", "place"),
    [
        ({"procedure_code": "99"}, "A7:454", "procedure_code"),
        ({"procedure_code": ""}, "A6:454", "procedure_code"),
        ({"procedure_code": "10001", "system": "cdt"}, "A7:454", "procedure_code"),
        ({"procedure_code": "0DTJ4ZZ"}, "A8:454", "procedure_code"),
        ({"modifiers": ("5",)}, "A7:453", "modifiers"),
        ({"modifiers": ("50", "50")}, "A7:453", "modifiers"),
        ({"place_of_service": "1"}, "A7:249", "place_of_service"),
        ({"place_of_service": "98"}, "A7:249", "place_of_service"),
        ({"ndc": "1234567891"}, "A7:218", "ndc"),
        ({"ndc": "12-34"}, "A7:218", "ndc"),
        ({"diagnosis_pointers": (1, 2)}, "A7:477", "diagnosis_pointers"),
        ({"quantity": Decimal(0)}, "A7:476", "quantity"),
        ({"amount": Decimal(-1)}, "A7:178", "amount"),
        ({"quantity": Decimal(3), "unit_price": Decimal(49)}, "A7:400", "amount"),
        ({"service_date": ON - timedelta(days=1)}, "A8:187", "service_date"),
        ({"service_date": ON, "service_end": ON - timedelta(days=1)}, "A8:188", "service_end"),
    ],
)
def test_a_fault_of_a_line_is_named_beside_it(house, line, code, place):
    edit = only(claim(**line))
    assert (edit.code, edit.field, edit.line) == (code, f"lines.1.{place}", 1)


def test_a_line_in_order_has_no_edits(house):
    line = {
        "procedure_code": "J1885",
        "modifiers": ("RT", "59"),
        "place_of_service": "11",
        "ndc": "1234-5678-91",
        "diagnosis_pointers": (1,),
        "quantity": Decimal(3),
        "unit_price": Decimal(50),
        "service_date": ON,
    }
    assert codes(claim(**line)) == []


def test_lists_of_the_organisation_decide_what_exists(house):
    load("cpt", "2026", {"10002": ("Something", True)}, date(2026, 1, 1))
    load("modifier", "2026", {"59": ("Distinct", True)}, date(2026, 1, 1))
    load("place", "2026", {"98": ("A place of our own", True)}, date(2026, 1, 1))
    load("ndc", "2026", {"01234567891": ("A drug", True)}, date(2026, 1, 1))
    given = {"modifiers": ("59",), "place_of_service": "98", "ndc": "1234-5678-91"}
    assert codes(claim(procedure_code="10002", **given)) == []
    wrong = {"modifiers": ("22",), "place_of_service": "11", "ndc": "1234-5678-92"}
    assert sorted(field for _code, field in codes(claim(**wrong))) == [
        f"lines.1.{place}" for place in ("modifiers", "ndc", "place_of_service", "procedure_code")
    ]


def test_a_modifier_does_not_name_the_other_side(house):
    load("icd10cm", "2026-04", WRIST, date(2026, 4, 1))
    assert codes(claim("H60.312", modifiers=("RT",))) == [("A8:453", "lines.1.modifiers")]
    assert codes(claim("H60.311", modifiers=("RT",))) == []
    assert codes(claim("H60.312", "H60.311", modifiers=("RT",))) == []


def test_days_are_within_reason(house):
    tomorrow = localdate() + timedelta(days=1)
    assert codes(claim(on=tomorrow)) == [("A7:187", "service_date")]
    assert codes(claim(on=date(1985, 12, 9))) == [("A8:158", "service_date")]
    assert codes(replace(claim(), service_end=ON - timedelta(days=1))) == [("A8:188", "service_end")]


def test_details_come_to_their_line(house):
    first = NewLine("10001", Decimal(100), place="1")
    details = NewLine("10001", Decimal(60), place="1.1"), NewLine("10001", Decimal(30), place="1.2")
    assert codes(replace(claim(), lines=(first, *details))) == [("A7:400", "lines.1.amount")]
    assert codes(replace(claim(), lines=(replace(first, amount=Decimal(90)), *details))) == []


def test_many_claims_take_as_many_statements_as_one(house):
    load("icd10cm", "2026-04", WRIST, date(2026, 4, 1))
    for many in (1, 40):
        rows = [claim("S52.521", "C00.1") for _each in range(many)]
        with CaptureQueriesContext(
            connection,
        ) as seen:
            found = find_edits(rows)
        assert len(found) == many
        assert all(len(each) == 2 for each in found)
        assert len(seen) == 5
    with CaptureQueriesContext(connection) as seen:
        assert find_edits([]) == []
    assert not seen
