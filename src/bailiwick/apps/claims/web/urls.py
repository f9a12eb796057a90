from django.urls import URLPattern, path

from bailiwick.apps.claims.web.appeals import AppealPage
from bailiwick.apps.claims.web.changing import (
    ApprovePage,
    AssignPage,
    JudgePage,
    PayPage,
    RejectPage,
    ReopenPage,
    ReviewPage,
    WithdrawPage,
)
from bailiwick.apps.claims.web.clock_rules import ClockRuleList, EndClockRule, NewClockRule
from bailiwick.apps.claims.web.clocks import ClockBoard
from bailiwick.apps.claims.web.codes import CodeSetList, LoadCodes
from bailiwick.apps.claims.web.correcting import CorrectPage
from bailiwick.apps.claims.web.covers import ChangeCover, NewAuthorization, NewCover
from bailiwick.apps.claims.web.dashboard import DashboardFile, DashboardPage
from bailiwick.apps.claims.web.documents import AddDocument, OpenDocument
from bailiwick.apps.claims.web.events import CancelEvent, EventList, EventPage, MatchEvent, SendEvent
from bailiwick.apps.claims.web.imports import (
    CheckPage,
    ColumnsPage,
    ImportList,
    RejectedRows,
    ResultPage,
    TakenClaims,
    UploadPage,
)
from bailiwick.apps.claims.web.keeping import (
    ChangePatientPage,
    ChangeProviderPage,
    NewPatientPage,
    NewProviderPage,
)
from bailiwick.apps.claims.web.lists import ClaimList, DraftList
from bailiwick.apps.claims.web.parties import PatientList, PatientPage, ProviderList, ProviderPage
from bailiwick.apps.claims.web.payments import AdjudicateWaiting, RunList, RunPage
from bailiwick.apps.claims.web.plans import BenefitList, BenefitPage, NewBenefit, NewPlan, PlanList, PlanPage
from bailiwick.apps.claims.web.records import DocumentsPage, HistoryPage, RecordPage
from bailiwick.apps.claims.web.requests import AnswerPage, AskPage, WithdrawRequest
from bailiwick.apps.claims.web.rule_sets import (
    DraftRules,
    ProposeRules,
    RetireRules,
    RuleSetList,
    RulesPage,
    SwitchRules,
)
from bailiwick.apps.claims.web.schedules import FeeList, LoadFees, NewSchedule, ScheduleList, SchedulePage
from bailiwick.apps.claims.web.simulations import ChangedClaims, SimulationPage, TryRules
from bailiwick.apps.claims.web.submitting import ChangePage, DraftPage, NewClaimPage
from bailiwick.apps.claims.web.work import (
    AmountWork,
    AppealWork,
    Decide,
    DuplicateWork,
    InformationWork,
    MedicalWork,
    Release,
    Renew,
    Skip,
    TakeNext,
)

urlpatterns: list[URLPattern] = [
    path("claims/", ClaimList.as_view(), name="list"),
    path("settings/claims/codes/", CodeSetList.as_view(), name="codes"),
    path("settings/claims/codes/load/", LoadCodes.as_view(), name="codes-load"),
    path("claims/dashboard/", DashboardPage.as_view(), name="dashboard"),
    path("claims/dashboard/figures.csv", DashboardFile.as_view(), name="dashboard-file"),
    path("claims/new/", NewClaimPage.as_view(), name="new"),
    path("claims/drafts/", DraftList.as_view(), name="drafts"),
    path("claims/drafts/<uuid:draft_id>/", DraftPage.as_view(), name="draft"),
    path("claims/events/", EventList.as_view(), name="events"),
    path("claims/events/<uuid:patient_event_id>/", EventPage.as_view(), name="event"),
    path("claims/events/<uuid:patient_event_id>/match/", MatchEvent.as_view(), name="event-match"),
    path("claims/events/<uuid:patient_event_id>/send/", SendEvent.as_view(), name="event-send"),
    path("claims/events/<uuid:patient_event_id>/cancel/", CancelEvent.as_view(), name="event-cancel"),
    path("claims/patients/", PatientList.as_view(), name="patients"),
    path("claims/patients/<uuid:patient_id>/", PatientPage.as_view(), name="patient"),
    path("claims/patients/new/", NewPatientPage.as_view(), name="patient-new"),
    path("claims/patients/<uuid:patient_id>/change/", ChangePatientPage.as_view(), name="patient-change"),
    path("claims/patients/<uuid:patient_id>/covers/new/", NewCover.as_view(), name="cover-new"),
    path("claims/patients/<uuid:patient_id>/covers/<uuid:coverage_id>/", ChangeCover.as_view(), name="cover"),
    path("claims/patients/<uuid:patient_id>/authorizations/new/", NewAuthorization.as_view(), name="authorization-new"),
    path("claims/providers/new/", NewProviderPage.as_view(), name="provider-new"),
    path("claims/providers/<uuid:billing_provider_id>/change/", ChangeProviderPage.as_view(), name="provider-change"),
    path("claims/providers/", ProviderList.as_view(), name="providers"),
    path("claims/providers/<uuid:billing_provider_id>/", ProviderPage.as_view(), name="provider"),
    path("claims/work/medical/", MedicalWork.as_view(), name="medical"),
    path("claims/work/duplicates/", DuplicateWork.as_view(), name="duplicates"),
    path("claims/work/amounts/", AmountWork.as_view(), name="amounts"),
    path("claims/work/information/", InformationWork.as_view(), name="information"),
    path("claims/work/appeals/", AppealWork.as_view(), name="appeals"),
    path("claims/work/next/", TakeNext.as_view(), name="work-next"),
    path("claims/work/decide/", Decide.as_view(), name="work-decide"),
    path("claims/work/skip/", Skip.as_view(), name="work-skip"),
    path("claims/work/release/", Release.as_view(), name="work-release"),
    path("claims/work/renew/", Renew.as_view(), name="work-renew"),
    path("claims/clocks/", ClockBoard.as_view(), name="clocks"),
    path("claims/<uuid:claim_id>/ask/", AskPage.as_view(), name="ask"),
    path(
        "claims/<uuid:claim_id>/requests/<uuid:information_request_id>/answer/",
        AnswerPage.as_view(),
        name="request-answer",
    ),
    path(
        "claims/<uuid:claim_id>/requests/<uuid:information_request_id>/withdraw/",
        WithdrawRequest.as_view(),
        name="request-withdraw",
    ),
    path("claims/<uuid:claim_id>/documents/add/", AddDocument.as_view(), name="document-add"),
    path("claims/<uuid:claim_id>/documents/<uuid:attachment_id>/", OpenDocument.as_view(), name="document"),
    path("claims/<uuid:claim_id>/appeal/", AppealPage.as_view(), name="appeal"),
    path("claims/<uuid:claim_id>/", RecordPage.as_view(), name="record"),
    path("claims/<uuid:claim_id>/documents/", DocumentsPage.as_view(), name="documents"),
    path("claims/<uuid:claim_id>/history/", HistoryPage.as_view(), name="history"),
    path("claims/<uuid:claim_id>/change/", ChangePage.as_view(), name="change"),
    path("claims/<uuid:claim_id>/correct/", CorrectPage.as_view(), name="correct"),
    path("claims/<uuid:claim_id>/approve/", ApprovePage.as_view(), name="approve"),
    path("claims/<uuid:claim_id>/reject/", RejectPage.as_view(), name="reject"),
    path("claims/<uuid:claim_id>/reopen/", ReopenPage.as_view(), name="reopen"),
    path("claims/<uuid:claim_id>/review/", ReviewPage.as_view(), name="review"),
    path("claims/<uuid:claim_id>/judge/", JudgePage.as_view(), name="judge"),
    path("claims/<uuid:claim_id>/pay/", PayPage.as_view(), name="pay"),
    path("claims/<uuid:claim_id>/assign/", AssignPage.as_view(), name="assign"),
    path("claims/<uuid:claim_id>/withdraw/", WithdrawPage.as_view(), name="withdraw"),
    path("claims/import/", UploadPage.as_view(), name="import"),
    path("claims/imports/", ImportList.as_view(), name="imports"),
    path("claims/import/<uuid:claim_import_id>/columns/", ColumnsPage.as_view(), name="import-columns"),
    path("claims/import/<uuid:claim_import_id>/check/", CheckPage.as_view(), name="import-check"),
    path("claims/import/<uuid:claim_import_id>/", ResultPage.as_view(), name="import-result"),
    path("claims/import/<uuid:claim_import_id>/rejected/", RejectedRows.as_view(), name="import-rejected"),
    path("claims/import/<uuid:claim_import_id>/taken/", TakenClaims.as_view(), name="import-taken"),
    path("claims/payments/", RunList.as_view(), name="payments"),
    path("claims/payments/<uuid:payment_run_id>/", RunPage.as_view(), name="payment-run"),
    path("claims/adjudicate/", AdjudicateWaiting.as_view(), name="adjudicate"),
    path("settings/claims/deadlines/", ClockRuleList.as_view(), name="clock-rules"),
    path("settings/claims/deadlines/new/", NewClockRule.as_view(), name="clock-rule-new"),
    path("settings/claims/deadlines/<uuid:clock_rule_id>/end/", EndClockRule.as_view(), name="clock-rule-end"),
    path("settings/claims/plans/", PlanList.as_view(), name="plans"),
    path("settings/claims/plans/new/", NewPlan.as_view(), name="plan-new"),
    path("settings/claims/plans/<uuid:plan_id>/", PlanPage.as_view(), name="plan"),
    path("settings/claims/plans/<uuid:plan_id>/benefits/", BenefitList.as_view(), name="benefits"),
    path("settings/claims/plans/<uuid:plan_id>/benefits/new/", NewBenefit.as_view(), name="benefit-new"),
    path("settings/claims/plans/<uuid:plan_id>/benefits/<uuid:benefit_id>/", BenefitPage.as_view(), name="benefit"),
    path("settings/claims/prices/", ScheduleList.as_view(), name="schedules"),
    path("settings/claims/prices/new/", NewSchedule.as_view(), name="schedule-new"),
    path("settings/claims/prices/<uuid:schedule_id>/", FeeList.as_view(), name="fees"),
    path("settings/claims/prices/<uuid:schedule_id>/until/", SchedulePage.as_view(), name="schedule"),
    path("settings/claims/prices/<uuid:schedule_id>/load/", LoadFees.as_view(), name="fees-load"),
    path("settings/claims/rules/", RuleSetList.as_view(), name="rule-sets"),
    path("settings/claims/rules/draft/", DraftRules.as_view(), name="rules-draft"),
    path("settings/claims/rules/<uuid:rule_set_id>/", RulesPage.as_view(), name="rules"),
    path("settings/claims/rules/<uuid:rule_set_id>/propose/", ProposeRules.as_view(), name="rules-propose"),
    path("settings/claims/rules/<uuid:rule_set_id>/switch/", SwitchRules.as_view(), name="rules-switch"),
    path("settings/claims/rules/<uuid:rule_set_id>/retire/", RetireRules.as_view(), name="rules-retire"),
    path("settings/claims/rules/<uuid:rule_set_id>/try/", TryRules.as_view(), name="rules-try"),
    path("settings/claims/trials/<uuid:simulation_id>/", SimulationPage.as_view(), name="simulation"),
    path("settings/claims/trials/<uuid:simulation_id>/claims/", ChangedClaims.as_view(), name="simulation-changes"),
]
