"""How the PostgreSQL server that comes with Bailiwick is set, and whom it lets in."""

from collections.abc import Collection
from pathlib import Path

SETTINGS = {
    "cluster_name": "bailiwick",
    "listen_addresses": "",
    "port": "5432",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "8MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "password_encryption": "scram-sha-256",
    "shared_preload_libraries": "pg_stat_statements",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "log_line_prefix": "%m [%p] %u@%d ",
    # Statements and details of errors hold personal data.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


def configuration(socket_folder: Path, superuser: str, peers: Collection[str]) -> dict[str, str]:
    """The server's files by name; `peers` are users of the machine who may act as its superuser."""
    settings = SETTINGS | {"unix_socket_directories": str(socket_folder)}
    return {
        "postgresql.conf": "".join(f"{key} = {_quoted(value)}\n" for key, value in settings.items()),
        "pg_hba.conf": f"local all {superuser} peer map=superuser\nlocal all all scram-sha-256\n",
        "pg_ident.conf": "".join(f'superuser "{name}" {superuser}\n' for name in sorted(peers)),
    }


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
