"""A start is refused when the list of operators' addresses does not say what it seems to."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from bailiwick.kernel.operators.rules import is_network


@register()
def check_addresses(**kwargs: Any) -> list[CheckMessage]:
    wrong = [each for each in settings.OPERATOR_ADDRESSES if not is_network(each)]
    sentence = "BAILIWICK_OPERATOR_ADDRESSES has {!r}, which is no network: write 192.0.2.7 or 10.0.0.0/8."
    return [Error(sentence.format(each), id="operators.E001") for each in wrong]
