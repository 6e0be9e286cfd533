/** A file in a folder. Some servers do not report its size in bytes, or when it was last modified. */
export interface FileEntry {
  name: string;
  size: number | undefined;
  modified: Date | undefined;
}

/** A file server from which Actito reads lists, or to which it writes exports. Allows one call at a time, because of FTP. */
export interface FileServer {
  /** Returns the names of the files in a folder. @throws Failure DeliveryRefused, DeliveryUnavailable */
  names(folder: string): Promise<string[]>;
  /**
   * Returns the files in a folder, without its folders. Writes nothing there, because the folder is not ours.
   * @param isWanted leaves out other names; some servers need a request for each file
   * @throws Failure DeliveryRefused, DeliveryUnavailable
   */
  entries(folder: string, isWanted?: (name: string) => boolean): Promise<FileEntry[]>;
  /**
   * Streams a file down, at the speed of the consumer. Leaving the loop early ends the transfer. FTP servers that do
   * not acknowledge this lose the connection, and later calls fail with DeliveryUnavailable.
   * @throws Failure DeliveryRefused, DeliveryUnavailable
   */
  read(path: string): AsyncIterable<Buffer>;
  /** Writes a file from a stream, without holding it in memory; replaces a file with the same name. */
  upload(path: string, content: AsyncIterable<Uint8Array>): Promise<void>;
  /** Returns the size in bytes. */
  size(path: string): Promise<number>;
  /** Renames a file, and replaces an existing one in one step if the server can. */
  replace(from: string, to: string): Promise<void>;
  /** Removes a file; if it does not exist, that is a success. */
  remove(path: string): Promise<void>;
  /** Never throws. */
  close(): Promise<void>;
}

/** Returns the path of a file in a folder of a file server. */
export function pathIn(folder: string, name: string): string {
  return `${folder.replace(/\/+$/, '')}/${name}`;
}
