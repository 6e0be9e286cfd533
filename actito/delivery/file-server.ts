/** A file server that Actito reads lists from. One call at a time: FTP knows no other way. */
export interface FileServer {
  /** Names of the files in a folder. @throws Failure DeliveryRefused, DeliveryUnavailable */
  names(folder: string): Promise<string[]>;
  /** Writes a new file from a stream, without holding it in memory; replaces one of the same name. */
  upload(path: string, content: AsyncIterable<Uint8Array>): Promise<void>;
  /** Size in bytes. */
  size(path: string): Promise<number>;
  /** Gives a file its final name, replacing what is there in one step where the server can. */
  replace(from: string, to: string): Promise<void>;
  /** Removes a file; one that is gone already is success. */
  remove(path: string): Promise<void>;
  /** Never throws. */
  close(): Promise<void>;
}
