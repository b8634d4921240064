"""How people come in. Values that differ per house come from DOAKTE_* variables; docs/operations.md lists them."""

import os
from datetime import timedelta


def words(name: str, default: str = "") -> list[str]:
    """Return the words of a variable, separated by commas."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


LOGIN_APPS = [
    "doakte_site.accounts",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
]
AUTHENTICATION_BACKENDS = [
    # Roles in offices open the administration interface. First: their answer costs no query of its own.
    "doakte_content.access.auth.RoleBackend",
    # Stops whoever has tried too often before anybody looks at a password.
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]

# One login for the intranet and the admin.
LOGIN_URL = "doakte_intranet:login"
LOGIN_REDIRECT_URL = "doakte_intranet:start"
WAGTAILADMIN_LOGIN_URL = LOGIN_URL
# Passwords are changed in one place, which logs out everywhere else.
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in [
        ("UserAttributeSimilarityValidator", {}),
        ("MinimumLengthValidator", {"min_length": 12}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    ]
]

#: A session ends after so many seconds, whatever happens in it: a working day with its breaks.
SESSION_COOKIE_AGE = int(float(os.environ.get("DOAKTE_SESSION_HOURS", 10)) * 3600)
#: And after so many seconds in which nothing happens.
DOAKTE_SESSION_IDLE = int(float(os.environ.get("DOAKTE_SESSION_IDLE_MINUTES", 60)) * 60)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"

ACCOUNT_ADAPTER = "doakte_site.accounts.adapters.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "doakte_site.accounts.forms.LoginForm",
    "reauthenticate": "doakte_site.accounts.forms.PasswordAgainForm",
    "change_password": "doakte_site.accounts.forms.PasswordChangeForm",
}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_AUTHENTICATED_LOGIN_REDIRECTS = False
# Failed passwords are counted by axes, guessed codes by `accounts.tries`: both in the database. This counts in the
# cache, and so only where processes share one; by account and not by address, which a whole city may share.
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": "10/300s/key"}

MFA_ADAPTER = "doakte_site.accounts.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_FORMS = {
    "authenticate": "doakte_site.accounts.forms.CodeForm",
    "reauthenticate": "doakte_site.accounts.forms.CodeAgainForm",
    "activate_totp": "doakte_site.accounts.forms.SetUpForm",
}
#: Who has one of these capabilities must have a second factor, as superusers then must. Empty: nobody has to.
DOAKTE_REQUIRE_TOTP = words("DOAKTE_REQUIRE_TOTP")

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
# Counts the names at an address, too.
AXES_HANDLER = "doakte_site.accounts.lockout.Handler"
AXES_LOCKOUT_CALLABLE = "doakte_site.accounts.lockout.answer"
AXES_USERNAME_CALLABLE = "doakte_site.accounts.lockout.name_tried"
AXES_CLIENT_IP_CALLABLE = "doakte_site.accounts.lockout.client_ip"
# Who has come in when is nobody's business; failures are kept until the next success.
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
#: How many reverse proxies stand in front; they name the client in X-Forwarded-For.
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("DOAKTE_PROXIES", 0))

# OpenID Connect: the house's own provider, if it has one.
SOCIALACCOUNT_ADAPTER = "doakte_site.accounts.adapters.ProviderAdapter"
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
SOCIALACCOUNT_OPENID_CONNECT_URL_PREFIX = ""
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_PROVIDERS: dict = {}
#: What is compared with an account at its first login: its "username" with `DOAKTE_OIDC_CLAIM`, or its "email".
DOAKTE_OIDC_MATCH = os.environ.get("DOAKTE_OIDC_MATCH", "username")
DOAKTE_OIDC_CLAIM = os.environ.get("DOAKTE_OIDC_CLAIM", "preferred_username")
#: Somebody without an account: "refuse" them, or "create" an inactive account without any right.
DOAKTE_OIDC_UNKNOWN = os.environ.get("DOAKTE_OIDC_UNKNOWN", "refuse")
#: Where the provider's login page lies, if not where the provider says it is.
DOAKTE_OIDC_ORIGINS = words("DOAKTE_OIDC_ORIGINS", os.environ.get("DOAKTE_OIDC_URL", ""))
if DOAKTE_OIDC_URL := os.environ.get("DOAKTE_OIDC_URL"):
    SOCIALACCOUNT_PROVIDERS["openid_connect"] = {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "haus",
                "name": os.environ.get("DOAKTE_OIDC_NAME", "OpenID Connect"),
                "client_id": os.environ["DOAKTE_OIDC_CLIENT_ID"],
                "secret": os.environ["DOAKTE_OIDC_CLIENT_SECRET"],
                "settings": {"server_url": DOAKTE_OIDC_URL},
            }
        ],
    }

# LDAP: the house's directory, if it has one. Needs the extra "ldap".
#: Name of a group in the directory -> code of a role here.
DOAKTE_LDAP_ROLES: dict[str, str] = {}
#: Attribute with the codes of somebody's offices.
DOAKTE_LDAP_OFFICE_ATTRIBUTE = os.environ.get("DOAKTE_LDAP_OFFICE_ATTRIBUTE", "departmentNumber")
if os.environ.get("DOAKTE_LDAP_URL"):
    from doakte_site.accounts.directory.options import auth_ldap_settings, roles_of

    globals().update(auth_ldap_settings(os.environ))
    DOAKTE_LDAP_ROLES = roles_of(os.environ)
    AUTHENTICATION_BACKENDS.insert(2, "doakte_site.accounts.directory.backend.DirectoryBackend")
