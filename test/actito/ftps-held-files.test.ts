import { expect, test } from 'vitest';
import { lines } from './delivery-stand.ts';
import type { Answers } from './ftps-scripted-server.ts';
import { scriptedStand } from './ftps-scripted-stand.ts';

/*
 * A file that is in use and a missing right have the same reply, 550. The client distinguishes them by what
 * else the account may do.
 */

const { connect } = scriptedStand();

const IN_USE = { name: 'DeliveryUnavailable', retryable: true };
const REFUSED = { name: 'DeliveryRefused', retryable: false };
const LIST = '/in/VIP.csv';
const TEMPORARY = '/in/VIP.part';

interface Folder {
  files: Set<string>;
  /** Files that another program has open, as on Windows: every command on them fails. */
  held?: string[];
  /** Commands that the account may not use. */
  denied?: ('STOR' | 'DELE' | 'RNTO')[];
  /** Whether a file can be renamed onto another one. */
  replaces?: boolean;
  /** Whether the list leaves out names with a dot in front. */
  hidesDots?: boolean;
  /** Whether the server supports SIZE. */
  tellsSize?: boolean;
}

/** A server with files. It rejects everything with 550 and a text without information. */
function serverWith({
  files,
  held = [],
  denied = [],
  replaces = false,
  hidesDots = false,
  tellsSize = false,
}: Folder): Answers {
  let from = '';
  const isRefused = (command: 'STOR' | 'DELE' | 'RNTO', ...paths: string[]) =>
    denied.includes(command) || paths.some((path) => held.includes(path));
  const done = (isDone: boolean) => (isDone ? '250 done' : '550 nicht möglich');
  return {
    LIST: (session) => {
      session.reply('150 look');
      const list = [...files]
        .filter((path) => !(hidesDots && path.startsWith('/in/.')))
        .map((path) => `-rw-r--r-- 1 a a 3 Jan 01 10:00 ${path.slice(4)}\r\n`)
        .join('');
      void session.data().then((data) => data.end(list, () => session.reply('226 done')));
    },
    SIZE: (session, path) => {
      if (tellsSize) session.reply(files.has(path) ? '213 3' : '550 nicht möglich');
      else session.reply('502 not here');
    },
    RNFR: (session, path) => {
      from = path;
      session.reply(files.has(path) ? '350 go on' : '550 nicht möglich');
    },
    RNTO: (session, path) => {
      const isDone = !isRefused('RNTO', from, path) && (replaces || !files.has(path));
      if (isDone && files.delete(from)) files.add(path);
      session.reply(done(isDone));
    },
    DELE: (session, path) => session.reply(done(!isRefused('DELE', path) && files.delete(path))),
    STOR: (session, path) => {
      if (isRefused('STOR', path)) {
        session.reply('550 nicht möglich');
        return;
      }
      session.reply('150 send');
      void session.data().then((data) =>
        data.resume().once('end', () => {
          files.add(path);
          session.reply('226 done');
        }),
      );
    },
  };
}

test.each([true, false])(
  'a list that Actito is reading is replaced later (rename onto a file: %s)',
  async (replaces) => {
    const files = new Set([LIST, TEMPORARY]);
    const server = await connect(serverWith({ files, held: [LIST], replaces }));
    const rename = server.replace(TEMPORARY, LIST);
    await expect(rename).rejects.toMatchObject(IN_USE);
    await expect(rename).rejects.toThrow('The file is in use');
    expect(files).toEqual(new Set([LIST, TEMPORARY]));
  },
);

test('an account that may not rename is rejected, and the error names the right', async () => {
  const files = new Set([LIST, TEMPORARY]);
  const rename = (await connect(serverWith({ files, denied: ['RNTO'] }))).replace(TEMPORARY, LIST);
  await expect(rename).rejects.toMatchObject(REFUSED);
  await expect(rename).rejects.toThrow('permission to rename and replace');
});

test('on a server that refuses to rename onto a file, the file is replaced, and no other file remains', async () => {
  const files = new Set([LIST, TEMPORARY]);
  await (await connect(serverWith({ files }))).replace(TEMPORARY, LIST);
  expect(files).toEqual(new Set([LIST]));
});

test('a temporary file that another upload still writes is removed later', async () => {
  const files = new Set([TEMPORARY]);
  const server = await connect(serverWith({ files, held: [TEMPORARY] }));
  await expect(server.remove(TEMPORARY)).rejects.toMatchObject(IN_USE);
  expect(files).toEqual(new Set([TEMPORARY]));
});

test('an account that may not delete is rejected, and the error names the right', async () => {
  const files = new Set([TEMPORARY]);
  const removal = (await connect(serverWith({ files, denied: ['DELE'] }))).remove(TEMPORARY);
  await expect(removal).rejects.toMatchObject(REFUSED);
  await expect(removal).rejects.toThrow('permission to delete files');
});

test('an upload onto a file that is in use is retried later', async () => {
  const files = new Set([LIST]);
  const server = await connect(serverWith({ files, held: [LIST] }));
  await expect(server.upload(LIST, lines('id\n'))).rejects.toMatchObject(IN_USE);
  expect(files).toEqual(new Set([LIST]));
});

test.each([[LIST], []])(
  'an account that may not write is rejected, and the error names the right (files: %s)',
  async (...present) => {
    const files = new Set(present);
    const upload = (await connect(serverWith({ files, denied: ['STOR'] }))).upload(LIST, lines('id\n'));
    await expect(upload).rejects.toMatchObject(REFUSED);
    await expect(upload).rejects.toThrow('needs write permission in delivery.directory');
  },
);

test('RNFR shows whether a file exists if the server does not list', async () => {
  const files = new Set([LIST, TEMPORARY]);
  const answers = { ...serverWith({ files }), LIST: '502 not here' };
  await (await connect(answers)).replace(TEMPORARY, LIST);
  expect(files).toEqual(new Set([LIST]));
});

const HIDDEN = '/in/.VIP.part';

test.each([true, false])(
  'a list that hides names with a dot proves nothing about them: the upload takes its name (SIZE: %s)',
  async (tellsSize) => {
    const files = new Set([LIST, HIDDEN]);
    const server = await connect(serverWith({ files, hidesDots: true, tellsSize }));
    await server.replace(HIDDEN, LIST);
    expect(files).toEqual(new Set([LIST]));
    const gone = server.replace(HIDDEN, LIST);
    await expect(gone).rejects.toMatchObject({ told: { reason: 'uploadGone' } });
    expect(files).toEqual(new Set([LIST]));
  },
);

test.each([true, false])(
  'an upload that may not be deleted still exists although its name is hidden (SIZE: %s)',
  async (tellsSize) => {
    const files = new Set([LIST, HIDDEN]);
    const server = await connect(serverWith({ files, hidesDots: true, tellsSize, denied: ['DELE'] }));
    await expect(server.remove(HIDDEN)).rejects.toMatchObject(REFUSED);
    files.delete(HIDDEN);
    await server.remove(HIDDEN);
  },
);

test('a hidden upload of unknown size still exists: the error shows the setting to write', async () => {
  const files = new Set([LIST, HIDDEN]);
  const requests = { SIZE: 0, LIST: 0 };
  const { SIZE, LIST: list, ...others } = serverWith({ files, hidesDots: true });
  const counting =
    (command: keyof typeof requests, answer: Answers[string]): Answers[string] =>
    (session, argument) => {
      requests[command]++;
      if (typeof answer === 'function') answer(session, argument);
    };
  const answers = { ...others, SIZE: counting('SIZE', SIZE), LIST: counting('LIST', list) };
  const server = await connect(answers);
  await expect(server.size(HIDDEN)).rejects.toThrow('set delivery.checkSize: false');
  expect(requests).toEqual({ SIZE: 1, LIST: 1 });
  files.delete(HIDDEN);
  await expect(server.size(HIDDEN)).rejects.toMatchObject({ told: { reason: 'uploadGone' } });
});
