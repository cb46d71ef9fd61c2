// @ts-check
// Brings the widgets of a page without a kernel to life. The stub below is
// the part of anywidget's model that the modules use; where a widget carries a
// grid of recorded results, the grid answers in the kernel's place.
import { nearest } from "./shared.js";

class PageModel {
  constructor({ state, grid }) {
    this.state = state;
    this.listeners = {};
    this.page = true; // nobody answers: a module may offer a recording
    this.grid = grid && { ...grid, data: unpack(grid.data) };
  }

  get(name) {
    return this.state[name];
  }

  set(name, value) {
    if (this.state[name] === value) return;
    this.state[name] = value;
    for (const call of [...(this.listeners[`change:${name}`] ?? [])]) call();
  }

  on(event, call) {
    (this.listeners[event] ??= new Set()).add(call);
  }

  off(event, call) {
    this.listeners[event]?.delete(call);
  }

  /** Where Python would compute the result of the parameters: look it up. */
  save_changes() {
    if (this.grid && this.asked !== this.state.params) {
      this.asked = this.state.params;
      this.set("result", lookUp(this.grid, this.asked));
    }
  }
}

export function unpack(base64) {
  const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  return new Int16Array(bytes.buffer); // little-endian, as Python wrote it
}

/** The recorded result at the grid point nearest to the parameters. */
export function lookUp({ axes, keys, data }, params) {
  let at = 0;
  for (const { name, values } of axes) {
    at = at * values.length + nearest(values, params[name]);
  }
  const width = keys.reduce((sum, key) => sum + key.length, 0);
  let from = at * width;
  return Object.fromEntries(keys.map(({ name, length, unit }) => {
    const part = Array.from(data.subarray(from, from + length), (q) => q * unit);
    from += length;
    return [name, part];
  }));
}

function hydrate(el) {
  const payload = el.querySelector('script[type="application/json"]');
  const widget = widgets[el.dataset.widget];
  if (!payload || !widget || el.dataset.live) return;
  const model = new PageModel(JSON.parse(payload.textContent));
  el.replaceChildren();
  widget.render({ model, el });
  el.dataset.live = "true";
}

const hydrateAll = () =>
  document.querySelectorAll(".rnn-widget[data-widget]").forEach(hydrate);

if (document.readyState === "loading") {
  document.addEventListener("DOMContentLoaded", hydrateAll);
} else hydrateAll();
