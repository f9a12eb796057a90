"""What holds wherever Bailiwick runs; the environment says the rest."""

from datetime import timedelta
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from bailiwick.config import environment

PACKAGE = Path(__file__).resolve().parents[2]
DATA_FOLDER = environment.data_folder()

SECRET_KEY = environment.text("BAILIWICK_SECRET_KEY")
ENCRYPTION_KEYS = environment.words("BAILIWICK_ENCRYPTION_KEYS")
DEBUG = False
ALLOWED_HOSTS = environment.words("BAILIWICK_ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = environment.words("BAILIWICK_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",  # the hashers and validators; its permissions are not used
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "bailiwick.kernel.tenancy",
    "bailiwick.kernel.audit",
    "bailiwick.kernel.identity",
    "bailiwick.kernel.access",
    "bailiwick.kernel.files",
    "bailiwick.kernel.jobs",
    "bailiwick.kernel.imports",
    "bailiwick.kernel.federation",
    "bailiwick.kernel.events",
    "bailiwick.kernel.notices",
    "bailiwick.kernel.decisions",
    "bailiwick.kernel.worklist",
    "bailiwick.kernel.members",
    "bailiwick.kernel.disclosures",
    "bailiwick.kernel.operators",
    "bailiwick.kernel.api",
    "bailiwick.kernel.web",
    "bailiwick.apps.predictions",
    "bailiwick.apps.claims",
    # apps
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "bailiwick.kernel.base.requests.RequestIdMiddleware",
    "bailiwick.kernel.base.metrics.MetricsMiddleware",
    "bailiwick.kernel.web.middleware.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "bailiwick.kernel.access.middleware.ScopeMiddleware",
    "bailiwick.kernel.web.middleware.TimeZoneMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "bailiwick.config.urls"
WSGI_APPLICATION = "bailiwick.config.wsgi.application"
APPEND_SLASH = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "bailiwick.kernel.web.context.shell",
            ],
            "builtins": ["django.templatetags.i18n", "bailiwick.kernel.web.templatetags.bailiwick"],
        },
    }
]

# The runtime role owns nothing; `migrate` alone asks for the owner.
DATABASE_URL = environment.text("DATABASE_URL")
DATABASE_OWNER_URL = environment.text("DATABASE_OWNER_URL", DATABASE_URL)
DATABASE_RUNTIME_ROLE = environment.role_name(DATABASE_URL)
DATABASES = {
    "default": environment.database(
        DATABASE_OWNER_URL if environment.text("BAILIWICK_DATABASE_ROLE") == "owner" else DATABASE_URL
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = environment.text("REDIS_URL")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}

SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_AGE = 30 * 86_400  # what ends a session is asked of its row (identity.SignInPolicy)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = False
CSRF_FAILURE_VIEW = "bailiwick.config.handlers.csrf_failure"
# Networks of reverse proxies whose X-Forwarded-For is believed when calls are counted by address.
TRUSTED_PROXIES = environment.words("BAILIWICK_TRUSTED_PROXIES")
X_FRAME_OPTIONS = "DENY"
# Networks from which operators may look into organisations; none means that nobody may, and nothing is there.
OPERATOR_ADDRESSES = environment.words("BAILIWICK_OPERATOR_ADDRESSES")
# Networks that are not public and may be called at addresses which users give: an own directory or provider.
OUTBOUND_ALLOWED = environment.words("BAILIWICK_OUTBOUND_ALLOWED")
OUTBOUND_PLAIN = False
# Name servers (address, or address:port) asked for the records of domains; none means those of the system.
DNS_SERVERS = environment.words("BAILIWICK_DNS_SERVERS")

AUTH_USER_MODEL = "identity.User"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "bailiwick.kernel.identity.rules.strength.StrengthValidator"},
]
LOGIN_URL = "/accounts/login"
LOGIN_REDIRECT_URL = "/"

# Without an address no mail is sent, and the doors do not offer any.
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = environment.text("BAILIWICK_EMAIL_FROM", "Bailiwick <bailiwick@localhost>")
globals().update(environment.mail(environment.text("BAILIWICK_EMAIL_URL")))
PASSWORD_RESET_TIMEOUT = 3600

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("de", _("German"))]
LOCALE_PATHS = [PACKAGE / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_FOLDER / "static"
# What a reverse proxy shows while nothing answers: in a folder of its own, for it to be given alone.
OFFLINE_PAGE = DATA_FOLDER / "pages" / "offline.html"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": DATA_FOLDER / "storage",
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# The newest seals over the trail, outside of the database and of backups.
ANCHORS_FOLDER = Path(environment.text("BAILIWICK_ANCHORS", str(DATA_FOLDER / "anchors"))).expanduser()
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "bailiwick.kernel.files.web.BoundedUpload",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["bailiwick.kernel.api.authentication.ActorAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["bailiwick.kernel.api.permissions.DeclaredRight"],
    "DEFAULT_RENDERER_CLASSES": ["bailiwick.kernel.api.rendering.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["bailiwick.kernel.api.rendering.JSONParser"],
    "DEFAULT_THROTTLE_CLASSES": ["bailiwick.kernel.api.throttling.MemberThrottle"],
    "DEFAULT_THROTTLE_RATES": {
        "member": "60000/min",
        "anonymous": "60/min",
        "sensitive": "10/min",
        "question": "120/min",
        "code": "20/hour",
        "sign_in_address": "200/hour",
        "sign_in_account": "20/hour",
        "sign_in_device": "20/hour",
        "link_address": "30/hour",
        "link_account": "5/hour",
    },
    "DEFAULT_PAGINATION_CLASS": "bailiwick.kernel.api.pagination.CursorPagination",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "bailiwick.kernel.api.problems.handle",
    "UNAUTHENTICATED_USER": None,
    "PAGE_SIZE": 50,
}

SIMPLE_JWT = {
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=60),
    "REFRESH_TOKEN_LIFETIME": timedelta(days=7),
    "UPDATE_LAST_LOGIN": False,
}

SPECTACULAR_SETTINGS = {
    "TITLE": "Bailiwick",
    "DESCRIPTION": "One platform on which programs, AI models and people do the work of an organisation together.",
    "VERSION": "0.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "validatorUrl": None},
    "ENUM_NAME_OVERRIDES": {
        "JobStateEnum": "bailiwick.kernel.jobs.choices.JobState",
        "KeyStateEnum": "bailiwick.kernel.identity.choices.KeyState",
    },
    "PREPROCESSING_HOOKS": ["bailiwick.kernel.api.schema.hide_bare_paths"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "bailiwick.kernel.api.schema.document_problems",
    ],
}

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A process holds the message that it works on and no other, so that a long job keeps nothing waiting behind it.
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
# Without these a message of a worker that died whole comes back only after visibility_timeout + 100 s. It may come
# back while a long job still runs: it only says that there is something to do.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_connect_timeout": 2,
}

LOGGING_CONFIG = "bailiwick.kernel.base.logs.configure"
LOGGING = {"json": True, "level": environment.text("BAILIWICK_LOG_LEVEL", "INFO")}

# Prometheus counts of several web processes meet in these files.
METRICS_FOLDER = DATA_FOLDER / "run" / "metrics"
METRICS_TOKEN = environment.text("BAILIWICK_METRICS_TOKEN")
