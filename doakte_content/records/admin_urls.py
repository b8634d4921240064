"""Addresses of the records' own views in the admin, by stable identifier."""

from django.urls import path

from .views import actions, emergency, inventory, shared, sharing, uploads

app_name = "doakte_records"

urlpatterns = [
    path("bestand/", inventory.InventoryView.as_view(), name="inventory"),
    path("bestand/datei/<uuid:uuid>/", inventory.InventoryFileView.as_view(), name="inventory_file"),
    path("mit-mir-geteilt/", shared.SharedView.as_view(), name="shared"),
    path("notzugriff/", emergency.EmergencyView.as_view(), name="emergency"),
    path("notzugriff/<uuid:uuid>/", emergency.EmergencyDetailsView.as_view(), name="emergency_details"),
    path("<uuid:uuid>/neue-akte/", actions.NewFileView.as_view(), name="new_file"),
    path("<uuid:uuid>/neuer-vorgang/", actions.NewCaseView.as_view(), name="new_case"),
    path("<uuid:uuid>/ablegen/", uploads.UploadView.as_view(), name="upload"),
    path("<uuid:uuid>/abgelegt/", uploads.FiledView.as_view(), name="filed"),
    path("<uuid:uuid>/angaben/", uploads.DescribeView.as_view(), name="describe"),
    path("<uuid:uuid>/neue-version/", actions.NewVersionView.as_view(), name="new_version"),
    path("<uuid:uuid>/anlage/", actions.NewAttachmentView.as_view(), name="new_attachment"),
    path("<uuid:uuid>/stornieren/", actions.CancelView.as_view(), name="cancel"),
    path("<uuid:uuid>/umprotokollieren/", actions.MoveView.as_view(), name="move"),
    path("<uuid:uuid>/verweis/", actions.LinkView.as_view(), name="link"),
    path("<uuid:uuid>/verweis/<int:link>/entfernen/", actions.UnlinkView.as_view(), name="unlink"),
    path("<uuid:uuid>/freigeben/", sharing.ShareView.as_view(), name="share"),
    path("<uuid:uuid>/schuetzen/", sharing.ProtectView.as_view(), name="protect"),
    path("<uuid:uuid>/schutz-aufheben/", sharing.UnprotectView.as_view(), name="unprotect"),
    path("<uuid:uuid>/ausschliessen/", sharing.ExcludeView.as_view(), name="exclude"),
    path("rechte/<uuid:grant>/zurueckziehen/", sharing.WithdrawView.as_view(), name="withdraw"),
    path("<uuid:uuid>/stilllegen/", actions.CloseUnitView.as_view(), name="close_unit"),
    path("<uuid:uuid>/in-gebrauch-nehmen/", actions.ReopenUnitView.as_view(), name="reopen_unit"),
]
