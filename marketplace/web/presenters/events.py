"""Entries of the record in plain words."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from marketplace.ledger.models import Entry
from marketplace.web.presenters import sayings

WORDS = {
    "TenderDrafted": _("The tender was drafted"),
    "TenderRevised": _("The draft was changed"),
    "TenderPublished": _("The tender was published"),
    "DraftDropped": _("The draft was dropped"),
    "TenderCancellationProposed": _("It was proposed to cancel the tender"),
    "TenderCancellationTakenBack": _("The proposal to cancel the tender was taken back"),
    "TenderCancellationDeclined": _("The proposal to cancel the tender was declined"),
    "TenderAmendmentProposed": _("It was proposed to amend the tender"),
    "TenderAmendmentTakenBack": _("The proposal to amend the tender was taken back"),
    "TenderAmendmentDeclined": _("The proposal to amend the tender was declined"),
    "ServiceOutage": _("The service was out of reach"),
    "TenderAmended": _("The tender was amended"),
    "TenderCancelled": _("The tender was cancelled"),
    "TenderClosed": _("The tender was closed for bids"),
    "DocumentAttached": _("A document was attached"),
    "DocumentDetached": _("A document was taken off"),
    "OpenerAppointed": _("An opener was appointed"),
    "OpenerEnrolled": _("An opener set a passphrase"),
    "OpenerDismissed": _("An opener was taken off the committee"),
    "EnquiryAsked": _("A question was asked"),
    "EnquiryAnswered": _("A question was answered"),
    "BidSubmitted": _("A sealed bid was received"),
    "BidReplaced": _("A sealed bid was replaced"),
    "BidWithdrawn": _("A bid was withdrawn"),
    "OpenerActed": _("A member of the committee acted at the opening"),
    "BidsOpened": _("The bids were opened and read out"),
    "GateDecided": _("A finding on a requirement was written down"),
    "ConflictDeclared": _("An evaluator declared whether there is a conflict of interest"),
    "BidAssessed": _("What is added to a bid's price was written down"),
    "MarksSigned": _("An evaluator signed the marks"),
    "MarksChanged": _("An evaluator changed marks to agree with the others"),
    "MarksClosed": _("The marking ended, and the evaluators saw each other's marks"),
    "LotEvaluated": _("A lot was evaluated"),
    "EvaluationConfirmed": _("The evaluation was confirmed"),
    "LotsAllocated": _("It was worked out who delivers which part of the divided lots"),
    "AllocationConfirmed": _("The allocation of the divided lots was confirmed"),
    "AllocationDecided": _("The parts of the divided lots were decided together"),
    "LotDivided": _("A lot was awarded in parts; its evaluation was made public"),
    "AwardRecommended": _("An award was recommended"),
    "AwardDecided": _("An award was decided"),
    "AwardCancellationProposed": _("It was proposed to cancel an award"),
    "AwardCancellationTakenBack": _("The proposal to cancel an award was taken back"),
    "AwardCancellationDeclined": _("The proposal to cancel an award was declined"),
    "AwardCancelled": _("An award was cancelled"),
    "LotUnsuccessful": _("A lot came to no award"),
    "ContractSigned": _("A contract was signed"),
    "DeliveryReceived": _("Goods were received"),
    "DeliveriesCompleted": _("Everything was delivered"),
    "PaymentMade": _("A payment was made"),
    "ContractChangeProposed": _("It was proposed to change or end a contract"),
    "ContractChangeTakenBack": _("The proposal to change a contract was taken back"),
    "ContractChangeDeclined": _("The proposal to change a contract was declined"),
    "ContractChanged": _("A contract was changed"),
    "ContractTerminated": _("A contract was ended early"),
    "CallUpRecommended": _("Calling up the next supplier was recommended"),
    "SupplierCalledUp": _("The next supplier in rank was called up"),
    "DepotOpened": _("A depot was opened for deliveries"),
    "DeliveryBooked": _("A slot at a depot was booked"),
    "BookingCancelled": _("A booked slot was given back"),
    "LoadArrived": _("A load came to the gate"),
    "LoadWeighed": _("A load was weighed"),
    "LoadFlagged": _("Something about a load has to be looked at"),
    "SampleTaken": _("A sample was drawn and sealed"),
    "MeasurementsRecorded": _("A sample was measured and judged"),
    "PriceAgreed": _("The supplier agreed to the price of a load"),
    "LoadAccepted": _("A load was accepted"),
    "LoadRejected": _("A load was rejected"),
    "GoodsReceived": _("Goods were received"),
    "InvoiceIssued": _("An invoice was made"),
    "PaymentConfirmed": _("A bank confirmed a payment"),
    "ConfirmationsTaken": _("A file of payment confirmations was taken"),
    "PaymentFileMade": _("A file of payment orders was made"),
    "PayerAccountStated": _("The account that a buyer pays from was named"),
    "AuditFileDrawn": _("An auditor drew a sample"),
    "MarketPricesRead": _("Market prices were read from a file"),
    "RedFlagAnswered": _("An auditor wrote down what a red flag came to"),
}
OFFICER = (
    "TenderDrafted",
    "TenderRevised",
    "DraftDropped",
    "TenderCancellationProposed",
    "TenderCancellationTakenBack",
    "TenderAmendmentProposed",
    "TenderAmendmentTakenBack",
    "DocumentAttached",
    "DocumentDetached",
    "OpenerAppointed",
    "OpenerDismissed",
    "EnquiryAnswered",
    "AwardRecommended",
    "ContractSigned",
)
ACCOUNTING = (
    "AllocationDecided",
    "LotDivided",
    "AwardDecided",
    "AwardCancellationProposed",
    "AwardCancellationTakenBack",
    "LotUnsuccessful",
    "PaymentMade",
    "PaymentConfirmed",
)
INSPECTOR = (
    "DeliveryReceived",
    "DeliveriesCompleted",
    "LoadArrived",
    "LoadWeighed",
    "SampleTaken",
    "MeasurementsRecorded",
    "LoadAccepted",
    "LoadRejected",
    "GoodsReceived",
)
APPROVER = (
    "TenderPublished",
    "TenderCancelled",
    "TenderCancellationDeclined",
    "TenderAmended",
    "TenderAmendmentDeclined",
    "AwardCancelled",
    "AwardCancellationDeclined",
)
# In which role it is done, told where the name is not.
ROLES = {
    event: role
    for role, events in (
        (_("procurement officer"), OFFICER),
        (_("approver"), APPROVER),
        (_("tenderer"), ("EnquiryAsked", "BidSubmitted", "BidReplaced", "BidWithdrawn")),
        (_("opener"), ("OpenerEnrolled", "OpenerActed")),
        (_("openers together"), ("BidsOpened",)),
        (
            _("evaluator"),
            (
                "ConflictDeclared",
                "GateDecided",
                "BidAssessed",
                "MarksSigned",
                "MarksChanged",
                "MarksClosed",
                "LotEvaluated",
                "EvaluationConfirmed",
                "LotsAllocated",
                "AllocationConfirmed",
            ),
        ),
        (_("accounting officer"), ACCOUNTING),
        (_("inspector"), INSPECTOR),
        (_("by the clock"), ("TenderClosed",)),
    )
    for event in events
}
CLASSES = {
    "public": _("public"),
    "opening": _("public since the opening"),
    "auditor": _("for auditors"),
}


@dataclass(frozen=True)
class EntryView:
    """One entry for a reader who may see it: what happened, when it was decided, the rest."""

    sequence: int
    time: datetime
    title: str
    event: str
    seen_by: str
    by: str
    facts: list[tuple[str, str]]


def view(entry: Entry, names: dict[str, str]) -> EntryView:
    """`names` are organisations, and people for those who may see who acted, by public id."""
    body: dict[str, Any] = json.loads(entry.body) if entry.body else {}
    return EntryView(
        entry.sequence,
        # The ledger's own time says when it was written down: of an import, much later.
        datetime.fromisoformat(body["at"]) if "at" in body else entry.recorded_at,
        str(WORDS.get(entry.event, _spaced(entry.event))),
        entry.event,
        str(CLASSES[entry.visibility]),
        names.get(body.get("by") or "", "") or str(ROLES.get(entry.event, "")),
        sayings.facts(body, names),
    )


def _spaced(event: str) -> str:
    words = "".join(f" {c.lower()}" if c.isupper() else c for c in event).strip()
    return words.capitalize()
