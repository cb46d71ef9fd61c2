// Equations and tables wider than a phone scroll by themselves; a keyboard
// must be able to reach what scrolls.
function reach() {
  for (const box of document.querySelectorAll("mjx-container[display], .bd-article pre, .pst-scrollable-table-container, .rnn-scroll")) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else if (box.tabIndex === 0) box.removeAttribute("tabindex");
  }
}
addEventListener("load", () => {
  const ready = window.MathJax?.startup?.promise ?? Promise.resolve();
  ready.then(reach);
});
addEventListener("resize", reach);
