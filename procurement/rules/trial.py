"""Try numbers before bidding: imagined bids through the same rules that will decide.

Nothing is stored. Gates that only evaluators can judge count as met, because nobody has looked at
any evidence yet; what a bid declares about its quality is judged as it will be.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Final

from procurement.rules import case as cases
from procurement.rules.bidding import BidContent, Declaration, LineOffer, Response
from procurement.rules.evaluation import evaluate
from procurement.rules.money import plain
from procurement.rules.published import case_terms
from procurement.rules.result import Result

# An imagined bid has no time of its own: in an exact tie the one named first came first.
IMAGINED: Final = "2000-01-01T00:00:00.{:06}Z"
ASSUMED: Final = "Assumed here; the evaluators look at the evidence."


def trial(
    data: Mapping[str, Any], terms_hash: str, number: int, offers: Mapping[str, BidContent]
) -> Result:
    """The result of lot `number` if these bids, by name, were all that came in.

    `data` is the tender's frozen terms. Raises InvalidCase for what the rules cannot take.
    """
    raw = case_terms(data, terms_hash, number)
    gates = [c["criterion"] for c in raw["criteria"] if c["kind"] == "gate"]
    raw["draw_seed"] = "0" * 64
    raw["bids"] = [
        _bid(name, offer, number, gates, IMAGINED.format(place))
        | _judged(raw, [str(line.item) for line in offer.lines if line.lot == number])
        for place, (name, offer) in enumerate(offers.items())
    ]
    return evaluate(cases.from_json(raw))


def _bid(
    name: str, offer: BidContent, lot: int, gates: list[str], submitted_at: str
) -> dict[str, Any]:
    return {
        "bid": name,
        "tenderer": name,
        "submitted_at": submitted_at,
        "revision": "1",
        "lines": [_line(line) for line in offer.lines if line.lot == lot],
        "declared": [_declared(value) for value in offer.declared if value.lot == lot],
        "responses": [_response(answer) for answer in offer.responses if answer.lot == lot],
        "gates": [
            {"criterion": gate, "passed": True, "reason": ASSUMED, "source": ""} for gate in gates
        ],
    }


def _judged(raw: Mapping[str, Any], items: list[str]) -> dict[str, Any]:
    """Nothing added, nobody preferred, every mark the best: what nobody has judged yet."""
    additions = [
        {"component": c["component"], "item": item, "amount": "0", "reason": ASSUMED}
        for c in raw.get("components", ())
        for item in ([None] if c["per"] == "lot" else items)
    ]
    marks = [
        {
            "criterion": c["criterion"],
            "mark": c["rating"]["highest_mark"],
            "reason": ASSUMED,
        }
        for c in raw["criteria"]
        if c.get("rating")
    ]
    # A trimmed mean takes three marks.
    panel = [mark | {"evaluator": name} for mark in marks for name in "abc"]
    return {"additions": additions, "marks": panel}


def _line(line: LineOffer) -> dict[str, Any]:
    return {
        "item": str(line.item),
        "unit_price": plain(Fraction(line.unit_price)),
        "quantity": plain(Fraction(line.quantity)),
        "stated_total": None,
    }


def _declared(value: Declaration) -> dict[str, str]:
    return {"item": str(value.item), "parameter": value.parameter, "value": value.value}


def _response(answer: Response) -> dict[str, str]:
    return {"criterion": str(answer.criterion), "option": str(answer.option)}
