"""Endpoints that misbehave on request, beside the real addresses."""

from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import include, path
from django_filters import CharFilter, FilterSet
from rest_framework import serializers
from rest_framework.request import Request

from bailiwick.kernel.api.pagination import OffsetPagination
from bailiwick.kernel.api.routes import both
from bailiwick.kernel.api.views import Endpoint, ListEndpoint
from bailiwick.kernel.base.errors import DomainError
from bailiwick.kernel.base.rights import MEMBER, OPEN
from bailiwick.kernel.identity.choices import MemberKind
from bailiwick.kernel.identity.models import Member


class Part(serializers.Serializer[Any]):
    confidence = serializers.ChoiceField(choices=["High", "Low"])


class Whole(serializers.Serializer[Any]):
    name = serializers.CharField()
    parts = Part(many=True, required=False)


class TooLate(DomainError):
    code = "tests.too_late"
    message = "It is too late."
    status = 409


class Members(ListEndpoint):
    """Lists members, and adds a program with POST."""

    class Narrow(FilterSet):
        department = CharFilter()

        class Meta:
            model = Member
            fields: list[str] = []

    right = {"GET": MEMBER, "POST": MEMBER}
    filterset_class = Narrow
    orderings = ("-id", "name", "-joined_at")
    published_members = {"error": "as before", "missing": lambda document: ",".join(document.get("errors", ())) or None}

    def rows(self) -> QuerySet[Any]:
        return Member.objects.values("id", "name", "joined_at")

    def post(self, request: Request) -> HttpResponse:
        name = self.read(Whole)["name"]
        member = Member.objects.create(name=name, kind=MemberKind.PROGRAM)
        if name == "late":
            raise TooLate(since="noon")
        return self.respond({"id": member.id, "name": name}, status=201)


class Counted(Members):
    """The same list, as it was published elsewhere."""

    pagination_class = OffsetPagination


class Failing(Endpoint):
    right = OPEN

    def get(self, request: Request) -> HttpResponse:
        raise RuntimeError("a mistake of ours")


class Slow(Endpoint):
    right = MEMBER

    def get(self, request: Request) -> HttpResponse:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = '20ms'")
            cursor.execute("SELECT pg_sleep(1)")
        return self.respond()


class Unstorable(Endpoint):
    right = MEMBER

    def get(self, request: Request) -> HttpResponse:
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s::int", ["no number"])
        return self.respond()


class Unlicensed(Endpoint):
    right = "access.manage"

    def get(self, request: Request) -> HttpResponse:
        return self.respond({})


urlpatterns = [
    *both("api/tests/members/", Members.as_view(), "tests-members"),
    *both("api/tests/counted/", Counted.as_view(), "tests-counted"),
    *both("api/tests/failing/", Failing.as_view(), "tests-failing"),
    *both("api/tests/slow/", Slow.as_view(), "tests-slow"),
    *both("api/tests/unstorable/", Unstorable.as_view(), "tests-unstorable"),
    *both("api/tests/unlicensed/", Unlicensed.as_view(), "tests-unlicensed"),
    path("", include("bailiwick.config.urls")),
]

handler400 = "bailiwick.config.handlers.bad_request"
handler403 = "bailiwick.config.handlers.permission_denied"
handler404 = "bailiwick.config.handlers.not_found"
handler500 = "bailiwick.config.handlers.server_error"
