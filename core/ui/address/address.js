// The page's address: each act of a person becomes one entry of the history, and Back or Forward brings an old one back.
//
// The server says what the address should be. The browser says when somebody has moved through the history, and counts
// these moves; what the server had written before it knew of the last one is late and counts for nothing. So neither a slow
// server nor a quick finger can take the other's word back.

const RETRY_MS = 1000;

let part = null; // the component that is up
let moves = 0; // through the history
let session = null; // of the server that we talk to
let written = null; // which opening of a view has its address already
let retry = 0;

function pageOf(path) {
  return path.replace(/\/+$/, "").split("/").pop();
}

function here(data) {
  const name = pageOf(location.pathname);
  return data.page ? name === data.page : !data.pages.includes(name);
}

function embedding() {
  return [...new URLSearchParams(location.search)].filter(([name]) => name.startsWith("embed"));
}

function write(data) {
  if (data.search === null) return;
  const asked = new URLSearchParams([...new URLSearchParams(data.search), ...embedding()]).toString();
  const same = asked === new URLSearchParams(location.search).toString();
  const opening = `${data.session} ${data.visit} ${data.moves}`;
  if (!same) {
    // What an opened link, or an old entry, lacks or spells otherwise is no act of a person.
    const step = opening === written ? "pushState" : "replaceState";
    history[step]({}, "", location.pathname + (asked ? `?${asked}` : "") + location.hash);
  }
  written = opening;
}

// Told again until the server shows that it knows: a word that arrives while a page still runs can get lost. A word told
// before the page has changed would make Streamlit run the page that is left, so it waits until the page is the right one.
function tell() {
  clearTimeout(retry);
  if (!part || part.data.moves === moves) return;
  const ready = here(part.data);
  if (ready) part.setStateValue("moved", { moves, search: location.search, page: part.data.page, session });
  retry = setTimeout(tell, ready ? RETRY_MS : 50);
}

export default function (component) {
  const { data } = component;
  if (data.listens) part = component;
  if (!("addressPart" in document.documentElement.dataset)) {
    document.documentElement.dataset.addressPart = "";
    window.addEventListener("popstate", () => { moves += 1; tell(); });
  }
  if (session === null) session = data.session;
  if (data.session !== session) { // a new server, or ours has forgotten us: what the address says is all that is left
    session = data.session;
    moves += 1;
    tell();
  }
  if (data.moves === moves && here(data)) write(data);
}
