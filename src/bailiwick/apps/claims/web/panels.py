"""The panels of the dashboard: what was counted, in words, each figure with the list of what it counts."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from bailiwick.apps.claims.choices import Pend, Status
from bailiwick.apps.claims.queries.dashboard import Age, Figures
from bailiwick.apps.claims.rules.reasons import CARCS, GROUPS
from bailiwick.kernel.web.figures import SPACE, Links, number, percent
from bailiwick.kernel.web.templatetags.bailiwick import money

Row = tuple[str, str, str, Any]


def tiles_of(found: Figures, links: Links, came: Links, decided: Links) -> list[dict[str, Any]]:
    """At most five: what it is, the figure, a line of context, and the list of what it counts."""
    judged = found.decided
    alone = _("{hits} of {n} decided").format(hits=number(judged.hits), n=number(judged.n))
    ninth = _("nine of ten within {days}, {n}").format(days=days(judged.ninth), n=f"n{SPACE}={SPACE}{number(judged.n)}")
    soon = _("{n} more within 7 days").format(n=number(found.soon))
    given: list[tuple[str, str, str, int, str]] = [
        (_("Submitted"), number(found.submitted), _("in the time chosen"), found.submitted, came.to()),
        (_("Open"), number(found.open), _("now, whenever they came"), found.open, links.to(decided="no")),
        (_("Approved without review"), percent(judged.value), alone, judged.hits, decided.to(decided="alone")),
        (_("Half decided within"), days(judged.median), ninth, judged.n, decided.to(decided="yes")),
        (_("Past their deadline"), number(found.late), soon, found.late, links.to(due="late")),
    ]
    return [
        {"title": title, "value": value, "context": context, "n": n, "url": url}
        for title, value, context, n, url in given
    ]


def weeks_of(found: Figures, links: Links, since: date | None) -> list[dict[str, Any]]:
    """Claims by the week in which they came; a first week that is cut by the time chosen begins there."""
    told = []
    for week in found.weeks:
        begin = max(week.begin, since) if since else week.begin
        of_week = links.with_(
            submitted_from=begin.isoformat(), submitted_to=(week.begin + timedelta(days=6)).isoformat()
        )
        still_open = week.accepted + week.reviewed
        told.append(
            {
                "day": week.begin,
                "drawn": f"{week.n - still_open} {still_open}",
                "over": of_week.figure(week.n - still_open, decided="over"),
                "accepted": of_week.figure(week.accepted, status=Status.SUBMITTED.value),
                "reviewed": of_week.figure(week.reviewed, status=Status.UNDER_REVIEW.value),
                "n": of_week.figure(week.n),
            }
        )
    return told


def ages_of(found: Figures, links: Links) -> list[dict[str, Any]]:
    """What is open, by how long ago it came."""
    today = localdate()
    told = []
    for age in found.ages:
        query = {"submitted_to": (today - timedelta(days=age.since)).isoformat()} if age.since else {}
        if age.until:
            query["submitted_from"] = (today - timedelta(days=age.until - 1)).isoformat()
        of_age = links.with_(**query)
        told.append(
            {
                "title": title_of(age),
                "drawn": f"{age.accepted} {age.reviewed}",
                "accepted": of_age.figure(age.accepted, status=Status.SUBMITTED.value),
                "reviewed": of_age.figure(age.reviewed, status=Status.UNDER_REVIEW.value),
                "n": of_age.figure(age.n, decided="no"),
            }
        )
    return told


def title_of(age: Age) -> str:
    if age.until is None:
        return _("{days} days and more").format(days=age.since)
    return _("{since} to {until} days").format(since=age.since, until=age.until - 1)


def pends_of(found: Figures, links: Links) -> list[tuple[str, Any]]:
    """What is under review, by why."""
    return [
        (
            str(Pend(pend).label) if pend else _("no reason"),
            links.figure(n, status=Status.UNDER_REVIEW.value, pend=pend),
        )
        for pend, n in found.pends
    ]


def reasons_of(found: Figures, decided: Links) -> list[dict[str, Any]]:
    """Denied claims by what was not paid and why, with their share of all that were denied."""
    return [
        {
            "code": f"{each.group}-{each.code}",
            "title": CARCS.get(each.code, _("a reason without words of ours")),
            "group": GROUPS.get(each.group, each.group),
            "n": decided.figure(each.n, status=Status.REJECTED.value, carc=f"{each.group}-{each.code}"),
            "share": percent(each.n / found.denied if found.denied else None),
        }
        for each in found.reasons
    ]


def sums_of(found: Figures, decided: Links) -> list[dict[str, Any]]:
    """What decided claims come to, by status and currency."""
    told = []
    for each in found.sums:
        rows = decided.with_(status=each.status, currency=each.currency)
        amounts = (each.billed, each.allowed, each.paid, each.owed)
        told.append(
            {
                "title": Status(each.status).label if each.status else _("none"),
                "currency": each.currency,
                "n": rows.figure(each.n),
                "amounts": [rows.said(money(amount, each.currency), each.n) for amount in amounts],
            }
        )
    return told


def days(took: timedelta | None) -> str:
    """How long something took: "3.5 days", and of less than a day "7 h" or "12 min"."""
    if took is None:
        return _("none")
    if took < timedelta(hours=1):
        return _("{minutes} min").format(minutes=number(took / timedelta(minutes=1), 0)).replace(" ", SPACE)
    if took < timedelta(days=1):
        return _("{hours} h").format(hours=number(took / timedelta(hours=1), 0)).replace(" ", SPACE)
    value = took / timedelta(days=1)
    return _("{days} days").format(days=number(value, 0 if value >= 10 else 1)).replace(" ", SPACE)


def flat(found: Figures) -> Iterator[Row]:
    """Every figure as a row of a file, amounts without signs."""
    judged = found.decided
    for title, value in (
        (_("Submitted"), found.submitted),
        (_("Open"), found.open),
        (_("Decided"), judged.n),
        (_("Approved without review"), judged.alone),
        (_("Past their deadline"), found.late),
        (_("Due within 7 days"), found.soon),
        (_("Denied"), found.denied),
    ):
        yield _("All"), title, _("Claims"), value
    for title, took in ((_("Half of them"), judged.median), (_("Nine of ten"), judged.ninth)):
        yield _("Until decided"), title, _("Days"), took and round(took / timedelta(days=1), 2)
    for week in found.weeks:
        yield _("Submitted per week"), week.begin.isoformat(), _("Claims"), week.n
    for age in found.ages:
        yield _("Open claims by age"), title_of(age), _("Claims"), age.n
    for pend, n in found.pends:
        yield _("Under review for"), str(Pend(pend).label) if pend else "", _("Claims"), n
    for reason in found.reasons:
        yield _("Denials by reason"), f"{reason.group}-{reason.code}", _("Claims"), reason.n
    for each in found.sums:
        for title, amount in (
            (_("Billed"), each.billed),
            (_("Allowed"), each.allowed),
            (_("Paid"), each.paid),
            (_("Patients owe"), each.owed),
        ):
            yield f"{Status(each.status).label} {each.currency}", title, each.currency, amount
