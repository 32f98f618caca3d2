"""Optional libraries: imported where they are used, and named with their install line when absent."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from clientage.errors import MissingExtraError

# import name -> the extra of pyproject.toml that brings it
EXTRAS = {
    "python_calamine": "excel",
    "sqlalchemy": "sql",
    "psycopg": "sql",
    "sklearn": "sklearn",
    "pandas": "pandas",
    "polars": "polars",
    "vl_convert": "charts",
    "pptx": "slides",
    "sqlglot": "dialects",
    "mlflow": "tracking",
    "streamlit": "dashboard",
    "fastapi": "api",
    "pydantic": "api",
    "uvicorn": "api",
}


def require(module: str, purpose: str) -> ModuleType:
    """Import an optional module, or say which extra brings it.

    Parameters
    ----------
    module : str
        Import name, for example ``"sklearn.cluster"``.
    purpose : str
        What it is needed for, as the subject of a sentence: ``"the HDBSCAN algorithm"``.

    Raises
    ------
    MissingExtraError
        When the library is not installed.

    Examples
    --------
    >>> require("json", "an example").__name__
    'json'
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as absent:
        root = module.partition(".")[0]
        extra = EXTRAS.get(root, root)
        raise MissingExtraError(
            f"the library '{root}' for {purpose}",
            f"it is not installed ({absent})",
            f"Install it with: pip install 'clientage[{extra}]'",
        ) from None
