// A row a digit: its name, a bar from 0 to 100 %, and the number. The rows are made once; a change sets widths and words.

const made = new WeakMap(); // parent element -> its rows; this function is called again at every change of `data`

export default function ({ parentElement, data }) {
  const root = parentElement.querySelector(".bars");
  if (made.get(parentElement)?.length !== data.shares.length) made.set(parentElement, build(root, data.shares.length));
  const top = data.shares.indexOf(Math.max(...data.shares));
  root.setAttribute("aria-label", data.said);
  for (const name of ["title", "words"]) parentElement.querySelector(`.${name}`).textContent = data[name];
  made.get(parentElement).forEach(({ digit, bar, number }, i) => {
    const share = data.shares[i];
    bar.style.width = `${100 * share}%`;
    bar.style.background = i === top ? data.strong : data.weak;
    number.textContent = `${(100 * share).toFixed(1)} %`;
    for (const part of [digit, number]) part.classList.toggle("top", i === top);
    number.title = share.toPrecision(6);
  });
}

function build(root, count) {
  const rows = Array.from({ length: count }, (_, i) => {
    const [digit, track, bar, number] = ["digit", "track", "bar", "share"].map((name) =>
      Object.assign(document.createElement("div"), { className: name }),
    );
    digit.textContent = i;
    track.append(bar);
    return { digit, track, bar, number };
  });
  root.replaceChildren(...rows.flatMap(({ digit, track, number }) => [digit, track, number]));
  return rows;
}
