// A row a class, best first: its product picture, the two sums with the logit marked, the share after softmax.

const PICTURE = 96; // CSS pixels of a picture's longer side, at most
const HINT = "Point at a picture to read w·x of a pixel.";
const signed = (value, digits = 2) => (Number(value.toFixed(digits)) === 0 ? "" : value < 0 ? "−" : "+") + Math.abs(value).toFixed(digits);
const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
const percent = (share) => (share < 0.001 ? "<0.1%" : share > 0.999 ? ">99.9%" : `${(100 * share).toFixed(1)}%`);

function part(parent, name, tag = "div") {
  const made = document.createElement(tag);
  made.className = name;
  parent.append(made);
  return made;
}

class Row {
  constructor(board, parent) {
    this.box = part(parent, "row");
    this.box.setAttribute("role", "listitem");
    this.name = part(this.box, "name");
    this.canvas = part(this.box, "product", "canvas");
    this.canvas.setAttribute("role", "img");
    const sums = part(this.box, "sums");
    const bars = part(sums, "bars");
    this.contra = part(bars, "bar");
    this.pro = part(bars, "bar");
    this.tick = part(bars, "tick");
    this.terms = part(sums, "note");
    const softmax = part(this.box, "share");
    this.share = part(part(softmax, "softmax"), "bar");
    this.percent = part(softmax, "note");
    for (const kind of ["pointermove", "pointerdown"]) this.canvas.addEventListener(kind, (event) => board.hover(event, this));
    this.canvas.addEventListener("pointerleave", () => { board.read.textContent = HINT; });
  }

  show(row, data, values) {
    const { positive, negative, bias, logit, share } = row;
    const { height, width, channels, limit, reach, colours, palette } = data;
    const percentOf = (value) => `${(50 * Math.abs(value)) / (reach || 1)}%`;
    this.row = row;
    this.box.dataset.class = row.name;
    this.box.dataset.logit = logit;
    this.name.textContent = row.name;
    this.contra.style.cssText = `right:50%;width:${percentOf(negative)};background:${colours.contra}`;
    this.pro.style.cssText = `left:50%;width:${percentOf(positive)};background:${colours.pro}`;
    this.tick.style.cssText = `left:calc(50% ${logit < 0 ? "-" : "+"} ${percentOf(logit)});background:${colours.mark}`;
    this.terms.textContent = `b ${signed(bias)}, z ${signed(logit)}`;
    this.share.style.cssText = `left:0;width:${100 * share}%;background:${colours.share}`;
    this.percent.textContent = percent(share);
    this.box.title = `${row.name}: z ${signed(logit, 6)} = b ${signed(bias, 6)} ${signed(positive, 6)} ${signed(negative, 6)}; softmax ${share.toFixed(6)}`;
    this.canvas.setAttribute("aria-label", `Products of ${row.name}`);
    if (this.canvas.width !== width || this.canvas.height !== height) {
      const longer = Math.max(width, height);
      const scale = longer > PICTURE ? PICTURE / longer : Math.floor(PICTURE / longer);
      this.canvas.width = width;
      this.canvas.height = height;
      this.canvas.style.width = `${width * scale}px`;
      this.canvas.style.height = `${height * scale}px`;
    }
    const context = this.canvas.getContext("2d");
    const image = context.createImageData(width, height);
    for (let i = 0; i < height * width; i++) {
      for (let c = 0; c < 3; c++) {
        if (channels === 3) image.data[4 * i + c] = Math.round(values[3 * i + c] * (127.5 / limit) + 127.5);
        else image.data[4 * i + c] = palette[3 * Math.max(0, Math.min(254, Math.round(values[i] * (127 / limit) + 127))) + c];
      }
      image.data[4 * i + 3] = 255;
    }
    context.putImageData(image, 0, 0);
    this.values = values;
  }
}

class Board {
  constructor(root) {
    this.rows = root.querySelector(".rows");
    this.read = root.querySelector(".read");
    this.read.textContent = HINT;
    this.made = [];
  }

  update(data) {
    const text = JSON.stringify(data);
    if (this.text === text) return;
    this.text = text;
    this.data = { ...data, palette: bytes(data.palette) };
    const products = new Float32Array(bytes(data.products).buffer);
    const size = data.height * data.width * data.channels;
    const longest = Math.max(...data.rows.map((row) => row.name.length));
    this.rows.style.setProperty("--half", Math.ceil(data.rows.length / 2));
    this.rows.style.setProperty("--names", `${Math.min(8, 0.35 + 0.445 * longest)}rem`);
    this.made.splice(data.rows.length).forEach((row) => row.box.remove()); // of a network with more classes
    data.rows.forEach((row, i) => {
      this.made[i] ??= new Row(this, this.rows);
      this.made[i].show(row, this.data, products.subarray(row.unit * size, (row.unit + 1) * size));
    });
  }

  hover(event, row) {
    const { height, width, channels } = this.data;
    const box = row.canvas.getBoundingClientRect();
    const place = (at, from, room, count) => Math.min(count - 1, Math.max(0, Math.floor(((at - from) / room) * count)));
    const y = place(event.clientY, box.top, box.height, height);
    const x = place(event.clientX, box.left, box.width, width);
    const values = [];
    for (let c = 0; c < channels; c++) {
      values.push((channels > 1 ? ["red ", "green ", "blue "][c] : "") + signed(row.values[(y * width + x) * channels + c], 4));
    }
    this.read.textContent = `${row.row.name}, row ${y + 1}, column ${x + 1}: w·x ${values.join(", ")}`;
  }
}

const boards = new WeakMap();

export default function (component) {
  const root = component.parentElement;
  if (!boards.has(root)) boards.set(root, new Board(root));
  boards.get(root).update(component.data);
  return () => boards.delete(root);
}
