/*
 * Choosing people and offices: a combobox with a listbox, after the ARIA practices, on top of a field that works
 * without script. The chosen ones stay what they are in the form, ticked boxes; here each gets a button to remove it.
 */

const DELAY = 150;

class Picker {
  constructor(root) {
    this.root = root;
    this.words = root.dataset;
    this.multiple = "multiple" in root.dataset;
    this.chosen = root.querySelector("[data-chosen]");
    this.input = root.querySelector("input[type=text]");
    this.list = root.querySelector("[role=listbox]");
    this.status = root.querySelector("[data-status]");
    this.active = -1;
    root.querySelector("[data-without-script]").hidden = true;
    this.list.id = `${this.input.id}-list`;
    this.list.setAttribute("aria-label", this.input.labels[0]?.textContent.replace("*", "").trim() ?? "");
    for (const [name, value] of Object.entries({
      role: "combobox",
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-controls": this.list.id,
    })) {
      this.input.setAttribute(name, value);
    }
    for (const chip of this.chosen.children) this.dress(chip);
    this.input.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.ask(), DELAY);
    });
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => this.close());
    // Not "click": the input would lose its focus, and the list with it, before.
    this.list.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const option = event.target.closest("[role=option]");
      if (option) this.choose(option);
    });
  }

  say(text, values = {}) {
    this.status.textContent = text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  }

  close() {
    clearTimeout(this.timer);
    this.request?.abort();
    this.list.hidden = true;
    this.active = -1;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  async ask() {
    const typed = this.input.value.trim();
    this.close();
    if (!typed) return;
    this.request = new AbortController();
    const address = new URL(this.words.url, location.href);
    address.searchParams.set("q", typed);
    if (this.words.about) address.searchParams.set("about", this.words.about);
    try {
      const answer = await fetch(address, {
        signal: this.request.signal,
        headers: { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" },
      });
      if (!answer.ok) throw new Error(answer.status);
      this.show(await answer.json());
    } catch (error) {
      if (error.name !== "AbortError") this.note(this.words.textFailed);
    }
  }

  show({ found, more }) {
    const there = new Set(this.boxes().map((box) => box.value));
    const options = found
      .filter(({ id }) => !there.has(String(id)))
      .map(({ id, label, hint }, index) => {
        const option = document.createElement("li");
        option.id = `${this.list.id}-${index}`;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.dataset.value = id;
        option.dataset.label = label;
        const small = document.createElement("small");
        small.textContent = hint;
        option.append(label, " ", small);
        return option;
      });
    if (!options.length) return this.note(this.words.textNone);
    this.list.replaceChildren(...options);
    if (more) this.list.append(this.remark(this.words.textMore));
    this.open();
    this.say(`${this.words.textFound} ${more ? this.words.textMore : ""}`, { count: options.length });
  }

  /* A line in the list that cannot be chosen, also read out. */
  note(text) {
    this.list.replaceChildren(this.remark(text));
    this.open();
    this.say(text);
  }

  remark(text) {
    const line = document.createElement("li");
    line.className = "ak-picker__remark";
    line.setAttribute("role", "option");
    line.setAttribute("aria-disabled", "true");
    line.textContent = text;
    return line;
  }

  open() {
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
  }

  options() {
    return [...this.list.querySelectorAll("[data-value]")];
  }

  move(step) {
    const options = this.options();
    if (!options.length) return;
    this.active = (this.active + step + options.length) % options.length;
    options.forEach((option, place) => option.setAttribute("aria-selected", String(place === this.active)));
    this.input.setAttribute("aria-activedescendant", options[this.active].id);
    options[this.active].scrollIntoView({ block: "nearest" });
  }

  key(event) {
    if (event.key === "Backspace" && !this.input.value && this.chosen.lastElementChild) {
      this.remove(this.chosen.lastElementChild);
    } else if (this.list.hidden) {
      if (event.key === "ArrowDown" && this.input.value) this.ask();
    } else if (event.key === "ArrowDown") {
      event.preventDefault();
      this.move(1);
    } else if (event.key === "ArrowUp") {
      event.preventDefault();
      this.move(this.active < 0 ? 0 : -1);
    } else if (event.key === "Enter") {
      // The only answer is meant, also when it has not been moved to.
      const options = this.options();
      const option = options[this.active] ?? (options.length === 1 ? options[0] : null);
      event.preventDefault();
      if (option) this.choose(option);
    } else if (event.key === "Escape") {
      event.preventDefault();
      this.close();
    }
  }

  boxes() {
    return [...this.chosen.querySelectorAll("input:checked")];
  }

  choose(option) {
    const { value, label } = option.dataset;
    const chip = document.createElement("li");
    chip.className = "ak-picker__chip";
    const box = document.createElement("input");
    Object.assign(box, { type: "checkbox", name: this.words.name, value, checked: true });
    const name = document.createElement("span");
    name.textContent = label;
    const wrapping = document.createElement("label");
    wrapping.append(box, name);
    chip.append(wrapping);
    if (this.multiple) this.chosen.append(chip);
    else this.chosen.replaceChildren(chip);
    this.dress(chip);
    this.input.value = "";
    this.close();
    this.say(this.words.textChosen, { name: label });
    this.root.dispatchEvent(new Event("change", { bubbles: true }));
  }

  dress(chip) {
    const box = chip.querySelector("input");
    const name = chip.querySelector("span").textContent;
    box.hidden = true;
    if (box.disabled) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "ak-picker__remove";
    button.textContent = "×";
    button.setAttribute("aria-label", this.words.textRemove.replace("{name}", name));
    button.addEventListener("click", () => this.remove(chip));
    chip.append(button);
  }

  remove(chip) {
    const name = chip.querySelector("span").textContent;
    chip.remove();
    this.input.focus();
    this.say(this.words.textRemoved, { name });
    this.root.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

function dressAll() {
  for (const root of document.querySelectorAll("[data-picker]:not([data-ready])")) {
    root.dataset.ready = "";
    new Picker(root);
  }
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", dressAll);
else dressAll();
