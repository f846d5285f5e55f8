// The order of rows and columns, by the rule of core/analysis/ordering.py: ties keep their own order, whichever way the rest runs.

// What is picked, as links say it: r3c7 a cell, r3 a row, c7 a column.
function parts(by) {
  const found = /^(?:r(\d+))?(?:c(\d+))?$/.exec(by);
  return found ? found.slice(1).map((text) => (text === undefined ? null : Number(text))) : [null, null];
}

// What sorts the "rows" or the "columns": "original", "norm", "value" or "abs".
function axisKey(view, axis) {
  const [row, column] = parts(view.by);
  const [line, other] = axis === "rows" ? [column, row] : [row, column];
  if (view.sort === "original" || (view.move !== "both" && view.move !== axis)) return "original";
  if (view.sort === "norm" || (line === null && other !== null)) return "norm";
  return line === null ? "original" : view.sort;
}

// The original index at each place of an axis, by the weights of one state.
function ordered(state, view, axis) {
  const [down, across] = [state.rowNorms.length, state.columnNorms.length];
  const count = axis === "rows" ? down : across;
  const key = axisKey(view, axis);
  const places = Uint32Array.from({ length: count }, (_, i) => i);
  if (key === "original") return places;
  const [row, column] = parts(view.by);
  const norms = axis === "rows" ? state.rowNorms : state.columnNorms;
  const weight = (i) => valueOf(state.kernel[axis === "rows" ? i * across + column : row * across + i]);
  const value = key === "norm" ? (i) => norms[i] : key === "abs" ? (i) => Math.abs(weight(i)) : weight;
  // What is no number comes last, as numpy has it.
  const keys = Float64Array.from(places, (i) => (Number.isNaN(value(i)) ? Infinity : view.falling ? -value(i) : value(i)));
  return places.sort((a, b) => keys[a] - keys[b] || a - b);
}
