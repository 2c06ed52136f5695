"""What may be seen by whom, and from when: the one table that every page and endpoint asks.

Who a person is to a tender, and how far the tender has come, is found in
`procurement.visibility`. What the table does not name is seen by nobody: a fact is added here
before it can be shown anywhere.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Reader(StrEnum):
    """What a person is to a fact; one person may be several."""

    ANYONE = "anyone"
    OWNER = "owner"
    BUYER = "buyer's people"
    WORKER = "who judges"
    DECIDER = "accounting officer"
    AUDITOR = "auditor"


class Moment(StrEnum):
    """From when. Several may have come; none of them passes away again."""

    ALWAYS = "always"
    PUBLICATION = "publication"
    ANSWER = "answer"
    CLOSE = "close"
    OPENING = "opening"
    SIGNING = "signing"
    DECISION = "decision"


READERS: Final[Mapping[Reader, str]] = MappingProxyType(
    {
        Reader.ANYONE: "everybody, without an account",
        Reader.OWNER: "the tenderer, the author or the person whose it is",
        Reader.BUYER: "whoever has a role in the buyer of the tender",
        Reader.WORKER: "its evaluators, procurement and accounting officers, unless they have a"
        " stake in a bid or declared a conflict",
        Reader.DECIDER: "its accounting officers, unless they have a stake or a conflict",
        Reader.AUDITOR: "auditors of an oversight body, with their second factor",
    }
)

MOMENTS: Final[Mapping[Moment, str]] = MappingProxyType(
    {
        Moment.ALWAYS: "as soon as it exists",
        Moment.PUBLICATION: "the tender is published",
        Moment.ANSWER: "the question is answered, which publishes both",
        Moment.CLOSE: "the close is recorded",
        Moment.OPENING: "the bids are open (of an imported tender: always)",
        Moment.SIGNING: "all evaluators have signed, or the chair has closed; for an evaluator who"
        " has not signed, once the evaluation is confirmed",
        Moment.DECISION: "the lot is decided: an award, or the end without one",
    }
)


class Fact(StrEnum):
    """A kind of fact; the value is what it is called in the reference."""

    DRAFT = "the draft of a tender"
    TENDER = "the published tender with its documents"
    PROPOSAL = "a proposed amendment or cancellation"
    OPENERS = "names of openers"
    QUESTION = "a question"
    ENQUIRER = "who asked a question"
    BID_DRAFT = "the draft of a bid"
    RECEIPT = "that one has bid: receipt, revision, seal"
    BID_COUNT = "the number of bids"
    NO_BIDS = "that nobody has bid"
    TENDERERS = "who has bid"
    BID = "what a bid says"
    OTHER_REVISION = "what a replaced or withdrawn bid says"
    BID_FILES = "files inside a bid"
    DECLARATIONS = "declarations of conflicts of interest"
    MARKS = "marks of an evaluator, with reasons"
    WORKING = "findings, and evaluations that are not confirmed"
    RESULT = "findings, ranking and working of the confirmed evaluation"
    RECOMMENDATION = "a recommended award"
    AWARD = "a decided award, with its reasons"
    LETTER = "letters to tenderers"
    CONTRACT = "contract, goods received notes, payments"
    LOAD = "a load: booking, vehicle, weights, measurements, price offered"
    REJECTED_LOADS = "rejected loads by depot, without supplier, vehicle or person"
    INVOICE = "invoices and what is owed on them"
    DAYS_TO_PAY = "days from goods received to payment, by buyer"
    PUBLIC_ENTRIES = "ledger: public entries"
    BID_ENTRIES = "ledger: entries of bids"
    INNER_ENTRIES = "ledger: entries for auditors"
    ACTORS = "names of those who acted for the buyer"
    DOSSIER = "the dossier for everybody"
    WHOLE_DOSSIER = "the dossier for auditors, bids as rows"
    FLAGS = "bank account, telephone or address shared between tenderers, or with an official"
    RED_FLAGS = "red flags of the indicators, with evidence and what auditors found out"
    LOOKS = "who looked at which bid"
    CONTACT = "telephone, address, bank account"
    IDENTITY_NUMBER = "the national identity number"


@dataclass(frozen=True)
class Rule:
    """From which moment each reader sees it, and why it is so."""

    seen: Mapping[Reader, Moment]
    why: str = ""


R, M = Reader, Moment
_JUDGES = {R.WORKER: M.OPENING, R.AUDITOR: M.OPENING}

RULES: Final[Mapping[Fact, Rule]] = MappingProxyType(
    {
        Fact.DRAFT: Rule({R.BUYER: M.ALWAYS}, "To others it answers like one that is not there."),
        Fact.TENDER: Rule({R.ANYONE: M.PUBLICATION}),
        Fact.PROPOSAL: Rule({R.BUYER: M.ALWAYS}, "Nobody acts on what a second person may refuse."),
        Fact.OPENERS: Rule(
            {R.OWNER: M.ALWAYS, R.BUYER: M.ALWAYS, R.AUDITOR: M.PUBLICATION},
            "Everybody sees the seats and who has acted: names invite pressure.",
        ),
        Fact.QUESTION: Rule(
            {R.ANYONE: M.ANSWER, R.OWNER: M.ALWAYS, R.BUYER: M.ALWAYS, R.AUDITOR: M.ALWAYS},
        ),
        Fact.ENQUIRER: Rule(
            {R.OWNER: M.ALWAYS, R.AUDITOR: M.ALWAYS},
            "The buyer answers the question, not the asker.",
        ),
        Fact.BID_DRAFT: Rule({R.OWNER: M.ALWAYS}),
        Fact.RECEIPT: Rule({R.OWNER: M.ALWAYS}),
        Fact.BID_COUNT: Rule({R.ANYONE: M.OPENING}, "A number before it helps a cartel."),
        Fact.NO_BIDS: Rule(
            {R.ANYONE: M.OPENING, R.DECIDER: M.CLOSE},
            "There is nothing to open then: somebody has to end the tender.",
        ),
        Fact.TENDERERS: Rule({R.ANYONE: M.OPENING}),
        Fact.BID: Rule({R.ANYONE: M.OPENING}, "It is read out."),
        Fact.OTHER_REVISION: Rule({}, "It is never decrypted."),
        Fact.BID_FILES: Rule(_JUDGES, "They may tell of persons."),
        Fact.DECLARATIONS: Rule({R.OWNER: M.ALWAYS, **_JUDGES}),
        Fact.MARKS: Rule(
            {R.OWNER: M.ALWAYS, R.WORKER: M.SIGNING, R.AUDITOR: M.SIGNING},
            "A mark is given alone.",
        ),
        Fact.WORKING: Rule(_JUDGES),
        Fact.RESULT: Rule({R.ANYONE: M.DECISION, **_JUDGES}),
        Fact.RECOMMENDATION: Rule(_JUDGES, "The decider may refuse it."),
        Fact.AWARD: Rule({R.ANYONE: M.DECISION, **_JUDGES}),
        Fact.LETTER: Rule(
            {R.OWNER: M.DECISION, R.WORKER: M.DECISION, R.AUDITOR: M.DECISION},
            "That a letter went out, and of which kind, is everybody's.",
        ),
        Fact.CONTRACT: Rule({R.ANYONE: M.DECISION}),
        Fact.LOAD: Rule(
            {R.OWNER: M.ALWAYS, R.BUYER: M.ALWAYS, R.AUDITOR: M.ALWAYS},
            "The supplier sees its own at once; a failed load is not a public mark on a farmer.",
        ),
        Fact.REJECTED_LOADS: Rule({R.ANYONE: M.ALWAYS}, "A depot answers for its rejections."),
        Fact.INVOICE: Rule({R.OWNER: M.ALWAYS, R.BUYER: M.ALWAYS, R.AUDITOR: M.ALWAYS}),
        Fact.DAYS_TO_PAY: Rule({R.ANYONE: M.ALWAYS}, "Late payment ruins farmers first."),
        Fact.PUBLIC_ENTRIES: Rule({R.ANYONE: M.PUBLICATION, R.AUDITOR: M.ALWAYS}),
        Fact.BID_ENTRIES: Rule({R.ANYONE: M.OPENING}, "Auditors, too, wait: their number tells."),
        Fact.INNER_ENTRIES: Rule({R.AUDITOR: M.ALWAYS}),
        Fact.ACTORS: Rule({R.BUYER: M.ALWAYS, R.AUDITOR: M.ALWAYS}),
        Fact.DOSSIER: Rule({R.ANYONE: M.OPENING}),
        Fact.WHOLE_DOSSIER: Rule({R.AUDITOR: M.OPENING}),
        Fact.FLAGS: Rule(
            {R.DECIDER: M.OPENING, R.AUDITOR: M.OPENING},
            "A shared telephone is a question, not a finding: in public it would be a verdict.",
        ),
        Fact.RED_FLAGS: Rule(
            _JUDGES, "A flag is a question to whoever can answer it; in public it would accuse."
        ),
        Fact.LOOKS: Rule(
            {R.OWNER: M.OPENING, R.AUDITOR: M.ALWAYS},
            "A tenderer sees who looked at its own bid.",
        ),
        Fact.CONTACT: Rule({R.OWNER: M.ALWAYS}, "Of others only a keyed digest is compared."),
        Fact.IDENTITY_NUMBER: Rule({}, "Only a keyed digest is kept, and whether it was given."),
    }
)

# A page that shows one of these to an official or an auditor leaves a row: see `LOOKS`.
LOGGED: Final = frozenset(
    {Fact.BID, Fact.BID_FILES, Fact.MARKS, Fact.WORKING, Fact.RESULT}
    | {Fact.DOSSIER, Fact.WHOLE_DOSSIER}
)

# The classes of ledger entries, by the fact that they are.
ENTRIES: Final[Mapping[str, Fact]] = MappingProxyType(
    {
        "public": Fact.PUBLIC_ENTRIES,
        "opening": Fact.BID_ENTRIES,
        "auditor": Fact.INNER_ENTRIES,
    }
)


@dataclass(frozen=True)
class Shown:
    """What an address shows: it answers to whoever may see one of `facts`.

    `own`: also to whom it is his own. `act`: the page of an act, which exists at its time only
    (`rules.lifecycle`) and for who may do it; then the facts are the outer bound. `mine`: to
    nobody but whom it is his own, whatever others may see elsewhere. `every`: of all tenders; it
    always answers, with what there is of those whose facts may be seen.
    """

    facts: tuple[Fact, ...]
    own: bool = True
    act: bool = False
    mine: bool = False
    every: bool = False


def shows(*facts: Fact, own: bool = True) -> Shown:
    return Shown(facts, own=own)


def mine(*facts: Fact) -> Shown:
    return Shown(facts, mine=True)


def within(*facts: Fact) -> Shown:
    return Shown(facts, act=True)


def of_all(*facts: Fact) -> Shown:
    return Shown(facts, every=True)


# Addresses that are about no tender: for everybody, for oneself, for a role.
OPEN: Final = Shown(())
OWN: Final = Shown(())
ROLE: Final = Shown(())


def who_sees(fact: Fact, come: Collection[Moment]) -> frozenset[Reader]:
    """The readers who may see the fact once these moments have come."""
    return frozenset(reader for reader, moment in RULES[fact].seen.items() if moment in come)


def sees(fact: Fact, readers: Collection[Reader], come: Collection[Moment]) -> bool:
    """Whether one of `readers` may see the fact once these moments have come."""
    return not who_sees(fact, come).isdisjoint(readers)


def reference() -> str:
    """The text of docs/reference/visibility.md, which a test compares with the file."""
    head = "| fact | " + " | ".join(reader.value for reader in Reader) + " | look logged | why |"
    return "\n".join(
        [
            "# Who sees what, from when",
            "",
            "Made from `procurement/rules/visibility.py` by"
            " `python -m procurement.rules.visibility`; do not edit by hand.",
            "",
            "Pages and endpoints ask this table; what stands in no cell is seen by nobody.",
            "Where a look is logged, every answer that shows the fact to one of the buyer's people"
            " or an auditor leaves a row, or is refused.",
            "Which address shows which fact, and what each role then gets there:"
            " [authorisation](authorisation.md).",
            "",
            head,
            "|---" * (len(Reader) + 3) + "|",
            *(_row(fact, rule) for fact, rule in RULES.items()),
            "",
            "## Readers",
            "",
            *(f"- **{reader.value}**: {words}" for reader, words in READERS.items()),
            "",
            "## Moments",
            "",
            *(f"- **{moment.value}**: {words}" for moment, words in MOMENTS.items()),
            "",
        ]
    )


def _row(fact: Fact, rule: Rule) -> str:
    cells = [rule.seen[reader].value if reader in rule.seen else "" for reader in Reader]
    cells.append("yes" if fact in LOGGED else "")
    return f"| {fact.value} | " + " | ".join(cells) + f" | {rule.why} |"


if __name__ == "__main__":
    print(reference(), end="")
