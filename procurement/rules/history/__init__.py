"""Past tenders from flat files: the mapping, the rows, the tenders they make, the replay.

Pure: bytes and facts in, facts and refusals out. docs/reference/history-import.md explains it to
those who have a file.
"""
