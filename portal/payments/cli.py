"""``flask dev gateways``: the gateways on this machine, for clicking through a whole payment."""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup, with_appcontext

from portal.payments.sandbox.server import Server
from portal.platform import config, gateway_settings

dev_cli = AppGroup("dev", help="Tools for people who work on the portal.")


@dev_cli.command("gateways")
@with_appcontext
def gateways() -> None:
    """Start the local sandboxes of all gateways; the portal uses them where GATEWAY_SANDBOX=on."""
    settings = config.current()
    if settings.production:
        click.echo("The sandbox is not for production.", err=True)
        sys.exit(1)
    own = settings.gateways
    server = Server(own.sandbox_port)
    click.echo(f"PayFast, Ozow, Yoco and Stripe as sandboxes at http://127.0.0.1:{own.sandbox_port}; stop with Ctrl-C.")
    if own != gateway_settings.sandbox(own.sandbox_port):
        click.echo("The portal does not use them yet: start it with GATEWAY_SANDBOX=on.")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


COMMANDS = (dev_cli,)
