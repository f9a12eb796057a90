"""Recognising predictions that a file brings again."""

from collections.abc import Hashable, Sequence

from bailiwick.apps.predictions.manifest import INGEST_KEY
from bailiwick.apps.predictions.models import Prediction
from bailiwick.apps.predictions.rules import identify, spell
from bailiwick.apps.predictions.values import NewPrediction
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.tenancy.queries import get_secret


def identify_all(actor: Actor, news: Sequence[NewPrediction]) -> list[bytes]:
    """Under what each is recognised when the actor sends it again."""
    key, member_id = get_secret(INGEST_KEY), str(actor.member_id)
    return [identify(key, member_id, new, spell(new))[0] for new in news]


def find_known(identities: Sequence[bytes]) -> set[Hashable]:
    """Those under which a prediction is stored."""
    return set(map(bytes, Prediction.objects.filter(identity__in=identities).values_list("identity", flat=True)))
