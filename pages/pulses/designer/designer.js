// Pulse designer: one pulse on its one-bit screen, changed by dragging, by sliders or by typing; all of it answers in
// the browser. Each act of a person, a drag or a slide or a number typed, is reported once, when it has come to rest. The
// drawing follows core/data/pulses.py step by step.

const REST_MS = 150;
const TYPED_MS = 700; // a number may have a digit to come
const HANDLE = 7; // radius in px of the page
const REACH = 22; // how near a finger must come
const WAVES = ["sinusoid", "sawtooth"];
const GAUSS_REACH = 2.5; // standard deviations kept in view

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
const frac = (u) => u - Math.floor(u);
const short = (value) => String(Number(value.toPrecision(3)));

function geometry(size, line, kind, p) {
  const slope = (p.drift ?? 0) * size;
  const room = Math.max(size - line - Math.abs(slope), 0);
  const rise = Math.min(p.amplitude * size, room);
  const bottom = p.y_offset * (room - rise) + Math.max(-slope, 0);
  const out = { slope, room, rise, bottom, base: bottom + line / 2 };
  if (WAVES.includes(kind)) return { ...out, a: p.frequency, b: p.phase };
  const width = kind === "square" ? p.square_width : p.gaussian_sd;
  const half = kind === "square" ? width / 2 : GAUSS_REACH * width;
  const reach = half + line / (2 * size);
  const centre = reach < 0.5 ? reach + p.x_offset * (1 - 2 * reach) : 0.5;
  return { ...out, width, reach, centre, a: kind === "square" ? centre - half : centre, b: kind === "square" ? centre + half : width };
}

function height(kind, x, a, b) {
  if (kind === "square") return x >= a && x <= b ? 1 : 0;
  if (kind === "gaussian") return Math.exp(-0.5 * ((x - a) / b) ** 2);
  const u = a * x + b;
  return kind === "sinusoid" ? 0.5 + 0.5 * Math.sin(2 * Math.PI * u) : frac(u);
}

function span(kind, left, right, a, b) {
  if (kind === "square") return [left < a || right > b ? 0 : 1, right > a && left < b ? 1 : 0];
  const ends = [height(kind, left, a, b), height(kind, right, a, b)];
  let low = Math.min(...ends), high = Math.max(...ends);
  const passes = (mark) => Math.floor(a * right + b - mark) > Math.floor(a * left + b - mark);
  if (kind === "gaussian") { if (left <= a && a <= right) high = 1; }
  else if (kind === "sawtooth") { if (passes(0)) { low = 0; high = 1; } }
  else { if (passes(0.25)) high = 1; if (passes(0.75)) low = 0; }
  return [low, high];
}

// For each column the first row of ink from below and the one above the last.
function columns(size, line, kind, p) {
  const g = geometry(size, line, kind, p);
  const out = [];
  for (let c = 0; c < size; c++) {
    const [low, high] = span(kind, (c + 0.5 - line / 2) / size, (c + 0.5 + line / 2) / size, g.a, g.b);
    const base = g.bottom + g.slope * ((c + 0.5) / size) + 0.5;
    out.push([Math.floor(base + g.rise * low), Math.floor(base + g.rise * high) + line]);
  }
  return out;
}

function curveAt(g, kind, size, x) {
  return g.base + g.rise * height(kind, x / size, g.a, g.b) + g.slope * (x / size);
}

function formula(g, kind, size, x) {
  const at = x === undefined ? "x" : short(x);
  const [base, rise] = [short(g.base), short(g.rise)];
  const drift = g.slope ? ` ${g.slope < 0 ? "−" : "+"} ${short(Math.abs(g.slope))} · ${at}/${size}` : "";
  if (kind === "square") {
    const text = `|${at} − ${short(g.centre * size)}| ≤ ${short((g.width * size) / 2)}`;
    if (x === undefined) return `y = ${base} + ${rise} where ${text}, else ${base}${drift}`;
    return `${base}${height(kind, x / size, g.a, g.b) ? ` + ${rise}` : ""}${drift}`;
  }
  const start = `${x === undefined ? "y = " : ""}${base} + ${rise} · `;
  if (kind === "gaussian") return `${start}exp(−(${at} − ${short(g.centre * size)})² / (2 · ${short(g.width * size)}²))${drift}`;
  const turns = `${short(g.a)} · ${at}/${size} + ${short(g.b)}`;
  return kind === "sinusoid" ? `${start}(1 + sin(2π (${turns}))) / 2${drift}` : `${start}frac(${turns})${drift}`;
}

class Designer {
  constructor(root) {
    this.root = root.querySelector(".designer");
    this.screen = this.root.querySelector(".screen");
    this.canvas = this.root.querySelector("canvas");
    this.reports = 0; // sent
    this.since = 0; // as many had been sent when the server last brought a pulse of its own
    this.readout = this.root.querySelector(".readout");
    this.kinds = this.root.querySelector(".kinds");
    this.sliders = this.root.querySelector(".sliders");
    this.formula = this.root.querySelector(".formula");
    this.canvas.addEventListener("pointerdown", (event) => this.grab(event));
    this.canvas.addEventListener("pointermove", (event) => this.move(event));
    this.canvas.addEventListener("pointerup", () => this.drop());
    this.canvas.addEventListener("pointercancel", () => this.drop());
    this.canvas.addEventListener("touchstart", (event) => { if (this.held) event.preventDefault(); }, { passive: false }); // else it scrolls
    this.canvas.addEventListener("pointerleave", () => { if (!this.held) { this.at = null; this.read(); } });
    this.kinds.addEventListener("click", (event) => this.choose(event.target.closest("button")?.dataset.kind));
    this.kinds.addEventListener("keydown", (event) => this.arrow(event));
    this.resizer = new ResizeObserver(() => this.draw());
    this.resizer.observe(this.screen);
  }

  update(component) {
    this.send = component.setStateValue;
    const data = component.data;
    // A pulse that we have reported comes back later than others may have been made; any other one is to be taken over.
    const ours = this.data && (data.name === this.data.name || data.report > this.since);
    if (!this.data) this.reports = data.report ?? 0;
    this.data = data;
    if (!ours) {
      this.since = this.reports;
      clearTimeout(this.rest);
      this.all = structuredClone(data.middles);
      this.kind = data.kind;
      this.all[this.kind] = { ...this.all[this.kind], ...data.values };
    }
    this.build();
    this.draw();
  }

  get values() { return this.all[this.kind]; }

  choose(kind) {
    if (!kind || kind === this.kind) return;
    this.kind = kind;
    this.build();
    this.changed();
    this.kinds.querySelector("[aria-checked=true]").focus();
  }

  arrow(event) {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const names = this.data.kinds;
    this.choose(names[(names.indexOf(this.kind) + step + names.length) % names.length]);
  }

  // Buttons and sliders of the kind; made again only when the kind, the size or the ranges change.
  build() {
    const { kinds, size, meanings, used } = this.data;
    const sign = JSON.stringify([kinds, size, meanings, this.kind]);
    if (sign === this.built) { this.fill(); return; }
    this.built = sign;
    this.kinds.replaceChildren(...kinds.map((kind) => {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", textContent: kind, tabIndex: kind === this.kind ? 0 : -1 });
      button.dataset.kind = kind;
      button.setAttribute("role", "radio");
      button.setAttribute("aria-checked", String(kind === this.kind));
      return button;
    }));
    this.sliders.replaceChildren(...used[this.kind].map((name) => this.slider(name, meanings[name])));
    this.fill();
  }

  slider(name, meaning) {
    const { factor } = meaning;
    const row = document.createElement("div");
    row.className = "row";
    row.dataset.name = name;
    const label = document.createElement("label");
    label.textContent = meaning.title;
    const unit = document.createElement("span");
    unit.className = "unit";
    unit.textContent = meaning.unit;
    const inputs = ["range", "number"].map((type) => {
      const input = document.createElement("input");
      Object.assign(input, { type, min: meaning.least * factor, max: meaning.most * factor, step: factor > 1 ? 0.1 : 0.01 });
      input.setAttribute("aria-label", `${meaning.title} in ${meaning.unit}`);
      input.addEventListener("input", () => {
        const typed = input.valueAsNumber;
        if (!Number.isFinite(typed)) return;
        this.values[name] = clamp(typed / factor, meaning.least, meaning.most);
        this.changed(input, type === "number" ? TYPED_MS : REST_MS);
      });
      if (type === "number") input.addEventListener("change", () => this.fill());
      if (type === "range") {
        input.addEventListener("pointerdown", () => { this.slid = true; });
        for (const end of ["pointerup", "pointercancel", "change"]) input.addEventListener(end, () => { this.slid = false; });
      }
      return input;
    });
    row.append(label, ...inputs, unit);
    return row;
  }

  // The values into sliders and boxes, but not into the one that is being used.
  fill(except) {
    const { meanings } = this.data;
    for (const row of this.sliders.children) {
      const meaning = meanings[row.dataset.name];
      const value = this.values[row.dataset.name] * meaning.factor;
      for (const input of row.querySelectorAll("input")) {
        if (input !== except) input.value = String(Number(value.toFixed(meaning.factor > 1 ? 1 : 2)));
      }
    }
  }

  changed(except, rest = REST_MS) {
    this.fill(except);
    this.draw();
    clearTimeout(this.rest);
    this.rest = setTimeout(() => this.report(), rest);
  }

  report() {
    if (this.held || this.slid) { this.rest = setTimeout(() => this.report(), REST_MS); return; }
    const values = Object.fromEntries(this.data.used[this.kind].map((name) => [name, this.values[name]]));
    this.reports += 1;
    this.send("pulse", { kind: this.kind, values, report: this.reports });
  }

  draw() {
    if (!this.data || !this.screen.clientWidth) return;
    const { size, line, colours } = this.data;
    const width = Math.min(this.screen.clientWidth - 2, 520);
    const scale = width >= size ? Math.floor(width / size) : width / size;
    const side = Math.round(scale * size);
    const dense = window.devicePixelRatio || 1;
    this.scale = scale;
    if (this.canvas.height !== Math.round(side * dense) || !this.canvas.style.width) {
      this.canvas.width = this.canvas.height = Math.round(side * dense);
      this.canvas.style.width = this.canvas.style.height = `${side}px`;
    }
    const pen = this.canvas.getContext("2d");
    pen.setTransform(dense, 0, 0, dense, 0, 0);
    pen.fillStyle = colours.paper;
    pen.fillRect(0, 0, side, side);
    this.columns = columns(size, line, this.kind, this.values);
    pen.fillStyle = colours.ink;
    for (const [c, [first, last]] of this.columns.entries()) {
      const [x0, x1] = [Math.round(c * scale * dense), Math.round((c + 1) * scale * dense)];
      const [y0, y1] = [Math.round((size - last) * scale * dense), Math.round((size - first) * scale * dense)];
      pen.fillRect(x0 / dense, y0 / dense, (x1 - x0) / dense, (y1 - y0) / dense);
    }
    this.g = geometry(size, line, this.kind, this.values);
    this.drawCurve(pen, side);
    this.drawHandles(pen);
    this.ink = this.columns.reduce((sum, [first, last]) => sum + last - first, 0);
    this.formula.textContent = formula(this.g, this.kind, size);
    this.canvas.setAttribute("aria-label", `A ${this.kind} on a screen of ${size} by ${size} pixels, ${this.ink} of them ink`);
    this.canvas.dataset.spans = this.columns.flat().join(" "); // what is drawn, in numbers: a test compares it with numpy
    this.read();
  }

  drawCurve(pen, side) {
    const { size, colours } = this.data;
    pen.beginPath();
    for (let i = 0; i <= 4 * size; i++) pen.lineTo((i / 4) * this.scale, side - curveAt(this.g, this.kind, size, i / 4) * this.scale);
    pen.strokeStyle = colours.curve;
    pen.lineWidth = 1.5;
    pen.stroke();
  }

  // Handles in px of the screen, y upwards: crest (place and height), side (width or frequency), base (place upwards).
  handles() {
    const { size } = this.data;
    const g = this.g;
    const on = (x) => Math.min(curveAt(g, this.kind, size, x), size - 1);
    const top = (x) => Math.min(g.base + g.rise + (g.slope * x) / size, size - 1);
    const base = { name: "base", x: size * 0.03, y: g.base };
    if (!WAVES.includes(this.kind)) {
      const x = g.centre * size;
      const side = this.kind === "square" ? x + (g.width * size) / 2 : x + g.width * size;
      const y = this.kind === "square" ? g.base + g.rise / 2 + (g.slope * side) / size : on(side);
      return [{ name: "crest", x, y: top(x) }, { name: "side", x: side, y }, base];
    }
    const lead = this.kind === "sinusoid" ? 0.25 : 1;
    const turn = Math.round(g.a * 0.4 + g.b - lead);
    const crest = ((turn + lead - g.b) / g.a) * size;
    const out = [{ name: "crest", x: clamp(crest, 0, size), y: top(crest) }];
    const next = crest + size / g.a;
    if (next < size) out.push({ name: "side", x: next, y: top(next) });
    return [...out, base];
  }

  drawHandles(pen) {
    const { colours, size } = this.data;
    for (const { name, x, y } of this.handles()) {
      pen.beginPath();
      pen.arc(x * this.scale, (size - y) * this.scale, HANDLE, 0, 2 * Math.PI);
      pen.fillStyle = this.held?.name === name ? colours.curve : colours.paper;
      pen.fill();
      pen.lineWidth = 2;
      pen.strokeStyle = colours.curve;
      pen.stroke();
    }
  }

  place(event) {
    const box = this.canvas.getBoundingClientRect();
    const { size } = this.data;
    return { x: ((event.clientX - box.left) / box.width) * size, y: size - ((event.clientY - box.top) / box.height) * size };
  }

  grab(event) {
    const at = this.place(event);
    const near = this.handles()
      .map((handle) => ({ ...handle, away: Math.hypot(handle.x - at.x, handle.y - at.y) * this.scale }))
      .filter((handle) => handle.away <= REACH)
      .sort((a, b) => a.away - b.away);
    if (event.pointerType === "touch" && !near.length) return; // it scrolls the page
    this.canvas.setPointerCapture(event.pointerId);
    this.held = { name: near[0]?.name ?? "crest", x: at.x, y: at.y, values: { ...this.values }, g: this.g, crest: this.handles()[0].x };
    event.preventDefault();
  }

  move(event) {
    const at = this.place(event);
    this.at = at;
    if (!this.held) { this.read(); return; }
    this.drag(at.x - this.held.x, at.y - this.held.y);
    this.changed();
  }

  drop() {
    if (!this.held) return;
    this.held = null;
    this.draw();
    clearTimeout(this.rest);
    this.report();
  }

  // A drag of (dx, dy) pixels from where the handle was taken; what is not held stays where it is.
  drag(dx, dy) {
    const { size, line, meanings } = this.data;
    const { name, values: before, g } = this.held;
    const set = (key, value) => { this.values[key] = clamp(value, meanings[key].least, meanings[key].most); };
    const wave = WAVES.includes(this.kind);
    const across = (centre, half) => {
      const room = size - 2 * (half + line / 2);
      set("x_offset", room > 0 ? (centre - half - line / 2) / room : 0.5);
    };
    const half = () => (this.kind === "square" ? (this.values.square_width * size) / 2 : GAUSS_REACH * this.values.gaussian_sd * size);
    if (name === "base") {
      const free = g.room - g.rise;
      if (free > 0) set("y_offset", before.y_offset + dy / free);
    } else if (name === "crest") {
      set("amplitude", Math.min((g.rise + dy) / size, (g.room - (g.bottom - Math.max(-g.slope, 0))) / size));
      const free = g.room - this.values.amplitude * size;
      set("y_offset", free > 0 ? (g.bottom - Math.max(-g.slope, 0)) / free : before.y_offset);
      if (wave) this.values.phase = frac(before.phase - (before.frequency * dx) / size);
      else across(g.centre * size + dx, half());
    } else if (wave) {
      const period = Math.max(size / before.frequency + dx, 1);
      set("frequency", size / period);
      this.values.phase = frac((this.kind === "sinusoid" ? 0.25 : 0) - (this.values.frequency * this.held.crest) / size);
    } else {
      const distance = Math.max((this.kind === "square" ? g.width / 2 : g.width) * size + dx, 0);
      if (this.kind === "square") set("square_width", (2 * distance) / size);
      else set("gaussian_sd", distance / size);
      across(g.centre * size, half());
    }
  }

  // What stands under the pointer: the column, its rows of ink and the terms of the curve there.
  read() {
    const { size } = this.data;
    const column = this.at ? Math.floor(this.at.x) : -1;
    if (column < 0 || column >= size) {
      this.readout.textContent = "Drag the circles: the top one moves and stretches the pulse, the side one widens it, the left one lifts it. Point at a column to open its numbers.";
      return;
    }
    const x = column + 0.5;
    const [first, last] = this.columns[column];
    const terms = formula(this.g, this.kind, size, x);
    this.readout.textContent = `Column ${column}: y(${x}) = ${terms} = ${curveAt(this.g, this.kind, size, x).toFixed(2)} px; ink in rows ${first} to ${last - 1} from below.`;
  }

  close() {
    clearTimeout(this.rest);
    this.resizer.disconnect();
  }
}

const designers = new WeakMap();

export default function (component) {
  const root = component.parentElement;
  if (!designers.has(root)) designers.set(root, new Designer(root));
  designers.get(root).update(component);
  return () => { designers.get(root)?.close(); designers.delete(root); };
}
