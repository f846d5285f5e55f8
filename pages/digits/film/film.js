// Passes a player's frame on to the parts that show it. It draws nothing.

const films = new WeakMap(); // parent element -> its film; this function is called again at every change of `data`

class Film {
  constructor(root) {
    this.root = root;
    this.frame = null;
    this.frames = [];
    this.seen = new Seen();
    this.heard = (event) => this.hear(event.detail);
    document.addEventListener("player-frame", this.heard);
  }

  hear({ target, frame }) {
    if (!this.root.isConnected) return document.removeEventListener("player-frame", this.heard);
    if (target !== this.data.target || frame === this.frame) return;
    this.frame = frame;
    for (const [key, shown] of Object.entries(this.frames[frame] ?? {})) {
      document.dispatchEvent(new CustomEvent(`show-${key}`, { detail: shown }));
    }
  }
}

export default function ({ parentElement, data }) {
  if (!films.has(parentElement)) films.set(parentElement, new Film(parentElement));
  const film = films.get(parentElement);
  film.data = data;
  film.seen.value(data.frames, (frames) => { film.frames = frames; });
}
