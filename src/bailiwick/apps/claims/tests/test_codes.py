"""Code sets: whole releases, dated, each loaded once, out of the forms in which they are published."""

import gzip
import io
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from bailiwick.apps.claims.actions.codes import load_codes, load_file
from bailiwick.apps.claims.choices import CodeSystem
from bailiwick.apps.claims.models import Code, CodeSet
from bailiwick.apps.claims.queries.codes import open_book
from bailiwick.apps.claims.rules.releases import is_anweb, is_order
from bailiwick.apps.claims.values.codes import NewCode, NewRelease
from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.factories import new_organization

ORDER = """\
00001 A00     0 Cholera                                                      Cholera
00002 A000    1 Cholera due to Vibrio cholerae 01, biovar cholerae           Cholera due to Vibrio cholerae 01, biovar cholerae
31001 S52521  0 Torus fracture of lower end of right radius                  Torus fracture of lower end of right radius
31002 S52521A 1 Torus fx lower end of right radius, init for clos fx         Torus fracture of lower end of right radius, initial encounter for closed fracture
"""  # noqa: E501
PCS = """\
00001 001     0 Central Nervous System and Cranial Nerves, Bypass            Central Nervous System and Cranial Nerves, Bypass
00002 0016070 1 Bypass Cereb Vent to Nasophar with Autol Sub, Open           Bypass Cerebral Ventricle to Nasopharynx with Autologous Tissue Substitute, Open Approach
"""  # noqa: E501


def anweb(code, sequence, record, title, added="20000101", ended=""):
    line = f"{code:>5}{sequence:05}{record}{title:<80}{title[:28]:<28}"
    return f"{line:<268}{added:<8}{added:<8}{ended:<8}N".ljust(320) + "\n"


HCPCS = (
    anweb("A0021", 100, "3", "Ambulance service, outside state per mile,", ended="20251231")
    + anweb("A0021", 200, "4", "transport (medicaid only)")
    + anweb("J1885", 100, "3", "Injection, ketorolac tromethamine, per 15 mg")
    + anweb("LT", 100, "7", "Left side (used to identify procedures performed on")
    + anweb("LT", 200, "8", "the left side of the body)")
)


@pytest.fixture
def organization(db):
    made = new_organization()
    with enter(made.id):
        yield made


@pytest.fixture
def house(organization):
    return ActorRef(organization.id, None, "system")


def release(system, name="2026", start=date(2026, 1, 1), end=None):
    return NewRelease(system, name, start, "a test", end, "public")


def load(actor, text, new):
    content = text if isinstance(text, bytes) else text.encode()
    return load_file(actor=actor, new=new, content=io.BytesIO(content))


def stored(code_set):
    rows = Code.objects.filter(code_set=code_set).order_by("code")
    return {
        code: (title, is_billable, facts)
        for code, title, is_billable, facts in rows.values_list("code", "title", "is_billable", "facts")
    }


def refused(actor, text, new):
    with pytest.raises(InvalidInput) as refusal:
        load(actor, text, new)
    assert not CodeSet.objects.filter(release=new.name).exists()
    [sentences] = refusal.value.fields.values()
    return " ".join(sentences)


def test_the_order_file_of_icd_10_cm_says_what_is_billable(house):
    code_set, is_new = load(house, ORDER, release("icd10cm"))
    assert (is_new, code_set.count) == (True, 4)
    assert stored(code_set) == {
        "A00": ("Cholera", False, {}),
        "A00.0": ("Cholera due to Vibrio cholerae 01, biovar cholerae", True, {}),
        "S52.521": ("Torus fracture of lower end of right radius", False, {"seventh": True}),
        "S52.521A": ("Torus fracture of lower end of right radius, initial encounter for closed fracture", True, {}),
    }


def test_the_order_file_of_icd_10_pcs_keeps_its_codes_without_a_dot(house):
    code_set, _is_new = load(house, gzip.compress(PCS.encode(), mtime=0), release("icd10pcs"))
    assert list(stored(code_set)) == ["001", "0016070"]


def test_the_file_of_hcpcs_has_procedures_and_modifiers(house):
    procedures, _is_new = load(house, HCPCS, release("hcpcs"))
    assert stored(procedures) == {
        "A0021": (
            "Ambulance service, outside state per mile, transport (medicaid only)",
            True,
            {"valid_from": "2000-01-01", "valid_until": "2025-12-31"},
        ),
        "J1885": ("Injection, ketorolac tromethamine, per 15 mg", True, {"valid_from": "2000-01-01"}),
    }
    modifiers, _is_new = load(house, HCPCS, release("modifier"))
    assert list(stored(modifiers)) == ["LT"]
    assert stored(modifiers)["LT"][0].endswith("on the left side of the body)")


@pytest.mark.parametrize(
    ("system", "table", "codes"),
    [
        ("cpt", "code,title\n99213,Office visit\n", ["99213"]),
        ("cpt", "Code;Description\n99213;Office visit\n", ["99213"]),
        ("cdt", "code\nd0120\n", ["D0120"]),
        ("ndc", "ndc,name\n1234-5678-91,A drug\n", ["01234567891"]),
        ("modifier", "modifier,title\nRT,Right side\n", ["RT"]),
        ("place", "code,title\n11,Office\n", ["11"]),
        ("hcpcs", "HCPC,SEQNUM,RECID,LONG DESCRIPTION,ADD DT,TERM DT\nJ1885,100,3,Injection,20000101,\n", ["J1885"]),
    ],
)
def test_a_list_of_ones_own_is_a_table(house, system, table, codes):
    code_set, _is_new = load(house, table, release(system))
    assert list(stored(code_set)) == codes


def test_entries_of_a_table_may_be_dated(house):
    code_set, _is_new = load(
        house, "code,title,valid_from,valid_until\n99213,Visit,2026-01-01,12/31/2026\n", release("cpt")
    )
    assert stored(code_set)["99213"][2] == {"valid_from": "2026-01-01", "valid_until": "2026-12-31"}


@pytest.mark.parametrize(
    ("system", "text", "said"),
    [
        ("cpt", "code,title\n99213,Visit\n9921,Visit\n", "Line 3: 9921 has not the form of CPT."),
        ("cpt", "code,title\n99213,Visit\n99213,Again\n", "Line 3: the code is there twice."),
        ("cpt", "code,valid_until\n99213,soon\n", "Line 2: soon is no date."),
        ("cpt", "code,title\n99213\n", "Line 2: This row has 1 cells"),
        ("cpt", "number,title\n99213,Visit\n", "No column is called"),
        ("cpt", "code,title\n", "There is no code of this system in the file."),
        ("cpt", "", "empty"),
        ("cpt", b"%PDF-1.7\n", "a PDF"),
        ("ndc", "code\n1234567891\n", "may be several NDCs"),
        ("icd10cm", ORDER + "0005 short\n", "Line 5: it has not the form of the others."),
        ("icd10pcs", PCS.replace("0016070", "00160I0"), "has not the form of ICD-10-PCS"),
        ("hcpcs", HCPCS[:-1] + "\nx\n", "Line 6"),
    ],
)
def test_a_list_that_is_not_in_order_is_not_taken_at_all(house, system, text, said):
    assert said in refused(house, text, release(system))
    assert not Code.objects.exists()


def test_the_same_file_again_has_no_second_effect(house):
    first, is_new = load(house, ORDER, release("icd10cm"))
    again, is_new_again = load(house, ORDER, release("icd10cm", "under another name", date(2026, 10, 1)))
    assert (is_new, is_new_again, again.id) == (True, False, first.id)
    assert CodeSet.objects.get().valid_until is None
    assert Code.objects.count() == 4
    assert Event.objects.filter(verb="claims.codes.loaded").count() == 1
    told = refused_again(house)
    assert "with other content" in told


def refused_again(house):
    with pytest.raises(InvalidInput) as refusal:
        load(house, ORDER.replace("Cholera", "cholera"), release("icd10cm"))
    return " ".join(refusal.value.fields["name"])


def test_releases_that_overlap_are_dated(house):
    def days():
        rows = CodeSet.objects.order_by("valid_from")
        return {
            name: (start.isoformat(), end and end.isoformat())
            for name, start, end in rows.values_list("release", "valid_from", "valid_until")
        }

    def one(name, start, end=None):
        new = release("cpt", name, start, end)
        load_codes(actor=house, new=new, digest=name.encode(), codes=[NewCode("99213", name)])

    one("2025", date(2025, 1, 1))
    one("2027", date(2027, 1, 1))
    assert days() == {"2025": ("2025-01-01", "2026-12-31"), "2027": ("2027-01-01", None)}
    one("2026", date(2026, 1, 1))
    assert days()["2025"] == ("2025-01-01", "2025-12-31")
    assert days()["2026"] == ("2026-01-01", "2026-12-31")
    book = open_book([("cpt", "99213")])
    judged = [book.look_up("cpt", "99213", day) for day in (date(2025, 12, 31), date(2026, 1, 1), date(2030, 1, 1))]
    assert [facts.release for facts in judged if facts] == ["CPT 2025", "CPT 2026", "CPT 2027"]
    with pytest.raises(InvalidInput):
        one("wrong", date(2026, 1, 1), date(2025, 1, 1))


def test_lines_of_files_are_told_apart():
    assert is_order(ORDER.splitlines()[0])
    assert is_anweb(HCPCS.splitlines()[0])
    assert not is_order("code,title")
    assert not is_anweb("code,title")


def test_the_command_loads_the_release_that_comes_with_the_installation(organization, capsys):
    call_command("claims_codes_load", "icd10cm", organization=organization.slug)
    assert "ICD-10-CM 2026-04: 98" in capsys.readouterr().out
    wrist = stored_facts("S52.52")
    assert not wrist[0]
    assert "seventh" not in wrist[1]
    assert stored_facts("S52.521")[1]["seventh"]
    assert stored_facts("S52.521A")[0]
    assert "E08" in stored_facts("E10.9")[1]["excludes"]
    call_command("claims_codes_load", "icd10cm", organization=organization.slug)
    assert "was loaded before" in capsys.readouterr().out
    assert CodeSet.objects.count() == 1


def stored_facts(code):
    found = Code.objects.get(code=code)
    return found.is_billable, found.facts


def test_the_command_says_what_is_missing(organization, tmp_path):
    given = {"organization": organization.slug}
    with pytest.raises(CommandError, match="Give a file"):
        call_command("claims_codes_load", "cpt", **given)
    path = tmp_path / "cpt.csv"
    with pytest.raises(CommandError, match=r"cpt\.csv"):
        call_command("claims_codes_load", "cpt", path, release="2026", valid_from=date(2026, 1, 1), **given)
    path.write_text("code,title\n99213,Visit\n")
    with pytest.raises(CommandError, match="--release"):
        call_command("claims_codes_load", "cpt", path, **given)
    with pytest.raises(CommandError, match="no organisation"):
        call_command("claims_codes_load", "cpt", path, organization="nowhere")
    call_command("claims_codes_load", "cpt", path, release="2026", valid_from=date(2026, 1, 1), **given)
    assert CodeSet.objects.get(system=CodeSystem.CPT).source == "cpt.csv"
