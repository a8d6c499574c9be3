import { ulid } from 'ulid';
import { type NodeType, prefixes } from '../ids.ts';
import type { Brand } from './brand.ts';
import type { Random } from './random.ts';

/** The numbers of rows: `workspaces` and `users` in all, the others in each workspace. */
export interface Size {
  readonly workspaces: number;
  readonly users: number;
  readonly posts: number;
  readonly campaigns: number;
  readonly templates: number;
  readonly mediaAssets: number;
  readonly conversations: number;
  readonly messages: number;
  readonly generations: number;
}

export const sizes = {
  demo: {
    ...{ workspaces: 3, users: 12, posts: 240, campaigns: 6, templates: 24 },
    ...{ mediaAssets: 120, conversations: 60, messages: 400, generations: 40 },
  },
  /** 10,000 posts. */
  scale: {
    ...{ workspaces: 20, users: 1_000, posts: 500, campaigns: 12, templates: 40 },
    ...{ mediaAssets: 600, conversations: 100, messages: 700, generations: 200 },
  },
} as const satisfies Record<string, Size>;

/** The parameters of a workspace for all its generators. Instants are milliseconds since 1970 until they become rows. */
export interface Stage {
  readonly brand: Brand;
  readonly workspaceId: string;
  readonly size: Size;
  readonly random: Random;
  readonly nowMs: number;
  /** The days with metrics, from 399 days ago to today, in the workspace's time zone. */
  readonly days: readonly string[];
}

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

/** An id in the format of `newId`, from the seed. */
export function seededId(random: Random, type: NodeType, atMs: number): string {
  return `${prefixes[type]}_${ulid(Math.floor(atMs), random.next)}`;
}

export function iso(ms: number): string {
  return new Date(ms).toISOString();
}

/** Makes `count` values from the items in a cycle; `round` is the number of completed cycles. */
export function cycle<T, R>(
  items: readonly T[],
  count: number,
  make: (item: T, round: number, index: number) => R,
): R[] {
  return Array.from({ length: count }, (_, index) =>
    make(items[index % items.length]!, Math.floor(index / items.length), index),
  );
}
