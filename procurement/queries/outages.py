"""Recorded outages, and what they mean for a tender."""

from dataclasses import replace
from datetime import datetime

from procurement.models import ServiceOutage, Tender
from procurement.queries import facts
from procurement.rules import lifecycle, outages, timeline
from procurement.rules.outages import Outage, OutageRules
from procurement.rules.rulesets import ruleset
from procurement.rules.timeline import TenderFacts, TenderStatus


def of(tender: Tender) -> tuple[Outage, ...]:
    """The outages that touch the tender's deadline, the latest first."""
    if tender.deadline is None:
        return ()
    rules = _rules(tender)
    # From an outage that ended before the window on, none can touch the deadline.
    near = ServiceOutage.objects.filter(
        since__lt=tender.deadline, until__gt=tender.deadline - rules.window
    )
    found = (Outage(row.since, row.until) for row in near)
    return outages.touching(tender.deadline, found, rules)


def held_until(tender: Tender) -> datetime | None:
    """Until when CLOSE waits because of an outage; None: it does not."""
    if tender.deadline is None or tender.closed_at is not None:
        return None
    return outages.held_until(tender.deadline, of(tender), _rules(tender))


def closing(tender: Tender) -> TenderFacts:
    """The facts that say when CLOSE may be recorded."""
    return replace(facts.timetable(tender), held_until=held_until(tender))


def closes_at(tender: Tender) -> datetime:
    """The first instant at which CLOSE may be recorded."""
    return timeline.closes_at(closing(tender))


def may_amend(tender: Tender, status: TenderStatus, now: datetime) -> bool:
    """Whether the tender may be amended: also after the deadline, while an outage holds CLOSE."""
    if not lifecycle.is_allowed("tenders.extend", status):
        return lifecycle.is_allowed("tenders.amend", status)
    until = held_until(tender)
    return until is not None and now < until


def due(tender: Tender) -> datetime | None:
    """The later deadline that the rule proposes; None: no outage touches the present one."""
    if tender.deadline is None or tender.closed_at is not None:
        return None
    return outages.due(tender.deadline, of(tender), _rules(tender))


def _rules(tender: Tender) -> OutageRules:
    return ruleset(tender.jurisdiction).outage
