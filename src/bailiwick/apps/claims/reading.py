"""A claim as any door is given it: checked in form, and told field by field where it is not in order."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from bailiwick.apps.claims.choices import ClaimKind, CodeSystem, Use
from bailiwick.apps.claims.rules.icd import CM, PCS, normalise
from bailiwick.apps.claims.rules.ndc import tidy
from bailiwick.apps.claims.rules.procedures import CDT, CPT, HCPCS
from bailiwick.apps.claims.rules.submission import LEAST, MOST, MOST_DIAGNOSES, MOST_LINES
from bailiwick.apps.claims.values.claims import NewClaim, NewDiagnosis, NewLine
from bailiwick.kernel.api.problems import flatten
from bailiwick.kernel.base.errors import InvalidInput

PROCEDURE = re.compile(rf"(?:{CPT.pattern}|{CDT.pattern}|{HCPCS.pattern}|{PCS.pattern})")
WITH_MODIFIERS = re.compile(r"([0-9A-Z]{5,7})((?:-[0-9A-Z]{2}){1,4})")
"""A procedure with modifiers behind it, as people write it: 99213-25."""
PLACE = re.compile(r"[1-9][0-9]{0,2}(\.[1-9][0-9]{0,2}){0,2}")
FLAT = ("diagnosis_code", "procedure_code", "amount")
"""What a claim of one line says without lines."""
SAME = ("service_date", "service_end", "currency", "kind", "use", "external_id", "place_of_service", "is_paper", "more",
        "other_paid")  # fmt: skip
"""Fields that are called the same here and in the claim."""


OTHER_PAID = "What payers who come first have paid, in the claim's currency."


class CodeField(serializers.CharField):
    """A code, in upper case."""

    form: re.Pattern[str]
    default_error_messages = {"form": _("“{code}” has not the form of such a code.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=20, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        code = super().to_internal_value(data).upper()
        if code and not self.form.fullmatch(code):
            self.fail("form", code=code)
        return code


class DiagnosisField(CodeField):
    """ICD-10-CM: a letter, a digit, a letter or digit, and up to four more after a dot that may be left out."""

    form = CM

    def to_internal_value(self, data: Any) -> str:
        return normalise(super().to_internal_value(data))


class ProcedureField(CodeField):
    """CPT, CDT, HCPCS or ICD-10-PCS, with up to four modifiers behind it."""

    form = re.compile(rf"{PROCEDURE.pattern}(-[0-9A-Z]{{2}}){{0,4}}")


class ModifierField(CodeField):
    form = re.compile("[0-9A-Z]{2}")


class PlaceField(CodeField):
    form = re.compile("[0-9]{2}")


class MoneyField(serializers.DecimalField):
    """An amount with at most two decimals."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=12, decimal_places=2, coerce_to_string=False, **kwargs)

    def to_internal_value(self, data: Any) -> Decimal:
        if isinstance(data, bool):
            self.fail("invalid")
        return super().to_internal_value(data).quantize(Decimal("0.01"))


class DiagnosisSerializer(serializers.Serializer[Any]):
    """A diagnosis; the first of a claim is the principal one."""

    code = DiagnosisField()
    kind = serializers.CharField(max_length=30, required=False, allow_blank=True)
    on_admission = serializers.CharField(max_length=1, required=False, allow_blank=True)


class LineSerializer(serializers.Serializer[Any]):
    """A service or product. `amount` is for all units; `place` is its path, of a detail below the line's: 1, 1.1."""

    procedure_code = ProcedureField(required=False, allow_blank=True)
    amount = MoneyField(min_value=Decimal(0))
    place = serializers.RegexField(PLACE, required=False)
    system = serializers.ChoiceField(choices=CodeSystem.choices, required=False, allow_blank=True)
    modifiers = serializers.ListField(child=ModifierField(), max_length=8, required=False)
    diagnosis_pointers = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=MOST_DIAGNOSES), max_length=12, required=False
    )
    revenue_code = serializers.RegexField(r"[0-9]{3,4}", required=False, allow_blank=True)
    ndc = serializers.CharField(max_length=15, required=False, allow_blank=True)
    service_date = serializers.DateField(required=False, allow_null=True)
    service_end = serializers.DateField(required=False, allow_null=True)
    place_of_service = PlaceField(required=False, allow_blank=True)
    quantity = serializers.DecimalField(
        max_digits=12, decimal_places=4, min_value=Decimal("0.0001"), required=False, coerce_to_string=False
    )
    unit = serializers.CharField(max_length=20, required=False, allow_blank=True)
    unit_price = serializers.DecimalField(
        max_digits=14, decimal_places=4, min_value=Decimal(0), required=False, allow_null=True, coerce_to_string=False
    )
    factor = serializers.DecimalField(
        max_digits=10, decimal_places=5, min_value=Decimal(0), required=False, allow_null=True, coerce_to_string=False
    )
    other_paid = MoneyField(min_value=Decimal(0), required=False, allow_null=True, help_text=OTHER_PAID)
    text = serializers.CharField(max_length=500, required=False, allow_blank=True)
    more = serializers.DictField(required=False)

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        if not any(values.get(name) for name in ("procedure_code", "ndc", "revenue_code")):
            raise serializers.ValidationError({"procedure_code": _("Say what was done or given: a code.")})
        return values


class StatedSerializer(serializers.Serializer[Any]):
    """What a claim may say and need not."""

    service_end = serializers.DateField(required=False, allow_null=True)
    currency = serializers.RegexField(r"[A-Z]{3}", required=False)
    kind = serializers.ChoiceField(choices=ClaimKind.choices, required=False)
    use = serializers.ChoiceField(choices=Use.choices, required=False)
    external_id = serializers.CharField(max_length=100, required=False, allow_blank=True)
    place_of_service = PlaceField(required=False, allow_blank=True)
    is_paper = serializers.BooleanField(required=False)
    other_paid = MoneyField(min_value=Decimal(0), required=False, allow_null=True, help_text=OTHER_PAID)
    more = serializers.DictField(required=False)
    diagnosis_code = DiagnosisField(required=False)
    procedure_code = ProcedureField(required=False)
    amount = MoneyField(min_value=LEAST, max_value=MOST, required=False)
    diagnoses = DiagnosisSerializer(many=True, required=False, max_length=MOST_DIAGNOSES)  # type: ignore[call-arg]
    lines = LineSerializer(many=True, required=False, allow_empty=False, max_length=MOST_LINES)  # type: ignore[call-arg]

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        faults: dict[str, Any] = {}
        if "lines" in values:
            beside = [name for name in ("procedure_code", "amount") if name in values]
            faults |= {name: _("Give it by line, as you give lines.") for name in beside}
        if "diagnoses" in values and "diagnosis_code" in values:
            faults["diagnosis_code"] = _("Give it among the diagnoses, as you give these.")
        if faults:
            raise serializers.ValidationError(faults)
        return values


class NewClaimSerializer(StatedSerializer):
    """A claim as it is submitted: with lines and diagnoses, or flat, with one code of each and an amount."""

    patient = serializers.UUIDField()
    provider = serializers.UUIDField()
    service_date = serializers.DateField()

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        missing = []
        if "lines" not in values:
            missing += [name for name in ("procedure_code", "amount") if name not in values]
        if "diagnoses" not in values and "diagnosis_code" not in values:
            missing.append("diagnosis_code")
        if missing:
            sentence = self.fields["patient"].error_messages["required"]
            raise serializers.ValidationError(dict.fromkeys(missing, sentence))
        return super().validate(values)


class ChangedClaimSerializer(StatedSerializer):
    """Some of what a claim says; a change of status stands alone, with its reason."""

    patient = serializers.UUIDField(required=False)
    provider = serializers.UUIDField(required=False)
    service_date = serializers.DateField(required=False)


def new_claim(values: Mapping[str, Any]) -> NewClaim:
    """The checked body as the value that actions take."""
    return NewClaim(
        patient_id=values["patient"],
        provider_id=values["provider"],
        lines=lines_of(values["lines"], values["service_date"]) if "lines" in values else (_flat_line(values),),
        diagnoses=_diagnoses_of(values),
        **{name: values[name] for name in SAME if name in values},
    )


def changes(values: Mapping[str, Any]) -> dict[str, Any]:
    """A checked part of a claim, by the names that `rules.changes` knows."""
    said = {name: values[name] for name in (*SAME, *FLAT) if name in values and name != "external_id"}
    said |= {f"{name}_id": values[name] for name in ("patient", "provider") if name in values}
    if WITH_MODIFIERS.fullmatch(said.get("procedure_code", "")):
        raise InvalidInput({"procedure_code": [str(_("Give modifiers by line."))]})
    if "lines" in values:
        said["lines"] = lines_of(values["lines"], values.get("service_date", date.min))
    if "diagnoses" in values:
        said["diagnoses"] = _diagnoses_of(values)
    return said


def read_claim(row: Any) -> NewClaim:
    """A row of JSON as the value that actions take; raises InvalidInput naming every field that is wrong."""
    try:
        return new_claim(NewClaimSerializer().run_validation(row))
    except serializers.ValidationError as refusal:
        raise InvalidInput(flatten(refusal.detail)) from refusal


def _diagnoses_of(values: Mapping[str, Any]) -> tuple[NewDiagnosis, ...]:
    if "diagnoses" in values:
        return tuple(NewDiagnosis(**each) for each in values["diagnoses"])
    return (NewDiagnosis(values["diagnosis_code"], "principal"),)


def _flat_line(values: Mapping[str, Any]) -> NewLine:
    code, modifiers = _split(values["procedure_code"])
    return NewLine(code, values["amount"], place="1", modifiers=modifiers)


def _split(code: str) -> tuple[str, tuple[str, ...]]:
    spelt = WITH_MODIFIERS.fullmatch(code)
    return (spelt[1], tuple(spelt[2].strip("-").split("-"))) if spelt else (code, ())


def lines_of(given: list[dict[str, Any]], day: date) -> tuple[NewLine, ...]:
    """Checked lines; those without a place are numbered in turn. An NDC is read by its `day`, that of the claim."""
    made, number = [], 0
    for values in given:
        said = dict(values)
        code, behind = _split(said.pop("procedure_code", ""))
        number += "." not in said.get("place", "")
        said.setdefault("place", str(number))
        said["modifiers"] = (*behind, *said.get("modifiers", ()))
        said["diagnosis_pointers"] = tuple(said.get("diagnosis_pointers", ()))
        said["ndc"] = tidy(said.get("ndc", ""), said.get("service_date") or day)
        made.append(NewLine(procedure_code=code, **said))
    return tuple(made)
