import { randomUUID } from 'node:crypto';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { userInfo } from 'node:os';
import ssh2 from 'ssh2';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { FileServer } from '../../actito/delivery/file-server.ts';
import { connectSftp, type SftpLogin } from '../../actito/delivery/sftp.ts';
import { type SshServer, startSshServer } from './setup/ssh-server.ts';

/* OpenSSH asks through PAM: for a password, and for a code if the account has a second factor. */

const PASSWORD = 'top-secret';
const KEYS = ssh2.utils.generateKeyPairSync('ed25519');
const CODE = 'auth required pam_oath.so usersfile=$FOLDER/users.oath window=20 digits=6';

/** The PAM lines for a password, and the lines after it. */
function asking(...more: string[]): (folder: string) => string {
  return (folder) => {
    const lines = [
      'auth required pam_exec.so quiet expose_authtok $FOLDER/check',
      ...more,
      'auth required pam_permit.so',
      'account required pam_permit.so',
      'session required pam_permit.so',
      '',
    ];
    return lines.join('\n').replaceAll('$FOLDER', folder);
  };
}

let server: SshServer;
const open: FileServer[] = [];
afterEach(async () => {
  for (const connection of open.splice(0)) await connection.close();
});
afterAll(() => server?.stop());

async function start(pam: (folder: string) => string, more?: string): Promise<void> {
  server = await startSshServer(KEYS.public, { more, pam });
  const folder = join(server.directory, '..');
  const check = join(folder, 'check');
  await writeFile(check, `#!/bin/sh\n[ "$(tr -d '\\0')" = ${PASSWORD} ]\n`);
  await chmod(check, 0o755);
  await writeFile(
    join(folder, 'users.oath'),
    `HOTP/T30/6 ${userInfo().username} - 3132333435363738393031323334353637383930\n`,
    {
      mode: 0o600,
    },
  );
}

async function logIn(means: Partial<SftpLogin>): Promise<void> {
  const connection = await connectSftp({ ...server.login, ...means }, new AbortController().signal);
  open.push(connection);
  expect(await connection.names(server.directory)).toEqual([]);
}

/** A refused login; its message contains `words`. */
function refused(...words: string[]) {
  return {
    name: 'DeliveryRefused',
    retryable: false,
    message: expect.stringMatching(new RegExp(words.join('.*'))) as string,
  };
}

const MORE = 'requires more than a password.*cannot use a second factor';

describe('OpenSSH that asks for a password by PAM', () => {
  beforeAll(() => start(asking()));
  afterAll(() => server.stop());

  test('accepts the right one, and rejects a wrong one without showing it', async () => {
    await logIn({ password: PASSWORD });
    const wrong = `wrong-${randomUUID()}`;
    const login = logIn({ password: wrong });
    await expect(login).rejects.toMatchObject(
      refused('rejected the login. It supports .*keyboard-interactive'),
    );
    await expect(login).rejects.not.toThrow(wrong);
    await expect(login).rejects.not.toThrow('second factor');
  });
});

describe('OpenSSH that asks for a password, then for a code', () => {
  beforeAll(() => start(asking(CODE)));
  afterAll(() => server.stop());

  test('is rejected as such: the account must not need a second factor', async () => {
    await expect(logIn({ password: PASSWORD })).rejects.toMatchObject(refused(MORE));
  });
});

describe('OpenSSH that requires a key, then a code', () => {
  beforeAll(() => start(asking(CODE), 'AuthenticationMethods publickey,keyboard-interactive'));

  test('is rejected as such, with and without a password', async () => {
    await expect(logIn({ privateKey: KEYS.private })).rejects.toMatchObject(refused(MORE));
    const both = { privateKey: KEYS.private, password: PASSWORD };
    await expect(logIn(both)).rejects.toMatchObject(refused(MORE));
  });
});
