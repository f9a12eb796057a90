"""Patients and providers by API: list, add, read, change."""

from typing import Any
from uuid import UUID

import django_filters
from django.http import HttpResponse
from django_filters.rest_framework import FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from bailiwick.apps.claims.actions.disclosing import show_patients
from bailiwick.apps.claims.actions.parties import add_patient, add_provider, change_patient, change_provider
from bailiwick.apps.claims.api.presenting import show_patient, show_provider
from bailiwick.apps.claims.api.shapes import PatientShape, ProviderShape
from bailiwick.apps.claims.choices import Gender
from bailiwick.apps.claims.manifest import MANAGE
from bailiwick.apps.claims.models import Patient, Provider
from bailiwick.apps.claims.queries.parties import (
    find_patients,
    get_patient,
    get_provider,
    list_patients,
    list_providers,
    list_whole_patients,
)
from bailiwick.apps.claims.values.parties import NewPatient, NewProvider
from bailiwick.kernel.api.views import Endpoint, ListEndpoint
from bailiwick.kernel.base.rights import MEMBER


class PatientSerializer(serializers.Serializer[Any]):
    """A patient; `member` is the account by which they see their own claims."""

    number = serializers.CharField(max_length=50, required=False, allow_blank=True)
    first_name = serializers.CharField(max_length=100)
    last_name = serializers.CharField(max_length=100)
    date_of_birth = serializers.DateField()
    gender = serializers.ChoiceField(choices=Gender.choices, required=False)
    email = serializers.EmailField(required=False, allow_blank=True)
    phone = serializers.CharField(max_length=50, required=False, allow_blank=True)
    died_on = serializers.DateField(required=False, allow_null=True)
    member = serializers.UUIDField(required=False, allow_null=True)


class ProviderSerializer(serializers.Serializer[Any]):
    """A provider; an NPI is kept as it was given, and claims are told whether it is one."""

    name = serializers.CharField(max_length=200)
    npi = serializers.CharField(max_length=10, required=False, allow_blank=True)
    taxonomy = serializers.CharField(max_length=10, required=False, allow_blank=True)
    is_in_network = serializers.BooleanField(required=False)
    is_excluded = serializers.BooleanField(required=False)
    member = serializers.UUIDField(required=False, allow_null=True)


class SomeOfPatientSerializer(PatientSerializer):
    first_name = serializers.CharField(max_length=100, required=False)
    last_name = serializers.CharField(max_length=100, required=False)
    date_of_birth = serializers.DateField(required=False)


class SomeOfProviderSerializer(ProviderSerializer):
    name = serializers.CharField(max_length=200, required=False)


class PatientFilter(FilterSet):
    """`number` is a whole one: by it a patient is found whom one has not seen yet."""

    number = django_filters.CharFilter()
    last_name = django_filters.CharFilter()

    class Meta:
        model = Patient
        fields: list[str] = []


class ProviderFilter(FilterSet):
    npi = django_filters.CharFilter()
    name = django_filters.CharFilter(lookup_expr="istartswith")

    class Meta:
        model = Provider
        fields: list[str] = []


def _said(values: dict[str, Any]) -> dict[str, Any]:
    return {"member_id" if name == "member" else name: value for name, value in values.items()}


class Patients(ListEndpoint):
    """Patients that one may see, by name: all, those of one's claims, or oneself."""

    right = {"GET": MEMBER, "POST": MANAGE}
    filterset_class = PatientFilter
    orderings = ("last_name", "-id")

    def rows(self) -> Any:
        number = self.request.query_params.get("number", "")
        return list_patients(self.actor) | find_patients(self.actor, number) if number else list_patients(self.actor)

    def present(self, rows: list[Any]) -> list[Any]:
        keys = [row.id for row in rows]
        show_patients(actor=self.actor, patient_ids=keys)
        whole = list_whole_patients(self.actor, keys)
        return [show_patient(row, row.id not in whole) for row in rows]

    @extend_schema(responses=PatientShape(many=True), tags=["claims"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().get(request, *args, **kwargs)

    @extend_schema(request=PatientSerializer, responses={201: PatientShape}, tags=["claims"])
    def post(self, request: Request) -> HttpResponse:
        patient = add_patient(actor=self.actor, new=NewPatient(**_said(self.read(PatientSerializer))))
        return self.respond(show_patient(patient), status=201)


class OnePatient(Endpoint):
    right = {"GET": MEMBER, "PATCH": MANAGE}

    @extend_schema(responses=PatientShape, tags=["claims"])
    def get(self, request: Request, patient_id: UUID) -> HttpResponse:
        patient = get_patient(self.actor, patient_id)
        show_patients(actor=self.actor, patient_ids=[patient.id])
        is_masked = patient.id not in list_whole_patients(self.actor, [patient.id])
        return self.respond(show_patient(patient, is_masked))

    @extend_schema(request=SomeOfPatientSerializer, responses=PatientShape, tags=["claims"])
    def patch(self, request: Request, patient_id: UUID) -> HttpResponse:
        get_patient(self.actor, patient_id)
        said = _said(self.read(SomeOfPatientSerializer))
        patient = change_patient(actor=self.actor, patient_id=patient_id, said=said)
        show_patients(actor=self.actor, patient_ids=[patient.id])
        return self.respond(show_patient(patient))


class Providers(ListEndpoint):
    """Providers by name; providers themselves see their own entry."""

    right = {"GET": MEMBER, "POST": MANAGE}
    filterset_class = ProviderFilter
    orderings = ("name", "-id")

    def rows(self) -> Any:
        return list_providers(self.actor)

    def present(self, rows: list[Any]) -> list[Any]:
        return [show_provider(row) for row in rows]

    @extend_schema(responses=ProviderShape(many=True), tags=["claims"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().get(request, *args, **kwargs)

    @extend_schema(request=ProviderSerializer, responses={201: ProviderShape}, tags=["claims"])
    def post(self, request: Request) -> HttpResponse:
        provider = add_provider(actor=self.actor, new=NewProvider(**_said(self.read(ProviderSerializer))))
        return self.respond(show_provider(provider), status=201)


class OneProvider(Endpoint):
    right = {"GET": MEMBER, "PATCH": MANAGE}

    @extend_schema(responses=ProviderShape, tags=["claims"])
    def get(self, request: Request, billing_provider_id: UUID) -> HttpResponse:
        return self.respond(show_provider(get_provider(self.actor, billing_provider_id)))

    @extend_schema(request=SomeOfProviderSerializer, responses=ProviderShape, tags=["claims"])
    def patch(self, request: Request, billing_provider_id: UUID) -> HttpResponse:
        get_provider(self.actor, billing_provider_id)
        said = _said(self.read(SomeOfProviderSerializer))
        provider = change_provider(actor=self.actor, provider_id=billing_provider_id, said=said)
        return self.respond(show_provider(provider))
