"""Programs of other people that take part: fetched on first use into the cache and never installed.

mydumper and pt-table-checksum are Debian's packages, unpacked as MySQL's are; dlt, pinned, gets a virtual
environment of its own. What cannot be had is told in the result (`LocalError` carries why), never left out in
silence.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from local import LocalError, debian
from local.distribution import cache_folder

MYDUMPER: Final = debian.Download("mydumper", "debian-mydumper", ("mydumper",), 10, "It is left out.")
PERCONA: Final = debian.Download(
    "pt-table-checksum",
    "debian-percona-toolkit",
    ("percona-toolkit", "perl"),
    60,
    "It is left out.",
    unneeded=re.compile(r"(gcc-\d+-base|libtirpc-common|libc-gconv-modules|gdb|debconf)"),
)
DLT: Final = ("dlt[sqlalchemy,sql_database]==1.31.0", "mysqlclient==2.3.2", "pyarrow==26.0.1")


@dataclass(frozen=True, slots=True)
class Program:
    """How to start an unpacked program: what precedes its arguments, the variables it needs, its version."""

    words: tuple[str, ...]
    environment: dict[str, str]
    version: str


def mydumper(name: str) -> Program:
    """``mydumper`` or ``myloader``. Raises: LocalError."""
    root = _unpacked(MYDUMPER)
    words = (*debian.launcher(root), str(root / "usr/bin" / name))
    return Program(words, _variables(root), _first_line((*words, "--version"), _variables(root)))


def pt_table_checksum() -> Program:
    """With the Perl it was built for. Raises: LocalError."""
    root = _unpacked(PERCONA)
    perl = [path for path in sorted(root.glob("usr/**/perl*")) if path.is_dir()]
    folders = [
        root / "usr/share/perl5",
        *(child for path in perl for child in path.iterdir() if _versioned(child)),
    ]
    folders += [path for path in perl if path.name == "perl-base"]
    variables = {**_variables(root), "PERL5LIB": ":".join(map(str, folders))}
    words = (*debian.launcher(root), str(root / "usr/bin/perl"), str(root / "usr/bin/pt-table-checksum"))
    return Program(words, variables, _first_line((*words, "--version"), variables))


@cache
def dlt() -> Path:
    """The Python of dlt's own environment. Raises: LocalError."""
    folder = cache_folder() / DLT[0].replace("[sqlalchemy,sql_database]==", "-")
    python = folder / "bin" / "python"
    if not (folder / "complete").exists():
        print(f"installing {DLT[0]} into {folder}", flush=True)
        _checked([sys.executable, "-m", "venv", "--clear", str(folder)])
        _checked([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *DLT])
        (folder / "complete").touch()
    return python


def reason(find: Callable[[], object]) -> str:
    """Why a peer cannot take part; empty where it can."""
    try:
        find()
    except LocalError as error:
        return str(error)
    return ""


@cache
def _unpacked(download: debian.Download) -> Path:
    if not debian.is_debian_like():
        raise LocalError(f"{download.what} was not to be had: this machine is no Debian. {download.otherwise}")
    return debian.unpacked(cache_folder(), download)


def _versioned(path: Path) -> bool:
    return path.is_dir() and path.name[:1].isdecimal()


def _variables(root: Path) -> dict[str, str]:
    """Debian's libmariadb looks for the login plugins that it needs at a fixed place."""
    plugins = next(iter(sorted(root.glob("usr/lib/*/libmariadb3/plugin"))), root)
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "MARIADB_PLUGIN_DIR": str(plugins)}


def _first_line(command: tuple[str, ...], variables: dict[str, str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=variables)
    if done.returncode:
        raise LocalError(f"{command[-2]} does not run: {done.stderr.strip()[-300:]}")
    return done.stdout.strip().splitlines()[0]


def _checked(command: list[str]) -> None:
    with tempfile.TemporaryFile("w+") as said:
        done = subprocess.run(command, stdout=said, stderr=subprocess.STDOUT, check=False)
        said.seek(0)
        if done.returncode:
            words = re.sub(r"\b[a-z+]+://\S+", "<address>", said.read().strip())
            raise LocalError(f"dlt was not to be had: {words[-300:]}")
