// Terms of the glossary, underlined at their first use in the page's text, with their meaning on hover, tap and focus.
//
// The page's text stays as it is: what underlines is a highlight over ranges of it, so nothing that Streamlit wrote or will
// write anew is touched. The keyboard goes through the words of the page in a list of our own, seen while it has the focus.

const MARKDOWN = '[data-testid="stMarkdownContainer"]';
const LEAVE = "a, button, label, code, pre, summary, h1, h2, h3, .katex, [data-testid='stWidgetLabel'], [data-testid='stAlert']";
const HIGHLIGHT = "glossary";
const SETTLED_MS = 200;
const LONGEST_MS = 1500;
const HOVER_MS = 250;
const GONE_MS = 350;

class Glossary {
  constructor() {
    this.terms = new Map(); // spelling -> term
    this.found = []; // { term, range }, in the order of the page
    this.at = 0; // of the list
    this.shown = null;
    this.timer = 0;
    this.since = null; // the first change that was not looked at
    this.hover = 0;
    this.observer = new MutationObserver(() => this.soon());
    this.observer.observe(document.body, { childList: true, characterData: true, subtree: true });
    document.addEventListener("pointermove", (event) => this.moved(event), { passive: true });
    document.addEventListener("click", (event) => this.clicked(event));
    document.addEventListener("keydown", (event) => { if (event.key === "Escape") this.hide(); });
    document.addEventListener("scroll", () => { if (!this.list?.matches(":focus-within") && !this.card.matches(":focus-within")) this.hide(); }, { capture: true, passive: true });
  }

  // Called for each page anew, with its part.
  mount(root, address) {
    if (root !== this.root) {
      this.hide();
      this.root = root;
      this.card = root.querySelector(".card");
      this.list = root.querySelector(".words");
      this.card.addEventListener("pointerenter", () => clearTimeout(this.hover));
      this.card.addEventListener("pointerleave", () => this.leave());
      this.list.addEventListener("keydown", (event) => this.key(event));
      this.list.addEventListener("focusin", (event) => this.focus(Number(event.target.dataset.at)));
      // Tab goes on to the card's link, and only then the card may go: with it the focus would go, and Tab begin anew.
      for (const part of [this.list, this.card]) part.addEventListener("focusout", () => setTimeout(() => this.left()));
    }
    if (this.address !== address) this.read(address);
    this.soon();
  }

  async read(address) {
    this.address = address;
    try {
      const table = await (await fetch(address)).json();
      for (const term of table) for (const form of term.forms) this.terms.set(form.toLowerCase(), term);
      const forms = [...this.terms.keys()].sort((a, b) => b.length - a.length).map((form) => form.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
      this.pattern = new RegExp(`(?<![\\p{L}\\p{N}_-])(?:${forms.join("|")})(?![\\p{L}\\p{N}_-])`, "giu");
      this.soon();
    } catch (error) {
      this.address = null; // the next page asks again
      console.error(error);
    }
  }

  // When the page has come to rest, or after a while of it never resting.
  soon() {
    clearTimeout(this.timer);
    this.since ??= Date.now();
    this.timer = setTimeout(() => this.look(), Math.max(0, Math.min(SETTLED_MS, this.since + LONGEST_MS - Date.now())));
  }

  // Where each term stands first, of what can be seen.
  look() {
    this.since = null;
    if (!this.pattern || !CSS.highlights || !this.root?.isConnected) return;
    const known = new Set();
    const found = [];
    for (const box of document.querySelectorAll(MARKDOWN)) {
      if (box.closest(LEAVE) || !box.checkVisibility()) continue;
      const walker = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        for (const match of node.data.matchAll(this.pattern)) {
          const term = this.terms.get(match[0].toLowerCase());
          if (known.has(term.id) || node.parentElement.closest(LEAVE)) continue;
          known.add(term.id);
          const range = new StaticRange({ startContainer: node, startOffset: match.index, endContainer: node, endOffset: match.index + match[0].length });
          found.push({ term, range });
        }
      }
    }
    const same = found.length === this.found.length && found.every(({ term, range }, i) => this.found[i].term === term
      && this.found[i].range.startContainer === range.startContainer && this.found[i].range.startOffset === range.startOffset);
    if (same) return;
    this.found = found;
    CSS.highlights.set(HIGHLIGHT, new Highlight(...found.map(({ range }) => range)));
    this.fill();
  }

  fill() {
    if (this.list.matches(":focus-within")) return; // it is filled when the focus has left
    this.at = 0;
    this.list.replaceChildren(...this.found.map(({ term }, at) => {
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.at = at;
      button.tabIndex = at ? -1 : 0;
      button.textContent = term.name;
      button.setAttribute("aria-description", term.means);
      return button;
    }));
  }

  key(event) {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const buttons = this.list.children;
    const to = event.key === "Home" ? 0 : event.key === "End" ? buttons.length - 1 : step ? this.at + step : -1;
    if (to < 0 || to >= buttons.length) return;
    event.preventDefault();
    buttons[this.at].tabIndex = -1;
    buttons[to].tabIndex = 0;
    buttons[to].focus();
  }

  focus(at) {
    this.at = at;
    const { term, range } = this.found[at] ?? {};
    if (!range?.startContainer.isConnected) return;
    range.startContainer.parentElement.scrollIntoView({ block: "nearest" });
    requestAnimationFrame(() => this.show(term, this.box(range)));
  }

  left() {
    if (![this.list, this.card].some((part) => part.matches(":focus-within"))) this.hide();
  }

  box(range) {
    const live = document.createRange();
    live.setStart(range.startContainer, Math.min(range.startOffset, range.startContainer.length));
    live.setEnd(range.endContainer, Math.min(range.endOffset, range.endContainer.length));
    return live.getBoundingClientRect();
  }

  under(event) {
    if (event.target.closest?.(MARKDOWN) === null || !(event.target instanceof Element)) return null;
    for (const one of this.found) {
      if (!event.target.contains(one.range.startContainer)) continue;
      const box = this.box(one.range);
      const { clientX: x, clientY: y } = event;
      if (x >= box.left && x <= box.right && y >= box.top && y <= box.bottom) return { ...one, box };
    }
    return null;
  }

  moved(event) {
    if (event.pointerType !== "mouse" || !this.found.length) return;
    const hit = this.under(event);
    document.body.classList.toggle("glossary-under", Boolean(hit));
    if (hit && hit.term !== this.shown) {
      clearTimeout(this.hover);
      this.hover = setTimeout(() => this.show(hit.term, hit.box), HOVER_MS);
      this.waits = true;
    } else if (!hit && !event.composedPath().includes(this.card)) {
      if (this.waits || this.shown) this.leave();
    }
  }

  leave() {
    this.waits = false;
    clearTimeout(this.hover);
    this.hover = setTimeout(() => { if (!this.list.matches(":focus-within")) this.hide(); }, GONE_MS);
  }

  clicked(event) {
    const hit = this.under(event);
    clearTimeout(this.hover);
    if (hit) this.show(hit.term, hit.box);
    else if (this.shown && !event.composedPath().includes(this.card)) this.hide();
  }

  show(term, box) {
    this.shown = term;
    this.card.querySelector(".name").textContent = term.name;
    this.card.querySelector(".means").textContent = term.means;
    this.card.querySelector("a").href = new URL(`words?term=${term.id}`, document.baseURI).href;
    if (!this.card.matches(":popover-open")) this.card.showPopover();
    const { width, height } = this.card.getBoundingClientRect();
    const left = Math.max(8, Math.min(box.left, innerWidth - width - 8));
    const below = box.bottom + 6 + height < innerHeight;
    this.card.style.left = `${left}px`;
    this.card.style.top = `${below ? box.bottom + 6 : Math.max(8, box.top - 6 - height)}px`;
  }

  hide() {
    clearTimeout(this.hover);
    this.shown = null;
    if (this.card?.isConnected && this.card.matches(":popover-open")) this.card.hidePopover();
  }
}

let glossary = null; // one for the whole visit

function explainWords({ data, parentElement }) {
  glossary ??= new Glossary();
  glossary.mount(parentElement, data.words);
}
