"""The list of predictions."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bailiwick.apps.predictions.choices import LOOKS, State, Verdict
from bailiwick.apps.predictions.models import Prediction
from bailiwick.apps.predictions.queries import filters
from bailiwick.apps.predictions.queries.predictions import (
    Standing,
    list_catalogue,
    list_models,
    list_predictions,
    stand,
)
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.base.rights import MEMBER
from bailiwick.kernel.web.tables import Column, ListPage, SavedView
from bailiwick.kernel.web.templatetags import bailiwick as parts

ANY = ("", gettext_lazy("any"))


class PredictionFilters(forms.Form):
    """What the list is narrowed by; each value in the address is a chip."""

    q = forms.CharField(label=gettext_lazy("Product number"), required=False, max_length=255)
    state = forms.ChoiceField(label=gettext_lazy("State is"), choices=[ANY, *State.choices], required=False)
    verdict = forms.ChoiceField(label=gettext_lazy("Model says"), choices=[ANY, *Verdict.choices], required=False)
    reason = forms.TypedChoiceField(label=gettext_lazy("Reason is"), coerce=int, empty_value=None, required=False)
    model = forms.ChoiceField(label=gettext_lazy("Model is"), required=False)
    decided_by = forms.ChoiceField(label=gettext_lazy("Decided by"), required=False)

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reasons, models = self.fields["reason"], self.fields["model"]
        reasons.choices = [ANY, *((each.code, each.title) for each in list_catalogue(actor)[:200])]  # type: ignore[attr-defined]
        mine = self.fields["decided_by"]
        mine.choices = [ANY, (str(actor.member_id), _("me"))]  # type: ignore[attr-defined]
        models.choices = [ANY, *((str(each.id), str(each)) for each in list_models(actor)[:200])]  # type: ignore[attr-defined]


class PredictionList(ListPage):
    """What the models proposed and what became of it, newest first."""

    right = MEMBER
    navigation_name = "predictions:list"
    title = gettext_lazy("Predictions")
    lead = gettext_lazy("What the models proposed and what became of it.")
    nothing_yet = gettext_lazy("No predictions yet")
    nothing_yet_hint = gettext_lazy("They arrive by API. The first one shows up here within a second.")
    caption = gettext_lazy("Predictions, newest first")
    search_name = "q"
    columns = (
        Column(
            gettext_lazy("Product"),
            lambda row: str(row.prediction),
            sub=lambda row: row.prediction.product_id,
            link=lambda row: reverse("predictions:record", args=[row.prediction.id]),
            classes="w",
        ),
        Column(gettext_lazy("Model says"), lambda row: verdict_of(row.prediction.verdict)),
        Column(gettext_lazy("Reasons"), lambda row: reasons_of(row), classes="c-hide cut-cell"),
        Column(gettext_lazy("Confidence"), lambda row: parts.confidence(row.prediction.confidence) or _("none")),
        Column(gettext_lazy("State"), lambda row: parts.state(LOOKS[row.state], row.state.label), classes="c-2"),
        Column(gettext_lazy("Reviewer"), lambda row: parts.who(row.holder)),
        Column(gettext_lazy("When"), lambda row: when_of(row), sort="id", classes="num c-3 nowrap dim"),
    )

    def filters(self) -> forms.Form:
        return PredictionFilters(self.actor, self.request.GET)

    def rows(self) -> QuerySet[Prediction]:
        return list_predictions(self.actor)

    def narrow(self, rows: QuerySet[Prediction], values: Mapping[str, Any]) -> QuerySet[Prediction]:
        if values["q"]:
            rows = filters.with_product(rows, values["q"])
        if values["state"]:
            rows = filters.in_state(rows, values["state"])
        if values["verdict"]:
            rows = rows.filter(verdict=values["verdict"])
        if values["reason"] is not None:
            rows = filters.with_reason(rows, values["reason"])
        if values["model"]:
            rows = rows.filter(model_id=values["model"])
        return filters.decided_by(rows, values["decided_by"]) if values["decided_by"] else rows

    def present(self, rows: list[Prediction]) -> list[Standing]:
        return stand(rows)

    def views(self) -> list[SavedView]:
        return [
            SavedView(_("All"), {}),
            SavedView(_("Waiting"), {"state": State.WAITING}),
            SavedView(_("Held"), {"state": State.HELD}),
            SavedView(_("Model and people differ"), {"state": State.OVERRIDDEN}),
            SavedView(_("Mine"), {"decided_by": str(self.actor.member_id)}),
        ]


def verdict_of(verdict: str) -> SafeString:
    """The model's or a person's verdict as a plain state."""
    look = "bad" if verdict == Verdict.REJECT else "good"
    return parts.state(look, Verdict(verdict).label, "plain")


def reasons_of(row: Standing) -> SafeString | str:
    """The first reason, and how many more."""
    if not row.reasons:
        return format_html('<span class="dimmer">{}</span>', _("none"))
    more = len(row.reasons) - 1
    first = row.reasons[0].reason.title
    return f"{first}, +{more}" if more else first


def when_of(row: Standing) -> SafeString:
    """When it was decided, until when it is held, or when it came."""
    if row.decision is not None:
        return parts.ago(row.decision.decided_at)
    if row.state == State.HELD and row.item is not None:
        return parts.left(row.item.available_at)
    return parts.ago(row.prediction.received_at)
