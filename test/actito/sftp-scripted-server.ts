import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { posix } from 'node:path';
import ssh2, { type AuthContext, type SFTPWrapper } from 'ssh2';
import { replyFileSystem, sendStatus } from './sftp-scripted-packets.ts';
import type { SftpLogin } from '../../actito/delivery/sftp.ts';
import { fingerprintOf, generateKeyPair } from '../../simulator/transfer/host-key.ts';
import { announceExtensions, POSIX_RENAME, readPosixRename } from '../../simulator/transfer/posix-rename.ts';

export const STATVFS = 'statvfs@openssh.com';

/** A status as the answer, no answer at all, a disconnect, or the behavior of a good server (undefined). */
export type Answer = number | 'silence' | 'hangUp' | undefined;

/** A request by its name in the protocol, and its path or paths. */
type Answering = (path: string, to?: string) => Answer;

/** How a server differs from a good one. */
export interface Script {
  /** Private keys. */
  hostKeys?: string[];
  login?: (context: AuthContext) => void;
  /** The answers to requests, by their names, also `posix-rename` and `statvfs`. */
  answers?: Record<string, Answering>;
  /** Extensions that are announced, with their revisions. */
  extensions?: Record<string, string>;
  /** Names that the folder's list leaves out. */
  hides?: (name: string) => boolean;
  /** The answer to every READDIR, without an end: names besides those of the folder. */
  endless?: string[];
  /** Free blocks, free files and flags, as `statvfs` tells them. */
  fileSystem?: { free: number; freeFiles: number; flags: number };
  /** How many writes the server accepts at the same time; a write that comes too early gets a failure. */
  writesAtOnce?: number;
  /** What happens to a write that comes too early. */
  tooEarly?: Answer;
  /** How many reads the server accepts at the same time; a read that comes too early gets a failure. */
  readsAtOnce?: number;
  /** How many bytes an answer to a read has at most. */
  readsAtMost?: number;
  /** How many bytes of each file are kept. */
  keeps?: number;
}

const HOST_KEY = generateKeyPair().private;
const FOLDER = '/in';
/** Flags of OPEN. */
const READ_ONLY: number = ssh2.utils.sftp.OPEN_MODE.READ;
const { STATUS_CODE } = ssh2.utils.sftp;
/** A delay, in milliseconds, that lets all writes under way arrive before the first is answered. */
const WRITE_TAKES = 5;

/** An SFTP server with one folder in memory that follows a script. */
export async function startScriptedSftp(script: Script = {}) {
  const files = new Map<string, Buffer>();
  const requests: string[] = [];
  const reads = { underWay: 0, most: 0 };
  const sockets = new Set<Socket>();
  const hostKeys = script.hostKeys ?? [HOST_KEY];
  const ssh = new ssh2.Server({ hostKeys }, (client, { port }) => {
    const socket = [...sockets].find(({ remotePort }) => remotePort === port)!;
    client.on('error', () => undefined); // a client that disconnects
    client.on('authentication', script.login ?? ((context) => context.accept()));
    client.on('session', (accept) => {
      accept().on('sftp', (begin) =>
        serve(begin(), { script, files, requests, reads, hangUp: () => socket.destroy() }),
      );
    });
  });
  const listener = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    ssh.injectSocket(socket);
  });
  await once(listener.listen(0, '127.0.0.1'), 'listening');
  const login: SftpLogin = {
    protocol: 'sftp',
    host: '127.0.0.1',
    port: (listener.address() as AddressInfo).port,
    username: 'actito',
    password: 'pass-qz7',
    hostKeys: [fingerprintOf(hostKeys[0]!)],
  };
  return {
    login,
    files,
    /** The content of the files, as text. */
    texts: () => Object.fromEntries([...files].map(([path, content]) => [path, content.toString()])),
    /** Names of requests and their paths, in their order. */
    requests,
    connections: () => sockets.size,
    /** The largest number of reads at the same time. */
    mostReads: () => reads.most,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      listener.close();
      await once(listener, 'close');
    },
  };
}

interface Serving {
  script: Script;
  files: Map<string, Buffer>;
  requests: string[];
  reads: { underWay: number; most: number };
  hangUp: () => void;
}

function serve(sftp: SFTPWrapper, { script, files, requests, reads, hangUp }: Serving): void {
  const handles = new Map<number, { path: string; isListed: boolean }>();
  const file = (handle: Buffer) => handles.get(handle.readUInt32BE())!;
  const handleOf = (path: string) => {
    const handle = Buffer.alloc(4);
    handle.writeUInt32BE(handles.size);
    handles.set(handles.size, { path, isListed: false });
    return handle;
  };
  const attrs = (path: string) => ({ size: files.get(path)!.length, mode: 0o100644 }) as never;
  /** Answers as the script says, or else like a good server. */
  const on = (id: number, name: string, paths: [string, string?], good: () => void) => {
    requests.push([name, ...paths].filter(Boolean).join(' '));
    give(id, script.answers?.[name]?.(...paths), good);
  };
  const give = (id: number, answer: Answer, good: () => void) => {
    if (answer === 'hangUp') hangUp();
    else if (typeof answer === 'number') sendStatus(sftp, id, answer);
    else if (answer === undefined) good();
  };
  const ok = (id: number) => sftp.status(id, STATUS_CODE.OK);
  const move = (id: number, from: string, to: string) => {
    const content = files.get(from);
    if (content === undefined) return sftp.status(id, STATUS_CODE.NO_SUCH_FILE);
    files.delete(from);
    files.set(to, content);
    ok(id);
  };

  announceExtensions(sftp, script.extensions ?? { [POSIX_RENAME]: '1' });
  sftp.on('OPENDIR', (id, path) =>
    on(id, 'OPENDIR', [path], () =>
      path === FOLDER ? sftp.handle(id, handleOf(path)) : sftp.status(id, STATUS_CODE.NO_SUCH_FILE),
    ),
  );
  sftp.on('READDIR', (id, handle) => {
    const folder = file(handle);
    if (script.endless) {
      return sftp.name(
        id,
        script.endless.map((filename) => ({ filename, longname: '', attrs: { mode: 0o100644 } as never })),
      );
    }
    const answer = script.answers?.READDIR?.(folder.path);
    if (answer !== undefined) return give(id, answer, () => undefined);
    if (folder.isListed) return sftp.status(id, STATUS_CODE.EOF);
    folder.isListed = true;
    const entries = [...files.keys()]
      .filter((path) => !script.hides?.(posix.basename(path)))
      .map((path) => ({ filename: posix.basename(path), longname: '', attrs: attrs(path) }));
    sftp.name(id, [{ filename: '.', longname: '', attrs: { mode: 0o40755 } as never }, ...entries]);
  });
  for (const name of ['STAT', 'LSTAT'] as const) {
    sftp.on(name, (id: number, path: string) =>
      on(id, name, [path], () =>
        files.has(path) ? sftp.attrs(id, attrs(path)) : sftp.status(id, STATUS_CODE.NO_SUCH_FILE),
      ),
    );
  }
  sftp.on('OPEN', (id, path, flags) =>
    on(id, 'OPEN', [path], () => {
      if (flags === READ_ONLY) return sftp.handle(id, handleOf(path));
      files.set(path, Buffer.alloc(0));
      sftp.handle(id, handleOf(path));
    }),
  );
  sftp.on('READ', (id, handle, offset, length) => {
    const { path } = file(handle);
    const isEarly = ++reads.underWay > (script.readsAtOnce ?? Infinity);
    reads.most = Math.max(reads.most, reads.underWay);
    setTimeout(() => {
      reads.underWay--;
      on(id, 'READ', [path], () =>
        give(id, isEarly ? STATUS_CODE.FAILURE : undefined, () => {
          const end = offset + Math.min(length, script.readsAtMost ?? length);
          const bytes = files.get(path)!.subarray(offset, end);
          if (bytes.length > 0) sftp.data(id, bytes);
          else sftp.status(id, STATUS_CODE.EOF);
        }),
      );
    }, WRITE_TAKES);
  });
  let underWay = 0;
  sftp.on('WRITE', (id, handle, offset, data) => {
    const { path } = file(handle);
    const isEarly = ++underWay > (script.writesAtOnce ?? Infinity);
    setTimeout(() => {
      underWay--;
      const answer = isEarly ? (script.tooEarly ?? STATUS_CODE.FAILURE) : undefined;
      on(id, 'WRITE', [path], () =>
        give(id, answer, () => {
          const old = files.get(path)!;
          const content = Buffer.alloc(Math.max(old.length, offset + data.length));
          old.copy(content);
          data.copy(content, offset);
          files.set(path, content.subarray(0, script.keeps));
          ok(id);
        }),
      );
    }, WRITE_TAKES);
  });
  sftp.on('CLOSE', (id, handle) => on(id, 'CLOSE', [file(handle).path], () => ok(id)));
  sftp.on('REMOVE', (id, path) =>
    on(id, 'REMOVE', [path], () => (files.delete(path) ? ok(id) : sftp.status(id, STATUS_CODE.NO_SUCH_FILE))),
  );
  sftp.on('RENAME', (id, from, to) =>
    on(id, 'RENAME', [from, to], () =>
      files.has(to) ? sftp.status(id, STATUS_CODE.FAILURE) : move(id, from, to),
    ),
  );
  sftp.on('EXTENDED', (id: number, name: string, data: Buffer) => {
    if (name === POSIX_RENAME) {
      const paths = readPosixRename(data);
      return on(id, 'posix-rename', paths, () => move(id, ...paths));
    }
    on(id, 'statvfs', [FOLDER], () => replyFileSystem(sftp, id, script.fileSystem!));
  });
}
