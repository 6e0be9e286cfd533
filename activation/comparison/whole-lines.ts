const NEWLINE = 10;

/**
 * Cuts a byte stream into buffers of whole lines of at least `size` bytes (but for the last). A buffer is a copy
 * only where a line spans two chunks.
 */
export async function* wholeLines(chunks: AsyncIterable<Buffer>, size = 65_536): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    held.push(chunk);
    length += chunk.length;
    if (length < size) continue;
    const end = chunk.lastIndexOf(NEWLINE) + 1;
    if (end === 0) continue; // a line longer than the chunk
    const rest = chunk.subarray(end);
    yield join(held, length - rest.length);
    held = rest.length > 0 ? [rest] : [];
    length = rest.length;
  }
  if (length > 0) yield join(held, length);
}

function join(held: Buffer[], length: number): Buffer {
  return held.length === 1 ? held[0]!.subarray(0, length) : Buffer.concat(held, length);
}
