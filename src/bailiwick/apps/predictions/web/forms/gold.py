"""What is known to be right of a prediction, as a form."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from bailiwick.apps.predictions.choices import Verdict
from bailiwick.apps.predictions.models import Reason
from bailiwick.apps.predictions.web.forms.catalogue import label_of, pick

FURTHER = 3


class GoldForm(forms.Form):
    """The known verdict, which of the reasons that were given hold, further ones of the catalogue, and why."""

    verdict = forms.ChoiceField(choices=Verdict.choices, error_messages={"required": _("Give the known verdict.")})
    codes = forms.MultipleChoiceField(required=False)
    note = forms.CharField(
        label=_("Why"),
        help_text=_("Who knows it, and from what. Reviewers never see this."),
        required=False,
        max_length=20_000,
        widget=forms.Textarea({"rows": 3}),
    )

    def __init__(self, known: Sequence[tuple[str, str]], offered: Sequence[Reason], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = offered
        self.fields["codes"].choices = known  # type: ignore[attr-defined]

    @property
    def options(self) -> list[str]:
        return [label_of(each) for each in self.offered]

    @property
    def further(self) -> list[str]:
        """The texts of the rows for further reasons."""
        given = self.data.getlist("further") if isinstance(self.data, QueryDict) else []
        return [*given, *[""] * FURTHER][: max(FURTHER, len(given))]

    def clean(self) -> None:
        self.picked: list[Reason] = []
        for text in filter(str.strip, self.further):
            found = pick(text, self.offered)
            if found is None:
                self.add_error(None, _("The catalogue has no confirmed reason “{text}”.").format(text=text))
            else:
                self.picked.append(found)

    def answer(self) -> dict[str, Any]:
        """The checked form as what the action takes."""
        given = self.cleaned_data
        codes = {*map(int, given["codes"]), *(each.code for each in self.picked)}
        return {"verdict": given["verdict"], "codes": sorted(codes), "note": given["note"]}
