"""Check a page in the browser with axe-core: accessibility that a machine can judge (R79)."""

import json
from pathlib import Path

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
#: WCAG 2.1 A and AA, which EN 301 549 asks for, and what axe holds to be good practice.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]


def violations(page, *, include: str | None = None, exclude: tuple[str, ...] = ()) -> list[dict]:
    """Run axe-core on a Playwright page and return its findings; `include`, `exclude`: CSS selectors.

    Works on a page with script switched off as well, where Playwright still runs ours.
    """
    page.wait_for_load_state()
    # What is still fading in has less contrast than it will have.
    page.evaluate("Promise.all(document.getAnimations().map(one => one.finished.catch(() => {})))")
    page.evaluate(AXE.read_text())
    context = {"include": [include] if include else [["html"]], "exclude": [[one] for one in exclude]}
    options = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
    result = page.evaluate(f"axe.run({json.dumps(context)}, {json.dumps(options)})")
    return result["violations"]


def assert_accessible(page, **kwargs) -> None:
    """Fail with each finding's rule, reason and places unless axe finds nothing."""
    found = [
        f"{one['id']}: {one['help']}\n" + "\n".join(f"    {node['html'][:200]}" for node in one["nodes"][:5])
        for one in violations(page, **kwargs)
    ]
    assert not found, f"{page.url}\n" + "\n".join(found)
