"""How much a run tries: how many generated examples, how long a case may take, which seeds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Effort:
    """`scale` multiplies the number of generated examples; `seconds` is the time that one case has."""

    scale: float = 1.0
    seconds: float = 20.0
    fixed_seeds: bool = True

    def examples(self, number: int) -> int:
        """How many examples to generate where the default run tries `number`."""
        return max(1, round(number * self.scale))

    @property
    def shrinking(self) -> float:
        """Seconds for making a failing example smaller; then the smallest so far is reported."""
        return self.seconds / 5


DEFAULT = Effort()
DEEP = Effort(scale=30.0, seconds=900.0, fixed_seeds=False)
