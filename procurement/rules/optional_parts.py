"""The optional parts of a case, each read strictly from plain JSON values.

Every function takes a value and its place, and returns the fact or raises InvalidCase.
"""

from typing import Any

from procurement.rules import reading as read
from procurement.rules.optional_facts import (
    COMPONENT_BASES,
    LOWER,
    MARGIN_BASES,
    MARGIN_WAYS,
    STAGES,
    TAKERS,
    UPPER,
    Addition,
    Answer,
    Band,
    Component,
    Group,
    Mark,
    Matching,
    Membership,
    Nonce,
    Preference,
    Rate,
    Rating,
    Steps,
)
from procurement.rules.rating import COMBINATIONS
from procurement.rules.reading import every, maybe


def stage(value: Any, place: str) -> str:
    return read.choice(value, place, STAGES)


def steps(value: Any, place: str) -> Steps:
    v = read.members(value, place, ("unit", "edge", "bands"))
    return Steps(
        unit=read.text(v["unit"], f"{place}.unit"),
        edge=read.choice(v["edge"], f"{place}.edge", (LOWER, UPPER)),
        bands=every(_band, v["bands"], f"{place}.bands"),
    )


def _band(value: Any, place: str) -> Band:
    v = read.members(value, place, ("up_to", "value"))
    return Band(
        up_to=maybe(read.number, v["up_to"], f"{place}.up_to"),
        value=maybe(read.amount, v["value"], f"{place}.value"),
    )


def rating(value: Any, place: str) -> Rating:
    v = read.members(value, place, ("highest_mark", "weight", "combine", "minimum"))
    return Rating(
        highest_mark=read.positive(v["highest_mark"], f"{place}.highest_mark"),
        weight=read.positive(v["weight"], f"{place}.weight"),
        combine=read.choice(v["combine"], f"{place}.combine", tuple(COMBINATIONS)),
        minimum=maybe(read.amount, v["minimum"], f"{place}.minimum"),
    )


def component(value: Any, place: str) -> Component:
    v = read.members(value, place, ("component", "title", "per", "source"))
    return Component(
        component=read.identifier(v["component"], f"{place}.component"),
        title=read.text(v["title"], f"{place}.title"),
        per=read.choice(v["per"], f"{place}.per", COMPONENT_BASES),
        source=read.text(v["source"], f"{place}.source"),
    )


def group(value: Any, place: str) -> Group:
    v = read.members(value, place, ("group", "title", "points", "source"))
    return Group(
        group=read.identifier(v["group"], f"{place}.group"),
        title=read.text(v["title"], f"{place}.title"),
        points=read.amount(v["points"], f"{place}.points"),
        source=read.text(v["source"], f"{place}.source"),
    )


def preference(value: Any, place: str) -> Preference:
    v = read.members(value, place, ("group", "margin", "base", "components", "way", "source"))
    return Preference(
        group=read.identifier(v["group"], f"{place}.group"),
        margin=read.positive(v["margin"], f"{place}.margin"),
        base=read.choice(v["base"], f"{place}.base", MARGIN_BASES),
        components=every(read.identifier, v["components"], f"{place}.components"),
        way=read.choice(v["way"], f"{place}.way", MARGIN_WAYS),
        source=read.text(v["source"], f"{place}.source"),
    )


def matching(value: Any, place: str) -> Matching:
    v = read.members(value, place, ("matching", "group", "band", "share", "takers", "source"))
    return Matching(
        matching=read.identifier(v["matching"], f"{place}.matching"),
        group=read.identifier(v["group"], f"{place}.group"),
        band=read.positive(v["band"], f"{place}.band"),
        share=read.positive(v["share"], f"{place}.share"),
        takers=read.choice(v["takers"], f"{place}.takers", TAKERS),
        source=read.text(v["source"], f"{place}.source"),
    )


def rate(value: Any, place: str) -> Rate:
    v = read.members(value, place, ("currency", "units", "worth", "date", "source"))
    return Rate(
        currency=read.identifier(v["currency"], f"{place}.currency"),
        units=maybe(read.positive, v["units"], f"{place}.units"),
        worth=maybe(read.positive, v["worth"], f"{place}.worth"),
        date=read.day(v["date"], f"{place}.date"),
        source=read.text(v["source"], f"{place}.source"),
    )


def nonce(value: Any, place: str) -> Nonce:
    v = read.members(value, place, ("officer", "commitment", "nonce"))
    return Nonce(
        officer=read.identifier(v["officer"], f"{place}.officer"),
        commitment=read.identifier(v["commitment"], f"{place}.commitment"),
        nonce=read.identifier(v["nonce"], f"{place}.nonce"),
    )


def addition(value: Any, place: str) -> Addition:
    v = read.members(value, place, ("component", "item", "amount", "reason"))
    return Addition(
        component=read.identifier(v["component"], f"{place}.component"),
        item=maybe(read.identifier, v["item"], f"{place}.item"),
        amount=read.amount(v["amount"], f"{place}.amount"),
        reason=read.text(v["reason"], f"{place}.reason"),
    )


def membership(value: Any, place: str) -> Membership:
    v = read.members(value, place, ("group", "evidence"))
    return Membership(
        group=read.identifier(v["group"], f"{place}.group"),
        evidence=read.text(v["evidence"], f"{place}.evidence"),
    )


def mark(value: Any, place: str) -> Mark:
    v = read.members(value, place, ("criterion", "evaluator", "mark", "reason"))
    return Mark(
        criterion=read.identifier(v["criterion"], f"{place}.criterion"),
        evaluator=read.identifier(v["evaluator"], f"{place}.evaluator"),
        mark=read.amount(v["mark"], f"{place}.mark"),
        reason=read.text(v["reason"], f"{place}.reason"),
    )


def answer(value: Any, place: str) -> Answer:
    v = read.members(value, place, ("matching", "agrees"))
    return Answer(
        matching=read.identifier(v["matching"], f"{place}.matching"),
        agrees=read.flag(v["agrees"], f"{place}.agrees"),
    )
