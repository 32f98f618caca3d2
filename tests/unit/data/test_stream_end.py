"""Files that fail in the middle leave no reader of Arrow behind: the process that read them can end."""

from __future__ import annotations

import gzip
import subprocess
import sys
from pathlib import Path

import pytest

from clientage.data.stream import TextStream, UnfailingStream
from clientage.errors import InputError
from patience import PATIENCE

READ_ALL = """
import sys
from clientage.data.reading import read
from clientage.errors import ClientageError
for path in sys.argv[1:] * 3:
    try:
        read(path)
    except ClientageError:
        continue
    raise SystemExit(f"{path} was read")
"""


def test_a_failure_looks_like_the_end_and_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"id,age\n" + b"1,2\n" * 50_000 + b"\xff\xfe\n")
    with TextStream(path, "utf-8") as stream:
        source = UnfailingStream(stream)
        while source.read(1 << 16):
            pass
        assert isinstance(source.problem, InputError)
        assert "0xff" in source.problem.found
        assert source.read() == b""


def test_an_ended_stream_reads_no_further(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,age\n1,2\n")
    with TextStream(path, "utf-8") as stream:
        source = UnfailingStream(stream)
        source.ended = True
        assert source.read() == b""
        assert stream.n_bytes == 0


@pytest.mark.parametrize("_", range(2))
def test_a_process_ends_after_files_that_fail_in_the_middle(tmp_path: Path, _: int) -> None:
    rows = b"id,age,income\n" + b"".join(b"C%d,%d,%d\n" % (i, i % 50, i * 3 % 977) for i in range(60_000))
    files = {
        "encoding.csv": rows * 3 + b"C\xff\xfe,1,2\n\x81\n" + rows,
        "cut.csv.gz": gzip.compress(rows * 3, 1)[:-3000],
        "line.csv": rows + b"x" * (9 << 20),
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    paths = [str(tmp_path / name) for name in files]
    done = subprocess.run([sys.executable, "-c", READ_ALL, *paths], timeout=PATIENCE, check=False, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
