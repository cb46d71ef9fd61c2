// @ts-check
// The three cells with what a step leaves behind, and their way back: the
// equations of rnnlib.rnn, lstm and gru for one sequence. A cache has the
// names of the chapter, i, f, o, g, c or r, z, n; a state is { h } or { h, c }.
import { affine, each, gruCache, product, sigmoid, step } from "./recurrent.js";
import { back, stepBackward } from "./backward.js";

const part = (a, k, H) => a.subarray(k * H, (k + 1) * H);

function join(...parts) {
  const whole = new Float64Array(parts.length * parts[0].length);
  parts.forEach((values, k) => whole.set(values, k * values.length));
  return whole;
}

const rnn = {
  step: (params, x, { h: h_prev }) => ({ h_prev, h: step(params, x, h_prev) }),
  back(params, { h }, { h: dh }) {
    const { dx, dh: before } = stepBackward(params, h, dh);
    return { dx, h: before };
  },
};

const lstm = {
  step({ W_xh, W_hh, b_h }, x, { h: h_prev, c: c_prev }) {
    const H = h_prev.length;
    const a = product(affine(x, W_xh, b_h), h_prev, W_hh);
    const [i, f, o] = [0, 1, 2].map((k) => part(a, k, H).map(sigmoid));
    const g = part(a, 3, H).map(Math.tanh);
    const c = each(c_prev, (before, k) => f[k] * before + i[k] * g[k]);
    const h = each(c, (value, k) => o[k] * Math.tanh(value));
    return { h_prev, c_prev, i, f, o, g, c, h };
  },
  back({ W_xh, W_hh }, { c_prev, i, f, o, g, c }, { h: dh, c: dc_later }) {
    const t = c.map(Math.tanh);
    const dc = each(dh, (d, k) => dc_later[k] + d * o[k] * (1 - t[k] ** 2));
    const da = join(
      each(dc, (d, k) => d * g[k] * i[k] * (1 - i[k])),
      each(dc, (d, k) => d * c_prev[k] * f[k] * (1 - f[k])),
      each(dh, (d, k) => d * t[k] * o[k] * (1 - o[k])),
      each(dc, (d, k) => d * i[k] * (1 - g[k] ** 2)),
    );
    return { dx: back(da, W_xh), h: back(da, W_hh), c: each(dc, (d, k) => d * f[k]) };
  },
};

const gru = {
  step: (params, x, { h }) => gruCache(params, x, h),
  back({ W_xh, W_hh }, { h_prev, r, z, n, v_n }, { h: dh }) {
    const da_n = each(dh, (d, k) => d * (1 - z[k]) * (1 - n[k] ** 2));
    const da_z = each(dh, (d, k) => d * (h_prev[k] - n[k]) * z[k] * (1 - z[k]));
    const da_r = each(da_n, (d, k) => d * v_n[k] * r[k] * (1 - r[k]));
    const through = back(join(da_r, da_z, each(da_n, (d, k) => d * r[k])), W_hh);
    return {
      dx: back(join(da_r, da_z, da_n), W_xh),
      h: each(through, (d, k) => d + dh[k] * z[k]),
    };
  },
};

export const cells = { rnn, lstm, gru };

/** The cell that weights belong to, known by their names and shapes. */
export const kindOf = ({ W_hh, b_hh }) => (b_hh ? "gru"
  : W_hh[0].length === 4 * W_hh.length ? "lstm" : "rnn");

/** Zeros in the form of a state. */
export function zeros(params) {
  const H = params.W_hh.length;
  const h = new Float64Array(H);
  return kindOf(params) === "lstm" ? { h, c: new Float64Array(H) } : { h };
}

/** The caches of all steps: x_t is a row, or the number of a symbol. */
export function record(params, xs) {
  const { step } = cells[kindOf(params)];
  let state = zeros(params);
  return xs.map((x) => (state = step(params, x, state)));
}

/** Undo a step: its cache and dstate -> dx and the dstate before. */
export const undo = (params, cache, dstate) =>
  cells[kindOf(params)].back(params, cache, dstate);
