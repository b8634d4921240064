"""Addresses of background jobs in the admin."""

from django.urls import path

from . import views

app_name = "doakte_jobs"

urlpatterns = [
    path("", views.IndexView.as_view(), name="index"),
    path("neu/<slug:kind>/", views.OrderView.as_view(), name="order"),
    path("<uuid:uuid>/", views.JobView.as_view(), name="job"),
    path("<uuid:uuid>/stand/", views.ProgressView.as_view(), name="progress"),
    path("<uuid:uuid>/anhalten/", views.StopView.as_view(), name="stop"),
    path("<uuid:uuid>/fortsetzen/", views.ResumeView.as_view(), name="resume"),
]
