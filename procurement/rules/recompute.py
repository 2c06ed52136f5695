"""Work out evaluations again, for a verifier: a job as JSON on standard input, answers out.

    {"terms": {...}, "terms_hash": "...", "lots": [1], "cases": [{"case": {...}, "terms": "..."}]}

Each lot gets the digest of its rules as published; each case its result, by those rules or by none.
A job with an `allocation` is answered with the digest of its rules, of the case that follows from
evaluations and bids, and what the exact checker finds wrong with its result.

The one door through which a verifier calls the engine: it stays when the engine changes.
"""

import json
import sys
from typing import Any

from marketplace.errors import MusikaError
from procurement.rules import case as cases
from procurement.rules.allocation import case as allocation_cases
from procurement.rules.allocation.check import check
from procurement.rules.allocation.published import (
    Judged,
    allocation_digest,
    allocation_terms,
    whole_case,
)
from procurement.rules.evaluation import evaluate
from procurement.rules.published import published_digest


def answer(job: dict[str, Any]) -> dict[str, Any]:
    """`rules`: digest by lot; `results`: for each case its `result` or the `error` in words."""
    terms, known = job["terms"], job["terms_hash"]
    return {
        "rules": {str(lot): published_digest(terms, known, lot) for lot in job["lots"]},
        "results": [_result(row) for row in job["cases"]],
        "allocation_rules": allocation_digest(terms, known),
        "allocations": [_allocation(job, row) for row in job.get("allocations", ())],
    }


def _allocation(job: dict[str, Any], row: dict[str, Any]) -> dict[str, Any]:
    """Digests of the case that is due, and the faults of the result that was given."""
    try:
        rules = allocation_terms(job["terms"], job["terms_hash"])
        if rules is None:
            return {"error": "no lot of this tender is divided"}
        judged = [Judged(one["lot"], one["bids"], one["results"]) for one in row["judged"]]
        raw = whole_case(rules, judged, row["offers"], row["groups"], row["fallen"])
        case = allocation_cases.from_json(raw)
        return {
            "case": allocation_cases.digests(case)[0],
            "faults": list(check(case, row["result"])),
        }
    except MusikaError as error:
        return {"error": error.message}


def _result(row: dict[str, Any]) -> dict[str, Any]:
    try:
        return {"result": evaluate(cases.from_json(row["case"]), row["terms"]).to_json()}
    except MusikaError as error:
        return {"error": error.message}


def main() -> None:
    """Read the job and write the answers, both in UTF-8 whatever the locale."""
    done = answer(json.loads(sys.stdin.buffer.read()))
    sys.stdout.buffer.write(json.dumps(done).encode())


if __name__ == "__main__":
    main()
