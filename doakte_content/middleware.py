"""What doAkte asks of every request and answer of a site, in one place each; `checks` names what a site forgot."""

import logging

from django.core.exceptions import BadRequest
from django.core.paginator import InvalidPage
from django.db import DataError, IntegrityError
from django.urls import NoReverseMatch
from django.utils.cache import has_vary_header

#: Numeric value out of range; a number that is no row of an OFFSET.
OUT_OF_RANGE = {"22003", "2201X"}
#: What SQLite, Python and Django say of a number that is too large or none.
TOO_LARGE = {
    OverflowError: ("SQLite INTEGER",),
    IntegrityError: ("datatype mismatch",),
    ValueError: ("expected a number but got", "for integer string conversion"),
}
#: Views of Wagtail that fail over what none of its own pages sends, and what they raise then.
CARELESS: dict[str, tuple[type[Exception], ...]] = {
    **dict.fromkeys(
        (f"wagtailadmin_choose_page_{kind}_link" for kind in ("external", "email", "phone", "anchor")),
        (NoReverseMatch, AttributeError),
    ),
    "doakte_edit_workflow": (ValueError,),
    "wagtailadmin_workflows:enable": (NoReverseMatch,),
    "wagtailadmin_workflows:enable_task": (NoReverseMatch,),
    "wagtailadmin_workflows:task_chooser": (ValueError,),
    "wagtailadmin_workflows:task_chooser_create": (ValueError,),
    "wagtailredirects:process_import": (AttributeError, KeyError),
}

logger = logging.getLogger(__name__)

#: For what depends on who asks: kept by no cache on the way, and not on the disk of a browser that others use, too.
NOT_KEPT = "private, no-store"


class KeepNothing:
    """Middleware: what was made for somebody is kept nowhere, neither in a cache nor behind the "back" button.

    Django notes in `Vary: Cookie` what asked for the session; what did not knows nobody. Pages of the surrounding site
    that are the same for everybody may so be cached as before. Stands before Django's `SessionMiddleware`, and after
    what answers with static files.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if has_vary_header(response, "Cookie"):
            response["Cache-Control"] = NOT_KEPT
            # Django's `never_cache` names a date until which it may be kept: now.
            response.headers.pop("Expires", None)
        return response


class KnownEncoding:
    """Middleware: who names an encoding that no browser uses is told so (400); see `requests.PlainRequest`.

    The refusal is made where views are called, so that the answer gets the headers of all others.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if getattr(request, "has_odd_encoding", False):
            raise BadRequest("An encoding that no browser uses")


class PlainInput:
    """Middleware: what no column can hold is the asker's mistake (400), wherever a view or a package meets it.

    Characters that PostgreSQL takes in no text are refused before; numbers beyond what the database counts, and words
    where a key belongs, when they get there. Stands after Django's `CsrfViewMiddleware`, which has read the form.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if "\0" in request.path_info or holds_null(request.GET):
            raise BadRequest("A NUL character in an address")
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        # Views that leave out the CSRF check read their input themselves.
        if request.method == "POST" and not getattr(view, "csrf_exempt", False) and holds_null(request.POST):
            raise BadRequest("A NUL character in a form")

    def process_exception(self, request, exception):
        careless = CARELESS.get(getattr(request.resolver_match, "view_name", ""), ())
        if not (isinstance(exception, careless) or is_about_input(exception)):
            return
        logger.warning("Refused %s %s", request.method, request.path, exc_info=exception)
        raise BadRequest("A value that no column can hold") from exception


def holds_null(data) -> bool:
    return any("\0" in name or any("\0" in value for value in values) for name, values in data.lists())


def is_about_input(exception: Exception) -> bool:
    """Say whether a value was refused for what it is, and not for what is done with it.

    The database refuses numbers beyond what it counts, Python those of thousands of digits, Django words where a key
    belongs and pages behind the last one.
    """
    if isinstance(exception, DataError):
        return getattr(exception.__cause__, "sqlstate", None) in OUT_OF_RANGE
    words = next((words for kind, words in TOO_LARGE.items() if isinstance(exception, kind)), ())
    return isinstance(exception, InvalidPage) or any(one in str(exception) for one in words)
