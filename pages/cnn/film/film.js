// Convolution kernels of every stored state, drawn in the browser. The weights come as float16, so a hover reads the
// stored value itself. The hidden input `epoch` is what the player writes.

const GAP = 10; // CSS pixels from kernel to kernel, borders included
const READABLE = 72; // CSS pixels of a kernel's side that are enough

let halves = null;
function half(bits) {
  if (!halves) {
    halves = new Float32Array(65536);
    for (let h = 0; h < 65536; h++) {
      const exponent = (h >> 10) & 31;
      const size = exponent ? (1 + (h & 1023) / 1024) * 2 ** (exponent - 15) : (h & 1023) * 2 ** -24;
      halves[h] = h & 0x8000 ? -size : size;
    }
  }
  return halves[bits];
}

class Film {
  constructor(root) {
    this.box = root.querySelector(".kf");
    this.seen = new Seen();
    this.signal = this.box.querySelector("[name=epoch]");
    this.read = this.box.querySelector(".kf-read");
    this.signal.addEventListener("input", () => this.draw());
    this.watch = new ResizeObserver(() => this.fit());
    this.watch.observe(this.box);
  }

  update(component) {
    this.send = component.setStateValue;
    const { film, state, picked } = component.data;
    this.picked = picked;
    this.mark(picked);
    this.seen.fetch(film, (bytes) => this.open(bytes, state), (trouble) => { this.read.textContent = trouble; });
  }

  open(bytes, state) {
    const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0, true);
    const head = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
    let start = 4 + length;
    const parts = head.sizes.map((size) => bytes.slice(start, (start += size)));
    this.palette = parts[0];
    this.weights = parts.slice(1).map((part) => new Uint16Array(part.buffer));
    const shape = JSON.stringify(head.rows.map((row) => [row.title, row.kernels, row.side, row.scale]));
    this.signal.max = head.states.at(-1);
    if (head.source !== this.head?.source) this.signal.value = state;
    this.head = head;
    if (shape !== this.shape) { this.build(); this.fit(); }
    this.shape = shape;
    this.mark(this.picked);
    if (!this.read.textContent) this.read.textContent = head.hint;
    this.draw();
  }

  build() {
    this.box.querySelector(".kf-rows").replaceChildren(...this.head.rows.map((row, r) => this.row(row, r)));
    rove(this.box.querySelector(".kf-rows"), "button");
  }

  row(row, r) {
    const box = document.createElement("div");
    box.className = "kf-row";
    const title = document.createElement("p");
    title.textContent = row.title;
    const tiles = document.createElement("div");
    tiles.className = "kf-tiles";
    for (let kernel = 0; kernel < row.kernels; kernel++) {
      const canvas = document.createElement("canvas");
      canvas.width = canvas.height = row.side;
      canvas.addEventListener("pointermove", (event) => this.hover(event, r, kernel, canvas));
      canvas.addEventListener("pointerleave", () => { this.read.textContent = this.head.hint; });
      const tile = document.createElement(r === 0 ? "button" : "div");
      tile.className = "kf-tile";
      tile.setAttribute("aria-label", `${row.title}: kernel ${kernel + 1}`);
      if (r !== 0) tile.setAttribute("role", "img");
      else {
        tile.type = "button";
        tile.addEventListener("click", () => { this.mark(kernel); this.send("picked", kernel); });
      }
      tile.append(canvas);
      tiles.append(tile);
    }
    box.append(title, tiles);
    return box;
  }

  // Whole pixels a weight, as many as asked for or as fit: all kernels beside each other, or in as few even rows as leave
  // each of them large enough, and on a telephone three in a row.
  fit() {
    this.box.querySelectorAll(".kf-row").forEach((box, r) => {
      const { side, scale, kernels } = this.head.rows[r];
      const room = (across) => Math.floor((this.box.clientWidth - (across - 1) * GAP) / across / side);
      const enough = Math.min(Math.ceil(READABLE / side), scale - 1);
      let across = kernels;
      for (let rows = 2; across > 3 && room(across) < enough; rows++) across = Math.max(3, Math.ceil(kernels / rows));
      const size = side * Math.max(2, Math.min(scale, room(across)));
      box.querySelector(".kf-tiles").style.maxWidth = `${across * (size + GAP)}px`;
      box.querySelectorAll("canvas").forEach((canvas) => { canvas.style.width = canvas.style.height = `${size}px`; });
    });
  }

  mark(kernel) {
    this.box.querySelectorAll("button.kf-tile").forEach((tile, i) => {
      tile.classList.toggle("kf-picked", i === kernel);
      tile.setAttribute("aria-pressed", String(i === kernel));
    });
    rove(this.box.querySelector(".kf-rows"), "button");
  }

  // Where a kernel's weights start in the state shown, or in the nearest that was sent.
  start(r, kernel) {
    const { kernels, side } = this.head.rows[r];
    const far = (i) => Math.abs(this.head.states[i] - Number(this.signal.value));
    const sent = this.head.states.reduce((best, _, i) => (far(i) < far(best) ? i : best), 0);
    return (sent * kernels + kernel) * side * side;
  }

  draw() {
    this.box.querySelectorAll(".kf-row").forEach((box, r) => {
      const { side, limit } = this.head.rows[r];
      box.querySelectorAll("canvas").forEach((canvas, kernel) => {
        const image = new ImageData(side, side);
        const start = this.start(r, kernel);
        for (let i = 0; i < side * side; i++) {
          const level = 3 * Math.max(0, Math.min(254, Math.round((half(this.weights[r][start + i]) * 127) / limit + 127)));
          image.data[4 * i] = this.palette[level];
          image.data[4 * i + 1] = this.palette[level + 1];
          image.data[4 * i + 2] = this.palette[level + 2];
          image.data[4 * i + 3] = 255;
        }
        canvas.getContext("2d").putImageData(image, 0, 0);
      });
    });
    this.box.dataset.state = this.signal.value;
  }

  hover(event, r, kernel, canvas) {
    const { side, title } = this.head.rows[r];
    const box = canvas.getBoundingClientRect();
    const place = (at, from, size) => Math.min(side - 1, Math.max(0, Math.floor(((at - from) / size) * side)));
    const column = place(event.clientX, box.left, box.width);
    const row = place(event.clientY, box.top, box.height);
    const w = half(this.weights[r][this.start(r, kernel) + row * side + column]);
    this.read.textContent = `${title.split(",")[0]}, kernel ${kernel + 1}, row ${row + 1}, column ${column + 1}: weight ${w < 0 ? "−" : "+"}${Math.abs(w).toPrecision(4)}`;
  }
}

const films = new WeakMap();

export default function (component) {
  const root = component.parentElement;
  if (!films.has(root)) films.set(root, new Film(root));
  films.get(root).update(component);
  return () => { films.get(root)?.watch.disconnect(); films.delete(root); };
}
