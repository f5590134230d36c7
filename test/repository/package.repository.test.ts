/**
 * What people get: a copy of the tracked files, and the package packed there, installed into an empty folder without
 * install scripts and without a compiler in PATH.
 */
import { type ExecFileSyncOptions, execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { ROOT, trackedFiles } from './tracked-files.ts';

const scratch = mkdtempSync(join(tmpdir(), 'keel-package-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** A PATH of these programs alone, so that nothing can be compiled. */
function pathOf(folder: string, programs: readonly string[]): string {
  mkdirSync(folder);
  for (const program of programs) symlinkSync(realpathSync(programPath(program)), join(folder, program));
  return folder;
}

function programPath(program: string): string {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    try {
      if (readdirSync(folder).includes(program)) return join(folder, program);
    } catch {
      // A folder of PATH that does not exist holds nothing.
    }
  }
  throw new Error(`${program} is not in PATH`);
}

function run(program: string, args: readonly string[], options: ExecFileSyncOptions): string {
  return execFileSync(program, args, { ...options, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Without what npm set for the scripts of this project. */
function cleanEnv(path: string): NodeJS.ProcessEnv {
  const ours = /^npm_(?:package_|lifecycle_|config_local_prefix)/;
  const own = Object.entries(process.env).filter(([name]) => !ours.test(name));
  return { ...Object.fromEntries(own), PATH: path };
}

const copy = join(scratch, 'copy');

describe('a fresh copy', () => {
  const env = cleanEnv(process.env.PATH ?? '');

  beforeAll(() => {
    for (const path of trackedFiles()) cpSync(join(ROOT, path), join(copy, path));
  });

  it('has a working npx keel after npm ci', () => {
    run('npm', ['ci', '--engine-strict'], { cwd: copy, env });
    expect(run('npx', ['--no-install', 'keel', '--version'], { cwd: copy, env })).toBe(
      `keel ${manifest.version}\n`,
    );
  });

  it('builds after npm ci --ignore-scripts', () => {
    rmSync(join(copy, 'dist'), { recursive: true });
    run('npm', ['ci', '--ignore-scripts', '--engine-strict'], { cwd: copy, env });
    run('npm', ['run', 'build'], { cwd: copy, env });
    expect(run('node', ['dist/keel.js', '--version'], { cwd: copy, env })).toBe(`keel ${manifest.version}\n`);
  });
});

describe('the packed package', () => {
  const folder = join(scratch, 'user');
  const env = cleanEnv(pathOf(join(scratch, 'bin'), ['node', 'npm', 'npx', 'sh', 'env']));
  let packed: readonly string[] = [];

  beforeAll(() => {
    const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', scratch];
    const [report] = JSON.parse(run('npm', pack, { cwd: copy }));
    packed = report.files.map((file: { path: string }) => file.path);
    mkdirSync(folder);
    writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
    run('npm', ['install', '--ignore-scripts', '--engine-strict', join(scratch, report.filename)], {
      cwd: folder,
      env,
    });
  });

  it('holds the bundle, the licence and the words for users, and no sources or tests', () => {
    expect(packed).toEqual(
      expect.arrayContaining(['package.json', 'LICENSE', 'README.md', 'dist/keel.js', 'dist/index.js']),
    );
    expect(packed.filter((path) => /^(src|test|lab|scripts|fixtures|node_modules)\//.test(path))).toEqual([]);
  });

  it('brings koffi, SQLite, and nothing else', () => {
    const installed = readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.'));
    expect(installed.sort()).toEqual([
      '@koromix',
      '@photostructure',
      'evenkeel',
      'koffi',
      'node-addon-api',
      'node-gyp-build',
    ]);
  });

  it('runs through npx', () => {
    expect(run('npx', ['--no-install', 'keel', '--version'], { cwd: folder, env })).toBe(
      `keel ${manifest.version}\n`,
    );
  });

  it('looks at this machine', () => {
    const out = run('npx', ['--no-install', 'keel', 'why', '--for', '200ms', '--json'], { cwd: folder, env });
    expect(JSON.parse(out)).toMatchObject({ schema: 'keel.why/1' });
  });

  it('records in the background, with its thread of writing, and replays', () => {
    const own = { cwd: folder, env: { ...env, XDG_STATE_HOME: join(scratch, 'state') } };
    const keel = (...args: string[]) => run('npx', ['--no-install', 'keel', ...args, '--json'], own);
    const { recording } = JSON.parse(keel('record', 'start', String(process.pid), '--every', '100ms'));
    const kept = () => JSON.parse(keel('record', 'list')).recordings[0].frames;
    while (kept() < 2);
    expect(JSON.parse(keel('record', 'stop')).stopped).toEqual([{ recording, hasEnded: true }]);
    expect(keel('replay', recording).trim().split('\n')).toHaveLength(kept());
  });

  it('loads koffi without a compiler', () => {
    const script = "import koffi from 'koffi'; process.stdout.write(String(koffi.sizeof('long')))";
    expect(run('node', ['--input-type=module', '-e', script], { cwd: folder, env })).toBe('8');
  });

  it('still reads where koffi cannot be loaded, and says what needs it', () => {
    const bare = join(scratch, 'bare');
    cpSync(join(folder, 'node_modules/evenkeel'), join(bare, 'evenkeel'), { recursive: true });
    const keel = (...args: string[]) =>
      run('node', [join(bare, 'evenkeel/dist/keel.js'), ...args], { cwd: bare, env });
    expect(JSON.parse(keel('why', '--for', '200ms', '--json'))).toMatchObject({ schema: 'keel.why/1' });
    expect(JSON.parse(keel('check', String(process.pid), '--json'))).toMatchObject({
      schema: 'keel.check/1',
    });
    expect(() => keel('pin', String(process.pid), '0', '--dry-run')).toThrow(/E_UNSUPPORTED/);
  });

  it('says so where it may not open enough files to load itself', () => {
    const keel = join(folder, 'node_modules/evenkeel/dist/keel.js');
    // Node.js itself has some twenty open; each limit stops at another part.
    for (const limit of [23, 25, 27, 29, 31]) {
      const command = ['-c', `ulimit -n ${limit}; exec "$@"`, 'sh', process.execPath, keel, 'check', 'self'];
      const { status, stderr } = spawnSync('/bin/sh', command, { cwd: folder, env, encoding: 'utf8' });
      if (status !== 0) expect(`${limit} ${stderr}`).toMatch(/^\d+ error E_CONFLICT: too many open files/);
    }
  });

  it('is a library too', () => {
    const script = "import * as keel from 'evenkeel'; process.stdout.write(Object.keys(keel).join())";
    expect(run('node', ['--input-type=module', '-e', script], { cwd: folder, env })).toContain('CpuSet');
  });
});
