const NEWLINE = 10;

/**
 * Splits a byte stream into buffers of whole lines of at least `size` bytes (except for the last). If lines span
 * chunks, the buffer is a copy: a new one, or with `reuse` always the same, which is then valid until the next one is
 * requested.
 */
export async function* wholeLines(
  chunks: AsyncIterable<Buffer>,
  { size = 65_536, reuse = false }: { size?: number; reuse?: boolean } = {},
): AsyncGenerator<Buffer> {
  let joined = Buffer.alloc(0);
  let held: Buffer[] = [];
  let length = 0;

  function join(bytes: number): Buffer {
    if (held.length === 1) return held[0]!.subarray(0, bytes);
    if (!reuse) return Buffer.concat(held, bytes);
    if (joined.length < length) joined = Buffer.allocUnsafe(2 * length);
    let at = 0;
    for (const chunk of held) at += chunk.copy(joined, at);
    return joined.subarray(0, bytes);
  }

  for await (const chunk of chunks) {
    held.push(chunk);
    length += chunk.length;
    const end = chunk.lastIndexOf(NEWLINE) + 1;
    if (end === 0) continue; // a line longer than the chunk
    const rest = chunk.subarray(end);
    if (length - rest.length < size) continue;
    yield join(length - rest.length);
    held = rest.length > 0 ? [rest] : [];
    length = rest.length;
  }
  if (length > 0) yield join(length);
}
