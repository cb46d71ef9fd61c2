// @ts-check
// A pattern of +1 and -1 as pixels: a small picture, and a plate to draw on.
import { fit, html, svg } from "./shared.js";

/** One pattern as one path in a square of side `size`: small and crisp. */
export function picture(pattern, size, attributes = {}) {
  const side = Math.round(Math.sqrt(pattern.length));
  const cell = size / side;
  let path = "";
  pattern.forEach((value, i) => {
    if (value <= 0) return;
    const x = ((i % side) * cell).toFixed(2);
    const y = (Math.floor(i / side) * cell).toFixed(2);
    path += `M${x} ${y}h${cell.toFixed(2)}v${cell.toFixed(2)}h-${cell.toFixed(2)}z`;
  });
  return svg(
    "svg", { viewBox: `0 0 ${size} ${size}`, width: size, height: size, class: "rnn-picture", "aria-hidden": "true", ...attributes },
    svg("rect", { width: size, height: size, class: "rnn-off" }),
    svg("path", { d: path, class: "rnn-on" }),
  );
}

/** A square of pixels to draw on by pointer, touch and keyboard.
 *
 * One pixel is in the tab order at a time; arrows, Home and End move,
 * space and Enter flip. `onpaint(i, value)` is told of every change. */
export function plate(side, label, cellLabel, onpaint) {
  const cells = [];
  let current = 0;
  let brush = 0; // the value being painted while the pointer is down
  const valueOf = (i) => (cells[i].getAttribute("aria-pressed") === "true" ? 1 : -1);

  function focus(i) {
    cells[current].tabIndex = -1;
    current = i;
    cells[i].tabIndex = 0;
    cells[i].focus();
  }

  function onkeydown(event) {
    const row = Math.floor(current / side);
    const column = current % side;
    const target = {
      ArrowLeft: row * side + Math.max(0, column - 1),
      ArrowRight: row * side + Math.min(side - 1, column + 1),
      ArrowUp: Math.max(0, row - 1) * side + column,
      ArrowDown: Math.min(side - 1, row + 1) * side + column,
      Home: row * side,
      End: row * side + side - 1,
    }[event.key];
    if (target === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    focus(target);
  }

  const under = (event) => {
    const found = document.elementFromPoint(event.clientX, event.clientY);
    return found ? cells.indexOf(found.closest("button")) : -1;
  };
  const grid = html("div", {
    class: "rnn-plate", role: "group", "aria-label": label,
    style: `--side: ${side}`,
    onkeydown,
    onpointerdown: (event) => {
      const i = under(event);
      if (i < 0) return;
      brush = -valueOf(i);
      // A touch captures its first pixel by itself, which would hide the rest.
      if (event.target.hasPointerCapture?.(event.pointerId)) {
        event.target.releasePointerCapture(event.pointerId);
      }
      cells[current].tabIndex = -1;
      current = i;
      cells[i].tabIndex = 0;
      onpaint(i, brush);
    },
    onpointermove: (event) => {
      if (!brush || !event.buttons) return;
      const i = under(event);
      if (i >= 0 && valueOf(i) !== brush) onpaint(i, brush);
    },
    onpointerup: () => { brush = 0; },
    onpointercancel: () => { brush = 0; },
    onpointerleave: () => { brush = 0; },
    // A click by pointer has already painted; only the keyboard's and an
    // assistive tool's click (detail 0) is left to do.
    onclick: (event) => {
      const i = cells.indexOf(event.target);
      if (i >= 0 && event.detail === 0) onpaint(i, -valueOf(i));
    },
  });
  for (let i = 0; i < side * side; i++) {
    const cell = html("button", {
      type: "button", "aria-pressed": "false", tabindex: i ? -1 : 0,
      "aria-label": fit(cellLabel, { row: Math.floor(i / side) + 1, column: (i % side) + 1 }),
    });
    cells.push(cell);
    grid.append(cell);
  }
  return {
    node: grid,
    cells,
    show(pattern) {
      pattern.forEach((value, i) => {
        const pressed = value > 0 ? "true" : "false";
        if (cells[i].getAttribute("aria-pressed") !== pressed) {
          cells[i].setAttribute("aria-pressed", pressed);
        }
      });
    },
  };
}
