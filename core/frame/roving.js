// One stop of the Tab key for a set of parts: the arrow keys go from one to the next as they lie on the screen, Home and End to the
// first and the last. Enter and Space are the part's own: a button's click.

const roved = new WeakMap(); // box -> selector of its parts

// Called whenever the parts of a box are other ones; `chosen` picks the one that Tab lands on before any had the focus.
function rove(box, selector, chosen = "[aria-pressed=true]") {
  if (!roved.has(box)) {
    box.addEventListener("keydown", (event) => roveBy(event, box));
    box.addEventListener("focusin", (event) => roveTo(box, event.target.closest(roved.get(box))));
  }
  roved.set(box, selector);
  const parts = [...box.querySelectorAll(selector)];
  roveTo(box, parts.find((one) => one.matches(":focus")) ?? parts.find((one) => one.matches(chosen)) ?? parts.find((one) => one.tabIndex === 0 && one.dataset.roved) ?? parts[0]);
}

function roveTo(box, part) {
  if (!part) return;
  for (const one of box.querySelectorAll(roved.get(box))) {
    one.tabIndex = one === part ? 0 : -1;
    one.dataset.roved = "";
  }
}

function roveBy(event, box) {
  const parts = [...box.querySelectorAll(roved.get(box))];
  const from = event.target.closest(roved.get(box));
  const way = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key];
  if (!parts.includes(from) || event.altKey || event.ctrlKey || event.metaKey) return;
  const to = event.key === "Home" ? parts[0] : event.key === "End" ? parts.at(-1) : way && beside(from, parts, way);
  if (way || to) event.preventDefault();
  to?.focus();
}

// The nearest part that lies in a direction, those straight ahead before those aside.
function beside(from, parts, [x, y]) {
  const middle = (one) => { const box = one.getBoundingClientRect(); return [box.left + box.width / 2, box.top + box.height / 2]; };
  const [left, top] = middle(from);
  let best = null;
  let least = Infinity;
  for (const one of parts) {
    const [dx, dy] = middle(one).map((at, i) => at - [left, top][i]);
    const ahead = dx * x + dy * y;
    const far = ahead + 4 * Math.abs(dx * y + dy * x);
    if (ahead > 1 && far < least) [best, least] = [one, far];
  }
  return best;
}
