import { randomBytes } from 'node:crypto';
import { NativeConnection } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TemporalServices } from '../../activities/search-attributes.ts';
import { SEARCH_ATTRIBUTES } from '../../contract/names.ts';
import { registerSearchAttributes } from '../../worker/search-attributes.ts';
import { temporalAddress } from '../setup/servers.ts';
import { until } from '../setup/until.ts';

/* Namespaces of a real server. The test replaces the operator API of the server by an error code. */

const NAMES = SEARCH_ATTRIBUTES.map(({ name }) => name);
const [TEXT, KEYWORD, INT, KEYWORD_LIST] = [1, 2, 3, 7];
const CODES = {
  UNAVAILABLE: 14,
  UNIMPLEMENTED: 12,
  PERMISSION_DENIED: 7,
  UNAUTHENTICATED: 16,
  ALREADY_EXISTS: 6,
};

let connection: NativeConnection;
beforeAll(async () => {
  connection = await NativeConnection.connect({ address: temporalAddress() });
});
afterAll(() => connection?.close());

/** A new namespace of the server, with these search attributes. */
async function namespaceWith(searchAttributes: Record<string, number> = {}): Promise<string> {
  const namespace = `attributes-${randomBytes(4).toString('hex')}`;
  await connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: { seconds: 86_400 as never },
  });
  await until('the namespace exists', () =>
    typesIn(namespace).then(
      () => true,
      () => false,
    ),
  );
  if (Object.keys(searchAttributes).length > 0)
    await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
  return namespace;
}

async function typesIn(namespace: string): Promise<Record<string, number>> {
  return (await connection.operatorService.listSearchAttributes({ namespace })).customAttributes;
}

const refused = (code: keyof typeof CODES) => () =>
  Promise.reject(Object.assign(new Error('refused'), { code: CODES[code], details: '', metadata: {} }));

/** The server, with an operator API that answers with a code. */
function without(
  part: keyof TemporalServices['operatorService'],
  code: keyof typeof CODES,
): TemporalServices {
  const operatorService = {
    listSearchAttributes: connection.operatorService.listSearchAttributes.bind(connection.operatorService),
    addSearchAttributes: connection.operatorService.addSearchAttributes.bind(connection.operatorService),
    [part]: refused(code),
  };
  return { operatorService, workflowService: connection.workflowService };
}

test('missing attributes are registered in the namespace, and a second worker finds them', async () => {
  const namespace = await namespaceWith({ [NAMES[0]!]: KEYWORD });
  await registerSearchAttributes(connection, namespace);
  const registered = Object.fromEntries(NAMES.map((name) => [name, KEYWORD]));
  expect(await typesIn(namespace)).toEqual(registered);
  await registerSearchAttributes(connection, namespace);
});

test.each([
  ['Text', TEXT],
  ['Int', INT],
  ['KeywordList', KEYWORD_LIST],
])(
  'an attribute of type %s prevents the start, and the error says how to remove it',
  async (type, number) => {
    const namespace = await namespaceWith({ RunPhase: number });
    await expect(registerSearchAttributes(connection, namespace)).rejects.toMatchObject({
      type: 'ConfigurationInvalid',
      told: {
        reason: 'searchAttributesOfOtherType',
        facts: { namespace, attributes: [{ name: 'RunPhase', type }] },
      },
      message: expect.stringContaining(`search-attribute remove --namespace ${namespace} --name RunPhase`),
    });
    expect(Object.keys(await typesIn(namespace))).toEqual(['RunPhase']);
  },
);

test('a namespace without room for more attributes prevents the start, and the error says how many it has', async () => {
  const many = Object.fromEntries(Array.from({ length: 9 }, (_, at) => [`Other${at}`, KEYWORD]));
  const namespace = await namespaceWith(many);
  await expect(registerSearchAttributes(connection, namespace)).rejects.toMatchObject({
    type: 'ConfigurationInvalid',
    told: { reason: 'searchAttributesFull', facts: { namespace, names: NAMES, used: 9 } },
  });
});

test.each([3, CODES.ALREADY_EXISTS])(
  'a worker that starts at the same time as a faster one starts, too (code %i)',
  async (code) => {
    const namespace = await namespaceWith();
    const { operatorService, workflowService } = connection;
    const fasterOther = without('addSearchAttributes', 'ALREADY_EXISTS').operatorService;
    fasterOther.addSearchAttributes = (async (wanted: { searchAttributes: Record<string, number> }) => {
      await operatorService.addSearchAttributes({ namespace, searchAttributes: wanted.searchAttributes });
      throw Object.assign(new Error('refused'), { code, details: '', metadata: {} });
    }) as unknown as typeof operatorService.addSearchAttributes;
    await registerSearchAttributes({ operatorService: fasterOther, workflowService }, namespace, [1]);
    expect(Object.keys(await typesIn(namespace)).sort()).toEqual([...NAMES].sort());
  },
);

test('a namespace that does not exist is named', async () => {
  await expect(registerSearchAttributes(connection, 'nowhere')).rejects.toMatchObject({
    told: { reason: 'namespaceMissing', facts: { namespace: 'nowhere' } },
  });
});

test.each(['UNIMPLEMENTED', 'PERMISSION_DENIED', 'UNAUTHENTICATED'] as const)(
  'an operator API that answers %s does not stop a worker if the namespace has the attributes',
  async (code) => {
    const namespace = await namespaceWith();
    await registerSearchAttributes(connection, namespace);
    const cloud = without('listSearchAttributes', code);
    await until('queries know them', () =>
      registerSearchAttributes(cloud, namespace).then(
        () => true,
        () => false,
      ),
    );
  },
);

test('without the operator API, the error names missing and wrong attributes, and who can add them', async () => {
  const namespace = await namespaceWith({ Activation: KEYWORD, RunPhase: TEXT });
  const cloud = without('listSearchAttributes', 'UNIMPLEMENTED');
  await until('queries know them', async () => {
    const failure: unknown = await registerSearchAttributes(cloud, namespace).catch(
      (error: unknown) => error,
    );
    const { reason, facts } = (failure as { told: { reason: string; facts: { names: string[] } } }).told;
    expect(reason).toBe('searchAttributesOutOfReach');
    return facts.names.join() === 'RunPhase,RunOutcome';
  });
});

test('a worker without the right to register shows the command for an administrator', async () => {
  const namespace = await namespaceWith();
  await expect(
    registerSearchAttributes(without('addSearchAttributes', 'PERMISSION_DENIED'), namespace),
  ).rejects.toMatchObject({
    told: { reason: 'searchAttributesMissing', facts: { namespace, names: NAMES } },
    message: expect.stringContaining(
      `search-attribute create --namespace ${namespace} --name Activation --type Keyword`,
    ),
  });
});

test('a server that is away does not count as a wrong configuration', async () => {
  await expect(
    registerSearchAttributes(without('listSearchAttributes', 'UNAVAILABLE'), 'default'),
  ).rejects.toMatchObject({ type: 'TemporalUnavailable', told: { facts: { code: 'UNAVAILABLE' } } });
});
