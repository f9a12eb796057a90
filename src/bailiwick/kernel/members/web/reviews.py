"""Access reviews for whoever starts them: the list, the form, the report, and closing."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import formats
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from bailiwick.kernel.access.web.grants import DayField, end_of
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.members.actions.reviews import close_review, start_review
from bailiwick.kernel.members.choices import GrantOutcome
from bailiwick.kernel.members.errors import NobodyToAsk
from bailiwick.kernel.members.manifest import REVIEW
from bailiwick.kernel.members.models import AccessReview, ReviewedGrant
from bailiwick.kernel.members.queries.reviewers import list_departments, list_people_in, list_questions
from bailiwick.kernel.members.queries.reviews import (
    Report,
    Reported,
    Standing,
    get_report,
    list_reviewed,
    list_reviews,
    named,
    reported,
    standings_of,
)
from bailiwick.kernel.web.pages import Page, refuse_form
from bailiwick.kernel.web.tables import Column, ListPage, NamedView
from bailiwick.kernel.web.templatetags import bailiwick as parts

LIST = "members:reviews"
LOOKS = {"": "open", GrantOutcome.KEPT: "good", GrantOutcome.ENDED: "end", GrantOutcome.LAPSED: "end"}
DAYS = 14
"""How long people have, unless somebody chooses another day."""


class ReviewList(ListPage):
    """Every access review, newest first."""

    right = REVIEW
    template_name = "members/reviews.html"
    title = gettext_lazy("Access reviews")
    lead = gettext_lazy("Everybody's grants are confirmed or ended by the person to whom they report.")
    nothing_yet = gettext_lazy("No access review yet")
    nothing_yet_hint = gettext_lazy("Start one: each manager is asked about each of their people, and signs.")
    caption = gettext_lazy("Access reviews, newest first")
    columns = (
        Column(
            pgettext_lazy("access", "Review"),
            lambda row: row.review.title,
            link=lambda row: reverse("members:review", args=[row.pk]),
            classes="w",
            code="title",
        ),
        Column(gettext_lazy("State"), lambda row: state_of(row), classes="c-2 nowrap", code="state"),
        Column(
            gettext_lazy("Decided"),
            lambda row: _("%(n)s of %(all)s people") % {"n": row.progress.decided, "all": row.progress.people},
            code="decided",
            classes="nowrap c-hide",
        ),
        Column(gettext_lazy("Started by"), lambda row: parts.who(row.review.started_by), code="starter"),
        Column(
            gettext_lazy("Due"),
            lambda row: formats.date_format(row.last_day, pgettext("date", "j M Y")),
            classes="nowrap c-hide",
            code="due",
            value=lambda row: row.review.due_at,
        ),
        Column(
            gettext_lazy("Started"),
            lambda row: parts.ago(row.review.started_at),
            sort="id",
            classes="num c-3 nowrap dim",
            code="started",
            value=lambda row: row.review.started_at,
        ),
    )

    def rows(self) -> QuerySet[AccessReview]:
        return list_reviews(self.actor)

    def present(self, rows: list[AccessReview]) -> Iterable[Standing]:
        return standings_of(rows)


def state_of(row: Standing) -> SafeString:
    if row.review.closed_at:
        return parts.state("end", _("Closed"))
    if row.is_late:
        return parts.state("wait", _("Late"))
    return parts.state("run", _("Under way")) if row.progress.open else parts.state("good", _("All decided"))


class ReviewForm(forms.Form):
    """What is reviewed, and until when."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    due_at = DayField(label=gettext_lazy("Until the end of"))
    department = forms.ChoiceField(label=gettext_lazy("About"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(each, each) for each in list_departments()]
        self.fields["department"].choices = [("", _("everybody who has a grant")), *named]  # type: ignore[attr-defined]

    def clean_due_at(self) -> datetime:
        ends = end_of(self.cleaned_data["due_at"])
        if ends is None:
            raise forms.ValidationError(_("Choose an earlier day."))
        return ends - timedelta(seconds=1)


class NewReview(Page):
    """Starts a review; says first how many people it is about, and about whom nobody can be asked."""

    right = REVIEW
    template_name = "members/review_new.html"
    navigation_name = LIST

    def get(self, request: HttpRequest) -> HttpResponse:
        initial = {"due_at": localdate() + timedelta(days=DAYS), "title": _("Access review")}
        return self._show(ReviewForm(initial=initial))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ReviewForm(request.POST)
        if form.is_valid():
            asked = dict(form.cleaned_data)
            department = asked.pop("department")
            try:
                with transaction.atomic():
                    people = list_people_in(department) if department else None
                    review = start_review(actor=self.actor, member_ids=people, **asked)
            except InvalidInput as refusal:
                refuse_form(form, refusal)
            except NobodyToAsk as refusal:
                form.add_error("department", str(refusal))
            else:
                self.tell(_("Started. Everybody who is asked finds it on their desk."))
                return redirect("members:review", review.id)
        return self._show(form, status=422)

    def _show(self, form: ReviewForm, status: int = 200) -> HttpResponse:
        questions = list_questions(self.actor)
        reviewers = {each.reviewer.id for each in questions if each.reviewer}
        mine = sum(each.reviewer is not None and each.reviewer.id == self.actor.member_id for each in questions)
        alone = [each.member for each in questions if each.reviewer is None]
        return self.show(
            status=status, form=form, people=len(questions), reviewers=len(reviewers), mine=mine, alone=alone
        )


class ReportFilters(forms.Form):
    """What the report is narrowed by."""

    q = forms.CharField(label=gettext_lazy("Name or role"), required=False, max_length=100)
    outcome = forms.ChoiceField(
        label=gettext_lazy("Outcome is"),
        choices=[("", gettext_lazy("any")), ("none", gettext_lazy("nothing said")), *GrantOutcome.choices],
        required=False,
    )


class ReviewReport(ListPage):
    """Each grant of a review: what was said of it, by whom, when, and how it was signed."""

    right = REVIEW
    template_name = "members/review.html"
    navigation_name = LIST
    title = gettext_lazy("Access review")
    caption = gettext_lazy("Grants of the review, by person")
    order = "id"
    filter_class = ReportFilters
    search_name = "q"
    columns = (
        Column(
            gettext_lazy("Person"),
            lambda row: row.reviewed.subject.member.name,
            link=lambda row: person_url(row),
            classes="w",
            code="person",
        ),
        Column(gettext_lazy("Grant"), lambda row: grant_of(row), classes="", code="grant"),
        Column(gettext_lazy("Over"), lambda row: row.over, code="over"),
        Column(gettext_lazy("Outcome"), lambda row: outcome_of(row), classes="c-2", code="outcome"),
        Column(pgettext_lazy("access", "Asked"), lambda row: parts.who(row.reviewed.subject.reviewer), code="reviewer"),
        Column(
            gettext_lazy("Signed"),
            lambda row: parts.ago(row.decision.decided_at) if row.decision else _("not signed"),
            classes="nowrap c-3",
            code="signed",
            value=lambda row: row.decision.decided_at if row.decision else None,
        ),
        Column(
            gettext_lazy("Known by"),
            lambda row: row.decision.get_authenticated_by_display() if row.decision else "",
            code="authenticated",
        ),
        Column(gettext_lazy("Note"), lambda row: row.reviewed.note, code="note"),
        Column(
            gettext_lazy("Digest of what was signed"),
            lambda row: parts.fingerprint(row.decision.content_digest) if row.decision else "",
            code="digest",
            is_shown=False,
            value=lambda row: bytes(row.decision.content_digest).hex() if row.decision else None,
        ),
    )

    def rows(self) -> QuerySet[ReviewedGrant]:
        return list_reviewed(self.actor, self.review_id)

    def narrow(self, rows: QuerySet[ReviewedGrant], values: Mapping[str, Any]) -> QuerySet[ReviewedGrant]:
        rows = named(rows, values["q"]) if values["q"] else rows
        asked = values["outcome"]
        return rows.filter(outcome="" if asked == "none" else asked) if asked else rows

    def present(self, rows: list[ReviewedGrant]) -> Iterable[Reported]:
        return reported(rows)

    def views(self) -> list[NamedView]:
        return [
            NamedView(_("All"), {}),
            NamedView(_("Nothing said"), {"outcome": "none"}),
            *(NamedView(str(each.label).capitalize(), {"outcome": each.value}) for each in list(GrantOutcome)[:2]),
        ]

    @property
    def review_id(self) -> UUID:
        match = self.request.resolver_match
        assert match
        return UUID(str(match.kwargs["review_id"]))

    @cached_property
    def report(self) -> Report:
        return get_report(self.actor, self.review_id)

    @property
    def state(self) -> SafeString:
        return state_of(self.report.standing)


def person_url(row: Reported) -> str:
    return reverse("identity:person", args=[row.reviewed.subject.member_id])


def grant_of(row: Reported) -> str:
    return _("%(role)s, as a deputy") % {"role": row.role} if row.reviewed.grant.is_deputy else row.role


def outcome_of(row: Reported) -> SafeString:
    """What was said; of what nobody said anything, whether somebody still is to."""
    said = row.reviewed.outcome
    if said:
        return parts.state(LOOKS[said], row.reviewed.get_outcome_display().capitalize())
    if row.decision:
        return parts.state("end", _("Had ended before"))
    if row.item.done_at:
        return parts.state("wait", _("Nobody said"))
    return parts.state("open", _("Still asked"))


class CloseReview(Page):
    """Asks nobody any more."""

    right = REVIEW
    navigation_name = LIST

    def post(self, request: HttpRequest, review_id: UUID) -> HttpResponse:
        close_review(actor=self.actor, review_id=review_id, ends_undecided=bool(request.POST.get("ends_undecided")))
        self.tell(_("Closed. The report stays."))
        return redirect("members:review", review_id)
