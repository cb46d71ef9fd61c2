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

/** What the widget is made of: in the page, or, where that would weigh on
 * it, in a script of its own (a page in a folder may not fetch). */
async function payload(el) {
  const script = el.querySelector('script[type="application/json"]');
  if (!script) return null;
  const { from, key } = script.dataset;
  if (!from) return JSON.parse(script.textContent);
  await new Promise((done, fail) => {
    const loads = document.createElement("script");
    Object.assign(loads, { src: from, onload: done, onerror: fail });
    document.head.append(loads);
  });
  return window.rnnData[key]();
}

async function hydrate(el) {
  const widget = widgets[el.dataset.widget];
  if (!widget || el.dataset.live) return;
  const given = await payload(el);
  if (!given) return;
  el.replaceChildren();
  widget.render({ model: new PageModel(given), el });
  el.dataset.live = "true";
}

/** The widgets one by one, what the reader sees first, with room between
 * them for what the reader does. */
async function hydrateAll() {
  const away = (el) => Math.abs(el.getBoundingClientRect().top - innerHeight / 3);
  const all = [...document.querySelectorAll(".rnn-widget[data-widget]")]
    .map((el) => ({ el, at: away(el) })).sort((a, b) => a.at - b.at);
  for (const { el } of all) {
    // Where numbers do not arrive, the picture stays.
    await hydrate(el).catch((error) => console.error(error));
    await new Promise((next) => setTimeout(next));
  }
}

if (document.readyState === "loading") {
  document.addEventListener("DOMContentLoaded", hydrateAll);
} else hydrateAll();
