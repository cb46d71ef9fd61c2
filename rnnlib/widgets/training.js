// @ts-check
import { fit, html, line, paintOn, scale, set, show, svg, words } from "./shared.js";
import { film, legend, unstrip } from "./film.js";
import { player } from "./panel.js";

const TEXT = {
  en: {
    start: "Start", pause: "Pause", on: "Continue", again: "From the beginning", play: "Play the recording", stop: "Stop",
    loss: "Loss, in bits per character", when: "after update", sample: "It writes", states: "Hidden states on a text",
    chance: "knows nothing: log₂ V", held: "held-out text", train: "training",
    status: "{step} of {steps} updates. Loss {loss} bits per character.", ready: "{steps} updates to go.",
    curve: "Loss over {steps} updates; at {step} it is {loss} bits.", held_at: "Held-out text: {loss} bits.",
    over: "above 0", under: "below 0",
    film: "A row for each of {H} hidden units, a column for each character.",
  },
  ko: {
    start: "시작", pause: "멈춤", on: "계속", again: "처음부터", play: "기록 재생", stop: "멈춤",
    loss: "손실(글자당 비트)", when: "갱신 횟수", sample: "모델이 쓴 글", states: "주어진 글을 읽을 때의 은닉 상태",
    chance: "아무것도 모를 때: log₂ V", held: "학습에 쓰지 않은 글", train: "학습",
    status: "갱신 {steps}번 가운데 {step}번. 손실은 글자당 {loss}비트.", ready: "갱신 {steps}번이 남았다.",
    curve: "갱신 {steps}번 동안의 손실. {step}번째에 {loss}비트이다.", held_at: "학습에 쓰지 않은 글: {loss}비트.",
    over: "양수", under: "음수",
    film: "줄마다 은닉 유닛 하나(모두 {H}개), 칸마다 글자 하나.",
  },
};

function render({ model, el }) {
  const text = words(TEXT, model);
  const steps = model.get("steps");
  const chance = model.get("chance");
  const records = () => model.get("records");
  const panel = player(model, text, model.get("schedule"), () => paint());

  const x = scale([0, steps], [30, 432]);
  const y = scale([0, Math.ceil(chance)], [118, 10]);
  const curve = svg("path", { class: "rnn-line" });
  const held = svg("g");
  const cursor = svg("line", { class: "rnn-cursor", y1: 10, y2: 118 });
  const chart = svg(
    "svg", { viewBox: "0 0 440 140", class: "rnn-chart rnn-chart-wide", role: "img" },
    svg("path", { class: "rnn-axis", d: "M30 10V118H432" }),
    ...Array.from({ length: Math.ceil(chance) + 1 }, (_, v) => v).filter((v) => v % 2 === 0).map((v) =>
      svg("text", { x: 25, y: y(v) + 4, "text-anchor": "end" }, String(v))),
    ...[0, 0.25, 0.5, 0.75, 1].map((part) =>
      svg("text", { x: x(steps * part), y: 133, "text-anchor": "middle" }, Math.round(steps * part).toLocaleString("en"))),
    svg("path", { class: "rnn-theory", "stroke-dasharray": "4 3", d: line([[30, y(chance)], [432, y(chance)]]) }),
    svg("text", { x: 430, y: y(chance) - 4, "text-anchor": "end" }, text.chance),
    curve, held, cursor,
  );
  const sample = html("p", { class: "rnn-written" });
  const strip = film(14, 5, fit(text.film, { H: records()[0].units }));
  const status = html("p", { class: "rnn-status", role: "status" });
  const probe = model.get("probe");

  el.classList.add("rnn-widget");
  el.append(
    panel.buttons, panel.slider, status,
    html("p", { class: "rnn-heading" }, text.loss), chart,
    html("p", { class: "rnn-note rnn-legend" },
      html("span", { class: "rnn-swatch rnn-swatch-over" }), text.train,
      html("span", { class: "rnn-swatch rnn-swatch-round" }), text.held),
    html("p", { class: "rnn-heading" }, text.sample), sample,
    html("p", { class: "rnn-heading" }, text.states),
    html("div", { class: "rnn-scroll", tabindex: 0, role: "group", "aria-label": text.states }, strip.node), legend(text),
  );

  function paint() {
    const all = records();
    const record = panel.record();
    const losses = model.get("losses");
    panel.show(model.get("step") >= steps);
    const near = [...losses].reverse().find(([s]) => s <= Math.max(record.step, losses[0][0]));
    const loss = record.step && near ? near[1] : chance;
    status.textContent = model.get("problem") || (all.length > 1 || losses.length
      ? [fit(text.status, { step: panel.step().toLocaleString("en"), steps: steps.toLocaleString("en"), loss: show(loss) }),
        record.held_out === undefined ? "" : fit(text.held_at, { loss: show(record.held_out) })].join(" ")
      : fit(text.ready, { steps: steps.toLocaleString("en") }));
    status.classList.toggle("rnn-problem", Boolean(model.get("problem")));
    set(curve, { d: losses.length ? line(losses.map(([s, bits]) => [x(s), y(bits)])) : null });
    held.replaceChildren(...all.filter((r) => r.held_out !== undefined).map((r) =>
      svg("circle", { cx: x(r.step), cy: y(r.held_out), r: r === record ? 4.5 : 2.6, class: "rnn-tip" })));
    set(cursor, { x1: x(record.step), x2: x(record.step) });
    sample.textContent = record.sample;
    const hs = unstrip(record);
    strip.show(hs, hs[0].map((_, i) => i), probe);
    set(chart, { "aria-label": fit(text.curve, { steps, step: record.step, loss: show(loss) }) });
  }

  const undo = paintOn(model, ["step", "losses", "records", "running", "problem"], paint);
  return () => {
    panel.stop();
    undo();
  };
}

export default { render };
