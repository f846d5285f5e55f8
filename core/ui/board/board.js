// Strips of small pictures, each strip one image, with a button over each picture. A changed image swaps in place.

const boards = new WeakMap(); // parent element -> its board; this function is called again at every change of `data`

export default function (component) {
  const { parentElement, data } = component;
  if (!boards.has(parentElement)) boards.set(parentElement, { strips: [], shape: "", picked: data.picked });
  const board = boards.get(parentElement);
  board.set = component.setStateValue;
  const shape = JSON.stringify(data.strips.map(({ url, ...rest }) => rest));
  if (shape !== board.shape) build(parentElement.querySelector(".board"), board, data.strips);
  board.shape = shape;
  data.strips.forEach((strip, i) => (board.strips[i].image.src = strip.url));
  for (const button of board.buttons) button.setAttribute("aria-pressed", String(button.dataset.id === data.picked));
}

function build(root, board, strips) {
  const focused = root.getRootNode().activeElement?.dataset?.id;
  board.buttons = [];
  board.strips = strips.map((strip) => {
    const figure = element("figure", "strip");
    figure.style.flexBasis = `${strip.width}px`;
    if (strip.title) figure.append(Object.assign(element("figcaption", strip.title.length < 28 ? "short" : ""), { textContent: strip.title }));
    const box = element("div", "box");
    box.style.maxWidth = `${strip.width}px`;
    box.style.aspectRatio = `${strip.width} / ${strip.height}`;
    const image = Object.assign(element("img"), { alt: strip.alt, draggable: false });
    box.append(image);
    for (const [id, label, left, top, width, height] of strip.cells) {
      const button = Object.assign(element("button"), { type: "button", title: label });
      button.setAttribute("aria-label", label);
      button.dataset.id = id;
      const share = (value, whole) => `${(100 * value) / whole}%`;
      Object.assign(button.style, {
        left: share(left, strip.width),
        top: share(top, strip.height),
        width: share(width, strip.width),
        height: share(height, strip.height),
      });
      button.addEventListener("click", () => board.set("picked", { id, count: (board.count = (board.count ?? 0) + 1) }));
      box.append(button);
      board.buttons.push(button);
    }
    figure.append(box);
    return { figure, image };
  });
  root.replaceChildren(...board.strips.map((strip) => strip.figure));
  board.buttons.find((button) => button.dataset.id === focused)?.focus();
}

function element(tag, name = "") {
  const made = document.createElement(tag);
  made.className = name;
  return made;
}
