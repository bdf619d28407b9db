"""The entry point for an ASGI server such as uvicorn."""

import os
import warnings

from django.core.asgi import get_asgi_application
from django.utils.module_loading import import_string

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "golive_site.settings")
# WhiteNoise answers files with a plain iterator; Django serves it right and warns each time.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")
django = get_asgi_application()
# By its name, because what it imports wants Django to be set up.
import_string("signoffs.seal.prepare")()
application = import_string("checklists.live.LiveUpdates")(django)
