"""What is kept of a person, where, for how long, and why: data for the page and the erasure."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Kept:
    """One kind of personal data. `erasable`: whether an erasure destroys it."""

    what: str
    form: str
    until: str
    why: str
    erasable: bool = True


RETENTION: Final[tuple[Kept, ...]] = (
    Kept(
        "Full name and e-mail of the account",
        "as it is",
        "the erasure",
        "You sign in with it; colleagues and auditors read who acted.",
    ),
    Kept(
        "National identity number",
        "a keyed digest, never the number",
        "the erasure",
        "So that nobody has two accounts in one tender.",
    ),
    Kept(
        "Telephone, address, bank account",
        "encrypted under a key of your own",
        "the erasure, or until you empty the field",
        "To reach you and to pay you. Only keyed digests are compared with those of others.",
    ),
    Kept(
        "Given name of a driver, registration of a vehicle at a gate",
        "as they are; the name never in the ledger",
        "for ever, beside the load",
        "So that a load that was rejected is known if it comes back.",
        erasable=False,
    ),
    Kept(
        "E-mails that were sent to you",
        "as they are",
        "the erasure",
        "So that none is sent twice, and none is lost.",
    ),
    Kept(
        "Password, second factor, keys for programs, failed sign-ins",
        "hashed, encrypted, hashed; as they are",
        "the erasure",
        "To know that it is you.",
    ),
    Kept(
        "Entries of the ledger about you as a person",
        "blinded by a nonce each",
        "the erasure destroys text and nonce; that there was an entry stays",
        "Others’ proofs lead through it.",
    ),
    Kept(
        "What you did in a tender, under a random number",
        "as it is, in the ledger",
        "for ever; after the erasure nobody can say whose number it was",
        "Whoever acts for the state or bids answers for it.",
        erasable=False,
    ),
    Kept(
        "Name, kind and ward of a farm or firm that bid",
        "as it is, public",
        "for ever",
        "The law has tenders read out and awards published with the name of the supplier.",
        erasable=False,
    ),
    Kept(
        "What an opened bid says, files in it included",
        "as it is",
        "for ever",
        "The award has to be checked by whoever doubts it.",
        erasable=False,
    ),
    Kept(
        "Who looked at which bid",
        "your random number, the time, the page",
        "for ever; nobody can say whose number it was after the erasure",
        "A look is a duty’s trace, and the tenderer’s right to know.",
        erasable=False,
    ),
)


def still_needed(roles: Collection[str], unfinished: Collection[str]) -> list[str]:
    """Why a person cannot be erased yet; empty: nothing stands in the way.

    `roles`: those held now in a buyer, an oversight body or the operator; `unfinished`: the
    references of tenders in which the person acted and which have not ended.
    """
    found = []
    if roles:
        found.append(f"The person still holds: {', '.join(sorted(roles))}.")
    if unfinished:
        found.append(f"The person acted in tenders that go on: {', '.join(sorted(unfinished))}.")
    return found
