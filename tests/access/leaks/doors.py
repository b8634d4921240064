"""Every address of the site, and what kind of door it is. A new address needs one line here: see `DOORS`.

Which kind?

-   `about(right, *types)`: is about one unit or record, named in the address. Opens for who holds `right` on it, for
    things of these types; for everybody else it must not answer, nor change anything. `when` says in which state of
    the record it opens, `serves=False` that it opens for fewer people than the right alone says. `data` is what a
    plausible POST sends.
-   `pages()`: one of Wagtail's views about any page. Never opens for a record.
-   `lists(*queries)`: a list, a search, a report, a home page, a form for something new. Anybody may knock; it must
    name nothing that this person may not know. `queries` are the "?..." that are asked for.
-   `journal(*queries)`: a list that may also name, to those who read the journal, records that are not protected, and
    of those that are give the bare identifier.
-   `explains(*queries)`: tells those who explain access, or protect data, the references of all there is, no titles.
-   `closed()`: answers 404 to everybody.
-   `other()`: has nothing to do with records: accounts, images, users, organisation, public pages. It is called as
    well, with the numbers of records in its address, and must not name one.

A key that ends with "*" stands for all addresses that begin like it; use it for packages of others only. `at` gives
the address where the pattern is a regular expression. What fills `<uuid:uuid>` and the like stands in `fillers.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from doakte_content.organisation.enums import Right
from doakte_content.records.enums import State

READ, EDIT, MANAGE, PASS = Right.READ, Right.EDIT, Right.MANAGE, Right.PASS


@dataclass(frozen=True)
class Door:
    kind: str
    right: Right | None = None
    types: tuple[str, ...] = ()
    when: Callable = lambda page: True
    serves: bool = True
    data: dict = field(default_factory=dict)
    at: tuple[str, ...] = ()
    queries: tuple[str, ...] = ("",)
    #: Raises an error where it is called without what leads to it; not ours to mend.
    fails: bool = False


def about(right: Right, *types: str, **kwargs) -> Door:
    return Door("about", right, types, **kwargs)


def pages(**kwargs) -> Door:
    return Door("pages", **kwargs)


def lists(*queries: str, **kwargs) -> Door:
    return Door("list", queries=queries or ("",), **kwargs)


def journal(*queries: str) -> Door:
    return Door("journal", queries=queries or ("",))


def explains(*queries: str, **kwargs) -> Door:
    return Door("explains", queries=queries or ("",), **kwargs)


def closed(*at: str) -> Door:
    return Door("closed", at=at)


def other(*at: str, **kwargs) -> Door:
    return Door("other", at=at, **kwargs)


# In which state a door opens


def published(page) -> bool:
    return page.live


def writable(page) -> bool:
    return not page.closed_on and page.state not in (State.CANCELLED, State.IN_APPROVAL)


def takes_files(page) -> bool:
    return page.allows_files


RECORD = ("file", "case", "document")
UNIT = ("unit",)
ANY = (*UNIT, *RECORD)
REASON = {"reason": "Aus gutem Grund"}
#: What people search for: words of all records, and the beginning of all markers.
SEARCHED = ("?q=Akte", "?q=zq", "?q=Schreiben&drafts=1", "?q=", "?q=1.1", "?q=2.1")

DOORS = {
    # Intranet
    "": lists("", "?page=2"),
    "aktenplan/": lists(),
    "aktenplan/<uuid:uuid>/": about(PASS, *UNIT),
    "akte/<uuid:uuid>/": about(READ, "file", when=published),
    "vorgang/<uuid:uuid>/": about(READ, "case", when=published),
    "dokument/<uuid:uuid>/": about(READ, "document", when=published),
    "dokument/<uuid:uuid>/datei/<uuid:version>/": about(READ, "document"),
    "dokument/<uuid:uuid>/datei/<uuid:version>/pdf/": about(READ, "document"),
    "dokument/<uuid:uuid>/datei/<uuid:version>/vorschau/": about(READ, "document"),
    "suche/": lists(*SEARCHED),
    "suche/vorschlaege/": lists("?q=zq", "?q=Akte", "?q=1.1", "?q=2.1"),
    "sprache/": other(),
    "barrierefreiheit/": other(),
    "impressum/": other(),
    "hinweise/": lists(),
    "hinweise/<int:pk>/": lists(),
    "handeln-als/": other(),
    "mit-mir-geteilt/": lists(),
    "demo/": other(),
    # Accounts
    "login/": other(),
    "logout/": other(),
    "^(?:admin/login|admin/password_reset|_util/login)/": other("admin/login/", "admin/password_reset/"),
    "konto/*": other(),
    "konto/oidc/^(?P<provider_id>[^/]+)/login/": other("konto/oidc/keiner/login/"),
    "konto/oidc/^(?P<provider_id>[^/]+)/login/callback/": other("konto/oidc/keiner/login/callback/"),
    # Our pages in the admin
    "admin/konten/": lists(),
    "admin/konten/<uuid:uuid>/": other(),
    "admin/konten/<int:pk>/einmal-link/": other(),
    "admin/konten/<int:pk>/zweiter-faktor/": other(),
    "admin/aktenplan/": lists("", "?q=1", "?q=zq"),
    "admin/aktenplan/<uuid:uuid>/zweig/": about(PASS, *UNIT),
    "admin/akten/bestand/": lists(
        "", "?export=csv", "?export=xlsx", "?number=1", "?medium=002", "?ordering=-title"
    ),
    "admin/akten/<uuid:uuid>/neue-akte/": about(
        EDIT, *UNIT, when=takes_files, data={"title": "Neu", "dated": "01.02.2026"}
    ),
    "admin/akten/<uuid:uuid>/neuer-vorgang/": about(
        EDIT, "file", data={"title": "Neu", "dated": "01.02.2026"}
    ),
    "admin/akten/<uuid:uuid>/ablegen/": about(EDIT, "case", when=writable),
    "admin/akten/<uuid:uuid>/abgelegt/": about(EDIT, "document"),
    "admin/akten/<uuid:uuid>/angaben/": about(EDIT, "document", serves=False, data={"title": "Neu"}),
    "admin/akten/<uuid:uuid>/neue-version/": about(EDIT, "document"),
    "admin/akten/<uuid:uuid>/anlage/": about(EDIT, "document"),
    "admin/akten/<uuid:uuid>/stornieren/": about(EDIT, *RECORD, data=REASON),
    "admin/akten/<uuid:uuid>/umprotokollieren/": about(EDIT, *RECORD, data={**REASON, "target": "1.1"}),
    "admin/akten/<uuid:uuid>/verweis/": about(EDIT, *RECORD, data={"target": "1.1", "kind": "related"}),
    "admin/akten/<uuid:uuid>/verweis/<int:link>/entfernen/": about(EDIT, "case", serves=False),
    "admin/akten/<uuid:uuid>/freigeben/": about(EDIT, *ANY, serves=False, data={"user": "1", "right": "1"}),
    "admin/akten/<uuid:uuid>/schuetzen/": about(MANAGE, *RECORD, serves=False, data={"people": "1"}),
    "admin/akten/<uuid:uuid>/schutz-aufheben/": about(MANAGE, *RECORD, serves=False, data=REASON),
    "admin/akten/<uuid:uuid>/ausschliessen/": about(
        EDIT, *RECORD, serves=False, data={**REASON, "user": "1"}
    ),
    "admin/akten/rechte/<uuid:grant>/zurueckziehen/": about(EDIT, *ANY, serves=False),
    "admin/akten/mit-mir-geteilt/": lists(),
    "admin/akten/notzugriff/": explains("", "?export=csv"),
    "admin/akten/notzugriff/<uuid:uuid>/": explains(),
    "admin/zugriff/wer/": explains("", "?reference=1.1"),
    "admin/zugriff/wer/<uuid:uuid>/": explains("", "?export=csv", "?export=xlsx"),
    "admin/zugriff/warum-nicht/": explains("", "?person=1&reference=1.1"),
    "admin/zugriff/was/": explains("", "?person=1"),
    "admin/zugriff/was/<int:pk>/": explains(
        *(f"?export={one}" for one in ("", "csv", "xlsx")), at=("admin/zugriff/was/{person}/",)
    ),
    "admin/zugriff/meine-rechte/": lists("", "?export=csv"),
    "admin/zugriff/pruefung/": lists(),
    "admin/zugriff/pruefung/ausstehend/": explains(),
    "admin/zugriff/ohne-verwaltung/": explains(),
    "admin/zugriff/ohne-verwaltung/<uuid:uuid>/": explains(data=REASON),
    "admin/akten/<uuid:uuid>/stilllegen/": about(PASS, *UNIT, serves=False),
    "admin/akten/<uuid:uuid>/in-gebrauch-nehmen/": about(PASS, *UNIT, serves=False),
    "admin/akte-als-pdf/<uuid:uuid>/pdf/": about(READ, "file"),
    "admin/akte-als-pdf/stand/<uuid:uuid>/": lists(at=("admin/akte-als-pdf/stand/{binder}/",)),
    "admin/akte-als-pdf/datei/<uuid:uuid>/": lists(at=("admin/akte-als-pdf/datei/{binder}/",)),
    "admin/auftraege/": lists("", "?alle", "?vor=9"),
    "admin/auftraege/neu/<slug:kind>/": other(),
    "admin/auftraege/<uuid:uuid>/": lists(at=("admin/auftraege/{job}/", "admin/auftraege/{export}/")),
    "admin/auftraege/<uuid:uuid>/stand/": lists(at=("admin/auftraege/{job}/stand/",)),
    "admin/auftraege/<uuid:uuid>/anhalten/": lists(at=("admin/auftraege/{job}/anhalten/",)),
    "admin/auftraege/<uuid:uuid>/fortsetzen/": lists(at=("admin/auftraege/{job}/fortsetzen/",)),
    "admin/akten/bestand/datei/<uuid:uuid>/": lists(at=("admin/akten/bestand/datei/{export}/",)),
    "admin/freigabe/<uuid:uuid>/vorlegen/": about(EDIT, "document"),
    "admin/freigabe/<uuid:uuid>/zeichnen/": about(READ, "document", serves=False, data={"revision_id": "1"}),
    "admin/freigabe/<uuid:uuid>/ablehnen/": about(
        READ, "document", serves=False, data={**REASON, "revision_id": "1"}
    ),
    "admin/freigabe/<uuid:uuid>/zuruecknehmen/": about(READ, "document", serves=False),
    "admin/schliessen/<uuid:uuid>/zda/": about(EDIT, "file", "case"),
    "admin/schliessen/<uuid:uuid>/wieder-oeffnen/": about(MANAGE, "file", "case", serves=False, data=REASON),
    "admin/protokoll/": journal("", "?export=csv", "?label=zq", "?action=record.protect"),
    "admin/hinweise/": lists(),
    "admin/hinweise/<int:pk>/": lists(),
    "admin/zustimmungen/": lists(),
    "admin/zustimmungen/<uuid:uuid>/": lists(),
    "admin/abgewiesene-zugriffe/": lists(),
    "admin/abgewiesene-zugriffe/<int:pk>/": lists(),
    "admin/tag-autocomplete/doakte_records/keyword/": lists("?term=zq", "?term=z", "?term=ZQ"),
    "admin/file-plan-import/": lists(),
    "admin/file-plan-import/<int:pk>/": other(),
    "admin/file-plan-import/<int:pk>/columns/": other(),
    "admin/file-plan-import/edition/<int:pk>/": other(),
    "admin/file-plan-import/export/<int:pk>/<slug:form>/": lists(),
    "admin/bestandsuebernahme/": lists(),
    "admin/bestandsuebernahme/<uuid:uuid>/": other(),
    "admin/bestandsuebernahme/<uuid:uuid>/stand/": other(),
    "admin/bestandsuebernahme/<uuid:uuid>/bericht.<slug:form>": other(),
    "admin/organisation/einlesen/": other(),
    "admin/organisation/auswahl/<slug:source>/": other(),
    "admin/organisation/aemter/*": other(),
    "admin/organisation/mitglieder/*": other(),
    "admin/organisation/rollen/*": other(),
    "admin/organisation/vertretungen/*": other(),
    "admin/organisation/umorganisation/": lists(),
    "admin/organisation/umorganisation/neu/<slug:kind>/": lists(),
    "admin/organisation/umorganisation/<uuid:uuid>/": lists(),
    "admin/organisation/umorganisation/<uuid:uuid>/<slug:form>/": lists(),
    # Wagtail's pages in the admin, of which records open few
    "admin/": lists(),
    "admin/pages/": lists("", "?q=zq", "?q=Akte&search_all=1", "?ordering=title"),
    "admin/pages/<int:parent_page_id>/": about(PASS, *ANY),
    "admin/pages/<int:parent_page_id>/results/": pages(),
    "admin/pages/<int:page_id>/edit/": about(EDIT, *ANY, serves=False, data={"title": "Neu"}),
    "admin/pages/<int:page_id>/history/": about(EDIT, *ANY),
    "admin/pages/<int:page_id>/revisions/": pages(),
    "admin/pages/<int:page_id>/revisions/<int:revision_id>/revert/": about(EDIT, *RECORD, serves=False),
    "admin/pages/search/": lists("?q=zq", "?q=Akte", "?q=Akte&content_type=doakte_records.document"),
    "admin/pages/search/results/": lists("?q=zq", "?q=Akte"),
    "admin/pages/^(?P<pk>\\d+)/revisions/compare/(?P<revision_id_a>live|earliest|\\d+)\\.\\.\\.(?P<revision_id_b>live|latest|\\d+)/$": pages(
        at=("admin/pages/{page_id}/revisions/compare/earliest...latest/",)
    ),
    "admin/pages/usage/*": closed("admin/pages/usage/doakte_records/document/"),
    "admin/pages/<int:page_to_move_id>/*": pages(),
    "admin/pages/<int:page_id>/*": pages(),
    "admin/pages/<int:parent_page_id>/add_subpage/": pages(),
    "admin/pages/add/*": pages(),
    "admin/pages/create/<slug:app_label>/<slug:model_name>": pages(),
    "admin/pages/workflow/*": pages(),
    "admin/api/main/^pages/": lists(
        "",
        "?child_of={page_id}",
        "?descendant_of={page_id}",
        "?ancestor_of={page_id}",
        "?search=zq",
        "?search=Akte",
        "?type=doakte_records.Document",
        "?for_explorer=1&limit=100&fields=*",
        "?order=title&has_children=1",
        at=("admin/api/main/pages/",),
    ),
    "admin/api/main/^pages/<int:pk>/": pages(at=("admin/api/main/pages/{page_id}/",)),
    "admin/api/main/^pages/find/": lists(
        "?id={page_id}", "?html_path=/{uuid}/", at=("admin/api/main/pages/find/",)
    ),
    "admin/api/main/^pages/<int:pk>/action/<str:action_name>/": pages(
        at=tuple(
            f"admin/api/main/pages/{{page_id}}/action/{name}/"
            for name in ("copy", "delete", "publish", "revert_to_page_revision")
        ),
        data={"revision_id": "{revision_id}", "destination_page_id": "1"},
    ),
    "admin/choose-page/": lists(
        "",
        "?page_type=doakte_records.RecordFile",
        "?target_pages[]={page_id}&user_perms=move_to",
        "?page_type=wagtailcore.Page&multiple=1",
    ),
    "admin/choose-page/<int:parent_page_id>/": pages(),
    "admin/choose-page/search/": lists("?q=zq", "?q=Akte&page_type=doakte_records.Document"),
    "admin/choose-page/chosen-multiple/": lists("?id={page_id}"),
    "admin/choose-external-link/": lists(
        "",
        "?link_url=/akte/{uuid}/",
        data={
            "external-link-chooser-url": "http://localhost/{uuid}/",
            "external-link-chooser-link_text": "Hier",
        },
    ),
    "admin/bulk/<str:app_label>/<str:model_name>/<str:action>/": pages(
        at=(
            "admin/bulk/wagtailcore/page/delete/?id={page_id}",
            "admin/bulk/wagtailcore/page/publish/?id={page_id}",
            "admin/bulk/wagtailcore/Page/move/?id={page_id}",
            "admin/bulk/doakte_records/record/delete/?id={page_id}",
        )
    ),
    "admin/editing-sessions/ping/<str:app_label>/<str:model_name>/<str:object_id>/<int:session_id>/": pages(
        at=(
            "admin/editing-sessions/ping/wagtailcore/page/{page_id}/1/",
            "admin/editing-sessions/ping/doakte_records/Record/{page_id}/1/",
            "admin/editing-sessions/ping/wagtailcore/page/x{page_id}/1/",
        ),
        data={"is_editing": "1"},
    ),
    "admin/reports/": closed(),
    "admin/^reports/.+$": closed("admin/reports/site-history/", "admin/reports/locked/?export=csv"),
    "admin/^workflows/usage/.+$": closed("admin/workflows/usage/{workflow}/"),
    "admin/^pages/usage/.+$": closed("admin/pages/usage/wagtailcore/page/"),
    "admin/reports/*": closed(),
    "admin/workflows/usage/*": closed(
        "admin/workflows/usage/{workflow}/", "admin/workflows/usage/{workflow}/results/"
    ),
    # Editorial pages of the site, and Wagtail's settings
    "admin/tag-autocomplete/*": other(),
    "admin/workflows/*": other(),
    "admin/api/main/^documents/*": other("admin/api/main/documents/"),
    "admin/api/main/^images/*": other("admin/api/main/images/"),
    "admin/account/": other(),
    "admin/block-preview/": other(),
    "admin/choose-*": other(),
    "admin/collections/*": other(),
    "admin/dismissibles/": other(),
    "admin/documents/*": other(),
    "admin/editing-sessions/release/<int:session_id>/": other(),
    "admin/embeds/*": other(),
    "admin/failwhale/": other(fails=True),
    "admin/groups/*": other(),
    "admin/images/*": other(),
    "admin/jsi18n/": other(),
    "admin/login/": other(),
    "admin/logout/": other(),
    "admin/password_reset/*": other(),
    "admin/redirects/*": other(),
    "admin/redirects/import/process/": other(fails=True),
    "admin/sites/*": other(),
    "admin/snippets/": other(),
    "admin/sprite/": other(),
    "admin/test404/": other(),
    "admin/users/*": other(),
    "admin/^.*/$": other("admin/gibt/es/nicht/", "admin/{uuid}/"),
    "_util/*": pages(),
    r"^((?:[\w\-]+/)*)$": other("{uuid}/", "startseite/{uuid}/", "aktenplan-musterstadt/"),
}
