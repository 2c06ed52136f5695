"""The languages of the pages: which strings there are, and what they say in each language.

The catalogues are gettext files, kept by Babel. Translators work in a spreadsheet: a CSV out, the
same CSV back. What no native speaker has confirmed yet is marked so in the catalogue.
"""
