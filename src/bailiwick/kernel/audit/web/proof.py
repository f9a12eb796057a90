"""The proof page: what is sealed, where seals are kept outside, and whether all of it still holds."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.timezone import now
from django.utils.translation import gettext_lazy

from bailiwick.kernel.audit import verifier
from bailiwick.kernel.audit.choices import AnchorKind
from bailiwick.kernel.audit.mails import STAMP_TYPE
from bailiwick.kernel.audit.manifest import ANCHOR, BUNDLE, READ, READ_SENSITIVE, VERIFY
from bailiwick.kernel.audit.models import Anchor, Block
from bailiwick.kernel.audit.queries.anchors import (
    count_unsealed,
    find_block,
    find_verification,
    get_anchor,
    get_policy,
    list_days,
    list_last,
)
from bailiwick.kernel.audit.queries.blocks import get_newest_block
from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.jobs.actions import submit_job
from bailiwick.kernel.web.pages import Page

LATE = timedelta(minutes=5)
"""By then everything is sealed, and the seal in the file, unless something keeps it."""
GUARDS = {
    AnchorKind.FILE: gettext_lazy("whoever has the database, and not the machine of the worker"),
    AnchorKind.MAIL: gettext_lazy("whoever has the installation, and not these mailboxes"),
    AnchorKind.TIMESTAMP: gettext_lazy("whoever has the installation, once you have taken the proof elsewhere"),
}


@dataclass(frozen=True, slots=True)
class Way:
    """One way of keeping seals outside: what was kept last, and whether more is to be expected than is there."""

    kind: AnchorKind
    guards: object
    anchor: Anchor | None
    sealed_at: datetime | None
    is_wanted: bool
    is_late: bool


class Proof(Page):
    """What is sealed, what is not, and until when the promise holds."""

    right = READ
    template_name = "audit/proof.html"
    navigation_name = "audit:proof"

    def get(self, request: HttpRequest) -> HttpResponse:
        newest = get_newest_block()
        unsealed = count_unsealed(newest, self.actor.organization_id)
        ways = self.ways(newest)
        covered = [way.sealed_at for way in ways if way.sealed_at]
        return self.show(
            newest=newest,
            newest_hash=bytes(newest.hash).hex() if newest else "",
            unsealed=unsealed,
            is_late=bool(unsealed.oldest and now() - unsealed.oldest > LATE),
            ways=ways,
            covered_until=max(covered, default=None),
            verification=find_verification(self.actor),
            days=list_days(newest),
            may_anchor=self.actor.may(ANCHOR),
            may_bundle=self.actor.may(READ_SENSITIVE),
        )

    def ways(self, newest: Block | None) -> list[Way]:
        last, policy = list_last(self.actor), get_policy()
        wanted = {
            AnchorKind.FILE: True,
            AnchorKind.MAIL: bool(policy.addresses),
            AnchorKind.TIMESTAMP: bool(policy.authority_url),
        }
        allowed = {kind: timedelta(seconds=2 * policy.every) for kind in AnchorKind} | {AnchorKind.FILE: LATE}
        found = []
        for kind, is_wanted in wanted.items():
            anchor = last.get(kind)
            block = find_block(anchor.number) if anchor else None
            sealed_at = block.at if block and anchor and bytes(block.hash) == bytes(anchor.hash) else None
            is_behind = newest is not None and (anchor is None or anchor.number < newest.number)
            since = anchor.at if anchor else newest.at if newest else now()
            is_late = is_wanted and is_behind and now() - since > allowed[kind]
            found.append(Way(kind, GUARDS[kind], anchor, sealed_at, is_wanted, is_late))
        return found


class StartProving(Page):
    """Starts one of the jobs of the proof page, and shows how it goes."""

    right = READ
    navigation_name = "audit:proof"
    http_method_names = ["post"]
    kind = ""

    def post(self, request: HttpRequest) -> HttpResponse:
        job = submit_job(actor=self.actor, kind=self.kind)
        return redirect("jobs:job", job.id)


class Verify(StartProving):
    """Recomputes every seal, and compares with what was kept outside."""

    kind = VERIFY


class MakeBundle(StartProving):
    """Writes down seals and rows, whole, for whoever verifies without us."""

    right = READ_SENSITIVE
    kind = BUNDLE


class Verifier(Page):
    """The stand-alone verifier, one file."""

    right = READ
    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest) -> HttpResponseBase:
        name = "bailiwick-verifier.py"
        content = Path(verifier.__file__).open("rb")  # noqa: SIM115  the answer closes it
        return FileResponse(content, as_attachment=True, filename=name, content_type="text/x-python")


class OneAnchor(Page):
    """The line of an anchor, as a file: exactly what a time stamp is over."""

    right = READ
    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, anchor_id: UUID) -> HttpResponse:
        _anchor, line = get_anchor(self.actor, anchor_id)
        return _attachment(line.text.encode(), f"{line.name}.jsonl", "application/jsonl")


class AnchorStamp(Page):
    """The answer of the authority, as `openssl ts` takes it."""

    right = READ
    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, anchor_id: UUID) -> HttpResponse:
        anchor, line = get_anchor(self.actor, anchor_id)
        if anchor.proof is None:
            raise NotFound
        return _attachment(bytes(anchor.proof), f"{line.name}.tsr", STAMP_TYPE)


def _attachment(content: bytes, name: str, content_type: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store, private"}
    return HttpResponse(content, content_type=content_type, headers=headers)
