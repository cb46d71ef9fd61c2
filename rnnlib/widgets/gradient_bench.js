// @ts-check
import {
  button, changing, choice, clamp, fit, html, line, paintOn, permutation,
  random, scale, set, show, slider, svg, traits, typeset, words,
} from "./shared.js";
import { answer, run } from "./recurrent.js";
import { back, outer } from "./backward.js";

const TEXT = {
  en: {
    plant: "Planted bug", none: "none", mystery: "a mystery", hide: "Plant a mystery bug", reset: "Reset",
    T: "steps T", eps: "nudge ε", symmetric: "make W_hh symmetric: (W_hh + W_hh^T) / 2",
    digits: "Agreeing digits of every gradient", few: "few (0–3)", many: "many (12)", cell: "{at}: {n} agreeing digits",
    fewest: "Fewest in each array: {list}.", picked: "Picked: {at}, now {w}",
    analytic: "analytic", numerical: "numerical", error: "relative error", agree: "agreeing digits", of: "{n} of 12",
    carry: "They are closer than they look: only a carry changes the digits.",
    up: "L(θ + ε)", down: "L(θ − ε)", cancel: "The struck-out digits of the two losses cancel. The numerical gradient is made of the rest.",
    chart: "Relative error of {at} against ε, both on logarithmic scales. At ε = {eps} it is {error}.",
    errors: "Relative error of {at} for every ε", zero: "Both gradients are exactly 0.", truncation: "truncation ∝ ε²", rounding: "rounding ∝ 1/ε",
    code: "The backward pass", planted: "Planted", right: "It should read {line}", clean: "No bug is planted", which: "Which bug is it?",
    start: "Both gradients agree as far as ε lets them. Plant a bug, look at T = 1, T = 2 and a symmetric W_hh, and remember what breaks. Then try a mystery.",
    ask: "One line of the program that runs is not as shown here. Move T, switch W_hh, read the digits; then choose.",
    yes: "Right.", no: "No.",
    bug1: "the derivative of tanh is forgotten", bug2: "W_hh is not transposed on the way back",
    bug3: "the direct gradient overwrites the one through time", bug4: "dL/dW_hh is set at each step, not summed",
    bug5: "h_t stands where h_{t−1} belongs in dL/dW_hh",
    why1: "The tanh stands between every loss and W_xh, W_hh and b_h. So all three are wrong, and W_xh and b_h already at T = 1. (There W_hh has nothing to get wrong: h_0 is 0, and so are both gradients.) W_hy and b_y come after the tanh and are right.",
    why2: "At T = 1 nothing goes back through time and all agrees. At T = 2 W_xh and b_h break, while W_hh holds: h_0 is 0, so its only term belongs to the last step, which nothing reaches from behind. Make W_hh symmetric and the digits return, for then W_hh and its transpose are the same.",
    why3: "At T = 1 nothing goes back through time and all agrees. At T = 2 W_xh and b_h break, while W_hh holds: h_0 is 0, so its only term belongs to the last step. A symmetric W_hh changes nothing: what step t + 1 sends back is lost, whichever way W_hh is turned.",
    why4: "Only W_hh is wrong, and its analytic gradient is exactly 0. What is kept is the term of the step visited last, t = 1, and h_0 is 0. At T = 1 that is the right answer.",
    why5: "Only W_hh is wrong, and already at T = 1: nothing came before h_1, so the gradient must be 0, yet h_1^T da_1 is not. The da are right, or W_xh and b_h would break too.",
    passes: "At T = 1 every digit agrees. Your bug would do harm there already.",
    fails: "At T = 1 something is wrong already. Your bug would let a single step pass.",
    spread: "b_h is wrong too. Your bug would touch nothing but W_hh.",
    alone: "b_h is right. Your bug would spoil it.",
    two: "At T = 2 W_hh is wrong. Your bug would leave it right there.",
    holds: "At T = 2 W_hh is right. Your bug would spoil it there.",
    cured: "Make W_hh symmetric, and all agrees. Your bug would not care.",
    uncured: "Make W_hh symmetric, and there are still wrong digits. Your bug would vanish.",
    other: "Your bug would leave other numbers wrong.",
  },
  ko: {
    plant: "심은 버그", none: "없음", mystery: "숨은 버그", hide: "버그를 숨겨 심기", reset: "처음으로",
    T: "단계 수 T", eps: "흔드는 폭 ε", symmetric: "W_hh를 대칭으로: (W_hh + W_hh^T) / 2",
    digits: "그레이디언트마다 일치하는 자릿수", few: "적음(0–3)", many: "많음(12)", cell: "{at}: 일치하는 자릿수 {n}",
    fewest: "배열마다 가장 적은 자릿수: {list}.", picked: "고른 수: {at}, 지금 값 {w}",
    analytic: "역전파", numerical: "수치 미분", error: "상대 오차", agree: "일치하는 자릿수", of: "12자리 중 {n}",
    carry: "보기보다 가까운 두 수다. 올림 때문에 숫자가 달라 보일 뿐이다.",
    up: "L(θ + ε)", down: "L(θ − ε)", cancel: "두 손실에서 줄을 그은 숫자는 서로 지워진다. 수치 미분은 남은 숫자만으로 이루어진다.",
    chart: "ε에 따른 {at}의 상대 오차. 두 축 모두 로그 눈금이다. ε = {eps}에서 {error}이다.",
    errors: "ε에 따른 {at}의 상대 오차", zero: "두 그레이디언트가 모두 정확히 0이다.", truncation: "절단 오차 ∝ ε²", rounding: "반올림 오차 ∝ 1/ε",
    code: "역전파 코드", planted: "심은 버그", right: "바른 줄: {line}", clean: "심은 버그가 없다", which: "어떤 버그일까?",
    start: "두 그레이디언트가 ε이 허락하는 만큼 일치한다. 버그를 하나 심고 T = 1, T = 2, 대칭인 W_hh에서 무엇이 어긋나는지 보아 두자. 그다음 숨은 버그를 찾아보자.",
    ask: "실제로 도는 프로그램은 여기 보이는 코드와 한 줄이 다르다. T를 바꾸고 W_hh를 대칭으로 만들며 자릿수를 읽은 다음 골라 보자.",
    yes: "맞다.", no: "아니다.",
    bug1: "tanh의 도함수를 빠뜨렸다", bug2: "거슬러 갈 때 W_hh를 전치하지 않았다",
    bug3: "직접 온 그레이디언트가 시간을 거쳐 온 것을 덮어쓴다", bug4: "dL/dW_hh를 더하지 않고 단계마다 새로 넣는다",
    bug5: "dL/dW_hh에서 h_{t−1} 자리에 h_t를 썼다",
    why1: "어느 손실에서 오든 tanh를 지나야 W_xh, W_hh, b_h에 이른다. 그래서 셋이 모두 틀리고, W_xh와 b_h는 T = 1에서 이미 틀린다. (그때 W_hh는 틀릴 것이 없다. h_0이 0이라 두 그레이디언트가 모두 0이다.) W_hy와 b_y는 tanh보다 뒤에 있어 맞다.",
    why2: "T = 1이면 시간을 거슬러 가는 것이 없어 모두 일치한다. T = 2이면 W_xh와 b_h가 어긋나지만 W_hh는 맞다. h_0이 0이라 남는 항은 마지막 단계의 것뿐이고, 그 단계로는 뒤에서 오는 것이 없기 때문이다. W_hh를 대칭으로 만들면 자릿수가 돌아온다. 전치해도 같은 행렬이기 때문이다.",
    why3: "T = 1이면 시간을 거슬러 가는 것이 없어 모두 일치한다. T = 2이면 W_xh와 b_h가 어긋나지만 W_hh는 맞다. h_0이 0이라 남는 항이 마지막 단계의 것뿐이기 때문이다. W_hh를 대칭으로 만들어도 달라지지 않는다. t + 1단계가 돌려보낸 것이 사라지므로 W_hh를 어느 쪽으로 뒤집든 상관없다.",
    why4: "W_hh만 틀리고, 역전파로 구한 값이 정확히 0이다. 남은 것은 마지막에 들른 단계 t = 1의 항인데 h_0이 0이다. T = 1에서는 이것이 맞는 답이다.",
    why5: "W_hh만 틀리고, T = 1에서 이미 틀린다. h_1 앞에는 아무것도 없으니 그레이디언트는 0이어야 하는데 h_1^T da_1은 0이 아니다. da는 맞다. 그렇지 않다면 W_xh와 b_h도 어긋났을 것이다.",
    passes: "T = 1에서 모든 자릿수가 일치한다. 고른 버그라면 거기서 이미 어긋난다.",
    fails: "T = 1에서 이미 틀린 것이 있다. 고른 버그라면 한 단계짜리는 통과한다.",
    spread: "b_h도 틀리다. 고른 버그라면 W_hh만 건드린다.",
    alone: "b_h는 맞다. 고른 버그라면 b_h도 틀린다.",
    two: "T = 2에서 W_hh가 틀리다. 고른 버그라면 거기서는 W_hh가 맞다.",
    holds: "T = 2에서 W_hh가 맞다. 고른 버그라면 거기서 W_hh가 틀린다.",
    cured: "W_hh를 대칭으로 만들면 모두 일치한다. 고른 버그라면 달라지지 않는다.",
    uncured: "W_hh를 대칭으로 만들어도 틀린 자릿수가 남는다. 고른 버그라면 사라진다.",
    other: "고른 버그라면 다른 수들이 틀린다.",
  },
};
const NAMES = ["W_xh", "W_hh", "b_h", "W_hy", "b_y"];
const BUGS = [1, 2, 3, 4, 5];
const DIGITS = 12; // compared, of the sixteen that a float64 holds
const FEW = 3;
const MOST_EPS = -1;
const LEAST_EPS = -12;
const CODE = [
  "dh = zeros(H)", "for t in range(T, 0, -1):", "  dW_hy += outer(h[t], dy[t])", "  db_y += dy[t]", "  dh += dy[t] @ W_hy.T",
  "  da = dh * (1 - h[t]**2)", "  dW_xh += outer(x[t], da)", "  db_h += da", "  dW_hh += outer(h[t-1], da)", "  dh = da @ W_hh.T",
];
const WRONG = { // the line, and what a bug makes of it
  1: [5, "  da = dh"], 2: [9, "  dh = da @ W_hh"], 3: [4, "  dh = dy[t] @ W_hy.T"],
  4: [8, "  dW_hh = outer(h[t-1], da)"], 5: [8, "  dW_hh += outer(h[t], da)"],
};

// --- the mathematics -------------------------------------------------------

const plus = (a, b) => Array.from(a, (x, i) => (typeof x === "number" ? x + b[i] : plus(x, b[i])));
const times = (a, by) => Array.from(a, (x) => (typeof x === "number" ? x * by : times(x, by)));
const transposed = (W) => W[0].map((_, j) => W.map((row) => row[j]));

/** The same weights with (W_hh + W_hh^T) / 2. */
export const symmetric = (weights) =>
  ({ ...weights, W_hh: times(plus(weights.W_hh, transposed(weights.W_hh)), 0.5) });

/** L = sum over t of 1/2 |y_t - target_t|^2, and what its derivative needs. */
export function forward(weights, xs, targets) {
  const hs = run(weights, xs);
  const dys = hs.map((h, t) => answer(weights, h).map((y, k) => y - targets[t][k]));
  let L = 0;
  for (const dy of dys) for (const d of dy) L += d * d / 2;
  return { hs, dys, L };
}

/** dL of all five arrays, with one of the five bugs or none (0). */
export function backward(weights, xs, targets, bug = 0) {
  const { W_hh, W_hy } = weights;
  const { hs, dys } = forward(weights, xs, targets);
  const zeros = new Float64Array(W_hh.length);
  const d = Object.fromEntries(NAMES.map((name) => [name, times(weights[name], 0)]));
  let dh = zeros;
  for (let t = xs.length - 1; t >= 0; t--) {
    const h = hs[t];
    d.W_hy = plus(d.W_hy, outer(h, dys[t]));
    d.b_y = plus(d.b_y, dys[t]);
    const direct = back(dys[t], W_hy);
    dh = bug === 3 ? direct : dh.map((through, k) => through + direct[k]);
    const da = bug === 1 ? dh : dh.map((dhk, k) => dhk * (1 - h[k] ** 2));
    d.W_xh = plus(d.W_xh, outer(xs[t], da));
    d.b_h = plus(d.b_h, da);
    const term = outer(bug === 5 ? h : hs[t - 1] ?? zeros, da);
    d.W_hh = bug === 4 ? term : plus(d.W_hh, term);
    dh = back(da, bug === 2 ? transposed(W_hh) : W_hh);
  }
  return d;
}

/** Every number of the five arrays: ["W_hh", 0, 1], ["b_h", 2] ... */
export const addresses = (weights) => NAMES.flatMap((name) => weights[name].flatMap((row, i) => (
  typeof row === "number" ? [[name, i]] : row.map((_, j) => [name, i, j]))));

const at = (arrays, [name, i, j]) => (j === undefined ? arrays[name][i] : arrays[name][i][j]);

/** The central difference (L(θ + eps) - L(θ - eps)) / (2 eps) of one number. */
export function difference(weights, xs, targets, [name, i, j], eps) {
  const loss = (by) => forward({
    ...weights,
    [name]: weights[name].map((row, k) => (k !== i ? row : j === undefined ? row + by
      : row.map((w, l) => (l === j ? w + by : w)))),
  }, xs, targets).L;
  const [up, down] = [loss(eps), loss(-eps)];
  return { up, down, slope: (up - down) / (2 * eps) };
}

export function relative(a, n) {
  const top = Math.max(Math.abs(a), Math.abs(n));
  return top ? Math.abs(a - n) / top : 0;
}

/** Two numbers with the power of ten of the larger: how many leading digits
 * they share. A long carry does not count (1.9999999 is near 2.0000001). */
export function compare(a, n) {
  const top = Math.max(Math.abs(a), Math.abs(n));
  const exponent = Math.max(-300, Number(top.toExponential(DIGITS - 1).split("e")[1]));
  const pair = [a, n].map((x) => (Math.abs(x) / Number(`1e${exponent}`)).toFixed(DIGITS - 1));
  const error = relative(a, n);
  const [p, q] = pair.map((text) => text.replace(".", ""));
  let same = 0;
  while (same < DIGITS && p[same] === q[same]) same += 1;
  const agree = error === 0 ? DIGITS : a < 0 !== n < 0 ? 0
    : Math.min(DIGITS, Math.max(same, Math.floor(-Math.log10(error)) - 1));
  return { agree, carry: agree > same, error, exponent, pair };
}

/** Which arrays a bug spoils: in one step, in two, in all, and in all with a
 * symmetric W_hh. */
export function fingerprint(weights, xs, targets, bug) {
  const wrong = (params, T) => {
    const given = [params, xs.slice(0, T), targets.slice(0, T)];
    const [right, seen] = [0, bug].map((b) => backward(given[0], given[1], given[2], b));
    return NAMES.filter((name) => {
      const [r, s] = [right, seen].map((d) => [...d[name]].flatMap((row) => (typeof row === "number" ? [row] : [...row])));
      const top = Math.max(...r.map(Math.abs), ...s.map(Math.abs));
      return r.some((x, k) => Math.abs(x - s[k]) > 1e-6 * top);
    });
  };
  const T = xs.length;
  return { one: wrong(weights, 1), two: wrong(weights, 2), all: wrong(weights, T), symmetric: wrong(symmetric(weights), T) };
}

const FACTS = {
  passes: (f) => !f.one.length, fails: (f) => f.one.length > 0,
  spread: (f) => f.all.includes("b_h"), alone: (f) => !f.all.includes("b_h"),
  two: (f) => f.two.includes("W_hh"), holds: (f) => !f.two.includes("W_hh"),
  cured: (f) => !f.symmetric.length, uncured: (f) => f.symmetric.length > 0,
};

/** What the digits show that a guess would not: of all such facts the one
 * that fits the most bugs, for it gives the least away. */
export function contradiction(weights, xs, targets, bug, guess) {
  const prints = [null, ...BUGS.map((b) => fingerprint(weights, xs, targets, b))];
  let best = "other";
  let most = 0;
  for (const [name, holds] of Object.entries(FACTS)) {
    const fits = BUGS.filter((b) => holds(prints[b])).length;
    if (holds(prints[bug]) && !holds(prints[guess]) && fits > most) [best, most] = [name, fits];
  }
  return best;
}

/** The bug of the n-th mystery: each of the five once in five. */
export const mystery = (n) => permutation(5, random(Math.floor(n / 5)))[n % 5] + 1;

// --- the picture -----------------------------------------------------------

const named = ([name, ...where]) => `${name}[${where.join(", ")}]`;
const minus = (text) => text.replaceAll("-", "\u2212");
const brief = (x) => (x === 0 ? "0" : x >= 1e-3 ? show(x, 3) : minus(x.toExponential(1)));
const EPS = Array.from({ length: MOST_EPS - LEAST_EPS + 1 }, (_, k) => LEAST_EPS + k);
const FINE = Array.from({ length: 45 }, (_, k) => LEAST_EPS + k / 4);

/** Words with W_hh, h_{t-1} and W^T set as in the book. */
const rich = (sentence) =>
  typeset(sentence.replaceAll("T = ", "T\u00a0=\u00a0"), /([_^](?:\{[^}]*\}|\w+))/);
const say = (node, sentence) => node.replaceChildren(...rich(sentence));

function render({ model, el }) {
  const text = words(TEXT, model);
  const stored = model.get("weights");
  const [xs, targets] = [model.get("xs"), model.get("targets")];
  const all = addresses(stored);
  const kept = ["weight", "T", "log10_eps", "symmetric", "bug", "hidden", "guess"];
  const begin = traits(model, kept);

  const change = changing(model);
  const hide = () => {
    const n = model.get("mysteries");
    change({ bug: mystery(n), hidden: true, guess: 0, mysteries: n + 1 });
  };
  const bugs = choice(text.plant, {
    0: text.none, ...Object.fromEntries(BUGS.map((b) => [b, `${b}: ${text[`bug${b}`].replace(/[{}]/g, "")}`])), mystery: text.mystery,
  }, (value) => (value === "mystery" ? hide() : change({ bug: Number(value), hidden: false, guess: 0 })));
  const T = slider(text.T, xs.map((_, t) => t + 1), String, (n) => change({ T: n }));
  const nudge = slider(text.eps, EPS, (k) => `1e${minus(String(k))}`, (k) => change({ log10_eps: k }));
  const turn = html("input", { type: "checkbox", onchange: () => change({ symmetric: turn.checked }) });

  // --- every number ------------------------------------------------------
  const place = { W_xh: "1 / 1", W_hh: "2 / 1", W_hy: "2 / 2", b_h: "3 / 1", b_y: "3 / 2" };
  const cells = all.map((address) => {
    const node = button("", () => change({ weight: address }), {
      role: "radio", class: "rnn-bench-cell", onkeydown: (event) => move(event, address),
    });
    return { address, node };
  });
  const arrays = NAMES.map((name) => {
    const columns = typeof stored[name][0] === "number" ? stored[name].length : stored[name][0].length;
    return html("div", { style: `grid-area: ${place[name]}` }, html("div", { class: "rnn-bench-name" }, ...rich(name)),
      html("div", { class: "rnn-bench-array", style: `--columns: ${columns}` },
        ...cells.filter(({ address }) => address[0] === name).map(({ node }) => node)));
  });
  const grid = html("div", { class: "rnn-bench-grid", role: "radiogroup", "aria-label": text.digits }, ...arrays);

  // Where a number stands on the sheet of five arrays: line and column.
  const H = stored.b_h.length;
  const D = stored.W_xh.length;
  const spot = ([name, i, j]) => ({
    W_xh: [i, j], W_hh: [D + i, j], b_h: [D + H, i], W_hy: [D + i, H + j], b_y: [D + H, H + i],
  }[name]);
  function move(event, address) {
    const step = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const [row, column] = spot(address);
    const to = cells.find((cell) => {
      const [r, c] = spot(cell.address);
      return r === row + step[0] && c === column + step[1];
    });
    if (!to) return;
    change({ weight: to.address });
    for (const { node } of cells) set(node, { tabindex: node === to.node ? 0 : -1 });
    to.node.focus();
  }
  const fewest = html("p", { class: "rnn-note rnn-bench-fewest", role: "status" });

  // --- the picked number -------------------------------------------------
  const heading = html("p", { class: "rnn-heading" });
  const facts = {};
  const list = html("dl", { class: "rnn-facts rnn-bench-facts" }, ...["analytic", "numerical", "agree", "error", "up", "down"].flatMap((name) => {
    facts[name] = html("dd");
    return [html("dt", {}, text[name]), facts[name]];
  }));
  const note = html("p", { class: "rnn-note rnn-bench-note" });
  const x = scale([LEAST_EPS, MOST_EPS], [46, 312]);
  const y = scale([-16, 1], [142, 8]);
  const curve = svg("path", { class: "rnn-line" });
  const cursor = svg("path", { class: "rnn-cursor" });
  const dot = svg("circle", { r: 4.5, class: "rnn-tip" });
  const guide = svg("path", { class: "rnn-bench-slope" });
  const slopeNames = [
    svg("text", { x: 50, y: 136 }, text.rounding), svg("text", { x: 312, y: 136, "text-anchor": "end" }, text.truncation),
  ];
  const blank = svg("text", { x: 179, y: 76, "text-anchor": "middle" }, text.zero);
  const about = html("p", { class: "rnn-heading" });
  const chart = svg("svg", { class: "rnn-chart", viewBox: "0 0 320 166", role: "img" },
    svg("path", { class: "rnn-axis", d: `M46 8V142H312` }),
    ...[0, -4, -8, -12, -16].map((k) => svg("text", { x: 41, y: y(k) + 4, "text-anchor": "end" }, k ? `1e${minus(String(k))}` : "1")),
    ...[-12, -9, -6, -3].map((k) => svg("text", { x: x(k), y: 161, "text-anchor": "middle" }, `1e${minus(String(k))}`)),
    svg("text", { x: 312, y: 161, "text-anchor": "end" }, "ε"),
    guide, ...slopeNames, curve, cursor, dot, blank);

  // --- the code, and which line is wrong ---------------------------------
  const lines = CODE.map(() => html("div"));
  const code = html("div", { class: "rnn-bench-code", tabindex: 0, role: "group", "aria-label": text.code }, ...lines);
  const title = html("p", { class: "rnn-heading" });
  const guesses = BUGS.map((b) => button("", () => change({ guess: b })));
  guesses.forEach((node, k) => node.append(`${k + 1}: `, ...rich(text[`bug${k + 1}`])));
  const board = html("div", { class: "rnn-pressed rnn-bench-guesses" }, ...guesses);
  const told = html("p", { class: "rnn-told", role: "status" });

  el.classList.add("rnn-widget", "rnn-bench");
  el.append(
    html("div", { class: "rnn-row" }, bugs.node, button(text.hide, hide, { class: "rnn-main" }), button(text.reset, () => change(begin))),
    html("div", { class: "rnn-controls rnn-bench-controls" }, T.node, nudge.node,
      html("label", { class: "rnn-bench-turn" }, turn, html("span", {}, ...rich(text.symmetric)))),
    html("div", { class: "rnn-columns rnn-bench-columns" },
      html("div", { class: "rnn-column" }, html("p", { class: "rnn-heading" }, text.digits), grid,
        html("p", { class: "rnn-note rnn-legend" }, html("span", { class: "rnn-swatch rnn-bench-few" }), text.few, html("span", { class: "rnn-swatch rnn-bench-many" }), text.many),
        fewest),
      html("div", { class: "rnn-column" }, heading, list, note, about, chart)),
    html("div", { class: "rnn-columns rnn-bench-columns" },
      html("div", { class: "rnn-column" }, html("p", { class: "rnn-heading" }, text.code), code),
      html("div", { class: "rnn-column" }, title, board, told)),
  );

  const sign = (negative = false) => html("span", { class: "rnn-bench-sign" }, negative ? "\u2212" : "");
  /** A number in two parts: the digits that agree, and the rest. */
  function halves(value, digits, exponent, agree) {
    const cut = agree + (agree > 1 ? 1 : 0); // the point is no digit
    const tail = `${digits.slice(cut)}${exponent ? `e${minus(String(exponent))}` : ""}`;
    return [sign(value < 0 && /[1-9]/.test(digits)), html("b", { class: "rnn-bench-same" }, digits.slice(0, cut)), tail];
  }

  function paint() {
    const n = clamp(model.get("T"), 1, xs.length);
    const weights = model.get("symmetric") ? symmetric(stored) : stored;
    const given = [xs.slice(0, n), targets.slice(0, n)];
    const bug = model.get("bug");
    const k = clamp(model.get("log10_eps"), LEAST_EPS, MOST_EPS);
    const eps = Number(`1e${k}`);
    const hidden = model.get("hidden");
    const guess = model.get("guess");
    const known = hidden ? (guess === bug ? bug : 0) : bug;
    const picked = cells.find(({ address }) => String(address) === String(model.get("weight"))) ?? cells[0];
    const analytic = backward(weights, given[0], given[1], bug);

    bugs.show(hidden ? "mystery" : String(bug));
    T.show(n);
    nudge.show(k);
    turn.checked = model.get("symmetric");

    const least = Object.fromEntries(NAMES.map((name) => [name, DIGITS]));
    for (const { address, node } of cells) {
      const { agree } = compare(at(analytic, address), difference(weights, given[0], given[1], address, eps).slope);
      least[address[0]] = Math.min(least[address[0]], agree);
      node.textContent = String(agree);
      node.style.setProperty("--p", String(agree / DIGITS));
      node.classList.toggle("rnn-bench-few", agree <= FEW);
      const on = node === picked.node;
      set(node, { "aria-checked": String(on), tabindex: on ? 0 : -1, "aria-label": fit(text.cell, { at: named(address), n: agree }) });
    }
    say(fewest, fit(text.fewest, { list: NAMES.map((name) => `${name}\u00a0${least[name]}`).join(", ") }));

    // The picked number.
    const { address } = picked;
    const a = at(analytic, address);
    const { up, down, slope } = difference(weights, given[0], given[1], address, eps);
    const seen = compare(a, slope);
    say(heading, fit(text.picked, { at: named(address), w: show(at(weights, address), 4) }));
    facts.analytic.replaceChildren(...halves(a, seen.pair[0], seen.exponent, seen.agree));
    facts.numerical.replaceChildren(...halves(slope, seen.pair[1], seen.exponent, seen.agree));
    facts.agree.replaceChildren(sign(), fit(text.of, { n: seen.agree }));
    facts.error.replaceChildren(sign(), brief(seen.error));
    const losses = [up, down].map((L) => (L >= 1e-3 && L < 1e4 ? L.toFixed(15) : L.toExponential(15)));
    let shared = 0;
    while (shared < losses[0].length && losses[0][shared] === losses[1][shared]) shared += 1;
    [facts.up, facts.down].forEach((node, side) => node.replaceChildren(
      sign(), html("span", { class: "rnn-bench-gone" }, losses[side].slice(0, shared)), losses[side].slice(shared)));
    note.textContent = seen.carry ? text.carry : text.cancel;

    // Its error for every nudge, and the two slopes that a right one has.
    const tall = (error) => y(Math.log10(clamp(error, 1e-16, 10)));
    const right = at(backward(weights, given[0], given[1]), address);
    const miss = (value, by) => relative(value, difference(weights, given[0], given[1], address, by).slope);
    const nothing = a === 0 && right === 0;
    const points = FINE.map((f) => [x(f), tall(miss(a, 10 ** f))]);
    set(curve, { d: nothing ? "" : line(points) });
    set(dot, { cx: x(k), cy: tall(seen.error), display: nothing ? "none" : null });
    set(cursor, { d: `M${x(k)} 8V142` });
    say(about, fit(text.errors, { at: named(address) }));
    const c = right === 0 ? 0 : miss(right, 1e-2) / 1e-4;
    const r = right === 0 ? 0 : (1.1e-16 * (up + down)) / 2 / Math.abs(right);
    const valley = FINE.map((f) => [f, Math.max(r * 10 ** -f, c * 10 ** (2 * f))]);
    const part = valley.filter(([, e]) => e > 1e-16 && e < 10);
    set(guide, { d: line(part.map(([f, e]) => [x(f), tall(e)])) });
    for (const node of slopeNames) set(node, { display: part.length ? null : "none" });
    set(blank, { display: nothing ? null : "none" });
    set(chart, { "aria-label": fit(text.chart, { at: named(address), eps: `1e${k}`, error: brief(seen.error) }) });

    // The code, and the game.
    const [where, what] = WRONG[known] ?? [-1, ""];
    lines.forEach((node, l) => {
      node.replaceChildren(html("span", { class: "rnn-bench-gutter" }, l === where ? "\u2717" : ""), l === where ? what : CODE[l]);
      node.classList.toggle("rnn-bench-wrong", l === where);
    });
    set(board, { hidden: !hidden });
    guesses.forEach((node, g) => set(node, { "aria-pressed": String(g + 1 === guess) }));
    say(title, hidden ? text.which : bug ? `${text.planted}: ${text[`bug${bug}`]}` : text.clean);
    const line_ = known ? fit(text.right, { line: "\u0001" }).split("\u0001") : null;
    const fix = line_ ? [line_[0], html("code", {}, CODE[where].trim()), `${line_[1]}. `] : [];
    const verdict = hidden && guess ? [html("b", {}, known ? text.yes : text.no), " "] : [];
    const why = known ? text[`why${known}`] : !hidden ? text.start
      : guess ? text[contradiction(stored, xs, targets, bug, guess)] : text.ask;
    told.replaceChildren(...verdict, ...fix, ...rich(why));
  }

  return paintOn(model, ["weight", "T", "log10_eps", "symmetric", "bug", "hidden", "guess"], paint);
}

export default { render };
