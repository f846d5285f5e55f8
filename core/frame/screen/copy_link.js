// Copies the page's address. Browsers lend the clipboard to https and localhost only; elsewhere the address is shown, marked, to be copied by hand.

const SAID_MS = 2500;
const known = new WeakSet(); // the part is called again at every rerun

function copyLink({ parentElement }) {
  if (known.has(parentElement)) return;
  known.add(parentElement);
  const find = (selector) => parentElement.querySelector(selector);
  const button = find("button"), words = find("span"), status = find("p"), address = find(".address");
  const before = words.textContent;
  address.addEventListener("blur", () => { address.hidden = true; });
  button.addEventListener("click", async () => {
    const link = window.location.href;
    try {
      await navigator.clipboard.writeText(link);
      words.textContent = "Copied";
      status.textContent = "The link to this view is copied.";
    } catch {
      address.hidden = false;
      address.value = link;
      address.select();
      words.textContent = "Copy it from here";
      status.textContent = "The link stands in the field beside; copy it from there.";
    }
    words.classList.add("said");
    setTimeout(() => {
      words.textContent = before;
      words.classList.remove("said");
      status.textContent = "";
    }, SAID_MS);
  });
}
