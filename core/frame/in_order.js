// Put behind every part's script, whose own exported function is `drawn`. While a script is on its way the server may have spoken
// to its part more than once, and browsers call it with the older word after the newer: that one is passed over.

const newest = new WeakMap(); // place of the part -> session and number of the last word that it heard

export default function (component) {
  const [session, number] = component.data.word;
  const last = newest.get(component.parentElement);
  if (last?.session === session && number < last.number) return undefined;
  newest.set(component.parentElement, { session, number });
  return drawn(component);
}
