from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.base.manifest import JobKind, Manifest, NavigationItem, Right, Verb

ALERTS = "notices.alerts"
MAIL = "notices.mail"
"""The job that mails an incident to whoever is told of it."""

MANIFEST = Manifest(
    app="notices",
    rights=(Right(ALERTS, _("Decide what is alerted, and whom")),),
    navigation=(
        NavigationItem(
            _("Connections"), _("Alerts"), "notices:alerts", "bell-ringing", ALERTS, rank=6, is_setting=True
        ),
    ),
    verbs=(
        Verb("notices.alert.added", _("added an alert")),
        Verb("notices.alert.changed", _("changed an alert")),
        Verb("notices.alert.opened", _("turned an alert on")),
        Verb("notices.alert.closed", _("turned an alert off")),
        Verb("notices.alert.removed", _("removed an alert")),
        Verb("notices.alert.raised", _("had an alert raised")),
        Verb("notices.alert.ended", _("had what an alert told of come to its end")),
    ),
    jobs=(
        JobKind(
            "notices.watch",
            _("Look whether everything is sealed in time"),
            run="bailiwick.kernel.notices.tasks.watch",
            time_limit=300,
            every=60,
            is_for_installation=True,
        ),
        JobKind(
            "notices.upkeep",
            _("Remove old notices"),
            run="bailiwick.kernel.notices.tasks.remove_old",
            time_limit=600,
            every=86_400,
            is_for_installation=True,
        ),
        JobKind(MAIL, _("Mail an alert"), run="bailiwick.kernel.notices.tasks.mail", time_limit=600),
    ),
    consumers=(
        "bailiwick.kernel.notices.dispatching.pass_failures_on",
        "bailiwick.kernel.notices.dispatching.watch_events",
    ),
    kinds={
        "notices.alert": _("Alert"),
        "notices.incident": _("Raised alert"),
    },
)
