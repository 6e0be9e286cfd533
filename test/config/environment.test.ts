import { expect, it } from 'vitest';
import { withEnvironment } from '../../config/environment.ts';
import { definitionOf, loadProject } from '../../config/project.ts';
import { DESTINATION, projectFolder, VALID } from './folders.ts';

const ENV = {
  API: 'https://actito.example',
  HOST: 'files.example',
  PORT: '2100',
  USER: 'shop',
  HOST_KEY: `SHA256:${'x'.repeat(43)}`,
};
const OTHER_KEY = `SHA256:${'y'.repeat(43)}`;
const SETTINGS =
  '  host: { env: HOST }\n  port: { env: PORT }\n  username: { env: USER }\n  directory: /in\n';
const COMMON = { host: 'files.example', port: 2100, username: 'shop', directory: '/in' };

async function definitionWith(delivery: string) {
  const destination = `${DESTINATION.slice(0, DESTINATION.indexOf('delivery:'))}delivery:\n${delivery}${SETTINGS}`;
  const folder = await projectFolder({
    ...VALID,
    'destinations/actito.yaml': destination.replace('environment: ENV-3', 'baseUrl: { env: API }'),
  });
  return definitionOf(await loadProject(folder), 'vip');
}

it.each([
  [
    'sftp',
    '  protocol: sftp\n  password: { env: PASSWORD }\n  hostKey: { env: HOST_KEY }\n',
    { protocol: 'sftp', ...COMMON, password: { env: 'PASSWORD' }, hostKey: ENV.HOST_KEY },
  ],
  [
    'sftp that changes its host key',
    '  protocol: sftp\n  privateKey: { env: KEY, passphrase: { env: PASS } }\n  hostKey:\n    - { env: HOST_KEY }\n' +
      `    - ${OTHER_KEY}\n`,
    {
      protocol: 'sftp',
      ...COMMON,
      privateKey: { env: 'KEY', passphrase: { env: 'PASS' } },
      hostKey: [ENV.HOST_KEY, OTHER_KEY],
    },
  ],
  [
    'ftps',
    '  protocol: ftps\n  password: { env: PASSWORD }\n  ca: { env: CA }\n',
    { protocol: 'ftps', ...COMMON, password: { env: 'PASSWORD' }, ca: { env: 'CA' } },
  ],
])(
  'a run of %s contains settings that are not secret, and only the variable names of secrets',
  async (_, delivery, frozen) => {
    const { destination } = withEnvironment(await definitionWith(delivery), ENV);
    expect(destination.baseUrl).toBe('https://actito.example');
    expect(destination.delivery).toEqual(frozen);
  },
);

it('an error names a missing variable, and the setting that requires it', async () => {
  const definition = await definitionWith('  protocol: ftps\n  password: { env: PASSWORD }\n');
  expect(() => withEnvironment(definition, { ...ENV, HOST: undefined })).toThrow(
    'The environment variable HOST (for delivery.host) is not set. Set it in the environment of the worker.',
  );
});

it.each<[string, Record<string, string>]>([
  ['baseUrl', { API: 'http://actito.example' }],
  ['baseUrl', { API: 'https://u:hunter2@actito.example' }],
  ['delivery.host', { HOST: 'u:hunter2@files.example' }],
  ['delivery.username', { USER: 'hunter2\u001b[2J' }],
  ['delivery.hostKey', { HOST_KEY: 'hunter2' }],
])('an unusable value for %s opens no run, and is not shown', async (setting, env) => {
  const sftp = '  protocol: sftp\n  password: { env: PASSWORD }\n  hostKey: { env: HOST_KEY }\n';
  const definition = await definitionWith(sftp);
  const [variable] = Object.keys(env);
  const open = () => withEnvironment(definition, { ...ENV, ...env });
  expect(open).toThrow(
    new RegExp(`^The value of the environment variable ${variable} \\(for ${setting}\\) is not valid: `),
  );
  expect(open).not.toThrow('hunter2');
});
