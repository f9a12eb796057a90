"""Whether this process lives, and whether it can serve."""

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from redis.exceptions import RedisError


def live(_request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "live"})


def ready(_request: HttpRequest) -> JsonResponse:
    """200 when database and cache answer, else 503 naming the part that does not."""
    parts = {"database": _database_answers(), "cache": _cache_answers()}
    status = 200 if all(parts.values()) else 503
    return JsonResponse({"status": "ready" if status == 200 else "not ready", **parts}, status=status)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return True
    except DatabaseError:
        connection.close()
        return False


def _cache_answers() -> bool:
    try:
        return bool(cache.get_or_set("health", "ok", 5))
    except RedisError:
        return False
