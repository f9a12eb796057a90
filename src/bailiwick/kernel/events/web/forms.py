"""What is asked of whoever keeps webhooks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.apps import apps
from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.base.manifest import Verb, registry
from bailiwick.kernel.events.choices import DeliveryState
from bailiwick.kernel.events.models import Webhook

ANY = ("", _("any"))


@dataclass(frozen=True, slots=True)
class Choice:
    """A kind of event, and whether the webhook wants it."""

    verb: Verb
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Group:
    """The kinds of event of one app."""

    app: str
    title: str
    choices: list[Choice]

    @property
    def chosen(self) -> int:
        return sum(each.is_chosen for each in self.choices)


class WebhookForm(forms.Form):
    """Where events go, and which."""

    title = forms.CharField(label=_("Title"), max_length=200, help_text=_("What is at the other end."))
    url = forms.CharField(
        label=_("Address"),
        max_length=1000,
        help_text=_("https, and public: addresses inside your own network are not called."),
        widget=forms.URLInput({"placeholder": "https://example.com/webhooks", "spellcheck": "false"}),
    )
    verbs = forms.MultipleChoiceField(label=_("Events"), required=False)

    def __init__(self, *data: Any, **options: Any) -> None:
        super().__init__(*data, **options)
        self.fields["verbs"].choices = [(code, code) for code in registry().verbs]  # type: ignore[attr-defined]

    @classmethod
    def of(cls, webhook: Webhook) -> "WebhookForm":
        return cls(initial={"title": webhook.title, "url": webhook.url, "verbs": webhook.verbs})

    @property
    def groups(self) -> list[Group]:
        chosen = set(self["verbs"].value() or ())
        return [
            Group(
                each.app,
                str(apps.get_app_config(each.app).verbose_name),
                [Choice(verb, verb.code in chosen) for verb in each.verbs],
            )
            for each in registry().manifests
            if each.verbs
        ]


class MomentField(forms.DateTimeField):
    """A moment, to the second, where the reader is."""

    def __init__(self, **options: Any) -> None:
        attributes = {"type": "datetime-local", "step": "1"}
        super().__init__(widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M:%S", attrs=attributes), **options)


class SpanForm(forms.Form):
    """Which time is sent again."""

    since = MomentField(label=_("From"))
    until = MomentField(label=_("Until before"))


class DeliveryFilters(forms.Form):
    """What the list of deliveries is narrowed by."""

    webhook = forms.TypedChoiceField(label=_("Webhook is"), required=False)
    state = forms.ChoiceField(label=_("State is"), choices=[ANY, *DeliveryState.choices], required=False)
    verb = forms.ChoiceField(label=_("Event is"), required=False)

    def __init__(self, data: Any, webhooks: Mapping[str, str]) -> None:
        super().__init__(data)
        self.fields["webhook"].choices = [ANY, *webhooks.items()]  # type: ignore[attr-defined]
        verbs = [(each.code, f"{each.title} ({each.code})") for each in registry().verbs.values()]
        self.fields["verb"].choices = [ANY, *verbs]  # type: ignore[attr-defined]
