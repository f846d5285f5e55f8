// The digit that stands on a pad stands in the address too, as strokes.py reads it; not an act of its own in the history.

const LINKED_POINTS = 120; // in a link, which a QR code must still hold
const LINKED_STROKES = 20;
const LINK_MS = 400; // after the last stroke

// Each stroke is its half width, its number of points and their x and y in 255ths of the side, a byte each.
function packed(strokes) {
  const all = strokes.reduce((sum, stroke) => sum + stroke.points.length / 2, 0);
  const bytes = strokes.slice(0, LINKED_STROKES).flatMap(({ width, points }) => {
    const count = points.length / 2;
    const kept = Math.max(1, Math.min(count, Math.floor((count * LINKED_POINTS) / Math.max(all, LINKED_POINTS))));
    const places = Array.from({ length: kept }, (_, at) => (kept === 1 ? 0 : Math.round((at * (count - 1)) / (kept - 1))));
    return [Math.round(width / 2), kept, ...places.flatMap((at) => points.slice(2 * at, 2 * at + 2).map((v) => Math.round((v * 255) / SIDE)))];
  });
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function standInLink(pad) {
  if (!pad.square.isConnected) return;
  const values = new URLSearchParams(location.search);
  const said = pad.example || !pad.strokes.length ? "" : packed(pad.strokes);
  if ((values.get("drawing") ?? "") === said) return;
  if (said) values.set("drawing", said);
  else values.delete("drawing");
  history.replaceState(history.state, "", location.pathname + (values.size ? `?${values}` : "") + location.hash);
}
