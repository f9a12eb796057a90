"""The statistics as they go out, and their shapes for the API reference."""

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers

from bailiwick.apps.predictions.choices import State
from bailiwick.apps.predictions.queries.records import Who
from bailiwick.apps.predictions.queries.statistics.comparison import Comparison
from bailiwick.apps.predictions.queries.statistics.figures import VERDICTS, Agreement, Quality, Statistics
from bailiwick.apps.predictions.rules.intervals import LEVEL, METHOD, Share


def show_share(share: Share) -> dict[str, Any]:
    """A share with its interval; all but the counts are null where there are no cases."""
    interval = share.interval
    ends = {"low": interval.low, "high": interval.high} if interval else {"low": None, "high": None}
    return {"value": share.value, "hits": share.hits, "n": share.n, **ends}


def show_statistics(found: Statistics) -> dict[str, Any]:
    work = found.work
    return {
        "as_of": found.as_of,
        "interval": {"method": METHOD, "level": LEVEL},
        "open": {
            "n": work.n,
            "by_state": {state.value: n for state, n in work.by_state.items()},
            "oldest": work.oldest,
            "ages": [{"from": age.first, "to": age.last, "n": age.n} for age in work.ages],
        },
        "decided": {"n": found.decided, "per_day": [_show_day(each) for each in found.days]},
        "mine": {"decided": found.mine, "held": work.held_by_me},
        "random_sample": _show_quality(found.sampled),
        "chosen_otherwise": _show_quality(found.other),
        "agreement": _show_agreement(found.agreement),
        "pairs": [
            {"first": _show_who(each.one), "second": _show_who(each.other)}
            | _show_agreement(each.agreement)
            | {"cohens_kappa": each.agreement.kappa}
            for each in found.pairs
        ],
        "reviewers": [
            {
                "member": _show_who(each.who),
                "opinions": each.opinions,
                "seconds": each.seconds,
                "seconds_each": each.seconds_each,
                "agreement": show_share(each.agreement),
                "gold": show_share(each.gold),
            }
            for each in found.reviewers
        ],
    }


def _show_day(day: Any) -> dict[str, Any]:
    return {"day": day.day, "n": day.n, "confirmed": day.confirmed, "overridden": day.overridden}


def _show_who(who: Who) -> dict[str, Any]:
    return {"id": who.id, "name": who.name}


def _show_quality(quality: Quality) -> dict[str, Any]:
    return _show_judged(quality) | {
        "unchanged": quality.unchanged,
        "verdicts": [
            {"model": one, "people": other, "n": quality.count(one, other)} for one in VERDICTS for other in VERDICTS
        ],
        "by_reason": [
            {
                "reason_id": each.code,
                "reason": each.title,
                "accuracy": show_share(each.accuracy),
                "added": each.added,
            }
            for each in quality.reasons
        ],
        "by_model": [
            {"id": model.id, "name": model.name, "version": model.version} | _show_judged(each)
            for model, each in quality.by_model
        ],
        "by_confidence": [
            {"from": each.low, "to": each.high, "mean_stated": each.mean_stated}
            | {"accuracy": show_share(Share(each.agreed, each.n))}
            for each in quality.bins
        ],
    }


def _show_judged(quality: Quality) -> dict[str, Any]:
    calibration = {"n": quality.stated, "brier": quality.brier, "expected_error": quality.calibration_error}
    return {"accuracy": show_share(quality.accuracy), "calibration": calibration}


def _show_agreement(agreement: Agreement) -> dict[str, Any]:
    return {
        "n": agreement.n,
        "percent": show_share(agreement.agreed),
        "krippendorffs_alpha": agreement.alpha,
        "gwets_ac1": agreement.ac1,
    }


def show_comparison(found: Comparison) -> dict[str, Any]:
    difference = found.difference
    return {
        "first": {"id": found.one.id, "name": found.one.name, "version": found.one.version},
        "second": {"id": found.two.id, "name": found.two.name, "version": found.two.version},
        "n": found.count("same"),
        "undecided": found.count("open"),
        "contested": found.count("contested"),
        "verdicts": [
            {"first": one, "second": other, "n": found.count(f"{one}-{other}")}
            for one in VERDICTS
            for other in VERDICTS
        ],
        "accuracy": {"first": show_share(found.first), "second": show_share(found.second)},
        "both_right": found.count("both"),
        "only_first_right": found.count("only-first"),
        "only_second_right": found.count("only-second"),
        "neither_right": found.count("neither"),
        "mcnemar": difference
        and {
            "p": difference.p,
            "statistic": difference.statistic,
            "method": difference.method,
            "n": difference.n,
        },
    }


def _shape(shape: str, /, **fields: serializers.Field[Any, Any, Any, Any]) -> type[serializers.Serializer[Any]]:
    return type(f"{shape}Shape", (serializers.Serializer,), fields)


def _number(help_text: str = "") -> Any:
    return serializers.FloatField(allow_null=True, help_text=help_text)


def _counts(*names: str) -> dict[str, Any]:
    return {name: serializers.IntegerField() for name in names}


def _table(*names: str) -> dict[str, Any]:
    return {name: serializers.CharField(help_text=", ".join(VERDICTS)) for name in names}


SHARE = _shape(
    "Share", value=_number("From 0 to 1."), **_counts("hits", "n"), low=_number("Wilson, 95 %."), high=_number()
)
WHO = _shape("Reviewer", id=serializers.UUIDField(), name=serializers.CharField())
VERSION: dict[str, Any] = {
    "id": serializers.UUIDField(allow_null=True),
    "name": serializers.CharField(),
    "version": serializers.CharField(),
}
CALIBRATION = _shape("Calibration", **_counts("n"), brier=_number(), expected_error=_number("Over ten bins."))


def _judged() -> dict[str, Any]:
    return {"accuracy": SHARE(), "calibration": CALIBRATION()}


QUALITY = _shape(
    "Quality",
    **_judged(),
    **_counts("unchanged"),
    verdicts=_shape("Verdicts", **_table("model", "people"), **_counts("n"))(many=True),
    by_reason=_shape(
        "ReasonAccuracy",
        reason_id=serializers.IntegerField(),
        reason=serializers.CharField(),
        accuracy=SHARE(),
        **_counts("added"),
    )(many=True),
    by_model=_shape("ModelAccuracy", **VERSION, **_judged())(many=True),
    by_confidence=_shape(
        "ConfidenceBin", **{"from": _number(), "to": _number()}, mean_stated=_number(), accuracy=SHARE()
    )(many=True),
)


def _agreement() -> dict[str, Any]:
    return {
        "n": serializers.IntegerField(),
        "percent": SHARE(),
        "krippendorffs_alpha": _number(),
        "gwets_ac1": _number(),
    }


def _days(shape: str, keys: Sequence[str]) -> Any:
    return _shape(shape, **{key: serializers.DateField(allow_null=True) for key in keys}, **_counts("n"))


STATISTICS = _shape(
    "Statistics",
    as_of=serializers.DateTimeField(),
    interval=_shape("Method", method=serializers.CharField(), level=serializers.FloatField())(),
    open=_shape(
        "Open",
        **_counts("n"),
        by_state=serializers.DictField(child=serializers.IntegerField(), help_text=", ".join(State.values[:4])),
        oldest=serializers.DateTimeField(allow_null=True),
        ages=_days("Age", ("from", "to"))(many=True),
    )(),
    decided=_shape(
        "Decided",
        **_counts("n"),
        per_day=_shape("Day", day=serializers.DateField(), **_counts("n", "confirmed", "overridden"))(many=True),
    )(),
    mine=_shape("Mine", **_counts("decided", "held"))(),
    random_sample=QUALITY(),
    chosen_otherwise=QUALITY(),
    agreement=_shape("Agreement", **_agreement())(),
    pairs=_shape("Pair", first=WHO(), second=WHO(), **_agreement(), cohens_kappa=_number())(many=True),
    reviewers=_shape(
        "ReviewerFigures",
        member=WHO(),
        **_counts("opinions", "seconds"),
        seconds_each=_number(),
        agreement=SHARE(),
        gold=SHARE(),
    )(many=True),
)()
COMPARED = _shape("ComparedModel", **VERSION)
COMPARISON = _shape(
    "Comparison",
    first=COMPARED(),
    second=COMPARED(),
    **_counts("n", "undecided", "contested"),
    verdicts=_shape("ComparedVerdicts", **_table("first", "second"), **_counts("n"))(many=True),
    accuracy=_shape("ComparedAccuracy", first=SHARE(), second=SHARE())(),
    **_counts("both_right", "only_first_right", "only_second_right", "neither_right"),
    mcnemar=_shape(
        "Difference",
        p=serializers.FloatField(),
        statistic=serializers.FloatField(),
        method=serializers.CharField(),
        **_counts("n"),
    )(allow_null=True),
)()
