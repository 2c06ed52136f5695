"""The `musika` command: `python -m marketplace COMMAND`."""

import argparse
import os
import sys
from collections.abc import Sequence

COMMANDS = {
    "keys": "make the keys that are missing",
    "demo": "run a whole marketplace on this machine",
    "verify": "check a downloaded history file or receipt",
    "import-history": "read past tenders from a flat CSV file",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return its exit status."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")
    words = list(sys.argv[1:] if arguments is None else arguments)
    parser = argparse.ArgumentParser(prog="musika", description=__doc__)
    parser.add_argument("command", choices=COMMANDS, help=_help())
    if not words or words[0] in ("-h", "--help"):
        parser.print_help()
        return 0 if words else 2
    command = parser.parse_args(words[:1]).command
    return _run(command, words[1:])


def _help() -> str:
    return "; ".join(f"{name}: {what}" for name, what in COMMANDS.items())


def _run(command: str, rest: list[str]) -> int:
    if command == "verify":
        # Needs neither Django nor a database: an auditor may have neither.
        from procurement.verification import main as verify

        return verify(rest)
    if command == "demo":
        from marketplace.demo.runner import main as demo

        return demo(rest)
    return _django(command, rest)


def _django(command: str, rest: list[str]) -> int:
    import django

    django.setup()
    if command == "keys":
        from marketplace import keys

        made = keys.ensure()
        print(f"Made: {', '.join(made)}." if made else "All keys are there.")
        return 0
    from procurement.management.history import main as import_history

    return import_history(rest)


if __name__ == "__main__":
    sys.exit(main())
