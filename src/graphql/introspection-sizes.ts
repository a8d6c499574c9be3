import {
  type GraphQLNamedType,
  type GraphQLSchema,
  type GraphQLType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isUnionType,
  isWrappingType,
} from 'graphql';
import { lengthWeight } from './weights.ts';

/** What is known of the objects at one position of an introspection. */
export interface IntrospectionScope {
  /** Whether these are all objects of their kind, each once, so that average sizes apply. */
  readonly isAll: boolean;
  /** Most list and non-null wrappers (`[T!]!` has three) beneath one of the objects. */
  readonly wrapped: number;
}

interface SizeStep {
  readonly items: number;
  readonly within: IntrospectionScope;
}

/** Number of items beneath an object: the average and the maximum. */
interface ListCounts {
  readonly average: number;
  readonly most: number;
}

export const outsideIntrospection: IntrospectionScope = { isAll: false, wrapped: 0 };

const sizesBySchema = new WeakMap<GraphQLSchema, IntrospectionSizes>();

export function introspectionSizesOf(schema: GraphQLSchema): IntrospectionSizes {
  let sizes = sizesBySchema.get(schema);
  if (!sizes) {
    sizes = new IntrospectionSizes(schema);
    sizesBySchema.set(schema, sizes);
  }
  return sizes;
}

/** The list sizes of introspection for one schema. */
class IntrospectionSizes {
  /** By `Type.field`. Other fields return one object. */
  readonly #lists: Readonly<Record<string, ListCounts>>;
  readonly #wrappers: number;
  /** The weights of the descriptions, by their type. */
  readonly #descriptions: Readonly<Record<string, ListCounts>>;

  constructor(schema: GraphQLSchema) {
    const types = Object.values(schema.getTypeMap());
    const fields = types.flatMap(fieldsOf);
    const inputs = [...fields.flatMap(({ args }) => args), ...types.flatMap(inputFieldsOf)];
    const directives = schema.getDirectives();
    this.#lists = {
      '__Schema.types': exactly(types.length),
      '__Schema.directives': exactly(directives.length),
      '__Type.fields': items(types.map((type) => fieldsOf(type).length)),
      '__Type.inputFields': items(types.map((type) => inputFieldsOf(type).length)),
      '__Type.enumValues': items(types.map((type) => (isEnumType(type) ? type.getValues().length : 0))),
      '__Type.interfaces': items(types.map((type) => (hasFields(type) ? type.getInterfaces().length : 0))),
      '__Type.possibleTypes': items(types.map((type) => possibleTypesOf(schema, type))),
      '__Field.args': items(fields.map(({ args }) => args.length)),
      '__Directive.args': items(directives.map(({ args }) => args.length)),
    };
    this.#descriptions = {
      __Schema: weights([schema]),
      __Type: weights(types),
      __Field: weights(fields),
      __InputValue: weights([...inputs, ...directives.flatMap(({ args }) => args)]),
      __EnumValue: weights(types.flatMap((type) => (isEnumType(type) ? type.getValues() : []))),
      __Directive: weights(directives),
    };
    this.#wrappers = Math.max(0, ...[...fields, ...inputs].map(({ type }) => wrappersOf(type)));
  }

  /** What a text costs besides its field. */
  textWeight(typeName: string, fieldName: string, { isAll }: IntrospectionScope): number {
    const known = fieldName === 'description' && this.#descriptions[typeName];
    if (!known) return 0;
    return isAll ? known.average : known.most;
  }

  step(typeName: string, fieldName: string, { isAll, wrapped }: IntrospectionScope): SizeStep {
    const list = this.#lists[`${typeName}.${fieldName}`];
    if (list) {
      const isPart = fieldName !== 'interfaces' && fieldName !== 'possibleTypes';
      const within = { isAll: isPart && (isAll || typeName === '__Schema'), wrapped: 0 };
      return { items: isAll ? list.average : list.most, within };
    }
    if (fieldName === 'ofType') return { items: Math.min(1, wrapped), within: { isAll: false, wrapped: wrapped - 1 } };
    return { items: 1, within: { isAll: false, wrapped: fieldName === 'type' ? this.#wrappers : 0 } };
  }
}

function exactly(count: number): ListCounts {
  return { average: count, most: count };
}

function items(counts: readonly number[]): ListCounts {
  const all = counts.reduce((sum, count) => sum + count, 0);
  return { average: all / Math.max(1, counts.length), most: Math.max(0, ...counts) };
}

function weights(described: readonly { readonly description?: string | null | undefined }[]): ListCounts {
  return items(described.map(({ description }) => lengthWeight(description?.length ?? 0)));
}

function hasFields(type: GraphQLNamedType) {
  return isObjectType(type) || isInterfaceType(type);
}

function fieldsOf(type: GraphQLNamedType) {
  return hasFields(type) ? Object.values(type.getFields()) : [];
}

function inputFieldsOf(type: GraphQLNamedType) {
  return isInputObjectType(type) ? Object.values(type.getFields()) : [];
}

function possibleTypesOf(schema: GraphQLSchema, type: GraphQLNamedType): number {
  return isInterfaceType(type) || isUnionType(type) ? schema.getPossibleTypes(type).length : 0;
}

function wrappersOf(type: GraphQLType): number {
  return isWrappingType(type) ? 1 + wrappersOf(type.ofType) : 0;
}
