// A class each: its name, a bar, and the number. The parts are made once; a change sets lengths and words.

const made = new WeakMap(); // parent element -> its rows
const shown = new WeakMap(); // parent element -> what it was given; this function is called again at every change of `data`

export default function ({ parentElement, data }) {
  if (!shown.has(parentElement)) listen(parentElement, data.key);
  shown.set(parentElement, data);
  draw(parentElement, data);
}

// A film's frame: other values, until the server says otherwise.
function listen(root, key) {
  const show = ({ detail }) => {
    if (!root.isConnected) return document.removeEventListener(`show-${key}`, show);
    draw(root, { ...shown.get(root), ...detail });
  };
  document.addEventListener(`show-${key}`, show);
}

function draw(parentElement, data) {
  const root = parentElement.querySelector(".bars");
  root.classList.toggle("upright", data.upright);
  if (made.get(parentElement)?.length !== data.values.length) made.set(parentElement, build(root, data.values.length));
  const top = data.values.indexOf(Math.max(...data.values));
  root.setAttribute("aria-label", data.said);
  for (const name of ["title", "words"]) parentElement.querySelector(`.${name}`).textContent = data[name];
  const zero = -data.low / (1 - data.low); // where 0 lies on the track, as a share of it
  made.get(parentElement).forEach((row, i) => {
    const value = Math.max(data.low, Math.min(1, data.values[i]));
    const end = (value - data.low) / (1 - data.low);
    const [start, length] = [100 * Math.min(zero, end), 100 * Math.abs(end - zero)];
    row.bar.style.cssText = data.upright ? `bottom: ${start}%; height: ${length}%` : `left: ${start}%; width: ${length}%`;
    row.bar.style.background = i === top ? data.strong : data.weak;
    row.name.textContent = data.names[i];
    row.number.textContent = data.texts[i];
    row.all.classList.toggle("top", i === top);
    row.all.title = `${data.names[i]}: ${data.values[i].toPrecision(6)}`;
  });
}

function build(root, count) {
  const rows = Array.from({ length: count }, () => {
    const [all, name, track, bar, number] = ["row", "name", "track", "bar", "share"].map((kind) =>
      Object.assign(document.createElement("div"), { className: kind }),
    );
    track.append(bar);
    all.append(name, track, number);
    return { all, name, bar, number };
  });
  root.replaceChildren(...rows.map(({ all }) => all));
  return rows;
}
