"""The intranet's pages, by stable identifier: a record keeps its address when it is moved (R11, R19)."""

from django.urls import path

from .views import account, acting, files, notices, pages, plan, records, search, shared

app_name = "doakte_intranet"

urlpatterns = [
    path("", plan.start, name="start"),
    path("aktenplan/", plan.plan, name="plan"),
    path("aktenplan/<uuid:uuid>/", plan.unit, name="unit"),
    path("akte/<uuid:uuid>/", records.record_file, name="record_file"),
    path("vorgang/<uuid:uuid>/", records.case, name="case"),
    path("dokument/<uuid:uuid>/", records.document, name="document"),
    path("dokument/<uuid:uuid>/datei/<uuid:version>/", files.original, name="document_file"),
    path("dokument/<uuid:uuid>/datei/<uuid:version>/pdf/", files.pdf_form, name="document_pdf"),
    path("dokument/<uuid:uuid>/datei/<uuid:version>/vorschau/", files.thumbnail, name="document_thumbnail"),
    path("suche/", search.results, name="search"),
    path("suche/vorschlaege/", search.suggestions, name="suggest"),
    path("mit-mir-geteilt/", shared.SharedView.as_view(), name="shared"),
    path("hinweise/", notices.NoticesView.as_view(), name="notices"),
    path("hinweise/<int:pk>/", notices.OpenNoticeView.as_view(), name="notice"),
    path("login/", account.LoginView.as_view(), name="login"),
    path("logout/", account.LogoutView.as_view(), name="logout"),
    path("handeln-als/", acting.acting, name="acting"),
    path("sprache/", account.set_language, name="set_language"),
    path("barrierefreiheit/", pages.accessibility, name="accessibility"),
    path("impressum/", pages.imprint, name="imprint"),
]
