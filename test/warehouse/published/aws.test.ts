import { afterEach, expect, test, vi } from 'vitest';
import { temporaryLogin } from '../../../warehouse/redshift/iam.ts';
import { replay } from './replay.ts';

afterEach(() => void vi.unstubAllEnvs());

test("AWS's published answer to GetClusterCredentials is a login", async () => {
  const { url, requests } = await replay(() => 'aws/cluster-credentials');
  vi.stubEnv('AWS_ENDPOINT_URL_REDSHIFT', url);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'hunter2');
  const iam = { region: 'eu-west-1', cluster: 'shop' };
  const login = await temporaryLogin(iam, { user: 'reader', database: 'dev' });
  expect(login).toEqual({ user: 'IAM:reader', password: 'A+ours/with==' });
  expect(requests.map(({ method, url: at }) => `${method} ${at}`)).toEqual(['POST /']);
});
