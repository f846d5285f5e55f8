// Which pages and sections somebody has opened, and which lessons they came to the end of, for the path on the home page; it stays
// in this browser.

const KEPT = "kernel-explorer-been"; // path -> sections opened, "" for the one that a page opens with, LESSON for its lesson
const LESSON = "lesson=end";
const LOOK_MS = 2000;
let noted = "";

function note() {
  if (location.href === noted) return;
  noted = location.href;
  const path = location.pathname.replace(/\/+$/, "").split("/").pop();
  const query = new URLSearchParams(location.search);
  const section = query.get("section") ?? "";
  if (!path || !/^[\w-]{1,40}$/.test(path) || !/^[\w-]{0,40}$/.test(section)) return;
  const now = query.get("lesson") === "end" ? [section, LESSON] : [section];
  try {
    const known = JSON.parse(localStorage.getItem(KEPT) ?? "{}") ?? {};
    const before = Array.isArray(known[path]) ? known[path] : [];
    const fresh = now.filter((one) => !before.includes(one));
    if (fresh.length) localStorage.setItem(KEPT, JSON.stringify({ ...known, [path]: [...before, ...fresh] }));
  } catch {} // a browser that keeps nothing
}

function noteWhereWeAre() {
  note();
  setInterval(note, LOOK_MS);
}
