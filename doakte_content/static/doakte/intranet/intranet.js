/* Conveniences on top of pages that work without them: suggestions while typing, menus that close. */

const DELAY = 150;

/* Suggestions below a search field: a combobox with a listbox, after the ARIA practices. */
function suggest(input) {
  const list = document.createElement("ul");
  list.id = `${input.id}-suggestions`;
  list.className = "da-suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.labels[0].textContent);
  list.hidden = true;
  input.after(list);
  for (const [name, value] of Object.entries({
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": list.id,
  })) {
    input.setAttribute(name, value);
  }

  let timer;
  let request;
  let chosen = -1;

  function close() {
    list.hidden = true;
    chosen = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function choose(index) {
    const options = [...list.children];
    chosen = (index + options.length) % options.length;
    options.forEach((option, place) => option.setAttribute("aria-selected", String(place === chosen)));
    input.setAttribute("aria-activedescendant", options[chosen].id);
    options[chosen].scrollIntoView({ block: "nearest" });
  }

  function show(suggestions) {
    const options = suggestions.map(({ title, reference, url }, index) => {
      const option = document.createElement("li");
      option.id = `${list.id}-${index}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.dataset.url = url;
      const small = document.createElement("span");
      small.className = "da-small da-muted da-reference";
      small.textContent = ` ${reference}`;
      option.append(title, small);
      return option;
    });
    list.replaceChildren(...options);
    close();
    list.hidden = options.length === 0;
    input.setAttribute("aria-expanded", String(options.length > 0));
  }

  async function ask() {
    request?.abort();
    request = new AbortController();
    try {
      const address = `${input.dataset.suggest}?q=${encodeURIComponent(input.value)}`;
      const answer = await fetch(address, { signal: request.signal, headers: { Accept: "application/json" } });
      if (answer.ok) show((await answer.json()).suggestions);
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    if (input.value.trim().length < 2) return close();
    timer = setTimeout(ask, DELAY);
  });
  input.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      choose(event.key === "ArrowDown" ? chosen + 1 : Math.max(chosen, 0) - 1);
    } else if (event.key === "Enter" && chosen >= 0) {
      event.preventDefault();
      location.assign(list.children[chosen].dataset.url);
    } else if (event.key === "Escape") {
      event.preventDefault();
      close();
    }
  });
  list.addEventListener("mousedown", (event) => {
    const option = event.target.closest("[data-url]");
    if (!option) return;
    event.preventDefault();
    location.assign(option.dataset.url);
  });
  input.addEventListener("blur", close);
}

document.querySelectorAll("[data-suggest]").forEach(suggest);

/* An open menu closes on Escape and on a click elsewhere. */
for (const menu of document.querySelectorAll("details.da-menu")) {
  document.addEventListener("click", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}
