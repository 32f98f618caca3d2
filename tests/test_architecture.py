"""The plan of the house, enforced by reading the imports of every file.

ARCHITECTURE.md tells the same in words. A failure here names the file and the rule it breaks.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from clientage.data.samples import write_shop

PROJECT = Path(__file__).parents[1]
SOURCE = PROJECT / "src" / "clientage"

# Floors from the ground up: a room imports from its own room and from floors below, never from its own floor.
FLOORS: tuple[tuple[str, ...], ...] = (
    ("config", "cores", "errors", "extras", "grid", "memory", "spool"),
    ("data",),
    ("features", "clustering"),
    ("selection",),
    ("segments",),
    ("checks",),
    ("study",),
    ("summary", "trial"),
    ("runs",),
    ("scoring", "monitor", "history"),
    ("charts",),
    ("report", "export"),
    ("publish", "rendering"),
    ("demonstration", "tracking"),
    ("api",),  # a door that a command opens
    ("cli", "dashboard", "python", "estimator"),
    ("notebook",),
    ("__init__", "__main__"),
)
RANK = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
# The ground may stand on itself: settings and extras raise the errors.
WITHIN_GROUND = {
    ("config", "errors"),
    ("config", "memory"),
    ("extras", "errors"),
    ("grid", "spool"),
    ("memory", "errors"),
    ("spool", "errors"),
    ("spool", "memory"),
}
# `python -m clientage` is the command.
ABOVE_DOORS = {"__init__", "__main__"}
# The numeric core sees arrays, and only these rooms of ours.
NUMERIC_CORE = {
    "clustering": {"clustering", "config", "cores", "errors", "extras", "grid", "spool"},
    "selection": {"selection", "clustering", "config", "errors", "extras", "grid", "spool"},
}
# Each outside library has one home; the estimator is scikit-learn's door.
HOMES = {
    "duckdb": set[str](),
    "fastapi": {"api"},
    "markupsafe": {"report"},
    "mlflow": {"tracking"},
    "onnx": {"export"},
    "onnxruntime": set[str](),
    "pandas": {"data"},
    "polars": {"data"},
    "pptx": {"report"},
    "psycopg": {"data"},
    "pyarrow": {"data"},
    "pydantic": {"api"},
    "pydantic_core": {"api"},
    "pyspark": {"scoring"},
    "python_calamine": {"data"},
    "rich": {"cli"},
    "scipy": set[str](),
    "sklearn": {"clustering", "estimator"},
    "sqlalchemy": {"data"},
    "sqlglot": {"export"},
    "starlette": {"api"},
    "streamlit": {"dashboard"},
    "typer": {"cli"},
    "uvicorn": {"api"},
    "vl_convert": {"charts", "report"},  # pictures of charts; the script of the page
}
DEFAULT_PATH = {"markupsafe", "numpy", "pyarrow", "rich", "typer"}
HEAVY = (
    "duckdb",
    "fastapi",
    "joblib",
    "mlflow",
    "onnx",
    "pandas",
    "polars",
    "pptx",
    "psycopg",
    "pydantic",
    "scipy",
    "sklearn",
    "sqlalchemy",
    "sqlglot",
    "streamlit",
    "uvicorn",
    "vl_convert",
)
# parts of Arrow, and what they bring, that a thousand customers can do without: 14 MB of 100
NOT_FOR_FEW = ["pyarrow._compute", "pyarrow.compute", "pyarrow._csv", "pyarrow.parquet", "pyarrow._fs", "ssl"]
MODELS_AS_CODE = {"pickle", "_pickle", "joblib", "cloudpickle", "dill", "marshal", "shelve", "skops"}
VAGUE = re.compile(r"(^|_)(utils?|helpers?|managers?|common|misc|process|handle|handler)(_|$)")
DOORS = {"cli", "api", "dashboard"}


@dataclass(frozen=True)
class Import:
    line: int
    module: str  # dotted, absolute
    at_top: bool  # runs when the file is imported


@dataclass(frozen=True)
class File:
    path: Path
    tree: ast.Module
    lines: int

    @property
    def name(self) -> str:
        return str(self.path.relative_to(SOURCE))

    @property
    def room(self) -> str:
        return self.path.relative_to(SOURCE).parts[0].removesuffix(".py")

    def imports(self) -> Iterator[Import]:
        yield from _imports(self.tree, True)

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        for node in ast.walk(self.tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                yield node


def _imports(node: ast.AST, at_top: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from (Import(child.lineno, alias.name, at_top) for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            assert child.level == 0, f"line {child.lineno}: imports are absolute"
            yield Import(child.lineno, child.module or "", at_top)
        elif _is_require(child):
            yield Import(child.lineno, child.args[0].value, at_top)  # type: ignore[attr-defined]
        if isinstance(child, ast.If) and _is_type_checking(child.test):
            yield from (Import(i.line, i.module, False) for part in child.body for i in _imports(_wrapped(part), False))
            continue
        inside = isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
        yield from _imports(child, at_top and not inside)


def _wrapped(node: ast.stmt) -> ast.Module:
    return ast.Module(body=[node], type_ignores=[])


def _is_type_checking(test: ast.expr) -> bool:
    return isinstance(test, ast.Name) and test.id == "TYPE_CHECKING"


def _is_require(node: ast.AST) -> bool:
    """`require("sklearn.cluster", …)` and `import_module("…")` are imports as well."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"require", "import_module"}
        and bool(node.args)
        and isinstance(node.args[0], ast.Constant)
    )


def _read(path: Path) -> File:
    text = path.read_text(encoding="utf-8")
    return File(path, ast.parse(text, str(path)), text.count("\n"))


FILES = [_read(path) for path in sorted(SOURCE.rglob("*.py"))]
EACH = pytest.mark.parametrize("file", FILES, ids=lambda f: f.name)


def _ours(file: File) -> Iterator[tuple[Import, str]]:
    """Imports of our own rooms; the package itself is only asked for its version."""
    for found in file.imports():
        top, _, rest = found.module.partition(".")
        if top == "clientage" and rest:
            yield found, rest.partition(".")[0]


def test_every_room_stands_on_a_floor() -> None:
    assert {file.room for file in FILES} <= set(RANK)


@EACH
def test_imports_go_downward_only(file: File) -> None:
    for found, room in _ours(file):
        allowed = (
            room == file.room
            or RANK[room] < RANK[file.room]
            or (file.room, room) in WITHIN_GROUND
            or file.room in ABOVE_DOORS
        )
        assert allowed, f"{file.name}:{found.line} ({file.room}) imports {found.module}, which is not below it"


@EACH
def test_numeric_core_sees_arrays_only(file: File) -> None:
    if file.room not in NUMERIC_CORE:
        return
    for found, room in _ours(file):
        assert room in NUMERIC_CORE[file.room], f"{file.name}:{found.line} imports {found.module}"
    for found in file.imports():
        top = found.module.partition(".")[0]
        known = (
            top in sys.stdlib_module_names or top in {"numpy", "clientage"} or (top == "sklearn" and not found.at_top)
        )
        assert known, f"{file.name}:{found.line} imports {found.module}: numpy and the standard library are enough here"


@EACH
def test_outside_libraries_stay_at_home(file: File) -> None:
    for found in file.imports():
        top = found.module.partition(".")[0]
        if top in sys.stdlib_module_names or top in {"numpy", "clientage"}:
            continue
        assert top in HOMES, (
            f"{file.name}:{found.line} imports {top}, which has no home: add it to HOMES and ARCHITECTURE.md"
        )
        assert file.room in HOMES[top], f"{file.name}:{found.line} imports {top}; its home is {sorted(HOMES[top])}"
        if top not in DEFAULT_PATH and file.room not in {"estimator", "dashboard", "api"}:
            assert not found.at_top, (
                f"{file.name}:{found.line} imports {top} at the top: it is optional, so use require()"
            )


@EACH
def test_models_are_never_code(file: File) -> None:
    for found in file.imports():
        assert found.module.partition(".")[0] not in MODELS_AS_CODE, f"{file.name}:{found.line} imports {found.module}"
    for node in ast.walk(file.tree):
        if isinstance(node, ast.keyword) and node.arg == "allow_pickle":
            assert isinstance(node.value, ast.Constant)
            assert node.value.value is False, f"{file.name}:{node.value.lineno} allows pickle"


@EACH
def test_only_doors_print(file: File) -> None:
    if file.room in DOORS:
        return
    guarded = {id(n) for block in file.tree.body if _is_main(block) for n in ast.walk(block)}
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and id(node) not in guarded:
            assert node.func.id != "print", f"{file.name}:{node.lineno} prints"


def _is_main(node: ast.stmt) -> bool:
    """`if __name__ == "__main__":` and a function `main` are a file's own small door."""
    if isinstance(node, ast.FunctionDef):
        return node.name == "main"
    return isinstance(node, ast.If) and "__name__" in ast.dump(node.test)


@EACH
def test_files_and_functions_stay_small(file: File) -> None:
    assert file.lines <= 600, f"{file.name} has {file.lines} lines"
    if file.room in {"cli", "estimator"}:
        return
    for function in file.functions():
        arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
        count = len([a for a in arguments if a.arg not in {"self", "cls"}])
        assert count <= 6, f"{file.name}:{function.lineno} {function.name} takes {count} parameters"
        length = (function.end_lineno or function.lineno) - function.body[0].lineno + 1
        assert length <= 70, f"{file.name}:{function.lineno} {function.name} has {length} lines"


@EACH
def test_names_say_what_is_inside(file: File) -> None:
    assert not VAGUE.search(file.path.stem), f"{file.name} could hold anything"
    for node in ast.walk(file.tree):
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
            words = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", node.name).lower()
            assert not VAGUE.search(words), f"{file.name}:{node.lineno} {node.name} could mean anything"


def test_no_import_cycles() -> None:
    """Types that are imported for annotations alone, and what is imported inside functions, tie files together too."""
    names = {_module(file): file for file in FILES}
    del names["clientage"]  # asked for its version from anywhere
    below = {
        name: {found.module for found in file.imports() if found.module in names} - {name}
        for name, file in names.items()
    }
    while below:
        free = {name for name, needs in below.items() if not needs & set(below)}
        assert free, f"a cycle among {sorted(below)}"
        below = {name: needs for name, needs in below.items() if name not in free}


def _module(file: File) -> str:
    parts = ["clientage", *file.path.relative_to(SOURCE).with_suffix("").parts]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@pytest.mark.parametrize("module", ["clientage", "clientage.cli.main", "clientage.study", "clientage.scoring.scorer"])
def test_imports_stay_light(module: str) -> None:
    code = f"import sys, {module}; print(*sorted(set({HEAVY!r}) & set(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert loaded.stdout.split() == []


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_shop(tmp_path_factory.mktemp("shop"), 300).customers


@pytest.mark.parametrize(
    "arguments", [["run", "FILE"], ["explore", "FILE"], ["demo", "--customers", "300"]], ids=" ".join
)
def test_commands_stay_light(arguments: list[str], shop: Path, tmp_path: Path) -> None:
    """The main jobs, pages included, need none of the heavy libraries, installed though they are."""
    words = ["clientage", *(str(shop) if a == "FILE" else a for a in arguments), "--quiet"]
    unwanted = [*HEAVY, *NOT_FOR_FEW] if arguments == ["run", "FILE"] else HEAVY
    code = f"""
import atexit, sys
atexit.register(lambda: print(*sorted(set({unwanted!r}) & set(sys.modules))))
sys.argv = {words!r}
from clientage.__main__ import main
main()
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.split() == []


def test_public_names_exist_and_are_listed() -> None:
    import clientage

    assert sorted(clientage.__all__) == dir(clientage)
    for name in clientage.__all__:
        assert getattr(clientage, name) is not None


def test_lock_names_no_host_and_every_entry_has_hashes() -> None:
    text = (PROJECT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in text
    assert "index-url" not in text
    pinned = re.split(r"\n(?=[a-z])", text)
    assert len(pinned) > 30
    for entry in pinned:
        assert "==" in entry
        assert "--hash=sha256:" in entry, entry.partition("\n")[0]


def test_lock_holds_every_declared_library() -> None:
    import tomllib

    with (PROJECT / "pyproject.toml").open("rb") as file:
        declared = tomllib.load(file)
    wanted = [
        *declared["project"]["dependencies"],
        *declared["dependency-groups"]["dev"],
        *(line for lines in declared["project"]["optional-dependencies"].values() for line in lines),
    ]
    locked = re.findall(r"^([a-z0-9-]+)==", (PROJECT / "requirements.lock").read_text(encoding="utf-8"), re.MULTILINE)
    names = {re.split(r"[<>=\[;]", line)[0] for line in wanted} - {"clientage"}
    assert names <= set(locked)
