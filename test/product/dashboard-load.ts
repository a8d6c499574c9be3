import type { Magpie, Session, TestTime } from './magpie.ts';
import { Random } from './random.ts';

/** What queries are chosen from, the frequent ones more than once. `#` is a number that is small most of the time. */
const queries = [
  ...['{ templates(first: #) { nodes { id title } } }', '{ accounts(first: #) { nodes { id handle } } }'],
  ...['{ posts(first: #) { nodes { id text } } }', '{ posts(first: #) { nodes { id text } } }'],
  ...['{ posts(first: #) { nodes { id status author { name } } } }', '{ inbox(first: #) { nodes { id snippet } } }'],
  ...['{ inbox(first: #) { nodes { id snippet } } }', '{ settings { timeZone } }', '{ settings { timeZone } }'],
  ...['{ campaigns(first: #) { nodes { id name postCount } } }', '{ media(first: #) { nodes { id url } } }'],
  ...['{ calendar(range: { preset: THIS_MONTH }) { days { date entryCount } } }', '{ aiModels { id } }'],
  ...['{ aiGenerations(first: #) { nodes { id } } }', '{ analytics { summary { metric value } } }'],
];
const writes = [
  'mutation { createTemplate(input: { title: "x", body: "x" }) { userErrors { code } } }',
  'mutation { updateSettings(input: { brandVoice: "Warm." }) { userErrors { code } } }',
  'mutation { createCampaign(input: { name: "Autumn" }) { userErrors { code } } }',
];

interface LoadOptions {
  magpie(): Magpie;
  readonly owner: Session;
  readonly time: TestTime;
}

/** Makes seconds of a load that is the same each time, after each of which the server records what happened. */
export function createLoad({ magpie, owner, time }: LoadOptions): (queriesInIt: number) => Promise<void> {
  const random = new Random(17);
  const small = () => String(1 + Math.floor(30 * random.next() ** 3));
  return async (queriesInIt) => {
    for (let n = 0; n < queriesInIt; n++) await magpie().ask(owner.token, random.pick(queries).replace('#', small()));
    if (queriesInIt > 0 && random.happens(0.15)) await magpie().ask(owner.token, random.pick(writes));
    time.pass(1_000);
    magpie().engine.recordSecond();
  };
}
