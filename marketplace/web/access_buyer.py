<<<<<<< HEAD
"""The buyer's rows of the web permission table.

A permission counts in the buyer of the tender; the seat of an opener is checked as well.
"""

from marketplace.accounts.roles import Permission
from marketplace.web.access_words import PUBLIC, SIGNED_IN

DRAFT = Permission.TENDER_DRAFT

BUYER: dict[str, str | Permission] = {
    "bid_document": Permission.BID_EVALUATE,
    "bid_findings": Permission.BID_EVALUATE,
    "buyer_tenders": SIGNED_IN,
    "contract_complete": Permission.DELIVERY_RECORD,
    "contract_pay": Permission.PAYMENT_RECORD,
    "contract_receive": Permission.DELIVERY_RECORD,
    "contract_sign": Permission.CONTRACT_SIGN,
    "draft_check": SIGNED_IN,
    "draft_committee": DRAFT,
    "draft_criterion": DRAFT,
    "draft_criterion_remove": DRAFT,
    "draft_document_remove": DRAFT,
    "draft_documents": DRAFT,
    "draft_gate_new": DRAFT,
    "draft_item": DRAFT,
    "draft_item_new": DRAFT,
    "draft_item_remove": DRAFT,
    "draft_limits": DRAFT,
    "draft_lot": DRAFT,
    "draft_lot_edit": DRAFT,
    "draft_lot_new": DRAFT,
    "draft_lot_remove": DRAFT,
    "draft_lots": DRAFT,
    "draft_method": DRAFT,
    "draft_preview": SIGNED_IN,
    "draft_procedure": DRAFT,
    "draft_quality": DRAFT,
    "draft_quality_new": DRAFT,
    "draft_quorum": DRAFT,
    "draft_timetable": DRAFT,
    "draft_title": DRAFT,
    "enquiry_answer": Permission.ENQUIRY_ANSWER,
    "evaluation_confirm": Permission.BID_EVALUATE,
    "lot_award": SIGNED_IN,
    "lot_award_cancel": Permission.AWARD_DECIDE,
    "lot_award_decide": Permission.AWARD_DECIDE,
    "lot_award_recommend": Permission.AWARD_RECOMMEND,
    "lot_award_unsuccessful": Permission.AWARD_DECIDE,
    "lot_case_file": PUBLIC,
    "lot_contract": SIGNED_IN,
    "lot_evaluation": Permission.BID_EVALUATE,
    "lot_letter": SIGNED_IN,
    "lot_letters": SIGNED_IN,
    "lot_result": PUBLIC,
    "lot_result_bid": PUBLIC,
    "lot_result_file": PUBLIC,
    "officer_home": SIGNED_IN,
    "opener_passphrase": Permission.BID_OPEN,
    "opening_act": Permission.BID_OPEN,
    "tender_cancel": Permission.TENDER_CANCEL,
    "tender_enquiries": SIGNED_IN,
    "tender_manage": SIGNED_IN,
    "tender_new": DRAFT,
    "tender_new_choose": DRAFT,
    "tender_new_from": DRAFT,
    "tender_opening": PUBLIC,
    "tender_publish": Permission.TENDER_PUBLISH,
}
=======
"""The buyer's rows of the web permission table."""

from marketplace.accounts.roles import Permission

BUYER: dict[str, str | Permission] = {}
>>>>>>> public
