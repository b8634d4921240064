"""Sending stored files to a browser. Whether the reader may have them is asked by the caller, never here."""

import re
from collections.abc import Iterator
from pathlib import Path

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, StreamingHttpResponse
from django.utils.http import content_disposition_header, parse_etags

from doakte_content.middleware import NOT_KEPT

from .file_names import clean
from .media_types import INLINE_SAFE, PDF, UNKNOWN
from .models import Blob

CHUNK_BYTES = 256 * 1024
_RANGE = re.compile(r"bytes=([0-9]*)-([0-9]*)")
#: More digits than the size of any file has; what they say lies behind its end.
_SIZE_DIGITS = 18


def respond(
    request: HttpRequest, blob: Blob, file_name: str, media_type: str, *, inline: bool
) -> HttpResponse:
    """Return the response that sends a blob: whole, one range of it (the PDF viewer asks so), or "not modified".

    Only formats that cannot carry script are shown inline; all others are downloads without a type of their own,
    whatever the caller asks for. Raises FileNotFoundError if the file is missing from the store.
    """
    return _respond(request, blob.path, blob.sha256, file_name, media_type, inline)


def respond_file(
    request: HttpRequest, path: Path, etag: str, file_name: str, media_type: str, *, inline: bool = True
) -> HttpResponse:
    """Like `respond`, for a rendition: `path` from the queries, `etag` names its content (Derivation.file_sha256)."""
    return _respond(request, path, etag, file_name, media_type, inline)


def _respond(
    request: HttpRequest, path: Path, etag: str, file_name: str, media_type: str, inline: bool
) -> HttpResponse:
    size = path.stat().st_size
    quoted = f'"{etag}"'
    if quoted in parse_etags(request.headers.get("If-None-Match", "")):
        return _with_headers(HttpResponseNotModified(), quoted)
    start, end, status = 0, size - 1, 200
    asked = _asked_range(request, quoted)
    if asked:
        found = _resolve_range(asked, size)
        if found is None:
            response = HttpResponse(status=416)
            response["Content-Range"] = f"bytes */{size}"
            return _with_headers(response, quoted)
        (start, end), status = found, 206
    shown = inline and media_type in INLINE_SAFE
    response = StreamingHttpResponse(_read(path, start, end - start + 1), status=status)
    response["Content-Type"] = _content_type(media_type) if shown else UNKNOWN
    response["Content-Disposition"] = content_disposition_header(not shown, clean(file_name))
    response["Content-Length"] = str(end - start + 1)
    if status == 206:
        response["Content-Range"] = f"bytes {start}-{end}/{size}"
    # Browsers' own PDF viewers do not work in a sandbox; a PDF cannot script our origin.
    if media_type != PDF:
        response["Content-Security-Policy"] = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
    return _with_headers(response, quoted)


def _with_headers(response: HttpResponse, etag: str) -> HttpResponse:
    response["ETag"] = etag
    response["Accept-Ranges"] = "bytes"
    # Access may end at any time, and the next person at this computer may not have it. The viewer asks for its ranges
    # within one visit; what asks with an older ETag still learns that nothing has changed.
    response["Cache-Control"] = NOT_KEPT
    response["X-Content-Type-Options"] = "nosniff"
    response["X-Frame-Options"] = "SAMEORIGIN"
    return response


def _content_type(media_type: str) -> str:
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type


def _asked_range(request: HttpRequest, etag: str) -> re.Match | None:
    """Return the range asked for; None for none, several, or one of a content that is no longer this one."""
    if request.headers.get("If-Range", etag) != etag:
        return None
    asked = _RANGE.fullmatch(request.headers.get("Range", "").replace(" ", ""))
    return asked if asked and any(asked.groups()) else None


def _resolve_range(asked: re.Match, size: int) -> tuple[int, int] | None:
    """Return first and last byte of the range, or None if it lies outside the file."""
    first, last = asked.groups()
    if not first:
        length = min(_position(last), size)
        return (size - length, size - 1) if length else None
    start, end = _position(first), min(_position(last) if last else size - 1, size - 1)
    return (start, end) if start <= end else None


def _position(digits: str) -> int:
    """Return a number of a range, however long: Python refuses to read thousands of digits."""
    return int(digits) if len(digits) <= _SIZE_DIGITS else 10**_SIZE_DIGITS


def _read(path: Path, start: int, length: int) -> Iterator[bytes]:
    with open(path, "rb") as file:
        file.seek(start)
        while length > 0 and (chunk := file.read(min(CHUNK_BYTES, length))):
            length -= len(chunk)
            yield chunk
