"""What is known of models and reviewers, and the comparison of two model versions."""

from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bailiwick.apps.predictions.manifest import AUDIT, MANAGE, SEE
from bailiwick.apps.predictions.queries.predictions import list_models
from bailiwick.apps.predictions.queries.statistics import Scope, compare, get_statistics
from bailiwick.apps.predictions.rules.intervals import LEVEL
from bailiwick.apps.predictions.web.figures import between, measure
from bailiwick.apps.predictions.web.narrowing import CASES_TITLES, MOST_OFFERED, day_of
from bailiwick.apps.predictions.web.panels import (
    bins_of,
    days_of,
    models_of,
    open_work_of,
    people_of,
    reasons_of,
    tiles_of,
    verdicts_of,
)
from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.web import exports
from bailiwick.kernel.web.figures import Links, percent
from bailiwick.kernel.web.pages import Page

LIST = "predictions:list"
PERIODS = {"7": gettext_lazy("7 days"), "30": gettext_lazy("30 days"), "90": gettext_lazy("90 days")}
SAMPLES = {"random": gettext_lazy("random"), "other": gettext_lazy("chosen otherwise")}


class ScopeForm(forms.Form):
    """What the figures are taken of; each is a chip."""

    model = forms.ChoiceField(label=gettext_lazy("Model"), required=False)
    period = forms.ChoiceField(
        label=gettext_lazy("Decided in the last"),
        choices=[*PERIODS.items(), ("all", gettext_lazy("years, all of them"))],
        required=False,
    )
    sample = forms.ChoiceField(
        label=gettext_lazy("Sample"),
        choices=[("", gettext_lazy("random where there is one")), *SAMPLES.items()],
        required=False,
    )

    def __init__(self, models: list[tuple[str, str]], data: Any) -> None:
        super().__init__(data)
        self.fields["model"].choices = [("", _("all models")), *models]  # type: ignore[attr-defined]

    @property
    def days(self) -> int | None:
        """How many days back, today included; None for all."""
        period = self.cleaned_data.get("period") or "30"
        return None if period == "all" else int(period)

    def scope(self) -> Scope:
        model, days = self.cleaned_data.get("model"), self.days
        return Scope(
            models=(model,) if model else None,
            decided_since=day_of(_first_day(days)) if days else None,
        )

    def links(self) -> Links:
        model, days = self.cleaned_data.get("model"), self.days
        base = [("model", model)] if model else []
        return Links(LIST, tuple([*base, ("decided_from", _first_day(days).isoformat())] if days else base))


def _first_day(days: int) -> Any:
    return localdate() - timedelta(days=days - 1)


class DashboardPage(Page):
    """How good models and reviewers are. Who reviews alone sees of reviewers themselves."""

    right = SEE
    template_name = "predictions/dashboard.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        models = [(str(each.id), str(each)) for each in list_models(self.actor)[:MOST_OFFERED]]
        form = ScopeForm(models, request.GET)
        if not form.is_valid():
            raise NotFound
        found, links = get_statistics(self.actor, form.scope()), form.links()
        is_sampled = form.cleaned_data["sample"] == "random" or (
            not form.cleaned_data["sample"] and found.sampled.accuracy.n > 0
        )
        quality = found.sampled if is_sampled else found.other
        of_sample = links.with_(sampled="yes" if is_sampled else "no")
        return self.show(
            form=form,
            chips=self._chips(form, is_sampled),
            as_of=found.as_of,
            level=percent(LEVEL, 0),
            found=found,
            quality=quality,
            tiles=tiles_of(found, quality, links, of_sample, self.actor.member_id),
            reasons=reasons_of(quality, of_sample),
            bins=bins_of(quality, of_sample),
            verdicts=verdicts_of(quality, of_sample),
            models=models_of(quality, of_sample),
            days=days_of(found, links),
            open_work=open_work_of(found, links.without("decided_from")),
            people=people_of(found, links, may_see_gold=self.sees_all),
            others=models if self.sees_all and len(models) > 1 else [],
            formats=exports.formats() if self.actor.may(AUDIT) else [],
        )

    @property
    def sees_all(self) -> bool:
        return self.actor.may((AUDIT, MANAGE))

    def _chips(self, form: ScopeForm, is_sampled: bool) -> list[tuple[str, Any]]:
        model = dict(form.fields["model"].choices)[form.cleaned_data["model"]]  # type: ignore[attr-defined]
        period = PERIODS.get(str(form.days), _("all time"))
        return [
            (_("Model"), model),
            (_("Decided"), _("last {period}").format(period=period) if form.days else period),
            (_("Sample"), SAMPLES["random" if is_sampled else "other"]),
        ]


class ComparisonPage(Page):
    """Two model versions on the items that both judged."""

    right = (AUDIT, MANAGE)
    template_name = "predictions/dashboard_comparison.html"
    navigation_name = "predictions:dashboard"

    def get(self, request: HttpRequest) -> HttpResponse:
        models = {str(each.id): each for each in list_models(self.actor)[:MOST_OFFERED]}
        # Asked for nothing, the last two versions by name.
        last = dict(zip(("one", "two"), list(models)[-2:], strict=False)) if not request.GET else {}
        one, two = (models.get(request.GET.get(name, last.get(name, ""))) for name in ("one", "two"))
        context: dict[str, Any] = {"models": models, "one": one, "two": two}
        if one is not None and two is not None and one != two:
            found = compare(one, two)
            links = Links(LIST, (("model", str(one.id)), ("versus", str(two.id))))
            context |= {
                "found": found,
                "cases": {case.replace("-", "_"): links.figure(found.count(case), case=case) for case in CASES_TITLES},
                "shares": [
                    (one, links.share(found.first, case="first"), between(found.first.interval)),
                    (two, links.share(found.second, case="second"), between(found.second.interval)),
                ],
                "p": measure(found.difference.p, 4) if found.difference else "",
            }
        return self.show(**context)
