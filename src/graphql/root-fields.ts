import { createHash } from 'node:crypto';
import {
  BREAK,
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  getNamedType,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  print,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { collectFields } from 'graphql/execution/collectFields.js';
import type { FieldPlan } from './field-plan.ts';
import { TextField } from './text-execution.ts';
import { type Variables, variablesIn } from './variables.ts';

/** A root field as an operation asks for it. */
export interface RootField {
  /** Its name in the response. */
  readonly key: string;
  /** Undefined for `__typename` and introspection. */
  readonly plan: FieldPlan | undefined;
  /** The same for every selection that asks for the same, in whatever document; values of its variables included. */
  selection(variables: Variables): string;
  readonly text: TextField;
}

/** An operation, read once a document. */
export interface QueryOperation {
  readonly definition: OperationDefinitionNode;
  /** Whether a preset range occurs anywhere in it, so that its answer changes at the workspace's midnight. */
  readonly isDaily: boolean;
  /** Undefined where something is to be left out if null, which is an error. */
  rootFields(variables: Variables): readonly RootField[] | undefined;
}

/** What was read of a document. */
interface Reading {
  readonly byName: Map<string | undefined, QueryOperation | undefined>;
  /** Fields that were made ready, and its text as so many fields. */
  size: number;
}

/** A field takes about as much memory as the syntax tree of so many characters. */
const charsPerField = 6;

/**
 * Reads operations, each once while there is room: documents whose fields are too many together go, those first that were used
 * longest ago. Undefined for what is not a query, or comes in parts.
 */
export class QueryOperations {
  readonly #schema: GraphQLSchema;
  readonly #plans: ReadonlyMap<string, FieldPlan>;
  readonly #maxFields: number;
  readonly #read = new Map<DocumentNode, Reading>();
  #size = 0;

  constructor(schema: GraphQLSchema, plans: ReadonlyMap<string, FieldPlan>, { maxFields = 150_000 } = {}) {
    this.#schema = schema;
    this.#plans = plans;
    this.#maxFields = maxFields;
  }

  /** In fields; more than the limit only while what goes beyond it is executed. */
  get size(): number {
    return this.#size;
  }

  of(document: DocumentNode, operationName: string | undefined): QueryOperation | undefined {
    const { byName } = this.#readingOf(document);
    if (!byName.has(operationName)) byName.set(operationName, this.#readOperation(document, operationName));
    return byName.get(operationName);
  }

  #readingOf(document: DocumentNode): Reading {
    const reading = this.#read.get(document) ?? { byName: new Map(), size: 0 };
    if (!this.#read.delete(document)) this.#size += reading.size = textSize(document);
    this.#read.set(document, reading);
    for (const [oldest, { size }] of this.#read) {
      if (this.#size <= this.#maxFields) break;
      this.#read.delete(oldest);
      this.#size -= size;
    }
    return reading;
  }

  #readOperation(document: DocumentNode, operationName: string | undefined): QueryOperation | undefined {
    const operation = getOperationAST(document, operationName);
    if (operation?.operation !== 'query' || comesInParts(document)) return undefined;
    const fragments = fragmentsOf(document);
    const deciding = decidingVariables(document, operation);
    const reading = this.#read.get(document);
    const onField = () => {
      if (!reading || this.#read.get(document) !== reading) return; // it went, and is executed for the last time
      reading.size++;
      this.#size++;
    };
    const read = (variables: Variables): RootField[] => {
      const conditions = Object.fromEntries(deciding.map((name) => [name, variables[name]]));
      const outline = { schema: this.#schema, operation, fragments, conditions, onField };
      const queryType = this.#schema.getQueryType()!;
      const nodes = collectFields(this.#schema, fragments, conditions, queryType, operation.selectionSet);
      return [...nodes.values()].map((of) => this.#rootField(new TextField(outline, queryType, of)));
    };
    const known = new Map<string, readonly RootField[]>();
    return {
      definition: operation,
      isDaily: takesRanges(this.#schema, document),
      rootFields(variables) {
        if (deciding.some((name) => typeof variables[name] !== 'boolean')) return undefined;
        const decided = deciding.map((name) => givenText(variables, name)).join();
        const fields = known.get(decided) ?? read(variables);
        if (known.size < maxOutlines) known.set(decided, fields);
        return fields;
      },
    };
  }

  #rootField(text: TextField): RootField {
    const { digest, variables: selected } = readSelection(text.nodes, text.outline.fragments);
    return {
      key: text.key,
      plan: this.#plans.get(text.coordinate),
      selection: (variables) =>
        selected.length === 0 ? digest : `${digest} ${selected.map((name) => givenText(variables, name)).join()}`,
      text,
    };
  }
}

/** Of one operation, with different fields left out. */
const maxOutlines = 64;

function textSize({ loc }: DocumentNode): number {
  return Math.ceil((loc ? loc.end - loc.start : 0) / charsPerField);
}

/** An absent variable stands for an argument's default, which null does not. */
function givenText(variables: Variables, name: string): string {
  return Object.hasOwn(variables, name) ? JSON.stringify(variables[name]) : '';
}

type Fragments = Record<string, FragmentDefinitionNode>;

function comesInParts(document: DocumentNode): boolean {
  let found = false;
  visit(document, {
    Directive(node) {
      if (node.name.value !== 'defer' && node.name.value !== 'stream') return undefined;
      found = true;
      return BREAK;
    },
  });
  return found;
}

function takesRanges(schema: GraphQLSchema, document: DocumentNode): boolean {
  const types = new TypeInfo(schema);
  let found = false;
  visit(
    document,
    visitWithTypeInfo(types, {
      Field() {
        found ||= types.getFieldDef()?.args.some((arg) => getNamedType(arg.type).name === 'DateRangeInput') ?? false;
      },
    }),
  );
  return found;
}

function fragmentsOf(document: DocumentNode): Fragments {
  const fragments: Fragments = {};
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
  return fragments;
}

/** The operation's variables in `@skip` and `@include`, on which it depends what fields there are. */
function decidingVariables(document: DocumentNode, { variableDefinitions = [] }: OperationDefinitionNode): string[] {
  const directives: DirectiveNode[] = [];
  visit(document, { Directive: (node) => void directives.push(node) });
  const names = variablesIn(directives);
  return variableDefinitions.map(({ variable }) => variable.name.value).filter((name) => names.has(name));
}

/** What a root field's nodes select beneath it, with the fragments that they spread, as one digest; and the variables in it. */
function readSelection(nodes: readonly FieldNode[], fragments: Fragments): { digest: string; variables: string[] } {
  const spread = new Set<string>();
  const follow = (node: FieldNode | FragmentDefinitionNode): void => {
    if (node.selectionSet)
      visit(node.selectionSet, {
        FragmentSpread({ name }) {
          if (spread.has(name.value) || !fragments[name.value]) return;
          spread.add(name.value);
          follow(fragments[name.value]!);
        },
      });
  };
  nodes.forEach(follow);
  const parts = [
    ...nodes.flatMap((node) => node.selectionSet ?? []),
    ...[...spread].sort().map((name) => fragments[name]!),
  ];
  const digest = createHash('sha256').update(parts.map(print).join('\n')).digest('base64url').slice(0, 22);
  return { digest, variables: [...variablesIn(parts)].sort() };
}
