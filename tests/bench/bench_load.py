"""50 and 200 people at once on a copy of the million: `make bench-load`.

Starts gunicorn with 2 workers and one Celery worker on a copy of the stock's database, lets locust's people work for 3
minutes each time, and ends all of it. Fails when a request failed. BENCH_LOAD_STOCK=10k takes the small stock,
BENCH_LOAD_PEOPLE="50 200" and BENCH_LOAD_SECONDS=180 are the measure; 127.0.0.1 only.
"""

import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT)]

from tests.bench.bench import OUT, SERVER, Stock  # noqa: E402
from tests.running_site import free_port  # noqa: E402

PEOPLE = [int(count) for count in os.environ.get("BENCH_LOAD_PEOPLE", "50 200").split()]
SECONDS = int(os.environ.get("BENCH_LOAD_SECONDS", 180))
#: People join over so many seconds, which belong to the measured time.
JOINING = 20
REDIS = "redis://127.0.0.1:6379/4"


def main() -> None:
    # Whoever ends this from outside ends what it has started as well.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Ended."))
    stock = Stock(os.environ.get("BENCH_LOAD_STOCK", "1m"), SERVER)
    stock.build(fresh=False)
    copy = copy_of(stock)
    out = copy.data
    (out / "people.json").write_text(
        copy.run("tests/bench/load_people.py", str(max(PEOPLE))).splitlines()[-1]
    )
    env = copy.env | {"DOAKTE_BENCH_BROKER": REDIS, "DOAKTE_REDIS_URL": REDIS, "BENCH_LOAD_OUT": str(out)}
    port = free_port()
    # Connections are kept longer than people think, as behind a web server.
    running = [
        start(env, "-m", "gunicorn", "doakte_site.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "2",
              "--threads", "4", "--keep-alive", "75", "--log-level", "warning"),
        start(env, "manage.py", "run_worker"),
    ]  # fmt: skip
    try:
        wait_until_it_answers(port)
        reports = [let_work(env, port, people, out) for people in PEOPLE]
    finally:
        for process in running:
            end(process)
        copy.on_server(f"DROP DATABASE {copy.database} WITH (FORCE)")
    write(reports)
    if any(report["failures"] for report in reports):
        sys.exit("Requests failed; the table above says which.")


def copy_of(stock: Stock) -> Stock:
    """Copy database and files; the files are linked, for nobody ever changes one."""
    copy = Stock(stock.size, stock.server)
    copy.database, copy.data = "doakte_bench_load", OUT / "load"
    shutil.rmtree(copy.data, ignore_errors=True)
    copy.data.mkdir(parents=True)
    print(f"==> Copying the stock {stock.size}", flush=True)
    for name in ("blobs", "renditions"):
        if (stock.data / name).exists():
            shutil.copytree(stock.data / name, copy.data / name, copy_function=os.link)
    copy.on_server(f"DROP DATABASE IF EXISTS {copy.database} WITH (FORCE)")
    copy.on_server(f"CREATE DATABASE {copy.database} TEMPLATE {stock.database} STRATEGY FILE_COPY")
    return copy


def start(env: dict, *command: str) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, *command], cwd=ROOT, env=env, start_new_session=True)


def end(process: subprocess.Popen) -> None:
    """End a process with all its children, gently first."""
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(20)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_until_it_answers(port: int) -> None:
    end_of_patience = time.monotonic() + 60
    while time.monotonic() < end_of_patience:
        with suppress(OSError):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            connection.request("GET", "/login/")
            if connection.getresponse().status == 200:
                return
        time.sleep(0.2)
    sys.exit("gunicorn does not answer.")


def let_work(env: dict, port: int, people: int, out: Path) -> dict:
    print(f"==> {people} people for {SECONDS} s", flush=True)
    locust = [
        sys.executable,
        "-m",
        "locust",
        "--locustfile",
        "tests/bench/load.py",
        "--headless",
        "--only-summary",
    ]
    locust += ["--host", f"http://127.0.0.1:{port}", "--users", str(people), "--run-time", f"{SECONDS}s"]
    locust += [
        "--spawn-rate",
        str(max(1, people / JOINING)),
        "--loglevel",
        "WARNING",
        "--exit-code-on-error",
        "0",
    ]
    with (out / f"locust-{people}.log").open("w") as log:
        subprocess.run(locust, cwd=ROOT, env=env, check=True, timeout=SECONDS + 120, stdout=log, stderr=log)
    return json.loads((out / f"{people}.json").read_text())


def write(reports: list[dict]) -> None:
    """Print the figures, and keep them as text and JSON."""
    lines = []
    for report in reports:
        lines.append(
            f"{report['people']} people, {report['seconds']} s: {report['requests_per_second']} requests/s, "
            f"median {report['median']:.0f} ms, p95 {report['p95']:.0f} ms, {report['failures']} errors"
        )
        lines.append(f"{'':4}{'':28}{'requests':>10}{'median':>10}{'p95':>10}{'errors':>8}")
        lines += [
            f"{'':4}{name:28}{kind['requests']:10}{kind['median']:10.0f}{kind['p95']:10.0f}{kind['failures']:8}"
            for name, kind in report["kinds"].items()
        ]
        lines += [f"    {error['name']}: {error['error']}"[:300] for error in report["errors"]] + [""]
    text = "\n".join(lines)
    (OUT / "load.txt").write_text(text)
    (OUT / "load.json").write_text(json.dumps(reports, indent=2, ensure_ascii=False))
    print(text)


if __name__ == "__main__":
    main()
