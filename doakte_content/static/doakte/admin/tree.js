/*
 * Makes nested links into a tree after the WAI-ARIA pattern of a navigation tree: one stop for the Tab key, arrow
 * keys inside, branches fetched when they are first opened. Without script the links lead to the units' own pages.
 */

let groups = 0;

class Tree {
  constructor(root) {
    this.root = root;
    root.setAttribute("role", "tree");
    this.prepare(root, 1);
    const first = root.querySelector("[data-node]");
    if (first) first.tabIndex = 0;
    root.addEventListener("keydown", (event) => this.press(event));
    root.addEventListener("click", (event) => this.click(event));
    const help = root.parentElement.querySelector("[data-tree-help]");
    if (help) help.hidden = false;
  }

  /* The links are the nodes; the list's own structure is told by levels and groups. */
  prepare(list, level) {
    for (const item of list.querySelectorAll(":scope > li")) {
      const node = item.querySelector("[data-node]");
      item.setAttribute("role", "none");
      node.setAttribute("role", "treeitem");
      node.setAttribute("aria-level", level);
      node.tabIndex = -1;
      if (!item.dataset.branch) continue;
      node.setAttribute("aria-expanded", "false");
      const toggle = document.createElement("span");
      toggle.className = "ak-tree__toggle";
      toggle.setAttribute("aria-hidden", "true");
      node.before(toggle);
    }
  }

  get nodes() {
    return [...this.root.querySelectorAll("[data-node]")].filter((node) => node.offsetParent !== null);
  }

  groupOf(node) {
    return node.closest("li").querySelector(":scope > [role=group]");
  }

  focus(node) {
    if (!node) return;
    for (const other of this.root.querySelectorAll("[data-node][tabindex='0']")) other.tabIndex = -1;
    node.tabIndex = 0;
    node.focus();
  }

  isOpen(node) {
    return node.getAttribute("aria-expanded") === "true";
  }

  async open(node) {
    const item = node.closest("li");
    if (!item.dataset.branch || this.isOpen(node) || node.getAttribute("aria-busy") === "true") return;
    if (!this.groupOf(node)) {
      node.setAttribute("aria-busy", "true");
      try {
        await this.load(item, node);
      } catch {
        this.say(item, this.root.dataset.failed);
        return;
      } finally {
        node.removeAttribute("aria-busy");
      }
    }
    this.groupOf(node).hidden = false;
    node.setAttribute("aria-expanded", "true");
  }

  async load(item, node) {
    const response = await fetch(item.dataset.branch, { headers: { "X-Requested-With": "XMLHttpRequest" } });
    if (!response.ok) throw new Error(response.statusText);
    const group = document.createElement("ul");
    groups += 1;
    group.id = `branch-${groups}`;
    group.setAttribute("role", "group");
    group.innerHTML = await response.text();
    node.setAttribute("aria-owns", group.id);
    item.append(group);
    this.prepare(group, Number(node.getAttribute("aria-level")) + 1);
  }

  close(node) {
    this.groupOf(node).hidden = true;
    node.setAttribute("aria-expanded", "false");
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
    if (!event.target.closest(".ak-tree__toggle")) return;
    const node = event.target.closest("li").querySelector("[data-node]");
    this.focus(node);
    if (this.isOpen(node)) this.close(node);
    else this.open(node);
  }

  press(event) {
    const node = event.target.closest("[data-node]");
    if (!node || event.altKey || event.ctrlKey || event.metaKey) return;
    const nodes = this.nodes;
    const index = nodes.indexOf(node);
    const above = node.closest("li").parentElement.closest("li")?.querySelector("[data-node]");
    const moves = {
      ArrowDown: () => this.focus(nodes[index + 1]),
      ArrowUp: () => this.focus(nodes[index - 1]),
      Home: () => this.focus(nodes[0]),
      End: () => this.focus(nodes[nodes.length - 1]),
      ArrowRight: () => (this.isOpen(node) ? this.focus(nodes[index + 1]) : this.open(node)),
      ArrowLeft: () => (this.isOpen(node) ? this.close(node) : this.focus(above)),
      Enter: () => node.click(),
      " ": () => (this.isOpen(node) ? this.close(node) : this.open(node)),
    };
    const move = moves[event.key] || (event.key.length === 1 && (() => this.typeAhead(event.key, nodes, index)));
    if (!move) return;
    event.preventDefault();
    move();
  }

  /* Typing a character goes to the next node that begins with it. */
  typeAhead(key, nodes, index) {
    const wanted = key.toLowerCase();
    const round = [...nodes.slice(index + 1), ...nodes.slice(0, index + 1)];
    this.focus(round.find((node) => node.textContent.trim().toLowerCase().startsWith(wanted)));
  }
}

for (const root of document.querySelectorAll("[data-tree]")) new Tree(root);
