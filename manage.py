#!/usr/bin/env python
"""Django's command line."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")
    if sys.argv[1:2] == ["migrate"]:
        # It makes the SQLite file: for its owner alone.
        os.umask(0o077)
    execute_from_command_line(sys.argv)
