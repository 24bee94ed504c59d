"""A real PostgreSQL for tests, in a folder of its own, found where Debian and others put it."""

import glob
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path
from typing import Final
from urllib.parse import quote

import psutil

#: Holds what addresses must escape, so that every test shows that it is read rightly.
PASSWORD: Final = "p/a:s@s#w?rd%"
USER: Final = "bot"

_WANTED: Final = ("initdb", "pg_ctl", "postgres", "createdb", "dropdb")


def programs() -> Path | None:
    """The folder with PostgreSQL's server programs, or None."""
    on_path = shutil.which("initdb")
    folders = [Path(on_path).resolve().parent] if on_path else []
    folders += [Path(found) for found in sorted(glob.glob("/usr/lib/postgresql/*/bin"), reverse=True)]  # noqa: PTH207
    return next((folder for folder in folders if all((folder / name).exists() for name in _WANTED)), None)


class Server:
    """A server that listens on a free port of this machine, and on a socket in its folder."""

    def __init__(self, bin_folder: Path) -> None:
        self._bin = bin_folder
        # Not in pytest's folder: a server will not run as root, and nobody else may look in there.
        self.folder = Path(tempfile.mkdtemp(prefix="evidence-bot-pg-"))
        self._data = self.folder / "data"
        self._owner = _somebody_else()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        if self._owner:
            shutil.chown(self.folder, self._owner)
        secret = self.folder / "password"
        secret.write_text(PASSWORD, encoding="utf-8")
        self._run(
            "initdb", "-D", str(self._data), "-U", USER, "--pwfile", str(secret), "-A", "scram-sha-256",
            "-E", "UTF8", "--locale", "C.UTF-8", "--no-sync",
        )  # fmt: skip

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = f"-k {self.folder} -c listen_addresses=127.0.0.1 -c port={self.port} -c fsync=off"
        self._run(
            "pg_ctl", "-D", str(self._data), "-w", "-l", str(self.folder / "log"), "-o", options, "start"
        )

    def stop(self, mode: str = "immediate") -> None:
        """Stop it; ``immediate`` is as if it had been killed."""
        self._run("pg_ctl", "-D", str(self._data), "-w", "-m", mode, "stop")

    def runs(self) -> bool:
        """Whether it was started and not stopped."""
        return (self._data / "postmaster.pid").exists()

    def processes(self) -> list[psutil.Process]:
        """Its processes: the one that listens, and one for each connection."""
        first = psutil.Process(int((self._data / "postmaster.pid").read_text().split("\n")[0]))
        return [first, *first.children(recursive=True)]

    def create(self, database: str, template: str = "template1") -> None:
        """Create a database as a copy of another."""
        self._as_client("createdb", "-T", template, database)

    def drop(self, database: str) -> None:
        """Drop a database, whoever is connected to it."""
        self._as_client("dropdb", "--force", "--if-exists", database)

    def remove(self) -> None:
        """Stop it, and remove all of it."""
        if self.runs():
            self.stop()
        shutil.rmtree(self.folder)

    def url(self, database: str) -> str:
        """The address of a database, in the form that hosts hand out."""
        return f"postgres://{USER}:{quote(PASSWORD, safe='')}@127.0.0.1:{self.port}/{database}"

    def socket_url(self, database: str) -> str:
        """The address of a database by way of the socket."""
        return (
            f"postgresql://{USER}:{quote(PASSWORD, safe='')}@/{database}?host={self.folder}&port={self.port}"
        )

    def _as_client(self, program: str, *arguments: str) -> None:
        self._run(program, "-h", str(self.folder), "-p", str(self.port), "-U", USER, *arguments)

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(self._bin / program), *arguments],
            cwd=self.folder,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "PGPASSWORD": PASSWORD},
            user=self._owner,
            stdout=subprocess.DEVNULL,  # a server would keep a pipe open
            stderr=subprocess.STDOUT,
            check=False,
            timeout=120,
        )
        if done.returncode:
            log = self.folder / "log"
            message = f"{program} failed: {log.read_text() if log.exists() else done.returncode}"
            raise RuntimeError(message)


def _somebody_else() -> str | None:
    """Who is to run the server, which refuses to run as root; None: whoever runs the tests."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in known)
