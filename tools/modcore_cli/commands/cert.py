"""`modcore cert`: a certificate for a device."""

import json
import os
from pathlib import Path
from typing import Annotated

import typer

from .. import certificate
from ..problem import Problem

_CERT, _KEY = "tls.crt", "tls.key"


def register(parent):
    """Add the command to `parent`."""
    parent.command()(cert)


def cert(
    names: Annotated[list[str], typer.Argument(help="Host names and IP addresses of the device.")],
    etc: Annotated[Path, typer.Option(help="Configuration folder to write to.")] = Path("etc"),
    days: Annotated[int, typer.Option(min=1, max=36500, help="How long it is valid.")] = 825,
    port: Annotated[int, typer.Option(min=1, max=65535, help="TCP port for https.")] = 443,
    redirect: Annotated[
        int, typer.Option(min=0, max=65535, help="TCP port that leads from http there; 0: none.")
    ] = 80,
    force: Annotated[bool, typer.Option("--force", help="Replace a key that is there.")] = False,
):
    """Make a self-signed certificate and its key, and switch the device's configuration to TLS.

    Writes tls.crt and tls.key (EC, P-256) into the configuration folder, and the settings that name them into its
    windup.json; other settings there stay. Apple's devices take no certificate that is valid for more than 825 days.
    The key is the device's secret: one folder for each device, and none in an image that many share.

    Example: `modcore cert garden.local 192.168.1.20 --etc garden/etc`, then
    `modcore image vfs vfs.img --partitions boards/ESP32_PSRAM/partitions.csv --etc garden/etc`

    Example: `curl --cacert garden/etc/tls.crt https://garden.local/`
    """
    files = etc / _CERT, etc / _KEY
    for path in files:
        if path.exists() and not force:
            raise Problem(
                f"{path} is there already",
                "Who trusts it would have to trust a new one: --force makes it.",
            )
    settings = _settings(etc / "windup.json")
    texts = certificate.make(names, days)
    etc.mkdir(parents=True, exist_ok=True)
    _write(files[0], texts[0], 0o644)
    _write(files[1], texts[1], 0o600)
    settings |= {"port": port, "tls_cert": _CERT, "tls_key": _KEY, "tls_redirect_port": redirect}
    _write(etc / "windup.json", (json.dumps(settings, indent=4) + "\n").encode(), 0o644)
    print(f"{files[0]} and {files[1]}: for {', '.join(names)}, {days} days")


def _settings(path):
    if not path.exists():
        return {}
    try:
        settings = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise Problem(f"{path}: {error}", "Mend it, or remove it.") from None
    if not isinstance(settings, dict):
        raise Problem(f"{path}: expected a JSON object, found {type(settings).__name__}")
    return settings


def _write(path, data, mode):
    # Nobody else may read a key, not for a moment; and half a file is none
    beside = path.with_name(path.name + ".new")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(data)
    beside.replace(path)
