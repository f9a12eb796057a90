"""The forms of the catalogue of reasons, and how a reason is picked from it."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bailiwick.apps.predictions.models import Reason

LARGEST_CODE = 2**63 - 1


def label_of(reason: Reason) -> str:
    """How a reason is offered, so that typing its number or a part of its title finds it."""
    return f"{reason.code} · {reason.title}"


def pick(text: str, offered: Sequence[Reason]) -> Reason | None:
    """The reason that was picked from those offered, or typed by number or title."""
    given = text.strip()
    number = given.partition(" · ")[0]
    for each in offered:
        if number == str(each.code) or given.casefold() == each.title.casefold():
            return each
    return None


class ReasonForm(forms.Form):
    """What may be changed of a reason."""

    title = forms.CharField(label=_("Title"), max_length=255)
    policy = forms.CharField(
        label=_("Policy text"),
        help_text=_("What the rule says, in the words that reviewers see beside the reason."),
        required=False,
        max_length=20_000,
        widget=forms.Textarea({"rows": 6}),
    )


class NewReasonForm(ReasonForm):
    """A reason with its number."""

    field_order = ("code", "title", "policy")
    code = forms.IntegerField(
        label=_("Number"),
        help_text=_("What programs call it. It stays for ever; this one is the next free."),
        min_value=0,
        max_value=LARGEST_CODE,
    )


class MergeForm(forms.Form):
    """The reason that is to stand for another, picked by number or title."""

    into = forms.CharField(
        label=_("Merge into"),
        help_text=_("Type a number or a part of a title, and choose."),
        max_length=300,
        widget=forms.TextInput({"list": "reasons-offered", "autocomplete": "off"}),
    )

    def __init__(self, offered: Sequence[Reason], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = offered

    @property
    def options(self) -> list[str]:
        return [label_of(each) for each in self.offered]

    def clean_into(self) -> Reason:
        found = pick(self.cleaned_data["into"], self.offered)
        if found is None:
            raise forms.ValidationError(_("Choose a confirmed reason from the list."))
        return found
