import { readExport } from '../../../actito/exports/read-export.ts';

export const COLUMNS = ['id', 'email'];

/** Yields bytes in pieces of these sizes, again and again. */
export async function* chunks(bytes: Uint8Array, sizes: readonly number[] = [bytes.length || 1]) {
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length]!;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

/** Reads a file whole. */
export async function read(
  content: string | Uint8Array,
  { columns = COLUMNS, sizes, most }: { columns?: string[]; sizes?: number[]; most?: number } = {},
): Promise<string> {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const found: Buffer[] = [];
  for await (const batch of readExport(chunks(bytes, sizes), { name: 'p.csv', columns, most }))
    found.push(batch);
  return Buffer.concat(found).toString();
}
