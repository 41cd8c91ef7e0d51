"""A private MariaDB server."""

from __future__ import annotations

import getpass
import shutil
import subprocess
import tempfile
from pathlib import Path

import pymysql

from tests.servers.process import Server, binary, free_port

OPTIONS = (
    "--innodb-buffer-pool-size=64M", "--innodb-log-file-size=32M", "--innodb-flush-log-at-trx-commit=1",
    "--skip-log-bin", "--max-connections=150", "--character-set-server=utf8mb4", "--innodb-lock-wait-timeout=5",
)  # fmt: skip


class MariaDB:
    """Server with one user, ``portal``; every test run has databases of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = _fast_folder(folder), free_port()
        self.user = getpass.getuser()
        subprocess.run(
            [binary("mariadb-install-db"), "--no-defaults", f"--datadir={self.folder}/data", f"--user={self.user}",
             "--auth-root-authentication-method=normal", "--skip-test-db"],
            check=True, capture_output=True,
        )  # fmt: skip
        self.server = self._start()

    def _start(self) -> Server:
        server = Server(
            [binary("mariadbd"), "--no-defaults", f"--datadir={self.folder}/data", f"--user={self.user}",
             f"--port={self.port}", "--bind-address=127.0.0.1", f"--socket={self.folder}/sock",
             f"--pid-file={self.folder}/pid", *OPTIONS],
            self.folder / "log",
        )  # fmt: skip
        server.wait(self._answers)
        return server

    def _answers(self) -> bool:
        try:
            self.connect().close()
        except pymysql.err.OperationalError:
            return False
        return True

    def connect(self) -> pymysql.connections.Connection:
        return pymysql.connect(host="127.0.0.1", port=self.port, user="root", autocommit=True, connect_timeout=2)

    def database(self, name: str) -> str:
        """Make an empty database; its address for DATABASE_URL."""
        with self.connect() as connection, connection.cursor() as cursor:
            cursor.execute(f"CREATE OR REPLACE DATABASE `{name}` CHARACTER SET utf8mb4")
        return f"mysql://root@127.0.0.1:{self.port}/{name}"

    def kill(self) -> None:
        """As a power cut would."""
        self.server.process.kill()
        self.server.process.wait()

    def restart(self) -> None:
        self.server.stop()
        self.server = self._start()

    def stop(self) -> None:
        self.server.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def _fast_folder(folder: Path) -> Path:
    """A folder in memory where the machine has room: the same server, and syncing to disk costs nothing."""
    memory = Path("/dev/shm")
    if memory.is_dir() and shutil.disk_usage(memory).free > 2 << 30:
        return Path(tempfile.mkdtemp(prefix="portal-mariadb-", dir=memory))
    folder.mkdir(parents=True, exist_ok=True)
    return folder
