import { Failure } from '../../contract/failure.ts';
import { httpTarget, type HttpTarget } from '../http/target.ts';

const EXAMPLE = 'https://user:password@host:8443/catalog/schema';
/** What a header of HTTP cannot contain, as which user, catalog and schema are sent. */
const NO_HEADER = /[^\x20-\x7e\xa0-\xff]/;

/**
 * Parses the URL of a Trino.
 * @throws Failure ConfigurationInvalid, which quotes nothing of the URL
 */
export function trinoTarget(url: string, variable: string): HttpTarget {
  const target = httpTarget(url, variable, EXAMPLE);
  const refuse = (demand: string): never => {
    const facts = { connection: variable, setting: 'The URL', expected: `${EXAMPLE}, with ${demand}` };
    throw new Failure('sourceSettingUnusable', facts);
  };
  if (target.user === undefined && target.token === undefined) return refuse('a user');
  if ([target.user ?? '', ...target.path].some((text) => NO_HEADER.test(text)))
    return refuse('Latin characters');
  return target;
}
