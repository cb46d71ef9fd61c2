// @ts-check
// The equations of rnnlib.rnn and rnnlib.readout on arrays of rows, for one
// sequence: x is a row, or the number of a symbol, which stands for a one-hot
// row and so picks a row of W_xh.

/** y += x W, x a row. */
function product(y, x, W) {
  for (let i = 0; i < x.length; i++) {
    const xi = x[i];
    const row = W[i];
    if (xi !== 0) for (let j = 0; j < y.length; j++) y[j] += xi * row[j];
  }
  return y;
}

/** h_t = tanh(x_t W_xh + h_{t-1} W_hh + b_h). */
export function step({ W_xh, W_hh, b_h }, x, h) {
  const a = Float64Array.from(b_h);
  if (typeof x === "number") W_xh[x].forEach((w, j) => { a[j] += w; });
  else product(a, x, W_xh);
  return product(a, h, W_hh).map(Math.tanh);
}

/** h_1 .. h_T from h_0, which is zero unless given. */
export function run(params, xs, start) {
  let h = start ?? new Float64Array(params.b_h.length);
  return xs.map((x) => (h = step(params, x, h)));
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

/** A matrix as Python wrote it: float32, or int8 times a unit. */
export function matrix({ data, shape, unit }) {
  const raw = bytes(data).buffer;
  const flat = unit ? Array.from(new Int8Array(raw), (q) => q * unit) : new Float32Array(raw);
  if (shape.length === 1) return Float64Array.from(flat);
  const [rows, columns] = shape;
  return Array.from({ length: rows }, (_, i) =>
    Float64Array.from(flat.slice(i * columns, (i + 1) * columns)));
}

/** All the matrices of a model. */
export const unpack = (packed) =>
  Object.fromEntries(Object.entries(packed).map(([name, part]) => [name, matrix(part)]));

/** Text as the vocabulary's symbols and their numbers; 2 is "unknown". */
export function encode(symbols, text, apart, most = Infinity) {
  const number = new Map(symbols.map((symbol, k) => [symbol, k]));
  const plain = Array.from(apart ? text.normalize("NFD") : text).slice(0, most);
  return { plain, numbers: plain.map((c) => number.get(c) ?? 2) };
}
