"""Execute the walkthrough and write it as a notebook: `python notebooks/render.py [TARGET]`, or `make notebook`.

The text is `segmentation_walkthrough.py` (jupytext, percent format); the notebook beside it is made of it here, with
its results stored for those who only read. Interactive charts are left to the reader's own execution: their
pictures are stored, and the specifications are not.
"""

from __future__ import annotations

import sys
from base64 import b64decode, b64encode
from io import BytesIO
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient
from PIL import Image

HERE = Path(__file__).parent
SOURCE = HERE / "segmentation_walkthrough.py"
NOTEBOOK = HERE / "segmentation_walkthrough.ipynb"
SECONDS = 120
STRICT = "import warnings\n\nwarnings.simplefilter('error')"
LENIENT = "warnings.simplefilter('ignore')"  # before the kernel shuts down, which is no business of ours
COLOURS = 160  # of a stored picture: a fraction of the bytes, and no eye sees it


def executed(source: Path) -> nbformat.NotebookNode:
    """Return the notebook of a percent-format file, executed with warnings as errors."""
    book = jupytext.read(source, fmt="py:percent")
    book.cells = [nbformat.v4.new_code_cell(STRICT), *book.cells, nbformat.v4.new_code_cell(LENIENT)]
    NotebookClient(book, timeout=SECONDS, kernel_name="python3", resources={"metadata": {"path": str(HERE)}}).execute()
    book.cells = book.cells[1:-1]
    return book


def small(picture: str) -> str:
    """Return a PNG, base64, in fewer colours and bytes."""
    out = BytesIO()
    full = Image.open(BytesIO(b64decode(picture))).convert("RGB")
    # Few dots of a legend must keep their colour, so the palette covers the range and not the crowd.
    full.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(out, "png", optimize=True)
    return b64encode(out.getvalue()).decode()


def light(book: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return the same notebook as it is stored: no chart specifications, nothing that differs from run to run."""
    for number, cell in enumerate(book.cells):
        cell["id"] = f"cell-{number:02d}"
        cell["metadata"] = {}
        if cell["cell_type"] != "code":
            continue
        cell["execution_count"] = None
        for output in cell["outputs"]:
            output.pop("execution_count", None)
            if output["output_type"] == "execute_result":
                output["output_type"] = "display_data"
            for kind in [k for k in output.get("data", {}) if "vega" in k]:
                del output["data"][kind]
            if "image/png" in output.get("data", {}):
                output["data"]["image/png"] = small(output["data"]["image/png"])
    book["metadata"] = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return book


def main() -> None:
    """Write the executed notebook."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else NOTEBOOK
    book = light(executed(SOURCE))
    nbformat.validate(book)
    target.write_text(nbformat.writes(book) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
