/**
 * Output formats of dates and times:
 * https://docs.snowflake.com/en/sql-reference/date-time-input-output#about-the-elements-used-in-input-and-output-formats
 */
const ELEMENTS: [RegExp, (match: RegExpExecArray, value: string) => string][] = [
  [/^"([^"]*)"/, ([, text]) => literal(text!)],
  [/^YYYY/i, (_, value) => `strftime(${value}, '%Y')`],
  [/^YY/i, (_, value) => `strftime(${value}, '%y')`],
  [/^MON/i, (_, value) => `strftime(${value}, '%b')`],
  [/^MM/i, (_, value) => `strftime(${value}, '%m')`],
  [/^DD/i, (_, value) => `strftime(${value}, '%d')`],
  [/^HH24/i, (_, value) => `strftime(${value}, '%H')`],
  [/^HH12/i, (_, value) => `strftime(${value}, '%I')`],
  [/^(AM|PM)/i, (_, value) => `strftime(${value}, '%p')`],
  [/^MI/i, (_, value) => `strftime(${value}, '%M')`],
  [/^SS/i, (_, value) => `strftime(${value}, '%S')`],
  [/^FF(\d?)/i, ([, digits], value) => `left(strftime(${value}, '%f') || '000', ${digits || 9})`],
  [/^TZH:TZM/i, (_, value) => offset(value, ':')],
  [/^TZHTZM/i, (_, value) => offset(value, '')],
  [/^./s, ([text]) => literal(text)],
];

const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;

function offset(value: string, between: string): string {
  const minutes = `cast(abs(extract(timezone from ${value})) // 60 as bigint)`;
  const pad = (part: string) => `lpad(cast(${part} as varchar), 2, '0')`;
  return [
    `case when extract(timezone from ${value}) < 0 then '-' else '+' end`,
    pad(`${minutes} // 60`),
    `'${between}'`,
    pad(`${minutes} % 60`),
  ].join(' || ');
}

/** An expression of DuckDB for a value in one of Snowflake's output formats. */
export function formatted(value: string, format: string): string {
  const parts: string[] = [];
  for (let rest = format; rest !== '';) {
    for (const [pattern, part] of ELEMENTS) {
      const match = pattern.exec(rest);
      if (!match) continue;
      parts.push(part(match, value));
      rest = rest.slice(match[0].length);
      break;
    }
  }
  return `(${parts.join(' || ') || "''"})`;
}
