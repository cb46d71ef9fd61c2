// @ts-check
// The 2-norm of a matrix, and how the pictures of norms over the lag write one.
import { show } from "./shared.js";

let room = { n: 0, A: [], off: [], v: [], w: [] };

/** Arrays for n, the same every time: to make them costs more than to fill. */
function space(n) {
  if (room.n !== n) {
    const row = () => new Float64Array(n);
    room = { n, A: Array.from({ length: n }, row), off: row(), v: row(), w: row() };
  }
  return room;
}

/** The largest singular value of P: the root of the largest eigenvalue of
 * P P^T, which Householder's reflections make tridiagonal and bisection finds,
 * within a factor of 1 + error. Only the lower half of P P^T is kept. */
export function norm(P, error = 1e-13) {
  const n = P.length;
  const { A, off, v, w } = space(n);
  for (let i = 0; i < n; i++) {
    const p = P[i];
    for (let j = 0; j <= i; j++) {
      const q = P[j];
      let sum = 0;
      for (let k = 0; k < n; k++) sum += p[k] * q[k];
      A[i][j] = sum;
    }
  }
  off.fill(0); // off[k] stands between d[k - 1] and d[k]
  for (let k = 0; k + 2 < n; k++) {
    let size = 0;
    for (let i = k + 1; i < n; i++) {
      v[i] = A[i][k];
      w[i] = 0;
      size += v[i] * v[i];
    }
    size = Math.sqrt(size);
    if (size === 0) continue;
    if (v[k + 1] > 0) size = -size;
    off[k + 1] = size;
    v[k + 1] -= size;
    const half = -size * v[k + 1]; // v.v / 2
    for (let i = k + 1; i < n; i++) { // w = A v
      const row = A[i];
      const vi = v[i];
      let sum = row[i] * vi;
      for (let j = k + 1; j < i; j++) {
        sum += row[j] * v[j];
        w[j] += row[j] * vi;
      }
      w[i] += sum;
    }
    let along = 0;
    for (let i = k + 1; i < n; i++) {
      w[i] /= half;
      along += w[i] * v[i];
    }
    along /= 2 * half;
    for (let i = k + 1; i < n; i++) w[i] -= along * v[i];
    for (let i = k + 1; i < n; i++) {
      const row = A[i];
      const vi = v[i];
      const wi = w[i];
      for (let j = k + 1; j <= i; j++) row[j] -= vi * w[j] + wi * v[j];
    }
  }
  if (n > 1) off[n - 1] = A[n - 1][n - 2];
  const d = v; // done with it
  for (let k = 0; k < n; k++) d[k] = A[k][k];
  let low = -Infinity;
  let high = -Infinity;
  for (let k = 0; k < n; k++) {
    low = Math.max(low, d[k]);
    high = Math.max(high, d[k] + Math.abs(off[k]) + (k + 1 < n ? Math.abs(off[k + 1]) : 0));
  }
  // Sturm: all pivots of A - s are below 0 where s is above every eigenvalue.
  const above = (s) => {
    let pivot = 1;
    for (let k = 0; k < n; k++) {
      pivot = d[k] - s - (off[k] * off[k]) / pivot; // off[0] is 0
      if (pivot >= 0) return false;
    }
    return true;
  };
  while (high - low > error * high) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) break;
    if (above(middle)) high = middle;
    else low = middle;
  }
  return Math.sqrt((low + high) / 2);
}

/** 10 to the n. */
export const power = (n) => `10${String(n).replace("-", "⁻").replace(/\d/g, (d) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(d)])}`;

/** A number by its log10: 3.1 × 10⁻⁷. */
export function scientific(log) {
  if (log === -Infinity) return "0";
  let digits = Math.floor(log + 1e-9);
  let front = show(10 ** (log - digits), 1);
  if (front === "10.0") [front, digits] = ["1.0", digits + 1];
  return digits === 0 ? front : `${front} × ${power(digits)}`;
}
