"""Debian's packages in a cache folder: the mirror that is found, what is never shown, two processes at once."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from local import LocalError, debian

BOOKWORM_DEB822 = """\
# comment
Types: deb
# URIs: http://commented.example/debian
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://security.example/debian-security
Suites: bookworm-security
Components: main
"""


def apt_folder(tmp_path: Path, **files: str) -> Path:
    (tmp_path / "sources.list.d").mkdir()
    for name, text in files.items():
        place = tmp_path if name == "sources_list" else tmp_path / "sources.list.d"
        (place / name.replace("_", ".")).write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"debian_sources": BOOKWORM_DEB822}, "http://mirror.example/debian"),
        ({"sources_list": "deb http://one.example/debian bookworm main contrib\n"}, "http://one.example/debian"),
        (
            {"sources_list": "deb [arch=amd64 signed-by=/x.gpg] https://two.example/d stable main # the mirror\n"},
            "https://two.example/d",
        ),
        (
            {"sources_list": "#deb http://off.example/d bookworm main\n", "debian_sources": BOOKWORM_DEB822},
            "http://mirror.example/debian",
        ),
        (
            {"sources_list": "deb http://s.example/s bookworm-security main\ndeb http://ok.example/d sid main\n"},
            "http://ok.example/d",
        ),
        (
            {"b_sources": "Types: deb\nURIs:\n http://fold.example/d\nSuites: trixie\nComponents:\n main\n"},
            "http://fold.example/d",
        ),
        (
            {
                "a_sources": BOOKWORM_DEB822.replace("Types: deb\n# URIs", "Types: deb\nEnabled: no\n# URIs"),
                "b_sources": "Types: deb deb-src\nURIs: http://b.example/d\nSuites: bookworm\nComponents: main\n",
            },
            "http://b.example/d",
        ),
        (
            {"node_list": "deb http://node.example/n nodistro contrib\n", "debian_sources": BOOKWORM_DEB822},
            "http://mirror.example/debian",
        ),
    ],
    ids=["deb822", "one-line", "options", "commented", "security", "folded", "disabled", "third-party"],
)
def test_the_mirror_is_read_from_the_machines_own_sources(
    tmp_path: Path, files: dict[str, str], expected: str
) -> None:
    assert debian.mirror_address(apt_folder(tmp_path, **files)) == expected


def test_without_a_debian_archive_the_error_says_what_to_do(tmp_path: Path) -> None:
    folder = apt_folder(tmp_path, sources_list="deb-src http://src.example/debian bookworm main\n")
    with pytest.raises(LocalError, match=r"MYSQLD.*docker compose"):
        debian.mirror_address(folder)


def test_no_address_is_ever_shown() -> None:
    apt_says = "E: Failed to fetch http://mirror.example/debian/pool/a.deb  Could not resolve 'mirror.example'"
    shown = debian._without_hosts(apt_says, "http://user:word@mirror.example:8080/debian")
    assert "mirror.example" not in shown
    assert shown.startswith("E: Failed to fetch <mirror>")


@pytest.mark.servers
@pytest.mark.slow
@pytest.mark.skipif(not debian.is_debian_like(), reason="no Debian: its packages cannot be unpacked here")
def test_two_processes_that_ask_at_once_get_one_complete_copy(tmp_path: Path) -> None:
    program = (
        "import logging, sys; from pathlib import Path; from local.debian import unpacked_mysql\n"
        "logging.basicConfig(level=logging.INFO)\nprint(unpacked_mysql(Path(sys.argv[1])))"
    )
    asking = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path)],
            env={**os.environ, "PYTHONPATH": "."},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    answers = [process.communicate(timeout=3000) for process in asking]

    root = tmp_path / "debian-mysql"
    assert [output.strip() for output, _ in answers] == [str(root), str(root)], answers
    assert sum("fetching MySQL" in complaints for _, complaints in answers) == 1
    assert (root / "usr/sbin/mysqld").is_file()
    assert (root / "usr/bin/mysqldump").is_file()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["debian-mysql", "debian-mysql.lock"]
    # what is left holds no sources file, so no address of the mirror
    assert not [path for path in root.rglob("*") if re.search(r"\.sources$|apt\.conf$", path.name)]
