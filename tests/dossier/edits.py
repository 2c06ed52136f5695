"""Edits to a dossier, one function each: `(parts, rng, key)` to bytes.

A part is `[path, content]`. Two kinds of forger: one without the ledger's key (`plain`), who can
only change what lies there, and the operator, who holds it and signs history and manifest again
(`signed`): against him only what the ledger recorded helps.
"""

import base64
import hashlib
import io
import json
import random
import struct
import zipfile
from collections.abc import Callable

from marketplace.ledger import canonical, checkpoint
from procurement.dossier.pack import DATE, MODE

Parts = dict[str, bytes]


def unpack(raw: bytes) -> Parts:
    with zipfile.ZipFile(io.BytesIO(raw)) as file:
        return {name: file.read(name) for name in file.namelist()}


def pack(parts: Parts, twice: str = "", **attributes: int) -> bytes:
    """The ZIP as the product packs it; `attributes` change the entry of the last file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as file:
        for path, data in [*parts.items(), *([(twice, parts[twice])] if twice else [])]:
            info = zipfile.ZipInfo(path, DATE)
            info.external_attr, info.create_system = MODE << 16, 3
            if path == list(parts)[-1]:
                for name, value in attributes.items():
                    setattr(info, name, value)
            file.writestr(info, data)
    return out.getvalue()


def as_json(value) -> bytes:
    return canonical.dumps(value).encode()


class Signer:
    """Signs like the ledger, or like somebody else."""

    def __init__(self, name: str, seed: bytes) -> None:
        self.name, self.seed = name, seed
        self.key = checkpoint.vkey_of(name, seed)

    def __call__(self, row: dict) -> bytes:
        bare = {k: v for k, v in row.items() if k != "signature"} | {"key": self.key}
        text = canonical.dumps(bare) + "\n"
        note = checkpoint.sign(text, name=self.name, seed=self.seed)
        return as_json({**bare, "signature": note[len(text) + 1 :]}) + b"\n"


def resign(parts: Parts, sign: Signer, **changes) -> Parts:
    """The manifest made again over the parts as they are now."""
    manifest = json.loads(parts["manifest.json"]) | changes
    manifest["files"] = [
        {"path": path, "sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
        for path, data in sorted(parts.items())
        if path != "manifest.json"
    ]
    return {
        **{k: v for k, v in parts.items() if k != "manifest.json"},
        "manifest.json": sign(manifest),
    }


def lines_of(parts: Parts) -> list[dict]:
    return [json.loads(line) for line in parts["history.jsonl"].splitlines()]


def with_lines(parts: Parts, lines: list[dict], sign: Signer) -> Parts:
    """The history with these lines, its header's numbers and signature made to fit, and the
    records beside it as well."""
    header, entries = dict(lines[0]), lines[1:]
    header["entries"] = len(entries)
    header["shown"] = sum(e["disclosure"] == "shown" for e in entries)
    last = {e["visibility"]: e["sequence"] for e in entries if e["disclosure"] != "withheld"}
    header["tips"] = last
    kept = {p: d for p, d in parts.items() if not p.startswith("records/")}
    for entry in entries:
        if entry["disclosure"] == "shown":
            path = f"records/{entry['body']['event']}.jsonl"
            record = {name: entry[name] for name in ("sequence", "time", "body")}
            kept[path] = kept.get(path, b"") + as_json(record) + b"\n"
    kept["history.jsonl"] = sign(header) + b"".join(as_json(e) + b"\n" for e in entries)
    return kept


def recommit(entry: dict) -> dict:
    """Commitment and leaf made to fit the body again; the tree they cannot fit."""
    nonce = bytes.fromhex(entry["nonce"])
    text = b"agri-log/1 body\n" + nonce + as_json(entry["body"])
    entry["commitment"] = hashlib.sha256(text).hexdigest()
    leaf = f"agri-log/1\n{entry['sequence']}\n{entry['time']}\n{entry['commitment']}\n"
    entry["leaf"] = hashlib.sha256(b"\0" + leaf.encode()).hexdigest()
    return entry


Edit = Callable[[Parts, random.Random, Signer], bytes]
EDITS: dict[str, Edit] = {}


def edit(function: Edit) -> Edit:
    EDITS[function.__name__] = function
    return function


def some(parts: Parts, rng: random.Random, prefix: str) -> str:
    return rng.choice(sorted(p for p in parts if p.startswith(prefix)))


# --- of the file as a whole --------------------------------------------------------------------


@edit
def byte_changed(parts, rng, sign):
    raw = bytearray(pack(parts))
    raw[rng.randrange(len(raw))] ^= 1 << rng.randrange(8)
    return bytes(raw)


@edit
def byte_cut_out(parts, rng, sign):
    raw = pack(parts)
    place = rng.randrange(len(raw))
    return raw[:place] + raw[place + 1 :]


@edit
def byte_put_in(parts, rng, sign):
    raw = pack(parts)
    place = rng.randrange(len(raw) + 1)
    return raw[:place] + bytes([rng.randrange(256)]) + raw[place:]


@edit
def truncated(parts, rng, sign):
    raw = pack(parts)
    return raw[: rng.randrange(len(raw))]


@edit
def file_removed(parts, rng, sign):
    gone = some(parts, rng, "")
    return pack({p: d for p, d in parts.items() if p != gone})


@edit
def file_added(parts, rng, sign):
    return pack({f"extra-{rng.randrange(10**6)}.txt": rng.randbytes(9), **parts})


@edit
def files_exchanged(parts, rng, sign):
    one, other = rng.sample(sorted(p for p in parts if len(parts[p]) > 0), 2)
    changed = {**parts, one: parts[other], other: parts[one]}
    return pack(changed) if parts[one] != parts[other] else truncated(parts, rng, sign)


@edit
def name_twice(parts, rng, sign):
    return pack(parts, twice=some(parts, rng, ""))


@edit
def climbing_path(parts, rng, sign):
    path = rng.choice(["../../etc/cron.d/x", "/etc/passwd", "a/../../x", "C:\\x", "engine/..//x"])
    return pack(resign({path: rng.randbytes(9), **parts}, sign))


@edit
def symlink(parts, rng, sign):
    changed = resign({**parts, "README.txt": b"/etc/passwd"}, sign)
    last = {p: d for p, d in changed.items() if p != "README.txt"}
    return pack({**last, "README.txt": b"/etc/passwd"}, external_attr=0o120777 << 16)


@edit
def compressed_bomb(parts, rng, sign):
    bomb = bytes(rng.randrange(10**6, 10**7))
    changed = resign({**parts, "README.txt": bomb}, sign)
    last = {p: d for p, d in changed.items() if p != "README.txt"}
    return pack({**last, "README.txt": bomb}, compress_type=zipfile.ZIP_DEFLATED)


@edit
def size_told_wrongly(parts, rng, sign):
    raw = bytearray(pack(parts))
    place = raw.rindex(b"PK\1\2")
    raw[place + 24 : place + 28] = struct.pack("<L", rng.randrange(2**32 - 1))
    return bytes(raw)


@edit
def manifest_by_another_key(parts, rng, sign):
    other = Signer(sign.name, rng.randbytes(32))
    return pack(resign(parts, other))


@edit
def everything_by_another_key(parts, rng, sign):
    other = Signer(sign.name, rng.randbytes(32))
    lines = lines_of(parts)
    text = lines[0]["checkpoint"].rpartition("\n\n")[0] + "\n"
    lines[0]["checkpoint"] = checkpoint.sign(text, name=other.name, seed=other.seed)
    return pack(resign(with_lines(parts, lines, other), other))


@edit
def reader_changed(parts, rng, sign):
    other = {"public": "auditor", "auditor": "public"}
    reader = json.loads(parts["manifest.json"])["reader"]
    return pack(resign(parts, sign, reader=other[reader]))


# --- of the history, signed again by the operator ----------------------------------------------


def _shown(lines: list[dict], rng: random.Random) -> int:
    return rng.choice([i for i, e in enumerate(lines) if i and e["disclosure"] == "shown"])


@edit
def history_reordered(parts, rng, sign):
    lines = lines_of(parts)
    one, other = rng.sample(range(1, len(lines)), 2)
    lines[one], lines[other] = lines[other], lines[one]
    return pack(resign(with_lines(parts, lines, sign), sign))


@edit
def entry_removed(parts, rng, sign):
    """Any but the last of its class: without the last it is an older dossier, and true."""
    lines = lines_of(parts)
    last = {e["visibility"]: i for i, e in enumerate(lines) if i}
    inner = [
        i
        for i, e in enumerate(lines)
        if i and e["disclosure"] == "shown" and i != last[e["visibility"]]
    ]
    del lines[rng.choice(inner)]
    return pack(resign(with_lines(parts, lines, sign), sign))


@edit
def entry_changed(parts, rng, sign):
    lines = lines_of(parts)
    entry = lines[_shown(lines, rng)]
    entry["body"]["note"] = str(rng.random())
    if rng.random() < 0.5:
        recommit(entry)
    return pack(resign(with_lines(parts, lines, sign), sign))


@edit
def time_changed(parts, rng, sign):
    lines = lines_of(parts)
    entry = lines[_shown(lines, rng)]
    entry["time"] = entry["time"][:-4] + f"{rng.randrange(1000):03}Z"
    if lines_of(parts) == lines:
        entry["time"] = "2020-01-01T00:00:00.000000Z"
    return pack(resign(with_lines(parts, lines, sign), sign))


@edit
def entry_blanked(parts, rng, sign):
    lines = lines_of(parts)
    entry = lines[_shown(lines, rng)]
    entry |= {"disclosure": "withheld", "body": None, "nonce": None, "event": None}
    return pack(resign(with_lines(parts, lines, sign), sign))


@edit
def bid_added_after_close(parts, rng, sign):
    lines = lines_of(parts)
    bid = next(e for e in lines[1:] if e["event"] == "BidSubmitted")
    closed = next(i for i, e in enumerate(lines) if i and e["event"] == "TenderClosed")
    late = json.loads(json.dumps(bid)) | {
        "sequence": lines[closed]["sequence"],
        "time": lines[closed]["time"],
    }
    late["body"] |= {"tenderer": rng.randbytes(8).hex(), "previous": bid["sequence"]}
    lines.insert(closed + 1, recommit(late))
    return pack(resign(with_lines(parts, lines, sign), sign))


def _edited_event(event: str, change, parts, rng, sign) -> bytes:
    lines = lines_of(parts)
    entry = next(e for e in lines[1:] if e["event"] == event)
    change(entry["body"])
    if rng.random() < 0.5:
        recommit(entry)
    return pack(resign(with_lines(parts, lines, sign), sign))


@edit
def bid_dropped_at_opening(parts, rng, sign):
    return _edited_event(
        "BidsOpened", lambda b: b["bids"].pop(rng.randrange(len(b["bids"]))), parts, rng, sign
    )


@edit
def close_bound_to_another_list(parts, rng, sign):
    def change(body):
        body["closed"]["nonce"] = rng.randbytes(32).hex()

    return _edited_event("BidsOpened", change, parts, rng, sign)


@edit
def list_of_the_close_shortened(parts, rng, sign):
    return _edited_event("BidsOpened", lambda b: b["closed"]["bids"].pop(), parts, rng, sign)


@edit
def key_changed(parts, rng, sign):
    def change(body):
        rng.choice(body["bids"])["dek"] = rng.randbytes(32).hex()

    return _edited_event("BidsOpened", change, parts, rng, sign)


@edit
def price_changed_at_opening(parts, rng, sign):
    def change(body):
        line = rng.choice(rng.choice(body["bids"])["lines"])
        line["unit_price"] = str(rng.randrange(1, 299))

    return _edited_event("BidsOpened", change, parts, rng, sign)


@edit
def award_to_another(parts, rng, sign):
    def change(body):
        other = [b for b in body["case"]["bids"] if b["bid"] != body["bid"]]
        body["bid"] = rng.choice(other)["bid"]

    return _edited_event("AwardDecided", change, parts, rng, sign)


@edit
def engine_digest_changed(parts, rng, sign):
    def change(body):
        body["engine_source"] = rng.randbytes(32).hex()

    return _edited_event("TenderPublished", change, parts, rng, sign)


# --- of the files beside it, the manifest signed again by the operator ---------------------------


def _json_edit(path: str, change, parts: Parts, sign: Signer, end: bytes = b"") -> bytes:
    value = json.loads(parts[path])
    change(value)
    return pack(resign({**parts, path: as_json(value) + end}, sign))


@edit
def ciphertexts_exchanged(parts, rng, sign):
    one, other = rng.sample(sorted(p for p in parts if p.startswith("envelopes/")), 2)
    return pack(resign({**parts, one: parts[other], other: parts[one]}, sign))


@edit
def ciphertext_changed(parts, rng, sign):
    def change(envelope):
        raw = bytearray(base64.b64decode(envelope["ciphertext"]))
        raw[rng.randrange(len(raw))] ^= 1 << rng.randrange(8)
        envelope["ciphertext"] = base64.b64encode(raw).decode()

    return _json_edit(some(parts, rng, "envelopes/"), change, parts, sign)


@edit
def envelope_of_another_tender(parts, rng, sign):
    def change(envelope):
        header = json.loads(base64.b64decode(envelope["header"]))
        header["tender"] = f"MUS-2026-{rng.randrange(10**6):06}"
        envelope["header"] = base64.b64encode(as_json(header)).decode()

    return _json_edit(some(parts, rng, "envelopes/"), change, parts, sign)


@edit
def envelope_removed(parts, rng, sign):
    gone = some(parts, rng, "envelopes/")
    return pack(resign({p: d for p, d in parts.items() if p != gone}, sign))


@edit
def opened_bid_changed(parts, rng, sign):
    def change(bid):
        rng.choice(bid["lines"])["unit_price"] = str(rng.randrange(1, 299))

    return _json_edit(some(parts, rng, "bids/"), change, parts, sign)


@edit
def opened_bid_removed(parts, rng, sign):
    gone = some(parts, rng, "bids/")
    return pack(resign({p: d for p, d in parts.items() if p != gone}, sign))


@edit
def terms_changed(parts, rng, sign):
    def change(terms):
        terms["title"] += rng.choice("abc")

    return _json_edit("tender/terms.json", change, parts, sign)


@edit
def case_changed(parts, rng, sign):
    def change(case):
        rng.choice(case["bids"])["lines"][0]["unit_price"] = str(rng.randrange(1, 299))

    return _json_edit("evaluation/lot-1-case.json", change, parts, sign)


@edit
def result_changed(parts, rng, sign):
    def change(result):
        bid = rng.choice(result["bids"])
        bid["rank"] = 1 if bid["rank"] != 1 else 2

    return _json_edit("evaluation/lot-1-result.json", change, parts, sign)


@edit
def winner_changed(parts, rng, sign):
    def change(result):
        others = [b["bid"] for b in result["bids"] if b["bid"] not in result["winners"]]
        result["winners"] = [rng.choice(others)]

    return _json_edit("evaluation/lot-1-result.json", change, parts, sign)


@edit
def engine_changed(parts, rng, sign):
    path = some(parts, rng, "engine/procurement/rules/")
    return pack(resign({**parts, path: parts[path] + b"\n# harmless\n"}, sign))


@edit
def engine_removed(parts, rng, sign):
    return pack(resign({p: d for p, d in parts.items() if not p.startswith("engine/")}, sign))


@edit
def record_line_removed(parts, rng, sign):
    path = some(parts, rng, "records/")
    rows = parts[path].splitlines(keepends=True)
    del rows[rng.randrange(len(rows))]
    return pack(resign({**parts, path: b"".join(rows)}, sign))


@edit
def record_added(parts, rng, sign):
    record = {"body": {"amount": "1"}, "sequence": 1, "time": ""}
    return pack(resign({**parts, "records/PaymentWaived.jsonl": as_json(record) + b"\n"}, sign))


@edit
def unknown_file_signed_along(parts, rng, sign):
    return pack(resign({**parts, "minutes.txt": rng.randbytes(20)}, sign))


@edit
def manifest_written_otherwise(parts, rng, sign):
    manifest = json.dumps(json.loads(parts["manifest.json"]), indent=1).encode()
    return pack({**parts, "manifest.json": manifest})


@edit
def bids_held_back_from_an_auditor(parts, rng, sign):
    opened = some(parts, rng, "bids/").removeprefix("bids/")
    left = {p: d for p, d in parts.items() if not p.endswith(f"s/{opened}")}
    held = [{"bid": opened.removesuffix(".json"), "reason": "attachments"}]
    return pack(resign(left, sign, held_back=held))


# --- of an allocation: tried on a dossier with divided lots ---------------------------------------

DIVIDED: dict[str, Edit] = {}


def divided_edit(function: Edit) -> Edit:
    DIVIDED[function.__name__] = function
    return function


def _allocation(parts: Parts, kind: str) -> str:
    return next(p for p in parts if p.startswith("allocation/") and p.endswith(f"{kind}.json"))


@divided_edit
def quantity_awarded_changed(parts, rng, sign):
    def change(result):
        line = rng.choice(result["awards"])["lines"][0]
        others = {str(5 * n) for n in range(13, 20)} - {line["quantity"]}
        line["quantity"] = rng.choice(sorted(others))

    return _json_edit(_allocation(parts, "result"), change, parts, sign)


@divided_edit
def allocation_case_changed(parts, rng, sign):
    def change(case):
        bid = rng.choice(case["bids"])
        others = {str(5 * n) for n in range(1, 5)} - {bid["maximum"]}
        bid["maximum"] = rng.choice(sorted(others))

    return _json_edit(_allocation(parts, "case"), change, parts, sign)


@divided_edit
def allocation_removed(parts, rng, sign):
    gone = _allocation(parts, rng.choice(["case", "result"]))
    return pack(resign({p: d for p, d in parts.items() if p != gone}, sign))


@divided_edit
def part_of_another_quantity(parts, rng, sign):
    def change(body):
        others = {str(5 * n) for n in range(13, 20)} - {body["quantity"]}
        body["quantity"] = rng.choice(sorted(others))

    return _edited_event("AwardDecided", change, parts, rng, sign)


@divided_edit
def range_changed_at_opening(parts, rng, sign):
    def change(body):
        rng.choice(body["bids"])["parts"][0]["maximum"] = str(5 * rng.randrange(1, 5))

    return _edited_event("BidsOpened", change, parts, rng, sign)


@divided_edit
def cap_changed_after_publication(parts, rng, sign):
    def change(body):
        body["allocation_terms"] = rng.randbytes(32).hex()

    return _edited_event("TenderPublished", change, parts, rng, sign)
