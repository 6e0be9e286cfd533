import ssh2, { type AuthContext } from 'ssh2';
import { expect, test } from 'vitest';
import { fingerprintOf, generateKeyPair } from '../../simulator/transfer/host-key.ts';
import { scriptedSftp } from './sftp-support.ts';

const { start, connect } = scriptedSftp();

const REFUSED = { name: 'DeliveryRefused', retryable: false };
const PASSWORD = 'pass-qz7';

/** A server that asks for everything in prompts, and records the answers. */
function prompting(prompts: { prompt: string; echo: boolean }[], rounds = 1) {
  const answers: string[][] = [];
  const login = (context: AuthContext) => {
    if (context.method !== 'keyboard-interactive') return context.reject(['keyboard-interactive']);
    const ask = (left: number) =>
      context.prompt(prompts, 'Welcome', 'Who are you?', (given) => {
        answers.push(given);
        if (left > 1) return ask(left - 1);
        return given.includes(PASSWORD) && rounds === 1
          ? context.accept()
          : context.reject(['keyboard-interactive']);
      });
    ask(rounds);
  };
  return { login, answers };
}

test('a server that asks for the password in a prompt gets it there', async () => {
  const { login, answers } = prompting([{ prompt: 'Mot de passe : ', echo: false }]);
  const server = await start({ login });
  expect(await (await connect(server.login)).names('/in')).toEqual([]);
  expect(answers).toEqual([[PASSWORD]]);
});

test('the password answers the first hidden question, and no other', async () => {
  const { login, answers } = prompting([
    { prompt: 'Site: ', echo: true },
    { prompt: 'Password: ', echo: false },
    { prompt: 'Code: ', echo: false },
  ]);
  await connect((await start({ login })).login);
  expect(answers).toEqual([['', PASSWORD, '']]);
});

test('a server that also asks for a code is rejected with what to do, and is not asked again', async () => {
  const { login, answers } = prompting([{ prompt: 'Code: ', echo: false }], 2);
  const connecting = connect((await start({ login })).login);
  await expect(connecting).rejects.toMatchObject(REFUSED);
  await expect(connecting).rejects.toThrow(
    'It supports keyboard-interactive. It requires more than a password. Check delivery.username and its password or key. An account for actito-sync cannot use a second factor.',
  );
  expect(answers).toEqual([[PASSWORD], ['']]);
});

test('a login that requires key and password gets both', async () => {
  const key = generateKeyPair();
  const tried: string[] = [];
  const login = (context: AuthContext) => {
    tried.push(context.method);
    if (context.method === 'none') return context.reject(['publickey']);
    if (context.method === 'publickey')
      return context.signature ? context.reject(['password'], true) : context.accept();
    return context.accept();
  };
  const server = await start({ login });
  await connect({ ...server.login, privateKey: key.private });
  expect(tried).toEqual(['none', 'publickey', 'publickey', 'password']);
});

test('a server without a supported login method is reported with the methods that it offers', async () => {
  const server = await start({ login: (context) => context.reject(['publickey', 'hostbased']) });
  const connecting = connect(server.login);
  await expect(connecting).rejects.toMatchObject(REFUSED);
  await expect(connecting).rejects.toThrow('rejected the login. It supports publickey.');
});

test('an expired password is reported as such', async () => {
  const login = (context: AuthContext) =>
    context.method === 'password'
      ? context.requestChange('new one?', () => undefined)
      : context.reject(['password']);
  const connecting = connect((await start({ login })).login);
  await expect(connecting).rejects.toMatchObject(REFUSED);
  await expect(connecting).rejects.toThrow('requires a password change');
});

const [ED25519, OTHER] = [generateKeyPair().private, generateKeyPair().private];
const RSA = ssh2.utils.generateKeyPairSync('rsa', { bits: 2048 }).private;
const ECDSA = ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 }).private;

test.each([
  ['Ed25519', ED25519],
  ['RSA', RSA],
  ['ECDSA', ECDSA],
])('a server with keys of three kinds is trusted by its pinned one: %s', async (_, pinned) => {
  const { login, connections } = await start({ hostKeys: [ED25519, ECDSA, RSA] });
  const server = { ...login, hostKeys: [fingerprintOf(pinned)] };
  expect(await (await connect(server)).names('/in')).toEqual([]);
  const before = connections();
  await connect(server); // the client now knows which kind to ask for
  expect(connections() - before).toBe(1);
});

test('while a server changes its key, both the old and the new one are trusted', async () => {
  const hostKeys = [fingerprintOf(ED25519), fingerprintOf(OTHER)];
  for (const key of [ED25519, OTHER]) {
    const { login } = await start({ hostKeys: [key] });
    expect(await (await connect({ ...login, hostKeys })).names('/in')).toEqual([]);
  }
});

test('a server with only other keys is rejected before it gets the password; the error shows each fingerprint and the fix', async () => {
  const seen: string[] = [];
  const { login } = await start({
    hostKeys: [ED25519, RSA],
    login: (context) => {
      seen.push(context.method);
      context.accept();
    },
  });
  const connecting = connect({ ...login, hostKeys: [fingerprintOf(OTHER)] });
  await expect(connecting).rejects.toMatchObject(REFUSED);
  await expect(connecting).rejects.toThrow(
    `Its host key is ${fingerprintOf(ED25519)} (ssh-ed25519) and ${fingerprintOf(RSA)} (ssh-rsa).`,
  );
  await expect(connecting).rejects.toThrow(`hostKey: [ <the old one>, ${fingerprintOf(ED25519)} ]`);
  expect(seen).toEqual([]);
});
