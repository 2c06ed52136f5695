"""Bid history: any slice of the opened bids as one file, each row tied to its ledger leaves."""
