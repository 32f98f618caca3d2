"""A bench to try knobs on: it remembers what earlier trials worked out, so that each turn repeats as little as it can.

Receives `Sampled`; returns trials. One bench may serve several visitors at once.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import TypeVar

from clientage.trial.knobs import Knobs, settings_of
from clientage.trial.sampled import Sampled
from clientage.trial.trial import Encoded, Trial, encode_sampled, try_knobs

MOST_ENCODED = 8
MOST_TRIALS = 64

Key = TypeVar("Key")
Value = TypeVar("Value")


class Bench:
    """Trials on the same customers.

    Parameters
    ----------
    sampled : Sampled
        The customers.

    Notes
    -----
    Turning k alone takes the encoding and Ward's tree of the trial before; going back to a position costs nothing.
    """

    def __init__(self, sampled: Sampled) -> None:
        self.sampled = sampled
        self._encoded: OrderedDict[tuple[object, ...], Encoded] = OrderedDict()
        self._trials: OrderedDict[Knobs, Trial] = OrderedDict()
        self._lock = Lock()

    def trial(self, knobs: Knobs) -> Trial:
        """Return the trial at this position: the judged one where it was kept, else one made now.

        Raises
        ------
        ClientageError
            When the settings cannot be, as the full study would refuse them.
        """
        return self._recalled(self._trials, knobs, lambda: self._made(knobs), MOST_TRIALS)

    def keep(self, judged: Trial) -> None:
        """Keep a judged trial: it stands for its position from now on."""
        with self._lock:
            self._trials[judged.knobs] = judged

    def _made(self, knobs: Knobs) -> Trial:
        settings = settings_of(knobs, self.sampled)
        position = (knobs.features, knobs.weights, knobs.skew, knobs.outliers)
        encoded = self._recalled(self._encoded, position, lambda: encode_sampled(self.sampled, settings), MOST_ENCODED)
        return try_knobs(self.sampled, knobs, encoded)

    def _recalled(self, held: OrderedDict[Key, Value], key: Key, make: Callable[[], Value], most: int) -> Value:
        """Return what is held under the key, or make it; what was not asked for longest makes room."""
        with self._lock:
            if key in held:
                held.move_to_end(key)
                return held[key]
        made = make()  # outside the lock: two who ask at once compute the same twice, and nobody waits
        with self._lock:
            made = held.setdefault(key, made)
            while len(held) > most:
                held.popitem(last=False)
        return made
