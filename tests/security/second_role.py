"""A day in the house, on whatever database DOAKTE_DATABASE_URL names; prints each thing done, one a line, as JSON.

Run by `test_postgres_roles`, as the role of the application.
"""

import json
import sys
import tempfile
from io import BytesIO, StringIO
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "site"), str(ROOT)]


def main() -> None:
    import django

    django.setup()

    from django.conf import settings
    from django.core.management import call_command
    from django.test import Client
    from django.urls import reverse

    from doakte_content.access.denials import keep
    from doakte_content.jobs.actions import order, run
    from doakte_content.jobs.models import Job
    from doakte_content.organisation.enums import Right
    from doakte_content.records.actions import cancel_record, change_record, link_records, move_record
    from doakte_content.records.filing import add_version
    from doakte_content.records.sharing import protect, share, withdraw
    from doakte_content.retrieval.models import IndexJob
    from doakte_content.retrieval.queries import search
    from doakte_content.storage.actions import read_texts
    from tests.factories import fresh, make_city
    from tests.takeover.sources import small_source
    from workflow.approval import actions as approval
    from workflow.closing.actions import close_case, reopen

    settings.ALLOWED_HOSTS = ["testserver"]
    city = make_city()
    worker = fresh(city.case_worker)
    done("city")

    case = city.case(actor=worker)
    document = city.document(case, content=b"Hundesteuerbescheid", actor=worker)
    draft = city.document(case, content=b"Hundesteuerbescheid", actor=worker)
    add_version(draft, BytesIO(b"Neue Fassung"), "brief.txt", actor=worker)
    change_record(draft, actor=worker, title="Zweite Fassung", keywords=["Hund"])
    link_records(document, draft, actor=worker)
    done("file and change")

    asked = approval.submit(document, co_signers=[city.colleague], actor=worker)
    approval.co_sign(document, actor=fresh(city.colleague), revision_id=asked.revision_id)
    approval.final_sign(document, actor=fresh(city.head), revision_id=asked.revision_id)
    approval.withdraw(
        approval.submit(draft, co_signers=[city.colleague], actor=fresh(worker)).document, actor=fresh(worker)
    )
    done("sign and take back")

    given = share(case, Right.READ, user=city.treasurer, reason="Beteiligung", actor=fresh(city.head))
    withdraw(given, actor=fresh(city.head))
    keep(city.treasurer, case)
    other = city.case(actor=worker)
    protect(other, [city.head], actor=fresh(city.head))
    done("share, refuse and protect")

    read_texts()
    call_command("index_pending", "--until-empty", stdout=StringIO())
    assert search(fresh(city.head), "Hundesteuerbescheid").total >= 1
    done("search")

    target = city.case(title="Anderer Vorgang", actor=worker)
    move_record(draft, target, reason="falsch zugeordnet", actor=fresh(worker))
    cancel_record(fresh_page(draft), "doppelt", actor=fresh(worker))
    done("move and cancel")

    job = order("rebuild_index", actor=fresh(city.administrator))
    run(job.pk)
    assert Job.objects.get(pk=job.pk).state == "done", Job.objects.values().get(pk=job.pk)
    call_command("rebuild_index", stdout=StringIO())
    call_command("check_index", "--repair", stdout=StringIO())
    assert not IndexJob.objects.exclude(error="").exists()
    done("jobs and the index")

    with tempfile.TemporaryDirectory() as folder:
        source = small_source(Path(folder))
        source.write()
        call_command("import_records", folder, "--processes", "1", "--system", "Altsystem", stdout=StringIO())
    done("take over stock")

    close_case(fresh_page(case), actor=fresh(city.head))
    reopen(fresh_page(case), actor=fresh(city.registrar), reason="Nachtrag")
    done("close and reopen")

    client = Client()
    client.force_login(fresh(city.case_worker))
    pages = [
        reverse("doakte_intranet:document", args=[document.uuid]),
        reverse("wagtailadmin_explore", args=[case.pk]),
        reverse("wagtailadmin_pages:edit", args=[target.pk]),
        reverse("doakte_intranet:search") + "?q=Hundesteuerbescheid",
    ]
    for page in pages:
        assert client.get(page).status_code == 200, page
    done("pages")

    said = StringIO()
    call_command("check_integrity", stdout=said)
    assert "Warnung" not in said.getvalue(), said.getvalue()
    call_command("clearsessions")
    done("nightly checks")


def fresh_page(page):
    return type(page).objects.get(pk=page.pk)


def done(what: str) -> None:
    print(json.dumps(what), flush=True)


if __name__ == "__main__":
    main()
