"""Every check that the database makes, violated once. A constraint without a row here fails."""

from datetime import date, timedelta

import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction

from marketplace.accounts.models import (
    Debarment,
    Erasure,
    Membership,
    Organization,
    PhoneCode,
    RoleProposal,
)
from marketplace.notify.models import Message
from marketplace.phone.models import UssdSession
from procurement.models import (
    Allocation,
    Assistance,
    AuditFile,
    AuditNote,
    Award,
    AwardCancellation,
    AwardLine,
    BidLine,
    BidPart,
    CommitteeMember,
    Contract,
    ContractChange,
    ContractLine,
    Delivery,
    Depot,
    Enquiry,
    EvaluatedBid,
    Export,
    GateDecision,
    GoodsReceipt,
    GroupFinding,
    ImportBatch,
    ImportLock,
    Invoice,
    Item,
    LoadFlag,
    LoadTest,
    Lot,
    LotComponent,
    LotPreference,
    Mark,
    MarketPrice,
    MarkSheet,
    Measurement,
    OcdsProcess,
    OcdsRelease,
    OcdsWatermark,
    Payment,
    PaymentConfirmation,
    PriceAddition,
    PriceFile,
    Pulse,
    RedFlag,
    RedFlagAnswer,
    Sample,
    SealedBid,
    ServiceOutage,
    Tender,
    TenderAmendment,
    TenderCancellation,
    WeighbridgeTicket,
)
from procurement.operations import (
    amendments,
    award_cancellations,
    cancellations,
    contract_changes,
    ocds,
)
from procurement.rules.amending import Timetable
from produce.models import Commodity
from tests.factories import AFTER, DEADLINE, START, Market, tender_at

SECOND = timedelta(seconds=1)

# Constraint, the model whose rows are changed, and the change that it must refuse.
UPDATES = {
    "ocds_last_after_first": (OcdsProcess, {"last_sequence": -1}),
    "ocds_release_has_a_text": (OcdsRelease, {"text": ""}),
    "publisher_is_not_drafter": (Tender, {"published_by": models.F("created_by")}),
    "published_tender_is_complete": (Tender, {"terms_hash": ""}),
    "deadline_after_publication": (
        Tender,
        {
            "deadline": START - SECOND,
            "enquiry_deadline": None,
            "closed_at": None,
            "opened_at": None,
        },
    ),
    "enquiries_end_before_deadline": (Tender, {"enquiry_deadline": DEADLINE + SECOND}),
    "closed_after_deadline": (Tender, {"closed_at": DEADLINE - SECOND}),
    "opened_after_close": (Tender, {"opened_at": AFTER - SECOND}),
    "cancellation_has_a_reason": (Tender, {"cancelled_at": AFTER}),
    "opening_quorum_of_two_or_more": (Tender, {"opening_quorum": 1}),
    "unsuccessful_lot_has_a_reason": (Lot, {"unsuccessful_at": AFTER}),
    "estimate_not_negative": (Lot, {"estimated_value": -1}),
    "delivery_window_in_order": (Item, {"delivery_ends": date(2000, 1, 1)}),
    "item_quantity_not_negative": (Item, {"quantity": -1}),
    "enrolled_member_has_keys": (CommitteeMember, {"public_key": ""}),
    "recorded_after_received": (SealedBid, {"recorded_at": START - SECOND}),
    "bid_line_not_negative": (BidLine, {"unit_price": -1}),
    "failed_gate_has_a_reason": (GateDecision, {"passed": False}),
    "ranked_or_disqualified": (EvaluatedBid, {"disqualification": "x"}),
    "decider_is_not_recommender": (Award, {"decided_by": models.F("recommended_by")}),
    "award_has_reason_and_standstill": (Award, {"reason": ""}),
    "award_line_not_negative": (AwardLine, {"quantity": -1}),
    "award_cancellation_has_a_reason": (Award, {"cancelled_at": AFTER}),
    **{
        f"{model._meta.model_name}_{name}": (model, change)
        for model in (TenderCancellation, AwardCancellation, TenderAmendment, ContractChange)
        for name, change in (
            ("has_a_reason", {"reason": ""}),
            (
                "needs_two_people",
                {"confirmed_at": AFTER, "confirmed_by": models.F("proposed_by")},
            ),
            ("ends_once", {"declined_at": AFTER}),
        )
    },
    "amended_questions_end_first": (
        TenderAmendment,
        {"enquiry_deadline": AFTER + timedelta(days=99)},
    ),
    "paid_after_delivered": (Contract, {"paid_at": START}),
    "contract_line_not_negative": (ContractLine, {"quantity": -1}),
    "contract_window_in_order": (ContractLine, {"ends": date(2000, 1, 1)}),
    "depot_is_open": (Depot, {"closes": 0}),
    "depot_capacity_not_negative": (Depot, {"daily_capacity": -1}),
    "nothing_delivered_after_the_end": (Contract, {"terminated_at": START}),
    "change_is_of_a_line": (ContractChange, {"kind": "line"}),
    "delivery_not_negative": (Delivery, {"quantity": -1}),
    "arrival_has_a_vehicle": (Delivery, {"vehicle": ""}),
    "rejection_has_reasons": (Delivery, {"rejected_at": AFTER}),
    "agreed_to_an_amount": (Delivery, {"agreed_amount": None}),
    "ticket_not_negative": (WeighbridgeTicket, {"tare": -1}),
    "duplicate_has_its_own_seal": (Sample, {"seal": models.F("duplicate_seal")}),
    "refusal_has_reasons": (LoadTest, {"conforms": False}),
    "receipt_not_negative": (GoodsReceipt, {"amount": -1}),
    "invoice_is_positive": (Invoice, {"total": 0}),
    "payment_is_positive": (Payment, {"amount": 0}),
    "buyer_kind_only_for_buyers": (Organization, {"kind": "farmer"}),
    "nobody_grants_himself": (Membership, {"granted_by": models.F("user")}),
    "proposer_does_not_confirm": (
        RoleProposal,
        {
            "confirmed_at": AFTER,
            "confirmed_by": models.F("proposed_by"),
            "membership": models.Subquery(Membership.objects.values("pk")[:1]),
        },
    ),
    "nobody_has_a_hand_in_his_own_role": (RoleProposal, {"proposed_by": models.F("user")}),
    "proposal_ends_once": (RoleProposal, {"declined_at": AFTER}),
    "erasure_takes_two": (
        Erasure,
        {"confirmed_at": AFTER, "confirmed_by": models.F("proposed_by")},
    ),
    "erasure_ends_once": (Erasure, {"declined_at": AFTER}),
}


def enquiry(market, tender):
    Enquiry.objects.create(
        tender=tender,
        organization=market.buyer,
        asked_by=market.officer,
        asked_at=START,
        question="?",
        answer="!",
    )


def import_lock(market, tender):
    batch = ImportBatch.objects.create(started_at=START)
    ImportLock.objects.create(id=2, batch=batch, held_since=START)


def debarment(market, tender):
    Debarment.objects.create(
        organization=market.buyer, starts_at=START, ends_at=START, reason="x", source="x"
    )


def preference(market, tender):
    LotPreference.objects.create(lot=tender.lots.get(), title="", margin="0.1")


def conflict(market, tender):
    tender.declarations.update(tenderer=market.buyer)


def judged(market, tender):
    return {"bid": tender.bids.first(), "decided_by": market.evaluator, "decided_at": AFTER}


def addition(market, tender):
    part = LotComponent.objects.create(lot=tender.lots.get(), number=1, title="x", per="lot")
    PriceAddition.objects.create(component=part, amount=1, reason="", **judged(market, tender))


def belonging(market, tender):
    GroupFinding.objects.create(lot=tender.lots.get(), belongs=True, **judged(market, tender))


def mark(market, tender):
    sheet = MarkSheet.objects.create(lot=tender.lots.get(), evaluator=market.evaluator)
    criterion = tender.lots.get().criteria.first()
    Mark.objects.create(sheet=sheet, bid=tender.bids.first(), criterion=criterion, mark=1)


def mark_alone(market, tender):
    sheet = MarkSheet.objects.create(lot=tender.lots.get(), evaluator=market.evaluator)
    said = {"criterion": tender.lots.get().criteria.first(), "mark": 1, "reason": "x", "alone": 2}
    Mark.objects.create(sheet=sheet, bid=tender.bids.first(), **said)


def both_finished_and_cancelled(market, tender):
    told = {"public_id": "x", "kind": "bids_csv", "requested_at": AFTER}
    Export.objects.create(**told, finished_at=AFTER, cancelled_at=AFTER)


def no_period(market, tender):
    told = {"public_id": "x", "kind": "bids_csv", "requested_at": AFTER}
    Export.objects.create(**told, opened_from=AFTER, opened_before=AFTER)


def second_pulse(market, tender):
    Pulse.objects.create(id=2, at=AFTER)


def outage_without_a_length(market, tender):
    ServiceOutage.objects.create(since=AFTER, until=AFTER)


def flag_without_words(market, tender):
    LoadFlag.objects.create(delivery=Delivery.objects.first(), code="x", raised_at=AFTER)


def value_without_method(market, tender):
    told = {"code": "X", "name": "X", "value": "1", "measured_at": AFTER, "holds": True}
    Measurement.objects.create(test=LoadTest.objects.first(), **told)


def confirmation(market, **said):
    told = {"buyer": market.buyer, "digest": "x", "currency": "USD", "paid_on": AFTER.date()}
    PaymentConfirmation.objects.create(**{**told, "imported_at": AFTER, "amount": 1, **said})


def below_nothing(market, tender):
    BidPart.objects.create(bid=tender.bids.first(), lot=tender.lots.get(), minimum=-1, maximum=1)


def allocation(market, tender, **more):
    told = {"public_id": "x", "case": "{}", "case_digest": "0" * 64, "requested_at": AFTER}
    return Allocation.objects.create(**told, tender=tender, requested_by=market.officer, **more)


def allocated_whole(market, tender):
    Award.objects.filter(is_part=False).update(allocation=allocation(market, tender))


def flag(tender, **fields):
    told = {"key": "k", "past": False, "code": "R018", "group": "OCID", "found_at": AFTER}
    return RedFlag.objects.create(**{**told, "tender": tender, **fields})


def flag_about_nobody(market, tender):
    flag(None)


def flag_gone_before_found(market, tender):
    flag(tender, gone_at=START)


def answer_without_a_note(market, tender):
    made = flag(tender)
    told = {"flag": made, "state": "explained", "answered_by": market.auditor}
    RedFlagAnswer.objects.create(**told, answered_at=AFTER, note="")


def negative_market_price(market, tender):
    file = PriceFile.objects.create(source="x", filename="x", sha256="x", read_at=START)
    goods = Commodity.objects.first()
    told = {"file": file, "commodity": goods, "market": "x", "day": date(2017, 1, 1)}
    MarketPrice.objects.create(**told, unit="kg", currency="USD", price=-1)


def audit_file(market, seed):
    told = {"public_id": f"f{seed}", "title": "x", "method": "risk", "population": 1}
    return AuditFile.objects.create(**told, seed=seed, made_by=market.auditor, made_at=AFTER)


def empty_note(market, tender):
    told = {"file": audit_file(market, "s"), "kind": "note", "written_by": market.auditor}
    AuditNote.objects.create(**told, text="", written_at=AFTER)


def code_without_a_life(market, tender):
    PhoneCode.objects.create(
        user=market.officer, digest="x", ciphertext=b"", made_at=AFTER, expires_at=AFTER
    )


def message(market, tender, **changes):
    told = {"key": "x", "recipient": market.officer, "queued_at": AFTER, "next_attempt_at": AFTER}
    return Message.objects.create(**told | changes)


def open_text(market, tender):
    message(market, tender, channel="sms", body="in the clear")


def call_of_nothing(market, tender):
    message(market, tender, channel="webhook")


def sent_and_given_up(market, tender):
    message(market, tender, sent_at=AFTER, gave_up_at=AFTER)


def call_before_it_began(market, tender):
    began = {"opened_at": AFTER, "touched_at": AFTER, "ended_at": AFTER - SECOND}
    UssdSession.objects.create(key="x", number_digest="x", text_digest="", **began)


def assistance(market, tender, **changes):
    told = {
        "tender": tender,
        "agent": market.officer,
        "shop": market.union,
        "farmer": market.approver,
        "tenderer": market.buyer,
        "started_at": AFTER,
        "expires_at": AFTER + SECOND,
    }
    Assistance.objects.create(**told | changes)


def helping_oneself(market, tender):
    assistance(market, tender, farmer=market.officer)


def help_without_end(market, tender):
    assistance(market, tender, expires_at=AFTER)


def written_after_the_end(market, tender):
    assistance(market, tender, ended_at=AFTER, ciphertext=b"x")


def sealed_without_a_bid(market, tender):
    assistance(market, tender, sealed_at=AFTER)


DONE = {"result": "{}", "result_digest": "0" * 64}
INSERTS = {
    "flag_says_what": flag_without_words,
    "measurement_has_a_method": value_without_method,
    "confirmation_is_positive": lambda market, tender: confirmation(market, amount=0, waits="x"),
    "confirmation_matched_or_waits": lambda market, tender: confirmation(market),
    "bid_part_not_negative": below_nothing,
    "allocated_award_is_a_part": allocated_whole,
    "allocation_finished_or_cancelled": lambda market, tender: allocation(
        market, tender, finished_at=AFTER, cancelled_at=AFTER, **DONE
    ),
    "finished_allocation_has_a_result": lambda market, tender: allocation(
        market, tender, finished_at=AFTER
    ),
    "confirmed_allocation_is_finished": lambda market, tender: allocation(
        market, tender, confirmed_at=AFTER
    ),
    "one_ocds_watermark": lambda market, tender: OcdsWatermark.objects.create(id=2),
    "audit_file_has_a_seed": lambda market, tender: audit_file(market, ""),
    "audit_note_has_text": empty_note,
    "red_flag_has_one_subject": flag_about_nobody,
    "red_flag_gone_after_found": flag_gone_before_found,
    "red_flag_answer_has_a_note": answer_without_a_note,
    "market_price_not_negative": negative_market_price,
    "code_has_a_life": code_without_a_life,
    "texts_are_sealed": open_text,
    "webhook_message_has_a_webhook": call_of_nothing,
    "sent_or_given_up": sent_and_given_up,
    "call_ends_after_it_began": call_before_it_began,
    "nobody_assists_himself": helping_oneself,
    "assistance_has_an_end": help_without_end,
    "assistance_leaves_nothing_written": written_after_the_end,
    "assistance_seals_a_bid": sealed_without_a_bid,
    "one_pulse": second_pulse,
    "outage_has_a_length": outage_without_a_length,
    "export_finished_or_cancelled": both_finished_and_cancelled,
    "export_period_has_a_length": no_period,
    "conflict_says_why": conflict,
    "addition_has_a_reason": addition,
    "belonging_has_evidence": belonging,
    "mark_has_a_reason": mark,
    "mark_alone_has_its_reason": mark_alone,
    "preference_says_whom": preference,
    "answer_is_whole": enquiry,
    "one_import_lock": import_lock,
    "debarment_has_a_length": debarment,
}


def proposals(market):
    """One open proposal of each kind, in another tender that is not paid yet."""
    award = tender_at("standstill", market).lots.get().awards.get()
    said = {"reason": "x", "now": AFTER}
    cancellations.propose(tender=award.lot.tender, by=market.officer, **said)
    new = Timetable(DEADLINE + timedelta(days=1))
    later = {"new": new, "notice": "", "reason": "x", "now": START}
    amended = tender_at("open", market, enquiry_deadline=None)
    amendments.propose(tender=amended, by=market.officer, **later)
    award_cancellations.propose(award=award, by=market.accountant, **said)
    signed = tender_at("contracted", market).lots.get().awards.get().contract
    end = {"contract": signed, "is_default": True, "by": market.officer, "reason": "x"}
    contract_changes.propose_end(**end, now=AFTER + timedelta(days=16))
    RoleProposal.objects.create(
        user=market.evaluator,
        organization=market.buyer,
        role="inspector",
        proposed_by=market.auditor,
        proposed_at=START,
    )
    Erasure.objects.create(user=market.evaluator, proposed_by=market.evaluator, proposed_at=START)


@pytest.mark.django_db
def test_the_database_refuses_what_each_check_forbids():
    market = Market()
    tender = tender_at("paid", market)
    proposals(market)
    ocds.publish(now=AFTER)
    for name, (model, change) in UPDATES.items():
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            model.objects.update(**change)
    for name, insert in INSERTS.items():
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            insert(market, tender)


def test_every_check_of_the_database_is_in_the_table():
    checks = {
        constraint.name
        for label in ("procurement", "accounts", "notify", "phone")
        for model in apps.get_app_config(label).get_models()
        for constraint in model._meta.constraints
        if isinstance(constraint, models.CheckConstraint)
    }
    assert checks == set(UPDATES) | set(INSERTS)
