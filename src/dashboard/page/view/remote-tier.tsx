import { bytes, duration, textOf } from '../figures/format.ts';
import type { Details } from '../state/dashboard.ts';
import { CounterCard, type CounterRow, number } from './counter-card.tsx';

type Remote = NonNullable<Details['remote']>;

const states: Readonly<Record<Remote['state'], string>> = {
  AVAILABLE: 'in use',
  TRYING: 'being tried',
  UNAVAILABLE: 'away',
};

/** What this process shares with others through Redis. */
export function RemoteTier({ remote }: { remote: Remote }) {
  const { hits, misses, refused, writes, omitted, errors, timeouts, latency } = remote;
  const rows: readonly CounterRow[] = [
    ['Reads', states[remote.state], `writes: ${states[remote.writeState]}`],
    ['Values found', number(hits), `${number(misses)} not found · ${number(sum(refused))} refused`],
    ['Values written', number(writes), `${number(sum(omitted))} not shared`],
    ['Failed calls', number(errors + timeouts), `${number(timeouts)} of them over the deadline`],
    ['Time of a read', textOf(duration(latency.p50Ms)), `median · p99 ${textOf(duration(latency.p99Ms))}`],
    ['Bytes read', textOf(bytes(remote.bytesRead)), `${textOf(bytes(remote.bytesWritten))} written`],
  ];
  return <CounterCard title="Remote tier" hint="Of this process, since it started" rows={rows} />;
}

function sum(counts: Remote['refused'] | Remote['omitted']): number {
  return Object.values(counts).reduce((total, one) => total + (typeof one === 'number' ? one : 0), 0);
}
