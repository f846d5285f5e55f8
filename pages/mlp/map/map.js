// The map of a large matrix. A click, a key or a choice of how to sort is drawn at once; when that is painted the page is told.

const RETRY_MS = 2000;
const REST_MS = 200; // of the keys, until the page is told
const BAR = 90; // pixels of the row norms, across
const BELOW = 60; // pixels of the column norms, down
const CHOSEN = ["sort", "move", "falling", "held", "by"]; // what the view is, beside the state

const clamp = (value, least, most) => Math.max(least, Math.min(most, value));
const short = (value) => (value < 0 ? "−" : "") + Number(Math.abs(value).toPrecision(4));

class WeightMap {
  constructor(root) {
    this.box = root.querySelector(".map");
    this.find = (name) => this.box.querySelector(`.${name}`);
    this.canvas = this.find("weights");
    this.weights = new Weights(() => this.arrived(), () => { this.find("failed").hidden = false; });
    this.view = {};
    this.said = {}; // field -> values chosen here that the page has not shown yet
    this.frame = (event) => this.step(event.detail);
    this.choice = (event) => this.choose(event.target);
    document.addEventListener("player-frame", this.frame);
    document.addEventListener("click", this.choice, true);
    this.brush = new Brush(this);
    this.canvas.addEventListener("pointermove", (event) => { if (!this.brush.drag) this.hover(event, "weights"); });
    this.canvas.addEventListener("keydown", (event) => this.key(event));
    for (const name of ["rows", "columns", "biases"]) this.find(name).addEventListener("pointermove", (event) => this.hover(event, name));
    for (const name of ["weights", "rows", "columns", "biases"]) this.find(name).addEventListener("pointerleave", () => this.tip(""));
    this.stops = { rows: 0, columns: 0 }; // where the keyboard stands in the strips
    for (const axis of ["rows", "columns"]) {
      this.find(axis).addEventListener("click", (event) => this.strip(axis, this.unit(event, axis)));
      this.find(axis).addEventListener("keydown", (event) => this.along(event, axis));
      this.find(axis).addEventListener("blur", () => this.tip(""));
    }
  }

  update(component) {
    const { data } = component;
    this.send = component.setStateValue;
    const before = this.data?.source === data.source ? this.data : null;
    this.data = data;
    this.weights.offer(data);
    if (!before) {
      this.view = { ...data.view };
      this.said = Object.fromEntries(CHOSEN.map((field) => [field, []]));
      this.window = data.window;
    } else {
      for (const field of CHOSEN) this.take(field, before.view[field]);
      if (JSON.stringify(data.window) !== JSON.stringify(before.window)) this.window = data.window;
    }
    const look = JSON.stringify([data.look, data.titles, data.grid]);
    if (look !== this.look) this.dress(data);
    this.look = look;
    this.draw();
  }

  // What the page chooses anew counts; what it merely says after us does not, since we may be further by now.
  take(field, before) {
    const [said, now] = [this.said[field], this.data.view[field]];
    if (now !== before) {
      const place = said.indexOf(now);
      if (place >= 0) said.splice(0, place + 1);
      else {
        this.view[field] = now;
        said.length = 0;
      }
    }
    if (now === this.view[field]) said.length = 0;
  }

  dress({ look, titles, grid, rows, columns }) {
    this.palette = words(look.palette);
    const [high, wide] = [Math.ceil(rows / grid.down), Math.ceil(columns / grid.across)];
    const style = { ...look.colours, wide: `${wide * grid.wide}px`, tall: `${high * grid.tall}px`, "mark-size": `${Math.max(9, grid.wide + 3)}px` };
    for (const [name, value] of Object.entries(style)) this.box.style.setProperty(`--${name}`, value);
    this.find("across").textContent = titles[1];
    this.find("down").textContent = titles[0];
    this.drawn = "";
  }

  // Where the player stands.
  step({ target, frame }) {
    if (target !== this.data?.target || frame === this.view.state || frame >= this.data.states) return;
    this.view.state = frame;
    this.draw();
  }

  // A choice among the page's own controls, drawn here before the page has heard of it.
  choose(target) {
    if (!this.data?.sorts || !this.box.isConnected) return;
    for (const [key, { field, options }] of Object.entries(this.data.controls)) {
      const text = target.closest?.(`.st-key-${key}`) && target.closest("button, label, [role=radio]")?.textContent.trim();
      if (text && text in options) this.set({ [field]: options[text] });
    }
  }

  set(values) {
    for (const [field, value] of Object.entries(values)) {
      if (this.view[field] === value) continue;
      this.view[field] = value;
      this.said[field].push(value);
    }
    this.draw();
  }

  // When weights have come: the picture, and then, while nothing else is to do, those of the other states.
  arrived() {
    this.find("failed").hidden = true;
    this.draw();
    if (this.drawn && this.data.film) setTimeout(() => this.weights.bytes(this.data.film.address), 300);
  }

  draw() {
    const { data, view } = this;
    const shown = this.weights.at(view.state);
    const source = view.held < 0 ? shown : this.weights.at(view.held);
    if (!shown || !source) return; // until it comes the last picture stays
    const keys = ["rows", "columns"].map((axis) => axisKey(view, axis));
    const line = keys.some((key) => key === "value" || key === "abs") ? view.by : "";
    const picture = [shown.name, source.name, keys, line, view.falling, data.own].join();
    if (picture !== this.drawn) this.paint(shown, source);
    this.drawn = picture;
    this.mark();
  }

  paint(shown, source) {
    const { rows, columns, grid, ends, own, look } = this.data;
    this.state = shown;
    this.order = { rows: ordered(source, this.view, "rows"), columns: ordered(source, this.view, "columns") };
    const wide = Math.ceil(columns / grid.across);
    const keys = blocks(shown.kernel, this.order.rows, this.order.columns, grid.down, grid.across);
    paintMap(this.canvas, keys, wide, (own ? limitOf(shown.kernel) : ends.limit) || 1, this.palette);
    this.units = {
      rows: largest(shown.rowNorms, this.order.rows, grid.down),
      columns: largest(shown.columnNorms, this.order.columns, grid.across),
    };
    paintBars(this.find("rows"), this.units.rows.map((i) => shown.rowNorms[i]), ends.rowTop, look.colours.solid, { length: BAR });
    const hanging = { length: BELOW, thick: grid.wide, upright: true };
    paintBars(this.find("columns"), this.units.columns.map((i) => shown.columnNorms[i]), ends.columnTop, look.colours.solid, hanging);
    this.biases = blocks(shown.biases, Uint32Array.of(0), this.order.columns, 1, grid.across);
    paintMap(this.find("biases"), this.biases, wide, ends.biasLimit, this.palette);
    Object.assign(this.box.dataset, { state: shown.number, rows: rows, columns: columns });
  }

  // The pick and the brush over the picture, and the pick in words.
  mark() {
    const { grid, rows, columns } = this.data;
    const [row, column] = parts(this.view.by);
    const [y, x] = [row === null ? -1 : this.order.rows.indexOf(row), column === null ? -1 : this.order.columns.indexOf(column)];
    const [top, left] = [((y + 0.5) / grid.down) * grid.tall, ((x + 0.5) / grid.across) * grid.wide];
    const place = (name, there, style) => {
      const part = this.find(name);
      part.hidden = !there;
      if (there) Object.assign(part.style, style);
    };
    place("cell", y >= 0 && x >= 0, { left: `${left}px`, top: `${top}px` });
    place("row", y >= 0 && x < 0, { top: `${top}px` });
    place("column", y < 0 && x >= 0, { left: `${left}px` });
    place("tick", x >= 0, { left: `${left}px` });
    const [from, to] = this.window.row ?? [0, rows];
    const [first, last] = this.window.column ?? [0, columns];
    const share = (value, count) => `${(100 * value) / count}%`;
    const span = { top: share(from, rows), height: share(to - from, rows), left: share(first, columns), width: share(last - first, columns) };
    place("brush", this.window.row || this.window.column, span);
    const [input, output] = [`input ${row + 1}, place ${y + 1} of ${rows}`, `output ${this.output(column)}, place ${x + 1} of ${columns}`];
    const said = [y >= 0 && input, x >= 0 && output, y >= 0 && x >= 0 && `weight ${short(valueOf(this.state.kernel[row * columns + column]))}`];
    const picked = said.some(Boolean) ? `Picked: ${said.filter(Boolean).join("; ")}.` : "Nothing picked.";
    this.canvas.setAttribute("aria-label", `${this.data.label} ${this.data.sorts ? `${picked} Arrow keys move the pick.` : ""}`);
    if (this.find("said").textContent !== picked) this.find("said").textContent = picked;
  }

  // The place under the pointer, in rows and columns, fractions included.
  under(event, canvas = this.canvas) {
    const box = canvas.getBoundingClientRect();
    const { rows, columns, grid } = this.data;
    const [high, wide] = [Math.ceil(rows / grid.down) * grid.down, Math.ceil(columns / grid.across) * grid.across];
    const [y, x] = [((event.clientY - box.top) / box.height) * high, ((event.clientX - box.left) / box.width) * wide];
    return [clamp(y, 0, rows), clamp(x, 0, columns)];
  }

  // Row and column of the weight that the pixel under the pointer shows.
  weight(event) {
    const { rows, columns, grid } = this.data;
    const [y, x] = this.under(event);
    const [top, left] = [[y, rows, grid.down], [x, columns, grid.across]].map(([at, count, block]) => Math.floor(Math.min(at, count - 1) / block) * block);
    const size = (row, column) => this.state.kernel[row * columns + column];
    let best = [this.order.rows[top], this.order.columns[left]];
    for (const row of this.order.rows.subarray(top, top + grid.down)) {
      for (const column of this.order.columns.subarray(left, left + grid.across)) {
        if (size(row, column) > size(...best)) best = [row, column];
      }
    }
    return best;
  }

  unit(event, axis) {
    const [y, x] = this.under(event, this.find(axis));
    const { grid } = this.data;
    const place = axis === "rows" ? Math.floor(y / grid.down) : Math.floor(x / grid.across);
    return clamp(place, 0, this.units[axis].length - 1);
  }

  pick(by, axis = null, wait = 0) {
    const values = { by };
    if (axis && this.view.sort === "original") values.sort = "norm";
    if (axis && this.view.move !== "both" && this.view.move !== axis) values.move = "both";
    if (this.data.sorts) this.set(values); // else the page draws it
    this.tell(by, axis, wait);
  }

  strip(axis, place) {
    if (this.state) this.pick(`${axis === "rows" ? "r" : "c"}${this.units[axis][place]}`, axis);
  }

  // The keys in a strip of norms: from bar to bar, and Enter as a click.
  along(event, axis) {
    const step = { ArrowUp: -1, ArrowDown: 1, ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!this.state || !(step || event.key === "Enter" || event.key === " ")) return;
    event.preventDefault();
    const count = this.units[axis].length;
    const place = (this.stops[axis] = clamp(this.stops[axis] + (step ?? 0), 0, count - 1));
    if (!step) return this.strip(axis, place);
    const box = this.find(axis).getBoundingClientRect();
    const share = (place + 0.5) / count;
    const at = axis === "rows" ? [box.left, box.top + share * box.height] : [box.left + share * box.width, box.top];
    this.hover({ clientX: at[0], clientY: at[1] }, axis);
    this.find("said").textContent = this.find("tip").textContent;
  }

  key(event) {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (!step || !this.state || !this.data.sorts) return;
    event.preventDefault();
    const picked = parts(this.view.by);
    const moved = ["rows", "columns"].map((axis, i) => {
      const place = picked[i] === null ? 0 : this.order[axis].indexOf(picked[i]) + step[i];
      return this.order[axis][clamp(place, 0, this.order[axis].length - 1)];
    });
    this.pick(`r${moved[0]}c${moved[1]}`, null, REST_MS);
  }

  // Tell the page once the picture is painted; again, should the word get lost while the page runs.
  tell(by, axis = null, wait = 0) {
    const act = { by, axis, window: this.window, source: this.data.source, n: Date.now() };
    clearTimeout(this.telling);
    const say = (tries) => {
      if (this.data.heard >= act.n || tries < 1 || !this.box.isConnected) return;
      this.send("act", act);
      this.telling = setTimeout(() => say(tries - 1), RETRY_MS);
    };
    requestAnimationFrame(() => {
      clearTimeout(this.telling);
      this.telling = setTimeout(() => say(10), wait);
    });
  }

  hover(event, name) {
    if (!this.state) return;
    const { columns } = this.data;
    if (name === "weights") {
      const [row, column] = this.weight(event);
      return this.tip(`input ${row + 1}, output ${this.output(column)}, weight ${short(valueOf(this.state.kernel[row * columns + column]))}`, event);
    }
    const axis = name === "rows" ? "rows" : "columns";
    const [pixel, canvas] = [this.unit(event, axis), this.find(name)];
    const unit = this.units[axis][pixel];
    const said = axis === "rows" ? `input ${unit + 1}` : `output ${this.output(unit)}`;
    if (name === "biases") return this.tip(`${this.data.grid.across === 1 ? `${said}, ` : ""}bias ${short(valueOf(this.biases[pixel]))}`, event, canvas);
    return this.tip(`${said}, L2 norm ${short((axis === "rows" ? this.state.rowNorms : this.state.columnNorms)[unit])}`, event);
  }

  // What people call an output: its class, else its number, counted from 1.
  output(column) {
    return this.data.names[column] ?? column + 1;
  }

  tip(text, event) {
    const tip = this.find("tip");
    tip.hidden = !text;
    if (!text) return;
    tip.textContent = text;
    const box = this.box.getBoundingClientRect();
    const left = Math.min(event.clientX - box.left + 14, box.width - tip.offsetWidth);
    Object.assign(tip.style, { left: `${Math.max(0, left)}px`, top: `${event.clientY - box.top + 14}px` });
  }

  close() {
    document.removeEventListener("player-frame", this.frame);
    document.removeEventListener("click", this.choice, true);
    clearTimeout(this.telling);
  }
}

const maps = new WeakMap();

export default function (component) {
  const root = component.parentElement;
  if (!maps.has(root)) maps.set(root, new WeightMap(root));
  maps.get(root).update(component);
  // Called at every rerun too: only a map that has left the page is closed.
  return () => setTimeout(() => {
    if (root.isConnected) return;
    maps.get(root)?.close();
    maps.delete(root);
  }, 1000);
}
