"""What is refused about webhooks."""

from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.base.errors import DomainError


class TooMany(DomainError):
    code = "events.too_many_webhooks"
    message = _("These are as many webhooks as are kept. Remove one that is not used.")
    status = 409


class WebhookOff(DomainError):
    code = "events.webhook_off"
    message = _("This webhook is off. Turn it on first. Nothing was sent.")
    status = 409


class NotOver(DomainError):
    code = "events.delivery_not_over"
    message = _("This delivery is still to be made. Nothing was changed.")
    status = 409


class SpanTooLong(DomainError):
    code = "events.span_too_long"
    message = _("There are more than {most} events in this time. Choose a shorter one. Nothing was changed.")
    status = 409
