"""What a claim has to be like to be stored at all, whatever is wrong with its codes; and how it is spelt."""

from datetime import date
from decimal import Decimal
from typing import Any

import orjson
from django.utils.translation import gettext as _

from bailiwick.apps.claims.values.claims import NewClaim

ZERO = Decimal(0)
LEAST, MOST = Decimal(1), Decimal(10_000_000)
MOST_LINES, MOST_DIAGNOSES = 999, 100

Faults = dict[str, list[str]]


def faults_of(new: NewClaim, *, born: date | None, today: date) -> Faults:
    """Sentences by field; none when it is in order."""
    faults: Faults = {}
    if not LEAST <= new.amount <= MOST:
        faults["amount"] = [_("Give an amount from 1 to 10,000,000.")]
    if new.service_date > today:
        faults["service_date"] = [_("The day of service has not come yet.")]
    elif born is not None and new.service_date < born:
        faults["service_date"] = [_("The service is before the patient's birth.")]
    if new.service_end is not None and new.service_end < new.service_date:
        faults["service_end"] = [_("The service ends before it begins.")]
    elif new.service_end is not None and new.service_end > today:
        faults["service_end"] = [_("The day of service has not come yet.")]
    if not 0 < len(new.lines) <= MOST_LINES:
        faults["lines"] = [_("Give from 1 to {most} lines.").format(most=MOST_LINES)]
    if not _is_possible(new):
        faults["other_paid"] = [_("Give what other payers have paid: from 0 to what is billed, of lines no more.")]
    if len(new.diagnoses) > MOST_DIAGNOSES:
        faults["diagnoses"] = [_("Give at most {most} diagnoses.").format(most=MOST_DIAGNOSES)]
    return faults


def _is_possible(new: NewClaim) -> bool:
    """Whether other payers can have paid that much, of each line and of all."""
    in_all, by_lines = new.other_paid_in_all or ZERO, new.other_paid_by_lines or ZERO
    lines = all(ZERO <= (line.other_paid or ZERO) <= max(ZERO, line.amount) for line in new.lines)
    return lines and by_lines <= in_all <= max(ZERO, new.amount)


def spell(new: NewClaim) -> bytes:
    """The whole claim in its one spelling, but for the sender's number, over which its digest is taken.

    What came to be asked later is spelt only where it is said, so that the digests of before hold.
    """
    said = [
        new.patient_id,
        new.provider_id,
        new.service_date,
        new.service_end,
        new.currency,
        new.kind,
        new.use,
        new.place_of_service,
        new.is_paper,
        [[each.code, each.kind, each.on_admission] for each in new.diagnoses],
        [
            [
                line.place,
                line.system,
                line.procedure_code,
                line.modifiers,
                line.diagnosis_pointers,
                line.revenue_code,
                line.ndc,
                line.service_date,
                line.service_end,
                line.place_of_service,
                line.quantity,
                line.unit,
                line.unit_price,
                line.factor,
                line.amount,
                line.text,
                line.more,
            ]
            for line in new.lines
        ],
        new.more,
    ]
    if new.other_paid_in_all is not None:
        said.append([new.other_paid_in_all, [line.other_paid for line in new.lines]])
    return orjson.dumps(said, default=_plain, option=orjson.OPT_SORT_KEYS)


def _plain(value: Any) -> Any:
    """A number is the same however many zeros it ends with."""
    return format(value.normalize(), "f") if isinstance(value, Decimal) else dict(value)
