// Small pictures that wrap; a click reports the picture's id once.

const shown = new WeakMap();
const senders = new WeakMap();

export default function (component) {
  const { parentElement, data, setTriggerValue } = component;
  const box = parentElement.querySelector(".thumbs");
  senders.set(box, setTriggerValue);
  const text = JSON.stringify(data);
  if (shown.get(box) === text) return;
  shown.set(box, text);
  box.classList.toggle("wide", data.items.some((item) => item.caption.includes("\n")));
  box.replaceChildren(...data.items.map((item) => {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.id = item.id;
    button.title = item.caption;
    button.classList.toggle("still", !data.clickable);
    if (data.clickable) {
      button.setAttribute("aria-pressed", String(item.id === data.picked));
      button.addEventListener("click", () => senders.get(box)("picked", item.id));
    }
    const image = document.createElement("img");
    image.src = item.url;
    image.alt = item.caption;
    if (data.side) image.width = image.height = data.side;
    else image.addEventListener("load", () => { image.width = data.scale * image.naturalWidth; });
    button.append(image, document.createTextNode(item.caption));
    return button;
  }));
}
