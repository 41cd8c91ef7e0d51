"""A private Redis server."""

from __future__ import annotations

from pathlib import Path

from tests.servers.process import Server, binary, free_port, listening


class Redis:
    """Server without persistence, on a port of its own."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.port = folder, free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        self.server = Server(
            [
                binary("redis-server"),
                "--port",
                str(self.port),
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--dir",
                str(self.folder),
            ],
            self.folder / "log",
        )
        self.server.wait(lambda: listening(self.port))

    def stop(self) -> None:
        self.server.stop()
