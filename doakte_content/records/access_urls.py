"""Addresses of the pages about access, below "zugriff/" in the admin."""

from django.urls import path

from .views.access import review, unmanaged, what, who, why_not

app_name = "doakte_access_reports"

urlpatterns = [
    path("wer/", who.AskWhoView.as_view(), name="ask_who"),
    path("wer/<uuid:uuid>/", who.WhoView.as_view(), name="who"),
    path("warum-nicht/", why_not.WhyNotView.as_view(), name="why_not"),
    path("was/", what.AskWhatView.as_view(), name="ask_what"),
    path("was/<int:pk>/", what.WhatView.as_view(), name="what"),
    path("meine-rechte/", what.WhatView.as_view(), name="own"),
    path("pruefung/", review.ReviewView.as_view(), name="review"),
    path("pruefung/ausstehend/", review.OverdueReviewsView.as_view(), name="overdue"),
    path("ohne-verwaltung/", unmanaged.UnmanagedView.as_view(), name="unmanaged"),
    path("ohne-verwaltung/<uuid:uuid>/", unmanaged.AppointView.as_view(), name="appoint"),
]
