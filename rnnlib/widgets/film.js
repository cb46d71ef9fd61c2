// @ts-check
// Hidden states as a film: a row for each unit, a column for each step, blue
// above zero and orange below, the stronger the fuller.
import { html, set, svg } from "./shared.js";

const LEVELS = 6;

/** States (T, units) as strip() of panel.py wrote them: int8, 127 for 1. */
export function unstrip({ states, units }) {
  const raw = Int8Array.from(atob(states), (c) => (c.charCodeAt(0) << 24) >> 24);
  return Array.from({ length: raw.length / units }, (_, t) =>
    Array.from(raw.subarray(t * units, (t + 1) * units), (q) => q / 127));
}

/** One step is `wide`, one unit `high`; below are `foot` for the signs.
 * Returns the drawing and show(). */
export function film(wide, high, label, foot = 18) {
  const tones = ["rnn-over", "rnn-under"].flatMap((side) =>
    Array.from({ length: LEVELS }, (_, k) =>
      svg("path", { class: side, "fill-opacity": ((k + 1) / LEVELS).toFixed(2) })));
  const paper = svg("rect", { class: "rnn-off" });
  const cursor = svg("rect", { class: "rnn-frame", "pointer-events": "none" });
  const names = svg("g", { "aria-hidden": "true" });
  let named = null;
  let drawn = { hs: null, order: "" };
  const node = svg(
    "svg", { class: "rnn-film", role: "img", "aria-label": label, preserveAspectRatio: "none" },
    paper, ...tones, names, cursor,
  );
  return {
    node,
    /** @param {ArrayLike<number>[]} hs T rows of H numbers
     * @param {number[]} order which unit is in which line
     * @param {string[]} signs what stands under each step
     * @param {number} at the step that is framed, -1 for none */
    show(hs, order, signs, at = -1) {
      const width = Math.max(1, hs.length) * wide;
      const height = order.length * high;
      const below = height + foot;
      set(node, { viewBox: `0 0 ${width} ${below}`, width, height: below });
      if (named !== signs) {
        named = signs;
        names.replaceChildren(...signs.map((c, t) =>
          svg("text", { x: (t + 0.5) * wide, y: height + 13, "text-anchor": "middle" }, sign(c))));
      }
      set(paper, { width, height });
      // The frame moves more often than the states change.
      if (drawn.hs !== hs || drawn.order !== order.join()) {
        drawn = { hs, order: order.join() };
        const paths = tones.map(() => "");
        hs.forEach((h, t) => order.forEach((unit, row) => {
          const level = Math.round(Math.abs(h[unit]) * LEVELS);
          if (level) {
            const tone = (h[unit] < 0 ? LEVELS : 0) + Math.min(level, LEVELS) - 1;
            paths[tone] += `M${t * wide} ${row * high}h${wide}v${high}h${-wide}z`;
          }
        }));
        tones.forEach((path, k) => set(path, { d: paths[k] || null }));
      }
      set(cursor, at < 0 ? { visibility: "hidden" }
        : { visibility: null, x: at * wide, y: 0, width: wide, height: below });
    },
  };
}

const LEADS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ";
const TAILS = "ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ";

/** What a character looks like by itself: spaces are seen, and a Hangul
 * letter that waits for its syllable stands alone. */
export function sign(c) {
  if (c === " ") return "\u2423";
  if (c === "\n") return "\u21b5";
  const code = c.codePointAt(0);
  if (code >= 0x1100 && code <= 0x1112) return LEADS[code - 0x1100];
  if (code >= 0x1161 && code <= 0x1175) return String.fromCodePoint(code - 0x1161 + 0x314f);
  if (code >= 0x11a8 && code <= 0x11c2) return TAILS[code - 0x11a8];
  return c;
}

/** A legend of the two colours. */
export const legend = (text) => html(
  "p", { class: "rnn-note rnn-legend" },
  html("span", { class: "rnn-swatch rnn-swatch-over" }), text.over,
  html("span", { class: "rnn-swatch rnn-swatch-under" }), text.under,
);
