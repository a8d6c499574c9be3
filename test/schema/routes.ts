import {
  astFromValue,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  print,
} from 'graphql';

/** Any value of a type, with no more in it than must be. */
export function sampleOf(type: GraphQLInputType): unknown {
  const nullable = getNullableType(type);
  if (isListType(nullable)) return [sampleOf(nullable.ofType)];
  if (isEnumType(nullable)) return nullable.getValues()[0]!.value;
  if (isInputObjectType(nullable)) {
    const fields = Object.values(nullable.getFields());
    const needed = nullable.isOneOf ? fields.slice(0, 1) : fields.filter(isRequiredInputField);
    return Object.fromEntries(needed.map((field) => [field.name, sampleOf(field.type)]));
  }
  return samples[nullable.name];
}

const samples: Record<string, unknown> = {
  ...{ ID: 'x', String: 'x', Int: 1, SafeInt: 1, Float: 1, Boolean: true },
  ...{ Date: '2026-11-22', DateTime: '2026-11-22T09:00:00.000Z' },
};

type Wrap = (selection: string) => string;

/**
 * Finds a way from a root to each type: what to write around a selection of the type, so that it is an operation. The shortest
 * way without arguments, or else the shortest.
 */
export function routesOf(schema: GraphQLSchema): ReadonlyMap<string, Wrap> {
  const routes = new Map<string, Wrap>();
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  for (const root of roots) {
    if (!root) continue;
    const operation = root === schema.getQueryType() ? '' : root.name.toLowerCase();
    routes.set(root.name, (selection) => `${operation} { ${selection} }`);
    for (const takesArguments of [false, true]) spread(schema, [root.name], { routes, takesArguments });
  }
  return routes;
}

function spread(
  schema: GraphQLSchema,
  from: string[],
  { routes, takesArguments }: { routes: Map<string, Wrap>; takesArguments: boolean },
): void {
  const waiting = takesArguments ? [...routes.keys()] : from;
  for (const name of waiting) {
    const wrap = routes.get(name)!;
    const reach = (type: GraphQLNamedType, around: Wrap) => {
      if (routes.has(type.name)) return;
      routes.set(type.name, around);
      waiting.push(type.name);
    };
    for (const field of fieldsOf(schema.getType(name))) {
      if (!takesArguments && field.args.some(isRequiredArgument)) continue;
      const type = getNamedType(field.type);
      const within: Wrap = (selection) => wrap(`${field.name}${argumentsOf(field)} { ${selection} }`);
      if (isObjectType(type)) reach(type, within);
      if (isAbstractType(type))
        for (const possible of schema.getPossibleTypes(type))
          reach(possible, (selection) => within(`... on ${possible.name} { ${selection} }`));
    }
  }
}

function fieldsOf(type: GraphQLNamedType | undefined): GraphQLField<unknown, unknown>[] {
  return isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()) : [];
}

/** Those that a field needs, but for the ones given, which are written as they are. */
export function argumentsOf(field: GraphQLField<unknown, unknown>, given: Record<string, string> = {}): string {
  const own = field.args
    .filter((arg) => isRequiredArgument(arg) && !(arg.name in given))
    .map((arg) => [arg.name, print(astFromValue(sampleOf(arg.type), arg.type)!)]);
  const all = [...own, ...Object.entries(given)].map(([name, text]) => `${name}: ${text}`);
  return all.length > 0 ? `(${all.join(', ')})` : '';
}

/** What must be selected of a field's type. */
export function selectionOf(field: GraphQLField<unknown, unknown>): string {
  const type = getNamedType(field.type);
  return isObjectType(type) || isAbstractType(type) ? ' { __typename }' : '';
}
