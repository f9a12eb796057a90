"""Corrected labels, asked for from the dashboard."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from bailiwick.apps.predictions.actions.labels import start_labels
from bailiwick.apps.predictions.manifest import AUDIT
from bailiwick.apps.predictions.queries.predictions import list_models
from bailiwick.apps.predictions.web.dashboard import ScopeForm
from bailiwick.apps.predictions.web.narrowing import MOST_OFFERED
from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.web.pages import Page


class StartLabels(Page):
    """Starts the job that writes the labels of what the dashboard shows."""

    right = AUDIT
    navigation_name = "predictions:dashboard"

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ScopeForm([(str(each.id), str(each)) for each in list_models(self.actor)[:MOST_OFFERED]], request.POST)
        if not form.is_valid():
            raise NotFound
        scope = form.scope()
        job = start_labels(
            actor=self.actor,
            kind=request.POST.get("kind", ""),
            model=str(scope.models[0]) if scope.models else "",
            since=scope.decided_since,
        )
        self.tell(_("The labels are being written. You find the file with your jobs."))
        return redirect("jobs:job", job.id)
