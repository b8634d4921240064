"""The organisation meets Wagtail's admin."""

from django.contrib.auth import get_user_model
from django.shortcuts import redirect
from django.urls import include, path
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin import messages

from .picker_views import search
from .policies import is_named
from .views import ImportView
from .viewsets import OrganisationGroup, register_policies

register_policies()


@hooks.register("register_admin_viewset")
def viewsets():
    return OrganisationGroup()


@hooks.register("register_admin_urls")
def admin_urls():
    urls = [path("", ImportView.as_view(), name="import")]
    pickers = [path("<slug:source>/", search, name="search")]
    return [
        path("organisation/einlesen/", include((urls, "doakte_organisation"))),
        path("organisation/auswahl/", include((pickers, "doakte_pickers"))),
    ]


@hooks.register("before_delete_user")
def keep_a_person(request, user):
    """Whoever the journal, a version or a signature names stays: Wagtail would fail in the middle (R59)."""
    if is_named(user):
        messages.error(
            request,
            _(
                "%s is named by records or the journal and cannot be deleted. Set the account to inactive instead."
            )
            % user,
        )
        return redirect("wagtailusers_users:edit", user.pk)


@hooks.register("before_bulk_action")
def keep_people(request, action_type, objects, action):
    """The same for several at once."""
    if action_type != "delete":
        return None
    for user in objects:
        if isinstance(user, get_user_model()) and (refused := keep_a_person(request, user)):
            return refused
