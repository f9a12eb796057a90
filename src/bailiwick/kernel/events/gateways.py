"""Speaking to the receivers of webhooks."""

import time
from collections import OrderedDict
from collections.abc import Mapping
from http.cookiejar import DefaultCookiePolicy
from threading import Lock
from uuid import UUID

import requests

from bailiwick.kernel.base.errors import DomainError
from bailiwick.kernel.base.outbound import AddressRefused, Caller
from bailiwick.kernel.events.values import Outcome, Parcel

SHOWN = 500
"""Characters that are kept of an answer."""
KEPT = 200
"""Receivers to which connections are kept open."""


class Post:
    """Connections to receivers, kept open from one message to the next. For any number of threads."""

    def __init__(self) -> None:
        self._callers: OrderedDict[tuple[UUID, str], Caller] = OrderedDict()
        self._lock = Lock()

    def send(self, parcel: Parcel, headers: Mapping[str, str]) -> Outcome:
        """One try; whatever comes of it is an outcome."""
        begun = time.monotonic()
        status, answer, failure = None, "", ""
        try:
            response = self._caller(parcel).request("POST", parcel.url, data=parcel.message.body, headers=headers)
            status, answer = response.status_code, response.content[: SHOWN * 4].decode(errors="replace")[:SHOWN]
        except AddressRefused:
            failure = "refused"
        except (DomainError, requests.RequestException):
            failure = "not_reachable"
        took = round((time.monotonic() - begun) * 1000)
        return Outcome(parcel, status, answer.replace("\x00", ""), failure, took)

    def _caller(self, parcel: Parcel) -> Caller:
        key = parcel.webhook_id, parcel.url
        with self._lock:
            caller = self._callers.pop(key, None) or _new_caller()
            self._callers[key] = caller
            if len(self._callers) > KEPT:
                _key, oldest = self._callers.popitem(last=False)
                oldest.close()
            return caller


def _new_caller() -> Caller:
    caller = Caller()
    caller.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return caller
