/** Says in what a value departs from a schema: the small part of JSON Schema that ours need. */

/** A schema; `oneOf` lists records that differ in the constant `type`. */
export interface Schema {
  readonly $schema?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: TypeName | readonly TypeName[];
  readonly const?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: false;
  readonly oneOf?: readonly Schema[];
}

type TypeName = 'object' | 'string' | 'number' | 'integer' | 'boolean' | 'null';

/** What is wrong, where, and what to do. */
export interface SchemaFault {
  /** Names with dots between them; empty for the value as a whole. */
  readonly field: string;
  readonly problem: string;
  readonly remedy: string;
}

/** So much of a wrong value is shown. */
const shownMax = 40;

/** The first fault of a value that was parsed from JSON; undefined if it has none. */
export function schemaFault(value: unknown, schema: Schema, field = ''): SchemaFault | undefined {
  const fault = (problem: string, remedy: string): SchemaFault => ({ field, problem, remedy });
  const { type, minimum, oneOf } = schema;
  const constants = schema.enum ?? (schema.const === undefined ? undefined : [schema.const]);
  if (constants !== undefined && !constants.includes(value as string)) {
    return fault(`${shown(value)} is not known here`, `write ${listed(constants.map(shown))}`);
  }
  const types: readonly TypeName[] = typeof type === 'string' ? [type] : (type ?? []);
  if (types.length > 0 && !types.some((name) => isOf(value, name))) {
    const wanted = listed(types.map((name) => typeNames[name]));
    return fault(`${shown(value)} is not ${wanted}`, `write ${wanted}`);
  }
  if (minimum !== undefined && (value as number) < minimum) {
    return fault(`${shown(value)} is too small`, `write ${minimum} or more`);
  }
  if (oneOf !== undefined) return faultOfOne(value, oneOf, field);
  return schema.properties === undefined
    ? undefined
    : faultInRecord(value as Readonly<Record<string, unknown>>, schema, field);
}

function faultInRecord(
  value: Readonly<Record<string, unknown>>,
  { properties = {}, required = [] }: Schema,
  field: string,
): SchemaFault | undefined {
  const at = (name: string) => (field === '' ? name : `${field}.${name}`);
  const missing = required.find((name) => !Object.hasOwn(value, name));
  if (missing !== undefined) {
    return { field: at(missing), problem: 'it is missing', remedy: 'every such record has one' };
  }
  for (const [name, part] of Object.entries(value)) {
    if (!Object.hasOwn(properties, name)) {
      const known = `known are ${listed(Object.keys(properties), 'and')}`;
      return { field: at(name), problem: `there is no such field; ${known}`, remedy: 'remove it' };
    }
    const fault = schemaFault(part, properties[name]!, at(name));
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** Of records that differ in their `type`, the fault by the one that is meant. */
function faultOfOne(
  value: unknown,
  schemas: readonly Schema[],
  field: string,
): SchemaFault | undefined {
  const types = schemas.map(({ properties }) => properties!['type']!.const!);
  const outer: Schema = { type: 'object', required: ['type'], properties: {} };
  if (!isOf(value, 'object') || !Object.hasOwn(value as object, 'type')) {
    return schemaFault(value, outer, field);
  }
  const { type } = value as { readonly type: unknown };
  const meant = types.indexOf(type as string);
  if (meant >= 0) return schemaFault(value, schemas[meant]!, field);
  return schemaFault(type, { enum: types }, `${field}.type`);
}

const typeNames: Readonly<Record<TypeName, string>> = {
  object: 'a record',
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  null: 'null',
};

function isOf(value: unknown, type: TypeName): boolean {
  switch (type) {
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'null':
      return value === null;
    case 'number':
      return Number.isFinite(value);
    case 'integer':
      return Number.isSafeInteger(value);
    default:
      return typeof value === type;
  }
}

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > shownMax ? `${text.slice(0, shownMax)}...` : text;
}

function listed(names: readonly string[], joint = 'or'): string {
  if (names.length < 2) return names.join('');
  return `${names.slice(0, -1).join(', ')} ${joint} ${names.at(-1)}`;
}
