/*
 * Makes nested links into a tree after the WAI-ARIA pattern: one stop for the Tab key, arrow keys inside,
 * branches fetched when they are first opened. Without script the links lead to the units' own pages.
 */

class Tree {
  constructor(root) {
    this.root = root;
    root.setAttribute("role", "tree");
    this.prepare(root, 1);
    const first = root.querySelector("[role=treeitem]");
    if (first) first.tabIndex = 0;
    root.addEventListener("keydown", (event) => this.press(event));
    root.addEventListener("click", (event) => this.click(event));
    const help = root.parentElement.querySelector("[data-tree-help]");
    if (help) help.hidden = false;
  }

  prepare(list, level) {
    for (const item of list.querySelectorAll(":scope > [data-node]")) {
      const link = item.querySelector("a");
      item.setAttribute("role", "treeitem");
      item.setAttribute("aria-level", level);
      item.setAttribute("aria-label", item.querySelector(".ak-tree__row").textContent.replace(/\s+/g, " ").trim());
      item.tabIndex = -1;
      link.tabIndex = -1;
      link.setAttribute("role", "presentation");
      if (!item.dataset.branch) continue;
      item.setAttribute("aria-expanded", "false");
      const toggle = document.createElement("span");
      toggle.className = "ak-tree__toggle";
      toggle.setAttribute("aria-hidden", "true");
      item.querySelector(".ak-tree__row").prepend(toggle);
    }
  }

  get items() {
    return [...this.root.querySelectorAll("[role=treeitem]")].filter((item) => item.offsetParent !== null);
  }

  focus(item) {
    if (!item) return;
    for (const other of this.root.querySelectorAll("[role=treeitem][tabindex='0']")) other.tabIndex = -1;
    item.tabIndex = 0;
    item.focus();
  }

  isOpen(item) {
    return item.getAttribute("aria-expanded") === "true";
  }

  async open(item) {
    if (!item.dataset.branch || this.isOpen(item) || item.getAttribute("aria-busy") === "true") return;
    if (!item.querySelector(":scope > [role=group]")) {
      item.setAttribute("aria-busy", "true");
      try {
        const response = await fetch(item.dataset.branch, { headers: { "X-Requested-With": "XMLHttpRequest" } });
        if (!response.ok) throw new Error(response.statusText);
        const group = document.createElement("ul");
        group.setAttribute("role", "group");
        group.innerHTML = await response.text();
        item.append(group);
        this.prepare(group, Number(item.getAttribute("aria-level")) + 1);
      } catch {
        this.say(item, this.root.dataset.failed);
        return;
      } finally {
        item.removeAttribute("aria-busy");
      }
    }
    item.querySelector(":scope > [role=group]").hidden = false;
    item.setAttribute("aria-expanded", "true");
  }

  close(item) {
    item.querySelector(":scope > [role=group]").hidden = true;
    item.setAttribute("aria-expanded", "false");
  }

  say(item, text) {
    let note = item.querySelector(":scope > .ak-tree__note");
    if (!note) {
      note = document.createElement("p");
      note.className = "ak-tree__note";
      note.setAttribute("role", "alert");
      item.append(note);
    }
    note.textContent = text;
  }

  click(event) {
    const item = event.target.closest("[role=treeitem]");
    if (!item || event.target.closest("a")) return;
    this.focus(item);
    if (this.isOpen(item)) this.close(item);
    else this.open(item);
  }

  press(event) {
    const item = event.target.closest("[role=treeitem]");
    if (!item || event.altKey || event.ctrlKey || event.metaKey) return;
    const items = this.items;
    const index = items.indexOf(item);
    const moves = {
      ArrowDown: () => this.focus(items[index + 1]),
      ArrowUp: () => this.focus(items[index - 1]),
      Home: () => this.focus(items[0]),
      End: () => this.focus(items[items.length - 1]),
      ArrowRight: () => (this.isOpen(item) ? this.focus(items[index + 1]) : this.open(item)),
      ArrowLeft: () =>
        this.isOpen(item) ? this.close(item) : this.focus(item.parentElement.closest("[role=treeitem]")),
      Enter: () => item.querySelector("a").click(),
      " ": () => (this.isOpen(item) ? this.close(item) : this.open(item)),
    };
    const move = moves[event.key] || (event.key.length === 1 && (() => this.typeAhead(event.key, items, index)));
    if (!move) return;
    event.preventDefault();
    move();
  }

  /* Typing a character goes to the next item that begins with it. */
  typeAhead(key, items, index) {
    const wanted = key.toLowerCase();
    const round = [...items.slice(index + 1), ...items.slice(0, index + 1)];
    this.focus(round.find((item) => item.getAttribute("aria-label").toLowerCase().startsWith(wanted)));
  }
}

for (const root of document.querySelectorAll("[data-tree]")) new Tree(root);
