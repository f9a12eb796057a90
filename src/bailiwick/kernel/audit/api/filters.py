"""The parameters of the lists of the trail."""

from typing import Any

import django_filters
from django_filters.rest_framework import FilterSet

from bailiwick.kernel.audit.choices import Operation
from bailiwick.kernel.audit.models import Change, Event
from bailiwick.kernel.audit.queries.explorer import Search, search_of
from bailiwick.kernel.audit.queries.showing import table_of
from bailiwick.kernel.base.manifest import registry
from bailiwick.kernel.identity.choices import Credential

APPS = [(manifest.app, manifest.app) for manifest in registry().manifests if manifest.verbs]


class TrailFilter(FilterSet):
    """What both lists know. Moments are those of writing."""

    member = django_filters.UUIDFilter()
    request = django_filters.CharFilter(max_length=64)
    since = django_filters.IsoDateTimeFilter()
    until = django_filters.IsoDateTimeFilter()

    def search(self) -> Search:
        """What is searched for; the values have been checked."""
        raise NotImplementedError

    @property
    def values(self) -> dict[str, Any]:
        values: dict[str, Any] = self.form.cleaned_data
        return values


class EventFilter(TrailFilter):
    verb = django_filters.CharFilter(max_length=100)
    app = django_filters.ChoiceFilter(choices=APPS)
    subject_type = django_filters.CharFilter(max_length=100)
    subject = django_filters.UUIDFilter()
    credential = django_filters.ChoiceFilter(choices=Credential.choices)
    credential_id = django_filters.UUIDFilter()

    class Meta:
        model = Event
        fields: list[str] = []

    def search(self) -> Search:
        given = self.values
        return search_of(
            keyed={
                "subject_id": given["subject"],
                "verb": given["verb"],
                "member_id": given["member"],
                "request_id": given["request"],
            },
            rest={name: given[name] for name in ("subject_type", "credential", "credential_id")},
            app=given["app"],
            since=given["since"],
            until=given["until"],
        )


class ChangeFilter(TrailFilter):
    type = django_filters.CharFilter(max_length=100)
    row = django_filters.UUIDFilter()
    operation = django_filters.ChoiceFilter(choices=Operation.choices)

    class Meta:
        model = Change
        fields: list[str] = []

    def search(self) -> Search:
        given = self.values
        return search_of(
            keyed={
                "row_id": given["row"],
                "table_name": table_of(given["type"]),
                "member_id": given["member"],
                "request_id": given["request"],
            },
            rest={"operation": given["operation"]},
            since=given["since"],
            until=given["until"],
        )
