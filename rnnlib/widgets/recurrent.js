// @ts-check
// The equations of rnnlib.rnn, rnnlib.gru and rnnlib.readout on arrays of rows,
// for one sequence: x is a row, or the number of a symbol, which stands for a
// one-hot row and so picks a row of W_xh.

/** f(value, k) of every value. Float64Array.from with a function takes ten
 * times as long. */
export function each(a, f) {
  const y = new Float64Array(a.length);
  for (let k = 0; k < y.length; k++) y[k] = f(a[k], k);
  return y;
}

/** y += x W, x a row. */
export function product(y, x, W) {
  for (let i = 0; i < x.length; i++) {
    const xi = x[i];
    const row = W[i];
    if (xi !== 0) for (let j = 0; j < y.length; j++) y[j] += xi * row[j];
  }
  return y;
}

/** y = x W + b; a number x picks a row of W. */
export function affine(x, W, b) {
  const y = new Float64Array(b);
  if (typeof x === "number") W[x].forEach((w, j) => { y[j] += w; });
  else product(y, x, W);
  return y;
}

/** h_t = tanh(x_t W_xh + h_{t-1} W_hh + b_h). */
export const step = ({ W_xh, W_hh, b_h }, x, h) =>
  product(affine(x, W_xh, b_h), h, W_hh).map(Math.tanh);

export const sigmoid = (a) => (1 + Math.tanh(a / 2)) / 2;

/** One step of rnnlib.gru with its cache: columns r, z, n; the reset after
 * the product. */
export function gruCache({ W_xh, W_hh, b_xh, b_hh }, x, h_prev) {
  const H = h_prev.length;
  const u = affine(x, W_xh, b_xh);
  const v = affine(h_prev, W_hh, b_hh);
  const gate = (from) => each(h_prev, (_, k) => sigmoid(u[from + k] + v[from + k]));
  const [r, z, v_n] = [gate(0), gate(H), v.subarray(2 * H)];
  const n = each(r, (reset, k) => Math.tanh(u[2 * H + k] + reset * v_n[k]));
  const h = each(n, (value, k) => (1 - z[k]) * value + z[k] * h_prev[k]);
  return { h_prev, r, z, n, v_n, h };
}

/** h_1 .. h_T from h_0, which is zero unless given; a cell is known by the
 * names of its weights. */
export function run(params, xs, start) {
  const move = params.b_hh ? (...given) => gruCache(...given).h : step;
  let h = start ?? new Float64Array(params.W_hh.length);
  return xs.map((x) => (h = move(params, x, h)));
}

/** y_t = h_t W_hy + b_y. */
export const answer = ({ W_hy, b_y }, h) => product(Float64Array.from(b_y), h, W_hy);

/** Logits as chances. */
export function softmax(ys, temperature = 1) {
  const top = Math.max(...ys);
  const e = Array.from(ys, (y) => Math.exp((y - top) / temperature));
  const sum = e.reduce((a, b) => a + b, 0);
  return e.map((x) => x / sum);
}

const bytes = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));

/** A matrix as Python wrote it: int8 or int16 times a unit. */
export function matrix({ data, shape, unit }) {
  const raw = bytes(data).buffer;
  const size = shape.reduce((a, b) => a * b, 1);
  const Kind = raw.byteLength === size ? Int8Array : Int16Array;
  const flat = Float64Array.from(new Kind(raw), (q) => q * unit);
  if (shape.length === 1) return flat;
  const [rows, columns] = shape;
  return Array.from({ length: rows }, (_, i) => flat.slice(i * columns, (i + 1) * columns));
}

/** All the matrices of a model, under the names that Python gave them. */
export const unpack = (packed) => (packed.shape ? matrix(packed)
  : Object.fromEntries(Object.entries(packed).map(([name, part]) => [name, unpack(part)])));

/** Text as the vocabulary's symbols and their numbers; 2 is "unknown". */
export function encode(symbols, text, apart, most = Infinity) {
  const number = new Map(symbols.map((symbol, k) => [symbol, k]));
  const plain = Array.from(apart ? text.normalize("NFD") : text).slice(0, most);
  return { plain, numbers: plain.map((c) => number.get(c) ?? 2) };
}
