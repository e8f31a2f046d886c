"""Back-ups with a day in their name, and putting one back without bringing back what people had deleted."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

from evidence_atlas.inbox.serve import alone
from evidence_atlas.inbox.store import Store, StoreError, flush, today

_NAME = "inbox-%Y-%m-%d.db"
_PARTS = ("", "-wal", "-shm")


def back_up(store: Store, folder: Path, keep: int | None) -> tuple[Path, list[Path]]:
    """Write a back-up of this day, and delete those that are too old.

    Args:
        store: The inbox.
        folder: Where back-ups lie; it is made where there is none.
        keep: Days for which they are kept; ``None`` for ever.

    Returns:
        The back-up, and those that were deleted.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = folder / today().strftime(_NAME)
    store.copy_to(target)
    old = [path for path in sorted(folder.iterdir()) if keep is not None and _age(path) > keep]
    for path in old:
        path.unlink()
    return target, old


def _age(path: Path) -> int:
    """Return how many days ago a back-up was made; -1 for a file that is none."""
    try:
        made = dt.datetime.strptime(path.name, _NAME).replace(tzinfo=dt.UTC).date()
    except ValueError:
        return -1
    return (today() - made).days


def restore(backup: Path, database: Path) -> tuple[Path | None, int]:
    """Put a back-up in the place of the database.

    What was deleted since the back-up was made is deleted from it too, as far as the old database still says so.

    Args:
        backup: A file that `back_up` made.
        database: The inbox, which need not be usable, nor there.

    Returns:
        Where the old database was put, if there was one, and how many messages were deleted again.

    Raises:
        StoreError: The back-up is not usable; the database stays as it was.
        ValueError: The service runs.
    """
    with alone(database):
        fresh = database.with_name(f"{database.name}.restoring")
        shutil.copyfile(backup, fresh)
        fresh.chmod(0o600)
        restored = Store(fresh)
        try:
            restored.check(thorough=True)
            before = {kept.reference for kept in restored.messages()}
            gone = sorted(before & set(_erased(database)))
            restored.erase(_erased(database))
        except StoreError:
            _remove(fresh)
            raise
        restored.close()
        flush(fresh)
        aside = _put_aside(database)
        fresh.replace(database)
        flush(database.parent)
    return aside, len(gone)


def _erased(database: Path) -> list[str]:
    store = Store(database)
    try:
        return store.erased()
    except StoreError:
        return []
    finally:
        store.close()


def _put_aside(database: Path) -> Path | None:
    """Rename the old database with its journal: a journal beside another database would spoil that."""
    if not database.exists():
        return None
    number = next(n for n in range(1, 1000) if not database.with_name(f"{database.name}.replaced-{n}").exists())
    aside = database.with_name(f"{database.name}.replaced-{number}")
    for part in _PARTS:
        path = database.with_name(database.name + part)
        if path.exists():
            path.replace(aside.with_name(aside.name + part))
    return aside


def _remove(path: Path) -> None:
    for part in _PARTS:
        path.with_name(path.name + part).unlink(missing_ok=True)
