"""The right that an endpoint declares, asked before its action asks again."""

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from bailiwick.kernel.access.errors import Forbidden
from bailiwick.kernel.base.rights import MEMBER, OPEN, right_for, rights_in


class DeclaredRight(BasePermission):
    """Lets through whoever holds the view's `right` over the organisation; views of single things are for MEMBER."""

    def has_permission(self, request: Request, view: Any) -> bool:
        right = right_for(view.right, request.method or "")
        if right is None:
            view.http_method_not_allowed(request)
        if right == OPEN:
            return True
        actor = request.user
        if actor is None or right is None:
            return False
        if right != MEMBER and not actor.may(right):  # type: ignore[union-attr]
            raise Forbidden(right=rights_in(right)[0])
        return True
