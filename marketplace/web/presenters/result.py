"""The result of a lot as people read it: the stored JSON with names in place of bid numbers."""

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from procurement.models import Bid, Evaluation, Lot
from procurement.rules.evaluated_price import MARGIN

SUMS = {"price", "evaluated price", MARGIN}


@dataclass(frozen=True)
class ResultView:
    """A stored evaluation: `data` is its result JSON, `bids` by public id."""

    evaluation: Evaluation
    data: dict[str, Any]
    bids: dict[str, Bid]

    @cached_property
    def sums(self) -> set[str]:
        """The parts of a bid's value that are sums of money."""
        case = json.loads(self.evaluation.case)
        return SUMS | {c["component"] for c in case.get("components", ())}

    @cached_property
    def titles(self) -> dict[str, str]:
        """What criteria and quality parameters are called, from the stored case."""
        case = json.loads(self.evaluation.case)
        limits = [limit for item in case["items"] for limit in item["specification"]]
        named = {limit["parameter"]: limit["name"] for limit in limits}
        named |= {c["component"]: c["title"] for c in case.get("components", ())}
        return named | {c["criterion"]: c["title"] for c in case["criteria"]}

    @cached_property
    def evaluators(self) -> dict[str, str]:
        """Names by public id of those whose marks the case holds."""
        case = json.loads(self.evaluation.case)
        ids = {m["evaluator"] for bid in case["bids"] for m in bid.get("marks", ())}
        rows = User.objects.filter(public_id__in=ids)
        return dict(rows.values_list("public_id", "full_name"))

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Each bid's part of the result with the tenderer's name and the reasons it is out."""
        return [self.line(line) for line in self.data["bids"]]

    def line(self, line: dict[str, Any]) -> dict[str, Any]:
        titles = self.titles
        gates = [gate | {"title": titles.get(gate["name"], gate["name"])} for gate in line["gates"]]
        failed = [gate["reason"] or gate["title"] for gate in gates if not gate["passed"]]
        return line | {
            "gates": gates,
            "name": self.bids[line["bid"]].tenderer.name,
            "why": "; ".join(failed),
            "first": line["bid"] in self.data["winners"],
        }

    def of_bid(self, public_id: str) -> dict[str, Any] | None:
        return next((line for line in self.lines if line["bid"] == public_id), None)

    def named(self, text: str) -> str:
        """Tenderers' names in place of bid numbers."""
        for public_id, bid in self.bids.items():
            text = text.replace(f"bid {public_id}", bid.tenderer.name)
        return text


def evaluation_of(lot: Lot, insider: bool) -> Evaluation | None:
    """The confirmed evaluation; for those who work on it, else the latest one."""
    rows: QuerySet[Evaluation] = lot.evaluations.select_related("evaluated_by", "confirmed_by")
    confirmed = rows.exclude(confirmed_at=None).first()
    return confirmed or (rows.order_by("-id").first() if insider else None)


def view(evaluation: Evaluation) -> ResultView:
    data = json.loads(evaluation.result)
    bids = Bid.objects.filter(public_id__in=[line["bid"] for line in data["bids"]])
    named = {bid.public_id: bid for bid in bids.select_related("tenderer")}
    return ResultView(evaluation, data, named)


def steps(line: dict[str, Any]) -> list[tuple[str, str, str]]:
    """The working as (what, formula with its numbers, value)."""
    return [(step["label"], _formula(step), value_words(step["value"])) for step in line["working"]]


def _formula(step: dict[str, Any]) -> str:
    numbers = ", ".join(f"{one['name']} = {one['value']}" for one in step["inputs"])
    return f"{step['formula']}  [{numbers}]" if numbers else step["formula"]


def value_words(amount: dict[str, str]) -> str:
    exact, decimal = amount["exact"], amount["decimal"]
    return decimal if exact == decimal else _("%(decimal)s (exactly %(exact)s)") % amount
