"""Seal a bid on one's own machine: python -m procurement.rules.seal BID.json --kit KIT.json

Needs nothing but Python, this package and `cryptography`; no server sees the bid. KIT.json comes
from /api/v1/tenders/REFERENCE/bid/kit.json, the sealed bid goes to .../bid/sealed.
Exit 0: sealed; 2: bad input, with one line on stderr, and nothing written.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from marketplace.errors import MusikaError
from procurement.rules import bidding, kit, sealing


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit code."""
    options = _parser().parse_args(arguments)
    try:
        known = kit.from_data(_json(options.kit))
        envelope = known.seal(bidding.from_data(_json(options.bid)))
        _write(envelope, options.out)
    except (MusikaError, OSError) as error:
        print(f"seal: {_one_line(error)}", file=sys.stderr)
        return 2
    print(_said(known, envelope), file=sys.stderr)
    return 0


def _json(name: str) -> object:
    try:
        data: object = json.loads(Path(name).read_bytes())
    except (ValueError, RecursionError):
        raise bidding.BadBid(f"{name} is not JSON.", where=name) from None
    return data


def _write(envelope: sealing.SealedEnvelope, name: str) -> None:
    if name == "-":
        sys.stdout.buffer.write(envelope.to_bytes())
        sys.stdout.buffer.flush()
        return
    # Never over a file that is there: a sealed bid that was sent may be its only copy.
    with Path(name).open("xb") as out:
        out.write(envelope.to_bytes())


def _said(known: kit.Kit, envelope: sealing.SealedEnvelope) -> str:
    committee = known.terms["committee"]
    return (
        f"Sealed for {known.terms['tender']} as revision {known.revision}, to "
        f"{committee['quorum']} of {len(committee['public_keys'])} openers and the gate.\n"
        f"terms      {envelope.header.terms_hash}\n"
        f"header     {envelope.header_hash}\n"
        f"ciphertext {envelope.ciphertext_hash}\n"
        "It is no bid before it is sent: the receipt must show these three."
    )


def _one_line(error: Exception) -> str:
    remedy = getattr(error, "remedy", None)
    return " ".join(f"{error} {remedy or ''}".split())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m procurement.rules.seal",
        description="Seal a bid on this machine, for nobody to read before the opening.",
    )
    parser.add_argument("bid", metavar="BID.json", help="a bid in the format musika-bid/1")
    parser.add_argument("--kit", required=True, metavar="KIT.json", help="kit.json of the tender")
    parser.add_argument(
        "--out", default="-", metavar="FILE", help="where to; standard output if not said"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
