import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { loadProject } from '../../config/project.ts';
import { problemInWords } from '../../contract/messages/project.ts';
import { writeRedirected } from '../../dev/project/redirect.ts';
import type { Simulator } from '../../simulator/start.ts';
import { ACTIVATION, projectFolder, VALID } from '../config/folders.ts';
import { MANIFEST } from '../config/manifest.ts';

it('the folder that dev runs finds the files that the project names outside of itself', async () => {
  const files = {
    ...VALID,
    'project.yaml': 'dbt: { manifest: ../dbt/target/manifest.json }\n',
    'activations/vip.yaml': ACTIVATION.replace('query: select 1', 'model: vip'),
  };
  const parent = await projectFolder({
    ...Object.fromEntries(Object.entries(files).map(([name, text]) => [`shop/${name}`, text])),
    'dbt/target/manifest.json': JSON.stringify(MANIFEST),
  });
  const folder = join(parent, 'shop');
  const project = await loadProject(folder);
  const server = { host: '127.0.0.1', port: 22, username: 'actito', directory: '/in' };
  const hostKey = `SHA256:${'A'.repeat(43)}`;
  const simulator = { sftp: { ...server, hostKey }, apiUrl: 'http://127.0.0.1:1' } as Simulator;
  const dev = await writeRedirected(folder, project, new Map([['actito', simulator]]));
  onTestFinished(dev.remove);
  const redirected = await loadProject(dev.projectFolder);
  expect(redirected.problems.map(problemInWords)).toEqual([]);
  expect([...redirected.activations.keys()]).toEqual(['vip']);
});
