"""What statistics are taken of: which models, which reasons, decided when, chosen how."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS
from django.db.models import QuerySet
from django.utils.timezone import get_current_timezone, now

from bailiwick.apps.predictions.models import ModelVersion, Prediction
from bailiwick.apps.predictions.queries import filters

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Scope:
    """Every part narrows; together they all hold. `models` are keys, None for all of them, model or none."""

    models: tuple[UUID, ...] | None = None
    reason: int | None = None
    is_sampled: bool | None = None
    decided_since: datetime | None = None
    decided_until: datetime | None = None
    received_since: datetime | None = None
    received_until: datetime | None = None

    @property
    def is_narrow(self) -> bool:
        """Whether it asks for predictions with a reason, or of some time of arrival."""
        return bool(self.reason is not None or self.received_since or self.received_until)

    @property
    def is_tallied(self) -> bool:
        """Whether tallies can answer: they know models, samples and whole hours, and no reason nor time of arrival."""
        bounds = (self.decided_since, self.decided_until)
        if self.is_narrow:
            return False
        offset = now().astimezone(get_current_timezone()).utcoffset()
        return not (offset or HOUR) % HOUR and all(_is_whole(each) for each in bounds if each)

    def narrow(self, rows: QuerySet[Prediction]) -> QuerySet[Prediction]:
        """Predictions by what is known of them before anybody decides."""
        if self.models is not None:
            rows = rows.filter(model_id__in=self.models)
        if self.reason is not None:
            rows = filters.with_reason(rows, self.reason)
        return filters.received_between(rows, self.received_since, self.received_until)

    def keys(self) -> tuple[str, dict[str, Any]]:
        """A statement for the keys of those predictions, and the values that it names."""
        query = self.narrow(Prediction.objects.order_by()).values("id").query
        statement, given = query.get_compiler(DEFAULT_DB_ALIAS, elide_empty=False).as_sql()
        values = {f"chosen_{number}": value for number, value in enumerate(given)}
        # Django gives values by their places; ours have names.
        return statement % tuple(f"%({name})s" for name in values), values

    def of_model(self, name: str, version: str = "") -> "Scope":
        """The same for the versions of a model, or one of them."""
        versions = ModelVersion.objects.filter(name=name)
        found = versions.filter(version=version) if version else versions
        return replace(self, models=tuple(found.values_list("id", flat=True)))


def _is_whole(moment: datetime) -> bool:
    return not (moment.minute or moment.second or moment.microsecond) and not (moment.utcoffset() or HOUR) % HOUR
