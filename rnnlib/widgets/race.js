// @ts-check
import { fit, html, line, paintOn, scale, set, show, svg, words } from "./shared.js";
import { film, legend, unstrip } from "./film.js";
import { player } from "./panel.js";

const TEXT = {
  en: {
    start: "Start", pause: "Pause", on: "Continue", again: "From the beginning", play: "Play the recording", stop: "Stop", when: "after update",
    status: "Update {step}: {said}.", done: "{said} (done at {step})", ready: "{steps} updates each to go.",
    accuracy: "Accuracy on unseen sequences", loss: "Training loss, in nats", norm: "Gradient norm before clipping to 1 (thin line)",
    chance: "guessing: {p}", updates: "updates",
    charted: "{name}. {steps} updates. At update {step}: {said}.", nothing: "nothing yet",
    states: "Hidden states on one unseen sequence", few: "A row for each of the first {n} of {H} units, a column for each of {T} steps.", sum: "A row for each of the first units, a column for each of {T} steps.", right: "right answer: {p}%",
    film: "{label}: {n} of {H} hidden units over {T} steps after update {step}. Chance it gives to the right answer: {p}%.",
    over: "above 0", under: "below 0", marked: "Dashed: {said}.", mark: "{sign} at step {t}",
  },
  ko: {
    start: "시작", pause: "멈춤", on: "계속", again: "처음부터", play: "기록 재생", stop: "멈춤", when: "갱신 횟수",
    status: "갱신 {step}번: {said}.", done: "{said}({step}번에서 마침)", ready: "모델마다 갱신 {steps}번이 남았다.",
    accuracy: "학습에 쓰지 않은 순차열의 정확도", loss: "학습 손실(나트)", norm: "클리핑 전 그레이디언트 노름(가는 선은 임계치 1)",
    chance: "무작위로 답할 때: {p}", updates: "갱신 횟수",
    charted: "{name}. 갱신 {steps}번까지. 갱신 {step}번에서 {said}.", nothing: "아직 없음",
    states: "학습에 쓰지 않은 순차열 하나를 읽을 때의 은닉 상태", few: "줄마다 유닛 하나({H}개 가운데 처음 {n}개), 칸마다 한 단계(모두 {T}단계).", sum: "줄마다 처음 유닛 가운데 하나, 칸마다 한 단계(모두 {T}단계).", right: "정답에 준 확률: {p}%",
    film: "{label}: 갱신 {step}번 뒤, 은닉 유닛 {H}개 가운데 {n}개의 {T}단계 동안의 값. 정답에 준 확률: {p}%.",
    over: "양수", under: "음수", marked: "세로 파선: {said}.", mark: "{t}단계의 {sign}",
  },
};
const [LEFT, WIDTH] = [34, 440]; // of the charts
const GAP = 15; // from label to label
const HIGH = 9; // one unit of a strip
const SAID = 4; // marks that are told in words

// --- mathematics -----------------------------------------------------------

/** Move labels apart to `gap` from each other, none below `most`. */
export function spread(ys, gap, most) {
  const order = ys.map((_, k) => k).sort((a, b) => ys[a] - ys[b]);
  const out = [...ys];
  order.forEach((k, n) => { if (n) out[k] = Math.max(out[k], out[order[n - 1]] + gap); });
  for (let n = order.length - 1, limit = most; n >= 0; n--, limit -= gap) {
    out[order[n]] = Math.min(out[order[n]], limit);
  }
  return out;
}

/** Two parts of a curve [[x, y], ...] that meet at the last point up to x. */
export function parts(points, x) {
  const n = points.filter(([at]) => at <= x).length;
  return [points.slice(0, n), points.slice(Math.max(0, n - 1))];
}

/** The newest strip of a label that was recorded up to an update. */
export function newest(records, step, label) {
  return records.reduce((found, r) => (r.step <= step && r.strips[label]) || found, null);
}

/** The last point of [[x, y], ...] up to x, if there is one. */
export const before = (points, x) => parts(points, x)[0].at(-1);

/** A share as in a table: .25, 1.00. */
export const short = (p) => show(p).replace(/^0/, "");

/** Whole powers of ten around numbers above 0, with 0.1 to 10 among them. */
export function decades(values) {
  const logs = values.map(Math.log10);
  return [Math.min(-1, ...logs.map(Math.floor)), Math.max(1, ...logs.map(Math.ceil))];
}

// --- picture ---------------------------------------------------------------

const figures = (x) => (x >= 0.01 ? show(x) : x.toExponential(0).replace("-", "\u2212"));
const lane = (k) => `rnn-race-lane rnn-race-${k + 1}`;

/** A chart of one line for each model; show() moves what changes.
 * @param {number} height @param {number} right where the lines end
 * @param {number} steps @param {string[]} labels */
function race(height, right, steps, labels) {
  const [top, bottom] = [8, height - 8];
  const x = scale([0, steps], [LEFT, right]);
  const ticks = svg("g");
  const lines = labels.map((label, k) => {
    const [ahead, past, lead] = ["rnn-race-ahead", "", "rnn-race-lead"].map((kind) => svg("path", { class: kind || null }));
    const dot = svg("circle", { r: 3.4, class: "rnn-race-dot" });
    const name = svg("text", { class: "rnn-race-name" }, label);
    return { node: svg("g", { class: lane(k) }, ahead, past, lead, dot, name), ahead, past, lead, dot, name };
  });
  const cursor = svg("line", { class: "rnn-cursor", y1: top, y2: bottom });
  const node = svg(
    "svg", { viewBox: `0 0 ${WIDTH} ${height}`, class: "rnn-chart rnn-race-chart", role: "img" },
    svg("path", { class: "rnn-axis", d: `M${LEFT} ${top}V${bottom}H${right}` }), ticks, cursor, ...lines.map((each) => each.node),
  );
  let ticked = "";
  return {
    node, x,
    /** @param {[number, number][][]} curves @param {[number, number]} range
     * @param {[number, string][]} marks @param {{ at: number, text: string } | null} rule a line across */
    show(curves, step, range, marks, rule) {
      const y = scale(range, [bottom, top]);
      const drawn = curves.map((points) => points.map(([s, v]) => [x(s), y(v)]));
      const ends = drawn.map((points) => points.at(-1) ?? [LEFT, bottom]);
      const far = Math.max(...ends.map(([end]) => end));
      const early = far < (LEFT + right) / 2; // then the names are on the left
      const key = JSON.stringify([range, marks, early]);
      if (ticked !== key) {
        ticked = key;
        ticks.replaceChildren(
          ...marks.map(([v, text]) => svg("text", { x: LEFT - 5, y: y(v) + 4, "text-anchor": "end" }, text)),
          ...(rule ? [svg("path", { class: "rnn-race-rule", d: `M${LEFT} ${y(rule.at)}H${right}` }),
            svg("text", { class: "rnn-record-name", x: early ? right : LEFT + 4, "text-anchor": early ? "end" : null, y: y(rule.at) + (bottom - y(rule.at) > 26 ? 22 : -12) }, rule.text)] : []),
        );
      }
      set(cursor, { x1: x(step), x2: x(step) });
      const ys = spread(ends.map(([, end]) => end), GAP, bottom);
      lines.forEach(({ ahead, past, lead, dot, name }, k) => {
        const [now, then] = parts(drawn[k], x(step) + 1e-6);
        const empty = !drawn[k].length;
        set(past, { d: now.length > 1 ? line(now) : null });
        set(ahead, { d: then.length > 1 ? line(then) : null });
        set(lead, { d: empty ? null : line([ends[k], [far, ends[k][1]], [far + 6, ys[k]]]) });
        const [cx, cy] = now.at(-1) ?? [0, 0];
        set(dot, { cx, cy, visibility: now.length ? null : "hidden" });
        set(name, { x: far + 9, y: ys[k] + 4, visibility: empty ? "hidden" : null });
      });
    },
  };
}

function render({ model, el }) {
  const text = words(TEXT, model);
  const [labels, steps, shown, units] = ["labels", "steps", "shown", "units"].map((name) => model.get(name));
  const [T, chance, window_, marks] = ["length", "chance", "window", "marks"].map((name) => model.get(name));
  const records = () => model.get("records");
  const panel = player(model, text, model.page ? records().map((r) => r.step) : model.get("schedule"), () => paint());

  const wide = (label) => Array.from(label).reduce((sum, c) => sum + (c > "\u1100" ? 15 : 10), 0);
  const right = WIDTH - 12 - Math.max(...labels.map(wide));
  const charts = Object.fromEntries(["accuracy", "loss", "norm"].map((name) =>
    [name, race(name === "accuracy" ? 136 : 108, right, steps, labels)]));
  const ticks = [0, 0.5, 1].map((part) => Math.round(steps * part));
  const under = svg("svg", { viewBox: `0 0 ${WIDTH} 17`, class: "rnn-chart rnn-race-chart", "aria-hidden": "true" },
    ...ticks.map((s, k) => svg("text", { x: charts.loss.x(s), y: 12, "text-anchor": ["start", "middle", "middle"][k] }, s.toLocaleString("en"))),
    svg("text", { x: charts.loss.x(steps * 0.25), y: 12, "text-anchor": "middle" }, text.updates));

  const place = (column) => `${(100 * (column + 0.5)) / shown.length}%`;
  const guides = () => marks.map(([column]) => html("span", { class: "rnn-race-guide", style: `left: ${place(column)}` }));
  const far = marks.filter(([column], k) => !k || column - marks[k - 1][0] > shown.length / 24); // else they overlap
  const strips = labels.map((label, k) => {
    const n = newest(records(), 0, label).units;
    const strip = film(4, HIGH, label, 0);
    const said = html("span", { class: "rnn-note rnn-value" });
    const node = html("div", { class: "rnn-race-strip" },
      html("div", { class: "rnn-race-head" },
        svg("svg", { viewBox: "0 0 34 10", width: 34, height: 10, class: lane(k), "aria-hidden": "true" }, svg("path", { d: "M1 5H33" })),
        html("span", { class: "rnn-heading rnn-name" }, label), said),
      html("div", { class: "rnn-race-frame" }, strip.node, ...guides()));
    return { label, n, strip, said, node, of: null };
  });
  const few = Math.max(...strips.map(({ n }) => n));
  const H = units.every((each) => each === units[0]) ? units[0] : 0;
  const read = marks.length && marks.length <= SAID
    ? fit(text.marked, { said: marks.map(([column, sign]) => fit(text.mark, { sign, t: shown[column] + 1 })).join(", ") }) : "";
  const status = html("p", { class: "rnn-status rnn-race-status", role: "status" });

  el.classList.add("rnn-widget");
  el.append(
    html("div", { class: "rnn-race-hand" }, panel.buttons, panel.slider, status),
    html("div", { class: "rnn-race-columns" },
      html("div", { class: "rnn-race-charts" },
        ...Object.entries(charts).flatMap(([name, { node }]) => [html("p", { class: "rnn-heading" }, text[name]), node]), under),
      html("div", { class: "rnn-race-strips" },
        html("p", { class: "rnn-heading" }, text.states),
        html("p", { class: "rnn-note" }, [fit(H ? text.few : text.sum, { n: few, H, T }), read].join(" ")),
        ...strips.map(({ node }) => node),
        ...(marks.length ? [html("div", { class: "rnn-race-marks", "aria-hidden": "true" },
          ...far.map(([column, sign]) => html("span", { style: `left: ${place(column)}` }, sign)))] : []),
        legend(text))),
  );

  function paint() {
    const curves = model.get("curves");
    const step = panel.step();
    const record = panel.record();
    const number = (s) => s.toLocaleString("en");
    panel.show(labels.every((label) => curves[label].done));

    // In order of accuracy, as in a race.
    const scores = labels.map((label) => before(curves[label].accuracy, record.step));
    const places = labels.map((_, k) => k).sort((a, b) => scores[b][1] - scores[a][1]);
    const told = places.map((k) => {
      const [at, share] = scores[k];
      const said = `${labels[k]} ${short(share)}`;
      return curves[labels[k]].done && at < record.step ? fit(text.done, { said, step: number(at) }) : said;
    }).join(", ");
    const problem = model.get("problem");
    status.textContent = problem || [fit(text.status, { step: number(record.step), said: told }),
      model.get("step") ? "" : fit(text.ready, { steps: number(steps) })].join(" ");
    status.classList.toggle("rnn-problem", Boolean(problem));

    const spaced = (name, f) => labels.map((label) => curves[label][name].map((v, k) => [(k + 1) * window_, f(v)]));
    const losses = spaced("loss", (v) => v);
    const norms = spaced("norm", Math.log10);
    const top = Math.max(1, Math.ceil(2 * Math.max(0, ...losses.flat().map(([, v]) => v))) / 2);
    const [low, high] = decades(labels.flatMap((label) => curves[label].norm));
    const by = high - low > 4 ? 2 : 1;
    const powers = Array.from({ length: high - low + 1 }, (_, k) => low + k).filter((p) => p % by === 0);
    const all = {
      accuracy: [labels.map((label) => curves[label].accuracy), [0, 1], [0, 0.5, 1].map((v) => [v, String(v).replace("0.", ".")]),
        chance === null ? null : { at: chance, text: fit(text.chance, { p: short(chance) }) }, short],
      loss: [losses, [0, top], [0, top / 2, top].map((v) => [v, String(v)]), null, (v) => show(v)],
      norm: [norms, [low, high], powers.map((p) => [p, p < -2 || p > 2 ? `1e${show(p, 0)}` : String(10 ** p)]), { at: 0, text: "" }, (v) => figures(10 ** v)],
    };
    for (const [name, [points, range, marks_, rule, format]] of Object.entries(all)) {
      charts[name].show(points, step, range, marks_, rule);
      const said = points.map((each, k) => [labels[k], before(each, record.step)]).filter(([, at]) => at).map(([label, at]) => `${label} ${format(at[1])}`);
      set(charts[name].node, { "aria-label": fit(text.charted, { name: text[name], steps: number(steps), step: number(record.step), said: said.join(", ") || text.nothing }) });
    }

    for (const each of strips) {
      const found = newest(records(), record.step, each.label);
      if (each.of === found) continue;
      each.of = found;
      const hs = unstrip(found);
      each.strip.show(hs, hs[0].map((_, i) => i), []);
      const p = show(100 * found.right, 0);
      each.said.textContent = fit(text.right, { p });
      set(each.strip.node, { "aria-label": fit(text.film, { label: each.label, n: each.n, H: units[labels.indexOf(each.label)], T, step: number(record.step), p }) });
    }
  }

  const undo = paintOn(model, ["step", "curves", "records", "running", "problem"], paint);
  return () => {
    panel.stop();
    undo();
  };
}

export default { render };
