"""Where the MySQL programs come from: which mysqld runs, with which fixed arguments, and its clients.

First found wins: `MYSQLD` in the environment, a `mysqld` 8.0 or newer on PATH, Debian unstable's packages
in a cache folder. MariaDB and MySQL 5.7 are refused: Aurora MySQL 3 takes neither as they are.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from local import LocalError, debian

OLDEST = (8, 0)


@dataclass(frozen=True, slots=True)
class Distribution:
    """One MySQL on this machine. `launcher` precedes every program; `options` are what its mysqld needs to
    find itself.
    """

    version: str
    mysqld: Path
    programs: tuple[Path, ...]
    launcher: tuple[str, ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    client_options: tuple[str, ...] = ()

    @property
    def version_numbers(self) -> tuple[int, ...]:
        """The version as numbers, for comparing: (8, 0, 36)."""
        return tuple(int(part) for part in re.findall(r"\d+", self.version)[:3])

    def client(self, defaults_file: Path | None = None, program: str = "mysql") -> list[str]:
        """Return the start of a command line for a client program: mysql, mysqldump, mysqlbinlog, mysqladmin.

        The login comes from `defaults_file` (see `Server.defaults_file`), never from the command line; no
        other option file of this machine is read.

        Raises:
            LocalError: this MySQL came without that program.
        """
        for folder in self.programs:
            if (folder / program).exists():
                own = f"--defaults-file={defaults_file}" if defaults_file else "--no-defaults"
                return [*self.launcher, str(folder / program), own, *self.client_options]
        raise LocalError(
            f"the client program {program} is missing beside {self.mysqld}: install MySQL's client programs"
        )

    def has_client(self, program: str) -> bool:
        """Whether this MySQL came with the client program."""
        return any((folder / program).exists() for folder in self.programs)


def cache_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Where unpacked programs and template data directories are kept between runs."""
    return Path(environment.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "mysql-to-aurora"


def find_distribution(environment: Mapping[str, str] = os.environ) -> Distribution:
    """Return the first usable MySQL: `MYSQLD`, PATH, or Debian unstable's packages (fetched once, about 60
    MB).

    Raises:
        LocalError: `MYSQLD` names something else than a mysqld 8.0 or newer, or there is none to be had.
    """
    chosen = environment.get("MYSQLD")
    if chosen:
        return _installed(Path(chosen), named_by="MYSQLD")
    on_path = shutil.which("mysqld", path=environment.get("PATH"))
    if on_path:
        try:
            return _installed(Path(on_path), named_by="PATH")
        except LocalError:
            pass  # a MariaDB or a MySQL 5.7 of the machine's own: pass over it, as the contract says
    if not debian.is_debian_like():
        raise LocalError(
            "no MySQL 8.0 or newer on this machine, and it is no Debian whose packages could be unpacked: "
            "set MYSQLD to a mysqld, put one on PATH, or use docker compose (`docker compose up -d`)."
        )
    return _unpacked(debian.unpacked_mysql(cache_folder(environment)))


def _installed(mysqld: Path, named_by: str) -> Distribution:
    if not mysqld.is_file():
        raise LocalError(
            f"{named_by} names {mysqld}, which is no file: give the full path of a mysqld 8.0 or newer"
        )
    mysqld = mysqld.resolve()
    beside = (mysqld.parent, mysqld.parent.parent / "bin", Path(shutil.which("mysql") or mysqld).parent)
    return Distribution(version=_version([str(mysqld)], named_by), mysqld=mysqld, programs=beside)


def _unpacked(root: Path) -> Distribution:
    launcher = debian.launcher(root)
    mysqld, share = root / "usr/sbin/mysqld", root / "usr/share/mysql"
    return Distribution(
        version=_version([*launcher, str(mysqld)], str(root)),
        mysqld=mysqld,
        programs=(root / "usr/bin",),
        launcher=launcher,
        options=(
            ("basedir", f"{root}/usr"),
            ("plugin_dir", f"{root}/usr/lib/mysql/plugin"),
            ("lc_messages_dir", str(share)),
            ("character_sets_dir", f"{share}/charsets"),
        ),
        client_options=(f"--character-sets-dir={share}/charsets",),
    )


def _version(command: list[str], named_by: str) -> str:
    try:
        done = subprocess.run(
            [*command, "--no-defaults", "--version"], capture_output=True, text=True, check=False
        )
    except OSError as error:
        raise LocalError(f"{named_by}: {command[-1]} does not run: {error.strerror}") from error
    found = re.search(r"Ver (\d+\.\d+\.\d+)", done.stdout)
    if done.returncode != 0 or found is None or "MariaDB" in done.stdout:
        raise LocalError(f"{named_by}: {command[-1]} is no MySQL server; a mysqld 8.0 or newer is needed")
    if tuple(map(int, found[1].split(".")))[:2] < OLDEST:
        raise LocalError(f"{named_by}: {command[-1]} is MySQL {found[1]}; 8.0 or newer is needed")
    return found[1]
