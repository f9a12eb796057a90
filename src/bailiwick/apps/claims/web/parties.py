"""Patients and providers: who was treated, and who treated them."""

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bailiwick.apps.claims.actions.disclosing import show_claims, show_patients
from bailiwick.apps.claims.manifest import MANAGE, READ, SEE_ALL, SEE_MONEY, SUBMIT, TO_EXPORT
from bailiwick.apps.claims.models import Patient, Provider
from bailiwick.apps.claims.queries.claims import list_claims
from bailiwick.apps.claims.queries.events import list_history
from bailiwick.apps.claims.queries.listed import read_claims
from bailiwick.apps.claims.queries.parties import (
    get_patient,
    get_provider,
    list_patients,
    list_providers,
    list_whole_patients,
)
from bailiwick.apps.claims.queries.plans import list_authorizations, list_used
from bailiwick.apps.claims.queries.records import list_covers
from bailiwick.apps.claims.web.lists import day_of
from bailiwick.kernel.base.rights import Declared
from bailiwick.kernel.web.pages import Page
from bailiwick.kernel.web.tables import Column, ListPage
from bailiwick.kernel.web.templatetags import bailiwick as parts

MOST_CLAIMS = 10
"""As many as the page of a patient or provider shows; a link leads to the rest."""
MOST_PROMISES = 50


class PartyFilters(forms.Form):
    q = forms.CharField(label=gettext_lazy("Name or number"), required=False, max_length=100)


class PatientList(ListPage):
    """Every patient that the actor may see."""

    right: ClassVar[Declared] = READ
    template_name = "claims/parties.html"
    navigation_name = "claims:patients"
    title = gettext_lazy("Patients")
    lead = gettext_lazy("Who was treated, and by which account they see their own claims.")
    nothing_yet = gettext_lazy("No patients yet")
    nothing_yet_hint = gettext_lazy("They come by API and by import, and are added here.")
    caption = gettext_lazy("Patients, newest first")
    filter_class = PartyFilters
    search_name = "q"
    columns = (
        Column(
            gettext_lazy("Name"),
            lambda row: str(row),
            sub=lambda row: row.number or _("no number"),
            sub_title=gettext_lazy("Number"),
            link=lambda row: reverse("claims:patient", args=[row.id]),
            classes="w",
            code="name",
        ),
        Column(
            gettext_lazy("Born"),
            lambda row: hidden() if row.is_hidden else day_of(row.date_of_birth),
            value=lambda row: None if row.is_hidden else row.date_of_birth,
            classes="c-2 nowrap",
            code="born",
        ),
        Column(
            gettext_lazy("Gender"),
            lambda row: hidden() if row.is_hidden else row.get_gender_display(),
            value=lambda row: None if row.is_hidden else row.get_gender_display(),
            code="gender",
        ),
        Column(gettext_lazy("Account"), lambda row: parts.who(row.member), code="account"),
        Column(
            gettext_lazy("Known since"),
            lambda row: parts.ago(row.created_at),
            value=lambda row: row.created_at,
            sort="id",
            classes="num c-3 nowrap dim",
            code="created",
        ),
    )

    def rows(self) -> QuerySet[Patient]:
        return list_patients(self.actor).select_related("member").order_by("-id")

    def present(self, rows: list[Patient]) -> list[Patient]:
        whole = list_whole_patients(self.actor, [row.pk for row in rows])
        for row in rows:
            row.is_hidden = row.pk not in whole  # type: ignore[attr-defined]
        return rows

    def disclose(self, rows: list[Patient], *, is_export: bool = False) -> None:
        show_patients(actor=self.actor, patient_ids=[row.pk for row in rows], purpose=TO_EXPORT if is_export else "")

    def narrow(self, rows: QuerySet[Patient], values: Mapping[str, Any]) -> QuerySet[Patient]:
        if q := values["q"].strip():
            named = Q()
            for word in q.split():
                named &= Q(last_name__istartswith=word) | Q(first_name__istartswith=word)
            rows = rows.filter(Q(number=q) | named)
        return rows

    @property
    def new_url(self) -> str:
        return reverse("claims:patient-new") if self.actor.may(MANAGE) else ""


class ProviderList(ListPage):
    """Every provider that the actor may see."""

    right: ClassVar[Declared] = READ
    template_name = "claims/parties.html"
    navigation_name = "claims:providers"
    title = gettext_lazy("Providers")
    lead = gettext_lazy("Who treats and bills, and by which account they see their own claims.")
    nothing_yet = gettext_lazy("No providers yet")
    nothing_yet_hint = gettext_lazy("They come by API and by import, and are added here.")
    caption = gettext_lazy("Providers, newest first")
    filter_class = PartyFilters
    search_name = "q"
    columns = (
        Column(
            gettext_lazy("Name"),
            lambda row: row.name,
            sub=lambda row: f"NPI {row.npi}" if row.npi else _("no NPI"),
            sub_title="NPI",
            link=lambda row: reverse("claims:provider", args=[row.id]),
            classes="w",
            code="name",
        ),
        Column(gettext_lazy("Network"), lambda row: network_of(row), classes="c-2", code="network"),
        Column(gettext_lazy("Taxonomy"), lambda row: row.taxonomy or none(), code="taxonomy"),
        Column(gettext_lazy("Account"), lambda row: parts.who(row.member), code="account"),
    )

    def rows(self) -> QuerySet[Provider]:
        return list_providers(self.actor).select_related("member").order_by("-id")

    def narrow(self, rows: QuerySet[Provider], values: Mapping[str, Any]) -> QuerySet[Provider]:
        if q := values["q"].strip():
            rows = rows.filter(Q(npi=q) | Q(name__icontains=q))
        return rows

    @property
    def new_url(self) -> str:
        return reverse("claims:provider-new") if self.actor.may(MANAGE) else ""


def network_of(provider: Provider) -> Any:
    """Whether a provider is paid, and at which price."""
    if provider.is_excluded:
        return parts.state("bad", _("Excluded from payment"))
    return parts.state("good", _("In the network")) if provider.is_in_network else parts.state("open", _("Outside"))


def none() -> Any:
    return format_html('<span class="dimmer">{}</span>', _("none"))


def hidden() -> Any:
    return format_html('<span class="dimmer">{}</span>', _("hidden"))


class PartyPage(Page):
    """What the pages of one patient and one provider share: the newest of their claims."""

    right: ClassVar[Declared] = READ

    def show_party(self, *, claims_of: str, party_id: UUID, **context: Any) -> HttpResponse:
        rows = list_claims(self.actor).filter(**{claims_of: party_id})
        ids = list(rows.values_list("id", flat=True)[: MOST_CLAIMS + 1])
        show_claims(actor=self.actor, claim_ids=ids[:MOST_CLAIMS])
        return self.show(
            claims=read_claims(self.actor, ids[:MOST_CLAIMS]),
            query_of_claims=f"{claims_of}={party_id}",
            has_more=len(ids) > MOST_CLAIMS,
            may_manage=self.actor.may(MANAGE),
            may_submit=self.actor.may(SUBMIT),
            **context,
        )


class PatientPage(PartyPage):
    """One patient: covers, claims, and what happened to them."""

    template_name = "claims/patient.html"
    navigation_name = "claims:patients"

    def get(self, request: HttpRequest, patient_id: UUID) -> HttpResponse:
        patient = get_patient(self.actor, patient_id)
        show_patients(actor=self.actor, patient_ids=[patient.id])
        used = {each.coverage_id: each for each in list_used(patient).filter(year=localdate().year)}
        return self.show_party(
            claims_of="patient_id",
            party_id=patient.id,
            patient=patient,
            is_hidden=patient.id not in list_whole_patients(self.actor, [patient.id]),
            covers=[(each, used.get(each.id)) for each in list_covers(patient)],
            promises=list_authorizations(patient)[:MOST_PROMISES],
            is_masked=self.actor.may(SEE_MONEY) and not self.actor.may(SEE_ALL),
            events=list_history(self.actor, patient.id)[:MOST_CLAIMS],
        )


class ProviderPage(PartyPage):
    """One provider and their claims."""

    template_name = "claims/provider.html"
    navigation_name = "claims:providers"

    def get(self, request: HttpRequest, billing_provider_id: UUID) -> HttpResponse:
        provider = get_provider(self.actor, billing_provider_id)
        return self.show_party(
            claims_of="provider_id", party_id=provider.id, provider=provider, network=network_of(provider)
        )
