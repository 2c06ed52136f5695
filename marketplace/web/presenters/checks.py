"""The checks of a history or receipt as questions that anyone understands."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from marketplace.ledger.verify import Check, Report

WORDS = {
    "file is readable": _("The file is complete and well formed"),
    "key is the published one": _("It was signed with this site's published key"),
    "checkpoint is signed": _("The signature under the record is genuine"),
    "header is signed": _("The signature under this file is genuine"),
    "bodies match their commitments": _("Each entry says what it said when it was recorded"),
    "leaves match their entries": _("Places and times are as recorded"),
    "entries are in the signed tree": _("Every entry is in the signed record"),
    "lines agree with their bodies": _("Nothing was labelled as something else"),
    "sequence and time go forward": _("Entries are in order"),
    "nothing is missing": _("No entry was left out"),
    "no bid came in after the close": _("No bid came in after the close"),
    "what is not shown is told": _("The file says what it does not show"),
    "it is a receipt": _("The receipt is complete and well formed"),
    "the key is the published one": _("It was signed with this site's published key"),
    "the checkpoint is signed": _("The signature under the record is genuine"),
    "the entry is the one that was recorded": _("The entry says what it said when recorded"),
    "the entry is in the signed record": _("Your bid is in the signed record"),
    "the receipt says what the entry says": _("The receipt says what the record says"),
    "the record still holds the entry": _("The record still holds your bid"),
    "terms match their hash": _("The terms are those that were published"),
    "an amendment changes no question": _("An amendment told more and gave more time, no more"),
    "rules of evaluation match": _("The rules of evaluation are those that were published"),
    "every standing bid was opened": _("Every bid that stood was opened, and no other"),
    "CLOSE names the standing bids": _("The close names every bid that stood"),
    "evaluation recomputes": _("The evaluation, worked out again, gives the same result"),
}

ORDER = ("FAIL", "SKIP", "PASS")


@dataclass(frozen=True)
class Line:
    """One check: in words, PASS, FAIL or SKIP, and what was counted, where it fails, or why not."""

    words: str
    verdict: str
    detail: str


def lines(report: Report) -> list[Line]:
    """The failed checks first, then what was not compared: they are what the reader came for."""
    found = [_line(check) for check in report.checks]
    return sorted(found, key=lambda line: ORDER.index(line.verdict))


def _line(check: Check) -> Line:
    return Line(str(WORDS.get(check.name, check.name.capitalize())), check.word, check.detail)
