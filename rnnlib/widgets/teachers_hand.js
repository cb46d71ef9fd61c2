// @ts-check
import {
  button, changing, clamp, fit, html, paintOn, reveal, set, show, slider, svg,
  traits, words,
} from "./shared.js";
import { answer, encode, run, softmax, unpack } from "./recurrent.js";

const TEXT = {
  en: {
    number: "A number", any: "Any number", examples: "Examples", write: "Input", truth: "The teacher’s answer", when: "after update",
    led: "All from the teacher", alone: "All its own", slip: "Wrong token at step {k}", on: "Write one step", again: "Write anew", back: "One step back", all: "Write all", reset: "Reset",
    table: "What the decoder reads and writes at each step", step: "step", right: "right", writes: "writes", state: "state", reads: "reads", from: "from",
    teacher: "teacher", own: "own", choose: "What step {u} reads", wrong: "✗ {token}", start: "start", end: "end", unknown: "?",
    look: "step {u}", correct: "right", mistaken: "wrong", laneTeacher: "Teacher forcing", laneOwn: "Free running",
    afterTeacher: "Teacher forcing after step {k}", afterOwn: "Free running after step {k}", score: "{a} of {U} right, cross-entropy {loss}", none: "nothing written yet",
    title: "Step {u} reads {x}, {source}, and finds likeliest:", later: "Step {u} is not written yet. What will it say?",
    byStart: "as every answer begins", byTeacher: "handed over by the teacher", byOwn: "which it wrote itself", byWrong: "a wrong token",
    isLed: "Teacher forcing: each step reads the right token, whatever the decoder wrote before.", isAlone: "Free running: each step reads what the decoder itself wrote before.",
    isMixed: "Some steps read the teacher’s token, some the decoder’s own.", isWrong: "Step {k} reads the wrong token {token}.",
    yours: "Right with your switches: {a} of {U}.", partly: "Steps written so far: {n}, right: {a}.", first: "Nothing is written yet. Guess the first token.",
    same: "With the teacher or alone it writes the same: where there is no mistake, there is none to read again.", flatters: "Right with the teacher: {a} of {U}, alone: only {b}. The first count flatters: the teacher hid each mistake from the step after it.",
    equal: "Right with the teacher: {a} of {U}, alone: {b}.", derails: "Right among the {m} tokens after it: {a} when the teacher goes on, {b} when the decoder reads its own. There one mistake feeds the next.",
    recovers: "Right among the {m} tokens after it: {a} when the teacher goes on, {b} when the decoder reads its own.", last: "No token is left after it.",
    help: "The right answer follows the number.", yourself: "Not a number in words: write the right answer yourself.", strange: "Not in the vocabulary, read as “unknown”: {signs}",
  },
  ko: {
    number: "수", any: "아무 수나", examples: "보기", write: "입력", truth: "교사가 아는 정답", when: "갱신 횟수",
    led: "모두 교사에게서", alone: "모두 자기 출력", slip: "{k}단계에 틀린 토큰 넣기", on: "한 단계 쓰기", again: "처음부터 쓰기", back: "한 단계 뒤로", all: "끝까지 쓰기", reset: "처음으로",
    table: "디코더가 단계마다 읽는 것과 쓰는 것", step: "단계", right: "정답", writes: "쓴 것", state: "상태", reads: "읽은 것", from: "출처",
    teacher: "교사", own: "자신", choose: "{u}단계가 읽을 것", wrong: "✗ {token}", start: "시작", end: "종료", unknown: "?",
    look: "{u}단계", correct: "맞음", mistaken: "틀림", laneTeacher: "티처 포싱", laneOwn: "자유 실행",
    afterTeacher: "{k}단계 다음부터 티처 포싱", afterOwn: "{k}단계 다음부터 자유 실행", score: "{U}개 가운데 {a}개 맞음, 크로스 엔트로피 {loss}", none: "아직 쓴 것이 없다",
    title: "{u}단계가 읽은 것: {x}({source}). 그다음 토큰의 확률:", later: "{u}단계는 아직 쓰지 않았다. 무엇을 쓸까?",
    byStart: "모든 답의 첫머리", byTeacher: "교사가 건넨 정답", byOwn: "디코더 자신이 쓴 것", byWrong: "틀린 토큰",
    isLed: "티처 포싱: 디코더가 앞에서 무엇을 썼든 모든 단계가 정답 토큰을 읽는다.", isAlone: "자유 실행: 모든 단계가 디코더 자신이 바로 앞에서 쓴 토큰을 읽는다.",
    isMixed: "어떤 단계는 교사의 토큰을, 어떤 단계는 자기 출력을 읽는다.", isWrong: "{k}단계는 틀린 토큰을 읽는다: {token}.",
    yours: "지금의 스위치로는 {U}개 가운데 {a}개가 맞다.", partly: "{n}단계까지 썼고 그 가운데 {a}개가 맞다.", first: "아직 아무것도 쓰지 않았다. 첫 토큰을 짐작해 보자.",
    same: "교사가 이끌 때나 혼자 쓸 때나 답이 같다. 실수가 없으니 다시 읽을 실수도 없다.", flatters: "교사가 이끌면 {U}개 가운데 {a}개, 혼자 쓰면 {b}개만 맞다. 앞의 점수는 실력보다 높다. 디코더가 실수할 때마다 교사가 다음 단계에는 정답을 보여 주었기 때문이다.",
    equal: "{U}개 가운데 교사가 이끌면 {a}개, 혼자 쓰면 {b}개가 맞다.", derails: "그 뒤의 토큰 {m}개 가운데 교사가 계속 이끌면 {a}개, 자기 출력을 읽으면 {b}개가 맞다. 혼자 쓸 때는 실수가 다음 실수를 부른다.",
    recovers: "그 뒤의 토큰 {m}개 가운데 교사가 계속 이끌면 {a}개, 자기 출력을 읽으면 {b}개가 맞다.", last: "그 뒤에 남은 토큰이 없다.",
    help: "수를 바꾸면 정답도 따라 바뀐다.", yourself: "수를 말로 적은 것이 아니다. 정답을 직접 적어 주자.", strange: "어휘 집합에 없어 ‘모르는 글자’로 읽는다: {signs}",
  },
};
const MOST = 60; // characters of an input
const LONGEST = 12; // tokens of an answer, its end included
const LANES = ["teacher", "own"];
const SHOWN = 5; // bars
const HEAD = 62; // the table's measure, as in widgets.css
const WIDE = 70;

// --- mathematics -----------------------------------------------------------
const ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(" ");
const TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split(" ");

/** How a number from 0 to 9999 is said, as rnnlib.tasks.number_words. */
export function numberWords(n, language) {
  if (language === "ko") {
    const said = ["천", "백", "십", ""].map((name, k) => {
      const digit = Math.floor(n / 10 ** (3 - k)) % 10;
      return digit ? (digit === 1 && name ? "" : "영일이삼사오육칠팔구"[digit]) + name : "";
    });
    return said.join("") || "영";
  }
  const parts = [];
  if (n >= 1000) parts.push(ONES[Math.floor(n / 1000)], "thousand");
  if (n % 1000 >= 100) parts.push(ONES[Math.floor((n % 1000) / 100)], "hundred");
  const rest = n % 100;
  if (rest >= 20) parts.push(TENS[Math.floor(rest / 10) - 2] + (rest % 10 ? `-${ONES[rest % 10]}` : ""));
  else if (rest || !parts.length) parts.push(ONES[rest]);
  return parts.join(" ");
}

/** The tokens of a text: what counts of it, and the end if it is an answer. */
export function tokens(symbols, text, most, end = false) {
  const { plain, numbers } = encode(symbols, text.normalize("NFC"), false, most);
  return { plain, numbers: end ? [...numbers, 1] : numbers };
}

/** The state in which the encoder ends. */
export function context({ encoder }, numbers) {
  const hs = run(encoder, numbers);
  return hs.length ? hs[hs.length - 1] : new Float64Array(encoder.W_hh.length);
}

const likeliest = (p) => p.indexOf(Math.max(...p));

/** Write until the end would be read. switches[u] says what step u reads: the
 * "teacher"'s token before it, its "own", or this token. */
export function write({ cell, readout }, start, switches, truth, longest = LONGEST) {
  let h = start;
  const fed = [0];
  const said = [];
  const chances = [];
  for (let u = 0; u < longest; u++) {
    [h] = run(cell, [fed[u]], h);
    chances.push(softmax(answer(readout, h)));
    said.push(likeliest(chances[u]));
    const from = switches[u + 1];
    // A teacher who has no more to say ends.
    const next = from === "own" ? said[u] : from === "teacher" ? truth[u] ?? 1 : from;
    if (u + 1 === longest || next === 1) break;
    fed.push(next);
  }
  const n = Math.min(said.length, truth.length);
  const losses = chances.slice(0, n).map((p, u) => -Math.log(Math.max(p[truth[u]], 1e-300)));
  return { fed, said, chances, losses, hits: said.map((k, u) => k === truth[u]) };
}

/** The last step, from 0, that reads a wrong token; 0 if none does. */
export function lastWrong({ fed }, switches) {
  let last = 0;
  for (let u = 1; u < fed.length; u++) if (typeof switches[u] === "number") last = u;
  return last;
}

/** Led, and left alone, from the last wrong token on. */
export function lanes(decoder, start, switches, truth, longest = LONGEST) {
  const last = lastWrong(write(decoder, start, switches, truth, longest), switches);
  return Object.fromEntries(LANES.map((name) => [name,
    write(decoder, start, switches.map((from, u) => (u <= last && last ? from : name)), truth, longest)]));
}

/** The likeliest wrong token; after one, the next likely. */
export function slip(p, right, before) {
  const order = Array.from(p, (_, k) => k).filter((k) => k > 2 && k !== right).sort((a, b) => p[b] - p[a]);
  return order[(order.indexOf(before) + 1) % order.length];
}

const mean = (values) => values.reduce((sum, x) => sum + x, 0) / values.length;
const count = (hits, from = 0, to = Infinity) => hits.slice(from, to).filter(Boolean).length;
// What has no shape of its own is seen as a box.
const visible = (sign) => sign.replace(/[\p{C}\s]/gu, "\u2423");

function render({ model, el }) {
  const text = words(TEXT, model);
  const symbols = model.get("target");
  const [said, answered] = model.get("spoken");
  const updates = model.get("snapshots").map(({ update }) => update);
  const begin = traits(model, ["text", "truth", "update", "switches", "shown", "at"]);
  const name = (k) => [text.start, text.end, text.unknown][k] ?? visible(symbols[k]);

  const change = changing(model);

  // --- what is computed, once for each change ------------------------------
  const networks = new Map();
  function network() {
    const update = model.get("update");
    if (!networks.has(update)) {
      networks.set(update, unpack((model.get("snapshots").find((s) => s.update === update)).weights));
    }
    return networks.get(update);
  }
  let cache = { key: "", input: null, right: null, main: null, both: null, n: 0, last: 0 };
  function now() {
    const key = JSON.stringify(["update", "text", "truth", "switches"].map((trait) => model.get(trait)));
    if (cache.key === key) return cache;
    const input = tokens(model.get("source"), model.get("text"), MOST);
    const right = tokens(symbols, model.get("truth"), LONGEST - 1, true);
    const { decoder } = network();
    const start = context(network(), input.numbers);
    const switches = model.get("switches");
    const main = write(decoder, start, switches, right.numbers);
    const both = lanes(decoder, start, switches, right.numbers);
    const n = Math.max(right.numbers.length, ...[main, both.teacher, both.own].map((lane) => lane.said.length));
    cache = { key, input, right, main, both, n, last: lastWrong(main, switches) };
    return cache;
  }

  // --- what is asked -------------------------------------------------------
  // A slip belongs to one answer: another input, and it goes.
  const ask = (values) => change({
    ...values, switches: model.get("switches").map((from) => (typeof from === "number" ? "teacher" : from)),
  });
  let numbers = null; // of the words
  function numberOf(written) {
    if (!said) return -1;
    numbers ??= new Map(Array.from({ length: 10000 }, (_, n) => [numberWords(n, said), n]));
    return numbers.get(written) ?? -1;
  }
  const say = (n) => ask({ text: numberWords(n, said), truth: numberWords(n, answered) });
  const figure = html("input", {
    type: "number", min: 0, max: 9999, step: 1, class: "rnn-text", autocomplete: "off",
    oninput: () => {
      const n = Number(figure.value);
      if (figure.value !== "" && Number.isInteger(n) && n >= 0 && n <= 9999) say(n);
    },
    // What is no number from 0 to 9999 was not asked: it goes when the field is left.
    onchange: () => {
      const n = numberOf(model.get("text"));
      figure.value = n < 0 ? "" : String(n);
    },
  });
  const entry = (most, oninput) => html("input", {
    type: "text", class: "rnn-text", maxlength: most, spellcheck: "false", autocomplete: "off", dir: "auto", oninput,
  });
  const answers = new Map(model.get("pairs"));
  const field = entry(MOST, () => {
    const n = numberOf(field.value);
    const truth = n < 0 ? answers.get(field.value) : numberWords(n, answered);
    ask({ text: field.value, truth: truth ?? model.get("truth") });
  });
  const teacher = entry(LONGEST - 1, () => ask({ truth: teacher.value }));
  const presets = model.get("pairs").map(([asked, truth]) => button(
    said ? String(numberOf(asked)) : asked.replace(/\p{C}/gu, "\u25a1") || "\u25a1",
    () => ask({ text: asked, truth }), { class: "rnn-example", dir: "auto" }));
  const any = button(text.any, () => say(Math.floor(Math.random() * 10000)));
  const note = html("p", { class: "rnn-note rnn-spare" });
  const when = slider(text.when, updates, (s) => s.toLocaleString("en"), (update) => change({ update }));
  set(when.node, { hidden: updates.length < 2 });

  // --- who hands the tokens over -------------------------------------------
  const everywhere = (from) => change({ switches: Array(LONGEST).fill(from) });
  const led = button(text.led, () => everywhere("teacher"));
  const alone = button(text.alone, () => everywhere("own"));
  /** Which step gets the wrong token: never the first, which reads the start. */
  const target = () => clamp(model.get("at"), 2, Math.min(now().main.said.length + 1, LONGEST));
  const wrong = button("", () => {
    const u = target() - 1;
    const { main, right } = now();
    const switches = [...model.get("switches")];
    switches[u] = slip(main.chances[u - 1], right.numbers[u - 1], switches[u]);
    change({ switches, at: u + 1 });
  }, { class: "rnn-slip" });

  // --- step by step ----------------------------------------------------------
  const steps = () => Math.min(model.get("shown"), now().n);
  const reach = (k) => {
    const shown = clamp(k, 0, now().n);
    change({ shown: shown === now().n ? LONGEST : shown, at: Math.max(1, shown) });
  };
  const on = button(text.on, () => reach(steps() < now().n ? steps() + 1 : 0), { class: "rnn-main" });
  const back = button(text.back, () => reach(steps() - 1));
  const rest = button(text.all, () => change({ shown: LONGEST }));
  const reset = button(text.reset, () => change(begin));

  // --- the picture -----------------------------------------------------------
  const look = (u, focus = false) => {
    const at = clamp(u, 1, now().n);
    change({ at });
    if (focus) columns[at - 1].head.focus({ preventScroll: true });
  };
  const keys = { ArrowRight: 1, ArrowLeft: -1, Home: -LONGEST, End: LONGEST };
  const row = (label, kind) => html("tr", { class: `rnn-hand-${kind}` }, html("th", { scope: "row", class: "rnn-way" }, label));
  const head = html("tr", { class: "rnn-hand-head" }, html("td", { class: "rnn-way" }, text.step));
  const rows = Object.fromEntries(["right", "writes", "state", "reads", "from"].map((kind) => [kind, row(text[kind], kind)]));
  const pairs = LANES.map((lane) => {
    const title = html("b");
    const score = html("span");
    const caption = html("tr", { class: "rnn-hand-caption" }, html("th", { scope: "rowgroup", colspan: LONGEST + 1 },
      html("div", {}, title, " ", score)));
    return { lane, title, score, node: html("tbody", { class: `rnn-by-${lane}` }, caption), cells: row("", "lane") };
  });
  for (const { node, cells } of pairs) {
    cells.firstElementChild?.append(html("span", {}, text.writes), html("span", {}, text.reads));
    node.append(cells);
  }
  /** A written token with its mark; show(k, hit) or show(null). */
  function token() {
    const sign = html("span", { class: "rnn-hand-sign" });
    const mark = html("b", { "aria-hidden": "true" });
    const told = html("span", { class: "rnn-unseen" });
    const node = html("span", { class: "rnn-hand-token" }, sign, mark, told);
    return {
      node,
      show(k, hit) {
        sign.textContent = k == null ? "" : name(k);
        sign.classList.toggle("rnn-hand-special", k != null && k < 3);
        mark.textContent = k == null || hit == null ? "" : hit ? "✓" : "✗";
        told.textContent = k == null || hit == null ? "" : ` (${hit ? text.correct : text.mistaken})`;
        node.classList.toggle("rnn-hand-empty", k == null);
        node.classList.toggle("rnn-hand-hit", hit === true);
        node.classList.toggle("rnn-hand-miss", hit === false);
      },
    };
  }
  const columns = Array.from({ length: LONGEST }, (_, u) => {
    const press = button(String(u + 1), () => look(u + 1), {
      class: "rnn-hand-step", tabindex: -1, "aria-label": fit(text.look, { u: u + 1 }),
      onkeydown: (event) => {
        if (!(event.key in keys)) return;
        event.preventDefault();
        event.stopPropagation();
        look(u + 1 + keys[event.key], true);
      },
    });
    const right = token();
    const written = token();
    const read = token();
    const chance = html("span", { class: "rnn-hand-chance" });
    const bar = html("span", { class: "rnn-length" });
    const select = html("select", {
      class: "rnn-hand-from", "aria-label": fit(text.choose, { u: u + 1 }), hidden: u === 0,
      onchange: () => change({
        switches: model.get("switches").map((from, k) => (k !== u ? from : LANES.includes(select.value) ? select.value : Number(select.value))),
        at: u + 1,
      }),
    },
      html("option", { value: "teacher" }, text.teacher), html("option", { value: "own" }, text.own),
      ...symbols.map((_, k) => k).filter((k) => k > 2)
        .map((k) => html("option", { value: k }, fit(text.wrong, { token: name(k) }))));
    const state = html("span", { class: "rnn-hand-state" }, "s", html("sub", {}, String(u + 1)));
    const top = html("th", { scope: "col" }, press);
    const parts = {
      right: [right.node], state: [state], reads: [read.node], from: u ? [select] : [],
      writes: [written.node, chance, html("span", { class: "rnn-lane" }, bar)],
    };
    const cells = [top, ...Object.entries(parts).map(([kind, inside]) => {
      const node = html("td", { onclick: () => { if (model.get("at") !== u + 1) look(u + 1); } }, ...inside);
      rows[kind].append(node);
      return node;
    })];
    const others = pairs.map(({ cells: line }) => {
      const one = token();
      const before = html("span", { class: "rnn-hand-before" });
      const node = html("td", { onclick: () => look(u + 1) }, one.node, before);
      line.append(node);
      cells.push(node);
      return { one, before, node };
    });
    head.append(top);
    return { head: press, cells, right, written, read, chance, bar, select, state, others };
  });
  const table = html(
    "table", { class: "rnn-hand", "aria-label": text.table },
    html("thead", {}, head), html("tbody", {}, ...Object.values(rows)), ...pairs.map(({ node }) => node),
  );
  const wires = svg("svg", { class: "rnn-hand-wires", height: 210, "aria-hidden": "true" });
  const scroller = html("div", { class: "rnn-scroll" }, html("div", { class: "rnn-hand-sheet" }, table, wires));
  const status = html("p", { class: "rnn-status rnn-hand-told", role: "status" });

  // --- what could come at one step -------------------------------------------
  const title = html("p", { class: "rnn-heading rnn-hand-title" });
  const bars = Array.from({ length: Math.min(SHOWN, symbols.length) }, () => {
    const fill = html("span", { class: "rnn-length" });
    const sign = html("span", { class: "rnn-name" });
    const mark = html("span");
    const value = html("span", { class: "rnn-value" });
    return { fill, sign, mark, value, node: html("li", {}, sign, html("span", { class: "rnn-lane" }, fill), value, mark) };
  });
  const list = html("ul", { class: "rnn-chances rnn-hand-chances" }, ...bars.map(({ node }) => node));

  const group = (...nodes) => html("div", { class: "rnn-row" }, ...nodes);
  el.classList.add("rnn-widget");
  el.append(
    html("div", { class: "rnn-controls rnn-apart" },
      html("div", { class: "rnn-row", role: "group", "aria-label": text.examples }, ...presets, ...(said ? [any] : [])),
      html("div", { class: "rnn-hand-fields" },
        ...(said ? [html("label", { class: "rnn-field" }, text.number, figure)] : []),
        html("label", { class: "rnn-field" }, text.write, field), html("label", { class: "rnn-field" }, text.truth, teacher)),
      note, when.node, group(led, alone, wrong), group(on, back, rest, reset)),
    scroller, status, title, list,
  );

  /** A wire from a token of the column before to what this one reads. */
  function wire(u, from) {
    const x = HEAD + WIDE * u;
    const y = from === "own" ? 84 : 48;
    const d = `M${x - WIDE / 2 + 24} ${y}H${x}V190H${x + WIDE / 2 - 24}`;
    return [svg("path", { class: "rnn-hand-halo", d }), svg("path", { class: `rnn-hand-wire rnn-hand-${from}`, d: `${d}m-6 -4l6 4l-6 4` })];
  }
  const arrow = (d, head_) => svg("path", { class: "rnn-arrow", d: d + head_ });

  function paint() {
    const { input, right, main, both, n, last } = now();
    const [asked, truth, switches] = ["text", "truth", "switches"].map((trait) => model.get(trait));
    const U = right.numbers.length;
    const shown = steps();
    const at = clamp(model.get("at"), 1, n);
    if (field.value !== asked) field.value = asked;
    if (teacher.value !== truth) teacher.value = truth;
    const number = numberOf(asked);
    if (number >= 0 && Number(figure.value || -1) !== number) figure.value = String(number);
    else if (number < 0 && figure.value) figure.value = "";
    model.get("pairs").forEach(([one], k) => set(presets[k], { "aria-pressed": String(one === asked) }));
    when.show(model.get("update"));

    const strange = [...new Set([input, right].flatMap(({ plain, numbers: ks }) => plain.filter((_, k) => ks[k] === 2)))];
    note.textContent = strange.length ? fit(text.strange, { signs: strange.slice(0, 12).map(visible).join(" ") })
      : number >= 0 ? text.help : answers.get(asked) === truth ? "" : said ? text.yourself : "";
    note.classList.toggle("rnn-problem", strange.length > 0);

    const only = (from) => switches.slice(1, Math.max(U, 2)).every((each) => each === from);
    set(led, { "aria-pressed": String(only("teacher")) });
    set(alone, { "aria-pressed": String(only("own")) });
    wrong.textContent = fit(text.slip, { k: target() });
    on.textContent = shown < n ? text.on : text.again;
    set(back, { disabled: shown < 1 });
    set(rest, { disabled: shown >= n });

    table.style.width = `${HEAD + WIDE * n}px`;
    set(wires, { width: HEAD + WIDE * n });
    const lines = [];
    columns.forEach((column, u) => {
      for (const node of column.cells) {
        set(node, { hidden: u >= n });
        node.classList.toggle("rnn-picked", u + 1 === at);
      }
      if (u >= n) return;
      set(column.head, { tabindex: u + 1 === at ? 0 : -1, "aria-pressed": String(u + 1 === at) });
      const seen = u < shown && u < main.said.length;
      column.right.show(right.numbers[u] ?? null, null);
      column.written.show(seen ? main.said[u] : null, seen ? main.hits[u] : null);
      const p = seen ? main.chances[u][main.said[u]] : 0;
      column.chance.textContent = seen ? `${show(100 * p, 0)}%` : "";
      column.bar.style.width = `${100 * p}%`;
      const from = u ? switches[u] : "start";
      const slipped = typeof from === "number";
      column.read.show(seen ? main.fed[u] : null, seen && slipped ? false : null);
      column.read.node.classList.toggle("rnn-hand-teacher", seen && from === "teacher");
      column.read.node.classList.toggle("rnn-hand-own", seen && from === "own");
      column.state.classList.toggle("rnn-hand-empty", !seen);
      column.select.value = String(from);
      for (const option of column.select.options) {
        option.hidden = option.disabled = Number(option.value) === right.numbers[u - 1] && from !== right.numbers[u - 1];
      }
      if (seen) {
        const x = HEAD + WIDE * u;
        lines.push(
          arrow(`M${x + (u ? -17 : -4)} 148H${x + 16}`, "m-6 -3.5l6 3.5l-6 3.5"),
          arrow(`M${x + WIDE / 2} 174V163`, "m-3.5 5l3.5 -5l3.5 5"), arrow(`M${x + WIDE / 2} 134V126`, "m-3.5 5l3.5 -5l3.5 5"),
          ...(u && !slipped ? wire(u, from) : []),
        );
      }
      column.others.forEach(({ one, before, node }, k) => {
        const lane = both[LANES[k]];
        const there = u < shown && u < lane.said.length;
        one.show(there ? lane.said[u] : null, there ? lane.hits[u] : null);
        before.textContent = there ? name(lane.fed[u]) : "";
        node.classList.toggle("rnn-hand-common", last > 0 && u <= last);
      });
    });
    wires.replaceChildren(...lines);

    const score = (lane) => {
      const done = lane.losses.slice(0, shown);
      return done.length ? fit(text.score, { a: count(lane.hits, 0, shown), U: Math.min(U, shown), loss: show(mean(done)) }) : text.none;
    };
    pairs.forEach(({ lane, title: heading, score: line }) => {
      heading.textContent = fit(last ? text[lane === "own" ? "afterOwn" : "afterTeacher"] : text[lane === "own" ? "laneOwn" : "laneTeacher"], { k: last + 1 });
      line.textContent = score(both[lane]);
    });

    const kind = last ? "isWrong" : only("teacher") ? "isLed" : only("own") ? "isAlone" : "isMixed";
    const told = [fit(text[kind], { k: last + 1, token: name(main.fed[last]) })];
    if (shown < n) told.push(shown ? fit(text.partly, { n: shown, a: count(main.hits, 0, shown) }) : text.first);
    else if (last) {
      const m = U - 1 - last;
      const [a, b] = LANES.map((lane) => count(both[lane].hits, last + 1));
      told.push(m < 1 ? text.last : fit(a > b ? text.derails : text.recovers, { m, a, b }));
    } else {
      const [a, b] = LANES.map((lane) => count(both[lane].hits));
      if (kind === "isMixed") told.push(fit(text.yours, { a: count(main.hits), U }));
      told.push(fit(a === U ? text.same : a > b ? text.flatters : text.equal, { a, b, U }));
    }
    status.textContent = told.join(" ");

    const there = at <= shown && at <= main.said.length;
    const source = at === 1 ? text.byStart : switches[at - 1] === "teacher" ? text.byTeacher : switches[at - 1] === "own" ? text.byOwn : text.byWrong;
    title.textContent = there ? fit(text.title, { u: at, x: name(main.fed[at - 1]), source }) : fit(text.later, { u: at });
    list.classList.toggle("rnn-hand-closed", !there);
    const chances = there ? main.chances[at - 1] : Array(symbols.length).fill(0);
    const best = chances.map((_, k) => k).sort((a, b) => chances[b] - chances[a]);
    bars.forEach(({ fill, sign, mark, value }, k) => {
      sign.textContent = name(best[k]);
      fill.style.width = `${100 * chances[best[k]]}%`;
      value.textContent = `${show(100 * chances[best[k]], 1)}%`;
      mark.textContent = best[k] === right.numbers[at - 1] ? `✓ ${text.correct}` : "";
    });

    // Last: it asks for the layout of all that has changed.
    if (cache.at !== at || cache.shown !== shown) reveal(scroller, WIDE * (at - 1), HEAD + 2 * WIDE);
    Object.assign(cache, { at, shown });
  }

  return paintOn(model, ["update", "text", "truth", "switches", "shown", "at"], paint);
}

export default { render };
