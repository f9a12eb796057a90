"""Bringing predictions in from a file: what of it is theirs alone."""

from collections.abc import Hashable, Mapping, Sequence
from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _

from bailiwick.apps.predictions.actions.bulk import MOST_ROWS, Outcome, submit_predictions
from bailiwick.apps.predictions.choices import Layout
from bailiwick.apps.predictions.errors import ExternalIdTaken
from bailiwick.apps.predictions.manifest import IMPORT, SUBMIT
from bailiwick.apps.predictions.models import Import, RejectedRow, TakenRow
from bailiwick.apps.predictions.queries.imports import find_known, identify_all
from bailiwick.apps.predictions.rules import column_of, guess
from bailiwick.apps.predictions.values import NewPrediction
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.base.errors import DomainError
from bailiwick.kernel.files.choices import FileKind
from bailiwick.kernel.imports import actions as imports
from bailiwick.kernel.imports.values import Importer


class PredictionImporter(Importer):
    """A row is a prediction."""

    app, code, right = "predictions", IMPORT, SUBMIT
    model, taken_model, rejected_model = Import, TakenRow, RejectedRow
    kept_as = "prediction"
    chunk = MOST_ROWS
    required = {"product_id": _("Say which column names the product.")}

    def guess(self, columns: Sequence[str], kind: str) -> dict[str, Any]:
        layout, mapping = guess(columns, has_objects=kind == FileKind.JSONL)
        return {"layout": layout, "mapping": mapping}

    def choose(self, mapping: Mapping[str, str]) -> dict[str, Any]:
        return {"layout": Layout.COLUMNS, "mapping": mapping}

    def has_objects(self, opened: Import) -> bool:
        return opened.layout == Layout.OBJECTS

    def place(self, opened: Import, name: str) -> tuple[int, str]:
        return 0, column_of(opened.layout, opened.mapping, name)

    def explain(self, refusal: DomainError) -> Mapping[str, list[str]]:
        if isinstance(refusal, ExternalIdTaken):
            return {"external_id": [str(refusal)]}
        return super().explain(refusal)

    def store(self, actor: Actor, opened: Import, news: Sequence[NewPrediction]) -> list[Outcome]:
        return submit_predictions(actor=actor, rows=news)

    def identify(self, actor: Actor, opened: Import, news: Sequence[NewPrediction]) -> Sequence[Hashable]:
        return identify_all(actor, news)

    def find_known(self, actor: Actor, keys: Sequence[bytes]) -> set[Hashable]:
        return find_known(keys)


PREDICTIONS = PredictionImporter()

open_import = partial(imports.open_import, PREDICTIONS)
map_columns = partial(imports.map_columns, PREDICTIONS)
start_import = partial(imports.start_import, PREDICTIONS)
