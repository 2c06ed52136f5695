"""The `musika` command: `python -m marketplace COMMAND`."""

import argparse
import os
import sys
from collections.abc import Sequence

COMMANDS = {
    "keys": "make the keys that are missing",
    "first-administrators": "make two people administrators of a new installation",
    "database-roles": "limit the PostgreSQL role that the service connects as",
    "ledger": "whether the record is whole; a new epoch after entries were lost",
    "demo": "run a whole marketplace on this machine",
    "verify": "check a downloaded dossier, history, bid history or receipt",
    "dossier": "write the dossier of a tender to a file",
    "witness": "watch a ledger: has it only grown?",
    "evaluate-lots": "evaluate many lots, or check what is stored by evaluating it again",
    "import-history": "read past tenders from a flat CSV file",
    "import-ocds": "read past tenders from open contracting data",
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
    # Databases, keys, letters and logs are for their owner alone; children inherit it.
    os.umask(0o077)
    return _run(command, words[1:])


def _help() -> str:
    return "; ".join(f"{name}: {what}" for name, what in COMMANDS.items())


def _run(command: str, rest: list[str]) -> int:
    if command == "verify":
        # Needs neither Django nor a database: an auditor may have neither.
        from procurement.verification import main as verify

        return verify(rest)
    if command == "witness":
        from marketplace.witness import main as witness

        return witness(rest)
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
    if command == "dossier":
        from procurement.management.dossier import main as dossier

        return dossier(rest)
    if command == "ledger":
        from marketplace.registry.recovery import main as ledger

        return ledger(rest)
    if command == "database-roles":
        from marketplace.ledger.roles import main as database_roles

        return database_roles(rest)
    if command == "first-administrators":
        from marketplace.registry.founders import main as first_administrators

        return first_administrators(rest)
    if command == "import-ocds":
        from procurement.management.ocds import main as import_ocds

        return import_ocds(rest)
    if command == "evaluate-lots":
        from procurement.management.evaluations import main as evaluate_lots

        return evaluate_lots(rest)
    from procurement.management.history import main as import_history

    return import_history(rest)


if __name__ == "__main__":
    sys.exit(main())
