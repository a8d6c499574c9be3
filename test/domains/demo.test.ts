import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Queries } from '../../src/database/database.ts';
import { today } from '../../src/domains/date-range.ts';
import { demoBrands } from '../../src/domains/demo/brands.ts';
import { createRandom, deal } from '../../src/domains/demo/random.ts';
import { type DemoToken, demoPassword, seedDemo } from '../../src/domains/demo/seed.ts';
import { atWallClock, minutesOfDay } from '../../src/domains/demo/wall-clock.ts';
import { createWriter } from '../../src/domains/demo/writer.ts';
import { typeOfId } from '../../src/domains/ids.ts';
import { snippetOf } from '../../src/domains/inbox/snippet.ts';
import { typeOfFile } from '../../src/domains/media/file-types.ts';
import { type PostFile, refusalOf } from '../../src/domains/networks/publishable.ts';
import { textLength } from '../../src/domains/networks/text-length.ts';
import { findViewer } from '../../src/domains/viewer/credentials.ts';
import { verifyPassword } from '../../src/domains/viewer/passwords.ts';
import type { NetworkName } from '../../src/generated/schema.ts';
import { createTestDatabase, engines } from '../setup/databases.ts';

const now = new Date('2026-11-22T11:30:00Z');

describe.each(engines)('the demo, on %s', (engine) => {
  let queries: Queries;
  let tokens: DemoToken[];
  const files = new Map<string, Uint8Array>();

  beforeAll(async () => {
    ({ queries } = await createTestDatabase(engine));
    tokens = await seedDemo(queries, { now, media: memoryOf(files) });
  });

  // Random numbers and rows are made in JavaScript: one database shows it.
  it.runIf(engine === 'postgres')('is the same for the same seed, but for the tokens', async () => {
    const { queries: again } = await createTestDatabase(engine);
    await seedDemo(again, { now, media: memoryOf(new Map()) });
    expect(await digests(again)).toEqual(await digests(queries));
  });

  it.runIf(engine === 'postgres')('is another for another seed', async () => {
    const { queries: other } = await createTestDatabase(engine);
    await seedDemo(other, { now, seed: 2, media: memoryOf(new Map()) });
    expect((await digests(other)).posts).not.toBe((await digests(queries)).posts);
  });

  it('has three workspaces of the stated size', async () => {
    expect(await countsByWorkspace(queries, 'posts')).toEqual([240, 240, 240]);
    expect(await countsByWorkspace(queries, 'conversations')).toEqual([60, 60, 60]);
    expect(await countsByWorkspace(queries, 'messages')).toEqual([400, 400, 400]);
    expect(await countsByWorkspace(queries, 'templates')).toEqual([24, 24, 24]);
    expect(await countsByWorkspace(queries, 'campaigns')).toEqual([6, 6, 6]);
    expect(await countsByWorkspace(queries, 'media_assets')).toEqual([120, 120, 120]);
    expect(await countsByWorkspace(queries, 'ai_generations')).toEqual([40, 40, 40]);
    expect(await countsByWorkspace(queries, 'accounts')).toEqual([7, 8, 6]);
    expect((await rowsOf(sql`select * from users`)).length).toBe(12);
  });

  it('gives everything an id of its type', async () => {
    const ids = await rowsOf<{ id: string; type: string }>(sql`
      select id, 'Post' as type from posts union all select id, 'PostTarget' from post_targets
      union all select id, 'Account' from accounts union all select id, 'Conversation' from conversations
      union all select id, 'Message' from messages union all select id, 'Template' from templates
      union all select id, 'MediaAsset' from media_assets union all select id, 'Campaign' from campaigns
      union all select id, 'AiGeneration' from ai_generations union all select id, 'User' from users`);
    expect(ids.filter(({ id, type }) => typeOfId(id) !== type)).toEqual([]);
  });

  describe('tokens', () => {
    it('stand for a member of each role in each workspace', async () => {
      const names = demoBrands.map(({ name }) => name);
      const roles = ['OWNER', 'ADMIN', 'EDITOR', 'CONTRIBUTOR', 'READER'];
      expect(tokens.map(({ workspace, role }) => [workspace.name, role])).toEqual(
        names.flatMap((name) => roles.map((role) => [name, role])),
      );
      for (const { token, role, workspace } of tokens) {
        const viewer = await findViewer(queries, token, new Date('2036-01-01'));
        expect(viewer).toMatchObject({ kind: 'MEMBER', role, workspaceId: workspace.id, accountIds: null });
      }
    });

    it('are stored as their SHA-256 only', async () => {
      const stored = await rowsOf<{ hash: string }>(sql`select hash from tokens`);
      const hashes = tokens.map(({ token }) => createHash('sha256').update(token).digest('hex'));
      expect(stored.map(({ hash }) => hash).sort()).toEqual(hashes.sort());
    });

    it('are handed over before the commit, which waits for that and fails with it', async () => {
      const { queries: other } = await createTestDatabase(engine);
      const seeding = seedDemo(other, {
        now,
        media: memoryOf(new Map()),
        beforeCommit: () => Promise.reject(new Error('disk full')),
      });
      await expect(seeding).rejects.toThrow('disk full');
      expect(await countsByWorkspace(other, 'posts')).toEqual([]);
    });
  });

  describe('people', () => {
    it('sign in with the documented password', async () => {
      const hashes = await rowsOf<{ passwordHash: string }>(sql`select distinct password_hash from users`);
      expect(hashes).toHaveLength(1);
      expect(await verifyPassword(demoPassword, hashes[0]!.passwordHash)).toBe(true);
    });

    it('work in more than one team, and one is confined to some accounts', async () => {
      const teams = await rowsOf(sql`select user_id from memberships group by user_id having count(*) > 1`);
      const confined = await rowsOf(sql`select 1 from memberships where cardinality(account_ids) between 1 and 3`);
      expect(teams.length).toBeGreaterThanOrEqual(3);
      expect(confined).toHaveLength(1);
    });
  });

  describe('posts', () => {
    it('stand where the stated shares put them', async () => {
      const rows = await rowsOf<{ status: string; count: number }>(
        sql`select status, count(*) from posts group by status`,
      );
      const shares = Object.fromEntries(rows.map(({ status, count }) => [status, Math.round((100 * count) / 720)]));
      expect(shares).toEqual({
        ...{ PUBLISHED: 62, SCHEDULED: 18, DRAFT: 12, PENDING_APPROVAL: 4, FAILED: 2, PARTIALLY_PUBLISHED: 2 },
      });
    });

    it('derive their status from their targets', async () => {
      const posts = await rowsOf<{ status: string; targets: string[]; positions: number[] }>(sql`
        select p.status, array_agg(t.status order by t.position) as targets, array_agg(t.position order by t.position) as positions
        from posts p join post_targets t on t.post_id = p.id group by p.id`);
      expect(posts).toHaveLength(720);
      for (const { status, targets, positions } of posts) {
        expect(new Set(targets)).toEqual(
          new Set(status === 'PARTIALLY_PUBLISHED' ? ['PUBLISHED', 'FAILED'] : [status]),
        );
        expect(positions).toEqual(targets.map((_, index) => index));
        expect(targets.length).toBeLessThanOrEqual(4);
      }
    });

    it('have an instant of publication if and only if they are out, that of their first target', async () => {
      const wrong = await rowsOf(sql`
        select p.id from posts p join post_targets t on t.post_id = p.id group by p.id
        having (p.published_at is not null) <> (p.status in ('PUBLISHED', 'PARTIALLY_PUBLISHED'))
          or p.published_at is distinct from min(t.published_at)
          or p.published_at > ${now} or p.created_at > coalesce(p.published_at, ${now}) or p.updated_at < p.created_at`);
      expect(wrong).toEqual([]);
    });

    it('tell of each target what its status promises', async () => {
      const wrong = await rowsOf(sql`
        select id from post_targets
        where (status = 'PUBLISHED') <> (published_at is not null) or (status = 'PUBLISHED') <> (permalink is not null)
          or (status = 'FAILED') <> (failure_message is not null)`);
      expect(wrong).toEqual([]);
    });

    it('fit every network that they go to', async () => {
      const targets = await rowsOf<{ network: NetworkName; text: string; isOverridden: boolean }>(sql`
        select a.network, coalesce(t.text_override, p.text) as text, t.text_override is not null as is_overridden
        from post_targets t join posts p on p.id = t.post_id join accounts a on a.id = t.account_id`);
      const tooLong = targets.filter(({ network, text }) => !textLength(network, text).isWithinLimit);
      expect(tooLong).toEqual([]);
      expect(targets.filter(({ isOverridden }) => isOverridden).length).toBeGreaterThan(10);
    });

    it('are all different', async () => {
      const repeated = await rowsOf(sql`select text from posts group by workspace_id, text having count(*) > 1`);
      expect(repeated).toEqual([]);
    });

    it('are there before and after today, in this month and beyond', async () => {
      const counts = await rowsOf(sql`
        select count(*) filter (where calendar_at between '2026-11-01' and ${now}) > 10 as "before",
          count(*) filter (where calendar_at > ${now} and calendar_at < '2026-12-01') > 5 as "after",
          count(*) filter (where calendar_at >= '2026-12-01') > 10 as "next",
          count(*) filter (where calendar_at < '2025-12-01') > 0 as "first"
        from posts group by workspace_id`);
      expect(counts).toEqual(Array(3).fill({ before: true, after: true, next: true, first: true }));
    });

    it('go out soon: two of each workspace within half an hour', async () => {
      const soon = await rowsOf<{ count: number }>(sql`
        select count(*) from posts where status = 'SCHEDULED' and scheduled_at < ${now}::timestamptz + interval '30 minutes'
        and scheduled_at > ${now} group by workspace_id`);
      expect(soon).toEqual([{ count: 2 }, { count: 2 }, { count: 2 }]);
    });

    it('belong to a campaign, one in two, on a day on which it runs', async () => {
      const rows = await rowsOf<{ day: string; inside: boolean }>(sql`
        select coalesce(p.calendar_at, ${now}) at time zone s.time_zone between c.starts_on and c.ends_on + 1 as inside
        from posts p join campaigns c on c.id = p.campaign_id join settings s on s.workspace_id = p.workspace_id`);
      expect(rows).toHaveLength(360);
      expect(rows.filter(({ inside }) => !inside)).toEqual([]);
    });

    it('are made from templates that were there, some far more often than others', async () => {
      const rows = await rowsOf<{ uses: number; early: number }>(sql`
        select count(p.id) as uses, count(p.id) filter (where p.created_at < t.created_at) as early
        from templates t left join posts p on p.template_id = t.id group by t.id order by uses desc`);
      expect(rows.reduce((sum, { early }) => sum + early, 0)).toBe(0);
      expect(rows[0]!.uses).toBeGreaterThan(3 * rows[36]!.uses);
    });
  });

  describe('conversations', () => {
    it('agree with their messages', async () => {
      const rows = await rowsOf<{
        status: string;
        unreadCount: number;
        snippet: string;
        lastActivityAt: string;
        snoozedUntil: string | null;
        texts: string[];
        directions: string[];
        times: string[];
      }>(sql`
        select c.status, c.unread_count, c.snippet, c.last_activity_at, c.snoozed_until,
          array_agg(m.text order by m.created_at, m.id) as texts, array_agg(m.direction order by m.created_at, m.id) as directions,
          array_agg(m.created_at order by m.created_at, m.id) as times
        from conversations c join messages m on m.conversation_id = c.id group by c.id`);
      expect(rows).toHaveLength(180);
      for (const row of rows) {
        const waiting = row.directions.length - 1 - row.directions.lastIndexOf('OUTBOUND');
        expect(row.directions[0]).toBe('INBOUND');
        expect([0, waiting]).toContain(row.unreadCount);
        if (row.status !== 'OPEN') expect(row.unreadCount).toBe(0);
        expect(row.snippet).toBe(snippetOf(row.texts.at(-1)!));
        expect(row.lastActivityAt).toBe(row.times.at(-1));
        expect(row.lastActivityAt < now.toISOString()).toBe(true);
        expect(new Set(row.times).size).toBe(row.times.length);
        if (row.status === 'SNOOZED') expect(row.snoozedUntil! > now.toISOString()).toBe(true);
      }
      expect(rows.some(({ unreadCount }) => unreadCount > 1)).toBe(true);
    });

    it('come in and stand where the stated shares put them', async () => {
      const kinds = await rowsOf(sql`select kind, count(*) from conversations group by kind order by kind`);
      const statuses = await rowsOf(sql`select status, count(*) from conversations group by status order by status`);
      expect(kinds).toEqual([
        { kind: 'COMMENT', count: 81 },
        { kind: 'DIRECT_MESSAGE', count: 63 },
        { kind: 'MENTION', count: 27 },
        { kind: 'REVIEW', count: 9 },
      ]);
      expect(statuses).toEqual([
        { status: 'OPEN', count: 75 },
        { status: 'RESOLVED', count: 90 },
        { status: 'SNOOZED', count: 15 },
      ]);
    });
  });

  describe('metrics', () => {
    it('cover 400 days up to today in the time zone, but for a few that are missing', async () => {
      const rows = await rowsOf<{ timeZone: string; last: string; days: number; count: number }>(sql`
        select s.time_zone, max(m.date) as last, max(m.date) - min(m.date) + 1 as days, count(*)
        from account_metrics m join settings s on s.workspace_id = m.workspace_id group by m.account_id, s.time_zone`);
      expect(rows).toHaveLength(21);
      for (const { timeZone, last, days, count } of rows) {
        expect(last).toBe(today(timeZone, now));
        expect(days).toBeGreaterThanOrEqual(398);
        expect(count).toBeGreaterThan(385);
      }
      expect(rows.some(({ count }) => count < 400)).toBe(true);
    });

    it('end with the followers that the account shows', async () => {
      const wrong = await rowsOf(sql`
        select a.id from accounts a where a.follower_count is distinct from
          (select followers from account_metrics m where m.account_id = a.id order by date desc limit 1)`);
      expect(wrong).toEqual([]);
    });

    it('leave out what a network does not report', async () => {
      const [row] = await rowsOf(sql`
        select count(views) as views, count(reach) as reach, count(clicks) as clicks, count(engagements) > 0 as engagements
        from account_metrics where account_id in (select id from accounts where network = 'MASTODON')`);
      expect(row).toEqual({ views: 0, reach: 0, clicks: 0, engagements: true });
    });

    it('of posts begin on the day of publication and last at most a week', async () => {
      const wrong = await rowsOf(sql`
        select p.id from posts p join settings s on s.workspace_id = p.workspace_id
          left join post_metrics m on m.post_id = p.id group by p.id, s.time_zone
        having (count(m.date) > 0) <> (p.published_at is not null)
          or min(m.date) <> (p.published_at at time zone s.time_zone)::date or max(m.date) - min(m.date) > 6`);
      expect(wrong).toEqual([]);
    });
  });

  describe('media', () => {
    it('have their bytes in the store, of the type and size that the row says', async () => {
      const rows = await rowsOf<{ storageKey: string; mimeType: string; byteSize: number; sha256: string }>(
        sql`select storage_key, mime_type, byte_size, sha256 from media_assets`,
      );
      expect(rows).toHaveLength(files.size);
      for (const { storageKey, mimeType, byteSize, sha256 } of rows) {
        const bytes = files.get(storageKey)!;
        expect(typeOfFile(bytes)).toEqual({ mimeType });
        expect(bytes.byteLength).toBe(byteSize);
        expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
      }
    });

    it('are what the networks take of each post that will go out, or can be retried', async () => {
      const rows = await rowsOf<{ network: NetworkName; text: string; media: PostFile[] }>(sql`
        select a.network, coalesce(t.text_override, p.text) as text, coalesce((
          select jsonb_agg(jsonb_build_object('fileName', m.file_name, 'mimeType', m.mime_type, 'byteSize', m.byte_size))
          from post_media pm join media_assets m on m.id = pm.media_id where pm.post_id = p.id), '[]') as media
        from posts p join post_targets t on t.post_id = p.id join accounts a on a.id = t.account_id
        where p.status not in ('DRAFT', 'PUBLISHED')`);
      expect(rows.length).toBeGreaterThan(50);
      const refused = rows.flatMap(({ network, text, media }) => refusalOf(network, { text, media }) ?? []);
      expect(refused).toEqual([]);
    });

    it('are unused and without description in the stated shares', async () => {
      const [row] = await rowsOf<{ unused: number; undescribed: number; images: number }>(sql`
        select count(*) filter (where id not in (select media_id from post_media)) / 360.0 as unused,
          count(*) filter (where alt_text is null) / 360.0 as undescribed,
          count(*) filter (where mime_type = 'image/jpeg') / 360.0 as images
        from media_assets`);
      expect(Number(row!.unused)).toBeCloseTo(0.25, 1);
      expect(Number(row!.undescribed)).toBeCloseTo(0.3, 1);
      expect(Number(row!.images)).toBe(0.75);
    });
  });

  it('reuses a quarter of the generations, each at no cost and after the one that it gives again', async () => {
    const reused = await rowsOf<{ fits: boolean }>(sql`
      select g.cost_usd = 0 and g.input_tokens = 0 and g.created_at > o.created_at and o.reused_from is null
        and g.fingerprint = o.fingerprint and g.suggestions = o.suggestions and o.cost_usd > 0 as fits
      from ai_generations g join ai_generations o on o.id = g.reused_from`);
    expect(reused).toEqual(Array(30).fill({ fits: true }));
  });

  async function rowsOf<Row>(query: ReturnType<typeof sql<Row>>): Promise<Row[]> {
    return (await query.execute(queries)).rows;
  }
});

describe('the texts of a brand', () => {
  it.each(demoBrands)('of $name fit the shortest network, whatever stands in their gaps', ({ pillars, slots }) => {
    for (const text of pillars.flatMap(({ templates, texts }) => [...templates.map(({ text }) => text), ...texts])) {
      const longest = text.replace(/\{([a-z]+)(?:\.([a-zA-Z]+))?\}/g, (_, name: string, field = 'name') => {
        const values = slots[name]?.map((value) => (typeof value === 'string' ? value : value[field]!)) ?? [
          'Wednesday',
        ];
        return values.reduce((longer, value) => (value.length > longer.length ? value : longer), '');
      });
      expect([...longest].length, longest).toBeLessThanOrEqual(280);
    }
  });

  it.each(demoBrands)('of $name name only gaps that can be filled', ({ pillars, slots, conversations }) => {
    const writer = createWriter(slots, createRandom(1));
    const threads = Object.values(conversations).flat();
    const texts = [
      ...pillars.flatMap(({ templates, texts, prompts, closings }) => [
        ...templates.map(({ text }) => text),
        ...[...texts, ...prompts, ...closings],
      ]),
      ...threads.flatMap(({ openings, turns }) => [...openings, ...turns]),
    ];
    for (const text of texts) expect(writer.fill(text, '2026-11-22')).not.toMatch(/[{}]|undefined/);
  });

  it('put the right article before a gap, and a capital at the start of a sentence', () => {
    const writer = createWriter({ brew: ['AeroPress'], bean: ['washed'] }, createRandom(1));
    expect(writer.fill('A {brew}. {bean} or {bean}: a {brew}, a {bean} one.', '2026-11-22')).toBe(
      'An AeroPress. Washed or washed: an AeroPress, a washed one.',
    );
    expect(writer.toTemplate('A {brew} from {coffee.from}')).toBe('A {{brew}} from {{coffee from}}');
  });
});

describe('dealt shares', () => {
  it('are rounded so that they add up', () => {
    const dealt = deal(createRandom(1), 10, { a: 1, b: 1, c: 1 });
    expect(dealt).toHaveLength(10);
    expect(dealt.filter((name) => name === 'c').length).toBeGreaterThanOrEqual(3);
  });
});

describe('the wall clock', () => {
  it.each([
    ['Europe/Vienna', '2026-07-01', '2026-07-01T07:30:00.000Z'],
    ['Europe/Vienna', '2026-12-01', '2026-12-01T08:30:00.000Z'],
    ['America/New_York', '2026-03-08', '2026-03-08T13:30:00.000Z'],
    ['Asia/Tokyo', '2026-03-08', '2026-03-08T00:30:00.000Z'],
  ])('of %s shows half past nine on %s at %s', (timeZone, day, instant) => {
    expect(new Date(atWallClock(timeZone, day, 570)).toISOString()).toBe(instant);
    expect(minutesOfDay(timeZone, Date.parse(instant))).toBe(570);
  });
});

function memoryOf(files: Map<string, Uint8Array>) {
  return {
    async put(key: string, bytes: Uint8Array) {
      files.set(key, bytes);
    },
  };
}

async function countsByWorkspace(queries: Queries, table: string): Promise<number[]> {
  const { rows } = await sql<{ count: number }>`
    select count(*) from ${sql.table(table)} t join workspaces w on w.id = t.workspace_id
    group by w.id, w.name order by array_position(array['Lindwurm Coffee Roasters', 'Cairn & Compass', 'Satoumi Coast Trust'], w.name)
  `.execute(queries);
  return rows.map(({ count }) => count);
}

/** Of all rows of each table, in any order. */
async function digests(queries: Queries): Promise<Record<string, string>> {
  const { rows: tables } = await sql<{ name: string }>`
    select table_name as name from information_schema.tables
    where table_schema = 'public' and table_name not in ('migrations', 'tokens')`.execute(queries);
  const entries = tables.map(async ({ name }) => {
    const { rows } = await sql<{ digest: string }>`
      select md5(coalesce(string_agg(t::text, '|' order by t::text collate "C"), '')) as digest from ${sql.table(name)} t
    `.execute(queries);
    return [name, rows[0]!.digest] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}
