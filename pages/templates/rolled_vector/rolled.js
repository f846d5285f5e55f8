// Several vectors at once, each between a column of numbers and an image: the same squares, moved by a slider.

const HEIGHT = 420; // CSS pixels
const COLUMN = 14; // width of the unrolled column
const STAGGER = 2; // how much later the last row starts than the first, in moves

// The player writes its frame whenever the page changes: text is written only when it is another, or the two would never rest.
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

class Rolled {
  constructor(root) {
    this.seen = new Seen();
    this.canvas = root.querySelector("canvas");
    this.slider = root.querySelector(".rolled-share");
    this.sum = root.querySelector(".rolled-sum");
    this.epoch = root.querySelector("[name=epoch]");
    this.epoch.addEventListener("input", () => this.draw());
    this.slider.addEventListener("input", () => this.draw());
    this.resize = new ResizeObserver(() => this.draw());
    this.resize.observe(this.canvas);
  }

  update(data) {
    this.seen.value(data.panels, (panels) => this.open({ ...data, panels }));
  }

  open(data) {
    this.data = data;
    this.canvas.setAttribute("aria-label", data.label);
    if (this.start !== data.start) this.slider.value = data.start;
    this.start = data.start;
    this.epoch.max = data.states - 1;
    if (!this.panels) this.epoch.value = data.state;
    const size = 3 * data.height * data.width;
    this.panels = data.panels.map(({ title, frames }) => {
      const bytes = Uint8Array.from(atob(frames), (c) => c.charCodeAt(0));
      return { title, at: (place) => bytes.subarray(size * Math.min(place, bytes.length / size - 1)) };
    });
    this.draw();
  }

  draw() {
    if (!this.data) return;
    const ratio = window.devicePixelRatio || 1;
    const room = this.canvas.clientWidth;
    if (!room) return;
    this.canvas.width = Math.round(room * ratio);
    this.canvas.height = Math.round(HEIGHT * ratio);
    this.canvas.style.height = `${HEIGHT}px`;
    const pen = this.canvas.getContext("2d");
    const style = getComputedStyle(this.canvas);
    pen.scale(ratio, ratio);
    pen.font = `13px ${style.fontFamily}`;
    pen.fillStyle = style.color;
    const { height, width } = this.data;
    const each = room / this.panels.length;
    const t = Number(this.slider.value) / 100;
    const state = Number(this.epoch.value);
    const place = this.place(state);
    const side = Math.max(1, Math.floor(Math.min((each - COLUMN - 14) / width, (HEIGHT - 30) / height)));
    this.panels.forEach((panel, p) => {
      const left = p * each + 1;
      pen.fillStyle = style.color;
      pen.fillText(panel.title, left, 14, each - 6);
      this.squares(pen, panel.at(place), left, 24, side, t);
    });
    write(this.sum, this.data.sums[Math.min(place, this.data.sums.length - 1)] ?? "");
    this.canvas.dataset.state = state;
    this.canvas.dataset.share = this.slider.value;
  }

  // Which of the states held is shown: the last one that is not beyond it.
  place(state) {
    const { held } = this.data;
    let place = held.length - 1;
    while (place > 0 && held[place] > state) place -= 1;
    return place;
  }

  squares(pen, colours, left, top, side, t) {
    const { height, width } = this.data;
    const cells = height * width;
    const thin = (HEIGHT - 30) / cells;
    const gridLeft = left + COLUMN + 10;
    for (let i = 0; i < cells; i++) {
      const row = Math.floor(i / width);
      const own = Math.max(0, Math.min(1, t * (1 + STAGGER) - (STAGGER * row) / height));
      const eased = own * own * (3 - 2 * own);
      const mix = (a, b) => a + (b - a) * eased;
      pen.fillStyle = `rgb(${colours[3 * i]},${colours[3 * i + 1]},${colours[3 * i + 2]})`;
      pen.fillRect(
        mix(left, gridLeft + (i % width) * side), mix(top + i * thin, top + row * side),
        mix(COLUMN, side), mix(Math.max(thin, 0.5), side),
      );
    }
    pen.strokeStyle = getComputedStyle(this.canvas).getPropertyValue("--st-border-color");
    pen.strokeRect(gridLeft - 0.5, top - 0.5, width * side + 1, height * side + 1);
    pen.strokeRect(left - 0.5, top - 0.5, COLUMN + 1, HEIGHT - 29);
  }

  close() { this.resize.disconnect(); }
}

const all = new WeakMap();

export default function (component) {
  const root = component.parentElement;
  if (!all.has(root)) all.set(root, new Rolled(root));
  all.get(root).update(component.data);
  return () => { all.get(root)?.close(); all.delete(root); };
}
