"""The broker: workers are woken through it, and asked whether they are there."""

from functools import cache
from uuid import UUID

import structlog
from celery import Celery
from django.conf import settings
from kombu.exceptions import OperationalError
from redis import Redis
from redis.exceptions import RedisError

# JSON messages, acknowledged after the work, no results kept: the settings say so, beside the broker's address.
app = Celery("bailiwick")
app.config_from_object("django.conf:settings", namespace="CELERY")

WAKE_TASK = "bailiwick.kernel.jobs.tasks.run_due"
UNDERWAY_FOR = 5
"""Seconds after which a message that nobody took is told again."""
PING_TIMEOUT = 0.5
TIMEOUT = 2.0
AWAY = (OperationalError, RedisError, OSError)
logger = structlog.get_logger(__name__)


def wake(organization_id: UUID) -> None:
    """Tell the workers that an organisation has work; while such a message is under way, another says nothing new.

    What is lost on the way, or cannot be sent because the broker is away, is told again by the scheduler.
    """
    try:
        if _client().set(_underway(organization_id), 1, nx=True, ex=UNDERWAY_FOR):
            app.send_task(WAKE_TASK, [str(organization_id)], retry=False)
    except AWAY as failure:
        logger.warning("workers_not_woken", organization=str(organization_id), failure=type(failure).__name__)


def receive(organization_id: UUID) -> None:
    """Called before the work is looked for: whoever submits from now on sends a message of their own."""
    try:
        _client().delete(_underway(organization_id))
    except AWAY as failure:
        logger.warning("message_not_noted", organization=str(organization_id), failure=type(failure).__name__)


def is_answered() -> bool:
    """Whether at least one worker answers within PING_TIMEOUT seconds."""
    try:
        return bool(app.control.ping(timeout=PING_TIMEOUT, limit=1))
    except AWAY:
        return False


@cache
def _client() -> Redis:
    """One for the process, with a pool of connections that a fork leaves behind."""
    return Redis.from_url(settings.REDIS_URL, socket_connect_timeout=TIMEOUT, socket_timeout=TIMEOUT)


def _underway(organization_id: UUID) -> str:
    return f"jobs:underway:{organization_id}"
