"""What a release may show, asked of the one table of who sees what (`rules.visibility`)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from procurement.rules.visibility import Fact, Moment, Reader, sees

BIDS: Final = (Fact.BID, Fact.TENDERERS, Fact.BID_COUNT)
DECIDED: Final = (Fact.RESULT, Fact.AWARD)

# What each event's release tells; an event that is not here tells nothing.
TOLD: Final[Mapping[str, tuple[Fact, ...]]] = MappingProxyType(
    {
        "TenderPublished": (Fact.TENDER,),
        "TenderAmended": (Fact.TENDER,),
        "TenderCancelled": (Fact.TENDER,),
        "EnquiryAnswered": (Fact.QUESTION,),
        "BidsOpened": BIDS,
        "AwardDecided": DECIDED,
        "LotUnsuccessful": DECIDED,
        "AwardCancelled": (Fact.AWARD,),
        "ContractSigned": (Fact.CONTRACT,),
        "DeliveryReceived": (Fact.CONTRACT,),
        "GoodsReceived": (Fact.CONTRACT,),
        "ContractTerminated": (Fact.CONTRACT,),
        "DeliveriesCompleted": (Fact.CONTRACT,),
        "PaymentMade": (Fact.CONTRACT,),
        "TenderImported": (Fact.TENDER, *BIDS, *DECIDED),
    }
)
# The moments that an event brings: what it tells may be seen from this very entry on.
BRINGS: Final[Mapping[str, tuple[Moment, ...]]] = MappingProxyType(
    {
        "TenderPublished": (Moment.PUBLICATION,),
        "EnquiryAnswered": (Moment.ANSWER,),
        "BidsOpened": (Moment.OPENING,),
        "AwardDecided": (Moment.DECISION,),
        "LotUnsuccessful": (Moment.DECISION,),
        "TenderImported": (Moment.PUBLICATION, Moment.OPENING, Moment.DECISION),
    }
)


def is_public(event: str, before: Mapping[str, Any]) -> bool:
    """Whether everybody may see all that the release of this event would tell."""
    told = TOLD.get(event, ())
    come = {Moment.ALWAYS, *BRINGS.get(event, ()), *_come(before)}
    return bool(told) and all(sees(fact, {Reader.ANYONE}, come) for fact in told)


def _come(before: Mapping[str, Any]) -> set[Moment]:
    """The moments that have come, read from what is published already."""
    known = {"tender": Moment.PUBLICATION, "bids": Moment.OPENING, "awards": Moment.DECISION}
    return {moment for name, moment in known.items() if name in before}
