"""One claim on a page of its own: overview, documents, history."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from bailiwick.apps.claims.actions.disclosing import show_claims
from bailiwick.apps.claims.choices import LOOKS, AppealVerdict, RequestState, Stage, Verdict
from bailiwick.apps.claims.manifest import MANAGE
from bailiwick.apps.claims.models import Claim
from bailiwick.apps.claims.queries import records
from bailiwick.apps.claims.queries.appeals import find_standing
from bailiwick.apps.claims.queries.claims import get_version, list_changes, list_unmasked
from bailiwick.apps.claims.queries.listed import next_due
from bailiwick.apps.claims.queries.requests import is_party, is_worker
from bailiwick.apps.claims.web.narrowing import may_see_work
from bailiwick.apps.claims.web.standing import life_of, offers_of, primary_of
from bailiwick.kernel.access.queries.grants import may_give_over
from bailiwick.kernel.base.manifest import Text
from bailiwick.kernel.base.rights import MEMBER
from bailiwick.kernel.decisions.models import Decision
from bailiwick.kernel.disclosures.manifest import READ
from bailiwick.kernel.web.pages import Page


class ClaimPage(Page):
    """What the pages about one claim share: its head, its tabs, and that it is recorded as shown."""

    right = MEMBER
    navigation_name = "claims:list"

    def open(self, claim_id: UUID) -> Claim:
        """The claim or earlier version, recorded as shown; raises NotFound."""
        claim = get_version(self.actor, claim_id)
        show_claims(actor=self.actor, claim_ids=[claim.id])
        return claim

    def show_claim(self, claim: Claim, *, status: int = 200, **context: Any) -> HttpResponse:
        stage = Stage(claim.stage)
        return self.show(
            status=status,
            claim=claim,
            stage=stage,
            look=LOOKS[stage],
            is_masked=not list_unmasked(self.actor, [claim.id]),
            is_work=may_see_work(self.actor),
            due_at=next_due(claim),
            primary=primary_of(self.actor, claim),
            offers=offers_of(self.actor, claim),
            may_answer=claim.is_live and (is_party(self.actor, claim) or is_worker(self.actor, claim)),
            **context,
        )


class RecordPage(ClaimPage):
    """What was claimed, what adjudication made of it line by line, and what people decided."""

    template_name = "claims/record.html"

    def get(self, request: HttpRequest, claim_id: UUID) -> HttpResponse:
        claim = self.open(claim_id)
        judgements = records.list_judgements(claim)
        judgement = judgements[0] if judgements else None
        if not may_see_work(self.actor):
            judgement = records.find_told(claim, judgement)
        lines = records.list_judged_lines(claim, judgement)
        shares = records.shares_of(lines)
        changes = list_changes(claim)
        appeals = records.list_appeals(claim)
        requests = records.list_requests(claim)
        may_appeal = claim.is_live and (is_party(self.actor, claim) or self.actor.may(MANAGE))
        return self.show_claim(
            claim,
            tab="overview",
            life=life_of(claim, changes),
            lines=lines,
            totals=records.totals_of(lines),
            judgement=judgement,
            judgements=judgements,
            decisions=[(each, verdict_of(each)) for each in records.list_decisions_on(claim, [a.id for a in appeals])],
            requests=requests,
            is_asked=any(each.state == RequestState.OPEN for each in requests),
            shares=shares,
            owed=sum(each.amount for each in shares if each.reason.group == "PR"),
            steps=records.read_trace(judgement.trace) if judgement else (),
            moved_by=records.find_mover(changes),
            is_patient=claim.patient.member_id == self.actor.member_id,
            appeals=appeals,
            appealing=find_standing(claim) if may_appeal else None,
            clocks=records.list_clocks(claim),
            payments=records.list_payments(claim),
            changes=changes,
            may_see_readers=self.actor.may(READ),
            may_give=may_give_over(self.actor, claim),
        )


class DocumentsPage(ClaimPage):
    """What was asked about a claim, and what was handed in."""

    template_name = "claims/record_documents.html"

    def get(self, request: HttpRequest, claim_id: UUID) -> HttpResponse:
        claim = self.open(claim_id)
        return self.show_claim(
            claim,
            tab="documents",
            requests=records.list_requests(claim),
            documents=records.list_documents(claim),
        )


class HistoryPage(ClaimPage):
    """Every move of a claim and every judgement, and the versions under its number."""

    template_name = "claims/record_history.html"

    def get(self, request: HttpRequest, claim_id: UUID) -> HttpResponse:
        claim = self.open(claim_id)
        return self.show_claim(
            claim,
            tab="history",
            changes=list_changes(claim),
            judgements=records.list_judgements(claim),
            versions=records.list_versions_of(self.actor, claim),
        )


def verdict_of(decision: Decision) -> Text:
    """What was decided, in words."""
    known = {**dict(Verdict.choices), **dict(AppealVerdict.choices)}
    return known.get(decision.verdict, decision.verdict)
