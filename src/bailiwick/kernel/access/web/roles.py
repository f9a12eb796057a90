"""The pages on which a role is made, looked at, changed and ended."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.apps import apps
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bailiwick.kernel.access.actions.roles import add_role, edit_role, end_role, follow_role
from bailiwick.kernel.access.errors import HeldAsDeputy, NobodyLeft, RightsInConflict
from bailiwick.kernel.access.queries import contents
from bailiwick.kernel.access.queries.contents import Content
from bailiwick.kernel.access.web.grants import conflict_sentence
from bailiwick.kernel.access.web.role_list import MANAGE, state_of
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.base.manifest import Right, registry
from bailiwick.kernel.web.pages import Page, refuse_form

LIST = "access:roles"


@dataclass(frozen=True, slots=True)
class Choice:
    """A right as the form offers it."""

    right: Right
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Group:
    """The rights of one part of the product."""

    code: str
    title: str
    choices: list[Choice]


class RoleForm(forms.Form):
    """What a role is called and contains, and whether giving it takes two."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=100)
    code = forms.CharField(
        label=gettext_lazy("Code"),
        help_text=gettext_lazy("For programs and exports: small letters, digits and hyphens. It stays for good."),
        max_length=100,
    )
    needs_two = forms.BooleanField(label=gettext_lazy("Giving it takes two people"), required=False)
    rights = forms.MultipleChoiceField(label=gettext_lazy("Rights"), required=False)

    def __init__(self, *data: Any, **options: Any) -> None:
        super().__init__(*data, **options)
        self.offered = offered_rights()
        self.fields["rights"].choices = [(code, code) for code in self.offered]  # type: ignore[attr-defined]

    @property
    def groups(self) -> list[Group]:
        chosen = self["rights"].value() or []
        return [
            Group(
                each.app,
                str(apps.get_app_config(each.app).verbose_name),
                [Choice(right, right.code in chosen) for right in each.rights if right.code in self.offered],
            )
            for each in registry().manifests
            if any(right.code in self.offered for right in each.rights)
        ]


class ContentForm(RoleForm):
    """The same for a role that there is: its code stays, and a role of the product keeps its title."""

    code = None  # type: ignore[assignment]

    def __init__(self, content: Content, *data: Any, **options: Any) -> None:
        kept = [right.code for right in content.rights]
        initial = {"title": content.role.own_title, "needs_two": content.role.needs_two, "rights": kept}
        super().__init__(*data, initial=initial, **options)
        if content.role.is_declared:
            del self.fields["title"]


def offered_rights() -> list[str]:
    """What roles of an organisation may contain: not what is for the installation alone."""
    alone = {code for role in registry().installation_roles.values() for code in role.rights}
    return [code for code in registry().rights if code not in alone]


class NewRole(Page):
    """Makes a role of the organisation's own."""

    right = MANAGE
    template_name = "access/role_new.html"
    navigation_name = LIST

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(form=RoleForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = RoleForm(request.POST)
        if form.is_valid():
            try:
                with transaction.atomic():
                    role = add_role(actor=self.actor, **form.cleaned_data)
            except InvalidInput as refusal:
                refuse_form(form, refusal)
            except RightsInConflict as refusal:
                form.add_error("rights", conflict_sentence(refusal))
            except HeldAsDeputy as refusal:
                form.add_error(None, str(refusal))
            else:
                self.tell(_("Added. It can be given from now on."))
                return redirect("access:role", role.id)
        return self.show(status=422, form=form)


class OneRole(Page):
    """A role: what it contains, who holds it, how it came to that. What a change does is said before it is stored."""

    right = MANAGE
    template_name = "access/role.html"
    navigation_name = LIST

    def get(self, request: HttpRequest, role_id: UUID) -> HttpResponse:
        content = contents.get_content(self.actor, role_id)
        return self.show_role(content, ContentForm(content))

    def post(self, request: HttpRequest, role_id: UUID) -> HttpResponse:
        content = contents.get_content(self.actor, role_id)
        form = ContentForm(content, request.POST)
        if not form.is_valid():
            return self.show_role(content, form, status=422)
        wanted = sorted(form.cleaned_data["rights"])
        if request.POST.get("do") != "store" or request.POST.get("seen") != ",".join(wanted):
            return self.show_role(content, form, **self._effects(content, wanted, form.cleaned_data["needs_two"]))
        return self._store(content, form)

    def _effects(self, content: Content, wanted: list[str], needs_two: bool) -> dict[str, Any]:
        """What storing it would change, and what it was said for."""
        return {
            "seen": ",".join(wanted),
            "effects": contents.effects_of(content, wanted),
            "turns_to_two": needs_two and not content.role.needs_two,
            "turns_to_one": content.role.needs_two and not needs_two,
        }

    def _store(self, content: Content, form: ContentForm) -> HttpResponse:
        try:
            with transaction.atomic():
                edit_role(actor=self.actor, role_id=content.role.id, **form.cleaned_data)
        except InvalidInput as refusal:
            refuse_form(form, refusal)
            return self.show_role(content, form, status=422)
        except RightsInConflict as refusal:
            form.add_error("rights", conflict_sentence(refusal))
            return self.show_role(content, form, status=409)
        except (NobodyLeft, HeldAsDeputy) as refusal:
            form.add_error("rights", str(refusal))
            return self.show_role(content, form, status=refusal.status)
        self.tell(_("Stored. It holds from now on."))
        return redirect("access:role", content.role.id)

    def show_role(self, content: Content, form: ContentForm, *, status: int = 200, **more: Any) -> HttpResponse:
        return self.show(
            status=status,
            form=form,
            content=content,
            role=content.role,
            state=state_of(content),
            holders=contents.list_holders_of(content.role),
            steps=contents.list_steps(content.role),
            **more,
        )


class FollowRole(Page):
    """Back to what the product declares."""

    right = MANAGE
    navigation_name = LIST
    http_method_names = ["post"]

    def post(self, request: HttpRequest, role_id: UUID) -> HttpResponse:
        follow_role(actor=self.actor, role_id=role_id)
        self.tell(_("It is as the product has it, and follows it from now on."))
        return redirect("access:role", role_id)


class EndRole(Page):
    """A role gives nothing any more."""

    right = MANAGE
    navigation_name = LIST
    http_method_names = ["post"]

    def post(self, request: HttpRequest, role_id: UUID) -> HttpResponse:
        end_role(actor=self.actor, role_id=role_id)
        self.tell(_("Ended. Nobody has anything by it any more."))
        return redirect("access:role", role_id)
