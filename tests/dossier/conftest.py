from tests.dossier.support import amendments_made, awarded

__all__ = ["amendments_made", "awarded"]
