"""The organisation meets Wagtail's admin."""

from django.urls import include, path
from wagtail import hooks

from .views import ImportView
from .viewsets import OrganisationGroup, register_policies

register_policies()


@hooks.register("register_admin_viewset")
def viewsets():
    return OrganisationGroup()


@hooks.register("register_admin_urls")
def admin_urls():
    urls = [path("", ImportView.as_view(), name="import")]
    return [path("organisation/einlesen/", include((urls, "doakte_organisation")))]
