// Losses over the rate, both on logarithmic axes; the mark goes from rate to rate with pointer or arrow keys.

const HEIGHT = 300;
const EDGE = { left: 54, right: 14, top: 26, bottom: 42 };
const SVG = "http://www.w3.org/2000/svg";
const FLOOR = 1e-6; // losses below are drawn there
const PICTURE = 112; // CSS pixels of the kernel's longer side
const short = (v) => (v === 0 ? "0" : v >= 1e5 || v < 1e-3 ? v.toExponential(1).replace("-", "−").replace("+", "") : String(Number(v.toPrecision(3))));

class Line {
  constructor(root) {
    this.seen = new Seen();
    this.box = root.querySelector(".line");
    this.plot = root.querySelector(".plot");
    this.said = root.querySelector(".said");
    this.resize = new ResizeObserver(() => this.draw());
    this.resize.observe(this.plot);
    this.plot.addEventListener("pointerdown", (event) => this.take(event));
    this.plot.addEventListener("pointermove", (event) => { if (this.held) this.follow(event); });
    this.plot.addEventListener("pointerup", (event) => { if (this.held) { this.follow(event); this.held = false; this.rest(); } });
    this.plot.addEventListener("pointercancel", () => this.leave());
    this.plot.addEventListener("keydown", (event) => this.key(event));
  }

  update({ data, setTriggerValue }) {
    this.send = setTriggerValue;
    const text = JSON.stringify(data);
    if (this.text === text) return;
    this.text = text;
    this.seen.value(data.told, (told) => this.open({ ...data, ...told }), () => { this.text = null; });
  }

  open(data) {
    this.data = data;
    this.kernel = floats(data.kernel);
    this.gradient = floats(data.gradient);
    this.palette = bytes(data.palette);
    if (!this.held) this.at = data.rates.reduce((best, rate, i) => (Math.abs(Math.log(rate / data.rate)) < Math.abs(Math.log(data.rates[best] / data.rate)) ? i : best), 0);
    this.draw();
  }

  take(event) {
    this.plot.setPointerCapture(event.pointerId);
    this.held = true;
    this.from = this.at;
    if (event.pointerType !== "touch") this.follow(event);
  }

  // A finger that scrolls the page after all.
  leave() {
    if (!this.held) return;
    this.held = false;
    this.at = this.from;
    this.draw();
  }

  x(rate) {
    const { rates } = this.data;
    const share = Math.log(rate / rates[0]) / Math.log(rates[rates.length - 1] / rates[0]);
    return EDGE.left + share * (this.wide - EDGE.left - EDGE.right);
  }

  y(loss) {
    const share = Math.log(Math.max(loss, this.low) / this.low) / Math.log(this.high / this.low);
    return HEIGHT - EDGE.bottom - share * (HEIGHT - EDGE.top - EDGE.bottom);
  }

  part(name, attributes, text = "") {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.textContent = text;
    this.svg.append(made);
    return made;
  }

  draw() {
    if (!this.data || !this.plot.clientWidth) return;
    const { data } = this;
    this.wide = this.plot.clientWidth;
    const all = data.curves.flatMap((curve) => [curve.now, ...curve.losses]).filter(Number.isFinite);
    this.low = Math.max(FLOOR, Math.min(...all)) / 1.3;
    this.high = Math.max(...all, this.low * 10) * 1.3;
    this.svg = document.createElementNS(SVG, "svg");
    this.svg.setAttribute("height", HEIGHT);
    this.svg.setAttribute("viewBox", `0 0 ${this.wide} ${HEIGHT}`);
    this.zones();
    this.axes();
    data.curves.forEach((curve, i) => this.curve(curve, data.colours.lines[i], i));
    this.rule = this.part("line", { y1: EDGE.top, y2: HEIGHT - EDGE.bottom, stroke: data.colours.mark, "stroke-width": 2 });
    this.dots = data.curves.map((curve, i) => this.part("circle", { r: i ? 5 : 8, fill: data.colours.lines[i], stroke: data.colours.mark, "stroke-width": 2 }));
    this.plot.replaceChildren(this.svg);
    this.move(this.at);
  }

  // Stretches of one verdict, with its word over them where there is room.
  zones() {
    const { rates, verdicts, colours } = this.data;
    const shade = { "too small": colours.grid, right: colours.right, "too large": colours.wrong };
    for (let from = 0; from < rates.length;) {
      let to = from;
      while (to + 1 < rates.length && verdicts[to + 1] === verdicts[from]) to++;
      const left = from ? (this.x(rates[from - 1]) + this.x(rates[from])) / 2 : this.x(rates[0]);
      const right = to + 1 < rates.length ? (this.x(rates[to]) + this.x(rates[to + 1])) / 2 : this.x(rates[to]);
      this.part("rect", { x: left, y: EDGE.top, width: Math.max(0, right - left), height: HEIGHT - EDGE.top - EDGE.bottom, fill: shade[verdicts[from]], opacity: verdicts[from] === "too small" ? 0.35 : 0.14 });
      const last = to === rates.length - 1;
      if (right - left > (verdicts[from] === "right" ? 30 : 55)) this.part("text", { x: (left + right) / 2, y: EDGE.top - 9, "text-anchor": "middle" }, verdicts[from]);
      else if (last) this.part("text", { x: right, y: EDGE.top - 9, "text-anchor": "end" }, verdicts[from]);
      from = to + 1;
    }
  }

  axes() {
    const { rates, colours } = this.data;
    const bottom = HEIGHT - EDGE.bottom;
    for (let power = Math.round(Math.log10(rates[0])); 10 ** power <= rates[rates.length - 1] * 1.001; power++) {
      this.part("line", { x1: this.x(10 ** power), x2: this.x(10 ** power), y1: bottom, y2: bottom + 5, stroke: colours.muted });
      this.part("text", { x: this.x(10 ** power), y: bottom + 18, "text-anchor": "middle", class: "quiet" }, String(Number((10 ** power).toPrecision(1))));
    }
    this.part("text", { x: (EDGE.left + this.wide - EDGE.right) / 2, y: bottom + 36, "text-anchor": "middle", class: "quiet" }, "rate of the step");
    const first = Math.ceil(Math.log10(this.low));
    const last = Math.floor(Math.log10(this.high));
    const every = Math.ceil((last - first + 1) / 5);
    for (let power = first; power <= last; power += every) {
      this.part("line", { x1: EDGE.left, x2: this.wide - EDGE.right, y1: this.y(10 ** power), y2: this.y(10 ** power), stroke: colours.grid });
      this.part("text", { x: EDGE.left - 6, y: this.y(10 ** power) + 4, "text-anchor": "end", class: "quiet" }, short(10 ** power));
    }
    this.part("text", { x: 2, y: EDGE.top - 9, class: "quiet" }, "loss");
  }

  curve(curve, colour, i) {
    const { rates } = this.data;
    const dash = i ? "6 4" : "none";
    const points = rates.map((rate, k) => `${this.x(rate)},${this.y(Number.isFinite(curve.losses[k]) ? curve.losses[k] : this.high)}`);
    this.part("line", { x1: EDGE.left, x2: this.wide - EDGE.right, y1: this.y(curve.now), y2: this.y(curve.now), stroke: colour, "stroke-dasharray": "1 4", opacity: 0.9 });
    this.part("polyline", { points: points.join(" "), fill: "none", stroke: colour, "stroke-width": 2.5, "stroke-dasharray": dash });
  }

  move(at) {
    const { data } = this;
    this.at = Math.max(0, Math.min(data.rates.length - 1, at));
    const rate = data.rates[this.at];
    const x = this.x(rate);
    this.rule.setAttribute("x1", x);
    this.rule.setAttribute("x2", x);
    this.dots.forEach((dot, i) => { dot.setAttribute("cx", x); dot.setAttribute("cy", this.y(data.curves[i].losses[this.at])); });
    const parts = data.curves.map((curve) => `${curve.name}: loss ${short(curve.now)} → ${short(curve.losses[this.at])}`);
    this.said.textContent = `Rate ${short(rate)} is ${data.verdicts[this.at]} for this step. ${parts.join("; ")}.`;
    Object.assign(this.box.dataset, { rate, loss: data.curves[0].losses[this.at], verdict: data.verdicts[this.at] });
    this.plot.setAttribute("aria-valuenow", rate);
    this.plot.setAttribute("aria-valuetext", this.said.textContent);
    this.picture("before", 0, `kernel of ${data.name} now`);
    this.picture("after", rate, `after a step of rate ${short(rate)}`);
  }

  picture(name, rate, words) {
    const { width, height, channels, limit } = this.data;
    const canvas = this.box.querySelector(`.${name}`);
    const scale = Math.max(1, Math.floor(PICTURE / Math.max(width, height)));
    canvas.width = width;
    canvas.height = height;
    canvas.style.width = `${width * scale}px`;
    canvas.style.height = `${height * (height === 1 ? 26 : scale)}px`;
    canvas.setAttribute("aria-label", words);
    canvas.nextElementSibling.textContent = words;
    const context = canvas.getContext("2d");
    const image = context.createImageData(width, height);
    const weight = (i) => this.kernel[i] - rate * this.gradient[i];
    for (let i = 0; i < width * height; i++) {
      for (let c = 0; c < 3; c++) {
        if (channels === 3) image.data[4 * i + c] = Math.round(weight(3 * i + c) * (127.5 / limit) + 127.5);
        else image.data[4 * i + c] = this.palette[3 * Math.max(0, Math.min(254, Math.round(weight(i) * (127 / limit) + 127))) + c];
      }
      image.data[4 * i + 3] = 255;
    }
    context.putImageData(image, 0, 0);
  }

  follow(event) {
    const { rates } = this.data;
    const at = event.clientX - this.plot.getBoundingClientRect().left;
    this.move(rates.reduce((best, rate, i) => (Math.abs(this.x(rate) - at) < Math.abs(this.x(rates[best]) - at) ? i : best), 0));
  }

  key(event) {
    const step = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -16, PageUp: 16, Home: -1e4, End: 1e4 }[event.key];
    if (!step) return;
    event.preventDefault();
    this.move(this.at + step);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.rest(), 400);
  }

  rest() {
    this.send("rate", this.data.rates[this.at]);
  }
}

const lines = new WeakMap();

export default function (component) {
  const root = component.parentElement;
  if (!lines.has(root)) lines.set(root, new Line(root));
  lines.get(root).update(component);
  return () => { lines.get(root)?.resize.disconnect(); lines.delete(root); };
}
