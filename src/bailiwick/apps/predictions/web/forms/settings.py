"""How the review is worked, as a form."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


def _percent(**words: Any) -> forms.DecimalField:
    return forms.DecimalField(
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        widget=forms.NumberInput({"step": "0.01", "class": "w-auto"}),
        **words,
    )


class SettingsForm(forms.Form):
    """Shares in percent, and a switch."""

    second_opinions = _percent(
        label=_("Second opinions, in percent"),
        help_text=_(
            "So many of the predictions that arrive from now on are decided by two people who know nothing of each"
            " other or of the model. Where they differ, a third settles it. What has arrived already stays as it is."
        ),
    )
    gold = _percent(
        label=_("Gold, in percent"),
        help_text=_(
            "So often a reviewer gets a prediction whose answer is known. It looks like any other and does not count"
            " as work done. It holds from the next decision on."
        ),
    )
    is_first_round_blind = forms.BooleanField(
        required=False,
        label=_("Hide the model's answer in first opinions"),
    )
