// Epoch player: play, pause, step, speed and a slider. While it moves, nothing leaves the browser: it writes its
// frame into the hidden Vega-bound inputs of the charts it drives, and says it to whoever listens for "player-frame". At
// rest for 200 ms it reports its frame once.

const REST_MS = 200;
const RETRY_MS = 2000;
const DELAYS = { "1": 400, "2": 200, "5": 80, "10": 40 };

function inputs(targets, name) {
  const found = [];
  for (const target of targets) {
    for (const box of document.querySelectorAll(`.st-key-${CSS.escape(target)}`)) {
      found.push(...box.querySelectorAll(`.vega-bindings [name="${CSS.escape(name)}"]`));
    }
  }
  return found;
}

// A range cuts a frame beyond its end, as when a model with fewer states takes over: what it became counts as pushed, or we
// and the chart, which writes its value into the page, would answer each other for ever.
function push(input, value) {
  if (input.dataset.pushed === String(value) && input.dataset.became === input.value) return;
  input.value = value;
  input.dataset.pushed = String(value);
  input.dataset.became = input.value;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

class Player {
  constructor(root) {
    this.root = root.querySelector(".player");
    this.slider = this.root.querySelector("input[type=range]");
    this.label = this.root.querySelector("output");
    this.playButton = this.root.querySelector("[data-do=play]");
    this.speed = this.root.querySelector("select");
    this.frame = 0;
    this.timer = null;
    this.rest = null;
    this.sentences = new Sentences();
    this.seen = new Seen();
    this.root.addEventListener("click", (event) => {
      const action = event.target.closest("[data-do]")?.dataset.do;
      if (action) this.act(action);
    });
    this.slider.addEventListener("input", () => { this.pause(); this.show(Number(this.slider.value)); });
    this.speed.addEventListener("change", () => { if (this.timer) { this.pause(); this.play(); } });
    // A chart that is drawn anew comes up with its opening frame: bring it back to ours.
    this.observer = new MutationObserver(() => this.apply());
    this.observer.observe(document.body, { childList: true, subtree: true });
  }

  update(component) {
    this.send = component.setStateValue;
    const data = component.data;
    const fresh = !this.data;
    const asked = fresh || (data.value !== this.data.value && data.value !== this.sent);
    this.data = data;
    this.seen.value(data.sentences, (sentences) => this.sentences.set(sentences));
    this.slider.max = data.labels.length - 1;
    this.slider.setAttribute("aria-label", data.name);
    this.root.querySelector(".name").textContent = data.name;
    this.root.classList.toggle("single", data.labels.length < 2);
    if (asked) { this.pause(); this.frame = data.value; this.sent = data.value; }
    this.frame = Math.min(this.frame, data.labels.length - 1);
    this.draw();
    this.apply();
  }

  act(action) {
    const last = this.data.labels.length - 1;
    if (action === "play") return this.timer ? this.pause() : this.play();
    this.pause();
    const to = { first: 0, back: this.frame - 1, next: this.frame + 1, last }[action];
    this.show(Math.max(0, Math.min(last, to)));
  }

  play() {
    if (this.frame >= this.data.labels.length - 1) this.show(0);
    this.timer = setInterval(() => {
      if (this.frame >= this.data.labels.length - 1) return this.pause();
      this.show(this.frame + 1);
    }, DELAYS[this.speed.value]);
    this.drawButton();
  }

  pause() {
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
    this.drawButton();
  }

  drawButton() {
    this.playButton.setAttribute("aria-label", this.timer ? "Pause" : "Play");
    this.playButton.title = this.timer ? "Pause" : "Play";
    this.playButton.classList.toggle("playing", Boolean(this.timer));
  }

  show(frame) {
    this.frame = frame;
    this.draw();
    this.apply();
    clearTimeout(this.rest);
    this.rest = setTimeout(() => this.report(), REST_MS);
  }

  report() {
    if (this.timer || this.frame === this.sent) {
      if (this.timer) this.rest = setTimeout(() => this.report(), REST_MS);
      return;
    }
    this.sent = this.frame;
    this.tell(20);
  }

  // A report that arrives while the page still runs can get lost: tell it again until the page shows it.
  tell(tries) {
    clearTimeout(this.retry);
    this.send("frame", this.sent);
    this.send("report", Date.now());
    if (tries > 0) {
      this.retry = setTimeout(() => {
        if (this.data.value !== this.sent && !this.timer && this.frame === this.sent) this.tell(tries - 1);
      }, RETRY_MS);
    }
  }

  draw() {
    this.slider.value = this.frame;
    const text = this.data.labels[this.frame] ?? "";
    this.label.textContent = text;
    this.slider.setAttribute("aria-valuetext", `${this.data.name} ${text}`);
  }

  // A player that has left the page must not speak up: it and the one that took its place would answer each other for ever.
  apply() {
    if (!this.root.isConnected) return;
    for (const target of this.data.targets) {
      document.dispatchEvent(new CustomEvent("player-frame", { detail: { target, frame: this.frame } }));
    }
    this.sentences.say(this.frame, this.data.value);
    for (const input of inputs(this.data.targets, this.data.signal)) push(input, this.frame);
    for (const [name, value] of Object.entries(this.data.signals)) {
      for (const input of inputs(this.data.targets, name)) push(input, value);
    }
  }

  close() {
    this.pause();
    this.sentences.say(0, 0);
    clearTimeout(this.rest);
    clearTimeout(this.retry);
    this.observer.disconnect();
  }
}

const players = new WeakMap();

export default function (component) {
  const root = component.parentElement;
  if (!players.has(root)) players.set(root, new Player(root));
  players.get(root).update(component);
  // Called at every rerun too: only a player that has left the page is closed, so that no report is lost.
  return () => setTimeout(() => {
    if (root.isConnected) return;
    players.get(root)?.close();
    players.delete(root);
  }, 1000);
}
