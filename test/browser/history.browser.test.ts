/** The history view, of a real recording into which a late moment and a slow fault were put that are known. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HistoryEvent } from '../../src/history/events.ts';
import { HistoryReader } from '../../src/history/reader.ts';
import { DEFAULT_LIMITS } from '../../src/history/retention.ts';
import { HistoryWriter } from '../../src/history/writer.ts';
import { chromiumPath, NO_CHROMIUM, openBrowser } from './chromium.ts';
import { KEEL, type Serving, serve } from './serving.ts';

const HOSTILE = '<img src=x>';
/** Longer than any of a test, so that they are the worst. */
const LATE_NS = 3600e9;
const STALL_NS = 1800e9;
const PART = { atNs: 0, lengthNs: LATE_NS, cause: 'behind', by: { tid: 20, tgid: 20, comm: HOSTILE } };

describe.skipIf(chromiumPath === null)(
  `the history in Chromium${chromiumPath === null ? `: ${NO_CHROMIUM}` : ''}`,
  () => {
    let browser: Browser;
    let serving: Serving;
    let page: Page;
    const wrong: string[] = [];

    beforeAll(async () => {
      browser = await openBrowser();
      serving = await serve([], HOSTILE);
      page = await browser.newPage({ viewport: { width: 1280, height: 900 }, locale: 'en-US' });
      page.on('pageerror', (error) => wrong.push(error.message));
      page.on('console', (message) => {
        if (message.type() === 'error') wrong.push(message.text());
      });
      await page.goto(serving.url);
      await page.click('#tab-past');
    });

    afterAll(async () => {
      await browser?.close();
      await serving?.close();
    });

    it('says in a sentence how a recording begins, where there is none', async () => {
      await page.waitForSelector('main .notice');
      expect(await page.textContent('main .notice')).toBe(
        `Nothing was recorded yet. This begins it: keel record start ${serving.target}`,
      );
    });

    it('shows what was recorded', async () => {
      record(serving);
      await page.click('#tab-overview');
      await page.click('#tab-past');
      await page.waitForSelector('table.numbers');
      expect(await page.textContent('.past-form select')).toContain(`${HOSTILE} ${serving.target} · r-1`);
      expect(await page.locator('main img').count()).toBe(0);
      // The program works a fifth of the time; on a busy machine it gets less.
      const cpu = await page.textContent('table.numbers tbody tr:first-child td');
      expect(Number.parseFloat(cpu ?? '')).toBeGreaterThan(0);
      expect(Number.parseFloat(cpu ?? '')).toBeLessThan(40);
      expect(await page.getAttribute('[aria-label="CPU"] [role="img"]', 'aria-label')).toMatch(/run \d/);
    });

    it('shows single waits and faults by time and length, where the kernel counts them', async () => {
      const cards = ['Run delay over time', 'Page fault latency over time'];
      for (const title of cards) {
        const card = page.locator(`[aria-label="${title}"]`).first();
        const text = (await card.textContent()) ?? '';
        if (text.includes('none was counted')) continue;
        expect(await card.locator('canvas').getAttribute('aria-label')).toMatch(/: [1-9]\d* events/);
      }
    });

    it('opens a late moment to who took the time, and a slow fault to its stack', async () => {
      await page.click('table.worst tbody tr:nth-child(1) .btn');
      expect(await page.textContent('.moment h3')).toContain('a late one');
      expect(await page.textContent('.moment table')).toContain(`waited behind another task${HOSTILE} 20`);
      expect(await page.locator('main img').count()).toBe(0);
      await page.click('table.worst tbody tr:nth-child(2) .btn');
      expect(await page.textContent('.moment dl')).toMatch(/file read \(major\).*\/srv\/map\.pak \+4096/);
      expect(await page.textContent('.moment pre')).toBe('copy\nload\nmain');
    });

    it('is walked through by the keyboard: one stop for a line, arrows move, Enter opens', async () => {
      const strip = page.locator('.strip.past:not(.flat)');
      expect(await strip.locator('button[tabindex="0"]').count()).toBe(1);
      await strip.locator('button').first().focus();
      await page.keyboard.press('End');
      await page.keyboard.press('Home');
      await page.keyboard.press('ArrowRight');
      const focused = await page.evaluate('document.activeElement.getAttribute("aria-label")');
      expect(focused).toBe(await strip.locator('button').nth(1).getAttribute('aria-label'));
      await page.keyboard.press('Enter');
      expect(focused).toContain(await page.textContent('.moment h3'));
    });

    it('compares with the time before, in numbers and in pictures', async () => {
      await page.getByLabel('Compare with').selectOption('before');
      await page.waitForSelector('table.numbers .group');
      expect(await page.textContent('[aria-label="Compared"] .hint')).toContain(`with ${HOSTILE}`);
      await page.getByLabel('Compare with').selectOption('other');
      await page.waitForSelector('label:has-text("It begins") input');
      await page.getByLabel('Compare with').selectOption('none');
      await page.waitForSelector('[aria-label="Numbers"]');
    });

    it('moves in time, and says where there is something', async () => {
      await page.click('text="15 min"');
      expect(await page.getAttribute('button:text-is("15 min")', 'aria-pressed')).toBe('true');
      await page.click('text="Earlier"');
      await page.waitForSelector('text=/was recorded in this time; there is something from/');
      await page.click('text="Latest"');
      await page.waitForSelector('table.numbers');
      await page.getByLabel('From').fill('2020-01-01T00:00:00');
      await page.waitForSelector('[role="alert"]:has-text("by at most 400 days")');
      await page.click('text="1 h"');
      await page.waitForSelector('[role="alert"]', { state: 'detached' });
      await page.waitForSelector('table.numbers');
    });

    it('is read in Korean and on a narrow screen, without scrolling sideways', async () => {
      await page.click('text=한국어');
      expect(await page.textContent('.moment h3, [aria-label="일어난 일"] h2')).toMatch(/일어난 일|늦은/);
      await page.setViewportSize({ width: 390, height: 800 });
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
      await page.click('text="EN"');
    });

    it('broke no rule of the policy', () => {
      expect(wrong.filter((text) => !/400 \(Bad Request\)/.test(text))).toEqual([]);
    });
  },
);

/** A real recording of some frames, and two events that are known. */
function record({ target, stateFolder }: Serving): void {
  const env = { ...process.env, XDG_STATE_HOME: stateFolder };
  const words = ['record', 'start', `${target}`, '--every', '200ms', '--for', '3s', '--foreground'];
  execFileSync(process.execPath, [KEEL, ...words], { env, stdio: 'ignore' });
  const path = join(stateFolder, 'evenkeel/history.db');
  const reader = new HistoryReader(path);
  const [recording] = reader.recordings();
  reader.close();
  const writer = new HistoryWriter(path, DEFAULT_LIMITS);
  const event = (
    kind: HistoryEvent['kind'],
    weight: number,
    text: string,
    details: HistoryEvent['details'],
  ) => ({
    ...{ unixMs: recording?.lastMs ?? 0, kind, tgid: target, tid: target, weight },
    ...{ text: { en: text, ko: '늦은 순간' }, details: details ?? {} },
  });
  const shares = [{ cause: 'behind', by: PART.by, lateNs: LATE_NS }];
  writer.addEvents(recording?.id ?? 0, [
    event('late', LATE_NS, 'a late one', {
      ...{ comm: HOSTILE, cause: 'behind', mark: 'T', by: PART.by, lateNs: LATE_NS, lengthNs: LATE_NS },
      ...{ furtherNs: 0, shares, parts: [PART] },
    }),
    event('slow-fault', STALL_NS, 'a slow one', {
      ...{ fault: 'major', cause: 'file-read', latencyNs: STALL_NS, comm: HOSTILE, mapping: 'file' },
      ...{ path: '/srv/map.pak', fileOffset: 4096, address: '0x7f00', ip: null },
      ...{ function: 'copy', binary: '/srv/arena', stack: ['copy', 'load', 'main'] },
    }),
  ]);
  writer.close();
}
