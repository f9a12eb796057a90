from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.base.manifest import (
    FilePurpose,
    Grantable,
    JobKind,
    Manifest,
    NavigationItem,
    Purpose,
    Queue,
    Right,
    Role,
    Sensitive,
    Text,
    Verb,
)

SEE_ALL = "claims.see_all"
"""All claims of the organisation, with what was diagnosed and done."""
SEE_MONEY = "claims.see_money"
"""All claims, without what was diagnosed and done (45 CFR 164.502(b): minimum necessary)."""
SUBMIT, PROCESS, MANAGE = "claims.submit", "claims.process", "claims.manage"
PROVIDE, BE_PATIENT = "claims.provide", "claims.be_patient"
APPROVE, PAY = "claims.approve", "claims.pay"
REPORT_EVENTS, SETTLE_APPEALS = "claims.report_events", "claims.settle_appeals"
CONFIGURE, SWITCH_RULES = "claims.configure", "claims.switch_rules"
READ = (SEE_ALL, SEE_MONEY, PROCESS, PROVIDE, BE_PATIENT)
"""Each lets its holder see some claims, or all."""
WORK = (MANAGE, PROCESS)
SEE_EVENTS = (SEE_ALL, MANAGE, PROCESS, PROVIDE, BE_PATIENT, REPORT_EVENTS)
"""Each lets its holder see what happened to some patients, or to all."""

CLAIM, PATIENT = "claims.claim", "claims.patient"
"""The kinds of records, as grants, emergencies and the report of disclosures know them."""
TO_PROCESS, TO_PAY, TO_TREAT, AS_OWN, TO_EXPORT = "processing", "payment", "treatment", "own", "export"
"""What claims and patients are read for (45 CFR 164.506(c): treatment, payment, operations)."""
PURPOSES = (
    Purpose(TO_PROCESS, _("Processing")),
    Purpose(TO_PAY, _("Payment")),
    Purpose(TO_TREAT, _("Treatment")),
    Purpose(AS_OWN, _("Own claims")),
    Purpose(TO_EXPORT, _("Export")),
)

INGEST_KEY = "ingest"
"""The organisation's secret under which what comes again is recognised."""
ATTACHMENT, IMPORT, FEES = "claims.attachment", "claims.import", "claims.fees"
EVENT_JOB, EXPIRY, ADJUDICATE, SIMULATE, CLOCKS = (
    "claims.event",
    "claims.expiry",
    "claims.adjudicate",
    "claims.simulate",
    "claims.clocks",
)

MATCH = "claims.match"
CODES, CODES_JOB = "claims.codes", "claims.codes"

DAY = 86_400


def _queue(code: str, title: Text, right: str, *, service_level: int = 2 * DAY) -> Queue:
    """Its page has the address of its code, with a colon."""
    return Queue(code, title, right, code.replace(".", ":"), lease=1200, service_level=service_level)


def _setting(title: Text, url_name: str, icon: str, right: str | tuple[str, ...] = CONFIGURE) -> NavigationItem:
    return NavigationItem(_("Claims"), title, url_name, icon, right, rank=1, is_setting=True)


MEDICAL_QUEUE = _queue("claims.medical", _("Medical review"), PROCESS)
DUPLICATE_QUEUE = _queue("claims.duplicates", _("Suspect duplicates"), PROCESS)
AMOUNT_QUEUE = _queue("claims.amounts", _("High amounts"), APPROVE)
INFORMATION_QUEUE = _queue("claims.information", _("Missing information"), PROCESS)
APPEAL_QUEUE = _queue("claims.appeals", _("Appeals"), SETTLE_APPEALS, service_level=14 * DAY)
"""Its subjects are appeals; those of the others are claims."""

MANIFEST = Manifest(
    app="claims",
    rights=(
        Right(SEE_ALL, _("See all claims")),
        Right(SEE_MONEY, _("See the amounts of all claims")),
        Right(SUBMIT, _("Submit claims")),
        Right(PROCESS, _("Process assigned claims")),
        Right(MANAGE, _("Manage all claims")),
        Right(PROVIDE, _("See one's own claims as a provider")),
        Right(BE_PATIENT, _("See one's own claims as a patient")),
        Right(APPROVE, _("Approve claims"), has_amount=True),
        Right(PAY, _("Pay claims")),
        Right(REPORT_EVENTS, _("Report what happened to patients")),
        Right(SETTLE_APPEALS, _("Decide appeals")),
        Right(CONFIGURE, _("Set up plans, prices, codes and rules")),
        Right(SWITCH_RULES, _("Switch rules on")),
    ),
    roles=(
        Role(
            "claims-admin",
            _("Claims administrator"),
            (SEE_ALL, SUBMIT, PROCESS, MANAGE, APPROVE, PAY, REPORT_EVENTS, SETTLE_APPEALS, CONFIGURE, SWITCH_RULES),
        ),
        Role("claims-processor", _("Claims processor"), (SUBMIT, PROCESS, APPROVE, REPORT_EVENTS)),
        Role("claims-examiner", _("Examiner of appeals"), (SEE_ALL, SETTLE_APPEALS)),
        Role("claims-finance", _("Claims finance"), (SEE_MONEY, PAY)),
        Role("provider", _("Provider"), (SUBMIT, PROVIDE, REPORT_EVENTS)),
        Role("patient", _("Patient"), (BE_PATIENT,)),
        Role("claims-reader", _("Reader of claims"), (SEE_ALL,)),
    ),
    navigation=(
        NavigationItem(
            _("Work"), _("Medical review"), "claims:medical", "stethoscope", PROCESS, "", MEDICAL_QUEUE.code
        ),
        NavigationItem(
            _("Work"), _("Suspect duplicates"), "claims:duplicates", "copy", PROCESS, "", DUPLICATE_QUEUE.code
        ),
        NavigationItem(_("Work"), _("High amounts"), "claims:amounts", "cash-banknote", APPROVE, "", AMOUNT_QUEUE.code),
        NavigationItem(
            _("Work"),
            _("Missing information"),
            "claims:information",
            "zoom-question",
            PROCESS,
            "",
            INFORMATION_QUEUE.code,
        ),
        NavigationItem(_("Work"), _("Appeals"), "claims:appeals", "gavel", SETTLE_APPEALS, "", APPEAL_QUEUE.code),
        NavigationItem(
            _("Claims"), _("Claims"), "claims:list", "file-text", (SEE_ALL, SEE_MONEY, PROCESS), "c", is_narrowed=True
        ),
        NavigationItem(
            _("Claims"), _("My claims"), "claims:list", "file-description", (PROVIDE, BE_PATIENT), is_home=True
        ),
        NavigationItem(_("Claims"), _("Patients"), "claims:patients", "users", (SEE_ALL, *WORK, PROVIDE)),
        NavigationItem(_("Claims"), _("Providers"), "claims:providers", "building-hospital", (SEE_ALL, *WORK)),
        NavigationItem(_("Claims"), _("Patient events"), "claims:events", "activity", (SEE_ALL, MANAGE, PROCESS)),
        NavigationItem(_("Claims"), _("Deadlines"), "claims:clocks", "hourglass", (SEE_ALL, SEE_MONEY, *WORK)),
        NavigationItem(_("Claims"), _("Payments"), "claims:payments", "coins", (PAY, SEE_MONEY, SEE_ALL)),
        NavigationItem(_("Claims"), _("Figures"), "claims:dashboard", "chart-dots", (SEE_ALL, MANAGE)),
        _setting(_("Rules"), "claims:rule-sets", "scale", (CONFIGURE, SWITCH_RULES)),
        _setting(_("Plans"), "claims:plans", "shield"),
        _setting(_("Fee schedules"), "claims:schedules", "tags"),
        _setting(_("Code sets"), "claims:codes", "list-numbers"),
        _setting(_("Rules of deadlines"), "claims:clock-rules", "hourglass"),
    ),
    verbs=(
        Verb("claims.claim.taken", _("took a claim to process it")),
        Verb("claims.claim.reviewed", _("decided on a claim under review")),
        Verb("claims.request.asked", _("asked for information on a claim")),
        Verb("claims.request.answered", _("answered a request for information")),
        Verb("claims.request.withdrawn", _("withdrew a request for information")),
        Verb("claims.attachment.added", _("added a document to a claim")),
        Verb("claims.appeal.filed", _("filed an appeal")),
        Verb("claims.appeal.decided", _("decided an appeal")),
        Verb("claims.clock.breached", _("let a deadline pass")),
        Verb("claims.clock_rule.added", _("added a deadline")),
        Verb("claims.clock_rule.ended", _("ended a deadline")),
        Verb("claims.claim.submitted", _("submitted a claim")),
        Verb("claims.claims.submitted", _("submitted claims")),
        Verb("claims.claim.drafted", _("drafted a claim")),
        Verb("claims.claim.discarded", _("discarded a draft")),
        Verb("claims.claim.changed", _("changed a claim")),
        Verb("claims.claims.moved", _("set the status of claims")),
        Verb("claims.claim.corrected", _("corrected a claim")),
        Verb("claims.claims.adjudicated", _("adjudicated claims")),
        Verb("claims.claim.readjudicated", _("adjudicated a claim again")),
        Verb("claims.payments.scheduled", _("set claims down for payment")),
        Verb("claims.payments.made", _("paid claims")),
        Verb("claims.plan.added", _("added a plan")),
        Verb("claims.plan.changed", _("changed a plan")),
        Verb("claims.benefit.added", _("added a benefit to a plan")),
        Verb("claims.benefit.changed", _("changed a benefit of a plan")),
        Verb("claims.coverage.added", _("added a patient's cover")),
        Verb("claims.coverage.changed", _("changed a patient's cover")),
        Verb("claims.authorization.added", _("promised a service before it was done")),
        Verb("claims.schedule.added", _("added a fee schedule")),
        Verb("claims.schedule.changed", _("said until when a fee schedule holds")),
        Verb("claims.schedule.loaded", _("loaded prices")),
        Verb("claims.rules.drafted", _("drafted a version of the rules")),
        Verb("claims.rules.changed", _("changed a version of the rules")),
        Verb("claims.rules.proposed", _("proposed a version of the rules")),
        Verb("claims.rules.simulated", _("tried a version of the rules")),
        Verb("claims.rules.activated", _("switched a version of the rules on")),
        Verb("claims.rules.retired", _("retired a version of the rules")),
        Verb("claims.claim.withdrawn", _("withdrew a claim")),
        Verb("claims.claims.assigned", _("assigned claims")),
        Verb("claims.claims.expired", _("let claims expire")),
        Verb("claims.event.reported", _("reported a patient event")),
        Verb("claims.event.changed", _("corrected a patient event")),
        Verb("claims.event.matched", _("said whom a patient event is about")),
        Verb("claims.event.resent", _("sent a patient event again")),
        Verb("claims.patient.added", _("added a patient")),
        Verb("claims.patient.changed", _("changed a patient")),
        Verb("claims.provider.added", _("added a provider")),
        Verb("claims.provider.changed", _("changed a provider")),
        Verb("claims.parties.added", _("added patients and providers from a file")),
        Verb("claims.codes.loaded", _("loaded a code set")),
        Verb("claims.import.opened", _("uploaded a file of claims")),
        Verb("claims.import.started", _("started an import")),
    ),
    jobs=(
        JobKind(IMPORT, _("Import of claims"), run="bailiwick.apps.claims.tasks.run_import", right=SUBMIT),
        JobKind(
            code=EXPIRY,
            title=_("Expiry of claims without movement"),
            run="bailiwick.apps.claims.actions.expiry.expire_claims",
            every=DAY,
        ),
        JobKind(
            CODES_JOB, _("Loading of codes"), "bailiwick.apps.claims.actions.codes.load_uploaded", CONFIGURE, tries=2
        ),
        JobKind(CLOCKS, _("Deadlines that passed"), "bailiwick.apps.claims.actions.clocks.mark_breaches", every=3600),
        JobKind(EVENT_JOB, _("Patient event"), "bailiwick.apps.claims.tasks.apply_reported", time_limit=10, at_once=4),
        JobKind(
            ADJUDICATE,
            _("Adjudication of waiting claims"),
            run="bailiwick.apps.claims.actions.batches.run_batch",
            right=MANAGE,
            at_once=2,
        ),
        JobKind(
            SIMULATE,
            _("Simulation of rules"),
            run="bailiwick.apps.claims.actions.simulating.run_simulation",
            right=CONFIGURE,
        ),
        JobKind(MATCH, _("Patients of parked events"), "bailiwick.apps.claims.tasks.match_parked", tries=1, every=300),
    ),
    sensitives=(
        Sensitive(
            CLAIM,
            _("Claim"),
            purposes=PURPOSES,
            find="bailiwick.apps.claims.queries.claims.find_known_by",
            role="claims-reader",
            url_name="claims:record",
        ),
        Sensitive(
            PATIENT,
            _("Patient"),
            purposes=PURPOSES,
            find="bailiwick.apps.claims.queries.parties.find_known_by",
            role="",
            url_name="claims:patient",
        ),
    ),
    grantables=(
        Grantable(CLAIM, _("Claim"), find="bailiwick.apps.claims.queries.claims.get_claim", url_name="claims:record"),
    ),
    queues=(MEDICAL_QUEUE, DUPLICATE_QUEUE, AMOUNT_QUEUE, INFORMATION_QUEUE, APPEAL_QUEUE),
    files=(
        FilePurpose(CODES, _("List of codes"), kinds=("csv", "xlsx", "text"), kept=7 * DAY),
        FilePurpose(IMPORT, _("Import of claims"), kinds=("csv", "jsonl", "xlsx"), largest=256 << 20, kept=90 * DAY),
        FilePurpose(
            FEES, _("List of prices"), kinds=("csv", "xlsx"), right=CONFIGURE, largest=32 << 20, kept=365 * DAY
        ),
        # As long as records of Medicare Advantage are kept (42 CFR 422.504(d)): ten years.
        FilePurpose(
            ATTACHMENT,
            _("Document to a claim"),
            kinds=("pdf", "png", "jpeg"),
            largest=25 << 20,
            kept=3653 * DAY,
            is_evidence=True,
        ),
    ),
    kinds={
        "claims.patient": _("Patient"),
        "claims.provider": _("Provider"),
        "claims.plan": _("Plan"),
        "claims.benefit": _("Benefit"),
        "claims.coverage": _("Coverage"),
        "claims.accumulator": _("Accumulator"),
        "claims.priorauthorization": _("Prior authorisation"),
        "claims.feeschedule": _("Fee schedule"),
        "claims.fee": _("Fee"),
        "claims.ruleset": _("Version of the rules"),
        "claims.simulation": _("Simulation"),
        "claims.clockrule": _("Deadline"),
        "claims.claim": _("Claim"),
        "claims.claimline": _("Line of a claim"),
        "claims.patientevent": _("Patient event"),
        "claims.codeset": _("Code set"),
        "claims.claimimport": _("Import of claims"),
        "claims.informationrequest": _("Request for information"),
        "claims.appeal": _("Appeal"),
        "claims.clock": _("Clock"),
    },
    demo="bailiwick.apps.claims.demo.populate",
)
