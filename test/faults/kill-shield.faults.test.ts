/**
 * The tool is killed (SIGKILL) at points all over `shield` and its undo, on this machine; whatever it left behind,
 * `undo --stale` puts every mask, interrupt and cgroup back. A CPU is taken from everybody for half a second at a time,
 * so only where that is asked for: KEEL_TEST_SHIELD=1.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { getAffinity } from '../../src/native/affinity.ts';

const ROUNDS = Number(process.env.KEEL_TEST_ROUNDS ?? 60);
const SEED = Number(process.env.KEEL_TEST_SEED ?? 1);
const root = join(import.meta.dirname, '../..');
const allowed = getAffinity(0);
const lacks =
  process.env.KEEL_TEST_SHIELD !== '1'
    ? 'takes a CPU from everybody again and again; KEEL_TEST_SHIELD=1 allows it'
    : process.geteuid?.() !== 0
      ? 'needs root'
      : allowed.size < 2
        ? 'needs two CPUs'
        : null;

describe.skipIf(lacks !== null)(
  `a shield, killed anywhere${lacks === null ? '' : ` (skipped: ${lacks})`}`,
  () => {
    it.each(['cpuset', 'affinity'])('%s: everything is as before', (by) => {
      if (!existsSync(join(root, 'dist/keel.js'))) throw new Error('build first: npm run build');
      const folder = mkdtempSync(join(tmpdir(), 'keel-kill-shield-'));
      try {
        const words = ['--', `${allowed.last}`, '--by', by];
        const sweep = join(root, 'test/lab/guest/kill-sweep.mjs');
        const { stdout, stderr } = spawnSync(process.execPath, [sweep, `${ROUNDS}`, `${SEED}`, ...words], {
          cwd: root,
          encoding: 'utf8',
          env: { ...process.env, XDG_STATE_HOME: folder },
        });
        if (stdout === '') throw new Error(stderr);
        const { phases, failures } = JSON.parse(stdout);
        console.log(by, phases);
        expect(failures).toEqual([]);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  },
);
