"""How the review is worked: shares of second opinions and of gold, and what a first round shows."""

from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from bailiwick.apps.predictions.manifest import MANAGE, REVIEW_QUEUE
from bailiwick.apps.predictions.web.forms.settings import SettingsForm
from bailiwick.kernel.web.pages import Page
from bailiwick.kernel.worklist.actions import change_settings
from bailiwick.kernel.worklist.queries import get_settings

HUNDRED = Decimal(100)


class SettingsPage(Page):
    """One subject, saved by its own button; what a change affects is said before saving."""

    right = MANAGE
    template_name = "predictions/settings.html"
    navigation_name = "predictions:settings"

    def get(self, request: HttpRequest) -> HttpResponse:
        stored = get_settings(REVIEW_QUEUE.code)
        given = {
            "second_opinions": _percent(stored.second_opinions),
            "gold": _percent(stored.gold),
            "is_first_round_blind": stored.is_first_round_blind,
        }
        return self.show(queue=REVIEW_QUEUE, form=SettingsForm(initial=given))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = SettingsForm(request.POST)
        if not form.is_valid():
            return self.show(status=422, queue=REVIEW_QUEUE, form=form)
        given = form.cleaned_data
        change_settings(
            actor=self.actor,
            queue=REVIEW_QUEUE,
            right=MANAGE,
            second_opinions=given["second_opinions"] / HUNDRED,
            gold=given["gold"] / HUNDRED,
            is_first_round_blind=given["is_first_round_blind"],
        )
        self.tell(_("Settings stored."))
        return redirect("predictions:settings")


def _percent(share: Decimal) -> Decimal:
    """A share as percent without needless zeros."""
    return Decimal(f"{(Decimal(share) * HUNDRED).normalize():f}")
