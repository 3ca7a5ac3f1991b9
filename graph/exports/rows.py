"""Lines of CSV as RFC 4180 has them."""

import csv
import io
from collections.abc import Sequence


def row(values: Sequence[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(values)
    return line.getvalue()
