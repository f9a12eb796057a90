"""Why may she, or why not: a member, a right, a moment, and the chain from one to the other."""

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.queries import Explanation, explain
from bailiwick.kernel.access.queries.explaining import EXPLAIN, list_members_to_ask_about
from bailiwick.kernel.access.queries.things import read_thing
from bailiwick.kernel.access.web.things import disclose_thing
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.base.manifest import registry
from bailiwick.kernel.base.rights import MEMBER
from bailiwick.kernel.web.pages import Page, refuse_form


class WhyForm(forms.Form):
    """What is asked; `over` is "app.model:id", and comes with the link of a row's page."""

    member = forms.UUIDField(label=gettext_lazy("Member"), widget=forms.Select())
    right = forms.ChoiceField(label=gettext_lazy("Right"))
    at = forms.DateTimeField(
        label=gettext_lazy("Moment"),
        help_text=gettext_lazy("Empty: now."),
        required=False,
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M:%S", attrs={"type": "datetime-local", "step": "1"}),
    )
    over = forms.CharField(max_length=150, required=False, widget=forms.HiddenInput())

    def __init__(self, actor: Actor, data: Any, asked: UUID, over: str) -> None:
        super().__init__(data and {"member": asked, **data.dict()}, initial={"member": asked, "over": over})
        rights = [(right.code, f"{right.title} ({right.code})") for right in registry().rights.values()]
        self.fields["right"].choices = [("", "---------"), *rights]  # type: ignore[attr-defined]
        people = list_members_to_ask_about(actor, asked)
        self.fields["member"].widget.choices = [(str(each.id), each.name) for each in people]


class Why(Page):
    """Explains a right; about oneself everybody may ask."""

    right = MEMBER
    template_name = "access/why.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Without a right nothing is asked yet."""
        given, written = request.GET, request.GET.get("over", "")
        over = read_thing(self.actor, written) if written else None
        asked = _read_id(given.get("member")) or self.actor.member_id
        form = WhyForm(self.actor, given if "right" in given else None, asked, written)
        if not form.is_bound:
            return self._show(form, over)
        if not form.is_valid():
            return self._show(form, over, status=422)
        values = form.cleaned_data
        try:
            why = explain(self.actor, values["member"], values["right"], over, values["at"])
        except InvalidInput as refusal:
            refuse_form(form, refusal)
            return self._show(form, over, status=422)
        return self._show(form, over, why)

    def _show(
        self, form: WhyForm, over: Model | None, why: Explanation | None = None, status: int = 200
    ) -> HttpResponse:
        kind = registry().grantables[over._meta.label_lower] if over else None
        if over:
            disclose_thing(self.actor, over)
        return self.show(status=status, form=form, why=why, over=over, kind=kind, may_choose=self.actor.may(EXPLAIN))


def _read_id(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None
