"""Attacks from inside: a file has taken over the converter, and looks round."""

import io
import os
import socket
import stat
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.core.management import call_command

from doakte_content.storage import libreoffice, sandbox
from doakte_content.storage.limits import CannotDerive
from doakte_content.storage.media_types import OFFICE, PPT, detect
from doakte_content.storage.models import Derivation
from doakte_content.storage.sandbox import TimedOut, Work
from doakte_content.storage.store import write_blob
from doakte_content.storage.thumbnails import open_image
from tests.intranet.helpers import publish
from tests.storage import samples
from tests.storage.helpers import put_and_derive

pytestmark = pytest.mark.libreoffice

State, Note = Derivation.State, Derivation.Note


def inside(script: str, *arguments: str, seconds: float = 20, inputs=None) -> str:
    """Run a shell script in the sandbox and return what it writes."""
    with tempfile.TemporaryFile() as output:
        work = Work("/bin/bash", ["-c", script, "bash", *arguments], seconds, inputs or {})
        sandbox.run_confined(work, output)
        output.seek(0)
        return output.read(10_000_000).decode()


def test_converter_sees_no_file_of_the_house(settings, tmp_path):
    """No blob, no database, no settings, no account: only programs, libraries and fonts (W7)."""
    settings.DOAKTE_BLOB_ROOT = tmp_path / "blobs"
    sha256, _size = write_blob(io.BytesIO(b"Verschlusssache"), 1_000_000)
    blob = next(tmp_path.rglob(sha256))
    places = [blob, tmp_path, settings.DATA_DIR, settings.BASE_DIR, Path(__file__), Path.home()]
    places += map(
        Path,
        "/etc/passwd /etc/shadow /etc/hosts /etc/ssl /root /home /run /var/log /sys /usr/local/bin".split(),
    )
    found = inside(
        'for place; do [ -e "$place" ] && echo "$place"; done; ls -A / /etc /var', *map(str, places)
    )
    assert (
        found.split()
        == (
            "/: bin dev etc lib lib64 proc tmp usr var /etc: alternatives fonts ld.so.cache libreoffice /var: cache lib"
        ).split()
    )


def test_converter_can_talk_to_nobody(tmp_path):
    """No address of the house or the world can be reached, nor a program on the same machine by name or number."""
    with (
        socket.socket() as listener,
        socket.socket(socket.AF_UNIX) as by_path,
        socket.socket(socket.AF_UNIX) as named,
    ):
        listener.bind(("127.0.0.1", 0))
        by_path.bind(str(tmp_path / "door"))
        named.bind("\0doakte-test-door")
        for one in (listener, by_path, named):
            one.listen()
        said = inside(
            'grep -c : /proc/net/dev; grep -c . /proc/net/route; (echo > "/dev/tcp/127.0.0.1/$1") 2>/dev/null && echo in; '
            "python3 -c \"import socket; socket.socket(socket.AF_UNIX).connect('\\0doakte-test-door')\" 2>/dev/null && echo in; "
            'ls "$2" 2>/dev/null; cat /proc/net/unix | grep door',
            str(listener.getsockname()[1]),
            str(tmp_path / "door"),
        )
        assert said.split() == ["1", "1"]
        listener.settimeout(0)
        with pytest.raises(BlockingIOError):
            listener.accept()


def test_converter_is_nobody(monkeypatch):
    """No root, no capability, no way to get one, no process but its own, and not our environment with its passwords."""
    monkeypatch.setenv("DOAKTE_SECRET_KEY", "strenggeheim")
    said = inside(
        "id -u; grep -hE 'Cap(Prm|Eff|Bnd|Amb)|NoNewPrivs' /proc/self/status; "
        "unshare --user true 2>/dev/null && echo new; cat /proc/[0-9]*/environ | grep -ac strenggeheim; env | cut -d= -f1 | sort; "
        "ls -d /proc/[0-9]* | wc -l; readlink /proc/*/fd/* | grep -v -e pipe -e /dev/ -e /proc | sort -u"
    )
    words = said.split()
    assert words[0] != "0"
    for capability in ("CapPrm", "CapEff", "CapBnd", "CapAmb"):
        assert f"{capability}:\t{'0' * 16}" in said
    assert "NoNewPrivs:\t1" in said
    assert "new" not in words and "strenggeheim" not in said
    assert said.partition("NoNewPrivs:\t1\n")[2].splitlines()[0] == "0"
    names = [word for word in words if word.isupper()]
    assert set(names) <= {"HOME", "LANG", "OLDPWD", "PATH", "PWD", "SHLVL", "TMPDIR", "_"}


def test_converter_writes_nowhere_but_into_its_memory(monkeypatch):
    """Nothing on the disk can be changed, and what it may write is limited."""
    monkeypatch.setattr(sandbox, "MAX_SCRATCH_BYTES", 1024**2)
    monkeypatch.setattr(sandbox, "MAX_SHARED_BYTES", 1024**2)
    said = inside(
        'for place in / /usr /usr/bin /etc /etc/fonts /var /var/cache /in /dev /proc/sys/kernel; do touch "$place/x" && echo "$place"; done; '
        "echo x > /in/file && echo changed; for place in /tmp /dev/shm; do head -c 3M /dev/zero > $place/x; stat -c %s $place/x; done",
        inputs={"/in/file": Path(__file__)},
    )
    assert said.split() == ["1048576", "1048576"]


def test_converter_may_use_so_much_and_no_more(monkeypatch):
    """Memory, output and processes end before the server does."""
    monkeypatch.setattr(sandbox, "MAX_MEMORY_BYTES", 100 * 1024**2)
    assert (
        inside("set -o pipefail; head -c 300M /dev/zero | tail -n 1 >/dev/null || echo in vain")
        == "in vain\n"
    )
    monkeypatch.setattr(sandbox, "MAX_OUTPUT_BYTES", 1024**2)
    assert len(inside("head -c 3M /dev/zero")) == 1024**2
    monkeypatch.setattr(sandbox, "MAX_PROCESSES", 20)
    started = inside("sh -c 'n=0; while [ $n -lt 100 ]; do sleep 9 & n=$((n+1)); echo $n; done'").split()
    assert 10 < len(started) < 20


def test_converter_is_no_one_with_rights_and_ends_with_all_that_it_started():
    """Seen from outside it is not root either. Who takes too long is ended, and nothing of it is left."""
    mark = f"86{os.getpid()}.5"
    timed_out = threading.Event()

    def run() -> None:
        try:
            inside(f"setsid sleep {mark} & (sleep {mark} & ) ; sleep {mark}", seconds=2)
        except TimedOut:
            timed_out.set()

    thread = threading.Thread(target=run)
    thread.start()
    users = await_that(lambda: [path.stat().st_uid for path in sleepers(mark)], lambda found: len(found) == 3)
    assert 0 not in users
    thread.join(timeout=20)
    assert timed_out.is_set()
    assert await_that(lambda: sleepers(mark), lambda found: not found) == []


def sleepers(mark: str) -> list[Path]:
    """Return the processes that sleep for `mark` seconds, as the machine sees them."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (path / "cmdline").read_bytes() == f"sleep\0{mark}\0".encode():
                found.append(path)
    return found


def await_that(look, enough, seconds: float = 20):
    """Look until it is enough, or time is over; return what was seen last."""
    end = time.monotonic() + seconds
    while not enough(seen := look()) and time.monotonic() < end:
        time.sleep(0.02)
    return seen


def converter(folder: Path, script: str) -> str:
    """Return a program to be called instead of LibreOffice, in a folder of its own."""
    program = folder / "office" / "program" / "soffice"
    program.parent.mkdir(parents=True)
    program.write_text(
        f'#!/bin/sh\nwhile [ "$1" != --outdir ]; do shift; done\nfolder=$2 source=$3\n{script}\n'
    )
    for place in (folder, folder.parent, *program.parents[:2], program):
        place.chmod(place.stat().st_mode | stat.S_IXOTH | stat.S_IROTH)
    program.chmod(0o755)
    return str(program)


@pytest.fixture
def elsewhere():
    """A folder in none of the places that the sandbox has of its own."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        yield Path(folder)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "script",
    [
        'ln -s "/work" "$folder/source.pdf"',
        'ln -s "{secret}" "$folder/source.pdf"',
        'cp "{secret}" "$folder/source.pdf"',
        'echo "no PDF" > "$folder/source.pdf"',
        'echo -n > "$folder/source.pdf"',
        "kill -9 $$",
    ],
)
def test_result_of_a_converter_taken_over_is_judged(script, settings, elsewhere, tmp_path):
    """A link to a protected file is not followed outside, and what is no PDF is not delivered as one."""
    secret = tmp_path / "geheim.pdf"
    secret.write_bytes(samples.pdf(1))
    settings.DOAKTE_LIBREOFFICE = converter(elsewhere, script.replace("{secret}", str(secret)))
    form = put_and_derive(samples.docx(), "a.docx")["pdf"]
    assert (form.state, form.note, form.file) == (State.FAILED, Note.DAMAGED, "")


@pytest.mark.django_db
def test_program_beside_the_data_is_not_run(settings, elsewhere):
    """A LibreOffice that lies where doAkte's data lies would bring them into its sandbox."""
    settings.DOAKTE_LIBREOFFICE = converter(elsewhere, 'cp "$source" "$folder/source.pdf"')
    settings.MEDIA_ROOT = elsewhere / "office" / "media"
    settings.MEDIA_ROOT.mkdir()
    form = put_and_derive(samples.docx(), "a.docx")["pdf"]
    assert (form.state, form.note) == (State.UNAVAILABLE, Note.NO_SANDBOX)


@pytest.fixture
def forbidden(monkeypatch, elsewhere):
    """A machine whose bubblewrap may not do its work, as on Ubuntu 24.04."""
    program = elsewhere / "bin" / "bwrap"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho 'bwrap: setting up uid map: Permission denied' >&2\nexit 1\n")
    for place in (elsewhere, program.parent, program):
        place.chmod(0o755)
    monkeypatch.setattr(sandbox, "_ENVIRONMENT", {"PATH": f"{program.parent}:/usr/bin:/bin"})


def test_without_sandbox_nothing_is_converted_and_the_page_says_why(forbidden, visitor, city, monkeypatch):
    """Whoever opens the document reads a plain word why not (story 4); once there is a sandbox, it is made up for."""
    from doakte_content.storage.actions import derive, open_derivations

    def work():
        while row := open_derivations().order_by("kind").first():
            derive(row.pk)

    document = publish(city.document(content=samples.rtf(), name="a.rtf"), city.head)
    work()
    page = visitor(city.case_worker).get(f"/dokument/{document.uuid}/").text
    assert "Office-Dateien werden hier nicht umgewandelt, weil sie nicht abgeschottet werden können." in page
    monkeypatch.undo()
    call_command("rebuild_renditions", "--unfinished")
    work()
    forms = {form.kind: form for form in document.version.blob.derivations.all()}
    assert {form.state for form in forms.values()} == {State.DONE}
    assert set(forms) == {"pdf", "text", "thumbnail"}
    assert samples.PHRASE in forms["text"].text


@pytest.mark.django_db
def test_a_house_may_say_that_it_converts_without_sandbox(forbidden, settings):
    """The risk is the operator's to take, and what files refer to is left out all the same."""
    settings.DOAKTE_CONVERT_WITHOUT_SANDBOX = True
    form = put_and_derive(samples.docx(), "a.docx")["pdf"]
    assert (form.state, form.note) == (State.DONE, "")


def test_worker_says_what_is_missing(forbidden, caplog):
    """Whoever starts a worker reads in its log why there will be no PDF forms."""
    from doakte_content.storage.tasks import try_sandbox

    try_sandbox()
    assert "not converted" in caplog.text and "Permission denied" in caplog.text


def test_check_says_what_is_missing(forbidden, settings):
    """`manage.py check --deploy` names the reason."""

    def found() -> dict[str, str]:
        return {one.id: one.msg for one in run_checks(tags=["security"], include_deployment_checks=True)}

    assert "Permission denied" in found()["doakte_storage.W001"]
    settings.DOAKTE_CONVERT_WITHOUT_SANDBOX = True
    assert "Permission denied" in found()["doakte_storage.W002"]
    settings.DOAKTE_LIBREOFFICE = ""
    assert not {"doakte_storage.W001", "doakte_storage.W002"} & set(found())


@pytest.mark.parametrize("name", ["a.doc", "a.docx", "a.xls", "a.ppt", "a.rtf", "a.odt"])
def test_a_web_page_is_never_given_to_libreoffice(name, tmp_path):
    """What the name claims does not decide: LibreOffice would open it as what it is."""
    for content in (
        b"<html><img src='http://127.0.0.1/'></html>",
        b"<?xml version='1.0'?><office:document/>",
        b"\xef\xbb\xbf{\\rtf1 a}",
    ):
        path = tmp_path / name
        path.write_bytes(content)
        assert detect(path, name) not in OFFICE


def test_libreoffice_opens_a_file_as_what_we_took_it_for(tmp_path):
    """The filter is named: content that looks like something else to LibreOffice is refused."""
    path, target = tmp_path / "a", tmp_path / "a.pdf"
    path.write_bytes(b"<html><body>Webseite</body></html>")
    with pytest.raises(CannotDerive) as refused:
        libreoffice.convert(path, PPT, target)
    assert refused.value.note == Note.DAMAGED


def test_a_picture_is_not_opened_by_a_program(tmp_path):
    """Pillow starts Ghostscript for EPS: what is no picture of ours is not opened, whatever it is called."""
    path = tmp_path / "a.png"
    path.write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n%%EndComments\nshowpage\n%%EOF\n")
    with pytest.raises(CannotDerive), open_image(path):
        pass
