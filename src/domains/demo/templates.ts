import type { Insertable } from 'kysely';
import type { Tables } from '../../database/tables.ts';
import type { Pillar } from './brand.ts';
import { dayMs, iso, type Stage, seededId } from './stage.ts';
import type { Writer } from './writer.ts';

export type TemplateRow = Insertable<Tables['templates']>;

export interface DemoTemplate {
  readonly row: TemplateRow;
  readonly pillar: Pillar;
  /** The text with placeholders. */
  readonly text: string;
}

/** Creates templates from the texts of the brand, from which posts are made too. */
export function makeTemplates(stage: Stage, writer: Writer, authors: readonly string[]): DemoTemplate[] {
  const { brand, workspaceId, size, random, nowMs } = stage;
  const titled = brand.pillars.flatMap((pillar) => pillar.templates.map((template) => ({ ...template, pillar })));
  const untitled = brand.pillars.flatMap((pillar) =>
    pillar.texts.map((text, index) => ({ title: `${pillar.name}, idea ${index + 1}`, text, pillar })),
  );
  return [...titled, ...untitled].slice(0, size.templates).map(({ title, text, pillar }, index) => {
    // Two thirds are older than every post.
    const ageDays = index % 3 === 2 ? random.integer(20, 360) : random.integer(400, 418);
    const createdMs = nowMs - ageDays * dayMs - random.integer(0, dayMs);
    const row = {
      ...{ id: seededId(random, 'Template', createdMs), workspaceId, title, body: writer.toTemplate(text) },
      ...{ hashtags: random.shuffle(pillar.hashtags).slice(0, 3), authorId: random.pick(authors) },
      ...{ revision: random.integer(1, 5), createdAt: iso(createdMs) },
      updatedAt: iso(createdMs + random.next() * (nowMs - createdMs)),
    };
    return { row, pillar, text };
  });
}
