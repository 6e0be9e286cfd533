import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { problemInWords } from '../../contract/messages/project.ts';
import { definitionOf, loadProject } from '../../config/project.ts';

export const SOURCE = 'driver: postgres\nconnection: { env: SHOP_DATABASE_URL }\n';

export const DESTINATION = `environment: ENV-3
apiKey: { env: ACTITO_API_KEY }
entity: shop
profileTable: Profiles
delivery:
  protocol: sftp
  host: sftp.shop.example
  username: actito
  directory: /in
  password: { env: SFTP_PASSWORD }
  hostKey: SHA256:${'A'.repeat(43)}
`;

export const ACTIVATION = `source: shop
destination: actito
segment:
  name: VIP
  query: select 1
matchingKey:
  column: email
  type: email
  attribute: emailAddress
attributes:
  - { column: first_name, attribute: firstName }
list:
  validity: 48h
`;

/** A small valid project, file by file. */
export const VALID: Record<string, string> = {
  'sources/shop.yaml': SOURCE,
  'destinations/actito.yaml': DESTINATION,
  'activations/vip.yaml': ACTIVATION,
};

/** Writes a project folder that is deleted with the test. */
export async function projectFolder(files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'actito-sync-project-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
}

/** The problems of the valid project if some of its files are replaced, one line each. */
export async function problemsWith(files: Record<string, string>): Promise<string[]> {
  const { problems } = await loadProject(await projectFolder({ ...VALID, ...files }));
  if (problems.length === 0) throw new Error('the project was accepted');
  return problems.map(problemInWords);
}

/**
 * The warnings about likely mistakes of a project folder, in words. Without the one about lists of email addresses, which
 * the usual activation has: list-identifiers.test.ts is about it.
 */
export async function warningsOf(folder: string): Promise<string[]> {
  const { warnings } = await loadProject(folder);
  return warnings.filter(({ reason }) => reason !== 'identifiersUndocumented').map(({ message }) => message);
}

/** The usual activation with another segment. */
export const withSegment = (segment: string, more = '') =>
  ACTIVATION.replace('  query: select 1\n', `  ${segment}\n`) + more;

/** The query and guards of the activation `vip` of a folder, or the problems of the folder. */
export async function resolved(folder: string) {
  const project = await loadProject(folder);
  const problems = project.problems.map(problemInWords);
  if (problems.length > 0) return { problems };
  const { segment, guards } = definitionOf(project, 'vip').activation;
  return { query: segment.query, guards, problems };
}
