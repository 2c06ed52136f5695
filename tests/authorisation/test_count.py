"""Before the opening nothing that anybody gets depends on whether, and how many, have bid."""

import re

import pytest

from marketplace import clock
from marketplace.authorisation import CAST, STATES
from procurement.rules.visibility import Fact
from tests.authorisation import world
from tests.authorisation.test_matrix import ROWS, address, text
from tests.factories import AFTER

pytestmark = pytest.mark.django_db

# What differs between any two tenders: hashes, keys, tokens, numbers of rows and of entries.
NOISE = re.compile(
    r"[0-9a-f]{8,}|[A-Za-z0-9+/_-]{40,}=*|MUS-2026-\d+"
    r"|/\d+/|entr(?:y|ies) \d+|\"(?:sequence|id|previous)\": ?\d+"
)
# Files of the record: tests/ledger says that they leave out the entries of bids, and how.
PROVED = {"tender_history", "tender_history_file", "history-jsonl", "history-csv", "audit_room"}

# Where the accounting officer is told, after the close, that there is nothing to open.
ENDS = {"tender_manage", "lot_award"}


@pytest.mark.parametrize("stage", ["open", "closed"])
def test_a_tender_with_bids_reads_as_one_without(stage, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: AFTER)
    cast = world.market()
    pair = [world.tender(stage, cast, prices) for prices in (world.PRICES, ())]
    filled = [world.names(made, cast) for made in pair]
    rows = [
        row
        for row in ROWS
        if row.method in ("GET", "PAGE") and "reference" in row.address and row.name not in PROVED
    ]
    told = []
    for who, visitor in world.visitors(cast).items():
        person = next(person for person in CAST if person.name == who)
        for row in rows:
            ends_it = row.name in ENDS and person.sees(Fact.NO_BIDS, STATES[stage])
            if Fact.RECEIPT in person.owns or ends_it:
                continue
            one, other = (seen(visitor.ask(row.method, address(row, names))) for names in filled)
            if one != other:
                told.append(f"{row.method} {row.address} as {who}")
    assert not told, "\n".join(told)


def seen(answer) -> tuple[int, str]:
    return answer.status_code, NOISE.sub("", text(answer))
