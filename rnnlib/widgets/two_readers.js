// @ts-check
import { button, changing, choice, clamp, fit, html, paintOn, reveal, set, show, words } from "./shared.js";
import { answer, run, softmax, unpack } from "./recurrent.js";

const TEXT = {
  en: {
    readers: "Readers", write: "Your text", examples: "Examples", reset: "Reset",
    ahead: "reads from the left", back: "reads from the right", both: "reads both ways",
    aheadShort: "left", backShort: "right", bothShort: "both", table: "The likeliest label at each place, and its probability",
    word: "word", character: "character", place: "{token}, {kind} {t} of {T}", strange: "{name}, read as “unknown”",
    rail: "read when the framed {kind} is answered", unlike: "another label than both ways", unsure: "below {sure}",
    unknown: "Not in the vocabulary, read as “unknown”: {signs}.", long: "Only the first {most} are read.", none: "Type something.",
    hint: "Press a {kind} to look at it; the arrow keys move along.",
    said: "“{token}”. From the left: {ahead}. From the right: {back}. Both ways: {both}. {why}",
    left: "What decides stands to the left.", right: "What decides stands to the right.", either: "Either side is enough.",
    together: "Neither side is enough: it takes both.", open: "Even both ways it stays open.",
    all: "Every label at “{token}”", nothing: "Every label", label: "label", blank: "no label", differs: "another label", doubt: "undecided",
  },
  ko: {
    readers: "읽는 신경망", write: "읽힐 글", examples: "보기", reset: "처음으로",
    ahead: "왼쪽부터 읽기", back: "오른쪽부터 읽기", both: "양쪽으로 읽기",
    aheadShort: "왼쪽", backShort: "오른쪽", bothShort: "양쪽", table: "자리마다 가장 그럴듯한 꼬리표와 그 확률",
    word: "낱말", character: "글자", place: "{token}, {kind} {T}개 가운데 {t}번째", strange: "{name}, ‘모르는 말’로 읽는다",
    rail: "테두리를 두른 {kind}에 답할 때까지 읽은 부분", unlike: "양쪽을 다 읽을 때와 다른 꼬리표", unsure: "{sure} 미만",
    unknown: "어휘 집합에 없어 ‘모르는 말’로 읽는다: {signs}.", long: "앞의 {most}개까지만 읽는다.", none: "글을 적어 보자.",
    hint: "{kind} 하나를 누르면 자세히 보인다. 화살표 키로 옆으로 옮겨 간다.",
    said: "“{token}”. 왼쪽부터 읽으면 {ahead}, 오른쪽부터 읽으면 {back}, 양쪽을 다 읽으면 {both}. {why}",
    left: "결정적인 단서가 왼쪽에 있다.", right: "결정적인 단서가 오른쪽에 있다.", either: "어느 한쪽만 읽어도 알 수 있다.",
    together: "한쪽만 읽어서는 알 수 없고 양쪽을 다 읽어야 안다.", open: "양쪽을 다 읽어도 확실하지 않다.",
    all: "“{token}”에서 모든 꼬리표의 확률", nothing: "모든 꼬리표의 확률", label: "꼬리표", blank: "꼬리표 없음", differs: "다른 꼬리표", doubt: "확실하지 않음",
  },
};
const MOST = 40; // tokens that are read
const LETTERS = 200;
const SURE = 0.695; // below it, that is from 0.69 down as shown, a reader is undecided
const WAYS = ["ahead", "back", "both"];
const BLANK = "·"; // the label that says nothing, if it is the first
const ARROWS = { ahead: "→", back: "←", both: "↔" };
// What Python and JavaScript each call white space, together.
const SPACE = /[\s\x1c-\x1f\x85\ufeff]+/;
const MARKS = ".,!?;:\"'()\u2026\u201c\u201d\u2018\u2019";

/** The first words, or characters, of a text. */
export function cut(text, by, most = MOST) {
  const parts = text.normalize("NFC").split(SPACE).filter(Boolean);
  return (by === "word" ? parts : Array.from(parts.join(""))).slice(0, most);
}

/** The tokens' numbers; a capital or a full stop is no obstacle, 2 is "unknown". */
export function numbered(symbols, tokens) {
  const number = new Map(symbols.map((symbol, k) => [symbol, k]));
  return tokens.map((token) => number.get(token) ?? number.get(bare(token)) ?? 2);
}

function bare(token) {
  const letters = Array.from(token.toLowerCase());
  while (letters.length && MARKS.includes(letters[0])) letters.shift();
  while (letters.length && MARKS.includes(letters[letters.length - 1])) letters.pop();
  return letters.join("");
}

/** A distribution over the labels for each token, by each reader. */
export function chances({ ahead, back, both }, numbers) {
  const turned = [...numbers].reverse();
  const say = (read, hs) => hs.map((h) => softmax(answer(read, h)));
  const right = run(both.back, turned).reverse();
  return {
    ahead: say(ahead.readout, run(ahead.cell, numbers)),
    back: say(back.readout, run(back.cell, turned)).reverse(),
    both: say(both.readout, run(both.ahead, numbers).map((h, t) => Float64Array.of(...h, ...right[t]))),
  };
}

const trees = ({ ahead, back, both }) => ({ ahead, back, both });
const likeliest = (p) => p.indexOf(Math.max(...p));

/** Where what decides a label stands. */
export function decides(ahead, back, both) {
  const best = likeliest(both);
  if (both[best] < SURE) return "open";
  const [left, right] = [ahead, back].map((p) => likeliest(p) === best && p[best] >= SURE);
  return left ? (right ? "either" : "left") : right ? "right" : "together";
}

/** The first token that needs the right, or says something. */
export function telling({ ahead, back, both }) {
  const right = both.findIndex((p, t) => decides(ahead[t], back[t], p) === "right");
  return right >= 0 ? right : Math.max(0, both.findIndex((p) => likeliest(p) > 0));
}

// What has no shape of its own is seen as a box, and hides nothing around it.
const visible = (token) => token.replace(/\p{C}/gu, "\u25a1");
/** A token inside a sentence: not too long, its direction its own. */
const quoted = (token) => {
  const signs = Array.from(visible(token));
  return `\u2068${signs.length > 20 ? `${signs.slice(0, 19).join("")}\u2026` : signs.join("")}\u2069`;
};

function render({ model, el }) {
  const text = words(TEXT, model);
  const sets = model.get("readers");
  const begin = { name: model.get("name"), text: model.get("text"), at: model.get("at") };
  let written = {}; // the text last read by each of the sets
  let now = { name: null, parts: null, key: null, ps: null };

  const change = changing(model);
  const network = () => sets[model.get("name")];
  /** Read a text from its most telling token on. */
  function start(name, example) {
    const { symbols, by } = sets[name];
    const parts = name === now.name ? now.parts : unpack(trees(sets[name]));
    change({ name, text: example, at: telling(chances(parts, numbered(symbols, cut(example, by)))) });
  }

  // --- what is read ------------------------------------------------------
  const names = choice(text.readers, Object.fromEntries(Object.keys(sets).map((n) => [n, n])), (name) => {
    written[model.get("name")] = model.get("text");
    start(name, written[name] ?? sets[name].texts[0]);
  });
  set(names.node, { hidden: Object.keys(sets).length < 2 });
  const examples = html("div", { class: "rnn-row", role: "group", "aria-label": text.examples });
  const field = html("input", {
    type: "text", class: "rnn-text", maxlength: LETTERS, spellcheck: "false", autocomplete: "off", dir: "auto",
    oninput: () => change({ text: field.value }),
  });
  const note = html("p", { class: "rnn-note rnn-spare" });
  const reset = button(text.reset, () => {
    written = {};
    change(begin);
  });

  // --- a column for each token -------------------------------------------
  function look(t, focus = false) {
    const at = clamp(t, 0, Math.max(0, now.ps.both.length - 1));
    change({ at });
    if (focus) columns[at].head.focus({ preventScroll: true });
  }
  const steps = { ArrowRight: 1, ArrowLeft: -1, Home: -MOST, End: MOST };
  const head = html("tr", {}, html("td", { class: "rnn-way" }));
  const rows = Object.fromEntries(WAYS.map((way) => [way, html(
    "tr", { class: `rnn-reader-${way}` },
    html("th", { scope: "row", class: "rnn-way" },
      html("span", { class: "rnn-full" }, text[way]), html("span", { class: "rnn-brief" }, text[`${way}Short`]),
      html("span", { "aria-hidden": "true" }, ` ${ARROWS[way]}`)),
  )]));
  const columns = Array.from({ length: MOST }, (_, t) => {
    const press = button("", () => look(t), {
      class: "rnn-token", tabindex: -1, dir: "auto",
      onkeydown: (event) => {
        if (!(event.key in steps)) return;
        event.preventDefault();
        event.stopPropagation();
        look(t + steps[event.key], true);
      },
    });
    const top = html("th", { scope: "col" }, press);
    const cells = WAYS.map((way) => {
      const label = html("span", { class: "rnn-said-label", dir: "auto" });
      const value = html("span");
      const mark = html("b", { "aria-hidden": "true" });
      const told = html("span", { class: "rnn-unseen" });
      const bar = html("span", { class: "rnn-length" });
      const said = html("div", { class: "rnn-said" }, label,
        html("span", { class: "rnn-value" }, value, mark, told), html("span", { class: "rnn-lane" }, bar));
      const rails = ["ahead", "back"].filter((side) => way === side || way === "both")
        .map((side) => html("span", { class: `rnn-rail rnn-rail-${side}` }));
      const node = html("td", { onclick: () => look(t) }, ...rails, said);
      rows[way].append(node);
      return { way, node, rails, said, label, value, mark, told, bar };
    });
    head.append(top);
    return { head: press, top, cells };
  });
  const table = html(
    "table", { class: "rnn-readers", "aria-label": text.table },
    html("thead", {}, head), html("tbody", {}, ...WAYS.map((way) => rows[way])),
  );
  const scroller = html("div", { class: "rnn-scroll" }, table);
  const key = html("p", { class: "rnn-note rnn-keys" });
  const status = html("p", { class: "rnn-status rnn-told", role: "status" });

  // --- every label of one token ------------------------------------------
  const title = html("p", { class: "rnn-heading" });
  const body = html("tbody");
  const all = html(
    "table", { class: "rnn-labels" },
    html("thead", {}, html("tr", {}, html("th", { scope: "col" }, html("span", { class: "rnn-unseen" }, text.label)), ...WAYS.map((way) =>
      html("th", { scope: "col" }, html("span", { "aria-hidden": "true" }, `${ARROWS[way]} `),
        html("span", { class: "rnn-full" }, text[way]), html("span", { class: "rnn-brief" }, text[`${way}Short`]))))),
    body,
  );
  let lines = [];

  el.classList.add("rnn-widget");
  el.append(
    html("div", { class: "rnn-controls rnn-apart" },
      html("div", { class: "rnn-row" }, names.node, reset), examples,
      html("label", { class: "rnn-field" }, text.write, field), note),
    scroller, key, status, title, all,
  );

  const named = (label) => (label === BLANK ? text.blank : label);

  /** What depends on the set of readers alone. */
  function open(name) {
    const { labels, texts, by } = sets[name];
    now = { name, parts: unpack(trees(sets[name])), key: null, ps: null };
    names.show(name);
    examples.replaceChildren(...texts.map((example) => button(visible(example), () => start(name, example), { class: "rnn-example", dir: "auto" })));
    const kind = text[by];
    const entry = (sign, meaning, attributes = {}) => html("span", { class: "rnn-key" },
      html("b", { "aria-hidden": "true", ...attributes }, sign), ` ${meaning}`);
    key.replaceChildren(
      entry("", fit(text.rail, { kind }), { class: "rnn-key-rail" }),
      entry("≠", text.unlike), entry("?", fit(text.unsure, { sure: show(SURE + 0.005) })),
      ...(labels[0] === BLANK ? [entry(BLANK, text.blank)] : []),
    );
    lines = labels.map((label) => {
      const cells = WAYS.map((way) => {
        const bar = html("span", { class: "rnn-length" });
        const value = html("span", { class: "rnn-value" });
        return { bar, value, node: html("td", { class: `rnn-reader-${way}` },
          html("div", { class: "rnn-measure" }, html("span", { class: "rnn-lane" }, bar), value)) };
      });
      return { cells, node: html("tr", {}, html("th", { scope: "row", dir: "auto" }, named(label)), ...cells.map(({ node }) => node)) };
    });
    body.replaceChildren(...lines.map(({ node }) => node));
  }

  /** The likeliest label, or the two likeliest of an undecided reader. */
  function told(p, labels) {
    const order = p.map((_, k) => k).sort((a, b) => p[b] - p[a]);
    return order.slice(0, p[order[0]] < SURE ? 2 : 1).map((k) => `${named(labels[k])} ${show(p[k])}`).join(", ");
  }

  function paint() {
    const name = model.get("name");
    if (now.name !== name) open(name);
    const { symbols, labels, texts, by } = network();
    const typed = model.get("text");
    if (field.value !== typed) field.value = typed;
    texts.forEach((example, k) => set(examples.children[k], { "aria-pressed": String(example === typed) }));
    const tokens = cut(typed, by);
    const T = tokens.length;
    const at = clamp(model.get("at"), 0, Math.max(0, T - 1));
    const kind = text[by];
    const neutral = labels[0] === BLANK ? 0 : -1;

    const is = tokens.join("\n"); // white space is in no token
    if (now.key !== is) {
      const numbers = numbered(symbols, tokens);
      now = { ...now, key: is, ps: chances(now.parts, numbers) };
      columns.forEach(({ head: press, top, cells }, t) => {
        for (const node of [top, ...cells.map((cell) => cell.node)]) set(node, { hidden: t >= T });
        if (t >= T) return;
        const token = visible(tokens[t]);
        const place = fit(text.place, { token, kind, t: t + 1, T });
        press.textContent = token;
        press.classList.toggle("rnn-strange", numbers[t] === 2);
        set(press, { "aria-label": numbers[t] === 2 ? fit(text.strange, { name: place }) : place, title: token });
        const full = likeliest(now.ps.both[t]);
        for (const { way, said, label, value, mark, told: aside, bar } of cells) {
          const p = now.ps[way][t];
          const best = likeliest(p);
          const sign = best !== full ? "≠" : p[best] < SURE ? "?" : "";
          label.textContent = labels[best];
          value.textContent = show(p[best]);
          mark.textContent = sign && ` ${sign}`;
          aside.textContent = sign && ` (${sign === "≠" ? text.differs : text.doubt})`;
          said.classList.toggle("rnn-neutral", best === neutral);
          said.classList.toggle("rnn-doubt", sign !== "");
          said.style.setProperty("--p", p[best].toFixed(3));
          bar.style.width = `${100 * p[best]}%`;
        }
      });
      const strange = [...new Set(tokens.filter((_, t) => numbers[t] === 2))].map(quoted);
      const problems = [
        strange.length ? fit(text.unknown, { signs: strange.slice(0, 12).join(" ") }) : "",
        cut(typed, by, MOST + 1).length > T ? fit(text.long, { most: MOST }) : "",
      ].filter(Boolean).join(" ");
      note.textContent = problems || fit(text.hint, { kind });
      note.classList.toggle("rnn-problem", problems !== "");
    }
    const { ps } = now;
    columns.forEach(({ head: press, top, cells }, t) => {
      set(press, { tabindex: t === at ? 0 : -1, "aria-pressed": String(t === at) });
      top.classList.toggle("rnn-picked", t === at);
      for (const { node, rails } of cells) {
        node.classList.toggle("rnn-picked", t === at);
        for (const rail of rails) set(rail, { hidden: rail.classList.contains("rnn-rail-ahead") ? t > at : t < at });
      }
    });
    if (T && (now.at !== at || now.seen !== is)) {
      const box = scroller.getBoundingClientRect();
      const here = columns[at].top.getBoundingClientRect();
      const way = head.firstElementChild?.getBoundingClientRect().width ?? 0;
      reveal(scroller, here.left - box.left + scroller.scrollLeft - way, way + here.width);
    }
    now.at = at;
    now.seen = is;

    const token = T ? quoted(tokens[at]) : "";
    const three = T ? WAYS.map((way) => ps[way][at]) : [];
    status.textContent = T ? fit(text.said, {
      token, why: text[decides(...three)],
      ...Object.fromEntries(WAYS.map((way, k) => [way, told(three[k], labels)])),
    }) : text.none;
    title.textContent = T ? fit(text.all, { token }) : text.nothing;
    lines.forEach(({ cells }, k) => cells.forEach(({ bar, value, node }, w) => {
      const p = T ? three[w][k] : 0;
      bar.style.width = `${100 * p}%`;
      value.textContent = T ? show(p) : "";
      node.classList.toggle("rnn-best", T > 0 && likeliest(three[w]) === k);
    }));
  }

  return paintOn(model, ["name", "text", "at"], paint);
}

export default { render };
