/*
 * The settings of Redshift: its "Configuration reference". Those that PostgreSQL does not have are kept there as
 * `redshift.<name>`, so that they obey transactions and `set local`.
 */

/** Settings that PostgreSQL has, too. */
const SHARED = new Set([
  'application_name',
  'client_encoding',
  'datestyle',
  'extra_float_digits',
  'search_path',
  'seed',
  'statement_timeout',
  'timezone',
]);

/** Settings of Redshift alone, with their defaults. */
const OWN: Record<string, string> = {
  analyze_threshold_percent: '10',
  cast_super_null_on_error: 'on',
  default_geometry_encoding: '1',
  describe_field_name_in_uppercase: 'off',
  downcase_delimited_identifier: 'on',
  enable_case_sensitive_identifier: 'off',
  enable_numeric_rounding: 'on',
  enable_result_cache_for_session: 'on',
  enable_vacuum_boost: 'off',
  error_on_nondeterministic_update: 'off',
  json_serialization_enable: 'off',
  max_concurrency_scaling_clusters: '1',
  max_cursor_result_set_size: '0',
  mv_enable_aqmv_for_session: 'on',
  navigate_super_null_on_error: 'on',
  parse_super_null_on_error: 'off',
  query_group: 'default',
  spectrum_query_maxerror: '0',
  stored_proc_log_min_messages: 'log',
  use_fips_ssl: 'off',
  wlm_query_slot_count: '1',
};

export type Setting =
  | { kind: 'shared' }
  /** `server_version` and the like: can be shown, not set. */
  | { kind: 'fixed'; value: string }
  | { kind: 'own'; byDefault: string }
  /** A context variable: two names with a dot. */
  | { kind: 'context' }
  | { kind: 'unknown' };

/** @param name in lower case */
export function settingOf(name: string): Setting {
  if (name.includes('.')) return { kind: 'context' };
  if (name === 'server_version') return { kind: 'fixed', value: SERVER_VERSION };
  if (SHARED.has(name)) return { kind: 'shared' };
  const byDefault = OWN[name];
  return byDefault === undefined ? { kind: 'unknown' } : { kind: 'own', byDefault };
}

/** What Redshift tells its clients. */
export const SERVER_VERSION = '8.0.2';

/** What is wrong with a value, in the words of PostgreSQL 8.0; undefined if nothing is. */
export function problemOfValue(name: string, value: string): string | undefined {
  if (name === 'statement_timeout' && !/^\d+$/.test(value) && value !== 'default') {
    return `parameter "statement_timeout" requires an integer value`; // milliseconds; PostgreSQL takes '5s', too
  }
  if (name === 'extra_float_digits' && !(Number(value) >= -15 && Number(value) <= 2) && value !== 'default') {
    return `${value} is outside the valid range for parameter "extra_float_digits" (-15 .. 2)`;
  }
  if (name === 'client_encoding' && !/^(utf-?8|unicode|default)$/.test(value)) {
    return `invalid value for parameter "client_encoding": "${value}"`;
  }
  return undefined;
}
