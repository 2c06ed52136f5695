"""Red-flag indicators on compiled OCDS releases: questions to ask, never verdicts.

Plain dicts in, `Flag`s out; nothing here knows of Django or of a database.
"""
