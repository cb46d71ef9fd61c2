// @ts-check
import {
  button, changing, clamp, fit, html, line, paintOn, random, scale, set, show,
  slider, svg, words,
} from "./shared.js";
import { answer, run, softmax, unpack } from "./recurrent.js";
import { film } from "./film.js";

const TEXT = {
  en: {
    size: "context size H", length: "your length", other: "Other digits", reset: "Reset",
    tested: "Tested on new strings", share: "repeated without a mistake", lengths: "digits in the string", guess: "guessing",
    recorded: "Recorded: {H} numbers, {n} digits: {p} of the strings without a mistake (guessing every digit: {chance}).",
    beyond: "No record for {n} digits: tested were strings of {a} to {b}.",
    chart: "The share of strings repeated without a mistake over their length, a line for each of {sizes} numbers. With {H} numbers: {list}.",
    pair: "{n} digits {p}", write: "Your digits", none: "Type some digits.",
    out: "Not in the vocabulary, left out: {signs}.", long: "Only the first {most} are read.",
    table: "What is read and what is written, place by place", read: "read", written: "written", chance: "probability",
    end: "end", slip: "not what stands there in the string", wrong: "wrong", missing: "nothing",
    said: "Read {read}, wrote {written}.", score: "{k} of {n} digits stand where they should.",
    early: "It stops too early.", late: "It does not stop in time.", whole: "With nothing silenced it writes {written}.",
    film: "The encoder's states: a row for each of {H} units, a column for each of {T} digits. The framed last column is the context vector.",
    states: "The encoder's states", context: "The framed state, the context vector: all the decoder gets",
    unit: "Silence number {i}: {value}", press: "Press a number to silence it: the decoder then reads 0 there.",
    kept: "numbers kept", many: "{k} of {H}", over: "above 0", under: "below 0", off: "silenced",
  },
  ko: {
    size: "콘텍스트 크기 H", length: "숫자열의 길이", other: "다른 숫자열", reset: "처음으로",
    tested: "새로운 숫자열로 시험한 결과", share: "하나도 틀리지 않은 비율", lengths: "숫자열의 길이", guess: "찍기",
    recorded: "기록된 값: 성분 {H}개를 거쳐 길이 {n}의 숫자열을 하나도 틀리지 않고 옮겨 쓴 비율은 {p}이다(자리마다 찍으면 {chance}).",
    beyond: "길이 {n}의 기록은 없다. 시험한 길이는 {a}부터 {b}까지이다.",
    chart: "길이에 따라 숫자열을 하나도 틀리지 않고 옮겨 쓴 비율. 선은 콘텍스트 크기 {sizes}마다 하나씩이다. 크기가 {H}일 때: {list}.",
    pair: "길이 {n}에서 {p}", write: "읽힐 숫자열", none: "숫자를 적어 보자.",
    out: "어휘 집합에 없어 빼고 읽는다: {signs}.", long: "앞의 {most}개까지만 읽는다.",
    table: "자리마다 읽은 것과 쓴 것", read: "읽은 것", written: "쓴 것", chance: "확률",
    end: "끝", slip: "그 자리의 원래 숫자와 다름", wrong: "틀림", missing: "없음",
    said: "읽은 것은 {read}, 쓴 것은 {written}.", score: "숫자 {n}개 가운데 {k}개가 제자리에 있다.",
    early: "너무 일찍 끝냈다.", late: "제때 끝내지 못했다.", whole: "아무 성분도 끄지 않으면 쓰는 것은 {written}.",
    film: "인코더의 상태. 행마다 유닛 하나(모두 {H}개), 열마다 숫자 하나(모두 {T}개). 테두리를 두른 마지막 열이 콘텍스트 벡터이다.",
    states: "인코더의 상태", context: "테두리를 두른 상태가 콘텍스트 벡터이다. 디코더는 이것만 받는다",
    unit: "{i}번 성분 끄기: {value}", press: "성분을 누르면 꺼진다. 그러면 디코더는 그 자리에서 0을 받는다.",
    kept: "남긴 성분", many: "{H}개 중 {k}개", over: "양수", under: "음수", off: "끈 성분",
  },
};
const MOST = 24; // digits that are read
const MORE = 3; // digits that may be written beyond those read
const LETTERS = 200; // that may be typed
const TALL = 128; // height of the film, whatever the number of units
const WIDE = 14;

/** Of a text the symbols that the vocabulary has, their numbers, and the rest. */
export function digits(symbols, text, most = MOST) {
  const number = new Map(symbols.map((symbol, k) => [symbol, k]));
  const all = Array.from(text);
  const known = all.filter((c) => number.has(c));
  return {
    read: known.slice(0, most), numbers: known.slice(0, most).map((c) => number.get(c)),
    out: [...new Set(all.filter((c) => !number.has(c)))], long: known.length > most,
  };
}

/** Read all, keep the last state but for the silenced units, then write the
 * likeliest token each time: after 0, the start, up to 1, the end. */
export function repeat({ encoder, decoder }, numbers, silenced, longest) {
  const states = run(encoder, numbers);
  const context = new Float64Array(encoder.W_hh.length);
  if (states.length) context.set(states[states.length - 1]);
  for (const k of silenced) if (k in context) context[k] = 0;
  const written = [];
  const chances = [];
  let h = context;
  let token = 0;
  while (numbers.length && token !== 1 && written.length < longest) {
    [h] = run(decoder.cell, [token], h);
    const p = softmax(answer(decoder.readout, h));
    token = p.indexOf(Math.max(...p));
    written.push(token);
    chances.push(p[token]);
  }
  return { states, context, written, chances };
}

/** Where a falling curve passes a level, between two of its points; or null. */
export function crossing(xs, ys, level) {
  for (let k = 1; k < xs.length; k++) {
    const [a, b] = [ys[k - 1], ys[k]];
    if (a >= level && b < level) return xs[k - 1] + ((a - level) / (a - b)) * (xs[k] - xs[k - 1]);
  }
  return null;
}

// What has no shape of its own is seen as a box, and hides nothing around it.
const visible = (sign) => sign.replace(/[\p{C}\p{M}\p{Z}]/gu, "\u25a1");

function render({ model, el }) {
  const text = words(TEXT, model);
  const symbols = model.get("symbols");
  const sizes = model.get("sizes");
  const lengths = model.get("lengths");
  const accuracy = model.get("accuracy");
  const largest = Math.max(...sizes);
  const begin = { size: model.get("size"), text: model.get("text"), silenced: [] };
  const guess = (n) => 1 / (symbols.length - 3) ** n;
  const power = (n) => `${symbols.length - 3}\u207b${String(n).replace(/\d/g, (d) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(d)])}`;
  const networks = {};
  const network = (H) => (networks[H] ??= unpack(model.get("models")[H]));
  const rng = random(31);
  let spare = []; // digits to go on with when the string is made longer

  const change = changing(model);

  // --- the record --------------------------------------------------------
  const [first, last] = [lengths[0], lengths[lengths.length - 1]];
  const x = scale([first, last], [30, 282]);
  const y = scale([0, 1], [158, 22]);
  const points = (row) => row.map((p, k) => [x(lengths[k]), y(p)]);
  const curves = sizes.map((H, k) => svg("g", { class: "rnn-record" },
    svg("path", { d: line(points(accuracy[k])) }),
    ...points(accuracy[k]).map(([cx, cy]) => svg("circle", { cx, cy, r: 2.6 }))));
  // A name stands where its line falls through a level of its own; a line
  // that never falls has it at its end, and no two names there touch.
  let free = Infinity;
  const ends = new Map(sizes.map((_, k) => [k, accuracy[k][lengths.length - 1]]));
  const level = (k) => 0.8 - (0.6 * k) / Math.max(1, sizes.length - 1);
  const tags = sizes.map((H, k) => {
    const at = crossing(lengths, accuracy[k], level(k));
    if (at !== null) ends.delete(k);
    return svg("text", { class: "rnn-record-name", x: at === null ? 288 : x(at) + 5, y: at === null ? 0 : y(level(k)) + 1 }, String(H));
  });
  for (const [k, p] of [...ends].sort((a, b) => a[1] - b[1])) {
    free = Math.min(y(p) + 4, free - 13);
    set(tags[k], { y: free });
  }
  const cursor = svg("path", { class: "rnn-cursor" });
  const tip = svg("circle", { class: "rnn-tip", r: 4.5 });
  const every = lengths.length > 12 ? 2 : 1;
  const chart = svg(
    "svg", { viewBox: "0 0 310 196", class: "rnn-chart", role: "img" },
    ...[0, 0.5, 1].flatMap((p) => [
      svg("path", { class: "rnn-axis", d: `M26 ${y(p)}H286` }),
      svg("text", { x: 21, y: y(p) + 4, "text-anchor": "end" }, p === 0.5 ? "0.5" : String(p)),
    ]),
    ...lengths.filter((_, k) => k % every === 0).map((n) => svg("text", { x: x(n), y: 173, "text-anchor": "middle" }, String(n))),
    svg("text", { x: 286, y: 190, "text-anchor": "end" }, text.lengths),
    svg("text", { x: 4, y: 9 }, text.share),
    svg("path", { class: "rnn-guess", d: line(points(lengths.map(guess))) }),
    svg("text", { x: x(first) + 3, y: y(Math.max(guess(first), 0.1)) - 3 }, text.guess),
    cursor, ...curves, ...tags, tip,
  );
  const size = slider(text.size, sizes, String, (H) => change({ size: H, silenced: [] }));
  const length = slider(text.length, Array.from({ length: MOST }, (_, k) => k + 1), String, (n) => resize(n));
  const recorded = html("p", { class: "rnn-status rnn-recorded", role: "status" });

  const draw = () => symbols[3 + Math.floor(rng() * (symbols.length - 3))];
  /** Cut the string, or go on with what was cut off before, then by lot. */
  function resize(n) {
    const { read } = digits(symbols, model.get("text"));
    if (spare.slice(0, read.length).join("") !== read.join("")) spare = read;
    while (spare.length < n) spare.push(draw());
    change({ text: spare.slice(0, n).join("") });
  }

  // --- read and written --------------------------------------------------
  const field = html("input", {
    type: "text", class: "rnn-text", maxlength: LETTERS, spellcheck: "false", autocomplete: "off", inputmode: "numeric",
    dir: "ltr", oninput: () => change({ text: field.value }),
  });
  const other = button(text.other, () => {
    const n = digits(symbols, model.get("text")).read.length || 5;
    change({ text: Array.from({ length: n }, draw).join("") });
  });
  const note = html("p", { class: "rnn-note rnn-problem rnn-spare" });
  const lines = ["read", "written", "chance"].map((name) => ({
    name, node: html("tr", { class: `rnn-copy-${name}` }, html("th", { scope: "row" }, text[name])),
  }));
  const columns = Array.from({ length: MOST + MORE }, (_, t) => {
    const cells = lines.map(({ node }) => {
      const cell = html("td");
      node.append(cell);
      return cell;
    });
    return cells;
  });
  const table = html("table", { class: "rnn-copy", "aria-label": text.table }, html("tbody", {}, ...lines.map(({ node }) => node)));
  const status = html("p", { class: "rnn-status rnn-copied", role: "status" });

  // --- the encoder and the context ---------------------------------------
  const strips = {};
  const reel = html("div", { class: "rnn-scroll rnn-reel", tabindex: 0, role: "group", "aria-label": text.states });
  const kept = slider(text.kept, Array.from({ length: largest + 1 }, (_, k) => k), String, (k) =>
    change({ silenced: Array.from({ length: model.get("size") - k }, (_, j) => k + j) }));
  const range = kept.node.querySelector("input");
  const keptOut = kept.node.querySelector("output");
  let tab = 0; // the unit that the tab key reaches
  function walk(event, k) {
    const H = model.get("size");
    const top = units[0].node.offsetTop;
    const across = units.slice(0, H).filter(({ node }) => node.offsetTop === top).length;
    const to = {
      ArrowRight: k + 1, ArrowLeft: k - 1, ArrowDown: k + across, ArrowUp: k - across, Home: 0, End: H - 1,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    if (to >= 0 && to < H) units[to].node.focus();
  }
  function reach(k) {
    tab = k;
    units.forEach(({ node }, j) => set(node, { tabindex: j === k ? 0 : -1 }));
  }
  const units = Array.from({ length: largest }, (_, k) => {
    const bar = html("span", { class: "rnn-pole" });
    const node = button("", () => {
      const off = model.get("silenced");
      change({ silenced: off.includes(k) ? off.filter((j) => j !== k) : [...off, k].sort((a, b) => a - b) });
    }, {
      class: "rnn-unit", tabindex: k ? -1 : 0, onkeydown: (event) => walk(event, k), onfocus: () => reach(k),
    });
    node.append(bar);
    return { node, bar };
  });
  const context = html("div", { class: "rnn-context", role: "group", "aria-label": text.context }, ...units.map(({ node }) => node));
  const swatch = (kind) => html("span", { class: `rnn-swatch ${kind}` });

  el.classList.add("rnn-widget");
  el.append(
    html("p", { class: "rnn-heading" }, text.tested),
    html("div", { class: "rnn-columns rnn-wide-left" },
      html("div", { class: "rnn-column" }, chart),
      html("div", { class: "rnn-column" },
        html("div", { class: "rnn-controls rnn-narrow" }, size.node, length.node), recorded,
        html("label", { class: "rnn-field" }, text.write, field),
        html("div", { class: "rnn-row" }, other, button(text.reset, () => change(begin))), note)),
    html("div", { class: "rnn-scroll", tabindex: 0, role: "group", "aria-label": text.table }, table),
    html("p", { class: "rnn-note rnn-legend" }, html("span", { class: "rnn-swatch rnn-swatch-slip" }), text.slip),
    html("div", { class: "rnn-pipe" },
      html("div", { class: "rnn-column" }, html("p", { class: "rnn-heading" }, text.states), reel),
      html("div", { class: "rnn-column" }, html("p", { class: "rnn-heading" }, text.context), context)),
    html("div", { class: "rnn-controls rnn-narrow rnn-keep" }, kept.node),
    html("div", { class: "rnn-column" },
      html("p", { class: "rnn-note rnn-legend" }, swatch("rnn-swatch-over"), text.over, swatch("rnn-swatch-under"), text.under,
        swatch("rnn-swatch-off"), text.off),
      html("p", { class: "rnn-note" }, text.press), status),
  );

  const sign = (k) => (k === 1 ? text.end : k < 3 ? "\u25a1" : symbols[k]);
  const spell = (numbers) => numbers.filter((k) => k !== 1).map(sign).join("") || text.missing;

  function paint() {
    const H = model.get("size");
    const typed = model.get("text");
    const silenced = model.get("silenced").filter((k) => k >= 0 && k < H);
    const { read, numbers, out, long } = digits(symbols, typed);
    const n = read.length;
    const { states, context: c, written, chances } = repeat(network(H), numbers, silenced, n + MORE);
    size.show(H);
    length.show(clamp(n, 1, MOST));
    if (field.value !== typed) field.value = typed;

    // The record.
    const row = sizes.indexOf(H);
    curves.forEach((curve, k) => curve.classList.toggle("rnn-chosen", k === row));
    tags.forEach((tag, k) => tag.classList.toggle("rnn-chosen", k === row));
    chart.insertBefore(curves[row], tags[0]); // over the others
    const at = lengths.indexOf(n);
    const within = n >= first && n <= last;
    set(cursor, { d: within ? `M${x(n)} ${y(0)}V${y(1)}` : null });
    set(tip, at < 0 ? { visibility: "hidden" } : { visibility: null, cx: x(n), cy: y(accuracy[row][at]) });
    const list = lengths.map((m, k) => fit(text.pair, { n: m, p: show(accuracy[row][k]) })).join(", ");
    set(chart, { "aria-label": fit(text.chart, { sizes: sizes.join(", "), H, list }) });
    recorded.textContent = at >= 0
      ? fit(text.recorded, { H, n, p: show(accuracy[row][at]), chance: power(n) })
      : n ? fit(text.beyond, { a: first, b: last, n }) : text.none;

    // What is read, what is written.
    const strange = out.slice(0, 6).map(visible).join(" ") + (out.length > 6 ? " \u2026" : "");
    note.textContent = [out.length ? fit(text.out, { signs: strange }) : "", long ? fit(text.long, { most: MOST }) : ""].filter(Boolean).join(" ");
    const wanted = n ? [...numbers, 1] : [];
    columns.forEach((cells, t) => {
      const seen = t < Math.max(wanted.length, written.length);
      const wrong = seen && wanted[t] !== written[t];
      const values = [
        t < wanted.length ? sign(wanted[t]) : "", t < written.length ? sign(written[t]) : seen ? "\u2013" : "",
        t < written.length ? show(chances[t]) : "",
      ];
      cells.forEach((cell, k) => {
        set(cell, { hidden: !seen });
        cell.replaceChildren(values[k], k === 1 && wrong ? html("span", { class: "rnn-unseen" }, ` (${text.wrong})`) : "");
        cell.classList.toggle("rnn-slip", k === 1 && wrong);
        cell.classList.toggle("rnn-ending", k < 2 && [wanted, written][k][t] === 1);
      });
    });
    const right = numbers.filter((k, t) => written[t] === k).length;
    const stop = written.indexOf(1);
    status.textContent = n ? [
      fit(text.said, { read: read.join(""), written: spell(written) }), fit(text.score, { k: right, n }),
      stop < 0 || stop > n ? text.late : stop < n ? text.early : "",
      silenced.length ? fit(text.whole, { written: spell(repeat(network(H), numbers, [], n + MORE).written) }) : "",
    ].filter(Boolean).join(" ") : text.none;

    // The encoder's states, and the last of them.
    const strip = (strips[H] ??= { ...film(WIDE, TALL / H, ""), order: Array.from({ length: H }, (_, k) => k) });
    if (reel.firstChild !== strip.node) reel.replaceChildren(strip.node);
    strip.show(states, strip.order, read, n - 1);
    set(strip.node, { "aria-label": fit(text.film, { H, T: n }) });
    set(range, { max: H });
    kept.show(H - silenced.length);
    const many = fit(text.many, { k: H - silenced.length, H });
    keptOut.textContent = `${H - silenced.length} / ${H}`;
    set(range, { "aria-valuetext": many });
    context.style.setProperty("--few", String(Math.min(H, 8)));
    context.style.setProperty("--many", String(Math.min(H, 16)));
    units.forEach(({ node, bar }, k) => {
      set(node, { hidden: k >= H });
      if (k >= H) return;
      const off = silenced.includes(k);
      // Its own value also while it is silenced: that is what is lost.
      const value = n ? states[n - 1][k] : 0;
      bar.style.height = `${50 * Math.abs(c[k])}%`;
      bar.style[value < 0 ? "bottom" : "top"] = "auto";
      bar.style[value < 0 ? "top" : "bottom"] = "50%";
      bar.classList.toggle("rnn-low", value < 0);
      const name = fit(text.unit, { i: k + 1, value: show(value) });
      set(node, { "aria-pressed": String(off), "aria-label": name, title: name });
    });
    if (tab >= H) reach(0);
    // Last: it asks for the layout of all that has changed.
    reel.scrollLeft = reel.scrollWidth;
  }

  return paintOn(model, ["size", "text", "silenced"], paint);
}

export default { render };
