"""Code sets: the releases that the organisation has loaded, and the page that loads one."""

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bailiwick.apps.claims.actions.codes import start_loading
from bailiwick.apps.claims.manifest import CONFIGURE
from bailiwick.apps.claims.models import CodeSet
from bailiwick.apps.claims.queries.codes import list_code_sets
from bailiwick.apps.claims.values.codes import NewRelease
from bailiwick.apps.claims.web.forms.codes import ReleaseForm
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.web.figures import number
from bailiwick.kernel.web.pages import Page, refuse_form
from bailiwick.kernel.web.tables import Column, ListPage
from bailiwick.kernel.web.templatetags import bailiwick as parts


class CodeSetList(ListPage):
    """Every release of every system: a claim is judged by the one of its day."""

    right = CONFIGURE
    template_name = "claims/codes.html"
    title = gettext_lazy("Code sets")
    lead = gettext_lazy(
        "The lists by which codes of claims are judged, each on the days for which it holds. Codes of a system without"
        " a list are judged by their form alone."
    )
    nothing_yet = gettext_lazy("No code set yet")
    nothing_yet_hint = gettext_lazy(
        "Load a file. ICD-10-CM comes with the installation: “bailiwick codes load icd10cm --organization …” loads it."
    )
    caption = gettext_lazy("Code sets, last loaded first")
    columns = (
        Column(
            gettext_lazy("Code set"),
            lambda row: str(row),
            sub=lambda row: row.source,
            sub_title=gettext_lazy("Source"),
            classes="w",
            code="name",
        ),
        Column(gettext_lazy("State"), lambda row: state_of(row), code="state", classes="c-2 nowrap"),
        Column(
            gettext_lazy("Valid from"),
            lambda row: date_format(row.valid_from),
            value=lambda row: row.valid_from,
            code="valid_from",
            classes="nowrap",
        ),
        Column(
            gettext_lazy("Valid until"),
            lambda row: date_format(row.valid_until) if row.valid_until else _("the next release"),
            value=lambda row: row.valid_until,
            code="valid_until",
            classes="c-hide nowrap",
        ),
        Column(
            gettext_lazy("Codes"),
            lambda row: number(row.count),
            value=lambda row: row.count,
            code="count",
            classes="num c-3",
        ),
        Column(gettext_lazy("Licence"), lambda row: row.licence or _("none"), code="licence", classes="c-hide"),
        Column(
            gettext_lazy("Loaded"),
            lambda row: parts.ago(row.loaded_at),
            value=lambda row: row.loaded_at,
            sort="id",
            code="loaded",
            classes="num c-hide nowrap dim",
        ),
        Column(
            gettext_lazy("By"),
            lambda row: row.member.name if row.member else _("the machine's shell"),
            code="by",
            is_shown=False,
        ),
        Column(
            gettext_lazy("SHA-256"), lambda row: bytes(row.digest).hex(), code="digest", is_shown=False, classes="mono"
        ),
    )

    def rows(self) -> QuerySet[CodeSet]:
        return list_code_sets(self.actor)


def state_of(code_set: CodeSet) -> SafeString:
    """Whether it is the one of today."""
    today = localdate()
    if code_set.valid_from > today:
        return parts.state("wait", _("To come"))
    if code_set.valid_until is not None and code_set.valid_until < today:
        return parts.state("end", _("Past"))
    return parts.state("good", _("Valid"))


class LoadCodes(Page):
    """Takes the file; a job reads and loads it, whole or not at all."""

    right = CONFIGURE
    template_name = "claims/codes_load.html"
    navigation_name = "claims:codes"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(form=ReleaseForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ReleaseForm(request.POST, request.FILES)
        if form.is_valid():
            given = dict(form.cleaned_data)
            upload = given.pop("file")
            try:
                with transaction.atomic():
                    job = start_loading(actor=self.actor, new=NewRelease(**given), upload=upload)
            except InvalidInput as refusal:
                refuse_form(form, refusal)
            else:
                self.tell(_("The file is being loaded."))
                return redirect(reverse("jobs:job", args=[job.id]))
        return self.show(status=422, form=form)
