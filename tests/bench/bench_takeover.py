"""How fast rows without files are taken over: `make bench-takeover`, 126,000 records into an empty house on PostgreSQL.

Builds the source once, the database each time anew, and takes it away again.
"""

import shutil
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT)]

from tests.bench.bench import OUT, SERVER, Stock  # noqa: E402


def main() -> None:
    stock = Stock("takeover", SERVER)
    shutil.rmtree(stock.data, ignore_errors=True)
    stock.data.mkdir(parents=True)
    stock.create_database()
    try:
        if not (stock.source / "records.csv").exists():
            stock.run("tests/bench/stock.py", stock.size, str(stock.source), "--without-files")
        stock.run("manage.py", "migrate", "--verbosity", "0")
        stock.run("tests/bench/house.py", str(stock.source))
        begun = time.monotonic()
        printed = stock.run("manage.py", "import_records", str(stock.source))
        printed += f"\n{time.monotonic() - begun:.0f} s by the clock\n"
        (OUT / "takeover.txt").write_text(printed)
    finally:
        stock.on_server(f"DROP DATABASE {stock.database} WITH (FORCE)")


if __name__ == "__main__":
    main()
