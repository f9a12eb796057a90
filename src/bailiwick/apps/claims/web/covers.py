"""By what a patient is covered, and what was promised before a service: said on pages of the patient."""

from typing import Any, ClassVar
from uuid import UUID

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bailiwick.apps.claims.actions.disclosing import show_patients
from bailiwick.apps.claims.actions.plans import add_authorization, add_coverage, change_coverage
from bailiwick.apps.claims.manifest import MANAGE
from bailiwick.apps.claims.models import Coverage, Patient
from bailiwick.apps.claims.queries.parties import find_by_npi, get_patient
from bailiwick.apps.claims.queries.plans import get_coverage, list_offered
from bailiwick.apps.claims.web.forms.covers import AuthorizationForm, CoverForm, CoverTermsForm
from bailiwick.apps.claims.web.setup import SetupPage
from bailiwick.kernel.base.rights import Declared


class CoverSetup(SetupPage):
    """What the pages about one patient's covers share: whose they are, and that the patient is shown."""

    right: ClassVar[Declared] = MANAGE
    navigation_name = "claims:patients"

    @cached_property
    def patient(self) -> Patient:
        patient = get_patient(self.actor, self.kwargs["patient_id"])
        show_patients(actor=self.actor, patient_ids=[patient.id])
        return patient

    @property
    def crumbs(self) -> list[tuple[str, str]]:
        return [(reverse("claims:patient", args=[self.patient.id]), str(self.patient))]

    def go_back(self, said: str) -> HttpResponse:
        self.tell(said)
        return redirect("claims:patient", self.patient.id)


class NewCover(CoverSetup):
    """Says by what a patient is covered, from a day on."""

    title = gettext_lazy("Add a cover")
    lead = gettext_lazy("It counts for services from its first day on, in claims that are judged from now on.")
    button = gettext_lazy("Add the cover")

    def form(self, data: Any = None, files: Any = None) -> Form:
        return CoverForm(list_offered(self.actor), data, initial={"valid_from": localdate(), "order": 1})

    def store(self, values: dict[str, Any]) -> HttpResponse:
        add_coverage(actor=self.actor, patient_id=self.patient.id, **values)
        return self.go_back(_("Cover added."))


class ChangeCover(CoverSetup):
    """Changes from when until when a cover holds, and its place among several."""

    lead = gettext_lazy("By what somebody is covered stays: end this cover, and add another one.")
    button = gettext_lazy("Store the cover")

    @cached_property
    def cover(self) -> Coverage:
        return get_coverage(self.patient, self.kwargs["coverage_id"])

    @property
    def title(self) -> str:  # type: ignore[override]
        return self.cover.plan.name if self.cover.plan else self.cover.payer

    def form(self, data: Any = None, files: Any = None) -> Form:
        cover = self.cover
        return CoverTermsForm(data, initial={name: getattr(cover, name) for name in CoverTermsForm.base_fields})

    def store(self, values: dict[str, Any]) -> HttpResponse:
        change_coverage(actor=self.actor, coverage_id=self.cover.id, **values)
        return self.go_back(_("Cover stored."))


class NewAuthorization(CoverSetup):
    """Promises services before they are done."""

    title = gettext_lazy("Add a prior authorisation")
    lead = gettext_lazy("Services that it names are covered within its days, where a plan asks for one.")
    button = gettext_lazy("Add the prior authorisation")

    def form(self, data: Any = None, files: Any = None) -> Form:
        return AuthorizationForm(data, initial={"valid_from": localdate()})

    def store(self, values: dict[str, Any]) -> HttpResponse:
        provider = find_by_npi(self.actor, values.pop("npi"))
        provider_id: UUID | None = provider.id if provider else None
        add_authorization(actor=self.actor, patient_id=self.patient.id, provider_id=provider_id, **values)
        return self.go_back(_("Prior authorisation added."))
