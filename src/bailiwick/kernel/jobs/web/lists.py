"""My jobs, and for whoever manages them those of the whole organisation."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.base.manifest import registry
from bailiwick.kernel.base.rights import MEMBER
from bailiwick.kernel.jobs.choices import JobState
from bailiwick.kernel.jobs.manifest import MANAGE
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.jobs.queries import list_jobs, list_own, list_scheduled, list_told
from bailiwick.kernel.web.tables import Column, ListPage, NamedView
from bailiwick.kernel.web.templatetags import bailiwick as parts

ANY = ("", gettext_lazy("any"))
MINE, SCHEDULE = "me", "schedule"


class JobFilters(forms.Form):
    """What the list is narrowed by."""

    state = forms.ChoiceField(label=gettext_lazy("State is"), choices=[ANY, *JobState.choices], required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind is"), required=False)
    by = forms.ChoiceField(label=gettext_lazy("Submitted by"), required=False)

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(each.code, each.title) for each in registry().jobs.values() if actor.may(MANAGE) or not each.every]
        self.fields["kind"].choices = [ANY, *kinds]  # type: ignore[attr-defined]
        if actor.may(MANAGE):
            self.fields["by"].choices = [("", _("anybody")), (MINE, _("me")), (SCHEDULE, _("the schedule"))]  # type: ignore[attr-defined]
        else:
            del self.fields["by"]


class JobList(ListPage):
    """Background work, newest first."""

    right = MEMBER
    navigation_name = "jobs:list"
    title = gettext_lazy("My jobs")
    lead = gettext_lazy("Work that goes on in the background, and what became of it.")
    nothing_yet = gettext_lazy("No jobs yet")
    nothing_yet_hint = gettext_lazy("What takes longer than a moment, such as an import or an export, shows up here.")
    caption = gettext_lazy("Jobs, newest first")
    columns = (
        Column(
            gettext_lazy("Job"),
            lambda job: job.title,
            sub=lambda job: job.error,
            link=lambda job: reverse("jobs:job", args=[job.id]),
            classes="w",
            code="job",
            sub_title=gettext_lazy("Error"),
        ),
        Column(gettext_lazy("State"), lambda job: parts.state(job.look, job.sentence), classes="c-2", code="state"),
        Column(
            gettext_lazy("Done"),
            lambda job: done_of(job),
            classes="num c-hide",
            code="done",
            value=lambda job: job.done,
        ),
        Column(
            gettext_lazy("Rejected"),
            lambda job: parts.figure(job.rejected),
            classes="num c-hide",
            code="rejected",
            value=lambda job: job.rejected,
        ),
        Column(gettext_lazy("Submitted by"), lambda job: submitter_of(job), code="by"),
        Column(
            gettext_lazy("Submitted"),
            lambda job: parts.ago(job.submitted_at),
            sort="id",
            classes="num c-3 nowrap dim",
            code="submitted",
            value=lambda job: job.submitted_at,
        ),
    )

    def filters(self) -> forms.Form:
        return JobFilters(self.actor, self.request.GET)

    def rows(self) -> QuerySet[Job]:
        return list_jobs(self.actor)

    def narrow(self, rows: QuerySet[Job], values: Mapping[str, Any]) -> QuerySet[Job]:
        for name in ("state", "kind"):
            if values[name]:
                rows = rows.filter(**{name: values[name]})
        match values.get("by"):
            case "me":
                return list_own(self.actor, rows)
            case "schedule":
                return list_scheduled(rows)
        return rows if values["kind"] else list_told(rows)

    def views(self) -> list[NamedView]:
        is_manager = self.actor.may(MANAGE)
        mine = [NamedView(_("Mine"), {"by": MINE})] if is_manager else []
        scheduled = [NamedView(_("By the clock"), {"by": SCHEDULE})] if is_manager else []
        return [
            NamedView(_("All"), {}),
            *mine,
            NamedView(_("Waiting"), {"state": JobState.WAITING}),
            NamedView(_("Running"), {"state": JobState.RUNNING}),
            NamedView(_("Dead letters"), {"state": JobState.DEAD}),
            *scheduled,
        ]


def done_of(job: Job) -> str:
    """How far it has come."""
    if job.total is None:
        return parts.figure(job.done)
    return _("{done} of {total}").format(done=parts.figure(job.done), total=parts.figure(job.total))


def submitter_of(job: Job) -> SafeString | str:
    """A member, or the house itself for what comes round by the clock."""
    return parts.who(job.member) if job.member_id else _("the schedule")
