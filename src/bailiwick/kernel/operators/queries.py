"""Who is an operator, which organisations there are, and what is shown of the one in scope."""

from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection
from django.db.models import Model, QuerySet

from bailiwick.kernel.access.queries import rights_of_member
from bailiwick.kernel.base.actors import Authority
from bailiwick.kernel.identity.models import Member, User
from bailiwick.kernel.operators.manifest import OPERATE
from bailiwick.kernel.operators.values import Place
from bailiwick.kernel.tenancy.models import Organization, OrganizationModel
from bailiwick.kernel.tenancy.queries import get_installation_id
from bailiwick.kernel.tenancy.scope import enter, require_scope

MOST_PLACES = 100


def is_operator(actor: Authority) -> bool:
    """Whether the person behind a session may operate the installation, wherever they work now."""
    installation_id = get_installation_id()
    if actor.organization_id == installation_id:
        return OPERATE in actor.rights
    if actor.user_id is None or actor.is_confined:
        return False
    with enter(installation_id):
        member = Member.objects.filter(user_id=actor.user_id, is_active=True).first()
        return member is not None and OPERATE in rights_of_member(member.id)


def list_places(words: str = "") -> list[Place]:
    """Organisations by name, those with the words in name or slug; at most 100."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM operators_places(%s, %s)", [words.replace("\x00", ""), MOST_PLACES])
        return [Place(*row) for row in cursor.fetchall()]


def find_place(organization_id: UUID) -> Organization | None:
    return Organization.objects.filter(id=organization_id).first()


def list_tables() -> list[type[Model]]:
    """What may be looked at: every table of an organisation, and of the global ones who and what it is."""
    own = [model for model in apps.get_models() if issubclass(model, OrganizationModel)]
    return [Organization, User, *own]


def list_rows(model: type[Model]) -> QuerySet[Any]:
    """Rows of the organisation in scope, the newest first; of people those who are its members."""
    rows = model._default_manager.order_by("-pk")
    if model is Organization:
        return rows.filter(id=require_scope().organization_id)
    if model is User:
        return rows.filter(id__in=Member.objects.values("user_id"))
    return rows
