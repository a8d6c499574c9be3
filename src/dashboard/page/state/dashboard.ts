import type { DetailsQuery, ExperimentQuery, ProcessesQuery } from '../../../generated/dashboard.ts';
import { type Connection, openConnection, type Request } from '../connection/connection.ts';
import { Follower, type Liveness } from '../connection/follow.ts';
import { type Alert, liveTicks, type Tick } from '../connection/live.ts';
import type { RequestError } from '../connection/request-error.ts';
import type { Place, Step } from '../figures/figures.ts';
import { type Range, ranges } from '../figures/ranges.ts';
import { completed, extended } from '../figures/steps.ts';
import detailsDocument from '../operations/details.graphql';
import experimentDocument from '../operations/experiment.graphql';
import processesDocument from '../operations/processes.graphql';
import { readHistory } from './history.ts';

export type Details = NonNullable<DetailsQuery['cacheStats']>;
export type Experiment = NonNullable<ExperimentQuery['cacheExperiment']>;
export type Process = NonNullable<ProcessesQuery['cacheProcesses']>[number];
export type StoreDetails = Details['categories'][number];

/** Live steps that are kept of each place: ten minutes. */
const maxSteps = 600;
/** Live steps between two readings of the details, and of a history that is not live. */
const detailsEach = 5;
const historyEach = 20;

/** What the page shows, kept up to date. Calls its listener after each change. */
export class Dashboard {
  /** Over the connection that tells the seconds, and so of the same process. */
  readonly request: Request;
  liveness: Liveness = { state: 'connecting' };
  /** The end of the latest second that is known, by the server's clock; undefined before the first. */
  heardAtMs: number | undefined;
  alerts: readonly Alert[] = [];
  details: Details | undefined;
  experiment: Experiment | undefined;
  /** Empty while they are not known. */
  processes: readonly Process[] = [];
  /** Why parts of what is shown are not of now, by part; empty while no connection is the only reason. */
  readonly problems = new Map<string, string>();
  readonly #connection: Connection;
  #place: Place = 'ALL';
  #range: Range = ranges[0]!;
  #history: readonly Step[] = [];
  #ticks = 0;
  readonly #steps = new Map<Place, readonly Step[]>();
  readonly #follower: Follower<Tick>;
  #onRefusal: (error: RequestError) => void;
  #listener = () => {};

  constructor(token: string, onRefusal: (error: RequestError) => void) {
    this.#connection = openConnection(token);
    this.request = this.#connection.request;
    this.#onRefusal = onRefusal;
    this.#follower = new Follower({
      open: (signal) => liveTicks(this.#connection, signal),
      onEvent: (tick) => this.#take(tick),
      onLiveness: (liveness) => {
        if (liveness.state === 'live') this.problems.delete('Seconds');
        else this.#ticks = 0; // what was missed is read with the next tick
        if (liveness.state === 'waiting') this.problems.clear();
        if (liveness.state === 'waiting' && liveness.why) this.problems.set('Seconds', liveness.why);
        this.liveness = liveness;
        this.#listener();
      },
      onRefusal,
    });
    this.refresh();
  }

  onChange(listener: () => void): void {
    this.#listener = listener;
  }

  /** Chooses what the charts show. */
  show(place: Place, range: Range): void {
    if (place === this.#place && range === this.#range) return;
    this.#place = place;
    this.#range = range;
    this.#history = [];
    this.#load('Charts', () => this.#readHistory());
  }

  /** The steps of the place and range that are shown. */
  shown(): readonly Step[] {
    return this.#range.isLive ? completed(this.recent(this.#place), this.#history) : this.#history;
  }

  /** The live steps of a place. */
  recent(place: Place): readonly Step[] {
    return this.#steps.get(place) ?? [];
  }

  /** Reads again what does not come each second. */
  refresh(): void {
    this.#loadDetails();
    this.#load('Charts', () => this.#readHistory());
  }

  retryNow(): void {
    this.#follower.retryNow();
  }

  close(): void {
    this.#listener = () => {};
    this.#onRefusal = () => {};
    this.#follower.stop();
    this.#connection.close();
  }

  #take({ atMs, seconds, of, alerts }: Tick): void {
    this.heardAtMs = atMs;
    this.alerts = alerts;
    for (const [place, figures] of of) {
      const steps = extended(this.recent(place), { atMs, seconds, figures });
      this.#steps.set(place, steps.slice(-maxSteps));
    }
    const ticks = this.#ticks++;
    if (ticks % detailsEach === 0) this.#loadDetails();
    if (ticks === 0 || (!this.#range.isLive && ticks % historyEach === 0))
      this.#load('Charts', () => this.#readHistory());
  }

  #loadDetails(): void {
    this.#load('Counters and tables', () => this.#readDetails());
    this.#load('Experiment', () => this.#readExperiment());
    this.#load('Processes', () => this.#readProcesses());
  }

  async #readDetails(): Promise<void> {
    this.details = (await this.request<DetailsQuery>(detailsDocument)).cacheStats ?? undefined;
  }

  /** Apart from the details, as it needs the database. */
  async #readExperiment(): Promise<void> {
    this.experiment = (await this.request<ExperimentQuery>(experimentDocument)).cacheExperiment ?? undefined;
  }

  async #readProcesses(): Promise<void> {
    this.processes = (await this.request<ProcessesQuery>(processesDocument)).cacheProcesses ?? [];
  }

  async #readHistory(): Promise<void> {
    const [place, range] = [this.#place, this.#range];
    const history = await readHistory(this.request, place, range);
    if (place !== this.#place || range !== this.#range) return;
    // Seconds that the page knows are those that were; after a restart the server makes them of its minutes.
    this.#history = range.isLive ? completed(this.shown(), history).slice(-maxSteps) : history;
  }

  /** What cannot be read now is read with a later tick; while the page is not live, its liveness tells why. */
  #load(part: string, read: () => Promise<void>): void {
    read().then(
      () => {
        this.problems.delete(part);
        this.#listener();
      },
      (error: RequestError) => {
        if (error.isAboutToken) return this.#onRefusal(error);
        if (this.liveness.state !== 'live') return;
        this.problems.set(part, error.message);
        this.#listener();
      },
    );
  }
}
