"""How people are named wherever somebody reads about them."""


def name_of(person) -> str:
    """Return a person's full name, or the login where none has been entered."""
    return person.get_full_name() or person.get_username()
