"""Invented compiled releases for tests of indicators, and for their benchmark."""

import random
from typing import Any


def bid(tenderer: str, amount: float | str, status: str = "valid", **more: Any) -> dict[str, Any]:
    value = {"amount": float(amount), "currency": "USD"}
    return {"status": status, "tenderers": [{"id": tenderer}], "value": value, **more}


def release(ocid: str, bids: list[dict[str, Any]], winner: str = "", **tender: Any) -> dict:
    """One process; without a winner nothing is awarded."""
    items = [{"id": "1", "classification": {"scheme": "CPV", "id": "03211300"}}]
    award = {
        "status": "active",
        "date": "2026-04-01T10:00:00Z",
        "suppliers": [{"id": winner}],
        "items": items,
    }
    return {
        "ocid": ocid,
        "buyer": {"id": "B"},
        "tender": {
            "status": "complete",
            "procurementMethod": "open",
            "numberOfTenderers": len({b["tenderers"][0]["id"] for b in bids}),
            "tenderPeriod": {
                "startDate": "2026-03-01T10:00:00Z",
                "endDate": "2026-03-21T10:00:00Z",
            },
            "items": items,
            **tender,
        },
        "bids": {"details": bids},
        "awards": [award] if winner else [],
    }


def process(number: int, draw: random.Random) -> dict:
    """A generated process: one to six bids of 200 firms, some disqualified, the lowest wins."""
    firms = draw.sample(range(200), draw.choice([1, 2, 2, 3, 3, 4, 6]))
    base = draw.randint(5_000, 80_000)
    bids = [
        bid(
            f"T{firm}",
            base + draw.randint(0, base // 8),
            draw.choice(["valid"] * 9 + ["disqualified"]),
            date="2026-03-20T08:00:00Z",
        )
        for firm in firms
    ]
    good = [b for b in bids if b["status"] == "valid"]
    lowest = min(good, key=lambda b: b["value"]["amount"], default=None)
    winner = lowest["tenderers"][0]["id"] if lowest else ""
    days = draw.randint(8, 40)
    made = release(f"ocds-213czf-{number}", bids, winner)
    made["buyer"] = {"id": f"B{draw.randrange(60)}"}
    made["tender"]["procuringEntity"] = made["buyer"]
    start = f"2026-{draw.randint(1, 9):02d}-{draw.randint(1, 20):02d}"
    made["tender"]["tenderPeriod"] = {
        "startDate": f"{start}T08:00:00Z",
        "endDate": f"2026-{draw.randint(10, 11)}-{days % 28 + 1:02d}T08:00:00Z",
    }
    made["tender"]["value"] = {"amount": base, "currency": "USD"}
    code = draw.choice(["03211300", "03212211", "15612100", "15411200", "03221100"])
    for award in made["awards"]:
        award["items"] = [{"id": "1", "classification": {"scheme": "CPV", "id": code}}]
        award["date"] = "2026-12-01T08:00:00Z"
    made["tender"]["items"] = [{"id": "1", "classification": {"scheme": "CPV", "id": code}}]
    return made


def processes(count: int, seed: int = 7) -> list[dict]:
    draw = random.Random(seed)
    return [process(number, draw) for number in range(count)]
