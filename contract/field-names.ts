/**
 * Names of fields as an API writes them. A name of another form could be a value, such as an email address in an answer
 * that is a map of people.
 */
const NAME = /^[a-z][A-Za-z0-9_]{0,39}$/;
/** Replaces any other name. */
const OTHER = '…';
/** An object with more fields is a map. */
const MOST_FIELDS_OF_OBJECT = 60;
/** The maximum number of names, and of levels of objects and arrays. */
const MOST = { names: 80, levels: 5 };

/**
 * Returns the names of the fields of an answer, in their order, and no values. `a.b` is a field of a field, `a[].b` a field
 * of the items of an array. What is in the first levels is enough to see how an answer differs.
 *
 * The names in a map are values, so they are not shown. A map cannot always be recognized: one of a few texts or numbers
 * looks like any object. No response that Actito documents has a map of people.
 */
export function fieldNames(body: unknown): string[] {
  const names = new Set<string>();
  collect(body, '', names, MOST.levels);
  return [...names].slice(0, MOST.names);
}

function collect(value: unknown, path: string, names: Set<string>, levels: number): void {
  if (typeof value !== 'object' || value === null || levels === 0 || names.size >= MOST.names) return;
  if (Array.isArray(value)) {
    for (const item of value.slice(0, 100)) collect(item, `${path}[]`, names, levels - 1);
    return;
  }
  const fields = Object.entries(value as Record<string, unknown>);
  const isMap = isMapOf(fields.map(([, inner]) => inner));
  for (const [name, inner] of fields) {
    const shown = !isMap && NAME.test(name) ? name : OTHER;
    const at = path === '' ? shown : `${path}.${shown}`;
    names.add(at);
    if (shown !== OTHER) collect(inner, at, names, levels - 1);
  }
}

/** Whether an object with these values is a map: it has many of them, or each is an object with the same fields. */
function isMapOf(values: readonly unknown[]): boolean {
  if (values.length > MOST_FIELDS_OF_OBJECT) return true;
  if (values.length < 2) return false;
  const shapes = values.map((value) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.keys(value).sort().join('\n')
      : '',
  );
  return shapes[0] !== '' && shapes.every((shape) => shape === shapes[0]);
}
