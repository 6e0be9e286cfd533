import { ASIDE } from './step-aside.ts';

/** The name of a file while it is uploaded, unless `delivery.temporaryName` is set. Actito looks for no such name. */
export const TEMPORARY_NAME = '.{file}.part';

const FILE = '{file}';

/**
 * A list's file, and the run and delivery that write it. Both numbers grow, so an older temporary file can be
 * recognized.
 */
export interface Upload {
  fileName: string;
  fence: string;
  delivery: string;
}

/**
 * Returns the name of an upload. `{file}` is replaced with the file's name and the numbers of run and delivery. No two
 * uploads share a name, so an abandoned upload that continues later cannot rename another one's incomplete file.
 */
export function temporaryName(
  { fileName, fence, delivery }: Upload,
  pattern: string = TEMPORARY_NAME,
): string {
  return pattern.replace(FILE, () => `${fileName}.${fence}-${delivery}`);
}

/** Whether a name is of an older upload of the same list, or of a file that was moved away for one. */
export function isOlderUpload(name: string, upload: Upload, pattern: string = TEMPORARY_NAME): boolean {
  return [pattern, TEMPORARY_NAME].some((each) => {
    const [before, after] = each.split(FILE) as [string, string];
    const start = `${before}${upload.fileName}.`;
    const own = name.endsWith(`${after}${ASIDE}`) ? name.slice(0, -ASIDE.length) : name;
    if (!own.startsWith(start) || !own.endsWith(after)) return false;
    const match = /^(\d+)-(\d+)$/.exec(own.slice(start.length, own.length - after.length));
    if (!match) return false;
    const [fence, delivery] = [BigInt(match[1]!), BigInt(match[2]!)];
    const newest = BigInt(upload.fence);
    return fence < newest || (fence === newest && delivery < BigInt(upload.delivery));
  });
}
