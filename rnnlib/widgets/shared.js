// @ts-check
// What the widgets share: elements, sliders, words. esm() in base.py pastes
// this file into each module that imports it.

const SVG = "http://www.w3.org/2000/svg";

/** Make an element; keys starting with "on" become listeners.
 * @param {string} tag @param {Record<string, any>} [attributes]
 * @param {...(Node | string)} children */
export function html(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** The same for a drawing. */
export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function fill(node, attributes, children) {
  set(node, attributes);
  node.append(...children);
  // JupyterLab's command mode eats arrow keys, Enter and letters unless the
  // focused element itself carries this mark (an ancestor's is not looked at).
  if (node.matches("button, input, select, textarea, [tabindex]")) {
    node.dataset.lmSuppressShortcuts = "true";
  }
  // Going back to a page, a browser sets the hands as they were left, but not
  // the widget, which begins anew.
  if (node.matches("input, select, textarea")) node.setAttribute("autocomplete", "off");
  return node;
}

/** Set attributes; false and null remove one, true writes an empty one. */
export function set(node, attributes) {
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value === false || value == null) node.removeAttribute(key);
    else node.setAttribute(key, value === true ? "" : String(value));
  }
}

export const clamp = (x, low, high) => Math.min(high, Math.max(low, x));

/** A linear map from one interval to another. */
export function scale([a, b], [c, d]) {
  return (x) => c + ((x - a) / (b - a)) * (d - c);
}

/** Points as the data of a path; NaN breaks the line. */
export function line(points) {
  let pen = "M";
  let path = "";
  for (const [x, y] of points) {
    if (Number.isNaN(x + y)) {
      pen = "M";
      continue;
    }
    path += `${pen}${x.toFixed(1)} ${y.toFixed(1)}`;
    pen = "L";
  }
  return path;
}

/** mulberry32: small, seeded, the same in every browser. */
export function random(seed) {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** 0 .. n-1 in random order (Fisher and Yates). */
export function permutation(n, rng) {
  const order = Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(rng() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

/** Paint in the next frame, once, however often it is asked for. */
export function frame(paint) {
  let id = 0;
  const ask = () => {
    id ||= requestAnimationFrame(() => {
      id = 0;
      paint();
    });
  };
  ask.cancel = () => cancelAnimationFrame(id);
  return ask;
}

/** Paint now, and in the next frame whenever one of the traits changes.
 * Returns the undo. */
export function paintOn(model, traits, paint) {
  const ask = frame(paint);
  for (const trait of traits) model.on(`change:${trait}`, ask);
  paint();
  return () => {
    ask.cancel();
    for (const trait of traits) model.off(`change:${trait}`, ask);
  };
}

/** The values of some traits, by name. */
export const traits = (model, names) => Object.fromEntries(names.map((name) => [name, model.get(name)]));

/** A function that sets some traits at once. */
export const changing = (model) => (values) => {
  for (const [name, value] of Object.entries(values)) model.set(name, value);
  model.save_changes();
};

/** The words of a widget in the language of its page. */
export const words = (table, model) => table[model.get("language")] ?? table.en;

/** Put name's value into a template: fit("{n} of {m}", { n: 1, m: 2 }). */
export function fit(template, values) {
  return template.replace(/\{(\w+)\}/g, (_, key) => String(values[key]));
}

/** A number with a true minus sign. */
export function show(x, digits = 2) {
  return x.toFixed(digits).replace(/^-(?=0\.?0*$)/, "").replace("-", "\u2212");
}

/** Words in which the parts that `marks` finds are lowered, if they begin
 * with _, or raised, if with ^. Braces around such a part are not shown. */
export const typeset = (text, marks) => text.split(marks).map((part) => {
  const tag = { _: "sub", "^": "sup" }[part[0]];
  return tag ? html(tag, {}, part.slice(1).replace(/[{}]/g, "")) : part;
});

/** from .. to in equal steps, to two digits after the point. */
export const range = (from, to, by) =>
  Array.from({ length: Math.round((to - from) / by) + 1 }, (_, k) => Math.round((from + k * by) * 100) / 100);

export const stillness = () =>
  matchMedia("(prefers-reduced-motion: reduce)").matches;

export const button = (text, onclick, attributes = {}) =>
  html("button", { type: "button", onclick, ...attributes }, text);

let serial = 0;

/** A labelled slider over a list of values, given and returned by index. */
export function slider(label, values, format, oninput) {
  const id = `rnn-${++serial}-${Math.random().toString(36).slice(2, 8)}`;
  const out = html("output", { for: id });
  const input = html("input", {
    type: "range", id, min: 0, max: values.length - 1, step: 1,
    oninput: () => oninput(values[Number(input.value)]),
  });
  const node = html(
    "div", { class: "rnn-slider" }, html("label", { for: id }, label), input, out,
  );
  return {
    node,
    /** @param {number} value */
    show(value) {
      const at = nearest(values, value);
      if (Number(input.value) !== at) input.value = String(at);
      const text = format(value); // a kernel may set one between two positions
      out.textContent = text;
      input.setAttribute("aria-valuetext", text);
    },
  };
}

/** Scroll a box sideways until what lies at x, so wide, is in it. */
export function reveal(box, x, wide) {
  if (x < box.scrollLeft) box.scrollLeft = x;
  else if (x + wide > box.scrollLeft + box.clientWidth) box.scrollLeft = x + wide - box.clientWidth;
}

export function nearest(values, value) {
  let best = 0;
  values.forEach((x, i) => {
    if (Math.abs(x - value) < Math.abs(values[best] - value)) best = i;
  });
  return best;
}

/** A labelled choice among a few words; `current` names the chosen one. */
export function choice(label, options, onchoose) {
  const select = html(
    "select", { onchange: () => onchoose(select.value) },
    ...Object.entries(options).map(([value, text]) =>
      html("option", { value }, text)),
  );
  const node = html("label", { class: "rnn-choice" }, label, select);
  return { node, show: (value) => { select.value = value; }, select };
}
