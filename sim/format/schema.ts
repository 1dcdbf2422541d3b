/**
 * The part of JSON Schema in which the simulator's files are described, and how a value is held
 * against it. The schemas that are published are the ones that files are checked with.
 */

type Plain = string | number | boolean;

/** A JSON Schema (draft 2020-12), as far as it is needed here. */
export interface Schema {
  readonly $schema?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: 'object' | 'array' | 'number' | 'integer' | 'string' | 'boolean';
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  /** Of what is not named: its schema; false: there is nothing else. */
  readonly additionalProperties?: false | Schema;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly enum?: readonly Plain[];
  readonly const?: Plain;
  /** Objects that are told apart by the first property that is a `const` in all of them. */
  readonly oneOf?: readonly Schema[];
  /** Anything else that may have one of several forms. */
  readonly anyOf?: readonly Schema[];
}

/** Where a value is not as it has to be, and how. */
export interface Flaw {
  readonly path: readonly (string | number)[];
  /** What is wrong, and what would be right, in a few words: `is 140, and may be 100 at most`. */
  readonly flaw: string;
}

type Path = Flaw['path'];

/** The first flaw of a value, in the order in which it is written down. */
export function flawIn(schema: Schema, value: unknown, path: Path = []): Flaw | undefined {
  if (schema.oneOf !== undefined) return flawInOneOf(schema.oneOf, value, path);
  if (schema.anyOf !== undefined) {
    if (schema.anyOf.some((form) => flawIn(form, value) === undefined)) return undefined;
    return { path, flaw: `is ${shown(value)}, and has to be ${expectedOf(schema)}` };
  }
  if (!isOfType(schema, value)) {
    return { path, flaw: `is ${shown(value)}, and has to be ${expectedOf(schema)}` };
  }
  if (Array.isArray(value)) return flawInItems(schema, value, path);
  if (typeof value === 'object' && value !== null) {
    return flawInProperties(schema, value as Readonly<Record<string, unknown>>, path);
  }
  return undefined;
}

/** `windows[2].fault.percent` */
export function pathText(path: Path): string {
  const parts = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`));
  return parts.join('').replace(/^\./u, '');
}

function isOfType({ type, minimum, maximum, ...schema }: Schema, value: unknown): boolean {
  if (schema.const !== undefined) return value === schema.const;
  if (schema.enum !== undefined) return schema.enum.includes(value as Plain);
  switch (type) {
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'array':
      return Array.isArray(value) && value.length >= (schema.minItems ?? 0);
    case 'number':
    case 'integer':
      return (
        typeof value === 'number' &&
        (type === 'number' ? Number.isFinite(value) : Number.isSafeInteger(value)) &&
        value >= (minimum ?? Number.NEGATIVE_INFINITY) &&
        value <= (maximum ?? Number.POSITIVE_INFINITY)
      );
    case undefined:
      return true;
    default:
      return typeof value === type;
  }
}

function flawInItems({ items }: Schema, value: readonly unknown[], path: Path): Flaw | undefined {
  if (items === undefined) return undefined;
  for (const [at, item] of value.entries()) {
    const flaw = flawIn(items, item, [...path, at]);
    if (flaw !== undefined) return flaw;
  }
  return undefined;
}

function flawInProperties(
  { properties = {}, required = [], additionalProperties }: Schema,
  value: Readonly<Record<string, unknown>>,
  path: Path,
): Flaw | undefined {
  for (const name of required) {
    if (Object.hasOwn(value, name)) continue;
    const expected = expectedOf(properties[name] ?? {});
    return { path: [...path, name], flaw: `is missing, and has to be ${expected}` };
  }
  for (const [name, part] of Object.entries(value)) {
    const known = Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
    if (known === false) {
      const names = Object.keys(properties).join(', ');
      return { path: [...path, name], flaw: `is not known; known are ${names}` };
    }
    const flaw = known === undefined ? undefined : flawIn(known, part, [...path, name]);
    if (flaw !== undefined) return flaw;
  }
  return undefined;
}

function flawInOneOf(forms: readonly Schema[], value: unknown, path: Path): Flaw | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { path, flaw: `is ${shown(value)}, and has to be an object` };
  }
  const names = Object.keys(forms[0]?.properties ?? {});
  const name = names.find((one) => forms.every(({ properties }) => properties?.[one]?.const));
  const form = forms.find(
    ({ properties }) => properties?.[name!]?.const === (value as Record<string, unknown>)[name!],
  );
  if (form !== undefined) return flawIn(form, value, path);
  const known = forms.map(({ properties }) => properties?.[name!]?.const).join(', ');
  const given = (value as Record<string, unknown>)[name!];
  const what = given === undefined ? 'is missing' : `is ${shown(given)}`;
  return { path: [...path, name!], flaw: `${what}, and has to be one of ${known}` };
}

/** What would be right, in words. */
function expectedOf(schema: Schema): string {
  const { type, minimum, maximum } = schema;
  if (schema.const !== undefined) return String(schema.const);
  if (schema.enum !== undefined) return `one of ${schema.enum.join(', ')}`;
  if (schema.anyOf !== undefined) return schema.anyOf.map(expectedOf).join(', or ');
  if (schema.oneOf !== undefined) return 'an object';
  const range = [
    ...(minimum === undefined ? [] : [`from ${minimum}`]),
    ...(maximum === undefined ? [] : [`up to ${maximum}`]),
  ].join(' ');
  const nouns = {
    object: 'an object',
    array: schema.minItems === undefined ? 'a list' : `a list of ${schema.minItems} or more`,
    number: 'a number',
    integer: 'a whole number',
    string: 'a text',
    boolean: 'true or false',
  };
  const noun = type === undefined ? 'anything' : nouns[type];
  return range === '' ? noun : `${noun} ${range}`;
}

/** The beginning of a value, as JSON. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 40 ? `${text.slice(0, 37)}...` : text;
}
