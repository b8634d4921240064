from django.conf import settings
from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls

from doakte_site.demo.views import guide

urlpatterns = [
    path("", include("doakte_site.accounts.urls")),
    path("admin/", include("doakte_content.admin_urls")),
    path("admin/", include(wagtailadmin_urls)),
    path("demo/", guide, name="demo"),
    path("", include("doakte_content.intranet.urls")),
    path("", include(wagtail_urls)),
]

if settings.DEBUG:
    from django.conf.urls.static import static

    urlpatterns += static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT)
