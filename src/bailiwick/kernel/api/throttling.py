"""How often who may call."""

import hashlib
from typing import Any

from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from bailiwick.kernel.base.rates import Spent, client_address, spend


class Throttle(BaseThrottle):
    """Counts a call, and tells the caller what is left (RateLimit headers of the IETF draft)."""

    spent: Spent | None = None

    def allowance(self, request: Request) -> tuple[str, str]:
        """The scope that the call counts in, and for whom."""
        raise NotImplementedError

    def allow_request(self, request: Request, view: Any) -> bool:
        scope, who = self.allowance(request)
        self.spent = spent = spend(scope, who)
        if spent is None:
            return True
        view.headers["RateLimit-Policy"] = f'"{scope}";q={spent.limit};w={spent.window}'
        view.headers["RateLimit"] = f'"{scope}";r={spent.remaining};t={spent.resets_in:.0f}'
        return spent.is_allowed

    def wait(self) -> float | None:
        return self.spent.resets_in if self.spent else None


class MemberThrottle(Throttle):
    """A member by who they are, anybody else by where they come from."""

    def allowance(self, request: Request) -> tuple[str, str]:
        if request.user is not None:
            return "member", str(request.user.member_id)  # type: ignore[union-attr]
        return "anonymous", client_address(request._request)


class OwnSecretThrottle(Throttle):
    """Guessing at one's own password, by whoever found a session open."""

    def allowance(self, request: Request) -> tuple[str, str]:
        return "sensitive", str(getattr(request.user, "user_id", None) or client_address(request._request))


class SensitiveThrottle(Throttle):
    """Guessing at one login from one place."""

    def allowance(self, request: Request) -> tuple[str, str]:
        login = request.data.get("username", "") if isinstance(request.data, dict) else ""
        digest = hashlib.sha256(str(login).lower().encode()).hexdigest()[:32]
        return "sensitive", f"{client_address(request._request)}:{digest}"
