import { readFileSync } from 'node:fs';
import { execute, type GraphQLError, type GraphQLSchema, Kind, parse } from 'graphql';
import type { Viewer } from '../domains/context.ts';
import type { RequestContext } from './request.ts';

/** The operations that warm a workspace: what its pages ask for first. */
const operationsFile = new URL('./warm-up.graphql', import.meta.url);
const maxConcurrency = 2;
const maxWarmedWorkspaces = 10_000;

/**
 * Warms a workspace by running operations through the schema, as whoever used it first: there is one path to an entry.
 * In the background when a workspace is first used; on demand by `warmCache`, which waits.
 */
export class Warmer {
  readonly #schema: GraphQLSchema;
  readonly #contextFor: (viewer: Viewer) => RequestContext;
  readonly #onFailure: (error: unknown) => void;
  readonly #document = parse(readFileSync(operationsFile, 'utf8'));
  readonly #warmed = new Set<string>();
  readonly #waiting: Viewer[] = [];
  #running = 0;

  constructor(options: {
    schema: GraphQLSchema;
    contextFor: (viewer: Viewer) => RequestContext;
    /** Hears of each error: nobody else does. */
    onFailure: (error: unknown) => void;
  }) {
    this.#schema = options.schema;
    this.#contextFor = options.contextFor;
    this.#onFailure = options.onFailure;
  }

  /** Starts in the background, once a workspace. */
  warmOnce(viewer: Viewer): void {
    if (this.#warmed.has(viewer.workspaceId) || this.#warmed.size >= maxWarmedWorkspaces) return;
    this.#warmed.add(viewer.workspaceId);
    this.#waiting.push(viewer);
    this.#next();
  }

  /** Resolves when every operation has run; an operation that fails leaves the others alone. */
  async warm(viewer: Viewer): Promise<void> {
    for (const operation of this.#document.definitions)
      if (operation.kind === Kind.OPERATION_DEFINITION && operation.name) {
        const { errors = [] } = await execute({
          schema: this.#schema,
          document: this.#document,
          operationName: operation.name.value,
          contextValue: this.#contextFor(viewer),
        });
        for (const error of errors as readonly GraphQLError[]) this.#onFailure(error.originalError ?? error);
      }
  }

  #next(): void {
    const viewer = this.#running < maxConcurrency ? this.#waiting.shift() : undefined;
    if (!viewer) return;
    this.#running++;
    this.warm(viewer)
      .catch((error: unknown) => {
        this.#warmed.delete(viewer.workspaceId);
        this.#onFailure(error);
      })
      .finally(() => {
        this.#running--;
        this.#next();
      });
  }
}
