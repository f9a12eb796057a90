"""Was the service authorised before?"""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from bailiwick.apps.claims.rules.standing import Findings, Standing, Step, deny, note
from bailiwick.apps.claims.values.cases import Case, CaseAuthorization, CaseLine


def find_unauthorized(standing: Standing) -> Findings:
    """A service whose benefit asks for prior authorisation is covered by one that names it, its day and provider.

    42 CFR 422.138 (prior authorisation in Medicare Advantage) and contracts; CARC 197 (none), 198 (its units are
    used up). The provider bears it (CO).
    """
    units: dict[str, Decimal] = {}
    for place, each in standing.open:
        if each.benefit is None or not each.benefit.needs_authorization:
            continue
        found = [one for one in standing.case.authorizations if _names(one, each.line, standing.case)]
        if not found:
            yield deny("missing", "CO", "197", place)
            continue
        enough = next((one for one in found if _has_units(one, each.line, units, standing.case)), None)
        if enough is None:
            yield deny("used_up", "CO", "198", place, number=found[0].number)
        else:
            units[enough.number] = units.get(enough.number, Decimal(0)) + each.line.quantity
            yield note("authorized", place, number=enough.number)


def _names(authorization: CaseAuthorization, line: CaseLine, case: Case) -> bool:
    return (
        authorization.valid_from <= line.service_date <= authorization.valid_until
        and authorization.provider_id in (None, case.provider_id)
        and line.procedure_code.startswith(authorization.codes)
    )


def _has_units(authorization: CaseAuthorization, line: CaseLine, here: dict[str, Decimal], case: Case) -> bool:
    if authorization.units is None:
        return True
    before = sum(
        each.quantity
        for each in case.earlier
        if each.is_approved
        and authorization.valid_from <= each.service_date <= authorization.valid_until
        and authorization.provider_id in (None, each.provider_id)
        and each.procedure_code.startswith(authorization.codes)
    )
    return before + here.get(authorization.number, Decimal(0)) + line.quantity <= authorization.units


STEP = Step(
    "authorization",
    _("Prior authorisation"),
    "42 CFR 422.138; X12 CARC 197, 198",
    find_unauthorized,
    {
        "missing": _("The service needs a prior authorisation, and there is none."),
        "used_up": _("The units of prior authorisation %(number)s are used up."),
        "authorized": _("Prior authorisation %(number)s covers it."),
    },
    ("197", "198"),
)
