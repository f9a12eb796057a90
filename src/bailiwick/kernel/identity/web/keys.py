"""The keys of programs: their list, and the pages on which one is issued, changed, rotated and revoked."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bailiwick.kernel.access.actions.keys import Bounds, change_key, issue_key, rotate_key
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.queries import own_rights, rights_of_member
from bailiwick.kernel.base.errors import InvalidInput, NotFound
from bailiwick.kernel.base.rights import Declared
from bailiwick.kernel.identity.actions import revoke_key
from bailiwick.kernel.identity.choices import KeyState
from bailiwick.kernel.identity.manifest import ISSUE_KEYS, REVOKE_KEYS
from bailiwick.kernel.identity.models import ApiKey, Member
from bailiwick.kernel.identity.queries import keys
from bailiwick.kernel.identity.web.key_forms import KeyForm, NewKeyForm, PickProgramForm, RotateForm, titled
from bailiwick.kernel.web.pages import Page, refuse_form
from bailiwick.kernel.web.tables import BulkAction, Column, ListPage, NamedView
from bailiwick.kernel.web.templatetags import bailiwick as parts

LOOKS = {KeyState.LIVE: "good", KeyState.EXPIRED: "end", KeyState.REVOKED: "bad"}


def revoke(*, actor: Actor, key: UUID, reason: str) -> None:
    revoke_key(actor, key_id=key)


class KeyFilters(forms.Form):
    """What the list is narrowed by."""

    q = forms.CharField(label=gettext_lazy("Name, program or beginning"), required=False, max_length=100)
    state = forms.ChoiceField(
        label=gettext_lazy("State is"), choices=[("", gettext_lazy("any")), *KeyState.choices], required=False
    )


class KeyList(ListPage):
    """Every key of every program, newest first."""

    right = (ISSUE_KEYS, REVOKE_KEYS)
    template_name = "identity/keys.html"
    title = gettext_lazy("Keys of programs")
    lead = gettext_lazy("A program works by a key, in its own name. A key is shown once, and never again.")
    nothing_yet = gettext_lazy("No keys yet")
    nothing_yet_hint = gettext_lazy("Add a program, then issue a key for it.")
    caption = gettext_lazy("Keys of programs, newest first")
    filter_class = KeyFilters
    search_name = "q"
    columns = (
        Column(
            gettext_lazy("Name"),
            lambda key: key.name,
            link=lambda key: reverse("identity:key", args=[key.id]),
            classes="w",
            code="name",
        ),
        Column(gettext_lazy("Program"), lambda key: parts.who(key.member), classes="", code="program"),
        Column(
            gettext_lazy("Begins with"),
            lambda key: format_html("<code>{}…</code>", key.prefix),
            code="prefix",
            value=lambda key: key.prefix,
        ),
        Column(
            gettext_lazy("It may"), lambda key: scopes_of(key), code="scopes", value=lambda key: ", ".join(key.scopes)
        ),
        Column(gettext_lazy("State"), lambda key: state_of(key), classes="c-2", code="state"),
        Column(
            gettext_lazy("Runs out"),
            lambda key: parts.left(key.expires_at) if key.expires_at else _("never"),
            classes="nowrap c-hide",
            code="expires",
            value=lambda key: key.expires_at,
        ),
        Column(
            gettext_lazy("Last used"),
            lambda key: parts.ago(key.last_used_at) if key.last_used_at else _("never"),
            classes="c-3 nowrap dim",
            code="used",
            value=lambda key: key.last_used_at,
        ),
        Column(
            gettext_lazy("Issued by"),
            lambda key: parts.who(key.created_by) if key.created_by else _("the installation"),
            code="issuer",
            is_shown=False,
        ),
        Column(
            gettext_lazy("Calls a minute"),
            lambda key: parts.figure(key.rate) if key.rate else _("as everybody"),
            classes="num c-hide",
            code="rate",
            is_shown=False,
            value=lambda key: key.rate,
        ),
        Column(
            gettext_lazy("May be used from"),
            lambda key: ", ".join(key.addresses) or _("anywhere"),
            code="addresses",
            is_shown=False,
        ),
    )
    bulk = (BulkAction("revoke", gettext_lazy("Revoke"), "ban", REVOKE_KEYS, revoke, is_danger=True),)

    def rows(self) -> QuerySet[ApiKey]:
        return keys.list_keys(self.actor)

    def narrow(self, rows: QuerySet[ApiKey], values: Mapping[str, Any]) -> QuerySet[ApiKey]:
        if values["q"]:
            rows = keys.named(rows, values["q"])
        return keys.in_state(rows, values["state"]) if values["state"] else rows

    def views(self) -> list[NamedView]:
        return [
            NamedView(_("All"), {}),
            *(NamedView(str(state.label).capitalize(), {"state": state.value}) for state in KeyState),
        ]


def state_of(key: ApiKey) -> SafeString:
    """A key that another takes over from is about to end."""
    if key.is_live and getattr(key, "is_replaced", False):
        return parts.state("wait", _("being replaced"))
    return parts.state(LOOKS[key.state], key.state.label)


def scopes_of(key: ApiKey) -> str:
    return ", ".join(str(title) for _code, title in titled(key.scopes)) or _("nothing")


class KeyPage(Page):
    """What the pages of keys share; a new key is shown by the answer to the form that made it, and nowhere else."""

    right: ClassVar[Declared] = (ISSUE_KEYS, REVOKE_KEYS)
    navigation_name = "identity:keys"

    def show_secret(self, key: ApiKey, secret: str, older: ApiKey | None = None) -> HttpResponse:
        self.template_name = "identity/key_shown.html"  # type: ignore[misc]
        return self.show(key=key, secret=secret, older=older, host=f"{self.request.scheme}://{self.request.get_host()}")


class NewKey(KeyPage):
    """Issues a key: first for whom, then what it may."""

    right = ISSUE_KEYS
    template_name = "identity/key_new.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        programs = list(keys.list_programs())
        pick = PickProgramForm(programs, request.GET if "program" in request.GET else None)
        if not pick.is_valid():
            return self.show(pick=pick, programs=programs)
        program = self._program(pick.cleaned_data["program"])
        return self.show(program=program, form=NewKeyForm(self._rights(program), initial={"program": program.id}))

    def post(self, request: HttpRequest) -> HttpResponse:
        programs = list(keys.list_programs())
        pick = PickProgramForm(programs, request.POST)
        if not pick.is_valid():
            return self.show(status=422, pick=pick, programs=programs)
        program = self._program(pick.cleaned_data["program"])
        form = NewKeyForm(self._rights(program), request.POST)
        if not form.is_valid():
            return self.show(status=422, program=program, form=form)
        values = form.cleaned_data
        try:
            with transaction.atomic():
                key, secret = issue_key(
                    actor=self.actor,
                    program_id=program.id,
                    name=values["name"],
                    scopes=values["scopes"],
                    bounds=Bounds(form.ends_at, values["rate"], values["addresses"]),
                )
        except InvalidInput as refusal:
            refuse_form(form, refusal)
            return self.show(status=422, program=program, form=form)
        return self.show_secret(key, secret)

    def _program(self, program_id: UUID) -> Member:
        program = keys.find_program(program_id)
        if program is None:
            raise NotFound
        return program

    def _rights(self, program: Member) -> frozenset[str]:
        return own_rights(self.actor) & rights_of_member(program.id)


class OneKey(KeyPage):
    """A key: what it may, who issued it, when it was used, and what can be done about it."""

    template_name = "identity/key.html"

    def get(self, request: HttpRequest, key_id: UUID) -> HttpResponse:
        return self._show(key_id)

    def post(self, request: HttpRequest, key_id: UUID) -> HttpResponse:
        keys.find_key(self.actor, key_id)
        form = KeyForm(request.POST)
        if not form.is_valid():
            return self._show(key_id, form)
        try:
            with transaction.atomic():
                change_key(actor=self.actor, key_id=key_id, **form.cleaned_data)
        except InvalidInput as refusal:
            refuse_form(form, refusal)
            return self._show(key_id, form)
        self.tell(_("Stored."))
        return redirect("identity:key", key_id)

    def _show(self, key_id: UUID, form: KeyForm | None = None) -> HttpResponse:
        key = keys.find_key(self.actor, key_id)
        initial = {"name": key.name, "rate": key.rate, "addresses": key.addresses}
        is_own = key.created_by_id == self.actor.member_id
        return self.show(
            status=422 if form else 200,
            key=key,
            state=state_of(key),
            scopes=titled(key.scopes),
            successor=keys.find_successor(key.id),
            may_issue=self.actor.may(ISSUE_KEYS),
            may_revoke=is_own or self.actor.may(REVOKE_KEYS),
            may_end_program=self.actor.may(REVOKE_KEYS) and keys.find_program(key.member_id) is not None,
            form=form or KeyForm(initial=initial),
            rotation=RotateForm(),
        )


class RotateKey(KeyPage):
    """A new key in the place of another, which goes on for a while."""

    right = ISSUE_KEYS

    def post(self, request: HttpRequest, key_id: UUID) -> HttpResponse:
        keys.find_key(self.actor, key_id)
        form = RotateForm(request.POST)
        if not form.is_valid():
            raise InvalidInput({name: [str(each) for each in errors] for name, errors in form.errors.items()})
        overlap = timedelta(hours=form.cleaned_data["overlap"])
        key, secret = rotate_key(actor=self.actor, key_id=key_id, overlap=overlap)
        return self.show_secret(key, secret, keys.find_key(self.actor, key_id))


class RevokeKey(KeyPage):
    """Ends a key now."""

    def post(self, request: HttpRequest, key_id: UUID) -> HttpResponse:
        revoke_key(self.actor, key_id=keys.find_key(self.actor, key_id).id)
        self.tell(_("Revoked. The next call with this key is refused."))
        return redirect("identity:key", key_id)
