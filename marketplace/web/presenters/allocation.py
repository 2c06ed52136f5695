"""An allocation as its page shows it: who delivers what to where, at what cost, and why not others.

Every figure comes from the stored result; names take the place of numbers of bids.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.web.presenters import division
from marketplace.web.templatetags.musika import money, quantity
from procurement.models import Allocation, Lot
from procurement.operations.part_letters import named
from procurement.queries import allocations as stored
from procurement.rules import words


@dataclass(frozen=True)
class Part:
    """What one supplier delivers of one lot."""

    lot: Lot
    supplier: str
    place: str
    quantity: Decimal
    unit_price: Decimal
    price: Decimal


class View:
    """One finished allocation with the names behind its numbers."""

    def __init__(self, row: Allocation) -> None:
        self.row, self.tender = row, row.tender
        self.case: dict[str, Any] = json.loads(row.case)
        self.result: dict[str, Any] = json.loads(row.result)
        self.currency, self.unit = self.result["currency"], self.result["unit"]
        self.lots = {str(lot.number): lot for lot in stored.divided_lots(row.tender)}
        self.names = {
            bid.tenderer.public_id: bid.tenderer.name
            for bid in row.tender.bids.select_related("tenderer")
        }

    def money(self, amount: Mapping[str, str]) -> Any:
        return money(Decimal(amount["shown"]), self.currency)

    def sum(self, amount: Mapping[str, str]) -> str:
        """The same inside a sentence."""
        return words.money(Decimal(amount["shown"]), self.currency)

    def words(self, text: str) -> str:
        return named(text, next(iter(self.lots.values())))

    @cached_property
    def parts(self) -> list[Part]:
        """In the order of lots, the largest part first."""
        prices = {bid["bid"]: Decimal(bid["tiers"][0]["unit_price"]) for bid in self.case["bids"]}
        places = {n: lot.items.all()[0].delivery_place for n, lot in self.lots.items()}
        found = [
            Part(
                lot=self.lots[line["lot"]],
                supplier=self.names[award["tenderer"]],
                place=places[line["lot"]],
                quantity=Decimal(line["quantity"]),
                unit_price=prices[award["bid"]],
                price=Decimal(line["quantity"]) * prices[award["bid"]],
            )
            for award in self.result["awards"]
            for line in award["lines"]
        ]
        return sorted(found, key=lambda part: (part.lot.number, -part.quantity, part.supplier))

    def rows(self) -> list[dict[str, Any]]:
        """The table twin of the picture."""
        return [
            {
                "lot": part.lot.number,
                "supplier": part.supplier,
                "place": part.place,
                "quantity": quantity(part.quantity, self.unit),
                "unit_price": money(part.unit_price, self.currency),
                "price": money(part.price, self.currency),
            }
            for part in self.parts
        ]

    def proven(self) -> str:
        """Whether nothing cheaper keeps the rules, or how far that is from proven."""
        if self.result["status"] == "optimal":
            return _("Proven: no award that keeps the rules costs less.")
        why = {
            "gap": _("the work was stopped within the gap that was allowed"),
            "time_limit": _("the time ran out, and another run may end elsewhere"),
            "unproven": _("the arithmetic of the solver could not close the gap"),
        }[self.result["status"]]
        if self.result["gap"] is None:
            return _("Not proven to be the cheapest: %s.") % why
        return _("Not proven to be the cheapest: %(why)s. No award costs over %(gap)s less.") % {
            "why": why,
            "gap": self.sum(self.result["gap"]),
        }

    def figures(self) -> list[dict[str, Any]]:
        result, suppliers = self.result, {part.supplier for part in self.parts}
        left = [lot for lot in result["lots"] if lot["unmet"] != "0"]
        open_ = sum((Decimal(lot["unmet"]) for lot in left), Decimal(0))
        return [
            {"label": _("To pay"), "value": self.money(result["paid"])},
            {
                "label": _("Suppliers"),
                "value": len(suppliers),
                "note": ngettext("of %d bidder", "of %d bidders", len(result["tenderers"]))
                % len(result["tenderers"]),
            },
            {
                "label": _("Left open"),
                "value": quantity(open_, self.unit),
                "note": _("nobody delivers it") if left else _("all that is asked is delivered"),
            },
        ]

    def demands(self) -> list[dict[str, Any]]:
        """Each lot: asked, awarded, open, and why."""
        return [
            {
                "lot": str(self.lots[row["lot"]]),
                "asked": quantity(Decimal(row["demand"]), self.unit),
                "awarded": quantity(Decimal(row["awarded"]), self.unit),
                "open": quantity(Decimal(row["unmet"]), self.unit),
                "suppliers": len(row["suppliers"]),
                "why": self.words(row["why"]) or "–",
            }
            for row in self.result["lots"]
        ]

    def policies(self) -> list[dict[str, Any]]:
        """Each published rule with what it costs."""
        return [
            {"rule": self.rule(row["policy"]), "cost": self._cost(row["cost"])}
            for row in self.result["policies"]
        ]

    def _cost(self, cost: Mapping[str, str] | None) -> Any:
        if cost is None:
            return _("not known: the work was stopped")
        return _("nothing") if cost["exact"] == "0" else self.money(cost)

    def rule(self, policy: str) -> str:
        kind, _blank, name = policy.partition(" ")
        if kind == "owner_cap":
            share = Decimal(self.case["owner_caps"][0]["share"])
            return _("At most %s for one supplier") % division.percent(share)
        if kind == "reserve":
            share = Decimal(self.case["reserves"][0]["share"])
            return _("%(share)s reserved: %(group)s") % {
                "share": division.percent(share),
                "group": division.group(name),
            }
        return {
            "budget": _("The budget"),
            "minimum_suppliers": _("The fewest suppliers of a lot"),
            "maximum_suppliers": _("The most suppliers of a lot"),
        }.get(kind, policy)

    def greedy(self) -> str:
        """Cheapest first beside it, in one sentence."""
        more = self.result["greedy"]["difference"]
        if more["exact"] == "0":
            return _("Taking the cheapest offers first, one after the other, costs the same.")
        return _(
            "Taking the cheapest offers first, one after the other, would cost %s more."
        ) % self.sum(more)

    def runner_up(self) -> str:
        other = self.result["runner_up"]
        if other is None:
            return ""
        who = ", ".join(self.names.get(name, name) for name in other["suppliers"])
        return _("With other suppliers (%(who)s) the least is %(more)s more.") % {
            "who": who or _("nobody"),
            "more": self.sum(other["difference"]),
        }

    def steps(self) -> list[str]:
        """Cheapest first, step by step."""
        return [
            _("%(who)s: %(what)s")
            % {
                "who": self.words(step["bid"]),
                "what": ", ".join(self._line(line) for line in step["lines"]) or _("nothing"),
            }
            for step in self.result["greedy"]["steps"]
        ]

    def _line(self, line: Mapping[str, str]) -> str:
        return _("%(quantity)s of lot %(lot)s") % {
            "quantity": words.amount(Decimal(line["quantity"]), self.unit),
            "lot": line["lot"],
        }

    def bidders(self) -> list[dict[str, Any]]:
        """Every bidder: what he gets, and why no more."""
        return [
            {
                "name": self.names[row["tenderer"]],
                "gets": quantity(Decimal(row["quantity"]), self.unit),
                "paid": self.money(row["paid"]),
                "why": list(self._why(row)),
            }
            for row in sorted(
                self.result["tenderers"],
                key=lambda row: (-Decimal(row["quantity"]), self.names[row["tenderer"]]),
            )
        ]

    def _why(self, row: Mapping[str, Any]) -> Iterator[str]:
        for reason in self.result["reasons"]:
            if reason["tenderer"] == row["tenderer"]:
                lot = reason["bid"].rpartition("-L")[2]
                yield _("Lot %(lot)s: %(why)s") % {"lot": lot, "why": self.words(reason["words"])}
        if row["change"]:
            yield self.words(row["change"]["words"])
