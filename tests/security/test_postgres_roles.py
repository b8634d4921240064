"""doAkte on PostgreSQL with two roles, made by the delivered script; who attacks has the application's password."""

import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
import psycopg
import pytest
from django.db import connection
from django.db.utils import ConnectionHandler

from doakte_content.journal import append_only, guards
from tests.conftest import on_postgres

from .conftest import POSTGRES_URL

# All of them: others would run later, and the house be built twice.
pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[2]
SERVER = urlsplit(POSTGRES_URL)
#: Roles belong to the whole server: names that nobody else has.
DATABASE, OWNER, APPLICATION = (f"doakte_test_{name}_{os.getpid()}" for name in ("roles", "owner", "app"))


class House:
    """A database with its two roles, in which a day's work was done as the application."""

    superuser = SERVER._replace(path=f"/{DATABASE}").geturl()

    @staticmethod
    def url(role: str) -> str:
        return SERVER._replace(
            netloc=f"{role}:geheim@{SERVER.hostname}:{SERVER.port or 5432}", path=f"/{DATABASE}"
        ).geturl()

    owner, application = url(OWNER), url(APPLICATION)

    def __init__(self, data: Path):
        self.data = data

    def run(self, *command, stdin=None, check=True, **env) -> subprocess.CompletedProcess:
        ours = ("DOAKTE_", "DJANGO_", "PG")
        clean = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        server = {"PGHOST": SERVER.hostname, "PGPORT": str(SERVER.port or 5432), "PGUSER": SERVER.username}
        paths = {"DOAKTE_DATA": str(self.data), "PYTHONPATH": f"{ROOT / 'site'}{os.pathsep}{ROOT}"}
        done = subprocess.run(
            [str(part) for part in command],
            env=clean | server | {"PGPASSWORD": SERVER.password or ""} | paths | env,
            input=stdin,
            capture_output=True,
            text=True,
        )
        if check and done.returncode:
            pytest.fail(f"{command} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
        return done

    def make_roles(self) -> None:
        self.run(
            ROOT / "scripts/create_database_roles",
            DATABASE,
            OWNER,
            APPLICATION,
            DOAKTE_OWNER_PASSWORD="geheim",
            DOAKTE_APP_PASSWORD="geheim",
        )

    def attack(self, statement: str) -> None:
        """Execute SQL with the application's login, and keep what it does."""
        with psycopg.connect(self.application, autocommit=True) as database:
            database.execute(statement)

    def kept(self) -> dict[str, int]:
        """Return how many rows each kept table has, and a sum over all that stands in them."""
        with psycopg.connect(self.superuser) as database:
            return {
                table: database.execute(
                    f"SELECT count(*), sum(hashtext(t::text)) FROM {table} AS t"
                ).fetchone()
                for table in append_only.KEPT
            }

    def as_django(self, url: str):
        return ConnectionHandler({"default": dj_database_url.parse(url)})["default"]


@pytest.fixture(scope="module")
def house(request, tmp_path_factory):
    house = House(tmp_path_factory.mktemp("house"))
    with psycopg.connect(POSTGRES_URL, autocommit=True) as server:
        try:
            if on_postgres():
                take_over_test_database(request, house)
            house.make_roles()
            house.run(
                sys.executable,
                ROOT / "manage.py",
                *("migrate", "--verbosity", "0"),
                DOAKTE_DATABASE_URL=house.application,
                DOAKTE_OWNER_DATABASE_URL=house.owner,
            )
            house.day = house.run(
                sys.executable,
                ROOT / "tests/security/second_role.py",
                check=False,
                DOAKTE_DATABASE_URL=house.application,
                DJANGO_SETTINGS_MODULE="doakte_site.settings.test",
            )
            house.before = house.kept()
            yield house
        finally:
            server.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
            for role in (OWNER, APPLICATION):
                server.execute(f"DROP ROLE IF EXISTS {role}")


def take_over_test_database(request, house: House) -> None:
    """Begin with what an installation with one role has: migrating an empty database takes half a minute."""
    request.getfixturevalue("django_db_setup")
    with request.getfixturevalue("django_db_blocker").unblock():
        # A test that committed has emptied it; before the first one of them nothing was kept to fill it again.
        if initial := getattr(connection, "_test_serialized_contents", ""):
            connection.creation.deserialize_db_from_string(initial)
        name = connection.settings_dict["NAME"]
    house.run("createdb", "--template", "template0", "--encoding", "UTF8", DATABASE)
    dump = house.run("pg_dump", "--no-owner", "--no-privileges", name).stdout
    psql = ("psql", "--quiet", "--no-psqlrc", "--single-transaction", "--set", "ON_ERROR_STOP=1")
    house.run(*psql, DATABASE, stdin=dump)


def test_the_application_works_as_the_second_role(house):
    """R60, W4: the role that may not touch the journal is enough for a whole day's work, nightly checks included."""
    assert house.day.returncode == 0, house.day.stderr
    assert [json.loads(line) for line in house.day.stdout.splitlines()] == [
        "city",
        "file and change",
        "sign and take back",
        "share, refuse and protect",
        "search",
        "move and cancel",
        "jobs and the index",
        "take over stock",
        "close and reopen",
        "pages",
        "nightly checks",
    ]


JOURNAL = "doakte_journal_journalentry"
ATTACKS = [
    *(f"UPDATE {table} SET id = id" for table in (JOURNAL, "doakte_records_version", "doakte_storage_blob")),
    "UPDATE doakte_approval_signature SET remark = 'nein'",
    f"UPDATE {JOURNAL} SET actor_name = 'niemand' WHERE false",
    *(f"DELETE FROM {table}" for table in append_only.KEPT),
    *(f"TRUNCATE {table} CASCADE" for table in append_only.KEPT),
    f"INSERT INTO {JOURNAL} SELECT * FROM {JOURNAL} ON CONFLICT (id) DO UPDATE SET actor_name = 'niemand'",
    f"MERGE INTO {JOURNAL} USING (VALUES (1)) AS v ON true WHEN MATCHED THEN UPDATE SET actor_name = 'niemand'",
    f"DO $$ BEGIN EXECUTE 'DELETE FROM {JOURNAL}'; END $$",
    f"WITH gone AS (DELETE FROM {JOURNAL} RETURNING 1) SELECT * FROM gone",
    "UPDATE wagtailcore_revision SET content = '{}'",
    "UPDATE django_content_type SET app_label = 'x' WHERE app_label = 'doakte_records'",
    "UPDATE django_content_type SET model = model WHERE false",
    "UPDATE doakte_records_record SET page_ptr_id = -page_ptr_id",
    "UPDATE doakte_records_record SET uuid = gen_random_uuid()",
    "UPDATE doakte_approval_approval SET document_id = document_id + 1",
    f"ALTER TABLE {JOURNAL} DISABLE TRIGGER ALL",
    f"ALTER TABLE {JOURNAL} DISABLE TRIGGER USER",
    f"DROP TRIGGER doakte_append_only_row ON {JOURNAL}",
    f"ALTER TABLE {JOURNAL} ADD COLUMN x int",
    f"DROP TABLE {JOURNAL} CASCADE",
    f"CREATE RULE r AS ON INSERT TO {JOURNAL} DO INSTEAD NOTHING",
    f"CREATE TRIGGER t BEFORE INSERT ON {JOURNAL} FOR EACH ROW EXECUTE FUNCTION doakte_append_only()",
    "CREATE OR REPLACE FUNCTION doakte_append_only() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'",
    "DROP FUNCTION doakte_append_only() CASCADE",
    "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE TABLE mine (id int)",
    f"CREATE TEMPORARY TABLE {JOURNAL} (object_uuid uuid, action text)",
    "CREATE SCHEMA mine",
    "CREATE EXTENSION file_fdw",
    "SET session_replication_role = replica",
    f"SET ROLE {OWNER}",
    f"SET SESSION AUTHORIZATION {OWNER}",
    f"GRANT {OWNER} TO {APPLICATION}",
    f"GRANT UPDATE ON {JOURNAL} TO {APPLICATION}; UPDATE {JOURNAL} SET actor_name = 'niemand'",
    f"ALTER ROLE {APPLICATION} SUPERUSER",
    f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} GRANT ALL ON TABLES TO {APPLICATION}",
    f"SELECT setval(pg_get_serial_sequence('{JOURNAL}', 'id'), 1, false)",
    f"ALTER SEQUENCE {JOURNAL}_id_seq RESTART",
    "UPDATE pg_trigger SET tgenabled = 'D'",
    f"COPY {JOURNAL} FROM PROGRAM 'true'",
    f"COPY {JOURNAL} TO '/tmp/journal'",
    "SELECT pg_read_file('/etc/passwd')",
    f"VACUUM FULL {JOURNAL}; DELETE FROM {JOURNAL}",
]


@pytest.mark.parametrize("statement", ATTACKS, ids=range(len(ATTACKS)))
def test_the_database_refuses_the_application(house, statement):
    """R60, W4, W14: with the application's password nobody changes or removes what is kept, nor what keeps it."""
    with pytest.raises(psycopg.Error) as refused:
        house.attack(statement)
    assert not isinstance(refused.value, psycopg.errors.SyntaxError | psycopg.errors.UndefinedTable)


def test_after_all_attacks_nothing_has_changed(house):
    """R60, W4, W14: what is kept stands there row by row as before; and there was something to lose."""
    assert house.kept() == house.before
    counts = {table: count for table, (count, _sum) in house.before.items()}
    unused = {
        "doakte_access_consent",
        "doakte_fileplan_planedition",
        "doakte_fileplan_reorganisation",
        "doakte_records_emergencyaccess",
    }
    assert {table for table, count in counts.items() if not count} <= unused


def test_rights_given_by_hand_are_named_and_taken_back(house):
    """R62: a right that an administrator of the database gave too much is named every night, and gone after `migrate`."""
    application, owner = house.as_django(house.application), house.as_django(house.owner)
    try:
        assert guards.problems(application) == []
        with owner.cursor() as cursor:
            cursor.execute(f"GRANT UPDATE (actor_name), DELETE ON {JOURNAL} TO {APPLICATION}")
        found = {(one.weakness, one.what.split()[1]) for one in guards.problems(application)}
        assert found == {(guards.Weakness.GRANTED, "UPDATE"), (guards.Weakness.GRANTED, "DELETE")}
        guards.establish(owner)
        assert guards.problems(application) == []
    finally:
        application.close()
        owner.close()


def test_creating_the_roles_again_opens_nothing(house):
    """W4: who runs the script once more, for a new password, takes back no protection."""
    house.make_roles()
    application = house.as_django(house.application)
    try:
        assert guards.problems(application) == []
    finally:
        application.close()


def test_in_production_one_role_is_an_error(house):
    """R60: a city that lets the application own its tables does not pass the check before it goes into service."""
    done = house.run(
        sys.executable,
        ROOT / "manage.py",
        *("check", "--deploy", "--database", "default"),
        check=False,
        DJANGO_SETTINGS_MODULE="doakte_site.settings.production",
        DOAKTE_SECRET_KEY="x" * 60 + "abcdefghij",
        DOAKTE_DATABASE_URL=house.owner,
    )
    assert done.returncode == 1 and "doakte.E003" in done.stderr
