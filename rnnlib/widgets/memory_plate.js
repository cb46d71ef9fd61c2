// @ts-check
import {
  button, choice, fit, frame, html, line, paintOn, permutation, random,
  scale, set, show, stillness, svg, words,
} from "./shared.js";
import { energy, fields, overlaps, store, tie, together, visit } from "./hopfield.js";
import { picture, plate } from "./plate.js";

const TEXT = {
  en: {
    plate: "Plate: the state of the network, one pixel per unit",
    cell: "row {row}, column {column}",
    step: "Step", sweep: "Sweep", run: "Run", stop: "Stop",
    noise: "Flip 15%", random: "Random", reset: "Reset",
    update: "Update", async: "one at a time", sync: "all at once",
    rule: "Rule", hebb: "Hebb", inverse: "pseudo-inverse",
    memories: "Memories", none: "Nothing is stored yet: every field is 0.",
    load: "Put {name} on the plate", forget: "Forget {name}",
    keep: "Store the plate", add: "Store", glyph: "Glyph to store",
    full: "20 memories are the most this plate takes.",
    overlap: "overlap {m}",
    energy: "Energy after each update", updates: "updates",
    ready: "{n} of {N} pixels disagree with their field (orange dots).",
    calm: "Every pixel agrees with its field: a fixed point.",
    flip: "Row {row}, column {column}: field {h}. The pixel flips.",
    stay: "Row {row}, column {column}: field {h}. The pixel stays.",
    all: "{n} pixels flipped at once.",
    cycle: "A two-cycle: the plate swaps between two states for ever.",
    found: "Settled on {name}.",
    negative: "Settled on the negative of {name}: it has the same energy.",
    near: "Settled near {name}, overlap {m}: some pixels stay wrong.",
    spurious: "Settled on a state that nobody stored.",
    own: "Your own store() made these weights.",
    drawn: "drawing",
  },
  ko: {
    plate: "기억판: 네트워크의 상태, 픽셀 하나가 유닛 하나",
    cell: "{row}행 {column}열",
    step: "한 유닛", sweep: "한 바퀴", run: "실행", stop: "멈춤",
    noise: "15% 뒤집기", random: "무작위", reset: "처음으로",
    update: "갱신", async: "하나씩(비동기)", sync: "한꺼번에(동기)",
    rule: "규칙", hebb: "헤브", inverse: "유사역행렬",
    memories: "기억", none: "저장한 기억이 없다. 국소장이 모두 0이다.",
    load: "{name} 기억판에 올리기", forget: "{name} 지우기",
    keep: "지금 그림 저장", add: "저장", glyph: "저장할 글자",
    full: "기억판에는 20개까지 저장할 수 있다.",
    overlap: "겹침 {m}",
    energy: "갱신할 때마다의 에너지", updates: "갱신 횟수",
    ready: "{N}개 가운데 {n}개 픽셀이 국소장과 어긋난다(주황 점).",
    calm: "모든 픽셀이 국소장과 일치한다. 고정점이다.",
    flip: "{row}행 {column}열: 국소장 {h}. 픽셀이 뒤집힌다.",
    stay: "{row}행 {column}열: 국소장 {h}. 픽셀이 그대로 남는다.",
    all: "픽셀 {n}개가 한꺼번에 뒤집혔다.",
    cycle: "2-주기: 두 상태를 끝없이 오간다.",
    found: "{name}에 안착했다.",
    negative: "{name}의 음화에 안착했다. 에너지는 {name}와 같다.",
    near: "{name} 근처에 안착했다. 겹침 {m}, 틀린 픽셀이 남았다.",
    spurious: "아무도 저장하지 않은 상태에 안착했다.",
    own: "직접 만든 store()가 계산한 가중치이다.",
    drawn: "그림",
  },
};
const MOST = 20;

// --- what happens to the model ---------------------------------------------

/** W: the reader's own where a kernel computed them, else by the rule. */
function weightsOf(model) {
  const given = model.get("weights");
  const patterns = model.get("patterns");
  if (!given) return store(patterns, model.get("rule"));
  const bytes = Uint8Array.from(atob(given), (c) => c.charCodeAt(0));
  const flat = new Float32Array(bytes.buffer);
  const N = model.get("pattern").length;
  return Array.from({ length: N }, (_, i) => Float64Array.from(flat.subarray(i * N, (i + 1) * N)));
}

/** What a settled state is, in words. */
export function verdict(patterns, names, s, text) {
  const m = overlaps(patterns, s);
  let best = 0;
  m.forEach((x, mu) => { if (Math.abs(x) > Math.abs(m[best])) best = mu; });
  const values = { name: names[best], m: show(m[best] ?? 0) };
  if (m[best] === 1) return fit(text.found, values);
  if (m[best] === -1) return fit(text.negative, values);
  if (m[best] >= 0.8) return fit(text.near, values);
  return text.spurious;
}

// --- the widget ------------------------------------------------------------

function render({ model, el }) {
  const text = words(TEXT, model);
  const begin = {
    patterns: model.get("patterns"), names: model.get("names"),
    pattern: model.get("pattern"), rule: model.get("rule"), update: model.get("update"),
  };
  const N = begin.pattern.length;
  const side = Math.round(Math.sqrt(N));
  let W = [];
  let rng = random(1);
  let order = []; // the units that this sweep has still to visit
  let sweepFlips = 0; // flips in the present sweep: none means settled
  let before = null; // the state two synchronous steps ago
  let timer = 0;
  let mark = { at: -1, flipped: false };
  let note = "";

  const board = plate(side, text.plate, text.cell, (i, value) => {
    stop();
    const s = model.get("pattern").slice();
    s[i] = value;
    place(s);
  });
  const status = html("p", { class: "rnn-status", role: "status" });
  const runButton = button(text.run, () => (timer ? stop() : run()), { class: "rnn-main" });
  const updates = choice(text.update, { async: text.async, sync: text.sync }, (value) => {
    stop();
    model.set("update", value);
    restart();
  });
  const rules = choice(text.rule, { hebb: text.hebb, "pseudo-inverse": text.inverse }, (value) => {
    stop();
    model.set("rule", value);
    restart();
  });
  const shelf = choice(text.glyph, Object.fromEntries(Object.keys(model.get("shelf")).map((g) => [g, g])), () => {});
  const keepButton = button(text.keep, () => keep(model.get("pattern"), `${text.drawn} ${model.get("names").length + 1}`));
  const addButton = button(text.add, () => {
    const glyph = shelf.select.value;
    keep(Array.from(model.get("shelf")[glyph], (c) => (c === "#" ? 1 : -1)), glyph);
  });
  const list = html("ul", { class: "rnn-memories" });
  const limit = html("p", { class: "rnn-note" });

  const chart = svg("svg", { viewBox: "0 0 340 130", class: "rnn-chart", role: "img" });
  const stairs = svg("path", { class: "rnn-line" });
  const tip = svg("circle", { r: 3.5, class: "rnn-tip" });
  const labels = {
    high: svg("text", { x: 38, y: 16, "text-anchor": "end" }),
    low: svg("text", { x: 38, y: 112, "text-anchor": "end" }),
    count: svg("text", { x: 334, y: 126, "text-anchor": "end" }),
    name: svg("text", { x: 6, y: 64 }, "E"),
  };
  chart.append(
    svg("path", { class: "rnn-axis", d: "M44 8V112H334" }),
    stairs, tip, ...Object.values(labels),
  );

  el.classList.add("rnn-widget");
  el.append(html(
    "div", { class: "rnn-columns" },
    html(
      "div", { class: "rnn-column" },
      board.node, status,
      html("div", { class: "rnn-row" }, runButton,
        button(text.step, () => { stop(); one(); model.save_changes(); }),
        button(text.sweep, () => { stop(); sweepOnce(); })),
      html("div", { class: "rnn-row" },
        button(text.noise, () => { stop(); place(flipSome(0.15)); }),
        button(text.random, () => { stop(); place(model.get("pattern").map(() => (rng() < 0.5 ? 1 : -1))); }),
        button(text.reset, () => { stop(); rng = random(1); for (const [k, v] of Object.entries(begin)) model.set(k, v); restart(); })),
      html("div", { class: "rnn-row" }, updates.node, rules.node),
    ),
    html(
      "div", { class: "rnn-column" },
      html("p", { class: "rnn-heading" }, text.memories), list,
      html("div", { class: "rnn-row" }, keepButton,
        Object.keys(model.get("shelf")).length ? html("span", { class: "rnn-row" }, shelf.node, addButton) : ""),
      limit,
      html("p", { class: "rnn-heading" }, text.energy), chart,
    ),
  ));

  // --- the hand: every action sets the model ---
  function flipSome(fraction) {
    const s = model.get("pattern").slice();
    for (const i of permutation(N, rng).slice(0, Math.round(fraction * N))) s[i] = -s[i];
    return s;
  }

  /** A new state by the reader's hand: the staircase begins anew. */
  function place(s) {
    model.set("pattern", s);
    restart();
  }

  function restart() {
    order = [];
    sweepFlips = 0;
    before = null;
    mark = { at: -1, flipped: false };
    note = "";
    model.set("energies", [energy(W, model.get("pattern"))]);
    model.save_changes();
    repaint();
  }

  function keep(pattern, name) {
    if (model.get("patterns").length >= MOST) {
      limit.textContent = text.full;
      return;
    }
    stop();
    model.set("names", [...model.get("names"), name]);
    model.set("patterns", [...model.get("patterns"), pattern.slice()]);
    restart();
  }

  function forget(mu) {
    stop();
    model.set("names", model.get("names").filter((_, k) => k !== mu));
    model.set("patterns", model.get("patterns").filter((_, k) => k !== mu));
    limit.textContent = "";
    restart();
    (list.querySelectorAll("button")[Math.min(2 * mu, 2 * model.get("names").length - 1)] ?? keepButton).focus();
  }

  /** One update: a unit, or all of them. Returns true when it has settled. */
  function one() {
    const s = model.get("pattern");
    let next;
    let settled;
    if (model.get("update") === "sync") {
      next = together(W, s);
      const flips = next.filter((x, i) => x !== s[i]).length;
      settled = flips === 0;
      const cycles = !settled && before && before.every((x, i) => x === next[i]);
      mark = { at: -1, flipped: false };
      note = settled ? "" : cycles ? text.cycle : fit(text.all, { n: flips });
      before = s;
    } else {
      if (!order.length) {
        order = permutation(N, rng);
        sweepFlips = 0;
      }
      const i = order.shift();
      const seen = visit(W, s, i);
      next = seen.s;
      sweepFlips += seen.flipped ? 1 : 0;
      settled = !order.length && !sweepFlips;
      mark = { at: i, flipped: seen.flipped };
      note = fit(seen.flipped ? text.flip : text.stay, {
        row: Math.floor(i / side) + 1, column: (i % side) + 1, h: show(seen.field),
      });
    }
    model.set("energies", [...model.get("energies"), energy(W, next)]);
    model.set("pattern", next);
    if (settled) {
      mark = { at: -1, flipped: false };
      note = verdict(model.get("patterns"), model.get("names"), next, text);
    }
    repaint();
    return settled;
  }

  function sweepOnce() {
    const visits = model.get("update") === "sync" ? 1 : (order.length || N);
    for (let k = 0; k < visits; k++) if (one()) break;
    model.save_changes();
  }

  function run() {
    if (!model.get("patterns").length) return;
    const sync = model.get("update") === "sync";
    let left = sync ? 24 : 40 * N; // a two-cycle has no end of its own
    const beat = () => {
      let settled = false;
      // Quiet visits pass within a beat; each beat shows one flip.
      do {
        settled = one();
        left -= 1;
      } while (!settled && left > 0 && (stillness() || !(sync || mark.flipped)));
      model.save_changes();
      if (settled || left <= 0) finish();
      else timer = window.setTimeout(beat, sync ? 400 : 45);
    };
    set(status, { "aria-live": "off" }); // announce the end, not every flip
    runButton.textContent = text.stop;
    beat();
  }

  function finish() {
    timer = 0;
    runButton.textContent = text.run;
    set(status, { "aria-live": "polite" });
  }

  function stop() {
    window.clearTimeout(timer);
    finish();
  }

  // --- the picture ---
  function paintMemories() {
    const names = model.get("names");
    list.replaceChildren(...model.get("patterns").map((xi, mu) => html(
      "li", {},
      html("button", {
        type: "button", class: "rnn-thumb", "aria-label": fit(text.load, { name: names[mu] }),
        onclick: () => { stop(); place(xi.slice()); },
      }, picture(xi, 34)),
      html("span", { class: "rnn-name" }, names[mu]),
      svg("svg", { viewBox: "-1 0 2 1", preserveAspectRatio: "none", class: "rnn-bar", "aria-hidden": "true" },
        svg("rect", { x: -1, y: 0, width: 2, height: 1, class: "rnn-track" }),
        svg("rect", { y: 0, height: 1, class: "rnn-fill" }),
        svg("rect", { x: -0.008, y: 0, width: 0.016, height: 1, class: "rnn-zero" })),
      html("span", { class: "rnn-value" }),
      html("button", {
        type: "button", class: "rnn-cross", "aria-label": fit(text.forget, { name: names[mu] }),
        onclick: () => forget(mu),
      }, "×"),
    )));
    if (!names.length) list.append(html("li", { class: "rnn-note" }, text.none));
    repaint();
  }

  function paint() {
    const s = model.get("pattern");
    if (s.length !== N) return;
    // Asked for before the memories changed: their list is drawn next.
    if (list.querySelectorAll(".rnn-bar").length !== model.get("patterns").length) return;
    const h = W.length ? fields(W, s) : s.map(() => 0);
    const small = tie(W, h);
    let restless = 0;
    board.show(s);
    board.cells.forEach((cell, i) => {
      const wants = h[i] * s[i] < 0 && Math.abs(h[i]) > small;
      restless += wants ? 1 : 0;
      cell.className = (wants ? "rnn-restless " : "")
        + (i === mark.at ? (mark.flipped ? "rnn-flipped" : "rnn-visited") : "");
    });
    const problem = model.get("problem");
    status.textContent = problem || note
      || (restless ? fit(text.ready, { n: restless, N }) : text.calm);
    status.classList.toggle("rnn-problem", Boolean(problem));

    const m = overlaps(model.get("patterns"), s);
    list.querySelectorAll(".rnn-bar").forEach((bar, mu) => {
      set(bar.querySelector(".rnn-fill"), { x: Math.min(0, m[mu]), width: Math.abs(m[mu]) });
    });
    list.querySelectorAll(".rnn-value").forEach((value, mu) => {
      value.textContent = show(m[mu]);
      set(value, { "aria-label": fit(text.overlap, { m: show(m[mu]) }) });
    });

    const E = model.get("energies");
    const top = Math.max(...E, 0);
    const bottom = Math.min(...E, top - 1);
    const x = scale([0, Math.max(E.length - 1, 10)], [46, 330]);
    const y = scale([bottom, top], [108, 12]);
    set(stairs, { d: line(E.flatMap((e, k) => (k ? [[x(k), y(E[k - 1])], [x(k), y(e)]] : [[x(0), y(e)]]))) });
    set(tip, { cx: x(E.length - 1), cy: y(E.at(-1)) });
    labels.high.textContent = show(top, 0);
    labels.low.textContent = show(bottom, 0);
    labels.count.textContent = `${E.length - 1} ${text.updates}`;
    set(chart, { "aria-label": `${text.energy}: E = ${show(E.at(-1), 1)}, ${E.length - 1} ${text.updates}` });
    updates.show(model.get("update"));
    rules.show(model.get("rule"));
    set(rules.select, { disabled: Boolean(model.get("weights")), title: model.get("weights") ? text.own : null });
  }

  // The weights are ready before anything is painted with them.
  function weigh() {
    W = weightsOf(model);
  }
  const sources = ["patterns", "rule", "weights"];
  for (const trait of sources) model.on(`change:${trait}`, weigh);
  model.on("change:weights", restart);
  const repaint = frame(paint);
  weigh();
  if (!model.get("energies").length) restart();
  const undo = [
    paintOn(model, ["patterns", "names", "weights"], paintMemories),
    paintOn(model, ["pattern", "energies", "rule", "update", "problem"], paint),
  ];
  return () => {
    stop();
    repaint.cancel();
    undo.forEach((each) => each());
    for (const trait of sources) model.off(`change:${trait}`, weigh);
    model.off("change:weights", restart);
  };
}

export default { render };
