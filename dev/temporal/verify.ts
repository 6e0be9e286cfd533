/** Exits with 1 and an error unless the file (first argument) has the SHA-256 (second argument). */
import { checksumOf } from './checksum.ts';

const [file = '', wanted = ''] = process.argv.slice(2);
const found = await checksumOf(file);
if (found !== wanted) {
  console.error(`its SHA-256 is ${found}, expected ${wanted}`);
  process.exitCode = 1;
}
