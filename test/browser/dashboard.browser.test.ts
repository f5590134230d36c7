import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TrialStore } from '../../src/app/trial-store.ts';
import type { KeptCandidate } from '../../src/trial/kept-trial.ts';
import { trialOf } from '../../src/trial/testing/kept-trials.ts';
import { chromiumPath, NO_CHROMIUM, openBrowser } from './chromium.ts';
import { type Serving, serve } from './serving.ts';

/** A task's name can be anything up to 15 bytes; this one would be an element if it were not escaped. */
const HOSTILE = '<img src=x>';
const MOST_FIRST_LOAD_BYTES = 300_000;

const affinityOf = (tgid: number) =>
  /Cpus_allowed_list:\s*(\S+)/.exec(readFileSync(`/proc/${tgid}/status`, 'utf8'))?.[1];

describe.skipIf(chromiumPath === null)(
  `the dashboard in Chromium${chromiumPath === null ? `: ${NO_CHROMIUM}` : ''}`,
  () => {
    let browser: Browser;
    let serving: Serving;
    let page: Page;
    const wrong: string[] = [];
    const asked: string[] = [];
    let loadedBytes = 0;

    beforeAll(async () => {
      browser = await openBrowser();
      serving = await serve(['--allow-changes'], HOSTILE);
      page = await browser.newPage({ viewport: { width: 1280, height: 900 }, locale: 'en-US' });
      page.on('pageerror', (error) => wrong.push(error.message));
      page.on('console', (message) => {
        if (message.type() === 'error') wrong.push(message.text());
      });
      page.on('request', (request) => asked.push(request.url()));
      page.on('response', async (response) => {
        if (!response.url().includes('/api/'))
          loadedBytes += Number(response.headers()['content-length'] ?? 0);
      });
      await page.goto(serving.url);
      await page.waitForSelector('.hero');
    });

    afterAll(async () => {
      await browser?.close();
      await serving?.close();
    });

    /** It gives the focus back when it has gone. */
    const closeDialog = async () => {
      await page.click('dialog >> text=Close');
      await page.waitForSelector('dialog', { state: 'hidden' });
    };
    const auditText = () => readFileSync(join(serving.stateFolder, 'evenkeel/audit.ndjson'), 'utf8');
    const outcomes = () =>
      auditText()
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).outcome);

    it('takes the token out of the address', () => expect(page.url()).toBe(`${serving.origin}/`));

    it('shows the name of a process as text', async () => {
      expect(await page.textContent('.kick')).toContain(`${HOSTILE} ${serving.target}`);
      expect(await page.locator('main img').count()).toBe(0);
    });

    it('goes on by itself', async () => {
      const text = () => page.getAttribute('[aria-label="CPU"] [role="img"]', 'aria-label');
      const before = await text();
      await expect.poll(text, { timeout: 10_000 }).not.toBe(before);
    });

    it('stands still while paused', async () => {
      await page.click('text=Pause');
      const shown = await page.textContent('.figs');
      await page
        .waitForResponse((response) => response.url().includes('/api/'), { timeout: 1500 })
        .catch(() => null);
      expect(await page.textContent('.figs')).toBe(shown);
      await page.click('text=Go on');
    });

    it('is used by the keyboard: one stop for the tabs, arrows move', async () => {
      await page.focus('#tab-overview');
      await page.keyboard.press('ArrowRight');
      expect(await page.getAttribute('#tab-late', 'aria-selected')).toBe('true');
      expect(await page.evaluate('document.activeElement.id')).toBe('tab-late');
      await page.keyboard.press('ArrowLeft');
      expect(await page.getAttribute('#tab-overview', 'aria-selected')).toBe('true');
    });

    it('speaks Korean, and remembers it', async () => {
      await page.click('text=한국어');
      expect(await page.textContent('#tab-late')).toBe('늦은 순간');
      expect(await page.getAttribute('html', 'lang')).toBe('ko');
      await page.reload();
      await page.waitForSelector('.hero');
      expect(await page.textContent('#tab-late')).toBe('늦은 순간');
      await page.click('text="EN"');
    });

    it('has a dark face', async () => {
      const background = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
      await page.click('text=Light');
      const light = await background();
      await page.click('text=Dark');
      expect(await background()).not.toBe(light);
    });

    it('measures late moments with the command, and says how', async () => {
      await page.click('#tab-late');
      await page.selectOption('select', '5');
      await page.click('text=Measure');
      await page.waitForSelector('text=/obtained by (bpf|ring|proc)/', { timeout: 40_000 });
      expect(await page.textContent('main')).toMatch(/late moments/);
    });

    it('draws page faults by code, for eyes, keys and screen readers', async () => {
      await page.click('#tab-faults');
      await page.selectOption('select', '5');
      await page.click('text=Measure');
      await page.waitForSelector('.flame [role="treeitem"]', { timeout: 40_000 });
      const focused = () =>
        page.evaluate('document.activeElement.getAttribute("aria-label") ?? document.activeElement.tagName');
      await page.focus('.flame [role="treeitem"] >> nth=0');
      expect(await focused()).toMatch(/^all, .* stalled \(100\.0 %\), [\d,]+ faults \(100\.0 %\)$/);
      await page.keyboard.press('ArrowDown');
      await expect.poll(focused).not.toMatch(/^all,/);
      const child = await focused();
      const faded = () => page.locator('.flame .bar.faded').count();
      await page.keyboard.press('Enter');
      await expect.poll(faded).toBe(1);
      expect(await focused()).toBe(child);
      await page.keyboard.press('Escape');
      await expect.poll(faded).toBe(0);
      await page.keyboard.press('s');
      await page.waitForSelector('.flame [aria-pressed="true"] >> text="Count"');
      await page.keyboard.press('/');
      await page.keyboard.type('nothing is called this');
      await page.waitForSelector('.flame >> text="found: 0.0 %"');
      await page.keyboard.press('Escape');
      await page.click('.flame >> text="Table"');
      await page.waitForSelector('.flame tbody tr');
      const rows = await page.locator('.flame tbody tr').allTextContents();
      expect(rows[0]).toMatch(/^1all/);
      expect(rows.length).toBeGreaterThan(1);
    });

    it('shows what was tried, with intervals, verdicts and the noise', async () => {
      const { id: _, ...trial } = trialOf();
      const [helpful] = trial.candidates as [KeptCandidate];
      const candidates: KeptCandidate[] = [
        helpful,
        { ...helpful, name: HOSTILE, verdict: 'hurts', isKept: false, effectPct: 64, intervalPct: [31, 240] },
      ];
      await new TrialStore(join(serving.stateFolder, 'evenkeel')).keep({ ...trial, candidates });
      await page.click('#tab-trials');
      await page.waitForSelector('text=/Trial t-1: waiting per wake-up/');
      const rows = await page.locator('.trials >> nth=0 >> tbody tr').allInnerTexts();
      expect(rows.map((row) => row.replace(/\s+/g, ' ').trim())).toEqual([
        'leave alone 11.4 ms baseline',
        'tick:2-3 pin thread tick 101 to core:1 1.90 ms −83 % −89 % … −75 % ▲ helps, kept',
        `${HOSTILE} pin thread tick 101 to core:1 1.90 ms +64 % +31 % … +240 % ▼ hurts better in 12 of 12 rounds`,
      ]);
      const pictures = page.locator('.trials >> nth=0 >> .interval');
      expect(await pictures.nth(1).getAttribute('aria-label')).toBe('−83 %, −89 % … −75 %');
      expect(await page.textContent('main')).toContain('"leave alone" against itself −6.9 % … +5.3 %');
      expect(await page.locator('main img').count()).toBe(0);
    });

    it('undoes a change that was made on the command line, with the second token', async () => {
      const before = affinityOf(serving.target);
      const keel = join(import.meta.dirname, '../../dist/keel.js');
      execFileSync(process.execPath, [keel, 'pin', String(serving.target), '0', '--nice', '7', '--yes'], {
        env: { ...process.env, XDG_STATE_HOME: serving.stateFolder },
        stdio: 'ignore',
      });
      expect(affinityOf(serving.target)).toBe('0');
      await page.click('#tab-journal');
      await page.click('text=Undo…');
      await page.fill('dialog input', 'a guess');
      await page.click('dialog >> text=Show the plan');
      await page.waitForSelector('dialog >> text=/second token/');
      await page.fill('dialog input', serving.changeToken ?? '');
      await page.click('dialog >> text=Show the plan');
      await page.waitForSelector(`dialog >> text=affinity 0 → ${before}`);
      await page.waitForSelector('dialog >> text=/scheduling other nice 7 → other/');
      expect(affinityOf(serving.target)).toBe('0');
      await page.click('dialog >> text=Apply');
      await page.waitForSelector('dialog >> text=/Undone, read back as before/');
      expect(affinityOf(serving.target)).toBe(before);
      await closeDialog();
      expect(outcomes()).toEqual(['refused', 'planned', 'asked', 'done']);
    });

    it('places threads on CPUs chosen on the map: plan, change, journal, undo', async () => {
      const before = affinityOf(serving.target);
      await page.click('#tab-place');
      await page.focus('.map [role="checkbox"] >> nth=0');
      await page.keyboard.press('Space');
      await page.waitForSelector('.map [role="checkbox"][aria-checked="true"] >> nth=0');
      expect(await page.inputValue('.place [name="cpus"]')).toBe('0');
      expect(await page.textContent('main')).toContain(`keel pin ${serving.target} 0 --for 10m`);
      await page.click('text=Preview…');
      // The token of before is still known, so the plan comes at once.
      await page.waitForSelector('dialog >> text=/1 threads to change, 0 stay/');
      expect(await page.textContent('dialog')).toContain(`affinity ${before} → 0`);
      expect(affinityOf(serving.target)).toBe(before);
      await page.click('dialog >> text=Apply');
      await page.waitForSelector('dialog >> text=/c-2 applied, read back as planned/');
      expect(affinityOf(serving.target)).toBe('0');
      await page.click('dialog >> text=Open the journal');
      await page.waitForSelector('dialog', { state: 'hidden' });
      await page.click('main >> text=Undo… >> nth=0');
      await page.waitForSelector(`dialog >> text=affinity 0 → ${before}`);
      await page.click('dialog >> text=Apply');
      await page.waitForSelector('dialog >> text=/Undone/');
      expect(affinityOf(serving.target)).toBe(before);
      await closeDialog();
      expect(outcomes().slice(4)).toEqual(['planned', 'asked', 'done', 'planned', 'asked', 'done']);
      expect(auditText()).not.toContain(serving.changeToken);
    });

    it('asked nobody else, broke no rule of its policy, and was small', () => {
      expect(asked.filter((url) => !url.startsWith(serving.origin) && !url.startsWith('data:'))).toEqual([]);
      // The refused guess is an answer of 403, which the browser notes.
      expect(wrong.filter((text) => !/403 \(Forbidden\)/.test(text))).toEqual([]);
      expect(loadedBytes).toBeGreaterThan(10_000);
      expect(loadedBytes).toBeLessThan(MOST_FIRST_LOAD_BYTES);
    });
  },
);

describe.skipIf(chromiumPath === null)('attacks from a page of another site', () => {
  it('read nothing and change nothing', async () => {
    const browser = await openBrowser();
    const serving = await serve(['--allow-changes']);
    try {
      const context = await browser.newContext();
      const page = await context.newPage();
      // The user has the dashboard open, so the cookie is there.
      await page.goto(serving.url);
      await page.waitForSelector('.hero');
      const evil = await context.newPage();
      const otherOrigin = serving.origin.replace('127.0.0.1', 'localhost');
      await evil.route('http://evil.example/**', (route) =>
        route.fulfill({ contentType: 'text/html', body: '<p>' }),
      );
      await evil.goto('http://evil.example/');
      const outcome = await evil.evaluate(
        async ([origin, other]) => {
          const status = (request: Promise<Response>) =>
            request.then(({ status }) => status).catch(() => 'refused');
          return [
            await status(fetch(`${origin}/api/v1/session`, { credentials: 'include' })),
            await status(fetch(`${other}/api/v1/session`, { credentials: 'include' })),
            await status(
              fetch(`${origin}/api/v1/change/undo`, {
                method: 'POST',
                credentials: 'include',
                mode: 'no-cors',
                body: '{"confirmed":true,"parameters":{"change":"c-1"}}',
              }).then((answer) => (answer.type === 'opaque' ? Promise.reject(answer) : answer)),
            ),
          ];
        },
        [serving.origin, otherOrigin] as const,
      );
      expect(outcome).toEqual(['refused', 'refused', 'refused']);
      await evil.setContent(`<iframe src="${serving.origin}/"></iframe>`);
      const frame = evil.frames().find((one) => one !== evil.mainFrame());
      expect(await frame?.locator('.hero').count()).toBe(0);
    } finally {
      await browser.close();
      await serving.close();
    }
  });
});
