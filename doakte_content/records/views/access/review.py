"""The yearly review of what outsiders may see, by those who lead an office (W36)."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doakte_content.access.models import Cause
from doakte_content.access.wording import grant_in_words
from doakte_content.asked import numbers
from doakte_content.paging import page_of
from doakte_content.records.place_names import names_of_places
from doakte_content.records.reviews import led_offices, overdue_offices, reviewable
from doakte_content.records.sharing import confirm, withdraw

from .base import AccessPage, ExplainingPage

PER_PAGE = 50


@dataclass(frozen=True)
class Result:
    """What became of one item."""

    label: str
    text: str
    good: bool


class ReviewView(AccessPage):
    """Confirm or withdraw, one by one or several at once; each item answers for itself."""

    template_name = "doakte/admin/access/review.html"
    page_title = gettext_lazy("Access review")
    header_icon = "clipboard-list"
    results: list = []

    def dispatch(self, request, *args, **kwargs):
        if led_offices(request.user) is None:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @property
    def shows_all(self) -> bool:
        return self.request.GET.get("all") == "1"

    def post(self, request, *args, **kwargs):
        action = {"confirm": confirm, "withdraw": withdraw}.get(request.POST.get("action", ""))
        chosen = numbers(request.POST.getlist("grant"))
        grants = list(reviewable(request.user).filter(pk__in=chosen)) if action else []
        names = self.names(grants)
        self.results = [self.perform(action, given, names) for given in grants]
        gone = len(set(chosen)) - len(grants) if action else 0
        if gone:
            text = _("This right has ended already, or it is no longer yours to review.")
            self.results += [Result(_("%s more") % gone, text, False)]
        self.nothing_chosen = not chosen or action is None
        return self.get(request, *args, **kwargs)

    nothing_chosen = False

    def perform(self, action, given, names) -> Result:
        label = f"{names.get(given.scope.owner_uuid, '')} – {given.principal_label}"
        try:
            action(given, actor=self.request.user)
        except ValidationError as error:
            return Result(label, " ".join(error.messages), False)
        except PermissionDenied:
            return Result(label, _("You may not do this any more."), False)
        return Result(label, _("confirmed") if action is confirm else _("withdrawn"), True)

    def names(self, grants) -> dict:
        return names_of_places([given.scope.owner_uuid for given in grants], self.request.user)

    def get_context_data(self, **kwargs):
        grants = reviewable(self.request.user, due_only=not self.shows_all)
        page = page_of(grants, ("last_reviewed",), self.request.GET, PER_PAGE)
        names = self.names(page)
        items = [
            {
                "grant": given,
                "place": names.get(given.scope.owner_uuid),
                "words": grant_in_words(given),
                "can_decide": given.cause != Cause.EMERGENCY,
            }
            for given in page
        ]
        return super().get_context_data(**kwargs) | {
            "items_to_review": items,
            "grants": page,
            "shows_all": self.shows_all,
            "results": self.results,
            "nothing_chosen": self.nothing_chosen,
        }


class OverdueReviewsView(ExplainingPage):
    """How many reviews each office owes, for the records office: numbers, no records."""

    template_name = "doakte/admin/access/overdue.html"
    page_title = gettext_lazy("Overdue access reviews")
    header_icon = "clipboard-list"

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"offices": overdue_offices()}
