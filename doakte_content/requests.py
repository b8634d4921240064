"""Requests as they are taken in, before any middleware sees them."""

import codecs

from django.core.handlers.wsgi import WSGIRequest
from django.utils.http import parse_header_parameters

#: Encodings in which a form may come, as Python calls them. Among the others that it knows are some that take time by
#: the square of the length (punycode), and some that are none of text (zlib).
ENCODINGS = frozenset({"utf-8", "ascii", "iso8859-1", "iso8859-15", "cp1252"})


class PlainRequest(WSGIRequest):
    """A request that is read in no encoding that only an attacker names; `middleware.KnownEncoding` refuses it.

    Django decodes the address in the encoding of the header `Content-Type` while it makes the request, before the first
    middleware, and where that fails the answer is a bare 500. `apps` has Django make these instead.
    """

    has_odd_encoding = False

    def _set_content_type_params(self, meta):
        try:
            self.content_type, self.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))
        except ValueError:
            self.content_type, self.content_params, self.has_odd_encoding = "", {}, True
        if named := self.content_params.get("charset"):
            if is_known(named):
                self.encoding = named
            else:
                self.has_odd_encoding = True


def is_known(encoding: str) -> bool:
    """Say whether this is an encoding in which a form may come."""
    try:
        return codecs.lookup(encoding).name in ENCODINGS
    except (LookupError, ValueError):
        return False
