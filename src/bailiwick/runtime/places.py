"""Where an installation keeps what belongs to it."""

import os
from pathlib import Path

_SOURCE_ROOT = Path(__file__).resolve().parents[3]

DEVELOPMENT = "bailiwick.config.settings.development"


def project_root() -> Path:
    """The checkout that runs, or the working folder when Bailiwick was installed from a wheel."""
    return _SOURCE_ROOT if (_SOURCE_ROOT / "pyproject.toml").is_file() else Path.cwd()


def data_folder() -> Path:
    """`BAILIWICK_DATA`, or `var` in the project; absolute, and not necessarily there yet."""
    return Path(os.environ.get("BAILIWICK_DATA") or project_root() / "var").expanduser().resolve()


def settings_module() -> str:
    """The Django settings in use; development unless the environment names others."""
    return os.environ.setdefault("DJANGO_SETTINGS_MODULE", DEVELOPMENT)
