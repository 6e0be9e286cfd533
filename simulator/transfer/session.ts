import {
  existsSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  renameSync,
  rmdirSync,
  statSync,
  unlinkSync,
} from 'node:fs';
import { join, posix } from 'node:path';
import ssh2, { type SFTPWrapper } from 'ssh2';
import type { Faults } from '../faults.ts';
import { attributesOf, changeAttributes, longName } from './attributes.ts';
import { OpenFiles } from './open-files.ts';
import { announcePosixRename, POSIX_RENAME, readPosixRename } from './posix-rename.ts';

const { STATUS_CODE } = ssh2.utils.sftp;
const NAMES_PER_PACKET = 100;

interface Context {
  /** The folder on disk that the session sees as `/`. */
  root: string;
  faults: () => Faults;
  /** Closes the connection without a message. */
  cut: () => void;
}

/**
 * Serves an SFTP session. Like OpenSSH's server, it handles requests one after the other, so no request can overtake
 * another, and a write costs only one system call.
 */
export function serveSession(session: SFTPWrapper, { root, faults, cut }: Context): void {
  const open = new OpenFiles();
  // Clients cannot create symbolic links here, so it is enough to resolve `..` to keep them inside the folder.
  const disk = (path: string) => join(root, posix.resolve('/', path));

  let isCut = false; // ignores further requests from the same packet

  /** Handles a request. If the handler does not answer, the answer is OK, or the status of its error. */
  const on = (event: string, serve: (id: number, ...input: never[]) => boolean | void) => {
    session.on(event, (id: number, ...input: never[]) => {
      if (isCut) return;
      try {
        if (serve(id, ...input) !== true) session.status(id, STATUS_CODE.OK);
      } catch (error) {
        session.status(id, ...statusOf(error));
      }
    });
  };
  const answered = true;

  announcePosixRename(session);
  session.on('close', () => open.closeAll());
  session.on('end', () => session.end()); // OpenSSH's client waits for the server to close

  on('OPEN', (id, path: string, flags: number) => {
    session.handle(id, open.openFile(disk(path), flags));
    return answered;
  });
  on('READ', (id, handle: Buffer, offset: number, length: number) => {
    const data = open.read(handle, offset, length);
    if (data.length > 0) session.data(id, data);
    else session.status(id, STATUS_CODE.EOF);
    return answered;
  });
  on('WRITE', (_id, handle: Buffer, offset: number, data: Buffer) => {
    const limit = faults().pending('uploadBreaks')?.afterBytes ?? Infinity;
    const room = limit - open.written(handle);
    open.write(handle, offset, room < data.length ? data.subarray(0, Math.max(room, 0)) : data);
    if (room > data.length || !faults().strike('uploadBreaks')) return;
    isCut = true;
    cut();
    return answered;
  });
  on('CLOSE', (_id, handle: Buffer) => open.close(handle));
  on('FSTAT', (id, handle: Buffer) => {
    session.attrs(id, attributesOf(fstatSync(open.descriptor(handle))));
    return answered;
  });
  on('STAT', (id, path: string) => {
    session.attrs(id, attributesOf(statSync(disk(path))));
    return answered;
  });
  on('LSTAT', (id, path: string) => {
    session.attrs(id, attributesOf(lstatSync(disk(path))));
    return answered;
  });
  on('SETSTAT', (_id, path: string, asked: object) => changeAttributes(disk(path), asked));
  on('FSETSTAT', (_id, handle: Buffer, asked: object) => changeAttributes(open.descriptor(handle), asked));
  on('OPENDIR', (id, path: string) => {
    session.handle(id, open.openDirectory(disk(path)));
    return answered;
  });
  on('READDIR', (id, handle: Buffer) => {
    const { path, names } = open.nextNames(handle, NAMES_PER_PACKET);
    if (names.length === 0) session.status(id, STATUS_CODE.EOF);
    else
      session.name(
        id,
        names.flatMap((name) => entryOf(join(path, name), name)),
      );
    return answered;
  });
  on('REALPATH', (id, path: string) => {
    const filename = posix.resolve('/', path);
    session.name(id, [{ filename, longname: filename, attrs: {} as never }]);
    return answered;
  });
  on('MKDIR', (_id, path: string) => mkdirSync(disk(path)));
  on('RMDIR', (_id, path: string) => rmdirSync(disk(path)));
  on('REMOVE', (_id, path: string) => unlinkSync(disk(path)));
  on('RENAME', (_id, from: string, to: string) => {
    if (faults().strike('renameRefused')) throw new Error('refused by a fault switch');
    if (existsSync(disk(to))) throw new Error('the target exists');
    renameSync(disk(from), disk(to));
  });
  on('EXTENDED', (id, name: string, data: Buffer) => {
    if (name !== POSIX_RENAME || faults().pending('replaceRefused')) {
      session.status(id, STATUS_CODE.OP_UNSUPPORTED);
      return answered;
    }
    if (faults().strike('renameRefused')) throw new Error('refused by a fault switch');
    const [from, to] = readPosixRename(data);
    renameSync(disk(from), disk(to));
  });
}

/** Returns a directory's entry; empty if it was removed after the directory was opened. */
function entryOf(path: string, filename: string) {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return stats ? [{ filename, longname: longName(filename, stats), attrs: attributesOf(stats) }] : [];
}

/**
 * Returns the status and the message of an error. System errors get no message, because it contains paths of this
 * machine.
 */
function statusOf(error: unknown): [status: number, message?: string] {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return [STATUS_CODE.NO_SUCH_FILE];
  if (code === 'EACCES' || code === 'EPERM') return [STATUS_CODE.PERMISSION_DENIED];
  return code === undefined ? [STATUS_CODE.FAILURE, message] : [STATUS_CODE.FAILURE];
}
