// @ts-check
import {
  button, changing, fit, html, line, nearest, paintOn, range, scale, set,
  show, slider, svg, words,
} from "./shared.js";

const TEXT = {
  en: {
    w: "weight w", b: "input b, held on", h0: "start h₀", reset: "Reset", onward: "Go on from where it came to rest",
    map: "The map: h → tanh(w h + b)", fork: "Fixed points against w", time: "The state over time",
    one: "One resting place, at {h}.", two: "Two resting places, at {a} and {c}. Between them, at {m}, balance on a knife's edge.",
    cycle: "No rest: the state jumps for ever between {a} and {c}.",
    edge: "It balances at {h}, and nothing holds it there.",
    slope: "Slope where it came to rest: {s}. A small push shrinks to {s} of itself at every step.",
    even: "Slope where it comes to rest: {s}. A small push dies out, but ever more slowly.",
    grows: "Slope there: {s}. The smallest push would grow.",
    flip: "Slope at the fixed point: {s}. A small push turns over and grows.",
    drawn: "Cobweb of tanh(w h + b) at w = {w}, b = {b}, from {h0}: the state goes to {end}.",
    forked: "Fixed points for every w from -3 to 3 at b = {b}; the present w is {w}.",
    timed: "The state over 40 steps.",
  },
  ko: {
    w: "가중치 w", b: "켜 둔 입력 b", h0: "출발점 h₀", reset: "처음으로", onward: "멈춘 자리에서 이어 가기",
    map: "사상: h → tanh(w h + b)", fork: "w에 따른 고정점", time: "시간에 따른 상태",
    one: "쉬는 자리는 {h} 하나뿐이다.", two: "쉬는 자리가 {a}, {c} 둘이다. 그 사이 {m}에서는 칼날 위에 선 듯 위태롭다.",
    cycle: "쉬지 못한다. 상태가 {a}, {c} 사이를 끝없이 오간다.",
    edge: "{h}에서 균형을 잡고 있을 뿐, 붙드는 것이 없다.",
    slope: "멈춘 자리의 기울기: {s}. 살짝 밀면 그 크기가 단계마다 {s}배가 된다.",
    even: "멈추는 자리의 기울기: {s}. 살짝 밀면 사라지기는 하지만 갈수록 느려진다.",
    grows: "그 자리의 기울기: {s}. 아주 살짝만 밀어도 커진다.",
    flip: "고정점의 기울기: {s}. 살짝 밀면 뒤집히면서 커진다.",
    drawn: "w = {w}, b = {b}일 때 {h0}에서 출발한 tanh(w h + b)의 거미줄 그림. 상태는 {end}에 이른다.",
    forked: "b = {b}일 때 -3에서 3까지 각 w의 고정점. 지금 w는 {w}이다.",
    timed: "40단계 동안의 상태.",
  },
};
const STEPS = 40;

/** Every fixed point of tanh(w h + b), from low to high: rnnlib.one_unit. */
export function fixedPoints(w, b) {
  const corners = [-1, 1];
  if (w > 1) {
    const hc = Math.sqrt(1 - 1 / w);
    const turns = [-1, 1].map((s) => (s * Math.atanh(hc) - b) / w);
    corners.splice(1, 0, ...turns.filter((t) => t > -1 && t < 1));
  }
  const rise = (h) => Math.tanh(w * h + b) - h;
  const roots = [];
  for (let k = 0; k + 1 < corners.length; k++) {
    let [low, high] = [corners[k], corners[k + 1]];
    if (rise(low) * rise(high) > 0) continue;
    const sign = Math.sign(rise(low)) || -Math.sign(rise(high));
    while (high - low > 1e-12) {
      const middle = (low + high) / 2;
      const up = rise(middle);
      if (up === 0) low = high = middle;
      else if (up * sign > 0) low = middle;
      else high = middle;
    }
    const root = (low + high) / 2;
    if (!roots.length || root - roots[roots.length - 1] > 1e-9) roots.push(root);
  }
  return roots;
}

/** The states from h0 on. */
export function orbit(w, b, h0, n) {
  const hs = [h0];
  for (let t = 0; t < n; t++) hs.push(Math.tanh(w * hs[t] + b));
  return hs;
}

function render({ model, el }) {
  const text = words(TEXT, model);
  const begin = { w: model.get("w"), b: model.get("b"), h0: model.get("h0") };
  const change = changing(model);
  const sliders = {
    w: slider(text.w, range(-3, 3, 0.05), (v) => show(v, 2), (w) => change({ w })),
    b: slider(text.b, range(-1, 1, 0.02), (v) => show(v, 2), (b) => change({ b })),
    h0: slider(text.h0, range(-1, 1, 0.05), (v) => show(v, 2), (h0) => change({ h0 })),
  };

  const x = scale([-1, 1], [22, 190]);
  const y = scale([-1, 1], [180, 12]);
  const fx = scale([-3, 3], [22, 232]);
  const parts = {
    curve: svg("path", { class: "rnn-line" }), web: svg("path", { class: "rnn-web" }),
    points: svg("g"), start: svg("circle", { r: 3.5, class: "rnn-tip" }),
    branches: svg("g"), cursor: svg("line", { class: "rnn-cursor", y1: 12, y2: 180 }), here: svg("g"),
    over: svg("path", { class: "rnn-web" }), dots: svg("g"),
  };
  const label = (value, px, py, anchor) => svg("text", { x: px, y: py, "text-anchor": anchor }, value);
  const map = svg(
    "svg", { viewBox: "0 0 200 200", class: "rnn-chart", role: "img" },
    svg("path", { class: "rnn-axis", d: "M22 12V180H190" }),
    svg("path", { class: "rnn-theory", d: line([[x(-1), y(-1)], [x(1), y(1)]]) }),
    label("−1", x(-1), 194, "middle"), label("0", x(0), 194, "middle"), label("1", x(1), 194, "middle"),
    label("1", 18, y(1) + 4, "end"), label("0", 18, y(0) + 4, "end"),
    parts.curve, parts.web, parts.points, parts.start,
  );
  const fork = svg(
    "svg", { viewBox: "0 0 240 200", class: "rnn-chart", role: "img" },
    svg("path", { class: "rnn-axis", d: "M22 12V180H232" }),
    ...[-3, -2, -1, 0, 1, 2, 3].map((v) => label(show(v, 0), fx(v), 194, "middle")),
    label("1", 18, y(1) + 4, "end"), label("0", 18, y(0) + 4, "end"),
    parts.branches, parts.cursor, parts.here,
  );
  const tx = scale([0, STEPS], [22, 440]);
  const ty = scale([-1, 1], [72, 8]);
  const time = svg(
    "svg", { viewBox: "0 0 446 80", class: "rnn-chart rnn-chart-wide", role: "img", "aria-label": text.timed },
    svg("path", { class: "rnn-axis", d: "M22 8V72H440" }),
    label("1", 18, ty(1) + 4, "end"), label("−1", 18, ty(-1) + 4, "end"),
    parts.over, parts.dots,
  );
  const status = html("p", { class: "rnn-status", role: "status" });

  el.classList.add("rnn-widget");
  el.append(
    html("div", { class: "rnn-controls" }, sliders.w.node, sliders.b.node, sliders.h0.node),
    html("div", { class: "rnn-pair" },
      html("div", { class: "rnn-panel" }, html("p", { class: "rnn-heading" }, text.map), map),
      html("div", { class: "rnn-panel" }, html("p", { class: "rnn-heading" }, text.fork), fork)),
    html("p", { class: "rnn-heading" }, text.time), time, status,
    html("div", { class: "rnn-row" },
      button(text.onward, () => {
        const { w, b, h0 } = now();
        change({ h0: orbit(w, b, h0, 400)[400] });
      }),
      button(text.reset, () => change(begin))),
  );

  const now = () => ({ w: model.get("w"), b: model.get("b"), h0: model.get("h0") });
  let drawn = null; // the b for which the branches were drawn
  function branches(b) {
    if (drawn === b) return;
    drawn = b;
    // Along a branch h tells w: h = tanh(w h + b) gives w = (artanh h - b) / h.
    const paths = { "rnn-stable": "", "rnn-unstable": "", "rnn-cycle": "" };
    for (const side of [-1, 1]) {
      let [run, kind] = [[], ""];
      for (let k = 1; k <= 2400; k++) { // dense near 0, and out to w = 3
        const h = side * Math.tanh(4 * (k / 2400) ** 3);
        const w = (Math.atanh(h) - b) / h;
        const now = Math.abs(w) > 3 ? "" : Math.abs(w * (1 - h * h)) <= 1 ? "rnn-stable" : "rnn-unstable";
        if (now) run.push([fx(w), y(h)]);
        if (now !== kind || k === 2400) {
          if (kind) paths[kind] += line(run);
          [run, kind] = [now ? run.slice(-1) : [], now];
        }
      }
    }
    if (b === 0) { // the branch h = 0 holds for every w
      paths["rnn-unstable"] += line([[fx(-3), y(0)], [fx(-1), y(0)]]) + line([[fx(1), y(0)], [fx(3), y(0)]]);
      paths["rnn-stable"] += line([[fx(-1), y(0)], [fx(1), y(0)]]);
    }
    const cycle = [[], []];
    for (const w of range(-3, -1, 0.01)) {
      const [a, c] = orbit(w, b, 0.5, 600).slice(-2).sort((p, q) => p - q);
      if (c - a < 0.02) continue;
      cycle[0].push([fx(w), y(a)]);
      cycle[1].push([fx(w), y(c)]);
    }
    paths["rnn-cycle"] = cycle.map(line).join("");
    parts.branches.replaceChildren(...Object.entries(paths).reverse().map(([name, d]) =>
      svg("path", { class: name, d: d || null })));
  }

  function paint() {
    const { w, b, h0 } = now();
    sliders.w.show(w);
    sliders.b.show(b);
    sliders.h0.show(h0);
    const hs = orbit(w, b, h0, 400);
    const end = hs[400];
    const points = fixedPoints(w, b);
    const stable = points.filter((h) => Math.abs(w * (1 - h * h)) <= 1);
    set(parts.curve, { d: line(range(-1, 1, 0.02).map((h) => [x(h), y(Math.tanh(w * h + b))])) });
    const web = [[x(h0), y(h0)]];
    for (let t = 0; t < 60; t++) web.push([x(hs[t]), y(hs[t + 1])], [x(hs[t + 1]), y(hs[t + 1])]);
    set(parts.web, { d: line(web) });
    set(parts.start, { cx: x(h0), cy: y(h0) });
    const mark = (px, h) => svg("circle", {
      cx: px, cy: y(h), r: 4, class: Math.abs(w * (1 - h * h)) <= 1 ? "rnn-rest" : "rnn-edge",
    });
    parts.points.replaceChildren(...points.map((h) => mark(x(h), h)));
    branches(b);
    set(parts.cursor, { x1: fx(w), x2: fx(w) });
    parts.here.replaceChildren(...points.map((h) => mark(fx(w), h)),
      svg("circle", { cx: fx(w), cy: y(end), r: 3.5, class: "rnn-tip" }));
    set(parts.over, { d: line(hs.slice(0, STEPS + 1).map((h, t) => [tx(t), ty(h)])) });
    parts.dots.replaceChildren(...hs.slice(0, STEPS + 1).map((h, t) =>
      svg("circle", { cx: tx(t), cy: ty(h), r: 1.8, class: "rnn-dot" })));
    // At w = 1 and -1 the way to rest is endless: name the fixed point itself.
    const at = points[nearest(points, end)];
    const s = w * (1 - at * at);
    const cycling = s < -1 && Math.abs(end - hs[399]) > 1e-3;
    const rests = cycling
      ? fit(text.cycle, { a: show(Math.min(hs[399], end)), c: show(Math.max(hs[399], end)) })
      : stable.length > 1
        ? fit(text.two, { a: show(points[0]), m: show(points[1]), c: show(points[2]) })
        : fit(stable.length ? text.one : text.edge, { h: show(stable.length ? stable[0] : at) });
    const kind = cycling ? "flip" : Math.abs(Math.abs(s) - 1) < 0.005 ? "even" : Math.abs(s) > 1 ? "grows" : "slope";
    status.textContent = `${rests} ${fit(text[kind], { s: show(s) })}`;
    set(map, { "aria-label": fit(text.drawn, { w: show(w), b: show(b), h0: show(h0), end: show(end) }) });
    set(fork, { "aria-label": fit(text.forked, { w: show(w), b: show(b) }) });
  }

  return paintOn(model, ["w", "b", "h0"], paint);
}

export default { render };
