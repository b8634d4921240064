import pytest


@pytest.fixture
def secret(city):
    """A file restricted to the case worker, with a case and a document that nobody has approved."""
    record_file = city.file(title="Geheimakte Müller", actor=city.case_worker, people=[city.case_worker])
    case = city.case(record_file, title="Geheimvorgang Disziplinarsache", actor=city.case_worker)
    document = city.document(
        case, title="Geheimschreiben an den Anwalt", actor=city.case_worker, keywords=["geheimwort"]
    )
    return record_file, case, document


#: What nobody but the case worker may read anywhere.
SECRETS = ("Geheimakte", "Geheimvorgang", "Geheimschreiben", "geheimwort")


def assert_tells_nothing(response) -> None:
    """Fail when a response, of whatever kind, tells of the restricted file."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    text = body.decode(errors="replace")
    for word in SECRETS:
        assert word not in text, f"{response.request['PATH_INFO']} tells {word}"
