import { expect, test } from 'vitest';
import { spoolFile } from '../../actito/files/spool.ts';
import { startImport, type ImportRequest } from '../../actito/imports/start.ts';
import { clientFor, json, startScripted, USUAL_PARTS } from './support.ts';

const ONE_SHOT = { table: '16', keyAttribute: 'emailAddress', columns: ['emailAddress', 'city'] };

async function spooled() {
  async function* parts() {
    yield { bytes: Buffer.from('emailAddress;city\nanna@shop.be;Gent\n'), rows: 1 };
  }
  return spoolFile(parts());
}

test('both parts of a one-shot import are files, and the contract names the file of the definition', async () => {
  const bodies: string[] = [];
  const server = await startScripted((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      bodies.push(Buffer.concat(chunks).toString());
      json(201, { id: '7' })(request, response);
    });
  });
  const dispositions = async (parts: ImportRequest['parts'], by: ImportRequest['by'] = ONE_SHOT) => {
    const file = await spooled();
    const request = {
      entity: 'shop',
      by,
      fileName: 'vip-1.csv',
      file,
      parts,
      beforeEnd: async () => undefined,
    };
    await startImport(clientFor(server), request).finally(() => file.close());
    return [...bodies.pop()!.matchAll(/^Content-Disposition: form-data; (.*)\r$/gm)].map(([, said]) => said);
  };
  expect(await dispositions(USUAL_PARTS)).toEqual([
    'name="definition"; filename="definition.json"',
    'name="file"; filename="vip-1.csv"',
  ]);
  expect(await dispositions({ ...USUAL_PARTS, definitionFile: 'etl.json' })).toContain(
    'name="definition"; filename="etl.json"',
  );
  expect(await dispositions(USUAL_PARTS, { etl: '12' })).toEqual(['name="file"; filename="vip-1.csv"']);
  await server.stop();
});
