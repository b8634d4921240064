"""What the home page "Mein Arbeitsplatz" shows from this room."""

from wagtail.admin.ui.components import Component

from .notices import lines_for, notices_of

LENGTH = 5


class NoticesHomePanel(Component):
    """The latest notices that have not been read."""

    name = "doakte_notices"
    template_name = "doakte/access/home_notices.html"
    order = 15

    def __init__(self, request):
        self.request = request

    def get_context_data(self, parent_context):
        unread = notices_of(self.request.user).filter(read_at__isnull=True)[: LENGTH + 1]
        lines = lines_for(self.request.user, unread)
        return {"lines": lines[:LENGTH], "more": len(lines) > LENGTH}
