// Equations, code and tables wider than a phone scroll by themselves; a
// keyboard must be able to reach what scrolls, and hear what it has reached.
const BOXES = ".bd-article div.math, .bd-article pre, .rnn-scroll, .pst-scrollable-table-container";
const NAMES = { en: "Wide: scroll sideways", ko: "넓은 내용: 옆으로 넘겨 보기" };

function reach(resized) {
  const name = NAMES[document.documentElement.lang] ?? NAMES.en;
  // What a widget has thrown out is in no box: its place is taken by another.
  const boxes = resized.every(({ target }) => target.isConnected)
    ? new Set(resized.map(({ target }) => target.closest(BOXES)))
    : document.querySelectorAll(BOXES);
  for (const box of boxes) {
    for (const part of box.children) boxWatcher.observe(part);
    const wide = box.scrollWidth > box.clientWidth;
    if (wide && box.tabIndex !== 0) {
      box.tabIndex = 0;
      if (!box.hasAttribute("role")) box.setAttribute("role", "group");
      box.setAttribute("aria-label", name);
    } else if (!wide && box.tabIndex === 0) {
      box.removeAttribute("tabindex");
      box.removeAttribute("aria-label");
    }
  }
}

// MathJax weighs more than all the rest: it comes when the page stands, and
// sets the equations a few at a time, those that the reader sees first, so
// that between them the page answers.
const { mathjax } = document.currentScript.dataset;
const page = document.documentElement;

async function setEquations() {
  const all = [...document.querySelectorAll(".math")];
  if (!("opening" in page.dataset)) {
    const away = new Map(all.map((el) => [el, Math.abs(el.getBoundingClientRect().top - innerHeight / 3)]));
    all.sort((a, b) => away.get(a) - away.get(b));
  }
  for (let k = 0; k < all.length; k += 16) {
    await MathJax.typesetPromise(all.slice(k, k + 16));
    await new Promise((next) => setTimeout(next));
  }
  await layOut();
}

// Sections and figures far off were left for last; now they are there for
// all, also for a search in the page and for what reads it aloud.
async function layOut() {
  for (const part of document.querySelectorAll(".bd-article > section > section, .rnn-figure")) {
    part.style.contentVisibility = "visible";
    await new Promise((next) => setTimeout(next));
  }
  delete page.dataset.opening;
}

if (mathjax) {
  window.MathJax.startup = { pageReady: setEquations };
  document.head.append(Object.assign(document.createElement("script"), { src: mathjax, onerror: layOut }));
} else addEventListener("load", layOut);

// Equations grow once more when their fonts arrive, so they are watched.
const boxWatcher = new ResizeObserver(reach);
addEventListener("load", () => {
  const ready = window.MathJax?.startup?.promise ?? Promise.resolve();
  ready.then(() => {
    for (const box of document.querySelectorAll(BOXES)) {
      for (const part of [box, ...box.children]) boxWatcher.observe(part);
    }
  });
});

// A page in a folder may not read the other pages, which the search would do
// to show a few words around each hit.
if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
