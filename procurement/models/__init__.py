"""Facts and database constraints, one file per entity."""

from procurement.models.allocation import Allocation
from procurement.models.assistance import Assistance
from procurement.models.auditfile import AuditFile, AuditFileLot, AuditNote
from procurement.models.award import Award, AwardLetter, AwardLine
from procurement.models.bid import (
    Bid,
    BidDocument,
    BidDraft,
    BidLine,
    BidPart,
    DeclaredValue,
    RequirementResponse,
    SealedBid,
)
from procurement.models.cancellation import (
    AwardCancellation,
    ContractChange,
    TenderAmendment,
    TenderCancellation,
)
from procurement.models.committee import CommitteeMember, ReleasedShare
from procurement.models.contract import Contract, ContractLine
from procurement.models.delivery import (
    AdjustmentStep,
    Delivery,
    GoodsReceipt,
    LoadFlag,
    LoadTest,
    Measurement,
    Sample,
    WeighbridgeTicket,
)
from procurement.models.depot import Depot
from procurement.models.evaluation import EngineSource, EvaluatedBid, Evaluation, GateDecision
from procurement.models.figure import MarketPrice, PreparedFigure, PriceFile
from procurement.models.jobs import Export, ImportBatch, ImportLock, RecordedOutcome
from procurement.models.judging import (
    ConflictDeclaration,
    GroupFinding,
    Mark,
    MarksClosure,
    MarkSheet,
    PriceAddition,
)
from procurement.models.look import LinkAnswer, Look
from procurement.models.lot import Criterion, CriterionOption, Item, Lot
from procurement.models.method import (
    CriterionRating,
    LotComponent,
    LotDivision,
    LotPoints,
    LotPreference,
    TenderSharing,
)
from procurement.models.ocds import OcdsFile, OcdsProcess, OcdsRelease, OcdsSource, OcdsWatermark
from procurement.models.outage import Pulse, ServiceOutage
from procurement.models.payment import Invoice, InvoiceLine, Payment, PaymentConfirmation
from procurement.models.redflag import (
    CompiledProcess,
    IndicatorRate,
    IndicatorRun,
    RedFlag,
    RedFlagAnswer,
    RedFlagEvidence,
)
from procurement.models.search import Announcement, SavedSearch, SearchHit
from procurement.models.tender import Enquiry, Tender, TenderDocument, TenderSearchText

__all__ = [
    "AdjustmentStep",
    "Allocation",
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
    "BidPart",
    "CommitteeMember",
    "CompiledProcess",
    "ConflictDeclaration",
    "Contract",
    "ContractChange",
    "ContractLine",
    "Criterion",
    "CriterionOption",
    "CriterionRating",
    "DeclaredValue",
    "Delivery",
    "Depot",
    "EngineSource",
    "Enquiry",
    "EvaluatedBid",
    "Evaluation",
    "Export",
    "GateDecision",
    "GoodsReceipt",
    "GroupFinding",
    "ImportBatch",
    "ImportLock",
    "IndicatorRate",
    "IndicatorRun",
    "Invoice",
    "InvoiceLine",
    "Item",
    "LinkAnswer",
    "LoadFlag",
    "LoadTest",
    "Look",
    "Lot",
    "LotComponent",
    "LotDivision",
    "LotPoints",
    "LotPreference",
    "Mark",
    "MarkSheet",
    "MarketPrice",
    "MarksClosure",
    "Measurement",
    "OcdsFile",
    "OcdsProcess",
    "OcdsRelease",
    "OcdsSource",
    "OcdsWatermark",
    "Payment",
    "PaymentConfirmation",
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
    "Sample",
    "SavedSearch",
    "SealedBid",
    "SearchHit",
    "ServiceOutage",
    "Tender",
    "TenderAmendment",
    "TenderCancellation",
    "TenderDocument",
    "TenderSearchText",
    "TenderSharing",
    "WeighbridgeTicket",
]
