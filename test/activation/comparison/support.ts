import { SlotBudget } from '../../../activation/comparison/budget.ts';
import type { Profile } from '../../../activation/comparison/asked-rows.ts';
import { Comparison, type ComparisonOptions } from '../../../activation/comparison/comparison.ts';
import { DELTA_COLUMNS, valueColumns } from '../../../activation/comparison/delta-format.ts';
import {
  hasher,
  identifierMark,
  keyMark,
  seedsOf,
  type Seeds,
} from '../../../activation/comparison/marks.ts';
import { FLAG } from '../../../activation/comparison/slots.ts';
import {
  hasIdentifierColumn,
  hasOwnIdentifier,
  resolveActivation,
  type Definition,
} from '../../../activation/definition/definition.ts';
import { destinationSchema } from '../../../activation/definition/destination.ts';
import { sourceSchema } from '../../../activation/definition/source.ts';
import { escapeCopy } from '../../../activation/values/copy.ts';
import type { Column, ColumnKind } from '../../../activation/values/kinds.ts';
import { openSpill } from '../../../state/delta/spill.ts';
import { copyFields, copyRecord } from '../../support/copy-records.ts';
import { activationFile } from '../../support/activation-files.ts';

export const SEED = '-1234567890123456789';
export const OWN_IDENTIFIER = { list: { identifier: { column: 'card', attribute: 'cardNumber' } } };

/** A row of a segment: what the source says. */
export interface Row {
  key: string | null;
  identifier?: string | null;
  values: (string | null)[];
}

/** A member: canonical texts, and what was acknowledged. */
export interface Member {
  key: string;
  /** Of a list that has, or had, a column of its own. */
  identifier: string;
  values: (string | null)[];
  /** Sum of FLAG, without OCCUPIED. */
  flags: number;
}

const ACTIVATION = {
  source: 'shop',
  destination: 'actito',
  segment: { name: 'People', table: 'people' },
  matchingKey: { column: 'id', type: 'externalId', attribute: 'customerId' },
  attributes: ['a', 'b', 'c'].map((name) => ({
    column: name,
    attribute: name,
    nulls: name === 'c' ? 'clear' : 'keep',
  })),
};
const DESTINATION = {
  baseUrl: 'https://actito.test',
  apiKey: { env: 'ACTITO_API_KEY' },
  entity: 'shop',
  profileTable: 'Profiles',
  delivery: {
    protocol: 'sftp',
    host: 'files.test',
    username: 'u',
    directory: '/in',
    password: { env: 'P' },
    hostKey: `SHA256:${'A'.repeat(43)}`,
  },
};

/** External ids as keys; attributes `a` and `b` keep what Actito has when they are null, `c` is cleared. */
export function definitionFor(changes: object = {}, destination: object = {}): Definition {
  return {
    activation: resolveActivation('vip', activationFile({ ...ACTIVATION, ...changes })),
    source: sourceSchema.parse({ driver: 'postgres', connection: { env: 'SHOP_URL' } }),
    destination: destinationSchema.parse({ ...DESTINATION, ...destination }),
  };
}

export function columnsOf({ activation }: Definition, kind: ColumnKind = 'text'): Column[] {
  return activation.attributes.map(({ column }) => ({ name: column, kind, databaseType: kind }));
}

export function copyField(value: string | null): string {
  return value === null ? '\\N' : escapeCopy(value);
}

/** A segment as PostgreSQL's COPY writes it. */
export function copyLines(rows: readonly Row[], { activation }: Definition): Buffer {
  const own = hasIdentifierColumn(activation);
  const line = ({ key, identifier = null, values }: Row) =>
    [key, ...(own ? [identifier] : []), ...values].map(copyField).join('\t') + '\n';
  return Buffer.from(rows.map(line).join(''));
}

/** The mark of all values of a row, as bigint; 0 when none is mapped. */
export function attributeMark(values: readonly (string | null)[], { attributes }: Seeds): bigint {
  if (values.length === 0) return 0n;
  return BigInt.asIntN(64, hasher.h64Raw(Buffer.from(values.map(copyField).join('\t')), attributes));
}

/** Members as records of PostgreSQL's binary COPY, without its header. */
function binaryRecords(members: readonly Member[], seeds: Seeds, wide: boolean): Buffer {
  const fields = (member: Member) => [
    Buffer.from(keyMark(member.key, seeds.key).replaceAll('-', ''), 'hex'),
    int8(member.flags & FLAG.DOUBT ? 0n : attributeMark(member.values, seeds)),
    Buffer.from([member.flags >> 8, (member.flags & 255) | FLAG.OCCUPIED]),
    ...(wide ? [int8(BigInt(identifierMark(member.identifier, seeds.key)))] : []),
  ];
  return Buffer.concat(members.map((member) => copyRecord(fields(member))));
}

function int8(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return bytes;
}

export type DeltaRow = Record<(typeof DELTA_COLUMNS)[number], string | null> & { values: (string | null)[] };

/** The records of a delta, in the words of PostgreSQL. */
export function parseDelta(records: Buffer, attributes: number): DeltaRow[] {
  return copyFields(records).map((fields) => {
    const expected = DELTA_COLUMNS.length + valueColumns(attributes).length;
    if (fields.length !== expected) throw new Error(`${fields.length} fields instead of ${expected}`);
    const named = Object.fromEntries(
      DELTA_COLUMNS.map((column, index) => {
        const field = fields[index]!;
        return [column, field && (IN_WORDS[column] ?? String)(field)];
      }),
    );
    return {
      ...named,
      values: fields.slice(DELTA_COLUMNS.length).map((field) => field && field.toString()),
    } as DeltaRow;
  });
}

const bigint = (field: Buffer) => field.readBigInt64BE().toString();
const IN_WORDS: Partial<Record<(typeof DELTA_COLUMNS)[number], (field: Buffer) => string>> = {
  mark: (field) => field.toString('hex'),
  attribute_mark: bigint,
  identifier_mark: bigint,
  former_mark: bigint,
  bytes: (field) => field.readInt32BE().toString(),
  known: (field) => (field[0] === 1 ? 't' : 'f'),
  hashes: (field) => `\\x${field.toString('hex')}`,
};

export interface CompareOptions extends Partial<Omit<ComparisonOptions, 'definition' | 'share'>> {
  /** Default: texts. */
  columns?: readonly Column[];
  members?: readonly Member[];
  /** Slots of the budget. */
  slots?: number;
  /** Where the lines are cut into batches: rows of each, again and again. */
  batches?: readonly number[];
  /** Bytes that the members' records come in. */
  pieces?: number;
  /** What the profile directory knows; the questions are answered after every so many batches. */
  directory?: { profiles: ReadonlyMap<string, Profile>; every: number };
  /** Takes the records of the delta as they are written. */
  written?: Buffer[];
}

export interface Compared {
  delta: DeltaRow[];
  counts: Record<
    'read' | 'rejected' | 'forgotten' | 'duplicates' | 'ambiguous' | 'waiting' | 'listed',
    number
  >;
  listedSum: bigint;
  rejects: { key: string; reason: string }[];
}

/** Compares a segment with its members, as the activity does it. */
export async function compare(
  definition: Definition,
  rows: readonly Row[],
  {
    members = [],
    slots = 4_096,
    batches = [rows.length + 1],
    pieces = 65_536,
    columns,
    written: out = [],
    directory,
    ...options
  }: CompareOptions = {},
): Promise<Compared> {
  const { attributes } = definition.activation;
  const rejects: Compared['rejects'] = [];
  const seeds = options.seeds ?? seedsOf(definition, columns ?? columnsOf(definition), SEED);
  const budget = new SlotBudget(slots);
  const comparison = new Comparison({
    definition,
    seeds,
    resync: false,
    grace: false,
    openSpill,
    partitions: 4,
    wide: hasOwnIdentifier(definition.activation),
    share: await budget.open(slots),
    onReject: (key, reason) => rejects.push({ key, reason }),
    ...options,
  });
  const answer = () => {
    const { questions } = comparison;
    if (questions.length === 0) return;
    const profiles = questions.map((key) => directory?.profiles.get(key) ?? 'none');
    out.push(Buffer.from(comparison.answer(profiles)));
  };
  try {
    load(
      comparison,
      binaryRecords(members, seeds, options.wide ?? hasOwnIdentifier(definition.activation)),
      pieces,
    );
    for (let at = 0, batch = 0; at < rows.length; batch++) {
      const size = batches[batch % batches.length]!;
      out.push(Buffer.from(comparison.compare(copyLines(rows.slice(at, at + size), definition))));
      at += size;
      if (directory && batch % directory.every === 0) answer();
    }
    for (const records of comparison.finish()) {
      out.push(Buffer.from(records)); // each is valid until the next
      answer();
    }
    const { read, rejected, listed, listedSum, found } = comparison;
    const counts = { read, rejected, listed, ...found };
    return { delta: parseDelta(Buffer.concat(out), attributes.length), counts, listedSum, rejects };
  } finally {
    comparison.close();
    if (!budget.tryTake(slots)) throw new Error('The comparison has kept a part of the budget.');
  }
}

function load(comparison: Comparison, records: Buffer, pieces: number): void {
  let rest = Buffer.from('header');
  let from = rest.length;
  for (let at = 0; at < records.length; at += pieces) {
    const bytes = Buffer.concat([rest, records.subarray(at, at + pieces)]);
    rest = bytes.subarray(from + comparison.load(bytes, from));
    from = 0;
  }
  if (rest.length > from) throw new Error(`${rest.length} bytes were not loaded.`);
}
