"""The bot's own parts: data, catalogue, templates, state."""

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

from bot.answer.library import Library, LibraryError
from bot.catalogue import check
from bot.doctor.finding import Finding, mend, note, ok
from bot.settings import Settings
from bot.state import State, StateError, StateUnavailableError
from bot.state.address import Address, Kind
from bot.state.database import PATIENCE, Database
from bot.state.migrate import revision
from bot.state.tables import REVISION


def data(folder: Path) -> Finding:
    """Whether the data files keep every rule."""
    try:
        report = check.run(folder)
    except FileNotFoundError as error:
        return mend("data", f"{error}: set BOT_DATA to the folder of the data files.")
    if not report.ok:
        return mend("data", f"{len(report.problems)} problems: see them with evidence-bot check.")
    return ok("data", f"{report.records} records keep every rule")


def catalogue(settings: Settings) -> Finding:
    """Whether the catalogue can be opened, or built where it is stale; and the templates read."""
    try:
        library = Library.open(settings.data, settings.catalogue, settings.responses)
    except LibraryError as error:
        return mend("catalogue", str(error))
    try:
        meta = library.catalogue.meta
        counts = f"{meta.studies} studies, {meta.topics} topics, {meta.criteria} case definitions"
        return ok("catalogue", f"{meta.catalogue_version} ({meta.content_hash[:8]}): {counts}")
    finally:
        library.close()


def state(settings: Settings) -> Iterator[Finding]:
    """Whether state can be reached, read and written. Nothing is made or migrated."""
    try:
        address = Address.read(settings.database_url.reveal())
    except StateError as error:
        yield mend("state", str(error))
        return
    if address.kind is Kind.SQLITE and not address.path.exists():
        yield _to_be_made(address.path)
        return
    yield asyncio.run(_looked_at(address))


def _to_be_made(file: Path) -> Finding:
    folder = file.parent
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    if not os.access(folder, os.W_OK | os.X_OK):
        return mend("state", f"{folder} cannot be written: let this user write it, or set DATABASE_URL.")
    return note("state", f"{file} is not there yet; the first start makes it.")


async def _looked_at(address: Address) -> Finding:
    kept = State(Database(address, PATIENCE))
    try:
        async with kept.database.read() as connection:
            found = await revision(connection)
        if found is None:
            return note("state", f"{kept.where} is empty; the first start makes the tables.")
        await kept.check()
    except StateUnavailableError as error:
        return mend("state", str(error))
    finally:
        await kept.close()
    if found != REVISION:
        return note("state", f"{kept.where} has the form {found}; the next start makes it {REVISION}.")
    return ok("state", f"{kept.where} can be read and written (form {found})")
