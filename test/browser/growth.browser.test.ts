/** The page stays as large as it is: ten minutes at one frame a second, and ten more. */
import type { Browser, CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, NO_CHROMIUM, openBrowser } from './chromium.ts';
import { KEPT_FRAMES, type MadeDashboard, nameAt, serveMadeFrames } from './made-dashboard.ts';

/** So many are given before the page is asked whether it has them. */
const BATCH = 20;
/** What a heap of some megabytes varies by from one collection to the next. */
const MOST_GROWTH = 1.1;

interface Size {
  readonly heapBytes: number;
  readonly nodes: number;
  readonly listeners: number;
}

describe.skipIf(chromiumPath === null)(
  `a page that stays open${chromiumPath === null ? `: ${NO_CHROMIUM}` : ''}`,
  () => {
    let browser: Browser;
    let served: MadeDashboard;
    let page: Page;
    let devtools: CDPSession;

    beforeAll(async () => {
      served = await serveMadeFrames();
      browser = await openBrowser();
      page = await browser.newPage({ viewport: { width: 1280, height: 900 }, locale: 'en-US' });
      devtools = await page.context().newCDPSession(page);
      await devtools.send('Performance.enable');
    });
    afterAll(async () => {
      await browser?.close();
      await served?.close();
    });

    /** Each frame calls the target otherwise, so it is seen when the page has come to it. */
    const hasShown = (frame: number) =>
      page.waitForSelector(`.kick:has-text("${nameAt(frame)} ")`, { timeout: 60_000 });

    async function size(): Promise<Size> {
      // What the first collection frees may be held by what only the second one frees.
      for (let i = 0; i < 3; i++) await devtools.send('HeapProfiler.collectGarbage');
      const { metrics } = await devtools.send('Performance.getMetrics');
      const metric = (name: string) => metrics.find((one) => one.name === name)?.value ?? Number.NaN;
      return {
        heapBytes: metric('JSHeapUsedSize'),
        nodes: metric('Nodes'),
        listeners: metric('JSEventListeners'),
      };
    }

    it('does not grow in ten minutes at one frame a second', { timeout: 300_000 }, async () => {
      await page.goto(served.url);
      await page.waitForSelector('.hero');
      const live = async (count: number) => {
        for (let left = count; left > 0; left -= BATCH) {
          await served.give(BATCH);
          await hasShown(served.frames());
        }
      };
      // Ten minutes are remembered, and some are shown live, so that all that is kept is full.
      await expect.poll(() => served.frames(), { timeout: 60_000 }).toBe(KEPT_FRAMES);
      await live(5 * BATCH);
      const before = await size();
      await live(KEPT_FRAMES);
      const after = await size();
      expect(await page.textContent('.state')).toMatch(/^live/);
      expect(after.heapBytes / before.heapBytes).toBeLessThan(MOST_GROWTH);
      expect(after.nodes / before.nodes).toBeLessThan(MOST_GROWTH);
      expect(after.listeners / before.listeners).toBeLessThan(MOST_GROWTH);
    });
  },
);
