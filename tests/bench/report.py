"""Compares what was measured on two stocks: text, JSON, Markdown and a plot below var/bench."""

import json
import os
import platform
import time
from datetime import UTC, datetime
from pathlib import Path

#: A page may take so many times as long with the large stock, or stay below so many milliseconds.
RATIO, FAST_ENOUGH = 1.3, 100


def write(name: str, small_file: Path, large_file: Path, out: Path) -> None:
    """Write `out`/`name`.txt, .json, .svg and performance.md-table; print the text."""
    small, large = json.loads(small_file.read_text()), json.loads(large_file.read_text())
    rows = [
        row_of(key, small["scenarios"].get(key, {}), figure) for key, figure in large["scenarios"].items()
    ]
    report = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "database": large["vendor"],
        "documents": [small["documents"], large["documents"]],
        "rows": rows,
        "missed": [row["scenario"] for row in rows if row["missed"]],
    }
    (out / f"{name}.json").write_text(json.dumps(report, indent=2, ensure_ascii=False))
    text = as_text(report)
    (out / f"{name}.txt").write_text(text)
    (out / "performance.md-table").write_text(as_markdown(report))
    plot(report, out / f"{name}.svg")
    print(text)


def row_of(key: str, small: dict, large: dict) -> dict:
    """Return the figures of a scenario beside each other, and in words what is missed."""
    row = {"scenario": key, "target": large["target"], "missed": []}
    if "error" in large:
        return row | {"missed": ["failed"], "error": large["error"]}
    row |= {name: large[name] for name in ("median", "p95", "queries")}
    if large["median"] > large["target"]:
        row["missed"].append("target")
    if large.get("scans"):
        row["missed"].append(f"scans {' and '.join(large['scans'])}")
    if "median" in small:
        row |= {"small": small["median"], "small_queries": small["queries"]}
        row["ratio"] = round(large["median"] / small["median"], 2)
        if row["ratio"] > RATIO and large["median"] > FAST_ENOUGH:
            row["missed"].append("ratio")
    return row


def speed() -> float:
    """Return the milliseconds of a million additions in Python: what a figure from another machine is to be read by."""
    best = float("inf")
    for _ in range(5):
        begun = time.perf_counter()
        total = 0
        for number in range(1_000_000):
            total += number
        best = min(best, time.perf_counter() - begun)
    return best * 1000


def machine() -> str:
    model = next(
        (line.split(":")[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), ""
    )
    memory = next(
        (int(line.split()[1]) for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0
    )
    python = f"Python {platform.python_version()}, a million additions in {speed():.0f} ms"
    return f"{os.cpu_count()} cores {model}, {memory / 2**20:.0f} GB, {python}"


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines() if Path(path).exists() else []


def columns(row: dict) -> list[str]:
    if "error" in row:
        return [row["scenario"], str(row["target"]), "", "", "", "", "", f"failed: {row['error']}"]
    return [
        row["scenario"],
        str(row["target"]),
        f"{row['small']:.0f}" if "small" in row else "",
        f"{row['median']:.0f}",
        f"{row['p95']:.0f}",
        f"{row['ratio']:.2f}" if "ratio" in row else "",
        str(row["queries"]),
        ", ".join(row["missed"]),
    ]


def headings(report: dict) -> list[str]:
    small, large = (f"{count:,}" for count in report["documents"])
    return ["scenario", "target", small, large, "p95", "ratio", "queries", "missed"]


def as_text(report: dict) -> str:
    lines = [f"{report['machine']}; {report['database']}; milliseconds, medians; {report['measured_at']}", ""]
    for row in [headings(report), *(columns(row) for row in report["rows"])]:
        lines.append(f"{row[0]:76}" + "".join(f"{cell:>10}" for cell in row[1:7]) + f"  {row[7]}")
    lines += ["", f"{len(report['missed'])} of {len(report['rows'])} miss something.", ""]
    return "\n".join(lines)


def as_markdown(report: dict) -> str:
    """Return the table for docs/performance.md; of the sweep over all lists only what is slow."""
    shown = [row for row in report["rows"] if row["missed"] or not row["scenario"].startswith("every list")]
    lines = ["| " + " | ".join(headings(report)) + " |", "|---|" + "---:|" * 6 + "---|"]
    lines += ["| " + " | ".join(columns(row)) + " |" for row in shown]
    slowest = max((row.get("median", 0) for row in report["rows"] if row not in shown), default=0)
    lines.append(f"\nOf the sweep over all lists the slowest that is not shown takes {slowest:.0f} ms.\n")
    return "\n".join(lines)


def plot(report: dict, target: Path) -> None:
    """Draw each scenario as a point: small stock to the right, large one upwards; above the line it got slower."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    rows = [row for row in report["rows"] if "ratio" in row]
    if not rows:
        return
    figure, axes = pyplot.subplots(figsize=(9, 8))
    for group in dict.fromkeys(row["scenario"].split(":")[0] for row in rows):
        points = [(row["small"], row["median"]) for row in rows if row["scenario"].startswith(f"{group}:")]
        axes.scatter(*zip(*points, strict=True), label=group, s=18, alpha=0.7)
    least = min(min(row["small"], row["median"]) for row in rows)
    most = max(max(row["small"], row["median"]) for row in rows)
    axes.plot([least, most], [least, most], color="grey", linewidth=1, label="as fast")
    axes.plot(
        [least, most],
        [RATIO * least, RATIO * most],
        color="grey",
        linestyle="--",
        linewidth=1,
        label=f"× {RATIO}",
    )
    for row in (row for row in rows if row["missed"]):
        name = row["scenario"].split(": ", 1)[1][:40]
        axes.annotate(
            name, (row["small"], row["median"]), fontsize=5, xytext=(3, 3), textcoords="offset points"
        )
    axes.set(
        xscale="log",
        yscale="log",
        xlabel=f"ms with {report['documents'][0]:,} documents",
        ylabel=f"ms with {report['documents'][1]:,} documents",
        title=f"doAkte on {report['database']}, medians",
    )
    axes.legend()
    figure.tight_layout()
    figure.savefig(target)
