"""MySQL (and docker compose) from Debian's unstable suite, unpacked into a cache folder and never installed.

Debian's stable suites carry MariaDB only; unstable carries real MySQL. The packages and every library they
need are fetched by an apt that has its own lists, cache, status and sources, so the machine's package state
is not touched, and unpacked with `dpkg -x`. They bring their own libc, so they run through their own
dynamic loader. The mirror's address is the machine's own: it is read from its apt sources, and appears in
no message and in no file that outlives the download.
"""

import fcntl
import logging
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from local import LocalError

log = logging.getLogger(__name__)

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
SOURCES = Path("/etc/apt")
UNNEEDED = re.compile(r"(perl|gcc-\d+-base|libtirpc-common|libc-gconv-modules)")
SUITE = re.compile(r"(stable|oldstable|testing|unstable|sid|[a-z]+)(-updates)?/?")


@dataclass(frozen=True, slots=True)
class Download:
    """Packages of the unstable suite: what people call them, their folder, their size, and how else to get it."""

    what: str
    folder: str
    packages: tuple[str, ...]
    megabytes: int
    otherwise: str
    unneeded: re.Pattern[str] = UNNEEDED


MYSQL = Download(
    what="MySQL",
    folder="debian-mysql",
    packages=("mysql-server-core", "mysql-client-core"),
    megabytes=60,
    otherwise="Set MYSQLD to a mysqld 8.0 or newer, or use docker compose.",
)


def is_debian_like() -> bool:
    """Whether this machine has what the download needs: apt, dpkg and Debian's own archive keyring."""
    return all(shutil.which(tool) for tool in ("apt-get", "apt-config", "dpkg")) and KEYRING.exists()


def unpacked_mysql(cache: Path) -> Path:
    """Return the root folder of an unpacked MySQL under `cache`; see `unpacked`."""
    return unpacked(cache, MYSQL)


def unpacked(cache: Path, download: Download) -> Path:
    """Return the root folder of the unpacked packages under `cache`, fetching them the first time.

    Two processes may ask at once: one fetches, the other waits for it. The folder appears by one rename, so
    it is either absent or complete.

    Raises:
        LocalError: no Debian mirror is configured, or the download failed.
    """
    root = cache / download.folder
    if root.exists():
        return root
    cache.mkdir(parents=True, exist_ok=True)
    with exclusive(cache / f"{download.folder}.lock"):
        if root.exists():
            return root
        with tempfile.TemporaryDirectory(prefix="fetching-", dir=cache) as scratch:
            log.info(
                "fetching %s into %s (%d MB, once; nothing is installed) packages=%s",
                download.what,
                root,
                download.megabytes,
                ",".join(download.packages),
            )
            try:
                archives = _download(Path(scratch) / "apt", download)
                complete = Path(scratch) / "root"
                for archive in archives:
                    _run(["dpkg", "-x", str(archive), str(complete)], secret=None)
            except LocalError as error:
                raise LocalError(f"{download.what} was not to be had: {error} {download.otherwise}") from error
            for folder in ("usr/share/doc", "usr/share/man", "usr/share/locale"):
                shutil.rmtree(complete / folder, ignore_errors=True)
            complete.rename(root)
    return root


def launcher(root: Path) -> tuple[str, ...]:
    """What precedes an unpacked program: its own dynamic loader, with its own libraries.

    Raises:
        LocalError: the folder has no loader.
    """
    loaders = sorted(root.glob("usr/lib*/ld-linux*.so.*")) or sorted(root.glob("usr/lib/*/ld-linux*.so.*"))
    if not loaders:
        raise LocalError(f"what is unpacked in {root} has no dynamic loader: remove that folder and start again")
    libraries = [path for path in sorted(root.glob("usr/lib/*-linux-*")) if path.is_dir()]
    return (str(loaders[0]), "--library-path", ":".join(map(str, libraries)))


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold the lock file `path` against every other process; waits for as long as it takes."""
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def mirror_address(folder: Path = SOURCES) -> str:
    """Return the address of the Debian archive that this machine's apt uses.

    Reads both formats: one-line `*.list` and deb822 `*.sources`. A security archive is passed over, because
    it has no unstable suite.

    Raises:
        LocalError: no enabled entry names a Debian archive.
    """
    lists = [folder / "sources.list", *sorted((folder / "sources.list.d").glob("*.list"))]
    entries = [entry for path in lists if path.exists() for entry in _one_line_entries(path.read_text())]
    for path in sorted((folder / "sources.list.d").glob("*.sources")):
        entries += _deb822_entries(path.read_text())
    for address, suites, components in entries:
        if "main" in components and any(SUITE.fullmatch(suite) for suite in suites):
            return address
    raise LocalError(
        f"no Debian archive is configured in {folder}: nothing can be fetched from it. "
        "Install MySQL 8.0 or newer and set MYSQLD, or use docker compose."
    )


def _one_line_entries(text: str) -> Iterator[tuple[str, list[str], list[str]]]:
    for line in text.splitlines():
        found = re.match(r"\s*deb\s+(?:\[[^]]*\]\s+)?(\S+)\s+(\S+)\s+([^#]*)", line)
        if found:
            yield found[1], [found[2]], found[3].split()


def _deb822_entries(text: str) -> Iterator[tuple[str, list[str], list[str]]]:
    without_comments = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    for stanza in re.split(r"\n\s*\n", without_comments):
        unfolded = re.sub(r"\n[ \t]+", " ", stanza)
        fields = dict(re.findall(r"^([\w-]+):[ \t]*(.*)$", unfolded, flags=re.MULTILINE))
        values = {name.lower(): value.split() for name, value in fields.items()}
        if "deb" in values.get("types", []) and values.get("enabled") != ["no"] and values.get("uris"):
            yield values["uris"][0], values.get("suites", []), values.get("components", [])


def _download(folder: Path, download: Download) -> list[Path]:
    for name in ("parts", "state/lists/partial", "cache/archives/partial"):
        (folder / name).mkdir(parents=True)
    (folder / "state" / "status").touch()
    mirror = mirror_address()
    (folder / "unstable.sources").write_text(
        f"Types: deb\nURIs: {mirror}\nSuites: unstable\nComponents: main\nSigned-By: {KEYRING}\n"
    )
    config = folder / "apt.conf"
    config.write_text(_apt_configuration(folder))
    _run(["apt-get", "-q", "update"], secret=mirror, config=config)
    _run(["apt-get", "-q", "-y", "--download-only", "install", *download.packages], secret=mirror, config=config)
    archives = sorted((folder / "cache" / "archives").glob("*.deb"))
    return [archive for archive in archives if not download.unneeded.match(archive.name)]


def _apt_configuration(folder: Path) -> str:
    """Isolate apt in `folder`, but keep how this machine reaches its mirror (proxy, certificates, time-
    outs).
    """
    machine = subprocess.run(["apt-config", "dump"], capture_output=True, text=True, check=True).stdout
    kept = [line for line in machine.splitlines() if line.startswith("Acquire::") and "IndexTargets" not in line]
    isolated = {
        "Dir::Etc::main": "/dev/null",
        "Dir::Etc::parts": f"{folder}/parts",
        "Dir::Etc::sourcelist": f"{folder}/unstable.sources",
        "Dir::Etc::sourceparts": "-",
        "Dir::State": f"{folder}/state",
        "Dir::State::lists": f"{folder}/state/lists",
        "Dir::State::status": f"{folder}/state/status",
        "Dir::Cache": f"{folder}/cache",
        "APT::Sandbox::User": "root",
        "APT::Install-Recommends": "false",
        "Acquire::Languages": "none",
    }
    return "\n".join([*kept, *(f'{name} "{value}";' for name, value in isolated.items())]) + "\n"


def _run(command: list[str], secret: str | None, config: Path | None = None) -> None:
    environment = {
        "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
        "LC_ALL": "C",
        "DEBIAN_FRONTEND": "noninteractive",
    }
    if config is not None:
        environment["APT_CONFIG"] = str(config)
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if done.returncode != 0:
        raise LocalError(
            f"{' '.join(command[:3])} failed: {_without_hosts(done.stderr, secret)}. "
            "Check this machine's apt sources."
        )


def _without_hosts(text: str, mirror: str | None) -> str:
    """Keep apt's own words, less every address, so that a log may be shown to anyone."""
    shown = re.sub(r"\b[a-z+]+:/{0,2}\S+", "<mirror>", text.strip())
    host = re.match(r"[a-z+]+://(?:[^@/]*@)?([^/:]+)", mirror or "")
    return shown.replace(host[1], "<mirror>") if host else shown
