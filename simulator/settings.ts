import { randomUUID } from 'node:crypto';
import type { Attribute } from './contacts/attributes.ts';
import type { NewExport } from './exports/standard-export.ts';
import { type Licence, USUAL_LICENCE } from './licence.ts';
import type { Certificate } from './transfer/certificate.ts';

/** The settings of a new simulator. All have defaults. `Licence` documents the settings of a license. */
export interface SimulatorOptions extends Partial<Licence> {
  /** Default '127.0.0.1'. */
  host?: string;
  /** Default 0: a free port. */
  apiPort?: number;
  /** Default 0: a free port. */
  sftpPort?: number;
  /** 0: a free port; omitted: no FTPS server. It needs development packages. */
  ftpsPort?: number;
  /** The FTPS server's certificate; default: a new self-signed one for `host` and localhost. */
  ftpsCertificate?: Certificate;
  /** Default 'shop'. */
  entity?: string;
  /** Default: 16, 'Profiles'. */
  profileTable?: { id: string; name: string };
  /** Additional attributes of the profile table. They replace typical attributes of the same name. */
  attributes?: Attribute[];
  /** Default: a random one. */
  apiKey?: string;
  /** The account of SFTP and FTPS, default 'actito'. */
  username?: string;
  /** Default: a random one. */
  password?: string;
  /** A public key (OpenSSH format) that can log in, in addition to the password. */
  publicKey?: string;
  /** SFTP host key (OpenSSH private key); default: a new ed25519 one. */
  hostPrivateKey?: string;
  /** The root on disk of SFTP and FTPS; default: a temporary one, removed at the end. `reset` empties its `in` and the exports' folders. */
  directory?: string;
  /** Standard exports of the profile table; default: none. */
  exports?: NewExport[];
  /** Milliseconds between checks of the directory by Actito's poller, and of the clock by exports, default 1000. */
  pollInterval?: number;
  /** How long every import stays RUNNING before its work, in real milliseconds, default 0. */
  importDelay?: number;
  /** The number of accepted imports per table and UTC day, default 24. */
  importsPerTablePerDay?: number;
  /** The maximum size of an import file in bytes, packed or unpacked, default 100,000,000. */
  maxImportBytes?: number;
  /** Whether `gsmNumber` is unique, so that it can be a matching key; default false. */
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
