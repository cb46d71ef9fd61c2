// @ts-check
// Brings the widgets of a page without a kernel to life. The stub below is
// the part of anywidget's model that the modules use; where a widget carries a
// grid of recorded results, the grid answers in the kernel's place.
import { nearest } from "./shared.js";

// A page's first script has what its first widget needs; this one the rest.
let { more } = document.currentScript?.dataset ?? {};

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

/** Run a script of the site. */
const load = (src) => new Promise((onload, onerror) => {
  document.head.append(
    Object.assign(document.createElement("script"), { src, onload, onerror }));
});

/** What the widget is made of: in the page, or, where that would weigh on
 * it, in a script of its own (a page in a folder may not fetch). */
async function payload(el) {
  const script = el.querySelector('script[type="application/json"]');
  if (!script) return null;
  const { from, key } = script.dataset;
  if (!from) return JSON.parse(script.textContent);
  await load(from);
  return window.rnnData[key]();
}

async function hydrate(el) {
  if (more && !widgets[el.dataset.widget]) {
    await load(more);
    more = null;
  }
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
  const all = [...document.querySelectorAll(".rnn-widget[data-widget]")];
  if (!("opening" in document.documentElement.dataset)) {
    const away = new Map(all.map((el) => [el, Math.abs(el.getBoundingClientRect().top - innerHeight / 3)]));
    all.sort((a, b) => away.get(a) - away.get(b));
  }
  for (const el of all) {
    // Where numbers do not arrive, the picture stays.
    await hydrate(el).catch((error) => console.error(error));
    await new Promise((next) => setTimeout(next));
  }
}

// The script stands right after the first widget, and the rest of the page is
// still to come.
if (document.readyState === "loading") {
  const whole = new Promise((done) => addEventListener("DOMContentLoaded", done));
  hydrateAll().then(() => whole).then(hydrateAll);
} else hydrateAll();
