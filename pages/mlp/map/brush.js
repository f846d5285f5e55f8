// A drag over the map brushes a part of it, or moves what is brushed; a press that stays in its place picks what it hits.

const DRAG = 4; // pixels that make a press a drag

class Brush {
  constructor(map) {
    this.map = map;
    this.drag = null;
    map.canvas.addEventListener("pointerdown", (event) => this.press(event));
    map.canvas.addEventListener("pointermove", (event) => { if (this.drag) this.pull(event); });
    map.canvas.addEventListener("pointerup", (event) => this.release(event));
    map.canvas.addEventListener("pointercancel", () => this.cancel());
  }

  press(event) {
    const { map } = this;
    if (!map.state || event.button !== 0) return;
    const at = map.under(event);
    const within = (axis, i) => !map.window[axis] || (at[i] >= map.window[axis][0] && at[i] <= map.window[axis][1]);
    const moves = Object.keys(map.window).length > 0 && ["row", "column"].every(within);
    this.drag = { at, from: [event.clientX, event.clientY], moves: moves ? { ...map.window } : null, far: false };
    map.canvas.setPointerCapture(event.pointerId);
    map.tip("");
  }

  pull(event) {
    const { map, drag } = this;
    drag.far ||= Math.hypot(event.clientX - drag.from[0], event.clientY - drag.from[1]) >= DRAG;
    if (!drag.far) return;
    const now = map.under(event);
    map.window = {};
    ["row", "column"].forEach((axis, i) => {
      if (!map.data.brushed.includes(axis)) return;
      const count = map.data[`${axis}s`];
      const [from, to] = drag.moves?.[axis] ?? [0, 0];
      const by = clamp(now[i] - drag.at[i], -from, count - to);
      map.window[axis] = drag.moves ? [from + by, to + by] : [Math.min(drag.at[i], now[i]), Math.max(drag.at[i], now[i])];
    });
    map.mark();
  }

  release(event) {
    const { map, drag } = this;
    this.drag = null;
    if (!drag) return;
    if (drag.far) return map.tell(map.data.sorts ? map.view.by : null);
    if (!drag.moves) map.window = {};
    const [row, column] = map.weight(event);
    map.pick(`r${row}c${column}`);
  }

  // A finger that scrolls the page after all.
  cancel() {
    if (this.drag?.far) {
      this.map.window = this.map.data.window;
      this.map.mark();
    }
    this.drag = null;
  }
}
