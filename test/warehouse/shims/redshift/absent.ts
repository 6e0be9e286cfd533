/*
 * What Redshift does not have, from its documentation ("Unsupported PostgreSQL functions", "... data types") and from
 * what PostgreSQL added after 8.0. See README.md for the addresses.
 */

const names = (text: string) => new Set(text.trim().split(/\s+/));

/** Functions that its documentation lists as not supported, and some that came after PostgreSQL 8.0. */
export const FUNCTIONS = names(`
  string_agg array_agg every xml_agg corr covar_pop covar_samp regr_avgx regr_avgy regr_count regr_intercept regr_r2
  regr_slope regr_sxx regr_sxy regr_syy
  pg_advisory_lock pg_try_advisory_lock pg_advisory_unlock pg_advisory_xact_lock
  array_length array_lower array_upper array_dims array_cat array_append unnest
  pg_start_backup pg_stop_backup pg_switch_wal pg_current_wal_lsn
  col_description obj_description shobj_description pg_relation_filepath pg_relation_size pg_total_relation_size
  pg_database_size pg_size_pretty
  clock_timestamp justify_days justify_hours justify_interval pg_sleep pg_sleep_for transaction_timestamp
  statement_timestamp enum_first enum_last enum_range pg_read_file pg_ls_dir pg_stat_file div setseed width_bucket
  generate_series generate_subscripts
  pg_wal_replay_pause pg_wal_replay_resume pg_is_in_recovery pg_last_wal_replay_lsn pg_last_xact_replay_timestamp
  pg_table_is_visible pg_type_is_visible pg_reload_conf pg_rotate_logfile pg_export_snapshot
  nextval currval setval lastval bit_length overlay convert_from convert_to encode format quote_nullable
  regexp_matches regexp_split_to_array regexp_split_to_table
  current_query inet_client_addr inet_client_port inet_server_addr inet_server_port pg_conf_load_time
  pg_is_other_temp_schema pg_listening_channels pg_my_temp_schema pg_postmaster_start_time pg_trigger_depth
  to_tsvector to_tsquery ts_rank txid_current txid_current_snapshot pg_current_xact_id
  xmlelement xmlforest xpath row_security_active row_to_json to_json to_jsonb json_agg jsonb_agg json_build_object
`);

/** Relations that PostgreSQL 8.0 did not have, or that Redshift does not show. */
export const RELATIONS = names(`
  pg_stat_activity pg_policies pg_policy pg_matviews pg_extension pg_sequences pg_stat_progress_copy pg_authid pg_roles
  pg_available_extensions
`);

/** Columns of catalogs that came after PostgreSQL 8.0. */
export const COLUMNS = names('relrowsecurity relforcerowsecurity rolbypassrls');

/** Names of types that a cast cannot use. */
export const TYPES = names(`
  uuid json jsonb bytea xml money inet cidr macaddr bit tsvector tsquery hstore int4range int8range numrange tsrange
  tstzrange daterange point line lseg box path polygon circle txid_snapshot serial bigserial smallserial name
`);

/** Type OIDs that a result can have; see pg_type.dat of PostgreSQL. Text of unknown type arrives as `unknown`. */
export const RESULT_OIDS = new Set([
  16, 18, 19, 20, 21, 23, 25, 26, 700, 701, 705, 1042, 1043, 1082, 1083, 1114, 1184, 1186, 1266, 1700, 2278,
]);
