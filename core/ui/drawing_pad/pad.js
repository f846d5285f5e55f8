// A square to draw on with pen, finger, mouse or keyboard. It sends its strokes while the pen moves, one request at a time:
// the page mounts the pad again with `data.shown`, the sequence number of the drawing it has shown, and then the next one leaves.

const SIDE = 1000; // drawing units along each side
const LEAST = 4; // units the pen must move before a new point is kept
const MOST_POINTS = 4000; // in a whole drawing
const PATIENCE = 1500; // ms until the next drawing leaves though the last one was not answered
const SVG = "http://www.w3.org/2000/svg";
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const left = new Map(); // a pad's key -> the pad that sent last under it, so that one mounted anew can go on from there
const pads = new WeakMap(); // parent element -> its pad; this module's function is called again at every change of `data`

export default function (component) {
  const { parentElement } = component;
  if (!pads.has(parentElement)) pads.set(parentElement, new Pad(parentElement, component.data));
  pads.get(parentElement).update(component);
}

class Pad {
  constructor(root, data) {
    const find = (selector) => root.querySelector(selector);
    this.square = find(".square");
    this.ink = find(".ink");
    this.cursor = find(".cursor");
    this.status = find(".status");
    this.width = find("input");
    this.buttons = { undo: find(".undo"), clear: find(".clear") };
    this.strokes = []; // {width, points: [x, y, x, y, ...]} in drawing units
    this.lines = []; // the polyline of each stroke
    this.pen = null; // the pointer that draws, or "keys"
    this.spot = [SIDE / 2, SIDE / 2]; // where the keyboard's pen stands
    this.key = data.key;
    this.sequence = data.shown;
    this.waiting = null; // the sequence number that is on its way
    this.changed = false;
    this.width.value = data.width;
    this.square.setAttribute("aria-label", data.label);
    const before = left.get(data.key);
    this.pending = Boolean(before?.unheard(data)); // a run took that pad off the page before it had shown all that was drawn
    for (const stroke of (this.pending ? before.strokes : data.strokes) ?? []) this.add(stroke.width, stroke.points);
    this.example = Boolean(data.example) && !this.pending; // what stands there at first goes with the first stroke
    this.ink.classList.toggle("example", this.example);
    this.linked = Boolean(data.linked);
    this.listen();
    this.follow();
    this.link();
  }

  update({ data, setStateValue }) {
    this.set = setStateValue;
    this.square.setAttribute("aria-label", data.label);
    if (this.waiting !== null && data.shown >= this.waiting) this.answered();
    if (this.pending) {
      this.pending = false;
      this.tell();
    }
  }

  // Whether more was drawn here than the page knows of.
  unheard(data) {
    clearTimeout(this.timer);
    return this.changed || this.waiting > data.shown;
  }

  listen() {
    const { square, width, buttons } = this;
    square.addEventListener("pointerdown", (event) => this.down(event));
    square.addEventListener("pointermove", (event) => this.move(event));
    for (const name of ["pointerup", "pointercancel", "lostpointercapture"]) square.addEventListener(name, (event) => this.up(event));
    square.addEventListener("keydown", (event) => this.press(event));
    square.addEventListener("focus", () => this.follow());
    square.addEventListener("blur", () => this.lift());
    width.addEventListener("input", () => this.follow());
    buttons.undo.addEventListener("click", () => this.undo());
    buttons.clear.addEventListener("click", () => this.clear());
  }

  // --- pen, finger, mouse ---

  place(event) {
    const box = this.square.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height].map(inside);
  }

  down(event) {
    if (this.pen !== null && this.pen !== "keys") return; // a second finger
    if (event.pointerType === "mouse" && event.button !== 0) return;
    this.lift();
    this.pen = event.pointerId;
    this.square.setPointerCapture(event.pointerId);
    this.add(Number(this.width.value), this.place(event));
    this.follow();
    this.tell();
  }

  move(event) {
    if (event.pointerId !== this.pen) return;
    const events = event.getCoalescedEvents?.() ?? [];
    for (const one of events.length ? events : [event]) this.extend(this.place(one));
  }

  up(event) {
    if (event.pointerId !== this.pen) return;
    this.pen = null;
    this.follow();
  }

  // --- keyboard ---

  press(event) {
    const arrow = ARROWS[event.key];
    if (arrow) {
      const step = event.shiftKey ? 100 : 25;
      this.spot = this.spot.map((value, axis) => inside((value + arrow[axis] * step) / SIDE));
      if (this.pen === "keys") this.extend(this.spot);
    } else if (event.key === " ") {
      if (event.repeat) return event.preventDefault();
      if (this.pen === "keys") this.lift();
      else {
        this.pen = "keys";
        this.add(Number(this.width.value), this.spot);
        this.tell();
      }
    } else if (event.key === "Escape") this.lift();
    else if (event.key === "Delete") this.clear();
    else if (event.key === "Backspace" || (event.key === "z" && (event.ctrlKey || event.metaKey))) this.undo();
    else return;
    event.preventDefault();
    this.follow(true);
  }

  lift() {
    this.pen = null;
    this.follow();
  }

  // --- strokes ---

  add(width, points) {
    this.dropExample();
    if (this.full()) return;
    const line = document.createElementNS(SVG, "polyline");
    line.setAttribute("stroke-width", width);
    this.ink.append(line);
    this.lines.push(line);
    this.strokes.push({ width, points: [...points] });
    this.draw();
  }

  extend([x, y]) {
    const points = this.strokes.at(-1)?.points;
    if (!points || this.full() || Math.hypot(x - points.at(-2), y - points.at(-1)) < LEAST) return;
    points.push(x, y);
    this.draw();
    this.tell();
  }

  full() {
    return this.strokes.reduce((sum, stroke) => sum + stroke.points.length / 2, 0) >= MOST_POINTS;
  }

  undo() {
    if (!this.strokes.length) return;
    this.pen = null;
    if (this.example) return this.clear();
    this.strokes.pop();
    this.lines.pop().remove();
    this.follow();
    this.tell();
  }

  clear() {
    if (!this.strokes.length) return;
    this.pen = null;
    this.example = true; // all of it goes
    this.dropExample();
    this.follow();
    this.tell();
  }

  dropExample() {
    if (!this.example) return;
    this.example = false;
    this.ink.classList.remove("example");
    this.strokes = [];
    this.lines.splice(0).forEach((line) => line.remove());
  }

  draw() {
    const points = this.strokes.at(-1).points;
    const [x, y] = points.slice(-2);
    // a line of no length has no cap in every browser, so a dot gets a hair of length
    this.lines.at(-1).setAttribute("points", points.length > 2 ? points.join(" ") : `${x} ${y} ${x + 0.1} ${y}`);
  }

  // Shows the keyboard's cursor, the buttons' state and, when asked, says where the pen is.
  follow(speak = false) {
    const [x, y] = this.spot;
    this.cursor.setAttribute("cx", x);
    this.cursor.setAttribute("cy", y);
    this.cursor.setAttribute("r", Number(this.width.value) / 2 + 6);
    this.cursor.classList.toggle("down", this.pen === "keys");
    for (const button of Object.values(this.buttons)) button.disabled = !this.strokes.length;
    const at = `${Math.round(x / 10)} % from the left, ${Math.round(y / 10)} % from the top`;
    if (speak) this.status.textContent = `Pen ${this.pen === "keys" ? "down" : "up"}, ${at}`;
  }

  // --- to the page ---

  tell() {
    this.changed = true;
    left.set(this.key, this);
    this.link();
    if (this.waiting === null) this.send();
  }

  link() {
    clearTimeout(this.toLink);
    if (this.linked) this.toLink = setTimeout(() => standInLink(this), LINK_MS);
  }

  send() {
    this.changed = false;
    this.sequence += 1;
    this.waiting = this.sequence;
    this.timer = setTimeout(() => this.answered(), PATIENCE);
    this.set("drawing", { sequence: this.sequence, strokes: this.strokes });
  }

  answered() {
    clearTimeout(this.timer);
    this.waiting = null;
    if (this.changed) this.send();
  }
}

// A share of the side as whole drawing units within the square.
function inside(share) {
  return Math.round(Math.min(1, Math.max(0, share)) * SIDE);
}
