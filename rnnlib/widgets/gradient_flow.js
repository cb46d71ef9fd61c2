// @ts-check
import {
  button, changing, choice, clamp, fit, html, line, paintOn, range, scale,
  set, show, slider, svg, traits, typeset, words,
} from "./shared.js";
import { matrix } from "./recurrent.js";
import { norm, power, scientific } from "./norms.js";

const TEXT = {
  en: {
    cases: "Six cases", reset: "Reset", kind: "matrix W", f: "function f", axis: "axis",
    rho: "spectral radius ρ", factor: "factor of W", gain: "input strength g", T: "steps T", own: "scale of its W_hh", lag: "lag T − t",
    gaussian: "Gaussian, 16 units", orthogonal: "orthogonal, 16 units", given: "your own, {H} units", sheared: "non-normal, 2 units",
    linear: "none: f(a) = a", tanh: "tanh", sigmoid: "sigmoid", relu: "relu",
    plane: "W: eigenvalues and singular values", chart: "Norm of ∂h_T/∂h_t by lag",
    eigenvalues: "eigenvalues; dotted circle: ρ", singular: "singular values; filled: σ₁", off: "singular values off the picture",
    norm: "gradient", bound: "bound (γσ₁)^lag", guess: "guess ρ^lag", cell: "own cell", at: "at lag {k}", none: "beyond its length",
    seen: "lag {k}, norm {norm}",
    planed: "The unit circle, {n} eigenvalues and {n} singular values of W. The largest absolute value of an eigenvalue is {rho}, the largest singular value {sigma}. Singular values: {list}.",
    charted: "On a logarithmic axis, over lags 0 to {T}: the gradient ends at {norm}, the bound at {bound}, the guess at {guess}.",
    plain: "This W has no spectral radius that could be told from 0: the slider is a plain factor.",
    compare: "Settings of your own. Compare the thick line with the two thin ones: which of them does it follow, and from where on?",
    end: "At lag {T} the norm is {norm}.",
    vanish: "γσ₁ = {b} < 1: it must vanish.", explode: "γσ₁ = {b} > 1: it may explode, but need not.",
    even: "γσ₁ = 1: it cannot grow; whether it fades, the bound does not say.",
    gamma: "γ, the steepest slope of f, is {g}.", free: "Without f every slope is 1: states and input play no part.",
    vanishes: "vanishes though σ₁ > 1",
    vanishesSeen: "One step can stretch a gradient by 1.68, and the first ones do. In the long run a linear gradient shrinks like 0.9 to the power of the lag: the thick line runs along the dotted one, not along the dashed bound.",
    bounded: "does not explode though ρ > 1",
    boundedSeen: "An eigenvalue of size 1.4 and no explosion: the input drives tanh to where it is flat, and the slopes there take away more than W adds. Turn the input down to 0: the state stays at 0, where the slope is 1, and the gradient explodes.",
    grows: "grows first though ρ < 1",
    growsSeen: "Both eigenvalues are 0.5. Still the norm is 10 after one step and 10 after two, and it falls below 1 only at lag 8. One axis feeds the other; σ₁ = 10 knows that, ρ does not.",
    kept: "kept exactly",
    keptSeen: "Every singular value is 1: a step turns a gradient and leaves its length alone. Gradient, bound and guess are one line at 1.",
    explodes: "explodes",
    explodesSeen: "Linear, ρ = 1.3, nothing that saturates: the gradient soon grows by 1.3 a step. The bound, 2.43 a step, lies far above.",
    dies: "orthogonal, yet tanh lets it die",
    diesSeen: "The same W that kept every length. Each slope of tanh is below 1 where the input has moved the unit away from 0, and the product of a hundred of them is almost nothing.",
  },
  ko: {
    cases: "여섯 가지 경우", reset: "처음으로", kind: "행렬 W", f: "함수 f", axis: "세로축",
    rho: "스펙트럼 반지름 ρ", factor: "W에 곱하는 수", gain: "입력의 세기 g", T: "단계 수 T", own: "W_hh에 곱하는 수", lag: "시차 T − t",
    gaussian: "가우스 행렬, 유닛 16개", orthogonal: "직교 행렬, 유닛 16개", given: "내 행렬, 유닛 {H}개", sheared: "비정규 행렬, 유닛 2개",
    linear: "없음: f(a) = a", tanh: "tanh", sigmoid: "시그모이드", relu: "ReLU",
    plane: "W의 고윳값과 특잇값", chart: "시차에 따른 ∂h_T/∂h_t의 노름",
    eigenvalues: "고윳값(점선 원의 반지름은 ρ)", singular: "특잇값(색을 채운 것은 σ₁)", off: "그림 밖에 있는 특잇값",
    norm: "그레이디언트", bound: "상한 (γσ₁)^시차", guess: "어림값 ρ^시차", cell: "내 셀", at: "시차 {k}에서", none: "길이를 넘음",
    seen: "시차 {k}, 노름 {norm}",
    planed: "단위원, W의 고윳값 {n}개와 특잇값 {n}개. 고윳값의 절댓값은 최대 {rho}, 가장 큰 특잇값은 {sigma}이다. 특잇값: {list}.",
    charted: "시차 0부터 {T}까지를 로그 축에 그린 그림. 끝에서 그레이디언트는 {norm}, 상한은 {bound}, 어림값은 {guess}이다.",
    plain: "이 W의 스펙트럼 반지름은 0과 구별되지 않는다. 그래서 슬라이더는 W에 곱하는 수이다.",
    compare: "직접 고른 설정이다. 굵은 선을 가는 두 선과 견주어 보자. 어느 쪽을, 어디서부터 따라가는가?",
    end: "시차 {T}에서 노름은 {norm}이다.",
    vanish: "γσ₁ = {b} < 1이므로 반드시 소실된다.", explode: "γσ₁ = {b} > 1이므로 폭발할 수 있지만, 꼭 그런 것은 아니다.",
    even: "γσ₁ = 1이므로 커질 수는 없다. 줄어드는지는 상한만으로 알 수 없다.",
    gamma: "f의 가장 가파른 기울기 γ는 {g}이다.", free: "f가 없으면 기울기가 모두 1이어서 상태와 입력은 아무 영향이 없다.",
    vanishes: "σ₁ > 1인데도 소실된다",
    vanishesSeen: "한 단계는 그레이디언트를 1.68배까지 늘일 수 있고, 처음에는 실제로 늘인다. 그러나 선형이면 결국 한 단계에 0.9배씩 줄어든다. 굵은 선은 파선인 상한이 아니라 점선과 나란히 간다.",
    bounded: "ρ > 1인데도 폭발하지 않는다",
    boundedSeen: "크기가 1.4인 고윳값이 있는데도 폭발하지 않는다. 입력이 tanh를 평평한 곳으로 밀어내어, W가 늘이는 것보다 기울기가 더 많이 줄인다. 입력의 세기를 0으로 내려 보자. 상태가 기울기 1인 0에 머물러 그레이디언트가 폭발한다.",
    grows: "ρ < 1인데도 처음에는 커진다",
    growsSeen: "고윳값은 둘 다 0.5이다. 그런데도 노름은 한 단계 뒤에도, 두 단계 뒤에도 10이고 시차 8에서야 1 아래로 내려간다. 한 축이 다른 축으로 흘러들기 때문이다. σ₁ = 10에는 그것이 드러나지만 ρ에는 드러나지 않는다.",
    kept: "그대로 유지된다",
    keptSeen: "특잇값이 모두 1이다. 한 단계는 그레이디언트를 돌릴 뿐 길이는 바꾸지 않는다. 그레이디언트, 상한, 어림값이 1에서 한 줄로 겹친다.",
    explodes: "폭발한다",
    explodesSeen: "ρ = 1.3인 선형 모델에는 포화되는 것이 없다. 그레이디언트는 머지않아 단계마다 1.3배로 커진다. 단계마다 2.43배인 상한은 그보다 훨씬 위에 있다.",
    dies: "직교 행렬이지만 tanh에서 소실된다",
    diesSeen: "모든 길이를 그대로 두던 바로 그 W이다. 입력이 유닛을 0에서 밀어낸 곳에서는 tanh의 기울기가 1보다 작고, 그것을 백 번 곱하면 거의 남지 않는다.",
  },
};
const PRESETS = {
  vanishes: { kind: "gaussian", rho: 0.9, f: "linear", gain: 1, T: 100, decades: 6 },
  bounded: { kind: "gaussian", rho: 1.4, f: "tanh", gain: 1, T: 100, decades: 20 },
  grows: { kind: "non-normal", rho: 0.5, f: "linear", gain: 1, T: 25, decades: 6 },
  kept: { kind: "orthogonal", rho: 1, f: "linear", gain: 1, T: 100, decades: 6 },
  explodes: { kind: "gaussian", rho: 1.3, f: "linear", gain: 1, T: 100, decades: 20 },
  dies: { kind: "orthogonal", rho: 1, f: "tanh", gain: 1, T: 100, decades: 20 },
};
const GAMMA = { linear: 1, tanh: 1, sigmoid: 0.25, relu: 1 };
const HUGE = 1e100; // where a state without bound is scaled down
const SCALES = [0.25, 0.5, 0.75, 0.9, 1, 1.1, 1.25, 1.5, 2];

export const presets = () => PRESETS;

// --- mathematics -----------------------------------------------------------

/** tanh by + - * / alone, which round alike in every language: the continued
 * fraction of a sixteenth, then four times the double angle. */
export function tanh(a) {
  const x = Math.min(20, Math.max(-20, a)) / 16;
  const z = x * x;
  let q = 21;
  for (let k = 19; k > 0; k -= 2) q = k + z / q;
  let t = x / q;
  for (let n = 0; n < 4; n++) t = (2 * t) / (1 + t * t);
  return t;
}

const F = {
  linear: [(a) => a, () => 1],
  tanh: [tanh, (h) => 1 - h * h],
  sigmoid: [(a) => (1 + tanh(a / 2)) / 2, (h) => h * (1 - h)],
  relu: [(a) => Math.max(a, 0), (h) => (h > 0 ? 1 : 0)],
};

/** h_t = f(g xi_t + h_{t-1} W) and f'(a_t) for t = 1 .. T, from h_0 = 0. */
export function follow(W, xi, gain, f, T) {
  const H = W.length;
  const [value, slope] = F[f];
  const hs = [];
  const slopes = [];
  let h = new Float64Array(H);
  for (let t = 0; t < T; t++) {
    const a = new Float64Array(H);
    for (let j = 0; j < H; j++) a[j] = gain * xi[t][j];
    for (let i = 0; i < H; i++) {
      const hi = h[i];
      const row = W[i];
      for (let j = 0; j < H; j++) a[j] += hi * row[j];
    }
    h = a.map(value);
    slopes.push(h.map(slope));
    const top = h.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    if (top > HUGE && (f === "linear" || f === "relu")) { // their slopes stay as they are
      h = h.map((x) => x / top);
      gain /= top;
    }
    hs.push(h);
  }
  return { hs, slopes };
}

/** log10 of the norm of dh_T/dh_{T-k} for k = 0 .. T; -Infinity where it is 0. */
export function flow(W, slopes) {
  const H = W.length;
  const T = slopes.length;
  const logs = new Float64Array(T + 1);
  let P = W.map((_, i) => Float64Array.from(W, (_, j) => (i === j ? 1 : 0)));
  let log = 0; // what has been taken out of P
  for (let k = 1; k <= T; k++) {
    const slope = slopes[T - k];
    const next = W.map(() => new Float64Array(H));
    let top = 0;
    for (let i = 0; i < H; i++) {
      const to = next[i];
      for (let m = 0; m < H; m++) {
        const x = W[i][m] * slope[m];
        const row = P[m];
        if (x !== 0) for (let j = 0; j < H; j++) to[j] += x * row[j];
      }
      for (let j = 0; j < H; j++) top = Math.max(top, Math.abs(to[j]));
    }
    if (top === 0) return logs.fill(-Infinity, k);
    for (const row of next) for (let j = 0; j < H; j++) row[j] /= top;
    log += Math.log10(top);
    P = next;
    logs[k] = log + Math.log10(norm(P));
  }
  return logs;
}

/** A matrix as Python wrote it, 64 bits a number. */
export function wide({ size, data }) {
  const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
  const flat = new Float64Array(bytes.buffer);
  return Array.from({ length: size }, (_, i) => flat.slice(i * size, (i + 1) * size));
}

// --- picture ---------------------------------------------------------------

const plainly = (x, digits = 2) => (x < 1e4 ? show(x, digits) : scientific(Math.log10(x)));

const COLOURS = { norm: "rnn-line", bound: "rnn-flow-bound", guess: "rnn-flow-guess", cell: "rnn-flow-cell" };
const [LEFT, RIGHT, TOP, BOTTOM] = [48, 412, 10, 228]; // of the chart

/** "h_T" with its T lowered, "ρ^lag" with its lag raised. */
const typed = (said) => typeset(said, /(_\w+|\^\S+)/);

function render({ model, el }) {
  const text = words(TEXT, model);
  const packed = model.get("matrices");
  const spectra = model.get("spectra");
  const units = Object.fromEntries(Object.entries(packed).map(([name, each]) => [name, wide(each)]));
  const xi = matrix(model.get("xi"));
  const hasCell = model.get("params").scale !== undefined;
  const names = ["kind", "rho", "gain", "f", "T", "lag", "decades", "params"];
  const begin = traits(model, names);

  const change = changing(model);

  // --- presets and controls ----------------------------------------------
  const cases = Object.entries(PRESETS).map(([name, values]) => ({
    name, values, node: button(text[name], () => change(values), { "aria-pressed": "false" }),
  }));
  const said = html("p", { class: "rnn-status rnn-flow-said", role: "status" });
  const kinds = Object.fromEntries(Object.keys(packed).map((name) => [name, name === "own"
    ? fit(text.given, { H: units.own.length }) : name === "non-normal" ? text.sheared : text[name]]));
  const kind = choice(text.kind, kinds, (name) => change({ kind: name, rho: clamp(model.get("rho"), 0.1, 2) }));
  const f = choice(text.f, { linear: text.linear, tanh: text.tanh, sigmoid: text.sigmoid, relu: text.relu }, (name) => change({ f: name }));
  const axis = choice(text.axis, Object.fromEntries([20, 6].map((n) => [n, `${power(-n)} – ${power(n)}`])), (n) => change({ decades: Number(n) }));
  const rho = slider(text.rho, range(0.1, 2, 0.05), (v) => show(v), (v) => change({ rho: v }));
  const gain = slider(text.gain, range(0, 3, 0.1), (v) => show(v, 1), (v) => change({ gain: v }));
  const T = slider(text.T, range(10, 200, 5), String, (v) => change({ T: v }));
  const own = slider("", SCALES, (v) => show(v), (v) => change({ params: { scale: v } }));
  own.node.querySelector("label").append(`${text.cell}: `, ...typed(text.own));
  const rhoLabel = rho.node.querySelector("label");
  const plain = html("p", { class: "rnn-note" }, text.plain);
  const problem = html("p", { class: "rnn-note rnn-problem", role: "status" });

  // --- eigenvalues and singular values -----------------------------------
  const circle = svg("circle", { class: "rnn-axis rnn-flow-unit" });
  const outer = svg("circle", { class: "rnn-flow-radius" });
  const one = svg("text", { class: "rnn-record-name" }, "|λ| = 1");
  const dots = svg("g");
  const diamonds = svg("path", { class: "rnn-flow-diamond" });
  const largest = svg("path", { class: "rnn-tip" });
  const beyond = svg("path", { class: "rnn-tip" });
  const sizes = [14, 32].map((y) => svg("text", { class: "rnn-record-name", x: 4, y }));
  const plane = svg(
    "svg", { viewBox: "0 0 300 232", class: "rnn-chart rnn-flow-plane", role: "img" },
    svg("path", { class: "rnn-axis", d: "M0 116H300M110 6V226" }),
    circle, outer, one, diamonds, largest, dots, beyond, ...sizes,
  );

  // --- the norms ----------------------------------------------------------
  const curves = Object.fromEntries(Object.entries(COLOURS).map(([name, look]) => [name, {
    path: svg("path", { class: look }), arrow: svg("path", { class: `rnn-flow-arrow rnn-flow-arrow-${name}` }),
  }]));
  const all = Object.values(curves).reverse(); // the gradient lies on top
  const window_ = svg(
    "svg", { x: LEFT, y: TOP, width: RIGHT - LEFT, height: BOTTOM - TOP, viewBox: `${LEFT} ${TOP} ${RIGHT - LEFT} ${BOTTOM - TOP}` },
    ...all.map(({ path }) => path));
  const grid = svg("path", { class: "rnn-axis" });
  const ticks = svg("g");
  const cursor = svg("path", { class: "rnn-cursor" });
  const tip = svg("circle", { class: "rnn-tip", r: 4.5 });
  const chart = svg(
    "svg", {
      viewBox: "0 0 424 268", class: "rnn-chart rnn-flow-chart rnn-flow-field", role: "img",
      onpointerdown: (event) => point(event), onpointermove: (event) => point(event),
      onpointerup: () => model.save_changes(), onpointerleave: () => model.save_changes(),
    },
    svg("rect", { class: "rnn-hit", x: LEFT, y: 0, width: RIGHT - LEFT, height: BOTTOM }),
    grid, ticks, svg("text", { x: RIGHT, y: 265, "text-anchor": "end" }, text.lag),
    window_, ...all.map(({ arrow }) => arrow), cursor, tip,
  );
  /** The cursor follows the pointer; Python hears of it when it leaves. */
  function point({ clientX }) {
    const { left, width } = chart.getBoundingClientRect();
    const x = ((clientX - left) / width) * 424;
    const steps = model.get("T");
    model.set("lag", clamp(Math.round(((x - LEFT) / (RIGHT - LEFT)) * steps), 0, steps));
  }
  const lag = slider(text.lag, range(0, 200, 1), String, (v) => change({ lag: v }));
  const lagInput = lag.node.querySelector("input");
  const here = html("span", { class: "rnn-flow-here" });
  const rows = Object.entries(COLOURS).filter(([name]) => name !== "cell" || hasCell).map(([name, look]) => {
    const value = html("span", { class: "rnn-value" });
    const node = html("li", {},
      svg("svg", { viewBox: "0 0 30 8", width: 30, height: 8, "aria-hidden": "true" }, svg("path", { class: look, d: "M0 4H30" })),
      html("span", {}, ...typed(text[name])), value);
    return { name, value, node };
  });
  const status = html("p", { class: "rnn-status rnn-flow-status", role: "status" });
  const key = (mark) => svg("svg", { viewBox: "0 0 14 14", width: 14, height: 14, "aria-hidden": "true" }, mark);

  el.classList.add("rnn-widget");
  el.append(
    html("p", { class: "rnn-heading" }, text.cases),
    html("div", { class: "rnn-row rnn-pressed rnn-flow-cases", role: "group", "aria-label": text.cases }, ...cases.map(({ node }) => node)),
    said,
    html("div", { class: "rnn-flow-panels" },
      html("div", { class: "rnn-panel" },
        html("p", { class: "rnn-heading" }, text.plane), plane,
        html("ul", { class: "rnn-note rnn-flow-keys" },
          html("li", {}, key(svg("circle", { class: "rnn-dot", cx: 7, cy: 7, r: 3.6 })), text.eigenvalues),
          html("li", {}, key(svg("path", { class: "rnn-flow-diamond", d: diamond(7, 7, 5) })), text.singular),
          html("li", {}, key(svg("path", { class: "rnn-tip", d: "M3 2L11 7L3 12Z" })), text.off))),
      html("div", { class: "rnn-panel" },
        html("p", { class: "rnn-heading" }, ...typed(text.chart)), chart, lag.node,
        html("div", { class: "rnn-note" }, here, html("ul", { class: "rnn-flow-keys rnn-flow-rows" }, ...rows.map(({ node }) => node))))),
    html("div", { class: "rnn-flow-controls" },
      html("div", { class: "rnn-flow-choices" }, kind.node, f.node, axis.node),
      html("div", { class: "rnn-controls" }, rho.node, gain.node, T.node,
        ...(hasCell && (!model.page || model.grid) ? [own.node] : []))),
    plain, problem, status,
    html("div", { class: "rnn-row" }, button(text.reset, () => change(begin))),
  );

  let known = ""; // the settings for which the logs were computed
  let logs = new Float64Array(0);
  function compute(now) {
    const asked = [now.kind, now.rho, now.gain, now.f, now.T].join(" ");
    if (asked === known) return;
    known = asked;
    const W = units[now.kind].map((row) => row.map((w) => now.rho * w));
    const slopes = now.f === "linear"
      ? Array.from({ length: now.T }, () => new Float64Array(W.length).fill(1))
      : follow(W, xi, now.gain, now.f, now.T).slopes;
    logs = flow(W, slopes);
  }

  /** The own cell's logs; Python's log of 0 is -330, rounded in a recording. */
  const recorded = () => (model.get("result").logs ?? []).map((log) => (log < -329 ? -Infinity : log));

  function paintPlane(now, radius, sigma) {
    const spectrum = spectra[now.kind];
    const reach = radius > 2 ? 1.1 * radius : 2.2;
    const unit = 110 / reach;
    const x = (v) => 110 + unit * v;
    set(circle, { cx: 110, cy: 116, r: unit });
    set(outer, { cx: 110, cy: 116, r: unit * radius });
    set(one, { x: x(0.75) + 5, y: 116 + 0.75 * unit + 10 });
    dots.replaceChildren(...spectrum.eigenvalues.map(([re, im]) =>
      svg("circle", { class: "rnn-dot", cx: x(now.rho * re), cy: 116 - unit * now.rho * im, r: 3.6 })));
    const singular = spectrum.singular.map((s) => s * now.rho);
    const seen = singular.filter((s) => x(s) < 296);
    set(diamonds, { d: seen.map((s) => diamond(x(s), 116, 5)).join("") || null });
    set(largest, { d: x(sigma) < 296 ? diamond(x(sigma), 116, 5.6) : null });
    set(beyond, { d: seen.length < singular.length ? "M288 108L298 116L288 124Z" : null });
    sizes[0].textContent = `ρ = ${plainly(radius)}`;
    sizes[1].textContent = `σ₁ = ${plainly(sigma)}`;
    set(plane, {
      "aria-label": fit(text.planed, { n: singular.length, rho: plainly(radius), sigma: plainly(sigma), list: singular.map((s) => plainly(s)).join(", ") }),
    });
  }

  function paint() {
    const now = traits(model, names);
    const spectrum = spectra[now.kind];
    const radius = now.rho * spectrum.radius;
    const sigma = now.rho * spectrum.sigma;
    compute(now);
    paintPlane(now, radius, sigma);
    kind.show(now.kind);
    f.show(now.f);
    axis.show(String(now.decades));
    rho.show(now.rho);
    gain.show(now.gain);
    T.show(now.T);
    own.show(now.params.scale ?? 1);
    rhoLabel.textContent = spectrum.plain ? text.factor : text.rho;
    set(plain, { hidden: !spectrum.plain });

    const chosen = cases.find(({ values }) => Object.entries(values).every(([name, value]) => now[name] === value));
    for (const each of cases) set(each.node, { "aria-pressed": String(each === chosen) });
    said.textContent = chosen ? text[`${chosen.name}Seen`] : text.compare;

    // The four lines.
    const growth = GAMMA[now.f] * sigma;
    const straight = (base) => Float64Array.from(logs, (_, k) => (k ? k * Math.log10(base) : 0));
    const lines = { norm: logs, bound: straight(growth), guess: straight(radius), cell: recorded() };
    const x = scale([0, now.T], [LEFT, RIGHT]);
    const y = scale([-now.decades, now.decades], [BOTTOM, TOP]);
    for (const [name, { path, arrow }] of Object.entries(curves)) {
      const values = Array.from(lines[name]).slice(0, now.T + 1).map((log) => clamp(log, -500, 500));
      set(path, { d: line(values.map((log, k) => [x(k), y(log)])) || null });
      set(arrow, { d: exits(values, now.decades).map(([k, up]) => (up
        ? `M${x(k) - 5} ${TOP + 1}h10l-5 -8Z` : `M${x(k) - 5} ${BOTTOM - 1}h10l-5 8Z`)).join("") || null });
    }
    const levels = [1, 0.5, 0, -0.5, -1].map((part) => part * now.decades);
    const every = now.T <= 25 ? 5 : now.T <= 60 ? 10 : now.T <= 120 ? 20 : 50;
    set(grid, { d: levels.map((n) => `M${LEFT} ${y(n)}H${RIGHT}`).join("") });
    ticks.replaceChildren(
      ...levels.map((n) => svg("text", { x: LEFT - 5, y: y(n) + 4, "text-anchor": "end" }, n ? power(n) : "1")),
      ...range(0, Math.floor(now.T / every), 1).map((n) =>
        svg("text", { x: x(n * every), y: BOTTOM + 17, "text-anchor": "middle" }, String(n * every))));
    const k = clamp(now.lag, 0, now.T);
    set(cursor, { d: `M${x(k)} ${TOP}V${BOTTOM}` });
    set(tip, { cx: x(k), cy: y(clamp(logs[k], -now.decades, now.decades)) });
    set(lagInput, { max: now.T });
    lag.show(k);
    set(lagInput, { "aria-valuetext": fit(text.seen, { k, norm: scientific(logs[k]) }) });
    here.textContent = fit(text.at, { k });
    for (const { name, value } of rows) {
      value.textContent = k in lines[name] ? scientific(lines[name][k]) : text.none;
    }

    const last = Object.fromEntries(["norm", "bound", "guess"].map((name) => [name, scientific(lines[name][now.T])]));
    set(chart, { "aria-label": fit(text.charted, { T: now.T, ...last }) });
    const even = Math.abs(growth - 1) < 1e-9;
    const b = plainly(growth, Math.abs(growth - 1) < 0.005 ? 4 : 2);
    status.textContent = [
      fit(text.end, { T: now.T, norm: last.norm }), fit(even ? text.even : growth < 1 ? text.vanish : text.explode, { b }),
      now.f === "linear" ? text.free : fit(text.gamma, { g: now.f === "sigmoid" ? "1/4" : "1" }),
    ].join(" ");
    problem.textContent = model.get("problem");
    set(problem, { hidden: !model.get("problem") });
  }

  return paintOn(model, [...names, "result", "problem"], paint);
}

const diamond = (x, y, r) => `M${(x - r).toFixed(1)} ${y}L${x.toFixed(1)} ${y - r}L${(x + r).toFixed(1)} ${y}L${x.toFixed(1)} ${y + r}Z`;

/** Where a line leaves the window of so many decades: lag, and whether upwards. */
export function exits(logs, decades) {
  const found = [];
  for (let k = 1; k < logs.length; k++) {
    const [a, b] = [logs[k - 1], logs[k]];
    if (Math.abs(a) > decades || Math.abs(b) <= decades) continue;
    const edge = Math.sign(b) * decades;
    found.push([k - 1 + (edge - a) / (b - a), b > 0]);
  }
  return found;
}

export default { render };
