// Strips of small pictures, each strip one image, with a button over each picture. Changed images and words swap in place.

const LOOK_MS = 150;
const PATIENCE = 6000; // ms that a click's answer may take to be brought into sight

const boards = new WeakMap(); // parent element -> its board; this function is called again at every change of `data`

export default function (component) {
  const { parentElement, data } = component;
  if (!boards.has(parentElement)) {
    boards.set(parentElement, { shape: "", seen: new Seen() });
    listen(parentElement, boards.get(parentElement), data.key);
  }
  const board = boards.get(parentElement);
  board.set = component.setStateValue;
  board.opens = data.opens;
  board.seen.value(data.strips, (strips) => show(parentElement.querySelector(".board"), board, { ...data, strips }));
}

function show(root, board, data) {
  const shape = shapeOf(data.strips);
  if (shape !== board.shape) build(root, board, data.strips);
  board.shape = shape;
  root.classList.toggle("grid", data.columns > 0);
  root.style.setProperty("--columns", data.columns);
  root.style.setProperty("--least", `${data.least}px`);
  for (const { figure } of board.strips) figure.classList.toggle("scroll", data.least > 0);
  data.strips.forEach((strip, i) => fill(board.strips[i], strip));
  for (const button of board.buttons) change(button, "aria-pressed", String(button.dataset.id === data.picked));
  rove(root, "button");
}

// A film's frame: number of a strip -> its picture and title, until the server says otherwise.
function listen(root, board, key) {
  const show = ({ detail }) => {
    if (!root.isConnected) return document.removeEventListener(`show-${key}`, show);
    for (const [i, [url, title]] of Object.entries(detail)) {
      const { image, caption } = board.strips?.[i] ?? {};
      if (image) image.src = url;
      if (caption) caption.textContent = image.alt = title;
    }
  };
  document.addEventListener(`show-${key}`, show);
}

// All that a change of pictures, titles and labels leaves as it is: the sizes, and which pictures are where.
function shapeOf(strips) {
  return JSON.stringify(strips.map(({ title, width, height, cells }) => [Boolean(title), width, height, cells.map(([id, , ...box]) => [id, ...box])]));
}

function fill({ image, caption, buttons }, strip) {
  if (image.src !== strip.url) image.src = strip.url;
  image.alt = strip.alt;
  if (caption && caption.textContent !== strip.title) {
    caption.textContent = strip.title;
    caption.classList.toggle("short", strip.title.length < 28);
  }
  strip.cells.forEach(([, label], i) => change(buttons[i], "aria-label", label));
}

function change(node, name, value) {
  if (node.getAttribute(name) === value) return;
  node.setAttribute(name, value);
  if (name === "aria-label") node.title = value;
}

function build(root, board, strips) {
  const focused = root.getRootNode().activeElement?.dataset?.id;
  board.strips = strips.map((strip) => {
    const figure = element("figure", "strip");
    figure.style.flexBasis = `${strip.width}px`;
    const caption = strip.title ? element("figcaption") : null;
    if (caption) figure.append(caption);
    const box = element("div", "box");
    box.style.maxWidth = `${strip.width}px`;
    box.style.aspectRatio = `${strip.width} / ${strip.height}`;
    const image = Object.assign(element("img"), { draggable: false });
    const share = (value, whole) => `${(100 * value) / whole}%`;
    const buttons = strip.cells.map(([id, , left, top, width, height]) => {
      const button = Object.assign(element("button"), { type: "button" });
      button.dataset.id = id;
      Object.assign(button.style, {
        left: share(left, strip.width),
        top: share(top, strip.height),
        width: share(width, strip.width),
        height: share(height, strip.height),
      });
      button.addEventListener("click", () => {
        board.set("picked", { id, count: (board.count = (board.count ?? 0) + 1) });
        if (board.opens) setTimeout(() => reveal(board.opens, PATIENCE), LOOK_MS);
      });
      return button;
    });
    box.append(image, ...buttons);
    figure.append(box);
    return { figure, image, caption, buttons };
  });
  board.buttons = board.strips.flatMap((strip) => strip.buttons);
  root.replaceChildren(...board.strips.map((strip) => strip.figure));
  board.buttons.find((button) => button.dataset.id === focused)?.focus();
}

// Brings what a click has opened to where it can be seen, once it is there and the page is at rest.
function reveal(key, patience) {
  const opened = document.querySelector(`.st-key-${CSS.escape(key)}`);
  const busy = document.querySelector("[data-test-script-state]")?.dataset.testScriptState !== "notRunning";
  if (opened && !busy) opened.scrollIntoView({ block: "nearest", behavior: "instant" });
  else if (patience > 0) setTimeout(() => reveal(key, patience - LOOK_MS), LOOK_MS);
}

function element(tag, name = "") {
  const made = document.createElement(tag);
  made.className = name;
  return made;
}
