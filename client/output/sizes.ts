const UNITS = ['kB', 'MB', 'GB'];

/** A number of bytes for people: `812 bytes`, `23 kB`, `1.4 MB`. */
export function sizeInWords(bytes: number): string {
  if (bytes < 1_000) return `${bytes} bytes`;
  let [size, unit] = [bytes / 1_000, 0];
  for (; size >= 999.5 && unit < UNITS.length - 1; unit++) size /= 1_000;
  return `${size < 10 ? size.toFixed(1) : Math.round(size)} ${UNITS[unit]}`;
}
