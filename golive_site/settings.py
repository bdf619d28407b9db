"""One settings file for laptop and company; what differs comes from the environment (docs/operations.md lists it).

Production is the default. Without GOLIVE_DEBUG the process refuses to start when a secret key, the allowed hosts or the
public address are missing or weak: a wrong configuration must stop the start, not the launch night.
"""

from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DEBUG = env.bool("GOLIVE_DEBUG", default=False)
DATA_DIR = Path(env.str("GOLIVE_DATA_DIR", default=str(BASE_DIR / "data")))


def required(name: str, *, in_debug: str) -> str:
    """The value of an environment variable that production must set; `in_debug` stands in on a laptop."""
    value = env.str(name, default=in_debug if DEBUG else "")
    if not value:
        raise ImproperlyConfigured(f"Set {name}: production does not start without it (docs/operations.md).")
    return value


SECRET_KEY = required("GOLIVE_SECRET_KEY", in_debug="for-a-laptop-only-" + "0" * 40)
# Earlier ones, still good for what was made with them.
SECRET_KEY_FALLBACKS = env.list("GOLIVE_SECRET_KEYS_BEFORE", default=[])
BASE_URL = required("GOLIVE_BASE_URL", in_debug="http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = [
    host.strip() for host in required("GOLIVE_ALLOWED_HOSTS", in_debug="127.0.0.1,localhost,[::1]").split(",")
]
if not DEBUG:
    if len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 10:
        raise ImproperlyConfigured("GOLIVE_SECRET_KEY is too weak: use at least 50 random characters.")
    if "*" in ALLOWED_HOSTS:
        raise ImproperlyConfigured("GOLIVE_ALLOWED_HOSTS must name the hosts; '*' is refused.")
    if urlsplit(BASE_URL).scheme != "https":
        raise ImproperlyConfigured("GOLIVE_BASE_URL must begin with https://.")

INSTALLED_APPS = [
    "golive_site.accounts",
    "signoffs",
    "checklists",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "csp",
]

MIDDLEWARE = [
    "golive_site.health.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "checklists.repeats.RepeatMiddleware",
    "checklists.busy.BusyMiddleware",
]

ROOT_URLCONF = "golive_site.urls"
ASGI_APPLICATION = "golive_site.asgi.application"
WSGI_APPLICATION = "golive_site.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "golive_site.context.look",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# -- Database: SQLite in the data folder unless DATABASE_URL names a PostgreSQL --------------------------------------

DATABASE_URL = env.str("GOLIVE_DATABASE_URL", default=env.str("DATABASE_URL", default=""))
if DATABASE_URL:
    DATABASES = {"default": env.db_url_config(DATABASE_URL)}
else:
    if DEBUG:
        DATA_DIR.mkdir(parents=True, exist_ok=True)
    DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": DATA_DIR / "golive.sqlite3"}}
if "ENGINE" not in DATABASES["default"]:
    raise ImproperlyConfigured("DATABASE_URL is no address of a database: use postgresql://USER:PASSWORD@HOST/NAME.")
# How many requests one process works on at a time: each has a connection to itself (golive_site/serving.py).
REQUESTS_AT_ONCE = env.int("GOLIVE_DB_POOL", default=16)
if REQUESTS_AT_ONCE < 1:
    raise ImproperlyConfigured("GOLIVE_DB_POOL must be at least 1: no request would ever be answered.")
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Writers queue instead of failing: a transaction takes the write lock at once, and readers go on beside it.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }
elif DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    pool = {"min_size": 1, "max_size": REQUESTS_AT_ONCE, "timeout": 20}
    DATABASES["default"].setdefault("OPTIONS", {})["pool"] = pool
    # Nobody waits for ever for somebody else's transaction; what is sent again has the same key.
    DATABASES["default"]["OPTIONS"].setdefault("options", "-c lock_timeout=5s")
# Printed plan pages (checklists/plan_page.py), in each process's memory: a few hundred kilobytes each.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "pages": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "pages",
        "TIMEOUT": 60,
        "OPTIONS": {"MAX_ENTRIES": 32},
    },
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# -- Who you are -----------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
ACCOUNT_ADAPTER = "golive_site.accounts.adapter.ClosedSignupAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "projects"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
SESSION_COOKIE_AGE = 12 * 60 * 60
MFA_ADAPTER = "golive_site.accounts.adapter.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# A passkey is used by whoever has the device and its finger, face or PIN: two proofs in one.
MFA_WEBAUTHN_USER_VERIFICATION = "required"
# A manager gave the account its address, and the password came by mail to it.
MFA_ALLOW_UNVERIFIED_EMAIL = True
# Whether one proof is not enough to sign: then it takes the password and a code, or a passkey.
SIGN_WITH_TWO = env.bool("GOLIVE_SIGN_WITH_TWO", default=False)

# -- What a browser may do -------------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "manifest-src": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [BASE_URL]
if not DEBUG:
    SECURE_SSL_REDIRECT = env.bool("GOLIVE_SSL_REDIRECT", default=True)
    SECURE_HSTS_SECONDS = env.int("GOLIVE_HSTS_SECONDS", default=365 * 24 * 60 * 60)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-golive-session"
    CSRF_COOKIE_SECURE = True
    CSRF_COOKIE_NAME = "__Host-golive-csrf"
if env.bool("GOLIVE_TRUST_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

IMPORT_LIMITS = {
    "size": env.int("GOLIVE_IMPORT_BYTES", default=1_000_000),
    "items": env.int("GOLIVE_IMPORT_ITEMS", default=5_000),
    "levels": env.int("GOLIVE_IMPORT_LEVELS", default=12),
    "columns": env.int("GOLIVE_IMPORT_COLUMNS", default=50),
}
# Room for the form around a checklist; a form for several items has a field for each.
DATA_UPLOAD_MAX_MEMORY_SIZE = FILE_UPLOAD_MAX_MEMORY_SIZE = 3 * IMPORT_LIMITS["size"]
DATA_UPLOAD_MAX_NUMBER_FIELDS = IMPORT_LIMITS["items"] + 1_000

# -- The record's seal: without a key of yours, one is made in the data folder ----------------------------------------

SEAL_KEY = env.str("GOLIVE_SEAL_KEY", default="")
SEAL_CERT = env.str("GOLIVE_SEAL_CERT", default="")
SEAL_TIMESTAMPS = env.str("GOLIVE_SEAL_TIMESTAMPS", default="")
EVIDENCE_BYTES = env.int("GOLIVE_EVIDENCE_BYTES", default=20_000_000)
EVIDENCE_QUOTA = env.int("GOLIVE_EVIDENCE_QUOTA", default=2_000_000_000)
EVIDENCE_TYPES = env.list(
    "GOLIVE_EVIDENCE_TYPES",
    default=[
        "png",
        "jpg",
        "jpeg",
        "gif",
        "webp",
        "pdf",
        "txt",
        "log",
        "csv",
        "json",
        "md",
        "yaml",
        "yml",
        "zip",
        "xlsx",
        "docx",
    ],
)
VERIFY_BYTES = env.int("GOLIVE_VERIFY_BYTES", default=20_000_000)
# The most memory that the worker takes: a report that needs more fails with a sentence instead of taking the host's.
WORKER_BYTES = env.int("GOLIVE_WORKER_BYTES", default=2_000_000_000)
if bool(SEAL_KEY) != bool(SEAL_CERT):
    raise ImproperlyConfigured("GOLIVE_SEAL_KEY and GOLIVE_SEAL_CERT belong together: set both or neither.")

# -- Reminders of signatures: when each day, on the project's clocks, and how long before T-0; empty and 0 for never ------

try:
    REMIND_AT = datetime.strptime(at, "%H:%M").time() if (at := env.str("GOLIVE_REMIND_AT", default="09:00")) else None
    REMIND_BEFORE = timedelta(hours=env.int("GOLIVE_REMIND_BEFORE", default=24))
except ValueError as problem:
    raise ImproperlyConfigured(
        "GOLIVE_REMIND_AT is a time such as 09:00, GOLIVE_REMIND_BEFORE a number of hours."
    ) from problem

# -- The rest --------------------------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
if not DEBUG:
    STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG

# A laptop keeps mails as files, so that their links can be followed; a server without a mail server prints them.
MAILS_KEPT = f"filemail:///{(DATA_DIR / 'mails').resolve()}" if DEBUG else "consolemail://"
globals().update(env.email_url("GOLIVE_EMAIL_URL", default=MAILS_KEPT))
# Whether people without an account may be asked to sign, by a link and a code that go to their address. Never where mails
# are printed: whoever reads the log would sign for them.
PRINTS_MAILS = str(globals()["EMAIL_BACKEND"]).endswith("console.EmailBackend")
EXTERNAL_SIGNERS = env.bool("GOLIVE_EXTERNAL_SIGNERS", default=True) and not PRINTS_MAILS
DEFAULT_FROM_EMAIL = env.str("GOLIVE_MAIL_FROM", default="golive@localhost")

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("el", "Ελληνικά")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "golive_site.formats"
USE_I18N = True
LANGUAGE_COOKIE_NAME = "golive-language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 60 * 60
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = not DEBUG
USE_TZ = True
TIME_ZONE = "UTC"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    # Where the journal's chains end, once a day: a log that is kept elsewhere then shows a journal that was cut.
    "loggers": {"golive.checkpoint": {"level": "INFO"}},
}
