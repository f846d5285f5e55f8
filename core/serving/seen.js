// Numbers that stand in a message, as base64 of their bytes.
const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
const floats = (text) => new Float32Array(bytes(text).buffer);

// What lies at an address of its own (seen.py), for a part that may be told another address, or the same one again, meanwhile.
class Seen {
  // Calls `use` with the bytes when they are there, or `say` with why they are not: the next one who asks tries again.
  async fetch(address, use, say = console.warn) {
    if (address === this.address) return;
    this.address = address;
    let trouble = "This could not be fetched: load the page again.";
    try {
      const answer = await fetch(address);
      const bytes = new Uint8Array(await answer.arrayBuffer());
      if (address !== this.address) return;
      trouble = answer.ok ? "" : new TextDecoder().decode(bytes);
      if (answer.ok) use(bytes);
    } catch (error) {
      console.error(error);
    }
    if (!trouble || address !== this.address) return;
    this.address = null;
    say(trouble);
  }

  // The same for a value that stands in the message itself where it is small, else as JSON at an address; `use` gets it every time.
  value(told, use, say) {
    this.use = use; // of two that wait for the same value the later one counts
    if (typeof told !== "string") {
      this.address = null;
      use(told);
    } else if (told === this.told && told === this.address) use(this.known);
    else {
      const arrived = (bytes) => {
        this.told = told;
        this.known = JSON.parse(new TextDecoder().decode(bytes));
        this.use(this.known);
      };
      this.fetch(told, arrived, say);
    }
  }
}

