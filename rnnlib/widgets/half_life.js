// @ts-check
import {
  button, changing, choice, clamp, fit, html, line, paintOn, scale, set, show, slider, svg, traits, words,
} from "./shared.js";

const TEXT = {
  en: {
    dial: "forget bias b_f", starts: "Starts", f: "gate", half: "half-life", constant: "time constant", left: "what is left",
    chart: "What is left after k steps: f^k", axis: "axis", linear: "linear", logarithmic: "log", k: "step k", halfway: "half-life {h}",
    note: "f = σ(b_f) is the gate at the start of training, before input and state have moved it.",
    keyLearned: "learned", keyMixed: "some seeds", keyChance: "at chance", keySpread: "biases spread over the units",
    charted: "f^k over 0 to {K} steps at b_f = {b}: half is left after {h} steps, {p} after {k}.",
    table: "Lag table: sequences until learned, one number a seed", corner: "lag", near: "nearest to the dial", missing: "not run",
    grid: "Lag table. Arrow keys move from cell to cell; Enter on a veiled cell goes to the prediction.",
    fast: "fast", slow: "slow", dash: "at chance", veil: "not shown yet", yours: "your prediction",
    first: "Predict first: pick a cell with ?", ask: "{model}, lag {lag}: did it learn?", open: "{model}, lag {lag}: open.", done: "All cells are open.",
    yes: "Learned", no: "At chance", score: "Right: {right} of {n}",
    right: "You predicted it.", wrong: "You predicted the opposite.", either: "Some seeds did, some did not: it does not count.",
    all: "Show all", reset: "Reset", step: "{k} step", steps: "{k} steps", joint: ": ", range: "{a} to {b}",
    held: "With bias {b} the cell still holds {p} after {steps}", gone: "With bias {b} only {p} of the cell is left after {steps}",
    spread: "Its units start with biases from {low} to {high}, half-lives of {halves} steps; {p} is left after {steps}",
    simple: "No forget gate here, so the dial does not apply",
    all1: "learned in {list} sequences.", allN: "learned in {list} sequences.",
    none1: "not learned, its one seed stayed at chance.", noneN: "not learned, all {n} seeds stayed at chance.",
    some: "{m} of {n} seeds learned it, in {list} sequences; the rest stayed at chance.",
    veiled: "learned, or at chance?",
    free: "At b_f = {b} half of the cell is gone after {h} steps; after {steps} {p} is left.",
    zero: "PyTorch starts near it: until training moves the gate, every step halves the cell.", one: "Keras starts here: slower, but of 30 steps ago less than a ten-thousandth is left.",
  },
  ko: {
    dial: "망각 게이트 편향 b_f", starts: "초깃값", f: "게이트", half: "반감기", constant: "시간 상수", left: "남는 양",
    chart: "k단계 뒤 셀에 남는 양 f^k", axis: "세로축", linear: "선형", logarithmic: "로그", k: "단계 k", halfway: "반감기 {h}",
    note: "f = σ(b_f)는 입력과 은닉 상태가 아직 게이트를 움직이지 않은, 학습을 시작할 때의 값이다.",
    keyLearned: "배움", keyMixed: "일부 시드만", keyChance: "우연 수준", keySpread: "유닛마다 다른 편향의 범위",
    charted: "b_f = {b}일 때 0단계부터 {K}단계까지의 f^k. {h}단계 뒤에 절반이 남고, {k}단계 뒤에 남는 양은 {p}이다.",
    table: "시차 표: 배울 때까지 본 순차열 수(시드마다 하나)", corner: "시차", near: "다이얼에 가장 가까운 행", missing: "실험하지 않음",
    grid: "시차 표. 화살표 키로 칸을 옮겨 다니고, 가려진 칸에서 Enter를 누르면 예상하는 버튼으로 간다.",
    fast: "빠름", slow: "느림", dash: "우연 수준", veil: "아직 가려진 칸", yours: "내 예상",
    first: "먼저 예상해 보자. ?가 있는 칸을 고른다.", ask: "{model}, 시차 {lag}: 배웠을까?", open: "{model}, 시차 {lag}: 열린 칸이다.", done: "모든 칸이 열렸다.",
    yes: "배웠다", no: "우연 수준이다", score: "맞힌 칸: {n}칸 중 {right}칸",
    right: "예상이 맞았다.", wrong: "예상이 빗나갔다.", either: "시드에 따라 달라서 점수에 넣지 않는다.",
    all: "모두 보기", reset: "처음으로", step: "{k}단계", steps: "{k}단계", joint: ". ", range: "{a}~{b}",
    held: "편향이 {b}이면 {steps} 뒤에도 셀에 {p}가 남는다", gone: "편향이 {b}이면 {steps} 뒤 셀에 남는 양은 {p}뿐이다",
    spread: "유닛마다 편향이 {low}부터 {high}까지 다르게 시작해 반감기가 {halves}단계이다. {steps} 뒤에 남는 양은 {p}이다",
    simple: "망각 게이트가 없는 모델이라 다이얼과 관계가 없다",
    all1: "순차열 {list}개를 보고 배웠다.", allN: "시드마다 순차열 {list}개를 보고 배웠다.",
    none1: "하나뿐인 시드가 배우지 못하고 우연 수준에 머물렀다.", noneN: "시드 {n}개가 모두 배우지 못하고 우연 수준에 머물렀다.",
    some: "시드 {n}개 중 {m}개만 순차열 {list}개를 보고 배웠고, 나머지는 우연 수준에 머물렀다.",
    veiled: "배웠을까, 우연 수준에 머물렀을까?",
    free: "b_f = {b}이면 {h}단계 뒤에 셀의 절반이 사라지고, {steps} 뒤에 남는 양은 {p}이다.",
    zero: "PyTorch는 이 근처에서 시작한다. 학습이 게이트를 움직이기 전에는 셀이 단계마다 반으로 준다.", one: "Keras는 여기에서 시작한다. 더 느리게 줄지만 30단계 뒤에는 만분의 일도 남지 않는다.",
  },
};
const FORMULAS = { f: "f = σ(b_f)", half: "ln 2 / −ln f", constant: "1 / (1 − f)" };
const STEPS = 120; // of the chart, at least
const FLOOR = -16; // decades of its logarithmic axis
const BIASES = Array.from({ length: 81 }, (_, k) => (k - 20) / 10);

// --- mathematics -----------------------------------------------------------

const rate = (b) => Math.log1p(Math.exp(-b)); // -ln f, exact where f is near 1

/** f, half-life and time constant of a forget bias. */
export const gate = (b) => ({
  f: 1 / (1 + Math.exp(-b)), half_life: Math.LN2 / rate(b), time_constant: 1 + Math.exp(b),
});

/** f^k, what is left after k steps. */
export const kept = (b, k) => Math.exp(-k * rate(b));

/** "learned", "chance" or, where seeds differ, "mixed". */
export function verdict(solved) {
  const n = solved.filter((count) => count !== null).length;
  return n === 0 ? "chance" : n === solved.length ? "learned" : "mixed";
}

const same = (a, b) => a.model === b.model && a.lag === b.lag;

/** How many guesses were right, of how many that count. */
export function score(table, guesses) {
  let right = 0;
  let counted = 0;
  for (const guess of guesses) {
    const cell = table.find((each) => same(each, guess));
    const truth = verdict(cell ? cell.solved : []);
    if (truth !== "mixed") counted++;
    if (truth === (guess.learned ? "learned" : "chance")) right++;
  }
  return [right, counted];
}

/** 1 for the fastest, 0 for the slowest, by the logarithm. */
export const pace = (n, fastest, slowest) =>
  (slowest > fastest ? 1 - Math.log(n / fastest) / Math.log(slowest / fastest) : 1);

/** Which biases are nearest to b; null is no bias. */
export function closest(biases, b) {
  const away = biases.map((each) => (each === null ? Infinity : Math.abs(each - b)));
  const least = Math.min(...away);
  return away.map((each) => each < Infinity && each <= least + 1e-9);
}

// --- words -----------------------------------------------------------------

const raised = (n) => String(n).replace("-", "⁻").replace(/\d/g, (d) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(d)]);

/** A share by its natural logarithm: 5.4%, 2.5 × 10⁻¹⁴. */
export function share(ln) {
  const percent = 100 * Math.exp(ln);
  if (percent >= 9.95) return `${percent.toFixed(0)}%`;
  if (percent >= 0.1) return `${percent.toFixed(percent < 0.995 ? 2 : 1)}%`;
  let power = Math.floor(ln / Math.LN10);
  let digits = Math.exp(ln - power * Math.LN10).toFixed(1);
  if (digits === "10.0") [digits, power] = ["1.0", power + 1];
  return `${digits}\u00a0×\u00a010${raised(power)}`;
}

/** Steps with two digits that count, more where they are whole. */
export const duration = (x) => x.toFixed(x < 0.995 ? 2 : x < 9.95 ? 1 : 0);

const biased = (b) => show(b, Math.abs(b - Math.round(b)) < 1e-9 ? 0 : Math.abs(10 * b - Math.round(10 * b)) < 1e-9 ? 1 : 2);
const commas = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, ",");

/** Text with its b_f and f^k set low and high. */
function typed(plain) {
  const text = plain.replace(/ = /g, "\u00a0=\u00a0"); // on one line
  const parts = [];
  let from = 0;
  for (const found of text.matchAll(/\b([A-Za-z])(?:_(\w+)|\^(\w+))/g)) {
    parts.push(text.slice(from, found.index), found[1], html(found[2] ? "sub" : "sup", {}, found[2] ?? found[3]));
    from = found.index + found[0].length;
  }
  return [...parts, text.slice(from)];
}

// --- the picture -----------------------------------------------------------

const [LEFT, RIGHT, TOP, BOTTOM] = [36, 314, 18, 196];
const MARKS = {
  learned: (x, y) => [svg("circle", { class: "rnn-half-yes", cx: x, cy: y, r: 4 })],
  mixed: (x, y) => [
    svg("circle", { class: "rnn-half-some", cx: x, cy: y, r: 4 }),
    svg("path", { class: "rnn-half-yes", d: `M${x} ${y - 4}a4 4 0 0 0 0 8Z` }),
  ],
  chance: (x, y) => [svg("path", { class: "rnn-half-no", d: `M${x - 3.5} ${y - 3.5}l7 7m0 -7l-7 7` })],
};

function render({ model, el }) {
  const text = words(TEXT, model);
  const get = (name) => model.get(name);
  const STATE = ["bias", "lag", "log", "cell", "guesses", "shown"];
  const begin = traits(model, STATE);
  const change = changing(model);
  let pointed = null; // the cell under the pointer, while it is there
  let known = null; // the table that is laid out
  let rows = [];
  let lags = [];
  let K = STEPS;

  // --- the dial and its chart --------------------------------------------
  const dial = slider("", BIASES, biased, (b) => change({ bias: b, cell: {} }));
  dial.node.querySelector("label").append(...typed(text.dial));
  const starts = [0, 1, 3].map((b) => ({
    b, node: button(["0 (PyTorch)", "1 (Keras)"][b] ?? String(b), () => change({ bias: b, cell: {} })),
  }));
  const facts = ["f", "half", "constant", "left"].map((name) => ({
    name, label: html("dt", {}, text[name]), formula: html("dd", { class: "rnn-half-formula" }, ...typed(FORMULAS[name] ?? "")), value: html("dd", {}),
  }));
  const axis = choice(text.axis, { linear: text.linear, log: text.logarithmic }, (v) => change({ log: v === "log" }));
  const grid = svg("path", { class: "rnn-axis" });
  const ticks = svg("g");
  const band = svg("path", { class: "rnn-half-band" });
  const bar = svg("path", { class: "rnn-half-bar" });
  const halving = svg("path", { class: "rnn-half-halving" });
  const halved = svg("text", { class: "rnn-half-label" });
  const curve = svg("path", { class: "rnn-line" });
  const marks = svg("g");
  const cursor = svg("path", { class: "rnn-cursor" });
  const tip = svg("circle", { class: "rnn-wrong", r: 7 });
  const chart = svg(
    "svg", {
      viewBox: "0 0 330 234", class: "rnn-chart rnn-flow-chart rnn-half-chart", role: "img",
      onpointerdown: (event) => point(event), onpointermove: (event) => { if (event.buttons) point(event); },
      onpointerup: () => model.save_changes(), onpointercancel: () => model.save_changes(),
    },
    svg("rect", { class: "rnn-hit", x: LEFT, y: 0, width: RIGHT - LEFT, height: BOTTOM }),
    band, grid, ticks, svg("text", { x: RIGHT, y: 231, "text-anchor": "end" }, text.k),
    cursor, halving, bar, curve, marks, halved, tip,
  );
  function point({ clientX }) {
    const { left, width } = chart.getBoundingClientRect();
    const k = Math.round(scale([LEFT, RIGHT], [0, K])(((clientX - left) / width) * 330));
    model.set("lag", clamp(k, 0, K));
    model.set("cell", {});
  }
  let steps = slider(text.k, [0], String, () => {}); // as long as the table asks
  const stepsBox = html("div", {}, steps.node);
  const key = (truth, word) => html("li", {},
    svg("svg", { viewBox: "0 0 14 14", width: 14, height: 14, "aria-hidden": "true" }, ...MARKS[truth](7, 7)), word);

  // --- the table ---------------------------------------------------------
  const asked = html("span");
  const scored = html("p", { class: "rnn-note rnn-half-score" });
  const guessing = [true, false].map((learned) => button(learned ? text.yes : text.no, () => {
    const cell = get("cell");
    change({ guesses: [...get("guesses"), { ...cell, learned }] });
    rows.flatMap((row) => row.cells).find((each) => each && same(each.cell, cell))?.node.focus();
  }));
  const body = html("tbody");
  const head = html("tr");
  const table = html("table", { class: "rnn-half-table", role: "grid", "aria-label": text.grid }, html("thead", {}, head), body);
  const said = html("p", { class: "rnn-half-said", role: "status" });
  const open = button(text.all, () => change({ shown: true }));
  const sign = (mark, word) => html("span", {}, html("b", { "aria-hidden": "true" }, mark), ` ${word}`);
  el.classList.add("rnn-widget");
  const keySpread = html("li", {}, html("span", { class: "rnn-half-patch", "aria-hidden": "true" }), text.keySpread);
  el.append(html("div", { class: "rnn-half" },
    html("div", { class: "rnn-half-top" },
      html("div", { class: "rnn-column" },
        html("div", { class: "rnn-half-dial" }, dial.node),
        html("div", { class: "rnn-row rnn-half-starts", role: "group", "aria-label": text.starts },
          html("span", { class: "rnn-note" }, text.starts), ...starts.map(({ node }) => node)),
        stepsBox,
        html("dl", { class: "rnn-half-facts" }, ...facts.map(({ label, formula, value }) => html("div", {}, label, formula, value))),
        html("p", { class: "rnn-note" }, ...typed(text.note))),
      html("div", { class: "rnn-column" },
        html("div", { class: "rnn-half-title" }, html("p", { class: "rnn-heading" }, ...typed(text.chart)), axis.node),
        chart,
        html("ul", { class: "rnn-note rnn-half-keys" },
          key("learned", text.keyLearned), key("mixed", text.keyMixed), key("chance", text.keyChance), keySpread))),
    html("div", { class: "rnn-column" },
      html("p", { class: "rnn-heading" }, text.table),
      html("div", { class: "rnn-half-ask" }, html("p", { class: "rnn-half-asked" }, asked), html("div", { class: "rnn-row" }, ...guessing), scored),
      html("div", { class: "rnn-scroll rnn-half-scroll" }, table),
      html("div", { class: "rnn-note rnn-half-keys" },
        html("span", {}, html("i", { class: "rnn-half-ramp", "aria-hidden": "true" }), ` ${text.fast} → ${text.slow}`),
        sign("–", text.dash), sign("?", text.veil), sign("▸", text.near), sign("✓ ✗", text.yours)),
      said,
      html("div", { class: "rnn-row" }, open, button(text.reset, () => change(begin))))));

  /** A cell's dial, cursor and name, as the traits have them. */
  const go = ({ cell }) => {
    if (same(cell, get("cell")) && cell.lag === get("lag")) return;
    const { model: name, lag, bias } = cell;
    change({ lag, bias: bias ?? get("bias"), cell: { model: name, lag } });
  };
  const MOVES = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0], Home: [0, -Infinity], End: [0, Infinity] };
  function walk(event, r, c) {
    const move = MOVES[event.key];
    if (!move || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const [dr, dc] = move;
    const way = dr ? rows.map((row) => row.cells[c]) : rows[r].cells;
    const here = dr ? r : c;
    const ahead = way.map((each, k) => ({ each, k })).filter(({ each, k }) => each && (dr + dc > 0 ? k > here : k < here));
    if (dr + dc < 0) ahead.reverse();
    ahead.at(Math.abs(dc) === Infinity ? -1 : 0)?.each.node.focus();
  }

  /** Lay the table out; a kernel may send a longer one while it runs. */
  function build() {
    known = get("table");
    pointed = null;
    set(keySpread, { hidden: !known.some((cell) => cell.spread) });
    lags = [...new Set(known.map(({ lag }) => lag))].sort((a, b) => a - b);
    K = Math.max(STEPS, 20 * Math.ceil(lags.at(-1) / 20));
    steps = slider(text.k, Array.from({ length: K + 1 }, (_, k) => k), String, (k) => change({ lag: k, cell: {} }));
    stepsBox.replaceChildren(steps.node);
    head.replaceChildren(
      html("th", { scope: "col" }, text.corner), ...lags.map((lag) => html("th", { scope: "col" }, String(lag))));
    rows = [...new Set(known.map((cell) => cell.model))].map((name, r) => {
      const own = known.filter((cell) => cell.model === name);
      const near = html("span", { class: "rnn-unseen" });
      const label = html("th", { scope: "row" }, ...typed(name), near);
      const seeds = Math.max(...own.map((cell) => cell.solved.length));
      const cells = lags.map((lag, c) => {
        const cell = own.find((each) => each.lag === lag);
        if (!cell) return null;
        const each = { cell, look: "", node: /** @type {any} */ (null) };
        each.node = button("", (event) => {
          go(each);
          paint(); // a disabled button takes no focus
          (!isOpen(cell) && event.detail === 0 ? guessing[0] : each.node).focus(); // 0: by key
        }, {
          class: "rnn-half-cell", style: `--seeds: ${seeds}`, onfocus: () => go(each), onkeydown: (event) => walk(event, r, c),
          onpointerenter: ({ pointerType }) => { if (pointerType === "mouse") paint((pointed = each)); },
          onpointerleave: () => paint((pointed = null)),
        });
        return each;
      });
      const node = html("tr", {}, label, ...cells.map((each) => html("td", {},
        each ? each.node : html("span", { class: "rnn-unseen" }, text.missing))));
      return { name, bias: own[0].bias, label, near, cells, node };
    });
    body.replaceChildren(...rows.map((row) => row.node));
    // Seeds stand side by side where a broad page has room for all.
    const seeds = Math.max(...known.map((cell) => cell.solved.length));
    const longest = String(Math.max(...known.flatMap((cell) => cell.solved))).length; // null is 0
    const digits = longest + Math.floor((longest - 1) / 3) / 2; // a comma is half as wide
    table.classList.toggle("rnn-half-broad", lags.length * (seeds * (7.4 * digits + 4) + 10) <= 580);
    set(table, { style: `--lags: ${lags.length}; --digits: ${digits}` }); // below that it scrolls
  }

  // --- words and paint ---------------------------------------------------
  const guessed = (cell) => get("guesses").find((guess) => same(guess, cell));
  const isOpen = (cell) => get("shown") || Boolean(guessed(cell));

  /** What the seeds did, in words. */
  function outcome(cell) {
    const { solved } = cell;
    if (!isOpen(cell)) return text.veiled;
    const found = solved.filter((n) => n !== null);
    const many = solved.length > 1 ? "N" : "1";
    const word = { learned: text[`all${many}`], chance: text[`none${many}`], mixed: text.some }[verdict(solved)];
    return fit(word, { list: found.map(commas).join(", "), m: found.length, n: solved.length });
  }

  const span = (a, b) => (a === b ? a : fit(text.range, { a, b }));
  const halves = (low, high) => span(duration(gate(low).half_life), duration(gate(high).half_life));

  function sentence(cell, bias, k) {
    const left = (b) => share(-k * rate(b));
    const values = { b: biased(bias), p: left(bias), steps: fit(k === 1 ? text.step : text.steps, { k }), h: duration(gate(bias).half_life) };
    if (!cell) return fit(text.free, values) + (bias === 0 ? ` ${text.zero}` : bias === 1 ? ` ${text.one}` : "");
    let gated = text.simple;
    if (cell.spread) {
      const [low, high] = cell.spread;
      gated = fit(text.spread, { ...values, low: show(low, 1), high: show(high, 1), halves: halves(low, high), p: span(left(low), left(high)) });
    } else if (cell.bias !== null) gated = fit(kept(bias, k) >= 0.01 ? text.held : text.gone, values);
    return gated + text.joint + outcome(cell);
  }

  function paintChart(bias, k, cell) {
    const log = get("log");
    const x = scale([0, K], [LEFT, RIGHT]);
    const y = log ? scale([FLOOR, 0], [BOTTOM, TOP]) : scale([0, 1], [BOTTOM, TOP]);
    const at = (b, n) => (log ? y(Math.max(FLOOR, (-n * rate(b)) / Math.LN10)) : y(kept(b, n)));
    const points = (b) => Array.from({ length: K + 1 }, (_, n) => [x(n), at(b, n)]);
    const levels = log ? [0, -4, -8, -12, -16] : [0, 0.5, 1];
    set(grid, { d: levels.map((level) => `M${LEFT} ${y(level)}H${RIGHT}`).join("") });
    ticks.replaceChildren(
      ...levels.map((level) => svg("text", { x: LEFT - 5, y: y(level) + 4, "text-anchor": "end" }, log && level ? `10${raised(level)}` : log ? "1" : String(level))),
      ...[0, 1, 2, 3, 4, 5, 6].map((n) => svg("text", { x: x((n * K) / 6), y: BOTTOM + 17, "text-anchor": "middle" }, String(Math.round((n * K) / 6)))));

    const other = Boolean(cell) && cell.bias === null; // then the dial's curve is not the cell's
    const end = (FLOOR * -Math.LN10) / rate(bias); // where it leaves the logarithmic axis
    set(curve, { d: log ? line([[x(0), y(0)], end < K ? [x(end), BOTTOM] : [x(K), at(bias, K)]]) : line(points(bias)) });
    curve.classList.toggle("rnn-half-aside", other);
    const { half_life: half } = gate(bias);
    const middle = at(0, 1); // 1/2
    const [low, high] = other && cell.spread ? cell.spread : [];
    const wide = low !== undefined; // a range of half-lives, in place of the dial's
    set(halving, { display: wide ? "none" : null, d: half <= K ? `M${LEFT} ${middle}H${x(half)}V${BOTTOM}` : `M${LEFT} ${middle}H${RIGHT}` });
    const last = wide ? gate(high).half_life : half;
    halved.textContent = fit(text.halfway, { h: wide ? halves(low, high) : duration(half) }) + (last > K ? " →" : "");
    const far = last > 0.6 * K;
    set(halved, { x: far ? Math.min(x(last), RIGHT) - (last > K ? 0 : 5) : x(last) + 6, y: middle - (log ? 8 : 6), "text-anchor": far ? "end" : null });
    set(band, { d: !wide ? null : `${line([...points(high), ...points(low).reverse()])}Z` });
    const reach = (b) => x(Math.min(K, gate(b).half_life));
    set(bar, { d: !wide ? null : `M${reach(low)} ${middle - 4}v8m0 -4H${reach(high)}m0 -4v8` });

    const dots = known.filter((each) => each.bias !== null && isOpen(each));
    marks.replaceChildren(...dots.flatMap((each, n) => { // of one bias and lag: side by side
      const before = dots.slice(0, n).filter(({ bias: b, lag }) => b === each.bias && lag === each.lag).length;
      const [px, py] = [x(each.lag) + 7 * before, at(each.bias, each.lag)];
      const below = log && py >= BOTTOM; // off the axis
      return [...MARKS[verdict(each.solved)](px, py), ...(below ? [svg("path", { class: "rnn-flow-arrow", d: `M${px - 3} ${BOTTOM + 3}h6l-3 5Z` })] : [])];
    }));
    set(cursor, { d: `M${x(k)} ${TOP}V${BOTTOM}` });
    set(tip, { cx: x(k), cy: at(bias, k), display: other ? "none" : null });
    set(chart, { "aria-label": fit(text.charted, { K, b: biased(bias), h: duration(half), p: share(-k * rate(bias)), k }) });
  }

  function paintTable(bias, cell) {
    const picked = get("cell");
    const counts = known.flatMap(({ solved }) => solved).filter((n) => n !== null);
    const [fastest, slowest] = [Math.min(...counts), Math.max(...counts)];
    const near = closest(rows.map((row) => row.bias), bias);
    const flat = rows.flatMap((row) => row.cells).filter(Boolean);
    const entry = flat.find((each) => same(each.cell, picked)) ?? flat.find((each) => each.node.tabIndex === 0) ?? flat[0];
    rows.forEach((row, r) => {
      row.label.classList.toggle("rnn-half-near", near[r]);
      row.near.textContent = near[r] ? ` (${text.near})` : "";
    });
    for (const each of flat) {
      const { solved, model: name, lag } = each.cell;
      const guess = guessed(each.cell);
      const opened = isOpen(each.cell);
      const truth = verdict(solved);
      const badge = !guess ? "" : truth === "mixed" ? "±" : guess.learned === (truth === "learned") ? "✓" : "✗";
      if (each.look !== `${opened}${badge}`) {
        each.look = `${opened}${badge}`;
        each.node.replaceChildren(
          ...(opened ? solved.map((n) => (n === null ? html("span", { class: "rnn-half-dash" }, "–")
            : html("span", { class: "rnn-half-seed", style: `--p: ${pace(n, fastest, slowest).toFixed(3)}` }, commas(n)))) : ["?"]),
          ...(badge ? [html("i", { class: "rnn-half-badge" }, badge)] : []));
      }
      each.node.classList.toggle("rnn-half-veiled", !opened);
      each.node.classList.toggle("rnn-half-lit", each.cell === cell);
      const word = opened ? outcome(each.cell) : text.veil;
      set(each.node, {
        tabindex: each === entry ? 0 : -1, "aria-current": same(each.cell, picked) ? "true" : null,
        "aria-label": `${name}, ${text.corner} ${lag}: ${word}${badge ? ` ${judged(each.cell)}` : ""}`,
      });
    }
  }

  function judged(cell) {
    const guess = guessed(cell);
    const truth = verdict(cell.solved);
    if (!guess) return "";
    return truth === "mixed" ? text.either : guess.learned === (truth === "learned") ? text.right : text.wrong;
  }

  let told = "";
  function paint() {
    if (get("table") !== known) build();
    const picked = known.find((each) => same(each, get("cell")));
    // A dial or cursor that a kernel moved has left the cell.
    const fits = picked && picked.lag === get("lag") && (picked.bias === null || Math.abs(picked.bias - get("bias")) < 1e-9);
    const cell = pointed ? pointed.cell : fits ? picked : null;
    const bias = cell?.bias ?? get("bias");
    const k = clamp(cell ? cell.lag : get("lag"), 0, K);
    dial.show(bias);
    steps.show(k);
    axis.show(get("log") ? "log" : "linear");
    for (const { b, node } of starts) set(node, { "aria-pressed": String(b === bias) });
    const { f, half_life: half, time_constant: constant } = gate(bias);
    const values = { f: f.toFixed(f < 0.96 ? 2 : f < 0.99 ? 3 : 4), half: duration(half), constant: duration(constant), left: share(-k * rate(bias)) };
    for (const { name, formula, value } of facts) {
      value.textContent = values[name];
      if (name === "left") formula.replaceChildren(...typed(`f^${k}`));
    }
    paintChart(bias, k, cell);
    paintTable(bias, cell);

    const veiled = known.some((each) => !isOpen(each));
    const guess = picked && !isOpen(picked);
    for (const node of guessing) set(node, { disabled: !guess });
    set(open, { disabled: !veiled });
    const prompt = guess ? text.ask : picked && guessed(picked) ? judged(picked) : !veiled ? text.done : picked ? text.open : text.first;
    asked.replaceChildren(...typed(fit(prompt, picked ?? {})));
    const [right, n] = score(known, get("guesses"));
    scored.textContent = get("guesses").length ? fit(text.score, { right, n }) : "";
    const next = sentence(cell, bias, k);
    if (next !== told) said.replaceChildren(...typed(next));
    told = next;
  }

  return paintOn(model, ["table", ...STATE], paint);
}

export default { render };
