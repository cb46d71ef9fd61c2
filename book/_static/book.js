// Equations, code and tables wider than a phone scroll by themselves; a
// keyboard must be able to reach what scrolls, and hear what it has reached.
const BOXES = ".bd-article div.math, .bd-article pre, .rnn-scroll, .pst-scrollable-table-container";
const NAMES = { en: "Wide: scroll sideways", ko: "넓은 내용: 옆으로 넘겨 보기" };

function reach() {
  const name = NAMES[document.documentElement.lang] ?? NAMES.en;
  for (const box of document.querySelectorAll(BOXES)) {
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

// Equations grow once more when their fonts arrive, so they are watched.
const watcher = new ResizeObserver(reach);
addEventListener("load", () => {
  const ready = window.MathJax?.startup?.promise ?? Promise.resolve();
  ready.then(() => {
    for (const box of document.querySelectorAll(BOXES)) {
      for (const part of [box, ...box.children]) watcher.observe(part);
    }
  });
});

// A page in a folder may not read the other pages, which the search would do
// to show a few words around each hit.
if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
