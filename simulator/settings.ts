import { randomUUID } from 'node:crypto';
import type { Attribute } from './contacts/attributes.ts';
import type { NewExport } from './exports/standard-export.ts';
import { type Licence, USUAL_LICENCE } from './licence.ts';
import type { Certificate } from './transfer/certificate.ts';

/** The settings of a new simulator; all have defaults. For those of a license see there. */
export interface SimulatorOptions extends Partial<Licence> {
  /** Default '127.0.0.1'. */
  host?: string;
  /** 0 (default) takes a free port. */
  apiPort?: number;
  /** 0 (default) takes a free port. */
  sftpPort?: number;
  /** 0 takes a free port; without it there is no FTPS server. It needs development packages. */
  ftpsPort?: number;
  /** The FTPS server's certificate; default: a new self-signed one for `host` and localhost. */
  ftpsCertificate?: Certificate;
  /** Default 'shop'. */
  entity?: string;
  /** Default: 16, 'Profiles'. */
  profileTable?: { id: string; name: string };
  /** Attributes of the profile table beyond the usual ones, or instead of those of the same name. */
  attributes?: Attribute[];
  /** Default: a random one. */
  apiKey?: string;
  /** SFTP and FTPS account, default 'actito'. */
  username?: string;
  /** Default: a random one. */
  password?: string;
  /** A public key (OpenSSH format) that may log in beside the password. */
  publicKey?: string;
  /** SFTP host key (OpenSSH private key); default: a new ed25519 one. */
  hostPrivateKey?: string;
  /** The root on disk of SFTP and FTPS; default: a temporary one, removed at the end. `reset` empties its `in` and the exports' folders. */
  directory?: string;
  /** Standard exports of the profile table; default: none. */
  exports?: NewExport[];
  /** Milliseconds between checks of the directory by Actito's poller, and of the clock by exports, default 1000. */
  pollInterval?: number;
  /** Milliseconds (real ones) that every import stays RUNNING before its work, default 0. */
  importDelay?: number;
  /** Accepted imports per table and UTC day, default 24. */
  importsPerTablePerDay?: number;
  /** Largest import file in bytes, packed or unpacked, default 100,000,000. */
  maxImportBytes?: number;
  /** Whether `gsmNumber` is unique, and so can be matched on; default false. */
  uniquePhone?: boolean;
  /** The source of time in milliseconds, default Date.now; `advanceClock` adds to it. */
  clock?: () => number;
}

export type Settings = Required<
  Omit<SimulatorOptions, 'publicKey' | 'hostPrivateKey' | 'ftpsPort' | 'ftpsCertificate' | 'directory'>
>;

export function withDefaults(options: SimulatorOptions): Settings {
  return {
    host: '127.0.0.1',
    apiPort: 0,
    sftpPort: 0,
    entity: 'shop',
    profileTable: { id: '16', name: 'Profiles' },
    attributes: [],
    exports: [],
    apiKey: randomUUID(),
    username: 'actito',
    password: randomUUID(),
    pollInterval: 1000,
    importDelay: 0,
    importsPerTablePerDay: 24,
    maxImportBytes: 100_000_000,
    uniquePhone: false,
    ...USUAL_LICENCE,
    clock: Date.now,
    ...Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)),
  };
}
