// Which pages and sections somebody has opened, for the path on the home page; it stays in this browser.

const KEPT = "kernel-explorer-been"; // path -> sections opened, "" for the one that a page opens with
const LOOK_MS = 2000;
let noted = "";

function note() {
  if (location.href === noted) return;
  noted = location.href;
  const path = location.pathname.replace(/\/+$/, "").split("/").pop();
  const query = new URLSearchParams(location.search);
  const section = query.get("section") ?? "";
  if (!path || !/^[\w-]{1,40}$/.test(path) || !/^[\w-]{0,40}$/.test(section)) return;
  try {
    const known = JSON.parse(localStorage.getItem(KEPT) ?? "{}") ?? {};
    const sections = Array.isArray(known[path]) ? known[path] : [];
    if (sections.includes(section)) return;
    localStorage.setItem(KEPT, JSON.stringify({ ...known, [path]: [...sections, section] }));
  } catch {} // a browser that keeps nothing
}

function noteWhereWeAre() {
  note();
  setInterval(note, LOOK_MS);
}
