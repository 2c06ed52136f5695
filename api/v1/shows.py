"""What each address that is read shows, in the words of the visibility table.

A GET without a row fails tests/test_authorisation.py, which walks them all.
"""

from procurement.rules.visibility import OPEN, OWN, ROLE, Fact, Shown, mine, of_all, shows, within

EITHER = shows(Fact.TENDER, Fact.DRAFT)
HISTORY = shows(Fact.PUBLIC_ENTRIES, Fact.INNER_ENTRIES)

SHOWS: dict[str, Shown] = {
    "assessments": shows(Fact.WORKING),
    "award": shows(Fact.AWARD, Fact.RECOMMENDATION),
    "award-cancellation": within(Fact.PROPOSAL),
    "amendment": within(Fact.PROPOSAL),
    "bid-history": of_all(Fact.BID),
    "bid-document": shows(Fact.BID_FILES),
    "bid-draft": Shown((Fact.BID_DRAFT,), act=True, mine=True),
    "bids": shows(Fact.BID),
    "cancellation": within(Fact.PROPOSAL),
    "checkpoint": OPEN,
    "checkpoint-note": OPEN,
    "commodities": OPEN,
    "committee": EITHER,
    "contract": shows(Fact.CONTRACT),
    "declarations": shows(Fact.DECLARATIONS, own=False),
    "document": EITHER,
    "documents": EITHER,
    "dossier": shows(Fact.DOSSIER),
    "dossier-file": shows(Fact.DOSSIER),
    "drafts": OWN,
    "enquiries": shows(Fact.TENDER),
    "enquiry": shows(Fact.QUESTION),
    "evaluation": shows(Fact.RESULT),
    "evaluations": shows(Fact.RESULT),
    "export": ROLE,
    "export-file": within(Fact.WHOLE_DOSSIER),
    "exports": ROLE,
    "gates": shows(Fact.RESULT),
    "history-csv": HISTORY,
    "history-jsonl": HISTORY,
    "letters": shows(Fact.TENDER),
    "marks": shows(Fact.WORKING),
    "me": OWN,
    "membership": ROLE,
    "memberships": ROLE,
    "my-bids": OWN,
    "my-data": OWN,
    "my-keys": OWN,
    "my-seats": OWN,
    "opening": shows(Fact.TENDER),
    "organization": OPEN,
    "organizations": OPEN,
    "own-bid": mine(Fact.RECEIPT),
    "sealing-kit": within(Fact.TENDER),
    "receipt": mine(Fact.RECEIPT),
    "role-proposal": ROLE,
    "role-proposals": ROLE,
    "standard": OPEN,
    "standards": OPEN,
    "tender": EITHER,
    "tender-facets": OPEN,
    "tenders": OPEN,
}
