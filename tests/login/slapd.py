"""A real LDAP directory for tests: Debian's slapd on a free port, with a folder of its own."""

import shutil
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from tests.running_site import free_port

BASE = "dc=musterstadt,dc=example"
ADMIN = f"cn=admin,{BASE}"
PASSWORD = "geheim-geheim"
CONFIG = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile {folder}/slapd.pid
database mdb
maxsize 10485760
suffix "{base}"
rootdn "{admin}"
rootpw {password}
directory {folder}/data
"""


def seconds_from_now(seconds: float):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        yield
        time.sleep(0.05)


class Slapd:
    """`start`, then `add`, `change` and `remove` people and groups; `stop` at the end."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.url = f"ldap://127.0.0.1:{free_port()}"
        self.process = None

    def start(self) -> None:
        import ldap

        (self.folder / "data").mkdir(parents=True)
        config = self.folder / "slapd.conf"
        config.write_text(
            CONFIG.format(folder=self.folder, base=BASE, admin=ADMIN, password=PASSWORD).strip() + "\n"
        )
        # A copy: where AppArmor watches, the installed program may only open the system's directory.
        program = shutil.copy("/usr/sbin/slapd", self.folder / "slapd")
        self.process = subprocess.Popen([program, "-f", config, "-h", self.url, "-d", "0"])
        for _ in seconds_from_now(30):
            with suppress(ldap.SERVER_DOWN):
                self.connection = ldap.initialize(self.url)
                self.connection.simple_bind_s(ADMIN, PASSWORD)
                break
        else:
            raise TimeoutError("slapd does not answer")
        self.add(BASE, objectClass=["dcObject", "organization"], o="Musterstadt", dc="musterstadt")
        for name in ("people", "groups"):
            self.add(f"ou={name},{BASE}", objectClass="organizationalUnit", ou=name)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()

    def add(self, dn: str, **attributes) -> str:
        self.connection.add_s(dn, [(name, values(value)) for name, value in attributes.items()])
        return dn

    def set(self, dn: str, **attributes) -> None:
        import ldap

        self.connection.modify_s(
            dn, [(ldap.MOD_REPLACE, name, values(value)) for name, value in attributes.items()]
        )

    def remove(self, dn: str) -> None:
        self.connection.delete_s(dn)

    def clear(self) -> None:
        """Remove all people and groups."""
        import ldap

        for name in ("people", "groups"):
            for dn, _ in self.connection.search_s(f"ou={name},{BASE}", ldap.SCOPE_ONELEVEL):
                self.remove(dn)

    def person(self, uid: str, *offices: str, first="Änne", last="Groß", password="im Verzeichnis!") -> str:
        extra = {"departmentNumber": list(offices)} if offices else {}
        return self.add(
            f"uid={uid},ou=people,{BASE}",
            objectClass="inetOrgPerson",
            uid=uid,
            cn=f"{first} {last}",
            givenName=first,
            sn=last,
            mail=f"{uid}@musterstadt.example",
            userPassword=password,
            **extra,
        )

    def group(self, name: str, *members: str) -> str:
        return self.add(
            f"cn={name},ou=groups,{BASE}", objectClass="groupOfNames", cn=name, member=list(members)
        )


def values(value) -> list[bytes]:
    return [one.encode() for one in ([value] if isinstance(value, str) else value)]
