import { Zip, ZipDeflate } from 'fflate';

/** A ZIP that holds one file, packed while its content is read. */
export async function* zipped(content: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  const packed: Uint8Array[] = [];
  const zip = new Zip((error, chunk) => {
    if (error) throw error;
    packed.push(chunk);
  });
  const entry = new ZipDeflate(name);
  zip.add(entry);
  for await (const chunk of content) {
    entry.push(chunk);
    yield* packed.splice(0);
  }
  entry.push(new Uint8Array(), true);
  zip.end();
  yield* packed.splice(0);
}
