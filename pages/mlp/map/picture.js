// What is drawn of a state in its order: each pixel stands for a block of weights, of which it shows the one with the largest size.

// The signed palette as the words of an ImageData, red first.
function words(palette) {
  const bytes = Uint8Array.from(atob(palette), (c) => c.charCodeAt(0));
  const out = new Uint8ClampedArray((bytes.length / 3) * 4).fill(255);
  for (let i = 0; i < bytes.length; i++) out[4 * Math.floor(i / 3) + (i % 3)] = bytes[i];
  return new Uint32Array(out.buffer);
}

// 0 to 254: 127 is zero, 254 the limit.
function level(value, limit) {
  return value === value ? Math.max(0, Math.min(254, Math.round((value * 127) / limit + 127))) : 127;
}

// The key of the weight with the largest size in each block (down x across), row by row; of two of a size the positive one.
function blocks(kernel, rows, columns, down, across) {
  const width = columns.length;
  const out = new Uint16Array(Math.ceil(rows.length / down) * Math.ceil(width / across));
  const best = new Int32Array(width); // of each column within the rows of a block, in the columns' own order
  let block = 0;
  for (let top = 0; top < rows.length; top += down) {
    best.fill(0);
    for (const row of rows.subarray(top, top + down)) {
      const from = row * width;
      for (let x = 0; x < width; x++) {
        const more = kernel[from + x] - best[x];
        best[x] += more & ~(more >> 31); // the larger one, without a branch
      }
    }
    for (let left = 0; left < width; block++) {
      let most = 0;
      for (const end = Math.min(width, left + across); left < end; left++) most = Math.max(most, best[columns[left]]);
      out[block] = most;
    }
  }
  return out;
}

// The largest amount of each block of places, and the index that it belongs to.
function largest(amounts, order, count) {
  const out = [];
  for (let start = 0; start < order.length; start += count) {
    let index = order[start];
    for (let place = start + 1; place < Math.min(order.length, start + count); place++) {
      if (amounts[order[place]] > amounts[index]) index = order[place];
    }
    out.push(index);
  }
  return out;
}

function limitOf(kernel) {
  let most = 0;
  for (let i = 0; i < kernel.length; i++) if (kernel[i] > most) most = kernel[i];
  return Math.abs(valueOf(most));
}

function paintMap(canvas, keys, wide, limit, colours) {
  const image = new ImageData(wide, keys.length / wide);
  const pixels = new Uint32Array(image.data.buffer);
  for (let i = 0; i < keys.length; i++) pixels[i] = colours[level(valueOf(keys[i]), limit)];
  fitted(canvas, image.width, image.height).putImageData(image, 0, 0);
}

// Amounts as bars: lying ones a pixel row each, or hanging ones `thick` pixels across.
function paintBars(canvas, amounts, top, colour, { length, thick = 1, upright = false }) {
  const count = amounts.length * thick;
  const pen = fitted(canvas, upright ? count : length, upright ? length : count);
  pen.clearRect(0, 0, canvas.width, canvas.height);
  pen.fillStyle = colour;
  amounts.forEach((amount, i) => {
    const size = Math.min(length, Math.round((amount * (length - (upright ? 0 : 2))) / top));
    if (upright) pen.fillRect(i * thick, 0, thick - (thick > 3 ? 1 : 0), size);
    else pen.fillRect(0, i, size, 1);
  });
}

// A context of a canvas of so many pixels; a canvas that is as large already keeps what is drawn.
function fitted(canvas, width, height) {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  return canvas.getContext("2d");
}
