"""Fee schedules and their prices."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import Any, BinaryIO
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.utils.translation import gettext as _

from bailiwick.apps.claims.actions.plans import check_period, unless_taken
from bailiwick.apps.claims.manifest import CONFIGURE, FEES
from bailiwick.apps.claims.models import FeeSchedule
from bailiwick.apps.claims.queries.parties import lock_provider
from bailiwick.apps.claims.queries.plans import lock_plan, lock_schedule
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.files.actions import store_upload
from bailiwick.kernel.files.errors import Unreadable
from bailiwick.kernel.files.queries import open_content
from bailiwick.kernel.files.reading import Row, read_head, read_rows

MOST_FEES, MOST_FAULTS = 200_000, 10
MOST_PRICE = Decimal("9999999999.99")
NAMES = {
    "procedure_code": ("procedure_code", "code", "hcpcs", "cpt", "procedure"),
    "modifier": ("modifier", "mod"),
    "amount": ("amount", "price", "fee", "allowed"),
}
"""What the columns of a list of prices are called."""
CODE, MODIFIER = re.compile(r"[0-9A-Z.\-]{1,20}"), re.compile(r"[0-9A-Z]{2}|")
WRITE = """
INSERT INTO claims_fee (schedule_id, procedure_code, modifier, amount)
SELECT %s, * FROM unnest(%b::text[], %b::text[], %s::numeric[])
ON CONFLICT (organization_id, schedule_id, procedure_code, modifier)
DO UPDATE SET amount = excluded.amount WHERE claims_fee.amount <> excluded.amount
"""


@dataclass(frozen=True, slots=True)
class NewFee:
    """The price of one unit of a service, with a modifier or without."""

    procedure_code: str
    amount: Decimal
    modifier: str = ""


def add_schedule(
    *, actor: Actor, plan_id: UUID | None = None, provider_id: UUID | None = None, **values: Any
) -> FeeSchedule:
    """Add a list of prices from a day on; raises InvalidInput beside "name" where one of that name begins that day."""
    actor.require(CONFIGURE)
    check_period(values["valid_from"], values.get("valid_until"))
    with transaction.atomic(savepoint=False):
        values["plan"] = lock_plan(plan_id) if plan_id else None
        values["provider"] = lock_provider(provider_id) if provider_id else None
        schedule: FeeSchedule = unless_taken("name", lambda: FeeSchedule.objects.create(**values))
        record(actor.ref, "claims.schedule.added", schedule)
        return schedule


def end_schedule(*, actor: Actor, schedule_id: UUID, valid_until: date | None) -> FeeSchedule:
    """Say until when a list of prices holds; what was priced by it stays."""
    actor.require(CONFIGURE)
    with transaction.atomic(savepoint=False):
        schedule = lock_schedule(schedule_id)
        check_period(schedule.valid_from, valid_until)
        schedule.valid_until = valid_until
        schedule.save(update_fields=["valid_until"])
        record(actor.ref, "claims.schedule.changed", schedule)
        return schedule


def set_fees(*, actor: Actor, schedule_id: UUID, fees: Sequence[NewFee]) -> int:
    """Write prices into a schedule, in one statement; of a code that has one the new one counts. How many changed."""
    actor.require(CONFIGURE)
    with transaction.atomic(savepoint=False):
        schedule = lock_schedule(schedule_id)
        columns = list(zip(*((fee.procedure_code, fee.modifier, fee.amount) for fee in fees), strict=True))
        if not columns:
            return 0
        with connection.cursor() as cursor:
            cursor.execute(WRITE, [schedule.id, *map(list, columns)])
            changed = cursor.rowcount
        record(actor.ref, "claims.schedule.loaded", schedule, {"count": len(fees), "changed": changed})
        return changed


def load_fees(*, actor: Actor, schedule_id: UUID, upload: "UploadedFile[Any] | tuple[str, BinaryIO]") -> int:
    """Write the prices of a file (code, amount, and modifier where there is one) into a schedule: all, or none.

    How many changed. Raises InvalidInput beside "file" with the lines that are not in order.
    """
    actor.require(CONFIGURE)
    with transaction.atomic(savepoint=False):
        stored = store_upload(actor=actor, purpose=FEES, upload=upload)
        try:
            with open_content(stored) as content:
                columns = _columns_of(read_head(content, stored.kind).columns)
                content.seek(0)
                fees = read_fees(islice(read_rows(content, stored.kind), MOST_FEES + 1), columns)
        except Unreadable as refusal:
            raise InvalidInput({"file": [str(refusal)]}) from refusal
        return set_fees(actor=actor, schedule_id=schedule_id, fees=fees)


def _columns_of(given: Iterable[str]) -> dict[str, str]:
    """Field and column; raises InvalidInput where one that is needed is missing."""
    spelt = {column.strip().lower().replace(" ", "_"): column for column in given}
    found = {field: next((spelt[name] for name in names if name in spelt), "") for field, names in NAMES.items()}
    if not found["procedure_code"] or not found["amount"]:
        raise InvalidInput({"file": [_("The file needs the columns “code” and “amount”.")]})
    return found


def read_fees(rows: Iterable[Row], columns: Mapping[str, str]) -> list[NewFee]:
    """Prices as a file gives them; raises InvalidInput with its faults by line."""
    fees: dict[tuple[str, str], NewFee] = {}
    faults: list[str] = []
    for count, row in enumerate(rows, start=1):
        try:
            fee = _read_fee(row, columns, count)
            if (fee.procedure_code, fee.modifier) in fees:
                raise ValueError(_("It is priced twice."))
            fees[fee.procedure_code, fee.modifier] = fee
        except ValueError as fault:
            faults.append(_("Line {line}: {fault}").format(line=row.number, fault=fault))
        if len(faults) == MOST_FAULTS:
            break
    if faults or not fees:
        raise InvalidInput({"file": faults or [_("There are no prices in the file.")]})
    return list(fees.values())


def _read_fee(row: Row, columns: Mapping[str, str], count: int) -> NewFee:
    if row.fault:
        raise ValueError(row.fault)
    if count > MOST_FEES:
        raise ValueError(_("A schedule has at most {most} prices.").format(most=MOST_FEES))
    said = {field: str(row.values.get(column) or "").strip().upper() for field, column in columns.items()}
    if not CODE.fullmatch(said["procedure_code"]):
        raise ValueError(_("“{text}” is no code.").format(text=said["procedure_code"][:30]))
    if not MODIFIER.fullmatch(said["modifier"]):
        raise ValueError(_("“{text}” is no modifier.").format(text=said["modifier"][:30]))
    return NewFee(said["procedure_code"], _read_price(said["amount"]), said["modifier"])


def _read_price(text: str) -> Decimal:
    try:
        amount = Decimal(text.lstrip("$").replace(",", ""))
    except InvalidOperation as fault:
        raise ValueError(_("“{text}” is no amount.").format(text=text[:30])) from fault
    if not amount.is_finite() or not 0 <= amount <= MOST_PRICE or amount != amount.quantize(Decimal("0.01")):
        raise ValueError(_("“{text}” is no amount in cents.").format(text=text[:30]))
    return amount
