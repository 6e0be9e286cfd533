import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Calls } from './api/calls.ts';
import { Tokens } from './api/tokens.ts';
import { type Clock, createClock } from './clock.ts';
import { allAttributes } from './contacts/attributes.ts';
import { Profiles } from './contacts/profiles.ts';
import { Exports } from './exports/exports.ts';
import { Faults } from './faults.ts';
import { Etls } from './imports/etls.ts';
import { ImportQueue } from './imports/import-queue.ts';
import { changeLicence, type Licence, licenceIn, USUAL_LICENCE } from './licence.ts';
import { FileTransfer } from './lists/file-transfer.ts';
import { Poller } from './lists/poller.ts';
import { TargetLists } from './lists/target-lists.ts';
import type { Settings } from './settings.ts';

/**
 * The complete state of Actito for the license. A reset creates a new world. Code that still uses the old one does no
 * harm.
 */
export interface World {
  settings: Settings;
  /** The current settings, initially those of the options. */
  licence: Licence;
  clock: Clock;
  faults: Faults;
  calls: Calls;
  tokens: Tokens;
  profiles: Profiles;
  imports: ImportQueue;
  etls: Etls;
  fileTransfer: FileTransfer;
  lists: TargetLists;
  poller: Poller;
  exports: Exports;
  nextId: () => string;
  stop(): Promise<void>;
}

/** Where the customer's SFTP server is, and where Actito finds its files on this machine. */
export interface Transfer {
  port: number;
  /** What accounts see as `/`. */
  root: string;
  /** What accounts see as `/in`. */
  inbox: string;
}

export async function createWorld(settings: Settings, { port, root, inbox }: Transfer): Promise<World> {
  const spool = await mkdtemp(join(tmpdir(), 'actito-simulator-'));
  const nextId = createIds();
  const clock = createClock(settings.clock);
  const faults = new Faults();
  const licence = { ...USUAL_LICENCE };
  changeLicence(licence, licenceIn(settings));
  const profiles = new Profiles(
    settings.profileTable.id,
    settings.profileTable.name,
    allAttributes(settings),
    clock,
  );
  const imports = new ImportQueue({ spool, clock, faults, profiles, nextId }, settings);
  const etls = new Etls({ profiles, nextId });
  const location = {
    name: 'Customer SFTP',
    protocol: 'SFTP',
    host: settings.host,
    port,
    directory: '/in',
  } as const;
  const fileTransfer = new FileTransfer(location, nextId);
  const lists = new TargetLists({ clock, profiles, fileTransfer, nextId });
  const poller = new Poller(
    { directory: inbox, clock, licence, faults, profiles, fileTransfer, lists },
    settings.pollInterval,
  );
  const exports = new Exports({ root, spool, clock, faults, profiles }, settings.pollInterval);
  for (const each of settings.exports) exports.add(each);
  return {
    settings,
    licence,
    clock,
    faults,
    profiles,
    imports,
    etls,
    fileTransfer,
    lists,
    poller,
    exports,
    nextId,
    calls: new Calls(),
    tokens: new Tokens(settings.apiKey, clock),
    stop: async () => {
      await Promise.all([poller.stop(), imports.stop(), exports.stop()]);
      await rm(spool, { recursive: true, force: true });
    },
  };
}

/**
 * Creates ids as strings from one sequence for all kinds of objects, so that an id of the wrong kind is always unknown.
 */
function createIds(): () => string {
  let last = 100;
  return () => String((last += 1));
}
