"""Work out evaluations again, for a verifier: a job as JSON on standard input, answers out.

    {"terms": {...}, "terms_hash": "...", "lots": [1], "cases": [{"case": {...}, "terms": "..."}]}

Each lot gets the digest of its rules as published; each case its result, by those rules or by none.
The one door through which a verifier calls the engine: it stays when the engine changes.
"""

import json
import sys
from typing import Any

from marketplace.errors import MusikaError
from procurement.rules import case as cases
from procurement.rules.evaluation import evaluate
from procurement.rules.published import published_digest


def answer(job: dict[str, Any]) -> dict[str, Any]:
    """`rules`: digest by lot; `results`: for each case its `result` or the `error` in words."""
    terms, known = job["terms"], job["terms_hash"]
    return {
        "rules": {str(lot): published_digest(terms, known, lot) for lot in job["lots"]},
        "results": [_result(row) for row in job["cases"]],
    }


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
