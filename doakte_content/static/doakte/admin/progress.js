/* Asks how far some work is, moves its bar, and shows the page anew when it is over. */

const PAUSE = 1500;
/* Screen readers are told every so many per cent, not every second. */
const STEP = 10;

async function watch(box) {
  const bar = box.querySelector("progress");
  const text = box.querySelector("[role=status]");
  let told = bar.value;
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
    try {
      const response = await fetch(box.dataset.progress, { headers: { "X-Requested-With": "XMLHttpRequest" } });
      if (!response.ok) break;
      const progress = await response.json();
      if (progress.percent !== null) bar.value = progress.percent;
      if (progress.text && (!text.textContent || progress.percent >= told + STEP)) {
        text.textContent = progress.text;
        told = progress.percent;
      }
      if (!progress.open) break;
    } catch {
      /* The connection is gone for a moment; ask again. */
    }
  }
  location.reload();
}

for (const box of document.querySelectorAll("[data-progress]")) watch(box);
