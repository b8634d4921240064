"""What doAkte writes is not for everybody who has an account on this machine (issue 11).

Folders are 0750 and files 0640 at most: the group is for backups. Needs nothing of Django: settings begin with it.
"""

import os
import stat
from pathlib import Path

#: What nobody else may do with what a process of ours writes.
UMASK = 0o027
FOR_OTHERS = stat.S_IRWXO
#: By these a folder is known as ours, so that no shared one is closed where DOAKTE_DATA names it by mistake.
OURS = ("secret_key", "doakte.sqlite3")


def set_umask() -> None:
    """Let this process and its children write for owner and group alone; a stricter umask of the operator stays.

    Called where the package is imported, and so in whatever runs it: manage.py, gunicorn's workers, Celery.
    """
    os.umask(os.umask(UMASK) | UMASK)


def private_folder(folder: Path) -> None:
    """Make a folder with its parents; take from others what an earlier version left open to them in one of ours.

    What lies in closed folders is out of reach: the folder and what lies right in it are looked at, and no blobs.
    """
    folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    if any((folder / name).exists() for name in OURS):
        close(folder)


def close(folder: Path) -> None:
    for path in (folder, *folder.iterdir()):
        if path.is_symlink():
            continue
        found = path.stat()
        if found.st_mode & FOR_OTHERS and found.st_uid == os.geteuid():
            path.chmod(stat.S_IMODE(found.st_mode) & ~FOR_OTHERS)
