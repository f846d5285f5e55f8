// The page's address: each act of a person becomes one entry of the history, and Back or Forward brings an old one back.
//
// The server says what the address should be, and which address it has read last. From the moment when somebody moves through
// the history until the server has read the address they came to, what it says is late and counts for nothing. So neither a
// slow server nor a quick finger can take the other's word back. And until somebody acts again, an address that the server makes
// of the one they came to is asked about once more: it may be made of what the browser held before.

const LOOK_MS = 100;
const RETRY_MS = 1000;

let part = null; // the component that is up
let session = null; // of the server that we talk to
let turn = 0; // of its words, the last one that we heard
let moved = false; // to an address that the server has not read yet
let before = 0; // how many addresses it had read by then
let written = null; // the opening whose first address has been set
let acted = true; // since the last move
let doubted = null; // what the server was asked about once more
let timer = 0;

function here(data) {
  const name = location.pathname.replace(/\/+$/, "").split("/").pop();
  return data.page ? name === data.page : !data.pages.includes(name);
}

function whole(search) {
  const kept = [...new URLSearchParams(location.search)].filter(([name]) => name.startsWith("embed") || name === "drawing");
  return new URLSearchParams([...new URLSearchParams(search), ...kept]).toString();
}

function sorted(search) {
  const values = new URLSearchParams(Object.fromEntries(new URLSearchParams(search))); // of a name said twice, the last
  values.sort();
  return values.toString();
}

function stands(search) {
  return sorted(whole(search)) === sorted(location.search);
}

function set(search, step) {
  if (stands(search)) return;
  const said = whole(search);
  history[step]({}, "", location.pathname + (said ? `?${said}` : "") + location.hash);
}

function opening(data) {
  return `${data.session} ${data.openings}`;
}

function write(data) {
  if (data.search === null) return;
  // What an opened link, or an old entry, lacks or spells otherwise is no act of a person; what was done since is.
  if (opening(data) !== written) set(data.first, "replaceState");
  written = opening(data);
  set(data.search, "pushState");
}

// Streamlit runs the page that a move leads to, and most often the server reads the address with it. Where it does not, it is
// told, as soon as all is at rest: a word told earlier could get lost, or make Streamlit run the page that was left.
function tell() {
  clearTimeout(timer);
  if (!moved) return;
  const busy = document.querySelector("[data-test-script-state]")?.dataset.testScriptState !== "notRunning";
  const ready = part?.isConnected() && here(part.data) && !busy;
  if (ready) part.setStateValue("moved", { search: location.search, page: part.data.page, session, at: Date.now() });
  timer = setTimeout(tell, ready ? RETRY_MS : LOOK_MS);
}

function move() {
  if (!moved) before = part ? part.data.openings : 0;
  moved = true;
  clearTimeout(timer);
  timer = setTimeout(tell, LOOK_MS);
}

// When the connection is there again, the session may be a new one, which knows of this page only when it has run: the page
// asks for that at once, and not with a person's next click. What the page shows and the server knows is then the same again.
function watch() {
  let lost = false;
  const look = () => {
    const connected = document.querySelector("[data-test-connection-state]")?.dataset.testConnectionState === "CONNECTED";
    if (connected && lost && part?.isConnected()) part.setStateValue("back", Date.now());
    lost = !connected;
  };
  const attributeFilter = ["data-test-connection-state"];
  new MutationObserver(look).observe(document.documentElement, { subtree: true, attributeFilter });
}

// Of two quick presses from page to page, Streamlit makes an entry for the page between when it comes to show it, and so loses
// the entries after it. Until somebody acts again, it is the history that leads.
function keep() {
  const push = history.pushState.bind(history);
  history.pushState = (...entry) => {
    if (!moved || acted) push(...entry);
  };
}

export default function (component) {
  const { data, parentElement } = component;
  // While this script was on its way the server may have spoken twice, and its words may come in either order.
  const late = data.session === session && data.turn < turn;
  if (data.listens && !late) part = { ...component, isConnected: () => parentElement.isConnected };
  if (!("addressPart" in document.documentElement.dataset)) {
    document.documentElement.dataset.addressPart = "";
    window.addEventListener("popstate", () => {
      acted = false;
      doubted = null;
      move();
    });
    for (const kind of ["pointerdown", "keydown", "input"]) window.addEventListener(kind, () => (acted = true), true);
    watch();
    keep();
  }
  if (late || !here(data)) return;
  turn = data.turn;
  if (data.session !== session) { // ours has just begun, or the server has forgotten us
    session = data.session;
    const away = moved || !stands(data.opened);
    moved = false;
    if (away) move();
  } else if (moved && data.openings > before && stands(data.opened)) {
    moved = false;
  } else if (!moved && opening(data) !== written && !stands(data.opened)) {
    move(); // of quick presses there and back the server's last word was of a place between
  }
  if (moved) return;
  const said = `${data.opened} ${data.search}`;
  if (!acted && data.search !== null && !stands(data.search) && said !== doubted) {
    doubted = said;
    move();
  } else {
    write(data);
  }
}
