// Shows the picture of a player's frame.

const shown = new WeakMap(); // parent element -> its picture

class Frames {
  constructor(root) {
    this.image = root.querySelector("img");
    this.urls = [];
    this.frame = 0;
    this.seen = new Seen();
    this.heard = (event) => this.hear(event.detail);
    document.addEventListener("player-frame", this.heard);
  }

  update(data) {
    this.data = data;
    this.frame = data.frame;
    this.image.alt = data.alt;
    this.image.style.width = `${data.across}px`;
    this.seen.value(data.urls, (urls) => { this.urls = urls; this.draw(); });
  }

  hear({ target, frame }) {
    if (!this.image.isConnected) return document.removeEventListener("player-frame", this.heard);
    if (target !== this.data.target || frame === this.frame) return;
    this.frame = frame;
    this.draw();
  }

  draw() {
    const url = this.urls[this.frame];
    if (url) this.image.src = url;
  }
}

export default function ({ parentElement, data }) {
  if (!shown.has(parentElement)) shown.set(parentElement, new Frames(parentElement));
  shown.get(parentElement).update(data);
}
