// The moving window of a convolution. All numbers come once; products and sums are made here, from the same numbers
// that Python made the feature map of, and stand beside the map's own value.

const matrix = (m) => ({ rows: m.rows, columns: m.columns, at: floats(m.numbers) });
const clamp = (v, low, high) => Math.min(high, Math.max(low, v));
const said = (v) => (v < 0 ? "−" : "") + (Math.abs(v) >= 1e-4 || v === 0 ? String(Number(Math.abs(v).toPrecision(4))) : Math.abs(v).toExponential(2));

class Window {
  constructor(root) {
    this.seen = new Seen();
    this.box = root.querySelector(".cw");
    this.find = (name) => this.box.querySelector(name);
    this.row = this.column = 0;
    this.held = false;
    this.timer = null;
    this.find("[data-do=play]").addEventListener("click", () => (this.timer ? this.pause() : this.play()));
    for (const name of ["image", "result"]) {
      const canvas = this.find(`.${name}`);
      const go = (event) => { const [r, c] = this.pointed(event, canvas, name); this.move(r, c); };
      canvas.addEventListener("pointermove", (event) => { if (!this.held && !this.timer && event.pointerType !== "touch") go(event); });
      canvas.addEventListener("click", (event) => { // and not a press: a finger may only want to scroll
        this.pause();
        const before = `${this.row},${this.column}`;
        const hold = !this.held;
        go(event);
        this.held = hold || before !== `${this.row},${this.column}`;
        this.write();
      });
      canvas.addEventListener("keydown", (event) => this.key(event));
    }
  }

  update(data) {
    if (data === this.asked) return;
    this.asked = data;
    this.seen.value(data.told, (told) => this.open({ ...data, ...told }), () => { this.asked = null; });
  }

  open(data) {
    this.data = data;
    this.image = matrix(data.image);
    this.kernel = matrix(data.kernel);
    this.map = matrix(data.map);
    this.palettes = Object.fromEntries(Object.entries(data.palettes).map(([name, text]) => [name, bytes(text)]));
    this.stage();
    const shape = [data.name, this.shown.rows, this.shown.columns, data.stage].join();
    if (shape !== this.shape) { this.pause(); this.held = false; [this.row, this.column] = this.opening(data.place); }
    this.shape = shape;
    this.pictures();
    this.move(this.row, this.column);
  }

  // What the result shows: sums, sums after ReLU, or the largest of each 2 x 2 after ReLU.
  stage() {
    const { map, data } = this;
    const relu = Float32Array.from(map.at, (v) => (data.stage > 0 ? Math.max(0, v) : v));
    if (data.stage < 2) { this.shown = { rows: map.rows, columns: map.columns, at: relu }; return; }
    const rows = map.rows >> 1;
    const columns = map.columns >> 1;
    const at = new Float32Array(rows * columns);
    this.winners = new Int32Array(rows * columns);
    for (let i = 0; i < rows * columns; i++) {
      const top = 2 * Math.floor(i / columns) * map.columns + 2 * (i % columns);
      const four = [top, top + 1, top + map.columns, top + map.columns + 1];
      this.winners[i] = four.reduce((best, place) => (relu[place] > relu[best] ? place : best));
      at[i] = relu[this.winners[i]];
    }
    this.shown = { rows, columns, at };
  }

  opening([row, column]) {
    return this.data.stage === 2 ? [row >> 1, column >> 1] : [row, column];
  }

  // The place in the map whose window is drawn: in a pooled result the one that won.
  source() {
    if (this.data.stage < 2) return [this.row, this.column];
    const place = this.winners[this.row * this.shown.columns + this.column];
    return [Math.floor(place / this.map.columns), place % this.map.columns];
  }

  // Result row and column under the pointer; over the image the window's middle follows it.
  pointed(event, canvas, name) {
    const box = canvas.getBoundingClientRect();
    const x = (event.clientX - box.left - 1) / (box.width - 2);
    const y = (event.clientY - box.top - 1) / (box.height - 2);
    if (name === "result") return [Math.floor(y * this.shown.rows), Math.floor(x * this.shown.columns)];
    const { stride, dilation, padding, stage } = this.data;
    const step = stride * (stage === 2 ? 2 : 1);
    const along = (share, side, k) => Math.round((share * (side + 2 * padding) - ((k - 1) * dilation + 1) / 2) / step);
    return [along(y, this.image.rows, this.kernel.rows), along(x, this.image.columns, this.kernel.columns)];
  }

  move(row, column) {
    this.row = clamp(row, 0, this.shown.rows - 1);
    this.column = clamp(column, 0, this.shown.columns - 1);
    this.draw();
  }

  key(event) {
    const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (!steps) return;
    event.preventDefault();
    this.pause();
    this.held = true;
    this.move(this.row + steps[0], this.column + steps[1]);
  }

  play() {
    this.held = false;
    const last = this.shown.rows * this.shown.columns - 1;
    let place = this.row * this.shown.columns + this.column;
    if (place >= last) place = 0;
    this.timer = setInterval(() => {
      place = Math.min(last, place + Number(this.find("select").value));
      this.move(Math.floor(place / this.shown.columns), place % this.shown.columns);
      if (place === last) this.pause();
    }, 50);
    this.button();
  }

  pause() {
    clearInterval(this.timer);
    this.timer = null;
    this.button();
  }

  button() {
    const button = this.find("[data-do=play]");
    button.textContent = this.timer ? "Pause" : "Play";
    button.setAttribute("aria-label", button.textContent);
  }

  // Pictures that stay the same while the window moves.
  pictures() {
    const { data, image, shown } = this;
    const p = data.padding;
    const padded = { rows: image.rows + 2 * p, columns: image.columns + 2 * p };
    this.unit = this.fitting(padded);
    this.imagePicture = this.picture(image, this.palettes.ink, (v) => v * 254);
    const result = this.find(".result");
    this.resultUnit = this.fitting(shown);
    const signed = data.stage === 0;
    const level = signed ? (v) => (v * 127) / data.limits.map + 127 : (v) => (v * 254) / data.limits.map;
    this.resultPicture = this.picture(shown, signed ? this.palettes.signed : this.palettes.amount, level);
    this.size(result, shown.rows * this.resultUnit, shown.columns * this.resultUnit);
    this.size(this.find(".image"), padded.rows * this.unit, padded.columns * this.unit);
    this.find(".result-name").textContent = ["feature map: sums", "feature map after ReLU", "after ReLU and pooling 2 × 2"][data.stage] + `, ${shown.rows} × ${shown.columns}`;
    const side = Math.max(this.kernel.rows, this.kernel.columns);
    this.cell = side > 9 ? Math.max(4, Math.floor(150 / side)) : Math.min(48, Math.floor(190 / side));
    for (const name of ["patch", "kernel", "products"]) this.size(this.find(`.${name}`), this.kernel.rows * this.cell, this.kernel.columns * this.cell);
    this.cells(this.find(".kernel"), this.kernel.at, this.palettes.signed, (v) => (v * 127) / data.limits.kernel + 127, true);
    this.find(".image").setAttribute("aria-label", `Image ${data.name}; the window moves with the pointer or the arrow keys`);
    result.setAttribute("aria-label", "Result of the convolution; the lit pixel belongs to the window");
  }

  // Whole CSS pixels for each number of a picture: small ones are enlarged to about 300, those of more than 200 stay as they are.
  fitting({ rows, columns }) {
    const side = Math.max(rows, columns);
    return side > 200 ? 1 : Math.max(2, Math.floor(300 / side));
  }

  size(canvas, height, width) {
    canvas.width = width;
    canvas.height = height;
    canvas.style.width = `${width + 2}px`; // with its border
  }

  picture(m, palette, level) {
    const canvas = document.createElement("canvas");
    canvas.width = m.columns;
    canvas.height = m.rows;
    const pixels = new ImageData(m.columns, m.rows);
    for (let i = 0; i < m.at.length; i++) {
      const at = 3 * clamp(Math.round(level(m.at[i])), 0, 254);
      for (let c = 0; c < 3; c++) pixels.data[4 * i + c] = palette[at + c];
      pixels.data[4 * i + 3] = 255;
    }
    canvas.getContext("2d").putImageData(pixels, 0, 0);
    return canvas;
  }

  cells(canvas, values, palette, level, numbers) {
    const context = canvas.getContext("2d");
    const { rows, columns } = this.kernel;
    const small = this.picture({ rows, columns, at: values }, palette, level);
    context.imageSmoothingEnabled = false;
    context.drawImage(small, 0, 0, columns * this.cell, rows * this.cell);
    if (this.cell < 24 || !numbers) return;
    context.font = `${Math.max(9, Math.floor(this.cell / 3.6))}px sans-serif`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    for (let i = 0; i < values.length; i++) {
      const at = 3 * clamp(Math.round(level(values[i])), 0, 254);
      const bright = palette[at] * 0.3 + palette[at + 1] * 0.59 + palette[at + 2] * 0.11;
      context.fillStyle = bright > 130 ? this.data.colours.onBright : this.data.colours.onDark;
      const text = Number(values[i].toPrecision(2)).toString().replace("-", "−");
      context.fillText(text, ((i % columns) + 0.5) * this.cell, (Math.floor(i / columns) + 0.5) * this.cell);
    }
  }

  draw() {
    const { data, image, kernel, map } = this;
    const [row, column] = this.source();
    const top = row * data.stride - data.padding;
    const left = column * data.stride - data.padding;
    const patch = new Float32Array(kernel.at.length);
    const products = new Float32Array(kernel.at.length);
    let sum = 0;
    for (let i = 0; i < patch.length; i++) {
      const y = top + Math.floor(i / kernel.columns) * data.dilation;
      const x = left + (i % kernel.columns) * data.dilation;
      const inside = y >= 0 && y < image.rows && x >= 0 && x < image.columns;
      patch[i] = inside ? image.at[y * image.columns + x] : 0;
      sum += patch[i] * kernel.at[i];
      products[i] = patch[i] * kernel.at[i];
    }
    this.sum = sum;
    this.value = map.at[row * map.columns + column];
    this.cells(this.find(".patch"), patch, this.palettes.ink, (v) => v * 254, true);
    this.cells(this.find(".products"), products, this.palettes.signed, (v) => (v * 127) / data.limits.kernel + 127, true);
    this.drawImage(top, left);
    this.drawResult();
    this.write();
  }

  drawImage(top, left) {
    const { data, image, kernel, unit } = this;
    const canvas = this.find(".image");
    const context = canvas.getContext("2d");
    context.imageSmoothingEnabled = false;
    context.fillStyle = data.colours.pad;
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(this.imagePicture, data.padding * unit, data.padding * unit, image.columns * unit, image.rows * unit);
    context.strokeStyle = data.colours.window;
    context.lineWidth = 2;
    const reach = (k) => ((k - 1) * data.dilation + 1) * unit;
    context.strokeRect((left + data.padding) * unit + 1, (top + data.padding) * unit + 1, reach(kernel.columns) - 2, reach(kernel.rows) - 2);
  }

  drawResult() {
    const { shown, resultUnit: unit, data } = this;
    const context = this.find(".result").getContext("2d");
    context.imageSmoothingEnabled = false;
    context.drawImage(this.resultPicture, 0, 0, shown.columns * unit, shown.rows * unit);
    context.strokeStyle = data.colours.mark;
    context.lineWidth = 1.5;
    context.strokeRect(this.column * unit - 1.5, this.row * unit - 1.5, unit + 3, unit + 3);
  }

  write() {
    const { data } = this;
    const total = this.sum + data.bias;
    const shown = this.shown.at[this.row * this.shown.columns + this.column];
    let text = `Row ${this.row + 1}, column ${this.column + 1}: the products add up to ${said(this.sum)}`;
    text += data.bias ? `, plus the bias ${said(data.bias)} is ${said(total)}` : "";
    if (data.stage > 0) text += `; after ReLU ${said(Math.max(0, total))}`;
    if (data.stage > 1) text += `, the largest of four windows (this one won)`;
    text += `. The lit pixel is ${said(shown)}.${this.held ? " Held; click it again to let go." : ""}`;
    this.find(".ledger").textContent = text;
    Object.assign(this.box.dataset, { row: this.row, column: this.column, sum: total, value: this.value, shown });
  }
}

const windows = new WeakMap();

export default function (component) {
  const root = component.parentElement;
  if (!windows.has(root)) windows.set(root, new Window(root));
  windows.get(root).update(component.data);
  return () => { windows.get(root)?.pause(); windows.delete(root); };
}
