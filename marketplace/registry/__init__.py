"""Who is who: registration of people and organisations, grants of roles, all in the ledger."""
