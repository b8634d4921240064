"""Addresses of the approval in the admin."""

from django.urls import path

from . import views

app_name = "doakte_approval"

urlpatterns = [
    path("<uuid:uuid>/vorlegen/", views.SubmitView.as_view(), name="submit"),
    path("<uuid:uuid>/zeichnen/", views.SignView.as_view(), name="sign"),
    path("<uuid:uuid>/ablehnen/", views.RejectView.as_view(), name="reject"),
    path("<uuid:uuid>/zuruecknehmen/", views.WithdrawView.as_view(), name="withdraw"),
]
