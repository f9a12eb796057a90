"""The organisation's mail domains: their list, and the page on which one is proved."""

from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bailiwick.kernel.base.errors import DomainError, InvalidInput
from bailiwick.kernel.federation.actions.domains import add_domain, record_name, remove_domain, verify_domain
from bailiwick.kernel.federation.errors import DomainTaken, NoNameServer, RecordNotFound
from bailiwick.kernel.federation.manifest import MANAGE
from bailiwick.kernel.federation.models import Domain
from bailiwick.kernel.federation.queries.providers import get_domain, list_domains
from bailiwick.kernel.federation.web.forms import DomainForm
from bailiwick.kernel.web.pages import Page, refuse_form
from bailiwick.kernel.web.tables import Column, ListPage
from bailiwick.kernel.web.templatetags import bailiwick as parts


class DomainList(ListPage):
    """Every domain that the organisation says is its own."""

    right = MANAGE
    template_name = "federation/domains.html"
    title = gettext_lazy("Domains")
    lead = gettext_lazy(
        "Mail addresses of a proved domain lead people to your own sign-in, and link them to who they are."
    )
    nothing_yet = gettext_lazy("No domain yet")
    nothing_yet_hint = gettext_lazy("Add the domain of your mail addresses, then prove it by a DNS record.")
    caption = gettext_lazy("Domains, newest first")
    columns = (
        Column(
            gettext_lazy("Domain"),
            lambda row: row.name,
            link=lambda row: reverse("federation:domain", args=[row.id]),
            classes="w",
            code="name",
        ),
        Column(gettext_lazy("State"), lambda row: state_of(row), code="state", classes="c-2 nowrap"),
        Column(
            gettext_lazy("Record last seen"),
            lambda row: parts.ago(row.checked_at) if row.checked_at else _("never"),
            code="checked",
            classes="c-hide nowrap dim",
            value=lambda row: row.checked_at,
        ),
    )

    def rows(self) -> QuerySet[Domain]:
        return list_domains(self.actor)


def state_of(domain: Domain) -> SafeString:
    return parts.state("good", _("Proved")) if domain.verified_at else parts.state("wait", _("Waits for its record"))


class DomainPage(Page):
    """What the pages of domains share."""

    right = MANAGE
    navigation_name = "federation:domains"


class NewDomain(DomainPage):
    """Says that a domain is ours."""

    template_name = "federation/domain_new.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(form=DomainForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = DomainForm(request.POST)
        if form.is_valid():
            try:
                with transaction.atomic():
                    domain = add_domain(actor=self.actor, **form.cleaned_data)
            except InvalidInput as refusal:
                refuse_form(form, refusal)
            else:
                return redirect("federation:domain", domain.id)
        return self.show(status=422, form=form)


class OneDomain(DomainPage):
    """The record that proves a domain, and whether it was found."""

    template_name = "federation/domain.html"

    def get(self, request: HttpRequest, domain_id: UUID) -> HttpResponse:
        return self.show_domain(domain_id)

    def post(self, request: HttpRequest, domain_id: UUID) -> HttpResponse:
        try:
            with transaction.atomic():
                verify_domain(actor=self.actor, domain_id=domain_id)
        except (RecordNotFound, NoNameServer, DomainTaken) as failure:
            return self.show_domain(domain_id, failure)
        self.tell(_("The record is there: the domain is proved."))
        return redirect("federation:domain", domain_id)

    def show_domain(self, domain_id: UUID, failure: DomainError | None = None) -> HttpResponse:
        domain = get_domain(self.actor, domain_id)
        status = failure.status if failure else 200
        fault = str(failure) if failure else ""
        return self.show(
            status=status, domain=domain, state=state_of(domain), record=record_name(domain.name), fault=fault
        )


class RemoveDomain(DomainPage):
    """Gives a domain up."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, domain_id: UUID) -> HttpResponse:
        remove_domain(actor=self.actor, domain_id=domain_id)
        self.tell(_("The domain is removed."))
        return redirect("federation:domains")
