// @ts-check
import { back, outer, stepBackward } from "./backward.js";
import { answer, run } from "./recurrent.js";
import {
  button, changing, choice, clamp, fit, html, paintOn, reveal, scale, set,
  show, slider, stillness, svg, traits, words,
} from "./shared.js";

const TEXT = {
  en: {
    counts: "Which loss counts", all: "all: {first} to {last}", only: "only {L}", just: "the only one: {L}",
    position: "Position", start: "start", ahead: "forward, {t}", back: "backward, {t}", end: "the end",
    step: "Step", play: "Play", stop: "Stop", reset: "Reset",
    dam: "Dam", none: "none", damLabel: "Dam: no gradient passes", damAt: "between {a} and {b}",
    factor: "W_hh times", whose: "Change the target of", target: "target", targetOf: "target {k}",
    picture: "The network unrolled over {T} steps. Norm of the gradient: {norms}.", unseen: "no gradient yet",
    losses: "Losses", outputs: "Outputs: choose one to change its target",
    onlyLoss: "{L}: only this loss counts", output: "{y}, output of step {t}",
    headStart: "At the start", headAhead: "Forward, step {t} of {T}", headBack: "Backward, step {t} of {T}", headEnd: "All {T} steps together",
    state: "state", out: "output", loss: "loss", silent: "does not count", norm: "norm",
    before: "nothing is read yet", direct: "direct", through: "through time", both: "together", inner: "before tanh", adds: "adds",
    notCounted: "{L} does not count", last: "no step follows", held: "held back by the dam: {what}",
    first: "because h₀ is 0", sum: "sum", arrives: "arrives", terms: "their norms", apart: "the norm of a sum is not the sum of the norms",
    far: "the norm of {first} is {part} times that of {last}",
    soFar: "dL/dW_hh so far", whole: "dL/dW_hh", without: "without the dam", rowAdds: "adds", rowSum: "sum",
    keyAhead: "forward: the values", keyDirect: "direct, from the step’s own loss", keyThrough: "through time, from the next step", keyTerm: "what the step adds to dL/dW_hh",
    keyWidth: "as wide as the gradient is large: this one is {top}", keyDots: "less than a tenth of that",
    keySize: "Numbers are gradients (in a box: dL/dh of the step). Below, the steps add up from right to left; a hollow bar takes away.",
    keyNorm: "Numbers are norms of gradients (in a box: of dL/dh of the step). Below, the norm of the sum after each step, from right to left; a hollow bar takes away.",
  },
  ko: {
    counts: "셈에 넣을 손실", all: "모두: {first}부터 {last}까지", only: "{L} 하나만", just: "하나뿐인 {L}",
    position: "위치", start: "시작", ahead: "순전파 {t}", back: "역전파 {t}", end: "끝",
    step: "한 단계", play: "재생", stop: "멈춤", reset: "처음으로",
    dam: "댐", none: "없음", damLabel: "댐: 그레이디언트를 막는다", damAt: "{a}, {b} 사이",
    factor: "W_hh의 배율", whose: "정답을 바꿀 출력", target: "정답", targetOf: "정답 {k}",
    picture: "{T}단계로 펼친 신경망. 그레이디언트의 노름: {norms}.", unseen: "아직 그레이디언트가 없다",
    losses: "손실", outputs: "출력: 정답을 바꿀 것을 고른다",
    onlyLoss: "{L}: 이 손실만 셈에 넣기", output: "{y}, {t}단계의 출력",
    headStart: "시작", headAhead: "순전파, {T}단계 가운데 {t}단계", headBack: "역전파, {T}단계 가운데 {t}단계", headEnd: "{T}단계를 모두 합치면",
    state: "상태", out: "출력", loss: "손실", silent: "셈에 넣지 않는다", norm: "노름",
    before: "아직 아무것도 읽지 않았다", direct: "직접", through: "시간을 거쳐", both: "둘의 합", inner: "tanh 앞", adds: "더하는 값",
    notCounted: "{L}: 셈에 넣지 않는다", last: "다음 단계가 없다", held: "댐에 막힌 것: {what}",
    first: "h₀가 0이기 때문이다", sum: "합", arrives: "닿는 양", terms: "각각의 노름", apart: "합의 노름은 노름의 합과 다르다",
    far: "{first}의 노름은 {last}의 {part}배이다",
    soFar: "지금까지의 dL/dW_hh", whole: "dL/dW_hh", without: "댐이 없다면", rowAdds: "더함", rowSum: "합",
    keyAhead: "순전파: 값이 흐른다", keyDirect: "직접: 그 단계의 손실에서 온다", keyThrough: "시간을 거쳐: 다음 단계에서 온다", keyTerm: "그 단계가 dL/dW_hh에 더하는 값",
    keyWidth: "그레이디언트가 클수록 넓다. 이 너비는 {top}", keyDots: "그 10분의 1보다 작다",
    keySize: "수는 그레이디언트이다(상자 안은 그 단계의 dL/dh). 아래에서는 단계마다 더하는 값이 오른쪽부터 쌓인다. 속이 빈 막대는 합을 줄인다.",
    keyNorm: "수는 그레이디언트의 노름이다(상자 안은 그 단계의 dL/dh). 아래는 오른쪽부터 한 단계씩 더한 합의 노름이다. 속이 빈 막대는 합을 줄인다.",
  },
};

/** Forwards, then backwards path by path. A loss of 0 is all of them, a dam of
 * 0 none. Step t is at t - 1; `sent` is what came from the step after, `through`
 * what of it passed. */
export function river(params, xs, targets, loss, dam) {
  const hs = run(params, xs);
  const ys = hs.map((h) => answer(params, h));
  const dys = ys.map((y, k) => y.map((v, j) => v - targets[k][j]));
  const losses = dys.map((dy) => dy.reduce((sum, d) => sum + d * d, 0) / 2);
  const none = new Float64Array(params.b_h.length);
  const steps = [];
  let sent = none;
  let sum = { W_xh: [], W_hh: [], b_h: none };
  const plus = (a, b) => (a.length ? a.map((row, i) => row.map((v, j) => v + b[i][j])) : b);
  for (let t = xs.length; t > 0; t--) {
    const direct = loss && loss !== t ? none : back(dys[t - 1], params.W_hy);
    const through = t === dam ? none : sent;
    const dh = direct.map((d, j) => d + through[j]);
    const { da, dh: on } = stepBackward(params, hs[t - 1], dh);
    const term = outer(t > 1 ? hs[t - 2] : none, da);
    sum = { W_xh: plus(sum.W_xh, outer(xs[t - 1], da)), W_hh: plus(sum.W_hh, term), b_h: sum.b_h.map((d, j) => d + da[j]) };
    steps.unshift({ direct, sent, through, dh, da, term, sum: sum.W_hh });
    sent = on;
  }
  return { hs, ys, dys, losses, steps, grads: sum };
}

/** The norm of a row or a matrix. */
export const norm = (v) => Math.hypot(...Array.from(v, (x) => (typeof x === "number" ? x : norm(x))));

/** A number to n digits that count. */
export function digits(x, n) {
  const size = Math.abs(x);
  if (size === 0) return "0";
  let text = x.toPrecision(n);
  if (size < 10 ** -n) text = x.toExponential(n - 1);
  else if (text.includes("e") && size < 1e4) text = x.toFixed(0);
  return text.replace("e+", "e").replace(/-/g, "\u2212");
}

// --- words for numbers -----------------------------------------------------

const lowered = (n) => String(n).replace(/\d/g, (d) => "₀₁₂₃₄₅₆₇₈₉"[Number(d)]);
const exact = (x) => { // as it was given
  const text = digits(x, 3);
  return text.includes(".") && !text.includes("e") ? text.replace(/\.?0+$/, "") : text;
};
const wrap = (text) => (text.startsWith("\u2212") ? `(${text})` : text);
const multiplied = (...factors) => factors.map((f, k) => (k ? wrap(f) : f)).join(" · ");
const total = (parts) => parts.map((p, k) => (k ? wrap(p) : p)).join(" + ");

// --- the picture -----------------------------------------------------------

const ROW = { L: 20, y: 72, h: 152, x: 208, add: 245, top: 258, bottom: 312 };
const HIGH = 320;
const LEFT = 46; // where h_0 stands, and the names of the rows
const [BOX, TALL] = [20, 19]; // half a state
const WIDEST = 12; // pixels
const LEAST = 1.3;
const [OUT, BACK] = [-8, 7]; // the lanes of the values and of the gradient

/** A path as wide as its share of the largest; a hair of dots below a tenth. */
function flow(kind) {
  const body = svg("path", { class: "rnn-river-body" });
  const head = svg("path", { class: "rnn-river-head" });
  const node = svg("g", { class: `rnn-river-${kind}` }, body, head);
  return {
    node,
    /** Straight from one point to another; a `cut` one has no head. */
    lay([x1, y1], [x2, y2], share, cut = false) {
      set(node, { display: share > 0 ? null : "none" });
      if (!(share > 0)) return;
      const wide = Math.max(WIDEST * share, LEAST);
      const [ux, uy] = [Math.sign(x2 - x1), Math.sign(y2 - y1)];
      const long = cut ? 0 : 7;
      const side = wide / 2 + 3;
      const [bx, by] = [x2 - long * ux, y2 - long * uy];
      set(body, { d: `M${x1} ${y1}L${bx + 0.5 * ux} ${by + 0.5 * uy}`, "stroke-width": wide.toFixed(2), "stroke-dasharray": share < 0.1 ? "2 3" : null });
      set(head, { display: cut ? "none" : null, d: `M${bx - side * uy} ${by - side * ux}L${x2} ${y2}L${bx + side * uy} ${by + side * ux}Z` });
    },
  };
}

const arrow = (x1, y1, x2, y2) => svg("path", {
  class: "rnn-arrow",
  d: `M${x1} ${y1}L${x2} ${y2}` + (x1 === x2 ? `m-3.5 6L${x2} ${y2}l3.5 6` : `m-6 -3.5L${x2} ${y2}l-6 3.5`),
});
const label = (x, y, letter, k, attributes = {}) => svg("text", { x, y, "text-anchor": "middle", "aria-hidden": "true", ...attributes },
  letter, svg("tspan", { class: "rnn-small", dy: 3 }, String(k)));

function render({ model, el }) {
  const text = words(TEXT, model);
  const weights = model.get("weights");
  const xs = model.get("xs");
  const T = xs.length;
  const H = weights.b_h.length;
  const V = weights.b_y.length;
  const END = 2 * T + 1;
  const STATE = ["targets", "loss", "dam", "scale", "step", "at"];
  const begin = traits(model, STATE);
  const steps = Array.from({ length: T }, (_, k) => k + 1);
  const named = (letter, t) => letter + lowered(t);
  let timer = 0;

  const put = changing(model);
  /** What the reader does; a playing ends. */
  function change(values) {
    stop();
    put(values);
  }
  /** The river is there to be seen when something about it changes. */
  const shown = () => (model.get("at") <= T ? { at: END } : {});
  const count = (loss) => change({ loss, ...shown() });
  const build = (dam) => change({ dam: clamp(dam, 0, T - 1), ...shown() });

  // --- playing -----------------------------------------------------------
  const playing = button(text.play, () => (timer ? stop() : play()), { class: "rnn-main" });
  const further = () => put({ at: model.get("at") >= END ? 0 : model.get("at") + 1 });
  function stop() {
    clearInterval(timer);
    timer = 0;
    playing.textContent = text.play;
  }
  function play() {
    playing.textContent = text.stop;
    timer = window.setInterval(() => {
      further();
      if (model.get("at") >= END) stop();
    }, stillness() ? 3000 : 1700);
    further();
  }

  // --- the network -------------------------------------------------------
  const pitch = T <= 4 ? 84 : Math.max(63, Math.min(84, Math.floor(630 / T)));
  const width = LEFT + pitch * T + 20;
  const x = (t) => LEFT + pitch * (t - 0.5);
  const gap = (t) => x(t) + pitch / 2;

  /** One row of marks with one tab stop. */
  const rows = { L: [], y: [] };
  function mark(row, t, attributes, press) {
    return svg("g", {
      class: "rnn-touch", ...attributes,
      onclick: press,
      onfocus: () => reveal(scroller, zoom() * (x(t) - pitch / 2), zoom() * pitch),
      onkeydown: (event) => {
        const to = { ArrowRight: t + 1, ArrowLeft: t - 1, Home: 1, End: T }[event.key];
        if (event.key === "Enter" || event.key === " ") {
          event.preventDefault();
          press();
        } else if (to !== undefined) {
          event.preventDefault();
          event.stopPropagation();
          rows[row][clamp(to, 1, T) - 1].focus();
        }
      },
    });
  }
  const rove = (row, t) => rows[row].forEach((each, k) => set(each, { tabindex: k + 1 === t ? 0 : -1 }));

  const columns = steps.map((t) => {
    const cx = x(t);
    const lossMark = mark("L", t, { role: "button", tabindex: t === T ? 0 : -1, "aria-label": fit(text.onlyLoss, { L: named("L", t) }) },
      () => count(model.get("loss") === t ? 0 : t));
    lossMark.addEventListener("focus", () => rove("L", t));
    lossMark.append(
      svg("rect", { class: "rnn-hit", x: cx - 20, y: ROW.L - 19, width: 40, height: 36 }),
      svg("rect", { class: "rnn-ring", x: cx - 18, y: ROW.L - 14, width: 36, height: 28, rx: 7 }),
      svg("rect", { class: "rnn-river-loss", x: cx - 15, y: ROW.L - 11, width: 30, height: 22, rx: 5 }),
      label(cx, ROW.L + 3.5, "L", t));
    const output = mark("y", t, { role: "radio", "aria-label": fit(text.output, { y: named("y", t), t }) }, () => change({ step: t }));
    output.addEventListener("focus", () => { if (model.get("step") !== t) change({ step: t }); });
    output.append(
      svg("rect", { class: "rnn-hit", x: cx - 18, y: ROW.y - 18, width: 36, height: 36 }),
      svg("circle", { class: "rnn-ring", cx, cy: ROW.y, r: 16.5 }),
      svg("circle", { class: "rnn-node", cx, cy: ROW.y, r: 13 }), label(cx, ROW.y + 3, "y", t));
    rows.L.push(lossMark);
    rows.y.push(output);
    const box = svg("rect", { class: "rnn-node", x: cx - BOX, y: ROW.h - TALL, width: 2 * BOX, height: 2 * TALL, rx: 7 });
    const name = label(cx, ROW.h + 3, "h", t);
    const number = (dx, y, kind, anchor = "start") => svg("text", { x: cx + dx, y, class: `rnn-river-number rnn-river-${kind}`, "text-anchor": anchor, "aria-hidden": "true" });
    const values = [
      arrow(t === 1 ? LEFT - 18 : x(t - 1) + BOX, ROW.h - 9, cx - BOX - 1, ROW.h - 9),
      arrow(cx + 6, ROW.x - 12, cx + 6, ROW.h + TALL + 1),
      arrow(cx + OUT, ROW.h - TALL, cx + OUT, ROW.y + 12), arrow(cx + OUT, ROW.y - 10, cx + OUT, ROW.L + 13),
    ];
    return {
      cx, lossMark, output, box, name, values,
      direct: flow("direct"), through: flow("through"), term: flow("term"),
      said: {
        direct: number(18, 49, "direct"), dh: number(0, ROW.h + 13, "dh", "middle"), term: number(-13, ROW.add, "term", "middle"),
        through: number(pitch / 2, ROW.h - 25, "through", "middle"),
      },
      bar: svg("rect", { class: "rnn-river-bar", x: cx - 25, width: 24 }), join: svg("path", { class: "rnn-river-join" }),
      read: [svg("circle", { class: "rnn-node", cx: cx + 6, cy: ROW.x, r: 12 }), label(cx + 6, ROW.x + 3, "x", t)],
    };
  });
  // The gradient does not pass; the values go through the opening of the wall.
  const grip = svg("g", {
    class: "rnn-touch", role: "slider", tabindex: 0, "aria-label": text.damLabel, "aria-valuemin": 0, "aria-valuemax": T - 1,
    onkeydown: (event) => {
      const dam = model.get("dam");
      const to = { ArrowRight: dam + 1, ArrowUp: dam + 1, ArrowLeft: dam - 1, ArrowDown: dam - 1, Home: 0, End: T - 1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      build(to);
    },
    onpointerdown: (event) => {
      event.preventDefault(); // no selection of text on the way
      grip.focus({ preventScroll: true });
      grip.setPointerCapture(event.pointerId);
    },
    onpointermove: (event) => {
      if (!grip.hasPointerCapture(event.pointerId)) return;
      const to = (event.clientX - drawing.getBoundingClientRect().left) / zoom();
      const dam = clamp(Math.round((to - LEFT) / pitch), 0, T - 1);
      if (dam !== model.get("dam")) build(dam);
    },
  },
  svg("rect", { class: "rnn-hit", x: -16, y: ROW.L - 19, width: 32, height: 38 }),
  svg("rect", { class: "rnn-ring", x: -11, y: ROW.L - 16, width: 22, height: 32, rx: 7 }),
  svg("rect", { class: "rnn-river-grip", x: -8, y: ROW.L - 13, width: 16, height: 26, rx: 5 }),
  svg("path", { class: "rnn-river-notch", d: `M-3 ${ROW.L - 5}v10M0 ${ROW.L - 5}v10M3 ${ROW.L - 5}v10` }));
  const wall = svg("g", { "aria-hidden": "true" },
    svg("path", { class: "rnn-cursor rnn-river-rope", d: `M0 ${ROW.L + 13}V${ROW.h - 38}` }),
    svg("path", { class: "rnn-river-wall", d: `M0 ${ROW.h - 21}V${ROW.h - 14}M0 ${ROW.h - 4}V${ROW.h + 26}` }));
  const parked = svg("text", { class: "rnn-tag", x: 16, y: ROW.L + 28, "text-anchor": "middle", "aria-hidden": "true" }, text.dam);
  const zero = svg("path", { class: "rnn-axis" });
  const reached = svg("text", { class: "rnn-river-number rnn-river-term", x: 0, y: 302, "aria-hidden": "true" });
  const tag = (y, said) => svg("text", { class: "rnn-tag", x: 0, y, "aria-hidden": "true" }, said);
  const drawing = svg(
    "svg", { class: "rnn-unrolled rnn-river", role: "group", viewBox: `0 0 ${width} ${HIGH}` },
    zero, ...columns.map(({ join, bar }) => svg("g", { "aria-hidden": "true" }, join, bar)),
    ...columns.flatMap(({ direct, through, term }) => [direct.node, through.node, term.node]),
    T > 1 ? wall : "", ...columns.flatMap(({ values }) => values),
    label(14, ROW.h - 4, "h", 0), tag(ROW.add, text.rowAdds), tag(287, text.rowSum), reached,
    ...columns.flatMap(({ box, name, read }) => [box, name, ...read]),
    svg("g", { role: "group", "aria-label": text.losses }, ...rows.L),
    svg("g", { role: "radiogroup", "aria-label": text.outputs }, ...rows.y),
    ...columns.flatMap(({ said }) => Object.values(said)), ...(T > 1 ? [parked, grip] : []),
  );
  // A long one is scrolled rather than made too small to read.
  drawing.style.minWidth = `${(T <= 4 ? 0.78 : 0.88) * width}px`;
  drawing.style.maxWidth = `${1.3 * width}px`;
  const scroller = html("div", { class: "rnn-scroll" }, drawing);
  const zoom = () => (drawing.getBoundingClientRect().width || width) / width;

  const sample = (kind, share) => {
    const icon = svg("svg", { viewBox: "0 0 26 18", width: 26, height: 18, "aria-hidden": "true", class: "rnn-stage-key" });
    const one = flow(kind);
    one.lay([25, 9], [1, 9], share);
    icon.append(kind === "values" ? arrow(1, 9, 25, 9) : one.node);
    return icon;
  };
  const widest = html("span");
  const legend = [
    [sample("values", 0), text.keyAhead], [sample("direct", 0.4), text.keyDirect], [sample("through", 0.4), text.keyThrough],
    [sample("term", 0.4), text.keyTerm], [sample("width", 1), widest], [sample("width", 0.05), text.keyDots],
  ].map(([icon, said]) => html("span", {}, icon, said));

  // --- the hand ----------------------------------------------------------
  const losses = choice(text.counts, {
    0: fit(T > 1 ? text.all : text.just, { first: "L₁", last: named("L", T), L: "L₁" }),
    ...(T > 1 ? Object.fromEntries(steps.map((t) => [t, fit(text.only, { L: named("L", t) })])) : {}),
  }, (value) => count(Number(value)));
  const place = (at) => (at === 0 ? text.start : at === END ? text.end
    : fit(at <= T ? text.ahead : text.back, { t: at <= T ? at : END - at }));
  const position = slider(text.position, Array.from({ length: END + 1 }, (_, k) => k), place, (at) => change({ at }));
  const dams = slider(text.dam, Array.from({ length: T }, (_, k) => k),
    (dam) => (dam ? fit(text.damAt, { a: named("h", dam), b: named("h", dam + 1) }) : text.none), build);
  const factor = slider(text.factor, Array.from({ length: 41 }, (_, k) => k / 20), (v) => show(v), (v) => change({ scale: v }));
  const whose = choice(text.whose, Object.fromEntries(steps.map((t) => [t, named("y", t)])), (t) => change({ step: Number(t) }));
  const far = Math.max(2, Math.ceil(Math.max(...begin.targets.flat().map(Math.abs))));
  const goals = Array.from({ length: V }, (_, k) => slider(
    V > 1 ? fit(text.targetOf, { k: k + 1 }) : text.target, Array.from({ length: 81 }, (_, i) => (far * (i - 40)) / 40), exact,
    (v) => change({ targets: model.get("targets").map((row, t) => row.map((old, j) => (t + 1 === model.get("step") && j === k ? v : old))) })));
  const answered = html("span", { class: "rnn-note" });

  const status = html("div", { class: `rnn-river-said${H > 1 ? " rnn-river-many" : ""}`, role: "status" });
  const totals = html("div", { class: "rnn-values rnn-river-totals" });

  el.classList.add("rnn-widget");
  el.append(
    html("div", { class: "rnn-row" }, losses.node),
    html("div", { class: T <= 4 ? "rnn-river-beside" : "" }, scroller, html("div", {}, totals, status)),
    html("div", { class: "rnn-row rnn-river-play" }, playing, button(text.step, () => { stop(); further(); }), button(text.reset, () => change(begin))),
    html("div", { class: "rnn-controls rnn-river-hand" }, position.node),
    html("div", { class: "rnn-controls rnn-river-hand" }, T > 1 ? dams.node : "", factor.node,
      html("div", { class: "rnn-row" }, whose.node, answered), ...goals.map(({ node }) => node)),
    html("p", { class: "rnn-note rnn-stage-legend rnn-river-keys" }, ...legend),
    html("p", { class: "rnn-note" }, H > 1 ? text.keyNorm : text.keySize),
  );

  // --- the words ---------------------------------------------------------
  const T_ = H > 1 ? "ᵀ" : "";
  const list = (v) => (v.length > 1 ? `[${Array.from(v, (d) => digits(d, 2)).join("  ")}]` : digits(v[0], 3));
  /** A gradient: the number, or a short vector and its norm. */
  function vector(v) {
    if (H === 1) return digits(v[0], 3);
    return H > 4 ? size(v) : `${list(v)}, ${size(v)}`;
  }
  /** Of a row or a matrix, the number if it is one, else the norm. */
  const number = (v, n) => digits(H === 1 ? (typeof v[0] === "number" ? v[0] : v[0][0]) : norm(v), n);
  const size = (v) => (H > 1 ? `${text.norm} ` : "") + number(v, 3);
  /** A line may break before each "=". */
  const broken = (equation) => {
    const parts = equation.split(" = ");
    if (parts[0].length < 5 && parts.length > 1) parts.splice(0, 2, `${parts[0]} = ${parts[1]}`);
    return parts.flatMap((part, k) => [k ? " " : "", html("span", {}, (k ? "= " : "") + part)]);
  };
  /** The steps of an equation, those alone that say something. */
  const equal = (...parts) => parts.filter(Boolean).join(" = ");

  function told(now, params, at) {
    const t = at <= T ? at : END - at;
    const n = (letter, k = t) => named(letter, k);
    const target = model.get("targets")[t - 1];
    const loss = model.get("loss");
    const dam = model.get("dam");
    const silent = loss && loss !== t;
    if (at === 0) return [text.headStart, ["", text.state, `h₀ = 0, ${text.before}`]];
    if (at === END) {
      const { steps: all, grads } = now;
      const sum = steps.map((k) => (H > 1 ? `${named("h", k - 1)}ᵀ da${lowered(k)}` : digits(all[k - 1].term[0][0], 3)));
      const few = sum.length > 4 && H > 1 ? [sum[0], sum[1], "…", sum[T - 1]] : sum;
      const from = loss || T; // where the river begins
      const [first, last] = [norm(all[0].dh), norm(all[from - 1].dh)];
      return [
        fit(text.headEnd, { T }),
        ["term", text.sum, equal("dL/dW_hh", (T > 1 || H > 1) && total(few), H === 1 && size(grads.W_hh)) + (H > 1 ? `, ${size(grads.W_hh)}` : "")],
        H > 1 && T > 1 ? ["term", text.terms, `${all.map(({ term }) => digits(norm(term), 2)).join(", ")}; ${text.apart}`] : null,
        from > 1 && last > 0 ? ["", text.arrives, fit(text.far, { first: `dh${lowered(1)}`, last: `dh${lowered(from)}`, part: digits(first / last, 2) })] : null,
      ];
    }
    const h = now.hs[t - 1];
    const before = t > 1 ? now.hs[t - 2] : new Float64Array(H);
    if (at <= T) {
      const one = H === 1 && xs[0].length === 1;
      const a = one && xs[t - 1][0] * params.W_xh[0][0] + before[0] * params.W_hh[0][0] + params.b_h[0];
      const inside = one ? total([multiplied(exact(xs[t - 1][0]), exact(params.W_xh[0][0])), multiplied(digits(before[0], 3), exact(params.W_hh[0][0])), exact(params.b_h[0])]) : "";
      return [
        fit(text.headAhead, { t, T }),
        ["", text.state, equal(n("h"), `tanh(${n("x")} W_xh + ${n("h", t - 1)} W_hh + b_h)`, one && `tanh(${inside})`, one && `tanh(${digits(a, 3)})`, list(h))],
        ["", text.out, equal(n("y"), `${n("h")} W_hy + b_y`, list(now.ys[t - 1]))],
        ["direct", text.loss, equal(n("L"), V > 1 ? `½ ‖${n("y")} − [${target.map(exact).join("  ")}]‖²` : `½ (${n("y")} − ${wrap(exact(target[0]))})²`, digits(now.losses[t - 1], 3)) + (silent ? `; ${text.silent}` : "")],
      ];
    }
    const { direct, sent, dh, da, term } = now.steps[t - 1];
    const slope = 1 - h[0] ** 2;
    const from = `da${lowered(t + 1)} W_hh${T_}`;
    const came = H === 1 && t < T && multiplied(digits(now.steps[t].da[0], 3), exact(params.W_hh[0][0]));
    const own = H === 1 && V === 1 && multiplied(digits(now.dys[t - 1][0], 3), exact(params.W_hy[0][0]));
    return [
      fit(text.headBack, { t, T }),
      ["direct", text.direct, silent ? `0; ${fit(text.notCounted, { L: n("L") })}` : equal(`(${n("y")} − ${V > 1 ? `[${target.map(exact).join("  ")}]` : wrap(exact(target[0]))}) W_hy${T_}`, own, vector(direct))],
      ["through", text.through, t === T ? `0; ${text.last}` : t === dam ? `0; ${fit(text.held, { what: `${from} = ${vector(sent)}` })}` : equal(from, came, vector(sent))],
      ["", text.both, equal(n("dh"), H === 1 ? total([digits(direct[0], 3), digits(now.steps[t - 1].through[0], 3)]) : `${text.direct} + ${text.through}`, vector(dh))],
      ["", text.inner, equal(n("da"), H === 1 ? `${n("dh")} (1 − ${n("h")}²)` : `${n("dh")} ⊙ (1 − ${n("h")}²)`, H === 1 && multiplied(digits(dh[0], 3), digits(slope, 3)), vector(da))],
      ["term", text.adds, t === 1 ? `h₀${T_} da₁ = 0, ${text.first}` : equal(`${n("h", t - 1)}${T_} ${n("da")}`, H === 1 && multiplied(digits(before[0], 3), digits(da[0], 3)), H === 1 && size(term)) + (H > 1 ? `, ${size(term)}` : "")],
    ];
  }

  let looked = null;

  function paint() {
    const [targets, loss, dam, times, step, at] = STATE.map((name) => model.get(name));
    const params = { ...weights, W_hh: weights.W_hh.map((row) => row.map((w) => w * times)) };
    const now = river(params, xs, targets, loss, dam);
    const free = dam ? river(params, xs, targets, loss, 0) : now;
    const seen = (t) => at > T && t >= END - at;
    const here = at >= 1 && at <= 2 * T ? (at <= T ? at : END - at) : 0;
    const top = Math.max(...now.steps.flatMap(({ direct, sent, term }) => [direct, sent, term].map(norm)));
    const share = (v) => (top > 0 ? norm(v) / top : 0);

    losses.show(String(loss));
    position.show(at);
    dams.show(dam);
    factor.show(times);
    whose.show(String(step));
    goals.forEach((goal, k) => goal.show(targets[step - 1][k]));
    answered.textContent = `${named("y", step)} = ${Array.from(now.ys[step - 1], (v) => digits(v, 3)).join(", ")}; ${named("L", step)} = ${digits(now.losses[step - 1], 3)}`;

    // The sums: the number itself where it is one, else the norm.
    const level = now.steps.map(({ sum }) => (H === 1 ? sum[0][0] : norm(sum)));
    const low = Math.min(0, ...level);
    const high = Math.max(0, ...level);
    const up = scale(low < high ? [low, high] : [0, 1], [ROW.bottom, ROW.top]);
    set(zero, { d: `M${LEFT} ${up(0).toFixed(1)}H${width - 8}` });
    columns.forEach((column, k) => {
      const t = k + 1;
      const { cx, said } = column;
      const { direct, sent, through, dh, term } = now.steps[k];
      const shown_ = seen(t);
      const share_ = (v) => (shown_ ? share(v) : 0);
      column.direct.lay([cx + BACK, ROW.L + 11], [cx + BACK, ROW.h - TALL - 1], share_(direct));
      const stopped = t === dam;
      column.through.lay([cx + pitch - BOX, ROW.h + BACK], [stopped ? gap(t) + 3 : cx + BOX + 1, ROW.h + BACK], t < T ? share_(sent) : 0, stopped);
      column.term.lay([cx - 13, ROW.h + TALL], [cx - 13, ROW.add - 12], share_(term));
      const counted = !loss || loss === t;
      said.direct.textContent = shown_ && counted ? number(direct, 2) : "";
      said.through.textContent = shown_ && t < T ? number(sent, 2) : "";
      said.through.classList.toggle("rnn-river-held", stopped);
      said.dh.textContent = shown_ ? number(dh, 2) : "";
      said.term.textContent = shown_ ? number(term, 2) : "";
      set(column.name, { y: shown_ ? ROW.h - 4 : ROW.h + 3 });
      column.box.classList.toggle("rnn-looked", t === here);
      column.values.forEach((each) => each.classList.toggle("rnn-river-ahead", at < t));
      column.lossMark.classList.toggle("rnn-river-silent", !counted);
      set(column.lossMark, { "aria-pressed": String(loss === t) });
      set(column.output, { "aria-checked": String(t === step) });
      column.output.classList.toggle("rnn-river-picked", t === step);
      const start = t < T ? level[k + 1] : 0;
      const [from, to] = [up(start), up(level[k])];
      set(column.bar, { display: shown_ ? null : "none", y: Math.min(from, to).toFixed(1), height: Math.max(1.2, Math.abs(from - to)).toFixed(1) });
      column.bar.classList.toggle("rnn-river-takes", Math.abs(level[k]) < Math.abs(start));
      set(column.join, { display: shown_ && t < T ? null : "none", d: `M${cx + pitch - 25} ${from.toFixed(1)}H${cx - 1}` });
    });
    const done = at > T ? now.steps[Math.max(0, END - at - 1)].sum : null;
    reached.textContent = done ? number(done, 2) : "";
    rove("y", step);
    for (const node of [wall, grip]) set(node, { transform: `translate(${dam ? gap(dam) : 16} 0)` });
    set(wall, { display: dam ? null : "none" });
    set(parked, { display: dam ? "none" : null });
    const where = dam ? fit(text.damAt, { a: named("h", dam), b: named("h", dam + 1) }) : text.none;
    set(grip, { "aria-valuenow": dam, "aria-valuetext": where });
    const norms = steps.filter(seen).map((t) => `dh${lowered(t)} ${digits(norm(now.steps[t - 1].dh), 2)}`).join(", ");
    set(drawing, { "aria-label": fit(text.picture, { T, norms: norms || text.unseen }) });
    widest.textContent = fit(text.keyWidth, { top: digits(top, 2) });

    const [head, ...lines] = told(now, params, at);
    const written = JSON.stringify([head, lines]);
    if (status.dataset.written !== written) { // a status that says the same twice is read out twice
      status.dataset.written = written;
      status.replaceChildren(html("p", { class: "rnn-heading" }, head), html("dl", { class: "rnn-facts" },
        ...lines.filter(Boolean).flatMap(([kind, name, equation]) => [html("dt", { class: kind && `rnn-river-${kind}` }, name), html("dd", {}, ...broken(equation))])));
    }
    const sum = loss ? named("L", loss) : steps.length > 3 ? `L₁ + … + ${named("L", T)}` : steps.map((t) => named("L", t)).join(" + ");
    const L = loss ? now.losses[loss - 1] : now.losses.reduce((a, b) => a + b, 0);
    totals.replaceChildren(...[
      ["L", `= ${sum} = ${digits(L, 3)}`],
      [at === END ? text.whole : text.soFar, done ? size(done) : "0"],
      ...(dam && at === END ? [[text.without, size(free.grads.W_hh)]] : []),
    ].map(([name, value]) => html("span", {}, html("b", {}, name), ` ${value}`)));

    // It opens where the loss is; then it follows the hand.
    const goal = looked === null ? loss : looked !== at && here;
    if (goal) reveal(scroller, zoom() * (x(goal) - pitch / 2 - 8), zoom() * (pitch + 16));
    looked = at;
  }

  const off = paintOn(model, STATE, paint);
  return () => {
    stop();
    off();
  };
}

export default { render };
