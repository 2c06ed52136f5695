"""Lots that are awarded in parts: from the draft to one contract for each part."""
