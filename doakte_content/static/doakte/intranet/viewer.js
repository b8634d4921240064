/*
 * The PDF viewer: all pages below each other, drawn when they come into view, with a text layer for
 * selecting, searching and reading aloud. Without script the page offers the PDF itself.
 */

const STEPS = [0.5, 0.67, 0.8, 1, 1.25, 1.5, 2, 3];
/* Text is laid out in points of 1/72 inch, screens in pixels of 1/96 inch. */
const PIXELS_PER_POINT = 96 / 72;
/* Pages this far outside the window are drawn already, and given up again. */
const MARGIN = "800px";

class Viewer {
  constructor(element) {
    this.element = element;
    this.toolbar = element.querySelector(".da-viewer__toolbar");
    this.pages = element.querySelector(".da-viewer__pages");
    this.current = element.querySelector("[data-current]");
    this.zoom = null; // null: as wide as the window
    this.sheets = [];
  }

  async open() {
    const { dataset } = this.element;
    this.library = await import(dataset.library);
    this.library.GlobalWorkerOptions.workerSrc = dataset.worker;
    const assets = new URL(dataset.assets, location.href).href;
    this.pdf = await this.library.getDocument({
      url: dataset.pdf,
      standardFontDataUrl: `${assets}standard_fonts/`,
      wasmUrl: `${assets}wasm/`,
      iccUrl: `${assets}iccs/`,
      disableAutoFetch: true,
      disableStream: true,
      disableWorkerRendering: true,
      enableXfa: false,
    }).promise;
    this.first = (await this.pdf.getPage(1)).getViewport({ scale: PIXELS_PER_POINT });
    this.element.querySelector("[data-count]").textContent = this.pdf.numPages;
    this.current.max = this.pdf.numPages;
    this.layOut();
    this.listen();
    this.toolbar.hidden = false;
    this.element.dataset.ready = "true";
  }

  /* Make an empty sheet for each page. Its real size is known once the page is drawn. */
  layOut() {
    this.watcher?.disconnect();
    this.watcher = new IntersectionObserver((entries) => entries.forEach((entry) => this.seen(entry)), {
      root: this.pages,
      rootMargin: MARGIN,
    });
    this.sheets = Array.from({ length: this.pdf.numPages }, (_, index) => {
      const sheet = document.createElement("div");
      sheet.className = "da-page";
      sheet.setAttribute("role", "group");
      sheet.setAttribute("aria-label", `${this.element.dataset.pageLabel} ${index + 1}`);
      sheet.number = index + 1;
      sheet.size = this.first;
      return sheet;
    });
    this.pages.replaceChildren(...this.sheets);
    this.resize();
    this.sheets.forEach((sheet) => this.watcher.observe(sheet));
  }

  scaleOf(sheet) {
    if (this.zoom) return this.zoom;
    const style = getComputedStyle(this.pages);
    const width = this.pages.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    return width / sheet.size.width;
  }

  resize() {
    for (const sheet of this.sheets) this.fit(sheet);
    const scale = this.scaleOf(this.sheets[0]);
    this.element.querySelector("[data-zoom]").textContent = `${Math.round(scale * 100)} %`;
  }

  fit(sheet) {
    const scale = this.scaleOf(sheet);
    sheet.style.width = `${sheet.size.width * scale}px`;
    sheet.style.height = `${sheet.size.height * scale}px`;
  }

  seen({ target, isIntersecting }) {
    target.wanted = isIntersecting;
    if (isIntersecting) this.draw(target);
    else this.forget(target);
  }

  async draw(sheet) {
    const page = await this.pdf.getPage(sheet.number);
    sheet.size = page.getViewport({ scale: PIXELS_PER_POINT });
    this.fit(sheet);
    const scale = this.scaleOf(sheet);
    if (!sheet.wanted || sheet.drawn === scale) return;
    sheet.drawn = scale;
    const viewport = page.getViewport({ scale: scale * PIXELS_PER_POINT });
    const canvas = document.createElement("canvas");
    canvas.setAttribute("aria-hidden", "true");
    const density = window.devicePixelRatio || 1;
    canvas.width = Math.floor(viewport.width * density);
    canvas.height = Math.floor(viewport.height * density);
    const text = document.createElement("div");
    text.className = "textLayer";
    sheet.style.setProperty("--total-scale-factor", viewport.scale);
    const layer = new this.library.TextLayer({
      textContentSource: page.streamTextContent(),
      container: text,
      viewport,
    });
    const transform = density === 1 ? null : [density, 0, 0, density, 0, 0];
    await Promise.all([page.render({ canvas, viewport, transform }).promise, layer.render()]);
    if (sheet.wanted && sheet.drawn === scale) sheet.replaceChildren(canvas, text);
  }

  forget(sheet) {
    sheet.drawn = null;
    sheet.replaceChildren();
  }

  redraw() {
    const place = this.pages.scrollTop / this.pages.scrollHeight;
    this.resize();
    this.pages.scrollTop = place * this.pages.scrollHeight;
    this.sheets.filter((sheet) => sheet.wanted).forEach((sheet) => this.draw(sheet));
  }

  pageNumber() {
    const middle = this.pages.scrollTop + this.pages.clientHeight / 3;
    const below = this.sheets.findIndex((sheet) => sheet.offsetTop > middle);
    return below === -1 ? this.sheets.length : Math.max(below, 1);
  }

  goTo(number) {
    const sheet = this.sheets[Math.min(Math.max(number, 1), this.sheets.length) - 1];
    this.pages.scrollTop = sheet.offsetTop - 8;
    this.current.value = sheet.number;
  }

  step(direction) {
    const now = this.scaleOf(this.sheets[0]);
    const larger = STEPS.find((step) => step > now + 0.01) ?? STEPS.at(-1);
    const smaller = STEPS.findLast((step) => step < now - 0.01) ?? STEPS[0];
    this.zoom = direction > 0 ? larger : smaller;
    this.redraw();
  }

  act(name) {
    if (name === "previous") this.goTo(this.pageNumber() - 1);
    if (name === "next") this.goTo(this.pageNumber() + 1);
    if (name === "larger") this.step(1);
    if (name === "smaller") this.step(-1);
    if (name === "fit") {
      this.zoom = null;
      this.redraw();
    }
  }

  listen() {
    this.toolbar.addEventListener("click", (event) => this.act(event.target.closest("[data-do]")?.dataset.do));
    this.current.addEventListener("change", () => this.goTo(Number(this.current.value)));
    this.pages.addEventListener("scroll", () => {
      if (document.activeElement !== this.current) this.current.value = this.pageNumber();
    });
    const keys = { "+": "larger", "-": "smaller", 0: "fit", n: "next", p: "previous" };
    this.pages.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || !(event.key in keys)) return;
      event.preventDefault();
      this.act(keys[event.key]);
    });
    let width = this.pages.clientWidth;
    new ResizeObserver(() => {
      if (this.pages.clientWidth === width) return;
      width = this.pages.clientWidth;
      this.redraw();
    }).observe(this.pages);
  }
}

for (const element of document.querySelectorAll(".da-viewer")) {
  new Viewer(element).open().catch((error) => {
    console.error(error);
    const notice = document.createElement("p");
    notice.className = "da-empty";
    notice.setAttribute("role", "alert");
    notice.textContent = element.dataset.failed;
    element.prepend(notice);
  });
}
