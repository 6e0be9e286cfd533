import { createHash } from 'node:crypto';
import type { ServerHostKeyAlgorithm } from 'ssh2';

/** Kinds of host keys, each with the algorithms that ask a server for one; what is preferred comes first. */
const ALGORITHMS = {
  'ssh-ed25519': ['ssh-ed25519'],
  'ecdsa-sha2-nistp256': ['ecdsa-sha2-nistp256'],
  'ecdsa-sha2-nistp384': ['ecdsa-sha2-nistp384'],
  'ecdsa-sha2-nistp521': ['ecdsa-sha2-nistp521'],
  'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa'],
} as const satisfies Record<string, readonly ServerHostKeyAlgorithm[]>;

export type HostKeyKind = keyof typeof ALGORITHMS;

export const HOST_KEY_KINDS = Object.keys(ALGORITHMS) as HostKeyKind[];

/** A host key that a server has shown. A fingerprint is no secret. */
export interface ShownKey {
  kind: HostKeyKind;
  /** `SHA256:…`, as OpenSSH prints it. */
  fingerprint: string;
}

/** What a server shows, from the key as SSH sends it: its kind, then what depends on that. */
export function shownKey(key: Buffer): ShownKey {
  const kind = key.toString('latin1', 4, 4 + key.readUInt32BE(0)) as HostKeyKind;
  const digest = createHash('sha256').update(key).digest('base64');
  return { kind, fingerprint: `SHA256:${digest.replace(/=+$/, '')}` };
}

/** Whether a fingerprint is one of the pinned ones, which may have the padding that other tools print. */
export function isPinned({ fingerprint }: ShownKey, pins: readonly string[]): boolean {
  return pins.some((pin) => pin.replace(/=$/, '') === fingerprint);
}

/** The algorithms that ask a server for a key of these kinds, the first kind first. */
export function algorithmsOf(kinds: readonly HostKeyKind[]): ServerHostKeyAlgorithm[] {
  return kinds.flatMap((kind) => ALGORITHMS[kind]);
}
