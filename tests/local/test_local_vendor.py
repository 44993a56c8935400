"""The page's libraries: pinned, checked, a few files of each, from whichever registry this machine uses."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import tarfile
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from local import vendor

FILES = {"package/dist/a.js": b"export default 1;", "package/LICENSE": b"free", "package/postinstall.js": b"no"}


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A registry of one package, which npm's setting names; npm itself is not there."""
    root = tmp_path / "registry"
    (root / "thing").mkdir(parents=True)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(root)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}"
    with tarfile.open(root / "thing.tgz", "w:gz") as tar:
        for name, content in FILES.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    (root / "thing" / "1.0.0").write_text(json.dumps({"dist": {"tarball": f"{url}/thing.tgz"}}))
    monkeypatch.setenv("npm_config_registry", url)
    monkeypatch.setattr(vendor.shutil, "which", lambda _: None)
    yield root
    server.shutdown()
    server.server_close()
    thread.join()


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, *_: object) -> None:
        return


def pinned(root: Path, digest: str = "", **files: str) -> Path:
    """A list that pins the registry's package."""
    found = base64.b64encode(hashlib.sha512((root / "thing.tgz").read_bytes()).digest()).decode()
    one = {"name": "thing", "version": "1.0.0", "integrity": f"sha512-{digest or found}"}
    path = root.parent / "vendor.json"
    path.write_text(
        json.dumps({"packages": [{**one, "files": files or {"dist/a.js": "a.js", "LICENSE": "a.LICENSE"}}]})
    )
    return path


def test_the_files_that_are_listed_arrive_and_no_other(registry: Path, tmp_path: Path) -> None:
    into = tmp_path / "static" / "vendor"
    assert vendor.install(into, pinned(registry)) is True
    assert {path.name for path in into.iterdir()} == {"a.js", "a.LICENSE", vendor.COMPLETE}
    assert (into / "a.js").read_bytes() == b"export default 1;"
    (registry / "thing.tgz").unlink()
    (registry / "thing" / "1.0.0").unlink()
    assert vendor.install(into, tmp_path / "vendor.json") is False, "what is complete is not fetched again"


def test_another_package_under_the_same_name_is_refused(registry: Path, tmp_path: Path) -> None:
    into = tmp_path / "vendor"
    vendor.install(into, pinned(registry))
    with pytest.raises(vendor.VendorError, match="its hash differs"):
        vendor.install(into, pinned(registry, digest="A" * 86 + "=="))
    assert (into / "a.js").exists(), "what was there stays"


def test_a_file_that_the_package_lacks_is_told(registry: Path, tmp_path: Path) -> None:
    with pytest.raises(vendor.VendorError, match=r"has no file dist/b\.js"):
        vendor.install(tmp_path / "vendor", pinned(registry, **{"dist/b.js": "b.js"}))


def test_without_a_registry_it_says_what_is_missing_and_no_address(
    registry: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("npm_config_registry", "http://user:secret@127.0.0.1:9")
    with pytest.raises(vendor.VendorError, match=r"thing 1\.0\.0 could not be downloaded") as raised:
        vendor.install(tmp_path / "vendor", pinned(registry))
    assert "secret" not in str(raised.value)
    assert "127.0.0.1" not in str(raised.value)


def test_the_projects_own_list_pins_every_package() -> None:
    found = vendor.packages()
    assert {one.name for one in found} == {"tabulator-tables", "uplot"}
    for one in found:
        assert one.integrity.startswith("sha512-")
        assert any(name.endswith(".LICENSE") for name in one.files.values())
