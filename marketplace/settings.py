"""One settings file for a laptop and for a country; the difference is environment variables.

Without any variable: SQLite, a filesystem broker, one worker, file outbox (the embedded default).
`MUSIKA_DATABASE_URL`, `MUSIKA_BROKER_URL` and `MUSIKA_CACHE_URL` name servers at scale.
"""

from datetime import timedelta
from pathlib import Path

import environ
from django.conf.locale import LANG_INFO

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.str("MUSIKA_VAR_DIR", str(BASE_DIR / "var")))
# Keys live outside the database and outside its backups (docs/adr/0002): the gate, the ledger
# signing key, the draft key and Django's own secret, one file each, made by `musika keys`.
KEY_DIR = Path(env.str("MUSIKA_KEY_DIR", str(VAR_DIR / "keys")))

DEBUG = env.bool("MUSIKA_DEBUG", False)
DEMO = env.bool("MUSIKA_DEMO", False)


def secret_key() -> str:
    path = KEY_DIR / "django.key"
    if path.exists():
        return path.read_text().strip()
    # Enough to run checks and migrations; `marketplace.checks` refuses to serve with it.
    return env.str("MUSIKA_SECRET_KEY", "insecure-until-keys-are-made")


SECRET_KEY = secret_key()
ALLOWED_HOSTS = env.list("MUSIKA_ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("MUSIKA_TRUSTED_ORIGINS", default=[])
SITE_URL = env.str("MUSIKA_SITE_URL", "http://127.0.0.1:8000")
HTTPS = SITE_URL.startswith("https://")

INSTALLED_APPS = [
    "marketplace.apps.MarketplaceConfig",
    "marketplace.accounts.apps.AccountsConfig",
    "marketplace.ledger.apps.LedgerConfig",
    "marketplace.notify.apps.NotifyConfig",
    "produce.apps.ProduceConfig",
    "procurement.apps.ProcurementConfig",
    "marketplace.web.apps.WebConfig",
    "marketplace.phone.apps.PhoneConfig",
    "api.apps.ApiConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    # Its widget templates, for our form renderer; ours win (TEMPLATES DIRS come first).
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "rest_framework",
    "knox",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "csp",
]

MIDDLEWARE = [
    "marketplace.timing.ServerTimingMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "marketplace.middleware.ClockMiddleware",
    "marketplace.middleware.PrivateMiddleware",
    "marketplace.middleware.SecondFactorMiddleware",
    "marketplace.readonly.ReadOnlyMiddleware",
    "marketplace.looking.LookMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "marketplace.urls"
WSGI_APPLICATION = "marketplace.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "marketplace" / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "marketplace.web.context.site",
            ],
        },
    },
]

# --- database ---------------------------------------------------------------------------------

DATABASE_URL = env.str("MUSIKA_DATABASE_URL", f"sqlite:///{VAR_DIR / 'musika.sqlite3'}")
DATABASES = {"default": environ.Env.db_url_config(DATABASE_URL)}
DATABASES["default"]["ATOMIC_REQUESTS"] = False
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # IMMEDIATE, WAL and 20 s: 0 of 1,000 writes failed where the defaults failed 145 times.
    # FULL: NORMAL lost acknowledged bids in simulated power cuts.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    }
# A connection is kept from request to request: opening one costs as much as half a bid.
DATABASES["default"]["CONN_MAX_AGE"] = 60

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Files, because they are shared: a used second-factor code must be known to every worker process.
CACHES = {
    "default": env.cache_url("MUSIKA_CACHE_URL", default=f"filecache://{VAR_DIR / 'cache'}"),
}

# --- people -----------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/home/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_ADAPTER = "marketplace.web.adapter.AccountAdapter"
ACCOUNT_FORMS = {"signup": "marketplace.web.forms.accounts.SignupForm"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Musika"

# How many proxies of ours stand in front. Without the right number every address is the proxy's,
# or a client names its own in X-Forwarded-For and is never counted.
PROXIES = env.int("MUSIKA_PROXIES", 0)
ALLAUTH_TRUSTED_PROXY_COUNT = PROXIES

# Lockout: axes counts failures by account and address; allauth's own limiter stays as a second.
# It must be the wider one: were it as tight, its bare message would hide the page that says why.
# It counts by address alone: marketplace.lockout counts the account over all addresses, and a
# second counter of accounts could be kept full by a stranger for ever.
ACCOUNT_RATE_LIMITS = {"login_failed": "30/m/ip"}
AXES_HANDLER = "marketplace.lockout.Handler"
AXES_FAILURE_LIMIT = 5
# The same account over all addresses, but for those that the person signed in from of late.
LOCKOUT_ACCOUNT_LIMIT = 30
LOCKOUT_KNOWN_ADDRESS = timedelta(days=30)
AXES_COOLOFF_TIME = timedelta(minutes=15)
# What is tried while locked does not count: the lock ends, whoever keeps knocking.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_CLIENT_IP_CALLABLE = "marketplace.lockout.client_address"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_FORM_FIELD = "login"
AXES_USERNAME_CALLABLE = "marketplace.lockout.account_named"
AXES_LOCKOUT_TEMPLATE = "web/lockout.html"
AXES_RESET_ON_SUCCESS = True

# An Idempotency-Key is remembered this long: a client that was cut off has time to ask again.
IDEMPOTENCY_KEEP = timedelta(days=7)

# --- what arrives and how large it may be -----------------------------------------------------

# Only in memory: Django's default spools uploads over 2.5 MB to a temporary file, and a bid
# document on disk would be plaintext before the opening.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
DOCUMENT_MAX_BYTES = 5 * 1024 * 1024
BID_MAX_BYTES = 12 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = DOCUMENT_MAX_BYTES
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
MEDIA_ROOT = VAR_DIR / "media"
# Ours to read and nobody else's on the machine, whatever the umask.
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700

# --- how the state buys -----------------------------------------------------------------------

DRAIN_SECONDS = env.int("MUSIKA_DRAIN_SECONDS", 60)

# A gap between two beats of the service that is this long is an outage on record; 0: none is.
OUTAGE_SECONDS = env.int("MUSIKA_OUTAGE_SECONDS", 600) or None
# A public page that must answer for the service to count as working; empty: the worker is enough.
HEALTH_URL = env.str("MUSIKA_HEALTH_URL", "")
# Seconds that a tender period may be as short as, for drills and sandboxes only; unset in earnest.
COMPRESSED_PERIOD = env.int("MUSIKA_COMPRESSED_PERIOD", None)
# Argon2id's passes, lanes and KiB for an opener's passphrase; None is the strong default. Only a
# demo makes hundreds of keys at once and may be cheap: nothing in it is worth stealing.
OPENER_LOCK_COST = (1, 1, 1024) if DEMO else None
# Before every open contracting ID; registered once a publisher (docs/reference/ocds.md). The
# default is the one that the standard keeps for examples: `check --deploy` warns of it.
OCID_PREFIX = env.str("MUSIKA_OCID_PREFIX", "ocds-213czf")
# Whether open data names farmers, who are natural persons; else only their identifier is told.
OCDS_NAME_PERSONS = env.bool("MUSIKA_OCDS_NAME_PERSONS", False)
OCDS_PUBLISHER = env.str("MUSIKA_OCDS_PUBLISHER", "Musika")
OCDS_LICENCE = env.str("MUSIKA_OCDS_LICENCE", "https://creativecommons.org/licenses/by/4.0/")
LEDGER_ORIGIN = env.str("MUSIKA_LEDGER_ORIGIN", "musika.example/ledger")
# Who cosigns checkpoints: "VKEY URL", separated by commas; the URL takes C2SP add-checkpoint.
WITNESSES = env.list("MUSIKA_WITNESSES", default=[])
JURISDICTION = env.str("MUSIKA_JURISDICTION", "zw")

# --- work after commit ------------------------------------------------------------------------

OUTBOX_DIR = VAR_DIR / "outbox"
# A mail server that does not answer must not hold the outbox (notify.outbox.CLAIM is longer).
EMAIL_TIMEOUT = 30
EMAIL_CONFIG = env.email_url("MUSIKA_EMAIL_URL", default="filemail://")
vars().update(EMAIL_CONFIG)
if EMAIL_CONFIG["EMAIL_BACKEND"].endswith("filebased.EmailBackend"):
    EMAIL_FILE_PATH = str(OUTBOX_DIR)
DEFAULT_FROM_EMAIL = env.str("MUSIKA_FROM_EMAIL", "Musika <no-reply@musika.example>")

# Text messages: marketplace.notify.sms says what the address may be. Empty: none are sent.
SMS_URL = env.str("MUSIKA_SMS_URL", "simulator:" if DEMO else "")
# Webhooks may lead to this machine; for tests alone.
WEBHOOK_LOOPBACK = env.bool("MUSIKA_WEBHOOK_LOOPBACK", False)
# What the operator of the short code sends with each request (docs/reference/phone.md); without
# it the address answers nobody.
USSD_SECRET = env.str("MUSIKA_USSD_SECRET", "")
USSD_CODE = env.str("MUSIKA_USSD_CODE", "*384*26#")

BROKER_DIR = VAR_DIR / "broker"
CELERY_BROKER_URL = env.str("MUSIKA_BROKER_URL", "filesystem://")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TIMEZONE = "UTC"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")
if CELERY_BROKER_URL == "filesystem://":
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(BROKER_DIR / "queue"),
        "data_folder_out": str(BROKER_DIR / "queue"),
        "control_folder": str(BROKER_DIR / "control"),
    }
CELERY_BEAT_SCHEDULE = {
    "deliver-outbox": {"task": "marketplace.notify.tasks.deliver_outbox", "schedule": 15.0},
    "collect-digests": {"task": "marketplace.notify.tasks.collect_digests", "schedule": 600.0},
    "tell-searches": {"task": "procurement.tasks.tell_searches", "schedule": 60.0},
    "end-assistances": {"task": "procurement.tasks.end_assistances", "schedule": 300.0},
    "forget-calls": {"task": "marketplace.phone.tasks.forget_calls", "schedule": 60.0},
    "beat": {"task": "procurement.tasks.beat", "schedule": 60.0},
    "close-tenders": {"task": "procurement.tasks.close_tenders", "schedule": 30.0},
    "remind-deadlines": {"task": "procurement.tasks.remind_deadlines", "schedule": 300.0},
    "sweep-keys": {"task": "api.tasks.sweep", "schedule": 3600.0},
    "finish-erasures": {"task": "procurement.tasks.finish_erasures", "schedule": 3600.0},
    "run-allocations": {"task": "procurement.tasks.run_allocations", "schedule": 30.0},
    "run-exports": {"task": "procurement.tasks.run_exports", "schedule": 30.0},
    "publish-open-data": {"task": "procurement.tasks.publish_open_data", "schedule": 60.0},
    "make-open-data-files": {"task": "procurement.tasks.make_open_data_files", "schedule": 600.0},
    "refresh-flags": {"task": "procurement.tasks.refresh_flags", "schedule": 600.0},
    "refresh-figures": {"task": "procurement.tasks.refresh_figures", "schedule": 300.0},
    "ask-witnesses": {"task": "marketplace.ledger.tasks.ask_witnesses", "schedule": 600.0},
}

# --- API --------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "api.authentication.KeyAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticatedOrReadOnly"],
    "DEFAULT_RENDERER_CLASSES": ["api.renderers.OrjsonRenderer"],
    "DEFAULT_PARSER_CLASSES": [
        "api.parsers.StrictJSONParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "api.pagination.SequenceCursorPagination",
    "DEFAULT_SCHEMA_CLASS": "api.schema.Schema",
    "EXCEPTION_HANDLER": "api.errors.problem_handler",
    "DEFAULT_THROTTLE_CLASSES": ["api.throttles.AnonThrottle", "api.throttles.UserThrottle"],
    "DEFAULT_THROTTLE_RATES": {
        "anon": "120/min",
        "user": "600/min",
        "signup": "10/min",
        # A drill signs a dozen people in from one address within seconds.
        "login": env.str("MUSIKA_LOGIN_RATE", "10/min"),
    },
    "PAGE_SIZE": 50,
    "NUM_PROXIES": PROXIES,
    "COERCE_DECIMAL_TO_STRING": True,
}
KNOX_TOKEN_MODEL = "accounts.ApiKey"
# Its own table, which ours replaces, is never made: it would stand in the way of every flush.
MIGRATION_MODULES = {"knox": None}
REST_KNOX = {
    "TOKEN_TTL": timedelta(days=90),
    "AUTO_REFRESH": False,
    "TOKEN_LIMIT_PER_USER": 20,
    "AUTH_HEADER_PREFIX": "Bearer",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Musika API",
    "DESCRIPTION": "Public procurement of farm produce that anyone can check.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    # Two fields take the same words: of all that is asked, or of all that is awarded.
    "ENUM_NAME_OVERRIDES": {"ShareOfEnum": "procurement.models.TenderSharing.Basis"},
}

# --- pages ------------------------------------------------------------------------------------

# Babel and the web know them; Django's table does not, and raises KeyError without these lines.
LANG_INFO.update(
    {
        "sn": {"bidi": False, "code": "sn", "name": "Shona", "name_local": "chiShona"},
        "nd": {"bidi": False, "code": "nd", "name": "Ndebele", "name_local": "isiNdebele"},
    }
)
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("sn", "chiShona"), ("nd", "isiNdebele")]
LOCALE_PATHS = [BASE_DIR / "marketplace" / "web" / "locale"]
TIME_ZONE = env.str("MUSIKA_TIME_ZONE", "Africa/Harare")
USE_TZ = True
USE_I18N = True

FORM_RENDERER = "marketplace.web.renderers.MusikaRenderer"

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": env.str(
            "MUSIKA_STATIC_BACKEND", "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    },
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SESSION_COOKIE_AGE = 8 * 60 * 60

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env.str("MUSIKA_LOG_LEVEL", "INFO")},
    # It greets at every start, before every answer of a command.
    "loggers": {"axes": {"level": "WARNING"}},
}
SILENCED_SYSTEM_CHECKS: list[str] = []
