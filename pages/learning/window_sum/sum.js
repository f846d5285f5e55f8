// Windows in the order of their errors, the largest first; each adds error x patch to the sum.

const matrix = (m) => ({ rows: m.rows, columns: m.columns, at: floats(m.numbers) });
const said = (v) => (v < 0 ? "−" : "") + (v === 0 ? "0" : Math.abs(v) >= 1e-4 ? String(Number(Math.abs(v).toPrecision(3))) : Math.abs(v).toExponential(2).replace("-", "−"));
const largest = (values) => values.reduce((top, v) => Math.max(top, Math.abs(v)), 0) || 1;

class Sum {
  constructor(root) {
    this.seen = new Seen();
    this.box = root.querySelector(".ws");
    this.find = (name) => this.box.querySelector(name);
    this.slider = this.find("input");
    this.slider.addEventListener("input", () => { this.pause(); this.go(Number(this.slider.value)); });
    this.find("[data-do=back]").addEventListener("click", () => { this.pause(); this.go(this.count - 1); });
    this.find("[data-do=next]").addEventListener("click", () => { this.pause(); this.go(this.count + 1); });
    this.find("[data-do=play]").addEventListener("click", () => (this.timer ? this.pause() : this.play()));
  }

  update(data) {
    if (data === this.asked) return;
    this.asked = data;
    this.seen.value(data.told, (told) => this.open({ ...data, ...told }), () => { this.asked = null; });
  }

  open(data) {
    this.data = data;
    for (const name of ["image", "error", "gradient"]) this[name] = matrix(data[name]);
    this.palettes = { ink: bytes(data.ink), signed: bytes(data.signed) };
    this.order = [...this.error.at.keys()].filter((i) => this.error.at[i] !== 0).sort((a, b) => Math.abs(this.error.at[b]) - Math.abs(this.error.at[a]) || a - b);
    this.slider.max = this.order.length;
    this.imagePicture = this.picture(this.image, this.palettes.ink, (v) => v * 254);
    const reach = largest(this.error.at);
    this.errorPicture = this.picture(this.error, this.palettes.signed, (v) => (v * 127) / reach + 127);
    this.reach = largest(this.gradient.at);
    this.matrix(".whole", this.gradient.at, this.reach);
    if (this.name !== data.name) { this.pause(); this.count = Math.min(1, this.order.length); }
    this.name = data.name;
    this.go(this.count);
  }

  picture(m, palette, level) {
    const canvas = document.createElement("canvas");
    canvas.width = m.columns;
    canvas.height = m.rows;
    const pixels = new ImageData(m.columns, m.rows);
    for (let i = 0; i < m.at.length; i++) {
      const at = 3 * Math.max(0, Math.min(254, Math.round(level(m.at[i]))));
      for (let c = 0; c < 3; c++) pixels.data[4 * i + c] = palette[at + c];
      pixels.data[4 * i + 3] = 255;
    }
    canvas.getContext("2d").putImageData(pixels, 0, 0);
    return canvas;
  }

  matrix(name, at, reach) {
    const { rows, columns } = this.gradient;
    const unit = Math.max(2, Math.floor(125 / Math.max(rows, columns)));
    this.show(name, this.picture({ rows, columns, at }, this.palettes.signed, (v) => (v * 127) / reach + 127), unit);
  }

  show(name, picture, unit) {
    const canvas = this.find(name);
    canvas.width = picture.width * unit;
    canvas.height = picture.height * unit;
    canvas.style.width = `${canvas.width + 2}px`;
    const context = canvas.getContext("2d");
    context.imageSmoothingEnabled = false;
    context.drawImage(picture, 0, 0, canvas.width, canvas.height);
    return context;
  }

  go(count) {
    this.count = Math.max(0, Math.min(this.order.length, count));
    const { rows, columns } = this.gradient;
    const sum = new Float64Array(rows * columns);
    const term = new Float64Array(rows * columns);
    for (let n = 0; n < this.count; n++) {
      const place = this.order[n];
      const top = Math.floor(place / this.error.columns);
      const left = place % this.error.columns;
      const error = this.error.at[place];
      for (let i = 0; i < sum.length; i++) {
        const one = error * this.image.at[(top + Math.floor(i / columns)) * this.image.columns + left + (i % columns)];
        sum[i] += one;
        if (n === this.count - 1) term[i] = one;
      }
    }
    this.slider.value = this.count;
    this.draw(sum, term);
  }

  draw(sum, term) {
    const place = this.order[this.count - 1];
    const top = place === undefined ? 0 : Math.floor(place / this.error.columns);
    const left = place === undefined ? 0 : place % this.error.columns;
    const side = Math.max(this.image.rows, this.image.columns);
    const unit = side > 200 ? 1 : Math.max(2, Math.floor(220 / side));
    const image = this.show(".image", this.imagePicture, unit);
    const error = this.show(".error", this.errorPicture, unit);
    if (place !== undefined) {
      image.strokeStyle = this.data.colours.window;
      image.lineWidth = 2;
      image.strokeRect(left * unit + 1, top * unit + 1, this.gradient.columns * unit - 2, this.gradient.rows * unit - 2);
      error.strokeStyle = this.data.colours.mark;
      error.lineWidth = 1.5;
      error.strokeRect(left * unit - 2, top * unit - 2, unit + 4, unit + 4);
    }
    this.matrix(".term", term, largest(term));
    this.matrix(".sum", sum, this.reach);
    const apart = sum.reduce((most, v, i) => Math.max(most, Math.abs(v - this.gradient.at[i])), 0);
    const windows = this.error.at.length;
    this.find(".hint").textContent = `${this.count.toLocaleString("en")} of ${this.order.length.toLocaleString("en")} windows with an error; ${(windows - this.order.length).toLocaleString("en")} have none`;
    const words = place === undefined ? "No window yet." : `Window at row ${top + 1}, column ${left + 1}: its error is ${said(this.error.at[place])}; what it sees times that is added.`;
    const rest = this.count === this.order.length ? ` All windows: the sum is the gradient, to ${said(apart)}.` : ` The sum still lacks up to ${said(apart)} of the gradient.`;
    this.find(".said").textContent = words + rest;
    Object.assign(this.box.dataset, { count: this.count, windows: this.order.length, apart });
  }

  play() {
    if (this.count >= this.order.length) this.count = 0;
    const step = Math.max(1, Math.ceil(this.order.length / 120));
    this.timer = setInterval(() => {
      this.go(this.count + (this.count < 12 ? 1 : step));
      if (this.count >= this.order.length) this.pause();
    }, 150);
    this.find("[data-do=play]").textContent = "Pause";
  }

  pause() {
    clearInterval(this.timer);
    this.timer = null;
    this.find("[data-do=play]").textContent = "Play";
  }
}

const sums = new WeakMap();

export default function (component) {
  const root = component.parentElement;
  if (!sums.has(root)) sums.set(root, new Sum(root));
  sums.get(root).update(component.data);
  return () => { sums.get(root)?.pause(); sums.delete(root); };
}
