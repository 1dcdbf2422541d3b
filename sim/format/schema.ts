/**
 * The part of JSON Schema in which the simulator's files are described, and how a value is held
 * against it. The schemas that are published are the ones that files are checked with.
 */

type Plain = string | number | boolean;

type TypeName = 'object' | 'array' | 'number' | 'integer' | 'string' | 'boolean' | 'null';

/** A JSON Schema (draft 2020-12), as far as it is needed here. */
export interface Schema {
  readonly $schema?: string;
  readonly title?: string;
  readonly description?: string;
  /** What is meant where it is left out; whoever reads the file sees to it. */
  readonly default?: Plain;
  /** One of these, if it is a list. */
  readonly type?: TypeName | readonly TypeName[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  /** Of what is not named: its schema; false: there is nothing else. */
  readonly additionalProperties?: false | Schema;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
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

/** The first flaw of a value, in the order in which it is written down. */
export function flawIn(schema: Schema, value: unknown): Flaw | undefined {
  if (schema.oneOf !== undefined) return flawInOneOf(schema.oneOf, value);
  const isRight =
    schema.anyOf === undefined
      ? isAsItself(schema, value)
      : schema.anyOf.some((form) => flawIn(form, value) === undefined);
  if (!isRight) return { path: [], flaw: `is ${shown(value)}, and has to be ${expected(schema)}` };
  if (Array.isArray(value)) return flawInItems(schema, value);
  if (typeof value === 'object' && value !== null) {
    return flawInProperties(schema, value as Readonly<Record<string, unknown>>);
  }
  return undefined;
}

/** `windows[2].fault.percent` */
export function pathText(path: Flaw['path']): string {
  const parts = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${cut(part)}`));
  return parts.join('').replace(/^\./u, '');
}

/** Whether a value is right, but for what it contains. */
function isAsItself({ type, ...schema }: Schema, value: unknown): boolean {
  if (schema.const !== undefined) return value === schema.const;
  if (schema.enum !== undefined) return schema.enum.includes(value as Plain);
  if (type === undefined) return true;
  return typeof type === 'string'
    ? isOf(type, schema, value)
    : type.some((one) => isOf(one, schema, value));
}

function isOf(type: TypeName, schema: Schema, value: unknown): boolean {
  const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = schema;
  switch (type) {
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'array': {
      const { minItems = 0, maxItems = Number.POSITIVE_INFINITY } = schema;
      return Array.isArray(value) && value.length >= minItems && value.length <= maxItems;
    }
    case 'number':
      return Number.isFinite(value) && (value as number) >= minimum && (value as number) <= maximum;
    case 'integer':
      return Number.isSafeInteger(value) && isOf('number', schema, value);
    case 'null':
      return value === null;
    default:
      return typeof value === type;
  }
}

function flawInItems({ items }: Schema, value: readonly unknown[]): Flaw | undefined {
  if (items === undefined) return undefined;
  for (const [at, item] of value.entries()) {
    const flaw = flawIn(items, item);
    if (flaw !== undefined) return below(at, flaw);
  }
  return undefined;
}

function flawInProperties(
  { properties = {}, required = [], additionalProperties }: Schema,
  value: Readonly<Record<string, unknown>>,
): Flaw | undefined {
  for (const name of required) {
    if (Object.hasOwn(value, name)) continue;
    const right = expected(properties[name] ?? {});
    return { path: [name], flaw: `is missing, and has to be ${right}` };
  }
  for (const [name, part] of Object.entries(value)) {
    const known = Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
    if (known === false) {
      const names = Object.keys(properties).join(', ');
      return { path: [name], flaw: `is not known; known are ${names}` };
    }
    const flaw = known === undefined ? undefined : flawIn(known, part);
    if (flaw !== undefined) return below(name, flaw);
  }
  return undefined;
}

function flawInOneOf(forms: readonly Schema[], value: unknown): Flaw | undefined {
  if (!isOf('object', {}, value)) {
    return { path: [], flaw: `is ${shown(value)}, and has to be an object` };
  }
  const names = Object.keys(forms[0]?.properties ?? {});
  const name = names.find((one) => forms.every(({ properties }) => properties?.[one]?.const))!;
  const given = (value as Readonly<Record<string, unknown>>)[name];
  const form = forms.find(({ properties }) => properties?.[name]?.const === given);
  if (form !== undefined) return flawIn(form, value);
  const known = forms.map(({ properties }) => properties?.[name]?.const).join(', ');
  const what = given === undefined ? 'is missing' : `is ${shown(given)}`;
  return { path: [name], flaw: `${what}, and has to be one of ${known}` };
}

function below(part: string | number, { path, flaw }: Flaw): Flaw {
  return { path: [part, ...path], flaw };
}

/** What would be right, in words. */
function expected(schema: Schema): string {
  const { type = [] } = schema;
  if (schema.const !== undefined) return String(schema.const);
  if (schema.enum !== undefined) return `one of ${schema.enum.join(', ')}`;
  if (schema.anyOf !== undefined) return schema.anyOf.map(expected).join(', or ');
  if (schema.oneOf !== undefined) return 'an object';
  const nouns: Readonly<Record<TypeName, string>> = {
    object: 'an object',
    array: `a list${itemsText(schema)}`,
    number: `a number${rangeText(schema)}`,
    integer: `a whole number${rangeText(schema)}`,
    string: 'a text',
    boolean: 'true or false',
    null: 'null',
  };
  const types = typeof type === 'string' ? [type] : type;
  return types.length === 0 ? 'anything' : types.map((one) => nouns[one]).join(', or ');
}

function rangeText({ minimum, maximum }: Schema): string {
  const from = minimum === undefined ? '' : ` from ${minimum}`;
  return maximum === undefined ? from : `${from} up to ${maximum}`;
}

function itemsText({ minItems, maxItems }: Schema): string {
  if (maxItems !== undefined) return ` of ${minItems ?? 0} to ${maxItems}`;
  return minItems === undefined ? '' : ` of ${minItems} or more`;
}

/** So much of a wrong value, or of a name, is shown. */
const shownMax = 40;

/** The beginning of a value, as JSON. */
function shown(value: unknown): string {
  if (typeof value === 'number') return String(value);
  return cut(jsonOf(value));
}

function cut(text: string): string {
  return text.length > shownMax ? `${text.slice(0, shownMax - 3)}...` : text;
}

function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'nothing';
  } catch {
    // What was parsed can only be too deep for it: that takes no more than a line of brackets.
    return 'a deep nest';
  }
}
