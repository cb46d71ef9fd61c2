// @ts-check
import {
  button, changing, clamp, fit, html, line, paintOn, scale, set, show, slider,
  svg, words,
} from "./shared.js";
import { answer, run, softmax } from "./recurrent.js";

const TEXT = {
  en: {
    first: "First text", second: "Second text", reset: "Reset", weights: "The weights W_hh",
    inside: "inside", outside: "outside", unit: "unit {i} → unit {j}",
    ends: "The two ends are {d} apart.", same: "Two histories, one point: from here on the network cannot tell them apart.",
    answers: "After the first text the network says {a}, after the second {b}.",
    plane: "The plane of the two units. The first text ends at {a}, the second at {b}.",
    under: "Under each sign, the chance of “inside”", empty: "nothing read",
  },
  ko: {
    first: "첫째 글", second: "둘째 글", reset: "처음으로", weights: "가중치 W_hh",
    inside: "안", outside: "밖", unit: "유닛 {i} → 유닛 {j}",
    ends: "두 끝점 사이의 거리는 {d}이다.", same: "지나온 길은 둘인데 점은 하나이다. 이제부터 신경망은 두 글을 구별하지 못한다.",
    answers: "첫째 글을 읽고는 {a}, 둘째 글을 읽고는 {b}이라고 답한다.",
    plane: "두 유닛의 평면. 첫째 글은 {a}에서, 둘째 글은 {b}에서 끝난다.",
    under: "기호마다 그 아래에 ‘안’일 확률", empty: "읽은 것 없음",
  },
};
const SIDE = 24; // squares of the background, each way
const MOST = 60; // signs of a text
const VALUES = Array.from({ length: 121 }, (_, k) => Math.round((k - 60) * 5) / 100);

/** The input for each sign of a text: its row, or zeros. */
export const inputs = (symbols, D, text) =>
  Array.from(text, (sign) => (Object.hasOwn(symbols, sign) ? symbols[sign] : Array(D).fill(0)));

function render({ model, el }) {
  const text = words(TEXT, model);
  const weights = model.get("weights");
  const D = weights.W_xh.length;
  const begin = { texts: model.get("texts"), W_hh: model.get("W_hh") };
  const x = scale([-1, 1], [14, 226]);
  const y = scale([-1, 1], [226, 14]);
  const params = () => ({ ...weights, W_hh: model.get("W_hh") });

  const change = changing(model);
  const fields = [text.first, text.second].map((label, k) => {
    const input = html("input", {
      type: "text", maxlength: MOST, spellcheck: "false", autocomplete: "off", class: "rnn-text",
      oninput: () => change({ texts: model.get("texts").map((old, j) => (j === k ? input.value : old)) }),
    });
    const signs = html("div", { class: "rnn-signs" });
    return {
      input, signs,
      node: html("div", { class: `rnn-history rnn-history-${k + 1}` },
        html("label", { class: "rnn-field" }, label, input), signs),
    };
  });
  const sliders = [0, 1].flatMap((i) => [0, 1].map((j) => slider(
    fit(text.unit, { i: i + 1, j: j + 1 }), VALUES, (v) => show(v, 2),
    (v) => change({ W_hh: model.get("W_hh").map((row, r) => row.map((w, c) => (r === i && c === j ? v : w))) }),
  )));

  // The readout is linear in h: the border between the answers is a line.
  const middle = Array.from({ length: SIDE }, (_, k) => -1 + (2 * k + 1) / SIDE);
  const tile = (226 - 14) / SIDE;
  const ground = svg("g", {}, ...middle.flatMap((h1) => middle.map((h2) => {
    const p = softmax(answer(weights, [h1, h2]))[1];
    return svg("rect", {
      x: x(h1) - tile / 2, y: y(h2) - tile / 2, width: tile, height: tile,
      class: "rnn-inside", "fill-opacity": (0.3 * p).toFixed(2),
    });
  })));
  const trails = [1, 2].map((k) => svg("g", { class: `rnn-trail rnn-trail-${k}` }));
  const plane = svg(
    "svg", { viewBox: "0 0 240 246", class: "rnn-chart", role: "img" },
    svg("rect", { x: 14, y: 14, width: 212, height: 212, class: "rnn-sheet" }),
    ground,
    svg("path", { class: "rnn-axis", d: `M14 ${y(0)}H226M${x(0)} 14V226` }),
    svg("text", { x: 226, y: y(0) - 4, "text-anchor": "end" }, "h₁"),
    svg("text", { x: x(0) + 4, y: 24 }, "h₂"),
    svg("text", { x: 14, y: 240 }, "−1"), svg("text", { x: 226, y: 240, "text-anchor": "end" }, "1"),
    ...trails,
  );
  const status = html("p", { class: "rnn-status", role: "status" });

  el.classList.add("rnn-widget");
  el.append(
    html("div", { class: "rnn-columns rnn-wide-left" },
      html("div", { class: "rnn-column" }, plane, status),
      html("div", { class: "rnn-column" },
        ...fields.map(({ node }) => node),
        html("p", { class: "rnn-note" }, text.under),
        html("p", { class: "rnn-heading" }, text.weights),
        html("div", { class: "rnn-controls rnn-narrow" }, ...sliders.map(({ node }) => node)),
        html("div", { class: "rnn-row" }, button(text.reset, () => change(begin))))),
  );

  const said = (p) => (p == null ? text.empty : p > 0.5 ? text.inside : text.outside);
  const point = (h) => `(${show(h[0])}, ${show(h[1])})`;

  function paint() {
    const W_hh = model.get("W_hh");
    sliders.forEach((one, k) => one.show(W_hh[k >> 1][k & 1]));
    const ends = model.get("texts").map((written, k) => {
      const { input, signs } = fields[k];
      if (input.value !== written) input.value = written;
      const plain = Array.from(written).slice(0, MOST);
      const hs = run(params(), inputs(model.get("symbols"), D, plain.join("")));
      const ps = hs.map((h) => softmax(answer(weights, h))[1]);
      signs.replaceChildren(...plain.map((sign, t) => html("span", {
        class: "rnn-sign", style: `--p:${ps[t].toFixed(2)}`, title: show(ps[t]),
      }, sign === " " ? "\u00a0" : sign)));
      const way = [[0, 0], ...hs].map((h) => [x(clamp(h[0], -1, 1)), y(clamp(h[1], -1, 1))]);
      const [ex, ey] = way[way.length - 1];
      trails[k].replaceChildren(
        svg("path", { d: line(way) }),
        ...way.map(([px, py], t) => svg("circle", { cx: px, cy: py, r: t ? 2 : 3 })),
        svg(k ? "rect" : "circle", k
          ? { x: ex - 5, y: ey - 5, width: 10, height: 10, class: "rnn-end" }
          : { cx: ex, cy: ey, r: 7, class: "rnn-end" }),
      );
      return { h: hs.length ? hs[hs.length - 1] : [0, 0], p: ps[ps.length - 1] };
    });
    const [a, b] = ends;
    const distance = Math.hypot(a.h[0] - b.h[0], a.h[1] - b.h[1]);
    status.textContent = [
      fit(text.answers, { a: said(a.p), b: said(b.p) }),
      distance < 0.01 && model.get("texts")[0] !== model.get("texts")[1] ? text.same : fit(text.ends, { d: show(distance) }),
    ].join(" ");
    set(plane, { "aria-label": fit(text.plane, { a: point(a.h), b: point(b.h) }) });
  }

  return paintOn(model, ["texts", "W_hh"], paint);
}

export default { render };
