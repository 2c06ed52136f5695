"""Open contracting data (OCDS 1.1): from facts to releases, records and tables, and back.

Pure but for the packaged data: facts go in, dictionaries come out; no database, no clock.
"""
