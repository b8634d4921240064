from django.urls import path

from . import import_views as views

app_name = "doakte_plan_import"
urlpatterns = [
    path("", views.UploadView.as_view(), name="upload"),
    path("<int:pk>/", views.PreviewView.as_view(), name="preview"),
    path("<int:pk>/columns/", views.ColumnsView.as_view(), name="columns"),
    path("edition/<int:pk>/", views.EditionView.as_view(), name="edition"),
    path("export/<int:pk>/<slug:form>/", views.ExportView.as_view(), name="export"),
]
