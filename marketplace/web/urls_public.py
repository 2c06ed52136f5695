"""The addresses of the public's, tenderers', account, auditors' and demonstration pages."""

from django.urls import path
from django.views.generic import TemplateView

from marketplace.web.views import (
    auditor,
    bid_device,
    bid_steps,
    bid_submit,
    bidhistory,
    calculator,
    demo,
    dossiers,
    erasing,
    front,
    my_data,
    opendata,
    organisations,
    outcomes,
    paperwork,
    people,
    record,
    results_list,
    tender_list,
    tender_page,
    tokens,
    watching,
)

TENDER = "tenders/<str:reference>/"
BID = f"{TENDER}bid/<str:organisation>/"

urlpatterns = [
    # account
    path("account/keys/", tokens.tokens, name="tokens"),
    path("account/keys/<str:key>/remove/", tokens.revoke, name="token_revoke"),
    path("account/organisations/", organisations.mine, name="organisations"),
    path("account/organisations/new/", organisations.new, name="organisation_new"),
    path("account/data/", my_data.show, name="my_data"),
    path("account/data/my-data.json", my_data.file, name="my_data_file"),
    path("account/data/erasure/", my_data.ask, name="my_erasure"),
    path(
        "account/organisations/<str:organisation>/contact/",
        my_data.contact,
        name="organisation_contact",
    ),
    # audit
    path("audit/", auditor.home, name="audit"),
    path("audit/bids/", bidhistory.choose, name="audit_bids"),
    path("audit/bids/file/", bidhistory.file, name="audit_bids_file"),
    path("audit/exports/<str:export>/", auditor.show, name="export"),
    path("audit/exports/<str:export>/cancel/", auditor.cancel, name="export_cancel"),
    path("audit/exports/<str:export>/file/", auditor.download, name="export_file"),
    # bid
    path("bids/", bid_submit.mine, name="my_bids"),
    path("letters/<int:letter>/", bid_submit.letter, name="my_letter"),
    path("letters/<int:letter>/letter.pdf", paperwork.my_letter, name="my_letter_pdf"),
    path("receipts/<str:bid>/", bid_submit.receipt, name="receipt"),
    path("receipts/<str:bid>/receipt.json", bid_submit.receipt_json, name="receipt_json"),
    path("receipts/<str:bid>/receipt.pdf", paperwork.receipt, name="receipt_pdf"),
    path(f"{TENDER}bid/", bid_steps.start, name="bid_start"),
    path(f"{BID}check/", bid_submit.check, name="bid_check"),
    path(f"{BID}device/", bid_device.device, name="bid_device"),
    path(f"{BID}documents/", bid_steps.documents, name="bid_documents"),
    path(
        f"{BID}documents/<int:document>/remove/",
        bid_steps.document_remove,
        name="bid_document_remove",
    ),
    path(f"{BID}afresh/", bid_steps.restart, name="bid_restart"),
    path(f"{BID}lots/", bid_steps.lots, name="bid_lots"),
    path(f"{BID}lots/<int:lot>/", bid_steps.lot, name="bid_lot"),
    path(f"{BID}withdraw/", bid_submit.withdraw, name="bid_withdraw"),
    # demonstration
    path("demo/", demo.logins, name="demo"),
    path("demo/outbox/", demo.outbox, name="demo_outbox"),
    path("demo/outbox/<str:name>", demo.outbox_file, name="demo_outbox_file"),
    # home
    path("", front.home, name="home"),
    path("home/", front.dashboard, name="dashboard"),
    # information
    path(
        "accessibility/",
        TemplateView.as_view(template_name="web/info/accessibility.html"),
        name="accessibility",
    ),
    path("help/", TemplateView.as_view(template_name="web/info/help.html"), name="help"),
    # open data
    path("data/", opendata.home, name="open_data"),
    path("data/policy/", opendata.policy, name="open_data_policy"),
    path("data/licence/", opendata.licence, name="open_data_licence"),
    path(
        "data/extensions/<str:extension>/<path:name>",
        opendata.extension,
        name="open_data_extension",
    ),
    # outcomes
    path("prices/", outcomes.statistics, name="statistics"),
    path("prices/prices.csv", outcomes.prices_csv, name="prices_csv"),
    path("results/", results_list.results, name="results"),
    path("results.csv", results_list.results_csv, name="results_csv"),
    # people
    path("people/erasures/", erasing.listed, name="erasures"),
    path("people/erasures/<int:key>/", erasing.decide, name="erasure"),
    path("people/", people.listed, name="people"),
    path("people/<str:person>/", people.show, name="person"),
    path("people/proposals/<int:key>/", people.proposal, name="role_proposal"),
    path("people/proposals/<int:key>/decline/", people.decline, name="role_decline"),
    path("people/<str:person>/roles/<int:membership>/end/", people.revoke, name="role_revoke"),
    # record
    path("checkpoint/", record.checkpoint, name="checkpoint"),
    path("checkpoint/note.txt", record.checkpoint_note, name="checkpoint_note"),
    path("checkpoint/since/<int:old>", record.checkpoint_since, name="checkpoint_since"),
    path("checkpoint/recoveries.jsonl", record.recoveries, name="recoveries"),
    path(f"{TENDER}looks/", watching.looks, name="tender_looks"),
    path(f"{TENDER}shared/", watching.shared, name="tender_links"),
    path(f"{TENDER}history/", record.history, name="tender_history"),
    path(f"{TENDER}history.<str:kind>", record.history_file, name="tender_history_file"),
    path("r/", paperwork.short_form, name="receipt_short"),
    path("r/<str:code>/", paperwork.short_form, name="receipt_short_code"),
    path(f"{TENDER}opening.pdf", paperwork.minutes, name="opening_minutes"),
    path(
        f"{TENDER}lots/<int:lot>/letters/<int:letter>.pdf",
        paperwork.lot_letter,
        name="lot_letter_pdf",
    ),
    path("verify/", record.verify, name="verify"),
    # tenders
    path("tenders/", tender_list.show, name="tender_list"),
    path("tenders.csv", tender_list.as_csv, name="tender_list_csv"),
    path(TENDER, tender_page.show, name="tender"),
    path(f"{TENDER}lots/<int:lot>/try/", calculator.show, name="calculator"),
    path(f"{TENDER}dossier/", dossiers.show, name="tender_dossier"),
    path(f"{TENDER}dossier/file/", dossiers.file, name="tender_dossier_file"),
    path(f"{TENDER}ask/", tender_page.ask, name="tender_ask"),
    path(f"{TENDER}documents/<int:document>/", tender_page.document, name="tender_document"),
]
