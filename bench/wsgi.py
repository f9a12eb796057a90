"""The product's application, with the floor of lists beside it in the same processes."""

import os
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from bailiwick.apps.predictions.manifest import REVIEW_QUEUE
from bailiwick.config.wsgi import application as product
from bailiwick.kernel.base.manifest import registry
from bench.bare import answer, answer_claims

if lease := os.environ.get("BENCH_LEASE"):
    registry().queues[REVIEW_QUEUE.code] = replace(REVIEW_QUEUE, lease=int(lease))


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    if environ["PATH_INFO"] == "/bench/predictions":
        return answer(environ, start_response)
    if environ["PATH_INFO"] == "/bench/claims":
        return answer_claims(environ, start_response)
    return product(environ, start_response)
