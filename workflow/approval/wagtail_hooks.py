"""What the admin room asks about approvals."""

from wagtail import hooks

from .queries import takes_part


@hooks.register("doakte_draft_readers")
def signers_read_the_draft(user, document) -> bool:
    """Who is asked to sign a document reads the draft, even where they may otherwise read only (R47)."""
    return takes_part(user, document)
