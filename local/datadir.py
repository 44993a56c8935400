"""Data directories: initialised once per MySQL into a template in the cache, then copied.

A template has a root account without a password, so nothing is ever started on it or on an unprepared copy
of it: the first start of a copy closes that account before the server takes a connection (see
`local.mysqld`).
"""

import hashlib
import os
import subprocess
import tempfile
from pathlib import Path

from local import LocalError
from local.debian import exclusive
from local.distribution import Distribution, cache_folder


def copy_template(dist: Distribution, data: Path) -> None:
    """Initialising takes seconds, copying what was initialised takes a fraction of one."""
    template = _template(dist)
    subprocess.run(["cp", "-a", "--reflink=auto", str(template), str(data)], check=True)
    data.chmod(0o750)
    # the server writes a new UUID where it finds none
    (data / "auto.cnf").unlink(missing_ok=True)


def _template(dist: Distribution) -> Path:
    programs = hashlib.sha256(os.fsencode(dist.mysqld)).hexdigest()[:8]
    cache = cache_folder()
    template = cache / f"data-{dist.version}-{programs}"
    if template.exists():
        return template
    cache.mkdir(parents=True, exist_ok=True)
    with exclusive(cache / "data.lock"):
        if not template.exists():
            with tempfile.TemporaryDirectory(prefix="initialising-", dir=cache) as scratch:
                _initialise(dist, Path(scratch) / "data")
                (Path(scratch) / "data").rename(template)
    return template


def _initialise(dist: Distribution, data: Path) -> None:
    options = {
        **dict(dist.options),
        "datadir": str(data),
        "secure_file_priv": "",
        "loose_innodb_redo_log_capacity": "8M",
    }
    if os.geteuid() == 0:
        options["user"] = "root"
    arguments = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
    command = [*dist.launcher, str(dist.mysqld), "--no-defaults", "--initialize-insecure", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise LocalError(f"{dist.mysqld} could not make a data directory in {data}: {done.stderr.strip()[-2000:]}")
