// @ts-check
import { button, fit, html, line, paintOn, scale, set, show, slider, svg, words } from "./shared.js";
import { picture } from "./plate.js";

const TEXT = {
  en: {
    alpha: "load α = P/N", N: "units N", reset: "Reset",
    bit_error: "Wrong bits after one step", exact: "Perfect memories", overlap: "Overlap at the end",
    bit_error_line: "½ erfc(1/√(2α))", exact_line: "(1 − wrong bits)ᴺ; marks at N/4 ln N and N/2 ln N", overlap_line: "mean field, N → ∞",
    hint: "Each load you visit leaves a dot. The grey lines are theory.",
    count: "{P} patterns in {N} units",
    plate: "The letter A after recall in 100 units at this load: {n} of 100 pixels wrong.",
    measured: "{name}: {value} measured at load {alpha}",
  },
  ko: {
    alpha: "부하율 α = P/N", N: "유닛 수 N", reset: "처음으로",
    bit_error: "한 번 갱신한 뒤 틀린 비트", exact: "완벽한 기억", overlap: "마지막 겹침",
    bit_error_line: "½ erfc(1/√(2α))", exact_line: "(1 − 틀린 비트)ᴺ, 눈금은 N/4 ln N과 N/2 ln N", overlap_line: "평균장 이론, N → ∞",
    hint: "부하율을 옮길 때마다 점이 남는다. 회색 선은 이론값이다.",
    count: "유닛 {N}개에 패턴 {P}개",
    plate: "이 부하율로 유닛 100개에 저장하고 회상한 글자 A: 픽셀 100개 가운데 {n}개가 틀렸다.",
    measured: "{name}: 부하율 {alpha}에서 측정값 {value}",
  },
};
const PANELS = {
  bit_error: { range: [0, 0.05], digits: 2 },
  exact: { range: [0, 1], digits: 0 },
  overlap: { range: [0, 1], digits: 2 },
};
const WIDE = 220;
const HIGH = 150;

/** A fraction as a reader wants it: per cent, but overlaps as they are. */
const value = (key, x) =>
  (key === "overlap" ? show(x, 2) : `${show(100 * x, PANELS[key].digits)}%`);

function render({ model, el }) {
  const text = words(TEXT, model);
  const values = model.get("values");
  const theory = model.get("theory");
  const begin = model.get("params");
  const seen = new Map(); // "N alpha" -> result: the dots on the charts
  const x = scale([0, 0.3], [34, WIDE - 8]);

  function choose(name, chosen) {
    model.set("params", { ...model.get("params"), [name]: chosen });
    model.save_changes();
  }
  const sliders = {
    alpha: slider(text.alpha, values.alpha, (a) => show(a, 2), (a) => choose("alpha", a)),
    N: slider(text.N, values.N, String, (N) => choose("N", N)),
  };

  const panels = Object.entries(PANELS).map(([key, { range }]) => {
    const y = scale(range, [HIGH - 26, 10]);
    const parts = {
      theory: svg("path", { class: "rnn-theory" }),
      cursor: svg("line", { class: "rnn-cursor", y1: 10, y2: HIGH - 26 }),
      dots: svg("g", { class: "rnn-dots" }),
      marks: svg("g", { class: "rnn-marks" }),
    };
    const ticks = [range[0], range[1]].map((v) =>
      svg("text", { x: 30, y: y(v) + 4, "text-anchor": "end" },
        key === "overlap" ? String(v) : `${Math.round(100 * v)}%`));
    const below = [0, 0.1, 0.2, 0.3].map((a) =>
      svg("text", { x: x(a), y: HIGH - 10, "text-anchor": "middle" }, String(a)));
    const chart = svg(
      "svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, class: "rnn-chart", role: "img" },
      svg("path", { class: "rnn-axis", d: `M34 10V${HIGH - 26}H${WIDE - 8}` }),
      ...ticks, ...below, parts.marks, parts.theory, parts.cursor, parts.dots,
    );
    const readout = html("output", { class: "rnn-readout" });
    const node = html(
      "div", { class: "rnn-panel" },
      html("p", { class: "rnn-heading" }, text[key]), readout, chart,
      html("p", { class: "rnn-note" }, text[`${key}_line`]),
    );
    return { key, y, chart, readout, node, ...parts };
  });
  const thumb = html("div", { class: "rnn-thumb-large" });
  const caption = html("p", { class: "rnn-note" });
  const count = html("p", { class: "rnn-heading", role: "status" });

  el.classList.add("rnn-widget");
  el.append(
    html("div", { class: "rnn-controls" }, sliders.alpha.node, sliders.N.node),
    html("div", { class: "rnn-panels" }, ...panels.map((p) => p.node)),
    html("div", { class: "rnn-row rnn-foot" }, thumb,
      html("div", { class: "rnn-grow" }, count, caption, html("p", { class: "rnn-note" }, text.hint)),
      button(text.reset, () => {
        seen.clear();
        model.set("params", begin);
        model.save_changes();
        paint();
      })),
  );

  function paint() {
    const { alpha, N } = model.get("params");
    const result = model.get("result");
    sliders.alpha.show(alpha);
    sliders.N.show(N);
    for (const { key, y, chart, readout, ...parts } of panels) {
      const curve = key === "exact"
        ? theory.bit_error.map((p) => (1 - p) ** N) : theory[key];
      const points = theory.alpha.map((a, k) => [x(a), y(curve[k])]);
      if (key === "overlap") { // the cliff itself is vertical
        const [a, m] = theory.critical;
        const after = theory.alpha.findIndex((each) => each > a);
        points.splice(after, 0, [x(a), y(m)], [x(a), y(0)]);
      }
      set(parts.theory, { d: line(points.filter(([, py]) => py >= 4)) });
      set(parts.cursor, { x1: x(alpha), x2: x(alpha) });
      const at = values.N.indexOf(N);
      const marks = {
        bit_error: [], overlap: [], exact: [theory.every[at], theory.most[at]],
      }[key];
      parts.marks.replaceChildren(...marks.map((a) =>
        svg("line", { class: "rnn-mark", x1: x(a), x2: x(a), y1: 10, y2: HIGH - 26 })));
      if (key === "overlap") {
        const [a] = theory.critical;
        parts.marks.append(svg("text", { x: x(a) + 4, y: 20 }, show(a, 3)));
      }
      parts.dots.replaceChildren(...[...seen.values()].filter((dot) => dot.N === N).map((dot) =>
        svg("circle", {
          cx: x(dot.alpha), cy: y(Math.min(dot[key], PANELS[key].range[1])),
          r: dot.alpha === alpha ? 4.5 : 2.6,
          class: dot.alpha === alpha ? "rnn-tip" : "rnn-dot",
        })));
      readout.textContent = value(key, result[key][0]);
      set(chart, { "aria-label": fit(text.measured, { name: text[key], value: value(key, result[key][0]), alpha: show(alpha, 2) }) });
    }
    const glyph = model.get("glyph");
    const wrong = result.picture.map((v, i) => Math.round(v) !== glyph[i]);
    const side = Math.round(Math.sqrt(glyph.length));
    const drawing = picture(result.picture, 90);
    wrong.forEach((is, i) => {
      if (is) {
        drawing.append(svg("rect", {
          x: (i % side) * (90 / side) + 1, y: Math.floor(i / side) * (90 / side) + 1,
          width: 90 / side - 2, height: 90 / side - 2, class: "rnn-wrong",
        }));
      }
    });
    thumb.replaceChildren(drawing);
    caption.textContent = model.get("problem") || fit(text.plate, { n: wrong.filter(Boolean).length });
    caption.classList.toggle("rnn-problem", Boolean(model.get("problem")));
    count.textContent = fit(text.count, { P: Math.max(1, Math.round(alpha * N)), N });
  }

  // With a kernel the answer comes later than the question: a dot belongs to
  // the parameters it was computed for.
  function record() {
    const { alpha, N } = model.get("params");
    const { bit_error, exact, overlap } = model.get("result");
    seen.set(`${N} ${alpha}`, { alpha, N, bit_error: bit_error[0], exact: exact[0], overlap: overlap[0] });
  }
  model.on("change:result", record);
  record();
  const undo = paintOn(model, ["params", "result", "problem"], paint);
  return () => {
    undo();
    model.off("change:result", record);
  };
}

export default { render };
