"""The rows of contracts, loads and payments in the web permission table.

A permission counts in the buyer of the contract; where the supplier may act too, the operation
asks which of the two it is.
"""

from marketplace.accounts.roles import Permission
from marketplace.web.access_words import PUBLIC, SIGNED_IN

TAKES = Permission.DELIVERY_RECORD
PAYS = Permission.PAYMENT_RECORD

CONTRACTS: dict[str, str | Permission] = {
    "call_up_decide": Permission.AWARD_DECIDE,
    "confirmation": PAYS,
    "confirmations": PAYS,
    "contract": PUBLIC,
    "contract_call_up": Permission.AWARD_RECOMMEND,
    "contract_change": SIGNED_IN,
    "contract_complete": TAKES,
    "contract_end": Permission.CONTRACT_SIGN,
    "contract_line": Permission.CONTRACT_SIGN,
    "contracts": SIGNED_IN,
    "days_to_pay": PUBLIC,
    "days_to_pay_csv": PUBLIC,
    "depot_add": Permission.CONTRACT_SIGN,
    "depots": SIGNED_IN,
    "goods_received": PUBLIC,
    "goods_received_pdf": PUBLIC,
    "invoice": SIGNED_IN,
    "invoice_issue": SIGNED_IN,
    "invoice_pay": PAYS,
    "load": SIGNED_IN,
    "load_accept": TAKES,
    "load_again": TAKES,
    "load_agree": SIGNED_IN,
    "load_book": SIGNED_IN,
    "load_cancel": SIGNED_IN,
    "load_gate": TAKES,
    "load_measure": TAKES,
    "load_reject": TAKES,
    "load_sample": TAKES,
    "load_weigh": TAKES,
    "payer_account": PAYS,
    "payment_file": PAYS,
    "payments": PAYS,
    "rejected_loads": PUBLIC,
    "rejected_loads_csv": PUBLIC,
}
