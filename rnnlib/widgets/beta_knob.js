// @ts-check
import { button, fit, html, paintOn, permutation, random, set, show, slider, svg, words } from "./shared.js";
import { attention, overlaps, retrieve, store, visit } from "./hopfield.js";
import { picture, plate } from "./plate.js";

const TEXT = {
  en: {
    plate: "Cue: draw on it", cell: "row {row}, column {column}", beta: "inverse temperature β",
    cue: "Cue", classical: "Classical, at its fixed point", modern: "Softmax, after one update",
    noise: "Flip 15%", reset: "Reset", use: "Use {name} as the cue",
    weights: "Attention: softmax(β q Xᵀ)", best: "closest memory: {name}, overlap {m}",
    weight: "{name}: weight {w}",
  },
  ko: {
    plate: "단서: 그릴 수 있다", cell: "{row}행 {column}열", beta: "역온도 β",
    cue: "단서", classical: "고전: 고정점까지", modern: "소프트맥스: 한 번 갱신",
    noise: "15% 뒤집기", reset: "처음으로", use: "{name}를 단서로 쓰기",
    weights: "어텐션: softmax(β q Xᵀ)", best: "가장 가까운 기억: {name}, 겹침 {m}",
    weight: "{name}: 가중치 {w}",
  },
};
const BETAS = Array.from({ length: 61 }, (_, k) => k / 200);

/** The classical network from this cue to a fixed point, in a fixed order. */
function settle(W, start) {
  const rng = random(7);
  let s = start;
  for (let sweep = 0; sweep < 50; sweep++) {
    let flips = 0;
    for (const i of permutation(s.length, rng)) {
      const seen = visit(W, s, i);
      s = seen.s;
      flips += seen.flipped ? 1 : 0;
    }
    if (!flips) break;
  }
  return s;
}

/** A pattern of real numbers: the stronger, the more ink. */
function shades(state, size) {
  const side = Math.round(Math.sqrt(state.length));
  const cell = size / side;
  return svg(
    "svg", { viewBox: `0 0 ${size} ${size}`, class: "rnn-picture", "aria-hidden": "true" },
    svg("rect", { width: size, height: size, class: "rnn-off" }),
    ...state.map((v, i) => svg("rect", {
      x: (i % side) * cell, y: Math.floor(i / side) * cell, width: cell, height: cell,
      class: "rnn-on", "fill-opacity": Math.min(1, Math.max(0, (v + 1) / 2)).toFixed(2),
    })),
  );
}

function render({ model, el }) {
  const text = words(TEXT, model);
  const patterns = model.get("patterns");
  const names = model.get("names");
  const begin = { query: model.get("query"), beta: model.get("beta") };
  const side = Math.round(Math.sqrt(begin.query.length));
  const W = store(patterns, "hebb");
  let rng = random(3);

  function change(values) {
    for (const [name, value] of Object.entries(values)) model.set(name, value);
    if (!model.get("own")) { // else the reader's own function answers
      const query = model.get("query");
      model.set("weights", attention(patterns, query, model.get("beta")));
      model.set("result", retrieve(patterns, query, model.get("beta")));
    }
    model.save_changes();
  }
  const board = plate(side, text.plate, text.cell, (i, value) => {
    change({ query: model.get("query").map((x, j) => (j === i ? value : x)) });
  });
  const beta = slider(text.beta, BETAS, (b) => show(b, 3), (b) => change({ beta: b }));
  const classical = html("div", { class: "rnn-big" });
  const modern = html("div", { class: "rnn-big" });
  const say = { classical: html("p", { class: "rnn-note" }), modern: html("p", { class: "rnn-note", role: "status" }) };
  const bars = patterns.map((xi, mu) => {
    const fill = svg("rect", { height: 1, class: "rnn-fill" });
    const value = html("span", { class: "rnn-value" });
    const node = html("li", {},
      html("button", {
        type: "button", class: "rnn-thumb", "aria-label": fit(text.use, { name: names[mu] }),
        onclick: () => change({ query: xi.slice() }),
      }, picture(xi, 34)),
      html("span", { class: "rnn-name" }, names[mu]),
      svg("svg", { viewBox: "0 0 1 1", preserveAspectRatio: "none", class: "rnn-bar", "aria-hidden": "true" },
        svg("rect", { width: 1, height: 1, class: "rnn-track" }), fill),
      value);
    return { node, fill, value };
  });

  el.classList.add("rnn-widget");
  el.append(
    html("div", { class: "rnn-controls" }, beta.node),
    html(
      "div", { class: "rnn-three" },
      html("div", { class: "rnn-panel" }, html("p", { class: "rnn-heading" }, text.cue), board.node,
        html("div", { class: "rnn-row" },
          button(text.noise, () => {
            const query = model.get("query").slice();
            for (const i of permutation(query.length, rng).slice(0, Math.round(0.15 * query.length))) query[i] = -query[i];
            change({ query });
          }),
          button(text.reset, () => { rng = random(3); change(begin); }))),
      html("div", { class: "rnn-panel" }, html("p", { class: "rnn-heading" }, text.classical), classical, say.classical),
      html("div", { class: "rnn-panel" }, html("p", { class: "rnn-heading" }, text.modern), modern, say.modern),
    ),
    html("p", { class: "rnn-heading" }, text.weights),
    html("ul", { class: "rnn-memories rnn-two" }, ...bars.map((bar) => bar.node)),
  );

  function closest(state) {
    const m = overlaps(patterns, state);
    const best = m.indexOf(Math.max(...m));
    return fit(text.best, { name: names[best], m: show(m[best]) });
  }

  let settled = { query: null, state: [] };
  function paint() {
    const query = model.get("query");
    if (settled.query !== query) settled = { query, state: settle(W, query) };
    const result = model.get("result");
    board.show(query);
    beta.show(model.get("beta"));
    classical.replaceChildren(shades(settled.state, 100));
    modern.replaceChildren(shades(result, 100));
    say.classical.textContent = closest(settled.state);
    say.modern.textContent = model.get("problem") || closest(result);
    say.modern.classList.toggle("rnn-problem", Boolean(model.get("problem")));
    bars.forEach(({ fill, value }, mu) => {
      const w = model.get("weights")[mu];
      set(fill, { width: w });
      value.textContent = show(w);
      set(value, { "aria-label": fit(text.weight, { name: names[mu], w: show(w) }) });
    });
  }

  return paintOn(model, ["query", "beta", "weights", "result", "problem"], paint);
}

export default { render };
