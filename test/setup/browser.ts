import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { describe } from 'vitest';

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
