import {
  beginOf,
  refusalOfDeclare,
  refusalOfFetch,
  refusalOfQuery,
  syntaxError,
  type Refusal,
} from './rules.ts';
import { problemOfValue, settingOf } from './settings.ts';
import type { Token } from '../tokens.ts';
import { statementsOf } from './tokens.ts';

/** What a session remembers between its statements. */
export interface SessionState {
  openCursor?: string;
  /** `enable_case_sensitive_identifier`; off, as by default, it folds quoted names to lower case. */
  caseSensitive: boolean;
}

/** A part of a text that was replaced. Offsets in the original text. */
interface Edit {
  start: number;
  end: number;
  text: string;
}

export interface Rewritten {
  text: string;
  /** From the position of an error in the new text to that in the original one; both count from 1. */
  original: (this: void, position: number) => number;
}

/**
 * A text of SQL as Redshift understands it, in the words of PostgreSQL. A statement that Redshift refuses becomes one
 * that raises the error, so that PostgreSQL itself ends the transaction.
 */
export function rewrite(sql: string, state: SessionState): Rewritten {
  const edits = statementsOf(sql).flatMap((tokens): Edit[] => {
    const result = statement(tokens, state);
    if (result === undefined) return tokens.flatMap((token) => literal(token, state));
    const text = typeof result === 'string' ? result : raise(result);
    return [{ start: tokens[0]!.start, end: tokens.at(-1)!.end, text }];
  });
  return { text: apply(sql, edits), original: (position) => mapBack(edits, position) };
}

/** A statement in other words, a refusal, or undefined if it can stay as it is. */
function statement(tokens: Token[], state: SessionState): string | Refusal | undefined {
  const verb = tokens[0]!.text;
  switch (verb) {
    case 'begin':
    case 'start':
      return beginOf(verb === 'start' ? tokens.slice(1) : tokens);
    case 'commit':
    case 'end':
    case 'rollback':
    case 'abort':
    case 'close':
      state.openCursor = undefined;
      return tokens.some(({ text }) => text === 'to') ? syntaxError(tokens[1]!) : undefined; // no savepoints
    case 'savepoint':
    case 'listen':
    case 'notify':
    case 'values':
    case 'table':
      return syntaxError(tokens[0]!);
    case 'copy': {
      // COPY only loads, from S3 and other stores of AWS.
      const to = tokens.find(({ text }) => text === 'to');
      return to ? syntaxError(to) : { code: '0A000', message: 'COPY from STDIN is not supported' };
    }
    case 'declare': {
      const refusal = refusalOfDeclare(tokens, state.openCursor);
      if (!refusal) state.openCursor = tokens[1]?.text;
      return refusal;
    }
    case 'fetch':
      return refusalOfFetch(tokens);
    case 'set':
    case 'reset':
      return change(tokens, state);
    case 'show':
      return show(tokens);
    case 'cancel':
      return tokens[1]?.kind === 'number'
        ? `select pg_cancel_backend(${tokens[1].text})`
        : syntaxError(tokens[1] ?? tokens[0]!);
    default:
      return refusalOfQuery(tokens) ?? refusalOfConfig(tokens);
  }
}

function change(tokens: Token[], state: SessionState): string | Refusal | undefined {
  const scoped = ['local', 'session'].includes(tokens[1]?.text ?? '');
  const rest = tokens.slice(scoped ? 2 : 1);
  const name = nameOf(rest);
  if (!rest[0] || name === 'transaction' || name === 'characteristics')
    return syntaxError(rest[0] ?? tokens[0]!);
  const setting = settingOf(name);
  if (setting.kind === 'unknown') return unknownSetting(name);
  if (setting.kind === 'fixed') return { code: '55P02', message: `parameter "${name}" cannot be changed` };
  const last = tokens.at(-1)!.text;
  const value = (last.startsWith("'") ? last.slice(1, -1) : last).toLowerCase();
  const negative = tokens.at(-2)?.text === '-' ? `-${value}` : value;
  const problem = tokens[0]!.text === 'set' ? problemOfValue(name, negative) : undefined;
  if (problem) return { code: '22023', message: problem };
  if (setting.kind !== 'own') return undefined;
  if (name === 'enable_case_sensitive_identifier') state.caseSensitive = ['on', 'true', '1'].includes(value);
  const scope = scoped ? `${tokens[1]!.text} ` : '';
  const given = tokens[0]!.text === 'reset' || value === 'default' ? setting.byDefault : value;
  return `set ${scope}redshift.${name} to '${given}'`;
}

function show(tokens: Token[]): string | Refusal | undefined {
  const name = nameOf(tokens.slice(1));
  const setting = settingOf(name);
  if (setting.kind === 'unknown') return unknownSetting(name);
  if (setting.kind === 'fixed') return `select '${setting.value}'::varchar as ${name}`;
  if (setting.kind !== 'own') return undefined;
  return `select coalesce(current_setting('redshift.${name}', true), '${setting.byDefault}')::varchar as ${name}`;
}

/** A name of one part or two. */
function nameOf(tokens: Token[]): string {
  return tokens[1]?.text === '.' ? `${tokens[0]!.text}.${tokens[2]?.text}` : (tokens[0]?.text ?? '');
}

/** `set_config` and `current_setting` of a setting that Redshift does not have, or that only it has. */
function refusalOfConfig(tokens: Token[]): Refusal | undefined {
  for (const [i, token] of tokens.entries()) {
    if (token.text !== 'set_config' && token.text !== 'current_setting') continue;
    const name = tokens[i + 2]?.text.slice(1, -1).toLowerCase() ?? '';
    const { kind } = settingOf(name);
    if (kind === 'unknown') return unknownSetting(name);
    if (kind === 'own' || kind === 'fixed') {
      return { code: '0A000', message: `The shim knows ${name} by SET and SHOW only.` };
    }
    if (token.text === 'current_setting' && tokens[i + 3]?.text === ',') {
      return { code: '42883', message: 'function current_setting("unknown", boolean) does not exist' };
    }
  }
  return undefined;
}

function unknownSetting(name: string): Refusal {
  return { code: '42704', message: `unrecognized configuration parameter "${name}"` };
}

/** Strings take backslashes as escapes; quoted names are folded unless the session says otherwise. */
function literal({ kind, text, start, end }: Token, { caseSensitive }: SessionState): Edit[] {
  if (kind === 'string' && text.startsWith("'") && text.includes('\\'))
    return [{ start, end, text: `E${text}` }];
  if (kind === 'quoted' && !caseSensitive) {
    return [{ start, end, text: text.replace(/[A-Z]/g, (letter) => letter.toLowerCase()) }];
  }
  return [];
}

/** Begins the hint of an error that the shim raises; the original position follows. */
export const POSITION_HINT = 'redshift shim, position ';

function raise({ code, message, at }: Refusal): string {
  const quoted = message.replaceAll("'", "''");
  const hint = at ? `, hint = '${POSITION_HINT}${at.start + 1}'` : '';
  return `do $shim$ begin raise exception using errcode = '${code}', message = '${quoted}'${hint}; end $shim$`;
}

function apply(sql: string, edits: Edit[]): string {
  let text = '';
  let at = 0;
  for (const edit of edits) {
    text += sql.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return text + sql.slice(at);
}

function mapBack(edits: Edit[], position: number): number {
  let shift = 0;
  for (const { start, end, text } of edits) {
    if (position - 1 < start + shift) break;
    if (position - 1 < start + shift + text.length) return start + 1;
    shift += text.length - (end - start);
  }
  return position - shift;
}
