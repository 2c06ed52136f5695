"""From a problem of a draft to the page that mends it."""

import re
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later

from procurement.models import Tender
from procurement.rules.content import Problem

_PLACE = re.compile(r"lots\[(\d+)\](?:\.(items|criteria|components)(?:\[(\d+)\])?)?(?:\.(\w+))?")
_LOT = {
    "title": "draft_lot_edit",
    "evaluation_method": "draft_method",
    "tie_break": "draft_method",
    "points": "draft_points",
    "price_points": "draft_points",
    "minimum_points": "draft_points",
    "preference": "draft_preference",
    "division": "draft_division",
}
_PARTS = {
    "items": ("draft_item", later("item %d")),
    "criteria": ("draft_criterion", later("criterion %d")),
    "components": ("draft_component", later("addition %d")),
}
_HEAD = {
    "title": "draft_title",
    "description": "draft_title",
    "method": "draft_procedure",
    "reserved_for": "draft_procedure",
    "currency": "draft_procedure",
    "deadline": "draft_timetable",
    "enquiry_deadline": "draft_timetable",
    "standstill_days": "draft_timetable",
    "opening_quorum": "draft_committee",
    "committee": "draft_committee",
    "lots": "draft_lots",
}


@dataclass(frozen=True)
class Mending:
    """A problem in words, with the page that mends it and the name of the wizard's step."""

    text: str
    href: str
    step: str


def mending(tender: Tender, problem: Problem) -> Mending:
    found = _PLACE.match(problem.where)
    if found is None:
        # A problem of no section would be counted above and shown below nowhere.
        if problem.where.startswith("sharing"):
            href = reverse("draft_sharing", args=[tender.reference])
            return Mending(problem.message, href, "draft_lots")
        step = _HEAD.get(problem.where, "draft_title")
        return Mending(problem.message, reverse(step, args=[tender.reference]), step)
    lot = int(found[1]) + 1
    where = _("Lot %d") % lot
    args = [tender.reference, lot]
    if found[3] is None:
        step = _LOT.get(found[4] or "", "draft_lot")
    else:
        step, words = _PARTS[found[2]]
        args.append(int(found[3]) + 1)
        where += ", " + str(words) % (int(found[3]) + 1)
    return Mending(f"{where}: {problem.message}", reverse(step, args=args), "draft_lots")


def mendings(tender: Tender, problems: list[Problem]) -> list[Mending]:
    return [mending(tender, problem) for problem in problems]
