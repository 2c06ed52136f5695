"""Every page of the permission table, as the people see it who may: axe, keyboard, small phone.

A route that is none of these pages must be among NO_PAGES, with the reason.
"""

import json
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from django.urls import reverse

from marketplace.accounts.models import RoleProposal, User
from marketplace.accounts.roles import Role
from marketplace.registry import grants
from marketplace.web import access
from procurement.models import AwardLetter, RedFlag
from procurement.operations import (
    amendments,
    auditfiles,
    award_cancellations,
    callups,
    cancellations,
    committees,
    confirmations,
    contract_changes,
    documents,
    enquiries,
    exports,
    invoices,
    outages,
    redflags,
)
from procurement.rules.amending import Timetable
from produce.models import Standard, StandardProposal
from produce.operations import nationals
from tests.browser.looking import faults
from tests.divided import divided_at
from tests.factories import (
    AFTER,
    DEADLINE,
    START,
    content,
    depot,
    item,
    load_at,
    organization,
    person,
    tender_at,
)
from tests.method_lots import MARGIN, RELATIVE
from tests.produce.test_nationals import form

DAY = timedelta(days=1)
FILE = "a file, not a page"
PRESS = "takes a POST alone"
PRIVACY = "tests/browser/test_privacy_pages.py"
PHONE = "tests/browser/test_phone_pages.py"
NO_PAGES = {
    "assist": PHONE,
    "assist_code": PHONE,
    "assist_home": PHONE,
    "assist_lot": PHONE,
    "demo_phone": PHONE,
    "messages_sent": PHONE,
    "my_phone": PHONE,
    "my_phone_code": PHONE,
    "my_phone_pin": PHONE,
    "notifications": PHONE,
    "search_new": PHONE,
    "searches": PHONE,
    "webhooks": PHONE,
    "assist_ask": PRESS,
    "assist_drop": PRESS,
    "my_phone_forget": PRESS,
    "search_end": PRESS,
    "ussd": PRESS,
    "ussd_secret": PRESS,
    "webhook_end": PRESS,
    "search_feed": FILE,
    "bid_document": FILE,
    "bid_document_remove": PRESS,
    "checkpoint_note": FILE,
    "checkpoint_since": FILE,
    "choose_language": "leads back to the page where it was pressed",
    "demo_outbox_file": FILE,
    "audit_bids_file": FILE,
    "audit_file_report": FILE,
    "audit_flags_csv": FILE,
    "erasure": PRIVACY,
    "erasures": PRIVACY,
    "export_cancel": PRESS,
    "export_file": FILE,
    "days_to_pay_csv": FILE,
    "goods_received_pdf": FILE,
    "payment_file": FILE,
    "rejected_loads_csv": FILE,
    "allocation_case_file": FILE,
    "allocation_csv": FILE,
    "allocation_result_file": FILE,
    "figure_file": FILE,
    "lot_case_file": FILE,
    "lot_letter_pdf": FILE,
    "lot_result_file": FILE,
    "my_data": PRIVACY,
    "my_data_file": FILE,
    "my_erasure": PRESS,
    "my_letter_pdf": FILE,
    "open_data_extension": FILE,
    "opening_minutes": FILE,
    "organisation_contact": PRIVACY,
    "prices_csv": FILE,
    "receipt_json": FILE,
    "receipt_pdf": FILE,
    "receipt_short_code": "receipt_short, after a code was typed; tests/web/test_papers.py",
    "recoveries": FILE,
    "results_csv": FILE,
    "role_decline": PRESS,
    "tender_document": FILE,
    "tender_dossier_file": FILE,
    "tender_history_file": FILE,
    "tender_list_csv": FILE,
    "tender_links": PRIVACY,
    "tender_looks": PRIVACY,
    "standard_compare": "needs two grades: tests/browser/test_grading_pages.py",
    "standard_decline": PRESS,
    "standard_file": FILE,
    "token_revoke": PRESS,
}
GRADED = item(standard="EAS2", edition="2011 to 2017 values", grade="1")


@dataclass
class World:
    """A market with a tender at some stage; pages name what they need of it."""

    market: object
    tender: object

    def path(self, name):
        return reverse(name, args=ARGUMENTS.get(name, lambda world: ())(self))


def of_tender(*more):
    return lambda world: (world.tender.reference, *more)


def of_bid(*more):
    return lambda world: (world.tender.reference, world.market.tenderers[0][1].public_id, *more)


def letter(world):
    return AwardLetter.objects.get(bid__tenderer=world.market.tenderers[0][1])


def contract(world):
    return world.tender.lots.get().awards.get(called_up_for=None).contract


def bid(world):
    return world.tender.bids.get(tenderer=world.market.tenderers[0][1]).public_id


def membership(world):
    row = world.market.officer.memberships.get()
    return row.user.public_id, row.pk


TENDER = (
    "draft_check", "draft_committee", "draft_documents", "draft_lot_new", "draft_lots",
    "draft_preview", "draft_procedure", "draft_quorum", "draft_timetable", "draft_title",
    "opener_passphrase", "opening_act", "tender", "tender_ask", "tender_cancel",
    "tender_amend", "tender_amendment", "tender_enquiries", "tender_history", "tender_manage",
    "tender_new_from", "tender_opening", "tender_publish", "bid_start", "tender_cancellation",
    "tender_dossier", "evaluator_declaration", "draft_sharing", "tender_allocation",
    "allocation_confirm", "allocation_decide", "allocation_recommend", "allocation_run",
    "allocation_stop",
    "tender_flags", "audit_room",
)  # fmt: skip
LOT = (
    "draft_gate_new", "draft_item_new", "draft_lot", "draft_lot_edit", "draft_lot_remove",
    "draft_method", "draft_quality_new", "evaluation_confirm", "lot_award",
    "lot_award_cancel", "lot_award_decide", "lot_award_recommend", "lot_award_unsuccessful",
    "calculator", "lot_award_cancellation",
    "lot_contract", "lot_evaluation", "lot_letters", "lot_result",
    "draft_component_new", "draft_points_new", "draft_money_new", "draft_rated_new",
    "draft_points", "draft_preference", "draft_preference_remove", "lot_marks", "marks_close",
    "marks_sign", "draft_division", "draft_division_remove",
)  # fmt: skip
CONTRACT = (
    "contract", "contract_complete", "invoice_issue", "load_book", "contract_change",
    "contract_end", "contract_call_up", "call_up_decide",
)  # fmt: skip
LOAD = (
    "load", "load_accept", "load_again", "load_agree", "load_cancel", "load_gate", "load_measure",
    "load_reject", "load_sample", "load_weigh",
)  # fmt: skip
BUYER = ("confirmations", "depot_add", "payer_account")
PART = (
    "draft_criterion", "draft_criterion_remove", "draft_item", "draft_item_remove",
    "draft_limits", "draft_quality", "draft_quality_terms", "draft_component",
    "draft_component_remove",
)  # fmt: skip
ARGUMENTS = {
    **dict.fromkeys(TENDER, of_tender()),
    **dict.fromkeys(LOT, of_tender(1)),
    **dict.fromkeys(PART, of_tender(1, 1)),
    **dict.fromkeys(CONTRACT, lambda world: (contract(world).number,)),
    **dict.fromkeys(LOAD, lambda world: (contract(world).number, 1)),
    **dict.fromkeys(BUYER, lambda world: (world.market.buyer.public_id,)),
    "confirmation": lambda world: (world.market.buyer.confirmations.get().pk,),
    "contract_sign": lambda world: (
        world.tender.reference,
        1,
        world.tender.lots.get().awards.get().pk,
    ),
    "goods_received": lambda world: (f"{contract(world).number}-G1",),
    "contract_line": lambda world: (contract(world).number, 1),
    "invoice": lambda world: (contract(world).invoices.first().number,),
    "invoice_pay": lambda world: (contract(world).invoices.first().number,),
    **dict.fromkeys(
        ("bid_check", "bid_device", "bid_documents", "bid_lots", "bid_restart", "bid_withdraw"),
        of_bid(),
    ),
    "bid_lot": of_bid(1),
    "bid_marks": lambda world: (world.tender.reference, 1, bid(world)),
    "bid_assessment": lambda world: (world.tender.reference, 1, bid(world)),
    "bid_findings": lambda world: (world.tender.reference, 1, bid(world)),
    "lot_result_bid": lambda world: (world.tender.reference, 1, bid(world)),
    "lot_letter": lambda world: (world.tender.reference, 1, letter(world).pk),
    "my_letter": lambda world: (letter(world).pk,),
    "receipt": lambda world: (world.tender.sealed_bids.first().public_id,),
    "draft_document_remove": lambda world: (
        world.tender.reference,
        world.tender.documents.get().pk,
    ),
    "enquiry_answer": lambda world: (world.tender.reference, world.tender.enquiries.get().pk),
    "standard": lambda world: (Standard.objects.get(code="EAS2").pk,),
    "standard_proposal": lambda world: (StandardProposal.objects.get().pk,),
    "grade": lambda world: (Standard.objects.get(code="EAS2").pk,),
    "person": lambda world: (world.market.officer.public_id,),
    "role_revoke": membership,
    "role_proposal": lambda world: (RoleProposal.objects.get().pk,),
    "audit_file": lambda world: (world.market.auditor.audit_files.get().public_id,),
    "audit_flag": lambda world: (RedFlag.objects.get(code="R028").public_id,),
    "export": lambda world: (world.market.auditor.exports.get().public_id,),
    "draft_opener_remove": lambda world: (
        world.tender.reference,
        world.tender.committee.get(user__full_name="Odile Opener").position,
    ),
}

# (stage, days after, who, pages)
TOURS = {
    "nobody, before": ("open", -10, "", "tender tender_list home tender_history tender_opening"
                       " calculator receipt_short grade grade_choose"
                       " standards standard"),
    "nobody, after": ("paid", 60, "", "accessibility checkpoint help home lot_result lot_result_bid"
                      " results statistics figures contract goods_received days_to_pay"
                     " rejected_loads tender tender_dossier tender_history"
                      " open_data open_data_policy open_data_licence"
                      " results statistics figures tender tender_dossier tender_history"
                     " tender_opening verify"),
    "nobody, demonstration": ("open", -10, "", "demo demo_outbox styleguide styleguide_question"),
    "officer, new": ("draft", -19, "officer", "dashboard buyer_tenders officer_home tender_new"
                     " tender_new_choose tender_new_from tender_manage tender_cancel"),
    "officer, draft": ("draft", -19, "officer", "draft_check draft_committee draft_documents"
                       " draft_document_remove draft_preview draft_procedure draft_quorum"
                       " draft_timetable draft_title draft_lots draft_lot_new"),
    "officer, lots": ("draft", -19, "officer", "draft_lot draft_lot_edit draft_lot_remove"
                      " draft_method draft_gate_new draft_quality_new draft_criterion"
                      " draft_criterion_remove draft_item draft_item_new draft_item_remove"
                      " draft_quality draft_limits draft_quality_terms"),
    "officer, methods": ("draft", -19, "officer", "draft_lot draft_method draft_component_new"
                         " draft_component draft_component_remove draft_points draft_points_new"
                         " draft_money_new draft_rated_new draft_preference"
                         " draft_preference_remove draft_check draft_preview"),
    "officer, standards": ("draft", -19, "officer", "standard_proposals standard_proposal"),
    "approver": ("draft", -19, "approver", "dashboard tender_manage tender_publish"),
    "approver, cancellations": ("standstill", 1, "approver", "dashboard tender_cancellation"
                                " lot_award_cancellation"),
    "officer, open": ("open", -10, "officer", "dashboard tender_manage tender_enquiries"
                      " enquiry_answer tender_amend"),
    "officer, outage": ("open", 0.1, "officer", "dashboard tender_manage tender_amend tender"
                        " tender_history"),
    "approver, open": ("open", -10, "approver", "dashboard tender_manage tender_amendment"),
    "opener, draft": ("draft", -19, "new opener", "dashboard opener_passphrase"),
    "officer, committee": ("draft", -19, "officer", "draft_committee draft_opener_remove"),
    "opener, closed": ("closed", 1, "opener", "dashboard opening_act tender_opening"),
    "tenderer, open": ("open", -10, "tenderer", "dashboard bid_start bid_withdraw my_bids receipt"
                       " tender tender_ask organisations organisation_new tokens"),
    "tenderer, bid": ("open", -10, "bidding", "bid_lots bid_lot bid_documents bid_check bid_device"
                        " bid_restart"),
    "tenderer, after": ("standstill", 1, "tenderer", "dashboard my_bids my_letter receipt"),
    "evaluator": ("opened", 1, "evaluator", "dashboard lot_evaluation bid_findings"
                  " evaluator_declaration"),
    "evaluator, margin": ("opened", 1, "evaluator", "lot_evaluation bid_assessment"),
    "evaluator, marks": ("opened", 1, "evaluator", "lot_evaluation lot_marks bid_marks marks_sign"
                         " marks_close"),
    "evaluator, done": ("evaluated", 1, "evaluator", "evaluation_confirm lot_evaluation"
                        " lot_result"),
    "officer, evaluated": ("evaluated", 1, "officer", "dashboard lot_award lot_award_recommend"),
    "accounting officer": ("recommended", 1, "accountant", "dashboard lot_award lot_award_decide"
                           " lot_award_cancel lot_award_unsuccessful"),
    "officer, award": ("standstill", 15, "officer", "dashboard lot_contract contract_sign"
                       " lot_letters lot_letter tender_manage"),
    "inspector": ("contracted", 39, "inspector", "dashboard contracts contract load_book depots"),
    "inspector, booked": ("contracted", 41, "inspector", "load load_gate load_cancel"),
    "inspector, arrived": ("contracted", 41, "inspector", "load_weigh"),
    "inspector, weighed": ("contracted", 41, "inspector", "load_sample"),
    "inspector, sampled": ("contracted", 41, "inspector", "load_measure"),
    "inspector, tested": ("contracted", 41, "inspector", "load load_agree load_again load_reject"),
    "inspector, agreed": ("contracted", 41, "inspector", "load_accept"),
    "supplier, tested": ("contracted", 41, "supplier", "dashboard contracts contract load"
                         " load_agree load_book"),
    "inspector, received": ("contracted", 41, "inspector", "contract load contract_complete"),
    "officer, contract": ("contracted", 41, "officer", "contract contract_end contract_line"),
    "approver, ended": ("contracted", 41, "approver", "contract contract_change"),
    "officer, default": ("contracted", 41, "officer", "contract contract_call_up"),
    "accountant, default": ("contracted", 41, "accountant", "contract call_up_decide"),
    "officer, depots": ("contracted", 30, "officer", "depots depot_add contracts"),
    "accounting officer, end": ("delivered", 90, "accountant", "dashboard contracts invoice_issue"
                                " payments payer_account confirmations"),
    "accounting officer, invoiced": ("delivered", 90, "accountant", "contract payments invoice"
                                     " invoice_pay confirmation"),
    "auditor": ("standstill", 15, "auditor", "dashboard audit audit_bids export tender_history"),
    "officer, divided": ("draft", -19, "officer", "draft_lot draft_lots draft_division"
                         " draft_division_remove draft_sharing draft_check draft_preview"),
    "tenderer, divided": ("open", -10, "bidding", "tender bid_lots bid_lot bid_check bid_device"),
    "evaluator, divided": ("opened", 1, "evaluator", "lot_evaluation bid_assessment"
                           " tender_allocation"),
    "evaluator, divided and shared": ("allocated", 1, "evaluator", "dashboard tender_allocation"
                                      " allocation_run allocation_stop allocation_confirm"),
    "officer, divided and shared": ("confirmed", 1, "officer", "dashboard tender_manage lot_award"
                                    " tender_allocation allocation_recommend"),
    "accounting officer, divided": ("recommended", 1, "accountant", "dashboard lot_award"
                                    " lot_award_cancel tender_allocation allocation_decide"),
    "nobody, divided": ("standstill", 15, "", "tender tender_allocation lot_result results"),
    "tenderer, divided and shared": ("standstill", 15, "tenderer", "tender_allocation my_bids"),
    "auditor, flags": ("standstill", 15, "auditor", "audit_flags audit_flag tender_flags"
                       " audit_files audit_file audit_room"),
    "administrator": ("open", -10, "administrator", "dashboard people person role_proposal"
                      " role_revoke"),
}  # fmt: skip


def test_every_page_of_the_permission_table_is_on_a_tour():
    toured = {name for tour in TOURS.values() for name in tour[3].split()}
    assert set(access.ACCESS) - toured - set(NO_PAGES) == set()


def test_what_is_called_no_page_exists_and_is_not_toured():
    toured = {name for tour in TOURS.values() for name in tour[3].split()}
    assert set(NO_PAGES) <= set(access.ACCESS) and not toured & set(NO_PAGES)


# Tours of pages that only a method with more parts has; else the plain lot.
METHOD_LOTS = {
    "officer, methods": MARGIN,
    "evaluator, margin": replace(MARGIN, criteria=MARGIN.criteria[:1]),
    "evaluator, marks": RELATIVE,
}


def service_was_down(settings):
    """From two hours before the deadline to an hour after it."""
    settings.OUTAGE_SECONDS = 600
    for hours in (-2, 1):
        outages.beat(now=DEADLINE + timedelta(hours=hours))


def divided_world(market, stage):
    return World(market, divided_at(stage, market, lots=2))


def world_at(market, stage, who, tour=""):
    lot = replace(
        content().lots[0], items=(GRADED,) if stage in ("draft", "contracted") else (item(),)
    )
    lot = METHOD_LOTS.get(tour, lot)
    # Two of one price are flagged.
    prices = ("310", "300", "310" if tour == "auditor, flags" else "320")
    tender = tender_at(stage, market, prices, lots=(lot,))
    if stage == "draft":
        paper = {"title": "Conditions", "filename": "conditions.txt", "content": b"As usual."}
        documents.attach(tender=tender, **paper, by=market.officer, now=START)
    if who in ("new opener", "officer") and stage == "draft":
        appointed = person("Odile Opener", market.union, Role.OPENER)
        seat = {"tender": tender, "opener": appointed, "organization": market.union}
        committees.appoint(**seat, by=market.officer, now=START)
    if stage == "open":
        user, firm = market.tenderers[1]
        enquiries.ask(
            tender=tender, organization=firm, question="Bags?", by=user, now=START + 2 * DAY
        )
    if who == "approver" and stage == "open":
        new = Timetable(DEADLINE + DAY, tender.enquiry_deadline)
        said = {"notice": "Bags are given.", "reason": "Asked by many.", "now": START}
        amendments.propose(tender=tender, new=new, by=market.officer, **said)
    if who == "approver" and stage == "standstill":
        said = {"reason": "The goods are no longer needed.", "now": AFTER}
        award = tender.lots.get().awards.get()
        award_cancellations.propose(award=award, by=market.accountant, **said)
        cancellations.propose(tender=tender, by=market.officer, **said)
    _with_chain(market, tender, stage, tour)
    if "standards" in tour:
        text = json.dumps(form()).encode()
        nationals.propose(data=text, reason="Gazetted.", by=market.officer, now=START)
    if tour == "auditor, flags":
        redflags.refresh(now=AFTER)
        drawn = {"title": "Spring", "method": "risk", "size": 5, "seed": "2026"}
        auditfiles.draw(**drawn, by=market.auditor, now=AFTER)
    if who == "auditor":
        exports.request(kind="bids_csv", tender=tender, by=market.auditor, now=AFTER)
    if who == "administrator":
        first = person("Ada Admin", organization("Musika", "operator"), Role.ADMINISTRATOR)
        given = {"user": market.officer, "organization": market.buyer, "role": Role.INSPECTOR}
        grants.propose(**given, by=first, now=START)
    return World(market, tender)


def _with_chain(market, tender, stage, tour):
    if stage in ("contracted", "delivered"):
        _load(market, tender, tour)


def _load(market, tender, tour):
    """A load as far as the tour says, or an invoice with a line of the bank that waits."""
    row = tender.lots.get().awards.get().contract
    stage = tour.partition(", ")[2]
    if stage in ("booked", "arrived", "weighed", "sampled", "tested", "agreed", "received"):
        load_at(stage, market, row)
    elif tour.startswith("inspector"):
        depot(market)
    if stage in ("ended", "default"):
        _end(market, row, stage, tour)
    if stage == "invoiced":
        invoices.issue(contract=row, by=market.accountant, now=AFTER + 42 * DAY)
        line = b"reference,amount,currency,date\nMaize,12.00,USD,2026-05-20\n"
        said = {"buyer": market.buyer, "content": line, "by": market.accountant}
        confirmations.take(**said, now=AFTER + 45 * DAY)


def _end(market, row, stage, tour):
    """A proposal to end the contract; or it ended by default, and a call-up may wait."""
    at = AFTER + 40 * DAY
    said = {"contract": row, "is_default": True, "reason": "Nothing came.", "by": market.officer}
    proposal = contract_changes.propose_end(**said, now=at)
    if stage == "default":
        contract_changes.confirm(proposal=proposal, by=market.approver, now=at)
    if tour.startswith("accountant"):
        callups.recommend(contract=row, reason="Next in rank.", by=market.officer, now=at)


def visitor(market, who):
    if who == "supplier":
        return market.tenderers[1][0]
    if who in ("tenderer", "bidding"):
        return market.tenderers[0][0]
    if who == "opener":
        return market.openers[0][0]
    if who == "new opener":
        return User.objects.get(full_name="Odile Opener")
    if who == "administrator":
        return person("Adam Admin", organization("Musika", "operator"), Role.ADMINISTRATOR)
    return getattr(market, who)


@pytest.mark.parametrize("tour", sorted(TOURS))
def test_every_page_is_free_of_faults(tour, page, signed_in, at, market, settings):
    stage, days, who, names = TOURS[tour]
    settings.DEMO = "demonstration" in tour
    divided = "divided" in tour
    world = divided_world(market, stage) if divided else world_at(market, stage, who, tour)
    at(AFTER + days * DAY)
    if "outage" in tour:
        service_was_down(settings)
    if who:
        signed_in(visitor(market, who))
    if who == "bidding":
        page.goto(world.path("bid_lots"))
        page.get_by_role("checkbox").first.check()
        page.get_by_role("button", name="Save and continue").click()
    assert faults(page, [world.path(name) for name in names.split()]) == []
