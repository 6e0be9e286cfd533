const [DOT, ZERO] = [0x2e, 0x30];

/** Returns the end of a decimal number in the bytes `[start, end)` without the trailing zeros of its fraction. */
export function significantEnd(bytes: Buffer, start: number, end: number): number {
  let last = end - 1;
  while (last >= start && bytes[last] === ZERO) last--;
  if (last === end - 1) return end;
  if (bytes[last] === DOT) return last;
  for (let at = last; at >= start; at--) if (bytes[at] === DOT) return last + 1;
  return end; // the zeros of a whole number
}
