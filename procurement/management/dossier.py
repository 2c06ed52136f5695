"""`python -m marketplace dossier REFERENCE --out FILE`: write a dossier to a file."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from marketplace import clock
from marketplace.errors import MusikaError
from procurement.dossier import write
from procurement.models import Tender


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; 0 when the file is written, 1 when it is refused, 2 for no such tender."""
    parser = argparse.ArgumentParser(prog="musika dossier", description=write.__doc__)
    parser.add_argument("reference", help="the tender's reference")
    parser.add_argument("--out", required=True, type=Path, help="the ZIP to write")
    parser.add_argument("--reader", choices=sorted(write.READERS), default="public")
    given = parser.parse_args(arguments)
    tender = Tender.objects.filter(reference=given.reference).first()
    if tender is None:
        sys.stderr.write(f"There is no tender {given.reference}.\n")
        return 2
    try:
        write.check_ready(tender)
        with given.out.open("w+b") as file:
            write.write(
                file,
                tender,
                reader=given.reader,
                exported_at=clock.now(),
                progress=lambda done, total: None,
            )
    except (MusikaError, OSError) as error:
        sys.stderr.write(f"{error} {getattr(error, 'remedy', '') or ''}\n")
        return 1
    sys.stdout.write(f"{given.out}: {given.out.stat().st_size} bytes\n")
    return 0
