// Signed bars, a row a class and a column a hidden unit, at any stored state and in any order of the units.

function floats(text) {
  return new Float32Array(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
}

const signed = (value, digits) => (Number(value.toFixed(digits)) === 0 ? "" : value < 0 ? "−" : "+") + Math.abs(value).toFixed(digits);

// The player writes its frame whenever the page changes: text is written only when it is another, or the two would never rest.
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

class VoteBars {
  constructor(root) {
    this.box = root.querySelector(".vb");
    this.rows = this.box.querySelector(".vb-rows");
    this.read = this.box.querySelector(".vb-read");
    this.epoch = this.box.querySelector("[name=epoch]");
    this.order = this.box.querySelector("[name=order]");
    this.epoch.addEventListener("input", () => this.draw());
    this.order.addEventListener("input", () => this.draw());
    const tell = (event) => {
      const cell = event.target.closest?.(".vb-cell");
      if (cell) this.tell(Number(cell.dataset.unit), Number(cell.dataset.row));
    };
    for (const kind of ["pointerover", "pointerdown", "focusin"]) this.rows.addEventListener(kind, tell);
  }

  update(data) {
    const text = JSON.stringify(data);
    if (this.text === text) return;
    this.text = text;
    this.data = data;
    this.values = floats(data.values);
    this.sums = floats(data.sums);
    this.activations = data.activations && floats(data.activations);
    this.epoch.max = data.states - 1;
    if (!this.cells) this.epoch.value = data.state;
    const { classes, units, lead, marked, sumName, colours, height } = data;
    const frame = JSON.stringify([classes, units, lead, marked, sumName, colours, height]);
    if (this.frame !== frame) this.build(); // else the same cells with other numbers, and the focus stays
    this.frame = frame;
    this.draw();
  }

  build() {
    const { classes, units, lead, colours, marked, sumName, height } = this.data;
    this.rows.style.setProperty("--height", `${height}px`);
    this.rows.style.setProperty("--lead", `${lead}px`);
    this.rows.style.setProperty("--units", units.length);
    this.rows.style.setProperty("--line", colours.line);
    const part = (name, text = "", tag = "span") => {
      const made = document.createElement(tag);
      made.className = name;
      made.textContent = text;
      return made;
    };
    const head = part("vb-row vb-head", "", "div");
    this.active = units.map(() => part("vb-active"));
    head.append(part("vb-name"), ...this.active, part("vb-sum", sumName));
    this.cells = [];
    this.totals = [];
    const rows = classes.map((name, c) => {
      const row = part("vb-row", "", "div");
      row.setAttribute("role", "row");
      row.classList.toggle("vb-marked", c === marked);
      const cells = units.map((unit, u) => {
        const cell = part("vb-cell", "", "div");
        cell.setAttribute("role", "cell");
        cell.dataset.unit = u;
        cell.dataset.row = c;
        cell.append(part("vb-bar", "", "div"));
        return cell;
      });
      this.cells.push(cells);
      this.totals.push(part("vb-sum"));
      row.append(part("vb-name", name), ...cells, this.totals[c]);
      return row;
    });
    this.rows.replaceChildren(head, ...rows);
    rove(this.rows, ".vb-cell");
    this.read.textContent = "";
  }

  value(unit, row) {
    const { units, classes } = this.data;
    return this.values[(Number(this.epoch.value) * units.length + unit) * classes.length + row];
  }

  draw() {
    if (!this.data) return;
    const { units, classes, limit, colours, what } = this.data;
    const state = Number(this.epoch.value);
    const digits = this.rows.clientWidth < 560 ? 1 : 2; // of an activation, above its column
    const order = this.order.value ? this.order.value.split(",").map(Number) : units.map((_, u) => u);
    order.forEach((unit, place) => {
      this.active[unit].style.order = place + 1;
      write(this.active[unit], this.activations ? this.activations[state * units.length + unit].toFixed(digits) : "");
    });
    this.rows.querySelectorAll(".vb-sum").forEach((sum) => { sum.style.order = units.length + 1; });
    classes.forEach((name, c) => {
      write(this.totals[c], signed(this.sums[state * classes.length + c], 2));
      order.forEach((unit, place) => {
        const cell = this.cells[c][unit];
        const bar = cell.firstChild;
        const value = this.value(unit, c);
        const height = (50 * Math.min(1, Math.abs(value) / limit)).toFixed(2);
        cell.style.order = place + 1;
        cell.setAttribute("aria-label", `${units[unit]}, ${name}: ${what} ${signed(value, 4)}`);
        bar.style.cssText = `background:${value > 0 ? colours.pro : colours.contra};height:${height}%;${value > 0 ? "bottom" : "top"}:50%`;
      });
    });
    this.box.dataset.state = state;
    this.box.dataset.order = order.join(",");
    if (this.told) this.tell(...this.told);
  }

  // What the bar under the pointer or the keys stands for.
  tell(unit, row) {
    this.told = [unit, row];
    const { units, classes, what } = this.data;
    const value = this.value(unit, row);
    const side = value > 0 ? "votes for" : value < 0 ? "votes against" : "has no vote on";
    write(this.read, `${units[unit]} ${side} ${classes[row]}: ${what} ${signed(value, 4)}`);
  }
}

const all = new WeakMap();

export default function (component) {
  const root = component.parentElement;
  if (!all.has(root)) all.set(root, new VoteBars(root));
  all.get(root).update(component.data);
  return () => all.delete(root);
}
