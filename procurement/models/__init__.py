"""Facts and database constraints, one file per entity."""

from procurement.models.assistance import Assistance
from procurement.models.auditfile import (
    AuditFile,
    AuditFileLot,
    AuditNote,
)
from procurement.models.award import (
    Award,
    AwardLetter,
    AwardLine,
    Contract,
    Delivery,
    Payment,
)
from procurement.models.bid import (
    Bid,
    BidDocument,
    BidDraft,
    BidLine,
    DeclaredValue,
    RequirementResponse,
    SealedBid,
)
from procurement.models.cancellation import (
    AwardCancellation,
    TenderAmendment,
    TenderCancellation,
)
from procurement.models.committee import (
    CommitteeMember,
    ReleasedShare,
)
from procurement.models.evaluation import (
    EngineSource,
    EvaluatedBid,
    Evaluation,
    GateDecision,
)
from procurement.models.figure import (
    MarketPrice,
    PreparedFigure,
    PriceFile,
)
from procurement.models.jobs import (
    Export,
    ImportBatch,
    ImportLock,
    RecordedOutcome,
)
from procurement.models.judging import (
    ConflictDeclaration,
    GroupFinding,
    Mark,
    MarksClosure,
    MarkSheet,
    PriceAddition,
)
from procurement.models.look import (
    LinkAnswer,
    Look,
)
from procurement.models.lot import (
    Criterion,
    CriterionOption,
    Item,
    Lot,
)
from procurement.models.method import (
    CriterionRating,
    LotComponent,
    LotPoints,
    LotPreference,
)
from procurement.models.ocds import (
    OcdsFile,
    OcdsProcess,
    OcdsRelease,
    OcdsSource,
    OcdsWatermark,
)
from procurement.models.outage import (
    Pulse,
    ServiceOutage,
)
from procurement.models.redflag import (
    CompiledProcess,
    IndicatorRate,
    IndicatorRun,
    RedFlag,
    RedFlagAnswer,
    RedFlagEvidence,
)
from procurement.models.search import (
    Announcement,
    SavedSearch,
    SearchHit,
)
from procurement.models.tender import (
    Enquiry,
    Tender,
    TenderDocument,
    TenderSearchText,
)

__all__ = [
    "Announcement",
    "Assistance",
    "AuditFile",
    "AuditFileLot",
    "AuditNote",
    "Award",
    "AwardCancellation",
    "AwardLetter",
    "AwardLine",
    "Bid",
    "BidDocument",
    "BidDraft",
    "BidLine",
    "CommitteeMember",
    "CompiledProcess",
    "ConflictDeclaration",
    "Contract",
    "Criterion",
    "CriterionOption",
    "CriterionRating",
    "DeclaredValue",
    "Delivery",
    "EngineSource",
    "Enquiry",
    "EvaluatedBid",
    "Evaluation",
    "Export",
    "GateDecision",
    "GroupFinding",
    "ImportBatch",
    "ImportLock",
    "IndicatorRate",
    "IndicatorRun",
    "Item",
    "LinkAnswer",
    "Look",
    "Lot",
    "LotComponent",
    "LotPoints",
    "LotPreference",
    "Mark",
    "MarkSheet",
    "MarketPrice",
    "MarksClosure",
    "OcdsFile",
    "OcdsProcess",
    "OcdsRelease",
    "OcdsSource",
    "OcdsWatermark",
    "Payment",
    "PreparedFigure",
    "PriceAddition",
    "PriceFile",
    "Pulse",
    "RecordedOutcome",
    "RedFlag",
    "RedFlagAnswer",
    "RedFlagEvidence",
    "ReleasedShare",
    "RequirementResponse",
    "SavedSearch",
    "SealedBid",
    "SearchHit",
    "ServiceOutage",
    "Tender",
    "TenderAmendment",
    "TenderCancellation",
    "TenderDocument",
    "TenderSearchText",
]
