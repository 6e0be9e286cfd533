import { query, type Kind, type Kinds } from './kinds.ts';
import { LITERAL, SECRET, VALUE } from './markers.ts';

/** Functions of the warehouse whose errors show too much. */
export const WAREHOUSE_SQL = `
  create type mood as enum ('happy');
  create function says(text) returns text language plpgsql as $$ begin raise exception '%', $1; end $$;
  create function says(text, code text) returns text language plpgsql as
    $$ begin raise exception using message = $1, detail = $1, hint = $1, errcode = code; end $$;
  create table log (line text primary key);
  create function writes(text) returns text language plpgsql as
    $$ begin insert into log values ($1); return $1; end $$;`;

const FAILED = { expect: 'SegmentQueryFailed' };

/** A first name of the segment that the server cannot compute. */
const firstName = (expression: string): Kind => ({
  ...FAILED,
  ...query(`select email, (${expression})::text as first_name, city from people`),
});

/** The query as a whole. */
const segment = (text: string): Kind => ({ ...FAILED, ...query(text) });

const guarded = (guards: object): Kind => ({ ...FAILED, activation: { guards } });

const url = (variable: string, value: string, expect: string): Kind => ({
  expect,
  source: { connection: { env: variable } },
  env: { [variable]: value },
});

/** What can go wrong with a warehouse, its rows and its query. */
export function warehouseKinds(shopUrl: string): Kinds {
  const shop = new URL(shopUrl);
  const at = (changes: Partial<URL>) => String(Object.assign(new URL(shopUrl), changes));
  return {
    tsquery: firstName('to_tsquery(first_name)'),
    'cast-to-integer': firstName('first_name::int'),
    'cast-to-date': firstName('first_name::date'),
    'cast-to-interval': firstName('first_name::interval'),
    'cast-to-uuid': firstName('first_name::uuid'),
    'cast-to-inet': firstName('first_name::inet'),
    'cast-to-json': firstName('first_name::json'),
    'cast-to-enum': firstName('first_name::mood'),
    'cast-to-regclass': firstName('first_name::regclass'),
    'cast-to-regtype': firstName('first_name::regtype'),
    'no-text': firstName(`convert_from(first_name::bytea || '\\xff'::bytea, 'UTF8')`),
    'bad-regexp': firstName(`substring('a' from '(' || first_name)`),
    'unknown-setting': firstName('current_setting(first_name)'),
    'odd-setting': firstName(`set_config(first_name, 'x', true)`),
    'table-privilege': firstName(`has_table_privilege(first_name, 'select')`),
    'function-raises': firstName('says(first_name)'),
    'function-raises-odd-code': firstName(`says(first_name, 'QZ7LI')`),
    'function-raises-syntax': firstName(`says(first_name, '42601')`),
    'function-breaks-off': { ...firstName(`says(first_name, '57P01')`), expect: 'SourceUnavailable' },
    'function-conflicts': { ...firstName(`says(first_name, '40001')`), expect: 'SourceUnavailable' },
    'function-writes': firstName('writes(first_name)'),
    'division-of-literal': segment(
      `select email, first_name, city from people where 1 / (length('${LITERAL}') - ${LITERAL.length}) = 1`,
    ),
    'open-literal': segment(`select * from people where first_name = '${LITERAL}`),
    'literal-as-column': segment(`select * from people where first_name = "${LITERAL}"`),
    'literal-as-function': segment(`select ${LITERAL}(email) as email from people`),
    'literal-as-number': segment(`select * from people where spent > '${LITERAL}'::numeric`),
    'literal-as-table': segment(`select * from ${LITERAL}`),
    'literal-in-comment': segment(`select /* ${LITERAL} */ nothing from people`),
    'two-statements': segment(`select 1; select '${LITERAL}'`),
    'column-missing': {
      ...segment(`select email, '${LITERAL}' as city from people`),
      expect: 'MappingInvalid',
    },
    'column-of-json': {
      ...segment('select email, json_build_object(1, first_name) as first_name, city from people'),
      expect: 'MappingInvalid',
    },
    'too-slow': {
      ...segment(
        `select email, first_name || pg_sleep(60)::text as first_name, city from people -- ${LITERAL}`,
      ),
      source: { statementTimeout: '1s' },
    },
    'freshness-raises': guarded({ freshness: { query: `select says('${LITERAL} ${VALUE}')`, maxAge: '1d' } }),
    'freshness-no-moment': {
      ...guarded({ freshness: { query: 'select first_name from people', maxAge: '1d' } }),
      expect: 'ConfigurationInvalid',
    },
    'assertion-raises': guarded({ assertions: [{ query: `select says('${VALUE}')`, message: 'nobody' }] }),
    'login-refused': url('LOGIN_URL', at({ username: 'nobody', password: SECRET }), 'ConfigurationInvalid'),
    'database-missing': url('MISSING_URL', at({ pathname: `/${SECRET}` }), 'ConfigurationInvalid'),
    'nobody-listens': url('SILENT_URL', `postgres://u:${SECRET}@127.0.0.1:1/${SECRET}`, 'SourceUnavailable'),
    'no-url': url('NO_URL', `${SECRET} is no URL`, 'ConfigurationInvalid'),
    'certificate-missing': url(
      'CERTIFICATE_URL',
      `postgres://u:${SECRET}@${shop.host}/x?sslmode=verify-full&sslrootcert=/${SECRET}/ca.pem`,
      'ConfigurationInvalid',
    ),
    'host-unknown': url('UNKNOWN_URL', `postgres://u:${SECRET}@${SECRET}.invalid/x`, 'SourceUnavailable'),
    'bad-keys': {
      ...query(`select '${LITERAL} no key' || email as email, first_name, city from people`),
      expect: 'succeeded with rejects',
    },
    'bad-values': {
      expect: 'succeeded with rejects',
      activation: {
        attributes: [{ column: 'first_name', attribute: 'qz', create: { type: 'NUMBER' } }],
      },
    },
    'ambiguous-values': {
      ...query(`select email, first_name || n as first_name, city from people, generate_series(1, 2) n`),
      expect: 'succeeded with rejects',
    },
  };
}
