"""The panels of the dashboard: what was counted, in words, each figure with the list of what it counts."""

from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from bailiwick.apps.predictions.choices import LOOKS, State, Verdict
from bailiwick.apps.predictions.queries.statistics.figures import VERDICTS, Quality, Statistics
from bailiwick.apps.predictions.rules.intervals import Share
from bailiwick.apps.predictions.web.figures import between, measure, seconds
from bailiwick.kernel.web.figures import Links, number, percent


def tiles_of(
    found: Statistics, quality: Quality, links: Links, of_sample: Links, actor_id: Any
) -> list[dict[str, Any]]:
    """At most five: what it is, the figure, its unit, a line of context, and the list of what it counts."""
    accuracy = quality.accuracy
    waiting = links.without("decided_from")
    tiles = [
        _tile(
            _("People agree"),
            number((accuracy.value or 0) * 100, 1) if accuracy.n else _("none"),
            "%" if accuracy.n else "",
            _("{interval}, n = {n}").format(interval=between(accuracy.interval), n=number(accuracy.n)),
            accuracy.n,
            of_sample.to(decided="yes"),
        ),
        _tile(
            _("Calibration error"),
            measure(quality.calibration_error),
            "",
            _("Brier score {brier}, n = {n}").format(brier=measure(quality.brier), n=number(quality.stated)),
            quality.stated,
            of_sample.to(decided="yes", confidence_from=0),
        ),
        _tile(
            _("Decided"),
            number(found.decided),
            "",
            _("{n} left as the model said").format(n=number(sum(day.confirmed for day in found.days))),
            found.decided,
            links.to(decided="yes"),
        ),
        _tile(
            _("To decide"),
            number(found.work.n),
            "",
            _("{n} of them held").format(n=number(found.work.by_state[State.HELD])),
            found.work.n,
            waiting.to(decided="no"),
        ),
        _tile(
            _("Mine"),
            number(found.mine),
            "",
            _("opinions that stand; {n} in my hands").format(n=number(found.work.held_by_me)),
            found.mine,
            links.to(decided_by=actor_id),
        ),
    ]
    return [tile for tile in tiles if tile["n"] or tile["is_count"]]


def _tile(title: str, value: str, unit: str, context: str, n: int, url: str) -> dict[str, Any]:
    return {
        "title": title,
        "value": value,
        "unit": unit,
        "context": context,
        "n": n,
        "url": url,
        "is_count": value == number(n),
    }


def reasons_of(quality: Quality, links: Links) -> list[dict[str, Any]]:
    """The surest reason first; those that the model never gave are told in the table alone."""
    lines = [
        {
            "title": each.title,
            "share": each.accuracy,
            "drawn": _drawn(each.accuracy),
            "confirmed": links.share(each.accuracy, decided="yes", reason=each.code, outcome="confirmed"),
            "overridden": links.figure(each.overridden, decided="yes", reason=each.code, outcome="overridden"),
            "added": links.figure(each.added, decided="yes", reason=each.code, outcome="added"),
            "n": number(each.accuracy.n),
            "between": between(each.accuracy.interval),
        }
        for each in quality.reasons
    ]
    return sorted(lines, key=lambda each: -(each["share"].value if each["share"].n else -1))


def _drawn(share: Share) -> str:
    """What a chart draws of a share: itself, from, to, n."""
    ends = share.interval
    return f"{share.value} {ends.low} {ends.high} {share.n}" if ends else ""


def bins_of(quality: Quality, links: Links) -> list[dict[str, Any]]:
    lines = []
    for each in quality.bins:
        share = Share(each.agreed, each.n)
        lines.append(
            {
                "title": _("{low} to {high}").format(low=number(each.low, 1), high=number(each.high, 1)),
                "share": share,
                "drawn": f"{each.mean_stated} {_drawn(share)}" if each.n else "",
                "mean_said": measure(each.mean_stated) if each.n else _("none"),
                "agreed": links.share(share, decided="yes", bin=each.number, agrees="yes"),
                "between": between(each.interval),
                "n": links.figure(each.n, decided="yes", bin=each.number),
            }
        )
    return lines


def verdicts_of(quality: Quality, links: Links) -> list[dict[str, Any]]:
    """What the model said against what people finally said."""
    return [
        {
            "title": Verdict(one).label,
            "cells": [
                links.figure(quality.count(one, other), decided="yes", verdict=one, final=other) for other in VERDICTS
            ],
        }
        for one in VERDICTS
    ]


def models_of(quality: Quality, links: Links) -> list[dict[str, Any]]:
    lines = []
    for model, each in quality.by_model:
        key = model.id or "none"
        lines.append(
            {
                "title": str(model) or _("none named"),
                "agreed": links.share(each.accuracy, decided="yes", model=key, agrees="yes"),
                "between": between(each.accuracy.interval),
                "n": links.figure(each.accuracy.n, decided="yes", model=key),
                "brier": measure(each.brier),
                "error": measure(each.calibration_error),
                "stated": links.figure(each.stated, decided="yes", model=key, confidence_from=0),
            }
        )
    return lines


def days_of(found: Statistics, links: Links) -> list[dict[str, Any]]:
    return [
        {
            "day": each.day,
            "drawn": f"{each.confirmed} {each.overridden}",
            "confirmed_said": links.figure(
                each.confirmed, decided_from=each.day, decided_to=each.day, state="confirmed"
            ),
            "overridden_said": links.figure(
                each.overridden, decided_from=each.day, decided_to=each.day, state="overridden"
            ),
            "said": links.figure(each.n, decided_from=each.day, decided_to=each.day),
        }
        for each in found.days
    ]


def open_work_of(found: Statistics, links: Links) -> dict[str, Any]:
    return {
        "n": found.work.n,
        "states": [
            {"state": state, "look": LOOKS[state], "said": links.figure(n, state=state.value)}
            for state, n in found.work.by_state.items()
        ],
        "ages": [
            {
                "title": _age(age.first, age.last),
                "said": links.figure(age.n, waiting_from=age.first, waiting_to=age.last, decided="no"),
            }
            for age in found.work.ages
        ],
    }


def _age(first: Any, last: Any) -> str:
    today = localdate()
    newest = (today - last).days
    if first is None:
        return _("{n} days ago or longer").format(n=newest)
    if newest == 0:
        return _("today")
    oldest = (today - first).days
    return _("yesterday") if oldest == 1 else _("{first} to {last} days ago").format(first=newest, last=oldest)


def people_of(found: Statistics, links: Links, *, may_see_gold: bool) -> dict[str, Any]:
    agreement = found.agreement
    names = sorted({pair.one for pair in found.pairs} | {pair.other for pair in found.pairs}, key=lambda who: who.name)
    pairs = {frozenset((pair.one.id, pair.other.id)): pair for pair in found.pairs}
    return {
        "n": agreement.n,
        "agreed": links.said(percent(agreement.agreed.value), agreement.n, twice="yes"),
        "between": between(agreement.agreed.interval),
        "alpha": measure(agreement.alpha, 2),
        "ac1": measure(agreement.ac1, 2),
        "names": names,
        "matrix": [
            {"who": one, "cells": [_pair(pairs.get(frozenset((one.id, other.id))), links) for other in names]}
            for one in names
        ],
        "reviewers": [
            {
                "who": each.who,
                "opinions": links.figure(each.opinions, decided_by=each.who.id),
                "seconds": seconds(each.seconds_each),
                "agreed": percent(each.agreement.value),
                "agreed_n": number(each.agreement.n),
                "gold": links.share(each.gold, gold_by=each.who.id, gold="yes") if may_see_gold else "",
                "gold_n": links.figure(each.gold.n, gold_by=each.who.id) if may_see_gold else "",
            }
            for each in found.reviewers
        ],
    }


def _pair(pair: Any, links: Links) -> dict[str, Any] | None:
    if pair is None:
        return None
    kappa = pair.agreement.kappa
    shade = 0 if kappa is None else 3 if kappa >= 0.8 else 2 if kappa >= 0.6 else 1
    n = pair.agreement.n
    return {
        "kappa": measure(kappa, 2),
        "shade": shade,
        "n": links.said(f"n {number(n)}", n, opinion_by=pair.one.id, beside=pair.other.id),
    }
