from django.urls import path

from . import views

app_name = "doakte_takeover"
urlpatterns = [
    path("", views.IndexView.as_view(), name="index"),
    path("<uuid:uuid>/", views.TakeoverView.as_view(), name="takeover"),
    path("<uuid:uuid>/stand/", views.ProgressView.as_view(), name="progress"),
    path("<uuid:uuid>/bericht.<slug:form>", views.ReportView.as_view(), name="report"),
]
