import { readFileSync } from 'node:fs';
import { execute, type GraphQLError, type GraphQLSchema, Kind, parse } from 'graphql';
import type { Viewer } from '../domains/scope.ts';
import { FairTurns } from '../limits/fair-turns.ts';
import type { RequestContext } from './request.ts';

/** The operations that warm a workspace: the first requests of its pages. */
const operationsFile = new URL('./warm-up.graphql', import.meta.url);
/** Concurrent warm-ups in the background; as many again for `warmCache`. */
const maxConcurrency = 2;
const maxWarmedWorkspaces = 10_000;

/**
 * Warms a workspace by executing operations as its first viewer. It goes through the schema, so that there is one path to an entry.
 * Runs in the background when a workspace is first used, and for `warmCache`, which waits for it.
 */
export class Warmer {
  readonly #schema: GraphQLSchema;
  readonly #contextFor: (viewer: Viewer) => RequestContext;
  readonly #onFailure: (error: unknown) => void;
  readonly #document = parse(readFileSync(operationsFile, 'utf8'));
  readonly #warmed = new Set<string>();
  readonly #waiting: Viewer[] = [];
  readonly #turns = new FairTurns({ atMost: maxConcurrency, resource: 'a turn to warm the cache' });
  #running = 0;

  constructor(options: {
    schema: GraphQLSchema;
    contextFor: (viewer: Viewer) => RequestContext;
    /** Called for each error; errors are not reported elsewhere. */
    onFailure: (error: unknown) => void;
  }) {
    this.#schema = options.schema;
    this.#contextFor = options.contextFor;
    this.#onFailure = options.onFailure;
  }

  /** Starts warming in the background, once for each workspace. */
  warmOnce(viewer: Viewer): void {
    if (this.#warmed.has(viewer.workspaceId) || this.#warmed.size >= maxWarmedWorkspaces) return;
    this.#warmed.add(viewer.workspaceId);
    this.#waiting.push(viewer);
    this.#next();
  }

  /** Executes all operations, in turn with other workspaces. Rejects with an `UnavailableError` when too many wait, or for too long. */
  async warm(viewer: Viewer): Promise<void> {
    const endTurn = await this.#turns.take(viewer.workspaceId);
    try {
      await this.#execute(viewer);
    } finally {
      endTurn();
    }
  }

  /** A failed operation does not stop the others. */
  async #execute(viewer: Viewer): Promise<void> {
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
    this.#execute(viewer)
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
