"""The keys of programs, for those who issue or revoke them."""

from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.timezone import now

from bailiwick.kernel.base.actors import Authority
from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.identity.choices import KeyState, MemberKind
from bailiwick.kernel.identity.manifest import ISSUE_KEYS, REVOKE_KEYS
from bailiwick.kernel.identity.models import ApiKey, Member

PROGRAMS = (MemberKind.PROGRAM, MemberKind.MODEL)


def list_keys(actor: Authority) -> QuerySet[ApiKey]:
    """Every key of the organisation, with its program; none for whoever neither issues nor revokes."""
    if not (actor.may(ISSUE_KEYS) or actor.may(REVOKE_KEYS)):
        return ApiKey.objects.none()
    successors = ApiKey.objects.filter(replaces_id=OuterRef("id"))
    return ApiKey.objects.select_related("member", "created_by").annotate(is_replaced=Exists(successors))


def in_state(rows: QuerySet[ApiKey], state: str) -> QuerySet[ApiKey]:
    """Those of a state; what is revoked counts as that, whether it has expired or not."""
    is_over = Q(expires_at__lte=now())
    match state:
        case KeyState.REVOKED:
            return rows.filter(revoked_at__isnull=False)
        case KeyState.EXPIRED:
            return rows.filter(is_over, revoked_at=None)
        case _:
            return rows.filter(revoked_at=None).exclude(is_over)


def named(rows: QuerySet[ApiKey], text: str) -> QuerySet[ApiKey]:
    """Those whose name, program or beginning contains a text."""
    found = Q(name__icontains=text) | Q(member__name__icontains=text) | Q(prefix__startswith=text)
    return rows.filter(found)


def find_key(actor: Authority, key_id: UUID) -> ApiKey:
    """One key of the list; raises NotFound."""
    found = list_keys(actor).filter(id=key_id).first()
    if found is None:
        raise NotFound
    return found


def get_key(key_id: UUID) -> ApiKey:
    """A key of the organisation in scope; raises ApiKey.DoesNotExist."""
    return ApiKey.objects.get(id=key_id)


def has_successor(key_id: UUID) -> bool:
    """Whether another key was made to take over from it."""
    return ApiKey.objects.filter(replaces_id=key_id).exists()


def find_successor(key_id: UUID) -> ApiKey | None:
    return ApiKey.objects.filter(replaces_id=key_id).first()


def list_programs() -> QuerySet[Member]:
    """Who may have a key: active members of the organisation in scope that are no person."""
    return Member.objects.filter(kind__in=PROGRAMS, is_active=True).order_by("name", "id")


def find_program(program_id: UUID) -> Member | None:
    return list_programs().filter(id=program_id).first()


def count_live(program_id: UUID) -> int:
    """How many keys of a program open anything."""
    return in_state(ApiKey.objects.filter(member_id=program_id), KeyState.LIVE).count()


def is_program_name_taken(name: str) -> bool:
    return list_programs().filter(name__iexact=name).exists()
