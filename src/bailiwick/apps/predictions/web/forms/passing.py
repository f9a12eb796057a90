"""Why a prediction is passed on: a short choice, and words of one's own."""

from django import forms
from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.base.manifest import Text

OTHER = "other"


class PassForm(forms.Form):
    """What skipping and escalating ask: `why` is a choice, `text` says more; "other" needs it."""

    choices: tuple[tuple[str, Text], ...] = ()

    text = forms.CharField(required=False, max_length=2_000)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        missing = {"required": _("Choose why."), "invalid_choice": _("Choose why.")}
        self.fields["why"] = forms.ChoiceField(choices=self.choices, error_messages=missing)

    def clean(self) -> None:
        given = self.cleaned_data
        if given.get("why") == OTHER and not given.get("text"):
            self.add_error("text", _("Say why in a few words."))

    @property
    def reason(self) -> str:
        """The choice and the words, as they are kept."""
        label, text = str(dict(self.choices)[self.cleaned_data["why"]]), self.cleaned_data["text"]
        if self.cleaned_data["why"] == OTHER:
            return str(text)
        return f"{label}: {text}" if text else label


class SkipForm(PassForm):
    choices = (
        ("language", _("I do not read this language")),
        ("bias", _("I know the seller or the product")),
        ("broken", _("The product cannot be judged from what is here")),
        (OTHER, _("Another reason")),
    )


class EscalateForm(PassForm):
    choices = (
        ("policy", _("The policy does not say")),
        ("conflict", _("Two rules contradict each other")),
        ("legal", _("It may be a question of law")),
        (OTHER, _("Another reason")),
    )
