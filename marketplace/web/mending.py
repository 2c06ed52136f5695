"""From a problem of a draft to the page that mends it."""

import re
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from procurement.models import Tender
from procurement.rules.content import Problem

_PLACE = re.compile(r"lots\[(\d+)\](?:\.(items|criteria)(?:\[(\d+)\])?)?(?:\.(\w+))?")
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
        step = _HEAD.get(problem.where, "draft_title")
        return Mending(problem.message, reverse(step, args=[tender.reference]), step)
    lot = int(found[1]) + 1
    where = _("Lot %d") % lot
    args = [tender.reference, lot]
    if found[3] is None:
        step = {"title": "draft_lot_edit"}.get(found[4] or "", "draft_lot")
    else:
        step = "draft_item" if found[2] == "items" else "draft_criterion"
        args.append(int(found[3]) + 1)
        words = _("item %d") if found[2] == "items" else _("criterion %d")
        where += ", " + words % (int(found[3]) + 1)
    return Mending(f"{where}: {problem.message}", reverse(step, args=args), "draft_lots")


def mendings(tender: Tender, problems: list[Problem]) -> list[Mending]:
    return [mending(tender, problem) for problem in problems]
