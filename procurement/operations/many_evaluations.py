"""The evaluation of many lots, one transaction each, and the same again from what is stored."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from marketplace.errors import Invalid, MusikaError, NotFound
from procurement.models import Evaluation, Lot, Tender
from procurement.operations import evaluations
from procurement.rules import case as rules
from procurement.rules.evaluation import evaluate as evaluate_case


@dataclass(frozen=True)
class Done:
    """What became of one lot; `problem`: why it was refused, or how it differs, in words."""

    lot: str
    bids: int
    digest: str
    problem: str = ""


def lots(references: Sequence[str], *, evaluated: bool) -> list[int]:
    """The lots of these tenders by number; `evaluated`: of all if none is named, and only those
    that have an evaluation. Raises NotFound, Invalid.
    """
    if not references and not evaluated:
        raise Invalid("No tender was named.", remedy="Name the references of the tenders.")
    known = set(Tender.objects.filter(reference__in=references).values_list("reference", flat=True))
    absent = [reference for reference in references if reference not in known]
    if absent:
        raise NotFound(f"There is no tender {absent[0]}.", where=absent[0])
    rows = Lot.objects.order_by("tender_id", "number")
    rows = rows.filter(tender__reference__in=references) if references else rows
    rows = rows.exclude(evaluations=None) if evaluated else rows
    return list(rows.values_list("pk", flat=True))


def evaluate(lot: int, now: datetime) -> Done:
    """Evaluate one lot as its page would; a refusal is told, and nothing of it is kept.

    Nobody is named for it: whoever runs the service acts in nobody's name, and confirms nothing.
    """
    row = Lot.objects.select_related("tender").get(pk=lot)
    name = f"{row.tender.reference}, lot {row.number}"
    try:
        found = evaluations.evaluate(lot=row, by=None, now=now)
    except MusikaError as error:
        return Done(name, 0, "", error.message)
    return Done(name, found.bids.count(), found.result_digest)


def check(lot: int) -> Done:
    """Work the stored case of a lot's latest evaluation out again; nothing is written."""
    row = Lot.objects.select_related("tender").get(pk=lot)
    name = f"{row.tender.reference}, lot {row.number}"
    stored = Evaluation.objects.filter(lot=row).latest("id")
    try:
        result = evaluate_case(rules.from_json(json.loads(stored.case)))
    except MusikaError as error:
        return Done(name, 0, "", error.message)
    digest = hashlib.sha256(result.to_bytes()).hexdigest()
    return Done(name, len(result.bids), digest, _difference(stored, result.case_digest, digest))


def _difference(stored: Evaluation, case: str, result: str) -> str:
    if stored.case_digest != case:
        return f"its case has the digest {case}, on record is {stored.case_digest}"
    if hashlib.sha256(stored.result.encode()).hexdigest() != stored.result_digest:
        return f"its stored result does not have the digest on record, {stored.result_digest}"
    if stored.result_digest != result:
        return f"its result is {result}, on record is {stored.result_digest}"
    return ""
