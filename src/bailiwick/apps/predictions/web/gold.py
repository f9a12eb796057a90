"""Predictions whose answer is known: their list, and the page on which a decided one becomes gold."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bailiwick.apps.predictions.actions.disclosing import show_predictions
from bailiwick.apps.predictions.actions.gold import add_gold, pause_gold, resume_gold
from bailiwick.apps.predictions.choices import Outcome, Verdict
from bailiwick.apps.predictions.manifest import MANAGE, TO_CHECK, TO_EXPORT
from bailiwick.apps.predictions.models import GoldAnswer
from bailiwick.apps.predictions.queries.gold import get_gold, list_gold
from bailiwick.apps.predictions.queries.predictions import get_prediction, list_reasons
from bailiwick.apps.predictions.queries.reasons import list_to_pick
from bailiwick.apps.predictions.queries.rounds import Opinion, list_rounds
from bailiwick.apps.predictions.web.forms.gold import GoldForm
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.web.pages import Page, refuse_form
from bailiwick.kernel.web.tables import BulkAction, Column, ListPage
from bailiwick.kernel.web.templatetags import bailiwick as parts


def pause(*, actor: Actor, key: UUID, reason: str) -> None:
    pause_gold(actor=actor, gold_id=key)


def resume(*, actor: Actor, key: UUID, reason: str) -> None:
    resume_gold(actor=actor, gold_id=key)


class GoldList(ListPage):
    """Every prediction that is asked again because its answer is known."""

    right = MANAGE
    title = gettext_lazy("Gold")
    lead = gettext_lazy("Predictions with a known answer, mixed into the review unseen. How many: see the settings.")
    nothing_yet = gettext_lazy("No gold yet")
    nothing_yet_hint = gettext_lazy("Open a decided prediction and choose “Make it gold”.")
    caption = gettext_lazy("Gold predictions, newest first")
    columns = (
        Column(
            gettext_lazy("Product"),
            lambda row: str(row.prediction),
            sub=lambda row: row.prediction.product_id,
            link=lambda row: reverse("predictions:record", args=[row.prediction_id]),
            classes="w",
            code="product",
        ),
        Column(gettext_lazy("Known verdict"), lambda row: verdict_of(row.verdict), code="verdict"),
        Column(gettext_lazy("Reasons that hold"), lambda row: _codes(row), code="reasons"),
        Column(gettext_lazy("Why"), lambda row: row.note or _("not said"), classes="c-hide cut-cell", code="why"),
        Column(gettext_lazy("State"), lambda row: state_of(row), classes="c-2", code="state"),
        Column(gettext_lazy("Made by"), lambda row: parts.who(row.member), code="by"),
        Column(
            gettext_lazy("When"),
            lambda row: parts.ago(row.made_at),
            sort="id",
            classes="num c-3 nowrap dim",
            code="made",
            value=lambda row: row.made_at,
        ),
    )
    bulk = (
        BulkAction("pause", gettext_lazy("Pause"), "player-pause", MANAGE, pause),
        BulkAction("resume", gettext_lazy("Resume"), "player-play", MANAGE, resume),
    )

    def rows(self) -> QuerySet[GoldAnswer]:
        return list_gold(self.actor)

    def disclose(self, rows: list[GoldAnswer], *, is_export: bool = False) -> None:
        show_predictions(
            actor=self.actor,
            prediction_ids=[row.prediction_id for row in rows],
            purpose=TO_EXPORT if is_export else TO_CHECK,
        )


def verdict_of(verdict: str) -> Any:
    """A verdict as a plain state."""
    return parts.state("bad" if verdict == Verdict.REJECT else "good", Verdict(verdict).label, "plain")


def state_of(gold: GoldAnswer) -> Any:
    return parts.state("run", _("Active")) if gold.is_active else parts.state("end", _("Paused"))


def _codes(gold: GoldAnswer) -> str:
    return ", ".join(map(str, gold.codes)) or _("none")


class NewGold(Page):
    """Makes a decided prediction gold; its decision is proposed as the known answer."""

    right = MANAGE
    template_name = "predictions/gold.html"
    navigation_name = "predictions:gold"

    def get(self, request: HttpRequest, prediction_id: UUID) -> HttpResponse:
        return self._show(prediction_id)

    def post(self, request: HttpRequest, prediction_id: UUID) -> HttpResponse:
        get_prediction(self.actor, prediction_id)
        form = GoldForm(self._known(prediction_id), list_to_pick(self.actor), request.POST)
        if not form.is_valid():
            return self._show(prediction_id, form)
        try:
            with transaction.atomic():
                add_gold(actor=self.actor, prediction_id=prediction_id, **form.answer())
        except InvalidInput as refusal:
            refuse_form(form, refusal)
            return self._show(prediction_id, form)
        self.tell(_("The prediction is gold. Nobody who decided it is asked again."))
        return redirect("predictions:record", prediction_id)

    def _show(self, prediction_id: UUID, form: GoldForm | None = None) -> HttpResponse:
        prediction = get_prediction(self.actor, prediction_id)
        show_predictions(actor=self.actor, prediction_ids=[prediction_id], purpose=TO_CHECK)
        opinion = self._deciding(prediction_id)
        proposed = form or GoldForm(
            self._known(prediction_id), list_to_pick(self.actor), initial=self._initial(prediction_id, opinion)
        )
        return self.show(
            status=422 if form else 200, prediction=prediction, decision=opinion and opinion.decision, form=proposed
        )

    def _deciding(self, prediction_id: UUID) -> Opinion | None:
        opinions = [each.opinion for each in list_rounds(self.actor, prediction_id) if each.opinion]
        return opinions[-1] if opinions else None

    def _known(self, prediction_id: UUID) -> list[tuple[str, str]]:
        """The reasons that anybody gave: the model's, and those that were added."""
        named = {row.reason.code: row.reason.title for row in list_reasons(prediction_id)}
        if opinion := self._deciding(prediction_id):
            named |= {row.reason.code: row.reason.title for row in opinion.added}
        return [(str(code), f"{title} ({code})") for code, title in named.items()]

    def _initial(self, prediction_id: UUID, opinion: Opinion | None) -> dict[str, Any]:
        if opinion is None:
            return {}
        confirmed = [
            row.reason.code
            for row in list_reasons(prediction_id)
            if row.id in opinion.outcomes and opinion.outcomes[row.id].outcome == Outcome.CONFIRMED
        ]
        codes = [*confirmed, *(row.reason.code for row in opinion.added)]
        return {"verdict": opinion.decision.verdict, "codes": [str(code) for code in codes]}


class SwitchGold(Page):
    """Pauses or resumes a gold prediction from its record."""

    right = MANAGE

    def post(self, request: HttpRequest, gold_id: UUID) -> HttpResponse:
        gold = get_gold(self.actor, gold_id)
        if gold.is_active:
            pause_gold(actor=self.actor, gold_id=gold_id)
            self.tell(_("Gold paused: it is not mixed in any more."))
        else:
            resume_gold(actor=self.actor, gold_id=gold_id)
            self.tell(_("Gold resumed: it is mixed in again."))
        return redirect("predictions:record", gold.prediction_id)
