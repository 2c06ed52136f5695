"""Who may do what: roles carry permissions; periods and visibility are other modules' business.

Pure: no Django, so that the permission table can be generated into the docs and tested cell by
cell. A platform administrator has no procurement permission at all.
"""

from enum import StrEnum


class Role(StrEnum):
    PROCUREMENT_OFFICER = "procurement_officer"
    APPROVER = "approver"
    OPENER = "opener"
    EVALUATOR = "evaluator"
    ACCOUNTING_OFFICER = "accounting_officer"
    INSPECTOR = "inspector"
    TENDERER = "tenderer"
    AGENT = "agent"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class Permission(StrEnum):
    TENDER_DRAFT = "tender.draft"
    TENDER_PUBLISH = "tender.publish"
    TENDER_CANCEL = "tender.cancel"
    ENQUIRY_ASK = "enquiry.ask"
    ENQUIRY_ANSWER = "enquiry.answer"
    BID_SUBMIT = "bid.submit"
    BID_ASSIST = "bid.assist"
    BID_OPEN = "bid.open"
    BID_EVALUATE = "bid.evaluate"
    AWARD_RECOMMEND = "award.recommend"
    AWARD_DECIDE = "award.decide"
    CONTRACT_SIGN = "contract.sign"
    DELIVERY_RECORD = "delivery.record"
    PAYMENT_RECORD = "payment.record"
    HISTORY_READ = "history.read"
    ROLE_GRANT = "role.grant"
    ORGANIZATION_EDIT = "organization.edit"


PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.PROCUREMENT_OFFICER: frozenset(
        {
            Permission.TENDER_DRAFT,
            Permission.TENDER_CANCEL,
            Permission.ENQUIRY_ANSWER,
            Permission.AWARD_RECOMMEND,
            Permission.CONTRACT_SIGN,
        }
    ),
    Role.APPROVER: frozenset({Permission.TENDER_PUBLISH}),
    Role.OPENER: frozenset({Permission.BID_OPEN}),
    Role.EVALUATOR: frozenset({Permission.BID_EVALUATE}),
    Role.ACCOUNTING_OFFICER: frozenset({Permission.AWARD_DECIDE, Permission.PAYMENT_RECORD}),
    Role.INSPECTOR: frozenset({Permission.DELIVERY_RECORD}),
    Role.TENDERER: frozenset({Permission.BID_SUBMIT, Permission.ENQUIRY_ASK}),
    Role.AGENT: frozenset({Permission.BID_ASSIST}),
    Role.AUDITOR: frozenset({Permission.HISTORY_READ}),
    Role.ADMINISTRATOR: frozenset({Permission.ROLE_GRANT, Permission.ORGANIZATION_EDIT}),
}

# Roles held inside a buyer: a stolen password alone must not act for the state. Auditors and
# administrators see or grant too much to be spared the second factor.
SECOND_FACTOR_ROLES = frozenset(
    {
        Role.PROCUREMENT_OFFICER,
        Role.APPROVER,
        Role.OPENER,
        Role.EVALUATOR,
        Role.ACCOUNTING_OFFICER,
        Role.INSPECTOR,
        Role.AUDITOR,
        Role.ADMINISTRATOR,
    }
)

ROLES_BY_ORGANIZATION_KIND: dict[str, frozenset[Role]] = {
    "buyer": frozenset(
        {
            Role.PROCUREMENT_OFFICER,
            Role.APPROVER,
            Role.OPENER,
            Role.EVALUATOR,
            Role.ACCOUNTING_OFFICER,
            Role.INSPECTOR,
        }
    ),
    "farmer": frozenset({Role.TENDERER}),
    "cooperative": frozenset({Role.TENDERER, Role.AGENT}),
    "company": frozenset({Role.TENDERER, Role.AGENT}),
    "oversight": frozenset({Role.OPENER, Role.AUDITOR}),
    "operator": frozenset({Role.ADMINISTRATOR}),
}
