"""A run directory appears whole or not at all, and is never overwritten."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from clientage.errors import InputError, ModelError
from clientage.runs import store
from clientage.runs.manifest import read_manifest, verified_bytes
from clientage.runs.store import new_run, new_run_id, run_path, runs_in, write_run

CONTENTS: dict[str, store.Content] = {"a.json": b"{}", "model/b.bin": lambda path: path.write_bytes(b"12345") and None}


def test_a_run_holds_its_files_and_their_hashes(tmp_path: Path) -> None:
    path = write_run(tmp_path, "one", CONTENTS, {"seed": 3})
    manifest = read_manifest(path)
    assert manifest["seed"] == 3
    assert set(manifest["files"]) == {"a.json", "model/b.bin"}
    assert verified_bytes(path, manifest, "model/b.bin") == b"12345"


def test_the_same_name_twice_makes_two_runs(tmp_path: Path) -> None:
    first = write_run(tmp_path, "one", CONTENTS, {})
    second = write_run(tmp_path, "one", {"a.json": b"[]"}, {})
    assert first != second
    assert (first / "a.json").read_bytes() == b"{}"
    assert [p.name for p in runs_in(tmp_path)] == ["one", "one-2"]
    assert [read_manifest(p)["run_id"] for p in (first, second)] == ["one", "one-2"]


@pytest.mark.parametrize("bad", ["../up", "a/b", "", ".hidden", "UPPER", "a" * 65, "a b", "a\x00b", "-x"])
def test_run_ids_cannot_leave_the_folder(tmp_path: Path, bad: str) -> None:
    with pytest.raises(InputError, match="run id"):
        write_run(tmp_path, bad, CONTENTS, {})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["../../etc/passwd", "Käufer.csv", "…", "A B.csv.gz", "x" * 300, "postgresql://h/t"])
def test_every_input_name_gives_a_valid_run_id(name: str) -> None:
    assert store.RUN_ID.match(new_run_id(name, 1e9))


@pytest.mark.parametrize("fault", [errno.ENOSPC, errno.EIO])
@pytest.mark.parametrize("call", ["fsync", "mkdir", "rename", "write_bytes"])
def test_a_fault_at_any_write_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: int, call: str
) -> None:
    real = {"fsync": os.fsync, "mkdir": Path.mkdir, "rename": Path.rename, "write_bytes": Path.write_bytes}[call]
    count, fail_at, one_at_a_time = 0, 0, threading.Lock()  # files are synced side by side

    def faulty(*args: object, **kwargs: object) -> object:
        nonlocal count
        with one_at_a_time:
            count += 1
            this_one = count == fail_at
        if this_one:
            raise OSError(fault, os.strerror(fault))
        return real(*args, **kwargs)  # type: ignore[operator]

    monkeypatch.setattr(os if call == "fsync" else Path, call, faulty)
    failures = 0
    for fail_at in range(1, 30):
        count = 0
        folder = tmp_path / str(fail_at)
        with suppress(InputError):
            write_run(folder, "one", CONTENTS, {})
            break
        failures += 1
        left = list(folder.iterdir()) if folder.exists() else []
        # the one fsync after the rename may fail with the run already whole
        assert all((p / "manifest.json").is_file() and read_manifest(p) for p in left)
    assert failures > 0


@pytest.mark.parametrize("beside", [False, True])
def test_files_that_were_begun_are_in_the_run(tmp_path: Path, beside: bool) -> None:
    meanwhile: list[bool] = []

    def slow(path: Path) -> None:
        while beside and not meanwhile:  # what the caller does in the meantime is not waited for
            time.sleep(0.001)
        path.write_bytes(b"slow")

    with new_run(tmp_path, "one", {"seed": 3}, beside=beside) as run:
        run.begin({"big.csv": slow, "big.parquet": lambda path: path.write_bytes(b"big") and None})
        meanwhile.append(True)
        run.write(CONTENTS)
        assert not runs_in(tmp_path)
    manifest = read_manifest(run.path)
    assert {name: verified_bytes(run.path, manifest, name) for name in manifest["files"]} == {
        "a.json": b"{}", "big.csv": b"slow", "big.parquet": b"big", "model/b.bin": b"12345",
    }  # fmt: skip


@pytest.mark.parametrize("beside", [False, True])
@pytest.mark.parametrize("where", ["begun", "meanwhile"])
def test_a_fault_beside_other_files_leaves_nothing(tmp_path: Path, beside: bool, where: str) -> None:
    def full(path: Path) -> None:
        path.write_bytes(b"half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def make() -> None:
        with new_run(tmp_path, "one", {}, beside=beside) as run:
            run.begin({"big.csv": full if where == "begun" else CONTENTS["model/b.bin"]})
            run.write({"c": full} if where == "meanwhile" else CONTENTS)

    with pytest.raises(InputError, match="No space left"):
        make()
    assert list(tmp_path.iterdir()) == []


def test_kill_9_leaves_no_visible_run_and_the_next_run_clears_up(tmp_path: Path) -> None:
    script = textwrap.dedent(
        f"""
        import time
        from pathlib import Path
        from clientage.runs.store import write_run
        def slow(path):
            path.write_bytes(b"x")
            print("writing", flush=True)
            time.sleep(60)
        write_run(Path({str(tmp_path)!r}), "one", {{"a.json": b"1", "b": slow}}, {{}})
        """
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "writing\n"
        process.send_signal(signal.SIGKILL)
    assert runs_in(tmp_path) == []
    assert [p for p in tmp_path.iterdir() if p.name.endswith(".part")]
    write_run(tmp_path, "two", CONTENTS, {})
    assert [p.name for p in tmp_path.iterdir()] == ["two"]


def test_two_writers_at_once_get_distinct_runs(tmp_path: Path) -> None:
    made: list[Path] = []
    threads = [threading.Thread(target=lambda: made.append(write_run(tmp_path, "one", CONTENTS, {}))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({p.name for p in made}) == 8
    assert all(read_manifest(p)["run_id"] == p.name for p in made)


def test_a_part_of_a_living_process_is_left_alone(tmp_path: Path) -> None:
    part = tmp_path / f".one.{os.getpid()}.1.part"
    part.mkdir()
    write_run(tmp_path, "two", CONTENTS, {})
    assert part.is_dir()
    old = time.time() - 2 * store.STALE_AFTER_SECONDS
    os.utime(part, (old, old))
    write_run(tmp_path, "three", CONTENTS, {})
    assert not part.exists()


def test_opening_says_what_was_found(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no such folder"):
        run_path(tmp_path / "absent")
    with pytest.raises(ModelError, match="holds no run"):
        run_path(tmp_path)
    only = write_run(tmp_path, "one", CONTENTS, {})
    assert run_path(tmp_path) == only
    write_run(tmp_path, "two", CONTENTS, {})
    with pytest.raises(ModelError, match="holds 2: 'two', 'one'"):
        run_path(tmp_path)


def test_every_damaged_byte_is_noticed(tmp_path: Path) -> None:
    path = write_run(tmp_path, "one", CONTENTS, {"seed": 3})
    for name in ("manifest.json", "a.json", "model/b.bin"):
        whole = (path / name).read_bytes()
        for position in range(len(whole)):
            for damaged in (whole[:position], _flipped(whole, position)):
                (path / name).write_bytes(damaged)
                with pytest.raises(ModelError, match=name.rpartition("/")[2]):
                    verified_bytes(path, read_manifest(path), name)
        (path / name).write_bytes(whole)
    assert verified_bytes(path, read_manifest(path), "a.json") == b"{}"


def _flipped(whole: bytes, position: int) -> bytes:
    return whole[:position] + bytes([whole[position] ^ (1 << position % 8)]) + whole[position + 1 :]


def test_every_file_and_folder_is_on_disk_before_the_run_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: set[int] = set()
    there: list[set[int]] = []
    real, rename = os.fsync, Path.rename

    def noted(descriptor: int) -> None:
        real(descriptor)
        synced.add(os.fstat(descriptor).st_ino)

    def checked(self: Path, target: Path) -> Path:
        there.append({p.stat().st_ino for p in (self, *self.rglob("*"))} - synced)
        return rename(self, target)

    monkeypatch.setattr(os, "fsync", noted)
    monkeypatch.setattr(Path, "rename", checked)
    write_run(tmp_path, "one", CONTENTS, {})
    assert there == [set()]
