/** The last record of a ZIP. Only a comment can come after it, of at most 64 kB. */
const END = { signature: Buffer.from('PK\x05\x06', 'latin1'), length: 22, longestComment: 65_535 };
/** Two records that a ZIP64 has between its directory and its last record. */
const END_64 = { signature: Buffer.from('PK\x06\x06', 'latin1'), length: 56 };
const LOCATOR_64 = { signature: Buffer.from('PK\x06\x07', 'latin1'), length: 20 };
const ENTRY = { signature: Buffer.from('PK\x01\x02', 'latin1'), length: 46 };
/** A size that only the records of ZIP64 contain. */
const IN_ZIP64 = 0xffff_ffff;
/** The largest directory in bytes that can be read. The directory of a ZIP with one CSV has a few hundred. */
const LARGEST_DIRECTORY = 128 * 1024;

/** How many bytes at the end of a ZIP are enough to read its directory. */
export const ZIP_TAIL =
  LARGEST_DIRECTORY + END_64.length + LOCATOR_64.length + END.length + END.longestComment;

/**
 * Returns where the last record of a ZIP begins in its last bytes, or -1 if that record is missing or not complete.
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT section 4.3.16
 */
export function endOfZip(tail: Buffer): number {
  let at = tail.length;
  while (at > 0) {
    at = tail.lastIndexOf(END.signature, at - 1);
    if (at < 0) return -1;
    const commentAt = at + END.length;
    if (commentAt <= tail.length && commentAt + tail.readUInt16LE(at + 20) <= tail.length) return at;
  }
  return -1;
}

/**
 * Returns the CRC-32 of the only wanted file, from the directory of a ZIP. A file's own header does not contain it if the
 * ZIP was written as a stream.
 * @param tail the last `ZIP_TAIL` bytes of the ZIP
 * @param end where its last record begins
 * @param isWanted decides by the name of a file
 * @returns undefined if the directory cannot be read, or does not contain exactly one such file
 */
export function crcInDirectory(
  tail: Buffer,
  end: number,
  isWanted: (name: string) => boolean,
): number | undefined {
  const directory = directoryIn(tail, end);
  if (!directory) return undefined;
  let crc: number | undefined;
  for (let at = 0; at < directory.length;) {
    const nameAt = at + ENTRY.length;
    if (!startsWith(directory, at, ENTRY.signature) || nameAt > directory.length) return undefined;
    const [name, extra, comment] = [28, 30, 32].map((offset) => directory.readUInt16LE(at + offset));
    if (isWanted(directory.toString('latin1', nameAt, nameAt + name!))) {
      if (crc !== undefined) return undefined;
      crc = directory.readUInt32LE(at + 16);
    }
    at = nameAt + name! + extra! + comment!;
    if (at > directory.length) return undefined;
  }
  return crc;
}

/** @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT sections 4.3.12 to 4.3.16 */
function directoryIn(tail: Buffer, end: number): Buffer | undefined {
  let size = tail.readUInt32LE(end + 12);
  let directoryEnd = end;
  const locator = end - LOCATOR_64.length;
  if (locator >= 0 && startsWith(tail, locator, LOCATOR_64.signature)) {
    directoryEnd = tail.lastIndexOf(END_64.signature, locator);
    if (directoryEnd < 0 || directoryEnd + END_64.length > locator) return undefined;
    if (size === IN_ZIP64) size = Number(tail.readBigUInt64LE(directoryEnd + 40));
  }
  return size > directoryEnd ? undefined : tail.subarray(directoryEnd - size, directoryEnd);
}

function startsWith(bytes: Buffer, at: number, signature: Buffer): boolean {
  return bytes.subarray(at, at + signature.length).equals(signature);
}
