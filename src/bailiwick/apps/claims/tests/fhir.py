"""FHIR R4 Claims as our model has them, and back: as far as it takes to show that nothing is lost on the way."""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from bailiwick.apps.claims.models import Claim, ClaimLine
from bailiwick.apps.claims.values.claims import NewClaim, NewDiagnosis, NewLine

COLUMNS = frozenset({"resourceType", "use", "billablePeriod", "diagnosis", "item", "total"})
"""Of a claim what our columns say whole; all else is kept in `more` by its name."""
LINE_COLUMNS = frozenset({"sequence", "diagnosisSequence", "servicedDate", "unitPrice", "factor", "net", "detail"})


def read(given: Mapping[str, Any], *, patient_id: UUID, provider_id: UUID) -> NewClaim:
    """A Claim resource as it would be submitted. Amounts have to be decimals already."""
    lines = tuple(_lines(given.get("item", ())))
    period = given.get("billablePeriod", {})
    days = [line.service_date for line in lines if line.service_date]
    more = {name: value for name, value in given.items() if name not in COLUMNS}
    more["stated"] = [name for name in ("total", "billablePeriod") if name in given]
    return NewClaim(
        patient_id=patient_id,
        provider_id=provider_id,
        service_date=date.fromisoformat(period["start"]) if period else min(days),
        service_end=date.fromisoformat(period["end"]) if period else None,
        lines=lines,
        diagnoses=tuple(_diagnoses(given.get("diagnosis", ()), more)),
        currency=lines[0].more["net"]["currency"],
        kind=given["type"]["coding"][0]["code"],
        use=given["use"],
        external_id="|".join(given["identifier"][0].values()),
        more=_plain(more),
    )


def _plain(more: Mapping[str, Any]) -> Any:
    """Numbers that no column has are kept as JSON has them."""
    return json.loads(json.dumps(more, default=float))


def _diagnoses(given: Any, more: dict[str, Any]) -> Iterator[NewDiagnosis]:
    more["diagnosis"] = list(given)
    for each in given:
        kinds = each.get("type", [{"coding": [{"code": ""}]}])
        yield NewDiagnosis(each["diagnosisCodeableConcept"]["coding"][0]["code"], kinds[0]["coding"][0]["code"])


def _lines(given: Any, above: str = "") -> Iterator[NewLine]:
    for each in given:
        place = f"{above}{each['sequence']}"
        price, net, quantity = each.get("unitPrice", {}), each.get("net", {}), each.get("quantity", {})
        more = {name: value for name, value in each.items() if name not in LINE_COLUMNS}
        more |= {name: {k: v for k, v in each[name].items() if k != "value"} for name in AMOUNTS if name in each}
        yield NewLine(
            procedure_code=each["productOrService"]["coding"][0]["code"],
            amount=net.get("value", Decimal(0)),
            place=place,
            diagnosis_pointers=tuple(each.get("diagnosisSequence", ())),
            service_date=date.fromisoformat(each["servicedDate"]) if "servicedDate" in each else None,
            quantity=Decimal(quantity.get("value", 1)),
            unit=quantity.get("unit", ""),
            unit_price=price.get("value"),
            factor=each.get("factor"),
            more=_plain(more),
        )
        yield from _lines(each.get("detail", each.get("subDetail", ())), f"{place}.")


AMOUNTS = ("quantity", "unitPrice", "net")


def write(claim: Claim, lines: list[ClaimLine]) -> dict[str, Any]:
    """The resource again, from what is stored."""
    more = dict(claim.more)
    stated = more.pop("stated")
    written: dict[str, Any] = {"resourceType": "Claim", "use": claim.use} | more | {"item": _items(lines, "")}
    if "total" in stated:
        written["total"] = {"value": claim.amount, "currency": claim.currency}
    if "billablePeriod" in stated and claim.service_end:
        written["billablePeriod"] = {"start": claim.service_date.isoformat(), "end": claim.service_end.isoformat()}
    return {name: value for name, value in written.items() if value != []}


def _items(lines: list[ClaimLine], above: str) -> list[dict[str, Any]]:
    return [_item(line, lines) for line in lines if line.place.rpartition(".")[0] == above]


def _item(line: ClaimLine, lines: list[ClaimLine]) -> dict[str, Any]:
    written: dict[str, Any] = {"sequence": int(line.place.rpartition(".")[2]), **line.more}
    values = {"quantity": line.quantity, "unitPrice": line.unit_price, "net": line.amount}
    for name in AMOUNTS:
        if name in line.more:
            written[name] = {"value": values[name], **line.more[name]}
    if line.diagnosis_pointers:
        written["diagnosisSequence"] = line.diagnosis_pointers
    if line.service_date:
        written["servicedDate"] = line.service_date.isoformat()
    if line.factor is not None:
        written["factor"] = line.factor
    if details := _items(lines, line.place):
        written["detail"] = details
    return written
