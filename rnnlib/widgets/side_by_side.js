// @ts-check
import {
  button, changing, clamp, fit, html, line, paintOn, range, scale, set, show,
  slider, svg, traits, typeset, words,
} from "./shared.js";
import { each, unpack } from "./recurrent.js";
import { kindOf, record } from "./gates.js";
import { norm, power, scientific } from "./norms.js";

const TEXT = {
  en: {
    cases: "Five settings", reset: "Reset", chart: "Norm by lag (log axis)", controls: "Settings of the three cells",
    size: "weight scale s", bias: "gate bias b", gain: "input strength", T: "largest lag T", lag: "lag T − t", each: "spread",
    rnn: "RNN: ∂h_T/∂h_t (no such bias)", c: "LSTM c: ∂h_T/∂c_t", h: "LSTM h: ∂h_T/∂h_t", theory: "f^lag, product of the mean f", gru: "GRU: ∂h_T/∂h_t",
    gates: "Gates, averaged over time", f: "LSTM: forget gate f", z: "GRU: update gate z",
    at: "At lag {k}", none: "not recorded", start: "from lag 1 on", seen: "lag {k}: {list}",
    weights: "W = s U(−1, 1) / √H. The bias b is that of f and z.", mean: "mean {x}, units from {low} to {high}", ticks: "Ticks are units, ▲ is their mean.", lasts: "1/(1 − f) = {n} steps",
    charted: "Lags 0 to {T}. At lag {T}: {list}.",
    first: "First below 10⁻³: {list}.", fell: "{name} at lag {k}", stays: "{name} not by lag {T}",
    recorded: "Your own cells are recorded for T = {T} and input strength {g}.", live: "Your own cells follow T and the input strength alone.",
    free: "Settings of your own. Which lines does the bias move, and which the scale?",
    usual: "usual start",
    usualSeen: "Every gate stands near one half, so each step halves the gradient along the cell state: the dotted line. Ways through h add a little. The LSTM vanishes just like the RNN. Having gates is not enough.",
    one: "bias 1",
    oneSeen: "Now the mean f is near σ(1) = 0.73; LSTM and GRU reach much farther. The RNN has no such bias and stays where it was. Still, 0.73 to the power of 100 is only 2 × 10⁻¹⁴.",
    three: "bias 3",
    threeSeen: "With σ(3) = 0.95 the gates hold on. The LSTM even rises above the dotted line: f^lag counts the straight way along c alone, and a large c sends gradient through the gates and h as well.",
    spread: "chrono: biases spread",
    spreadSeen: "Every unit has its own bias, log u with u between 1 and T − 1; the LSTM's input gate has minus that. Quick units and slow ones: the slow ones carry the gradient, above f^lag, which knows only the mean.",
    large: "RNN with large weights",
    largeSeen: "Three times the usual weights, and the RNN, without a gate, reaches farther than LSTM and GRU with bias 0. A delicate balance: turn the input down to 0 and it explodes, make s smaller and it vanishes.",
  },
  ko: {
    cases: "다섯 가지 설정", reset: "처음으로", chart: "시차에 따른 노름(로그 축)", controls: "세 셀의 설정",
    size: "가중치 배율 s", bias: "게이트 편향 b", gain: "입력의 세기", T: "최대 시차 T", lag: "시차 T − t", each: "제각각",
    rnn: "RNN: ∂h_T/∂h_t (편향 없음)", c: "LSTM c: ∂h_T/∂c_t", h: "LSTM h: ∂h_T/∂h_t", theory: "f^시차, f의 평균을 곱한 값", gru: "GRU: ∂h_T/∂h_t",
    gates: "게이트(시간 평균)", f: "LSTM의 망각 게이트 f", z: "GRU의 업데이트 게이트 z",
    at: "시차 {k}에서", none: "기록 없음", start: "시차 1부터", seen: "시차 {k}: {list}",
    weights: "W = s U(−1, 1) / √H이고, b는 f와 z의 편향이다.", mean: "평균 {x}, 유닛은 {low}부터 {high}까지", ticks: "눈금은 유닛, ▲는 그 평균이다.", lasts: "1/(1 − f) = {n}단계",
    charted: "시차 0부터 {T}까지. 시차 {T}에서의 값: {list}.",
    first: "처음으로 10⁻³보다 작아지는 시차: {list}.", fell: "{name} {k}", stays: "{name} 없음({T}까지)",
    recorded: "내 셀의 곡선은 T = {T}, 입력의 세기 {g}일 때 기록한 것이다.", live: "내 셀은 T와 입력의 세기만 따른다.",
    free: "직접 고른 설정이다. 편향은 어느 선을 움직이고, 배율은 어느 선을 움직이는가?",
    usual: "보통의 초깃값",
    usualSeen: "게이트가 모두 절반쯤 열려 있어, 셀 상태를 따라가는 그레이디언트가 단계마다 절반으로 준다. 점선이 그것이다. h를 거치는 길이 조금 보태지만 LSTM도 RNN처럼 소실된다. 게이트가 있다는 것만으로는 부족하다.",
    one: "편향 1",
    oneSeen: "f의 평균이 σ(1) = 0.73 근처로 올라가 LSTM과 GRU의 그레이디언트가 훨씬 멀리 간다. 그런 편향이 없는 RNN은 그대로이다. 그래도 0.73의 100제곱은 2 × 10⁻¹⁴에 지나지 않는다.",
    three: "편향 3",
    threeSeen: "σ(3) = 0.95이면 게이트가 기억을 붙들어 둔다. LSTM은 점선보다도 위로 올라간다. f^시차는 c를 따라 곧장 가는 길만 세지만, c가 커지면 게이트와 h를 거치는 길로도 그레이디언트가 흐르기 때문이다.",
    spread: "크로노: 제각각인 편향",
    spreadSeen: "유닛마다 편향이 다르다. u를 1과 T − 1 사이에서 뽑아 log u로 정하고, LSTM의 입력 게이트에는 부호를 바꾸어 넣는다. 빠른 유닛과 느린 유닛이 섞이고, 느린 유닛이 그레이디언트를 나른다. 그래서 평균만 아는 f^시차보다 위에 있다.",
    large: "가중치가 큰 RNN",
    largeSeen: "가중치를 보통의 세 배로 키우면, 게이트가 없는 RNN이 편향 0인 LSTM과 GRU보다 멀리 간다. 그러나 아슬아슬한 균형이다. 입력의 세기를 0으로 내리면 폭발하고, s를 줄이면 소실된다.",
  },
};
const PRESETS = {
  usual: { scale: 1, bias: 0, spread: false, gain: 1 },
  one: { scale: 1, bias: 1, spread: false, gain: 1 },
  three: { scale: 1, bias: 3, spread: false, gain: 1 },
  spread: { scale: 1, spread: true, gain: 1 },
  large: { scale: 3, bias: 0, spread: false, gain: 1 },
};
const SIZES = [0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.85, 1, 1.2, 1.4, 1.7, 2, 2.3, 2.6, 3];
const [LOWEST, HIGHEST, LEVEL] = [-12, 1, -3]; // log10: of the axis, and "small"

export const presets = () => PRESETS;

// --- mathematics -----------------------------------------------------------

/** The three cells' weights: W = s U / sqrt(H), and b of the forget and update gate. */
export function weigh(base, draws, { scale: s, bias, spread, T }) {
  const H = draws.length;
  const b = draws.map((u) => (spread ? Math.log1p(u * (T - 2)) : bias));
  const none = b.map(() => 0);
  const size = s / Math.sqrt(H);
  const shrink = (W) => W.map((row) => each(row, (w) => size * w));
  const sized = ({ W_xh, W_hh }) => ({ W_xh: shrink(W_xh), W_hh: shrink(W_hh) });
  return {
    rnn: { ...sized(base.rnn), b_h: none },
    lstm: { ...sized(base.lstm), b_h: [...(spread ? b.map((x) => -x) : none), ...b, ...none, ...none] },
    gru: { ...sized(base.gru), b_xh: [...none, ...b, ...none], b_hh: [...none, ...none, ...none] },
  };
}

const square = (H, one = 0) => Array.from({ length: H }, (_, i) => {
  const row = new Float64Array(H);
  row[i] = one;
  return row;
});

/** Fill J with what undoing a step makes of dh or dc: factors for each part of
 * a_t, or null where there is no way, then W^T; and what is kept as it is. */
function turn(J, W, parts, kept) {
  const H = J.length;
  for (let m = 0; m < H; m++) {
    const to = J[m].fill(0);
    for (let part = 0; part < parts.length; part++) {
      if (!parts[part]) continue;
      const [x, column] = [parts[part][m], part * H + m];
      for (let k = 0; k < H; k++) to[k] += x * W[k][column];
    }
    if (kept) to[m] += kept[m];
  }
}

/** The Jacobian of a step from its cache, into J: dh_{t-1} = dh J.h + dc J.c,
 * where an LSTM first adds dh * open to dc; and dc_{t-1} = dc * f. */
export function jacobian({ W_hh }, kind, cache, J) {
  const { h, h_prev, c_prev, i, f, o, g, c, r, z, n, v_n } = cache;
  const list = (factor) => {
    const values = []; // a plain array is made sooner than a typed one
    for (let k = 0; k < h.length; k++) values.push(factor(k));
    return values;
  };
  if (kind === "rnn") turn(J.h, W_hh, [list((k) => 1 - h[k] * h[k])]);
  else if (kind === "gru") {
    const a_n = list((k) => (1 - z[k]) * (1 - n[k] * n[k]));
    turn(J.h, W_hh, [
      list((k) => a_n[k] * v_n[k] * r[k] * (1 - r[k])),
      list((k) => (h_prev[k] - n[k]) * z[k] * (1 - z[k])),
      list((k) => a_n[k] * r[k]),
    ], z);
  } else {
    const t = c.map(Math.tanh);
    turn(J.h, W_hh, [null, null, list((k) => t[k] * o[k] * (1 - o[k])), null]);
    turn(J.c, W_hh, [
      list((k) => g[k] * i[k] * (1 - i[k])),
      list((k) => c_prev[k] * f[k] * (1 - f[k])), null,
      list((k) => i[k] * (1 - g[k] * g[k])),
    ]);
    J.open = list((k) => o[k] * (1 - t[k] * t[k]));
    J.f = f;
  }
  return J;
}

/** to += P J; the largest |number| that is in it then. */
function times(to, P, J) {
  const H = J.length;
  let top = 0;
  for (let i = 0; i < H; i++) {
    const row = to[i];
    const p = P[i];
    for (let m = 0; m < H; m++) {
      const x = p[m];
      const along = J[m];
      if (x !== 0) for (let j = 0; j < H; j++) row[j] += x * along[j];
    }
    for (let j = 0; j < H; j++) top = Math.max(top, Math.abs(row[j]));
  }
  return top;
}

/** log10 of the 2-norms of dh_T/dh_{T-k} and of dh_T/dc_{T-k}, k = 0 .. T,
 * from the caches of steps 0 .. T; -Infinity where one is 0. */
export function fade(params, caches) {
  const T = caches.length - 1;
  const H = params.W_hh.length;
  const kind = kindOf(params);
  const J = { h: square(H), c: square(H) };
  let [P, next] = [square(H, 1), square(H)];
  const Q = square(H);
  const found = { h: new Float64Array(T + 1), c: new Float64Array(T + 1).fill(-Infinity) };
  let log = 0; // what has been taken out of P and Q
  for (let k = 1; k <= T; k++) {
    jacobian(params, kind, caches[T - k + 1], J);
    for (const row of next) row.fill(0);
    let top = times(next, P, J.h);
    if (kind === "lstm") {
      const { open, f } = J;
      for (let i = 0; i < H; i++) {
        const [p, q] = [P[i], Q[i]];
        for (let j = 0; j < H; j++) q[j] += p[j] * open[j];
      }
      top = times(next, Q, J.c);
      for (const q of Q) {
        for (let j = 0; j < H; j++) {
          q[j] *= f[j];
          top = Math.max(top, Math.abs(q[j]));
        }
      }
    }
    if (top === 0) {
      found.h.fill(-Infinity, k);
      break;
    }
    for (const M of kind === "lstm" ? [next, Q] : [next]) {
      for (const row of M) for (let j = 0; j < H; j++) row[j] /= top;
    }
    log += Math.log10(top);
    [P, next] = [next, P];
    found.h[k] = log + Math.log10(norm(P, 1e-7));
    if (kind === "lstm") found.c[k] = log + Math.log10(norm(Q, 1e-7));
  }
  return found;
}

/** All that is shown: log10 of the norms by lag, the mean gates of the units. */
export function measure(base, xi, draws, setting) {
  const params = weigh(base, draws, setting);
  const xs = xi.slice(-setting.T - 1).map((x) => each(x, (value) => setting.gain * value));
  const caches = Object.fromEntries(Object.entries(params).map(([kind, each]) => [kind, record(each, xs)]));
  const mean = (values) => values.reduce((sum, x) => sum + x, 0) / values.length;
  const units = (kind, gate) => draws.map((_, k) => mean(caches[kind].slice(1).map((cache) => cache[gate][k])));
  const belt = fade(params.lstm, caches.lstm);
  const theory = new Float64Array(setting.T + 1);
  for (let k = 1; k <= setting.T; k++) theory[k] = theory[k - 1] + Math.log10(mean(caches.lstm[setting.T - k + 1].f));
  return {
    rnn: fade(params.rnn, caches.rnn).h, c: belt.c, h: belt.h, theory, gru: fade(params.gru, caches.gru).h,
    gates: { f: units("lstm", "f"), z: units("gru", "z") },
  };
}

/** The first lag at which a norm is below 10^level, or -1; that of c has none at 0. */
export const below = (logs, level) => Array.from(logs).findIndex((log, k) => k > 0 && log < level);

/** Where a line leaves the window from low to high: lag, and whether upwards. */
export function leaves(logs, low, high) {
  const found = [];
  for (let k = 1; k < logs.length; k++) {
    const [a, b] = [logs[k - 1], logs[k]];
    if (!(a >= low && a <= high) || (b >= low && b <= high)) continue;
    found.push([Number.isFinite(b) ? k - 1 + ((b > high ? high : low) - a) / (b - a) : k, b > high]);
  }
  return found;
}

// --- picture ---------------------------------------------------------------

const [LEFT, RIGHT, TOP, BOTTOM] = [48, 412, 10, 228]; // of the chart
const NAMES = { rnn: "RNN", c: "LSTM c", h: "LSTM h", gru: "GRU" };

/** "h_T" with its T lowered, "f^lag" with its lag raised. */
const typed = (said) => typeset(said, /(_\w|\^(?:lag|시차))/);

function render({ model, el }) {
  const text = words(TEXT, model);
  const base = unpack(model.get("weights"));
  const xi = unpack(model.get("xi"));
  const draws = model.get("draws");
  const names = ["scale", "bias", "spread", "gain", "T", "lag"];
  const begin = traits(model, names);

  const change = changing(model);

  // --- presets and controls ----------------------------------------------
  const cases = Object.entries(PRESETS).map(([name, values]) => ({
    name, values, node: button(text[name], () => change(values), { "aria-pressed": "false" }),
  }));
  const said = html("p", { class: "rnn-status rnn-side-said", role: "status" });
  const size = slider(text.size, SIZES, (v) => show(v), (v) => change({ scale: v }));
  const bias = slider(text.bias, range(-2, 6, 0.25), (v) => (model.get("spread") ? text.each : show(v)), (v) => change({ bias: v, spread: false }));
  const gain = slider(text.gain, range(0, 2, 0.1), (v) => show(v, 1), (v) => change({ gain: v }));
  const T = slider(text.T, range(10, 150, 5), String, (v) => change({ T: v }));
  const lanes = ["f", "z"].map((gate) => {
    const value = html("span", { class: "rnn-value" });
    const ticks = svg("path", { class: "rnn-side-ticks" });
    const tip = svg("path", { class: "rnn-side-mean" });
    const lane = svg("svg", { viewBox: "0 0 200 20", class: `rnn-side-lane rnn-side-${gate}`, role: "img" },
      svg("path", { class: "rnn-axis", d: "M5 11H195M5 3V13M100 6V13M195 3V13" }), ticks, tip);
    const node = html("div", { class: "rnn-side-gate" }, html("span", {}, text[gate]), value,
      html("div", { class: "rnn-side-scale" }, html("span", {}, "0"), lane, html("span", {}, "1")));
    return { gate, value, ticks, tip, lane, node };
  });

  const lasts = html("p", {});

  // --- the norms ----------------------------------------------------------
  const owned = Object.keys(model.get("own"));
  const looks = [...["rnn", "c", "h", "theory", "gru"].map((name) => ({ name, label: text[name], look: name })),
    ...owned.map((label, n) => ({ name: `own ${label}`, label, look: `own rnn-side-own-${n + 1}` }))];
  const curves = looks.map((each) => {
    const value = html("span", { class: "rnn-value" });
    const look = `rnn-side-curve rnn-side-${each.look}`;
    const said = each.name.startsWith("own ") ? [each.label] : typed(each.label);
    const row = html("li", {},
      svg("svg", { viewBox: "0 0 34 8", width: 34, height: 8, "aria-hidden": "true" }, svg("path", { class: look, d: "M0 4H34" })),
      html("span", { class: "rnn-name" }, ...said), value);
    return {
      ...each, value, row, short: NAMES[each.name] ?? each.label,
      path: svg("path", { class: look }), arrow: svg("path", { class: `rnn-side-arrow rnn-side-${each.look}` }),
      tip: svg("circle", { class: `rnn-side-tip rnn-side-${each.look}`, r: each.name === "h" || each.name === "theory" ? 2.6 : 4 }),
    };
  });
  const window_ = svg(
    "svg", { x: LEFT, y: TOP, width: RIGHT - LEFT, height: BOTTOM - TOP, viewBox: `${LEFT} ${TOP} ${RIGHT - LEFT} ${BOTTOM - TOP}` },
    ...curves.map(({ path }) => path));
  const y = scale([LOWEST, HIGHEST], [BOTTOM, TOP]);
  const levels = [1, 0, -3, -6, -9, -12];
  const ticks = svg("g");
  const cursor = svg("path", { class: "rnn-side-cursor" });
  const chart = svg(
    "svg", {
      viewBox: "0 0 424 270", class: "rnn-chart rnn-flow-chart rnn-flow-field", role: "img",
      onpointerdown: (event) => point(event), onpointermove: (event) => point(event),
      onpointerup: () => model.save_changes(), onpointerleave: () => model.save_changes(),
    },
    svg("rect", { class: "rnn-hit", x: LEFT, y: 0, width: RIGHT - LEFT, height: BOTTOM }),
    svg("path", { class: "rnn-axis", d: levels.map((n) => `M${LEFT} ${y(n)}H${RIGHT}`).join("") }),
    svg("path", { class: "rnn-side-level", d: `M${LEFT} ${y(LEVEL)}H${RIGHT}` }),
    ...levels.map((n) => svg("text", { x: LEFT - 5, y: y(n) + 4, "text-anchor": "end" }, n > 0 ? "10" : n ? power(n) : "1")),
    ticks, svg("text", { x: RIGHT, y: 267, "text-anchor": "end" }, text.lag),
    cursor, window_, ...curves.flatMap(({ arrow, tip }) => [arrow, tip]),
  );
  /** The cursor follows the pointer; Python hears of it when it leaves. */
  function point({ clientX }) {
    const { left, width } = chart.getBoundingClientRect();
    const x = ((clientX - left) / width) * 424;
    const last = model.get("T");
    model.set("lag", clamp(Math.round(((x - LEFT) / (RIGHT - LEFT)) * last), 0, last));
  }
  const lag = slider(text.lag, range(0, 150, 1), String, (v) => change({ lag: v }));
  const lagInput = lag.node.querySelector("input");
  const here = html("span", {});
  const status = html("p", { class: `rnn-status rnn-side-status${owned.length ? " rnn-side-many" : ""}`, role: "status" });
  const own = html("p", { class: "rnn-note rnn-side-owned", hidden: !owned.length }, model.page
    ? fit(text.recorded, { T: begin.T, g: show(begin.gain, 1) }) : text.live);
  const problem = html("p", { class: "rnn-note rnn-problem", role: "status" });

  el.classList.add("rnn-widget");
  el.append(
    html("p", { class: "rnn-heading" }, text.cases),
    html("div", { class: "rnn-row rnn-pressed rnn-flow-cases", role: "group", "aria-label": text.cases }, ...cases.map(({ node }) => node)),
    said,
    html("div", { class: "rnn-side-panels" },
      html("div", { class: "rnn-panel" }, html("p", { class: "rnn-heading" }, text.chart), chart, lag.node,
        html("div", { class: "rnn-note" }, here, html("ul", { class: "rnn-side-rows" }, ...curves.map(({ row }) => row)))),
      html("div", { class: "rnn-panel" },
        html("p", { class: "rnn-heading" }, text.controls),
        html("div", { class: "rnn-controls" }, size.node, bias.node, gain.node, T.node),
        html("p", { class: "rnn-note" }, text.weights),
        html("p", { class: "rnn-heading rnn-side-gates" }, text.gates),
        html("div", { class: "rnn-note" }, html("p", {}, text.ticks), lanes[0].node, lasts, lanes[1].node))),
    status, own, problem,
    html("div", { class: "rnn-row" }, button(text.reset, () => change(begin))),
  );

  let known = ""; // the settings that were measured
  let found = measure(base, xi, draws, begin);
  function compute(now) {
    const asked = JSON.stringify([now.scale, now.bias, now.spread, now.gain, now.T]);
    if (asked !== known) found = measure(base, xi, draws, now);
    known = asked;
  }
  /** Python's log of 0 is -330. */
  const logsOf = ({ name, label }) => found[name]
    ?? (model.get("own")[label] ?? []).map((log) => (log < -329 ? -Infinity : log));

  function paintGates() {
    for (const { gate, value, ticks: marks, tip, lane } of lanes) {
      const units = found.gates[gate];
      const mean = units.reduce((sum, x) => sum + x, 0) / units.length;
      const x = scale([0, 1], [5, 195]);
      set(marks, { d: units.map((each) => `M${x(each).toFixed(1)} 2V11`).join("") });
      set(tip, { d: `M${x(mean).toFixed(1)} 12l5 8h-10Z` });
      value.textContent = show(mean);
      if (gate === "f") lasts.textContent = fit(text.lasts, { n: show(1 / (1 - mean), 1) });
      set(lane, { "aria-label": `${text[gate]}: ${fit(text.mean, { x: show(mean), low: show(Math.min(...units)), high: show(Math.max(...units)) })}` });
    }
  }

  function paint() {
    const now = traits(model, names);
    compute(now);
    size.show(now.scale);
    bias.show(now.bias);
    gain.show(now.gain);
    T.show(now.T);
    const chosen = cases.find(({ values }) => Object.entries(values).every(([name, value]) => now[name] === value));
    for (const each of cases) set(each.node, { "aria-pressed": String(each === chosen) });
    const say = chosen ? text[`${chosen.name}Seen`] : text.free;
    if (said.dataset.said !== say) said.replaceChildren(...typed(say));
    said.dataset.said = say;
    paintGates();

    const x = scale([0, now.T], [LEFT, RIGHT]);
    const k = clamp(now.lag, 0, now.T);
    const told = [];
    const fell = [];
    const ends = [];
    for (const curve of curves) {
      const logs = Array.from(logsOf(curve)).slice(0, now.T + 1);
      const missing = (n) => (curve.name === "c" && n === 0) || !(n in logs);
      set(curve.path, { d: line(logs.map((log, n) => [x(n), missing(n) ? NaN : y(clamp(log, -500, 500))])) || null });
      set(curve.arrow, { d: leaves(logs, LOWEST, HIGHEST).map(([n, up]) => (up
        ? `M${(x(n) - 5).toFixed(1)} ${TOP - 1}h10l-5 -8Z` : `M${(x(n) - 5).toFixed(1)} ${BOTTOM + 1}h10l-5 8Z`)).join("") || null });
      const inside = !missing(k) && logs[k] >= LOWEST && logs[k] <= HIGHEST;
      set(curve.tip, { cx: x(k), cy: inside ? y(logs[k]) : null, visibility: inside ? null : "hidden" });
      curve.value.textContent = !missing(k) ? scientific(logs[k]) : curve.name === "c" ? text.start : text.none;
      if (curve.name === "theory") continue;
      const at = below(logs, LEVEL);
      told.push(`${curve.short} ${curve.value.textContent}`);
      fell.push(fit(at > 0 ? text.fell : text.stays, { name: curve.short, k: at, T: Math.max(logs.length - 1, 0) }));
      ends.push(`${curve.short} ${now.T in logs ? scientific(logs[now.T]) : text.none}`);
    }
    const every = now.T <= 25 ? 5 : now.T <= 60 ? 10 : now.T <= 120 ? 20 : 50;
    ticks.replaceChildren(...range(0, Math.floor(now.T / every), 1).map((n) =>
      svg("text", { x: x(n * every), y: BOTTOM + 20, "text-anchor": "middle" }, String(n * every))));
    set(cursor, { d: `M${x(k)} ${TOP}V${BOTTOM}` });
    set(lagInput, { max: now.T });
    lag.show(k);
    set(lagInput, { "aria-valuetext": fit(text.seen, { k, list: told.join(", ") }) });
    here.textContent = fit(text.at, { k });
    set(chart, { "aria-label": fit(text.charted, { T: now.T, list: ends.join(", ") }) });
    status.textContent = fit(text.first, { list: fell.join("; ") });
    problem.textContent = model.get("problem");
    set(problem, { hidden: !model.get("problem") });
  }

  return paintOn(model, [...names, "own", "problem"], paint);
}

export default { render };
