import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { createTestDatabase } from '../setup/databases.ts';
import { createFolder } from '../setup/folders.ts';
import { ask, type Host, ownerToken, startHost } from './host.ts';

describe('two hosts on one database', () => {
  it('agree, though one of them is several workers; the one that stays caches again', {
    timeout: 180_000,
  }, async () => {
    const DATABASE_URL = (await createTestDatabase('postgres')).url!;
    const shared = { DATABASE_URL, DATA_DIR: await createFolder() }; // the media of a database are in one place
    const group = await startHost({ ...shared, WORKERS: '2', DEMO: 'on' });
    const token = ownerToken(group);
    const { id } = (await ask(group, token, '{ templates(first: 1) { nodes { id } } }')).data.templates.nodes[0];
    const read = `{ template(id: "${id}") { title } }`;
    const write = (title: string) =>
      `mutation { updateTemplate(input: { id: "${id}", title: "${title}" }) { template { title } } }`;
    const reads = (host: Host) => Promise.all(Array.from({ length: 6 }, () => ask(host, token, read)));
    const untilHits = async (host: Host) => {
      while (!(await reads(host)).every(({ isHit }) => isHit));
    };
    await untilHits(group);

    const single = await startHost(shared);
    for (let round = 1; round <= 10; round++) {
      const title = `Round ${round}`;
      const [writer, reader] = round % 2 ? [single, group] : [group, single];
      await ask(writer, token, write(title));
      const answers = [...(await reads(reader)), ...(await reads(writer))];
      expect(answers).toEqual(Array.from({ length: 12 }, () => ({ isHit: false, data: { template: { title } } })));
    }

    await ask(single, token, write('The last word'));
    single.child.kill('SIGKILL');
    await untilHits(group);
    expect((await reads(group)).map(({ data }) => data.template.title)).toEqual(Array(6).fill('The last word'));

    group.child.kill('SIGKILL'); // the primary, while its workers cache
    const successor = await startHost(shared);
    await ask(successor, token, write('Of the successor'));
    await untilHits(successor);
    expect((await ask(successor, token, read)).data.template.title).toBe('Of the successor');

    const lateGroup = await startHost({ ...shared, WORKERS: '2' });
    for (const title of ['One', 'Two', 'Three']) {
      await ask(successor, token, write(title));
      const answers = [...(await reads(lateGroup)), ...(await reads(lateGroup))];
      expect(answers).toEqual(Array.from({ length: 12 }, () => ({ isHit: false, data: { template: { title } } })));
    }
    successor.child.kill('SIGTERM');
    expect((await once(successor.child, 'exit'))[0]).toBe(0);
  });
});
