// @ts-check
import { button, changing, clamp, fit, html, paintOn, set, show, slider, svg, words } from "./shared.js";
import { answer, run, softmax } from "./recurrent.js";

const TEXT = {
  en: {
    T: "steps T", back: "One step back", on: "One step on", reset: "Reset", unfold: "Unfold", fold: "Fold up",
    loop: "The network as a loop: the state goes back into the hidden layer.",
    shared: "Recurrent: shared weights", window: "Window network over all T inputs",
    here: "this network: D = 2, H = {H}, V = 2", large: "a character model: D = 100, H = 64, V = 100", sizes: "sizes",
    count: "{n} parameters", none: "·", opens: "(", closes: ")",
    input: "{glyph} is input {t}: {sign}. Press to change it", state: "h{t}: state {t}. Press to look at it",
    drawing: "The network unrolled over {T} steps. Arrow keys move along a row.",
    depends: "h{t} depends on {xs} and on nothing else.", upto: "x1 to x{t}", only: "x1",
    nothing: "nothing", opening: "opening bracket", closing: "closing bracket", inside: "inside", outside: "outside",
  },
  ko: {
    T: "단계 수 T", back: "한 단계 뒤로", on: "한 단계 앞으로", reset: "처음으로", unfold: "펼치기", fold: "접기",
    loop: "고리로 그린 신경망. 상태가 은닉층으로 되돌아간다.",
    shared: "순환 신경망: 가중치를 공유한다", window: "입력 T개를 한꺼번에 보는 창 신경망",
    here: "이 신경망: D = 2, H = {H}, V = 2", large: "글자 모델: D = 100, H = 64, V = 100", sizes: "크기",
    count: "파라미터 {n}개", none: "·", opens: "(", closes: ")",
    input: "{glyph} {t}번째 입력: {sign}. 누르면 바뀐다", state: "h{t}: {t}번째 상태. 누르면 들여다본다",
    drawing: "{T}단계로 펼친 신경망. 화살표 키로 한 줄을 따라 움직인다.",
    depends: "h{t}에 영향을 주는 것은 {xs}뿐이다.", upto: "x1부터 x{t}까지", only: "x1",
    nothing: "없음", opening: "여는 괄호", closing: "닫는 괄호", inside: "안", outside: "밖",
  },
};
const INPUTS = [[0, 0], [1, 0], [0, 1]];
const STEP = 53;
const WIDE = 42;

/** How many numbers each network learns. */
export const parameters = ({ D, H, V }, T) => ({
  shared: D * H + H * H + H + H * V + V,
  window: T * D * H + H + H * V + V,
});

function render({ model, el }) {
  const text = words(TEXT, model);
  const weights = model.get("weights");
  const H = weights.b_h.length;
  const SIZES = { here: { D: 2, H, V: 2 }, large: { D: 100, H: 64, V: 100 } };
  const most = model.get("signs").length;
  const begin = { T: model.get("T"), at: model.get("at"), signs: model.get("signs"), folded: model.get("folded") };
  let sizes = "here";

  const change = changing(model);
  const T = slider(text.T, Array.from({ length: most }, (_, k) => k + 1), String,
    (n) => change({ T: n, at: Math.min(model.get("at"), n), folded: false }));
  const look = (t) => change({ at: clamp(t, 1, model.get("T")) });

  // --- the drawing -------------------------------------------------------
  const knob = (t, row, label, press) => {
    const node = svg("g", {
      class: "rnn-knob", role: "button", tabindex: t === 1 ? 0 : -1, "aria-label": label,
      onclick: press,
      onkeydown: (event) => {
        const move = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (event.key === "Enter" || event.key === " ") {
          event.preventDefault();
          press();
        } else if (move) {
          event.preventDefault();
          event.stopPropagation();
          const to = clamp(t + move, 1, model.get("T"));
          rows[row].forEach((each, k) => set(each.node, { tabindex: k + 1 === to ? 0 : -1 }));
          rows[row][to - 1].node.focus();
        }
      },
    });
    return node;
  };
  const arrow = (x1, y1, x2, y2) => svg("path", {
    class: "rnn-arrow",
    d: `M${x1} ${y1}L${x2} ${y2}` + (x1 === x2
      ? `m-3.5 6L${x2} ${y2}l3.5 6` : `m-6 -3.5L${x2} ${y2}l-6 3.5`),
  });
  const tag = (px, py, name, anchor = "start") => svg(
    "text", { x: px, y: py, class: "rnn-tag", "text-anchor": anchor },
    "W", svg("tspan", { class: "rnn-small", dy: 2 }, name));
  const rows = { x: [], h: [] };
  const columns = Array.from({ length: most }, (_, k) => {
    const t = k + 1;
    const cx = WIDE + STEP * k + 30;
    const sign = svg("text", { x: cx, y: 157, "text-anchor": "middle", class: "rnn-glyph" });
    const input = knob(t, "x", "", () => change({
      signs: model.get("signs").map((s, j) => (j === k ? (s + 1) % 3 : s)), at: t,
    }));
    input.append(svg("circle", { cx, cy: 152, r: 14 }), sign);
    const box = svg("rect", { x: cx - 17, y: 74, width: 34, height: 34, rx: 7 });
    const state = knob(t, "h", fit(text.state, { t }), () => look(t));
    state.append(box, svg("text", { x: cx, y: 95, "text-anchor": "middle" }, "h", svg("tspan", { class: "rnn-small", dy: 3 }, String(t))));
    const out = svg("circle", { cx, cy: 28, r: 11, class: "rnn-out" });
    rows.x.push({ node: input });
    rows.h.push({ node: state });
    const up = arrow(cx, 137, cx, 109);
    const across = arrow(cx - 35, 91, cx - 18, 91);
    const read = arrow(cx, 73, cx, 40);
    const node = svg("g", {}, across, up, read,
      tag(cx + 5, 127, "xh"), tag(cx - 27, 69, "hh", "middle"), tag(cx + 5, 53, "hy"),
      input, state, out, svg("text", { x: cx, y: 12, "text-anchor": "middle" }, "y", svg("tspan", { class: "rnn-small", dy: 3 }, String(t))));
    return { node, sign, input, box, out, parts: [across, up] };
  });
  const zero = svg("text", { x: 18, y: 95 }, "h", svg("tspan", { class: "rnn-small", dy: 3 }, "0"));
  const drawing = svg("svg", { class: "rnn-unrolled", role: "group" }, zero, ...columns.map((c) => c.node));
  // Folded: one column, and the state's way back into the hidden layer.
  const name = (px, py, letter) => svg("text", { x: px, y: py, "text-anchor": "middle" },
    letter, svg("tspan", { class: "rnn-small", dy: 3 }, "t"));
  const loop = svg(
    "svg", { class: "rnn-unrolled rnn-loop", viewBox: "0 0 200 172", width: 200, height: 172, role: "img", "aria-label": text.loop },
    arrow(100, 137, 100, 109), arrow(100, 73, 100, 40),
    svg("path", { class: "rnn-arrow rnn-fed", d: "M118 98C168 128 168 54 118 84m7 -1L118 84l4 -6" }),
    tag(105, 127, "xh"), tag(105, 60, "hy"), tag(162, 95, "hh"),
    svg("circle", { class: "rnn-node", cx: 100, cy: 152, r: 14 }), name(100, 156, "x"),
    svg("rect", { class: "rnn-node", x: 83, y: 74, width: 34, height: 34, rx: 7 }), name(100, 95, "h"),
    svg("circle", { cx: 100, cy: 28, r: 11, class: "rnn-out", "fill-opacity": 0 }), name(100, 12, "y"),
  );
  const scroller = html("div", { class: "rnn-scroll" }, loop, drawing);
  const fold = button("", () => change({ folded: !model.get("folded") }), { class: "rnn-main" });

  // --- the numbers -------------------------------------------------------
  const values = html("div", { class: "rnn-values" });
  const status = html("p", { class: "rnn-status", role: "status" });
  const counts = ["shared", "window"].map((kind) => {
    const bar = html("span", { class: `rnn-length rnn-length-${kind}` });
    const number = html("span", { class: "rnn-value" });
    return { kind, bar, number, node: html("div", { class: "rnn-count" }, html("span", {}, text[kind]), html("span", { class: "rnn-lane" }, bar), number) };
  });
  const select = html("select", { onchange: () => { sizes = select.value; paint(); } },
    ...Object.keys(SIZES).map((name) => html("option", { value: name }, fit(text[name], { H }))));

  const along = [
    button(text.back, () => look(model.get("at") - 1)), button(text.on, () => look(model.get("at") + 1)),
  ];

  el.classList.add("rnn-widget");
  el.append(
    html("div", { class: "rnn-controls" }, T.node), scroller,
    html("div", { class: "rnn-row" }, fold, ...along, button(text.reset, () => change(begin))),
    values, status,
    html("div", { class: "rnn-counts" }, html("label", { class: "rnn-choice" }, text.sizes, select), ...counts.map((c) => c.node)),
  );

  const names = [text.nothing, text.opening, text.closing];
  const row = (vector) => `[${Array.from(vector, (v) => show(v)).join("  ")}]`;

  function paint() {
    const n = model.get("T");
    const at = clamp(model.get("at"), 1, n);
    const signs = model.get("signs");
    const hs = run(weights, signs.slice(0, n).map((s) => INPUTS[s]));
    T.show(n);
    for (const each of Object.values(rows)) { // one tab stop a row, and a visible one
      if (each.findIndex(({ node }) => node.getAttribute("tabindex") === "0") >= n) {
        each.forEach(({ node }, k) => set(node, { tabindex: k + 1 === n ? 0 : -1 }));
      }
    }
    const folded = model.get("folded");
    fold.textContent = folded ? text.unfold : text.fold;
    set(loop, { hidden: !folded });
    for (const each of [drawing, ...along, values, status]) set(each, { hidden: folded });
    const width = WIDE + STEP * n + 10;
    set(drawing, { viewBox: `0 0 ${width} 172`, width, height: 172, "aria-label": fit(text.drawing, { T: n }) });
    const ps = hs.map((h) => softmax(answer(weights, h))[1]);
    columns.forEach((column, k) => {
      const seen = k < n;
      set(column.node, { display: seen ? null : "none" });
      if (!seen) return;
      const fed = k + 1 <= at;
      const glyph = [text.none, text.opens, text.closes][signs[k]];
      column.sign.textContent = glyph;
      set(column.input, { "aria-label": fit(text.input, { t: k + 1, sign: names[signs[k]], glyph }) });
      column.input.classList.toggle("rnn-fed", fed);
      for (const part of column.parts) part.classList.toggle("rnn-fed", fed);
      column.box.classList.toggle("rnn-fed", fed);
      column.box.classList.toggle("rnn-looked", k + 1 === at);
      set(column.out, { "fill-opacity": ps[k].toFixed(2) });
    });
    const before = at > 1 ? hs[at - 2] : new Float64Array(H);
    values.replaceChildren(...[
      [`x${at}`, row(INPUTS[signs[at - 1]])], [`h${at - 1}`, row(before)],
      [`h${at}`, row(hs[at - 1])], [`y${at}`, row(answer(weights, hs[at - 1]))],
      ["p", `${show(ps[at - 1])} ${ps[at - 1] > 0.5 ? text.inside : text.outside}`],
    ].map(([name, value]) => html("span", {}, html("b", {}, name), ` ${value}`)));
    status.textContent = fit(text.depends, { t: at, xs: at > 1 ? fit(text.upto, { t: at }) : text.only });
    const most_ = parameters(SIZES[sizes], most);
    const now = parameters(SIZES[sizes], n);
    for (const { kind, bar, number } of counts) {
      bar.style.width = `${(100 * now[kind]) / Math.max(most_.shared, most_.window)}%`;
      number.textContent = fit(text.count, { n: now[kind].toLocaleString("en") });
    }
  }

  return paintOn(model, ["T", "at", "signs", "folded"], paint);
}

export default { render };
