// Who this browser is, without a cookie and without a word about the person: a random name and the keys of the runs that it asked
// for, kept in its local storage. A new tab or a restarted server is told; what happens meanwhile is written down.

const PLACE = "kernel-explorer";
const MOST_KEYS = 100;
let mine = []; // keys that the page knew last
let again = 0;

function remembered() {
  try {
    const found = JSON.parse(localStorage.getItem(PLACE));
    return typeof found?.person === "string" && Array.isArray(found.own) ? found : null;
  } catch {
    return null; // nothing sound, or a browser that lends no storage
  }
}

function remember(found) {
  try {
    localStorage.setItem(PLACE, JSON.stringify(found));
  } catch {
    // then it is known for as long as its tab is open
  }
}

function tellPerson(component) {
  clearTimeout(again);
  const { person, own } = component.data;
  const found = remembered();
  if (found?.own.length && found.person !== person) { // without runs it is nobody whom anything would be given back
    const busy = document.querySelector("[data-test-script-state]")?.dataset.testScriptState !== "notRunning";
    if (!busy) component.setTriggerValue("met", found);
    again = setTimeout(() => tellPerson(part), busy ? 100 : 2000);
    return;
  }
  const gone = mine.filter((key) => !own.includes(key));
  const others = (found?.own ?? []).filter((key) => !own.includes(key) && !gone.includes(key));
  mine = [...own];
  remember({ person, own: [...own, ...others].slice(0, MOST_KEYS) });
}
