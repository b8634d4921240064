"""Addresses that a site includes under "admin/" before Wagtail's own: doors that would ask nobody are closed here.

The system check doakte.E001 fails where a site forgot them.
"""

from django.urls import path, re_path
from wagtail.admin.auth import require_admin_access
from wagtail.utils.urlpatterns import decorate_urlpatterns

from doakte_content.access import doors
from doakte_content.records.views import keywords

urlpatterns = decorate_urlpatterns(
    [
        # Lists of all pages, whoever asks. They would not scale to a city's records either.
        path("reports/", doors.closed),
        re_path(r"^reports/.+$", doors.closed),
        re_path(r"^workflows/usage/.+$", doors.closed),
        re_path(r"^pages/usage/.+$", doors.closed),
        path("pages/<int:page_to_move_id>/move/<int:destination_id>/confirm/", doors.move_confirm),
        path("choose-page/", doors.ChooserBrowseView.as_view()),
        path("choose-page/<int:parent_page_id>/", doors.ChooserBrowseView.as_view()),
        path("choose-page/chosen-multiple/", doors.ChosenMultipleView.as_view()),
        path("bulk/<str:app_label>/<str:model_name>/<str:action>/", doors.bulk_action),
        path(
            "editing-sessions/ping/<str:app_label>/<str:model_name>/<str:object_id>/<int:session_id>/",
            doors.ping,
        ),
        path("workflows/edit/<int:pk>/", doors.edit_workflow, name="doakte_edit_workflow"),
        path("workflows/disable/<int:pk>/", doors.disable_workflow),
        path("workflows/tasks/edit/<int:pk>/", doors.edit_task),
        path("workflows/tasks/disable/<int:pk>/", doors.disable_task),
        path("workflows/remove/<int:page_pk>/", doors.remove_workflow),
        path("workflows/remove/<int:page_pk>/<int:workflow_pk>/", doors.remove_workflow),
        path("tag-autocomplete/doakte_records/keyword/", keywords.suggest),
    ],
    require_admin_access,
)
