"""Addresses of reorganisations in the admin."""

from django.urls import path

from . import views

app_name = "doakte_reorganisation"

urlpatterns = [
    path("", views.IndexView.as_view(), name="index"),
    path("neu/<slug:kind>/", views.ReorganiseView.as_view(), name="new"),
    path("<uuid:uuid>/", views.ReportView.as_view(), name="report"),
    path("<uuid:uuid>/<slug:form>/", views.ExportView.as_view(), name="export"),
]
