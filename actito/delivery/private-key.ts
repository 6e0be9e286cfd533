import { createPrivateKey, randomBytes, type KeyObject } from 'node:crypto';
import ssh2 from 'ssh2';
import { Failure } from '../../contract/failure.ts';

/** A private key in a format that ssh2 reads. */
export interface ReadableKey {
  text: string;
  /** Only if the text is encrypted. */
  passphrase?: string;
}

/**
 * Reads a private key in any usual format: OpenSSH, every kind of PEM (PKCS#1, SEC 1, PKCS#8) and PuTTY's, encrypted or
 * not. ssh2 does not support PKCS#8, which OpenSSL and most cloud consoles write, so such a key is converted.
 * @throws Failure DeliveryRefused; never with a part of the key
 */
export function readPrivateKey(text: string, passphrase?: string): ReadableKey {
  const encrypted = isEncrypted(text);
  if (encrypted && passphrase === undefined) {
    throw new Failure('privateKeyUnreadable', { why: 'passphraseMissing' });
  }
  const key = isPkcs8(text)
    ? { text: rewritten(text, passphrase) }
    : { text, ...(encrypted ? { passphrase } : {}) };
  const parsed = ssh2.utils.parseKey(key.text, key.passphrase);
  const isUsable = !(parsed instanceof Error) && [parsed].flat()[0]?.isPrivateKey();
  if (!isUsable) throw new Failure('privateKeyUnreadable', { why: encrypted ? 'passphraseWrong' : 'format' });
  return key;
}

function isPkcs8(text: string): boolean {
  return /^-----BEGIN (ENCRYPTED )?PRIVATE KEY-----$/m.test(text);
}

function isEncrypted(text: string): boolean {
  if (/^-----BEGIN ENCRYPTED PRIVATE KEY-----$|^Proc-Type: 4,ENCRYPTED/m.test(text)) return true;
  const puttyCipher = /^Encryption: *(\S+)/m.exec(text)?.[1];
  if (puttyCipher !== undefined) return puttyCipher !== 'none';
  const body = /^-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]*?)-----END/m.exec(text)?.[1];
  if (body === undefined) return false;
  const cipherAt = OPENSSH_MAGIC.length;
  return !Buffer.from(body, 'base64').subarray(cipherAt).subarray(4).toString('latin1').startsWith('none');
}

/** Converts a PKCS#8 key to the older format of its type, or to OpenSSH's for Ed25519, which has none. */
function rewritten(text: string, passphrase: string | undefined): string {
  const key = parsePkcs8(text, passphrase);
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return key.export({ format: 'pem', type: 'pkcs1' }) as string;
    case 'ec':
      return key.export({ format: 'pem', type: 'sec1' }) as string;
    case 'ed25519':
      return opensshEd25519(key);
    default:
      throw new Failure('privateKeyUnreadable', { why: 'kind' });
  }
}

function parsePkcs8(text: string, passphrase: string | undefined): KeyObject {
  try {
    return createPrivateKey({ key: text, format: 'pem', passphrase });
  } catch {
    // OpenSSL's errors are no more specific, and may contain their input.
    throw new Failure('privateKeyUnreadable', { why: isEncrypted(text) ? 'passphraseWrong' : 'format' });
  }
}

const OPENSSH_MAGIC = 'openssh-key-v1\0';
const BLOCK = 8;

/** https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.key */
function opensshEd25519(key: KeyObject): string {
  const { d, x } = key.export({ format: 'jwk' });
  const [seed, point] = [Buffer.from(d!, 'base64url'), Buffer.from(x!, 'base64url')];
  const kind = field('ssh-ed25519');
  const check = randomBytes(4);
  const secret = Buffer.concat([
    check,
    check,
    kind,
    field(point),
    field(Buffer.concat([seed, point])),
    field(''),
  ]);
  const padding = Buffer.from(
    Array.from({ length: (BLOCK - (secret.length % BLOCK)) % BLOCK }, (_, i) => i + 1),
  );
  const whole = Buffer.concat([
    Buffer.from(OPENSSH_MAGIC),
    field('none'), // cipher
    field('none'), // key derivation
    field(''), // its options
    Buffer.from([0, 0, 0, 1]), // keys
    field(Buffer.concat([kind, field(point)])),
    field(Buffer.concat([secret, padding])),
  ]);
  const lines = whole.toString('base64').match(/.{1,70}/g)!;
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines.join('\n')}\n-----END OPENSSH PRIVATE KEY-----\n`;
}

/** A text or bytes, preceded by their length, as in SSH. */
function field(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
