// @ts-check
import {
  button, changing, clamp, fit, html, paintOn, reveal, set, show, slider,
  stillness, svg, traits, typeset, words,
} from "./shared.js";

const TEXT = {
  en: {
    presets: "What the gates do",
    accumulate: "accumulate", latch: "latch", reset: "reset", count: "count", fade: "forget slowly",
    accumulateSaid: "f = 1 keeps everything and i = 1 lets every g in: c is the running sum of g. Set f to 0.5 at one step, and see whose share of c₁₆ shrinks.",
    latchSaid: "i opens once, at step 3, and stores 0.8. Other values of g come by a closed gate and change nothing. c is there all the time; o lets it be seen at step 14 only.",
    resetSaid: "g = 0.25 comes in at every step, and f = 0 at steps 6 and 12 erases what was there. Nothing flows back past these two steps.",
    countSaid: "Each opening of i adds 1, so c counts. o opens at steps 8 and 16: h is tanh(3) = 0.995, then tanh(5) = 0.9999. c tells 3 from 5; h hardly does.",
    fadeSaid: "f = 0.9 at every step. Half of what was written at step 2 is gone after 6.6 steps, since 0.9^6.6 = 0.5, and dc₁₆/dc_t too halves with every 6.6 steps back.",
    own: "Your own gates. A preset brings its gates back.",
    at: "Step {t}: what the gates let through", every: "the sliders set all 16 steps at once",
    i: "i, input gate", f: "f, forget gate", o: "o, output gate", g: "g, candidate",
    write: "write", keep: "keep", read: "read", value: "value",
    play: "Play", stop: "Stop", step: "Step", again: "Start over", cursor: "Step t", end: "End T",
    sheet: "Gates at 16 steps: the arrow keys move, Enter opens or closes a gate and turns the sign of g", cell: "{name}, step {t}: {v}",
    cell_state: "cell state: c_t = f_t c_{t−1} + i_t g_t", hidden: "hidden state: h_t = o_t tanh(c_t)",
    back: "backward: dc{T}/dc_t, the product of the f after t, up to f{T}", shared: "what step t wrote and c{T} still holds; all together c{T} = {c}",
    series: "{name}, steps 1 to 16: {list}", none: "after T",
    picture: "The cell at step {t}. On the belt {c0} = {vc0} comes in, f = {f} times it leaves {fc}; i = {i} times g = {g} adds {ig}: {c1} = {vc1}. tanh of it is {tanh}, o = {o} lets {h1} = {vh1} out. {back}",
    pictureBack: "Backwards {d1} = {v1}, times f, is {d0} = {v0}.", pictureNone: "Step {t} lies after T, nothing flows back.",
    noBack: "step {t} lies after T = {T}: nothing flows back",
    keepAll: "f = 1 keeps all of {c0}.", keepNone: "f = 0 erases {c0}.", keepSome: "f = {f} keeps that part of {c0}.",
    writeAll: "i = 1 adds all of g.", writeNone: "i = 0: g is not let in.", writeSome: "i = {i} adds that part of g.",
    readAll: "o = 1 shows all of tanh({c1}).", readNone: "o = 0 hides {c1}, which stays as it is.", readSome: "o = {o} shows that part of tanh({c1}).",
    backAll: "A change in {c1} reaches {cT} whole.", backNone: "A change in {c1} does not reach {cT}: {zero} = 0.", backSome: "A change in {c1} reaches {cT} {b} times as large.",
    backTiny: "Hardly anything of a change in {c1} reaches {cT}.", backSelf: "{c1} is the end itself, hence 1.", backAfter: "{c1} comes after {cT} and cannot reach it.",
    note: "Press a gate in the table to open or close it. In a trained cell x_t and h_{t−1} set the gates; here you do, in place of x_t, and W_hh = 0. The way back along c meets the forget gates and no W.",
  },
  ko: {
    presets: "게이트가 하는 일",
    accumulate: "쌓기", latch: "붙들기", reset: "지우기", count: "세기", fade: "천천히 잊기",
    accumulateSaid: "f = 1이라 모두 간직하고 i = 1이라 모든 g를 들인다. c는 g를 차례로 더한 합이다. 한 단계의 f를 0.5로 바꾸고, c₁₆에 남은 몫이 어디서 줄어드는지 보자.",
    latchSaid: "i는 3단계에서 한 번 열려 0.8을 담는다. 그 밖의 g는 닫힌 게이트에 막혀 아무것도 바꾸지 못한다. c에는 값이 내내 있지만, o가 열리는 14단계에서만 밖에 보인다.",
    resetSaid: "단계마다 g = 0.25가 들어오고, 6단계와 12단계의 f = 0이 그때까지 쌓인 것을 지운다. 거꾸로 흐르는 그레이디언트도 이 두 단계를 넘지 못한다.",
    countSaid: "i가 열릴 때마다 1을 더하므로 c는 횟수를 센다. o가 열리는 8단계와 16단계에서 h는 tanh(3) = 0.995, tanh(5) = 0.9999이다. c에서는 3과 5가 뚜렷이 다르지만 h에서는 거의 같다.",
    fadeSaid: "모든 단계에서 f = 0.9이다. 0.9^6.6 = 0.5이므로 2단계에서 쓴 값은 6.6단계 뒤에 절반이 된다. dc₁₆/dc_t도 6.6단계 거슬러 갈 때마다 절반이 된다.",
    own: "직접 정한 게이트이다. 위의 단추를 누르면 준비된 게이트로 돌아간다.",
    at: "{t}단계: 게이트가 통과시키는 것", every: "슬라이더로 16단계를 한꺼번에 바꾸기",
    i: "i 입력 게이트", f: "f 망각 게이트", o: "o 출력 게이트", g: "g 후보 상태",
    write: "쓰기", keep: "간직", read: "읽기", value: "값",
    play: "재생", stop: "멈춤", step: "한 단계", again: "처음으로", cursor: "단계 t", end: "끝 T",
    sheet: "16단계의 게이트: 화살표 키로 옮겨 다니고, Enter로 게이트를 여닫거나 g의 부호를 바꾼다", cell: "{name}, {t}단계: {v}",
    cell_state: "셀 상태: c_t = f_t c_{t−1} + i_t g_t", hidden: "은닉 상태: h_t = o_t tanh(c_t)",
    back: "역전파: dc{T}/dc_t, t 다음부터 f{T}까지 모든 f의 곱", shared: "t단계에서 쓴 것 가운데 c{T}에 남은 몫. 모두 더하면 c{T} = {c}",
    series: "{name}, 1단계부터 16단계까지: {list}", none: "T 다음",
    picture: "{t}단계의 셀. 컨베이어 벨트로 들어온 {c0} = {vc0}에 f = {f}를 곱하면 {fc}, 여기에 i = {i}와 g = {g}의 곱 {ig}를 더하면 {c1} = {vc1}. 그 tanh는 {tanh}, o = {o}를 곱하면 {h1} = {vh1}. {back}",
    pictureBack: "거꾸로는 {d1} = {v1}에 f를 곱해 {d0} = {v0}.", pictureNone: "{t}단계는 T보다 뒤라서 거꾸로 흐르는 것이 없다.",
    noBack: "{t}단계는 T = {T}보다 뒤: 거꾸로 흐르는 것이 없다",
    keepAll: "f = 1이라 {c0} 전부를 간직한다.", keepNone: "f = 0이라 {c0} 값을 지운다.", keepSome: "{c0} 가운데 f = {f}만큼 간직한다.",
    writeAll: "i = 1이라 g 전부를 더한다.", writeNone: "i = 0이라 g를 들이지 않는다.", writeSome: "g 가운데 i = {i}만큼 더한다.",
    readAll: "o = 1이라 tanh({c1}) 전부를 내보인다.", readNone: "o = 0이라 {c1} 값이 보이지 않지만, 값은 그대로 있다.", readSome: "tanh({c1}) 가운데 o = {o}만큼 내보인다.",
    backAll: "{c1}의 변화가 {cT}에 고스란히 닿는다.", backNone: "{zero} = 0이라 {c1}의 변화가 {cT}에 닿지 않는다.", backSome: "{c1}의 변화가 {b}배가 되어 {cT}에 닿는다.",
    backTiny: "{c1}의 변화가 {cT}에 거의 닿지 않는다.", backSelf: "끝 T의 셀 상태 자신이므로 1이다.", backAfter: "T보다 뒤의 단계라서 {cT}에 닿지 않는다.",
    note: "표에서 게이트를 누르면 열리거나 닫힌다. 학습한 셀에서는 x_t와 h_{t−1}이 게이트를 정하지만, 여기서는 x_t 대신 독자가 정하고 W_hh = 0이다. 셀 상태를 따라 거꾸로 가는 길에는 망각 게이트만 있고 W는 없다.",
  },
};

const GATES = ["i", "f", "o", "g"];

/** c_t = f_t c_{t-1} + i_t g_t and h_t = o_t tanh(c_t) from c_0 = 0. */
export function belt({ i, f, o, g }) {
  let before = 0;
  const c = i.map((_, t) => (before = f[t] * before + i[t] * g[t]));
  return { c, h: c.map((value, t) => o[t] * Math.tanh(value)) };
}

/** dc_T/dc_t of every step: the product of f_{t+1} to f_T; 0 after T. */
export function signal(f, T) {
  const d = f.map(() => 0);
  d[T - 1] = 1;
  for (let t = T - 1; t > 0; t--) d[t - 1] = f[t] * d[t];
  return d;
}

/** What each step wrote and c_T still holds; the sum is c_T. */
export const shares = ({ i, f, g }, T) => signal(f, T).map((d, t) => d * (i[t] * g[t]));

/** A press opens or closes a gate, and turns the sign of the candidate. */
export const pressed = (name, level) => (name === "g" ? (level ? -level : 1) : level < 0.5 ? 1 : 0);

/** A number of few signs: two decimals; a tiny one keeps a digit. */
export function few(x) {
  const size = Math.abs(x);
  if (size > 0 && size < 0.005) return x.toExponential(0).replace(/-/g, "\u2212");
  const said = show(x, size < 9.95 ? 2 : 1);
  return said.includes(".") ? said.replace(/\.?0+$/, "") : said;
}

/** The same with three digits, so that 0.995 is not taken for 1. */
export function exact(x) {
  const size = Math.abs(x);
  if (size < 0.005) return few(x);
  return show(x, size < 1 ? (size < 0.9995 ? 3 : 4) : size < 9.995 ? 2 : 1).replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "");
}

/** The next of 1, 2, 4, 8, 16 that holds all values. */
export const roof = (values) => [1, 2, 4, 8].find((top) => values.every((v) => Math.abs(v) <= top)) ?? 16;

const below = (t) => String(t).replace(/\d/g, (d) => "₀₁₂₃₄₅₆₇₈₉"[Number(d)]);
/** No line ends before or after "=". */
const whole = (said) => said.replaceAll(" = ", "\u00a0=\u00a0");
/** Words with what follows _ lowered and what follows ^ raised. */
const typed = (said) => typeset(whole(said), /(_\{[^}]*\}|_\w+|\^[\d.]+\d)/);
const held = (said) => (said.startsWith("\u2212") ? `(${said})` : said);

// --- the cell ---------------------------------------------------------------

const X = { left: 36, f: 92, i: 148, g: 202, o: 258, h: 312, right: 340, wide: 376 };
const Y = { back: 34, belt: 82, tanh: 122, mix: 142, out: 166, gate: 216, bus: 264, high: 306 };

/** A wire as thick as its value is large; dots where it carries nothing. */
function wire(kind, d) {
  const node = svg("path", { class: `rnn-cell-wire rnn-cell-${kind}`, d });
  return {
    node,
    show(value) {
      const size = Math.abs(value);
      const none = size < 0.005;
      set(node, { "stroke-width": (none ? 1.6 : 1.6 + (7 * size) / (1 + size)).toFixed(2), "stroke-dasharray": none ? "1.5 4" : null });
    },
  };
}

/** The drawing of the cell, and how to show a step in it. */
function diagram(text) {
  const name = (letter, t) => letter + below(t);
  const written = (x, y, anchor = "start", kind = "", said = "") =>
    svg("text", { x, y, "text-anchor": anchor, class: kind && `rnn-cell-${kind}` }, said);
  const wires = {
    // A gate's wire lies under what it acts on.
    f: wire("gate", `M${X.f} ${Y.gate}V${Y.belt}`), i: wire("gate", `M${X.i} ${Y.gate}V${Y.mix}H${X.g}`),
    o: wire("gate", `M${X.o} ${Y.gate}V${Y.out}H${X.h}`), g: wire("state", `M${X.g} ${Y.gate}V${Y.mix}`),
    c0: wire("state", `M2 ${Y.belt}H${X.f}`), fc: wire("state", `M${X.f} ${Y.belt}H${X.g}`), c1: wire("state", `M${X.g} ${Y.belt}H${X.wide - 9}`),
    ig: wire("state", `M${X.g} ${Y.mix}V${Y.belt}`), up: wire("state", `M${X.h} ${Y.belt}V${Y.tanh}`), tanh: wire("state", `M${X.h} ${Y.tanh}V${Y.out}`),
    h1: wire("state", `M${X.h} ${Y.out}V${Y.bus}H${X.wide - 9}`),
  };
  const later = wire("back", `M${X.wide - 2} ${Y.back}H${X.f}`);
  const sooner = wire("back", `M${X.f} ${Y.back}H12`);
  const numbers = {
    c0: written(2, Y.belt - 10), fc: written((X.f + X.g) / 2, Y.belt - 10, "middle"), c1: written(X.wide - 2, Y.belt - 10, "end"),
    ig: written(X.g + 9, 116), tanh: written(X.h - 8, Y.out - 17, "end"),
    f: written(X.f + 8, 166), i: written(X.i - 8, 186, "end"), g: written(X.g + 9, 188), o: written(X.o + 9, 198),
    h0: written(2, Y.bus - 8), h1: written(X.wide - 2, Y.bus - 8, "end"),
  };
  const names = {
    c0: written(2, Y.belt + 20, "start", "name"), c1: written(X.wide - 2, Y.belt + 20, "end", "name"),
    h0: written(2, Y.bus + 19, "start", "name"), h1: written(X.wide - 2, Y.bus + 19, "end", "name"), x: written(62, Y.high - 3, "start", "name"),
    f: written(X.f + 8, 149, "start", "name"), i: written(X.i - 8, 169, "end", "name"), g: written(X.g + 9, 171, "start", "name"), o: written(X.o + 9, 181, "start", "name"),
  };
  const d = { later: written(X.wide - 2, Y.back - 18, "end", "backward"), sooner: written(2, Y.back - 18, "start", "backward"), none: written(X.wide / 2, Y.back + 4, "middle") };
  // The same f multiplies what comes back.
  const reach = svg("path", { class: "rnn-cell-wire rnn-cell-gate", "stroke-width": 1.6, "stroke-dasharray": "5 3", d: `M${X.f} ${Y.belt}V${Y.back}` });
  const backward = svg("g", {}, reach, later.node, sooner.node, svg("path", { class: "rnn-cell-tip", d: `M2 ${Y.back}l11 -7v14Z` }),
    svg("circle", { class: "rnn-cell-op", cx: X.f, cy: Y.back, r: 9 }), svg("text", { x: X.f, y: Y.back + 5, "text-anchor": "middle" }, "×"), d.later, d.sooner);
  const op = (x, y, sign) => [svg("circle", { class: "rnn-cell-op", cx: x, cy: y, r: 10 }), svg("text", { x, y: y + 5, "text-anchor": "middle" }, sign)];
  const box = (x, y, sign) => [svg("rect", { class: "rnn-cell-box", x: x - 20, y: y - 13, width: 40, height: 26, rx: 6 }), svg("text", { x, y: y + 5, "text-anchor": "middle" }, sign)];
  const head = (x, y) => svg("path", { class: "rnn-cell-head", d: `M${x} ${y}l-11 -7v14Z` });
  const thin = (path) => svg("path", { class: "rnn-arrow", d: path });
  const feed = [X.f, X.i, X.g, X.o].map((x) => `M${x} ${Y.bus}V${Y.gate + 14}m-3.5 6L${x} ${Y.gate + 14}l3.5 6`).join("");
  const node = svg("svg", { viewBox: `0 0 ${X.wide} ${Y.high}`, class: "rnn-cell-picture", role: "img" },
    svg("rect", { class: "rnn-cell-case", x: X.left, y: Y.belt - 28, width: X.right - X.left, height: Y.high - Y.belt + 4, rx: 12 }),
    thin(`M2 ${Y.bus}H${X.o}M54 ${Y.high - 4}V${Y.bus}${feed}`), svg("circle", { class: "rnn-begin", cx: 54, cy: Y.bus, r: 2.6 }),
    ...[X.f, X.i, X.g].map((x) => svg("circle", { class: "rnn-begin", cx: x, cy: Y.bus, r: 2.6 })),
    backward, ...Object.values(wires).map((each) => each.node), head(X.wide, Y.belt), head(X.wide, Y.bus),
    ...op(X.f, Y.belt, "×"), ...op(X.g, Y.belt, "+"), ...op(X.g, Y.mix, "×"), ...op(X.h, Y.out, "×"),
    ...box(X.f, Y.gate, "σ"), ...box(X.i, Y.gate, "σ"), ...box(X.g, Y.gate, "tanh"), ...box(X.o, Y.gate, "σ"), ...box(X.h, Y.tanh, "tanh"),
    d.none, ...Object.values(numbers), ...Object.values(names));
  return {
    node,
    /** @param {Record<string, number>} v @param {number} t @param {number} T */
    show(v, t, T) {
      for (const [key, each] of Object.entries(wires)) each.show(v[key]);
      for (const [key, each] of Object.entries(numbers)) each.textContent = few(v[key]);
      for (const letter of ["c", "h"]) {
        names[`${letter}0`].textContent = name(letter, t - 1);
        names[`${letter}1`].textContent = name(letter, t);
      }
      for (const letter of GATES) names[letter].textContent = name(letter, t);
      names.x.textContent = name("x", t);
      const reached = t <= T;
      set(backward, { display: reached ? null : "none" });
      d.none.textContent = reached ? "" : fit(text.noBack, { t, T });
      const [d1, d0] = [t, t - 1].map((s) => `dc${below(T)}/dc${below(s)}`);
      d.later.textContent = `${d1} = ${few(v.d1)}`;
      d.sooner.textContent = `${d0} = ${few(v.d0)}`;
      later.show(v.d1);
      sooner.show(v.d0);
      const said = Object.fromEntries(["f", "i", "g", "o", "fc", "ig", "tanh"].map((key) => [key, few(v[key])]));
      set(node, { "aria-label": fit(text.picture, {
        ...said, t, c0: name("c", t - 1), c1: name("c", t), h1: name("h", t), vc0: few(v.c0), vc1: few(v.c1), vh1: few(v.h1),
        back: fit(reached ? text.pictureBack : text.pictureNone, { t, d1, d0, v1: few(v.d1), v0: few(v.d0) }),
      }) });
    },
  };
}

// --- the strips ---------------------------------------------------------------

/** One row of 16 bars on its own axis. */
function strip(kind, high, T) {
  const zero = svg("path", { class: "rnn-axis" });
  const rects = Array.from({ length: T }, (_, k) => svg("rect", { class: `rnn-cell-bar-${kind}`, x: k + 0.16, width: 0.68 }));
  const chart = svg("svg", { viewBox: `0 0 ${T} ${high}`, height: high, preserveAspectRatio: "none", role: "img" }, ...rects, zero);
  const name = html("span", {});
  const value = html("b", {});
  const ends = [0, 0, 0].map(() => html("span", { class: "rnn-cell-tick" }));
  const caption = html("span", {});
  const node = html("div", { class: "rnn-cell-lane" },
    html("div", { class: "rnn-cell-side", style: `height: ${high}px` }, name, value, ...ends), chart);
  return {
    nodes: [html("p", { class: `rnn-cell-caption${kind === "state" ? "" : " rnn-cell-long"}` }, caption), node],
    /** Bars, the number at the cursor, and what the row is. */
    show(values, letter, said, shown, told, list) {
      const top = roof(values);
      const low = values.some((v) => v < 0) ? -top : 0;
      const y = (v) => 2 + ((top - v) / (top - low)) * (high - 4);
      rects.forEach((rect, k) => set(rect, { y: Math.min(y(0), y(values[k])).toFixed(2), height: Math.abs(y(values[k]) - y(0)).toFixed(2) }));
      set(zero, { d: `M0 ${y(0)}H${T}` });
      [top, 0, low].forEach((v, k) => {
        ends[k].textContent = k === 2 && low === 0 ? "" : few(v);
        ends[k].style.top = `${clamp(y(v), 6, high - 6)}px`;
      });
      name.textContent = letter;
      value.textContent = shown;
      caption.replaceChildren(...typed(said));
      set(chart, { "aria-label": fit(told, { name: said, list }) });
    },
  };
}

function render({ model, el }) {
  const text = words(TEXT, model);
  const presets = model.get("presets");
  const STATE = [...GATES, "step", "end", "every"];
  const begin = traits(model, STATE);
  const T = begin.i.length;
  const steps = Array.from({ length: T }, (_, k) => k + 1);
  let timer = 0;

  const put = changing(model);
  /** What the reader does; a playing ends. */
  function change(values) {
    stop();
    put(values);
  }
  const level = (name, value) => change({
    [name]: model.get(name).map((old, k) => (model.get("every") || k + 1 === model.get("step") ? value : old)),
  });

  // --- playing ----------------------------------------------------------------
  const playing = button(text.play, () => (timer ? stop() : play()), { class: "rnn-main" });
  const further = () => put({ step: (model.get("step") % T) + 1 });
  function stop() {
    clearInterval(timer);
    timer = 0;
    playing.textContent = text.play;
  }
  function play() {
    playing.textContent = text.stop;
    timer = window.setInterval(() => {
      further();
      if (model.get("step") === T) stop();
    }, stillness() ? 2400 : 1000);
    further();
  }

  // --- the hand -----------------------------------------------------------------
  const cases = Object.keys(presets).map((name) => ({ name, node: button(text[name], () => change(presets[name])) }));
  const said = html("p", { class: "rnn-note rnn-cell-said", role: "status" });
  const heading = html("p", { class: "rnn-heading" });
  const levels = Object.fromEntries(GATES.map((name) => {
    const low = name === "g" ? -1 : 0;
    const values = Array.from({ length: name === "g" ? 41 : 21 }, (_, k) => (20 * low + k) / 20);
    return [name, slider(text[name], values, (v) => show(v), (v) => level(name, v))];
  }));
  const tick = html("input", { type: "checkbox", onchange: () => change({ every: tick.checked }) });
  const cursor = slider(text.cursor, steps, String, (step) => change({ step }));
  const end = slider(text.end, steps, String, (T_) => change({ end: T_ }));

  // --- the gates, a table of buttons with one tab stop --------------------------
  const mean = { i: text.write, f: text.keep, o: text.read, g: text.value };
  const column = (t) => (sheet.clientWidth - side()) * ((t - 1) / T);
  const side = () => numbers[0].offsetLeft;
  const gates = Object.fromEntries(GATES.map((name, row) => [name, steps.map((t) => {
    return button("", () => change({ step: t, [name]: model.get(name).map((old, k) => (k + 1 === t ? pressed(name, old) : old)) }), {
      class: `rnn-cell-gate rnn-cell-gate-${name}`, tabindex: -1,
      onfocus: () => {
        here = row;
        if (model.get("step") !== t) change({ step: t });
        rove();
      },
      onkeydown: (event) => {
        const [to, down] = { ArrowRight: [t + 1, row], ArrowLeft: [t - 1, row], Home: [1, row], End: [T, row], ArrowUp: [t, row - 1], ArrowDown: [t, row + 1] }[event.key] ?? [];
        if (to === undefined) return;
        event.preventDefault();
        event.stopPropagation();
        gates[GATES[clamp(down, 0, 3)]][clamp(to, 1, T) - 1].focus({ preventScroll: true });
      },
    });
  })]));
  let here = 0; // the row of the tab stop
  const rove = () => GATES.forEach((name, row) => gates[name].forEach((node, k) =>
    set(node, { tabindex: row === here && k + 1 === model.get("step") ? 0 : -1 })));
  const lanes = GATES.map((name) => html("div", { class: "rnn-cell-lane rnn-cell-gates" },
    html("div", { class: "rnn-cell-side" }, html("b", {}, name), ` ${mean[name]}`), ...gates[name]));
  const numbers = steps.map((t) => html("span", {}, String(t)));
  const band = html("div", { class: "rnn-cell-band" });
  const strips = { c: strip("state", 60, T), h: strip("state", 44, T), d: strip("back", 44, T), share: strip("share", 44, T) };
  const sheet = html("div", {
    class: "rnn-cell-sheet",
    // A press on a number or a bar brings the cursor there.
    onclick: (event) => {
      if (event.target.closest("button, .rnn-cell-side")) return;
      const { left, width } = numbers[0].getBoundingClientRect();
      const t = Math.floor((event.clientX - left) / width) + 1;
      if (t >= 1 && t <= T && event.target.closest(".rnn-cell-lane")) change({ step: t });
    },
  },
  html("div", { class: "rnn-cell-lane rnn-cell-head-row", "aria-hidden": "true" }, html("div", { class: "rnn-cell-side" }, "t"), ...numbers),
  html("div", { role: "group", "aria-label": text.sheet }, ...lanes),
  ...Object.values(strips).flatMap(({ nodes }) => nodes), band);
  const scroller = html("div", { class: "rnn-scroll" }, sheet);

  const cell = diagram(text);
  const facts = html("dl", { class: "rnn-facts rnn-cell-facts" });
  const told = html("p", { class: "rnn-note rnn-cell-told", role: "status" });
  el.classList.add("rnn-widget");
  el.append(
    html("p", { class: "rnn-heading" }, text.presets),
    html("div", { class: "rnn-row rnn-pressed", role: "group", "aria-label": text.presets }, ...cases.map(({ node }) => node)), said,
    html("div", { class: "rnn-cell-pair" }, html("div", {}, cell.node),
      html("div", {}, heading, html("div", { class: "rnn-controls rnn-cell-levels" }, ...GATES.map((name) => levels[name].node)),
        html("label", { class: "rnn-bench-turn" }, tick, text.every), told)), facts,
    html("div", { class: "rnn-row rnn-cell-play" }, playing, button(text.step, () => { stop(); further(); }), button(text.again, () => change(begin)),
      html("div", { class: "rnn-cell-cursors" }, cursor.node, end.node)),
    scroller, html("p", { class: "rnn-note rnn-cell-note" }, ...typed(text.note)),
  );

  let looked = begin.step;

  function paint() {
    const now = traits(model, STATE);
    const { step: t, end: T_, f } = now;
    const k = t - 1;
    const { c, h } = belt(now);
    const d = signal(f, T_);
    const share = shares(now, T_);
    const [c0, h0] = k ? [c[k - 1], h[k - 1]] : [0, 0];
    const names = { c0: `c${below(k)}`, c1: `c${below(t)}`, cT: `c${below(T_)}` };
    const [i, o, g] = [now.i[k], now.o[k], now.g[k]];

    const chosen = cases.find(({ name }) => GATES.every((gate) => presets[name][gate].every((v, s) => v === now[gate][s])));
    for (const each of cases) set(each.node, { "aria-pressed": String(each === chosen) });
    const about = chosen ? text[`${chosen.name}Said`] : text.own;
    if (said.dataset.written !== about) { // else it is read out again
      said.dataset.written = about;
      said.replaceChildren(...typed(about));
    }
    heading.textContent = fit(text.at, { t });
    for (const name of GATES) levels[name].show(now[name][k]);
    tick.checked = now.every;
    cursor.show(t);
    end.show(T_);
    cell.show({
      i, f: f[k], o, g, c0, fc: f[k] * c0, ig: i * g, c1: c[k], up: c[k], tanh: Math.tanh(c[k]), h0, h1: h[k], d1: d[k], d0: d[k] * f[k],
    }, t, T_);

    for (const name of GATES) gates[name].forEach((node, s) => {
      const value = now[name][s];
      node.textContent = show(value).replace(/\.?0+$/, "").replace("0.", ".");
      node.style.setProperty("--p", String(Math.abs(value)));
      node.classList.toggle("rnn-cell-under", value < 0);
      set(node, { "aria-label": fit(text.cell, { name: text[name], t: s + 1, v: few(value) }) });
    });
    rove();
    numbers.forEach((node, s) => {
      node.classList.toggle("rnn-cell-now", s === k);
      node.textContent = s + 1 === T_ ? `T=${T_}` : String(s + 1);
    });
    band.style.setProperty("--at", String(k / T));
    const list = (values) => values.map(few).join(", ");
    const upTo = { T: below(T_), c: exact(c[T_ - 1]) };
    strips.c.show(c, names.c1, text.cell_state, few(c[k]), text.series, list(c));
    strips.h.show(h, `h${below(t)}`, text.hidden, few(h[k]), text.series, list(h));
    const after = t > T_;
    strips.d.show(d, `d${names.cT}/d${names.c1}`, fit(text.back, upTo), after ? text.none : few(d[k]), text.series, list(d.slice(0, T_)));
    strips.share.show(share, `t = ${t}`, fit(text.shared, upTo), after ? text.none : few(share[k]), text.series, list(share.slice(0, T_)));

    const rest = steps.slice(t, T_).map((s) => `f${below(s)}`);
    const product = rest.length > 4 ? [rest[0], rest[1], "…", rest[rest.length - 1]] : rest;
    const rows = [
      [names.c1, `= f c${below(k)} + i g = ${few(f[k])} · ${held(few(c0))} + ${few(i)} · ${held(few(g))} = ${few(c[k])}`],
      [`h${below(t)}`, `= o tanh(${names.c1}) = ${exact(o)} · ${held(exact(Math.tanh(c[k])))} = ${exact(h[k])}`],
      [`d${names.cT}/d${names.c1}`, `= ${[product.join(" "), exact(d[k])].filter(Boolean).join(" = ")}`],
    ];
    facts.replaceChildren(...rows.flatMap(([dt, dd]) => [html("dt", {}, dt), html("dd", {}, ...dd.split(/ (?==)/).flatMap((part) => [html("span", {}, part), " "]))]));
    const how = (name, value) => text[name + (value === 1 ? "All" : value === 0 ? "None" : "Some")];
    const zero = steps.slice(t, T_).find((s) => f[s - 1] === 0);
    const back = after ? text.backAfter : t === T_ ? text.backSelf : d[k] !== 0 && d[k] < 0.005 ? text.backTiny
      : d[k] === 0 && !zero ? text.backTiny : how("back", d[k]);
    const sentence = whole([how("keep", f[k]), how("write", i), how("read", o), back]
      .map((each) => fit(each, { ...names, zero: `f${below(zero ?? 0)}`, f: exact(f[k]), i: exact(i), o: exact(o), b: exact(d[k]) })).join(" "));
    if (told.textContent !== sentence) told.textContent = sentence;

    if (looked !== t) reveal(scroller, column(t), side() + 40);
    looked = t;
  }

  const off = paintOn(model, STATE, paint);
  return () => {
    stop();
    off();
  };
}

export default { render };
