// @ts-check
import {
  button, choice, clamp, fit, html, line, paintOn, scale, set, show, slider,
  stillness, svg, traits, words,
} from "./shared.js";

const TEXT = {
  en: {
    about: "One unit, x_{t} = w σ(x_{t−1}) + b from x_{0} = 0.5, runs for 50 time steps. Its loss E = (σ(x_{50}) − 0.7)² depends on w and b alone.",
    w: "start w", b: "start b", lr: "learning rate", threshold: "threshold", clip: "Clip the gradient",
    step: "One step", run: "Run", pause: "Pause", reset: "Reset", colours: "Colours", loss: "loss E", norm: "gradient norm",
    lines: "Wall and folds", wall: "wall", fold: "fold", plain: "unclipped", clipped: "clipped", scaled: "step scaled here", drag: "start (drag it)",
    section: "Cross section at w = {w}", drawnSection: "The loss along b at w = {w}. The walk stands at b = {b}, loss {E}.",
    map: "The {what} over w and b. The walk starts at {start} and stands at {here} after {k} steps.",
    start: "Start of the walk, w = {w}, b = {b}. Arrow keys move it, Enter takes a step",
    count: "Step {k} of at most 200", from: "from (w, b)", gradient: "gradient", size: "its norm", taken: "step taken", length: "its length", to: "to (w, b)", here: "loss E there", often: "scaled so far",
    none: "–", times: "{n} of {k} steps",
    ready: "The walk starts at loss {E}, where the gradient has the norm {n}. Take a step, or run.",
    saidPlain: "Step {k}: the gradient’s norm is {n}, the step is {d} long.",
    saidScaled: "Step {k}: norm {n} > threshold {c}: the step is scaled by {s}, its direction stays.",
    saidWhole: "Step {k}: norm {n} ≤ threshold {c}: clipping changes nothing.",
    lost: "It lands at {p}, far out of the picture.", stuck: "The norm there is {m}: nothing brings it back.",
    tiny: "The loss is {E} and the gradient small; clipping cannot enlarge it.", end: "After 200 steps the walk ends at loss {E}.",
  },
  ko: {
    about: "유닛 하나 x_{t} = w σ(x_{t−1}) + b를 x_{0} = 0.5에서 시작해 50단계 돌린다. 손실 E = (σ(x_{50}) − 0.7)²은 w와 b로만 정해진다.",
    w: "출발점 w", b: "출발점 b", lr: "학습률", threshold: "임계치", clip: "그레이디언트 클리핑",
    step: "한 걸음", run: "실행", pause: "멈춤", reset: "처음으로", colours: "색", loss: "손실 E", norm: "그레이디언트 노름",
    lines: "절벽과 접힘 분기", wall: "절벽", fold: "접힘 분기", plain: "클리핑 없음", clipped: "클리핑 있음", scaled: "걸음을 줄인 곳", drag: "출발점(끌어서 옮긴다)",
    section: "w = {w}에서 자른 단면", drawnSection: "w = {w}일 때 b에 따른 손실. 지금 자리는 b = {b}, 손실은 {E}이다.",
    map: "w와 b에 따른 {what}. {start}에서 출발해 {k}걸음 뒤 {here}에 있다.",
    start: "출발점 w = {w}, b = {b}. 화살표 키로 옮기고 Enter로 한 걸음 간다",
    count: "{k}걸음째 (최대 200걸음)", from: "떠난 자리", gradient: "그레이디언트", size: "그 노름", taken: "내디딘 걸음", length: "그 길이", to: "닿은 자리", here: "그곳의 손실 E", often: "줄인 횟수",
    none: "–", times: "{k}걸음 중 {n}번",
    ready: "출발점의 손실은 {E}, 그레이디언트의 노름은 {n}이다. 한 걸음씩 가 보거나 실행해 보자.",
    saidPlain: "{k}걸음째: 그레이디언트의 노름은 {n}, 걸음의 길이는 {d}이다.",
    saidScaled: "{k}걸음째: 노름 {n} > 임계치 {c}. 걸음을 {s}배로 줄이고 방향은 그대로 둔다.",
    saidWhole: "{k}걸음째: 노름 {n} ≤ 임계치 {c}. 클리핑은 아무것도 바꾸지 않는다.",
    lost: "그림에서 멀리 벗어난 {p}에 떨어진다.", stuck: "그곳의 노름은 {m}. 되돌려 보낼 힘이 없다.",
    tiny: "손실은 아직 {E}인데 그레이디언트가 작다. 클리핑은 작은 것을 키우지 못한다.", end: "200걸음을 걸어 손실 {E}에서 끝난다.",
  },
};
const W = [4, 5.4]; // what the picture shows, as RANGES in Python
const B = [-2.9, -1.7];
const MOST = 200; // steps
const PAUSE = 55; // ms from step to step
const QUIET = 900; // ms between two sentences of a running walk
const RATES = [1, 2, 3].flatMap((p) => [1, 1.5, 2, 3, 5, 7].map((m) => Number((m * 10 ** (p - 4)).toPrecision(2)))).concat(1);
const THRESHOLDS = [0.1, 0.15, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 4, 5];
const span = ([from, to]) => Array.from({ length: Math.round((to - from) * 100) + 1 }, (_, k) => Math.round(from * 100 + k) / 100);

// --- the mathematics: rnnlib.cliff -----------------------------------------
const sigmoid = (x) => 1 / (1 + Math.exp(-x));

/** The loss of T time steps and its exact slopes, [1] to [3]; with `enough`
 * above 0 it stops where the state and its slope move less than that.
 * @param {number} w @param {number} b */
export function surface(w, b, T = 50, target = 0.7, enough = 0) {
  let x = 0.5;
  let dw = 0;
  let db = 0;
  for (let t = 0; t < T; t++) {
    const s = sigmoid(x);
    const slope = w * s * (1 - s);
    const [before, from] = [x, db];
    x = w * s + b;
    dw = s + slope * dw;
    db = 1 + slope * db;
    if (Math.abs(x - before) < enough && Math.abs(db - from) < enough * db) break;
  }
  const s = sigmoid(x);
  const push = 2 * (s - target) * s * (1 - s);
  return { loss: (s - target) ** 2, dw: push * dw, db: push * db };
}

/** The two b at which a resting place is born or dies, the lower first; w
 * is 4 or more. [4] */
export const folds = (w) => [1, -1].map((sign) => {
  const s = (1 + sign * Math.sqrt(1 - 4 / w)) / 2;
  return Math.log(s / (1 - s)) - w * s;
});

/** The b at which x_0 is a resting place. [5] */
export const wall = (w) => 0.5 - w * sigmoid(0.5);

/** Farther from the picture than the picture is wide: the walk ends. */
export const lost = (w, b) => [[w, W], [b, B]].some(([x, [low, high]]) =>
  x < 2 * low - high || x > 2 * high - low);

/** Every place of a descent, first to last, and what was seen there; a
 * threshold of null clips nothing. It ends early where it is lost. */
export function walk(w, b, lr, steps, threshold) {
  const places = [];
  for (let k = 0; k <= steps; k++) {
    const { loss, dw, db } = surface(w, b);
    const norm = Math.hypot(dw, db);
    const shrink = threshold !== null && norm > threshold ? threshold / norm : 1;
    places.push({ w, b, loss, dw, db, norm, shrink });
    if (lost(w, b)) break;
    w -= lr * shrink * dw;
    b -= lr * shrink * db;
  }
  return places;
}

/** Where the way from a point in a box to one outside crosses its border. */
export function border([x1, y1], [x2, y2], [left, right, top, bottom]) {
  const share = (from, to, low, high) => (to > high ? (high - from) / (to - from) : to < low ? (low - from) / (to - from) : 1);
  const t = clamp(Math.min(share(x1, x2, left, right), share(y1, y2, top, bottom)), 0, 1);
  return [clamp(x1 + t * (x2 - x1), left, right), clamp(y1 + t * (y2 - y1), top, bottom)];
}

/** Three digits that count, and a power of ten where it is far from 1. */
export function brief(x) {
  if (x === 0) return "0";
  const size = Math.floor(Math.log10(Math.abs(x)));
  if (size >= -3 && size < 5) return show(x, clamp(2 - size, 0, 5));
  const power = Array.from(String(size), (c) => (c === "-" ? "\u207b" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(c)])).join("");
  return `${show(x / 10 ** size, 1)} × 10${power}`;
}

// --- the picture -----------------------------------------------------------
const [COLUMNS, ROWS] = [280, 240]; // of the coloured grid
const BOX = [40, 352, 8, 268]; // left, right, top, bottom of the map
const SCALES = {
  // The root of the loss, |σ(x_T) − 0.7|, shows the valley and the heights.
  loss: { place: (s) => Math.sqrt(s.loss / 0.4), ticks: [0, 0.01, 0.05, 0.1, 0.2, 0.3, 0.4], at: (v) => Math.sqrt(v / 0.4) },
  norm: { place: (s) => (Math.log10(Math.max(1e-9, Math.hypot(s.dw, s.db))) + 2) / 5, ticks: [0.01, 0.1, 1, 10, 100, 1000], at: (v) => (Math.log10(v) + 2) / 5 },
};

let known = null;
/** The colour numbers, 0 to 255, of both pictures: once for all widgets. */
export function field() {
  if (known) return known;
  known = { loss: new Uint8ClampedArray(COLUMNS * ROWS), norm: new Uint8ClampedArray(COLUMNS * ROWS) };
  const [wide, high] = [(W[1] - W[0]) / COLUMNS, (B[1] - B[0]) / ROWS];
  for (let j = 0, at = 0; j < ROWS; j++) {
    for (let i = 0; i < COLUMNS; i++, at++) {
      const [w, b] = [W[0] + (i + 0.5) * wide, B[1] - (j + 0.5) * high];
      const seen = surface(w, b, 50, 0.7, 1e-4); // a colour needs no more
      known.loss[at] = 255 * SCALES.loss.place(seen);
      known.norm[at] = 255 * SCALES.norm.place(seen);
      // The slope of the wall is thinner than a pixel: show the steepest place.
      if (Math.abs(b - wall(w)) > high / 2) continue;
      const near = [wall(w), ...Array.from({ length: 9 }, (_, n) => b + ((n - 4) / 9) * high)];
      known.norm[at] = 255 * Math.max(...near.map((each) => SCALES.norm.place(surface(w, each))));
    }
  }
  return known;
}

/** Colours that cover the page's paper more and more: from paper to strong in
 * dark and in light, in one order. */
function coloured(numbers, columns) {
  const small = document.createElement("canvas");
  [small.width, small.height] = [columns, numbers.length / columns];
  const image = new ImageData(columns, small.height);
  numbers.forEach((q, k) => {
    const v = q / 255;
    image.data.set([20 + 50 * v, 150 - 50 * v, 165 + 35 * v, 255 * (0.03 + 0.82 * v)], 4 * k);
  });
  small.getContext("2d")?.putImageData(image, 0, 0);
  return small;
}

/** A canvas over a part of the drawing (in percent) that keeps as many pixels
 * as the screen has. */
function sheet(style) {
  const node = html("canvas", { class: "rnn-cliff-sheet", style, "aria-hidden": "true" });
  let source = null;
  function draw() {
    const box = node.getBoundingClientRect();
    const [width, height] = [box.width, box.height].map((side) => Math.round(side * (devicePixelRatio || 1)));
    if (!source || !width || !height) return;
    [node.width, node.height] = [width, height];
    const pen = node.getContext("2d");
    if (!pen) return;
    pen.imageSmoothingQuality = "high";
    pen.drawImage(source, 0, 0, width, height);
  }
  const watch = new ResizeObserver(draw);
  watch.observe(node);
  return { node, show: (picture) => { source = picture; draw(); }, stop: () => watch.disconnect() };
}

/** A square, which stands for clipping, or a disc. */
const mark = (clipped, x, y, r) => (clipped
  ? `M${(x - r).toFixed(1)} ${(y - r).toFixed(1)}h${2 * r}v${2 * r}h${-2 * r}z`
  : `M${(x - r).toFixed(1)} ${y.toFixed(1)}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`);
const dots = (points) => points.map(([x, y]) => `M${x.toFixed(1)} ${y.toFixed(1)}h0`).join("");

/** One walk on the map: its line, its places, the places where it clipped, and
 * an arrow with the coordinates where it goes out. */
function trail(kind) {
  const parts = Object.fromEntries(["halo", "way", "dots", "scaled"].map((name) => [name, svg("path", { class: `rnn-cliff-${name}` })]));
  const tip = svg("path", { class: "rnn-cliff-tip", d: "M0 0L-9 -4.5V4.5Z" });
  const label = svg("text", { class: "rnn-cliff-label rnn-cliff-where" });
  return {
    parts, tip, label,
    inner: svg("g", { class: `rnn-cliff-${kind}` }, ...Object.values(parts)),
    outer: svg("g", { class: `rnn-cliff-${kind}` }, tip, label),
  };
}

function render({ model, el }) {
  const text = words(TEXT, model);
  const begin = traits(model, ["w", "b", "lr", "threshold", "clip", "steps"]);
  const x = scale(W, [BOX[0], BOX[1]]);
  const y = scale(B, [BOX[3], BOX[2]]);
  let seen = "loss"; // what the colours show
  let lines = true;
  let kind = begin.clip;
  let other = 0; // steps of the walk of the other kind, 0: none
  let timer = 0;
  let late = 0; // a save that waits
  let spoken = 0; // when the last sentence was said

  function change(values, now = true) {
    for (const [name, value] of Object.entries(values)) model.set(name, value);
    if (!now) {
      late ||= window.setTimeout(() => { late = 0; model.save_changes(); }, 80);
      return;
    }
    clearTimeout(late);
    late = 0;
    model.save_changes();
  }
  const follow = (clip, steps) => walk(model.get("w"), model.get("b"), model.get("lr"), steps, clip ? model.get("threshold") : null);
  const present = () => follow(model.get("clip"), clamp(model.get("steps"), 0, MOST));
  const ended = (path) => path.length > MOST || lost(path[path.length - 1].w, path[path.length - 1].b);

  function advance(now = true) {
    const path = present();
    if (!ended(path)) change({ steps: path.length }, now);
    return !ended(path);
  }
  function halt() {
    if (!timer) return;
    clearInterval(timer);
    timer = 0;
    change({});
    paint();
  }
  function play() {
    if (timer) {
      halt();
      return;
    }
    if (ended(present())) change({ steps: 0 });
    if (stillness()) {
      change({ steps: MOST });
      change({ steps: present().length - 1 });
      return;
    }
    timer = window.setInterval(() => {
      if (!advance(false) || ended(present())) halt();
    }, PAUSE);
    paint();
  }
  function stepOnce() {
    halt();
    advance();
  }
  const move = (w, b, now) => change({
    w: clamp(Math.round(w * 100) / 100, ...W), b: clamp(Math.round(b * 100) / 100, ...B),
  }, now);

  // --- the hand ----------------------------------------------------------
  const spot = (event) => {
    const box = drawing.getBoundingClientRect();
    const [px, py] = [((event.clientX - box.left) / box.width) * 360, ((event.clientY - box.top) / box.height) * 340];
    return [W[0] + ((px - BOX[0]) / (BOX[1] - BOX[0])) * (W[1] - W[0]), B[1] - ((py - BOX[2]) / (BOX[3] - BOX[2])) * (B[1] - B[0])];
  };
  let held = false;
  const release = () => {
    if (held) change({});
    held = false;
  };
  const grip = svg(
    "g", {
      class: "rnn-knob rnn-cliff-grip", role: "button", tabindex: 0,
      onpointerdown: (event) => {
        held = true;
        grip.setPointerCapture(event.pointerId);
      },
      onpointermove: (event) => {
        if (held) move(...spot(event), false);
      },
      onpointerup: release, onpointercancel: release,
      onkeydown: (event) => {
        const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
        if (by) {
          const far = event.shiftKey ? 0.1 : 0.01;
          move(model.get("w") + far * by[0], model.get("b") + far * by[1]);
        } else if (event.key === "Enter" || event.key === " ") stepOnce();
        else return;
        event.preventDefault();
        event.stopPropagation();
      },
    },
    svg("circle", { r: 17, class: "rnn-hit" }), svg("circle", { r: 8, class: "rnn-cliff-halo" }), svg("circle", { r: 8, class: "rnn-cliff-ring" }),
  );

  // --- the map -----------------------------------------------------------
  const percent = (from, to, whole) => [(100 * from) / whole, (100 * (to - from)) / whole];
  const over = (top, bottom) => {
    const [left, width] = percent(BOX[0], BOX[1], 360);
    const [above, height] = percent(top, bottom, 340);
    return `left:${left}%;width:${width}%;top:${above}%;height:${height}%`;
  };
  const ground = sheet(over(BOX[2], BOX[3]));
  const bar = sheet(over(310, 321));
  const theory = (f, from) => line(span([from, W[1]]).map((w) => [x(w), y(f(w))]));
  const label = (value, px, py, anchor = "middle", attributes = {}) => svg("text", { x: px, y: py, "text-anchor": anchor, ...attributes }, value);
  const named = (value, px, py) => label(value, px, py, "end", { class: "rnn-cliff-label" });
  const repels = 4.26; // from here on the slope at x_0 is above 1
  const curves = svg("g", {},
    svg("path", { class: "rnn-cliff-fold", d: [0, 1].map((k) => theory((w) => folds(w)[k], W[0])).join("") }),
    svg("path", { class: "rnn-cliff-wall", d: theory(wall, repels) }),
    named(text.fold, x(5.36), y(folds(5.36)[1]) - 6), named(text.fold, x(5.1), y(folds(5.1)[0]) + 16), named(text.wall, x(5.36), y(wall(5.36)) - 14));
  const trails = { plain: trail("plain"), clipped: trail("clipped") };
  const ball = svg("path", { class: "rnn-cliff-ball" });
  const ticks = svg("g");
  const title = label("", BOX[0], 305, "start");
  const [left, right, top, bottom] = BOX;
  const inner = svg("svg", { x: left, y: top, width: right - left, height: bottom - top, viewBox: `${left} ${top} ${right - left} ${bottom - top}`, overflow: "hidden" },
    curves, trails.plain.inner, trails.clipped.inner);
  const drawing = svg(
    "svg", {
      viewBox: "0 0 360 340", class: "rnn-chart rnn-cliff-map", role: "group",
      onclick: (event) => {
        const [w, b] = spot(event);
        if (!grip.contains(event.target) && w >= W[0] && w <= W[1] && b >= B[0] && b <= B[1]) move(w, b);
      },
    },
    svg("rect", { x: left, y: top, width: right - left, height: bottom - top, class: "rnn-cliff-rim" }),
    ...[4, 4.4, 4.8, 5.2].map((w) => label(show(w, 1), x(w), bottom + 15)),
    ...[-2.8, -2.4, -2].map((b) => label(show(b, 1), left - 5, y(b) + 4, "end")),
    label("w", right, bottom + 15, "end", { class: "rnn-cliff-axis" }), label("b", left - 5, top + 10, "end", { class: "rnn-cliff-axis" }),
    svg("rect", { x: left, y: 310, width: right - left, height: 11, class: "rnn-cliff-rim" }), ticks, title,
    inner, trails.plain.outer, trails.clipped.outer, ball, grip,
  );
  const colours = choice(text.colours, { loss: text.loss, norm: text.norm }, (value) => {
    seen = value;
    paint();
  });
  const tick = (label_, onchange) => {
    const input = html("input", { type: "checkbox", onchange: () => onchange(input.checked) });
    return { input, node: html("label", { class: "rnn-choice rnn-cliff-tick" }, input, label_) };
  };
  const theoryTick = tick(text.lines, (on) => {
    lines = on;
    paint();
  });
  const key = (name, d, value) => html("span", { class: name ? `rnn-cliff-${name}` : "" },
    svg("svg", { viewBox: "0 0 30 12", width: 30, height: 12, class: "rnn-stage-key", "aria-hidden": "true" }, ...d.map(([part, way]) => svg("path", { class: `rnn-cliff-${part}`, d: way }))), value);
  const walkKey = (name) => key(name, [["way", "M1 6H29"], ["dots", "M5 6h0M15 6h0M25 6h0"]], text[name]);
  const keys = { plain: walkKey("plain"), clipped: walkKey("clipped") };
  const legend = html("p", { class: "rnn-note rnn-stage-legend" }, keys.plain, keys.clipped, key("clipped", [["scaled", mark(true, 15, 6, 4)]], text.scaled),
    key("", [["ring", mark(false, 15, 6, 5)]], text.drag));
  const theoryKeys = [key("", [["wall", "M1 6H29"]], text.wall), key("", [["fold", "M1 6H29"]], text.fold)];
  legend.append(...theoryKeys);

  // --- the cross section -------------------------------------------------
  const sx = scale(B, [30, 268]);
  const sy = scale([0, 0.45], [112, 8]);
  const curve = svg("path", { class: "rnn-line" });
  const edge = svg("path", { class: "rnn-cursor" });
  const edgeName = label(text.wall, 0, 18, "middle", { class: "rnn-cliff-label" });
  const rolling = svg("path", { class: "rnn-cliff-ball" });
  const away = label("", 0, 0, "end", { class: "rnn-cliff-label rnn-cliff-where" });
  const section = svg(
    "svg", { viewBox: "0 0 276 132", class: "rnn-chart", role: "img" },
    svg("path", { class: "rnn-axis", d: "M30 8V112H268" }),
    ...[0, 0.2, 0.4].map((v) => label(show(v, 1), 26, sy(v) + 4, "end")),
    ...[-2.8, -2.4, -2].map((b) => label(show(b, 1), sx(b), 127)),
    label("b", 268, 127, "end", { class: "rnn-cliff-axis" }), label("E", 34, 14, "start", { class: "rnn-cliff-axis" }),
    curve, edge, edgeName, rolling, away,
  );
  const heading = html("p", { class: "rnn-heading" });

  // --- the wiring --------------------------------------------------------
  const sliders = {
    w: slider(text.w, span(W), (v) => show(v), (w) => change({ w })),
    b: slider(text.b, span(B), (v) => show(v), (b) => change({ b })),
    lr: slider(text.lr, RATES, (v) => String(Number(v.toPrecision(3))), (lr) => change({ lr })),
    threshold: slider(text.threshold, THRESHOLDS, (v) => String(Number(v.toPrecision(3))), (threshold) => change({ threshold })),
  };
  const clip = tick(text.clip, (on) => change({ clip: on }));
  const runButton = button(text.run, play, { class: "rnn-main" });
  const stepButton = button(text.step, stepOnce);
  const facts = Object.fromEntries(["from", "gradient", "size", "taken", "length", "to", "here", "often"].map((name) => [name, html("dd", { class: "rnn-value" })]));
  const count = html("p", { class: "rnn-heading" });
  const status = html("p", { class: "rnn-status rnn-cliff-said", role: "status" });

  el.classList.add("rnn-widget");
  el.append(
    html("p", { class: "rnn-note rnn-cliff-about" }, ...text.about.split(/_\{(.*?)\}/).map((part, k) => (k % 2 ? html("sub", {}, part) : part))),
    html("div", { class: "rnn-columns rnn-stage-left rnn-cliff" },
      html("div", { class: "rnn-column" },
        html("div", { class: "rnn-row" }, colours.node, theoryTick.node),
        html("div", { class: "rnn-cliff-frame" }, ground.node, bar.node, drawing), legend,
        html("div", { class: "rnn-row" }, runButton, stepButton, button(text.reset, () => {
          halt();
          other = 0;
          kind = begin.clip;
          change(begin);
        }), clip.node)),
      html("div", { class: "rnn-column" }, status, count,
        html("dl", { class: "rnn-facts rnn-cliff-facts" }, ...Object.entries(facts).flatMap(([name, dd]) => [html("dt", {}, text[name]), dd])),
        heading, section)),
    html("div", { class: "rnn-controls rnn-cliff-sliders" }, ...Object.values(sliders).map(({ node }) => node)),
  );

  const pair = (a, b) => `(${a},\u00a0${b})`;
  const place = ({ w, b }) => (lost(w, b) ? pair(brief(w), brief(b)) : pair(show(w, 3), show(b, 3)));
  const inside = ({ w, b }) => w >= W[0] && w <= W[1] && b >= B[0] && b <= B[1];

  function put(name, path, strong, drop = 0) {
    const { parts, tip, label: where, inner: lower, outer: upper } = trails[name];
    for (const each of [lower, upper]) {
      set(each, { display: path.length > 1 ? null : "none" });
      each.classList.toggle("rnn-cliff-pale", !strong);
    }
    // A place far away is drawn at the border that the step crosses.
    const points = path.map((at, k) => {
      const to = [x(at.w), y(at.b)];
      return k && lost(at.w, at.b) ? border([x(path[k - 1].w), y(path[k - 1].b)], to, BOX) : to;
    });
    const d = line(points);
    set(parts.halo, { d });
    set(parts.way, { d });
    set(parts.dots, { d: dots(points) });
    set(parts.scaled, { d: points.map(([px, py], k) => (k < path.length - 1 && path[k].shrink < 1 ? mark(true, px, py, 4) : "")).join("") || null });
    const end = path[path.length - 1];
    const out = path.length > 1 && !inside(end);
    for (const each of [tip, where]) set(each, { display: out ? null : "none" });
    if (!out) return;
    const before = path[path.length - 2];
    const from = [x(before.w), y(before.b)];
    const to = [x(end.w), y(end.b)];
    const [ex, ey] = border(from, to, BOX);
    const [bx, by] = inside(before) ? from : [ex, ey]; // or outward, from the border
    const turn = (Math.atan2(to[1] - by, to[0] - bx) * 180) / Math.PI;
    set(tip, { transform: `translate(${ex.toFixed(1)} ${ey.toFixed(1)}) rotate(${turn.toFixed(1)})` });
    const low = ex > 230;
    set(where, { x: ex + (low ? -12 : 12), y: clamp(ey + 5, top + 15, bottom - 20) + drop, "text-anchor": low ? "end" : "start" });
    where.textContent = place(end);
  }

  let colouring = "";
  function paint() {
    const clipped = model.get("clip");
    if (clipped !== kind) { // the walk so far becomes the pale one
      other = follow(kind, clamp(model.get("steps"), 0, MOST)).length - 1;
      kind = clipped;
    }
    const path = present();
    const k = path.length - 1;
    const here = path[k];
    const before = path[Math.max(0, k - 1)];
    for (const [name, one] of Object.entries(sliders)) one.show(model.get(name));
    clip.input.checked = clipped;
    theoryTick.input.checked = lines;
    colours.show(seen);
    runButton.textContent = timer ? text.pause : text.run;
    set(stepButton, { "aria-disabled": ended(path) ? "true" : null }); // keeps the focus

    if (colouring !== seen) {
      colouring = seen;
      ground.show(coloured(field()[seen], COLUMNS));
      bar.show(coloured(Uint8ClampedArray.from({ length: 256 }, (_, q) => q), 256));
      title.textContent = text[seen];
      ticks.replaceChildren(...SCALES[seen].ticks.map((v) =>
        label(String(v), left + SCALES[seen].at(v) * (right - left), 334, SCALES[seen].at(v) === 1 ? "end" : "middle")));
    }
    set(curves, { display: lines ? null : "none" });
    for (const each of theoryKeys) each.classList.toggle("rnn-away", !lines);
    const now = clipped ? "clipped" : "plain";
    const then = clipped ? "plain" : "clipped";
    put(now, path, true);
    put(then, other ? follow(!clipped, other) : [here], false, inside(here) ? 0 : 15);
    for (const [name, each] of Object.entries(keys)) each.classList.toggle("rnn-cliff-now", name === now);
    inner.append(trails[now].inner); // the present walk above the pale one
    set(grip, { transform: `translate(${x(path[0].w).toFixed(1)} ${y(path[0].b).toFixed(1)})` });
    set(grip, { "aria-label": fit(text.start, { w: show(path[0].w), b: show(path[0].b) }) });
    for (const each of [ball, rolling]) {
      set(each, { display: inside(here) ? null : "none", class: `rnn-cliff-ball rnn-cliff-${now}` });
    }
    set(ball, { d: mark(clipped, x(here.w), y(here.b), 4.5) });
    set(drawing, { "aria-label": fit(text.map, { what: text[seen], start: place(path[0]), here: place(here), k }) });

    // The section goes through the last place inside the picture.
    const cut = inside(here) ? here : [...path].reverse().find(inside) ?? path[0];
    const foot = wall(cut.w);
    const bs = Array.from({ length: 161 }, (_, n) => B[0] + (n / 160) * (B[1] - B[0])).concat(Array.from({ length: 81 }, (_, n) => foot + (n - 40) * 5e-4)).sort((p, q) => p - q);
    set(curve, { d: line(bs.map((b) => [sx(b), sy(surface(cut.w, b).loss)])) });
    const cliff = cut.w >= repels;
    set(edge, { d: `M${sx(foot)} 8V112`, display: cliff && lines ? null : "none" });
    set(edgeName, { x: sx(foot), display: cliff && lines ? null : "none" });
    set(rolling, { d: mark(clipped, sx(here.b), sy(here.loss), 5.5) });
    const gone = here.b > B[1] ? `b = ${brief(here.b)} →` : here.b < B[0] ? `← b = ${brief(here.b)}` : `w = ${brief(here.w)}`;
    away.textContent = inside(here) ? "" : gone;
    set(away, here.b < B[0] ? { x: 36, y: 60, "text-anchor": "start" } : { x: 268, y: 60, "text-anchor": "end" });
    heading.textContent = fit(text.section, { w: show(cut.w, 3) });
    set(section, { "aria-label": fit(text.drawnSection, { w: show(cut.w, 3), b: brief(here.b), E: brief(here.loss) }) });

    const d = model.get("lr") * before.shrink * before.norm;
    const step = pair(brief(here.w - before.w), brief(here.b - before.b));
    count.textContent = fit(text.count, { k });
    facts.from.textContent = place(before);
    facts.gradient.textContent = pair(brief(before.dw), brief(before.db));
    facts.size.textContent = brief(before.norm);
    facts.taken.textContent = k ? step : text.none;
    facts.length.textContent = k ? brief(d) : text.none;
    facts.to.textContent = k ? place(here) : text.none;
    facts.here.textContent = brief(here.loss);
    const scaled = path.slice(0, -1).filter(({ shrink }) => shrink < 1).length;
    facts.often.textContent = fit(text.times, { n: scaled, k });
    const time = performance.now();
    if (timer && time - spoken < QUIET) return;
    spoken = time;
    const values = { k, n: brief(before.norm), d: brief(d), c: String(model.get("threshold")), s: brief(before.shrink), p: place(here), m: brief(here.norm), E: brief(here.loss) };
    const said = [!k ? "ready" : !clipped ? "saidPlain" : before.shrink < 1 ? "saidScaled" : "saidWhole"];
    if (k && lost(here.w, here.b)) said.push("lost", ...(here.norm < 1e-3 ? ["stuck"] : []));
    else if (k >= MOST) said.push("end");
    else if (k && clipped && here.loss > 0.2 && here.norm < 0.3) said.push("tiny");
    status.textContent = said.map((name) => fit(text[name], values)).join(" ");
  }

  const undo = paintOn(model, ["w", "b", "lr", "threshold", "clip", "steps"], paint);
  return () => {
    undo();
    clearInterval(timer);
    clearTimeout(late);
    ground.stop();
    bar.stop();
  };
}

export default { render };
