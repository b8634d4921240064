"""What the site's own pages are called. Records are no site pages: see doakte_content.intranet.urls."""

from wagtail.models import Page, Site


def name_site(name: str) -> None:
    """Make Wagtail's first site `name`, and its "Welcome" page an empty, unpublished place for editorial pages."""
    site = Site.objects.select_related("root_page").get(is_default_site=True)
    site.site_name, site.hostname = name, "localhost"
    site.save()
    Page.objects.filter(pk=site.root_page_id).update(
        title=name, draft_title=name, seo_title="", live=False, has_unpublished_changes=True
    )
