"""Django's settings, from a handful of environment variables (docs/operating.md lists them)."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from urllib.parse import unquote, urlsplit

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from regard.site.engines.places import places
from regard.site.engines.postgres import EmbeddedPostgres

PACKAGE = Path(__file__).resolve().parent.parent
PLACES = places()
REGARD_DATA = PLACES.root


def _flag(name: str, default: bool = False) -> bool:
    return os.environ.get(name, str(default)).strip().lower() in {"1", "true", "yes", "on"}


def _secret_key() -> str:
    """`REGARD_SECRET_KEY`, else a key made once and kept in the data folder."""
    if given := os.environ.get("REGARD_SECRET_KEY"):
        return given
    PLACES.make()
    try:
        with os.fdopen(os.open(PLACES.secret, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return PLACES.secret.read_text()


def _database() -> dict[str, object]:
    common: dict[str, object] = {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"pool": {"min_size": 1, "max_size": 24, "timeout": 10}, "server_side_binding": False},
        "TEST": {"NAME": os.environ.get("REGARD_TEST_DATABASE") or None},
    }
    url = os.environ.get("DATABASE_URL")
    if not url:
        server = EmbeddedPostgres(PLACES.postgres)
        return {**common, "NAME": "regard", "USER": "regard", "HOST": str(server.socket_folder)}
    parts = urlsplit(url)
    query = dict(pair.partition("=")[::2] for pair in parts.query.split("&") if pair)
    return {
        **common,
        "NAME": parts.path.lstrip("/") or "regard",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or query.pop("host", "")),
        "PORT": str(parts.port or ""),
        "OPTIONS": {**common["OPTIONS"], **{k: v for k, v in query.items() if k.startswith("ssl")}},  # type: ignore[dict-item]
    }


EMBEDDED_POSTGRES = not os.environ.get("DATABASE_URL")
LEDGER_URL = os.environ.get("LEDGER_URL") or f"chdb://{PLACES.ledger}"
LEDGER_CLUSTER = os.environ.get("LEDGER_CLUSTER", "")
PORT = int(os.environ.get("REGARD_PORT") or 8000)
#: The address people reach Regard at; links in mail are built from it, never from a request's Host header.
PUBLIC_URL = os.environ.get("REGARD_URL", f"http://127.0.0.1:{PORT}").rstrip("/")
#: Where respondents meet surveys, when it is to be another host than members sign in at; nothing of theirs is served there.
SURVEY_URL = os.environ.get("REGARD_SURVEY_URL", "").rstrip("/")
INBOX_DAYS = int(os.environ.get("REGARD_INBOX_DAYS", "400"))
#: Connections run programs of their owners' choice on this server; an operator who does not want that says 0.
TAPS = _flag("REGARD_TAPS", True)
#: host:port of servers in private networks that owners may send to, such as an internal CRM; everything else must be public.
OUTBOUND_ALLOW = frozenset(
    place.strip().lower() for place in os.environ.get("REGARD_OUTBOUND_ALLOW", "").split(",") if place.strip()
)
#: What the search for duplicates may hold in memory; the rest goes to its scratch file.
DUPLICATES_MEMORY_MB = int(os.environ.get("REGARD_DUPLICATES_MEMORY_MB", "2048"))
#: Pages of surveys that one address may send in a minute, to each process. A whole office may sit behind one.
ANSWERS_PER_MINUTE = int(os.environ.get("REGARD_ANSWERS_PER_MINUTE", "600"))
#: How many proxies of your own stand in front; only so many X-Forwarded-For entries are believed.
TRUSTED_PROXIES = int(os.environ.get("REGARD_TRUSTED_PROXIES", "0"))

SECRET_KEY = _secret_key()
DEBUG = _flag("REGARD_DEBUG")
_public = urlsplit(PUBLIC_URL)
_https = _public.scheme == "https"
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *filter(None, [_public.hostname, urlsplit(SURVEY_URL).hostname])]
ALLOWED_HOSTS += [host.strip() for host in os.environ.get("REGARD_HOSTS", "").split(",") if host.strip()]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if _https else []

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.socialaccount.providers.saml",
    "axes",
    "ninja",
    "django_htmx",
    "procrastinate.contrib.django",
    "regard.web",
    "regard.warehouse",
    "regard.jobs",
    "regard.workspace",
    "regard.customers",
    "regard.ledger",
    "regard.segments",
    "regard.metrics",
    "regard.insights",
    "regard.outreach",
    "regard.listening",
    "regard.care",
    "regard.loyalty",
    "regard.governance",
    "regard.playbooks",
    "regard.dashboards",
    "regard.connectors",
    "regard.demo",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "regard.site.errors.ProblemMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
    "regard.workspace.signon.middleware.SignOnMiddleware",
    "regard.workspace.members.middleware.MemberMiddleware",
    "regard.site.gate.GateMiddleware",
    "regard.site.away.AwayMiddleware",
]

ROOT_URLCONF = "regard.site.urls"
WSGI_APPLICATION = "regard.site.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # Templates lie beside the views that use them: "metrics/explore/index.html".
        "DIRS": [PACKAGE / "web" / "signin", PACKAGE],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "regard.site.navigation.navigation",
            ],
            "builtins": ["regard.web.templatetags.regard"],
        },
    }
]

DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "workspace.User"
#: It holds counts of requests, by address and by key: of many at once, none may push another out.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 20_000}}}

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
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
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "regard.workspace.signin.adapter.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "regard.workspace.signin.adapter.SocialAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # people come by invitation, which proves the address
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
MFA_ADAPTER = "regard.workspace.signin.sealed.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Regard"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not _https
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_STORE_TOKENS = False
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if _https else "http"  # of addresses that providers send people back to
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True}}

AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "regard.workspace.signin.tries.who_tried"
AXES_CLIENT_IP_CALLABLE = "regard.workspace.signin.client_ip.client_ip"
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
SESSION_COOKIE_NAME = "__Host-session" if _https else "regard_session"
CSRF_COOKIE_NAME = "__Host-csrf" if _https else "regard_csrf"
CSRF_COOKIE_HTTPONLY = False
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if _https else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5_000_000
FILE_UPLOAD_HANDLERS = [
    "regard.web.uploads.LimitedUpload",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
FILE_UPLOAD_TEMP_DIR = PLACES.uploads
FILE_UPLOAD_PERMISSIONS = 0o600
ANSWER_FILE_BYTES = int(os.environ.get("REGARD_ANSWER_FILE_MB", "10")) * 1_000_000
#: Where a Zendesk of this subdomain is.
ZENDESK_ADDRESS = os.environ.get("REGARD_ZENDESK_ADDRESS", "https://{subdomain}.zendesk.com")
#: The domain that files of tickets are served from.
ZENDESK_CONTENT = os.environ.get("REGARD_ZENDESK_CONTENT", "zdusercontent.com")
CASE_FILE_BYTES = int(os.environ.get("REGARD_CASE_FILE_MB", "10")) * 1_000_000
IMPORT_LIMIT_BYTES = int(os.environ.get("REGARD_IMPORT_LIMIT_MB", "2048")) * 1_000_000

LANGUAGE_CODE = "en"
#: A language is offered once its catalogue is whole: half a translation reads worse than none.
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [PACKAGE / "web" / "locale"]
USE_I18N = True
FORMAT_MODULE_PATH = "regard.site.formats"
USE_TZ = True
TIME_ZONE = "UTC"
USE_THOUSAND_SEPARATOR = True

STATIC_URL = "/static/"
STATIC_ROOT = REGARD_DATA / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "answers": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": PLACES.files, "file_permissions_mode": 0o600, "directory_permissions_mode": 0o700},
    },
    "staticfiles": {"BACKEND": "regard.web.storage.StaticFiles"},
}

if _bucket := os.environ.get("REGARD_S3_BUCKET"):
    STORAGES["answers"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": _bucket, "location": os.environ.get("REGARD_S3_PREFIX", "regard"), "default_acl": None,
            "endpoint_url": os.environ.get("REGARD_S3_ENDPOINT") or None, "region_name": os.environ.get("REGARD_S3_REGION") or None,
            "access_key": os.environ.get("REGARD_S3_KEY") or None, "secret_key": os.environ.get("REGARD_S3_SECRET") or None,
        },
    }  # fmt: skip

EMAIL_BACKEND = os.environ.get("REGARD_EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")
if _smtp := os.environ.get("REGARD_SMTP_URL"):
    _mail = urlsplit(_smtp)
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST, EMAIL_PORT = _mail.hostname or "", _mail.port or 587
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_mail.username or ""), unquote(_mail.password or "")
    EMAIL_USE_TLS, EMAIL_USE_SSL = _mail.scheme == "smtp+tls", _mail.scheme == "smtps"
DEFAULT_FROM_EMAIL = os.environ.get("REGARD_MAIL_FROM", "Regard <regard@localhost>")


PROCRASTINATE_IMPORT_PATHS = [
    "regard.jobs.jobs",
    "regard.ledger.inbox.jobs",
    "regard.connectors.files.jobs",
    "regard.customers.contact.jobs",
    "regard.customers.privacy.jobs",
    "regard.ledger.redaction.jobs",
    "regard.ledger.notes.jobs",
    "regard.customers.duplicates.jobs",
    "regard.customers.traits.jobs",
    "regard.outreach.messages.jobs",
    "regard.outreach.campaigns.jobs",
    "regard.outreach.notices.jobs",
    "regard.outreach.mail.mailbox.jobs",
    "regard.outreach.webhooks.jobs",
    "regard.care.cases.jobs",
    "regard.care.complaints.jobs",
    "regard.care.files.jobs",
    "regard.playbooks.runs.jobs",
    "regard.governance.initiatives.jobs",
    "regard.listening.responses.jobs",
    "regard.listening.files.jobs",
    "regard.listening.planner.jobs",
    "regard.listening.programmes.jobs",
    "regard.connectors.helpdesk.jobs",
    "regard.connectors.taps.jobs",
    "regard.connectors.writeback.jobs",
    "regard.segments.jobs",
    "regard.segments.bulk.jobs",
    "regard.segments.computed.jobs",
]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("REGARD_LOG", "WARNING")},
    # urllib3 quotes headers that it cannot read, and they are none of ours.
    "loggers": {"regard": {"level": os.environ.get("REGARD_LOG", "INFO")}, "urllib3.connection": {"level": "ERROR"}},
}

SILENCED_SYSTEM_CHECKS = ["axes.W003"]
