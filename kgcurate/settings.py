"""Every setting comes from the environment or `.env`; the defaults run on a laptop, bound to 127.0.0.1.

KGCURATE_ENV=production turns on what `manage.py check --deploy` asks for and then wants SECRET_KEY,
ALLOWED_HOSTS, DATABASE_URL and REDIS_URL. A value that cannot be understood stops the start.
"""

import warnings
from datetime import timedelta
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from kgcurate import environment, servers

BASE_DIR = Path(__file__).resolve().parent.parent
servers.read_env()

ENVIRONMENT = environment.text("KGCURATE_ENV", "development")
if ENVIRONMENT not in {"development", "production"}:
    raise ImproperlyConfigured(f"KGCURATE_ENV is {ENVIRONMENT!r}; it must be development or production")
PRODUCTION = ENVIRONMENT == "production"
DEBUG = environment.flag("DEBUG", False)
if PRODUCTION and DEBUG:
    raise ImproperlyConfigured("DEBUG must be off where KGCURATE_ENV is production")

# Everything the running project writes lives under one folder.
VAR_DIR = servers.var_dir()
SECRET_KEY = environment.text("SECRET_KEY") or (None if PRODUCTION else servers.local_secret_key(VAR_DIR))
if not SECRET_KEY:
    raise ImproperlyConfigured("SECRET_KEY must be set where KGCURATE_ENV is production")

PORT = environment.number("PORT", 8000)
HOST = environment.text("HOST", "127.0.0.1")
# Processes of the web server that `manage.py serve` starts, and threads in each.
WEB_PROCESSES = environment.number("WEB_PROCESSES", 2)
WEB_THREADS = environment.number("WEB_THREADS", 8)
# Plain answers do not go through the middleware (annotation.api.lane); off to compare.
SHORT_LANE = environment.flag("SHORT_LANE", True)
ALLOWED_HOSTS = environment.words("ALLOWED_HOSTS")
if not ALLOWED_HOSTS and not PRODUCTION:
    ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
if PRODUCTION and not ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS must name the public host where KGCURATE_ENV is production")
CSRF_TRUSTED_ORIGINS = environment.words("CSRF_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "csp",
    "rest_framework",
    "drf_spectacular",
    "axes",
    "kgcurate",
    "people",
    "graph",
    "annotation",
    "mining",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "people.middleware.TokenMiddleware",
    "people.middleware.ThrottleMiddleware",
    "people.middleware.AccessMiddleware",
    "people.middleware.OwnLanguageMiddleware",
    "people.middleware.OwnTimeMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "kgcurate.urls"
WSGI_APPLICATION = "kgcurate.wsgi.application"
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
                "people.context.shell",
            ],
        },
    },
]

ENDPOINTS = servers.endpoints(VAR_DIR)
if PRODUCTION and ENDPOINTS.embedded:
    raise ImproperlyConfigured("DATABASE_URL and REDIS_URL must be set where KGCURATE_ENV is production")
DATABASES = {
    "default": {
        **ENDPOINTS.database,
        "CONN_HEALTH_CHECKS": True,  # the pool then drops connections that a database restart has cut
        "OPTIONS": {
            **ENDPOINTS.database.get("OPTIONS", {}),
            # A thread that answers keeps its connection between requests.
            "pool": {
                "min_size": 1,
                "max_size": max(environment.number("DATABASE_POOL", 8), WEB_THREADS),
                "timeout": 10,
            },
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = ENDPOINTS.redis
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": ENDPOINTS.redis}}

CELERY_BROKER_URL = ENDPOINTS.broker
CELERY_TASK_IGNORE_RESULT = True  # results live in our own tables
CELERY_TASK_DEFAULT_QUEUE = "default"
# What gains from a graphics card; one worker may serve both queues.
CELERY_TASK_ROUTES = {"mining.tasks.encoders.*": {"queue": "gpu"}}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = False  # a killed run is taken up again from its row, not from the broker
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# Redis hands a task out again when it is not done by then; a mining run may take hours.
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 12 * 3600}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
# A turn that nobody took in time is dropped, or a busy worker would find hundreds of them.
CELERY_BEAT_SCHEDULE = {
    name: {"task": task, "schedule": timedelta(seconds=seconds), "options": {"expires": seconds}}
    for name, task, seconds in [
        ("release-expired-leases", "annotation.tasks.release_expired_leases", 15),
        ("take-up-fillings", "annotation.tasks.take_up_fillings", 30),
        ("take-up-exports", "annotation.tasks.take_up_exports", 30),
        ("forget-exports", "annotation.tasks.forget_exports", 3600),
        ("take-up-decisions", "annotation.tasks.take_up_decisions", 30),
        ("act-on-verdicts", "annotation.tasks.act_on_waiting_verdicts", 10),
        ("refresh-consensus", "annotation.tasks.refresh_consensus", 30),
        ("watch-quality", "annotation.tasks.watch_quality", 60),
        ("revive-runs", "mining.tasks.runs.revive_stalled_runs", 10),
        ("forget-uploads", "mining.tasks.imports.forget_uploads", 1800),
        ("forget-run-folders", "mining.tasks.runs.forget_run_folders", 1800),
        ("learn", "mining.tasks.learning.learn_where_due", 10),
        ("deliver-webhooks", "people.tasks.deliver_webhooks", 5),
        ("revive-exchanges", "annotation.tasks.revive_exchanges", 30),
        ("tell-of-empty-queues", "annotation.tasks.tell_of_empty_queues", 30),
        ("forget-old-events", "people.tasks.forget_old_events", 6 * 3600),
    ]
}

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "people.sessions.Backend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "people:login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "people:login"
AXES_FAILURE_LIMIT = environment.number("LOGIN_FAILURE_LIMIT", 6)
AXES_COOLOFF_TIME = timedelta(minutes=environment.number("LOGIN_COOLOFF_MINUTES", 10))
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "people.views.account.locked_out"
AXES_VERBOSE = False

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = environment.text("TIME_ZONE", "UTC")
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "build" / "static"  # built, not data: it belongs to the code and not to var
# Browser libraries come from the locked package.json and are never committed.
STATICFILES_DIRS = [
    BASE_DIR / "static",
    *(
        (f"vendor/{name}", folder)
        for name, folder in {"uplot": BASE_DIR / "node_modules/uplot/dist"}.items()
        if folder.is_dir()
    ),
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = VAR_DIR / "media"  # served only through views that check the role
FILE_UPLOAD_TEMP_DIR = None
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["people.api.authentication.RequestUserAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["people.api.authentication.DeclaredAccess"],
    "DEFAULT_PAGINATION_CLASS": "people.api.pagination.KeyPagination",
    "PAGE_SIZE": 100,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [
        "people.api.parsers.CleanJSONParser",
        "rest_framework.parsers.FormParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "EXCEPTION_HANDLER": "people.api.errors.explain",
}
# Requests to the API in a minute: of one person, of one address without a person, and answers of one person.
# 0 is no limit.
API_RATES = {
    "user": environment.number("API_RATE_USER", 3_000),
    "anonymous": environment.number("API_RATE_ANONYMOUS", 120),
    "answers": environment.number("API_RATE_ANSWERS", 60_000),
}
BEHIND_PROXY = environment.flag("BEHIND_PROXY", False)
# Webhooks call public addresses alone unless this says otherwise; one that fails for so long is given up.
WEBHOOK_ALLOW_PRIVATE = environment.flag("WEBHOOK_ALLOW_PRIVATE", False)
WEBHOOK_PATIENCE_DAYS = environment.number("WEBHOOK_PATIENCE_DAYS", 3)
# The Label Studio server that campaigns are exchanged with, and a token of a user there.
LABEL_STUDIO_URL = environment.text("LABEL_STUDIO_URL")
LABEL_STUDIO_TOKEN = environment.text("LABEL_STUDIO_TOKEN")
SPECTACULAR_SETTINGS = {
    "TITLE": "kgcurate",
    "DESCRIPTION": "Mine, ask, learn, curate and release a product knowledge graph.",
    "VERSION": "0.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_PERMISSIONS": ["people.api.authentication.DeclaredAccess"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "people.api.schema.with_errors",
    ],
    # Fields called status, kind, level in several places; clients are generated from these names.
    "ENUM_NAME_OVERRIDES": {
        "GraphStatusEnum": "graph.models.status.Status",
        "DecisionEnum": "graph.api.serializers.DECISIONS",
        "LevelEnum": "graph.models.status.Level",
        "EvidenceKindEnum": "graph.models.evidence.EvidenceKind",
        "DeliveryStatusEnum": "people.models.webhook.DeliveryStatus",
        "EventEnum": "people.models.webhook.EventName",
        "SubscribableEventEnum": "people.models.webhook.SUBSCRIBABLE",
        "JobStatusEnum": "annotation.models.exchange.ExchangeStatus",
        "CampaignStatusEnum": "annotation.models.campaign.CampaignStatus",
        "AnswerEnum": "annotation.models.answer.Answer",
        "ClassAnswerEnum": "annotation.models.answer.CLASS_CHOICES",
        "JudgingStatusEnum": ["saved", "refused"],
        "LanguageEnum": ["en", "zh"],
        "RunKindEnum": "mining.models.run.RunKind",
        "RunStatusEnum": "mining.models.run.RunStatus",
        "DocumentKindEnum": "mining.models.corpus.DocumentKind",
        "DifferenceEnum": ["added", "removed"],
        "ChangeEnum": ["added", "removed", "changed"],
    },
}

# Base of the IRIs in exports; it must stay the same for as long as a workspace lives.
GRAPH_IRI = environment.text("GRAPH_IRI", "https://kgcurate.example/id/")

# The masked language model that prunes phrases where a run names none: one trained here, a folder, or an id
# of the model hub. Empty: the newest trained here.
ENCODER = environment.text("ENCODER")
# Cores that torch may use in a worker; 0: all that the process may run on.
TORCH_THREADS = environment.number("TORCH_THREADS", 0)
# Of a mining run: the working arrays of its counting stages (roughly), and the disk that the counts of all
# choices of documents may take between runs, those kept longest ago making room; 0 keeps nothing.
MINING_MEMORY_MB = environment.number("MINING_MEMORY_MB", 512)
KEPT_COUNTS_MB = environment.number("KEPT_COUNTS_MB", 20_000)
# Between two checkpoints of a training: what a killed worker loses at most.
CHECKPOINT_SECONDS = environment.number("CHECKPOINT_SECONDS", 60)

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "style-src": ["'self'", "'unsafe-inline'"],  # uPlot and htmx set style attributes
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
SESSION_ENGINE = "people.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
if PRODUCTION:
    SECURE_SSL_REDIRECT = environment.flag("SECURE_SSL_REDIRECT", True)
    SECURE_REDIRECT_EXEMPT = [r"^health$"]
    if BEHIND_PROXY:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = environment.number("SECURE_HSTS_SECONDS", 31_536_000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": environment.text("LOG_LEVEL", "INFO")},
    "loggers": {
        "axes": {"level": "ERROR"},
        # One line per request, beat tick or missed turn would bury what a person looks for.
        **{
            name: {"level": "WARNING"}
            for name in ("httpx", "celery.worker.strategy", "celery.worker.request", "celery.app.trace")
        },
    },
}
warnings.filterwarnings("ignore", message="No directory at", module="whitenoise.base")
