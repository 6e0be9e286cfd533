import { always, message } from './message.ts';

const MANIFEST_FAULTS = {
  missing: 'does not exist',
  irregular: 'is not a regular file',
  large: 'is too large',
  noJson: 'is not JSON',
  unknown: 'has no models; it must be the manifest.json of dbt 1.0 or later',
  error: 'cannot be read',
};

/** What can be wrong with the files that a segment refers to: its query, and the manifest of a dbt project. */
export const SEGMENT_PROBLEMS = {
  sqlFileMissing: message({
    examples: [{ file: 'activations/vip.sql' }],
    says: ({ file }) => `there is no file ${file} in the project folder`,
  }),
  sqlFileUnreadable: message({
    examples: [{ file: 'activations/vip.sql', why: 'it is a folder' }],
    says: ({ file, why }) => `${file}: ${why}`,
  }),
  sqlFileOutside: message({
    examples: [{ file: 'activations/vip.sql' }],
    says: ({ file }) => `${file} is a symbolic link to a file outside of the folder activations`,
  }),
  queryWithJinja: always(
    'the query has dbt templates, which actito-sync does not render; name the model with segment.model, or use the SQL that dbt compiled',
  ),
  manifestUnset: always(
    'the project does not say where the manifest of its dbt project is; set dbt.manifest in project.yaml',
  ),
  manifestUnreadable: message<{
    manifest: string;
    why: 'missing' | 'irregular' | 'large' | 'noJson' | 'unknown' | 'error';
    code?: string;
  }>({
    examples: [
      { manifest: '../dbt/target/manifest.json', why: 'missing' },
      { manifest: '../dbt/target/manifest.json', why: 'error', code: 'EACCES' },
    ],
    says: ({ manifest, why, code }) =>
      `the dbt manifest ${manifest} ${MANIFEST_FAULTS[why]}${code === undefined ? '' : ` (${code})`}`,
  }),
  manifestOfOtherDatabase: message({
    examples: [
      {
        manifest: '../dbt/target/manifest.json',
        adapter: 'snowflake',
        source: 'shop',
        driver: 'postgres',
      },
    ],
    says: ({ manifest, adapter, source, driver }) =>
      `the dbt manifest ${manifest} is for ${adapter}, but the source ${source} has the driver ${driver}; name the source in which dbt builds the model, or give segment.table`,
  }),
  modelUnknown: message<{ model: string; near?: string }>({
    examples: [{ model: 'marts.vpi', near: 'vip' }, { model: 'marts.vip' }],
    says: ({ model, near }) =>
      `the dbt manifest has no model "${model}"${near === undefined ? '' : `, did you mean "${near}"?`}`,
  }),
  modelAmbiguous: message<{ model: string; found: string[] }>({
    examples: [{ model: 'vip', found: ['shop.marts.vip', 'shop.staging.vip'] }],
    says: ({ model, found }) => `the dbt manifest has several models "${model}": ${found.join(', ')}`,
  }),
  modelWithoutTable: message({
    examples: [{ model: 'marts.vip', materialized: 'ephemeral' }],
    says: ({ model, materialized }) =>
      `the dbt model "${model}" has no table or view, because it is ${materialized}; materialize it, or give a query`,
  }),
  modelDisabled: message({
    examples: [{ model: 'marts.vip' }],
    says: ({ model }) =>
      `the dbt model "${model}" is disabled in the dbt project; enable it, or name another one`,
  }),
  modelTestsEmpty: message({
    examples: [{ model: 'marts.vip', test: 'unique_vip_email' }],
    says: ({ model, test }) =>
      `the dbt manifest was written with --empty, so the test ${test} of the model "${model}" sees no rows; run dbt build or dbt compile without --empty`,
  }),
  modelTestsUncompiled: message({
    examples: [{ model: 'marts.vip', test: 'unique_vip_email' }],
    says: ({ model, test }) =>
      `the dbt manifest has no SQL for the test ${test} of the model "${model}"; create it with dbt build or dbt compile`,
  }),
  modelWithoutGuards: message<{ model: string; what: 'freshness' | 'tests' }>({
    examples: [
      { model: 'marts.vip', what: 'tests' },
      { model: 'marts.vip', what: 'freshness' },
    ],
    says: ({ model, what }) =>
      what === 'tests'
        ? `the dbt model "${model}" has no test of severity error`
        : `no source of the dbt model "${model}" has freshness.error_after`,
  }),
  modelFreshnessUnusable: message({
    examples: [{ model: 'marts.vip', source: 'shop.orders' }],
    says: ({ model, source }) =>
      `the source ${source} of the dbt model "${model}" has freshness.error_after, but no loaded_at_field or loaded_at_query that can be run without dbt; set one in the dbt project, or give guards.freshness`,
  }),
  fromModelWithoutModel: always('only with segment.model'),
};
