"""Which operation of the API does what a page does; where none does, it says so and why.

`python -m marketplace.actions` prints docs/reference/actions.md. A test refuses a page that acts
and has no line here, and a line that names what does not exist.
"""

import os
from collections.abc import Iterable, Iterator

# A page (the name of its address), then the operations of the API that do the same.
WITH = """
tokens: POST login
token_revoke: DELETE my-key
organisation_new: POST organizations
my_phone: POST my-phone
my_phone_code: POST my-phone-proof
my_phone_forget: DELETE my-phone
notifications: PUT my-channels
search_new: POST my-searches
search_end: DELETE my-search
webhooks: POST my-webhooks
webhook_end: DELETE my-webhook
my_erasure: POST my-erasure
audit: POST exports
audit_bids: POST exports
audit_files: POST audit-files
audit_file: POST audit-notes
audit_flag: POST flag-answers
export_cancel: POST export-cancellation
export_file: GET export-file
bid_start: PUT bid-draft
bid_check: POST bids
bid_device: POST sealed-bid
bid_documents: PUT bid-draft, POST bids
bid_document_remove: PUT bid-draft, POST bids
bid_restart: DELETE bid-draft
bid_lots: PUT bid-draft
bid_lot: PUT bid-draft
bid_withdraw: DELETE own-bid
grade: POST grading
person: POST role-proposing
role_proposal: POST role-confirmation
role_decline: POST role-decline
role_revoke: DELETE membership
tender_ask: POST enquiries
tender_dossier: POST dossier
tender_new: POST tenders
tender_new_from: GET tender, POST tenders
allocation_run: POST allocation
allocation_confirm: POST allocation-confirmation
allocation_stop: POST allocation-stop
allocation_recommend: POST allocation-awards
allocation_decide: POST allocation-decision
lot_award_recommend: POST award
lot_award_decide: POST decision
lot_award_unsuccessful: POST unsuccessful
lot_award_cancel: POST award-cancellation
lot_award_cancellation: POST award-cancellation-confirmation, POST award-cancellation-refusal
lot_contract: GET contract
contract_sign: POST contract
draft_committee: POST committee
draft_opener_remove: DELETE seat
draft_documents: POST documents
draft_document_remove: DELETE document
enquiry_answer: POST answer
bid_findings: POST gates, PUT gates
evaluator_declaration: POST declarations
bid_assessment: PUT assessments
lot_marks: GET marks
bid_marks: PUT marks
marks_sign: POST marks-signature
marks_close: POST marks-closure
lot_evaluation: POST evaluations
evaluation_confirm: POST confirmation
opening_act: POST release
opener_passphrase: POST enrolment
tender_amend: POST amendment
tender_amendment: POST amendment-confirmation, POST amendment-refusal
tender_cancel: POST cancellation, POST dropping
tender_cancellation: POST cancellation-confirmation, POST cancellation-refusal
draft_preview: GET tender
tender_publish: POST publication
contract_complete: POST completion
contract_call_up: POST call-ups
call_up_decide: POST call-up-decision
contract_change: POST contract-change-confirmation, POST contract-change-refusal
contract_end: POST contract-ends
contract_line: POST contract-changes
load_book: POST loads
load_accept: POST load-acceptance
load_again: POST load-measurements
load_agree: POST load-agreement
load_cancel: DELETE load
load_gate: POST load-gate
load_measure: POST load-measurements
load_reject: POST load-rejection
load_sample: POST load-sample
load_weigh: POST load-tickets
invoice_issue: POST invoices
invoice_pay: POST payments
depot_add: POST buyer-depots
confirmations: POST payment-confirmations
"""

# The pages of a draft each change a part of it: the API sends the whole, with If-Match.
WHOLE = "PUT tender"
WHOLE_DRAFT = """
draft_lots draft_lot_new draft_lot draft_lot_edit draft_lot_remove draft_criterion
draft_criterion_remove draft_gate_new draft_quality_new draft_component_new draft_component
draft_component_remove draft_points_new draft_money_new draft_rated_new draft_division
draft_division_remove draft_sharing draft_item draft_item_new draft_item_remove draft_limits
draft_quality_terms draft_quality draft_method draft_points draft_preference
draft_preference_remove draft_procedure draft_quorum draft_timetable draft_title
"""

GAP = "missing"
WITHOUT = {
    "my_phone_pin": "the PIN is chosen in the browser, and never by a program",
    "organisation_contact": GAP,
    "my_data": GAP,
    "erasures": GAP,
    "erasure": GAP,
    "assist_home": "a helper bids for a farmer with codes from the farmer's telephone",
    "assist_lot": "as above",
    "assist_ask": "as above",
    "assist_code": "as above",
    "assist_drop": "as above",
    "tender_links": GAP,
    "verify": "`python -m marketplace verify` checks without a server",
    "calculator": GAP,
    "draft_check": "POST publication refuses with every place to mend; nothing is changed before",
    "standard_proposals": GAP,
    "standard_proposal": GAP,
    "standard_decline": GAP,
    "confirmation": GAP,
    "payer_account": GAP,
    "ussd": "called by the telephone network",
    "ussd_secret": "called by the telephone network",
    "demo_phone": "of the demo only",
}


def table() -> dict[str, str]:
    """Page by page: the operations that do the same, parted by commas; `WITHOUT` is not in it."""
    rows = (line.partition(": ") for line in WITH.strip().splitlines())
    whole = dict.fromkeys(WHOLE_DRAFT.split(), WHOLE)
    return {page: done for page, _, done in rows} | whole


def reference() -> str:
    """The text of docs/reference/actions.md."""
    from marketplace import authorisation

    every = list(authorisation.rows())
    pages = {row.name: row.address for row in every if row.method == "PAGE"}
    calls = {f"{row.method} {row.name}": row.address for row in every if row.method != "PAGE"}
    gaps = sorted(name for name, why in WITHOUT.items() if why == GAP)
    return "\n".join(
        [
            "# What the pages do, over the API",
            "",
            "Made by `python -m marketplace.actions`; do not edit by hand. Each page that changes"
            " something, or is the page of an act, with the operations of `/api/v1` that do the"
            f" same. Of {len(table()) + len(WITHOUT)} pages {len(table())} have one,"
            f" {len(gaps)} lack one, the others need none.",
            "",
            "| page | over the API |",
            "|---|---|",
            *_lines(pages, calls),
            "",
        ]
    )


def _lines(pages: dict[str, str], calls: dict[str, str]) -> Iterator[str]:
    found = table()
    for name in sorted({*found, *WITHOUT}, key=lambda name: pages[name]):
        told = _calls(found[name].split(", "), calls) if name in found else f"– {WITHOUT[name]}"
        yield f"| `{pages[name]}` | {told} |"


def _calls(names: Iterable[str], calls: dict[str, str]) -> str:
    told = (f"`{name.split()[0]} {calls[name].removeprefix('/api/v1')}`" for name in names)
    return ", ".join(told)


def main() -> None:
    import sys

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")
    django.setup()
    sys.stdout.write(reference())


if __name__ == "__main__":
    main()
