"""The command `bailiwick`."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from bailiwick.runtime import parts
from bailiwick.runtime.errors import StartError
from bailiwick.runtime.places import data_folder, settings_module


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point; what stops a start is one sentence on stderr and exit code 1."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        if given[:1] == ["manage"]:
            # Its options are Django's: they must not be read as ours.
            _manage(given[1:])
        elif given[:1] == ["create-owner"]:
            _manage(["create_owner", *given[1:]])
        elif given[:1] == ["setup-roles"]:
            _manage(["setup_roles", *given[1:]])
        elif given[:1] == ["name-operator"]:
            _manage(["name_operator", *given[1:]])
        elif given[:2] == ["codes", "load"]:
            _manage(["claims_codes_load", *given[2:]])
        elif command := _command_of_app(given):
            _manage([command, *given[2:]])
        else:
            options = _parser().parse_args(given)
            options.run(options)
    except StartError as error:
        sys.exit(f"bailiwick: {error}")


def _command_of_app(given: Sequence[str]) -> str:
    """The command of Django behind `bailiwick predictions import`, if the app has one of this name."""
    name, shelves = "_".join(given[:2]), Path(__file__).parents[1]
    is_one = len(given) > 1 and any(
        (shelves / shelf / given[0] / "management" / "commands" / f"{name}.py").is_file()
        for shelf in ("apps", "kernel")
    )
    return name if is_one else ""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bailiwick", description="Runs Bailiwick, whole or in parts.")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    described: tuple[tuple[str, str, Callable[[argparse.Namespace], None]], ...] = (
        ("up", "everything on this machine, until Ctrl-C", _up),
        ("web", "pages and API alone", lambda _: _become(parts.web())),
        ("worker", "background tasks alone", lambda _: _become(parts.worker())),
        (
            "scheduler",
            "what comes round by the clock, and what workers were not told",
            lambda _: _become(parts.scheduler()),
        ),
        ("dispatcher", "what follows from events: notices and webhooks", lambda _: _become(parts.dispatcher())),
        ("migrate", "bring the schema up to date, as the owner of the tables", lambda _: _migrate()),
        ("prepare", "migrate, collect the static files, write the page for the reverse proxy", lambda _: _prepare()),
        ("doctor", "what is wrong, and how to mend it", lambda _: _doctor()),
    )
    for name, text, run in described:
        commands.add_parser(name, help=text, description=text).set_defaults(run=run)
    app = commands.add_parser("startapp", help="the minimum rooms of a new app")
    app.add_argument("name", help="a short noun in the plural, such as `claims`")
    app.set_defaults(run=_start_app)
    commands.add_parser("create-owner", help="the first person of an organisation: `create-owner --help`")
    commands.add_parser("setup-roles", help="the declared roles in every organisation; each migration does it too")
    commands.add_parser("name-operator", help="who may look into organisations: `name-operator --help`")
    backup = commands.add_parser("backup", help="everything in one file, while it runs")
    backup.add_argument("file", type=Path, help="the file to write; it must not exist")
    backup.add_argument("--without-secrets", action="store_true", help="leave the keys of the installation out")
    backup.set_defaults(run=_back_up)
    restore = commands.add_parser("restore", help="a backup, into a fresh and empty installation")
    restore.add_argument("file", type=Path, help="what `bailiwick backup` has written")
    restore.set_defaults(run=_restore)
    secrets = commands.add_parser("secrets", help="what is encrypted in the database: `secrets rotate`")
    rotate = secrets.add_subparsers(metavar="COMMAND", required=True).add_parser(
        "rotate", help="seal everything with the newest key, so that older ones can be dropped"
    )
    rotate.set_defaults(run=_rotate)
    commands.add_parser("manage", help="any command of Django: `bailiwick manage shell`")
    commands.add_parser("audit verify", help="whether everything is as it was sealed: `audit verify --help`")
    commands.add_parser("audit bundle", help="a trail with its seals, to verify elsewhere: `audit bundle --help`")
    commands.add_parser("codes load", help="a release of a code system: `codes load --help`")
    commands.add_parser("claims populate", help="half a year of invented claims, to try it: `… populate --help`")
    commands.add_parser("predictions import", help="bring predictions in from a file: `… import FILE --help`")
    commands.add_parser("claims import", help="bring claims in from a file: `… import FILE --help`")
    return parser


def _up(options: argparse.Namespace) -> None:
    from bailiwick.runtime.up import up

    up()


def _start_app(options: argparse.Namespace) -> None:
    from bailiwick.config.scaffold import create_app

    create_app(options.name)


def _doctor() -> None:
    from bailiwick.config.doctor import doctor

    doctor()


def _back_up(options: argparse.Namespace) -> None:
    from bailiwick.config.backups import back_up

    back_up(options.file, with_secrets=not options.without_secrets)


def _restore(options: argparse.Namespace) -> None:
    from bailiwick.config.backups import restore

    restore(options.file)


def _rotate(options: argparse.Namespace) -> None:
    from bailiwick.config.sealing import rotate

    rotate()


def _become(command: list[str]) -> None:
    """Replace this process by a part, so that its signals and its exit code are the part's own."""
    _enter_environment()
    os.environ.pop("DATABASE_OWNER_URL", None)
    os.execv(command[0], command)  # noqa: S606  our own interpreter, by its full path


def _enter_environment(*, migrates: bool = False) -> None:
    """Complete the environment from the embedded servers that run."""
    from bailiwick.runtime.servers import choose_servers, describe, require_running

    data = data_folder()
    servers = choose_servers(data)
    require_running(servers)
    os.environ.update(describe(data, servers, migrates=migrates))


def _migrate() -> None:
    from bailiwick.config.schema import migrate

    _enter_environment(migrates=True)
    migrate(verbosity=1)


def _prepare() -> None:
    from bailiwick.config.schema import collect_static, migrate, write_offline_page

    _enter_environment(migrates=True)
    migrate(verbosity=0)
    collect_static()
    write_offline_page()


def _manage(arguments: list[str]) -> None:
    from django.core.management import execute_from_command_line

    from bailiwick.runtime.keys import keys
    from bailiwick.runtime.servers import choose_servers, require_running

    settings_module()
    data = data_folder()
    try:
        require_running(choose_servers(data))
    except StartError:
        # Commands such as `makemigrations` and `spectacular` need no server; others fail at this socket.
        os.environ.setdefault("DATABASE_URL", f"postgresql://app_user@/bailiwick?host={data / 'postgres' / 'socket'}")
        os.environ.update(keys(data))
    else:
        _enter_environment()
    execute_from_command_line(["bailiwick manage", *arguments])


if __name__ == "__main__":
    main()
