// The marks of every chart by keyboard: a chart takes the focus, the arrow keys go from mark to mark, Enter or Space picks as a click does.
//
// All that a chart tells of its marks is what lies at a place, as a tooltip. So the next mark in a direction is the first place there
// that has another tooltip, and the middle of all that has the same is where it lies.

const STEP = 3; // pixels from one look to the next
const ASIDE = [0, 4, -4, 8, -8, 16, -16, 32, -32, 64, -64]; // pixels from the straight way, for marks that do not lie in rows
const MARKS_MS = 150;
const RETURN_MS = 5000; // so long the focus of a chart that was drawn anew is looked after
const WAYS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
const CHART = "[data-testid=stVegaLiteChart]";

// Tab lands on the chosen one of Streamlit's segments, not on the first.
function land({ target, relatedTarget }) {
  const group = target.closest?.("[data-testid=stButtonGroup]");
  if (!group || group.contains(relatedTarget) || !target.matches(":focus-visible")) return;
  group.querySelector("[data-selected]")?.focus();
}

class ChartKeys {
  constructor() {
    this.places = new WeakMap(); // canvas -> where its pick stands, in pixels of the canvas
    this.last = null; // the chart that had the focus: its place on the page, and when
    this.ring = Object.assign(document.createElement("div"), { ariaHidden: "true" });
    this.ring.style.cssText = "position:fixed;z-index:999;width:14px;height:14px;margin:-9px 0 0 -9px;border:2px solid;border-radius:50%;pointer-events:none;display:none";
    document.body.append(this.ring);
    new MutationObserver(() => this.soon()).observe(document.body, { childList: true, subtree: true });
    document.addEventListener("keydown", (event) => this.key(event));
    document.addEventListener("focusin", (event) => { this.enter(event.target); land(event); });
    document.addEventListener("focusout", (event) => this.leave(event.target));
    document.addEventListener("pointerdown", (event) => this.pressed(event), { capture: true });
    document.addEventListener("scroll", () => { this.ring.style.display = "none"; }, { capture: true, passive: true });
    this.look();
  }

  // Not at every change of a page that is being drawn.
  soon() {
    this.waits ??= setTimeout(() => this.look(), MARKS_MS);
  }

  // Charts that are new on the page.
  look() {
    this.waits = null;
    for (const canvas of document.querySelectorAll("canvas.marks:not([tabindex])")) {
      canvas.tabIndex = 0;
      canvas.setAttribute("role", "application");
      canvas.setAttribute("aria-roledescription", "chart");
      const { box, since } = this.last ?? {};
      if (box?.isConnected && box.contains(canvas) && document.activeElement === document.body && Date.now() - since < RETURN_MS) canvas.focus({ preventScroll: true });
    }
    // Wide tables scroll within their box, which the keyboard must reach to scroll it.
    for (const box of document.querySelectorAll("[data-testid=stMarkdownContainer]:has(> table)")) {
      if (box.scrollWidth > box.clientWidth) Object.assign(box, { tabIndex: 0, role: "region", ariaLabel: "Table" });
    }
    for (const canvas of document.querySelectorAll("canvas.marks")) {
      const label = `${canvas.closest("[aria-label]:not(canvas)")?.ariaLabel ?? "Chart"}. Arrow keys go from mark to mark, Enter picks.`;
      if (canvas.ariaLabel !== label) canvas.ariaLabel = label;
    }
  }

  enter(canvas) {
    if (!canvas.matches?.("canvas.marks")) return;
    this.last = { box: canvas.closest("[class*=st-key-]") ?? canvas.closest("[data-testid=stElementContainer]"), since: Infinity };
    if (!canvas.matches(":focus-visible")) return;
    const place = this.places.get(canvas);
    if (place && this.at(canvas, ...place)) this.go(canvas, place);
    else this.go(canvas, this.first(canvas));
  }

  leave(canvas) {
    if (!canvas.matches?.("canvas.marks")) return;
    this.ring.style.display = "none";
    if (this.last) this.last.since = Date.now();
    tell(canvas, "pointerout", {});
  }

  pressed(event) {
    const canvas = event.target.closest?.("canvas.marks");
    if (!canvas || !event.isTrusted) return;
    const box = canvas.getBoundingClientRect();
    this.places.set(canvas, [event.clientX - box.left, event.clientY - box.top]);
  }

  key(event) {
    const canvas = event.target;
    if (!canvas.matches?.("canvas.marks") || event.altKey || event.ctrlKey || event.metaKey) return;
    const way = WAYS[event.key];
    if (way) {
      const place = this.places.get(canvas);
      const to = place ? this.next(canvas, place, way) : this.first(canvas);
      this.go(canvas, to ?? place);
    } else if (event.key === "Enter" || event.key === " ") this.pick(canvas);
    else return;
    event.preventDefault();
  }

  // What the chart says of a place; empty where nothing lies.
  at(canvas, x, y) {
    const box = canvas.getBoundingClientRect();
    tell(canvas, "pointermove", { clientX: box.left + x, clientY: box.top + y });
    const tip = document.getElementById("vg-tooltip-element");
    return tip?.classList.contains("visible") ? tip.textContent : "";
  }

  first(canvas) {
    const { clientWidth: width, clientHeight: height } = canvas;
    for (let y = STEP; y < height; y += 2 * STEP) {
      for (let x = STEP; x < width; x += 2 * STEP) {
        const text = this.at(canvas, x, y);
        if (text) return this.middle(canvas, this.middle(canvas, [x, y], [0, 1], text), [1, 0], text);
      }
    }
    return null;
  }

  next(canvas, [x, y], way) {
    const here = this.at(canvas, x, y);
    let best = null;
    let least = Infinity;
    for (const aside of ASIDE) {
      const far = this.far(canvas, [x + aside * way[1], y + aside * way[0]], way, here, least - 2 * Math.abs(aside));
      if (far === null) continue;
      least = far + 2 * Math.abs(aside);
      best = [x + aside * way[1] + far * way[0], y + aside * way[0] + far * way[1]];
      if (aside === 0) break;
    }
    if (!best) return null;
    const text = this.at(canvas, ...best);
    const along = this.middle(canvas, best, way.map(Math.abs), text);
    return this.middle(canvas, along, [Math.abs(way[1]), Math.abs(way[0])], text);
  }

  // How far ahead another mark lies, where that is nearer than `most`.
  far(canvas, [x, y], [dx, dy], here, most) {
    const { clientWidth: width, clientHeight: height } = canvas;
    for (let far = STEP; far < most; far += STEP) {
      const [px, py] = [x + far * dx, y + far * dy];
      if (px < 0 || py < 0 || px > width || py > height) return null;
      const text = this.at(canvas, px, py);
      if (text && text !== here) return far;
    }
    return null;
  }

  // The middle, along one axis, of what says the same around a place.
  middle(canvas, [x, y], [dx, dy], text) {
    const ends = [-1, 1].map((sign) => {
      let far = 0;
      while (far < 300 && this.at(canvas, x + sign * (far + STEP) * dx, y + sign * (far + STEP) * dy) === text) far += STEP;
      return sign * far;
    });
    const by = (ends[0] + ends[1]) / 2;
    return [x + by * dx, y + by * dy];
  }

  go(canvas, place) {
    if (!place) return;
    this.places.set(canvas, place);
    this.reveal(canvas, place);
    const said = this.at(canvas, ...place);
    const box = canvas.getBoundingClientRect();
    Object.assign(this.ring.style, {
      left: `${box.left + place[0]}px`,
      top: `${box.top + place[1]}px`,
      display: "block",
      color: getComputedStyle(canvas).getPropertyValue("--st-primary-color"),
    });
    this.say(said);
  }

  say(text) {
    const status = part?.parentElement.querySelector(".marks-said");
    if (status) status.textContent = text;
  }

  // Scrolls the chart's box and the page as far as it needs to be seen.
  reveal(canvas, [x, y]) {
    const box = canvas.closest(CHART);
    if (box && box.scrollWidth > box.clientWidth) {
      const at = canvas.getBoundingClientRect().left + x - box.getBoundingClientRect().left;
      if (at < 24 || at > box.clientWidth - 24) box.scrollLeft += at - box.clientWidth / 2;
    }
    const top = canvas.getBoundingClientRect().top + y;
    if (top < 90 || top > innerHeight - 60) document.querySelector("[data-testid=stMain]")?.scrollBy({ top: top - innerHeight / 2, behavior: "instant" });
  }

  pick(canvas) {
    const place = this.places.get(canvas);
    if (!place) return;
    const box = canvas.getBoundingClientRect();
    const at = { clientX: box.left + place[0], clientY: box.top + place[1], bubbles: true, pointerType: "mouse", pointerId: 1, isPrimary: true };
    for (const [type, kind] of [["pointermove", PointerEvent], ["pointerdown", PointerEvent], ["mousedown", MouseEvent], ["pointerup", PointerEvent], ["mouseup", MouseEvent], ["click", PointerEvent]]) {
      canvas.dispatchEvent(new kind(type, at));
    }
  }
}
