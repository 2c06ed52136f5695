"""Who may do what to which tender. `check_user_can_x` raises; `user_can_x` wraps it.

Buttons and endpoints call the same function. When it may be done is `rules.lifecycle`; what may be
seen is decided by the table of `rules.visibility`, which `procurement.visibility` asks.
"""

from django.db.models import Q

from marketplace.accounts import queries as people
from marketplace.accounts.models import Membership, Organization, User
from marketplace.accounts.roles import Permission
from marketplace.errors import MusikaError, NotPermitted
from procurement.models import Assistance, ConflictDeclaration, Contract, Tender
from procurement.queries import facts
from procurement.rules import duties
from procurement.rules.duties import Duty

WORDS = {
    Permission.TENDER_DRAFT: "draft tenders",
    Permission.TENDER_PUBLISH: "publish tenders",
    Permission.TENDER_CANCEL: "cancel tenders",
    Permission.ENQUIRY_ASK: "ask questions",
    Permission.ENQUIRY_ANSWER: "answer questions",
    Permission.BID_SUBMIT: "submit bids",
    Permission.BID_ASSIST: "help farmers to bid",
    Permission.BID_OPEN: "open bids",
    Permission.BID_EVALUATE: "evaluate bids",
    Permission.AWARD_RECOMMEND: "recommend awards",
    Permission.AWARD_DECIDE: "decide awards",
    Permission.CONTRACT_SIGN: "sign contracts",
    Permission.DELIVERY_RECORD: "record deliveries",
    Permission.PAYMENT_RECORD: "record payments",
    Permission.HISTORY_READ: "read the full history",
}

# Duties that exclude each other in one tender, by the permission that carries them.
DUTIES = {
    Permission.TENDER_DRAFT: Duty.DRAFT,
    Permission.TENDER_PUBLISH: Duty.PUBLISH,
    Permission.BID_OPEN: Duty.OPEN,
    Permission.BID_EVALUATE: Duty.EVALUATE,
    Permission.AWARD_DECIDE: Duty.AWARD,
}


def check_role(user: User, permission: Permission, organization: Organization) -> None:
    """Raise NotPermitted unless a role of `user` in `organization` carries `permission`."""
    if not people.has_permission(user, permission, organization):
        raise NotPermitted(
            f"You may not {WORDS[permission]} for {organization.name}.",
            remedy="Ask the administrator for the role, or sign in as somebody who has it.",
        )


def check_second_factor(user: User) -> None:
    """Raise NotPermitted for a person whose role demands a second factor not yet set up."""
    if people.needs_second_factor(user):
        raise NotPermitted(
            "Your role needs a second factor at sign-in.",
            code="second-factor-required",
            remedy="Set up an authenticator app under “Account”, then sign in again.",
        )


def check_user_can(user: User, permission: Permission, tender: Tender) -> None:
    """Role in the buyer, second factor, no stake, separation of duties; raises NotPermitted."""
    check_role(user, permission, tender.buyer)
    check_second_factor(user)
    check_no_stake(user, tender)
    if permission in DUTIES:
        duties.check(DUTIES[permission], user.public_id, facts.acts(tender))


def check_evaluator(user: User, tender: Tender) -> None:
    """As check_user_can for evaluating, and declared to have no conflict; raises NotPermitted."""
    check_user_can(user, Permission.BID_EVALUATE, tender)
    row = ConflictDeclaration.objects.filter(tender=tender, evaluator=user).first()
    if row is None:
        raise NotPermitted(
            "You have not declared yet whether you have a conflict of interest in this tender.",
            code="declaration-missing",
            remedy="Read who has bid and declare; then judge the bids.",
        )
    check_no_conflict(user, tender)


def has_stake(user: User, tender: Tender) -> bool:
    """Whether `user` belongs to an organisation that bid, or did since the publication.

    Asked only once the bids are open: before that the answer would tell that it has bid.
    """
    if tender.opened_at is None or tender.published_at is None:
        return False
    held = Membership.objects.filter(user=user, organization__in=tender.bids.values("tenderer"))
    # A role that was given up for the day of the evaluation counts as well.
    return held.filter(Q(revoked_at=None) | Q(revoked_at__gt=tender.published_at)).exists()


def has_conflict(user: User, tender: Tender) -> bool:
    """Whether `user` declared a conflict with one of the bidders."""
    return tender.declarations.filter(evaluator=user).exclude(tenderer=None).exists()


def check_no_conflict(user: User, tender: Tender) -> None:
    """Raise NotPermitted for a person who declared a conflict with a bidder."""
    if has_conflict(user, tender):
        raise NotPermitted(
            "You declared a conflict of interest in this tender.",
            code="conflict-of-interest",
            remedy="A colleague who has no part in any bidder has to do this.",
        )


def check_no_stake(user: User, tender: Tender) -> None:
    """Raise NotPermitted for a person with a stake in one of the opened bids."""
    if has_stake(user, tender):
        raise NotPermitted(
            "You have, or had while this tender ran, a role with an organisation that bid.",
            code="conflict-of-interest",
            remedy="A colleague who has no part in any bidder has to do this.",
        )


def user_can(user: User, permission: Permission, tender: Tender) -> bool:
    try:
        check_user_can(user, permission, tender)
    except MusikaError:
        return False
    return True


def check_user_can_open(user: User, tender: Tender) -> None:
    """Raise NotPermitted unless `user` sits on the tender's opening committee."""
    seat = tender.committee.select_related("organization").filter(user=user).first()
    if seat is None:
        raise NotPermitted("Only members of this tender's opening committee may open its bids.")
    check_role(user, Permission.BID_OPEN, seat.organization)
    check_second_factor(user)


def check_user_can_bid(user: User, tenderer: Organization, tender: Tender) -> None:
    """A role in the tenderer, and none in the buyer: nobody bids to himself."""
    check_role(user, Permission.BID_SUBMIT, tenderer)
    if works_for_buyer(user, tender) or tender.committee.filter(user=user).exists():
        raise NotPermitted(
            "You have a role with the buyer or on the opening committee of this tender.",
            code="conflict-of-interest",
            remedy="Somebody without a part in this tender has to bid for your organisation.",
        )
    if _helped_another(user, tenderer, tender):
        raise NotPermitted(
            "You, or this organisation's shop, helped another tenderer to bid here.",
            code="conflict-of-interest",
            remedy="Somebody who has not seen another's prices has to bid.",
        )


def _helped_another(user: User, tenderer: Organization, tender: Tender) -> bool:
    """Whether the person, or the organisation as a shop, has written another's bid here."""
    rows = Assistance.objects.filter(tender=tender).exclude(tenderer=tenderer)
    return rows.filter(Q(agent=user) | Q(shop=tenderer)).exists()


def user_can_read_history(user: User) -> bool:
    """Auditors of an oversight body read the whole history of every tender."""
    return people.has_permission(user, Permission.HISTORY_READ) and not (
        people.needs_second_factor(user)
    )


def check_user_can_read_history(user: User) -> None:
    if not user_can_read_history(user):
        raise NotPermitted("Only auditors may read the full history of a tender.")


def check_supplier_or(user: User, permission: Permission, contract: Contract) -> None:
    """The supplier's own people, or the buyer's with that permission; raises NotPermitted."""
    if is_supplier(user, contract):
        return
    check_role(user, permission, contract.award.lot.tender.buyer)
    check_second_factor(user)


def is_supplier(user: User, contract: Contract) -> bool:
    """Whether `user` acts for the supplier of the contract."""
    return people.has_permission(user, Permission.BID_SUBMIT, contract.award.supplier)


def works_for_buyer(user: User, tender: Tender) -> bool:
    """Whether `user` has a role in the buyer of the tender, whichever."""
    return any(m.organization_id == tender.buyer_id for m in people.current_memberships(user))


# Who works with a lot's evaluation before the public may read it.
JUDGES_BIDS = (
    Permission.BID_EVALUATE,
    Permission.AWARD_RECOMMEND,
    Permission.AWARD_DECIDE,
)


def judges_bids(user: User, tender: Tender) -> bool:
    """The buyer's evaluators, officers and accounting officers without a part in a bid."""
    mine = any(people.has_permission(user, p, tender.buyer) for p in JUDGES_BIDS)
    return mine and is_impartial(user, tender)


def is_impartial(user: User, tender: Tender) -> bool:
    """Neither a stake in an opened bid nor a declared conflict."""
    return not has_stake(user, tender) and not has_conflict(user, tender)
