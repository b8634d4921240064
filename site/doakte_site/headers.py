"""Headers that tell browsers what a page may do."""

from csp.middleware import CSPMiddleware
from django.conf import settings
from django.urls import reverse


class ContentPolicy(CSPMiddleware):
    """Middleware: the intranet's content policy, and the admin's, which has to allow what Wagtail writes."""

    def get_policy_parts(self, request, response, report_only=False):
        parts = super().get_policy_parts(request, response, report_only)
        if not report_only and parts.config is None and request.path.startswith(reverse("wagtailadmin_home")):
            parts.config = settings.DOAKTE_ADMIN_CSP
        return parts


class Permissions:
    """Middleware: no page may use the camera and the like."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.setdefault("Permissions-Policy", settings.DOAKTE_PERMISSIONS_POLICY)
        return response
