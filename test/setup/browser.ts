import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterEach, beforeEach, describe } from 'vitest';

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const executablePath = places.find((place) => existsSync(place));

if (!executablePath) {
  const missing = `a browser: expected one of ${places.join(', ')}, but got none (Debian: apt-get install chromium)`;
  if (process.env.CI === 'true') throw new Error(missing);
  console.warn(`Tests in a browser are skipped for want of ${missing}.`);
}

/** As `describe`, where there is a browser; where there must be one, its absence fails the file. */
export const describeInBrowser = describe.skipIf(!executablePath);

export async function launchBrowser(): Promise<Browser> {
  return await chromium.launch({ executablePath: executablePath!, args: ['--no-sandbox'] });
}

/** Milliseconds within which a page that is not frozen answers. */
const answerMs = 5_000;

/**
 * Call it among tests that share a page. When one of them takes longer than it may, or fails and its page does not answer any more,
 * the browser is closed, and those that follow fail at once and name it.
 */
export function stopWhenFrozen(page: () => Page): void {
  let culprit: string | undefined;
  beforeEach(() => {
    if (culprit) throw new Error(`The page is of no use since the test “${culprit}”: see why that one failed.`);
  });
  afterEach(async ({ task: { name, result } }) => {
    if (result?.state !== 'fail' || culprit) return;
    const isOver = result.errors?.some(({ message }) => message.startsWith('Test timed out'));
    if (!isOver && (await answers(page()))) return;
    culprit = name;
    await page().context().browser()!.close();
  });
}

async function answers(page: Page): Promise<boolean> {
  const answer = page.waitForFunction(() => true, undefined, { timeout: answerMs });
  return await answer.then(
    () => true,
    () => false,
  );
}
