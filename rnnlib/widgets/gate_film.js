// @ts-check
import {
  button, choice, clamp, fit, html, line, paintOn, reveal, scale, set, show,
  svg, traits, words,
} from "./shared.js";
import { answer, encode, softmax, unpack } from "./recurrent.js";
import { back } from "./backward.js";
import { kindOf, record, undo, zeros } from "./gates.js";
import { power } from "./norms.js";
import { film, legend, sign } from "./film.js";

const TEXT = {
  en: {
    write: "Your text", reset: "Reset", model: "Model", which: "Maps", gates: "gates", states: "states",
    sort: "sort units by mean {gate}", none: "sort units (no gate)",
    hint: "Move along the steps with the pointer or ← →; pick a unit in a map or with ↑ ↓.",
    unknown: "Not in the vocabulary, read as “unknown”: {signs}.", long: "Only the first {most} symbols are read.", empty: "Type something: there is nothing to read yet.",
    steps: "The text, step by step", place: "step {t} of {T}: {sign}", strange: "{name}, read as “unknown”", weight: "{name}, felt {n}% of the largest",
    feels: "what the answer at step {t} feels, % of the largest", still: "what the answer still feels",
    sure: "probability of “{label}”, the answer at the end", came: "probability of the symbol that did come next",
    last: "Step {t} of {T}, “{sign}”. Asked now, it would answer {answer}. At the end: {end}.", end: "Step {t} of {T}, “{sign}”, the end. It answers {answer}.",
    every: "Step {t} of {T}. After “{sign}” it expects {answer}. What came: {next}.", final: "Step {t} of {T}. After “{sign}” it expects {answer}.",
    most: "It feels step {s}, “{sign}”, most: gradient norm {norm}.", zero: "The gradient is 0 at every step.",
    i: "input gate", f: "forget gate", o: "output gate", g: "candidate", c: "cell state", h: "hidden state", r: "reset gate", z: "update gate", n: "candidate",
    over: "0 (pale) to 1", under: "0 to −1", values: "Unit {k} of {H} at step {t}:",
    map: "{name}: a row for each of {H} units, a column for each of {T} steps", chart: "The same by lag, for all models: how far back is felt at step {t}", lag: "lag, in steps back", largest: "part of the largest",
    charted: "On a logarithmic axis, over lags 0 to {k}. {values}", ends: "At lag {k}, the first symbol:",
  },
  ko: {
    write: "읽힐 글", reset: "처음으로", model: "모델", which: "보기", gates: "게이트", states: "상태",
    sort: "유닛을 {gate}의 평균 순으로", none: "유닛을 평균 순으로(게이트 없음)",
    hint: "포인터나 ← →로 단계를 옮긴다. 유닛은 그림에서 누르거나 ↑ ↓로 고른다.",
    unknown: "어휘 집합에 없어 ‘모르는 글자’로 읽는다: {signs}.", long: "앞의 {most}개까지만 읽는다.", empty: "읽을 글이 없다. 글을 적어 보자.",
    steps: "단계별로 본 글", place: "{T}단계 중 {t}단계: {sign}", strange: "{name}, ‘모르는 글자’로 읽는다", weight: "{name}, 민감도는 최댓값의 {n}%",
    feels: "{t}단계의 답이 각 글자에 얼마나 민감한가(최댓값에 대한 %)", still: "답이 각 글자에 얼마나 민감한가",
    sure: "끝에서 내놓는 답 ‘{label}’의 확률", came: "실제로 다음에 온 글자의 확률",
    last: "{T}단계 중 {t}단계, “{sign}”. 지금 묻는다면 답은 {answer}. 끝에서는 {end}.", end: "{T}단계 중 {t}단계, “{sign}”. 끝에서 내놓는 답은 {answer}.",
    every: "{T}단계 중 {t}단계. “{sign}” 다음에 올 것으로 보는 글자는 {answer}. 실제로 온 글자는 {next}.", final: "{T}단계 중 {t}단계. “{sign}” 다음에 올 것으로 보는 글자는 {answer}.",
    most: "이 답은 {s}단계의 “{sign}”에 가장 민감하다(그레이디언트의 노름 {norm}).", zero: "어느 단계에 대해서도 그레이디언트가 0이다.",
    i: "입력 게이트", f: "망각 게이트", o: "출력 게이트", g: "후보 상태", c: "셀 상태", h: "은닉 상태", r: "리셋 게이트", z: "업데이트 게이트", n: "후보 상태",
    over: "0(옅음)부터 1", under: "0부터 −1", values: "{t}단계에서 유닛 {H}개 중 {k}번의 값:",
    map: "{name}. 줄마다 유닛 하나(모두 {H}개), 칸마다 단계 하나(모두 {T}개)", chart: "같은 값을 시차에 따라, 모든 모델에서: {t}단계의 답은 얼마나 먼 과거에 민감한가", lag: "시차(몇 단계 전)", largest: "최댓값에 대한 비",
    charted: "시차 0부터 {k}까지를 로그 축에 그린 그림. {values}", ends: "시차 {k}, 곧 첫 글자에서:",
  },
};
const MOST = 60; // symbols that are read
const WIDE = 24; // a step
const TALL = 372; // the maps, with their names
const NAME = 24; // the name of a map
const LOW = 28; // the strip of probabilities
const MAPS = {
  rnn: { gates: "h", states: "h" },
  lstm: { gates: "fio", states: "gch" },
  gru: { gates: "zr", states: "nh" },
};
const ALL = { rnn: "h", lstm: "fiogch", gru: "zrnh" };
const KEEPS = { lstm: "f", gru: "z" }; // how much of the state is kept
const STATE = ["text", "model", "at", "which", "unit", "sort"];
const [LEFT, RIGHT, TOP, BOTTOM] = [52, 412, 10, 148]; // of the chart

// --- mathematics -----------------------------------------------------------

/** The text as symbols and their numbers, and whether there was more. */
export function read(symbols, text, apart) {
  const { plain, numbers } = encode(symbols, apart ? text : text.normalize("NFC"), apart, MOST + 1);
  return { plain: plain.slice(0, MOST), numbers: numbers.slice(0, MOST), more: plain.length > MOST };
}

/** A model on a text: the caches, and what it answers after each step. */
export function reading({ cell, readout }, numbers) {
  const caches = record(cell, numbers);
  return { caches, ps: caches.map(({ h }) => softmax(answer(readout, h))) };
}

/** The norm of d log p_best(t) / dx_s for s = 0 .. t, by the caches. */
export function sensed({ cell, readout }, caches, t) {
  const p = softmax(answer(readout, caches[t].h));
  const best = p.indexOf(Math.max(...p));
  const norms = new Float64Array(t + 1);
  let dstate = { ...zeros(cell), h: back(p.map((q, k) => (k === best ? 1 : 0) - q), readout.W_hy) };
  for (let s = t; s >= 0; s--) {
    const { dx, ...before } = undo(cell, caches[s], dstate);
    norms[s] = Math.hypot(...dx);
    dstate = before;
  }
  return norms;
}

/** The units, those first whose gate is open widest in the mean. */
export function ordered(rows) {
  const sums = Array.from(rows[0] ?? [], (_, k) => rows.reduce((sum, row) => sum + row[k], 0));
  return sums.map((_, k) => k).sort((a, b) => sums[b] - sums[a]);
}

/** log10 of each number, as part of the largest; a 0 is far below. */
export function parts(norms) {
  const top = Math.max(...norms);
  return Array.from(norms, (n) => (n > 0 ? Math.log10(n / top) : -400));
}

/** A number that may be very small. */
export function brief(x) {
  if (x === 0 || (x >= 0.095 && x < 1000)) return x === 0 ? "0" : show(x);
  const [front, digits] = x.toExponential(1).split("e");
  return `${front}\u00a0×\u00a0${power(Number(digits))}`;
}

// --- picture ---------------------------------------------------------------

// What has no shape of its own is seen as a box; a direction stays inside.
const visible = (c) => sign(c).replace(/\p{C}/gu, "\u25a1").replace(/^\p{M}/u, "\u25cc$&");
const quoted = (c) => `\u2068${visible(c)}\u2069`;
const gateSample = (k) => svg("svg", { viewBox: "0 0 30 10", width: 30, height: 10, "aria-hidden": "true" },
  svg("path", { class: `rnn-gate-line rnn-gate-line-${k}`, d: "M2 5H28" }));

function render({ model, el }) {
  const text = words(TEXT, model);
  const [symbols, apart, labels, ask] = ["symbols", "apart", "labels", "ask"].map((name) => model.get(name));
  const nets = Object.entries(model.get("models")).map(([name, packed]) => {
    const params = unpack(packed);
    return { name, params, kind: kindOf(params.cell), H: params.cell.W_hh.length };
  });
  const begin = traits(model, STATE);
  const network = () => nets.find(({ name }) => name === model.get("model")) ?? nets[0];
  let now = { key: null, plain: [], numbers: [], runs: [], decades: 2 };
  let order = [];
  let hovered = false;

  function change(values, tell = true) {
    for (const [name, value] of Object.entries(values)) model.set(name, value);
    if (tell) model.save_changes();
  }
  const end = () => Math.max(0, now.plain.length - 1);
  const here = () => clamp(model.get("at"), 0, end());

  // --- the hand ----------------------------------------------------------
  const field = html("input", {
    type: "text", class: "rnn-text", maxlength: 200, spellcheck: "false", autocomplete: "off", dir: "auto",
    oninput() { // a cursor at the end stays there
      const more = read(symbols, field.value, apart).plain.length - 1;
      change({ text: field.value, at: here() === end() ? Math.max(0, more) : here() });
    },
  });
  const note = html("p", { class: "rnn-note rnn-spare rnn-gate-note" });
  const group = `rnn-gate-${Math.random().toString(36).slice(2)}`; // two widgets, two groups
  const radios = nets.map(({ name }, k) => {
    const input = html("input", { type: "radio", name: group, onchange: () => change({ model: name }) });
    return { name, input, node: html("label", { class: "rnn-gate-turn" }, input, html("span", {}, name), nets.length > 1 ? gateSample(k) : "") };
  });
  const which = choice(text.which, { gates: text.gates, states: text.states }, (value) => change({ which: value }));
  const sorts = html("input", { type: "checkbox", onchange: () => change({ sort: sorts.checked }) });
  const by = html("span");

  function look(t, focus = false) {
    const at = clamp(t, 0, end());
    change({ at });
    if (focus) columns[at].node.focus({ preventScroll: true });
  }
  function pick(by_) {
    const row = order.indexOf(framed());
    change({ unit: order[clamp(row + by_, 0, order.length - 1)] });
  }
  const framed = () => Math.min(model.get("unit"), network().H - 1);
  const moves = { ArrowRight: 1, ArrowLeft: -1, Home: -MOST, End: MOST };
  function onkeydown(event) {
    if (event.key in moves) look(here() + moves[event.key], true);
    else if (event.key === "ArrowUp" || event.key === "ArrowDown") pick(event.key === "ArrowUp" ? -1 : 1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  // --- a column for each step ---------------------------------------------
  const columns = Array.from({ length: MOST }, (_, t) => {
    const letter = html("span", { class: "rnn-gate-sign" });
    const share = html("span", { class: "rnn-gate-share" });
    const bar = html("span", { class: "rnn-gate-bar" });
    const node = button("", () => look(t), { class: "rnn-gate-step", tabindex: -1, onkeydown });
    node.append(letter, share, bar);
    return { node, letter, share, bar };
  });
  const named = (...children) => html("p", { class: "rnn-gate-name" }, ...children);
  const feels = named();
  feels.classList.add("rnn-gate-long");
  const row = html("div", { class: "rnn-gate-row", role: "group", dir: "ltr", "aria-label": text.steps }, ...columns.map(({ node }) => node));
  const sure = named();
  sure.classList.add("rnn-gate-long");
  const chance = svg("path", { class: "rnn-gate-chance" });
  const rim = svg("path", { class: "rnn-axis" });
  const strip = svg("svg", { class: "rnn-film rnn-gate-strip", height: LOW, "aria-hidden": "true" }, rim, chance);
  const maps = Array.from({ length: 3 }, () => {
    const map = film(WIDE, 1, "", 0);
    const halo = svg("rect", { class: "rnn-gate-halo", "vector-effect": "non-scaling-stroke" });
    const frame = svg("rect", { class: "rnn-frame", "vector-effect": "non-scaling-stroke" });
    map.node.append(halo, frame);
    return { ...map, halo, frame, name: named() };
  });
  const cursor = html("div", { class: "rnn-gate-cursor" });
  const sheet = html("div", {
    class: "rnn-gate-sheet",
    onpointermove: (event) => event.pointerType === "mouse" && point(event, false),
    onclick: (event) => event.detail > 0 && point(event, true), // 0: by a key
    onpointerleave: () => model.save_changes(), // a kernel hears of it once
  }, feels, row, sure, strip, ...maps.flatMap(({ name, node }) => [name, node]), cursor);
  const scroller = html("div", { class: "rnn-scroll" }, sheet);

  /** What lies under the pointer: a step, and in a map a unit. */
  function point({ clientX, clientY, target }, pressed) {
    const t = Math.floor((clientX - sheet.getBoundingClientRect().left) / WIDE);
    if (t < 0 || t > end() || target.closest?.(".rnn-gate-name")) return;
    const map = maps.find(({ node }) => node.contains(target));
    const values = { at: t };
    if (map && pressed) {
      const { top, height } = map.node.getBoundingClientRect();
      values.unit = order[clamp(Math.floor(((clientY - top) / height) * order.length), 0, order.length - 1)];
    }
    hovered = t !== here(); // what is under the pointer must not move away
    change(values, pressed);
    if (map && pressed) columns[t].node.focus({ preventScroll: true }); // for the arrow keys
  }

  // --- what is felt, by lag ------------------------------------------------
  const lines = nets.map((_, k) => svg("path", { class: `rnn-gate-line rnn-gate-line-${k}` }));
  const grid = svg("path", { class: "rnn-axis" });
  const ticks = svg("g");
  const chart = svg(
    "svg", { viewBox: "0 0 424 192", class: "rnn-chart rnn-flow-chart", role: "img" },
    grid, ticks, svg("text", { x: RIGHT, y: 188, "text-anchor": "end" }, text.lag),
    svg("svg", { x: LEFT - 4, y: TOP - 4, width: RIGHT - LEFT + 8, height: BOTTOM - TOP + 4, viewBox: `${LEFT - 4} ${TOP - 4} ${RIGHT - LEFT + 8} ${BOTTOM - TOP + 4}` }, ...lines),
  );
  const heading = html("p", { class: "rnn-heading rnn-gate-heading" });
  const ends = html("p", { class: "rnn-note" });
  const keys = nets.map(({ name }, k) => {
    const value = html("span", { class: "rnn-value" });
    return { value, node: html("li", {}, gateSample(k), html("span", { class: "rnn-name" }, name), value) };
  });

  const status = html("p", { class: "rnn-status rnn-gate-said", role: "status" });
  const values = html("p", { class: "rnn-gate-values", role: "status" });

  el.classList.add("rnn-widget");
  el.append(
    html("div", { class: "rnn-gate-top" }, html("label", { class: "rnn-field" }, text.write, field), button(text.reset, () => change(begin))), note,
    html("div", { class: "rnn-row rnn-gate-hand" },
      html("div", { class: "rnn-row", role: "radiogroup", "aria-label": text.model }, ...radios.map(({ node }) => node)),
      which.node, html("label", { class: "rnn-gate-turn" }, sorts, by)),
    status, scroller, legend(text), values, heading,
    html("div", { class: "rnn-gate-lags" }, html("div", {}, html("p", { class: "rnn-note" }, text.largest), chart),
      html("div", {}, ends, html("ul", { class: "rnn-flow-keys rnn-flow-rows" }, ...keys.map(({ node }) => node)))),
  );

  /** What depends on the text alone: all models read it. */
  function reads(key, { plain, numbers }) {
    const runs = nets.map(({ params }) => ({ ...reading(params, numbers), rows: {} }));
    const T = plain.length;
    const low = T ? Math.min(...nets.flatMap(({ params }, k) => parts(sensed(params, runs[k].caches, T - 1)))) : 0;
    const decades = clamp(2 * Math.ceil(-low / 2), 2, 12);
    now = { key, plain, numbers, runs, decades };
    columns.forEach(({ node, letter }, t) => {
      set(node, { hidden: t >= T });
      if (t >= T) return;
      letter.textContent = visible(plain[t]);
      node.classList.toggle("rnn-strange", numbers[t] === 2);
    });
    const last = Math.max(1, T - 1);
    const by_ = [1, 2, 5, 10].find((n) => last / n <= 7) ?? 10;
    const gap = decades <= 4 ? 1 : decades % 3 ? 2 : 3;
    const at = Array.from({ length: Math.floor(last / by_) + 1 }, (_, k) => k * by_);
    const levels = Array.from({ length: decades / gap + 1 }, (_, k) => -k * gap);
    const { x, y } = axes();
    set(grid, { d: levels.map((n) => `M${LEFT} ${y(n).toFixed(1)}H${RIGHT}`).join("") });
    ticks.replaceChildren(
      ...levels.map((n) => svg("text", { x: LEFT - 6, y: y(n) + 4, "text-anchor": "end" }, n ? power(n) : "1")),
      ...at.map((n) => svg("text", { x: x(n), y: BOTTOM + 17, "text-anchor": "middle" }, String(n))));
  }
  const axes = () => ({ x: scale([0, Math.max(1, now.plain.length - 1)], [LEFT, RIGHT]), y: scale([-now.decades, 0], [BOTTOM, TOP]) });

  /** The likeliest labels, and their probabilities. */
  const told = (p, most = 3) => p.map((_, k) => k).sort((a, b) => p[b] - p[a]).slice(0, most)
    .filter((k, place) => !place || p[k] >= 0.005).map((k) => `“${quoted(labels[k])}” ${show(p[k])}`).join(", ");
  const best = (p) => p.indexOf(Math.max(...p));

  function paint() {
    const written = model.get("text");
    if (field.value !== written) field.value = written;
    const found = read(symbols, written, apart);
    const key = JSON.stringify(found.plain);
    const fresh = now.key !== key;
    if (fresh) reads(key, found);
    const { plain, numbers, runs } = now;
    const T = plain.length;
    const at = here();
    const net = network();
    const { kind, H } = net;
    const run = runs[nets.indexOf(net)];
    const rows = (letter) => (run.rows[letter] ??= run.caches.map((cache) => cache[letter]));

    const strange = [...new Set(plain.filter((_, t) => numbers[t] === 2))].map(quoted);
    const problems = [
      T ? "" : text.empty, strange.length ? fit(text.unknown, { signs: strange.slice(0, 8).join(" ") }) : "",
      found.more ? fit(text.long, { most: MOST }) : "",
    ].filter(Boolean).join(" ");
    note.textContent = problems || text.hint;
    note.classList.toggle("rnn-problem", problems !== "");
    for (const { name, input } of radios) input.checked = name === net.name;
    which.show(model.get("which"));
    const gate = KEEPS[kind];
    set(which.select, { disabled: !gate });
    set(sorts, { disabled: !gate });
    sorts.checked = Boolean(gate) && model.get("sort");
    by.textContent = gate ? fit(text.sort, { gate }) : text.none;

    // The text, shaded by what is felt.
    const all = T ? nets.map(({ params }, k) => sensed(params, runs[k].caches, at)) : [];
    const norms = T ? all[nets.indexOf(net)] : [];
    const top = Math.max(0, ...norms);
    columns.slice(0, T).forEach(({ node, share, bar }, t) => {
      const part = t <= at && top > 0 ? norms[t] / top : 0;
      const n = Math.round(100 * part);
      const told_ = t > at ? "" : n || part === 0 ? String(n) : "<1";
      const place = fit(text.place, { t: t + 1, T, sign: visible(plain[t]) });
      const name = numbers[t] === 2 ? fit(text.strange, { name: place }) : place;
      share.textContent = told_;
      bar.style.height = `${(6 * part).toFixed(1)}px`;
      node.style.setProperty("--p", part.toFixed(3));
      node.classList.toggle("rnn-gate-later", t > at);
      set(node, {
        tabindex: t === at ? 0 : -1, "aria-pressed": String(t === at),
        "aria-label": t > at ? name : fit(text.weight, { name, n: told_ }),
      });
    });
    feels.textContent = T ? fit(text.feels, { t: at + 1 }) : text.still;

    // How sure it was, step by step.
    const final = T ? best(run.ps[T - 1]) : 0;
    const wanted = (t) => (ask === "last" ? final : numbers[t + 1]);
    sure.textContent = ask === "last" ? fit(text.sure, { label: T ? visible(labels[final]) : "…" }) : text.came;
    const wide = Math.max(1, T) * WIDE;
    set(strip, { width: wide, viewBox: `0 0 ${wide} ${LOW}` });
    set(rim, { d: `M0 .6H${wide}M0 ${LOW - 0.6}H${wide}` });
    set(chance, { d: plain.map((_, t) => (wanted(t) === undefined ? "" : bar_(t, run.ps[t][wanted(t)]))).join("") || null });

    // The maps: together always as high.
    const letters = MAPS[kind][model.get("which")];
    const high = TALL / letters.length - NAME;
    order = model.get("sort") && gate && T ? ordered(rows(gate)) : Array.from({ length: H }, (_, k) => k);
    const unit = framed();
    maps.forEach(({ node, show: draw, halo, frame, name }, k) => {
      const letter = letters[k];
      for (const each of [node, name]) set(each, { hidden: !letter });
      if (!letter) return;
      name.replaceChildren(html("b", {}, letter), ` ${text[letter]}`);
      draw(rows(letter), order, NONE);
      set(node, { height: high, "aria-label": fit(text.map, { name: `${letter}, ${text[letter]}`, H, T }) });
      for (const each of [halo, frame]) {
        set(each, { x: at * WIDE, y: order.indexOf(unit), width: WIDE, height: 1, visibility: T ? null : "hidden" });
      }
    });
    sheet.style.width = `${wide}px`;
    cursor.style.left = `${at * WIDE}px`;
    set(cursor, { hidden: !T });
    if (!hovered && (fresh || now.at !== at)) reveal(scroller, at * WIDE - WIDE, 3 * WIDE);
    now.at = at;
    hovered = false;

    // The words.
    const s = T ? norms.indexOf(top) : 0;
    const next = ask === "every" && at + 1 < T ? `“${quoted(plain[at + 1])}” ${show(run.ps[at][numbers[at + 1]])}` : "";
    const saying = ask === "last" ? (at === T - 1 ? text.end : text.last) : next ? text.every : text.final;
    const lineOf = !T ? text.empty : [
      fit(saying, { t: at + 1, T, sign: quoted(plain[at]), next, answer: told(run.ps[at]), end: told(run.ps[T - 1], 1) }),
      top > 0 ? fit(text.most, { s: s + 1, sign: quoted(plain[s]), norm: brief(top) }) : text.zero,
    ].join(" ");
    if (status.textContent !== lineOf) status.textContent = lineOf;
    const numbers_ = Array.from(ALL[kind], (letter) => [letter, T ? show(run.caches[at][letter][unit]) : "–"]);
    values.replaceChildren(fit(text.values, { k: unit + 1, H, t: at + 1 }),
      ...numbers_.flatMap(([letter, value]) => [" ", html("span", {}, html("b", {}, letter), ` ${value}`)]));

    // All models by lag.
    const { x, y } = axes();
    const curves = all.map((each) => parts(each).reverse());
    lines.forEach((path, k) => {
      const points = (curves[k] ?? []).map((log, lag) => [x(lag), y(Math.max(log, -now.decades - 1))]);
      set(path, { d: points.length ? `${line(points)}h0` : null });
      path.classList.toggle("rnn-gate-shown", nets[k] === net);
    });
    heading.textContent = fit(text.chart, { t: at + 1 });
    ends.textContent = fit(text.ends, { k: at });
    keys.forEach(({ value, node }, k) => {
      value.textContent = T && Math.max(...all[k]) > 0 ? brief(all[k][0] / Math.max(...all[k])) : "–";
      node.classList.toggle("rnn-gate-shown", nets[k] === net);
    });
    set(chart, { "aria-label": fit(text.charted, {
      k: at, values: `${ends.textContent} ${nets.map(({ name }, k) => `${name} ${keys[k].value.textContent}`).join(", ")}`,
    }) });
  }

  return paintOn(model, STATE, paint);
}

const NONE = []; // no signs below a map
const bar_ = (t, p) => `M${t * WIDE + 3} ${LOW - 1}v${(-p * (LOW - 2)).toFixed(1)}h${WIDE - 6}V${LOW - 1}z`;

export default { render };
