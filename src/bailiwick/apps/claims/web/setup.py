"""What the pages share on which claims are set up."""

from typing import Any, ClassVar

from django.db import transaction
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise

from bailiwick.apps.claims.manifest import CONFIGURE
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.base.rights import Declared
from bailiwick.kernel.web.pages import Page, refuse_form


class SetupPage(Page):
    """A form that one action stores: shown again with what was refused, else left for where it leads."""

    right: ClassVar[Declared] = CONFIGURE
    template_name = "claims/setup.html"
    title: ClassVar[str | Promise] = ""
    lead: ClassVar[str | Promise] = ""
    button: ClassVar[str | Promise] = ""

    def form(self, data: Any = None, files: Any = None) -> Form:
        raise NotImplementedError

    def store(self, values: dict[str, Any]) -> HttpResponse:
        """Call the action, and say where to go."""
        raise NotImplementedError

    @property
    def crumbs(self) -> list[tuple[str, str]]:
        """Address and title of the pages above."""
        raise NotImplementedError

    def get(self, request: HttpRequest, **keys: Any) -> HttpResponse:
        return self.show(form=self.form())

    def post(self, request: HttpRequest, **keys: Any) -> HttpResponse:
        form = self.form(request.POST, request.FILES)
        if not form.is_valid():
            return self.show(status=422, form=form)
        try:
            with transaction.atomic():
                return self.store(form.cleaned_data)
        except InvalidInput as refusal:
            refuse_form(form, refusal)
            return self.show(status=422, form=form)
