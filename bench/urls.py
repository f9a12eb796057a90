"""The product's addresses, and the floor that its requests are measured against."""

from django.http import HttpResponse
from django.urls import path
from rest_framework.request import Request

from bailiwick.config.urls import handler400, handler403, handler404, handler500
from bailiwick.config.urls import urlpatterns as product
from bailiwick.kernel.api.views import Endpoint
from bailiwick.kernel.base.rights import MEMBER

__all__ = ["handler400", "handler403", "handler404", "handler500"]


class Empty(Endpoint):
    """An authenticated request that asks for nothing."""

    right = MEMBER

    def get(self, request: Request) -> HttpResponse:
        return self.respond({})


urlpatterns = [path("bench/empty", Empty.as_view()), *product]
