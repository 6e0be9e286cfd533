import type { BadRow, ImportFileOptions } from '../../actito/files/import-file.ts';
import { converterFor, isEmptyText } from '../../activation/values/convert.ts';
import { unescapeCopy } from '../../activation/values/copy.ts';
import { csvField } from '../../activation/values/csv.ts';
import { leavesOut } from '../../activation/values/nulls.ts';
import { RULES } from '../activation/tricky-values.ts';

export const PLACES = { timezone: RULES[0]!.timezone, defaultCountry: RULES[0]!.defaultCountry };

export type Options = Omit<ImportFileOptions, 'setAside'>;
export interface Written {
  text: string;
  rows: number;
  aside: BadRow[];
}

/** The same file built from strings: every line is split, every value converted, quoted and joined. */
export function byStrings(lines: string[], options: Options): Written {
  const { mappings, columns, targets, omitted, contract, allColumns = false } = options;
  const rules = { ...PLACES, lengthUnit: contract.lengthUnit, numberDigits: contract.numberDigits };
  const kept = mappings.filter((_, index) => allColumns || !omitted[index]);
  const out = [['customerId', ...kept.map(({ attribute }) => attribute)]];
  const aside: BadRow[] = [];
  for (const line of lines) {
    const [key = null, ...values] = line.split('\t').map(unescapeCopy);
    const fields = [key ?? ''];
    const bad: BadRow['bad'] = [];
    values.forEach((value, index) => {
      const reject = (reason: string | null) =>
        void bad.push({ index, attribute: mappings[index]!.attribute, reason });
      if (omitted[index]) return void (allColumns && fields.push(''));
      if (value === null || isEmptyText(columns[index]!, value))
        return leavesOut(mappings[index]!, contract) ? reject(null) : void fields.push('');
      const converted = converterFor(columns[index]!, targets[index]!, rules)(value);
      if ('reject' in converted) reject(converted.reject);
      else fields.push(converted.value);
    });
    if (bad.length > 0) aside.push({ key: fields[0]!, bad });
    else out.push(fields);
  }
  const text = out.map((fields) => fields.map((field) => csvField(field, ';')).join(';') + '\n').join('');
  return { text, rows: out.length - 1, aside };
}
