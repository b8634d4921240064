"""Addresses of the plan's own views in the admin."""

from django.urls import path

from .views import tree

app_name = "doakte_fileplan"

urlpatterns = [
    path("", tree.PlanTreeView.as_view(), name="tree"),
    path("<uuid:uuid>/zweig/", tree.branch, name="branch"),
]
