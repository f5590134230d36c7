import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, NO_CHROMIUM, openBrowser } from './chromium.ts';
import { KEEL } from './serving.ts';

/** A task's name can be anything up to 15 bytes; this one would be an element if it were not escaped. */
const HOSTILE = '<img src=x>';
const PROGRAM = `
import ctypes, sys, time
ctypes.CDLL(None).prctl(15, sys.argv[1].encode(), 0, 0, 0)
print("ready", flush=True)
end = time.monotonic() + 60
while time.monotonic() < end:
    time.sleep(0.02)
`;

describe.skipIf(chromiumPath === null)(
  `a report in Chromium${chromiumPath === null ? `: ${NO_CHROMIUM}` : ''}`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'keel-report-'));
    let browser: Browser;

    beforeAll(async () => {
      const target = spawn('python3', ['-c', PROGRAM, HOSTILE], { stdio: ['ignore', 'pipe', 'inherit'] });
      try {
        await once(target.stdout, 'data');
        for (const language of ['en', 'ko']) {
          const file = join(folder, `${language}.html`);
          const line = [KEEL, 'report', `${target.pid}`, '--for', '1s', '--lang', language, '-o', file];
          execFileSync(process.execPath, line, {
            env: { ...process.env, XDG_STATE_HOME: folder },
            stdio: 'ignore',
          });
        }
      } finally {
        target.kill();
      }
      browser = await openBrowser();
    });

    afterAll(async () => {
      await browser?.close();
      rmSync(folder, { recursive: true, force: true });
    });

    async function opened(language: string, colorScheme: 'light' | 'dark' = 'light') {
      const context = await browser.newContext({ colorScheme, offline: true });
      const page = await context.newPage();
      const [asked, wrong]: [string[], string[]] = [[], []];
      page.on('request', (request) => asked.push(request.url()));
      page.on('console', (message) => wrong.push(message.text()));
      const url = pathToFileURL(join(folder, `${language}.html`)).href;
      await page.goto(url);
      return { page, url, wrong, asked: asked.filter((one) => !one.startsWith('data:')) };
    }

    it('opens offline, asks for nothing but itself, and breaks no rule of its policy', async () => {
      const { page, url, asked, wrong } = await opened('en');
      expect(asked).toEqual([url]);
      expect(wrong).toEqual([]);
      expect(await page.locator('section').count()).toBeGreaterThan(4);
    });

    it('shows the name of a process as text', async () => {
      const { page } = await opened('en');
      expect(await page.textContent('header')).toContain(HOSTILE);
      expect(await page.locator('img:not([src^="data:"])').count()).toBe(0);
    });

    it('draws its pictures, and is no wider than the window', async () => {
      const { page } = await opened('en');
      expect(
        await page.evaluate('[...document.images].every((one) => one.complete && one.naturalWidth > 0)'),
      ).toBe(true);
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    });

    it('is Korean where that was asked for', async () => {
      const { page } = await opened('ko');
      expect(await page.getAttribute('html', 'lang')).toBe('ko');
      expect(await page.locator('h2').allTextContents()).toContain('측정 방법');
    });

    it('is dark where the system of the reader is', async () => {
      const background = async (scheme: 'light' | 'dark') =>
        (await opened('en', scheme)).page.evaluate('getComputedStyle(document.body).backgroundColor');
      expect(await background('dark')).not.toBe(await background('light'));
    });
  },
);
