// @ts-check
import { affine, product, sigmoid } from "./recurrent.js";
import {
  button, changing, fit, html, line, paintOn, scale, set, show, slider, svg,
  traits, words,
} from "./shared.js";

const TEXT = {
  en: {
    lstm: "LSTM", ours: "GRU (this book, PyTorch)", chung: "GRU, Chung et al. 2014", restart: "Reset",
    decisions: "Three decisions", tie: "tie the input gate: i_t = 1 − f_t", drop: "no output gate, no tanh: h_t = c_t", resets: "reset gate r_t in the candidate",
    names: "Update gate z_t", keep: "z = f: keeps the old (Cho, PyTorch)", replace: "z = 1 − f: lets the new in (Chung)", flip: "flip the weights’ sign too",
    place: "Reset gate r_t: where", after: "after the product: r ⊙ (h W + b)", before: "before it: (r ⊙ h) W + b",
    needsTie: "once tied", needsReset: "once there",
    diagram: "One step of the cell", keys: "Box: a gate, σ of x_t and h_{t−1} with weights of its own. Rounded: tanh. ⊙: product of entries.",
    mark: "Orange and thick, or with a bar: changed by the last switch.",
    equations: "Equations", changed: "changed", gone: "gone", fresh: "new",
    chart: "h_t of a small network, D = 2, H = 3", unit: "unit {k}", now: "now", was: "before the switch", other: "with z = f",
    apart: "largest difference: {d}", exactly: "none", nothing: "No switch has moved yet.", last: "h_6 = ({h})",
    D: "inputs D", H: "units H", parameters: "Parameters", simple: "Simple cell", ratio: "Ratio", times: "{ratio} : 1",
    state: "State", two: "2H = {n}: h_t and c_t", one: "H = {n}: h_t alone", blocks: "Weights for",
    second: "+ H: b_{hn} inside r ⊙ ( ). PyTorch also keeps a second b_r and b_z that only add up: 3 (D + H + 2) H.",
    secondLstm: "+ H: b_{hg}, the bias inside r ⊙ ( ).", noSecond: "Each block: W_x (D × H), W_h (H × H), b (H).",
    seen: "One step of the cell. {keeps} {out} {hides}",
    seenApart: "The state is multiplied by f; the candidate, times i, is added.",
    seenKeep: "One gate, {z}: the state is multiplied by {z}, the candidate by 1 − {z}, and the two are added.",
    seenReplace: "One gate, z: the candidate is multiplied by z, the state by 1 − z, and the two are added.",
    seenOut: "The output h is o times tanh of the state c.", seenOpen: "The state itself is the output h.",
    seenAfter: "In the candidate, r multiplies h after its product with W.", seenBefore: "In the candidate, r multiplies h before its product with W.", seenPlain: "The candidate sees all of h.",
    saidStart: "Move one switch at a time: what it changes is marked in the picture and in the equations.",
    saidTie: "One gate decides both: as much is written as is forgotten. Adding without forgetting is no longer possible.",
    saidUntie: "Two gates again: writing and forgetting are decided apart.",
    saidDrop: "Nothing stands between state and output: h_t = c_t. One state of H numbers, and everyone sees all of it.", saidRestore: "The cell keeps its state to itself again and shows what the output gate lets through.",
    saidReset: "The candidate can leave the past out: where r_t = 0 it hears x_t alone.",
    saidGru: "The candidate can leave the past out. The rest is letters: z for the one gate, n for g, h for c.", saidNoReset: "The candidate hears all of h_{t−1} again.",
    saidReplace: "The same weights, but z now lets in what it kept before: other numbers. Now flip the weights’ sign too.", saidKeep: "z keeps the old again.",
    saidFlip: "1 − σ(a) = σ(−a): with the sign of its weights flipped too, z = 1 − f gives the same h_t. Both are one cell.",
    saidUnflip: "The weights have their old sign again, and z = 1 − f gives other numbers than z = f.",
    saidBefore: "Now r multiplies what goes into the product. The same weights give truly different numbers, whatever their signs.",
    saidAfter: "Now r multiplies what comes out of the product, a bias included. The same weights give truly different numbers.",
    saidMany: "Several switches at once: all that they changed is marked.",
    aboutLstm: "Three gates, two states: where we start.", aboutCoupled: "In the experiments of Greff et al. (2017) not clearly worse than the LSTM.",
    aboutOpen: "Nothing bounds h_t now: it can leave (−1, 1). Such a state needs the tanh (Greff et al., 2017).",
    aboutOne: "In the minimal gated unit of Zhou et al. (2016) the one gate also does the reset.",
    aboutMixed: "A step in between, without a name in the literature.",
    aboutKeepAfter: "Also cuDNN, and Keras by default. z keeps the old, as in Cho et al. (2014).", aboutKeepBefore: "The final version of the paper (arXiv:1406.1078v3).",
    aboutReplaceBefore: "The z of many textbooks. Same cell as Cho’s, with z turned round.", aboutReplaceAfter: "Same cell as PyTorch’s, with z turned round.",
    kinds: {
      lstm: "LSTM", coupled: "LSTM with coupled gates (CIFG, Greff et al.)", open: "LSTM without output gate", one: "One gate, one state: near the minimal gated unit",
      "lstm-reset": "LSTM with a reset gate", "coupled-reset": "LSTM with coupled gates and a reset gate", "open-reset": "LSTM without output gate, with a reset gate",
      "keep-after": "GRU as in PyTorch and this book", "keep-before": "GRU as in Cho et al. (2014)",
      "replace-before": "GRU as in Chung et al. (2014)", "replace-after": "GRU (Chung’s z, PyTorch’s reset)",
    },
  },
  ko: {
    lstm: "LSTM", ours: "GRU(이 책, PyTorch)", chung: "GRU(Chung 외 2014)", restart: "처음으로",
    decisions: "세 가지 결정", tie: "입력 게이트를 묶는다: i_t = 1 − f_t", drop: "출력 게이트와 tanh를 없앤다: h_t = c_t", resets: "후보 상태에 리셋 게이트 r_t를 둔다",
    names: "업데이트 게이트 z_t", keep: "z = f: 옛것을 남긴다(Cho, PyTorch)", replace: "z = 1 − f: 새것을 들인다(Chung)", flip: "가중치의 부호도 뒤집기",
    place: "리셋 게이트 r_t의 자리", after: "행렬곱 뒤: r ⊙ (h W + b)", before: "행렬곱 앞: (r ⊙ h) W + b",
    needsTie: "묶은 뒤", needsReset: "둔 뒤",
    diagram: "셀의 한 단계", keys: "네모: 게이트. 저마다 가중치를 두고 x_t와 h_{t−1}에서 σ를 계산한다. 둥근 네모: tanh. ⊙: 원소별 곱.",
    mark: "굵은 주황색이나 세로줄: 마지막 스위치로 바뀐 곳.",
    equations: "식", changed: "바뀜", gone: "없어짐", fresh: "새로 생김",
    chart: "작은 신경망(D = 2, H = 3)의 h_t", unit: "유닛 {k}", now: "지금", was: "스위치를 바꾸기 전", other: "z = f일 때",
    apart: "가장 큰 차이: {d}", exactly: "없음", nothing: "아직 아무 스위치도 바꾸지 않았다.", last: "h_6 = ({h})",
    D: "입력 크기 D", H: "유닛 수 H", parameters: "파라미터", simple: "기본 셀", ratio: "비율", times: "{ratio} : 1",
    state: "상태", two: "2H = {n}: h_t와 c_t", one: "H = {n}: h_t뿐", blocks: "가중치",
    second: "+ H: r ⊙ ( ) 안의 b_{hn}. PyTorch는 더해질 뿐인 둘째 b_r, b_z도 두어 3 (D + H + 2) H이다.",
    secondLstm: "+ H: r ⊙ ( ) 안의 편향 b_{hg}.", noSecond: "한 벌은 W_x (D × H), W_h (H × H), b (H)이다.",
    seen: "셀의 한 단계. {keeps} {out} {hides}",
    seenApart: "상태에 f를 곱하고, 후보 상태에 i를 곱해 더한다.",
    seenKeep: "게이트 {z} 하나로 상태에는 {z}를, 후보 상태에는 1 − {z}를 곱해 더한다.",
    seenReplace: "게이트 z 하나로 후보 상태에는 z를, 상태에는 1 − z를 곱해 더한다.",
    seenOut: "출력 h는 상태 c의 tanh에 o를 곱한 것이다.", seenOpen: "상태가 그대로 출력 h이다.",
    seenAfter: "후보 상태에서는 h에 W를 곱한 뒤에 r을 곱한다.", seenBefore: "후보 상태에서는 h에 r을 곱한 뒤에 W를 곱한다.", seenPlain: "후보 상태는 h를 모두 본다.",
    saidStart: "스위치를 한 번에 하나씩 바꾸어 보자. 바뀐 곳이 그림과 식에 표시된다.",
    saidTie: "게이트 하나가 둘을 함께 정한다. 잊은 만큼만 쓴다. 잊지 않고 더하기만 하는 일은 이제 할 수 없다.",
    saidUntie: "다시 게이트가 둘이다. 쓰는 것과 잊는 것을 따로 정한다.",
    saidDrop: "상태와 출력 사이에 아무것도 없다. h_t = c_t이므로 상태는 수 H개뿐이고, 밖에서 그 전부를 본다.", saidRestore: "셀은 다시 상태를 안에 두고, 출력 게이트가 통과시킨 것만 보여 준다.",
    saidReset: "후보 상태가 과거를 빼놓을 수 있다. r_t = 0인 곳에서는 x_t만 듣는다.",
    saidGru: "후보 상태가 과거를 빼놓을 수 있다. 나머지는 글자만 다르다. 하나 남은 게이트는 z, g는 n, c는 h로 쓴다.", saidNoReset: "후보 상태는 다시 h_{t−1}을 모두 듣는다.",
    saidReplace: "가중치는 그대로인데, 남기던 z가 이제 새것을 들인다. 그래서 수가 달라진다. 가중치의 부호도 뒤집어 보자.", saidKeep: "z가 다시 옛것을 남긴다.",
    saidFlip: "1 − σ(a) = σ(−a)이다. z의 가중치까지 부호를 뒤집으면 z = 1 − f라도 h_t가 같다. 둘은 같은 셀이다.",
    saidUnflip: "가중치의 부호를 되돌렸다. z = 1 − f는 다시 z = f와 다른 수를 낸다.",
    saidBefore: "이제 r을 행렬곱에 들어가는 값에 곱한다. 가중치가 같아도 수가 정말로 다르고, 부호를 뒤집어도 소용없다.",
    saidAfter: "이제 r을 행렬곱에서 나온 값에, 편향까지 함께 곱한다. 가중치가 같아도 수가 정말로 다르다.",
    saidMany: "여러 스위치를 한꺼번에 바꾸었다. 바뀐 곳이 모두 표시된다.",
    aboutLstm: "게이트 셋, 상태 둘. 여기에서 출발한다.", aboutCoupled: "Greff 외(2017)의 실험에서 LSTM보다 뚜렷이 나쁘지 않았다.",
    aboutOpen: "h_t가 (−1, 1)을 벗어날 수 있다. 그런 상태에는 tanh가 필요하다(Greff 외 2017).",
    aboutOne: "Zhou 외(2016)의 최소 게이트 유닛에서는 그 하나의 게이트가 리셋까지 맡는다.",
    aboutMixed: "중간 단계이다. 문헌에 따로 이름이 없다.",
    aboutKeepAfter: "cuDNN, Keras의 기본값도 이것이다. z는 Cho 외(2014)처럼 옛것을 남긴다.", aboutKeepBefore: "논문의 최종판(arXiv:1406.1078v3).",
    aboutReplaceBefore: "여러 교과서의 z. Cho의 셀과 같고 z의 방향만 반대이다.", aboutReplaceAfter: "PyTorch의 셀과 같고 z의 방향만 반대이다.",
    kinds: {
      lstm: "LSTM", coupled: "두 게이트를 묶은 LSTM(CIFG, Greff 외)", open: "출력 게이트가 없는 LSTM", one: "게이트 하나, 상태 하나(최소 게이트 유닛에 가까움)",
      "lstm-reset": "리셋 게이트를 더한 LSTM", "coupled-reset": "두 게이트를 묶고 리셋 게이트를 더한 LSTM", "open-reset": "출력 게이트 대신 리셋 게이트를 둔 LSTM",
      "keep-after": "PyTorch와 이 책의 GRU", "keep-before": "Cho 외(2014)의 GRU",
      "replace-before": "Chung 외(2014)의 GRU", "replace-after": "GRU(z는 Chung, 리셋은 PyTorch)",
    },
  },
};
const ABOUT = {
  lstm: "aboutLstm", coupled: "aboutCoupled", open: "aboutOpen", one: "aboutOne",
  "keep-after": "aboutKeepAfter", "keep-before": "aboutKeepBefore", "replace-before": "aboutReplaceBefore", "replace-after": "aboutReplaceAfter",
};
const SWITCHES = ["tied", "output", "reset", "sign", "before", "flipped"];
const SIZES = Array.from({ length: 256 }, (_, k) => k + 1);

// --- the cell --------------------------------------------------------------

/** h_1 .. h_T of the network with these switches, from zeros. */
export function morphed(network, xs, { tied, output, reset, sign, before, flipped }) {
  const { f, i, o, g, r } = network;
  let h = new Float64Array(g.b.length);
  let c = h;
  const opened = (gate, x, times = 1) =>
    product(affine(x, gate.W_x, gate.b), h, gate.W_h).map((a) => sigmoid(times * a));
  return xs.map((x) => {
    const replaces = tied && sign === "replace";
    let keeps = opened(f, x, replaces && flipped ? -1 : 1);
    let writes = tied ? keeps.map((z) => 1 - z) : opened(i, x);
    if (replaces) [keeps, writes] = [writes, keeps];
    const open = reset ? opened(r, x) : h.map(() => 1);
    const seen = before ? h.map((v, k) => open[k] * v) : h;
    const v = affine(seen, g.W_h, g.b_h);
    const n = affine(x, g.W_x, g.b).map((u, k) => Math.tanh(u + (before ? 1 : open[k]) * v[k]));
    c = c.map((old, k) => keeps[k] * old + writes[k] * n[k]);
    const shows = output ? opened(o, x) : null;
    h = shows ? c.map((value, k) => shows[k] * Math.tanh(value)) : c;
    return h;
  });
}

/** Only what matters: an untied gate has no sign, no reset gate no place. */
export function effective({ tied, output, reset, sign, before, flipped }) {
  const turned = tied && sign === "replace";
  return { tied, output, reset, sign: turned ? "replace" : "keep", before: reset && before, flipped: turned && flipped };
}

export const kindOfMorph = ({ tied, output, reset, sign, before }) => {
  const whole = tied ? (output ? "coupled" : "one") : output ? "lstm" : "open";
  if (!reset) return whole;
  return whole === "one" ? `${sign}-${before ? "before" : "after"}` : `${whole}-reset`;
};

export const nameOfMorph = (switches, language) => (TEXT[language] ?? TEXT.en).kinds[kindOfMorph(switches)];

/** The letters of what has weights of its own. */
export const blocks = ({ tied, output, reset }) => (reset ? "r" : "") + (tied ? "" : "i") + "f" + (output ? "o" : "") + "g";

/** How many numbers the cell learns, and how many times H more than whole blocks. */
export function count(switches, D, H) {
  const second = switches.reset && !switches.before ? 1 : 0;
  return { second, all: blocks(switches).length * (D + H + 1) * H + second * H };
}

// --- the equations ---------------------------------------------------------

const isGru = ({ tied, output, reset }) => tied && !output && reset;
const isTurned = ({ tied, sign }) => tied && sign === "replace";

/** [place, line] of each equation: a gate keeps its place while its letter changes. */
export function equations(switches) {
  const { tied, output, reset, before, flipped } = switches;
  const gru = isGru(switches); // then in the GRU's letters
  const turned = isTurned(switches);
  const gate = (k, minus = "") => `${k}_t = σ(${minus}x_t W_{x${k}} ${minus || "+"} h_{t−1} W_{h${k}} ${minus || "+"} b_${k})`;
  const n = gru ? "n" : "g";
  const inside = !reset ? `x_t W_{x${n}} + h_{t−1} W_{h${n}} + b_${n}`
    : before ? `x_t W_{x${n}} + (r_t ⊙ h_{t−1}) W_{h${n}} + b_${n}`
      : `x_t W_{x${n}} + b_{x${n}} + r_t ⊙ (h_{t−1} W_{h${n}} + b_{h${n}})`;
  const [i, f] = turned ? ["z_t", "(1 − z_t)"] : ["(1 − z_t)", "z_t"];
  return [
    ["r", reset && gate("r")],
    ["i", tied ? !gru && (turned ? "i_t = z_t,  f_t = 1 − z_t" : "i_t = 1 − f_t") : gate("i")],
    ["f", gate(gru || turned ? "z" : "f", turned && flipped ? "−" : "")],
    ["o", output && gate("o")],
    ["g", `${n}_t = tanh(${inside})`],
    ["c", gru ? `h_t = ${i} ⊙ n_t + ${f} ⊙ h_{t−1}` : "c_t = f_t ⊙ c_{t−1} + i_t ⊙ g_t"],
    ["h", !gru && (output ? "h_t = o_t ⊙ tanh(c_t)" : "h_t = c_t")],
  ].filter(([, text]) => text);
}

/** What a place of the equations says, whatever its letters: a line that was
 * only put into another, or into other letters, has not changed. */
function meaning(place, s, merged) {
  return {
    r: s.reset && "r", i: s.tied ? s.sign : "own", f: String(s.flipped), o: s.output && "o",
    g: s.reset ? String(s.before) : "plain", h: String(s.output),
    c: merged ? [s.tied, s.sign, s.output].join() : "",
  }[place];
}

/** The lines to show: [line, "", "changed", "fresh" or "gone"]. */
export function marked(now, was) {
  const old = new Map(was ? equations(was) : []);
  const here = new Map(equations(now));
  const merged = isGru(now) || (was && isGru(was));
  return ["r", "i", "f", "o", "g", "c", "h"].flatMap((place) => {
    const same = !was || meaning(place, now, merged) === meaning(place, was, merged);
    if (here.has(place)) return [[here.get(place), same ? "" : meaning(place, was, merged) ? "changed" : "fresh"]];
    return !same && old.has(place) ? [[old.get(place), "gone"]] : [];
  });
}

/** The word for what lies between two settings. */
export function told(now, was) {
  if (!was) return "saidStart";
  const differ = (name) => now[name] !== was[name];
  const moved = [
    differ("tied") && (now.tied ? "saidTie" : "saidUntie"),
    differ("output") && (now.output ? "saidRestore" : "saidDrop"),
    differ("reset") && (!now.reset ? "saidNoReset" : isGru(now) ? "saidGru" : "saidReset"),
    !differ("tied") && differ("sign") && (now.sign === "keep" ? "saidKeep" : "saidReplace"),
    !differ("tied") && !differ("sign") && differ("flipped") && (now.flipped ? "saidFlip" : "saidUnflip"),
    !differ("reset") && differ("before") && (now.before ? "saidBefore" : "saidAfter"),
  ].filter(Boolean);
  return moved.length === 1 ? moved[0] : "saidMany";
}

/** Three digits that count; 0 is said in words. */
export function small(x) {
  if (x >= 0.001) return show(x, 3);
  const [digits, power] = x.toExponential(1).split("e");
  return `${digits} × 10${power.replace(/./g, (d) => (d === "-" ? "⁻" : d === "+" ? "" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(d)]))}`;
}

/** Text with _t and _{hn} lowered; a formula in it stays on one line. */
const lowered = (text) => text.replace(/ ([=⊙+−×]) /g, "\u00a0$1\u00a0").split(/_(\{[^}]*\}|\w)/).map((part, k) =>
  (k % 2 ? html("sub", {}, part.replace(/[{}]/g, "")) : part));

// --- the picture -----------------------------------------------------------

const Y = { rail: 34, mid: 86, gate: 136, upper: 176, lower: 206, h: 234, x: 256 };
const X = { left: 48, f: 84, i: 132, r: 164, sum: 174, g: 218, o: 282, end: 306 };
const WAY = { h: -9, x: 9 }; // where the two lines enter a box

/** A line through points, with a head at its end. */
function wire(...points) {
  const [x, y] = points[points.length - 1];
  const [a, b] = points[points.length - 2];
  const [ux, uy] = [Math.sign(x - a), Math.sign(y - b)];
  return `${line(points)}M${x - 5 * ux - 3.5 * uy} ${y - 5 * uy - 3.5 * ux}L${x} ${y}L${x - 5 * ux + 3.5 * uy} ${y - 5 * uy + 3.5 * ux}`;
}

function picture() {
  const path = (d, state = false) => svg("path", { class: state ? "rnn-arrow rnn-morph-rail" : "rnn-arrow", d });
  const dot = (x, y) => svg("circle", { class: "rnn-morph-dot", cx: x, cy: y, r: 2.4 });
  const word = (x, y, text, attributes = {}) => svg("text", { x, y: y + 4.5, "text-anchor": "middle", ...attributes }, text);
  const box = (x, y, text, wide = 32, high = 28, round = 4, kind = "") => svg("g", { class: `rnn-morph-box ${kind}` },
    svg("rect", { x: x - wide / 2, y: y - high / 2, width: wide, height: high, rx: round }), word(x, y, text));
  const times = (x, y) => svg("g", { class: "rnn-morph-op" }, svg("circle", { cx: x, cy: y, r: 9 }), svg("circle", { class: "rnn-morph-dot", cx: x, cy: y, r: 2.4 }));
  const plus = (x, y) => svg("g", { class: "rnn-morph-op" }, svg("circle", { cx: x, cy: y, r: 9 }), svg("path", { d: `M${x - 5} ${y}h10M${x} ${y - 5}v10` }));
  const state = (x, y, letter, sub, anchor = "middle") => word(x, y, letter, { "text-anchor": anchor }).appendChild(svg("tspan", { class: "rnn-small", dy: 3 }, sub)).parentNode;
  /** The two lines into a box from below. */
  const fed = (x, y) => [
    path(wire([x + WAY.h, Y.h], [x + WAY.h, y + 15])), dot(x + WAY.h, Y.h),
    path(wire([x + WAY.x, Y.x], [x + WAY.x, y + 15])), dot(x + WAY.x, Y.x),
  ];
  const always = () => true;
  const group = (on, ...nodes) => ({ node: svg("g", { class: "rnn-morph-part" }, ...nodes), on, key: (s) => String(on(s)) });
  const f = box(X.f, Y.gate, "f");
  const g = box(X.g, Y.gate, "g", 32, 28, 13, "rnn-morph-candidate");
  const above = Y.gate - 14;
  const gx = X.g + WAY.h;
  const pill = box(0, 0, "1 −", 28, 18, 9, "rnn-morph-pill");
  const hides = times(0, 0);
  const W = box(0, 0, "W", 24, 19, 2, "rnn-morph-W");
  const out = state(X.end + 4, Y.rail, "c", "t", "start");
  const open = svg("text", { x: X.end + 4, y: Y.rail + 4.5 });
  const elbow = (y) => path(wire([X.r + 13, 191], [X.r + 23, 191], [X.r + 23, y], [gx - 10, y]));
  const resets = (s) => s.reset;
  const parts = [
    group(always,
      path(line([[36, Y.h], [gx, Y.h]])), path(line([[36, Y.x], [X.g + WAY.x, Y.x]])), state(20, Y.x, "x", "t"), state(16, Y.h, "h", "t−1"),
      path(wire([X.left, Y.rail], [X.f - 9, Y.rail]), true), path(wire([X.f + 9, Y.rail], [X.sum - 9, Y.rail]), true), path(wire([X.sum + 9, Y.rail], [X.end, Y.rail]), true),
      path(wire([X.f, above], [X.f, Y.rail + 10])), path(wire([X.g, above], [X.g, Y.mid], [X.sum + 10, Y.mid])), path(wire([X.sum, Y.mid - 9], [X.sum, Y.rail + 10])),
      ...fed(X.f, Y.gate), ...fed(X.g, Y.gate), times(X.f, Y.rail), plus(X.sum, Y.rail), times(X.sum, Y.mid), f, g),
    group((s) => !s.tied, ...fed(X.i, Y.gate), path(wire([X.i, above], [X.i, Y.mid], [X.sum - 10, Y.mid])), box(X.i, Y.gate, "i")),
    group((s) => s.tied, dot(X.f, Y.mid), path(wire([X.f, Y.mid], [X.sum - 10, Y.mid]))),
    { node: svg("g", { class: "rnn-morph-part" }, pill), on: (s) => s.tied, key: (s) => (s.tied ? s.sign : "") },
    group((s) => s.output, state(16, Y.rail, "c", "t−1"), path(line([[36, Y.rail], [X.left, Y.rail]]), true),
      path(line([[gx, Y.h], [X.o + WAY.h, Y.h]])), path(line([[X.g + WAY.x, Y.x], [X.o + WAY.x, Y.x]])), ...fed(X.o, Y.gate),
      dot(X.o, Y.rail), path(wire([X.o, Y.rail], [X.o, Y.rail + 21])), path(wire([X.o, Y.rail + 38], [X.o, Y.mid + 3])), path(wire([X.o, above], [X.o, Y.mid + 23])),
      path(wire([X.o + 9, Y.mid + 13], [X.end, Y.mid + 13]), true), box(X.o, Y.rail + 30, "tanh", 46, 18, 9, "rnn-morph-candidate"), times(X.o, Y.mid + 13), box(X.o, Y.gate, "o"),
      out, state(X.end + 4, Y.mid + 13, "h", "t", "start")),
    group((s) => !s.output, dot(X.left, Y.h), path(line([[X.left, Y.h], [X.left, Y.rail]]), true), open),
    group(resets, ...fed(X.r, 191), box(X.r, 191, "r", 26, 26)),
    group((s) => s.reset && !s.before, elbow(Y.upper)), group((s) => s.reset && s.before, elbow(Y.lower)),
    { node: svg("g", { class: "rnn-morph-part" }, hides, W), on: resets, key: (s) => (s.reset ? String(s.before) : "") },
  ];
  const node = svg("svg", { class: "rnn-unrolled rnn-morph-cell", role: "img", viewBox: "0 12 356 254" }, ...parts.map((part) => part.node));
  const at = (each, x, y) => { each.style.transform = `translate(${x}px, ${y}px)`; };
  return {
    node,
    draw(now, was, label) {
      set(node, { "aria-label": label });
      for (const { node: part, on, key } of parts) {
        part.classList.toggle("rnn-morph-off", !on(now));
        part.classList.toggle("rnn-morph-new", Boolean(was) && on(now) && key(now) !== key(was));
      }
      const turned = isTurned(now);
      const gru = isGru(now);
      at(pill, ...(turned ? [X.f, 61] : [X.f + 34, Y.mid]));
      at(hides, gx, now.before ? Y.lower : Y.upper);
      at(W, gx, now.before ? Y.upper : Y.lower);
      f.lastChild.textContent = gru || turned ? "z" : "f";
      g.lastChild.textContent = gru ? "n" : "g";
      const low = (text) => svg("tspan", { class: "rnn-small", dy: 3 }, text);
      open.replaceChildren("h", low("t"), ...(gru ? [] : [svg("tspan", { dy: -3 }, " = c"), low("t")]));
    },
  };
}

const MARKS = ["M-3.6 0a3.6 3.6 0 1 0 7.2 0a3.6 3.6 0 1 0 -7.2 0Z", "M-3.3 -3.3H3.3V3.3H-3.3Z", "M0 -4.4L4.2 3.2H-4.2Z"];

function chart(text, T) {
  const x = scale([1, T], [32, 282]);
  const level = [0, 1, 2].map(() => ({ axis: svg("path", { class: "rnn-axis" }), text: svg("text", { x: 26, "text-anchor": "end" }) }));
  const units = MARKS.map((_, k) => ({
    was: svg("path", { class: "rnn-morph-was" }), now: svg("path", { class: "rnn-line" }),
    marks: Array.from({ length: T }, () => svg("path", { class: "rnn-morph-mark", d: MARKS[k] })),
    name: svg("text", { x: 292 }, fit(text.unit, { k: k + 1 })),
  }));
  const node = svg("svg", { class: "rnn-chart rnn-morph-chart", role: "img", viewBox: "0 0 340 176" },
    ...level.flatMap(({ axis, text: label }) => [axis, label]),
    ...Array.from({ length: T }, (_, t) => svg("text", { x: x(t + 1), y: 172, "text-anchor": "middle" }, t ? String(t + 1) : "t = 1")),
    ...["was", "now", "marks", "name"].flatMap((part) => units.map((unit, k) => svg("g", { class: `rnn-morph-unit-${k + 1}` }, ...[unit[part]].flat()))));
  return {
    node,
    draw(hs, ghost) {
      const far = Math.ceil(2 * Math.max(1, ...[...hs, ...(ghost ?? [])].flatMap((h) => Array.from(h, Math.abs)))) / 2;
      const y = scale([-far, far], [152, 10]);
      [-1, 0, 1].forEach((value, k) => {
        set(level[k].axis, { d: `M30 ${y(value)}H286` });
        set(level[k].text, { y: y(value) + 4 });
        level[k].text.textContent = show(value, 0);
      });
      const places = Array.from(hs[T - 1], y);
      // Names that would lie on each other move apart.
      const order = [0, 1, 2].sort((a, b) => places[a] - places[b]);
      for (let k = 1; k < 3; k++) places[order[k]] = Math.max(places[order[k]], places[order[k - 1]] + 16);
      const over = Math.max(0, places[order[2]] - 152);
      units.forEach((unit, k) => {
        const points = (rows) => rows.map((h, t) => [x(t + 1), y(h[k])]);
        set(unit.now, { d: line(points(hs)) });
        set(unit.was, { d: ghost ? line(points(ghost)) : null });
        points(hs).forEach(([a, b], t) => set(unit.marks[t], { transform: `translate(${a.toFixed(1)} ${b.toFixed(1)})` }));
        set(unit.name, { y: places[k] - over + 4 });
      });
    },
  };
}

let groups = 0;

function render({ model, el }) {
  const text = words(TEXT, model);
  const language = model.get("language");
  const [network, xs] = [model.get("network"), model.get("xs")];
  const begin = traits(model, [...SWITCHES, "D", "H"]);
  const presets = {
    lstm: { tied: false, output: true, reset: false }, ours: { tied: true, output: false, reset: true, sign: "keep", before: false },
    chung: { tied: true, output: false, reset: true, sign: "replace", before: true },
  };

  const change = changing(model);

  // --- the hand ----------------------------------------------------------
  const tick = (said, apply) => {
    const input = html("input", { type: "checkbox", onchange: () => change(apply(input.checked)) });
    return { input, node: html("label", { class: "rnn-morph-pick" }, input, html("span", {}, ...lowered(said))) };
  };
  const ticks = {
    tied: tick(text.tie, (on) => ({ tied: on })),
    output: tick(text.drop, (on) => ({ output: !on })),
    reset: tick(text.resets, (on) => ({ reset: on })),
  };
  /** Two radio buttons in a frame that can be closed. */
  const pair = (legend, needs, options, apply) => {
    const name = `rnn-morph-${++groups}-${Math.random().toString(36).slice(2, 8)}`;
    const inputs = options.map(([value]) => html("input", { type: "radio", name, value, onchange: () => change(apply(value)) }));
    const why = html("span", { class: "rnn-note" }, ` (${needs})`);
    const frame = html("fieldset", { class: "rnn-morph-set" }, html("legend", {}, ...lowered(legend), why),
      ...options.map(([, said], k) => html("label", { class: "rnn-morph-pick" }, inputs[k], html("span", {}, ...lowered(said)))));
    return {
      node: frame,
      show(value, open) {
        frame.disabled = !open;
        why.classList.toggle("rnn-away", open);
        inputs.forEach((input) => { input.checked = input.value === value; });
      },
    };
  };
  const signs = pair(text.names, text.needsTie, [["keep", text.keep], ["replace", text.replace]], (sign) => ({ sign, flipped: false }));
  const places = pair(text.place, text.needsReset, [["after", text.after], ["before", text.before]], (value) => ({ before: value === "before" }));
  const flip = button(text.flip, () => change({ flipped: !model.get("flipped") }), { class: "rnn-morph-flip" });
  signs.node.append(html("div", { class: "rnn-pressed" }, flip));
  const ready = Object.entries(presets).map(([name, values]) => [button(text[name], () => change({ ...values, flipped: false })), kindOfMorph({ sign: "keep", before: false, ...values })]);
  const sizes = ["D", "H"].map((name) => slider(text[name], SIZES, String, (n) => change({ [name]: n })));

  /** As at first, with no switch moved. */
  function restart() {
    last = was = null;
    change(begin);
    paint();
  }

  // --- what is seen ------------------------------------------------------
  const cell = picture();
  const plot = chart(text, xs.length);
  const title = html("p", { class: "rnn-morph-name" });
  const about = html("p", { class: "rnn-note" });
  const said = html("p", {});
  const list = html("ul", { class: "rnn-morph-lines" });
  const sample = (kind) => svg("svg", { class: "rnn-morph-key", viewBox: "0 0 26 10", width: 26, height: 10, "aria-hidden": "true" }, svg("path", { class: kind, d: "M0 5H26" }));
  const wasName = html("span");
  const wasKey = html("span", {}, sample("rnn-morph-was"), wasName);
  const apart = html("p", { class: "rnn-morph-apart" });
  const facts = html("dl", { class: "rnn-facts rnn-morph-facts" });
  const second = html("p", { class: "rnn-note rnn-morph-second" });

  el.classList.add("rnn-widget");
  el.append(
    html("div", { class: "rnn-row rnn-pressed" }, ...ready.map(([node]) => node), button(text.restart, restart)),
    html("div", { class: "rnn-morph-plate", role: "status" }, title, about, said),
    html("div", { class: "rnn-morph-pair" },
      html("div", { class: "rnn-column" },
        html("fieldset", { class: "rnn-morph-set" }, html("legend", {}, text.decisions), ...Object.values(ticks).map(({ node }) => node)), signs.node, places.node),
      html("div", { class: "rnn-column" }, html("p", { class: "rnn-heading" }, text.diagram), cell.node,
        html("p", { class: "rnn-note" }, ...lowered(`${text.keys} ${text.mark}`)))),
    html("div", { class: "rnn-morph-pair" },
      html("div", { class: "rnn-column" }, html("p", { class: "rnn-heading" }, text.equations), list),
      html("div", { class: "rnn-column" }, html("p", { class: "rnn-heading" }, ...lowered(text.chart)), plot.node,
        html("p", { class: "rnn-note rnn-stage-legend" }, html("span", {}, sample("rnn-line"), text.now), wasKey), apart)),
    html("div", { class: "rnn-morph-pair" }, html("div", { class: "rnn-column" }, html("div", { class: "rnn-controls" }, ...sizes.map(({ node }) => node)), second), facts),
  );

  // --- wiring ------------------------------------------------------------
  let last = null; // the setting that was painted last
  let was = null; // and the one before the last switch
  let written = "";

  function paint() {
    const now = effective(traits(model, SWITCHES));
    if (last && SWITCHES.some((name) => now[name] !== last[name])) was = last;
    last = now;
    const turned = isTurned(now);
    const word = told(now, was);
    // The question after a flip is whether it is z = f again.
    const other = word === "saidFlip" || word === "saidUnflip";
    const ghost = other ? { ...now, sign: "keep", flipped: false } : was;

    for (const [name, { input }] of Object.entries(ticks)) input.checked = name === "output" ? !now.output : now[name];
    signs.show(model.get("sign"), now.tied);
    places.show(model.get("before") ? "before" : "after", now.reset);
    flip.disabled = !turned;
    set(flip, { "aria-pressed": String(now.flipped) });
    const kind = kindOfMorph(now);
    ready.forEach(([node, own]) => set(node, { "aria-pressed": String(own === kind && !now.flipped) }));

    const name = nameOfMorph(now, language);
    if (written !== kind + word) { // a status that says the same twice is read out twice
      written = kind + word;
      title.textContent = name;
      about.replaceChildren(...lowered(text[ABOUT[kind] ?? "aboutMixed"]));
      said.replaceChildren(...lowered(text[word]));
    }

    const z = isGru(now) ? "z" : "f";
    cell.draw(now, was, fit(text.seen, {
      keeps: !now.tied ? text.seenApart : turned ? text.seenReplace : fit(text.seenKeep, { z }),
      out: now.output ? text.seenOut : text.seenOpen, hides: !now.reset ? text.seenPlain : now.before ? text.seenBefore : text.seenAfter,
    }));
    list.replaceChildren(...marked(now, was).map(([equation, mark]) => html("li", { class: mark && `rnn-morph-${mark}` },
      html(mark === "gone" ? "s" : "span", {}, ...lowered(equation.replace(/ \+ /g, " +\u00a0").replace(/ W/g, "\u00a0W"))), mark ? html("span", { class: "rnn-morph-tag" }, text[mark]) : "")));

    const hs = morphed(network, xs, now);
    const old = ghost && morphed(network, xs, ghost);
    plot.draw(hs, old);
    const final = Array.from(hs[hs.length - 1], (v) => show(v, 3)).join(", ");
    const heading = text.chart.replace(/_/g, "");
    set(plot.node, { "aria-label": `${heading}: ${fit(text.last, { h: final }).replace(/_/g, "")}` });
    wasKey.classList.toggle("rnn-away", !old);
    wasName.textContent = other ? text.other : text.was;
    const gap = old && Math.max(...hs.flatMap((h, t) => Array.from(h, (v, k) => Math.abs(v - old[t][k]))));
    apart.replaceChildren(...lowered(fit(text.last, { h: final })), html("br"),
      gap === null ? text.nothing : fit(text.apart, { d: gap === 0 ? text.exactly : small(gap) }));

    const [D, H] = [model.get("D"), model.get("H")];
    sizes.forEach((each, k) => each.show(k ? H : D));
    const many = (n) => n.toLocaleString("en-US");
    const { all, second: more } = count(now, D, H);
    const simple = (D + H + 1) * H;
    const letters = blocks(now).replace("f", isGru(now) || turned ? "z" : "f").replace("g", isGru(now) ? "n" : "g");
    facts.replaceChildren(...[
      [text.blocks, Array.from(letters, (k) => html("span", { class: "rnn-morph-block" }, k))],
      [text.parameters, [`${letters.length} (D + H + 1) H${more ? " + H" : ""} = `, html("b", {}, many(all))]],
      [text.simple, [`(D + H + 1) H = ${many(simple)}`]],
      [text.ratio, [fit(text.times, { ratio: show(all / simple) })]],
      [text.state, lowered(fit(now.output ? text.two : text.one, { n: now.output ? 2 * H : H }))],
    ].flatMap(([term, what]) => [html("dt", {}, term), html("dd", {}, ...what)]));
    second.replaceChildren(...lowered(!more ? text.noSecond : isGru(now) ? text.second : text.secondLstm));
  }

  return paintOn(model, [...SWITCHES, "D", "H"], paint);
}

export default { render };
