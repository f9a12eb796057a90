"""The list of predictions."""

from collections.abc import Iterable, Mapping
from textwrap import shorten
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bailiwick.apps.predictions.actions.disclosing import show_predictions
from bailiwick.apps.predictions.actions.waiting import give_back, move_to_disputes, raise_priority
from bailiwick.apps.predictions.choices import LOOKS, State, Verdict
from bailiwick.apps.predictions.manifest import AUDIT, REVIEW, SEE, SUBMIT, TO_EXPORT
from bailiwick.apps.predictions.models import Prediction
from bailiwick.apps.predictions.queries import filters
from bailiwick.apps.predictions.queries.predictions import list_predictions
from bailiwick.apps.predictions.queries.records import Standing, read_records
from bailiwick.apps.predictions.web.narrowing import PredictionFilters, choices_for, narrow
from bailiwick.kernel.base.rights import MEMBER
from bailiwick.kernel.web.tables import BulkAction, Column, ListPage, NamedView
from bailiwick.kernel.web.templatetags import bailiwick as parts

SINGLE_COUNTED_UP_TO = 1_000


class PredictionList(ListPage):
    """What the models proposed and what became of it, newest first."""

    right = MEMBER
    template_name = "predictions/list.html"
    navigation_name = "predictions:list"
    title = gettext_lazy("Predictions")
    lead = gettext_lazy("What the models proposed and what became of it.")
    nothing_yet = gettext_lazy("No predictions yet")
    nothing_yet_hint = gettext_lazy("They arrive by API. The first one shows up here within a second.")
    caption = gettext_lazy("Predictions, newest first")
    search_name = "q"
    reads_by_key = True
    bulk = (
        BulkAction("urgent", gettext_lazy("Raise priority"), "arrow-up", AUDIT, raise_priority),
        BulkAction("return", gettext_lazy("Give back to everybody"), "arrow-back-up", AUDIT, give_back),
        BulkAction("dispute", gettext_lazy("Move to disputes"), "scale", AUDIT, move_to_disputes, asks_reason=True),
    )
    columns = (
        Column(
            gettext_lazy("Product"),
            lambda row: name_of(row),
            sub=lambda row: row.record.product_id,
            sub_title=gettext_lazy("Product number"),
            link=lambda row: reverse("predictions:record", args=[row.record.id]),
            value=lambda row: row.record.title,
            classes="w",
            code="product",
        ),
        Column(
            gettext_lazy("Model says"),
            lambda row: verdict_of(row.record.verdict),
            value=lambda row: row.record.verdict,
            code="verdict",
        ),
        Column(
            gettext_lazy("Reasons"),
            lambda row: reasons_of(row),
            value=lambda row: "; ".join(each["reason"] for each in row.record.given_reasons),
            classes="c-hide cut-cell",
            code="reasons",
        ),
        Column(
            gettext_lazy("Confidence"),
            lambda row: parts.confidence(row.record.confidence) or none(),
            value=lambda row: row.record.confidence,
            code="confidence",
        ),
        Column(
            gettext_lazy("State"),
            lambda row: parts.state(LOOKS[row.state], row.state.label),
            value=lambda row: row.state.value,
            classes="c-2",
            code="state",
        ),
        Column(
            gettext_lazy("Reviewer"),
            lambda row: parts.who(row.who),
            value=lambda row: row.who and row.who.name,
            code="reviewer",
        ),
        Column(
            gettext_lazy("When"),
            lambda row: when_of(row),
            value=lambda row: moment_of(row),
            sort="id",
            classes="num c-3 nowrap dim",
            code="when",
        ),
        Column(
            gettext_lazy("External number"),
            lambda row: row.record.external_id or none(),
            value=lambda row: row.record.external_id,
            code="external_id",
            is_shown=False,
        ),
        Column(
            gettext_lazy("Model"),
            lambda row: row.record.model_name or none(),
            value=lambda row: row.record.model_name,
            code="model",
            is_shown=False,
        ),
        Column(
            gettext_lazy("Version"),
            lambda row: row.record.model_version or none(),
            value=lambda row: row.record.model_version,
            code="version",
            is_shown=False,
        ),
        Column(
            gettext_lazy("Verdict by people"),
            lambda row: verdict_of(row.outcome and row.outcome.verdict),
            value=lambda row: row.outcome and row.outcome.verdict,
            code="final_verdict",
            is_shown=False,
        ),
        Column(
            gettext_lazy("Received"),
            lambda row: parts.ago(row.record.received_at),
            value=lambda row: row.record.received_at,
            classes="c-hide num nowrap",
            code="received",
            is_shown=False,
        ),
        Column(
            gettext_lazy("Decided"),
            lambda row: parts.ago(row.outcome.decided_at) if row.outcome else none(),
            value=lambda row: row.outcome and row.outcome.decided_at,
            classes="c-hide num nowrap",
            code="decided",
            is_shown=False,
        ),
        Column(
            gettext_lazy("Note"),
            lambda row: (row.outcome and row.outcome.note) or none(),
            value=lambda row: row.outcome and row.outcome.note,
            classes="c-hide cut-cell",
            code="note",
            is_shown=False,
        ),
        Column(
            gettext_lazy("Seconds spent"),
            lambda row: row.outcome.seconds_spent if row.outcome else none(),
            value=lambda row: row.outcome and row.outcome.seconds_spent,
            classes="c-hide num",
            code="seconds_spent",
            is_shown=False,
        ),
    )

    @cached_property
    def choices(self) -> dict[str, list[Any]]:
        return choices_for(self.actor)

    def filters(self) -> forms.Form:
        return PredictionFilters(self.choices, self.request.GET)

    def rows(self) -> QuerySet[Prediction]:
        """Keys alone: `present` reads what is shown of them, in one statement."""
        return list_predictions(self.actor).select_related(None).only("id")

    def narrow(self, rows: QuerySet[Prediction], values: Mapping[str, Any]) -> QuerySet[Prediction]:
        if any(values.get(name) not in (None, "", []) for name in filters.MODEL_SIDE):
            rows = filters.known_to(self.actor, rows)
        return narrow(rows, values)

    @property
    def counted_up_to(self) -> int:
        """Those that one may see singly are looked up one by one, which is dear."""
        return super().counted_up_to if self.actor.may(SEE) else SINGLE_COUNTED_UP_TO

    def present(self, rows: list[Prediction]) -> Iterable[Standing]:
        return read_records(self.actor, [row.pk for row in rows])

    def disclose(self, rows: list[Prediction], *, is_export: bool = False) -> None:
        show_predictions(
            actor=self.actor, prediction_ids=[row.pk for row in rows], purpose=TO_EXPORT if is_export else ""
        )

    def views(self) -> list[NamedView]:
        return [
            NamedView(_("All"), {}),
            NamedView(_("Waiting"), {"state": State.WAITING}),
            NamedView(_("Held"), {"state": State.HELD}),
            NamedView(_("Second opinion"), {"state": State.SECOND}),
            NamedView(_("In dispute"), {"state": State.DISPUTED}),
            NamedView(_("Model and people differ"), {"state": State.OVERRIDDEN}),
            NamedView(_("Mine"), {"decided_by": str(self.actor.member_id)}),
        ]

    @property
    def may_review(self) -> bool:
        return self.actor.may(REVIEW)

    @property
    def import_url(self) -> str:
        """Where files of predictions are brought in, for who may submit."""
        try:
            return reverse("predictions:import") if self.actor.may(SUBMIT) else ""
        except NoReverseMatch:
            return ""


def name_of(row: Standing) -> str:
    """The product's title, else how its text begins."""
    return row.record.title or shorten(row.record.text, 80, placeholder="…") or row.record.product_id


def none() -> SafeString:
    return format_html('<span class="dimmer">{}</span>', _("none"))


def verdict_of(verdict: str | None) -> SafeString:
    """The model's or a person's verdict as a plain state."""
    if not verdict:
        return none()
    look = "bad" if verdict == Verdict.REJECT else "good"
    return parts.state(look, Verdict(verdict).label, "plain")


def reasons_of(row: Standing) -> SafeString | str:
    """The first reason, and how many more."""
    reasons = row.record.given_reasons
    if not reasons:
        return none()
    more = len(reasons) - 1
    first: str = reasons[0]["reason"]
    return f"{first}, +{more}" if more else first


def when_of(row: Standing) -> SafeString:
    """When it was decided, until when it is held, or when it came."""
    if row.outcome is None and row.lease_ends_at is not None:
        return parts.left(row.lease_ends_at)
    return parts.ago(moment_of(row))


def moment_of(row: Standing) -> Any:
    """When it was decided, else when it came."""
    return row.outcome.decided_at if row.outcome else row.record.received_at
