"""A real OpenID provider for tests: a small Django project with django-oauth-toolkit, as a process of its own.

`python provider.py FOLDER PORT REDIRECT` runs it; class `Provider` starts and stops it.
"""

import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

CLIENT_ID, CLIENT_SECRET = "doakte", "geheim-geheim-geheim"
PASSWORD = "beim Anbieter!"
#: Who can log in at the provider: name -> e-mail address, and whether the provider has verified it.
PEOPLE = {
    "agross": ("agross@musterstadt.example", True),
    "anders": ("kaemmerei@musterstadt.example", True),
    "behauptet": ("kaemmerei@musterstadt.example", False),
    "fremd": ("fremd@anderswo.example", True),
}
LOGIN_PAGE = '<form method="post">{% csrf_token %}{{ form }}<button>Weiter</button></form>'


class Provider:
    def __init__(self, folder: Path, redirect: str):
        from tests.running_site import free_port

        self.url = f"http://127.0.0.1:{(port := free_port())}"
        self.issuer = f"{self.url}/o"
        self.process = subprocess.Popen([sys.executable, __file__, folder, str(port), redirect])
        end = time.monotonic() + 60
        while time.monotonic() < end:
            with suppress(urllib.error.URLError, ConnectionError):
                with urllib.request.urlopen(f"{self.issuer}/.well-known/openid-configuration") as answer:
                    json.load(answer)
                return
            time.sleep(0.1)
        raise TimeoutError("the provider does not answer")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()

    def settings(self) -> dict:
        """Return what `SOCIALACCOUNT_PROVIDERS` is for this provider."""
        app = {
            "provider_id": "haus",
            "name": "Musterstadt-Konto",
            "client_id": CLIENT_ID,
            "secret": CLIENT_SECRET,
            "settings": {"server_url": self.issuer},
        }
        return {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}


def configure(folder: Path, port: int) -> None:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa
    from django.conf import settings

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    settings.configure(
        SECRET_KEY="only-for-tests",
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF=__name__,
        # Another cookie than the site's, which the browser finds on the same host.
        SESSION_COOKIE_NAME="provider_session",
        CSRF_COOKIE_NAME="provider_csrf",
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "oauth2_provider",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
        ],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": folder / "provider.sqlite3"}},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "OPTIONS": {
                    "context_processors": ["django.template.context_processors.request"],
                    "loaders": [
                        ("django.template.loaders.locmem.Loader", {"registration/login.html": LOGIN_PAGE})
                    ],
                },
            }
        ],
        LOGIN_URL="/login/",
        USE_TZ=True,
        OAUTH2_PROVIDER={
            "OIDC_ENABLED": True,
            "OIDC_ISS_ENDPOINT": f"http://127.0.0.1:{port}/o",
            "OIDC_RSA_PRIVATE_KEY": key.decode(),
            "SCOPES": {"openid": "openid", "profile": "profile", "email": "email"},
            "OAUTH2_VALIDATOR_CLASS": f"{__name__}.validator",
        },
    )


def validator(*args, **kwargs):
    """Return a validator that says name and address of the person."""
    from oauth2_provider.oauth2_validators import OAuth2Validator

    class Validator(OAuth2Validator):
        oidc_claim_scope = None

        def get_additional_claims(self, request):
            user = request.user
            return {
                "preferred_username": user.username,
                "given_name": user.first_name,
                "family_name": user.last_name,
                "email": user.email,
                "email_verified": PEOPLE[user.username][1],
            }

    return Validator(*args, **kwargs)


def serve(folder: Path, port: int, redirect: str) -> None:
    import django
    from django.core.management import call_command

    configure(folder, port)
    django.setup()
    call_command("migrate", verbosity=0)

    from django.contrib.auth.models import User
    from oauth2_provider.models import Application

    for name, (email, _verified) in PEOPLE.items():
        User.objects.create_user(name, email, PASSWORD, first_name="Änne", last_name="Groß")
    Application.objects.create(
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_AUTHORIZATION_CODE,
        algorithm=Application.RS256_ALGORITHM,
        redirect_uris=redirect,
        skip_authorization=True,
        name="doAkte",
    )
    call_command("runserver", f"127.0.0.1:{port}", use_reloader=False, skip_checks=True, verbosity=0)


def __getattr__(name):
    """Give Django the addresses once it is set up: this file is its URL configuration, too."""
    if name != "urlpatterns":
        raise AttributeError(name)
    from django.contrib.auth.views import LoginView
    from django.urls import include, path

    return [
        path("login/", LoginView.as_view()),
        path("o/", include("oauth2_provider.urls", namespace="oauth2_provider")),
    ]


if __name__ == "__main__":
    serve(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
