// Weights of a layer's states, fetched once each and kept. A state is its row norms and column norms (float64), its biases and its
// kernel row by row (float16), filled up to a multiple of eight bytes. In memory a weight is a key of 16 bits, twice its size as
// float16 has it, plus 1 if it is positive: of two weights the one with the larger size has the larger key.

const KEPT = 4; // states that are kept decoded, and fetched one by one

let table = null;
function valueOf(key) {
  if (!table) {
    table = new Float32Array(65536);
    for (let h = 0; h < 65536; h++) {
      const exponent = h >> 11;
      const fraction = ((h >> 1) & 1023) / 1024;
      const size = exponent === 31 ? (fraction ? NaN : Infinity) : exponent ? (1 + fraction) * 2 ** (exponent - 15) : fraction * 2 ** -14;
      table[h] = h & 1 ? size : -size;
    }
  }
  return table[key];
}

// State number `index` of a buffer of them.
function decoded(buffer, index, rows, columns) {
  const start = index * 8 * Math.ceil((8 * (rows + columns) + 2 * (columns + rows * columns)) / 8);
  const rowNorms = new Float64Array(buffer, start, rows);
  const columnNorms = new Float64Array(buffer, start + 8 * rows, columns);
  const bits = new Uint16Array(buffer, start + 8 * (rows + columns), columns + rows * columns);
  const keys = new Uint16Array(bits.length);
  for (let i = 0; i < bits.length; i++) keys[i] = ((bits[i] & 0x7fff) << 1) | (bits[i] < 0x8000);
  return { rowNorms, columnNorms, biases: keys.subarray(0, columns), kernel: keys.subarray(columns) };
}

class Weights {
  constructor(arrived, failed) {
    this.arrived = arrived;
    this.failed = failed;
    this.buffers = new Map(); // address -> bytes, or the promise of them
    this.states = new Map(); // name -> decoded, the latest last
  }

  offer(data) {
    if (data.source !== this.data?.source) {
      this.buffers.clear();
      this.states.clear();
    }
    this.data = data;
  }

  bytes(address) {
    const there = this.buffers.get(address);
    if (there instanceof ArrayBuffer) return there;
    if (!there) {
      const [source, film] = [this.data.source, this.data.film?.address];
      const asked = fetch(address).then((answer) => (answer.ok ? answer.arrayBuffer() : Promise.reject(new Error(answer.status))));
      this.buffers.set(address, asked);
      asked.then((bytes) => {
        if (this.data.source !== source) return;
        this.buffers.set(address, bytes);
        const single = [...this.buffers.keys()].filter((known) => known !== film);
        for (const old of single.slice(0, -KEPT)) this.buffers.delete(old);
        this.arrived();
      }).catch(() => {
        this.buffers.delete(address); // the next picture asks again
        if (address !== film) this.failed();
      });
    }
    return null;
  }

  // The weights of a state and which one they are: that state, while the player moves one near it, or null until they have come.
  at(state) {
    const { film, addresses } = this.data;
    const whole = film && this.buffers.get(film.address);
    if (whole instanceof ArrayBuffer && film.kept.includes(state)) return this.kept(film.address, film.kept.indexOf(state), state);
    if (addresses[state]) return this.bytes(addresses[state]) ? this.kept(addresses[state], 0, state) : null;
    if (!film || !(this.bytes(film.address) instanceof ArrayBuffer)) return null;
    const near = film.kept.findLastIndex((known) => known <= state);
    return this.kept(film.address, near, film.kept[near]);
  }

  kept(address, index, number) {
    const name = `${address} ${index}`;
    const { rows, columns } = this.data;
    const found = this.states.get(name) ?? { ...decoded(this.buffers.get(address), index, rows, columns), number, name };
    this.states.delete(name);
    this.states.set(name, found);
    if (this.states.size > KEPT) this.states.delete(this.states.keys().next().value);
    return found;
  }
}
