// Templates of every stored state, drawn in the browser. A step is ten small images written pixel by pixel; the
// weights come as float16, so a hover reads the stored value itself.

// Halves as float32: a table of all 65,536, made once.
let halves = null;
function halfTable() {
  if (halves) return halves;
  halves = new Float32Array(65536);
  for (let h = 0; h < 65536; h++) {
    const sign = h & 0x8000 ? -1 : 1;
    const exponent = (h >> 10) & 31;
    const fraction = h & 1023;
    if (exponent === 0) halves[h] = sign * fraction * 2 ** -24;
    else if (exponent === 31) halves[h] = fraction ? NaN : sign * Infinity;
    else halves[h] = sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  }
  return halves;
}

// The message: length of the head (uint32), the head (JSON), then parts whose places the head gives.
function unpack(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  const part = (name) => {
    const [start, size] = head.parts[name];
    return bytes.slice(4 + length + start, 4 + length + start + size);
  };
  return { head, weights: new Uint16Array(part("weights").buffer), palette: part("palette"), means: part("means") };
}

// Significant digits, a true minus, and no zero with a sign.
function signed(w, digits = 4) {
  const size = Number(Math.abs(w).toPrecision(digits));
  return (size === 0 ? "" : w < 0 ? "−" : "+") + size;
}

// The player writes its frame whenever the page changes: text is written only when it is another, or the two would never rest.
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

class Film {
  constructor(root) {
    this.box = root.querySelector(".tf");
    this.seen = new Seen();
    this.signal = this.box.querySelector("[name=epoch]");
    this.read = this.box.querySelector(".tf-read");
    this.mode = this.box.querySelector(".tf-mode input");
    this.words = this.box.querySelector(".tf-words");
    this.bar = this.box.querySelector(".tf-bar");
    this.marked = 0;
    this.order = this.box.querySelector("[name=order]");
    this.signal.addEventListener("input", () => this.draw());
    this.order.addEventListener("input", () => this.arrange());
    this.resize = new ResizeObserver(() => this.fit());
    this.resize.observe(this.box);
    this.mode.addEventListener("change", () => { this.scale(); this.draw(); });
  }

  // A rerun tells the same address again: the canvases and the focus stay.
  update(address) {
    this.seen.fetch(address, (bytes) => this.open(bytes), (trouble) => { this.read.textContent = trouble; });
  }

  open(bytes) {
    Object.assign(this, unpack(bytes));
    const { head } = this;
    this.signal.max = head.states - 1;
    if (this.source !== head.source) this.signal.value = head.state;
    this.source = head.source;
    this.cells = head.height * head.width;
    this.box.querySelector(".tf-mode").hidden = head.channels > 1;
    this.build();
    this.arrange();
    this.fit();
    this.draw();
  }

  build() {
    const { head } = this;
    const tiles = this.box.querySelector(".tf-tiles");
    tiles.replaceChildren();
    this.box.classList.toggle("tf-row", head.lead !== null);
    tiles.style.setProperty("--lead", `${head.lead ?? 0}px`);
    tiles.style.setProperty("--count", head.names.length);
    const small = Math.ceil(head.scale / 2); // pixels of an average's pixel
    tiles.style.setProperty("--tile", `${Math.ceil(head.width * (head.scale + (this.means.length ? small : 0)) + 6)}px`);
    this.contexts = [];
    head.names.forEach((name, unit) => {
      const tile = document.createElement("figure");
      tile.className = "tf-tile";
      const caption = document.createElement("figcaption");
      caption.textContent = head.lead === null ? name : name.split(" ").pop(); // "filter 3" is too wide for a column
      const pair = document.createElement("div");
      pair.className = "tf-pair";
      const canvas = this.canvas(head.scale, `Template of ${name}`);
      canvas.className = "tf-weights";
      canvas.dataset.unit = unit;
      canvas.tabIndex = 0;
      canvas.addEventListener("pointermove", (event) => this.hover(event, unit, canvas));
      canvas.addEventListener("pointerdown", (event) => this.hover(event, unit, canvas)); // a finger does not hover
      canvas.addEventListener("keydown", (event) => this.key(event, unit));
      canvas.addEventListener("pointerleave", () => { this.read.textContent = head.hint; });
      canvas.addEventListener("click", () => this.mark(unit));
      this.contexts.push(canvas.getContext("2d"));
      pair.append(canvas);
      if (this.means.length) {
        const mean = this.canvas(small, `Average image of ${name}`);
        const size = this.cells * 3;
        this.paint(mean.getContext("2d"), (i) => this.means.subarray(unit * size + 3 * i, unit * size + 3 * i + 3));
        pair.append(mean);
      }
      tile.append(caption, pair);
      tiles.append(tile);
    });
    this.read.textContent = head.hint;
    this.outline();
    this.scale();
  }

  // The tiles in the order that is asked for: units from left to right.
  arrange() {
    if (!this.head) return;
    const order = this.order.value ? this.order.value.split(",").map(Number) : this.head.names.map((_, unit) => unit);
    const tiles = this.box.querySelectorAll(".tf-tile");
    order.forEach((unit, place) => { tiles[unit].style.order = place; });
    this.box.dataset.order = order.join(",");
  }

  // In one row: the largest whole multiple of a picture's size that its column has room for.
  fit() {
    if (!this.head || this.head.lead === null) return;
    const { height, width, names } = this.head;
    const tiles = this.box.querySelector(".tf-tiles");
    const style = getComputedStyle(tiles);
    const room = (tiles.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight)) / names.length - 4;
    const shown = room > width ? Math.floor(room / width) * width : Math.max(1, Math.floor(room));
    tiles.querySelectorAll("canvas").forEach((canvas) => {
      canvas.style.width = `${shown}px`;
      canvas.style.height = `${(shown * height) / width}px`;
    });
  }

  canvas(scale, label) {
    const canvas = document.createElement("canvas");
    canvas.width = this.head.width;
    canvas.height = this.head.height;
    canvas.style.width = `${this.head.width * scale}px`;
    canvas.style.height = `${this.head.height * scale}px`;
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", label);
    return canvas;
  }

  // The colours in words, for either way to show them.
  legend() {
    const { words, low, high, channels } = this.head;
    const grey = this.mode.checked && channels === 1;
    const text = grey ? `black is the lowest weight of all epochs, ${signed(low)}, white the highest, ${signed(high)}` : words;
    return `${text[0].toUpperCase()}${text.slice(1)}.`;
  }

  // The same colours as a bar, with the weights at its ends.
  scale() {
    const { low, high, limit, channels } = this.head;
    const grey = this.mode.checked && channels === 1;
    const ends = grey ? [low, high] : [-limit, limit];
    this.bar.querySelectorAll("span").forEach((end, i) => write(end, signed(ends[i], 3)));
    const canvas = this.bar.querySelector("canvas");
    const image = canvas.getContext("2d").createImageData(canvas.width, 1);
    for (let i = 0; i < canvas.width; i++) {
      const level = Math.round((i * 254) / (canvas.width - 1));
      for (let c = 0; c < 3; c++) image.data[4 * i + c] = grey || channels === 3 ? level : this.palette[3 * level + c];
      image.data[4 * i + 3] = 255;
    }
    canvas.getContext("2d").putImageData(image, 0, 0);
  }

  mark(unit) {
    this.marked = unit;
    this.outline();
  }

  outline() {
    this.box.querySelectorAll(".tf-tile").forEach((tile, unit) => tile.classList.toggle("tf-marked", unit === this.marked));
  }

  paint(context, colour) {
    const image = context.createImageData(this.head.width, this.head.height);
    for (let i = 0; i < this.cells; i++) {
      const [r, g, b] = colour(i);
      image.data[4 * i] = r;
      image.data[4 * i + 1] = g;
      image.data[4 * i + 2] = b;
      image.data[4 * i + 3] = 255;
    }
    context.putImageData(image, 0, 0);
  }

  // Where the state shown starts among the weights: the last one held that is not beyond it. Kernels are (pixels, units).
  start() {
    const { held, names, channels } = this.head;
    const state = Number(this.signal.value);
    let place = held.length - 1;
    while (place > 0 && held[place] > state) place -= 1;
    return place * this.cells * channels * names.length;
  }

  weight(unit, pixel) {
    return halfTable()[this.weights[this.start() + pixel * this.head.names.length + unit]];
  }

  draw() {
    if (!this.head) return; // the player may be faster than the weights
    const started = performance.now();
    const { head, palette } = this;
    const table = halfTable();
    const units = head.names.length;
    const { low, high, limit, channels } = head;
    const start = this.start();
    this.contexts.forEach((context, unit) => {
      const image = context.createImageData(head.width, head.height);
      const out = image.data;
      for (let i = 0; i < this.cells; i++) {
        if (channels === 3) {
          for (let c = 0; c < 3; c++) out[4 * i + c] = Math.round(table[this.weights[start + (3 * i + c) * units + unit]] * (127.5 / limit) + 127.5);
        } else {
          const w = table[this.weights[start + i * units + unit]];
          if (this.mode.checked) {
            out[4 * i] = out[4 * i + 1] = out[4 * i + 2] = Math.round((w - low) * (255 / (high - low || 1)));
          } else {
            const level = 3 * Math.max(0, Math.min(254, Math.round(w * (127 / limit) + 127)));
            out[4 * i] = palette[level];
            out[4 * i + 1] = palette[level + 1];
            out[4 * i + 2] = palette[level + 2];
          }
        }
        out[4 * i + 3] = 255;
      }
      context.putImageData(image, 0, 0);
    });
    write(this.words, this.legend());
    this.box.dataset.state = this.signal.value;
    this.box.dataset.milliseconds = (performance.now() - started).toFixed(2);
  }

  hover(event, unit, canvas) {
    const { head } = this;
    const box = canvas.getBoundingClientRect();
    const place = (at, from, room, count) => Math.min(count - 1, Math.max(0, Math.floor(((at - from) / room) * count)));
    this.at = [place(event.clientY, box.top, box.height, head.height), place(event.clientX, box.left, box.width, head.width)];
    this.tell(unit);
  }

  // The arrow keys move from pixel to pixel, Enter marks the template.
  key(event, unit) {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (event.key === "Enter") this.mark(unit);
    if (!step) return;
    event.preventDefault();
    const { height, width } = this.head;
    const [row, column] = this.at ?? [height >> 1, width >> 1];
    this.at = [Math.min(height - 1, Math.max(0, row + step[0])), Math.min(width - 1, Math.max(0, column + step[1]))];
    this.tell(unit);
  }

  // The weight under the pointer or the keys.
  tell(unit) {
    const { head } = this;
    const [row, column] = this.at;
    const pixel = row * head.width + column;
    const values = [];
    for (let c = 0; c < head.channels; c++) {
      values.push((head.channels > 1 ? ["red ", "green ", "blue "][c] : "") + signed(this.weight(unit, pixel * head.channels + c)));
    }
    this.read.textContent = `${head.names[unit]}, row ${row + 1}, column ${column + 1}: weight ${values.join(", ")}`;
  }
}

const films = new WeakMap();

export default function (component) {
  const root = component.parentElement;
  if (!films.has(root)) films.set(root, new Film(root));
  films.get(root).update(component.data.address);
  return () => {
    films.get(root)?.resize.disconnect();
    films.delete(root);
  };
}
