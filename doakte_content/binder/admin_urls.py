"""Addresses of binders in the admin."""

from django.urls import path

from . import views

app_name = "doakte_binder"

urlpatterns = [
    path("<uuid:uuid>/pdf/", views.BinderView.as_view(), name="binder"),
    path("stand/<uuid:uuid>/", views.ProgressView.as_view(), name="progress"),
    path("datei/<uuid:uuid>/", views.DownloadView.as_view(), name="download"),
]
