// Kills keel (SIGKILL) at random points of a shield and of its undo; then `keel undo --stale` or `keel undo` must leave
// every thread, setting and cgroup as before. Prints one JSON object: the rounds by where they were killed, and what
// differed.
// usage: node kill-sweep.mjs ROUNDS SEED -- WORDS OF keel shield...
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, watch } from 'node:fs';
import { state } from './state.mjs';

const [rounds, seed, , ...words] = process.argv.slice(2);
const { XDG_STATE_HOME } = process.env;
const JOURNAL = XDG_STATE_HOME === undefined ? '/var/lib/evenkeel' : `${XDG_STATE_HOME}/evenkeel`;
const keel = ['dist/keel.js'];

/** mulberry32: the same points for the same seed. */
let random = Number(seed);
function next() {
  random = (random + 0x6d2b79f5) | 0;
  let t = Math.imul(random ^ (random >>> 15), 1 | random);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
}

const run = (...line) => spawnSync(process.execPath, [...keel, ...line], { encoding: 'utf8' });

/** A moment after the journal changed, where the machine is being changed; every fourth anywhere in the run. */
async function killed(line, wholeMs) {
  const child = spawn(process.execPath, [...keel, ...line], { stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  let watcher;
  let timer;
  if (next() < 0.25) timer = setTimeout(() => child.kill('SIGKILL'), next() * wholeMs);
  else {
    const laterMs = next() * wholeMs * 0.5;
    watcher = watch(JOURNAL, () => {
      timer ??= setTimeout(() => child.kill('SIGKILL'), laterMs);
    });
  }
  await ended;
  watcher?.close();
  clearTimeout(timer);
}

function lastRecord() {
  const last = readdirSync(JOURNAL)
    .filter((name) => name.endsWith('.jsonl'))
    .sort((a, b) => Number(a.slice(2, -6)) - Number(b.slice(2, -6)))
    .at(-1);
  if (last === undefined) return 'nothing';
  const lines = readFileSync(`${JOURNAL}/${last}`, 'utf8').trimEnd().split('\n');
  return JSON.parse(lines.at(-1) || '{"record":"nothing"}').record;
}

/** What is not as it was: threads that still live, settings, and every cgroup. */
function differences(before, after) {
  const found = [];
  const compare = (part, keys) => {
    for (const key of keys) {
      const [was, is] = [before[part][key], after[part][key]].map((value) => JSON.stringify(value));
      if (was !== is) found.push(`${part} ${key}: ${was} -> ${is}`);
    }
  };
  compare(
    'threads',
    Object.keys(before.threads).filter((key) => key in after.threads),
  );
  compare(
    'settings',
    Object.keys(before.settings).filter((key) => key in after.settings),
  );
  compare('cgroups', new Set([...Object.keys(before.cgroups), ...Object.keys(after.cgroups)]));
  return found;
}

if (!existsSync(JOURNAL)) mkdirSync(JOURNAL, { mode: 0o700, recursive: true });
const shield = ['shield', ...words, '--yes', '--json'];
const before = state();
const began = performance.now();
const first = run(...shield);
const wholeMs = performance.now() - began;
if (first.status !== 0) throw new Error(`${first.stdout}${first.stderr}`);
const phases = {};
const failures = [];
for (let round = 0; round < Number(rounds); round += 1) {
  // The first shield stands: its undo is what is killed first.
  const killedLine = round % 2 === 0 ? 'undo' : 'shield';
  if (killedLine === 'undo' && round > 0) run(...shield);
  await killed(killedLine === 'undo' ? ['undo'] : shield, wholeMs);
  const phase = `${killedLine} ${lastRecord()}`;
  phases[phase] = (phases[phase] ?? 0) + 1;
  const stale = run('undo', '--stale');
  // A shield that was finished before the kill is no leftover; it is undone like any other.
  const rest = run('undo');
  const found = differences(before, state());
  if (found.length > 0 || stale.status !== 0 || rest.status !== 0) {
    failures.push({ round, phase, found, stderr: `${stale.stderr}${rest.stderr}` });
  }
}
process.stdout.write(`${JSON.stringify({ rounds: Number(rounds), phases, failures })}\n`);
