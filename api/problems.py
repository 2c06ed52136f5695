"""Every refusal that the API can answer with: its code, its HTTP status, and what to do.

A code that is not listed keeps the status of its class (FAMILIES); a test refuses a code in the
source that is missing here, so that every `type` in an answer leads to a page.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Problem:
    """One line of the catalogue; `status` is the HTTP status that comes with the code."""

    code: str
    status: int
    title: str
    meaning: str

    @property
    def type(self) -> str:
        """The stable address that names this problem (RFC 9457)."""
        return f"/api/problems/{self.code}"


_ROWS: Final = (
    # Who
    ("not-authenticated", 401, "Sign in first", "Send the header Authorization: Bearer TOKEN."),
    ("bad-token", 401, "Token not valid", "The token is unknown, expired or revoked: log in."),
    (
        "login-failed",
        401,
        "Not signed in",
        "Address, password or code is wrong, or the address is not verified: all answer alike.",
    ),
    ("locked-out", 429, "Too many failed sign-ins", "Wait for Retry-After seconds, then try."),
    ("too-many-tokens", 409, "Too many tokens", "Log out elsewhere, or everywhere, first."),
    ("not-permitted", 403, "Not permitted", "No role of yours carries this permission here."),
    ("second-factor-required", 403, "Second factor required", "Set up an authenticator app."),
    ("separation-of-duties", 403, "Duties are separate", "Another person must do this one."),
    ("conflict-of-interest", 403, "Conflict of interest", "Nobody acts on both sides."),
    ("declaration-missing", 403, "No declaration yet", "Declare whether you have a conflict."),
    ("may-not-specify-quality", 403, "Not permitted", "Only those who draft tenders specify."),
    ("not-found", 404, "Not found", "It does not exist, or is not yours to see: answered alike."),
    ("no-history", 404, "No history", "Nothing was ever recorded about this subject."),
    ("no-such-bid", 404, "No such bid", "The evaluation does not know this bid."),
    # When
    ("not-now", 409, "Not now", "The lifecycle or the clock forbids it at this instant."),
    ("not-allowed-in-status", 409, "Not in this status", "The remedy names the statuses."),
    (
        "load-not-there-yet",
        409,
        "Not at this step",
        "The remedy says what comes next.",
    ),
    ("ticket-taken", 409, "Ticket taken", "That number of that weighbridge is recorded already."),
    ("dossier-before-opening", 409, "No dossier yet", "It would tell who has bid: ask later."),
    ("slice-too-large", 409, "Too many rows at once", "Narrow it, or let it be made in a file."),
    ("export-does-not-fit", 409, "The form cannot hold it", "The remedy names the form that can."),
    ("row-without-leaf", 503, "A bid has no leaf", "No file is made over it: tell the operator."),
    ("no-such-size", 409, "No such checkpoint", "No checkpoint of that many entries was signed."),
    ("witness-refused", 409, "Not cosigned", "A witness does not take this checkpoint."),
    ("ledger-rewritten", 409, "Ledger rewritten", "It does not begin with what was seen before."),
    ("bid-late", 409, "The bid is late", "It arrived at or after the deadline; nobody can accept."),
    (
        "too-many-revisions",
        409,
        "Too many revisions",
        "The bid that stands counts; it can be withdrawn, but no longer replaced.",
    ),
    (
        "bad-amendment",
        422,
        "No such amendment",
        "It changes nothing, takes time away, or leaves too little time to act on its notice.",
    ),
    ("bids-not-accepted", 409, "No bids now", "Unpublished, cancelled or closed."),
    # Telephones, helpers, searches, webhooks
    ("bad-phone-number", 422, "No telephone number", "Write it with the country: +263 77 …"),
    ("weak-pin", 422, "PIN too easy", "Five digits, not all alike and not in a row."),
    ("code-wrong", 422, "Not the code", "Wrong, too old, or tried too often: ask for another."),
    ("too-many-codes", 429, "Too many codes", "Only a few an hour: wait."),
    ("no-text-messages", 409, "No text messages", "This installation has no gateway for them."),
    ("pin-locked", 409, "PIN locked", "Too many wrong PINs: wait, or choose a new one."),
    ("sms-not-sent", 503, "Text not sent", "The gateway did not take it; it is tried again."),
    ("message-pointless", 409, "Nobody to send to", "No later attempt can succeed."),
    ("bad-webhook", 422, "Not an address to call", "https, a public host, port 443 or 8443."),
    ("webhook-not-taken", 503, "Webhook not taken", "It did not answer 200 to 299; tried again."),
    ("too-many-webhooks", 409, "Too many webhooks", "End one first."),
    ("bad-search", 422, "No such search", "The list of tenders does not understand it."),
    ("too-many-searches", 409, "Too many searches", "End one first."),
    ("no-such-farmer", 409, "No such farmer", "Nobody with this telephone can be helped here."),
    ("assistance-over", 409, "The session is over", "Begin anew; a sealed bid stands."),
    ("farmers-code-wrong", 422, "Not the farmer's code", "Read the latest message, or send one."),
    # Somebody else
    ("conflict", 409, "Conflict", "Somebody else changed it first: read it again."),
    ("already-registered", 409, "Already registered", "One person, one account; one registration."),
    ("already-identified", 409, "Already identified", "An identity number is given once."),
    (
        "not-identified",
        409,
        "Not identified",
        "A role is for an account that is tied to a natural person.",
    ),
    ("roles-exclude", 409, "Roles exclude each other", "An administrator has no other role."),
    ("administrators-exist", 409, "Administrators exist", "They give further roles, by two."),
    ("same-edition-twice", 409, "Edition exists", "This edition is there already."),
    ("draft-changed", 412, "The draft changed", "Saved elsewhere meanwhile: read it again."),
    (
        "tender-changed",
        412,
        "The tender changed",
        "Changed meanwhile: read it again.",
    ),
    ("precondition-required", 428, "If-Match required", "Send the ETag that you read in If-Match."),
    ("bad-precondition", 400, "Bad If-Match", "Send one ETag exactly as it was given."),
    (
        "idempotency-key-reused",
        422,
        "Key used for something else",
        "This Idempotency-Key came with another request: make a new key for a new request.",
    ),
    ("idempotency-key-in-use", 409, "Same key at once", "The first request still runs: try again."),
    ("bad-idempotency-key", 400, "Bad Idempotency-Key", "1 to 200 visible ASCII characters."),
    # What was sent
    ("malformed", 400, "Not readable", "Send strict JSON in UTF-8: no NaN, no repeated keys."),
    ("bad-cursor", 400, "Bad cursor", "Take the cursor from next or previous as it is."),
    ("too-large", 413, "Too large", "The remedy or the page on limits says how much is accepted."),
    ("method-not-allowed", 405, "No such method here", "The header Allow lists the methods."),
    ("not-acceptable", 406, "No such format", "Accept application/json."),
    ("unsupported-media-type", 415, "Media type not supported", "The schema names what is read."),
    ("throttled", 429, "Too many requests", "Wait for Retry-After seconds."),
    (
        "unknown-parameter",
        422,
        "No such parameter",
        "The remedy lists those that this address takes.",
    ),
    ("invalid", 422, "Not valid", "`errors` names each place and what to do."),
    ("refused", 422, "Refused", "The detail says why and the remedy what would work."),
    ("tender-not-ready", 422, "The tender is not ready", "`errors` lists every place to mend."),
    ("bid-incomplete", 422, "The bid is not complete", "`errors` lists every place to mend."),
    ("bad-bid", 422, "Not a bid", "The content does not have the form of musika-bid/1."),
    ("bad-document", 422, "File not accepted", "Its size, kind or content is not accepted."),
    ("bad-identity-number", 422, "Not an identity number", "Write it as on the card."),
    ("bad-limit", 422, "Limit contradicts itself", "Mend the limit that `where` names."),
    ("bad-value", 422, "Impossible value", "The value cannot be one of this parameter."),
    ("bad-specification-change", 422, "Change not possible", "It names nothing, or one twice."),
    ("wrong-standard", 422, "Standard of something else", "Choose one of this commodity."),
    ("standard-not-in-force", 422, "Standard not in force", "Choose an edition in force."),
    ("unknown-commodity", 422, "No such commodity", "GET /api/v1/commodities lists them."),
    ("unknown-unit", 422, "No such unit", "Use a unit of the list in the schema."),
    ("units-do-not-convert", 422, "Units do not convert", "Use units of one kind."),
    ("conversion-not-exact", 422, "Conversion not exact", "State it in the wanted unit."),
    ("unknown-parameters", 422, "Unknown parameters", "Name those of the specification only."),
    ("total-does-not-add", 422, "Total does not add up", "The parts must make the total."),
    ("measurement-missing", 422, "Measurement missing", "Give a value for each parameter."),
    ("bad-grade-table", 422, "Table contradicts itself", "Mend the grades that it names."),
    ("bad-data-file", 422, "Data file not readable", "Mend the place that it names."),
    ("bad-adjustment-schedule", 422, "Schedule contradicts itself", "Mend the steps it names."),
    ("bad-quality-terms", 422, "Quality terms do not fit", "Mend the part that `where` names."),
    ("unknown-sampling-scheme", 422, "No such sampling scheme", "Use one that is listed."),
    ("standard-in-project-files", 409, "In the project's files", "Give it as a new edition."),
    ("grade-still-used", 409, "Grade still used", "Keep the grade, or give a new edition."),
    ("bad-load", 422, "Load cannot be reckoned", "Give or correct what `where` names."),
    ("not-a-number", 422, "Not a number", "Write it as text: digits and a point."),
    ("marks-missing", 422, "Marks missing", "Evaluators mark every bid and sign."),
    ("other-allocation-terms", 409, "Other rules", "The published rules are the only ones."),
    ("lot-is-divided", 409, "Lot is divided", "Run the allocation; its awards go together."),
    ("findings-missing", 422, "Findings missing", "Decide every gate of every bid first."),
    ("invalid-case", 422, "Case not valid", "Mend the place that it names."),
    ("invalid-timetable", 422, "Timetable not possible", "Put the instants in order."),
    (
        "look-not-recorded",
        503,
        "Not shown",
        "A look at bids that cannot be written down is refused; try again.",
    ),
    (
        "personal-data-still-needed",
        409,
        "Still needed",
        "The person has duties that are not over.",
    ),
    ("draw-seed-missing", 422, "No draw yet", "The bids must be opened first."),
    ("declared-already", 409, "Declared already", "A conflict may follow none, nothing else."),
    ("marks-closed", 409, "Marks are closed", "Who has not signed by then comes too late."),
    ("marks-signed", 409, "Marks are signed", "What was signed stands."),
    ("other-terms", 409, "Other terms", "The case does not hold the rules that were published."),
    ("wrong-passphrase", 422, "Wrong passphrase", "Type the passphrase set for this tender."),
    # Imports of history: the command line alone raises them
    ("history-mapping-invalid", 422, "Mapping not valid", "Mend the place that it names."),
    ("history-file-unreadable", 422, "File not readable", "Mend the place that it names."),
    ("history-import-running", 409, "An import is running", "Wait until it has finished."),
    ("history-import-lock-lost", 409, "Lock lost", "Another import took over: start again."),
    # Sealing and the ledger
    ("gate-key-changed", 409, "Other gate key", "The operator must restore the gate key."),
    (
        "bids-changed-since-close",
        409,
        "Bids changed since the close",
        "The sealed bids are not those of the close: nothing is opened until it is cleared up.",
    ),
    ("sealing", 422, "Sealing refused", "The envelope or its parts do not fit together."),
    ("bad-key", 422, "Bad key", "A key of the committee is not what it should be."),
    ("bad-committee", 422, "Not a committee", "Openers and quorum do not fit together."),
    ("bad-header", 422, "Bad header", "The envelope's header is not in its one form."),
    ("malformed-envelope", 422, "Malformed envelope", "Not in the one permitted form."),
    ("payload-too-large", 422, "Bid too large", "Send smaller documents."),
    ("sealed-for-another", 422, "Sealed for another", "For another tender, tenderer or terms."),
    ("sealed-too-small", 422, "Sealed too small", "Pad it to the floor of the kit."),
    ("sealed-too-large", 422, "Sealed too large", "Send smaller documents."),
    ("bad-kit", 422, "Bad kit", "Fetch the kit again; its terms do not hash to what it says."),
    ("unknown-opener", 422, "No such opener", "The committee has no such seat."),
    ("share-unreadable", 422, "Share unreadable", "It does not open with this key."),
    ("share-mismatch", 422, "Share mismatch", "It is not the one that was committed to."),
    ("gate-unreadable", 422, "Gate unreadable", "It does not open with this gate key."),
    ("gate-mismatch", 422, "Gate mismatch", "It is not the one that was committed to."),
    # At the gate
    ("slot-taken", 422, "No room then", "The remedy names the next free slot of the depot."),
    ("outside-delivery-window", 422, "Outside the window", "The contract has another window."),
    ("above-contracted-quantity", 422, "Too much", "The contract wants less than that."),
    ("bad-ticket", 422, "Impossible ticket", "It contradicts itself or the vehicle at the gate."),
    ("bad-measurement", 422, "Unusable value", "It lacks its method, or is in another unit."),
    ("schedule-does-not-fit", 422, "Schedule does not fit", "The contract lacks what it needs."),
    ("bad-bank-file", 422, "Unreadable file", "The detail names the lines; nothing was taken."),
    ("too-few-shares", 422, "Too few shares", "More openers have to act."),
    ("dek-mismatch", 422, "Key mismatch", "It is not the key that was committed to."),
    ("deal-mismatch", 422, "Deal mismatch", "The shares do not lie on one line."),
    ("ciphertext-unreadable", 422, "Unreadable", "Changed, or another key sealed it."),
    ("malformed-key-file", 500, "Key file malformed", "The operator must restore it."),
    ("draft-malformed", 409, "Draft malformed", "It is no bid draft: delete it and begin again."),
    ("draft-unreadable", 409, "Draft unreadable", "Its key is gone: delete it and begin again."),
    ("bad-note", 500, "Bad checkpoint note", "The operator must look at the ledger."),
    ("bad-ledger-entry", 500, "Cannot be recorded", "A fault of ours; nothing was changed."),
    ("not-canonical", 500, "Cannot be recorded", "A fault of ours; nothing was changed."),
    ("ledger-needs-transaction", 500, "Cannot be recorded", "A fault of ours; nothing changed."),
    ("ledger-not-ready", 503, "The ledger is not ready", "The operator must run the migrations."),
    ("ledger-altered", 503, "The ledger was altered", "Nothing is signed until it is cleared up."),
    ("ledger-nothing-lost", 409, "Nothing lost", "The database holds all that was signed."),
    ("ledger-epoch-missing", 409, "Older than an epoch", "Restore a later backup."),
    (
        "ledger-shorter-than-signed",
        503,
        "Entries are missing",
        "The database was put back to an earlier state: all can be read, nothing can be changed.",
    ),
    (
        "ledger-head-disagrees",
        503,
        "Heads disagree",
        "Nothing can be changed until it is cleared up.",
    ),
    (
        "outcome-unknown",
        503,
        "Not known whether it was kept",
        "Send it again with the same Idempotency-Key, or look at your receipts.",
    ),
    ("busy", 503, "Too much at once", "Nothing was kept: send it again after Retry-After seconds."),
    (
        "database-away",
        503,
        "Database away",
        "Send the same again after Retry-After seconds, with the same Idempotency-Key.",
    ),
    ("internal", 500, "Something went wrong", "A fault of ours; nothing half-done stays."),
)

CATALOGUE: Final = {row[0]: Problem(*row) for row in _ROWS}


def of(code: str, status: int = 422) -> Problem:
    """The problem of a code; one that is not listed keeps its family's status."""
    return CATALOGUE.get(code) or Problem(code, status, "Refused", "See the detail.")


def reference() -> str:
    """The text of docs/reference/problems.md, which a test compares with the file."""
    return "\n".join(
        [
            "# Problems that the API answers with",
            "",
            "Made from `api/problems.py` by `python manage.py api_reference`; do not edit by hand.",
            "",
            "Each refusal is `application/problem+json` (RFC 9457): `type` is the address below,",
            "`code` its last part, `detail` says what is wrong, `remedy` what would work, `where`",
            "names the place. Codes are stable. When what was sent needs mending in a place that",
            "can be named, `errors` lists each such place, also when there is only one:",
            "",
            '    {"place": "/lots/0/items/0/quantity", "message": "Write the number as text …"}',
            "",
            "`place` is one of these:",
            "",
            "- `/lots/0/items/0/quantity`: a JSON pointer (RFC 6901) into the body that was sent;",
            "  lists count from 0. An empty pointer is the body as a whole.",
            "- `?page_size`: a parameter of the address.",
            "- `If-Match`: a header.",
            "- `lot 1, item 2, MOISTURE`: in words, when it is missing from the body or concerns",
            "  more than one place of it. Lots, items and criteria count from 1, as in the tender.",
            "",
            "| type | status | title | what to do |",
            "|---|---|---|---|",
            *(f"| `{p.type}` | {p.status} | {p.title} | {p.meaning} |" for p in CATALOGUE.values()),
            "",
        ]
    )
