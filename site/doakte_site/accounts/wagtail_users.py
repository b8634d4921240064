from wagtail.users.apps import WagtailUsersAppConfig


class UsersConfig(WagtailUsersAppConfig):
    """Wagtail's user pages with our views (`users`)."""

    user_viewset = "doakte_site.accounts.users.UserViewSet"
