"""What a browser's session keeps while its person is away at a provider."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.timezone import now

from bailiwick.kernel.base.rates import client_address, spend
from bailiwick.kernel.federation.errors import NotVouched
from bailiwick.kernel.federation.models import Provider
from bailiwick.kernel.federation.values import Journey
from bailiwick.kernel.web.errors import TooManyAttempts

KEPT, LASTS = "federation", timedelta(minutes=10)


def set_out(request: HttpRequest, provider: Provider, journey: Journey, destination: str) -> None:
    """One journey at a time: beginning anew forgets the former."""
    ends = (now() + LASTS).isoformat()
    request.session[KEPT] = journey.kept | {"provider": str(provider.id), "next": destination, "until": ends}


def come_back(request: HttpRequest, provider_id: UUID) -> Mapping[str, Any]:
    """What was kept, once; raises NotVouched where this browser did not set out for this provider a while ago."""
    kept = request.session.pop(KEPT, None)
    if not kept or kept["provider"] != str(provider_id) or datetime.fromisoformat(kept["until"]) < now():
        raise NotVouched("this browser did not ask")
    return dict(kept)


def count_call(request: HttpRequest) -> None:
    """Nobody makes us call others without end; raises TooManyAttempts."""
    spent = spend("question", client_address(request))
    if spent is not None and not spent.is_allowed:
        raise TooManyAttempts
