"""Before the attacks: the site they attack answers, and asks strangers to log in."""


def test_stranger_is_asked_to_log_in(visitor, city):
    """Who is nobody is shown the login page, whatever they ask for."""
    answer = visitor().get("/admin/")
    assert answer.status_code == 200
    assert "/login/" in answer.url


def test_person_gets_in(visitor, city):
    """The same browser with a session sees the house."""
    answer = visitor(city.case_worker).get("/admin/")
    assert answer.status_code == 200
    assert "/login/" not in answer.url
