"""Files, cases and documents (R9 to R20).

`Record` is a table of its own between Wagtail's page and the three types: a list, a filter or a search goes
across all of them in one indexed query. docs/architecture.md has the reasons and the figures.
"""

import unicodedata
import uuid
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Upper
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from modelcluster.contrib.taggit import ClusterTaggableManager
from modelcluster.fields import ParentalKey
from taggit.models import ItemBase, TagBase
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.models import Orderable, Page, Revision
from wagtail.search import index

from doakte_content.access.pages import GuardedPage
from doakte_content.fileplan.enums import Confidentiality
from doakte_content.fileplan.models import FilePlanUnit, RetentionRule, sort_key
from doakte_content.journal.append_only import never_removed, written_once
from doakte_content.organisation.models import OrgUnit
from doakte_content.organisation.names import name_of
from doakte_content.storage.models import Blob
from doakte_content.storage.queries import text_of
from doakte_content.unicode_text import normalize

from .enums import Direction, DocumentType, LinkKind, Medium, State


def title_key(title: str) -> str:
    """Return a title as lists sort it: Ä beside A, whatever the case and the collation of the database."""
    plain = normalize("NFKD", title.casefold())
    if plain.isascii():
        return plain[:255]
    return "".join(one for one in plain if not unicodedata.combining(one))[:255]


class Keyword(TagBase):
    """A keyword (Schlagwort). Free words are allowed."""

    free_tagging = True

    class Meta:
        verbose_name = _("keyword")
        verbose_name_plural = _("keywords")


class AbstractRecord(GuardedPage, RetentionRule):
    """What files, cases and documents have in common. `title` is xdomea's Betreff."""

    #: The unit of the plan that it lies below, kept here for filters; moves keep it true.
    unit = models.ForeignKey(
        FilePlanUnit, models.PROTECT, related_name="+", editable=False, db_index=False
    )  # doakte_record_unit begins with it.
    #: The unit, file or case that it lies directly in: a list of what lies there is one stretch of an index.
    container = models.ForeignKey(
        Page, models.PROTECT, related_name="+", editable=False, db_index=False
    )  # doakte_record_in_… begin with it.
    #: Federführung: the office in charge when it was created, or since a transfer.
    office = models.ForeignKey(
        OrgUnit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("office in charge")
    )
    #: Display form of the Aktenzeichen or of the reference derived from it. Given once (R10).
    reference = models.CharField(_("reference"), max_length=120, db_index=True, editable=False)
    reference_key = models.CharField(max_length=255, editable=False)
    #: The title as lists sort and find it: without case and accents, see `title_key`.
    title_key = models.CharField(max_length=255, editable=False, default="")
    state = models.CharField(_("state"), max_length=20, choices=State.choices, editable=False)
    #: The date that matters to people: a document's own date, else when the file or case was opened.
    dated = models.DateField(_("date"), default=timezone.localdate)
    remark = models.TextField(_("remark"), blank=True)
    confidentiality = models.PositiveSmallIntegerField(
        _("confidentiality"), choices=Confidentiality.choices, default=Confidentiality.NONE
    )
    confidential_until = models.DateField(_("classified until"), null=True, blank=True)
    privacy_level = models.CharField(
        _("level of data protection"),
        max_length=60,
        blank=True,
        help_text=_("In the words of your data-protection concept, for example: special categories, Art. 9."),
    )
    medium = models.CharField(_("medium"), max_length=3, choices=Medium.choices, default=Medium.ELECTRONIC)
    location = models.CharField(
        _("location of the paper"),
        max_length=255,
        blank=True,
        help_text=_("Needed for hybrid and paper records (R14), for example: archive room 2, shelf 14."),
    )
    #: z.d.A. (R31). Set on everything inside as well, so that each record answers for itself.
    closed_on = models.DateField(_("closed on"), null=True, blank=True, editable=False)
    #: Last day of retention (R22); computed when the file is closed.
    retained_until = models.DateField(_("retained until"), null=True, blank=True, editable=False)
    cancelled_reason = models.CharField(
        _("reason of the cancellation"), max_length=255, blank=True, editable=False
    )
    #: The page's `live`: whether readers see it. Kept here as well, so that one table tells what somebody may know of.
    published = models.BooleanField(default=False, editable=False)
    #: The page's `owner`, for the list of what somebody has opened.
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        db_index=False,
    )
    #: When the state that readers see was published; of documents only, for the list of what is new.
    published_at = models.DateTimeField(null=True, editable=False)
    keywords = ClusterTaggableManager(
        through="doakte_records.RecordKeyword", blank=True, verbose_name=_("keywords")
    )

    #: Facts about a record that publishing or comparing an old revision must not bring back.
    NEVER_FROM_A_REVISION = (
        "uuid",
        "slug",
        "url_path",
        "scope_id",
        "unit_id",
        "container_id",
        "opened_by_id",
        "published",
        "published_at",
        "reference",
        "reference_key",
        "state",
        "closed_on",
        "retained_until",
        "cancelled_reason",
        "ordinal",
        "year",
    )

    class Meta:
        abstract = True

    def __str__(self):
        return f"{self.reference} {self.title}"

    def get_admin_display_title(self):
        return f"{self.reference} {self.draft_title or self.title}"

    def clean(self):
        super().clean()
        if self.medium != Medium.ELECTRONIC and not self.location:
            raise ValidationError(
                {
                    "location": _(
                        "Please say where the paper is kept. Hybrid and paper records need a location."
                    )
                }
            )

    @property
    def is_closed(self) -> bool:
        return self.closed_on is not None

    @property
    def protected(self) -> bool:
        """Say whether only named people enter it. Lists that ask take the scope along (`select_related`)."""
        return self.scope.cut and self.scope.owner_uuid == self.uuid

    @property
    def is_cancelled(self) -> bool:
        return self.state == State.CANCELLED

    def full_clean(self, *args, **kwargs):
        # Wagtail asks for it whenever a live page is saved. What people enter is checked by the forms and
        # actions; here only the rules across fields, without a query for each foreign key.
        self._set_core_field_defaults()
        self.clean()

    def save(self, *args, **kwargs):
        self.reference_key = sort_key(self.reference)
        self.title_key = title_key(self.title)
        self.published = self.live
        if self._state.adding:
            self.container_id = self.get_parent().pk
            self.opened_by_id = self.owner_id
        return super().save(*args, **kwargs)

    def move(self, target, *args, **kwargs):
        """Move in the tree, and keep `container` true."""
        moved = super().move(target, *args, **kwargs)
        type(self).objects.filter(pk=self.pk).update(container=target.pk)
        self.container_id = target.pk
        return moved

    def save_revision(self, *args, **kwargs):
        """Save a draft. Refused for what is closed, cancelled or in approval, whichever door it comes through.

        A record that nobody has approved yet has no published state to protect: its row follows the draft, so
        that lists and search show what was last written.
        """
        from .policies import check_writable

        check_writable(type(self).objects.only("closed_on", "state", "reference", "title").get(pk=self.pk))
        kwargs |= {"log_action": False, "overwrite_revision": None}
        revision = super().save_revision(*args, **kwargs)
        if not self.live:
            self.save(clean=False)
        return revision

    def save_first_revision(self, user, **children):
        """Save the revision that a new record starts with.

        `children` are its known child objects by relation ("attachments"), so that they need not be read again.
        """
        for relation, objects in children.items():
            setattr(self, relation, objects)
        revision = Revision.objects.create(
            content_object=self,
            base_content_type=self.get_base_content_type(),
            user=user,
            content=self.serializable_data(),
            object_str=str(self),
        )
        # What was only lent for the writing must not stay in memory and be saved over later changes.
        self._cluster_related_objects = {}
        self.latest_revision = revision
        self.latest_revision_created_at = revision.created_at
        Page.objects.filter(pk=self.pk).update(
            latest_revision=revision, latest_revision_created_at=revision.created_at
        )
        return revision

    @classmethod
    def from_serializable_data(cls, data, check_fks=True, strict_fks=False):
        """Read a revision. What records refer to is never deleted, but keywords: nothing else is asked for."""
        if check_fks and (items := data.get("keyword_items")):
            tags = Keyword.objects.filter(pk__in=[item["tag"] for item in items]).values_list("pk", flat=True)
            data = data | {"keyword_items": [item for item in items if item["tag"] in set(tags)]}
        return super().from_serializable_data(data, check_fks=False, strict_fks=strict_fks)

    def serializable_data(self):
        """Return what a revision keeps: without what would only be looked up again whenever a draft is read."""
        data = super().serializable_data()
        for name in ("container", "opened_by"):
            data.pop(name, None)
        return data

    def with_content_json(self, content):
        """Return the record as a revision has it, but where it stands and how it is doing as they are now."""
        past = super().with_content_json(content)
        for name in self.NEVER_FROM_A_REVISION:
            if hasattr(self, name):
                setattr(past, name, getattr(self, name))
        return past

    def delete(self, *args, **kwargs):
        """Records are cancelled with a reason, never deleted (R20, W2)."""
        raise ValidationError(_("Records cannot be deleted. Cancel the record and give a reason instead."))


#: Among all records this is a file: it lies directly in its unit. For indexes, and for lists that use them.
IS_FILE = models.Q(container=models.F("unit"))


class Record(AbstractRecord, Page):
    """A file, case or document: the common, indexed columns of all three."""

    is_creatable = False
    subpage_types: list[str] = []

    search_fields = [
        *Page.search_fields,
        index.SearchField("reference", boost=2),
        index.AutocompleteField("reference"),
        index.RelatedFields("former_references", [index.SearchField("reference", boost=2)]),
        index.SearchField("remark"),
        index.SearchField("keyword_names", boost=2),
        index.FilterField("scope_id"),
        index.FilterField("unit_id"),
        index.FilterField("office_id"),
        index.FilterField("state"),
        index.FilterField("dated"),
    ]

    class Meta:
        indexes = [
            models.Index(fields=["scope", "-dated"], name="doakte_record_scope_dated"),
            models.Index(fields=["unit", "reference_key"], name="doakte_record_unit"),
            models.Index(fields=["state", "scope"], name="doakte_record_state"),
            # What lies in one place, in each order that its list offers (`listing.ORDERINGS`).
            models.Index(fields=["container", "reference_key"], name="doakte_record_in_reference"),
            models.Index(fields=["container", "title_key", "reference_key"], name="doakte_record_in_title"),
            models.Index(fields=["container", "dated", "reference_key"], name="doakte_record_in_dated"),
            models.Index(fields=["container", "state", "reference_key"], name="doakte_record_in_state"),
            # All files of the house: of all records only they lie directly in their unit.
            models.Index(
                fields=["reference_key", "page_ptr"], name="doakte_files_reference", condition=IS_FILE
            ),
            models.Index(
                fields=["title_key", "reference_key", "page_ptr"],
                name="doakte_files_title",
                condition=IS_FILE,
            ),
            models.Index(
                fields=["scope", "reference_key", "page_ptr"],
                name="doakte_files_scope_reference",
                condition=IS_FILE,
            ),
            models.Index(
                fields=["scope", "title_key", "reference_key", "page_ptr"],
                name="doakte_files_scope_title",
                condition=IS_FILE,
            ),
            models.Index(fields=["office", "reference_key"], name="doakte_files_office", condition=IS_FILE),
            # Which files hold paper: it gets less every year.
            models.Index(fields=["container"], name="doakte_record_paper", condition=~models.Q(medium="001")),
            models.Index(
                fields=["scope", "-published_at"],
                name="doakte_record_published",
                condition=models.Q(published_at__isnull=False),
            ),
            models.Index(
                fields=["opened_by", "-dated"], name="doakte_record_opened", condition=models.Q(state="open")
            ),
            # People write references in small letters, too.
            models.Index(Upper("reference"), name="doakte_record_reference"),
        ]
        verbose_name = _("record")
        verbose_name_plural = _("records")

    @cached_property
    def keyword_names(self) -> str:
        """The keywords in one text. Kept: many are set at once (`retrieval.reading`)."""
        return ", ".join(tag.name for tag in self.keywords.all())


class RecordKeyword(ItemBase):
    tag = models.ForeignKey(Keyword, models.CASCADE, related_name="records")
    content_object = ParentalKey(Record, on_delete=models.CASCADE, related_name="keyword_items")


COMMON_PANELS = [
    MultiFieldPanel(
        [
            FieldPanel("office"),
            FieldRowPanel(
                [
                    FieldPanel("confidentiality"),
                    FieldPanel("confidential_until"),
                    FieldPanel("privacy_level"),
                ]
            ),
            FieldPanel("keywords"),
            FieldPanel("remark"),
        ],
        heading=_("Filing"),
    ),
    MultiFieldPanel(
        [FieldPanel("medium"), FieldPanel("location")], heading=_("Paper"), classname="collapsed"
    ),
]
RETENTION_PANEL = MultiFieldPanel(
    [
        FieldPanel("retention_years"),
        FieldPanel("retention_unlimited"),
        FieldPanel("retention_reason"),
        FieldPanel("disposal_kind"),
    ],
    heading=_("Retention, where it differs from the plan"),
    classname="collapsed",
)


class RecordFile(Record):
    """Akte: all about one subject, below one unit of the plan."""

    #: The parts of the Aktenzeichen; `reference` is derived from them (R10).
    year = models.PositiveSmallIntegerField(_("year"), editable=False)
    ordinal = models.PositiveIntegerField(_("number"), editable=False)
    #: xdomea Aktenführung (R12): who keeps the file where that is not the office in charge.
    kept_by = models.ForeignKey(
        OrgUnit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("office that keeps the file"),
        help_text=_("Empty: the office in charge."),
    )

    parent_page_types = ["doakte_fileplan.FilePlanUnit"]
    subpage_types = ["doakte_records.Case"]
    content_panels = [
        FieldPanel("title"),
        FieldPanel("dated"),
        FieldPanel("kept_by"),
        *COMMON_PANELS,
        RETENTION_PANEL,
    ]

    class Meta:
        verbose_name = _("record file")
        verbose_name_plural = _("record files")

    def get_url(self, request=None, current_site=None):
        return reverse("doakte_intranet:record_file", args=[self.uuid])


class Case(Record):
    """Vorgang: one matter inside a file."""

    ordinal = models.PositiveIntegerField(_("number"), editable=False)

    parent_page_types = ["doakte_records.RecordFile"]
    subpage_types = ["doakte_records.Document"]
    content_panels = [
        FieldPanel("title"),
        FieldPanel("dated"),
        *COMMON_PANELS,
        InlinePanel("contacts", heading=_("Contacts"), label=_("contact")),
    ]

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")

    def get_url(self, request=None, current_site=None):
        return reverse("doakte_intranet:case", args=[self.uuid])


class Contact(Orderable):
    """A party of a case with its role and address (R18, xdomea KontaktType)."""

    case = ParentalKey(Case, on_delete=models.CASCADE, related_name="contacts")
    role = models.CharField(_("role"), max_length=80, help_text=_("For example applicant or neighbour"))
    name = models.CharField(_("name"), max_length=255)
    street = models.CharField(_("street and number"), max_length=255, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=10, blank=True)
    town = models.CharField(_("town"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=60, blank=True)

    class Meta(Orderable.Meta):
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")

    def __str__(self):
        return f"{self.name} ({self.role})"


@written_once("id", "uuid", "component number")
class Version(models.Model):
    """One version of a document's file or of an attachment. Written once (R16, W14): triggers refuse the rest.

    It knows its document by identifier only, so that the row can precede the document and outlive it.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    document_uuid = models.UUIDField(db_index=True)
    #: The document itself, or the attachment, that this is a version of.
    component = models.UUIDField()
    number = models.PositiveIntegerField(_("version"))
    blob = models.ForeignKey(Blob, models.PROTECT, related_name="versions")
    file_name = models.CharField(_("file name"), max_length=255)
    media_type = models.CharField(_("media type"), max_length=120)
    note = models.CharField(_("note"), max_length=255, blank=True)
    created_at = models.DateTimeField(_("filed at"), default=timezone.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("filed by")
    )

    class Meta:
        ordering = ["component", "number"]
        constraints = [models.UniqueConstraint(fields=["component", "number"], name="doakte_version_number")]
        verbose_name = _("version")
        verbose_name_plural = _("versions")

    def __str__(self):
        return f"{self.file_name} ({self.number})"


class Document(Record):
    """Dokument: one letter, mail or note, with its versions and attachments."""

    ordinal = models.PositiveIntegerField(_("number"), editable=False)
    direction = models.CharField(
        _("direction"), max_length=10, choices=Direction.choices, default=Direction.INTERNAL
    )
    document_type = models.CharField(
        _("type"), max_length=20, choices=DocumentType.choices, default=DocumentType.LETTER
    )
    sender = models.CharField(_("sender"), max_length=255, blank=True)
    recipient = models.CharField(_("recipient"), max_length=255, blank=True)
    foreign_reference = models.CharField(_("foreign reference"), max_length=120, blank=True)
    #: xdomea Bezug: the letter or call that this one answers (R13).
    regarding = models.CharField(_("with reference to"), max_length=255, blank=True)
    author = models.CharField(_("author"), max_length=255, blank=True)
    #: xdomea Bearbeiter: who works on it, by name, as it stands in the letter (R13).
    clerk = models.CharField(_("case worker"), max_length=255, blank=True)
    received_on = models.DateField(_("received on"), null=True, blank=True)
    sent_on = models.DateField(_("sent on"), null=True, blank=True)
    #: The version of the file that belongs to this state of the document; a revision keeps its own.
    version = models.ForeignKey(
        Version, models.PROTECT, null=True, related_name="+", editable=False, verbose_name=_("version")
    )

    parent_page_types = ["doakte_records.Case"]
    subpage_types: list[str] = []
    content_panels = [
        FieldPanel("title"),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("dated"), FieldPanel("document_type"), FieldPanel("direction")]),
                FieldRowPanel([FieldPanel("sender"), FieldPanel("recipient")]),
                FieldRowPanel([FieldPanel("author"), FieldPanel("clerk"), FieldPanel("regarding")]),
                FieldRowPanel(
                    [FieldPanel("received_on"), FieldPanel("sent_on"), FieldPanel("foreign_reference")]
                ),
            ],
            heading=_("Letter"),
        ),
        *COMMON_PANELS,
    ]
    search_fields = [
        *Record.search_fields,
        index.SearchField("sender"),
        index.SearchField("recipient"),
        index.SearchField("author"),
        index.SearchField("regarding"),
        index.SearchField("foreign_reference", boost=2),
        index.SearchField("file_text"),
    ]

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")

    def save(self, *args, **kwargs):
        self.published_at = self.last_published_at if self.live else None
        return super().save(*args, **kwargs)

    def get_url(self, request=None, current_site=None):
        return reverse("doakte_intranet:document", args=[self.uuid])

    @cached_property
    def file_text(self) -> str:
        """The text of the file and its attachments, as far as it has been read. Kept, like `keyword_names`."""
        versions = [attachment.version for attachment in self.attachments.all()]
        if self.version:
            versions.insert(0, self.version)
        texts = text_of(versions)
        return "\n".join(texts.get(version.uuid, "") for version in versions)


class Attachment(Orderable):
    """Anlage of a document. Part of the document's revisions: what was signed names its attachments."""

    uuid = models.UUIDField(default=uuid.uuid4, editable=False)
    document = ParentalKey(Document, on_delete=models.CASCADE, related_name="attachments")
    title = models.CharField(_("title"), max_length=255)
    version = models.ForeignKey(Version, models.PROTECT, related_name="+", editable=False)

    class Meta(Orderable.Meta):
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")

    def __str__(self):
        return self.title


class UnreadMail(models.Model):
    """An e-mail that a worker has still to read: the order, and why it was given up. Gone once it has been read."""

    document = models.OneToOneField(Document, models.CASCADE, primary_key=True, related_name="+")
    version = models.ForeignKey(Version, models.PROTECT, related_name="+")
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    #: {name: value} of what the e-mail may say better, as it stood when it was filed; what differs since stays.
    stands = models.JSONField(default=dict)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    gave_up = models.BooleanField(default=False)
    #: Why, one of `storage.Derivation.Note`; "" where the document was not to be changed any more.
    note = models.CharField(max_length=20, blank=True)

    class Meta:
        default_permissions = ()

    def __str__(self):
        return str(self.document_id)


class RecordLink(models.Model):
    """A reference from one record to another, to be followed both ways; survives moves (R17)."""

    source = models.ForeignKey(Record, models.PROTECT, related_name="links")
    target = models.ForeignKey(Record, models.PROTECT, related_name="linked_from")
    kind = models.CharField(_("kind"), max_length=20, choices=LinkKind.choices, default=LinkKind.RELATED)
    note = models.CharField(_("note"), max_length=255, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "target", "kind"], name="doakte_link_once"),
            models.CheckConstraint(
                condition=~models.Q(source=models.F("target")), name="doakte_link_not_self"
            ),
        ]
        verbose_name = _("reference")
        verbose_name_plural = _("references")

    def __str__(self):
        return f"{self.source} → {self.target}"


@written_once("id")
class FormerReference(models.Model):
    """A reference that a record bore before it was moved; still findable (R19)."""

    record = models.ForeignKey(Record, models.PROTECT, related_name="former_references")
    reference = models.CharField(_("reference"), max_length=120, db_index=True)
    replaced_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-replaced_at"]
        indexes = [models.Index(Upper("reference"), name="doakte_former_reference")]
        verbose_name = _("former reference")

    def __str__(self):
        return self.reference


class Counter(models.Model):
    """The last number given below a unit in a year, in a file, in a case. One row each; never goes back (R10)."""

    #: Identifier of the unit, file or case that numbers are given below.
    owner_uuid = models.UUIDField()
    #: 0 where numbers do not start again each year.
    year = models.PositiveSmallIntegerField(default=0)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner_uuid", "year"], name="doakte_counter")]


@never_removed("id", "uuid")
class EmergencyAccess(models.Model):
    """A technical administrator's request to read a record, and what became of it (R61). See `emergency`."""

    class State(models.TextChoices):
        REQUESTED = "requested", _("waits for a second person")
        GRANTED = "granted", _("granted")
        REFUSED = "refused", _("refused")

    class Duration(models.IntegerChoices):
        """In hours."""

        SHORT = 1, _("1 hour")
        HALF_A_DAY = 4, _("4 hours")
        A_DAY = 24, _("24 hours")

    #: Nobody has to decide about what is older.
    EXPIRES_AFTER = timedelta(hours=24)

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    #: As it was entered. Only the second person learns whether it leads to a record.
    reference = models.CharField(_("reference"), max_length=120)
    record_uuid = models.UUIDField(null=True, editable=False)
    reason = models.TextField(_("reason"))
    hours = models.PositiveSmallIntegerField(_("duration"), choices=Duration.choices, default=Duration.SHORT)
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.REQUESTED)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("requested by")
    )
    requested_at = models.DateTimeField(_("requested at"), default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)
    refusal = models.CharField(_("reason of the refusal"), max_length=255, blank=True)
    ends = models.DateTimeField(_("ends"), null=True)
    #: When it ended; the journal says so from then on.
    ended_at = models.DateTimeField(_("ended at"), null=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["state", "requested_at"], name="doakte_emergency_state")]
        verbose_name = _("emergency access")
        verbose_name_plural = _("emergency accesses")

    def __str__(self):
        # Stands in the journal, which more people read than may know of the record.
        return str(_("Emergency access of %s") % name_of(self.requested_by))

    @property
    def is_expired(self) -> bool:
        return self.state == self.State.REQUESTED and self.requested_at <= timezone.now() - self.EXPIRES_AFTER

    @property
    def is_waiting(self) -> bool:
        return self.state == self.State.REQUESTED and not self.is_expired

    @property
    def is_running(self) -> bool:
        return self.state == self.State.GRANTED and not self.ended_at and self.ends > timezone.now()

    @property
    def standing(self) -> str:
        """Return how it is doing now, in words."""
        if self.is_expired:
            return str(_("expired"))
        if self.state == self.State.GRANTED and not self.is_running:
            return str(_("ended"))
        return self.get_state_display()
