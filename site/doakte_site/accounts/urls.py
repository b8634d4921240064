"""Addresses of the login. Of allauth's, only those that are in use: the rest need not be kept safe.

Stands before the intranet's and Wagtail's addresses and takes the place of their logins.
"""

from allauth.account import views as account_views
from allauth.socialaccount import views as provider_views
from django.urls import include, path, re_path
from wagtail.admin.auth import require_admin_access

from . import views
from .admin_views import OwnAccountView

urlpatterns = [
    path("login/", views.LoginView.as_view(), name="account_login"),
    path("logout/", views.LogoutView.as_view(), name="account_logout"),
    # Wagtail's own logins would ask for no second factor.
    re_path(r"^(?:admin/login|admin/password_reset|_util/login)/", views.to_login),
    path("konto/", views.OverviewView.as_view(), name="account_overview"),
    path("konto/gesperrt/", account_views.account_inactive, name="account_inactive"),
    path("konto/bestaetigen/", account_views.reauthenticate, name="account_reauthenticate"),
    path("konto/passwort/", views.PasswordChangeView.as_view(), name="account_change_password"),
    path("konto/adresse/", views.AddressView.as_view(), name="account_address"),
    path("konto/adresse/<str:token>/", views.ConfirmAddressView.as_view(), name="account_confirm_address"),
    path(
        "konto/aenderung/<uuid:uuid>/ablehnen/",
        views.RefuseChangeView.as_view(),
        name="account_refuse_change",
    ),
    path("konto/einmal-link/<str:token>/", views.OneTimeLinkView.as_view(), name="account_one_time_link"),
    # Wagtail's own page lets people rename themselves and change their address unasked.
    path("admin/account/", require_admin_access(OwnAccountView.as_view())),
    path("konto/sitzungen/", include("allauth.usersessions.urls")),
    path("konto/zweiter-faktor/", include("allauth.mfa.urls")),
    path("konto/oidc/", include("allauth.socialaccount.providers.openid_connect.urls")),
    path("konto/oidc-abgebrochen/", provider_views.login_cancelled, name="socialaccount_login_cancelled"),
    path("konto/oidc-fehler/", provider_views.login_error, name="socialaccount_login_error"),
]
