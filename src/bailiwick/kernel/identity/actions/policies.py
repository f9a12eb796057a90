"""What an organisation asks of whoever signs in."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.actors import Authority
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.identity.actions.sessions import require_fresh
from bailiwick.kernel.identity.choices import MemberKind, Method
from bailiwick.kernel.identity.manifest import POLICY
from bailiwick.kernel.identity.models import Member, SignInPolicy
from bailiwick.kernel.identity.models.policies import ABSOLUTE
from bailiwick.kernel.identity.queries import get_policy, list_own_ways

SHORTEST = 300
"""Seconds: less than five minutes would interrupt every piece of work."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A policy as it is to be; times in seconds."""

    methods: Sequence[str]
    idle: int
    absolute: int
    most_sessions: int | None = None
    step_up: int | None = None
    keys_end_with_creator: bool = False
    break_glass_id: UUID | None = None


def change_policy(*, actor: Authority, asked: Asked) -> SignInPolicy:
    """Say how people sign in, from the next request of everybody on.

    Raises Forbidden, StepUpNeeded, InvalidInput naming the field: also for what would lock out whoever asks for it.
    """
    actor.require(POLICY)
    require_fresh(actor)
    with transaction.atomic(savepoint=False):
        stored = SignInPolicy.objects.select_for_update().first()
        _check(actor, asked)
        policy = get_policy() if stored else SignInPolicy()
        wanted = asdict(asked) | {"methods": [each.value for each in Method if each in asked.methods]}
        changed = [name for name, value in wanted.items() if getattr(policy, name) != value]
        if changed or stored is None:
            for name in wanted:
                setattr(policy, name, wanted[name])
            policy.save()
            record(actor.ref, "identity.policy.changed", policy, {"changed": changed, "methods": policy.methods})
        return policy


def _check(actor: Authority, asked: Asked) -> None:
    if not asked.methods or not set(asked.methods) <= set(Method.values):
        raise InvalidInput({"methods": [_("Choose at least one way of signing in.")]})
    for name, value in (("idle", asked.idle), ("absolute", asked.absolute)):
        if not SHORTEST <= value <= ABSOLUTE:
            raise InvalidInput({name: [_("Between five minutes and thirty days.")]})
    if asked.most_sessions is not None and not 1 <= asked.most_sessions <= 1000:
        raise InvalidInput({"most_sessions": [_("Between 1 and 1,000, or nothing for any number.")]})
    if asked.step_up is not None and not 0 < asked.step_up <= ABSOLUTE:
        raise InvalidInput({"step_up": [_("Between a second and thirty days.")]})
    if asked.break_glass_id is not None and not _is_person(asked.break_glass_id):
        raise InvalidInput({"break_glass": [_("Choose somebody who works here.")]})
    if set(asked.methods) == {Method.PROVIDER} and asked.break_glass_id is None:
        sentence = _("Say who may come in otherwise, for the day on which the provider does not answer.")
        raise InvalidInput({"break_glass": [sentence]})
    is_excepted = asked.break_glass_id is not None and asked.break_glass_id == actor.member_id
    if actor.session_id and not is_excepted and list_own_ways(actor).isdisjoint(asked.methods):
        sentence = _("This would lock you out: you have nothing of what it asks for. Add it to your own account first.")
        raise InvalidInput({"methods": [sentence]})


def _is_person(member_id: UUID) -> bool:
    return Member.objects.filter(id=member_id, kind=MemberKind.PERSON, is_active=True, user__is_active=True).exists()
