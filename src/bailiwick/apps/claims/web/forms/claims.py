"""A claim as it is written by hand: whose, by whom, when, for what; and its lines."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from itertools import zip_longest
from typing import Any
from uuid import UUID

from django import forms
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bailiwick.apps.claims.choices import ClaimKind
from bailiwick.apps.claims.models import Claim, ClaimLine, Patient, Provider
from bailiwick.apps.claims.values.claims import NewClaim, NewDiagnosis, NewLine
from bailiwick.apps.claims.web.narrowing import DayField
from bailiwick.kernel.base.errors import InvalidInput

PARTS = ("procedure", "modifiers", "pointers", "units", "amount", "text", "place")
MOST_LINES = 50
LONGEST = {"procedure": 20, "modifiers": 20, "pointers": 40, "units": 13, "amount": 13, "text": 500, "place": 20}


@dataclass(slots=True)
class LineField:
    """A line as it was typed, and what is wrong with it. `place` is the one that it has in a stored claim."""

    procedure: str = ""
    modifiers: str = ""
    pointers: str = ""
    units: str = ""
    amount: str = ""
    text: str = ""
    place: str = ""
    faults: list[str] = field(default_factory=list, init=False)

    @property
    def is_empty(self) -> bool:
        return not any(getattr(self, part) for part in PARTS if part not in ("units", "place"))

    def read(self) -> NewLine | None:
        """The line that was meant; None, with `faults`, where that cannot be told."""
        units = self._number(self.units or "1", _("Give the units as a number above 0."), above=Decimal(0))
        amount = self._number(self.amount, _("Give the amount, such as 150.00."), above=Decimal(-1))
        if not self.procedure:
            self.faults.append(_("Give the code of what was done."))
        if any("\x00" in getattr(self, part) or len(getattr(self, part)) > LONGEST[part] for part in PARTS):
            self.faults.append(_("What you typed is too long, or has a sign that cannot be kept."))
        pointers = self.pointers.replace(",", " ").split()
        if not all(each.isdecimal() and 0 < int(each) <= 100 for each in pointers):
            self.faults.append(_("Name the diagnoses by their places, such as 1, 2."))
        if self.faults or units is None or amount is None:
            return None
        return NewLine(
            procedure_code=self.procedure.upper(),
            amount=amount,
            quantity=units,
            unit_price=(amount / units).quantize(Decimal("0.0001")),
            modifiers=tuple(self.modifiers.upper().replace(",", " ").split()),
            diagnosis_pointers=tuple(map(int, pointers)),
            text=self.text,
            place=self.place,
        )

    def _number(self, text: str, fault: str, *, above: Decimal) -> Decimal | None:
        try:
            number = Decimal(text.replace(",", ""))
        except InvalidOperation:
            number = Decimal("NaN")
        if number.is_finite() and above < number < Decimal("1e8") and number == round(number, 2):
            return number
        self.faults.append(fault)
        return None


class ClaimForm(forms.Form):
    """The whole of a claim. `offered` are the patients whom the actor sees, `found` looks one up by exact number."""

    patient = forms.CharField(
        label=gettext_lazy("Patient"),
        help_text=gettext_lazy("Type a name and choose, or type the patient's number."),
        max_length=300,
        widget=forms.TextInput({"list": "patients-offered", "autocomplete": "off"}),
    )
    provider = forms.ChoiceField(label=gettext_lazy("Provider"))
    service_date = DayField(label=gettext_lazy("Service from"))
    service_end = DayField(
        label=gettext_lazy("Service until"), required=False, help_text=gettext_lazy("Where it took more than a day.")
    )
    diagnoses = forms.CharField(
        label=gettext_lazy("Diagnoses"),
        help_text=gettext_lazy("ICD-10-CM codes, the principal one first, such as C00.0, E11.9."),
        max_length=1_000,
    )
    kind = forms.ChoiceField(label=gettext_lazy("Type"), choices=ClaimKind.choices)
    place_of_service = forms.RegexField(
        r"^[0-9]{2}$",
        label=gettext_lazy("Place of service"),
        help_text=gettext_lazy("Two digits, such as 11 for an office."),
        required=False,
        error_messages={"invalid": gettext_lazy("Give two digits.")},
    )
    other_paid = forms.DecimalField(
        label=gettext_lazy("Paid by other payers"),
        help_text=gettext_lazy("Where another insurer comes first: what they have paid. 0 where they pay nothing."),
        min_value=0,
        max_digits=12,
        decimal_places=2,
        required=False,
    )
    external_id = forms.CharField(
        label=gettext_lazy("Your number"),
        help_text=gettext_lazy("What you call this claim. Sent again under it, it is recognised."),
        max_length=100,
        required=False,
    )

    def __init__(
        self,
        patients: Sequence[Patient],
        providers: Sequence[Provider],
        *args: Any,
        numbered: Any = None,
        lines: Sequence[LineField] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.patients, self.numbered = patients, numbered
        choices = [(str(each.id), named(each)) for each in providers]
        self.fields["provider"].choices = choices if len(choices) == 1 else [("", _("choose")), *choices]  # type: ignore[attr-defined]
        self.lines = _given(self.data) if isinstance(self.data, QueryDict) else [*lines]

    @property
    def options(self) -> list[str]:
        return [label_of(each) for each in self.patients]

    @property
    def line_fields(self) -> list[LineField]:
        """The lines that were typed; at least one, and an empty one where it was asked for."""
        is_asked = self.data.get("do") == "line" if self.is_bound else False
        return [*self.lines, LineField()] if is_asked or not self.lines else self.lines

    def unchecked(self) -> "ClaimForm":
        """The form as it was typed, without a word about faults: a line was asked for, and nothing was sent."""
        self._errors = ErrorDict()
        return self

    def clean_patient(self) -> Patient:
        given = self.cleaned_data["patient"].strip()
        found = [each for each in self.patients if label_of(each) == given]
        found = found or list(self.numbered(given.partition(" · ")[0]))
        if not found:
            raise forms.ValidationError(_("Choose a patient from the list, or type the exact number."))
        return found[0]

    def clean(self) -> None:
        self.read = [each.read() for each in self.lines]
        if not self.lines:
            self.add_error(None, _("Give at least one line: what was done, and the amount."))
        for place, each in enumerate(self.lines, start=1):
            for fault in each.faults:
                self.add_error(None, format_lazy("{line}: {fault}", line=_("Line %d") % place, fault=fault))

    def refuse(self, refusal: InvalidInput) -> None:
        """Put an action's refusal beside the fields it names."""
        for name, sentences in refusal.fields.items():
            for sentence in sentences:
                self.add_error(name if name in self.fields else None, sentence)

    def claim(self, stored: NewClaim | None = None) -> NewClaim:
        """The checked form as the value that the action takes; what the form does not ask is as in a stored claim."""
        given = self.cleaned_data
        written: dict[str, Any] = {
            "patient_id": given["patient"].id,
            "provider_id": UUID(given["provider"]),
            "service_date": given["service_date"],
            "service_end": given["service_end"],
            "lines": tuple(self._lines(stored.lines if stored else ())),
            "diagnoses": tuple(self._diagnoses(stored.diagnoses if stored else ())),
            "kind": given["kind"],
            "place_of_service": given["place_of_service"],
            "other_paid": given["other_paid"],
            "external_id": given.get("external_id", stored.external_id if stored else ""),
        }
        return replace(stored, **written) if stored else NewClaim(**written)

    def _lines(self, stored: Sequence[NewLine]) -> Iterator[NewLine]:
        """The lines as typed, those that were there with the rest of what they said and with their details."""
        known = {line.place: line for line in stored}
        for number, typed in enumerate(filter(None, self.read), start=1):
            before = known.get(typed.place)
            if before is None:
                yield replace(typed, place=str(number))
                continue
            values = {name: getattr(typed, name) for name in KEPT}
            if before.procedure_code != typed.procedure_code:
                values["system"] = ""
            yield replace(before, **values, place=str(number))
            for detail in stored:
                if detail.place.startswith(f"{before.place}."):
                    yield replace(detail, place=str(number) + detail.place.removeprefix(before.place))

    def _diagnoses(self, stored: Sequence[NewDiagnosis]) -> Iterator[NewDiagnosis]:
        known = {each.code: each for each in stored}
        for number, code in enumerate(self.cleaned_data["diagnoses"].upper().replace(",", " ").split()):
            kind = "principal" if number == 0 else "secondary"
            before = known.get(code)
            yield replace(before, kind=kind) if before and number == 0 else before or NewDiagnosis(code, kind)


KEPT = ("procedure_code", "amount", "quantity", "unit_price", "modifiers", "diagnosis_pointers", "text")


def _given(data: QueryDict) -> list[LineField]:
    """The lines of a post that are not empty."""
    columns = [data.getlist(f"line-{part}") for part in PARTS]
    rows = zip_longest(*(column[:MOST_LINES] for column in columns), fillvalue="")
    lines = [LineField(*(value.strip() for value in row)) for row in rows]
    return [each for each in lines if not each.is_empty]


def label_of(patient: Patient) -> str:
    """How a patient is offered, so that typing a number or a part of a name finds them."""
    born = patient.date_of_birth.isoformat()
    return " · ".join(filter(None, (patient.number, str(patient), born)))


def named(provider: Provider) -> str:
    return f"{provider.name} · NPI {provider.npi}" if provider.npi else provider.name


def filled_in(claim: Claim, lines: Sequence[ClaimLine]) -> dict[str, Any]:
    """A stored claim as it was written: `initial` and `lines` of the form."""
    initial = {
        "patient": label_of(claim.patient),
        "provider": str(claim.provider_id),
        "service_date": claim.service_date,
        "service_end": claim.service_end,
        "diagnoses": ", ".join(each["code"] for each in claim.diagnoses),
        "kind": claim.kind,
        "place_of_service": claim.place_of_service,
        "other_paid": claim.other_paid,
        "external_id": claim.external_id,
    }
    return {"initial": initial, "lines": [_typed(each) for each in lines if not each.is_detail]}


def _typed(line: ClaimLine) -> LineField:
    return LineField(
        procedure=line.procedure_code,
        modifiers=" ".join(line.modifiers),
        pointers=", ".join(map(str, line.diagnosis_pointers)),
        units=f"{line.quantity.normalize():f}",
        amount=str(line.amount),
        text=line.text,
        place=line.place,
    )
