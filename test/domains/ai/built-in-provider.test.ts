import { describe, expect, it } from 'vitest';
import { createBuiltInProvider } from '../../../src/domains/ai/built-in-provider.ts';
import type { AiRequest, AiTask } from '../../../src/domains/ai/provider.ts';
import { hashtagsFrom, subjectOf } from '../../../src/domains/ai/subject.ts';

const never = new AbortController().signal;
const provider = createBuiltInProvider();

function write(task: AiTask, request: Partial<AiRequest> = {}) {
  return provider.generate({ task, model: 'magpie-quill', count: 3, brandVoice: '', seed: 'one', ...request }, never);
}

const caption: AiTask = { kind: 'CAPTION', prompt: 'Write a post about our autumn roast.', network: null, tone: null };
const reply = (text: string, instruction: string | null = null): AiTask => ({
  kind: 'REPLY',
  contactName: 'Maya Lindt',
  messages: [
    { direction: 'INBOUND', text },
    { direction: 'OUTBOUND', text: 'One moment?' },
  ],
  instruction,
});

describe('the built-in provider', () => {
  it('writes the same for the same seed, and something else for another', async () => {
    const one = await write(caption);
    expect(await write(caption)).toEqual(one);
    expect((await write(caption, { seed: 'two' })).suggestions).not.toEqual(one.suggestions);
  });

  it('writes as many different captions about the subject as are wanted', async () => {
    const { suggestions } = await write(caption, { count: 6 });
    expect(new Set(suggestions.map(({ text }) => text)).size).toBe(6);
    for (const { text, hashtags } of suggestions) {
      expect(text.toLowerCase()).toContain('our autumn roast');
      expect(text).not.toMatch(/[{}]|Write a post|\.\./);
      expect(hashtags).toContain('AutumnRoast');
    }
  });

  it('speaks as the brand does, unless another tone is asked for', async () => {
    const texts = async (brandVoice: string, tone: string | null = null) =>
      (await write({ ...caption, tone }, { brandVoice, count: 6 })).suggestions.map(({ text }) => text).join();
    expect(await texts('Cheeky and quick.')).toContain('Plot twist');
    expect(await texts('Precise, for professionals.')).toContain('A closer look');
    expect(await texts('Cheeky and quick.', 'bold')).toContain('No compromise');
  });

  it('finds as many different hashtags as are wanted, those of the text first', async () => {
    const { suggestions } = await write({ kind: 'HASHTAGS', text: 'Fresh croissants every morning' }, { count: 30 });
    const [{ hashtags }] = suggestions as [(typeof suggestions)[0]];
    expect(new Set(hashtags).size).toBe(30);
    expect(hashtags.slice(0, 2)).toEqual(['FreshCroissants', 'Fresh']);
  });

  it.each([
    ['My cup arrived broken!', /sorry|should not have happened|annoying/],
    ['Are you open on Sunday?', /question|asking|answer|interest/],
    ['I love this so much', /Thank|means a lot|glad/i],
  ])('answers %j to the point, by name', async (text, fits) => {
    const { suggestions } = await write(reply(text));
    expect(suggestions).toHaveLength(3);
    for (const suggestion of suggestions) {
      expect(suggestion.text).toMatch(fits);
      expect(suggestion.text).toContain('Maya');
    }
  });

  it('says in its answer what it was told to say', async () => {
    const { suggestions } = await write(reply('Are you open on Sunday?', 'we open at nine'));
    for (const { text } of suggestions) expect(text).toContain('We open at nine. ');
  });

  it('describes an image by its name, as it cannot see', async () => {
    const image = { fileName: 'autumn-menu_02.jpg', mimeType: 'image/jpeg', sha256: '', read: async () => Buffer.of() };
    const { suggestions } = await write({ kind: 'ALT_TEXT', image });
    expect(suggestions).toHaveLength(1);
    expect(suggestions[0]!.text.toLowerCase()).toContain('autumn menu');
  });

  it('counts tokens of what it was asked and what it wrote', async () => {
    const short = await write(caption, { count: 1 });
    const long = await write(caption, { count: 6, brandVoice: 'x'.repeat(400) });
    expect(long.inputTokens - short.inputTokens).toBeGreaterThanOrEqual(100);
    expect(long.outputTokens).toBeGreaterThan(short.outputTokens);
  });

  it('stops when it is told to', async () => {
    const request: AiRequest = { task: caption, model: 'magpie-quill', count: 1, brandVoice: '', seed: '' };
    await expect(provider.generate(request, AbortSignal.abort())).rejects.toThrow();
  });
});

describe('the subject of a prompt', () => {
  it.each([
    ['Write a caption about our autumn roast.', 'our autumn roast'],
    ['Announce the new studio! Be brief.', 'the new studio'],
    ['Our summer sale', 'our summer sale'],
    ['NASA visits us', 'NASA visits us'],
    ['Blue Bottle opens in Vienna', 'Blue Bottle opens in Vienna'],
    ['write', 'write'],
    ['Please give me 3 short catchy captions for our  picnic', 'our picnic'],
    ['write me some posts about a new short text', 'a new short text'],
    ['x '.repeat(100).trim(), `${'x '.repeat(59)}x`],
  ])('%j is %j', (prompt, subject) => {
    expect(subjectOf(prompt)).toBe(subject);
  });

  it('gives hashtags of its telling words', () => {
    expect(hashtagsFrom('The café’s new oat-milk flat white, and it is 10 out of 10')).toEqual([
      'OatmilkFlat',
      'FlatWhite',
      'Cafés',
      'Oatmilk',
      'Flat',
      'White',
    ]);
    expect(hashtagsFrom('a 1 is')).toEqual([]);
  });
});
