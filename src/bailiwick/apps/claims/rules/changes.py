"""What a claim says after a change of some of it."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from django.utils.translation import gettext as _

from bailiwick.apps.claims.values.claims import NewClaim, NewDiagnosis
from bailiwick.kernel.base.errors import InvalidInput

WHOLE = frozenset(field.name for field in fields(NewClaim))
OF_FIRST_LINE = ("procedure_code", "amount")


def change(content: NewClaim, said: Mapping[str, Any]) -> NewClaim:
    """The content with what is said in its place; raises InvalidInput for an amount of several lines.

    `diagnosis_code` is the principal diagnosis; `procedure_code` that of the first line, and `amount` of the only one.
    """
    changed = replace(content, **{name: value for name, value in said.items() if name in WHOLE})
    if "diagnosis_code" in said and "diagnoses" not in said:
        principal, *others = changed.diagnoses or (NewDiagnosis("", "principal"),)
        changed = replace(changed, diagnoses=(replace(principal, code=said["diagnosis_code"]), *others))
    of_line = {name: said[name] for name in OF_FIRST_LINE if name in said and "lines" not in said}
    if of_line and changed.lines:
        changed = replace(changed, lines=(_with(changed, of_line), *changed.lines[1:]))
    return changed


def _with(content: NewClaim, said: Mapping[str, Any]) -> Any:
    first = content.lines[0]
    if said.get("amount", first.amount) != first.amount:
        if len(content.lines) > 1:
            raise InvalidInput({"amount": [_("The claim has several lines: give lines.")]})
        # What a unit costs follows from the amount, or is not known any more.
        return replace(first, unit_price=None, **said)
    return replace(first, **said)


def differences(before: NewClaim, after: NewClaim) -> list[str]:
    """Names of the fields in which two differ."""
    return [name for name in sorted(WHOLE) if getattr(before, name) != getattr(after, name)]
