"""How people sign in to the organisation, and for how long."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bailiwick.kernel.access.queries import list_holders
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.identity.actions.policies import Asked, change_policy
from bailiwick.kernel.identity.choices import Method
from bailiwick.kernel.identity.manifest import POLICY
from bailiwick.kernel.identity.models import Member, SignInPolicy
from bailiwick.kernel.identity.queries import count_ways, get_policy
from bailiwick.kernel.web.pages import Page, refuse_form

MINUTE, HOUR, DAY = 60, 3600, 86_400
TIMES: dict[int, str | Promise] = {
    5 * MINUTE: gettext_lazy("5 minutes"),
    15 * MINUTE: gettext_lazy("15 minutes"),
    30 * MINUTE: gettext_lazy("30 minutes"),
    HOUR: gettext_lazy("an hour"),
    4 * HOUR: gettext_lazy("4 hours"),
    8 * HOUR: gettext_lazy("8 hours"),
    12 * HOUR: gettext_lazy("12 hours"),
    DAY: gettext_lazy("a day"),
    7 * DAY: gettext_lazy("7 days"),
    30 * DAY: gettext_lazy("30 days"),
}
WHAT_THEY_ARE = {
    Method.PASSKEY: gettext_lazy("A fingerprint, face or PIN on their device: nothing to guess, nothing to give away."),
    Method.TWO_FACTOR: gettext_lazy("A password, then a code of an application or one from paper."),
    Method.PASSWORD: gettext_lazy("A password alone, where no application is set up. What can be guessed, will be."),
    Method.PROVIDER: gettext_lazy("OpenID Connect, SAML or LDAP, as set up under providers."),
}
NAMES = ("idle", "absolute", "most_sessions", "step_up", "keys_end_with_creator")


@dataclass(frozen=True, slots=True)
class Way:
    """A way in as the page shows it; `having` is how many people could use it today, None where we do not know."""

    value: str
    name: str | Promise
    text: str | Promise
    is_chosen: bool
    having: int | None


def _seconds(value: str) -> int | None:
    return int(value) if value else None


class PolicyForm(forms.Form):
    methods = forms.MultipleChoiceField(
        label=gettext_lazy("People sign in by"),
        choices=[(method.value, method.label) for method in WHAT_THEY_ARE],
        error_messages={"required": gettext_lazy("Choose at least one way of signing in.")},
    )
    break_glass = forms.TypedChoiceField(
        label=gettext_lazy("Who may come in by any of these, chosen or not"),
        help_text=gettext_lazy(
            "For the day on which what you ask for does not work. One of those who may change this page."
        ),
        required=False,
        coerce=UUID,
        empty_value=None,
    )
    idle = forms.TypedChoiceField(
        label=gettext_lazy("A browser's session ends when it was not used for"), choices=list(TIMES.items()), coerce=int
    )
    absolute = forms.TypedChoiceField(
        label=gettext_lazy("Every session ends after"), choices=list(TIMES.items()), coerce=int
    )
    most_sessions = forms.IntegerField(
        label=gettext_lazy("Sessions of one person at once"),
        help_text=gettext_lazy("One more ends the one unused for longest. Empty for any number."),
        required=False,
        min_value=1,
        max_value=1000,
        widget=forms.NumberInput({"class": "w-auto"}),
    )
    step_up = forms.TypedChoiceField(
        label=gettext_lazy("To change who may sign in, people show again who they are after"),
        choices=[("", gettext_lazy("never")), *TIMES.items()],
        required=False,
        coerce=_seconds,
        empty_value=None,
    )
    keys_end_with_creator = forms.BooleanField(
        label=gettext_lazy("Programs' keys end with whoever made them"), required=False
    )

    def __init__(
        self,
        *args: Any,
        people: list[Member],
        stored: SignInPolicy,
        having: dict[str, int],
        everybody: int,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.having, self.everybody = having, everybody
        nobody: list[tuple[object, object]] = [("", gettext_lazy("Nobody"))]
        self.fields["break_glass"].choices = nobody + [(each.id, each.name) for each in people]  # type: ignore[attr-defined]
        for name in ("idle", "absolute", "step_up"):
            self._keep(name, getattr(stored, name))

    def _keep(self, name: str, value: int | None) -> None:
        """A time that is none of the usual ones stays what it is."""
        field: Any = self.fields[name]
        if value is not None and value not in TIMES:
            field.choices = [*field.choices, (value, _("%(n)s seconds") % {"n": value})]

    @property
    def ways(self) -> list[Way]:
        chosen = self["methods"].value() or []
        return [
            Way(each.value, each.label, text, each.value in chosen, self.having.get(each.value))
            for each, text in WHAT_THEY_ARE.items()
        ]


class Policy(Page):
    """One subject, saved by its own button; it holds from everybody's next request on."""

    right = POLICY
    template_name = "identity/policy.html"
    navigation_name = "identity:policy"

    def get(self, request: HttpRequest) -> HttpResponse:
        stored = get_policy()
        given = {name: getattr(stored, name) for name in NAMES}
        initial = given | {"methods": stored.methods, "break_glass": stored.break_glass_id}
        return self.show(form=self._form(stored, initial=initial))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self._form(get_policy(), request.POST)
        if form.is_valid() and self._change(form):
            self.tell(_("Stored. It holds from everybody's next click on."))
            return redirect("identity:policy")
        return self.show(status=422, form=form)

    def _form(self, stored: SignInPolicy, *data: Any, **options: Any) -> PolicyForm:
        having, everybody = count_ways(self.actor)
        people = list_holders(POLICY)
        if stored.break_glass and stored.break_glass not in people:
            people.append(stored.break_glass)
        return PolicyForm(*data, people=people, stored=stored, having=having, everybody=everybody, **options)

    def _change(self, form: PolicyForm) -> bool:
        given = dict(form.cleaned_data)
        asked = Asked(break_glass_id=given.pop("break_glass"), **given)
        try:
            with transaction.atomic():
                change_policy(actor=self.actor, asked=asked)
        except InvalidInput as refusal:
            refuse_form(form, refusal)
            return False
        return True
