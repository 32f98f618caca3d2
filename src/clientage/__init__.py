"""clientage: customer segments that are judged, described and usable.

Examples
--------
>>> import clientage
>>> clientage.__version__
'0.1.0'
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False  # as typing has it, whose import takes longer than all else until the command hears Ctrl-C
if TYPE_CHECKING:
    from clientage.clustering.sweep import sweep
    from clientage.errors import ClientageError
    from clientage.estimator import Segmenter
    from clientage.python import SavedRun, Study, open_run, segment

__version__ = "0.1.0"
__all__ = ["ClientageError", "SavedRun", "Segmenter", "Study", "__version__", "open_run", "segment", "sweep"]

# name -> module; imported when first used, so that each door pays only for what it uses
_HOMES = {
    "ClientageError": "clientage.errors",
    "SavedRun": "clientage.python",
    "Segmenter": "clientage.estimator",
    "Study": "clientage.python",
    "open_run": "clientage.python",
    "segment": "clientage.python",
    "sweep": "clientage.clustering.sweep",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'clientage' has no attribute '{name}'")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
