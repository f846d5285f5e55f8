// A row a unit: bars, then gradient = error x input, the kernel, and the kernel less rate x gradient.

const ROOM = 64; // CSS pixels of a picture's longer side, at most
const STRIP = 130; // of a row of weights
const HINT = "Point at a picture to read a number; click a cell of a gradient to open it below.";
const PICTURES = { gradient: "gradient", before: "kernel", after: "after the step" };
const said = (v) => (v < 0 ? "−" : "") + (v === 0 ? "0" : Math.abs(v) >= 1e-4 ? String(Number(Math.abs(v).toPrecision(4))) : Math.abs(v).toExponential(2).replace("-", "−"));

function part(parent, name, tag = "div") {
  const made = document.createElement(tag);
  made.className = name;
  parent.append(made);
  return made;
}

class Board {
  constructor(root) {
    this.seen = new Seen();
    this.box = root.querySelector(".board");
    this.rows = root.querySelector(".rows");
    this.read = root.querySelector(".read");
    this.read.textContent = HINT;
  }

  update({ data, setTriggerValue }) {
    this.send = setTriggerValue;
    const text = JSON.stringify(data);
    if (this.text === text) return;
    this.text = text;
    this.seen.value(data.told, (told) => this.show(data, told), () => { this.text = null; });
  }

  show(data, told) {
    this.data = data;
    this.palette = bytes(data.palette);
    const image = this.box.querySelector(".image img");
    image.src = data.image;
    image.width = data.across;
    this.inputs = floats(told.inputs);
    this.errors = floats(told.errors);
    this.kernel = floats(told.kernel);
    const { height, width } = data;
    const longer = Math.max(height, width);
    this.wide = height === 1 ? Math.max(1, Math.min(22, Math.floor(STRIP / width))) : Math.max(1, Math.round(ROOM / longer - 0.25));
    this.high = height === 1 ? 26 : this.wide;
    const longest = Math.max(...data.names.map((name) => name.length));
    this.box.style.setProperty("--names", `${Math.min(8, 0.9 + 0.5 * longest)}rem`);
    this.box.style.setProperty("--bars", data.columns.length);
    this.box.style.setProperty("--picture", `${width * this.wide + 2}px`);
    this.rows.replaceChildren();
    const head = part(this.rows, "head");
    for (const title of ["", ...data.columns.map((column) => column.title)]) part(head, "").textContent = title;
    for (const title of Object.values(PICTURES)) part(head, "picture").textContent = title;
    this.drawn = data.units.map((unit, row) => this.row(unit, row));
    this.frame();
  }

  row(unit, row) {
    const { data } = this;
    const box = part(this.rows, unit === data.own ? "row own" : "row");
    box.setAttribute("role", "listitem");
    box.dataset.unit = unit;
    box.dataset.error = this.errors[row];
    part(box, "name").textContent = data.names[row];
    for (const column of data.columns) this.bar(box, column, row);
    const pictures = part(box, "pictures");
    return Object.fromEntries(Object.keys(PICTURES).map((kind) => [kind, this.picture(pictures, kind, row)]));
  }

  bar(parent, column, row) {
    const cell = part(parent, "");
    const track = part(cell, column.signed ? "track signed" : "track amount");
    const { up, down, amount, mark } = this.data.colours;
    const place = (v) => Math.max(-1, Math.min(1, v / (column.reach || 1)));
    const v = column.values[row];
    const bar = part(track, "bar");
    if (column.signed) bar.style.cssText = `${v < 0 ? "right" : "left"}:50%;width:${50 * Math.abs(place(v))}%;background:${v < 0 ? down : up}`;
    else bar.style.cssText = `left:0;width:${100 * place(v)}%;background:${amount}`;
    if (column.after) {
      const at = place(column.after[row]);
      part(track, "tick").style.cssText = `left:${column.signed ? 50 + 50 * at : 100 * at}%;background:${mark}`;
    }
    const number = part(cell, "number");
    number.dataset.title = column.title;
    number.textContent = column.texts[row];
  }

  number(kind, row, input) {
    const gradient = this.errors[row] * this.inputs[input];
    if (kind === "gradient") return gradient;
    const weight = this.kernel[row * this.inputs.length + input];
    return kind === "before" ? weight : weight - this.data.rate * gradient;
  }

  picture(parent, kind, row) {
    const { data } = this;
    const figure = part(parent, "", "figure");
    const canvas = part(figure, kind, "canvas");
    part(figure, "", "figcaption").textContent = PICTURES[kind];
    canvas.width = data.width;
    canvas.height = data.height;
    canvas.style.width = `${data.width * this.wide}px`;
    canvas.style.height = `${data.height * this.high}px`;
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", `${PICTURES[kind]} of ${data.names[row]}`);
    const limit = data.limits[kind === "gradient" ? "gradient" : "kernel"];
    const context = canvas.getContext("2d");
    const image = context.createImageData(data.width, data.height);
    for (let i = 0; i < data.width * data.height; i++) {
      for (let c = 0; c < 3; c++) {
        if (data.channels === 3) image.data[4 * i + c] = Math.round(this.number(kind, row, 3 * i + c) * (127.5 / limit) + 127.5);
        else image.data[4 * i + c] = this.palette[3 * Math.max(0, Math.min(254, Math.round(this.number(kind, row, i) * (127 / limit) + 127))) + c];
      }
      image.data[4 * i + 3] = 255;
    }
    context.putImageData(image, 0, 0);
    for (const event of ["pointermove", "pointerdown"]) canvas.addEventListener(event, (e) => this.say(kind, row, this.pointed(e, canvas)));
    canvas.addEventListener("pointerleave", () => { this.read.textContent = HINT; });
    if (kind === "gradient") canvas.addEventListener("click", (e) => this.pick(row, this.pointed(e, canvas)));
    return { canvas, figure };
  }

  // The input under the pointer; of a picture in colour its strongest channel.
  pointed(event, canvas) {
    const { width, height, channels } = this.data;
    const box = canvas.getBoundingClientRect();
    const place = (at, from, room, count) => Math.min(count - 1, Math.max(0, Math.floor(((at - from) / room) * count)));
    const pixel = place(event.clientY, box.top, box.height, height) * width + place(event.clientX, box.left, box.width, width);
    if (channels === 1) return pixel;
    return [0, 1, 2].map((c) => 3 * pixel + c).reduce((best, i) => (this.inputs[i] > this.inputs[best] ? i : best));
  }

  place(input) {
    const { width, height, channels } = this.data;
    const pixel = Math.floor(input / channels);
    if (height === 1) return `unit ${pixel + 1} below`;
    const colour = channels === 3 ? `, ${["red", "green", "blue"][input % 3]}` : "";
    return `row ${Math.floor(pixel / width) + 1}, column ${(pixel % width) + 1}${colour}`;
  }

  say(kind, row, input) {
    const name = `${this.data.names[row]}, ${this.place(input)}`;
    const error = this.errors[row];
    const x = this.inputs[input];
    if (kind === "gradient") this.read.textContent = `${name}: error ${said(error)} × input ${said(x)} = gradient ${said(this.number(kind, row, input))}`;
    else this.read.textContent = `${name}: weight ${said(this.number(kind, row, input))}${kind === "after" ? `, it was ${said(this.number("before", row, input))}` : ""}`;
  }

  pick(row, input) {
    this.data.picked = [this.data.units[row], input];
    this.frame();
    this.send("picked", `${this.data.units[row]}-${input}`);
  }

  // Around the picked cell, in the gradient and in both kernels.
  frame() {
    for (const old of this.rows.querySelectorAll(".frame")) old.remove();
    const { units, picked, width, channels, colours } = this.data;
    const row = this.drawn[units.indexOf(picked[0])];
    if (!row) return;
    const pixel = Math.floor(picked[1] / channels);
    for (const { figure } of Object.values(row)) {
      const frame = part(figure, "frame");
      const left = (pixel % width) * this.wide - 1;
      const top = Math.floor(pixel / width) * this.high - 1;
      frame.style.cssText = `left:${left}px;top:${top}px;width:${this.wide}px;height:${this.high}px;border-color:${colours.mark}`;
    }
  }
}

const boards = new WeakMap();

export default function (component) {
  const root = component.parentElement;
  if (!boards.has(root)) boards.set(root, new Board(root));
  boards.get(root).update(component);
  return () => boards.delete(root);
}
