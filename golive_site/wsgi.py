"""The entry point for a WSGI server."""

import os

from django.core.wsgi import get_wsgi_application
from django.utils.module_loading import import_string

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "golive_site.settings")
application = get_wsgi_application()
# By its name, because what it imports wants Django to be set up.
import_string("signoffs.seal.prepare")()
