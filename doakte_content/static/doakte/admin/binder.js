/* Asks how far a binder is, and shows the page anew when it is done. */

const PAUSE = 1500;

async function watch(bar) {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
    try {
      const response = await fetch(bar.dataset.binder, { headers: { "X-Requested-With": "XMLHttpRequest" } });
      if (!response.ok) break;
      const { state, percent } = await response.json();
      bar.value = percent;
      if (state === "done" || state === "failed") break;
    } catch {
      /* The connection is gone for a moment; ask again. */
    }
  }
  location.reload();
}

for (const bar of document.querySelectorAll("[data-binder]")) watch(bar);
