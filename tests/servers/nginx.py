"""A small nginx before the portal, as operators put one: it names the client in X-Forwarded-For."""

from __future__ import annotations

from pathlib import Path

from tests.servers.process import Server, binary, free_port, listening

CONF = """
daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log; worker_processes 1;
events {{ worker_connections 64; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://127.0.0.1:{upstream};
      proxy_http_version 1.1;
      proxy_set_header Host $host;
      proxy_set_header Connection "";
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
    }}
  }}
}}
"""


class Nginx:
    """A buffering reverse proxy on a port of its own."""

    def __init__(self, folder: Path, upstream: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        conf = folder / "nginx.conf"
        conf.write_text(CONF.format(folder=folder, port=self.port, upstream=upstream))
        self.server = Server([binary("nginx"), "-c", str(conf), "-p", str(folder)], folder / "out")
        self.server.wait(lambda: listening(self.port))

    def stop(self) -> None:
        self.server.stop()
