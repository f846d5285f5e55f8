// What this browser remembers of the path. The marks on the cards are rules of a style sheet, so that the page stays as it is.

const KEPT = "kernel-explorer-been"; // as core/frame/screen writes it: path -> sections opened, and LESSON
const LESSON = "lesson=end";
const sheet = new CSSStyleSheet();
if (!document.adoptedStyleSheets.includes(sheet)) document.adoptedStyleSheets.push(sheet);

function kept() {
  try {
    return JSON.parse(localStorage.getItem(KEPT) ?? "{}") ?? {};
  } catch {
    return {}; // a browser that keeps nothing, or something that we did not write
  }
}

function show(root, stations) {
  const known = kept();
  const opened = stations.filter((path) => Array.isArray(known[path]));
  const line = root.querySelector("p");
  line.hidden = opened.length === 0;
  const lessons = opened.filter((path) => known[path].includes(LESSON)).length;
  const learned = lessons ? ` and finished ${lessons} lesson${lessons > 1 ? "s" : ""}` : "";
  const where = opened.length === stations.length ? "all stations" : `${opened.length} of ${stations.length} stations`;
  line.querySelector("span").textContent = `You have been to ${where}${learned}; this browser remembers it, nobody else.`;
  sheet.replaceSync(opened.map((path) => {
    const done = known[path].includes(LESSON);
    const parts = known[path].length - done;
    const said = `${parts > 1 ? `Opened, ${parts} of its parts` : "Opened"}${done ? "; lesson finished" : ""}`;
    return `.st-key-card-${CSS.escape(path)}::after { content: "✓ ${said}"; font-size: 0.9rem; font-weight: 600; }`;
  }).join("\n"));
}

export default function ({ data, parentElement }) {
  show(parentElement, data.stations);
  parentElement.querySelector("button").onclick = () => {
    try {
      localStorage.removeItem(KEPT);
    } catch {} // nothing was kept
    show(parentElement, data.stations);
  };
}
