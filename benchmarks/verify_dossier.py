"""How long the verifier takes for a history of 100,000 entries (limit: 10 s).

    python -m benchmarks.verify_dossier [--entries 100000] [--python PYTHON]

Beside it stands the least that any chain of the same lines would cost: one SHA-256 over each line
and the one before (limit: 20 times that).

The history is made here, without a database: one tree, every leaf of it about one tender, with
its proofs. What is measured is a run of the file that travels (`verify.py`) in a Python of its
own; the checks that need a tender's other files fail, and are not what is measured.
"""

import argparse
import hashlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from marketplace.ledger import canonical, checkpoint, merkle
from procurement.dossier import build
from procurement.dossier.pack import Pack

LIMIT, RATIO = 10.0, 20
NAME, SEED = "bench.example/ledger", bytes(range(32))


def tree(leaves: list[bytes]) -> list[list[bytes]]:
    """The complete nodes of each level, leaves first."""
    levels = [leaves]
    while len(levels[-1]) > 1:
        row = levels[-1]
        pairs = zip(row[::2], row[1::2], strict=False)
        levels.append([hashlib.sha256(b"\1" + a + b).digest() for a, b in pairs])
    return levels


def history(count: int, path: Path) -> dict[str, object]:
    """Write a history of that many entries; returns its header."""
    entries, leaves = [], []
    for number in range(count):
        body = {
            "at": "2026-03-01T07:00:00.000000Z",
            "by": None,
            "event": "GateDecided",
            "previous": number - 1 if number else None,
            "subject": "MUS-2026-000001",
            "visibility": "public",
            "reason": f"The tax clearance of tenderer {number} was seen and is in force.",
        }
        nonce = hashlib.sha256(str(number).encode()).digest()
        text = b"agri-log/1 body\n" + nonce + canonical.dumps(body).encode()
        commitment, at = hashlib.sha256(text).hexdigest(), body["at"]
        leaf = hashlib.sha256(f"\0agri-log/1\n{number}\n{at}\n{commitment}\n".encode()).digest()
        leaves.append(leaf)
        entries.append((body, nonce.hex(), commitment))
    levels = tree(leaves)
    root = merkle.range_hash(lambda level, i: levels[level][i], 0, count)
    note = checkpoint.sign(checkpoint.make(NAME, count, root), name=NAME, seed=SEED)
    header = {
        "format": "musika-history/1",
        "subject": "MUS-2026-000001",
        "origin": NAME,
        "key": checkpoint.vkey_of(NAME, SEED),
        "checkpoint": note,
        "exported_at": "2026-03-02T07:00:00.000000Z",
        "includes": ["opening", "public"],
        "left_out": [],
        "entries": count,
        "shown": count,
        "tips": {"public": count - 1},
    }
    text = canonical.dumps(header) + "\n"
    signed = checkpoint.sign(text, name=NAME, seed=SEED)
    header["signature"] = signed[len(text) + 1 :]
    with path.open("w", newline="\n") as file:
        file.write(canonical.dumps(header) + "\n")
        for number, (body, nonce, commitment) in enumerate(entries):
            proof = merkle.inclusion_proof(lambda level, i: levels[level][i], number, count)
            row = {
                "sequence": number,
                "time": body["at"],
                "event": body["event"],
                "visibility": "public",
                "disclosure": "shown",
                "body": body,
                "nonce": nonce,
                "commitment": commitment,
                "leaf": leaves[number].hex(),
                "proof": [value.hex() for value in proof],
            }
            file.write(json.dumps(row, sort_keys=True, separators=(",", ":")) + "\n")
    return header


CHAIN = """
import hashlib, sys
last = b""
for line in open(sys.argv[1], "rb"):
    last = hashlib.sha256(last + line).digest()
"""


def worked(words: list[str]) -> tuple[float, str]:
    """Seconds of work of the process, and what it printed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    told = subprocess.run(words, capture_output=True, text=True, check=False).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, told


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--python", default=sys.executable)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        lines, path, tool = (Path(folder, n) for n in ("history.jsonl", "d.zip", "verify.py"))
        header = history(given.entries, lines)
        tool.write_bytes(build.verifier())
        with path.open("w+b") as out, lines.open("rb") as file:
            pack = Pack(out)
            pack.add("history.jsonl", iter(lambda: file.read(2**20), b""))
            facts = {"tender": header["subject"], "reader": "public", "key": header["key"]}
            facts |= {"exported_at": header["exported_at"], "held_back": []}
            pack.close(facts, origin=NAME, seed=SEED)
        words = [given.python, "-I", "-S", str(tool), str(path), "--key", str(header["key"])]
        chain, _ = worked([given.python, "-I", "-S", "-c", CHAIN, str(lines)])
        began = time.perf_counter()
        work, told = worked(words)
        seconds = time.perf_counter() - began
        memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        size = path.stat().st_size / 2**20
    print(told)
    wanted = f"PASS entries are in the signed tree: {given.entries} entries"
    # Of a machine that others use as well, the work counts and not the waiting.
    limit, ratio = LIMIT * given.entries / 100_000, work / chain
    good = work <= limit and ratio <= RATIO and wanted in told
    print(
        f"{given.entries} entries, {size:.0f} MiB: {work:.1f} s of work (limit {limit:.0f} s), "
        f"{seconds:.1f} s on the clock, {memory:.0f} MiB of memory"
    )
    print(f"a bare chain of SHA-256: {chain:.2f} s; ratio {ratio:.1f} (limit {RATIO})")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
