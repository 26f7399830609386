"""The built wheel, installed into an empty environment, does what the checkout does: same rules, same digest."""

import json
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

_CHECKOUT = Path(__file__).parents[1]
_MANIFEST = """\
Description of Goods,HS Code,Net Weight (KG),Gross Weight (KG),Country of Export,Country of Destination,Shipper Name
Dysprosium oxide 99.9%,2846901500,500,540,CN,DE,Example Trading Co Ltd
Cotton T-shirts,6109100010,420,450,CN,DE,Example Trading Co Ltd
"""


def _run(*command: str | Path, cwd: Path, ok: tuple[int, ...] = (0,)) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode in ok, f"{command} ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built from the sdist as a package index would."""
    folder = tmp_path_factory.mktemp("build")
    _run(sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", folder, cwd=_CHECKOUT)
    _run(sys.executable, "-m", "tarfile", "-e", next(folder.glob("*.tar.gz")), folder, cwd=folder)
    source = next(path for path in folder.iterdir() if path.is_dir())
    _run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=source)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The folder of commands of an environment that holds the wheel alone; its dependencies are borrowed from here."""
    home = tmp_path_factory.mktemp("installed")
    venv.create(home, symlinks=True)
    scripts, packages = (
        Path(sysconfig.get_path(kind, "venv", {"base": str(home), "platbase": str(home)})) for kind in ("scripts", "purelib")
    )
    python = scripts / "python"
    _run(sys.executable, "-m", "pip", "--python", python, "install", "-q", "--no-deps", "--no-index", wheel, cwd=home)
    (packages / "borrowed.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    return scripts


def test_wheel_carries_the_content_and_its_snapshot(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    shipped = {f"screening/_content/{path.relative_to(_CHECKOUT).as_posix()}" for path in _content_files()}
    assert shipped <= names
    assert {
        "screening/_content/snapshot.json",
        "screening/_content/plan.pickle",
        "screening/_content/names.pickle",
        "screening/py.typed",
    } <= names


def test_wheel_carries_nothing_else_of_the_checkout(wheel):
    with zipfile.ZipFile(wheel) as archive:
        tops = {name.split("/")[0] for name in archive.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"screening"}


def test_installed_program_is_not_the_checkout(installed, tmp_path):
    where = _run(installed / "python", "-c", "import screening; print(screening.__file__)", cwd=tmp_path)
    assert installed.parent in Path(where.strip()).parents


def test_installed_program_lists_the_rules_of_the_checkout(installed, tmp_path):
    here = _run(sys.executable, "-m", "screening", "rules", "list", cwd=tmp_path)
    assert len(here.splitlines()) > 1
    assert _run(installed / "screening", "rules", "list", cwd=tmp_path) == here


def test_installed_program_screens_as_the_checkout_does(installed, tmp_path):
    (tmp_path / "manifest.csv").write_text(_MANIFEST, encoding="utf-8")
    arguments = ("screen", "manifest.csv", "--as-of", "2026-09-01", "-o", "-")
    ok = (0, 1, 3)
    there = json.loads(_run(installed / "screening", *arguments, cwd=tmp_path, ok=ok))
    here = json.loads(_run(sys.executable, "-m", "screening", *arguments, cwd=tmp_path, ok=ok))
    assert there["counts"]["lines"] == 2
    assert there["run"]["digest"] == here["run"]["digest"]


def _content_files():
    return [path for kind in ("rules", "watchlists") for path in (_CHECKOUT / kind).rglob("*") if path.is_file()]
