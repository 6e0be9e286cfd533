import { createPrivateKey, createPublicKey, generateKeyPairSync, verify, type KeyObject } from 'node:crypto';
import fc from 'fast-check';
import ssh2, { type ParsedKey } from 'ssh2';
import { expect, test } from 'vitest';
import { readPrivateKey } from '../../actito/delivery/private-key.ts';

const PHRASE = 'phrase-qz7';
const RSA = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const ED25519 = generateKeyPairSync('ed25519').privateKey;
const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve }).privateKey;

/** Signs with the key as ssh2 reads it, which proves that it is the same key. */
function signs(text: string, key: KeyObject, passphrase?: string): boolean {
  const readable = readPrivateKey(text, passphrase);
  const parsed = ssh2.utils.parseKey(readable.text, readable.passphrase);
  if (parsed instanceof Error) throw parsed;
  const [own] = [parsed].flat() as [ParsedKey];
  const data = Buffer.from('data');
  const hash = key.asymmetricKeyType === 'ed25519' ? null : 'sha256';
  const signature = own.sign(data, hash ?? undefined);
  if (signature instanceof Error) throw signature;
  return verify(hash, data, createPublicKey(key), signature);
}

const pem = (key: KeyObject, type: 'pkcs8' | 'pkcs1' | 'sec1', phrase?: string) =>
  key.export({
    format: 'pem',
    type,
    ...(phrase === undefined ? {} : { cipher: 'aes-256-cbc', passphrase: phrase }),
  }) as string;

const FORMS: [string, string, KeyObject][] = (
  [
    ['RSA', RSA, 'pkcs8'],
    ['RSA', RSA, 'pkcs1'],
    ['Ed25519', ED25519, 'pkcs8'],
    ...['P-256', 'P-384', 'P-521'].flatMap((curve) => {
      const key = ec(curve);
      return [
        [`ECDSA ${curve}`, key, 'pkcs8'],
        [`ECDSA ${curve}`, key, 'sec1'],
      ];
    }),
  ] as [string, KeyObject, 'pkcs8' | 'pkcs1' | 'sec1'][]
).flatMap(([kind, key, type]): [string, string, KeyObject][] => [
  [`${kind} in ${type}`, pem(key, type), key],
  [`encrypted ${kind} in ${type}`, pem(key, type, PHRASE), key],
]);

test.each(FORMS)('%s is read', (_, text, key) => {
  expect(signs(text, key, PHRASE)).toBe(true);
});

test('any Ed25519 key in PKCS#8 is the same key afterwards, also with zeros in front', () => {
  const seeds = fc.oneof(
    fc.uint8Array({ minLength: 32, maxLength: 32 }),
    fc.uint8Array({ minLength: 30, maxLength: 30 }).map((rest) => Uint8Array.from([0, 0, ...rest])),
  );
  fc.assert(
    fc.property(seeds, (seed) => {
      const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
      const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
      expect(signs(pem(key, 'pkcs8'), key)).toBe(true);
    }),
    { numRuns: 300 },
  );
});

const OPENSSH = ssh2.utils.generateKeyPairSync('ecdsa', {
  bits: 256,
  passphrase: PHRASE,
  cipher: 'aes256-cbc',
}).private;

test('an encrypted key of OpenSSH is read with its passphrase', () => {
  expect(readPrivateKey(OPENSSH, PHRASE)).toEqual({ text: OPENSSH, passphrase: PHRASE });
});

test.each<[string, string]>([
  ['OpenSSH', OPENSSH],
  ...FORMS.filter(([name]) => name.startsWith('encrypted')).map(([name, text]): [string, string] => [
    name,
    text,
  ]),
])('an encrypted key without its passphrase, or with a wrong one, is reported as such: %s', (_, text) => {
  expect(() => readPrivateKey(text)).toThrow('privateKey: { env: NAME, passphrase: { env: NAME } }');
  expect(() => readPrivateKey(text, 'other-qz7')).toThrow(
    'the passphrase in delivery.privateKey.passphrase is wrong',
  );
  expect(() => readPrivateKey(text, 'other-qz7')).not.toThrow(/qz7/);
});

test.each([
  ['no key', 'qz7'],
  ['half of a key', pem(RSA, 'pkcs8').slice(0, 300)],
  ['PKCS#8 around garbage', '-----BEGIN PRIVATE KEY-----\nqz7\n-----END PRIVATE KEY-----\n'],
  ['a public key', createPublicKey(RSA).export({ format: 'pem', type: 'spki' }) as string],
])('%s is not a private key, and nothing of it is shown', (_, text) => {
  expect(() => readPrivateKey(text)).toThrow('The variable must contain the key itself');
  expect(() => readPrivateKey(text)).not.toThrow(/qz7|MII/);
});

test('a key of a kind that SSH does not use is reported as such', () => {
  const { privateKey } = generateKeyPairSync('ed448');
  expect(() => readPrivateKey(pem(privateKey, 'pkcs8'))).toThrow('Use an Ed25519, ECDSA or RSA key');
});
