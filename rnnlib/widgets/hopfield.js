// @ts-check
// Hopfield's equations in the page. tests/test_widget_math.py holds them equal
// to rnnlib.hopfield on the same numbers.

/** W = X^T X / N, or the projection on the patterns; diagonal 0. */
export function store(patterns, rule) {
  const N = patterns[0]?.length ?? 0;
  const rows = rule === "pseudo-inverse"
    ? orthonormal(patterns)
    : patterns.map((xi) => xi.map((x) => x / Math.sqrt(N)));
  const W = Array.from({ length: N }, () => new Float64Array(N));
  for (const xi of rows) {
    for (let i = 0; i < N; i++) {
      for (let j = 0; j < N; j++) W[i][j] += xi[i] * xi[j];
    }
  }
  for (let i = 0; i < N; i++) W[i][i] = 0;
  return W;
}

/** Gram and Schmidt; a pattern that the others already span is dropped. */
function orthonormal(patterns) {
  const basis = [];
  for (const xi of patterns) {
    const rest = xi.slice();
    for (let pass = 0; pass < 2; pass++) { // twice, against round-off
      for (const q of basis) {
        const along = dot(q, rest);
        q.forEach((x, i) => { rest[i] -= along * x; });
      }
    }
    const length = Math.sqrt(dot(rest, rest));
    if (length > 1e-6 * Math.sqrt(xi.length)) basis.push(rest.map((x) => x / length));
  }
  return basis;
}

export function dot(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** h_i = sum_j w_ij s_j */
export const fields = (W, s) => W.map((row) => dot(row, s));

/** E = -1/2 sum_ij w_ij s_i s_j */
export const energy = (W, s) => -0.5 * dot(fields(W, s), s);

/** m_mu = xi_mu . s / N */
export const overlaps = (patterns, s) =>
  patterns.map((xi) => dot(xi, s) / s.length);

/** Below this a field counts as zero: the round-off of a sum (as rnnlib). */
export const tie = (W, h) =>
  64 * Number.EPSILON * Math.max(largest(h), ...W.map(largest));

const largest = (values) =>
  values.reduce((most, x) => Math.max(most, Math.abs(x)), 0);

/** Visit one unit: it takes the sign of its field; at a tie it stays. */
export function visit(W, s, i) {
  const h = fields(W, s);
  const flipped = h[i] * s[i] < 0 && Math.abs(h[i]) > tie(W, h);
  return { s: flipped ? s.map((x, j) => (j === i ? -x : x)) : s, field: h[i], flipped };
}

/** All units at once. */
export function together(W, s) {
  const h = fields(W, s);
  const small = tie(W, h);
  return s.map((x, i) => (Math.abs(h[i]) > small ? Math.sign(h[i]) : x));
}

/** Softmax of beta X q: how much each pattern is attended to. */
export function attention(patterns, query, beta) {
  const scores = patterns.map((xi) => beta * dot(xi, query));
  const most = Math.max(...scores);
  const powers = scores.map((x) => Math.exp(x - most));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((x) => x / sum);
}

/** The modern update: the patterns, mixed by attention. */
export function retrieve(patterns, query, beta) {
  const weights = attention(patterns, query, beta);
  return query.map((_, i) =>
    patterns.reduce((sum, xi, mu) => sum + weights[mu] * xi[i], 0));
}
