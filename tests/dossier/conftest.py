from tests.dossier.support import amendments_made, awarded, divided

__all__ = ["amendments_made", "awarded", "divided"]
