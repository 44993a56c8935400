"""Puts the page's front-end libraries in their place: pinned npm packages, checked against their hashes.

``plugins/aurora_migration/web/vendor.json`` says which files of which packages; nothing else is taken, and nothing
is run. npm fetches them where it is installed, so its own settings count; otherwise they are fetched over HTTPS
from the registry that npm_config_registry names, or npm's own. The image is built with it: standard library only.

    python -m local.vendor [--into FOLDER]
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

WEB: Final = Path(__file__).resolve().parents[1] / "plugins" / "aurora_migration" / "web"
LIST: Final = WEB / "vendor.json"
FOLDER: Final = WEB / "static" / "vendor"
COMPLETE: Final = ".complete"  # written last; holds the digest of the list
SETTINGS: Final = ("npm_config_registry", "NPM_CONFIG_REGISTRY")
REGISTRY: Final = "https://registry.npmjs.org/"
SECONDS: Final = 60


class VendorError(Exception):
    """A package cannot be had, or is not the one that is pinned."""


@dataclass(frozen=True, slots=True)
class Package:
    """One pinned npm package and the files that are taken from it, by their name here."""

    name: str
    version: str
    integrity: str
    files: dict[str, str]


def packages(path: Path = LIST) -> tuple[Package, ...]:
    """The pinned list."""
    known = json.loads(path.read_text(encoding="utf-8"))["packages"]
    return tuple(Package(one["name"], one["version"], one["integrity"], one["files"]) for one in known)


def install(into: Path = FOLDER, path: Path = LIST) -> bool:
    """Put every file in place unless they are there already; tells whether anything was done.

    Raises: VendorError; what was there before stays then.
    """
    wanted = hashlib.sha256(path.read_bytes()).hexdigest()
    if (into / COMPLETE).is_file() and (into / COMPLETE).read_text() == wanted:
        return False
    into.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=into.parent, prefix=".vendor-") as scratch:
        made = Path(scratch) / "made"
        made.mkdir()
        for package in packages(path):
            archive = fetch(package, Path(scratch))
            check(package, archive)
            for name, content in contents(package, archive):
                (made / name).write_bytes(content)
        (made / COMPLETE).write_text(wanted)
        shutil.rmtree(into, ignore_errors=True)
        made.rename(into)
    into.chmod(0o755)
    return True


def check(package: Package, archive: Path) -> None:
    """Raises: VendorError unless the archive has the pinned hash."""
    algorithm, _, expected = package.integrity.partition("-")
    found = base64.b64encode(hashlib.new(algorithm, archive.read_bytes()).digest()).decode()
    if found != expected:
        raise VendorError(f"{package.name} {package.version} is not the package that is pinned: its hash differs")


def contents(package: Package, archive: Path) -> Iterator[tuple[str, bytes]]:
    """The wanted files of an archive. Raises: VendorError if one is not in it."""
    with tarfile.open(archive) as tar:
        for member, name in package.files.items():
            try:
                file = tar.extractfile(f"package/{member}")
            except KeyError:
                file = None
            if file is None:
                raise VendorError(f"{package.name} {package.version} has no file {member}")
            yield name, file.read()


def fetch(package: Package, into: Path) -> Path:
    """Download a package's archive. Raises: VendorError, which names no address."""
    if npm := shutil.which("npm"):
        command = [npm, "pack", f"{package.name}@{package.version}", "--silent", "--pack-destination", str(into)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=5 * SECONDS)
        if done.returncode == 0:
            return into / done.stdout.split()[-1]
    return _download(package, into)


def _download(package: Package, into: Path) -> Path:
    registry = next((os.environ[name] for name in SETTINGS if os.environ.get(name)), REGISTRY)
    about = f"{registry.rstrip('/')}/{quote(package.name, safe='@')}/{package.version}"
    path = into / f"{package.name.replace('/', '-')}.tgz"
    try:
        with urllib.request.urlopen(about, timeout=SECONDS) as answer:
            archive = json.load(answer)["dist"]["tarball"]
        with urllib.request.urlopen(archive, timeout=SECONDS) as answer:
            path.write_bytes(answer.read())
    except (OSError, ValueError, KeyError) as error:
        reason = type(error).__name__
        raise VendorError(f"{package.name} {package.version} could not be downloaded ({reason})") from error
    return path


def main() -> int:
    parser = argparse.ArgumentParser(description="Put the page's front-end libraries in place.")
    parser.add_argument("--into", type=Path, default=FOLDER, help="folder to put them in")
    parser.add_argument("--list", type=Path, default=LIST, help="the pinned list")
    chosen = parser.parse_args()
    try:
        done = install(chosen.into, chosen.list)
    except VendorError as error:
        print(f"vendor: {error}", file=sys.stderr)
        print(
            "vendor: everything works without, but the page in Airflow shows no tables and charts", file=sys.stderr
        )
        return 1
    if done:
        names = ", ".join(f"{one.name} {one.version}" for one in packages(chosen.list))
        print(f"vendor: {names} for the page in Airflow")
    return 0


if __name__ == "__main__":
    sys.exit(main())
