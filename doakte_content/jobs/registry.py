"""The kinds of background work. Each room registers in its module `jobs` what it can do."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from .models import Job

#: What can be said about any job.
WORDS: Mapping[str, Any] = {
    "refused": _("It could not be done: %(reason)s"),
    "not_allowed": _("It could not be done: you may not do this (any more)."),
    "stopped": _("Stopped. What has been done until then stays: %(progress)s."),
    "stopped_before": _("Stopped before anything was done."),
    "gave_up": _(
        "It was given up after several attempts. Please tell your administration; it can be continued."
    ),
    "unexpected": _(
        "An unexpected error ended it. Please tell your administration. What has been done until then stays."
    ),
    "waits": _("Something it needs is not to be had (database, disk). It is tried again by itself."),
}


@dataclass(frozen=True)
class Kind:
    """One kind of background work."""

    name: str
    label: Any
    #: Does the work in slices: see `running.Running`. Called again, with the cursor, after every interruption.
    function: Callable[[Any], None]
    #: Code -> sentence with %(names)s, translated when it is shown.
    words: Mapping[str, Any] = field(default_factory=dict)
    #: Says what a job is about to the person who ordered it, as far as they may (still) know that.
    subject: Callable[[Job, Any], str] = lambda job, user: ""
    #: Returns (label, address) of what came of it, or None where there is nothing or it is no longer theirs to see.
    link: Callable[[Job, Any], tuple[str, str] | None] = lambda job, user: None
    #: Says whether a person may order it, without arguments, from the list of jobs.
    offered_to: Callable[[Any], bool] = lambda user: False
    #: How long one slice may take at most: after that another worker takes over.
    lease: timedelta = timedelta(seconds=60)


KINDS: dict[str, Kind] = {}


def kind(name: str, label, **options):
    """Register the decorated function as a kind of background work. `options` are the further fields of `Kind`."""

    def register(function):
        KINDS[name] = Kind(name=name, label=label, function=function, **options)
        return function

    return register
