// The guesses that somebody made, in their own browser: each is written down when it is made, and a list of them is told to a
// session that lacks some. Nobody else gets them.

const KEPT = "kernel-explorer-guesses"; // name of the question -> its row
const MOST = 300;
let cleared = 0; // how often this page has had them forgotten

function kept() {
  try {
    const found = JSON.parse(localStorage.getItem(KEPT) ?? "{}");
    return found && typeof found === "object" && !Array.isArray(found) ? found : {};
  } catch {
    return {}; // a browser that keeps nothing, or something that we did not write
  }
}

function write(rows) {
  try {
    localStorage.setItem(KEPT, JSON.stringify(rows));
  } catch {} // then they last as long as the session
}

let retry = 0;

function tell(component) {
  clearTimeout(retry);
  const rows = kept();
  if (!Object.keys(rows).length) return;
  const busy = document.querySelector("[data-test-script-state]")?.dataset.testScriptState !== "notRunning";
  if (busy) retry = setTimeout(() => tell(component), 100); // a word told meanwhile can get lost
  else component.setStateValue("found", rows);
}

const told = new WeakSet(); // parts that have told what there is

export default function (component) {
  const { name, row, listens, forgotten } = component.data;
  if (forgotten > cleared) {
    cleared = forgotten;
    write({});
    return;
  }
  if (!listens) {
    const rows = kept();
    if (rows[name] || Object.keys(rows).length >= MOST) return;
    write({ ...rows, [name]: row });
  } else if (!told.has(component.parentElement)) {
    told.add(component.parentElement);
    tell(component);
  }
}
