// Ways to show a view to others: its link as a QR code, its page on one sheet of paper, and large on a wall.

const SHEET = { width: 718, height: 975, spare: 0.9 }; // CSS pixels: what A4 and Letter both have room for inside margins of 10 mm; Streamlit's own gaps are wider on paper
const shares = new WeakSet(); // the part is called again at every rerun

function shareView({ parentElement }) {
  watchPrinting();
  if (shares.has(parentElement)) return;
  shares.add(parentElement);
  const find = (selector) => parentElement.querySelector(selector);
  const more = find(".more"), ways = find(".ways"), code = find(".code");
  more.addEventListener("click", () => {
    const box = more.getBoundingClientRect();
    ways.style.top = `${box.bottom + 4}px`;
    ways.style.right = `${document.documentElement.clientWidth - box.right}px`;
  });
  const acts = {
    code: () => showCode(code),
    print: () => window.print(),
    present: () => part.setTriggerValue("present", Date.now()),
  };
  for (const button of ways.querySelectorAll("button")) {
    button.addEventListener("click", () => {
      ways.hidePopover();
      acts[button.dataset.do]();
    });
  }
}

async function showCode(dialog) {
  const link = window.location.href;
  const image = dialog.querySelector("img"), said = dialog.querySelector(".said");
  const of = new URL(`qr.svg?of=${encodeURIComponent(link)}`, document.baseURI).href;
  image.hidden = true;
  said.textContent = "";
  dialog.showModal();
  let trouble = "The server does not answer: copy the link instead.";
  try {
    const answer = await fetch(of);
    trouble = answer.ok ? "" : (await answer.text()).slice(0, 200);
  } catch {} // said below
  image.hidden = Boolean(trouble);
  if (!trouble) {
    image.alt = `QR code of the link ${link}`;
    image.src = of; // from the browser's cache
  }
  said.textContent = trouble || link;
}

// The page as it stands, as small as one sheet needs it. Its width stays that of the screen, so that nothing moves.
function fitSheet() {
  const main = document.querySelector(".stMain .block-container"), root = document.documentElement;
  if (!main) return;
  const style = getComputedStyle(main);
  const width = main.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  const link = document.querySelector(".sheet-link");
  if (link) link.textContent = location.href;
  root.style.setProperty("--sheet-zoom", 1);
  root.style.setProperty("--sheet-width", `${width}px`);
  root.style.setProperty("--sheet-height", `${SHEET.height}px`);
  root.classList.add("on-paper");
  root.classList.toggle("beside", !small.matches);
  const scale = Math.min(1, SHEET.width / width, (SHEET.spare * SHEET.height) / main.scrollHeight);
  root.classList.remove("on-paper");
  root.style.setProperty("--sheet-zoom", scale);
}

function watchPrinting() {
  if ("printParts" in document.documentElement.dataset) return;
  document.documentElement.dataset.printParts = "";
  window.addEventListener("beforeprint", fitSheet);
}
