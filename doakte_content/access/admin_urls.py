"""Addresses of this room's own views in the admin."""

from django.urls import path

from . import consent_views, views

app_name = "doakte_access"

urlpatterns = [
    path("hinweise/", views.NoticesView.as_view(), name="notices"),
    path("hinweise/<int:pk>/", views.OpenNoticeView.as_view(), name="notice"),
    path("zustimmungen/", consent_views.ConsentsView.as_view(), name="consents"),
    path("zustimmungen/<uuid:uuid>/", consent_views.ConsentView.as_view(), name="consent"),
    path("abgewiesene-zugriffe/", views.DenialsView.as_view(), name="denials"),
    path("abgewiesene-zugriffe/<int:pk>/", views.DenialsOfPersonView.as_view(), name="denials_of_person"),
]
