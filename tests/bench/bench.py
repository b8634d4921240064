"""Builds two stocks of different size, measures both, and compares: `make bench` and `make bench-million`.

The stocks stay for the next run, below var/bench and, on PostgreSQL, in databases `doakte_bench_…` beside the one that
DOAKTE_DATABASE_URL names. BENCH_ONLY=word measures only what has the word in its name, BENCH_EXPLAIN=1 writes the plans
of what missed its target, BENCH_FRESH=1 builds the stocks anew.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT)]

from tests.bench import report  # noqa: E402

OUT = ROOT / "var" / "bench"
#: The server of what is measured on PostgreSQL alone.
SERVER = os.environ.get("DOAKTE_DATABASE_URL") or "postgres://doakte:doakte@127.0.0.1:5432/doakte"
#: Name of the comparison -> the small and the large stock.
COMPARISONS = {"small": ("small", "medium"), "million": ("10k", "1m")}


class Stock:
    """One stock: its source, its data and its database."""

    def __init__(self, size: str, server: str):
        self.size, self.server = size, server
        kind = "postgresql" if server else "sqlite"
        self.source = OUT / "sources" / size
        self.data = OUT / f"{kind}-{size}"
        self.database = f"doakte_bench_{size}"
        self.ready = self.data / "ready"

    @property
    def env(self) -> dict[str, str]:
        url = urlsplit(self.server)._replace(path=f"/{self.database}").geturl() if self.server else ""
        env = {name: value for name, value in os.environ.items() if name != "DOAKTE_DATABASE_URL"}
        env |= {"DOAKTE_DATA": str(self.data), "DJANGO_SETTINGS_MODULE": "tests.bench.settings"}
        return (
            env
            | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'site'}"}
            | ({"DOAKTE_DATABASE_URL": url} if url else {})
        )

    def run(self, *command: str) -> str:
        """Run a command of the project on this stock, show and return what it prints. Ends the bench if it fails."""
        process = subprocess.Popen(
            [sys.executable, *command], cwd=ROOT, env=self.env, stdout=subprocess.PIPE, text=True
        )
        printed = []
        for line in process.stdout:
            print(f"  {line}", end="", flush=True)
            printed.append(line)
        if process.wait():
            sys.exit(f"{' '.join(command)} failed on {self.size}; the output above says why.")
        return "".join(printed)

    def build(self, fresh: bool) -> None:
        """Have the stock there, with all migrations of today."""
        if self.ready.exists() and not fresh and self.exists():
            self.run("manage.py", "migrate", "--verbosity", "0")
            # What earlier runs have rolled back lies about as dead rows, which a night would have cleared away.
            self.run("tests/bench/house.py", "--tidy")
            return
        print(f"==> Building the stock {self.size}", flush=True)
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir(parents=True)
        self.create_database()
        self.run("tests/bench/stock.py", self.size, str(self.source))
        self.run("manage.py", "migrate", "--verbosity", "0")
        self.run("tests/bench/house.py", str(self.source))
        begun = time.monotonic()
        printed = self.run("manage.py", "import_records", str(self.source), "--texts-first")
        printed += f"\n{time.monotonic() - begun:.0f} s by the clock\n"
        self.run("tests/bench/house.py", "--settle")
        (OUT / f"import-{self.data.name}.txt").write_text(printed)
        self.ready.touch()

    def exists(self) -> bool:
        return not self.server or bool(
            self.on_server("SELECT 1 FROM pg_database WHERE datname = %s", [self.database])
        )

    def create_database(self) -> None:
        if self.server:
            self.on_server(f"DROP DATABASE IF EXISTS {self.database} WITH (FORCE)")
            self.on_server(f"CREATE DATABASE {self.database} ENCODING 'UTF8' TEMPLATE template0")

    def on_server(self, sql: str, parameters=None) -> list:
        import psycopg

        with psycopg.connect(self.server, autocommit=True) as connection:
            cursor = connection.execute(sql, parameters)
            return cursor.fetchall() if cursor.description else []

    def measuring(self, target: Path, comparison: str) -> subprocess.Popen:
        """Start measuring this stock; it waits for a line before each scenario, and prints one after it."""
        command = [sys.executable, "tests/bench/measure.py", str(target), "--lockstep"]
        command += ["--only", os.environ.get("BENCH_ONLY", "")]
        command += ["--quick"] if comparison == "small" else []
        if os.environ.get("BENCH_EXPLAIN"):
            command += ["--explain", str(target.with_suffix(".plans.txt"))]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, cwd=ROOT, env=self.env, stdin=pipe, stdout=pipe, text=True)


def measure(comparison: str, stocks: list[Stock]) -> list[Path]:
    """Measure each scenario on one stock after the other, so that both meet the machine in the same mood."""
    targets = [OUT / f"{comparison}-{stock.size}.json" for stock in stocks]
    running = [stock.measuring(target, comparison) for stock, target in zip(stocks, targets, strict=True)]
    while any(process.poll() is None for process in running):
        for stock, process in zip(stocks, running, strict=True):
            with suppress(BrokenPipeError):
                process.stdin.write("\n")
                process.stdin.flush()
            if line := process.stdout.readline():
                print(f"  {stock.size:7}{line}", end="", flush=True)
            else:
                process.wait()
    if any(process.returncode for process in running):
        sys.exit("Measuring failed; the output above says why.")
    return targets


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("comparison", choices=COMPARISONS)
    options = parser.parse_args()
    server = SERVER if options.comparison == "million" else os.environ.get("DOAKTE_DATABASE_URL", "")
    stocks = [Stock(size, server) for size in COMPARISONS[options.comparison]]
    for stock in stocks:
        stock.build(fresh=bool(os.environ.get("BENCH_FRESH")))
    small, large = measure(options.comparison, stocks)
    report.write(options.comparison, small, large, OUT)


if __name__ == "__main__":
    main()
