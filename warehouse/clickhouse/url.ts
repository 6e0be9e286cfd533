import { Failure } from '../../contract/failure.ts';
import { httpTarget, type HttpTarget } from '../http/target.ts';
import { UNUSABLE } from './settings.ts';

const EXAMPLE = 'https://user:password@host:8443/database';

/**
 * Parses the URL of a ClickHouse. Parameters that are not about TLS are settings of ClickHouse.
 * @throws Failure ConfigurationInvalid, which quotes nothing of the URL
 */
export function clickhouseTarget(url: string, variable: string): HttpTarget {
  const target = httpTarget(url, variable, EXAMPLE);
  const unusable = UNUSABLE.find((name) => target.parameters.has(name));
  if (unusable === undefined) return target;
  const setting = `${unusable} in the URL`;
  throw new Failure('sourceSettingUnusable', { connection: variable, setting, expected: 'left out' });
}
