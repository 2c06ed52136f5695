"""The addresses of the buyer's pages, and of the public pages of opening and result."""

from django.urls import path

from marketplace.web.views import (
    allocations,
    amending,
    answering,
    awards,
    buyer_home,
    cancelling,
    contracts,
    draft_check,
    draft_division,
    draft_extras,
    draft_lots,
    draft_methods,
    draft_quality,
    draft_quality_terms,
    drafts,
    evaluations,
    judging,
    openings,
    results,
)

DESK = "officer/tenders/<str:reference>/"
LOT = f"{DESK}lots/<int:lot>/"
DRAFT_LOT = f"{DESK}draft/lots/<int:lot>/"
RESULT = "tenders/<str:reference>/lots/<int:lot>/result/"

urlpatterns = [
    # allocation
    path("tenders/<str:reference>/allocation/", allocations.show, name="tender_allocation"),
    path("tenders/<str:reference>/allocation.csv", allocations.parts_csv, name="allocation_csv"),
    path(
        "tenders/<str:reference>/allocation/case.json",
        allocations.case_file,
        name="allocation_case_file",
    ),
    path(
        "tenders/<str:reference>/allocation/result.json",
        allocations.result_file,
        name="allocation_result_file",
    ),
    path(f"{DESK}allocation/confirm/", allocations.confirm, name="allocation_confirm"),
    path(f"{DESK}allocation/decide/", allocations.decide, name="allocation_decide"),
    path(f"{DESK}allocation/recommend/", allocations.recommend, name="allocation_recommend"),
    path(f"{DESK}allocation/run/", allocations.run, name="allocation_run"),
    path(f"{DESK}allocation/stop/", allocations.stop, name="allocation_stop"),
    # award
    path(f"{LOT}award/", awards.show, name="lot_award"),
    path(f"{LOT}award/cancel/", awards.cancel, name="lot_award_cancel"),
    path(f"{LOT}award/cancellation/", cancelling.answer_award, name="lot_award_cancellation"),
    path(f"{LOT}award/decide/", awards.decide, name="lot_award_decide"),
    path(f"{LOT}award/recommend/", awards.recommend, name="lot_award_recommend"),
    path(f"{LOT}award/unsuccessful/", awards.unsuccessful, name="lot_award_unsuccessful"),
    path(f"{LOT}letters/", awards.letters, name="lot_letters"),
    path(f"{LOT}letters/<int:letter>/", awards.letter, name="lot_letter"),
    # contract
    path(f"{LOT}contract/", contracts.lot, name="lot_contract"),
    path(f"{LOT}contract/<int:award>/sign/", contracts.sign, name="contract_sign"),
    # draft: the parts of a tender
    path("officer/tenders/new/", drafts.choose_start, name="tender_new_choose"),
    path("officer/tenders/new/blank/", drafts.new, name="tender_new"),
    path("officer/tenders/new/from/<str:reference>/", drafts.new_from, name="tender_new_from"),
    path(f"{DESK}draft/committee/", draft_extras.committee, name="draft_committee"),
    path(
        f"{DESK}draft/committee/<int:seat>/remove/",
        draft_extras.dismiss,
        name="draft_opener_remove",
    ),
    path(f"{DESK}draft/documents/", draft_extras.attach, name="draft_documents"),
    path(
        f"{DESK}draft/documents/<int:document>/remove/",
        draft_extras.detach,
        name="draft_document_remove",
    ),
    path(f"{DESK}draft/lots/", draft_lots.lots, name="draft_lots"),
    path(f"{DESK}draft/lots/add/", draft_lots.lot_new, name="draft_lot_new"),
    path(DRAFT_LOT, draft_lots.lot, name="draft_lot"),
    path(f"{DRAFT_LOT}criteria/<int:criterion>/", draft_methods.criterion, name="draft_criterion"),
    path(
        f"{DRAFT_LOT}criteria/<int:criterion>/remove/",
        draft_methods.criterion_remove,
        name="draft_criterion_remove",
    ),
    path(
        f"{DRAFT_LOT}criteria/add/gate/",
        draft_methods.criterion_new,
        {"kind": "gate"},
        name="draft_gate_new",
    ),
    path(
        f"{DRAFT_LOT}criteria/add/quality/",
        draft_methods.criterion_new,
        {"kind": "quality"},
        name="draft_quality_new",
    ),
    path(f"{DRAFT_LOT}components/add/", draft_methods.component, name="draft_component_new"),
    path(
        f"{DRAFT_LOT}components/<int:component>/",
        draft_methods.component,
        name="draft_component",
    ),
    path(
        f"{DRAFT_LOT}components/<int:component>/remove/",
        draft_methods.component_remove,
        name="draft_component_remove",
    ),
    path(
        f"{DRAFT_LOT}criteria/add/points/",
        draft_methods.criterion_new,
        {"kind": "points"},
        name="draft_points_new",
    ),
    path(
        f"{DRAFT_LOT}criteria/add/money/",
        draft_methods.criterion_new,
        {"kind": "money"},
        name="draft_money_new",
    ),
    path(
        f"{DRAFT_LOT}criteria/add/rated/",
        draft_methods.criterion_new,
        {"kind": "rated"},
        name="draft_rated_new",
    ),
    path(f"{DRAFT_LOT}division/", draft_division.division, name="draft_division"),
    path(
        f"{DRAFT_LOT}division/remove/",
        draft_division.division_remove,
        name="draft_division_remove",
    ),
    path(f"{DESK}draft/sharing/", draft_division.sharing, name="draft_sharing"),
    path(f"{DRAFT_LOT}edit/", draft_lots.lot_edit, name="draft_lot_edit"),
    path(f"{DRAFT_LOT}items/<int:item>/", draft_lots.item, name="draft_item"),
    path(f"{DRAFT_LOT}items/<int:item>/limits/", draft_quality.limits, name="draft_limits"),
    path(
        f"{DRAFT_LOT}items/<int:item>/terms/",
        draft_quality_terms.terms,
        name="draft_quality_terms",
    ),
    path(f"{DRAFT_LOT}items/<int:item>/quality/", draft_quality.grade, name="draft_quality"),
    path(f"{DRAFT_LOT}items/<int:item>/remove/", draft_lots.item_remove, name="draft_item_remove"),
    path(f"{DRAFT_LOT}items/add/", draft_lots.item, name="draft_item_new"),
    path(f"{DRAFT_LOT}method/", draft_methods.method, name="draft_method"),
    path(f"{DRAFT_LOT}points/", draft_methods.points, name="draft_points"),
    path(f"{DRAFT_LOT}preference/", draft_methods.preference, name="draft_preference"),
    path(
        f"{DRAFT_LOT}preference/remove/",
        draft_methods.preference_remove,
        name="draft_preference_remove",
    ),
    path(f"{DRAFT_LOT}remove/", draft_lots.lot_remove, name="draft_lot_remove"),
    path(f"{DESK}draft/procedure/", drafts.procedure, name="draft_procedure"),
    path(f"{DESK}draft/quorum/", draft_extras.quorum, name="draft_quorum"),
    path(f"{DESK}draft/timetable/", drafts.timetable, name="draft_timetable"),
    path(f"{DESK}draft/title/", drafts.title, name="draft_title"),
    # enquiries
    path(f"{DESK}enquiries/", answering.show, name="tender_enquiries"),
    path(f"{DESK}enquiries/<int:enquiry>/", answering.answer, name="enquiry_answer"),
    # evaluation
    path(f"{LOT}evaluation/", evaluations.show, name="lot_evaluation"),
    path(f"{LOT}evaluation/bids/<str:bid>/", evaluations.findings, name="bid_findings"),
    path(f"{DESK}declaration/", judging.declaration, name="evaluator_declaration"),
    path(f"{LOT}evaluation/bids/<str:bid>/price/", judging.assessment, name="bid_assessment"),
    path(f"{LOT}evaluation/marks/", judging.overview, name="lot_marks"),
    path(f"{LOT}evaluation/marks/close/", judging.close, name="marks_close"),
    path(f"{LOT}evaluation/marks/sign/", judging.sign, name="marks_sign"),
    path(f"{LOT}evaluation/marks/<str:bid>/", judging.enter, name="bid_marks"),
    path(f"{LOT}evaluation/confirm/", evaluations.confirm, name="evaluation_confirm"),
    path(f"{DESK}bid-documents/<int:document>/", evaluations.document, name="bid_document"),
    # home
    path("officer/", buyer_home.buyer_home, name="officer_home"),
    path("officer/tenders/", buyer_home.tenders, name="buyer_tenders"),
    # opening
    path("openings/<str:reference>/", openings.act, name="opening_act"),
    path("openings/<str:reference>/passphrase/", openings.passphrase, name="opener_passphrase"),
    path("tenders/<str:reference>/opening/", openings.show, name="tender_opening"),
    # result
    path(RESULT, results.show, name="lot_result"),
    path(f"{RESULT}case.json", results.case_file, name="lot_case_file"),
    path(f"{RESULT}result.json", results.result_file, name="lot_result_file"),
    path(f"{RESULT}bids/<str:bid>/", results.bid, name="lot_result_bid"),
    # the desk of a tender, from draft to the end
    path(DESK, draft_check.show, name="tender_manage"),
    path(f"{DESK}amend/", amending.propose, name="tender_amend"),
    path(f"{DESK}amendment/", amending.answer, name="tender_amendment"),
    path(f"{DESK}cancel/", cancelling.propose, name="tender_cancel"),
    path(f"{DESK}cancellation/", cancelling.answer, name="tender_cancellation"),
    path(f"{DESK}check/", draft_check.check, name="draft_check"),
    path(f"{DESK}preview/", draft_check.preview, name="draft_preview"),
    path(f"{DESK}publish/", draft_check.publish, name="tender_publish"),
]
