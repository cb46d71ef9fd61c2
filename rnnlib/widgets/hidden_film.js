// @ts-check
import {
  changing, choice, clamp, fit, html, paintOn, reveal, set, show, slider, svg,
  words,
} from "./shared.js";
import { answer, encode, run, softmax, unpack } from "./recurrent.js";
import { film, legend, sign } from "./film.js";

const TEXT = {
  en: {
    model: "Model", write: "Your text", when: "after update", at: "character", sort: "Sort units by",
    stored: "number", space: "spaces", vowel: "vowels", place: "place in the word", here: "the framed character",
    next: "What comes next, it thinks", after: "after “{text}”", chance: "{sign}: {p}%",
    top: "The unit in the top line is number {i}. Its correlation with this feature over your text: {r}.",
    topHere: "The unit in the top line is number {i}, at {r}.", plain: "{T} characters, {H} units. Frame a character to see what the network expects after it.",
    unknown: "Not in the vocabulary, read as “unknown”: {signs}", none: "Type something.",
    film: "Hidden states: a row for each of {H} units, a column for each of {T} characters.",
    states: "Hidden states", over: "above 0", under: "below 0",
  },
  ko: {
    model: "모델", write: "읽힐 글", when: "갱신 횟수", at: "글자", sort: "유닛을 늘어놓는 기준",
    stored: "번호", space: "빈칸", vowel: "모음", place: "낱말 안의 자리", here: "고른 글자에서의 값",
    next: "다음에 올 것이라고 보는 글자", after: "“{text}” 다음에", chance: "{sign}: {p}%",
    top: "맨 윗줄은 {i}번 유닛이다. 이 글 전체에서 이 특징과의 상관계수는 {r}이다.",
    topHere: "맨 윗줄은 {i}번 유닛이고 값은 {r}이다.", plain: "글자 {T}개, 유닛 {H}개. 글자를 하나 고르면 그다음을 무엇이라고 보는지 보인다.",
    unknown: "어휘에 없어 ‘모르는 글자’로 읽는다: {signs}", none: "글을 적어 보자.",
    film: "은닉 상태. 줄마다 유닛 하나(모두 {H}개), 칸마다 글자 하나(모두 {T}개).",
    states: "은닉 상태", over: "양수", under: "음수",
  },
};
const MOST = 200;
const WIDE = 14;
const SHOWN = 8; // bars

/** What a unit may follow, one number for each character. */
export function feature(name, plain) {
  let place = 0;
  return plain.map((c) => {
    if (name === "space") return /\s/.test(c) ? 1 : 0;
    if (name === "vowel") return /[aeiou\u1161-\u1175]/i.test(c) ? 1 : 0;
    place = /[\p{L}\p{N}]/u.test(c) ? place + 1 : 0;
    return place;
  });
}

/** Pearson's correlation; 0 where one of the two never changes. */
export function correlation(a, b) {
  const mean = (v) => v.reduce((s, x) => s + x, 0) / v.length;
  const [ma, mb] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  a.forEach((x, k) => {
    ab += (x - ma) * (b[k] - mb);
    aa += (x - ma) ** 2;
    bb += (b[k] - mb) ** 2;
  });
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : 0;
}

function render({ model, el }) {
  const text = words(TEXT, model);
  let sort = "stored";
  let cache = { of: null, weights: null };

  const change = changing(model);
  const network = () => model.get("models")[model.get("name")];
  const epoch = () => {
    const { epochs } = network();
    const k = model.get("epoch");
    return epochs[k < 0 || k >= epochs.length ? epochs.length - 1 : k];
  };
  function weights() {
    const now = epoch();
    if (cache.of !== now) cache = { of: now, weights: unpack(now.weights) };
    return cache.weights;
  }

  const names = choice(text.model, Object.fromEntries(Object.keys(model.get("models")).map((n) => [n, n])), (name) => {
    const untouched = model.get("text") === network().text;
    change({ name, ...(untouched ? { text: model.get("models")[name].text, at: 0 } : {}) });
  });
  const field = html("textarea", {
    class: "rnn-text", rows: 2, maxlength: MOST, spellcheck: "false", oninput: () => change({ text: field.value }),
  });
  const sorts = choice(text.sort, Object.fromEntries(["stored", "space", "vowel", "place", "here"].map((k) => [k, text[k]])),
    (value) => { sort = value; paint(); });
  let when = { node: html("div"), steps: "", show: (_) => {} };
  const times = html("div", { class: "rnn-controls" });
  const position = slider(text.at, Array.from({ length: 3 * MOST }, (_, k) => k), (k) => String(k + 1),
    (k) => change({ at: k }));
  const range = position.node.querySelector("input");
  const strip = film(WIDE, 4, "");
  let length = 1;
  strip.node.addEventListener("pointerdown", (event) => {
    const box = strip.node.getBoundingClientRect();
    change({ at: clamp(Math.floor(((event.clientX - box.left) / box.width) * length), 0, length - 1) });
  });
  const scroller = html("div", { class: "rnn-scroll", tabindex: 0, role: "group", "aria-label": text.states }, strip.node);
  const context = html("p", { class: "rnn-note" });
  const bars = Array.from({ length: SHOWN }, () => {
    const fill = svg("rect", { height: 1, class: "rnn-fill" });
    const name = html("span", { class: "rnn-name" });
    const value = html("span", { class: "rnn-value" });
    const node = html("li", {}, name,
      svg("svg", { viewBox: "0 0 1 1", preserveAspectRatio: "none", class: "rnn-bar", "aria-hidden": "true" },
        svg("rect", { width: 1, height: 1, class: "rnn-track" }), fill), value);
    return { node, fill, name, value };
  });
  const status = html("p", { class: "rnn-status", role: "status" });
  const unknown = html("p", { class: "rnn-note rnn-problem" });

  el.classList.add("rnn-widget");
  el.append(
    html("div", { class: "rnn-row" }, names.node, sorts.node),
    html("label", { class: "rnn-field" }, text.write, field), unknown, times,
    scroller, legend(text),
    html("div", { class: "rnn-controls" }, position.node), status,
    html("p", { class: "rnn-heading" }, text.next), context,
    html("ul", { class: "rnn-chances rnn-two" }, ...bars.map(({ node }) => node)),
  );

  let shown = { key: null, params: null, plain: [], hs: [] };
  function paint() {
    const { symbols, apart, epochs } = network();
    const written = model.get("text");
    names.show(model.get("name"));
    if (field.value !== written) field.value = written;
    const steps = epochs.map((e) => e.step);
    if (when.steps !== steps.join()) {
      when = {
        ...slider(text.when, steps, (s) => s.toLocaleString("en"), (s) => change({ epoch: steps.indexOf(s) })),
        steps: steps.join(),
      };
      times.replaceChildren(when.node);
    }
    when.show(epoch().step);

    // A letter may come apart into several: the slider counts to 3 * MOST.
    const { plain, numbers } = encode(symbols, written, apart, 3 * MOST);
    const key = plain.join("");
    const params = weights();
    if (shown.key !== key || shown.params !== params) {
      const same = shown.key === key; // then the signs stay as they are
      shown = { key, params, plain: same ? shown.plain : plain, hs: run(params, numbers) };
    }
    const { hs } = shown;
    const H = params.b_h.length;
    const at = clamp(model.get("at"), 0, Math.max(0, plain.length - 1));
    length = Math.max(1, plain.length);
    set(range, { max: length - 1 });
    position.show(at);
    const order = Array.from({ length: H }, (_, i) => i);
    let score = null;
    if (sort === "here" && hs.length) score = order.map((i) => hs[at][i]);
    else if (sort !== "stored") {
      const followed = feature(sort, plain);
      score = order.map((i) => correlation(hs.map((h) => h[i]), followed));
    }
    if (score) order.sort((a, b) => score[b] - score[a]);
    strip.show(hs, order, shown.plain, hs.length ? at : -1);
    if (shown.at !== at) reveal(scroller, at * WIDE, WIDE);
    shown.at = at;
    set(strip.node, { "aria-label": fit(text.film, { H, T: plain.length }) });
    const values = { i: order[0] + 1, r: score ? show(score[order[0]]) : "", T: plain.length, H };
    status.textContent = hs.length
      ? fit(sort === "stored" ? text.plain : sort === "here" ? text.topHere : text.top, values) : text.none;
    const strange = [...new Set(plain.filter((_, t) => numbers[t] === 2))];
    unknown.textContent = strange.length ? fit(text.unknown, { signs: strange.slice(0, 12).join(" ") }) : "";

    const read = plain.slice(Math.max(0, at - 17), at + 1).join("").normalize("NFC").replace(/[\u1100-\u11ff]/g, sign);
    context.textContent = hs.length ? fit(text.after, { text: read }) : "";
    const p = hs.length ? softmax(answer(params, hs[at])) : [];
    const best = p.map((_, k) => k).sort((a, b) => p[b] - p[a]).slice(0, SHOWN);
    bars.forEach(({ node, fill, name, value }, k) => {
      set(node, { hidden: !hs.length });
      if (!hs.length) return;
      const chance = p[best[k]];
      set(fill, { width: chance });
      name.textContent = sign(symbols[best[k]]);
      node.classList.toggle("rnn-came", numbers[at + 1] === best[k]);
      value.textContent = `${show(100 * chance, 1)}%`;
    });
  }

  return paintOn(model, ["models", "name", "epoch", "text", "at"], paint);
}

export default { render };
