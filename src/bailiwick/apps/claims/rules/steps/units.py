"""Are there more units than a day can have?"""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from bailiwick.apps.claims.rules.standing import Findings, LineStanding, Standing, Step, deny

REMARK = "N362"


def find_unlikely(standing: Standing) -> Findings:
    """Units of a service beyond what one provider can do for one patient on one day are not paid, nor those with them.

    CMS, Medically Unlikely Edits (NCCI Policy Manual, chapter I, section V): all units of the line are denied. CARC
    151 where the line alone goes beyond, 222 together with other lines of the day; RARC N362. Of several lines those
    that fit come first.
    """
    limits = standing.parameters.unit_limits
    if not limits:
        return
    taken: dict[tuple[str, object], Decimal] = {}
    for place, each in standing.open:
        line = each.line
        most = limits.get(line.procedure_code)
        if most is None:
            continue
        key = (line.procedure_code, line.service_date)
        before = taken.get(key)
        if before is None:
            before = _before(standing, each)
        if line.quantity > most:
            yield deny("too_many", "CO", "151", place, REMARK, most=most)
        elif before + line.quantity > most:
            yield deny("too_many_together", "CO", "222", place, REMARK, most=most)
        else:
            before += line.quantity
        taken[key] = before


def _before(standing: Standing, line: LineStanding) -> Decimal:
    code, on, provider = line.line.procedure_code, line.line.service_date, standing.case.provider_id
    every = (
        each.quantity
        for each in standing.case.earlier
        if each.is_approved and each.procedure_code == code and each.service_date == on and each.provider_id == provider
    )
    return sum(every, Decimal(0))


STEP = Step(
    "units",
    _("Units of a day"),
    "CMS, Medically Unlikely Edits; X12 CARC 151, 222; RARC N362",
    find_unlikely,
    {
        "too_many": _("At most %(most)s units of the service are possible on a day."),
        "too_many_together": _("At most %(most)s units of the service are possible on a day, and others came before."),
    },
    ("151", "222"),
)
