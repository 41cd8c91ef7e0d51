"""``flask dev gateways``: the gateways on this machine, for clicking through a whole payment."""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup, with_appcontext

from portal.payments.sandbox.payfast import Sandbox
from portal.payments.sandbox.server import Server
from portal.platform import config, gateway_settings

dev_cli = AppGroup("dev", help="Tools for people who work on the portal.")


@dev_cli.command("gateways")
@with_appcontext
def gateways() -> None:
    """Start the local sandbox of PayFast; the portal uses it where GATEWAY_SANDBOX=on."""
    settings = config.current()
    if settings.production:
        click.echo("The sandbox is not for production.", err=True)
        sys.exit(1)
    server = Server(Sandbox(gateway_settings.sandbox(settings.gateway_sandbox_port)), settings.gateway_sandbox_port)
    click.echo(f"PayFast sandbox at http://127.0.0.1:{settings.gateway_sandbox_port}; stop it with Ctrl-C.")
    if settings.payfast is None:
        click.echo("The portal does not use it yet: start it with GATEWAY_SANDBOX=on.")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


COMMANDS = (dev_cli,)
