"""What each of the people in the load test does (a locustfile; see `bench_load.py`). Knows the site from outside only."""

import html
import itertools
import json
import os
import random
import re
from pathlib import Path

from locust import HttpUser, between, events, task

OUT = Path(os.environ["BENCH_LOAD_OUT"])
PEOPLE = json.loads((OUT / "people.json").read_text())
TOKEN = "a" * 32
next_person = itertools.count()

EXPLORE = re.compile(r'href="(/admin/pages/\d+/)"')
INTRANET = re.compile(r'href="(/(?:akte|vorgang|dokument)/[0-9a-f-]{36}/)"')
SUBMIT = re.compile(r'href="(/admin/freigabe/[0-9a-f-]{36}/vorlegen/)"')
SIGN = re.compile(r'href="(/admin/freigabe/[0-9a-f-]{36}/zeichnen/)"')
DESCRIBE = re.compile(r"/admin/akten/([0-9a-f-]{36})/angaben/")
REVISION = re.compile(r'name="revision_id" value="(\d+)"')


class Person(HttpUser):
    """Somebody at a desk: reads, thinks, clicks on. Half a minute between two things is a busy day."""

    wait_time = between(10, 40)

    def on_start(self):
        self.person = PEOPLE[next(next_person) % len(PEOPLE)]
        self.client.cookies.set("sessionid", self.person["session"])
        self.client.cookies.set("csrftoken", TOKEN)
        self.client.headers["X-CSRFToken"] = TOKEN
        self.number = 0

    def page(self, address: str, name: str) -> str:
        return self.client.get(address, name=name).text

    def follow(self, pattern: re.Pattern, text: str, name: str) -> str:
        """Click on one of the links of a page; return the page it leads to, "" where there is none."""
        links = list(dict.fromkeys(pattern.findall(text)))
        return self.page(random.choice(links[-50:]), name) if links else ""

    @task(8)
    def browse_admin(self):
        text = self.page("/admin/", "home page")
        if self.person["units"]:
            text = self.page(random.choice(self.person["units"])[0], "unit")
            text = self.follow(EXPLORE, text, "page of a record")
            self.follow(EXPLORE, text, "page of a record")

    @task(8)
    def browse_intranet(self):
        text = self.page("/", "intranet: start")
        if self.person["units"]:
            text = self.page(random.choice(self.person["units"])[1], "intranet: unit")
        for _ in range(3):
            text = self.follow(INTRANET, text, "intranet: record")

    @task(10)
    def search(self):
        word = random.choice(self.person["words"])
        self.page(f"/suche/vorschlaege/?q={word[:4]}", "suggestions")
        text = self.page(f"/suche/?q={word}", "search")
        self.follow(INTRANET, text, "intranet: record")

    @task(6)
    def file(self):
        self.upload()

    def upload(self) -> str:
        """File a letter and return the identifier of the document, "" where this person may file nowhere."""
        if not self.person["uploads"]:
            return ""
        self.number += 1
        content = f"Schreiben {self.number} von {self.person['name']}, {random.random()}"
        response = self.client.post(
            random.choice(self.person["uploads"]),
            files={"files": ("brief.txt", content.encode())},
            headers={"Accept": "application/json"},
            name="file a document",
        )
        found = DESCRIBE.search(response.json().get("html", "")) if response.ok else None
        return found.group(1) if found else ""

    @task(2)
    def submit(self):
        document = self.upload()
        if document and self.person["colleagues"]:
            address = f"/admin/freigabe/{document}/vorlegen/"
            self.page(address, "page for submitting")
            data = {"co_signers": random.choice(self.person["colleagues"]), "remark": ""}
            self.client.post(address, data=data, name="submit")

    @task(4)
    def sign(self):
        """Sign what waits on the home page, if anything does."""
        waiting = re.findall(
            r'href="(/admin/pages/\d+/)">[^<]*</a>\s*<span class="ak-badge ak-badge--waiting"',
            self.page("/admin/", "home page"),
        )
        if not waiting:
            return
        link = SIGN.search(self.page(random.choice(waiting), "page of a record"))
        if link is None:
            return
        address = html.unescape(link.group(1))
        revision = REVISION.search(self.page(address, "page for signing"))
        if revision:
            data = {"revision_id": revision.group(1), "remark": ""}
            self.client.post(address, data=data, name="sign")


@events.quitting.add_listener
def write(environment, **kwargs):
    """Write what was measured, by kind."""
    stats = environment.stats
    kinds = {
        name: {
            "requests": entry.num_requests,
            "failures": entry.num_failures,
            "median": entry.median_response_time,
            "p95": entry.get_response_time_percentile(0.95),
        }
        for (name, _method), entry in sorted(stats.entries.items())
    }
    total = stats.total
    report = {
        "people": environment.parsed_options.num_users,
        "seconds": round(total.last_request_timestamp - total.start_time) if total.num_requests else 0,
        "requests": total.num_requests,
        "requests_per_second": round(total.total_rps, 1),
        "median": total.median_response_time,
        "p95": total.get_response_time_percentile(0.95),
        "failures": total.num_failures,
        "errors": [error.to_dict() for error in stats.errors.values()],
        "kinds": kinds,
    }
    target = OUT / f"{environment.parsed_options.num_users}.json"
    target.write_text(json.dumps(report, indent=2, ensure_ascii=False, default=str))
