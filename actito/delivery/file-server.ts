/** A file server from which Actito reads lists. Allows one call at a time, because of FTP. */
export interface FileServer {
  /** Returns the names of the files in a folder. @throws Failure DeliveryRefused, DeliveryUnavailable */
  names(folder: string): Promise<string[]>;
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
