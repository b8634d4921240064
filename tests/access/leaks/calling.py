"""Asking for an address as somebody, and reading in the answer what it tells."""

import io
import re
import zipfile
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import unquote

from django.conf import settings
from django.db import connection, transaction
from django.test import Client, RequestFactory
from django.test.client import ClientHandler

from .shelf import WORD

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
REFERENCE = re.compile(r"\b\d\.\d-\d{4}-\d{4}(?:/\d+)?(?:-\d+)?(?![\d])")
#: Methods that are not "POST" but might change something, too.
OTHER_METHODS = ("PUT", "DELETE")
#: What may be written although the answer was no: that it was asked for, and what Wagtail keeps of a person.
HARMLESS = re.compile(
    r'"(django_session|wagtailusers_userprofile|doakte_access_notice\w*|axes_\w+|usersessions_\w+)"',
    re.IGNORECASE,
)
CHANGE = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE)\b", re.IGNORECASE)


@dataclass
class Answer:
    """What came back. `text` is all of it that can be read, headers included."""

    status: int
    text: str
    location: str = ""
    changes: list[str] = field(default_factory=list)
    error: Exception | None = None

    @property
    def words(self) -> set[tuple[str, str]]:
        """Return (code of a record, aspect) of all markers in the answer."""
        return {(code.lower(), aspect.lower()) for code, aspect in WORD.findall(self.text)}

    @property
    def uuids(self) -> set[str]:
        return set(UUID.findall(self.text))

    @property
    def references(self) -> set[str]:
        return set(REFERENCE.findall(self.text))


class Caller:
    """One person with a session. Each call is rolled back."""

    def __init__(self, person):
        self.requests = RequestFactory(SERVER_NAME="localhost")
        self.handler = ClientHandler(enforce_csrf_checks=False)
        if person.is_authenticated:
            client = Client()
            client.force_login(person)
            self.requests.cookies = SimpleCookie(
                {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}
            )

    def __call__(self, method: str, address: str, data=None, **headers) -> Answer:
        kwargs = {"headers": headers} if headers else {}
        if method in OTHER_METHODS:
            kwargs |= {"data": "{}", "content_type": "application/json"}
        elif data:
            kwargs["data"] = data
        request = getattr(self.requests, method.lower())(address, **kwargs)
        changes: list[str] = []

        def watch(execute, sql, params, many, context):
            if CHANGE.match(sql) and not HARMLESS.search(sql) and "access.denied" not in str(params):
                changes.append(sql[:80])
            return execute(sql, params, many, context)

        with transaction.atomic(), connection.execute_wrapper(watch):
            try:
                response = self.handler(request.environ)
                answer = Answer(
                    response.status_code, read(response), response.headers.get("Location", ""), changes
                )
            except Exception as error:
                answer = Answer(500, "", changes=changes, error=error)
            transaction.set_rollback(True)
        return answer


def read(response) -> str:
    """Return the headers and the body of a response as text, whatever its format."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    headers = "\n".join(unquote(str(value)) for value in response.headers.values())
    if body.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(body)) as parts:
            body = b"\n".join(parts.read(name) for name in parts.namelist())
    elif body.startswith(b"%PDF") and b"%%EOF" in body:
        from pypdf import PdfReader

        body = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages).encode()
    return headers + "\n" + body.decode(errors="replace")
