"""The table that is printed, and var/bench.json."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass
class Line:
    """One figure; where it has a target, `met` says whether its ratio (or, without one, its value) keeps it."""

    value: float
    unit: str
    floor: float | None = None
    ratio: float | None = None
    target: float | None = None
    met: bool | None = None


class Report:
    """Lines in the order in which they are measured."""

    def __init__(self) -> None:
        self.lines: dict[str, Line] = {}

    def add(
        self,
        name: str,
        value: float,
        unit: str,
        *,
        floor: float | None = None,
        ratio: float | None = None,
        target: float | None = None,
        met: bool | None = None,
    ) -> None:
        """Print a figure as soon as it is known; `target` is the most that the ratio, else the value, may be."""
        if met is None and target is not None:
            met = (value if ratio is None else ratio) <= target
        line = self.lines[name] = Line(_short(value), unit, *map(_maybe_short, (floor, ratio, target)), met)
        print(_row(name, line), flush=True)

    def head(self) -> None:
        print(f"{'':52} {'value':>10} {'unit':12} {'floor':>10} {'ratio':>7} {'target':>7}", flush=True)

    def write(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({name: asdict(line) for name, line in self.lines.items()}, indent=2) + "\n")


def _short(value: float) -> float:
    return float(f"{value:.4g}")


def _maybe_short(value: float | None) -> float | None:
    return None if value is None else _short(value)


def _row(name: str, line: Line) -> str:
    cells = ["" if value is None else f"{value:g}" for value in (line.floor, line.ratio, line.target)]
    verdict = {None: "", True: "met", False: "NOT MET"}[line.met]
    return f"{name:52} {line.value:>10g} {line.unit:12} {cells[0]:>10} {cells[1]:>7} {cells[2]:>7}  {verdict}".rstrip()
