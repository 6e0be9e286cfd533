/** Downloads a URL (first argument) to a file (second argument). */
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

async function run(url: string, file: string): Promise<void> {
  const response = await fetch(url, { signal: AbortSignal.timeout(300_000) });
  if (!response.ok || !response.body) throw new Error(`${new URL(url).host} answered ${response.status}`);
  await pipeline(response.body, createWriteStream(file));
}

run(process.argv[2] ?? '', process.argv[3] ?? '').catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
