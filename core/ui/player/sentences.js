// Sentences that follow the frame while a player moves. The server's own stand hidden meanwhile, and come back when it has
// caught up: ours is a paragraph more in their container, so nothing that Streamlit wrote is touched.

class Sentences {
  // What each container says at a frame: key -> { before, between, after }.
  set(texts) {
    this.texts = texts;
  }

  say(frame, resting) {
    for (const [key, text] of Object.entries(this.texts ?? {})) {
      for (const box of document.querySelectorAll(`.st-key-${CSS.escape(key)}`)) {
        if (frame === resting || !(frame in text.between)) this.clear(box);
        else this.write(box, text.before + text.between[frame] + text.after);
      }
    }
  }

  write(box, text) {
    let own = box.querySelector(":scope > .while-it-moves");
    if (!own) {
      own = document.createElement("div");
      own.className = "while-it-moves";
      box.append(own);
      box.toggleAttribute("data-moves", true);
    }
    if (own.dataset.text === text) return; // or the page's watchers and we would answer each other for ever
    own.dataset.text = text;
    own.replaceChildren(...text.split("\n\n").map((part) => this.paragraph(part)));
  }

  // Of Markdown what our sentences use: bold, and a number as a heading.
  paragraph(part) {
    const large = part.startsWith("### ");
    const line = document.createElement(large ? "h3" : "p");
    (large ? part.slice(4) : part).split("**").forEach((piece, i) => {
      const node = document.createElement(i % 2 ? "strong" : "span");
      node.textContent = piece.replace(/\\([\\`*_{}[\]<>#|~$&])/g, "$1");
      line.append(node);
    });
    return line;
  }

  clear(box) {
    if (!box.hasAttribute("data-moves")) return;
    box.querySelector(":scope > .while-it-moves")?.remove();
    box.toggleAttribute("data-moves", false);
  }
}
