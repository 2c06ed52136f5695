"""The addresses of contracts, loads, invoices and payments."""

from django.urls import path

from marketplace.web.views import contract_changes, contracts, depots, loads, payments, received

CONTRACT = "contracts/<str:contract>/"
LOAD = f"{CONTRACT}loads/<int:load>/"
PAYER = "payments/<str:buyer>/"

urlpatterns = [
    # contracts
    path("contracts/", contracts.listed, name="contracts"),
    path(CONTRACT, contracts.show, name="contract"),
    path(f"{CONTRACT}complete/", contracts.complete, name="contract_complete"),
    path(f"{CONTRACT}call-up/", contract_changes.call_up, name="contract_call_up"),
    path(f"{CONTRACT}call-up/decide/", contract_changes.decide, name="call_up_decide"),
    path(f"{CONTRACT}change/", contract_changes.answer, name="contract_change"),
    path(f"{CONTRACT}end/", contract_changes.end, name="contract_end"),
    path(f"{CONTRACT}lines/<int:line>/", contract_changes.change, name="contract_line"),
    # depots
    path("depots/", depots.listed, name="depots"),
    path("depots/<str:buyer>/add/", depots.add, name="depot_add"),
    # loads
    path(f"{CONTRACT}book/", loads.book, name="load_book"),
    path(LOAD, loads.show, name="load"),
    path(f"{LOAD}accept/", loads.accept, name="load_accept"),
    path(f"{LOAD}again/", loads.measure, {"again": True}, name="load_again"),
    path(f"{LOAD}agree/", loads.agree, name="load_agree"),
    path(f"{LOAD}cancel/", loads.cancel, name="load_cancel"),
    path(f"{LOAD}gate/", loads.gate, name="load_gate"),
    path(f"{LOAD}measure/", loads.measure, name="load_measure"),
    path(f"{LOAD}reject/", loads.reject, name="load_reject"),
    path(f"{LOAD}sample/", loads.sample, name="load_sample"),
    path(f"{LOAD}weigh/", loads.weigh, name="load_weigh"),
    # payments
    path(f"{CONTRACT}invoice/", payments.issue, name="invoice_issue"),
    path("invoices/<str:invoice>/", payments.show, name="invoice"),
    path("invoices/<str:invoice>/pay/", payments.pay, name="invoice_pay"),
    path("payments/", payments.payments, name="payments"),
    path("payments/lines/<int:confirmation>/", payments.assign, name="confirmation"),
    path(f"{PAYER}account/", payments.account, name="payer_account"),
    path(f"{PAYER}confirmations/", payments.take, name="confirmations"),
    path(f"{PAYER}orders.<str:kind>", payments.payment_file, name="payment_file"),
    # public
    path("days-to-pay/", received.days, name="days_to_pay"),
    path("days-to-pay.csv", received.days_csv, name="days_to_pay_csv"),
    path("received/<str:note>/", received.note, name="goods_received"),
    path("received/<str:note>/note.pdf", received.note_pdf, name="goods_received_pdf"),
    path("rejected-loads/", received.rejected, name="rejected_loads"),
    path("rejected-loads.csv", received.rejected_csv, name="rejected_loads_csv"),
]
