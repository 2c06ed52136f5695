from tests.dossier.support import awarded

__all__ = ["awarded"]
