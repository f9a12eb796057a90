"""Shapes of the answers about claims, for the API reference."""

from typing import Any

from rest_framework import serializers

from bailiwick.apps.claims.choices import ClaimKind, Gender, Pend, Source, Stage, Status, Use


def _money(**options: Any) -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=12, decimal_places=2, **options)


class PatientDetailsShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    number = serializers.CharField()
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    date_of_birth = serializers.DateField(allow_null=True)
    gender = serializers.ChoiceField(choices=Gender.choices, allow_null=True)
    email = serializers.CharField(allow_null=True)
    phone = serializers.CharField(allow_null=True)


class ListedClaimShape(serializers.Serializer[Any]):
    """Of what is `masked` all that tells of health is null."""

    id = serializers.UUIDField()
    organization = serializers.UUIDField()
    number = serializers.CharField()
    version = serializers.IntegerField()
    patient = serializers.UUIDField()
    patient_details = PatientDetailsShape()
    provider = serializers.UUIDField()
    assigned_processor = serializers.UUIDField(allow_null=True)
    status = serializers.ChoiceField(choices=Status.choices)
    stage = serializers.ChoiceField(choices=Stage.choices)
    pend = serializers.ChoiceField(choices=Pend.choices, allow_blank=True, allow_null=True)
    diagnosis_code = serializers.CharField(allow_null=True)
    procedure_code = serializers.CharField(allow_null=True)
    amount = _money()
    currency = serializers.CharField()
    service_date = serializers.DateField()
    submitted_date = serializers.DateTimeField()
    approval_reason = serializers.CharField(allow_null=True)
    rejection_reason = serializers.CharField(allow_null=True)
    allowed = _money(allow_null=True)
    paid = _money(allow_null=True)
    patient_owes = _money(allow_null=True)
    edition = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    masked = serializers.BooleanField()


class DiagnosisShape(serializers.Serializer[Any]):
    code = serializers.CharField()
    kind = serializers.CharField(required=False)
    on_admission = serializers.CharField(required=False)


class NamedCodeShape(serializers.Serializer[Any]):
    code = serializers.CharField()
    title = serializers.CharField()


class EditShape(serializers.Serializer[Any]):
    """What was wrong at the door, by which release, and what would be right."""

    code = serializers.CharField(help_text="Status category and code of X12's 277CA.")
    field = serializers.CharField()
    message = serializers.CharField()
    line = serializers.IntegerField(required=False)
    release = serializers.CharField(required=False)
    right = NamedCodeShape(many=True, required=False)


class ClaimLineShape(serializers.Serializer[Any]):
    place = serializers.CharField()
    service_date = serializers.DateField(allow_null=True)
    service_end = serializers.DateField(allow_null=True)
    quantity = serializers.DecimalField(max_digits=12, decimal_places=4)
    unit = serializers.CharField()
    unit_price = serializers.DecimalField(max_digits=14, decimal_places=4, allow_null=True)
    factor = serializers.DecimalField(max_digits=10, decimal_places=5, allow_null=True)
    amount = _money()
    other_paid = _money(allow_null=True)
    system = serializers.CharField(allow_null=True)
    procedure_code = serializers.CharField(allow_null=True)
    modifiers = serializers.ListField(child=serializers.CharField(), allow_null=True)
    diagnosis_pointers = serializers.ListField(child=serializers.IntegerField(), allow_null=True)
    revenue_code = serializers.CharField(allow_null=True)
    ndc = serializers.CharField(allow_null=True)
    place_of_service = serializers.CharField(allow_null=True)
    text = serializers.CharField(allow_null=True)
    more = serializers.DictField(allow_null=True)


class WholeClaimShape(ListedClaimShape):
    external_id = serializers.CharField(allow_null=True)
    source = serializers.ChoiceField(choices=Source.choices)  # type: ignore[assignment]  # a field of that name
    kind = serializers.ChoiceField(choices=ClaimKind.choices)
    use = serializers.ChoiceField(choices=Use.choices)
    service_end = serializers.DateField(allow_null=True)
    place_of_service = serializers.CharField(allow_null=True)
    is_paper = serializers.BooleanField()
    other_paid = _money(allow_null=True)
    diagnoses = DiagnosisShape(many=True, allow_null=True)
    edits = EditShape(many=True, allow_null=True)
    more = serializers.DictField(allow_null=True)
    lines = ClaimLineShape(many=True)


class BulkAnswerShape(serializers.Serializer[Any]):
    updated_count = serializers.IntegerField()
    errors = serializers.ListField(  # type: ignore[assignment]  # a field of that name
        child=serializers.CharField(), help_text="A line a claim that was not changed."
    )


class PatientShape(PatientDetailsShape):
    """Of who is `masked` all that is not their name and number is null."""

    died_on = serializers.DateField(allow_null=True)
    member = serializers.UUIDField(allow_null=True)
    created_at = serializers.DateTimeField()
    masked = serializers.BooleanField()


class ProviderShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    npi = serializers.CharField()
    taxonomy = serializers.CharField()
    is_in_network = serializers.BooleanField()
    is_excluded = serializers.BooleanField()
    member = serializers.UUIDField(allow_null=True)
