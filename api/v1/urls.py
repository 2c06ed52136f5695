"""Every address of /api/v1/; who may call it stands beside its handler."""

from django.urls import path

from api.v1 import (
    accounts,
    auth,
    awards,
    bids,
    committee,
    contracts,
    documents,
    enquiries,
    evaluations,
    goods,
    records,
    tenders,
)

app_name = "v1"

T = "tenders/<str:reference>"
L = f"{T}/lots/<int:number>"

urlpatterns = [
    path("auth/login", auth.Login.as_view(), name="login"),
    path("auth/logout", auth.Logout.as_view(), name="logout"),
    path("auth/logoutall", auth.LogoutAll.as_view(), name="logoutall"),
    path("me", accounts.Me.as_view(), name="me"),
    path("me/identity", accounts.Identity.as_view(), name="identity"),
    path("me/bids", bids.MyBids.as_view(), name="my-bids"),
    path("me/seats", committee.MySeats.as_view(), name="my-seats"),
    path("organizations", accounts.Organizations.as_view(), name="organizations"),
    path(
        "organizations/<str:organization>",
        accounts.OneOrganization.as_view(),
        name="organization",
    ),
    path(
        "organizations/<str:organization>/memberships",
        accounts.Memberships.as_view(),
        name="memberships",
    ),
    path(
        "organizations/<str:organization>/memberships/<int:key>",
        accounts.OneMembership.as_view(),
        name="membership",
    ),
    path("commodities", goods.Commodities.as_view(), name="commodities"),
    path("commodities/<str:code>/standards", goods.Standards.as_view(), name="standards"),
    path(
        "commodities/<str:code>/standards/<str:standard>",
        goods.OneStandard.as_view(),
        name="standard",
    ),
    path("tenders", tenders.Tenders.as_view(), name="tenders"),
    path("tenders/drafts", tenders.Drafts.as_view(), name="drafts"),
    path(T, tenders.TenderDetail.as_view(), name="tender"),
    path(f"{T}/publication", tenders.Publication.as_view(), name="publication"),
    path(f"{T}/cancellation", tenders.Cancellation.as_view(), name="cancellation"),
    path(f"{T}/documents", documents.Documents.as_view(), name="documents"),
    path(f"{T}/documents/<str:sha256>", documents.Document.as_view(), name="document"),
    path(f"{T}/committee", committee.Committee.as_view(), name="committee"),
    path(f"{T}/committee/enrolment", committee.Enrolment.as_view(), name="enrolment"),
    path(f"{T}/enquiries", enquiries.Enquiries.as_view(), name="enquiries"),
    path(f"{T}/enquiries/<int:key>", enquiries.OneEnquiry.as_view(), name="enquiry"),
    path(f"{T}/enquiries/<int:key>/answer", enquiries.Answer.as_view(), name="answer"),
    path(f"{T}/bids", bids.Bids.as_view(), name="bids"),
    path(
        f"{T}/bids/<str:bid>/documents/<str:sha256>",
        bids.BidDocument.as_view(),
        name="bid-document",
    ),
    path(f"{T}/bid", bids.OwnBid.as_view(), name="own-bid"),
    path(f"{T}/bid/draft", bids.Draft.as_view(), name="bid-draft"),
    path(f"{T}/bid/receipt.json", bids.Receipt.as_view(), name="receipt"),
    path(f"{T}/opening", committee.Opening.as_view(), name="opening"),
    path(f"{T}/opening/release", committee.Release.as_view(), name="release"),
    path(f"{T}/letters", awards.Letters.as_view(), name="letters"),
    path(f"{T}/history.jsonl", records.HistoryJsonl.as_view(), name="history-jsonl"),
    path(f"{T}/history.csv", records.HistoryCsv.as_view(), name="history-csv"),
    path(f"{L}/gates", evaluations.Gates.as_view(), name="gates"),
    path(f"{L}/evaluations", evaluations.Evaluations.as_view(), name="evaluations"),
    path(f"{L}/evaluations/<int:key>", evaluations.OneEvaluation.as_view(), name="evaluation"),
    path(
        f"{L}/evaluations/<int:key>/confirmation",
        evaluations.Confirmation.as_view(),
        name="confirmation",
    ),
    path(f"{L}/award", awards.LotAward.as_view(), name="award"),
    path(f"{L}/award/decision", awards.Decision.as_view(), name="decision"),
    path(f"{L}/award/cancellation", awards.AwardCancellation.as_view(), name="award-cancellation"),
    path(f"{L}/unsuccessful", awards.Unsuccessful.as_view(), name="unsuccessful"),
    path(f"{L}/contract", contracts.LotContract.as_view(), name="contract"),
    path(f"{L}/contract/deliveries", contracts.Deliveries.as_view(), name="deliveries"),
    path(f"{L}/contract/completion", contracts.Completion.as_view(), name="completion"),
    path(f"{L}/contract/payments", contracts.Payments.as_view(), name="payments"),
    path("exports", records.Exports.as_view(), name="exports"),
    path("exports/<str:key>", records.OneExport.as_view(), name="export"),
    path("exports/<str:key>/file", records.ExportFile.as_view(), name="export-file"),
    path("ledger/checkpoint", records.Checkpoint.as_view(), name="checkpoint"),
    path("ledger/checkpoint.note", records.CheckpointNote.as_view(), name="checkpoint-note"),
]
