import { createHash } from 'node:crypto';
import ssh2 from 'ssh2';

/** Returns a new ed25519 key pair in OpenSSH's formats. */
export function generateKeyPair(): { private: string; public: string } {
  // One key in 256 has a leading zero that ssh2 (1.17, issue 1513) removes, which makes the key unreadable.
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519');
    const readable = [pair.private, pair.public].every((key) => !(ssh2.utils.parseKey(key) instanceof Error));
    if (readable) return pair;
  }
}

/** Returns the fingerprint as `ssh-keygen -lf` prints it: `SHA256:` and base64 without padding. */
export function fingerprintOf(privateKey: string): string {
  const key = ssh2.utils.parseKey(privateKey);
  if (key instanceof Error) throw key;
  const digest = createHash('sha256').update(key.getPublicSSH()).digest('base64');
  return `SHA256:${digest.replace(/=+$/, '')}`;
}
