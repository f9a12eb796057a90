"""Bringing predictions in from a file."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from bailiwick.apps.predictions.actions.imports import PREDICTIONS
from bailiwick.apps.predictions.manifest import SUBMIT
from bailiwick.apps.predictions.reading import read_row
from bailiwick.apps.predictions.web.forms.imports import LABELS
from bailiwick.kernel.imports.web import lists, steps
from bailiwick.kernel.web.tables import Column


class PredictionStep(steps.ImportPage):
    """What the steps share."""

    right = SUBMIT
    navigation_name = "predictions:list"
    importer = PREDICTIONS
    read = staticmethod(read_row)
    labels = LABELS
    title = _("Import predictions")
    home_title = _("Predictions")
    hint = _("A row that came before is recognised and not stored twice, so a file may be sent again.")
    will_be_stored = _("New: will be stored and queued for review")
    was_stored = _("Stored and queued for review")


class UploadPage(PredictionStep, steps.UploadStep):
    """Step 1: the file."""


class ColumnsPage(PredictionStep, steps.ColumnsStep):
    """Step 2: which column is which field."""

    template_name = "predictions/import_columns.html"


class CheckPage(PredictionStep, steps.CheckStep):
    """Step 3: what will happen, in numbers; then it starts."""


class ResultPage(PredictionStep, steps.ResultStep):
    """Step 4: how far it is, and what became of the rows."""


class ImportList(lists.ImportList):
    """The files that I brought in."""

    right = SUBMIT
    navigation_name = "predictions:list"
    importer = PREDICTIONS
    lead = _("Files of predictions that you brought in, and what became of their rows.")
    nothing_yet_hint = _("Upload a file of predictions: before anything is stored you see what will happen.")


class RejectedRows(lists.RejectedRows):
    """What was not in order, and why."""

    right = SUBMIT
    navigation_name = "predictions:list"
    importer = PREDICTIONS


class TakenRows(lists.TakenRows):
    """What was stored, and what had been there before."""

    right = SUBMIT
    navigation_name = "predictions:list"
    importer = PREDICTIONS
    columns = (
        Column(
            _("Product"),
            lambda row: str(row.prediction),
            sub=lambda row: row.prediction.product_id,
            link=lambda row: reverse("predictions:record", args=[row.prediction_id]),
            classes="w",
            code="product",
        ),
        lists.BECAME,
        lists.LINE,
    )
