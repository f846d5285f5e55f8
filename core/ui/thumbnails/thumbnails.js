// Small pictures that wrap or stand in even rows; a click reports the picture's id once.

const GAP = 4; // between even rows' pictures, in pixels
const FRAME = 6 + GAP; // around a picture: border, padding and gap

class Thumbnails {
  constructor(box) {
    this.box = box;
    this.seen = new Seen();
    this.resize = new ResizeObserver(() => this.fit());
    this.resize.observe(box);
  }

  update({ data, setTriggerValue }) {
    this.send = setTriggerValue;
    const text = JSON.stringify(data);
    if (this.text === text) return;
    this.text = text;
    this.seen.value(data.items, (items) => this.show({ ...data, items }), () => { this.text = null; });
  }

  show(data) {
    this.data = data;
    this.box.setAttribute("role", data.clickable ? "group" : "list");
    this.box.classList.toggle("wide", data.items.some((item) => item.caption.includes("\n")));
    this.box.classList.toggle("even", data.across > 0);
    const focused = this.box.getRootNode().activeElement?.dataset.id;
    this.box.replaceChildren(...data.items.map((item) => this.item(item)));
    if (data.clickable) rove(this.box, "button", `[data-id="${focused}"], [aria-pressed=true]`);
    if (focused !== undefined) this.box.querySelector(`button[data-id="${focused}"]`)?.focus({ preventScroll: true });
    this.fit();
  }

  item(item) {
    const { data } = this;
    const tile = document.createElement(data.clickable ? "button" : "div");
    tile.className = "thumb";
    tile.dataset.id = item.id;
    tile.title = item.caption;
    if (!data.clickable) tile.setAttribute("role", "listitem");
    else {
      tile.type = "button";
      tile.setAttribute("aria-pressed", String(item.id === data.picked));
      tile.addEventListener("click", () => this.send("picked", item.id));
    }
    const image = document.createElement("img");
    image.src = item.url;
    image.alt = item.caption;
    if (data.side) this.size(image, data.side);
    image.addEventListener("load", () => {
      if (data.across) this.fit();
      else this.size(image, data.side || data.scale * image.naturalWidth);
    });
    tile.append(image, document.createTextNode(item.caption));
    return tile;
  }

  // Even rows: as many as asked for, or half of them; where that has no room either, smaller pictures of whole multiples.
  fit() {
    const { across, side } = this.data ?? {};
    const width = this.box.clientWidth;
    if (!across || !width) return;
    const columns = width + GAP >= across * (side + FRAME) ? across : Math.ceil(across / 2);
    const room = Math.min(side, Math.floor((width + GAP) / columns) - FRAME);
    this.box.style.setProperty("--columns", columns);
    for (const image of this.box.querySelectorAll("img")) {
      const own = image.naturalWidth || side;
      this.size(image, own > room ? room : Math.floor(room / own) * own);
    }
  }

  // So wide, and as high as its own shape asks for; a square until it is known.
  size(image, width) {
    image.width = width;
    image.height = Math.round(width * (image.naturalWidth ? image.naturalHeight / image.naturalWidth : 1));
  }

  close() { this.resize.disconnect(); }
}

const all = new WeakMap();

export default function (component) {
  const box = component.parentElement.querySelector(".thumbs");
  if (!all.has(box)) all.set(box, new Thumbnails(box));
  all.get(box).update(component);
  // Called at every rerun too: only pictures that have left the page are closed.
  return () => setTimeout(() => {
    if (box.isConnected) return;
    all.get(box)?.close();
    all.delete(box);
  }, 1000);
}
