import { createHash } from 'node:crypto';
import type { Profiles } from '../../activation/definition/profiles.ts';
import type { FileServer } from '../../actito/delivery/file-server.ts';

/** Where exports are read from. */
export interface ExportSource {
  server: FileServer;
  /** Names the server and its user. */
  peer: string;
  settings: Profiles['export'];
}

/**
 * Returns a hash of the settings that give exports their content: where they are, which files they are, and the columns
 * that are read. Whether a file was read already depends on it. Secrets, certificates and timeouts do not belong to it.
 * @param attribute that of the matching key
 */
export function settingsHash(
  { peer, settings }: Pick<ExportSource, 'peer' | 'settings'>,
  attribute: string,
): string {
  const { directory, file, full = null, columns } = settings;
  const parts = [peer, directory, file, full, columns.profileId, columns[attribute]];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
