// What this browser remembers of the path. The marks on the cards are rules of a style sheet, so that the page stays as it is.

const KEPT = "kernel-explorer-been"; // as core/ui/screen writes it: path -> sections opened
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
  line.querySelector("span").textContent = opened.length === stations.length
    ? "You have been to all stations."
    : `You have been to ${opened.length} of ${stations.length} stations; this browser remembers it, nobody else.`;
  sheet.replaceSync(opened.map((path) => {
    const parts = known[path].length;
    const said = parts > 1 ? `Opened, ${parts} of its parts` : "Opened";
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
