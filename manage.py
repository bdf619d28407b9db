#!/usr/bin/env python
"""Django's command line for this project."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    # Nothing is configured: this is somebody's own checkout, not a server. A server process (asgi, wsgi) never assumes that.
    if not any(name.startswith("GOLIVE_") or name == "DATABASE_URL" for name in os.environ):
        os.environ["GOLIVE_DEBUG"] = "1"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "golive_site.settings")
    execute_from_command_line(sys.argv)
