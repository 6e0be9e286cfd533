/** Ends with 1, and says so, unless the file given first has the SHA-256 given second. */
import { checksumOf } from './checksum.ts';

const [file = '', wanted = ''] = process.argv.slice(2);
const found = await checksumOf(file);
if (found !== wanted) {
  console.error(`its SHA-256 is ${found}, expected ${wanted}`);
  process.exitCode = 1;
}
