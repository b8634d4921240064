"""Content is stored once, complete, and for good."""

import hashlib
import io

import pytest
from django.db import DatabaseError, connection, transaction

from doakte_content.storage.actions import check_size, store
from doakte_content.storage.errors import DamagedStore, EmptyFile, FileTooLarge
from doakte_content.storage.models import Blob
from tests.processes import at_once

CONTENT = b"Bescheid"


def files_below(root):
    return [path for path in root.rglob("*") if path.is_file()]


@pytest.mark.django_db
def test_content_lies_under_its_hash():
    """R16: each format has a hash; here it is also the place."""
    blob = store(io.BytesIO(CONTENT))
    sha256 = hashlib.sha256(CONTENT).hexdigest()
    assert (blob.sha256, blob.size, blob.path.read_bytes()) == (sha256, len(CONTENT), CONTENT)
    assert blob.path.parts[-3:] == (sha256[:2], sha256[2:4], sha256)


@pytest.mark.django_db
def test_same_content_is_stored_once(settings):
    first, second = store(io.BytesIO(CONTENT)), store(io.BytesIO(CONTENT))
    assert first == second
    assert len(files_below(settings.DOAKTE_BLOB_ROOT)) == 1


@pytest.mark.django_db
def test_empty_file_is_refused_and_leaves_nothing(settings):
    with pytest.raises(EmptyFile) as error:
        store(io.BytesIO(b""))
    assert str(error.value)
    assert not files_below(settings.DOAKTE_BLOB_ROOT) and not Blob.objects.exists()


@pytest.mark.django_db
def test_too_large_file_is_refused_with_the_limit_and_leaves_nothing(settings):
    settings.DOAKTE_MAX_UPLOAD_BYTES = 2 * 1024 * 1024
    with pytest.raises(FileTooLarge) as error:
        store(io.BytesIO(b"x" * (2 * 1024 * 1024 + 1)))
    assert "2,0\xa0MB" in str(error.value)
    assert not files_below(settings.DOAKTE_BLOB_ROOT) and not Blob.objects.exists()
    with pytest.raises(FileTooLarge):
        check_size(2 * 1024 * 1024 * 1024)


@pytest.mark.django_db
def test_existing_content_of_wrong_size_is_not_trusted():
    blob = store(io.BytesIO(CONTENT))
    blob.path.chmod(0o600)
    blob.path.write_bytes(b"")
    with pytest.raises(DamagedStore):
        store(io.BytesIO(CONTENT))
    assert blob.path.read_bytes() == b""


@pytest.mark.django_db
def test_orphan_of_a_failed_transaction_is_taken_up_again():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        store(io.BytesIO(CONTENT))
        raise ZeroDivisionError
    assert not Blob.objects.exists()
    assert store(io.BytesIO(CONTENT)).path.read_bytes() == CONTENT


@pytest.mark.django_db(transaction=True)
def test_processes_that_store_the_same_content_get_the_same_blob(settings):
    """The same file twice, at the same moment, is one blob and no error."""
    content = b"x" * 3_000_000

    def work(index):
        assert store(io.BytesIO(content)).path.read_bytes() == content

    assert at_once(6, work) == [0] * 6
    assert Blob.objects.count() == 1
    assert len(files_below(settings.DOAKTE_BLOB_ROOT)) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "statement", ["UPDATE doakte_storage_blob SET size = 1", "DELETE FROM doakte_storage_blob"]
)
def test_database_refuses_to_change_or_delete_a_blob(statement):
    """W14: a filed component is immutable, through any door."""
    store(io.BytesIO(CONTENT))
    with pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Blob.objects.get().size == len(CONTENT)
