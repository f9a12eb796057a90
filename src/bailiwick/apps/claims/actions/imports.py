"""Bringing claims in from a file: what of it is theirs alone."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import partial
from typing import Any, BinaryIO
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from bailiwick.apps.claims.actions.newcomers import add_parties
from bailiwick.apps.claims.actions.submission import Outcome, submit_claims
from bailiwick.apps.claims.choices import Source
from bailiwick.apps.claims.errors import ExternalIdTaken
from bailiwick.apps.claims.manifest import IMPORT, MANAGE, SUBMIT
from bailiwick.apps.claims.models import ClaimImport, ImportedClaim, RejectedClaim
from bailiwick.apps.claims.queries.imports import find_parties, find_sent
from bailiwick.apps.claims.rules.columns import NAMES, guess
from bailiwick.apps.claims.rules.rows import number_of, place, read_object, read_rows
from bailiwick.apps.claims.rules.whose import foresee, settle
from bailiwick.apps.claims.values.claims import NewClaim
from bailiwick.apps.claims.values.imports import GivenClaim
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.base.errors import DomainError, InvalidInput
from bailiwick.kernel.files.choices import FileKind
from bailiwick.kernel.imports import actions as imports
from bailiwick.kernel.imports.values import Importer


class ClaimImporter(Importer):
    """Rows that stand together under one number are the lines of a claim; an object of JSON lines is one whole."""

    app, code, right = "claims", IMPORT, SUBMIT
    model, taken_model, rejected_model = ClaimImport, ImportedClaim, RejectedClaim
    kept_as = "claim"
    required = {
        "number": _("Say which column has the number of the claim."),
        "service_date": _("Say which column has the day of service."),
    }

    def guess(self, columns: Sequence[str], kind: str) -> dict[str, Any]:
        return {"mapping": {} if kind == FileKind.JSONL else guess(columns)}

    def has_objects(self, opened: ClaimImport) -> bool:
        return opened.file.kind == FileKind.JSONL

    def key_of(self, opened: ClaimImport) -> Callable[[Mapping[str, Any]], Any] | None:
        return None if self.has_objects(opened) else partial(number_of, opened.mapping)

    def place(self, opened: ClaimImport, name: str) -> tuple[int, str]:
        return (0, name) if self.has_objects(opened) else place(opened.mapping, name)

    def explain(self, refusal: DomainError) -> Mapping[str, list[str]]:
        if isinstance(refusal, ExternalIdTaken):
            return {"number": [str(refusal)]}
        return super().explain(refusal)

    def store(self, actor: Actor, opened: ClaimImport, news: Sequence[GivenClaim]) -> list[Outcome]:
        parties = find_parties(actor, news)
        if opened.adds_parties:
            parties = add_parties(actor=actor, givens=news, parties=parties)
        settled = [settle(given, parties) for given in news]
        rows = [new for new in settled if isinstance(new, NewClaim)]
        outcomes = iter(submit_claims(actor=actor, rows=rows, source=Source.IMPORT))
        return [next(outcomes) if isinstance(new, NewClaim) else Outcome(refusal=new) for new in settled]

    def identify(
        self, actor: Actor, opened: ClaimImport, news: Sequence[GivenClaim]
    ) -> Sequence[Hashable | DomainError]:
        parties = find_parties(actor, news)
        today = localdate()
        return [foresee(given, parties, today=today, adds_parties=opened.adds_parties) for given in news]

    def find_known(self, actor: Actor, keys: Sequence[str]) -> set[Hashable]:
        return find_sent(actor, keys)


CLAIMS = ClaimImporter()

start_import = partial(imports.start_import, CLAIMS)


def map_columns(*, actor: Actor, import_id: UUID, mapping: Mapping[str, str]) -> ClaimImport:
    """As every import; raises InvalidInput for a field that claims do not have, too."""
    if unknown := [field for field in mapping if field not in NAMES]:
        raise InvalidInput({field: [str(_("Nothing of this name is known."))] for field in unknown})
    mapped: ClaimImport = imports.map_columns(CLAIMS, actor=actor, import_id=import_id, mapping=mapping)
    return mapped


def open_import(
    *, actor: Actor, upload: "UploadedFile[Any] | tuple[str, BinaryIO]", adds_parties: bool = False
) -> ClaimImport:
    """As every import; who has it add patients and providers needs the right to manage claims."""
    if adds_parties:
        actor.require(MANAGE)
    opened: ClaimImport = imports.open_import(CLAIMS, actor=actor, upload=upload, adds_parties=adds_parties)
    return opened


def read_claim(opened: ClaimImport, rows: Sequence[Mapping[str, Any]]) -> GivenClaim:
    """What the rows of one claim, or its object, say; raises InvalidInput."""
    return read_object(rows[0]) if CLAIMS.has_objects(opened) else read_rows(opened.mapping, rows)
