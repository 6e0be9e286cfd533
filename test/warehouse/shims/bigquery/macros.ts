/** Trims a decimal's zeros: "1.500000000" is "1.5", as BigQuery prints NUMERIC. */
const TRIMMED = (text: string) =>
  `case when contains(${text}, '.') then rtrim(rtrim(${text}, '0'), '.') else ${text} end`;

/**
 * Functions of GoogleSQL that DuckDB lacks or has in another meaning.
 * https://cloud.google.com/bigquery/docs/reference/standard-sql/conversion_functions#cast_as_string: a TIMESTAMP is
 * printed in UTC with "+00"; of its fraction, zero, three or six digits are printed.
 */
export const MACROS = [
  `create macro bq_fraction(text) as case when text = '' then '' when length(text) <= 3
     then '.' || rpad(text, 3, '0') else '.' || rpad(text, 6, '0') end`,
  `create macro bq_time_text(text, width) as
     left(text, width) || bq_fraction(regexp_extract(text, '\\.(\\d+)', 1))`,
  `create macro bq_double_text(text) as case when ends_with(text, '.0') then left(text, length(text) - 2) else text end`,
  `create macro bq_string(x) as case
     when typeof(x) like 'DECIMAL%' then ${TRIMMED('x::varchar')}
     when typeof(x) like 'STRUCT(bq_%' or typeof(x) like 'STRUCT("bq_%'
       then ${TRIMMED(`regexp_extract(x::varchar, ': ''?([^''}]*)', 1)`)}
     when typeof(x) in ('DOUBLE', 'FLOAT') then bq_double_text(x::varchar)
     when typeof(x) = 'TIMESTAMP WITH TIME ZONE' then bq_time_text(x::varchar, 19) || '+00'
     when typeof(x) = 'TIMESTAMP' then bq_time_text(x::varchar, 19)
     when typeof(x) = 'TIME' then bq_time_text(x::varchar, 8)
     else x::varchar end`,
  // https://cloud.google.com/bigquery/docs/reference/standard-sql/timestamp_functions#format_timestamp has a zone
  `create macro bq_format(f, x) as strftime(x, f), (f, x, zone) as strftime(timezone(zone, x), f)`,
  `create macro bq_format_year(f, x) as year(x)::varchar || strftime(x, f),
     (f, x, zone) as year(timezone(zone, x))::varchar || strftime(timezone(zone, x), f)`,
  `create macro bq_timestamp(x) as cast(x as timestamptz)`,
  `create macro bq_datetime(x) as cast(x as timestamp)`,
  `create macro bq_date(x) as cast(x as date)`,
  `create macro bq_date_add(x, i) as cast(x + i as date)`,
  `create macro bq_date_sub(x, i) as cast(x - i as date)`,
  `create macro bq_current_timestamp() as now()`,
  `create macro bq_current_datetime() as cast(now() as timestamp)`,
  `create macro bq_current_date() as cast(now() as date)`,
  `create macro timestamp_add(x, i) as x + i`,
  `create macro timestamp_sub(x, i) as x - i`,
  `create macro timestamp_micros(n) as make_timestamptz(n)`,
  `create macro div(a, b) as a // b`,
  `create macro safe_divide(a, b) as case when b = 0 then null else a / b end`,
  `create macro countif(x) as count_if(x)`,
  `create macro parse_json(x) as cast(x as json)`,
  `create macro to_json_string(x) as cast(to_json(x) as varchar)`,
  `create macro code_points_to_string(points) as
     array_to_string(list_transform(points, lambda point: chr(cast(point as integer))), '')`,
  `create macro st_geogpoint(x, y) as {'bq_geography': 'POINT(' || bq_string(x) || ' ' || bq_string(y) || ')'}`,
  `create macro st_geogfromtext(x) as {'bq_geography': x}`,
];
