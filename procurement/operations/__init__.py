"""The only write path: one function a state change, keyword-only, with `by` and `now`.

Each locks, checks, writes, records in the ledger and queues its effects, in one transaction.
"""
