"""The places in a stock that the scenarios lead to, looked up once."""

from functools import cached_property

from django.contrib.auth import get_user_model

from doakte_content.fileplan.models import FilePlan, FilePlanUnit
from doakte_content.records.enums import State
from doakte_content.records.models import Case, Document, RecordFile
from tests.bench import stock


class Places:
    """Lazily found, so that a stock without one of them can still be measured otherwise."""

    @cached_property
    def plan(self) -> FilePlan:
        return FilePlan.objects.get()

    @cached_property
    def unit(self) -> FilePlanUnit:
        """With 5,000 files."""
        return FilePlanUnit.objects.get(number=stock.LARGE_UNIT)

    @cached_property
    def middle(self) -> int:
        """The number of a file in the middle of the large unit's list, as addresses of further pages name it."""
        files = RecordFile.objects.child_of(self.unit).order_by("reference_key").values_list("pk", flat=True)
        return files[self.unit.numchild // 2]

    @cached_property
    def group(self) -> FilePlanUnit:
        """With 90,000 records below."""
        return FilePlanUnit.objects.get(number=stock.LARGE_GROUP)

    @cached_property
    def other_unit(self) -> FilePlanUnit:
        """Another one of the same office that takes files."""
        return FilePlanUnit.objects.get(number="5.1.1")

    def _file(self, title: str) -> RecordFile:
        return RecordFile.objects.get(unit=self.unit, title=title)

    @cached_property
    def file(self) -> RecordFile:
        """With 2,000 documents."""
        return self._file(stock.LARGE_FILE)

    @cached_property
    def file_to_close(self) -> RecordFile:
        return self._file(stock.FILE_TO_CLOSE)

    @cached_property
    def file_to_move(self) -> RecordFile:
        return self._file(stock.FILE_TO_MOVE)

    @cached_property
    def case(self) -> Case:
        """With 1,100 documents."""
        return Case.objects.child_of(self.file).get(title=stock.LARGE_CASE)

    @cached_property
    def small_case(self) -> Case:
        """An ordinary, open one."""
        return Case.objects.child_of(self.file_to_move).filter(state=State.OPEN).order_by("reference_key")[0]

    @cached_property
    def document(self) -> Document:
        """A published one, in the middle of the large case."""
        return Document.objects.child_of(self.case).order_by("reference_key")[self.case.numchild // 2]

    @cached_property
    def beginning(self) -> str:
        """The beginning of the Aktenzeichen of the large unit's files in one year."""
        return self.file.reference.rsplit("-", 1)[0] + "-"

    def person(self, name: str):
        return get_user_model().objects.get(username=name)
