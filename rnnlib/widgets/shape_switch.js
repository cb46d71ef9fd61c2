// @ts-check
import {
  button, changing, clamp, fit, html, paintOn, reveal, set, slider, svg,
  traits, words,
} from "./shared.js";

const TEXT = {
  en: {
    argument: "The cell is the same in all five shapes. They differ only in which x{sub} are fed and which y{sub} are asked for.",
    pick: "Shape", readsWhat: "At each step the decoder reads",
    truth: "training: the right answers (teacher forcing)", own: "in use: its own answers (free running)",
    T: "inputs T", U: "answers U", reset: "Reset", picture: "Inputs and answers. Point at one, or move with the arrow keys.",
    fed: "Fed", asked: "Asked for", loss: "Loss", cell: "Cell", example: "Example",
    start: "start", encoder: "encoder", decoder: "decoder",
    keyLoss: "a loss: this answer has a target", keyGhost: "no answer is asked for", keyOwn: "its own answer, fed back",
    input: "input {name}", output: "answer {name}", told: "right answer {name}, fed at step {u}",
    feelsAll: "{at} can feel every input: {ones}.", feelsOne: "{at} can feel {ones}, the only input.", feelsSome: "{at} can feel {ones} ({n} of {N}); it cannot feel {rest}.",
    reachesAll: "{at} reaches every answer: {ones}.", reachesOne: "{at} reaches {ones}, the only answer.", reachesSome: "{at} reaches {ones} ({n} of {N}); it cannot reach {rest}.",
    onlyStart: "Before it there is only the start token.",
    alsoTold: "It also feels the right answer at each step before ({ones}), not its own.",
    alsoOwn: "It also feels its own answer at each step before ({ones}): a mistake there goes on into {at}.",
    instead: "It is fed at step {u}, whatever the network answered at step {before}.",
    many: "{first} … {last}", list: ", ",
    shapes: {
      "many-to-one": {
        name: "Many to one", fed: "{xs}", asked: "{ys}, when all is read", loss: "at {ys} alone",
        cell: "one set of weights, for all {T} steps", example: "a review → praise or blame",
        note: "The states before the last stay silent: they have no y at all.",
      },
      "many-to-many": {
        name: "Many to many, aligned", fed: "{xs}", asked: "{ys}, each as soon as its x is read", loss: "at every answer, {ys}",
        cell: "one set of weights, for all {T} steps", example: "a text → where its spaces go",
        note: "Many to many, and no encoder or decoder in it: one answer for each input.",
      },
      "one-to-many": {
        name: "One to many", fed: "z, once; then the answers before", asked: "{ys}, one after the other", loss: "at every answer, {ys}",
        cell: "one set of weights, for all {U} steps", example: "an image → its caption",
        note: "The one input becomes the first state h₀. A decoder, and no encoder.",
      },
      bidirectional: {
        name: "Bidirectional", fed: "{xs}, from both ends", asked: "{ys}, when all is read", loss: "at every answer, {ys}",
        cell: "two sets of weights: one ahead, one back", example: "a spelling → its pronunciation",
        note: "Many to many and aligned, like the second shape, but the answers wait for the end.",
      },
      "encoder-decoder": {
        name: "Encoder-decoder", fed: "{xs}; then the answers before", asked: "{ys}, when all is read", loss: "at every answer, {ys}",
        cell: "two sets of weights: encoder’s h, decoder’s s", example: "English → Korean",
        note: "Many to many too, but not aligned: silent while it reads, and U need not be T.",
      },
    },
    noLoss: "none: no target in use",
  },
  ko: {
    argument: "다섯 모양은 모두 같은 셀을 쓴다. 어떤 x{sub}를 넣고 어떤 y{sub}를 묻는지만 다르다.",
    pick: "모양", readsWhat: "디코더가 단계마다 읽는 것",
    truth: "학습할 때: 정답(티처 포싱)", own: "쓸 때: 스스로 낸 답(자유 실행)",
    T: "입력 수 T", U: "답의 수 U", reset: "처음으로", picture: "입력과 답. 하나를 가리키거나 화살표 키로 옮겨 다닌다.",
    fed: "넣는 것", asked: "묻는 것", loss: "손실", cell: "셀", example: "보기",
    start: "시작", encoder: "인코더", decoder: "디코더",
    keyLoss: "손실: 이 답에는 정답이 있다", keyGhost: "답을 묻지 않는다", keyOwn: "스스로 낸 답을 되먹인다",
    input: "입력 {name}", output: "답 {name}", told: "{u}단계에 넣는 정답 {name}",
    feelsAll: "모든 입력({ones})이 {at}에 영향을 줄 수 있다.", feelsOne: "하나뿐인 입력({ones})이 {at}에 영향을 줄 수 있다.", feelsSome: "입력 {N}개 중 {n}개({ones})만 {at}에 영향을 줄 수 있다. {rest}에서는 길이 이어지지 않는다.",
    reachesAll: "{at}에서 나온 길은 모든 답({ones})에 닿는다.", reachesOne: "{at}에서 나온 길은 하나뿐인 답({ones})에 닿는다.", reachesSome: "{at}에서 나온 길은 답 {N}개 중 {n}개({ones})에 닿는다. {rest}에는 닿지 않는다.",
    onlyStart: "이 답보다 앞에는 시작 토큰밖에 없다.",
    alsoTold: "앞 단계들의 정답({ones})에도 영향을 받지만, 스스로 낸 답에는 영향을 받지 않는다.",
    alsoOwn: "앞에서 스스로 낸 답({ones})에도 영향을 받는다. 거기서 틀리면 그 잘못이 {at}까지 이어진다.",
    instead: "신경망이 {before}단계에 무엇이라고 답했든 {u}단계에는 이 정답을 넣는다.",
    many: "{first} … {last}", list: ", ",
    shapes: {
      "many-to-one": {
        name: "다대일", fed: "{xs}", asked: "{ys} 하나, 다 읽은 뒤에", loss: "{ys} 한 곳",
        cell: "가중치 한 벌을 {T}단계에 모두 쓴다", example: "후기 → 칭찬인가 불평인가",
        note: "마지막 단계 앞의 상태들은 말이 없다. 그 자리에는 y가 아예 없다.",
      },
      "many-to-many": {
        name: "정렬된 다대다", fed: "{xs}", asked: "{ys}, 제 x를 읽자마자 하나씩", loss: "답마다, {ys}",
        cell: "가중치 한 벌을 {T}단계에 모두 쓴다", example: "붙여 쓴 글 → 띄어쓰기",
        note: "다대다이지만 인코더도 디코더도 없다. 입력 하나에 답이 하나씩이다.",
      },
      "one-to-many": {
        name: "일대다", fed: "z 한 번, 그다음은 앞의 답", asked: "{ys}, 하나씩 차례로", loss: "답마다, {ys}",
        cell: "가중치 한 벌을 {U}단계에 모두 쓴다", example: "이미지 → 캡션",
        note: "하나뿐인 입력이 첫 상태 h₀이 된다. 디코더만 있고 인코더는 없다.",
      },
      bidirectional: {
        name: "양방향", fed: "{xs}, 양쪽 끝에서부터", asked: "{ys}, 다 읽은 뒤에", loss: "답마다, {ys}",
        cell: "가중치 두 벌: 앞으로 한 벌, 뒤로 한 벌", example: "철자 → 발음",
        note: "둘째 모양처럼 정렬된 다대다이다. 다만 끝까지 읽고 나서야 답한다.",
      },
      "encoder-decoder": {
        name: "인코더-디코더", fed: "{xs}, 그다음은 앞의 답", asked: "{ys}, 다 읽은 뒤에", loss: "답마다, {ys}",
        cell: "가중치 두 벌: 인코더 h, 디코더 s", example: "영어 → 한국어",
        note: "이것도 다대다이지만 정렬되지 않았다. 읽는 동안 답이 없고, U가 T와 달라도 된다.",
      },
    },
    noLoss: "없다. 쓸 때에는 정답이 없다",
  },
};
const MOST = 6; // steps
const DECODERS = ["one-to-many", "encoder-decoder"];
const count = (n, from = 1) => Array.from({ length: Math.max(0, n - from + 1) }, (_, k) => from + k);

/** The arrows of a shape, as rnnlib.widgets.shape_switch.wiring has them. */
export function wiring(shape, T, U, forced) {
  const arrows = [];
  if (shape !== "one-to-many") {
    for (const t of count(T)) arrows.push([`x${t}`, `h${t}`]);
    for (const t of count(T, 2)) arrows.push([`h${t - 1}`, `h${t}`]);
  }
  if (shape === "many-to-one") arrows.push([`h${T}`, `y${T}`]);
  else if (!DECODERS.includes(shape)) for (const t of count(T)) arrows.push([`h${t}`, `y${t}`]);
  if (shape === "bidirectional") {
    for (const t of count(T)) arrows.push([`x${t}`, `g${t}`]);
    for (const t of count(T - 1)) arrows.push([`g${t + 1}`, `g${t}`]);
    for (const t of count(T)) arrows.push([`g${t}`, `y${t}`]);
  }
  if (DECODERS.includes(shape)) {
    const s = shape === "one-to-many" ? "h" : "s";
    arrows.push(...(s === "h" ? [["z", "h0"], ["h0", "h1"]] : [[`h${T}`, "c"], ["c", "s1"]]));
    for (const u of count(U, 2)) arrows.push([`${s}${u - 1}`, `${s}${u}`]);
    for (const u of count(U)) arrows.push([`${s}${u}`, `y${u}`]);
    arrows.push(["start", `${s}1`]);
    for (const u of count(U, 2)) arrows.push([`${forced ? "y*" : "y"}${u - 1}`, `${s}${u}`]);
  }
  return arrows;
}

/** What a path leads to from a name, or (back) from where one leads to it. */
export function reach(arrows, name, back) {
  const found = new Set([name]);
  for (const each of found) { // grows while it is read
    for (const [a, b] of arrows) if ((back ? b : a) === each) found.add(back ? a : b);
  }
  return found;
}

/** The names of the inputs and of the answers. */
export const inputs = (shape, T) => (shape === "one-to-many" ? ["z"] : count(T).map((t) => `x${t}`));
export const answers = (shape, T, U) => (shape === "many-to-one" ? [`y${T}`]
  : count(DECODERS.includes(shape) ? U : T).map((t) => `y${t}`));

/** For each answer the inputs that it can feel, and the answers before it,
 * the right ones (y*) or its own, that it hangs on. */
export function feels(shape, T, U, forced) {
  const arrows = wiring(shape, T, U, forced);
  const asked = answers(shape, T, U);
  return asked.map((y) => {
    const found = reach(arrows, y, true);
    found.delete(y);
    return {
      y, inputs: inputs(shape, T).filter((x) => found.has(x)),
      before: asked.map((o) => (forced ? o.replace("y", "y*") : o)).filter((o) => found.has(o)),
    };
  });
}

/** The mark of this shape that is nearest to a name. */
export function settle(at, shape, T, U, forced) {
  const found = /^(x|y\*?|z)([0-9]{0,2})$/.exec(at);
  const kind = found ? found[1] : "y";
  const k = found ? Number(found[2] || 1) : MOST;
  if (kind === "x" || kind === "z") return shape === "one-to-many" ? "z" : `x${clamp(k, 1, T)}`;
  const decodes = DECODERS.includes(shape);
  if (kind === "y*" && forced && decodes && U > 1) return `y*${clamp(k, 1, U - 1)}`;
  if (shape === "many-to-one") return `y${T}`;
  return `y${clamp(k, 1, decodes ? U : T)}`;
}

// --- the picture -----------------------------------------------------------

const ROW = { loss: 16, y: 56, ahead: 100, h: 122, back: 148, x: 202 };
const R = 14; // of a mark
const ASIDE = 10; // how far the two states of a step stand apart

/** A name as letters and number. */
const split = (name) => /** @type {[string, string]} */ ([name.replace(/\d+$/, ""), name.replace(/^\D+/, "")]);
const lowered = (digits) => digits.replace(/\d/g, (d) => "₀₁₂₃₄₅₆₇₈₉"[d]);
const called = (name) => { // y₂, y*₂
  const [kind, k] = split(name);
  return kind + lowered(k);
};

/** Where each mark stands. `ghosts` are the places of answers not asked for,
 * `copies` those where a decoder's own answers come back in. */
function layout(shape, T, U, forced) {
  const decodes = DECODERS.includes(shape);
  const before = shape === "one-to-many" ? 1 : shape === "encoder-decoder" ? T + 0.8 : 0;
  const n = decodes ? before + U : T;
  const width = Math.max(320, 35 * n + 12);
  const pitch = Math.min(72, width / n);
  const x = (column) => width / 2 + (column - (n + 1) / 2) * pitch;
  const both = shape === "bidirectional";
  const marks = new Map();
  const put = (name, column, row, dx = 0) => marks.set(name, { x: x(column) + dx, y: row });
  if (shape === "one-to-many") {
    put("z", 1, ROW.x);
    put("h0", 1, ROW.h);
  } else {
    for (const t of count(T)) {
      put(`x${t}`, t, ROW.x);
      put(`h${t}`, t, both ? ROW.ahead : ROW.h, both ? -ASIDE : 0);
      if (both) put(`g${t}`, t, ROW.back, ASIDE);
    }
  }
  if (shape === "encoder-decoder") put("c", T + 0.9, ROW.h);
  if (decodes) {
    put("start", before + 1, ROW.x);
    for (const u of count(U)) {
      put((before > 1 ? "s" : "h") + u, before + u, ROW.h);
      if (u > 1) put(`${forced ? "y*" : "copy"}${u - 1}`, before + u, ROW.x);
    }
  }
  for (const y of answers(shape, T, U)) put(y, before + Number(split(y)[1]), ROW.y);
  const silent = shape === "many-to-one" ? count(T - 1) : shape === "one-to-many" ? [1]
    : shape === "encoder-decoder" ? count(T) : [];
  return {
    width, marks, ghosts: silent.map(x),
    groups: shape === "encoder-decoder" ? { encoder: [x(1), x(T)], decoder: [x(T + 1.8), x(T + 0.8 + U)] } : {},
  };
}

/** A line with a head, short of what it joins. */
function pointer(x1, y1, x2, y2, from = R + 1, to = R + 2) {
  const length = Math.hypot(x2 - x1, y2 - y1);
  const [ux, uy] = [(x2 - x1) / length, (y2 - y1) / length];
  const [ex, ey] = [x2 - to * ux, y2 - to * uy];
  const wing = (side) => `${(ex - 4.5 * ux - side * 3 * uy).toFixed(1)} ${(ey - 4.5 * uy + side * 3 * ux).toFixed(1)}`;
  const end = `${ex.toFixed(1)} ${ey.toFixed(1)}`;
  return `M${(x1 + from * ux).toFixed(1)} ${(y1 + from * uy).toFixed(1)}L${end}M${wing(1)}L${end}L${wing(-1)}`;
}

/** The path of an arrow between two marks. */
function route(a, b, marks) {
  const from = marks.get(a);
  const to = marks.get(b);
  const [kind] = split(b);
  if (a.startsWith("y") && marks.has(a.replace("y", "copy"))) { // back in, between two columns
    const copy = marks.get(a.replace("y", "copy"));
    const middle = (from.x + copy.x) / 2;
    return `M${from.x + R} ${from.y + 3}Q${middle} ${from.y + 4} ${middle} ${from.y + 20}V${copy.y - 26}`
      + `Q${middle} ${copy.y - 8} ${copy.x - 12} ${copy.y - 8}` + pointer(copy.x, copy.y, to.x, to.y);
  }
  // With two states a step, the lines of one pass beside the box of the other.
  if (kind === "h" && a.startsWith("x") && to.x !== from.x) return pointer(from.x - 7, from.y, to.x - 3, to.y, R, R + 1);
  if (kind === "g" && a.startsWith("x")) return pointer(from.x + 5, from.y, to.x - 2, to.y, R, R + 1);
  if (a.startsWith("h") && kind === "y" && to.x !== from.x) return pointer(from.x + 2, from.y, to.x - 5, to.y, R + 1, R);
  if (a.startsWith("g") && kind === "y") return pointer(from.x + 3, from.y, to.x + 7, to.y, R + 1, R);
  return pointer(from.x, from.y, to.x, to.y, a === "c" ? 11 : R + 1, b === "c" ? 12 : R + 2);
}

function render({ model, el }) {
  const text = words(TEXT, model);
  const now = () => ["shape", "T", "U", "forced"].map((name) => model.get(name));
  const begin = traits(model, ["shape", "T", "U", "forced", "at"]);
  let pointed = ""; // under the pointer, while it is there

  const change = changing(model);

  // --- the hand ----------------------------------------------------------
  const named = Object.entries(text.shapes);
  const switches = named.map(([shape, { name }]) => button(name, () => change({ shape })));
  const sizes = { T: 0, U: 0 };
  for (const name of ["T", "U"]) sizes[name] = slider(text[name], count(MOST), String, (n) => change({ [name]: n }));
  const feeds = [true, false].map((forced) => button(forced ? text.truth : text.own, () => change({ forced })));

  const arrows = svg("g", { "aria-hidden": "true" });
  const backdrop = svg("g", { "aria-hidden": "true" });
  const stage = svg("svg", { class: "rnn-unrolled rnn-stage", role: "radiogroup", "aria-label": text.picture }, backdrop, arrows);
  const scroller = html("div", { class: "rnn-scroll" }, stage);
  const nodes = new Map(); // by name: they move when the shape changes
  let drawn = { key: "", marks: new Map(), width: 0, paths: /** @type {any[]} */ ([]) };

  const look = (name) => { if (model.get("at") !== name) change({ at: name }); };
  const point = (name) => {
    pointed = name;
    paint();
  };
  /** The marks that can be pointed at, row by row. */
  const knobs = (row) => [...drawn.marks].filter(([name, { y }]) => y === row && /^(x|y|z)/.test(name)).map(([name]) => name);
  function walk(event, name) {
    const here = drawn.marks.get(name);
    if (!here) return; // gone, though the focus has not left it yet
    const row = knobs(here.y);
    const other = knobs(here.y === ROW.y ? ROW.x : ROW.y);
    const k = row.indexOf(name);
    const far = (each) => Math.abs(drawn.marks.get(each).x - here.x);
    const upright = { ArrowUp: here.y === ROW.x, ArrowDown: here.y === ROW.y }[event.key];
    const to = {
      ArrowRight: row[k + 1], ArrowLeft: row[k - 1], Home: row[0], End: row[row.length - 1],
      [upright ? event.key : ""]: [...other].sort((a, b) => far(a) - far(b))[0],
    }[event.key];
    if (!/^(Arrow|Home$|End$)/.test(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    if (to) nodes.get(to).node.focus();
  }

  function make(name) {
    const [kind, k] = split(name);
    const knob = "xyz".includes(kind[0]);
    const round = knob || kind === "copy" || kind === "start";
    const shape = round ? svg("circle", { r: R })
      : svg("rect", kind === "c" ? { x: -10, y: -10, width: 20, height: 20, rx: 10 } : { x: -R, y: -R, width: 2 * R, height: 2 * R, rx: 7 });
    shape.classList.add("rnn-node");
    const letter = { copy: "y", g: "h", "y*": "y*", start: "" }[kind] ?? kind;
    const node = svg("g", { class: `rnn-place rnn-place-${kind === "y*" ? "told" : kind}` }, shape,
      svg("text", { y: 4.5, "text-anchor": "middle", "aria-hidden": "true" }, letter, svg("tspan", { class: "rnn-small", dy: 3 }, k)));
    if (kind === "start") {
      node.append(svg("path", { class: "rnn-begin", d: "M-4 -5.5V5.5L6 0Z" }),
        svg("text", { y: 27, "text-anchor": "middle", class: "rnn-tag" }, text.start));
    }
    const over = svg("path", { class: "rnn-over-h", d: kind === "g" ? "M5 -8H-5m3 -2.5L-5 -8l3 2.5" : "M-5 -8H5m-3 -2.5L5 -8l-3 2.5" });
    if (kind === "h" || kind === "g") node.append(over);
    const loss = svg("g", { class: "rnn-loss", "aria-hidden": "true" },
      svg("path", { class: "rnn-arrow", d: `M0 ${-R}V-30` }), badge(0, ROW.loss - ROW.y));
    if (kind === "y") node.append(loss);
    if (knob) {
      const told = kind === "y*";
      node.prepend(svg("rect", { class: "rnn-hit", x: -16, y: -19, width: 32, height: 38 }));
      node.append(svg("circle", { class: "rnn-ring", r: R + 2.5 }));
      const label = fit(told ? text.told : kind === "y" ? text.output : text.input, { name, u: Number(k) + 1 });
      set(node, {
        role: "radio", tabindex: -1, "aria-label": label,
        onfocus: () => {
          point("");
          const place = drawn.marks.get(name);
          if (!place) return; // a change that was painted only now took the mark away
          look(name);
          reveal(scroller, zoom() * (place.x - 2 * R), zoom() * 4 * R);
        },
        onclick: () => node.focus(),
        // Not onpointerenter: a page that scrolls under a resting mouse means nothing.
        onpointermove: (event) => { if (event.pointerType === "mouse" && pointed !== name) point(name); },
        onpointerleave: () => { if (pointed === name) point(""); },
        onkeydown: (event) => walk(event, name),
      });
      node.dataset.lmSuppressShortcuts = "true";
      node.classList.add("rnn-touch");
    } else set(node, { "aria-hidden": "true" });
    stage.append(node);
    const made = { node, shape, over, loss, knob };
    nodes.set(name, made);
    return made;
  }
  const zoom = () => (stage.getBoundingClientRect().width || drawn.width) / drawn.width;
  const badge = (x, y) => svg("g", {}, svg("rect", { x: x - 8.5, y: y - 8.5, width: 17, height: 17, rx: 4 }),
    svg("text", { x, y: y + 4.5, "text-anchor": "middle" }, "L"));

  /** Move the marks, lay the arrows anew. */
  function rewire() {
    const [shape, T, U, forced] = now();
    const key = now().join();
    if (drawn.key === key) return;
    const { marks, width, ghosts, groups } = layout(shape, T, U, forced);
    const joined = wiring(shape, T, U, forced);
    drawn = {
      key, marks, width,
      paths: joined.map(([a, b]) => ({
        a, b, node: svg("path", { class: "rnn-arrow rnn-laid", d: route(a, b, marks) }),
      })),
    };
    arrows.replaceChildren(...drawn.paths.map(({ node }) => node));
    backdrop.replaceChildren(
      ...ghosts.map((cx) => svg("circle", { class: "rnn-ghost", cx, cy: ROW.y, r: R })),
      ...Object.entries(groups).flatMap(([name, [from, to]]) => [
        svg("path", { class: "rnn-arrow", d: `M${from - R} 236v5H${to + R}v-5` }),
        svg("text", { class: "rnn-tag", x: (from + to) / 2, y: 254, "text-anchor": "middle" }, text[name]),
      ]),
    );
    set(stage, { viewBox: `0 0 ${width} 258` });
    stage.style.minWidth = `${width > 320 ? width : 0.84 * width}px`;
    for (const name of marks.keys()) if (!nodes.has(name)) make(name);
    for (const [name, { node, over }] of nodes) {
      const place = marks.get(name);
      set(node, { display: place ? null : "none" });
      if (place) node.style.transform = `translate(${place.x}px, ${place.y}px)`;
      set(over, { display: shape === "bidirectional" ? null : "none" });
    }
  }

  // --- the words ---------------------------------------------------------
  const status = html("p", { class: "rnn-status rnn-stage-said", role: "status" });
  const rows = ["fed", "asked", "loss", "cell", "example"];
  // All five lie on one another, so that nothing moves from shape to shape.
  const told = named.map(([shape]) => {
    const cells = Object.fromEntries(rows.map((row) => [row, html("dd")]));
    const node = html("div", {},
      html("dl", { class: "rnn-facts" }, ...rows.flatMap((row) => [html("dt", {}, text[row]), cells[row]])),
      html("p", { class: "rnn-heading" }, text.shapes[shape].note));
    return { shape, cells, node };
  });
  const icon = (...children) => svg("svg", { viewBox: "-11 -11 22 22", width: 22, height: 22, "aria-hidden": "true", class: "rnn-stage-key" }, ...children);
  const legend = [
    html("span", {}, icon(svg("g", { class: "rnn-loss" }, badge(0, 0))), text.keyLoss),
    html("span", {}, icon(svg("circle", { class: "rnn-ghost", r: 9 })), text.keyGhost),
    html("span", {}, icon(svg("circle", { class: "rnn-copy", r: 9 })), text.keyOwn),
  ];

  el.classList.add("rnn-widget");
  el.append(
    html("p", { class: "rnn-note" }, fit(text.argument, { sub: "ₜ" })),
    html("div", { class: "rnn-row rnn-pressed rnn-shapes", role: "group", "aria-label": text.pick }, ...switches),
    html("div", { class: "rnn-columns rnn-stage-left" },
      html("div", { class: "rnn-column" }, scroller, html("p", { class: "rnn-note rnn-stage-legend" }, ...legend), status),
      html("div", { class: "rnn-column" },
        html("div", { class: "rnn-stack" }, ...told.map(({ node }) => node)),
        html("div", { class: "rnn-controls" }, sizes.T.node, sizes.U.node),
        html("div", { role: "group", "aria-label": text.readsWhat, class: "rnn-pressed rnn-controls" },
          html("span", { class: "rnn-note" }, text.readsWhat), ...feeds),
        html("div", { class: "rnn-row" }, button(text.reset, () => change(begin))))),
  );

  const span = (names) => (names.length < 4 ? names.map(called).join(text.list)
    : fit(text.many, { first: called(names[0]), last: called(names[names.length - 1]) }));
  const list = (names) => names.map(called).join(text.list);

  /** What the lit part of the picture says. */
  function sentence(name) {
    const [shape, T, U, forced] = now();
    const all = feels(shape, T, U, forced);
    const felt = all.find(({ y }) => y === name);
    const whole = felt ? inputs(shape, T) : all.map(({ y }) => y);
    const ones = felt ? felt.inputs
      : all.filter((each) => [...each.inputs, ...each.before].includes(name)).map(({ y }) => y);
    const rest = whole.filter((each) => !ones.includes(each));
    const kind = felt ? "feels" : "reaches";
    const said = [fit(text[kind + (rest.length ? "Some" : whole.length > 1 ? "All" : "One")], {
      at: called(name), ones: list(ones), rest: list(rest), n: ones.length, N: whole.length,
    })];
    const u = Number(split(name)[1]);
    if (felt && DECODERS.includes(shape)) {
      said.push(fit(!felt.before.length ? text.onlyStart : forced ? text.alsoTold : text.alsoOwn,
        { ones: list(felt.before), at: called(name) }));
    } else if (name.startsWith("y*")) said.push(fit(text.instead, { u: u + 1, before: u }));
    return said.join(" ");
  }

  function paint() {
    const [shape, T, U, forced] = now();
    const decodes = DECODERS.includes(shape);
    const at = settle(model.get("at"), shape, T, U, forced);
    rewire();
    const name = drawn.marks.has(pointed) ? pointed : at;
    const asked = answers(shape, T, U);
    const lit = reach(drawn.paths.map(({ a, b }) => [a, b]), name, asked.includes(name));

    switches.forEach((each, k) => set(each, { "aria-pressed": String(named[k][0] === shape) }));
    // A slider rests where the shape leaves no choice.
    for (const [size, value, fixed] of [["T", shape === "one-to-many" ? 1 : T, shape === "one-to-many"], ["U", asked.length, !decodes]]) {
      sizes[size].show(value);
      set(sizes[size].node.querySelector("input"), { disabled: fixed });
    }
    feeds.forEach((each, k) => set(each, { disabled: !decodes, "aria-pressed": String(decodes && forced === !k) }));

    for (const { a, b, node } of drawn.paths) node.classList.toggle("rnn-fed", lit.has(a) && lit.has(b));
    for (const [each, { node, shape: outline, loss, knob }] of nodes) {
      const [kind, k] = split(each);
      outline.classList.toggle("rnn-fed", lit.has(each) || (kind === "copy" && lit.has(`y${k}`) && name !== `y${k}`));
      node.classList.toggle("rnn-chosen", each === name);
      set(loss, { display: decodes && !forced ? "none" : null });
      if (knob) set(node, { "aria-checked": String(each === at), tabindex: each === at ? 0 : -1 });
    }
    const used = decodes && !forced; // then there is no target
    set(legend[0], { hidden: used });
    set(legend[2], { hidden: !used });

    const values = { xs: span(inputs(shape, T)), ys: span(asked), T, U };
    for (const each of told) {
      each.node.classList.toggle("rnn-away", each.shape !== shape);
      for (const row of rows) {
        const none = row === "loss" && DECODERS.includes(each.shape) && !forced;
        each.cells[row].textContent = fit(none ? text.noLoss : text.shapes[each.shape][row], values);
      }
    }
    status.textContent = sentence(name);
  }

  return paintOn(model, ["shape", "T", "U", "forced", "at"], paint);
}

export default { render };
