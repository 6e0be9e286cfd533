import type { ColumnKind } from '../../../activation/values/kinds.ts';
import { NOT_TEXT } from '../../../activation/values/text.ts';

/** An SQL expression with the text that its value must arrive as. */
export interface Value {
  expression: string;
  kind: ColumnKind;
  text: string;
}

/** The same values from every warehouse, with the expressions of most dialects. */
const SHARED = {
  escapes: text(String.raw`'tab\tnew\nline\rback\\slash'`, String.raw`tab\tnew\nline\rback\\slash`),
  unicode: text("'Zoë Łukasz 東京 🎈'", 'Zoë Łukasz 東京 🎈'),
  empty: text("''", ''),
  null: text('cast(null as varchar)', String.raw`\N`),
  looksLikeNull: text(String.raw`'\\N'`, String.raw`\\N`),
  nul: text("'a' || chr(0) || 'b'", `ab${NOT_TEXT}`),
  true: { expression: 'true', kind: 'boolean', text: 't' },
  false: { expression: '1 = 2', kind: 'boolean', text: 'f' },
  unknown: { expression: 'cast(null as boolean)', kind: 'boolean', text: String.raw`\N` },
  smallint: { expression: 'cast(-32768 as smallint)', kind: 'integer', text: '-32768' },
  bigint: { expression: '9223372036854775807', kind: 'integer', text: '9223372036854775807' },
  decimal: {
    expression: "cast('12345678901234567890.123456789012345678' as decimal(38, 18))",
    kind: 'decimal',
    text: '12345678901234567890.123456789012345678',
  },
  scale: { expression: 'cast(1.5 as decimal(10, 4))', kind: 'decimal', text: '1.5000' },
  sum: {
    expression: 'cast(0.1 as double) + cast(0.2 as double)',
    kind: 'float',
    text: '0.30000000000000004',
  },
  exponent: { expression: "cast('1e20' as double)", kind: 'float', text: '1e+20' },
  nan: { expression: "cast('NaN' as double)", kind: 'float', text: 'NaN' },
  infinity: { expression: "cast('-Infinity' as double)", kind: 'float', text: '-Infinity' },
  date: { expression: "date '2026-01-31'", kind: 'date', text: '2026-01-31' },
  timestamp: {
    expression: "timestamp '2026-01-31 10:20:30.123456'",
    kind: 'timestamp',
    text: '2026-01-31 10:20:30.123456',
  },
  timestamptz: {
    expression: "timestamptz '2026-01-31 10:20:30.5+02:00'",
    kind: 'timestamptz',
    text: '2026-01-31 08:20:30.5+00',
  },
} as const satisfies Record<string, Value>;

function text(expression: string, as: string) {
  return { expression, kind: 'text', text: as } as const;
}

/**
 * Returns the shared values, and more.
 * @param dialect expressions that differ in the dialect; null: it has no such value
 */
export function values(
  dialect: Partial<Record<keyof typeof SHARED, string | null>>,
  more: Value[] = [],
): Value[] {
  const shared = Object.entries(SHARED).flatMap(([name, value]) => {
    const { [name as keyof typeof SHARED]: expression = value.expression } = dialect;
    return expression === null ? [] : [{ ...value, expression }];
  });
  return [...shared, ...more];
}

/** Expressions of PostgreSQL's dialect, in which a backslash in a text is a character. */
export const PLAIN_BACKSLASHES = {
  escapes: String.raw`'tab' || chr(9) || 'new' || chr(10) || 'line' || chr(13) || 'back\slash'`,
  looksLikeNull: String.raw`'\N'`,
};
