// @ts-check
// The equations of rnnlib.rnn backwards, for one sequence. Rows are arrays of
// numbers, a matrix is a list of rows.

/** d W^T, d a row. */
export const back = (d, W) => Float64Array.from(W, (row) => {
  let sum = 0;
  for (let j = 0; j < d.length; j++) sum += row[j] * d[j];
  return sum;
});

/** x^T d: what a step says about a matrix that x was multiplied by. */
export const outer = (x, d) => Array.from(x, (xi) => Float64Array.from(d, (dj) => xi * dj));

/** Undo h_t = tanh(a_t): dh_t -> da_t, dx_t, dh_{t-1}. */
export function stepBackward({ W_xh, W_hh }, h, dh) {
  const da = Float64Array.from(dh, (d, k) => d * (1 - h[k] ** 2));
  return { da, dx: back(da, W_xh), dh: back(da, W_hh) };
}
