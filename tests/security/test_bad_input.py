"""Input that cannot be meant, sent to the running site (issue 11); every address is tried in tests/admin/test_bad_input.py."""

from urllib.parse import urljoin, urlsplit

import pytest

from doakte_content.records.sharing import protect


def test_ranges_beyond_all_bounds(visitor, city):
    """Who asks for a piece of a file by numbers of thousands of digits gets 416 or the piece there is, never an error."""
    document = city.document(content=b"0123456789", actor=city.case_worker)
    clerk = visitor(city.case_worker)
    file = f"/dokument/{document.uuid}/datei/{document.version.uuid}/"
    for asked, status in (
        (f"bytes={'9' * 5000}-", 416),
        (f"bytes={'9' * 30}-{'9' * 31}", 416),
        (f"bytes=2-{'9' * 5000}", 206),
        (f"bytes=-{'9' * 5000}", 206),
        ("bytes=0-1," * 500 + "0-1", 200),
        ("bytes=\u00b2-\u00b3", 200),
    ):
        assert clerk.get(file, headers={"Range": asked.encode("latin-1")}).status_code == status, asked[:40]


def test_numbers_and_characters_that_nothing_holds(visitor, city):
    """A long number, NUL, an Arabic digit, half a character, in addresses and forms: 4xx, or the page as if not asked."""
    clerk, office = visitor(city.case_worker), visitor(city.registrar)
    nines = "9" * 5000
    for who, path in (
        *((clerk, f"/hinweise/{digits}/") for digits in ("9" * 30, nines)),
        *((clerk, f"/{name}?q=x&page={'9' * 30}&year={nines}&office={nines}") for name in ("", "suche/")),
        (clerk, "/suche/?q=%00"),
        (clerk, "/akte/%00/"),
        (clerk, f"/admin/auftraege/?vor={nines}"),
        (office, f"/admin/zugriff/was/?person={'9' * 30}"),
        (office, f"/admin/zugriff/meine-rechte/?after={nines}"),
        (office, "/admin/pages/?p=%D9%A3&content_type=" + "9" * 30),
    ):
        assert who.get(path).status_code < 500, path[:60]
    answer = clerk.post("/login/", {"login": "a\0b", "password": "x"})
    assert answer.status_code == 400
    assert "Diese Anfrage ergibt keinen Sinn" in answer.text


@pytest.mark.parametrize("written", ["{}", "%2B{}", "%20{}", "0{}", "{}_0"])
def test_a_number_written_otherwise_opens_no_door(visitor, city, written):
    """Wagtail's page choosers read "+7" as seven: the title of a protected record is told for none of these (W7)."""
    case = city.case(city.file(title="Geheimsache Obelix", unit=city.treasury_unit))
    protect(case.get_parent().specific, [city.treasurer])
    administrator = visitor(city.administrator)
    number = written.format(case.get_parent().pk)
    if "_" in written:
        number = f"{case.get_parent().pk // 10}_{case.get_parent().pk % 10}"
    for address in (
        f"/admin/choose-page/chosen-multiple/?id={number}",
        f"/admin/choose-page/?target_pages[]={number}&user_perms=move_to",
    ):
        answer = administrator.get(address)
        assert "Obelix" not in answer.text
        assert answer.status_code < 500
    sent = administrator.post(
        "/admin/redirects/add/",
        {
            "old_path": "/x",
            "is_permanent": "on",
            "redirect_page": number.replace("%2B", "+").replace("%20", " "),
        },
    )
    assert sent.status_code == 200
    assert "Obelix" not in sent.text


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example/",
        "https://evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "\thttps://evil.example",
        "https:evil.example",
    ],
)
def test_no_address_leads_away(visitor, city, target):
    """A link to the city's site that somebody sends round ends in the city's site, whatever stands in it."""
    clerk, stranger = visitor(city.case_worker), visitor()
    own = urlsplit(clerk.base_url).netloc
    form = {"next": target, "language": "de", "membership": str(city.case_worker.memberships.first().pk)}
    password = {"login": city.case_worker.username, "password": "passwort", "next": target}
    for answer in (
        *(
            clerk.post(path, form, allow_redirects=False)
            for path in ("/sprache/", "/handeln-als/", "/logout/")
        ),
        stranger.post("/login/", password, allow_redirects=False),
    ):
        assert answer.status_code in (200, 302)
        there = urlsplit(urljoin(answer.url, answer.headers.get("Location", "")))
        assert (there.scheme, there.netloc) == ("http", own)
