"""The command."""

from __future__ import annotations

import argparse
import json
import sys

from procurement.dossier.verifier.base import Report
from procurement.dossier.verifier.package import LIMIT, Package
from procurement.dossier.verifier.tender import Dossier


def verify(path: str, given: argparse.Namespace) -> Report:
    """Every check of the dossier at `path`; raises OSError alone."""
    report = Report()
    with open(path, "rb") as file:
        name = "package is in the permitted form"
        package = report.ask(name, Package, file, given.limit)
        if package is not None:
            report.ok(name, f"{len(package.places)} files, none compressed")
            Dossier(package, report, given).questions()
            package.data.close()
    return report


def options(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Verify a dossier of Musika, offline.")
    parser.add_argument("file", help="dossier.zip")
    parser.add_argument("--key", help="the ledger's public key (name+id+base64)")
    parser.add_argument("--engine", help="folder with your own copy of the engine's modules")
    parser.add_argument("--python", help="a Python 3.11 or newer to run the engine")
    parser.add_argument("--limit", type=int, default=LIMIT, help="largest file, in bytes")
    parser.add_argument("--json", action="store_true", help="the report as JSON")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    given = options(arguments)
    try:
        report = verify(given.file, given)
    except OSError as error:
        sys.stderr.write(f"{given.file}: {error.strerror or error}\n")
        return 2
    rows = [dict(zip(("status", "check", "detail"), row)) for row in report.checks()]
    failed = len(report.faults)
    verdict = f"{failed} of {len(rows)} checks failed" if failed else "Nothing failed"
    text = "".join("{status} {check}: {detail}\n".format(**row) for row in rows)
    text += f"{verdict}: {given.file}"
    if given.json:
        text = json.dumps({"file": given.file, "passed": not failed, "checks": rows}, indent=1)
    sys.stdout.buffer.write(text.encode() + b"\n")  # whatever the locale of this machine
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
