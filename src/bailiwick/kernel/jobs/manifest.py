from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.base.manifest import Manifest, NavigationItem, Right, Verb

MANAGE = "jobs.manage"

MANIFEST = Manifest(
    app="jobs",
    rights=(Right(MANAGE, _("See and mend all jobs")),),
    verbs=(
        Verb("jobs.job.submitted", _("submitted a job")),
        Verb("jobs.job.cancelled", _("cancelled a job")),
        Verb("jobs.job.replayed", _("sent a dead job again")),
        Verb("jobs.job.failed", _("had a job end as a dead letter")),
    ),
    navigation=(NavigationItem(_("Work"), _("My jobs"), "jobs:list", "clock", None, "j", rank=1),),
    kinds={
        "jobs.job": _("Job"),
    },
)
