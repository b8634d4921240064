/* Wagtail's keyword field makes an input of its own that bears no name: give it that of the field. */

function label() {
  for (const input of document.querySelectorAll(".tagit-new input:not([aria-label])")) {
    const original = input.closest("ul").previousElementSibling;
    const name = document.querySelector(`label[for="${original?.id}"]`)?.textContent.replace("*", "").trim();
    if (name) input.setAttribute("aria-label", name);
  }
}

document.addEventListener("DOMContentLoaded", () => {
  label();
  new MutationObserver(label).observe(document.body, { childList: true, subtree: true });
});
