"""Putting seals outside: the job, and the page on which an organisation says where."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bailiwick.kernel.audit.actions import seal_rows
from bailiwick.kernel.audit.actions.anchors import change_anchor_policy, keep_in_file, note_anchor
from bailiwick.kernel.audit.choices import AnchorKind
from bailiwick.kernel.audit.errors import NothingSealed
from bailiwick.kernel.audit.gateways import stamp
from bailiwick.kernel.audit.mails import mail_anchor
from bailiwick.kernel.audit.manifest import ANCHOR, ANCHOR_NOW
from bailiwick.kernel.audit.models import AnchorPolicy
from bailiwick.kernel.audit.queries.anchors import get_policy, is_due, line_of
from bailiwick.kernel.audit.queries.blocks import get_newest_block
from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.base.errors import DomainError, InvalidInput
from bailiwick.kernel.identity.actions import require_fresh
from bailiwick.kernel.identity.mails import can_mail
from bailiwick.kernel.jobs.actions import submit_job
from bailiwick.kernel.jobs.running import Run
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.web.pages import Page, refuse_form

HOUR, DAY = 3600, 86_400
TIMES = {
    HOUR: gettext_lazy("every hour"),
    6 * HOUR: gettext_lazy("every 6 hours"),
    DAY: gettext_lazy("every day"),
    7 * DAY: gettext_lazy("every week"),
}


def anchor_when_due(run: Run) -> dict[str, int]:
    """The job that comes by the clock: the ways for which it is time."""
    with run.read():
        policy = get_policy()
        kinds = {kind for kind in AnchorKind if is_due(policy, kind)}
    return _anchor(run, policy, kinds)


def anchor_now(run: Run) -> dict[str, Any]:
    """The job that somebody asked for: all that is final is sealed, and the seal goes out in every way."""
    with enter(run.organization_id):
        seal_rows()
    with run.read():
        policy = get_policy()
        if get_newest_block() is None:
            raise NothingSealed
    return _anchor(run, policy, set(AnchorKind)) | {"url": reverse("audit:proof")}


def _anchor(run: Run, policy: AnchorPolicy, kinds: set[AnchorKind]) -> dict[str, Any]:
    keep_in_file(run.organization_id)
    with run.read() as actor:
        newest = get_newest_block()
        if newest is None:
            return {"anchors": 0}
        ref = actor.ref if actor else ActorRef(run.organization_id, None, "system")
        line, name = line_of(newest, now()), newest.organization.name
    url = policy.authority_url if AnchorKind.TIMESTAMP in kinds else ""
    addresses = policy.addresses if AnchorKind.MAIL in kinds and can_mail() else []
    proof, refusal = None, None
    if url and url not in run.position:
        try:
            proof = stamp(url, line)
        except DomainError as failure:
            refusal = failure  # of an authority that is away the addresses shall not suffer
        else:
            _step(run, url, partial(note_anchor, ref, line, AnchorKind.TIMESTAMP, url, proof))
    for address in addresses:
        if address not in run.position:
            mail_anchor(address, line, name, proof)
            _step(run, address, partial(note_anchor, ref, line, AnchorKind.MAIL, address))
    if refusal:
        raise refusal
    return {"anchors": len(run.position)}


def _step(run: Run, what: str, note: Callable[[], object]) -> None:
    """Note one thing that went out, so that a next try does not send it again."""
    with run.step():
        note()
        run.position |= {what: True}


class AnchorForm(forms.Form):
    addresses = forms.CharField(
        label=gettext_lazy("Mail it to"),
        help_text=gettext_lazy(
            "Addresses, one a line, best outside of your house: an auditor's, a notary's, one that archives."
        ),
        required=False,
        max_length=4000,
        widget=forms.Textarea({"rows": 4}),
    )
    authority_url = forms.CharField(
        label=gettext_lazy("Have it stamped by"),
        help_text=gettext_lazy(
            "The https address of a time-stamping authority (RFC 3161). It is sent a hash, and nothing that you keep."
        ),
        required=False,
        max_length=500,
        widget=forms.URLInput({"placeholder": "https://"}),
    )
    every = forms.TypedChoiceField(label=gettext_lazy("How often"), choices=list(TIMES.items()), coerce=int)

    def __init__(self, *args: Any, every: int, **options: Any) -> None:
        super().__init__(*args, **options)
        if every not in TIMES:
            field: Any = self.fields["every"]
            field.choices = [*field.choices, (every, _("every %(n)s seconds") % {"n": every})]

    def clean_addresses(self) -> list[str]:
        return str(self.cleaned_data["addresses"]).replace(",", "\n").split()


class AnchorSettings(Page):
    """Where seals are kept outside besides the file."""

    right = ANCHOR
    template_name = "audit/anchors.html"
    navigation_name = "audit:proof"

    def get(self, request: HttpRequest) -> HttpResponse:
        policy = get_policy()
        given = {name: getattr(policy, name) for name in ("authority_url", "every")}
        return self.display(AnchorForm(initial=given | {"addresses": "\n".join(policy.addresses)}, every=policy.every))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = AnchorForm(request.POST, every=get_policy().every)
        if form.is_valid():
            require_fresh(self.actor)
            try:
                with transaction.atomic():
                    change_anchor_policy(actor=self.actor, **form.cleaned_data)
            except InvalidInput as refusal:
                refuse_form(form, refusal)
            else:
                self.tell(_("Stored. The next seal goes there within the hour."))
                return redirect("audit:anchors")
        return self.display(form, status=422)

    def display(self, form: AnchorForm, status: int = 200) -> HttpResponse:
        return self.show(status=status, form=form, can_mail=can_mail())


class AnchorNow(Page):
    """Seals what is there, and puts it outside at once."""

    right = ANCHOR
    navigation_name = "audit:proof"
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        with transaction.atomic():
            job = submit_job(actor=self.actor, kind=ANCHOR_NOW)
        return redirect("jobs:job", job.id)
