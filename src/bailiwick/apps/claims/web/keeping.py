"""Adding and changing patients and providers, and linking them to accounts."""

from typing import Any, ClassVar
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from bailiwick.apps.claims.actions.disclosing import show_patients
from bailiwick.apps.claims.actions.parties import add_patient, add_provider, change_patient, change_provider
from bailiwick.apps.claims.manifest import BE_PATIENT, MANAGE, PROVIDE
from bailiwick.apps.claims.models import Patient, Provider
from bailiwick.apps.claims.queries.parties import get_patient, get_provider
from bailiwick.apps.claims.values.parties import NewPatient, NewProvider
from bailiwick.apps.claims.web.forms.parties import AccountForm, PatientForm, ProviderForm
from bailiwick.kernel.access.queries.grants import list_holders
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.web.pages import Page, refuse_form


class KeepPage(Page):
    """One form, whether somebody is added or changed: GET shows it, POST stores it."""

    right = MANAGE
    template_name = "claims/party.html"
    form_class: ClassVar[type[AccountForm]]
    account_right: ClassVar[str]
    list_name: ClassVar[str]

    def show_form(self, form: AccountForm, row: Patient | Provider | None = None, status: int = 200) -> HttpResponse:
        return self.show(status=status, form=form, row=row, list_url=reverse(self.list_name))

    def form(self, data: Any = None, row: Patient | Provider | None = None) -> AccountForm:
        names = self.form_class.base_fields
        initial = {name: _plain(getattr(row, name)) for name in names} if row else None
        return self.form_class(list_holders(self.account_right), data, initial=initial)

    def keep(self, form: AccountForm, row: Patient | Provider | None) -> Patient | Provider:
        raise NotImplementedError

    def store(self, form: AccountForm, row: Patient | Provider | None = None) -> HttpResponse:
        if not form.is_valid():
            return self.show_form(form, row, status=422)
        try:
            with transaction.atomic():
                kept = self.keep(form, row)
        except InvalidInput as refusal:
            beside = {"member": "member_id"}
            refuse_form(form, InvalidInput({beside.get(name, name): said for name, said in refusal.fields.items()}))
            return self.show_form(form, row, status=422)
        self.tell(_("Stored."))
        return redirect(self.list_name.removesuffix("s"), kept.id)


class PatientKeeping(KeepPage):
    form_class = PatientForm
    account_right = BE_PATIENT
    list_name = "claims:patients"
    navigation_name = list_name

    def keep(self, form: AccountForm, row: Patient | Provider | None) -> Patient:
        if row is None:
            return add_patient(actor=self.actor, new=NewPatient(**form.cleaned_data))
        return change_patient(actor=self.actor, patient_id=row.id, said=form.cleaned_data)


class ProviderKeeping(KeepPage):
    form_class = ProviderForm
    account_right = PROVIDE
    list_name = "claims:providers"
    navigation_name = list_name

    def keep(self, form: AccountForm, row: Patient | Provider | None) -> Provider:
        if row is None:
            return add_provider(actor=self.actor, new=NewProvider(**form.cleaned_data))
        return change_provider(actor=self.actor, provider_id=row.id, said=form.cleaned_data)


class NewPatientPage(PatientKeeping):
    """Adds a patient; events that waited for their number are matched."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show_form(self.form())

    def post(self, request: HttpRequest) -> HttpResponse:
        return self.store(self.form(request.POST))


class ChangePatientPage(PatientKeeping):
    """Changes what is known of a patient, and by which account they see their own claims."""

    def get(self, request: HttpRequest, patient_id: UUID) -> HttpResponse:
        row = self._open(patient_id)
        return self.show_form(self.form(row=row), row)

    def post(self, request: HttpRequest, patient_id: UUID) -> HttpResponse:
        row = self._open(patient_id)
        return self.store(self.form(request.POST, row), row)

    def _open(self, patient_id: UUID) -> Patient:
        """The patient, recorded as shown; raises NotFound."""
        row = get_patient(self.actor, patient_id)
        show_patients(actor=self.actor, patient_ids=[row.id])
        return row


class NewProviderPage(ProviderKeeping):
    """Adds a provider."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show_form(self.form())

    def post(self, request: HttpRequest) -> HttpResponse:
        return self.store(self.form(request.POST))


class ChangeProviderPage(ProviderKeeping):
    """Changes what is known of a provider, and by which account they see their own claims."""

    def get(self, request: HttpRequest, billing_provider_id: UUID) -> HttpResponse:
        row = get_provider(self.actor, billing_provider_id)
        return self.show_form(self.form(row=row), row)

    def post(self, request: HttpRequest, billing_provider_id: UUID) -> HttpResponse:
        row = get_provider(self.actor, billing_provider_id)
        return self.store(self.form(request.POST, row), row)


def _plain(value: Any) -> Any:
    """A stored value as the form's choices name it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) if isinstance(value, UUID) else value
