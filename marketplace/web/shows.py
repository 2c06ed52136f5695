"""What each page shows, in the words of the visibility table.

A page without a row fails tests/test_authorisation.py, which walks them all.
"""

from procurement.rules.visibility import OPEN, OWN, ROLE, Fact, Shown, mine, of_all, shows, within

DRAFTING = within(Fact.DRAFT)
JUDGING = within(Fact.WORKING)
BIDDING = Shown((Fact.BID_DRAFT,), act=True, mine=True)
LOADING = within(Fact.LOAD)
OWING = within(Fact.INVOICE)
PUBLISHED = shows(Fact.TENDER)

_OF_TENDERS: dict[str, Shown] = {
    "allocation_case_file": shows(Fact.RESULT),
    "allocation_csv": shows(Fact.RESULT),
    "allocation_result_file": shows(Fact.RESULT),
    "audit_bids_file": of_all(Fact.BID),
    "audit_room": shows(Fact.INNER_ENTRIES),
    "bid_document": shows(Fact.BID_FILES),
    "bid_start": within(Fact.TENDER),
    "calculator": PUBLISHED,
    "call_up_decide": within(Fact.PROPOSAL),
    "contract_call_up": within(Fact.PROPOSAL),
    "contract_change": within(Fact.PROPOSAL),
    "contract_end": within(Fact.PROPOSAL),
    "contract_line": within(Fact.PROPOSAL),
    "contract": shows(Fact.CONTRACT),
    "goods_received": shows(Fact.CONTRACT),
    "goods_received_pdf": shows(Fact.CONTRACT),
    "invoice": shows(Fact.INVOICE),
    "load": shows(Fact.LOAD),
    "export_file": within(Fact.WHOLE_DOSSIER),
    "evaluator_declaration": within(Fact.DECLARATIONS, Fact.DRAFT),
    "lot_award": shows(Fact.DRAFT),
    "lot_award_cancellation": within(Fact.PROPOSAL),
    "lot_case_file": shows(Fact.RESULT),
    "lot_contract": DRAFTING,
    "lot_evaluation": shows(Fact.WORKING),
    "lot_letter": shows(Fact.LETTER),
    "lot_letter_pdf": shows(Fact.LETTER),
    "lot_letters": shows(Fact.LETTER, own=False),
    "lot_result": shows(Fact.RESULT),
    "lot_result_bid": shows(Fact.RESULT),
    "lot_result_file": shows(Fact.RESULT),
    "my_letter": mine(Fact.LETTER),
    "my_letter_pdf": mine(Fact.LETTER),
    "opener_passphrase": within(Fact.OPENERS),
    "opening_act": within(Fact.OPENERS),
    "opening_minutes": shows(Fact.BID),
    "receipt": mine(Fact.RECEIPT),
    "receipt_json": mine(Fact.RECEIPT),
    "receipt_pdf": mine(Fact.RECEIPT),
    "tender": PUBLISHED,
    "tender_allocation": shows(Fact.RESULT),
    "tender_amendment": within(Fact.PROPOSAL),
    "tender_ask": within(Fact.TENDER),
    "tender_cancellation": within(Fact.PROPOSAL),
    "tender_document": PUBLISHED,
    "tender_dossier": PUBLISHED,
    "tender_dossier_file": shows(Fact.DOSSIER),
    "tender_enquiries": shows(Fact.DRAFT),
    "tender_flags": shows(Fact.RED_FLAGS),
    "tender_history": PUBLISHED,
    "tender_history_file": PUBLISHED,
    "tender_links": shows(Fact.FLAGS),
    "tender_looks": shows(Fact.LOOKS),
    "tender_manage": shows(Fact.DRAFT),
    "tender_opening": PUBLISHED,
}

_ACTS: dict[Shown, str] = {
    DRAFTING: """allocation_confirm allocation_decide allocation_recommend
        allocation_run allocation_stop contract_sign draft_check draft_committee draft_component
        draft_component_new draft_component_remove draft_criterion draft_criterion_remove
        draft_division draft_division_remove draft_document_remove draft_documents draft_gate_new
        draft_item draft_item_new draft_item_remove draft_limits draft_lot draft_lot_edit
        draft_lot_new draft_lot_remove draft_lots draft_method draft_money_new draft_opener_remove
        draft_points draft_points_new draft_preference draft_preference_remove draft_preview
        draft_procedure draft_quality draft_quality_new draft_quality_terms draft_quorum
        draft_rated_new draft_sharing draft_timetable draft_title enquiry_answer lot_award_cancel
        lot_award_decide lot_award_recommend lot_award_unsuccessful tender_amend tender_cancel
        tender_publish""",
    LOADING: """contract_complete load_accept load_again load_agree load_book
        load_cancel load_gate load_measure load_reject load_sample load_weigh""",
    OWING: """invoice_issue invoice_pay""",
    JUDGING: """bid_assessment bid_findings bid_marks evaluation_confirm lot_marks
        marks_close marks_sign""",
    BIDDING: """bid_check bid_device bid_document_remove bid_documents bid_lot
        bid_lots bid_restart bid_withdraw""",
}

_OTHERS: dict[str, str] = {
    "open": """accessibility checkpoint checkpoint_note checkpoint_since
        choose_language days_to_pay days_to_pay_csv demo demo_outbox demo_outbox_file demo_phone
        figure_file figures grade grade_choose help home open_data open_data_extension
        open_data_licence open_data_policy prices_csv receipt_short receipt_short_code recoveries
        rejected_loads rejected_loads_csv results results_csv search_feed standard standard_compare
        standard_file standards statistics styleguide styleguide_question tender_list
        tender_list_csv ussd ussd_secret verify""",
    "own": """assist_home buyer_tenders contracts dashboard depots messages_sent
        my_bids my_data my_data_file my_erasure my_phone my_phone_code my_phone_forget my_phone_pin
        notifications officer_home organisation_contact organisation_new organisations search_end
        search_new searches token_revoke tokens webhook_end webhooks""",
    "role": """assist assist_ask assist_code assist_drop assist_lot audit audit_bids
        audit_file audit_file_report audit_files audit_flag audit_flags audit_flags_csv confirmation
        confirmations depot_add erasure erasures export export_cancel payer_account payment_file
        payments people person role_decline role_proposal role_revoke standard_decline
        standard_proposal standard_proposals tender_new tender_new_choose tender_new_from""",
}

SHOWS: dict[str, Shown] = {
    **dict.fromkeys(_OTHERS["open"].split(), OPEN),
    **dict.fromkeys(_OTHERS["own"].split(), OWN),
    **dict.fromkeys(_OTHERS["role"].split(), ROLE),
    **{name: shown for shown, names in _ACTS.items() for name in names.split()},
    **_OF_TENDERS,
}
