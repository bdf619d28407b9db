"""A QR code as the path of an SVG: black squares on paper, nothing to fetch."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True)
class Code:
    """Squares of one unit; the white border that readers need is part of the size."""

    size: int
    path: str


def draw(text: str) -> Code:
    """Of a text that is a secret: it is not kept."""
    from qrcode import QRCode  # type: ignore[import-untyped]
    from qrcode.constants import ERROR_CORRECT_M  # type: ignore[import-untyped]

    code = QRCode(border=2, error_correction=ERROR_CORRECT_M)
    code.add_data(text)
    code.make()
    matrix = code.get_matrix()
    runs = []
    for y, row in enumerate(matrix):
        start = None
        for x, dark in enumerate([*row, False]):
            if dark and start is None:
                start = x
            elif not dark and start is not None:
                runs.append(f"M{start} {y}h{x - start}v1H{start}z")
                start = None
    return Code(len(matrix), "".join(runs))


code_of = lru_cache(maxsize=512)(draw)
