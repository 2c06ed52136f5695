"""Rows into the facts that rules take, and lists for the shells."""
