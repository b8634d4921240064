/*
 * The drop zone: every file goes in a request of its own, two at a time, with a progress bar. Sizes are checked
 * before anything is sent. After the last one the page's list of documents is fetched anew. Without script the form
 * sends all files at once.
 */

const AT_ONCE = 2;
/* How often to ask whether an e-mail has been read, and for how long. */
const READING_PAUSE = 700;
const READING_ASKED = 120;

class Upload {
  constructor(form) {
    this.form = form;
    this.input = form.querySelector("input[type=file]");
    this.zone = form.querySelector("[data-drop]");
    this.list = document.querySelector("[data-uploads]");
    this.status = form.querySelector("[data-status]");
    this.waiting = [];
    this.running = 0;
    this.done = 0;
    this.all = 0;
    this.listed = 0;
    form.querySelector("[data-without-script] button").hidden = true;
    form.querySelector("[data-drop-hint]").hidden = false;
    this.input.addEventListener("change", () => {
      this.add(this.input.files);
      this.input.value = "";
    });
    form.addEventListener("submit", (event) => event.preventDefault());
    for (const name of ["dragenter", "dragover"]) this.zone.addEventListener(name, (event) => this.over(event, true));
    for (const name of ["dragleave", "drop"]) this.zone.addEventListener(name, (event) => this.over(event, false));
    this.zone.addEventListener("drop", (event) => this.add(event.dataTransfer.files));
    window.addEventListener("beforeunload", (event) => {
      if (this.running || this.waiting.length) event.preventDefault();
    });
    this.list.addEventListener("submit", (event) => this.describe(event));
  }

  over(event, inside) {
    event.preventDefault();
    this.zone.classList.toggle("ak-drop--over", inside);
  }

  add(files) {
    const { maxBytes, tooLarge, empty, waiting } = this.form.dataset;
    for (const file of files) {
      const row = this.row(file);
      this.all += 1;
      if (file.size > Number(maxBytes)) this.fail(row, tooLarge);
      else if (!file.size) this.fail(row, empty);
      else {
        row.note.textContent = waiting;
        this.waiting.push(row);
      }
    }
    this.next();
    this.count();
  }

  row(file) {
    const item = document.createElement("li");
    item.className = "ak-uploads__item";
    item.innerHTML =
      '<p class="ak-uploads__name"></p><progress max="100" value="0"></progress><p class="ak-uploads__note"></p>';
    item.querySelector(".ak-uploads__name").textContent = file.name;
    const bar = item.querySelector("progress");
    bar.setAttribute("aria-label", file.name);
    this.list.append(item);
    return { file, item, bar, note: item.querySelector(".ak-uploads__note") };
  }

  next() {
    while (this.running < AT_ONCE && this.waiting.length) this.send(this.waiting.shift());
  }

  send(row) {
    const { dataset } = this.form;
    const request = new XMLHttpRequest();
    const data = new FormData();
    data.append("csrfmiddlewaretoken", this.form.elements.csrfmiddlewaretoken.value);
    data.append("files", row.file, row.file.name);
    request.open("POST", this.form.action || location.href);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-Requested-With", "XMLHttpRequest");
    request.upload.addEventListener("progress", (event) => {
      if (!event.lengthComputable) return;
      row.bar.value = Math.round((100 * event.loaded) / event.total);
      row.note.textContent = event.loaded < event.total ? dataset.sending : dataset.storing;
    });
    request.addEventListener("load", () => this.arrived(row, request));
    request.addEventListener("error", () => this.interrupted(row));
    this.running += 1;
    request.send(data);
  }

  arrived(row, request) {
    let answer = {};
    try {
      answer = JSON.parse(request.responseText);
    } catch {
      /* Not our answer: a proxy's page, or the login. */
    }
    this.running -= 1;
    if (answer.html) {
      row.item.innerHTML = answer.html;
      this.done += 1;
      if (answer.reading) this.follow(row, answer.reading);
    } else if (answer.error) this.fail(row, answer.error);
    else this.offerRetry(row);
    this.next();
    this.count();
    this.ended();
  }

  /* A worker reads e-mails after they have been filed. Then they have their title, their attachments and the form. */
  async follow(row, address) {
    for (let asked = 0; asked < READING_ASKED; asked += 1) {
      await new Promise((resolve) => setTimeout(resolve, READING_PAUSE));
      try {
        const response = await fetch(address, { headers: { "X-Requested-With": "XMLHttpRequest" } });
        if (!response.ok) return;
        const { open, html } = await response.json();
        if (open) continue;
        row.item.innerHTML = html;
        this.listed = 0;
        this.ended();
        return;
      } catch {
        /* The connection is gone for a moment; ask again. */
      }
    }
  }

  interrupted(row) {
    this.running -= 1;
    this.offerRetry(row);
    this.next();
    this.count();
    this.ended();
  }

  /* The page's own list of documents shows what has been filed once nothing is on its way any more. */
  async ended() {
    if (this.running || this.done === this.listed) return;
    const filed = this.done;
    const list = document.querySelector("[data-children]");
    if (!list) return;
    try {
      const response = await fetch(location.href);
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const fresh = page.querySelector("[data-children]");
      /* More has come meanwhile: its end fetches again. */
      if (!response.ok || !fresh || this.running || this.done !== filed) return;
      const focused = list.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
      list.replaceChildren(...fresh.childNodes);
      if (focused) list.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
      this.listed = filed;
    } catch {
      /* The documents are filed all the same; the next page shows them. */
    }
  }

  fail(row, text) {
    row.bar.remove();
    row.item.classList.add("ak-uploads__item--bad");
    row.note.className = "ak-uploads__error";
    row.note.textContent = text;
  }

  offerRetry(row) {
    const { failed, retry } = this.form.dataset;
    row.note.textContent = `${failed} `;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button-small";
    button.textContent = retry;
    button.addEventListener("click", () => {
      button.remove();
      this.waiting.push(row);
      this.next();
    });
    row.note.append(button);
  }

  count() {
    this.status.textContent = this.form.dataset.summary.replace("%(done)s", this.done).replace("%(all)s", this.all);
  }

  /* The short form of a filed document, saved without leaving the page. */
  async describe(event) {
    const form = event.target.closest("[data-describe]");
    if (!form) return;
    event.preventDefault();
    const answer = form.querySelector("[data-answer]");
    try {
      const response = await fetch(form.action, {
        method: "POST",
        body: new FormData(form),
        headers: { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" },
      });
      const { message, error } = await response.json();
      answer.textContent = message || error;
      answer.className = error ? "ak-uploads__error" : "ak-uploads__saved";
    } catch {
      answer.textContent = this.form.dataset.failed;
      answer.className = "ak-uploads__error";
    }
  }
}

for (const form of document.querySelectorAll("[data-upload]")) new Upload(form);
