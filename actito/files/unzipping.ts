import { Unzip, UnzipInflate } from 'fflate';

/** Packed bytes that are unpacked at one time. They may become a thousand times as large, and that is held in memory. */
export const PACKED_SLICE = 4 * 1024;

/** Unpacks the files of a ZIP that are wanted, while its bytes arrive. It compares no checksums. */
export class Unzipping {
  /** The number of wanted files that have begun. */
  files = 0;
  /** Whether a wanted file has been unpacked to its end. */
  isComplete = false;
  readonly #archive: Unzip;
  #ready: Uint8Array[] = [];
  #failure: Error | null = null;

  /** @param isWanted called with the name of each file, and the number of wanted files before it */
  constructor(isWanted: (name: string, before: number) => boolean) {
    this.#archive = new Unzip((file) => {
      const wanted = isWanted(file.name, this.files);
      if (wanted) this.files++;
      file.ondata = (error, chunk, final) => {
        if (error) this.#failure = error;
        else if (wanted) {
          this.#ready.push(chunk);
          this.isComplete ||= final;
        }
      };
      file.start();
    });
    this.#archive.register(UnzipInflate);
  }

  /**
   * Takes packed bytes, {@link PACKED_SLICE} at most, and returns what is unpacked of wanted files.
   * @param isLast whether the ZIP ends here
   * @throws the library's errors, which may quote the content: pass on only their codes
   */
  push(packed: Uint8Array, isLast = false): Uint8Array[] {
    this.#archive.push(packed, isLast);
    if (this.#failure) throw this.#failure;
    const ready = this.#ready;
    this.#ready = [];
    return ready;
  }
}

/** Cuts bytes into slices of this size at most. */
export function* slicesOf(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
