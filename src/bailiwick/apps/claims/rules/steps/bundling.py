"""Is the service part of another one?"""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from bailiwick.apps.claims.rules.standing import Findings, LineStanding, Standing, Step, deny

TOES = frozenset({"TA"} | {f"T{digit}" for digit in range(1, 10)})
FINGERS = frozenset({"FA"} | {f"F{digit}" for digit in range(1, 10)})
EYELIDS, VESSELS, SIDES = {"E1", "E2", "E3", "E4"}, {"LC", "LD", "LM", "RC", "RI"}, {"LT", "RT"}
GLOBAL = {"24", "25", "27", "57", "58", "59", "78", "79", "91", "XE", "XP", "XS", "XU"}
SEPARATE = TOES | FINGERS | EYELIDS | VESSELS | SIDES | GLOBAL
"""Modifiers that say a service stood alone (CMS, NCCI Policy Manual, chapter I, section E)."""


def find_parts(standing: Standing) -> Findings:
    """A service that is part of another of the same provider, patient and day is not paid beside it.

    CMS, National Correct Coding Initiative, procedure-to-procedure edits (NCCI Policy Manual, chapter I): column two
    is denied, unless the pair's modifier indicator allows one that says it stood alone. CARC 236 within a claim, 97
    where the whole was on an earlier one. The organisation loads its pairs into its rules.
    """
    bundles = standing.parameters.bundles_by_part
    if not bundles:
        return
    for place, each in standing.open:
        for bundle in bundles.get(each.line.procedure_code, ()):
            if bundle.is_separable and SEPARATE.intersection(each.line.modifiers):
                continue
            if any(_is(bundle.whole, each, other) for other in _open(standing)):
                yield deny("part", "CO", "236", place, code=bundle.whole)
                break
            if number := _claimed(standing, bundle.whole, each):
                yield deny("part_of_earlier", "CO", "97", place, code=bundle.whole, number=number)
                break


def _open(standing: Standing) -> Iterator[LineStanding]:
    return (each for each in standing.lines if not each.is_denied)


def _is(code: str, line: LineStanding, other: LineStanding) -> bool:
    return other.line.procedure_code == code and other.line.service_date == line.line.service_date


def _claimed(standing: Standing, code: str, line: LineStanding) -> str:
    provider, on = standing.case.provider_id, line.line.service_date
    return next(
        (
            each.number
            for each in standing.case.earlier
            if each.is_approved
            and each.procedure_code == code
            and each.service_date == on
            and each.provider_id == provider
        ),
        "",
    )


STEP = Step(
    "bundling",
    _("Services that are part of others"),
    "CMS, National Correct Coding Initiative, procedure-to-procedure edits; X12 CARC 97, 236",
    find_parts,
    {
        "part": _("It is part of %(code)s, which is on the same claim."),
        "part_of_earlier": _("It is part of %(code)s, which claim %(number)s has for the same day."),
    },
    ("97", "236"),
)
