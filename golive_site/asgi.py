"""The entry point for an ASGI server such as uvicorn."""

import os
import warnings

from django import setup
from django.utils.module_loading import import_string

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "golive_site.settings")
# WhiteNoise answers files with a plain iterator; Django serves it right and warns each time.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")
setup(set_prefix=False)
# By their names, because what they import wants Django to be set up.
django = import_string("golive_site.serving.OneThreadHandler")()
import_string("signoffs.seal.prepare")()
application = import_string("checklists.live.LiveUpdates")(django)
