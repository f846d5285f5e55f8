// Vega's canvas charts know which mark lies under the pointer from the pointer's moves alone. A finger's tap has none, and a
// chart that was drawn anew under a resting mouse has not seen any: such a press would hit nothing, or the mark that used to
// be there. So each press on a chart is preceded by a move to its own place. A tap presses twice: pointerdown and pointerup,
// then pointerout, which makes Vega forget the mark, and after that the mousedown that belongs to the click.

let touched = null; // the chart that a finger has pressed, whose tooltip stays up

function tell(canvas, type, event) {
  const { clientX = 0, clientY = 0, pointerId = 1, pointerType = "mouse" } = event;
  canvas.dispatchEvent(new PointerEvent(type, { clientX, clientY, pointerId, pointerType, isPrimary: true }));
}

function press(event) {
  const canvas = event.target.closest?.("canvas.marks");
  if (touched && touched !== canvas) leave(event);
  if (canvas) tell(canvas, "pointermove", event);
}

function click(event) {
  if (event.pointerType === "touch") touched = event.target.closest?.("canvas.marks") ?? null;
}

function leave(event) {
  if (touched) tell(touched, "pointerout", event);
  touched = null;
}

// The width below which columns stack (core/frame/page.py).
const small = matchMedia("(max-width: 700px)");
let part = null; // of the page that is up
let retry = 0;

// Told when the page has come to rest: a run that is broken off has values that the browser never gets to see, and a word
// that arrives meanwhile can get lost, so it is said again until the page knows it.
function tellWidth() {
  clearTimeout(retry);
  if (part.data.narrow === small.matches) return;
  const busy = document.querySelector("[data-test-script-state]")?.dataset.testScriptState !== "notRunning";
  if (!busy) part.setTriggerValue("told", small.matches ? "narrow" : "wide");
  retry = setTimeout(tellWidth, busy ? 100 : 2000);
}

export default function (component) {
  part = component;
  copyLink(component);
  shareView(component);
  explainWords(component);
  tellWidth();
  tellPerson(component);
  if ("screenParts" in document.documentElement.dataset) return; // mounted by each page anew, but it listens once
  document.documentElement.dataset.screenParts = "";
  document.addEventListener("pointerdown", press, { capture: true });
  document.addEventListener("mousedown", press, { capture: true });
  document.addEventListener("click", click, { capture: true });
  document.addEventListener("scroll", leave, { capture: true, passive: true });
  small.addEventListener("change", tellWidth);
  new ChartKeys();
  noteWhereWeAre();
}
