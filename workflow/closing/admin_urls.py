"""Addresses of closing in the admin."""

from django.urls import path

from . import views

app_name = "doakte_closing"

urlpatterns = [
    path("<uuid:uuid>/zda/", views.CloseView.as_view(), name="close"),
    path("<uuid:uuid>/wieder-oeffnen/", views.ReopenView.as_view(), name="reopen"),
]
