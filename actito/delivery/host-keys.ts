import { createHash } from 'node:crypto';
import type { ServerHostKeyAlgorithm } from 'ssh2';

/** Types of host keys, each with the algorithms to request one; the preferred one comes first. */
const ALGORITHMS = {
  'ssh-ed25519': ['ssh-ed25519'],
  'ecdsa-sha2-nistp256': ['ecdsa-sha2-nistp256'],
  'ecdsa-sha2-nistp384': ['ecdsa-sha2-nistp384'],
  'ecdsa-sha2-nistp521': ['ecdsa-sha2-nistp521'],
  'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa'],
} as const satisfies Record<string, readonly ServerHostKeyAlgorithm[]>;

export type HostKeyKind = keyof typeof ALGORITHMS;

export const HOST_KEY_KINDS = Object.keys(ALGORITHMS) as HostKeyKind[];

/** The host key of a server. A fingerprint is not secret. */
export interface ShownKey {
  kind: HostKeyKind;
  /** `SHA256:…`, in the format of OpenSSH. */
  fingerprint: string;
}

/** Parses a host key of the SSH protocol: its type, followed by data that depends on the type. */
export function shownKey(key: Buffer): ShownKey {
  const kind = key.toString('latin1', 4, 4 + key.readUInt32BE(0)) as HostKeyKind;
  const digest = createHash('sha256').update(key).digest('base64');
  return { kind, fingerprint: `SHA256:${digest.replace(/=+$/, '')}` };
}

/** Whether a fingerprint is one of the pinned ones, which may have the padding of other tools. */
export function isPinned({ fingerprint }: ShownKey, pins: readonly string[]): boolean {
  return pins.some((pin) => pin.replace(/=$/, '') === fingerprint);
}

/** Returns the algorithms that request a key of these types, in their order. */
export function algorithmsOf(kinds: readonly HostKeyKind[]): ServerHostKeyAlgorithm[] {
  return kinds.flatMap((kind) => ALGORITHMS[kind]);
}
