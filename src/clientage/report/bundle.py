"""The script that draws the charts: bundled once into the user's cache, then only read.

`vega_bundle` returns the text to put into a page, or None where charts cannot be had; the page is then
complete without them. Bundling takes seconds and 150 MB, so another process does it:
``python -m clientage.report.bundle`` warms the cache.
"""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path

from clientage.errors import ClientageError
from clientage.extras import require

SECONDS_TO_BUNDLE = 120
HOW_TO_GET_CHARTS = "Charts need the library vl-convert-python: pip install 'clientage[charts]'"


def vega_bundle() -> str | None:
    """Return the JavaScript of Vega, Vega-Lite and vega-embed for an inline script, or None.

    Returns
    -------
    str or None
        None when the library ``vl_convert`` is not installed, or when nothing could be bundled and
        cached. Read from the cache; when it is empty, another process fills it first.
    """
    path = cached_path()
    if path is None:
        return None
    if not path.is_file():
        _bundle_elsewhere()
    try:
        script = path.read_text(encoding="utf-8")
    except OSError:  # no writable cache: the page says how to get the charts
        return None
    return script or None


def cached_path() -> Path | None:
    """Return where the script of the installed version is kept, or None when the library is not installed."""
    package = find_spec("vl_convert")
    if package is None:
        return None
    return cache_folder() / f"vega-{_installed_version(package.origin or '')}.js"


def cache_folder() -> Path:
    """Return ``$CLIENTAGE_CACHE``, or the user's own cache."""
    named = os.environ.get("CLIENTAGE_CACHE")
    if named:
        return Path(named)
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    return (Path(base) if base else Path.home() / ".cache") / "clientage"


def write_bundle(path: Path) -> None:
    """Bundle the script and put it at `path`, whole or not at all.

    Raises
    ------
    MissingExtraError
        When the library is not installed.
    OSError
        When the cache cannot be written.
    """
    import tempfile

    script = inline_safe(require("vl_convert", "the charts").javascript_bundle())
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.stem, suffix=".tmp")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(script)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def inline_safe(script: str) -> str:
    r"""Return a script that no HTML parser ends early: ``</`` and ``<!--`` are written with an escape.

    Examples
    --------
    >>> inline_safe("a = '</script>'")
    "a = '<\\/script>'"
    """
    return script.replace("</script", "<\\/script").replace("<!--", "<\\!--")


def _installed_version(origin: str) -> str:
    """The library's version, from the folder beside it: importlib.metadata costs a run 10 ms."""
    beside = sorted(Path(origin).parent.parent.glob("vl_convert_python-*.dist-info"))
    if beside:
        return beside[-1].name.removesuffix(".dist-info").rpartition("-")[2]
    from importlib.metadata import version

    return version("vl-convert-python")


def _bundle_elsewhere() -> None:
    """Fill the cache in another process; a failure there leaves the cache as it was."""
    import subprocess

    command = [sys.executable, "-m", "clientage.report.bundle", "--quiet"]
    package_root = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join(p for p in (package_root, os.environ.get("PYTHONPATH", "")) if p)
    try:
        subprocess.run(
            command,
            env={**os.environ, "PYTHONPATH": path},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS_TO_BUNDLE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return  # vega_bundle finds no file then, and the page says how to get the charts


def main(arguments: list[str]) -> int:
    """Warm the cache; return the exit code."""
    quiet = "--quiet" in arguments
    path = cached_path()
    problem = HOW_TO_GET_CHARTS if path is None else ""
    if path is not None and not path.is_file():
        try:
            write_bundle(path)
        except (OSError, ClientageError) as failure:
            problem = f"The chart script could not be kept in {path.parent}: {failure}"
    if not quiet:
        sys.stdout.write((problem or f"The chart script is in {path}") + "\n")
    return 1 if problem else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
