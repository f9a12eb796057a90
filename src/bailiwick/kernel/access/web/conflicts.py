"""Rights that are kept apart: which, why, who holds both all the same; adding a pair and ending one."""

from typing import Any
from uuid import UUID

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bailiwick.kernel.access.actions import add_conflict, end_conflict
from bailiwick.kernel.access.queries.conflicts import (
    MOST_SHOWN,
    HolderOfBoth,
    list_conflicts,
    list_holders_of_both,
)
from bailiwick.kernel.access.queries.roles import titles_of
from bailiwick.kernel.access.web.roles import RoleForm
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.web.pages import Page, refuse_form

MANAGE = "access.manage"
LIST = "access:conflicts"


class ConflictForm(forms.Form):
    """Two rights, and why nobody may hold both."""

    first = forms.ChoiceField(label=gettext_lazy("Whoever holds"))
    second = forms.ChoiceField(label=gettext_lazy("must not hold"))
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("Whoever is refused reads this."),
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
    )

    def __init__(self, *data: Any) -> None:
        super().__init__(*data)
        groups = [
            (group.title, [(choice.right.code, choice.right.title) for choice in group.choices])
            for group in RoleForm().groups
        ]
        for name in ("first", "second"):
            self.fields[name].choices = [("", _("Choose one")), *groups]  # type: ignore[attr-defined]


class Conflicts(Page):
    """What is kept apart here, and who holds both of two all the same."""

    right = MANAGE
    template_name = "access/conflicts.html"
    navigation_name = LIST

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show_conflicts(ConflictForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keeps two more apart."""
        form = ConflictForm(request.POST)
        if form.is_valid():
            try:
                with transaction.atomic():
                    add_conflict(actor=self.actor, **form.cleaned_data)
            except InvalidInput as refusal:
                refuse_form(form, refusal)
            else:
                self.tell(_("From now on nobody gets both."))
                return redirect(LIST)
        return self.show_conflicts(form, status=422)

    def show_conflicts(self, form: ConflictForm, status: int = 200) -> HttpResponse:
        holders = list_holders_of_both(self.actor)
        return self.show(
            status=status,
            form=form,
            pairs=list_conflicts(self.actor),
            holders=_with_titles(holders),
            is_cut=len(holders) >= MOST_SHOWN,
        )


def _with_titles(holders: list[HolderOfBoth]) -> list[tuple[HolderOfBoth, str, str]]:
    """Each holder with the titles of the roles by which they hold the one right and the other."""
    titles = titles_of(grant.role for each in holders for grant in (each.one, each.other))
    return [(each, titles[each.one.role], titles[each.other.role]) for each in holders]


class EndConflict(Page):
    """Two rights are kept apart no longer."""

    right = MANAGE
    navigation_name = LIST
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pair_id: UUID) -> HttpResponse:
        end_conflict(actor=self.actor, pair_id=pair_id)
        self.tell(_("They may be held together again."))
        return redirect(LIST)
